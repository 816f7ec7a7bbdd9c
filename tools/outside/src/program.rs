//! Turns an example into a program or a test.

use anyhow::{Context, Result};
use syn::{File, FnArg, Item, ItemFn, Pat, ReturnType, Type};

/// Holds the source of the cargo target that an example becomes.
#[derive(Debug, PartialEq)]
pub(super) enum Target {
    Program(String),
    Test(String),
}

/// Is the beginning of a `main` for functions that take a lock holder or one of its locks.
const FIRST: &str = "    let unloc = unloc::Unloc::from_env()?;
    let lock_holders = unloc.get_lock_holders().send().await?;
    let Some(lock_holder) = lock_holders.first() else { return Ok(()) };
    let home = unloc.lock_holder(lock_holder)?;
    let locks = home.get_locks().send().await?;
    let Some(lock) = locks.items().first().map(|lock| lock.id.as_str()) else { return Ok(()) };
";

/// Turns the code of an example into a target. A whole program or test stays as it is. Functions get a `main` that
/// calls those for which it has arguments. Statements become the body of a `main`, as in rustdoc.
pub(super) fn target(code: &str) -> Result<Target> {
    let file = syn::parse_file(code).ok().filter(|file| !has_statements(file));
    let Some(file) = file else {
        let body = format!("#![deny(warnings)]\n\nfn main() {{\n{code}}}\n");
        syn::parse_file(&body).context("is not valid Rust")?;
        return Ok(Target::Program(body));
    };
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        _ => None,
    });
    let functions: Vec<&ItemFn> = functions.collect();
    if functions.iter().any(|function| is_test(function)) {
        return Ok(Target::Test(format!("#![deny(warnings)]\n\n{code}")));
    }
    if functions.iter().any(|function| function.sig.ident == "main") {
        return Ok(Target::Program(code.to_owned()));
    }
    let calls: Vec<_> = functions.into_iter().filter_map(call).collect();
    let needs_lock_holder = calls.iter().any(|call| call.contains("home") || call.contains("lock"));
    let first = if needs_lock_holder { FIRST } else { "" };
    let main = format!(
        "#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{first}{}    Ok(())\n}}\n",
        calls.concat()
    );
    // Readers call the functions that they paste. Functions with other parameters are only compiled, so unused code and
    // variables are allowed.
    Ok(Target::Program(format!("#![deny(warnings)]\n#![allow(dead_code, unused_variables)]\n\n{code}\n{main}")))
}

/// Returns whether a file consists of statements: `syn` parses a lone `assert_eq!(…);` as an item.
fn has_statements(file: &File) -> bool {
    file.items.iter().any(|item| matches!(item, Item::Macro(call) if call.ident.is_none()))
}

/// Returns whether a function is a test, also by `#[tokio::test]`.
fn is_test(function: &ItemFn) -> bool {
    let last = |attribute: &syn::Attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "test");
    function.attrs.iter().any(last)
}

/// Returns the statement that calls a function, if there is an argument for each parameter.
fn call(function: &ItemFn) -> Option<String> {
    let arguments: Option<Vec<_>> = function.sig.inputs.iter().map(argument).collect();
    let wait = if function.sig.asyncness.is_some() { ".await" } else { "" };
    // A function without a `Result` is a helper of another one.
    let ReturnType::Type(_, output) = &function.sig.output else { return None };
    let Type::Path(output) = &**output else { return None };
    output.path.segments.last().filter(|last| last.ident == "Result")?;
    Some(format!("    {}({}){wait}?;\n", function.sig.ident, arguments?.join(", ")))
}

/// Returns the argument for a parameter, by its type and name.
fn argument(parameter: &FnArg) -> Option<&'static str> {
    let FnArg::Typed(parameter) = parameter else { return None };
    let Type::Reference(reference) = &*parameter.ty else { return None };
    let Type::Path(path) = &*reference.elem else { return None };
    let Pat::Ident(name) = &*parameter.pat else { return None };
    match (path.path.segments.last()?.ident.to_string().as_str(), name.ident.to_string().as_str()) {
        ("LockHolderClient", _) => Some("&home"),
        ("Unloc", _) => Some("&unloc"),
        ("str", "lock") => Some("lock"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_programs_and_tests_stay_unchanged() {
        let program = "fn main() {}\n";
        assert_eq!(target(program).ok(), Some(Target::Program(program.to_owned())));
        for test in ["#[test]\nfn a() {}\n", "fn b() {}\n#[tokio::test]\nasync fn a() {}\n"] {
            assert!(matches!(target(test), Ok(Target::Test(text)) if text.ends_with(test)), "{test}");
        }
    }

    #[test]
    fn functions_are_called_and_statements_wrapped() {
        let program = |code: &str| match target(code).unwrap() {
            Target::Program(text) => text,
            Target::Test(text) => panic!("{text}"),
        };
        let text = program("async fn lend(home: &LockHolderClient, lock: &str) -> unloc::Result<()> { Ok(()) }\n");
        assert!(text.contains("    lend(&home, lock).await?;\n") && text.contains("from_env()"), "{text}");
        let text = program("fn build() -> unloc::Result<Unloc> { Unloc::from_env() }\n");
        assert!(text.contains("    build()?;\n") && !text.contains("let home"), "{text}");
        for part in [
            "fn part(error: &Error) -> &'static str { \"\" }\n",
            "async fn part(url: &str) -> unloc::Result<()> { Ok(()) }\n",
            "async fn part(lock: &str) -> String { String::new() }\n",
            "fn part() {}\n",
        ] {
            let text = program(part);
            assert!(!text.contains("    part("), "{text}");
        }
        for statements in ["assert!(true);\n", "use std::fmt;\nassert!(true);\n", "let a = 1;\nassert_eq!(a, 1);\n"] {
            assert!(program(statements).contains(&format!("fn main() {{\n{statements}}}")), "{statements}");
        }
    }

    #[test]
    fn refuses_invalid_rust() {
        for other in ["let = ;\n", "}\n", "fn a( {}\n"] {
            assert!(target(other).is_err(), "{other}");
        }
    }
}
