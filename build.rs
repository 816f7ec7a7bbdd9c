//! Makes the bindings of each API from its spec.

fn main() -> std::process::ExitCode {
    unloc_codegen::build()
}
