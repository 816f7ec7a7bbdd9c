//! Who may call an operation, and how that is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Direction, Kind, Verdict};
use super::compare::Comparison;
use super::operations::Operation;
use super::view::Side;

/// One way to be let in: what a scheme is, and the scopes that it asks for.
type Way = BTreeMap<String, BTreeSet<String>>;

/// The alternatives of an operation. No requirement at all is one that asks for nothing.
fn ways(side: Side<'_>, operation: &Operation<'_>) -> Vec<Way> {
    let root = side.root();
    let list = operation.at.get("security").or_else(|| root.get("security"));
    let ways: Vec<Way> = list
        .into_iter()
        .flat_map(|list| list.list())
        .map(|way| way.entries().map(|(name, scopes)| (scheme(side, name), texts(scopes.value))).collect())
        .collect();
    if ways.is_empty() { vec![Way::new()] } else { ways }
}

/// A scheme by what it is, because its name does not travel.
fn scheme(side: Side<'_>, name: &str) -> String {
    let at = side.at("/components/securitySchemes").and_then(|schemes| schemes.get(name));
    let Some(at) = at.and_then(|at| side.follow(at)) else { return name.to_owned() };
    let said = ["type", "scheme", "in", "name"].into_iter().filter_map(|key| at.text(key).map(str::to_lowercase));
    let flows = at.get("flows").into_iter().flat_map(|flows| flows.entries());
    let flows = flows.map(|(kind, flow)| format!("{kind} at {}", flow.text("tokenUrl").unwrap_or_default()));
    said.chain(flows).collect::<Vec<_>>().join(" ")
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether who comes by one way is let in by the other, which must not ask for more.
fn is_enough(come: &Way, asked: &Way) -> bool {
    asked.iter().all(|(scheme, scopes)| come.get(scheme).is_some_and(|own| scopes.is_subset(own)))
}

fn shown(ways: &[Way]) -> String {
    let each = ways.iter().map(|way| {
        let parts = way.iter().map(|(scheme, scopes)| match scopes.is_empty() {
            true => scheme.clone(),
            false => scopes.iter().cloned().collect::<Vec<_>>().join(" and "),
        });
        let parts = parts.collect::<Vec<_>>().join(" with ");
        if parts.is_empty() { "nothing".to_owned() } else { parts }
    });
    each.collect::<Vec<_>>().join(", or ")
}

impl<'a> Comparison<'a> {
    pub(crate) fn security(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (ways(self.old, old), ways(self.new, new));
        let sorted = |ways: &[Way]| ways.iter().cloned().collect::<BTreeSet<_>>();
        if sorted(&before) == sorted(&after) {
            return;
        }
        let what = format!("`{}` asks for {} where it asked for {}", new.name(), shown(&after), shown(&before));
        let is_open = before.iter().all(|come| after.iter().any(|asked| is_enough(come, asked)));
        let (verdict, why) = match is_open {
            true => (Verdict::Compatible, "what the old bindings show is still enough"),
            false => (Verdict::Breaking, "what the old bindings show may no longer be enough"),
        };
        let mut change = Change::new(Kind::Security, Direction::Request, what).wire(verdict, why);
        let scopes =
            |ways: &[Way]| ways.iter().flat_map(|way| way.values().flatten().cloned()).collect::<BTreeSet<_>>();
        let (was, is) = (scopes(&before), scopes(&after));
        change.lost = was.difference(&is).cloned().collect();
        change.new = is.difference(&was).cloned().collect();
        let change = change.about(Some(old.item()), Some(new.item()));
        let place = |at: &super::view::At<'a>| match at.value.get("security") {
            Some(_) => format!("{}/security", at.pointer),
            None => at.pointer.clone(),
        };
        self.add(change, &place(&old.at), &place(&new.at));
    }
}
