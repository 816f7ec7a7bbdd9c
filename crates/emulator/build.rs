//! Locates the specs that the emulator serves: those of the repository, or the copies in the published package.
//!
//! A package cannot include files from outside its folder. Git checks symbolic links out as text files on Windows, and
//! a committed copy would have to be edited twice. So `cargo xtask package` copies the specs into `openapi/` before
//! packing, and a build in the repository reads the originals.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The repository comes first, because a copy that `cargo xtask package` left behind may be out of date.
    for folder in [package.join("../../openapi"), package.join("openapi")] {
        if folder.join("integrator.yaml").is_file() && folder.join("auth.yaml").is_file() {
            println!("cargo::rustc-env=UNLOC_OPENAPI={}", folder.display());
            println!("cargo::rerun-if-changed={}", folder.display());
            return ExitCode::SUCCESS;
        }
    }
    println!("cargo::error=openapi/auth.yaml and openapi/integrator.yaml are missing: run `cargo xtask package` first");
    ExitCode::FAILURE
}
