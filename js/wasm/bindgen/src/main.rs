//! Runs wasm-bindgen on the compiled `unloc-wasm`: `unloc-bindgen <unloc_wasm.wasm> <folder>`. Writes `unloc.js`,
//! `unloc.d.ts` and `unloc_bg.wasm` into the folder.
//!
//! The module and the program that reads it must be of one version of wasm-bindgen. Here both are in one lock file, and
//! nobody installs a program.

use std::error::Error;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [module, folder] = &arguments[..] else {
        eprintln!("usage: unloc-bindgen <unloc_wasm.wasm> <folder>");
        return ExitCode::from(2);
    };
    match generate(module.as_ref(), folder.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Alternate formatting prints the causes in the same line.
            eprintln!("unloc-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Makes the glue for browsers. The loaders of the package say where the module is. The names of its functions stay for
/// `js/bench/contents.mjs`; the optimizer removes them.
fn generate(module: &std::path::Path, folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("unloc").web(true)?.omit_default_module_path(true).typescript(true);
    bindgen.remove_producers_section(true);
    bindgen.generate(folder)?;
    Ok(())
}
