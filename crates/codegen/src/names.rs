//! Converts the names of a spec into Rust names, by the rule of typify and progenitor.
//!
//! Types and fields get their names from typify, everything else gets them here. Both must agree, or documentation and
//! examples would name functions that do not exist.

use unicode_ident::{is_xid_continue, is_xid_start};
use unloc_spec::words::RESERVED;
use unloc_spec::{Operation, Parameter};

/// Returns the name of an operation's function.
#[must_use]
pub fn function(operation: &Operation) -> String {
    snake(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// Returns the name of an operation's builder.
#[must_use]
pub fn builder(operation: &Operation) -> String {
    pascal(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// Returns the name of an operation's entry in the tables.
#[must_use]
pub fn constant(operation: &Operation) -> String {
    shouty(operation.rust_name.as_deref().unwrap_or(&operation.id))
}

/// Returns the name of a parameter's setter.
#[must_use]
pub fn setter(parameter: &Parameter) -> String {
    snake(parameter.rust_name.as_deref().unwrap_or(&parameter.name))
}

/// Converts a name into that of a function or field.
#[must_use]
pub fn snake(name: &str) -> String {
    sanitize(name, heck::ToSnakeCase::to_snake_case, "x")
}

/// Converts a name into that of a type.
#[must_use]
pub fn pascal(name: &str) -> String {
    sanitize(name, heck::ToPascalCase::to_pascal_case, "X")
}

/// Converts a name into that of a constant.
#[must_use]
pub fn shouty(name: &str) -> String {
    sanitize(name, heck::ToShoutySnakeCase::to_shouty_snake_case, "X")
}

/// Does what `util::sanitize` of typify 0.8 and progenitor 0.15 does.
///
/// It removes apostrophes, replaces characters that no identifier can hold with a dash, and converts the case. An
/// identifier that cannot start with its first character gets an `x` in front, and a reserved word an underscore
/// behind.
fn sanitize(name: &str, case: fn(&str) -> String, prefix: &str) -> String {
    let cased = match name {
        // typify's special cases: a sign is no part of an identifier, so both would become `x1`.
        "+1" => case("plus1"),
        "-1" => case("minus1"),
        _ => case(&name.replace('\'', "").replace(|letter| !is_xid_continue(letter), "-")),
    };
    let started = match cased.chars().next() {
        None => prefix.to_owned(),
        Some(first) if is_xid_start(first) => cased,
        Some(_) => format!("{prefix}{cased}"),
    };
    // Not `r#type`: typify writes `type_`, and `r#self` is not allowed at all.
    if RESERVED.contains(&started.as_str()) { format!("{started}_") } else { started }
}

#[cfg(test)]
mod tests {
    use super::{pascal, shouty, snake};

    #[test]
    fn gives_the_names_of_the_generator() {
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
