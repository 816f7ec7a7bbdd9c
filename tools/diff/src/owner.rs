//! Determines which type or operation each line of the public API belongs to.

use heck::{ToPascalCase, ToSnakeCase};

use crate::change::Item;

/// Identifies the owner of a line of the public API: a type or an operation by its Rust name, and optionally a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner {
    pub(crate) is_operation: bool,
    pub(crate) name: String,
    pub(crate) member: Option<String>,
}

impl Owner {
    pub(crate) fn of(item: &Item) -> Self {
        let (is_operation, name, member) = match item {
            Item::Type(name, member) => (false, name, member),
            Item::Operation(name, member) => (true, name, member),
        };
        // Rust appends an underscore to keywords; the name in the spec does not have it.
        Self { is_operation, name: name.to_pascal_case(), member: member.as_ref().map(|name| name.to_snake_case()) }
    }

    pub(crate) fn of_type(name: &str) -> Self {
        Self { is_operation: false, name: name.to_pascal_case(), member: None }
    }

    /// Parses the owner of a line.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = match line.strip_prefix("impl ").and_then(|rest| rest.split_once(" for ")) {
            // A conversion from a type of the bindings into a foreign type: the owner is the type of the bindings.
            Some((of, target)) if is_foreign(target) => {
                let mut words = of.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
                let name = words.rfind(|word| !word.is_empty() && !is_foreign(word));
                return Self::of_type(name.unwrap_or(of));
            }
            Some((_, target)) => target,
            None => line,
        };
        let line = ["async fn ", "fn ", "struct ", "enum ", "type ", "const ", "trait ", "use "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line);
        let end = line.find(['(', '<', ',', ' ']).unwrap_or(line.len());
        let path = line[..end].trim_end_matches(':').replace('.', "::");
        let steps: Vec<&str> = path.split("::").filter(|step| !step.is_empty()).collect();
        let module = steps.iter().position(|step| is_module(step));
        let is_type = module.is_some_and(|module| steps[module] == "types");
        // A path outside of the modules `types` and `builder` is a function of a client, such as
        // `unloc::LockHolderClient::get_key`; the crate and the API come first.
        let own = module.or_else(|| steps.iter().position(|step| step.starts_with(char::is_uppercase)));
        let mut steps = steps.into_iter().skip(own.unwrap_or_default()).filter(|step| !is_module(step));
        let (first, second) = (steps.next().unwrap_or_default(), steps.next());
        if module.is_none() && second.is_some() {
            return Self { is_operation: true, name: second.unwrap_or_default().to_pascal_case(), member: None };
        }
        let member = second.map(|member| member.trim_end_matches('_').to_owned());
        Self { is_operation: !is_type, name: first.to_owned(), member }
    }

    /// Returns whether the other owner is the same, or a member of this one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.is_operation == other.is_operation
            && self.name == other.name
            && self.member.as_ref().is_none_or(|member| other.member.as_ref() == Some(member))
    }
}

/// Returns whether a path segment is a module of the bindings.
fn is_module(step: &str) -> bool {
    matches!(step, "types" | "builder")
}

/// Returns whether a type belongs to the standard library or to the crate itself, not to the bindings.
fn is_foreign(target: &str) -> bool {
    let path = target.split(['<', ' ']).next().unwrap_or_default();
    if path.split("::").any(is_module) {
        return false;
    }
    let first = path.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next().unwrap_or_default();
    let foreign = ["String", "Option", "Vec", "BTreeMap", "Nullable", "Map", "From", "TryFrom", "IntoField", ""];
    foreign.contains(&first) || first.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_public_api_has_an_owner() {
        for (line, is_operation, name, member) in [
            (
                "async fn unloc::builder::GetKey::send(self) -> unloc::Result<unloc::types::Key>",
                true,
                "GetKey",
                Some("send"),
            ),
            ("fn unloc::LockHolderClient::get_key(&self) -> unloc::builder::GetKey", true, "GetKey", None),
            ("fn unloc::v2::Project::get_locks(&self) -> unloc::v2::builder::GetLocks", true, "GetLocks", None),
            (
                "fn unloc::types::builder::Lock::name(self, _1: impl unloc::IntoField<String>) -> Self",
                false,
                "Lock",
                Some("name"),
            ),
            ("unloc::types::Lock.type_: Option<String>", false, "Lock", Some("type")),
            ("unloc::v2::types::Lock.name: String", false, "Lock", Some("name")),
            ("unloc::types::KeyState::Active", false, "KeyState", Some("Active")),
            ("impl From<unloc::types::Token> for unloc::types::builder::Token", false, "Token", None),
            ("impl unloc::IntoField<unloc::types::Token> for unloc::types::builder::Token", false, "Token", None),
            ("impl From<unloc::types::Pin> for unloc::Secret", false, "Pin", None),
            ("impl From<unloc::types::Text> for String", false, "Text", None),
            ("struct unloc::types::Lock, non-exhaustive", false, "Lock", None),
            ("struct unloc::types::LockId, a text", false, "LockId", None),
            ("enum unloc::types::RequestedScope", false, "RequestedScope", None),
        ] {
            let owner = Owner { is_operation, name: name.to_owned(), member: member.map(str::to_owned) };
            assert_eq!(Owner::of_line(line), owner, "{line}");
        }
    }
}
