//! Schemas that are made of others: whether a value can be all of them, and which of them it is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;
use unloc_spec::reference;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const CONSISTENT: Rule = Rule {
    id: "allof-consistent",
    severity: Severity::Error,
    reason: "A value has to be all of the parts of an `allOf` at once; none is, if they contradict each other.",
    example: "an `allOf` of an object and a text, or with a part that has `additionalProperties: false`",
};

const TOLD_APART: Rule = Rule {
    id: "oneof-discriminator",
    severity: Severity::Warning,
    reason: "The bindings take the first alternative that fits; where nothing tells them apart it is the wrong one.",
    example: "`oneOf` two objects, where one requires nothing that the other does not, and no `discriminator`",
};

pub(crate) const RULES: &[&Rule] = &[&CONSISTENT, &TOLD_APART];

const BOUNDS: [(&str, &str); 4] =
    [("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"), ("minimum", "maximum")];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        if node.value.get("allOf").is_some() {
            together(spec, node, findings);
        }
        if node.value.get("oneOf").is_some() && node.value.get("discriminator").is_none() {
            apart(spec, node, findings);
        }
    }
}

/// What a schema asks of a value, the parts of its `allOf` included.
#[derive(Default)]
struct Sum<'a> {
    kind: Option<&'a str>,
    /// Nothing but its own properties.
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

    /// Each part once, however many ways lead to it.
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

    /// Why no value can be of both; nothing if one can, as far as is seen here.
    fn contradicts(&self, other: &Self) -> Option<String> {
        if let (Some(one), Some(two)) = (self.kind, other.kind)
            && one != two
            && !(["integer", "number"].contains(&one) && ["integer", "number"].contains(&two))
        {
            return Some(format!("this part is of type `{two}`, and an earlier one of type `{one}`"));
        }
        if let (Some(one), Some(two)) = (self.values, other.values)
            && !one.iter().any(|value| two.contains(value))
        {
            return Some("this part allows no value that an earlier one allows".to_owned());
        }
        for ((mine, theirs), (least, most)) in self.bounds.iter().zip(other.bounds).zip(BOUNDS) {
            for (low, high) in [(mine.0, theirs.1), (theirs.0, mine.1)] {
                if let (Some(low), Some(high)) = (low, high)
                    && low > high
                {
                    return Some(format!("one part has `{least}: {low}`, and another `{most}: {high}`"));
                }
            }
        }
        for (closed, open) in [(self, other), (other, self)].into_iter().filter(|(closed, _)| closed.is_closed) {
            if let Some(name) = open.properties.keys().find(|name| !closed.properties.contains_key(*name)) {
                return Some(format!(
                    "one part has `additionalProperties: false`, which forbids the property `{name}` of another"
                ));
            }
        }
        None
    }
}

/// The parts of an `allOf`, each held to those before it; what a part contradicts in itself is told at the part.
fn together(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let mut own = Sum::default();
    own.add_own(node.value);
    let mut earlier = vec![own];
    for (place, part) in node.value.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let sum = Sum::of(spec, part);
        if let Some(why) = earlier.iter().find_map(|earlier| earlier.contradicts(&sum)) {
            let pointer = format!("{}/allOf/{place}", node.pointer);
            findings.key(&CONSISTENT, &pointer, why, "mend one of them, or take the part out");
            return;
        }
        earlier.push(sum);
    }
}

fn apart(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let parts = node.value.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let sums: Vec<_> = parts.map(|part| Sum::of(spec, part)).collect();
    // More alternatives than this are no union that somebody wrote by hand.
    for (place, sum) in sums.iter().enumerate().take(40) {
        let is_object = |sum: &Sum<'_>| sum.kind == Some("object") || !sum.properties.is_empty();
        let alike = |other: &&Sum<'_>| is_object(sum) && is_object(other) && (covers(sum, other) || covers(other, sum));
        if sums[..place].iter().any(|other| alike(&other)) {
            let pointer = format!("{}/oneOf/{place}", node.pointer);
            let message = "nothing that this alternative requires tells it from an earlier one";
            let help = "require a property in each that the other has not, or add a `discriminator`";
            findings.key(&TOLD_APART, &pointer, message, help);
        }
    }
}

/// Whether every value of `narrow` is one of `wide` too, as far as names, types and lists of values tell.
fn covers(wide: &Sum<'_>, narrow: &Sum<'_>) -> bool {
    let differs = wide.properties.iter().any(|(name, mine)| {
        let Some(theirs) = narrow.properties.get(name) else { return false };
        let kinds = (mine.get("type"), theirs.get("type"));
        let values = (mine.get("enum").and_then(Value::as_array), theirs.get("enum").and_then(Value::as_array));
        matches!(kinds, (Some(one), Some(two)) if one != two)
            || matches!(values, (Some(one), Some(two)) if !one.iter().any(|value| two.contains(value)))
            // What a reference leads to is not compared: it may well tell them apart.
            || reference(mine) != reference(theirs)
    });
    let shut_out = wide.is_closed && narrow.required.iter().any(|name| !wide.properties.contains_key(name));
    !differs && !shut_out && wide.required.is_subset(&narrow.required)
}
