//! Tests values that setters refuse: each program in `wrong/` fails to compile with the message in its `.stderr` file.
//!
//! `tests/inference.rs` has the values that setters accept. `TRYBUILD=overwrite cargo test -p unloc-setters` updates
//! the messages.

#[test]
fn invalid_setter_values_fail_to_compile_with_a_helpful_message() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("wrong/*.rs");
}
