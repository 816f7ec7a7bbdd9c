//! Gives names to types, and refuses those that TypeScript or the package cannot have.

use std::collections::{BTreeMap, BTreeSet};

use unloc_codegen::names::pascal;
use unloc_spec::{Client, Error, Operation, component_schema, escape};

use crate::spec::Spec;
use crate::text::is_plain;

/// Lists the operations that no client can have as a method, with the reason.
const REFUSED: [(&str, &str); 3] = [
    ("__proto__", "it would replace the prototype of the client"),
    ("constructor", "every class has one"),
    ("then", "`await` would take the client for a promise"),
];

impl Spec<'_> {
    /// Refuses names that a TypeScript module cannot have, or not twice.
    pub(crate) fn check(&self) -> Result<(), Vec<Error>> {
        let mut errors = Vec::new();
        let imported = crate::IMPORTED.iter().map(|name| ((*name).to_owned(), "a type of the package".to_owned()));
        let mut taken: BTreeMap<String, String> = imported.collect();
        let mut declare = |pointer: String, name: String, of: String, errors: &mut Vec<Error>| {
            if let Some(earlier) = taken.get(&name) {
                let message = format!("{of} gives the same TypeScript name `{name}` as {earlier}");
                errors.push(self.document.error(&pointer, message).helped("rename one of the two"));
            }
            taken.insert(name, of);
        };
        for (name, _) in self.schemas() {
            let pointer = format!("/components/schemas/{}", escape(name));
            declare(pointer, type_name(name), format!("the schema `{name}`"), &mut errors);
        }
        for client in &self.clients {
            let pointer = format!("/x-clients/{}", escape(&client.name));
            declare(pointer, methods_name(client), format!("the client `{}`", client.name), &mut errors);
            for operation in self.offered(client) {
                let pointer = format!("{}/operationId", operation.pointer);
                if let Some((name, why)) = REFUSED.iter().find(|(name, _)| *name == operation.id) {
                    let message = format!("`{name}` cannot be a method in TypeScript: {why}");
                    errors.push(self.document.error(&pointer, message).helped("rename the operation"));
                }
                let of = format!("the operation `{}`", operation.id);
                declare(pointer, parameters_name(operation), of, &mut errors);
                self.check_flat(operation, &mut errors);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Refuses a parameter and a property of the body that have the same name: callers pass both in one object.
    fn check_flat(&self, operation: &Operation, errors: &mut Vec<Error>) {
        let parameters = operation.parameters.iter().filter(|parameter| !operation.is_filled_in(parameter));
        let own = self.body_properties(operation).into_iter().map(|(name, ..)| name);
        let whole = operation.body.as_ref().filter(|_| self.flat_body(operation).is_none()).map(|_| "body");
        let mut seen = BTreeSet::new();
        for name in parameters.map(|parameter| parameter.name.as_str()).chain(own).chain(whole) {
            if !seen.insert(name) {
                let message = format!("{}: two of its parameters and properties are named `{name}`", operation.id);
                let error = self.document.error(&operation.pointer, message);
                errors.push(error.helped("callers pass them in one object: the operation cannot be offered"));
            }
        }
    }
}

/// Returns the name of a schema's type: its own, or that of the Rust type if it is no usual name of a type.
pub(crate) fn type_name(schema: &str) -> String {
    let is_usual = is_plain(schema) && schema.starts_with(|first: char| first.is_ascii_uppercase());
    if is_usual { schema.to_owned() } else { pascal(schema) }
}

/// Returns the name of the type that a reference leads to.
pub(crate) fn referred(reference: &str) -> String {
    type_name(component_schema(reference).unwrap_or(reference))
}

/// Returns the name of the type that holds an operation's parameters.
pub(crate) fn parameters_name(operation: &Operation) -> String {
    format!("{}Parameters", pascal(&operation.id))
}

/// Returns the name of the interface that has the methods of a client.
pub(crate) fn methods_name(client: &Client) -> String {
    format!("{}Methods", client.name)
}

/// Returns a name in camel case.
pub(crate) fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| match word.split_at_checked(1) {
        Some((letter, rest)) => format!("{name}{}{rest}", letter.to_uppercase()),
        None => name,
    })
}
