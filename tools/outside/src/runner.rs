//! Runs every example as its reader does, as a program, by the real clock.

use std::env;
use std::process::{Command, Output};

use unloc_emulator::Emulator;

#[tokio::test]
async fn every_example_does_its_work_and_explains_itself_where_it_cannot() -> Result<(), Box<dyn std::error::Error>> {
    let town = Emulator::start().await?;
    let new_account = Emulator::builder().lock_holders(0).locks(0).keys(0).start().await?;
    for (whence, program, arguments) in PROGRAMS {
        let run = |emulator: Option<&Emulator>| -> std::io::Result<Output> {
            let mut command = Command::new(program);
            for (name, _) in env::vars_os() {
                let text = name.to_string_lossy().to_ascii_uppercase();
                if text.starts_with("UNLOC_") || text.starts_with("RUST_") || text.ends_with("_PROXY") {
                    command.env_remove(name);
                }
            }
            command.args(arguments.split_whitespace());
            if let Some(emulator) = emulator {
                command.env("UNLOC_ENVIRONMENT", emulator.base_url());
                command.env("UNLOC_CLIENT_ID", emulator.client_id());
                command.env("UNLOC_CLIENT_SECRET", emulator.client_secret());
            }
            command.output()
        };
        let output = run(Some(&town))?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{whence}: {}\n{said}", output.status);
        // Neither an account without lock holders nor a missing variable is a reason to panic: one line says what is wrong.
        for emulator in [Some(&new_account), None] {
            let output = run(emulator)?;
            let said = String::from_utf8_lossy(&output.stderr);
            let explained = match output.status.code() {
                Some(0) => said.is_empty(),
                Some(1) => said.lines().count() == 1,
                _ => false,
            };
            assert!(explained, "{whence}: {}\n{said}", output.status);
        }
    }
    Ok(())
}

// The examples: where they stand, the program, its arguments.
