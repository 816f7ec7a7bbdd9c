//! Runs the emulator as a program: prints the environment variables to export, then serves until a signal stops it.

mod arguments;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use unloc_emulator::{Emulator, EmulatorBuilder};

use crate::arguments::{Command, read_arguments};

fn main() -> ExitCode {
    let builder = match read_arguments(lexopt::Parser::from_env()) {
        Ok(Command::Serve(builder)) => builder,
        Ok(Command::Print(text)) => {
            // Errors are ignored: `--help | head -1` closes the pipe early.
            let _ = io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(2, &format!("{error} (see --help)")),
    };
    match serve(builder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

fn fail(code: u8, text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "unloc-emulator: {text}");
    ExitCode::from(code)
}

fn serve(builder: EmulatorBuilder) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the port opens, because a script may send the signal as soon as it can connect.
        let signal = Signal::new()?;
        let emulator = builder.start().await?;
        print_exports(&emulator);
        signal.received().await;
        Ok(())
    })
}

/// Prints the variables to standard output, and nothing else, so that a script can `eval` the output.
fn print_exports(emulator: &Emulator) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "export UNLOC_ENVIRONMENT={}", emulator.base_url());
    let _ = writeln!(out, "export UNLOC_CLIENT_ID={}", emulator.client_id());
    let _ = writeln!(out, "export UNLOC_CLIENT_SECRET={}", emulator.client_secret());
    let _ = out.flush();
    let _ = writeln!(io::stderr(), "unloc-emulator: listening on {}, press Ctrl-C to stop", emulator.base_url());
}

#[cfg(unix)]
struct Signal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signal {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn received(mut self) {
        std::future::poll_fn(|context| {
            let interrupted = self.interrupt.poll_recv(context).is_ready();
            let terminated = self.terminate.poll_recv(context).is_ready();
            if interrupted || terminated { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signal;

#[cfg(not(unix))]
impl Signal {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn received(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
