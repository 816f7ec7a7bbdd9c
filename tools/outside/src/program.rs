//! Makes a program of its own, or a test, of an example.

use anyhow::{Context, Result};
use syn::{File, FnArg, Item, ItemFn, Pat, ReturnType, Type};

/// What an example became: the text of one file.
#[derive(Debug, PartialEq)]
pub(super) enum Made {
    Program(String),
    Test(String),
}

/// Where a function that takes a lock holder, or a lock of theirs, gets it from.
const FIRST: &str = "    let unloc = unloc::Unloc::from_env()?;
    let lock_holders = unloc.get_lock_holders().send().await?;
    let Some(lock_holder) = lock_holders.first() else { return Ok(()) };
    let home = unloc.lock_holder(lock_holder)?;
    let locks = home.get_locks().send().await?;
    let Some(lock) = locks.items().first().map(|lock| lock.id.as_str()) else { return Ok(()) };
";

/// A whole program stays as it is. Functions get a `main` that calls those that it has arguments for; statements become
/// the body of one, as with rustdoc.
pub(super) fn made(code: &str) -> Result<Made> {
    let file = syn::parse_file(code).ok().filter(|file| !has_statements(file));
    let Some(file) = file else {
        let body = format!("#![deny(warnings)]\n\nfn main() {{\n{code}}}\n");
        syn::parse_file(&body).context("is not Rust")?;
        return Ok(Made::Program(body));
    };
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Fn(function) => Some(function),
        _ => None,
    });
    let functions: Vec<&ItemFn> = functions.collect();
    if functions.iter().any(|function| is_test(function)) {
        return Ok(Made::Test(format!("#![deny(warnings)]\n\n{code}")));
    }
    if functions.iter().any(|function| function.sig.ident == "main") {
        return Ok(Made::Program(code.to_owned()));
    }
    let calls: Vec<_> = functions.into_iter().filter_map(call).collect();
    let needs_lock_holder = calls.iter().any(|call| call.contains("home") || call.contains("lock"));
    let first = if needs_lock_holder { FIRST } else { "" };
    let main = format!(
        "#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{first}{}    Ok(())\n}}\n",
        calls.concat()
    );
    // Whoever pastes a function calls it; what takes something else than is at hand here is compiled and not run.
    Ok(Made::Program(format!("#![deny(warnings)]\n#![allow(dead_code, unused_variables)]\n\n{code}\n{main}")))
}

/// `assert_eq!(…);` alone reads as a macro that makes items.
fn has_statements(file: &File) -> bool {
    file.items.iter().any(|item| matches!(item, Item::Macro(call) if call.ident.is_none()))
}

fn is_test(function: &ItemFn) -> bool {
    let last = |attribute: &syn::Attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "test");
    function.attrs.iter().any(last)
}

/// The statement that calls it, if there is an argument for each parameter.
fn call(function: &ItemFn) -> Option<String> {
    let arguments: Option<Vec<_>> = function.sig.inputs.iter().map(argument).collect();
    let wait = if function.sig.asyncness.is_some() { ".await" } else { "" };
    // What gives no `Result` is a part of something else, and called from there.
    let ReturnType::Type(_, output) = &function.sig.output else { return None };
    let Type::Path(output) = &**output else { return None };
    output.path.segments.last().filter(|last| last.ident == "Result")?;
    Some(format!("    {}({}){wait}?;\n", function.sig.ident, arguments?.join(", ")))
}

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
    fn whole_programs_and_tests_stay_as_they_are() {
        let program = "fn main() {}\n";
        assert_eq!(made(program).ok(), Some(Made::Program(program.to_owned())));
        for test in ["#[test]\nfn a() {}\n", "fn b() {}\n#[tokio::test]\nasync fn a() {}\n"] {
            assert!(matches!(made(test), Ok(Made::Test(text)) if text.ends_with(test)), "{test}");
        }
    }

    #[test]
    fn functions_are_called_and_statements_wrapped() {
        let made = |code: &str| match made(code).unwrap() {
            Made::Program(text) => text,
            Made::Test(text) => panic!("{text}"),
        };
        let text = made("async fn lend(home: &LockHolderClient, lock: &str) -> unloc::Result<()> { Ok(()) }\n");
        assert!(text.contains("    lend(&home, lock).await?;\n") && text.contains("from_env()"), "{text}");
        let text = made("fn build() -> unloc::Result<Unloc> { Unloc::from_env() }\n");
        assert!(text.contains("    build()?;\n") && !text.contains("let home"), "{text}");
        for part in [
            "fn part(error: &Error) -> &'static str { \"\" }\n",
            "async fn part(url: &str) -> unloc::Result<()> { Ok(()) }\n",
            "async fn part(lock: &str) -> String { String::new() }\n",
            "fn part() {}\n",
        ] {
            let text = made(part);
            assert!(!text.contains("    part("), "{text}");
        }
        for statements in ["assert!(true);\n", "use std::fmt;\nassert!(true);\n", "let a = 1;\nassert_eq!(a, 1);\n"] {
            assert!(made(statements).contains(&format!("fn main() {{\n{statements}}}")), "{statements}");
        }
    }

    #[test]
    fn what_is_no_rust_is_refused() {
        for other in ["let = ;\n", "}\n", "fn a( {}\n"] {
            assert!(made(other).is_err(), "{other}");
        }
    }
}
