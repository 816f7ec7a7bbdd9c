//! What setters do not take: each program in `wrong/` is refused, with the words beside it. What they take stands in
//! `tests/inference.rs`.
//!
//! `TRYBUILD=overwrite cargo test -p unloc-setters` writes the words anew.

#[test]
fn what_setters_do_not_take_is_explained() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("wrong/*.rs");
}
