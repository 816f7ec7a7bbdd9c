//! The sandbox as a program: prints what to export, then serves until it is told to stop.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::IpAddr;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;
use unloc_sandbox::chrono::{self, DateTime, NaiveDate, NaiveTime, Utc};
use unloc_sandbox::{Quirk, Sandbox, SandboxBuilder};

const HELP: &str = "\
Unloc's smart-lock APIs as a service in a box: offline, stateful, with an invented town behind it.

Usage: unloc-sandbox [OPTIONS]

Options:
      --port <PORT>               Port to listen on; 0 takes any free one [default: 4010]
      --address <IP>              Address to listen on [default: 127.0.0.1]
      --token-lifetime <SECONDS>  How long access tokens live [default: 3600]
      --seed <NUMBER>             Which town: the same number always gives the same ids
      --lock-holders <COUNT>      How many lock holders there are [default: 3]
      --locks <COUNT>             How many locks there are in all [default: 12]
      --keys <COUNT>              How many keys were made through the API [default: 17]
      --starts-at <DATE>          What time it is at the start, as 2030-06-01T08:00:00Z or 2030-06-01 [default: now]
      --speed <FACTOR>            Seconds that pass in a second; 0 stands still [default: 1]
      --settling <MILLISECONDS>   How long making a key or connecting takes [default: 200]
      --quirks[=<NAME,...>]       Answer as the documents contradict themselves: all quirks, or these
  -h, --help                      Print this help
  -V, --version                   Print the version

It prints what to export, then serves until Ctrl-C or SIGTERM. In a browser it shows the town.
Exit codes: 0 stopped, 1 could not start, 2 bad arguments.
";

/// What the arguments ask for.
enum Wish {
    Serve(SandboxBuilder),
    Print(String),
}

fn main() -> ExitCode {
    let builder = match read_arguments(lexopt::Parser::from_env()) {
        Ok(Wish::Serve(builder)) => builder,
        Ok(Wish::Print(text)) => {
            // A reader that went away (`--help | head -1`) is no reason to fail.
            let _ = io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(2, &format!("{error} (--help shows what there is)")),
    };
    match serve(builder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

fn fail(code: u8, text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "unloc-sandbox: {text}");
    ExitCode::from(code)
}

fn read_arguments(mut arguments: lexopt::Parser) -> Result<Wish, lexopt::Error> {
    let mut builder = Sandbox::builder().port(4010);
    let mut behind_quirks = false;
    while let Some(argument) = arguments.next()? {
        let names_quirks = std::mem::take(&mut behind_quirks);
        match argument {
            Long("port") => builder = builder.port(value(&mut arguments, "--port", "a number from 0 to 65535")?),
            Long("address") => {
                let address: IpAddr = value(&mut arguments, "--address", "an IP address such as 127.0.0.1")?;
                builder = builder.address(address);
            }
            Long("token-lifetime") => {
                let seconds = value(&mut arguments, "--token-lifetime", "a whole number of seconds")?;
                builder = builder.token_lifetime(Duration::from_secs(seconds));
            }
            Long("seed") => builder = builder.seed(value(&mut arguments, "--seed", "a whole number")?),
            Long("lock-holders") => {
                builder = builder.lock_holders(count(&mut arguments, "--lock-holders")?);
            }
            Long("locks") => builder = builder.locks(count(&mut arguments, "--locks")?),
            Long("keys") => builder = builder.keys(count(&mut arguments, "--keys")?),
            Long("starts-at") => {
                let date = "a date such as 2030-06-01T08:00:00Z or 2030-06-01";
                let Moment(moment) = value(&mut arguments, "--starts-at", date)?;
                builder = builder.starts_at(moment);
            }
            Long("speed") => builder = builder.speed(value(&mut arguments, "--speed", "a number such as 60")?),
            Long("settling") => {
                let milliseconds = value(&mut arguments, "--settling", "a whole number of milliseconds")?;
                builder = builder.settling(Duration::from_millis(milliseconds));
            }
            Long("quirks") => {
                let names = arguments.optional_value();
                behind_quirks = names.is_none();
                builder = builder.quirks(quirks(names)?);
            }
            // All quirks were never meant, then.
            Value(names) if names_quirks => {
                return Err(format!(
                    "--quirks takes names behind an equals sign only: write --quirks={}",
                    names.to_string_lossy()
                )
                .into());
            }
            Short('h') | Long("help") => return Ok(Wish::Print(HELP.to_owned())),
            Short('V') | Long("version") => {
                return Ok(Wish::Print(format!("unloc-sandbox {}\n", env!("CARGO_PKG_VERSION"))));
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Wish::Serve(builder))
}

/// A moment, or the beginning of a day in UTC.
struct Moment(DateTime<Utc>);

impl FromStr for Moment {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = || text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        text.parse().or_else(|_| day()).map(Self)
    }
}

fn value<T: FromStr>(arguments: &mut lexopt::Parser, name: &str, expected: &str) -> Result<T, lexopt::Error> {
    let value = arguments.value()?;
    let parsed = value.to_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| format!("{name} must be {expected}, not {value:?}").into())
}

/// A town that a machine can hold.
fn count(arguments: &mut lexopt::Parser, name: &str) -> Result<usize, lexopt::Error> {
    const MOST: usize = 1_000_000;
    let count = value(arguments, name, "a whole number")?;
    if count > MOST { Err(format!("{name} must be {MOST} at most, not {count}").into()) } else { Ok(count) }
}

fn quirks(names: Option<OsString>) -> Result<Vec<Quirk>, lexopt::Error> {
    let Some(names) = names else { return Ok(Quirk::ALL.to_vec()) };
    let names = names.to_string_lossy();
    let quirks = names.split(',').map(|name| name.parse().map_err(|error| format!("--quirks: {error}").into()));
    quirks.collect()
}

fn serve(builder: SandboxBuilder) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the port opens: whoever sees it open may send the signal right away.
        let signal = Signal::new()?;
        let sandbox = builder.start().await?;
        announce(&sandbox);
        signal.received().await;
        Ok(())
    })
}

/// Exports go to standard output and nothing else does, so that a script can take them from there.
fn announce(sandbox: &Sandbox) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "export UNLOC_ENVIRONMENT={}", sandbox.base_url());
    let _ = writeln!(out, "export UNLOC_CLIENT_ID={}", sandbox.client_id());
    let _ = writeln!(out, "export UNLOC_CLIENT_SECRET={}", sandbox.client_secret());
    let _ = out.flush();
    let _ = writeln!(io::stderr(), "unloc-sandbox: serving {}, Ctrl-C stops it", sandbox.base_url());
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
