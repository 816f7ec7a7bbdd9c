//! Examples and defaults: they have to be what their schemas say.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jsonschema::Draft;
use serde_json::{Map, Value, json};
use unloc_spec::{REFERENCE, escape, reference, references, target};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const VALID: Rule = Rule {
    id: "example-valid",
    severity: Severity::Error,
    reason: "Readers copy examples, and the documentation's own are made of them: one that is wrong teaches a mistake.",
    example: "`example: '7'` for an integer, an example without a required property",
};

const DEFAULT: Rule = Rule {
    id: "default-valid",
    severity: Severity::Error,
    reason: "The generator stops at a default that its own schema refuses.",
    example: "`default: ten` beside `type: integer`",
};

const ONE_OF_TWO: Rule = Rule {
    id: "example-xor-examples",
    severity: Severity::Error,
    reason: "Beside `examples`, an `example` is ignored.",
    example: "a media type with both",
};

pub(super) const STATUS: Rule = Rule {
    id: "example-status-agrees",
    severity: Severity::Warning,
    reason: "An example of an error under a success, or the other way round, was copied to the wrong place.",
    example: "`'200'` with an example that has `error` and `errorDescription`",
};

pub(crate) const RULES: &[&Rule] = &[&VALID, &DEFAULT, &ONE_OF_TWO, &STATUS];

/// Which way a value goes: what is only read is not in a request, what is only written in no answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    Request,
    Answer,
    Either,
}

/// Comes last: what is held to a schema that is wrong itself would only say so once more.
pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let errors = findings.list.iter().filter(|finding| finding.severity == Severity::Error);
    let wrong: BTreeSet<String> = errors.map(|finding| finding.pointer.clone()).collect();
    // A misspelt property is told as such, and not again as one that is missing; nor is a reference in place of a value.
    let is_told = |rule: &str| [super::payload::KNOWN.id, super::literal::REFERENCE.id].contains(&rule);
    let known = findings.list.iter().filter(|finding| is_told(finding.rule));
    let misspelt = known.filter_map(|finding| Some(finding.pointer.rsplit_once('/')?.0.to_owned())).collect();
    let tainted = tainted(spec, &wrong);
    let mut examples = Examples { spec, wrong, tainted, misspelt, held: Vec::new() };
    for node in spec.all(Object::MediaType) {
        let way = if node.pointer.contains("/requestBody/") || node.pointer.starts_with("/components/requestBodies/") {
            Way::Request
        } else {
            Way::Answer
        };
        examples.described(node, way, findings);
    }
    for object in [Object::Parameter, Object::Header] {
        for node in spec.all(object) {
            examples.described(node, if object == Object::Parameter { Way::Request } else { Way::Answer }, findings);
        }
    }
    for node in spec.all(Object::Schema) {
        for (key, rule) in [("example", &VALID), ("default", &DEFAULT)] {
            if let Some(value) = node.value.get(key) {
                examples.hold(node, node.value, Way::Either, value, format!("{}/{key}", node.pointer), rule);
            }
        }
    }
    for way in [Way::Request, Way::Answer, Way::Either] {
        examples.judge(way, findings);
    }
}

struct Examples<'a> {
    spec: &'a Spec<'a>,
    /// Where errors have been found.
    wrong: BTreeSet<String>,
    /// What is referred to and wrong, or leads to what is wrong.
    tainted: HashSet<&'a str>,
    /// The values with a property that their schema does not know.
    misspelt: BTreeSet<String>,
    /// What is held to a schema.
    held: Vec<Held<'a>>,
}

/// A value, where it stands, and the schema that it has to fit.
struct Held<'a> {
    value: &'a Value,
    pointer: String,
    schema: &'a Value,
    way: Way,
    rule: &'static Rule,
}

impl<'a> Examples<'a> {
    /// Something with a schema and examples beside it.
    fn described(&mut self, node: &Node<'a>, way: Way, findings: &mut Findings<'_>) {
        let (example, examples) = (node.value.get("example"), node.value.get("examples"));
        if example.is_some() && examples.is_some() {
            let pointer = format!("{}/example", node.pointer);
            findings.key(&ONE_OF_TWO, &pointer, "`example` is ignored beside `examples`", "move it into `examples`");
        }
        let Some(schema) = node.value.get("schema") else { return };
        if let Some(example) = example {
            self.hold(node, schema, way, example, format!("{}/example", node.pointer), &VALID);
        }
        for (name, named) in entries(examples) {
            let pointer = format!("{}/examples/{}", node.pointer, escape(name));
            let Some(named) = (Node { value: named, pointer }).follow(self.spec.root) else { continue };
            if let Some(value) = named.value.get("value") {
                self.hold(node, schema, way, value, format!("{}/value", named.pointer), &VALID);
            }
        }
    }

    /// Holds a value to a schema that stands at or below this node, unless that is wrong itself.
    fn hold(
        &mut self,
        node: &Node<'a>,
        schema: &'a Value,
        way: Way,
        value: &'a Value,
        pointer: String,
        rule: &'static Rule,
    ) {
        let own =
            if std::ptr::eq(schema, node.value) { node.pointer.clone() } else { format!("{}/schema", node.pointer) };
        if !is_wrong(&self.wrong, &own) && targets(schema).all(|target| !self.tainted.contains(target)) {
            self.held.push(Held { value, pointer, schema, way, rule });
        }
    }

    /// Holds everything that goes one way to its schemas: all at once, because to compile a schema, with all that it
    /// refers to, takes far longer than to hold a value to it.
    fn judge(&self, way: Way, findings: &mut Findings<'_>) {
        let held: Vec<_> = self.held.iter().filter(|held| held.way == way).collect();
        let mut open = vec![held.as_slice()];
        while let Some(held) = open.pop() {
            match self.errors(held, way) {
                Some(errors) => {
                    errors.into_iter().for_each(|(held, place, text)| self.tell(held, &place, &text, findings));
                }
                // One of the schemas cannot be compiled, which is told elsewhere; the others can.
                None if held.len() > 1 => {
                    let (one, other) = held.split_at(held.len() / 2);
                    open.extend([one, other]);
                }
                None => {}
            }
        }
    }

    /// What is wrong with these values, each with its place in them; nothing if a schema cannot be compiled.
    fn errors<'h>(&self, held: &[&'h Held<'a>], way: Way) -> Option<Vec<(&'h Held<'a>, String, String)>> {
        // Whatever is referred to, wherever it stands, has a name of its own here.
        let places = self.spec.reached(held.iter().map(|held| held.schema)).into_iter();
        let places = places.filter_map(|place| Some((place, self.spec.root.pointer(place)?)));
        let places: BTreeMap<_, _> =
            places.enumerate().map(|(number, (place, node))| (place, (number, node))).collect();
        let mut translation = Translation { spec: self.spec, way, places: &places, patterns: HashMap::new() };
        let defined: Map<_, _> =
            places.values().map(|(number, node)| (number.to_string(), translation.schema(node))).collect();
        let schemas: Map<_, _> = held
            .iter()
            .enumerate()
            .map(|(number, held)| (number.to_string(), translation.schema(held.schema)))
            .collect();
        let values = held.iter().enumerate().map(|(number, held)| (number.to_string(), held.value.clone()));
        let document = json!({ "properties": schemas, "$defs": defined });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.build(&document).ok()?;
        let mut found: Vec<(&Held<'a>, String, String)> = Vec::new();
        let mut places = BTreeSet::new();
        for error in validator.iter_errors(&Value::Object(values.collect())) {
            let whole = error.instance_path().to_string();
            let Some((number, place)) = whole.get(1..).map(|path| path.split_at(path.find('/').unwrap_or(path.len())))
            else {
                continue;
            };
            // One mistake is one finding: of several errors at one place, the first.
            if let Some(held) = number.parse().ok().and_then(|number: usize| held.get(number))
                && places.insert(whole.clone())
            {
                found.push((held, place.to_owned(), shortened(&error.to_string())));
            }
        }
        Some(found)
    }

    fn tell(&self, held: &Held<'a>, place: &str, text: &str, findings: &mut Findings<'_>) {
        let pointer = format!("{}{place}", held.pointer);
        if self.misspelt.contains(&pointer) {
            return;
        }
        let message = format!("this does not fit its schema: {text}");
        let help = match reference(held.schema) {
            Some(target) => format!("mend the value, or `{target}`, which it is held to"),
            None => "mend the value, or the schema that it is held to".to_owned(),
        };
        findings.value(held.rule, &pointer, message, help);
    }
}

/// Whole objects are no help in a sentence.
fn shortened(text: &str) -> String {
    if text.chars().count() > 160 {
        format!("{}…", text.chars().take(160).collect::<String>())
    } else {
        text.to_owned()
    }
}

/// Whether an error stands at this place or below it.
fn is_wrong(wrong: &BTreeSet<String>, place: &str) -> bool {
    let below = format!("{place}/");
    wrong.contains(place) || wrong.range(below.clone()..).next().is_some_and(|wrong| wrong.starts_with(&below))
}

/// What a part of the document refers to itself.
fn targets(value: &Value) -> impl Iterator<Item = &str> {
    references(value).filter_map(|reference| reference.strip_prefix('#'))
}

/// The targets of references that are wrong, and those from which a reference leads to one, however far: counted once for
/// the document, from the wrong ones back.
fn tainted<'a>(spec: &Spec<'a>, wrong: &BTreeSet<String>) -> HashSet<&'a str> {
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    let (mut tainted, mut open) = (HashSet::new(), Vec::new());
    // Nothing can be held to a circle, which is told.
    let (_, circles) = spec.schemas.circular();
    for place in spec.reached([spec.root]) {
        let Some(node) = spec.root.pointer(place) else { continue };
        targets(node).for_each(|target| users.entry(target).or_default().push(place));
        if is_wrong(wrong, place) || circles.contains(&std::ptr::from_ref(node)) {
            open.push(place);
        }
    }
    while let Some(place) = open.pop() {
        if tainted.insert(place) {
            open.extend(users.get(place).into_iter().flatten());
        }
    }
    tainted
}

/// Schemas of OpenAPI 3.0 as those of JSON Schema.
struct Translation<'t, 'a> {
    spec: &'t Spec<'a>,
    way: Way,
    /// What is referred to, by its number.
    places: &'t BTreeMap<&'a str, (usize, &'a Value)>,
    /// Whether the validator's engine takes a pattern; that it can be read at all is another rule's business.
    patterns: HashMap<&'a str, bool>,
}

impl<'a> Translation<'_, 'a> {
    fn schema(&mut self, node: &'a Value) -> Value {
        if let Some(written) = reference(node) {
            let number = target(node).and_then(|inside| self.places.get(inside)).map(|(number, _)| number);
            let reference = number.map_or_else(|| written.to_owned(), |number| format!("#/$defs/{number}"));
            return json!({ REFERENCE: reference });
        }
        self.own(node, true)
    }

    /// A schema that is no reference, with or without the parts of its `allOf`.
    fn own(&mut self, node: &'a Value, with_parts: bool) -> Value {
        let Some(map) = node.as_object() else { return json!(true) };
        let mut schema = Map::new();
        let flag = |key: &str| map.get(key) == Some(&Value::Bool(true));
        for (key, value) in map.iter().filter(|(key, _)| with_parts || *key != "allOf") {
            let new = match key.as_str() {
                "allOf" => Some(self.together(node).into()),
                "anyOf" | "oneOf" => value.as_array().map(|list| list.iter().map(|node| self.schema(node)).collect()),
                "items" | "not" => Some(self.schema(value)),
                "additionalProperties" if value.is_object() => Some(self.schema(value)),
                "properties" => {
                    let properties = value.as_object().into_iter().flatten();
                    Some(properties.map(|(name, node)| (name.clone(), self.schema(node))).collect::<Map<_, _>>().into())
                }
                "minimum" if flag("exclusiveMinimum") => {
                    schema.insert("exclusiveMinimum".to_owned(), value.clone());
                    None
                }
                "maximum" if flag("exclusiveMaximum") => {
                    schema.insert("exclusiveMaximum".to_owned(), value.clone());
                    None
                }
                "exclusiveMinimum" | "exclusiveMaximum" => None,
                "required" => Some(self.required(node, value)),
                "pattern" => value.as_str().filter(|pattern| self.is_pattern(pattern)).map(Value::from),
                "type"
                | "enum"
                | "multipleOf"
                | "minimum"
                | "maximum"
                | "minLength"
                | "maxLength"
                | "minItems"
                | "maxItems"
                | "uniqueItems"
                | "minProperties"
                | "maxProperties"
                | "additionalProperties"
                | "format" => Some(value.clone()),
                _ => None,
            };
            if let Some(new) = new {
                schema.insert(key.clone(), new);
            }
        }
        if map.get("format").and_then(Value::as_str) == Some("int32") {
            schema.entry("minimum").or_insert(i32::MIN.into());
            schema.entry("maximum").or_insert(i32::MAX.into());
        }
        if flag("nullable") {
            // Not as an alternative: what is wrong would be told of an `anyOf` that the file has not.
            return json!({ "if": { "type": "null" }, "else": schema });
        }
        schema.into()
    }

    /// The parts of an `allOf` and those of theirs, each once: where several ways lead to a part, a value is not held to it
    /// as often as there are ways, which doubles with each level.
    fn together(&mut self, node: &'a Value) -> Vec<Value> {
        fn list(node: &Value) -> impl DoubleEndedIterator<Item = &Value> {
            node.get("allOf").and_then(Value::as_array).into_iter().flatten()
        }
        let (mut parts, mut seen) = (Vec::new(), HashSet::from([std::ptr::from_ref(node)]));
        let mut open: Vec<&'a Value> = list(node).rev().collect();
        while let Some(part) = open.pop() {
            let Some(resolved) = self.spec.resolve(part) else {
                parts.push(self.schema(part));
                continue;
            };
            if !seen.insert(std::ptr::from_ref(resolved)) {
                continue;
            }
            let is_leaf = resolved.get("allOf").is_none() || resolved.get("nullable") == Some(&Value::Bool(true));
            if is_leaf {
                parts.push(self.schema(part));
            } else {
                open.extend(list(resolved).rev());
                parts.push(self.own(resolved, false));
            }
        }
        parts
    }

    fn is_pattern(&mut self, pattern: &'a str) -> bool {
        *self
            .patterns
            .entry(pattern)
            .or_insert_with(|| jsonschema::options().build(&json!({ "pattern": pattern })).is_ok())
    }

    /// What is required, this way: "if the property is marked as readOnly being true and is in the required list, the
    /// required will take effect on the response only", and the other way round (OpenAPI 3.0.3, 4.7.24.1). The flag may
    /// stand behind a reference, or in another part of an `allOf`.
    fn required(&self, node: &'a Value, list: &Value) -> Value {
        let absent = match self.way {
            Way::Request => self.spec.schemas.flagged(node, "readOnly"),
            Way::Answer => self.spec.schemas.flagged(node, "writeOnly"),
            Way::Either => BTreeSet::new(),
        };
        let names = list.as_array().into_iter().flatten();
        names.filter(|name| name.as_str().is_none_or(|name| !absent.contains(name))).cloned().collect()
    }
}

/// Examples that were copied to the wrong place.
pub(super) fn statuses(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        status(node, findings);
    }
}

fn status(node: &Node<'_>, findings: &mut Findings<'_>) {
    let Some((_, rest)) = node.pointer.split_once("/responses/") else { return };
    let is_success = rest.starts_with('2');
    let Some(example) = node.value.get("example").and_then(Value::as_object) else { return };
    if is_success && example.contains_key("error") && example.len() <= 2 {
        let pointer = format!("{}/example", node.pointer);
        findings.key(
            &STATUS,
            &pointer,
            "this looks like an error, and stands under a success",
            "move it to the status it is of",
        );
    }
}
