//! Checks `x-required-filter`, by which a call that would act on everything has to say so.

use serde_json::{Map, Value};

use super::{KeyUse, Violations, name_flaw};
use crate::load::escape;
use crate::operation::RequiredFilter;
use crate::walk::RawOperation;

/// Checks that the filters are optional query parameters of the operation, and that the setter has a name of its own.
pub(in crate::keys) fn required_filter(one: &KeyUse<'_>, violations: &mut Violations) {
    let unknown = one.value.as_object().into_iter().flat_map(Map::keys);
    for key in unknown.filter(|key| !["parameters", "all"].contains(&key.as_str())) {
        let what = format!("x-required-filter: unknown key `{key}`; the keys are parameters and all");
        violations.add_at(&format!("/{}", escape(key)), what);
    }
    let Some(filter) = RequiredFilter::read(one.value) else {
        let what =
            "x-required-filter must have `parameters`, a list of query parameters, and `all`, the name of a setter";
        return violations.add(what);
    };
    if let Some(flaw) = name_flaw(&filter.all) {
        violations.add_at("/all", format!("x-required-filter: `all` {flaw}"));
    }
    let Some(operation) = RawOperation::all(one.root).find(|raw| raw.pointer == one.pointer) else { return };
    let parameters = operation.parameters(one.root);
    for (index, name) in filter.parameters.iter().enumerate() {
        let at = format!("/parameters/{index}");
        let is_it =
            |name: &str| parameters.iter().find(|at| at.text("name") == Some(name) && at.text("in") == Some("query"));
        match is_it(name) {
            None => violations.add_at(&at, format!("x-required-filter: the operation has no query parameter `{name}`")),
            // A required parameter is always set, so everything could never be meant.
            Some(parameter) if parameter.is("required") => {
                violations.add_at(&at, format!("x-required-filter: the query parameter `{name}` must be optional"));
            }
            Some(_) if filter.parameters.iter().take(index).any(|earlier| earlier == name) => {
                violations.add_at(&at, format!("x-required-filter: `{name}` is named twice"));
            }
            Some(_) => {}
        }
    }
    if parameters.iter().any(|at| at.text("name") == Some(&filter.all)) {
        violations.add_at("/all", format!("x-required-filter: the operation has a parameter `{}` already", filter.all));
    }
}

impl RequiredFilter {
    /// Reads `x-required-filter`, unless a part is missing or has the wrong type.
    pub(crate) fn read(node: &Value) -> Option<Self> {
        let names = node.get("parameters")?.as_array().filter(|names| !names.is_empty())?;
        let parameters = names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        Some(Self { parameters, all: node.get("all")?.as_str()?.to_owned() })
    }
}
