//! Runs every example as a program with a real clock, as a reader would.

use std::env;
use std::process::{Command, Output};

use unloc_emulator::Emulator;

#[tokio::test]
async fn examples_succeed_or_explain_the_error_in_one_line() -> Result<(), Box<dyn std::error::Error>> {
    let full_account = Emulator::start().await?;
    let new_account = Emulator::builder().lock_holders(0).locks(0).keys(0).start().await?;
    for (origin, program, arguments) in PROGRAMS {
        let run = |emulator: Option<&Emulator>| -> std::io::Result<Output> {
            let mut command = Command::new(program);
            // Variables of the machine must not reach the example: a proxy, credentials, a log level.
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
        let output = run(Some(&full_account))?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{origin}: {}\n{said}", output.status);
        // An account without lock holders and missing credentials must not cause a panic, but one line with the error.
        for emulator in [Some(&new_account), None] {
            let output = run(emulator)?;
            let said = String::from_utf8_lossy(&output.stderr);
            let explained = match output.status.code() {
                Some(0) => said.is_empty(),
                Some(1) => said.lines().count() == 1,
                _ => false,
            };
            assert!(explained, "{origin}: {}\n{said}", output.status);
        }
    }
    Ok(())
}

// Generated table of the examples: origin, program, arguments.
