//! Validates examples and defaults against their schemas.

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
    reason: "Readers copy examples, and the documentation's code is built from them; an invalid one teaches a mistake.",
    example: "`example: '7'` for an integer, an example without a required property",
};

// OpenAPI 3.0.3, 4.7.24: "Unlike JSON Schema, the value MUST conform to the defined type".
const DEFAULT: Rule = Rule {
    id: "default-valid",
    severity: Severity::Error,
    reason: "The generator fails on a default that its schema does not allow.",
    example: "`default: ten` with `type: integer`",
};

// OpenAPI 3.0.3, 4.7.14.1: the two fields are mutually exclusive.
const ONE_OF_TWO: Rule = Rule {
    id: "example-xor-examples",
    severity: Severity::Error,
    reason: "Tools ignore `example` if there are also `examples`.",
    example: "a media type with both",
};

pub(super) const STATUS: Rule = Rule {
    id: "example-status-agrees",
    severity: Severity::Warning,
    reason: "An error example in a success response was copied to the wrong place.",
    example: "`'200'` with an example that has `error` and `errorDescription`",
};

pub(crate) const RULES: &[&Rule] = &[&VALID, &DEFAULT, &ONE_OF_TWO, &STATUS];

/// Says where a value occurs: requests contain no `readOnly` properties, responses no `writeOnly` ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Direction {
    Request,
    Response,
    Either,
}

/// Validates all examples and defaults. Runs last, because validating against a schema that is itself invalid would
/// only repeat its errors.
pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let errors = findings.list.iter().filter(|finding| finding.severity == Severity::Error);
    let wrong: BTreeSet<String> = errors.map(|finding| finding.pointer.clone()).collect();
    // A misspelt property would also be reported as missing, and a `$ref` in place of a value as an object.
    let is_reported = |rule: &str| [super::payload::KNOWN.id, super::literal::REFERENCE.id].contains(&rule);
    let known = findings.list.iter().filter(|finding| is_reported(finding.rule));
    let misspelt = known.filter_map(|finding| Some(finding.pointer.rsplit_once('/')?.0.to_owned())).collect();
    let unusable = unusable(spec, &wrong);
    let mut examples = Examples { spec, wrong, unusable, misspelt, checks: Vec::new() };
    for node in spec.all(Object::MediaType) {
        let is_request =
            node.pointer.contains("/requestBody/") || node.pointer.starts_with("/components/requestBodies/");
        examples.collect(node, if is_request { Direction::Request } else { Direction::Response }, findings);
    }
    for (object, direction) in [(Object::Parameter, Direction::Request), (Object::Header, Direction::Response)] {
        for node in spec.all(object) {
            examples.collect(node, direction, findings);
        }
    }
    for node in spec.all(Object::Schema) {
        for (key, rule) in [("example", &VALID), ("default", &DEFAULT)] {
            if let Some(value) = node.value.get(key) {
                examples.add(node, node.value, Direction::Either, value, format!("{}/{key}", node.pointer), rule);
            }
        }
    }
    for direction in [Direction::Request, Direction::Response, Direction::Either] {
        examples.validate(direction, findings);
    }
}

/// Collects values and validates them in batches.
struct Examples<'a> {
    spec: &'a Spec<'a>,
    /// Holds the pointers of all errors so far.
    wrong: BTreeSet<String>,
    /// Holds the targets of references that are invalid, or that lead to an invalid one.
    unusable: HashSet<&'a str>,
    /// Holds the values with a property that their schema does not define.
    misspelt: BTreeSet<String>,
    checks: Vec<Check<'a>>,
}

/// Pairs a value with the schema that it has to satisfy.
struct Check<'a> {
    value: &'a Value,
    pointer: String,
    schema: &'a Value,
    direction: Direction,
    rule: &'static Rule,
}

impl<'a> Examples<'a> {
    /// Adds the examples of a node that has a schema.
    fn collect(&mut self, node: &Node<'a>, direction: Direction, findings: &mut Findings<'_>) {
        let (example, examples) = (node.value.get("example"), node.value.get("examples"));
        if example.is_some() && examples.is_some() {
            let pointer = format!("{}/example", node.pointer);
            findings.key(
                &ONE_OF_TWO,
                &pointer,
                "`example` is ignored: there are `examples`",
                "move it into `examples`",
            );
        }
        let Some(schema) = node.value.get("schema") else { return };
        if let Some(example) = example {
            self.add(node, schema, direction, example, format!("{}/example", node.pointer), &VALID);
        }
        for (name, named) in entries(examples) {
            let pointer = format!("{}/examples/{}", node.pointer, escape(name));
            let Some(named) = (Node { value: named, pointer }).follow(self.spec.root) else { continue };
            if let Some(value) = named.value.get("value") {
                self.add(node, schema, direction, value, format!("{}/value", named.pointer), &VALID);
            }
        }
    }

    /// Adds a value to validate against a schema at or below this node, unless the schema is invalid.
    fn add(
        &mut self,
        node: &Node<'a>,
        schema: &'a Value,
        direction: Direction,
        value: &'a Value,
        pointer: String,
        rule: &'static Rule,
    ) {
        let own =
            if std::ptr::eq(schema, node.value) { node.pointer.clone() } else { format!("{}/schema", node.pointer) };
        if !is_wrong(&self.wrong, &own) && targets(schema).all(|target| !self.unusable.contains(target)) {
            self.checks.push(Check { value, pointer, schema, direction, rule });
        }
    }

    /// Validates all values of one direction at once: compiling a schema, with everything that it refers to, takes far
    /// longer than validating a value.
    fn validate(&self, direction: Direction, findings: &mut Findings<'_>) {
        let checks: Vec<_> = self.checks.iter().filter(|check| check.direction == direction).collect();
        let mut open = vec![checks.as_slice()];
        while let Some(checks) = open.pop() {
            match self.errors(checks, direction) {
                Some(errors) => {
                    errors.into_iter().for_each(|(check, place, text)| self.report(check, &place, &text, findings));
                }
                // One schema does not compile, which other rules report. Bisect to validate the rest.
                None if checks.len() > 1 => {
                    let (one, other) = checks.split_at(checks.len() / 2);
                    open.extend([one, other]);
                }
                None => {}
            }
        }
    }

    /// Returns the errors of these values, each with the place inside of its value; nothing if a schema does not
    /// compile.
    fn errors<'h>(
        &self,
        checks: &[&'h Check<'a>],
        direction: Direction,
    ) -> Option<Vec<(&'h Check<'a>, String, String)>> {
        // One document holds all schemas, so every target of a reference becomes an entry of `$defs`.
        let places = self.spec.reached(checks.iter().map(|check| check.schema)).into_iter();
        let places = places.filter_map(|place| Some((place, self.spec.root.pointer(place)?)));
        let places: BTreeMap<_, _> =
            places.enumerate().map(|(number, (place, node))| (place, (number, node))).collect();
        let mut translation = Translation { spec: self.spec, direction, places: &places, patterns: HashMap::new() };
        let defined: Map<_, _> =
            places.values().map(|(number, node)| (number.to_string(), translation.schema(node))).collect();
        let schemas: Map<_, _> = checks
            .iter()
            .enumerate()
            .map(|(number, check)| (number.to_string(), translation.schema(check.schema)))
            .collect();
        let values = checks.iter().enumerate().map(|(number, check)| (number.to_string(), check.value.clone()));
        let document = json!({ "properties": schemas, "$defs": defined });
        // In JSON Schema 2020-12 a `format` is only an annotation, unless the validator is configured to assert it.
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.build(&document).ok()?;
        let mut found: Vec<(&Check<'a>, String, String)> = Vec::new();
        let mut places = BTreeSet::new();
        for error in validator.iter_errors(&Value::Object(values.collect())) {
            // `/3/doors/0/state`: the number of the check, then the place in its value.
            let whole = error.instance_path().to_string();
            let Some((number, place)) = whole.get(1..).map(|path| path.split_at(path.find('/').unwrap_or(path.len())))
            else {
                continue;
            };
            // Of several errors at one place only the first is reported: they have the same cause.
            if let Some(check) = number.parse().ok().and_then(|number: usize| checks.get(number))
                && places.insert(whole.clone())
            {
                found.push((check, place.to_owned(), shortened(&error.to_string())));
            }
        }
        Some(found)
    }

    /// Reports an error, unless the value has a misspelt property.
    fn report(&self, check: &Check<'a>, place: &str, text: &str, findings: &mut Findings<'_>) {
        let pointer = format!("{}{place}", check.pointer);
        if self.misspelt.contains(&pointer) {
            return;
        }
        let message = format!("this value does not match its schema: {text}");
        let help = match reference(check.schema) {
            Some(target) => format!("correct the value, or the schema `{target}`"),
            None => "correct the value or its schema".to_owned(),
        };
        findings.value(check.rule, &pointer, message, help);
    }
}

/// Shortens the text of a validation error, which may quote a whole object.
fn shortened(text: &str) -> String {
    if text.chars().count() > 160 {
        format!("{}…", text.chars().take(160).collect::<String>())
    } else {
        text.to_owned()
    }
}

/// Returns whether there is an error at this place or below it.
fn is_wrong(wrong: &BTreeSet<String>, place: &str) -> bool {
    let below = format!("{place}/");
    wrong.contains(place) || wrong.range(below.clone()..).next().is_some_and(|wrong| wrong.starts_with(&below))
}

/// Returns the targets of the references in a part of the document.
fn targets(value: &Value) -> impl Iterator<Item = &str> {
    references(value).filter_map(|reference| reference.strip_prefix('#'))
}

/// Returns the targets of references that contain an error, and all that lead to one. Walks the references backwards
/// from the errors, once for the whole document.
fn unusable<'a>(spec: &Spec<'a>, wrong: &BTreeSet<String>) -> HashSet<&'a str> {
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    let (mut unusable, mut open) = (HashSet::new(), Vec::new());
    // A validator would follow a circle endlessly; `finite-schema` reports it.
    let (_, circles) = spec.schemas.circular();
    for place in spec.reached([spec.root]) {
        let Some(node) = spec.root.pointer(place) else { continue };
        targets(node).for_each(|target| users.entry(target).or_default().push(place));
        if is_wrong(wrong, place) || circles.contains(&std::ptr::from_ref(node)) {
            open.push(place);
        }
    }
    while let Some(place) = open.pop() {
        if unusable.insert(place) {
            open.extend(users.get(place).into_iter().flatten());
        }
    }
    unusable
}

/// Translates schemas of OpenAPI 3.0 to JSON Schema 2020-12.
struct Translation<'t, 'a> {
    spec: &'t Spec<'a>,
    direction: Direction,
    /// Numbers the targets of references.
    places: &'t BTreeMap<&'a str, (usize, &'a Value)>,
    /// Caches whether the validator's regex engine supports a pattern. `pattern-valid` reports invalid ones.
    patterns: HashMap<&'a str, bool>,
}

impl<'a> Translation<'_, 'a> {
    /// Translates a schema or a reference to one.
    fn schema(&mut self, node: &'a Value) -> Value {
        if let Some(written) = reference(node) {
            let number = target(node).and_then(|inside| self.places.get(inside)).map(|(number, _)| number);
            let reference = number.map_or_else(|| written.to_owned(), |number| format!("#/$defs/{number}"));
            return json!({ REFERENCE: reference });
        }
        self.own(node, true)
    }

    /// Translates a schema that is no reference, with or without the parts of its `allOf`.
    fn own(&mut self, node: &'a Value, with_parts: bool) -> Value {
        let Some(map) = node.as_object() else { return json!(true) };
        let mut schema = Map::new();
        let flag = |key: &str| map.get(key) == Some(&Value::Bool(true));
        for (key, value) in map.iter().filter(|(key, _)| with_parts || *key != "allOf") {
            let new = match key.as_str() {
                "allOf" => Some(self.parts(node).into()),
                "anyOf" | "oneOf" => value.as_array().map(|list| list.iter().map(|node| self.schema(node)).collect()),
                "items" | "not" => Some(self.schema(value)),
                // A boolean is copied below.
                "additionalProperties" if value.is_object() => Some(self.schema(value)),
                "properties" => {
                    let properties = value.as_object().into_iter().flatten();
                    Some(properties.map(|(name, node)| (name.clone(), self.schema(node))).collect::<Map<_, _>>().into())
                }
                // In OpenAPI 3.0 `exclusiveMinimum` is a flag of `minimum`, in JSON Schema 2020-12 a bound of its own.
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
                // `nullable` follows below, and annotations such as `example` do not affect validation.
                _ => None,
            };
            if let Some(new) = new {
                schema.insert(key.clone(), new);
            }
        }
        // The validator knows no `format: int32`.
        if map.get("format").and_then(Value::as_str) == Some("int32") {
            schema.entry("minimum").or_insert(i32::MIN.into());
            schema.entry("maximum").or_insert(i32::MAX.into());
        }
        if flag("nullable") {
            // An `anyOf` with null would do as well, but its errors would mention an `anyOf` that the file does not
            // have.
            return json!({ "if": { "type": "null" }, "else": schema });
        }
        schema.into()
    }

    /// Flattens the parts of an `allOf` and of theirs, each once. A part that several paths lead to would otherwise be
    /// validated once per path, and the number of paths can double with each level.
    fn parts(&mut self, node: &'a Value) -> Vec<Value> {
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

    /// Returns whether the validator supports a pattern.
    fn is_pattern(&mut self, pattern: &'a str) -> bool {
        *self
            .patterns
            .entry(pattern)
            .or_insert_with(|| jsonschema::options().build(&json!({ "pattern": pattern })).is_ok())
    }

    /// Returns what is required in this direction: "if the property is marked as readOnly being true and is in the
    /// required list, the required will take effect on the response only", and vice versa for `writeOnly` (OpenAPI
    /// 3.0.3, 4.7.24.1). The flag may be in the target of a reference, or in another part of an `allOf`.
    fn required(&self, node: &'a Value, list: &Value) -> Value {
        let absent = match self.direction {
            Direction::Request => self.spec.schemas.flagged(node, "readOnly"),
            Direction::Response => self.spec.schemas.flagged(node, "writeOnly"),
            Direction::Either => BTreeSet::new(),
        };
        let names = list.as_array().into_iter().flatten();
        names.filter(|name| name.as_str().is_none_or(|name| !absent.contains(name))).cloned().collect()
    }
}

/// Reports error examples in success responses.
pub(super) fn statuses(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        status(node, findings);
    }
}

/// Checks the example of one body.
fn status(node: &Node<'_>, findings: &mut Findings<'_>) {
    let Some((_, rest)) = node.pointer.split_once("/responses/") else { return };
    let is_success = rest.starts_with('2');
    let Some(example) = node.value.get("example").and_then(Value::as_object) else { return };
    // `error` and `errorDescription`, after RFC 6749 5.2; a larger object may have an `error` among its data.
    if is_success && example.contains_key("error") && example.len() <= 2 {
        let message = "this example of a success response looks like an error";
        findings.key(&STATUS, &format!("{}/example", node.pointer), message, "move it to the status of the error");
    }
}
