//! Parses the program's arguments. Values out of range, duplicates and contradictions are refused.

use std::collections::HashSet;
use std::ffi::OsString;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;
use unloc_emulator::{Emulator, EmulatorBuilder, Quirk};

const HELP: &str = "\
Local, stateful emulator of Unloc's smart-lock APIs, with sample data.

Usage: unloc-emulator [OPTIONS]

Options:
      --port <PORT>               Port to listen on; 0 selects any free port [default: 4010]
      --address <IP>              Address to listen on [default: 127.0.0.1]
      --token-lifetime <SECONDS>  Lifetime of access tokens [default: 3600]
      --seed <NUMBER>             Seed of ids and generated keys; the same seed gives the same data
      --lock-holders <COUNT>      Number of lock holders [default: 3]
      --locks <COUNT>             Number of locks in all [default: 12]
      --keys <COUNT>              Number of keys made through the API [default: 17]
      --starts-at <DATE>          Time at the start, such as 2030-06-01T08:00:00Z or 2030-06-01 [default: now]
      --speed <FACTOR>            Speed of the clock, in seconds per second; 0 stops it [default: 1]
      --vendor-latency <MILLISECONDS>  Time that a vendor takes to make a key or to connect [default: 200]
      --quirks[=<NAME,...>]       Switch on all quirks, or these: contradictions in the service's documentation
      --allow-host <NAME>         Allow this host name for the control interface and the page; can be given several times
  -h, --help                      Print this help
  -V, --version                   Print the version

Prints the environment variables to export, then serves until Ctrl-C or SIGTERM.
Open the base URL in a browser to see and control the emulator.
Exit codes: 0 stopped, 1 could not start, 2 invalid arguments.
";

/// Is what the arguments ask for: to serve, or to print a text.
pub(crate) enum Command {
    Serve(EmulatorBuilder),
    Print(String),
}

/// Limits the numbers of lock holders, locks and keys to what fits into memory.
const MAX_COUNT: usize = 1_000_000;

/// Limits durations in seconds. The clock's range of 10,000 years is 3e11 seconds, so nothing longer is needed.
const MAX_SECONDS: u64 = 1_000_000_000_000;

/// Limits the vendor latency to a hundred years, like `EmulatorBuilder::vendor_latency`.
const MAX_MILLISECONDS: u64 = 36_500 * 24 * 3600 * 1000;

pub(crate) fn read_arguments(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut builder = Emulator::builder().port(4010);
    let (mut size, mut given, mut after_bare_quirks) = (DataSize::default(), HashSet::new(), false);
    while let Some(argument) = arguments.next()? {
        let follows_bare_quirks = std::mem::take(&mut after_bare_quirks);
        if let Long(name) = argument
            && name != "allow-host"
            && !given.insert(name.to_owned())
        {
            return Err(format!("--{name} is given twice").into());
        }
        match argument {
            Long("port") => builder = builder.port(value(&mut arguments, "--port", "a number from 0 to 65535")?),
            Long("address") => {
                let address: IpAddr = value(&mut arguments, "--address", "an IP address such as 127.0.0.1")?;
                builder = builder.address(address);
            }
            Long("allow-host") => builder = builder.allow_host(host(&mut arguments)?),
            Long("token-lifetime") => {
                let seconds =
                    in_range(&mut arguments, "--token-lifetime", "a whole number of seconds", 0..=MAX_SECONDS)?;
                builder = builder.token_lifetime(Duration::from_secs(seconds));
            }
            Long("seed") => builder = builder.seed(value(&mut arguments, "--seed", "a whole number")?),
            Long("lock-holders") => size.lock_holders = Some(count(&mut arguments, "--lock-holders")?),
            Long("locks") => size.locks = Some(count(&mut arguments, "--locks")?),
            Long("keys") => size.keys = Some(count(&mut arguments, "--keys")?),
            Long("starts-at") => {
                let text = arguments.value()?;
                let moment = unloc_emulator::parse_start(text.to_str().unwrap_or_default());
                let wrong = |rule| format!("--starts-at {rule}, not {text:?}");
                builder = builder.starts_at(moment.map_err(wrong)?);
            }
            Long("speed") => {
                // NaN is in no range, and infinity beyond all.
                let speed = in_range(&mut arguments, "--speed", "a number such as 60", 0.0..=1e9)?;
                builder = builder.speed(speed);
            }
            Long("vendor-latency") => {
                let expected = "a whole number of milliseconds";
                let milliseconds = in_range(&mut arguments, "--vendor-latency", expected, 0..=MAX_MILLISECONDS)?;
                builder = builder.vendor_latency(Duration::from_millis(milliseconds));
            }
            Long("quirks") => {
                let names = arguments.optional_value();
                after_bare_quirks = names.is_none();
                builder = builder.quirks(quirks(names)?);
            }
            // `--quirks name` would switch on all quirks and ignore the name.
            Value(names) if follows_bare_quirks => {
                return Err(format!(
                    "--quirks takes names after an equals sign only: write --quirks={}",
                    names.to_string_lossy()
                )
                .into());
            }
            Short('h') | Long("help") => return Ok(Command::Print(HELP.to_owned())),
            Short('V') | Long("version") => {
                return Ok(Command::Print(format!("unloc-emulator {}\n", env!("CARGO_PKG_VERSION"))));
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Serve(size.apply_to(builder)?))
}

/// Holds the requested numbers of lock holders, locks and keys.
#[derive(Default)]
struct DataSize {
    lock_holders: Option<usize>,
    locks: Option<usize>,
    keys: Option<usize>,
}

impl DataSize {
    fn apply_to(self, mut builder: EmulatorBuilder) -> Result<EmulatorBuilder, lexopt::Error> {
        let is_none = |count| count == Some(0);
        let has_some = |count: Option<usize>| count.is_some_and(|count| count > 0);
        for (things, needed, contradicts) in [
            ("--locks", "--lock-holders", has_some(self.locks) && is_none(self.lock_holders)),
            ("--keys", "--locks", has_some(self.keys) && is_none(self.locks)),
            ("--keys", "--lock-holders", has_some(self.keys) && is_none(self.lock_holders)),
        ] {
            if contradicts {
                return Err(format!(
                    "{things} and {needed} contradict each other: {things} needs {needed} to be at least 1"
                )
                .into());
            }
        }
        if let Some(count) = self.lock_holders {
            builder = builder.lock_holders(count);
        }
        if let Some(count) = self.locks {
            builder = builder.locks(count);
        }
        if let Some(count) = self.keys {
            builder = builder.keys(count);
        }
        Ok(builder)
    }
}

fn value<T: FromStr>(arguments: &mut lexopt::Parser, name: &str, expected: &str) -> Result<T, lexopt::Error> {
    let value = arguments.value()?;
    let parsed = value.to_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| format!("{name} must be {expected}, not {value:?}").into())
}

/// Reads a value within limits. The error names the limits.
fn in_range<T: FromStr + PartialOrd + std::fmt::Display>(
    arguments: &mut lexopt::Parser,
    name: &str,
    expected: &str,
    limits: RangeInclusive<T>,
) -> Result<T, lexopt::Error> {
    let number = value(arguments, name, expected)?;
    if limits.contains(&number) {
        return Ok(number);
    }
    Err(format!("{name} must be from {} to {}, not {number}", limits.start(), limits.end()).into())
}

fn count(arguments: &mut lexopt::Parser, name: &str) -> Result<usize, lexopt::Error> {
    in_range(arguments, name, "a whole number", 0..=MAX_COUNT)
}

/// Reads a host name as in the header `Host`, without a port.
fn host(arguments: &mut lexopt::Parser) -> Result<String, lexopt::Error> {
    let name = arguments.value()?;
    let is_name = |text: &&str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    let text = name.to_str().filter(is_name);
    let wrong = || format!("--allow-host must be a name such as emulator.example.com, without a port, not {name:?}");
    Ok(text.ok_or_else(wrong)?.to_owned())
}

fn quirks(names: Option<OsString>) -> Result<Vec<Quirk>, lexopt::Error> {
    let Some(names) = names else { return Ok(Quirk::ALL.to_vec()) };
    let names = names.to_string_lossy();
    let quirks = names.split(',').map(|name| name.parse().map_err(|error| format!("--quirks: {error}").into()));
    quirks.collect()
}
