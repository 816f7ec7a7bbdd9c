//! Makes the bindings of both APIs from their specs.

fn main() -> std::process::ExitCode {
    unloc_codegen::build(&["auth", "integrator"])
}
