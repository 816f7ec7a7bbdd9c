//! Rust names of what a spec names, as typify makes them: one rule for all that the bindings are called.

use unicode_ident::{is_xid_continue, is_xid_start};
use unloc_spec::words::RESERVED;
use unloc_spec::{Operation, Parameter};

/// The name of an operation's function.
#[must_use]
pub fn function(operation: &Operation) -> String {
    snake(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// The name of an operation's builder.
#[must_use]
pub fn builder(operation: &Operation) -> String {
    pascal(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// The name of an operation's entry in the tables.
#[must_use]
pub fn constant(operation: &Operation) -> String {
    shouty(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// The name of a parameter's setter.
#[must_use]
pub fn setter(parameter: &Parameter) -> String {
    snake(parameter.rust_name.as_deref().unwrap_or(&parameter.name))
}

/// A name as a function or field.
#[must_use]
pub fn snake(name: &str) -> String {
    sanitize(name, heck::ToSnakeCase::to_snake_case, "x")
}

/// A name as a type.
#[must_use]
pub fn pascal(name: &str) -> String {
    sanitize(name, heck::ToPascalCase::to_pascal_case, "X")
}

/// A name as a constant.
#[must_use]
pub fn shouty(name: &str) -> String {
    sanitize(name, heck::ToShoutySnakeCase::to_shouty_snake_case, "X")
}

/// What typify 0.8 and progenitor 0.15 do in their `util::sanitize`: apostrophes go, what no name can hold becomes a
/// dash, then the case; a name that cannot begin so gets an `x`, and one that Rust reserves an underscore.
fn sanitize(name: &str, case: fn(&str) -> String, prefix: &str) -> String {
    let cased = match name {
        "+1" => case("plus1"),
        "-1" => case("minus1"),
        _ => case(&name.replace('\'', "").replace(|letter| !is_xid_continue(letter), "-")),
    };
    let begun = match cased.chars().next() {
        None => prefix.to_owned(),
        Some(first) if is_xid_start(first) => cased,
        Some(_) => format!("{prefix}{cased}"),
    };
    if RESERVED.contains(&begun.as_str()) { format!("{begun}_") } else { begun }
}

#[cfg(test)]
mod tests {
    use super::{pascal, shouty, snake};

    #[test]
    fn names_are_those_that_the_generator_makes() {
        for (name, function, ty) in [
            ("lockId", "lock_id", "LockId"),
            ("api-version", "api_version", "ApiVersion"),
            ("type", "type_", "Type"),
            ("gen", "gen_", "Gen"),
            ("self", "self_", "Self_"),
            ("Self", "self_", "Self_"),
            ("union", "union", "Union"),
            ("2fa", "x2fa", "X2fa"),
            ("it's", "its", "Its"),
            ("größe", "größe", "Größe"),
            ("a$b", "a_b", "AB"),
            ("$", "x", "X"),
            ("+1", "plus1", "Plus1"),
            ("filter[x]", "filter_x", "FilterX"),
        ] {
            assert_eq!((snake(name).as_str(), pascal(name).as_str()), (function, ty), "{name}");
        }
        assert_eq!(shouty("getLock"), "GET_LOCK");
        assert_eq!(shouty("2fa"), "X2FA");
    }
}
