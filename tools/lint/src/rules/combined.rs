//! Checks combined schemas: whether the parts of an `allOf` agree, and whether alternatives can be distinguished.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;
use unloc_spec::reference;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const CONSISTENT: Rule = Rule {
    id: "allof-consistent",
    severity: Severity::Error,
    reason: "No value satisfies an `allOf` whose parts contradict each other.",
    example: "an `allOf` of an object and a string, or with a part that has `additionalProperties: false`",
};

const DISTINCT: Rule = Rule {
    id: "oneof-discriminator",
    severity: Severity::Warning,
    reason: "The bindings use the first alternative that fits, which may be the wrong one if the alternatives overlap.",
    example: "`oneOf` of two objects without a `discriminator`, where one requires no property beyond the other's",
};

pub(crate) const RULES: &[&Rule] = &[&CONSISTENT, &DISTINCT];

/// Pairs the keyword of each lower bound with that of the upper bound.
const BOUNDS: [(&str, &str); 4] =
    [("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"), ("minimum", "maximum")];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        if node.value.get("allOf").is_some() {
            consistent(spec, node, findings);
        }
        if node.value.get("oneOf").is_some() && node.value.get("discriminator").is_none() {
            distinct(spec, node, findings);
        }
    }
}

/// Sums up what a schema requires of a value, including the parts of its `allOf`.
#[derive(Default)]
struct Sum<'a> {
    kind: Option<&'a str>,
    /// Is set if `additionalProperties: false` allows only the schema's own properties.
    is_closed: bool,
    properties: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    values: Option<&'a Vec<Value>>,
    bounds: [(Option<f64>, Option<f64>); 4],
}

impl<'a> Sum<'a> {
    fn of(spec: &Spec<'a>, schema: &'a Value) -> Self {
        Self::within(spec, schema, 0, &mut HashSet::new())
    }

    /// Sums up a schema and its parts. Visits each part once, however many references lead to it.
    fn within(spec: &Spec<'a>, schema: &'a Value, depth: u8, seen: &mut HashSet<*const Value>) -> Self {
        let mut sum = Self::default();
        let Some(schema) = spec.resolve(schema).filter(|_| depth < 16) else { return sum };
        if !seen.insert(std::ptr::from_ref(schema)) {
            return sum;
        }
        sum.add_own(schema);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let part = Self::within(spec, part, depth + 1, seen);
            sum.kind = sum.kind.or(part.kind);
            sum.is_closed |= part.is_closed;
            sum.values = sum.values.or(part.values);
            sum.properties.extend(part.properties);
            sum.required.extend(part.required);
            for (mine, other) in sum.bounds.iter_mut().zip(part.bounds) {
                *mine = (mine.0.or(other.0), mine.1.or(other.1));
            }
        }
        sum
    }

    fn add_own(&mut self, schema: &'a Value) {
        self.kind = schema.get("type").and_then(Value::as_str);
        self.is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        self.properties = entries(schema.get("properties")).collect();
        let required = schema.get("required").and_then(Value::as_array);
        self.required = required.into_iter().flatten().filter_map(Value::as_str).collect();
        self.values = schema.get("enum").and_then(Value::as_array);
        for (bounds, (least, most)) in self.bounds.iter_mut().zip(BOUNDS) {
            *bounds = (schema.get(least).and_then(Value::as_f64), schema.get(most).and_then(Value::as_f64));
        }
    }

    /// Returns why no value can satisfy both schemas; nothing if no contradiction is found.
    fn contradicts(&self, other: &Self) -> Option<String> {
        if let (Some(one), Some(two)) = (self.kind, other.kind)
            && one != two
            // Every integer is a number.
            && !(["integer", "number"].contains(&one) && ["integer", "number"].contains(&two))
        {
            return Some(format!("this part has type `{two}`, but an earlier part has type `{one}`"));
        }
        if let (Some(one), Some(two)) = (self.values, other.values)
            && !one.iter().any(|value| two.contains(value))
        {
            return Some("this part and an earlier part have no enum value in common".to_owned());
        }
        for ((mine, theirs), (least, most)) in self.bounds.iter().zip(other.bounds).zip(BOUNDS) {
            for (low, high) in [(mine.0, theirs.1), (theirs.0, mine.1)] {
                if let (Some(low), Some(high)) = (low, high)
                    && low > high
                {
                    return Some(format!("one part has `{least}: {low}`, but another has `{most}: {high}`"));
                }
            }
        }
        for (closed, open) in [(self, other), (other, self)].into_iter().filter(|(closed, _)| closed.is_closed) {
            if let Some(name) = open.properties.keys().find(|name| !closed.properties.contains_key(*name)) {
                // `additionalProperties` sees only the `properties` next to it, not those of other parts.
                return Some(format!(
                    "one part has `additionalProperties: false`, which forbids the property `{name}` of another part"
                ));
            }
        }
        None
    }
}

/// Compares each part of an `allOf` with those before it. Contradictions within one part are reported at that part.
fn consistent(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let mut own = Sum::default();
    own.add_own(node.value);
    let mut earlier = vec![own];
    for (place, part) in node.value.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let sum = Sum::of(spec, part);
        if let Some(why) = earlier.iter().find_map(|earlier| earlier.contradicts(&sum)) {
            let pointer = format!("{}/allOf/{place}", node.pointer);
            findings.key(&CONSISTENT, &pointer, why, "correct one of the parts, or remove this one");
            return;
        }
        earlier.push(sum);
    }
}

/// Reports alternatives of a `oneOf` that cannot be distinguished from an earlier one.
fn distinct(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let parts = node.value.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let sums: Vec<_> = parts.map(|part| Sum::of(spec, part)).collect();
    // Each alternative is compared with all earlier ones. A longer `oneOf` is generated, and would take quadratic time.
    for (place, sum) in sums.iter().enumerate().take(40) {
        let is_object = |sum: &Sum<'_>| sum.kind == Some("object") || !sum.properties.is_empty();
        let alike = |other: &&Sum<'_>| is_object(sum) && is_object(other) && (covers(sum, other) || covers(other, sum));
        if sums[..place].iter().any(|other| alike(&other)) {
            let pointer = format!("{}/oneOf/{place}", node.pointer);
            let message = "this alternative cannot be distinguished from an earlier one by its required properties";
            let help = "require a property in each that the other lacks, or add a `discriminator`";
            findings.key(&DISTINCT, &pointer, message, help);
        }
    }
}

/// Returns whether every value of `narrow` also satisfies `wide`, judged by property names, types and enums.
fn covers(wide: &Sum<'_>, narrow: &Sum<'_>) -> bool {
    let differs = wide.properties.iter().any(|(name, mine)| {
        let Some(theirs) = narrow.properties.get(name) else { return false };
        let kinds = (mine.get("type"), theirs.get("type"));
        let values = (mine.get("enum").and_then(Value::as_array), theirs.get("enum").and_then(Value::as_array));
        matches!(kinds, (Some(one), Some(two)) if one != two)
            || matches!(values, (Some(one), Some(two)) if !one.iter().any(|value| two.contains(value)))
            // Different references may describe different values; their targets are not compared.
            || reference(mine) != reference(theirs)
    });
    // A closed `wide` rejects a value with a property that only `narrow` has and requires.
    let shut_out = wide.is_closed && narrow.required.iter().any(|name| !wide.properties.contains_key(name));
    !differs && !shut_out && wide.required.is_subset(&narrow.required)
}
