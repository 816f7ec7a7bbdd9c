//! Locates the specs that the emulator serves: those of the repository, or the copies in the published package.
//!
//! A package cannot include files from outside its folder. Git checks symbolic links out as text files on Windows, and
//! a committed copy would have to be edited twice. So `cargo xtask package` copies the specs into `openapi/` before
//! packing, and a build in the repository reads the originals.

use std::path::Path;
use std::process::ExitCode;

/// Lists the specs that the emulator serves.
const SPECS: [&str; 3] = ["auth.yaml", "integrator.yaml", "unloc-v2.yaml"];

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The repository comes first, because a copy that `cargo xtask package` left behind may be out of date.
    for folder in [package.join("../../openapi"), package.join("openapi")] {
        if SPECS.iter().all(|file| folder.join(file).is_file()) {
            println!("cargo::rustc-env=UNLOC_OPENAPI={}", folder.display());
            println!("cargo::rerun-if-changed={}", folder.display());
            return ExitCode::SUCCESS;
        }
    }
    println!("cargo::error=a spec is missing in openapi/ ({}): run `cargo xtask package` first", SPECS.join(", "));
    ExitCode::FAILURE
}
