//! The program's arguments: what is out of its range, given twice, or contradicts another is refused.

use std::collections::HashSet;
use std::ffi::OsString;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;
use unloc_emulator::{Emulator, EmulatorBuilder, Quirk};

const HELP: &str = "\
Unloc's smart-lock APIs as a service in a box: offline, stateful, with an invented town behind it.

Usage: unloc-emulator [OPTIONS]

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
      --allow-host <NAME>         Let the control interface and the page be called by this name, too; may be repeated
  -h, --help                      Print this help
  -V, --version                   Print the version

It prints what to export, then serves until Ctrl-C or SIGTERM. In a browser it shows the town.
Exit codes: 0 stopped, 1 could not start, 2 bad arguments.
";

/// What the arguments ask for.
pub(crate) enum Wish {
    Serve(EmulatorBuilder),
    Print(String),
}

/// A town that a machine can hold.
const MOST_THINGS: usize = 1_000_000;

/// As many seconds as there are from the first moment a clock can show to the last, and some.
const MOST_SECONDS: u64 = 1_000_000_000_000;

/// A hundred years, which is as long as the emulator lets anything take.
const MOST_MILLISECONDS: u64 = 36_500 * 24 * 3600 * 1000;

pub(crate) fn read_arguments(mut arguments: lexopt::Parser) -> Result<Wish, lexopt::Error> {
    let mut builder = Emulator::builder().port(4010);
    let (mut town, mut given, mut behind_quirks) = (Town::default(), HashSet::new(), false);
    while let Some(argument) = arguments.next()? {
        let names_quirks = std::mem::take(&mut behind_quirks);
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
                    within(&mut arguments, "--token-lifetime", "a whole number of seconds", 0..=MOST_SECONDS)?;
                builder = builder.token_lifetime(Duration::from_secs(seconds));
            }
            Long("seed") => builder = builder.seed(value(&mut arguments, "--seed", "a whole number")?),
            Long("lock-holders") => town.lock_holders = Some(count(&mut arguments, "--lock-holders")?),
            Long("locks") => town.locks = Some(count(&mut arguments, "--locks")?),
            Long("keys") => town.keys = Some(count(&mut arguments, "--keys")?),
            Long("starts-at") => {
                let text = arguments.value()?;
                let moment = unloc_emulator::parse_start(text.to_str().unwrap_or_default());
                let wrong = |rule| format!("--starts-at {rule}, not {text:?}");
                builder = builder.starts_at(moment.map_err(wrong)?);
            }
            Long("speed") => {
                // NaN is in no range, and infinity beyond all.
                let speed = within(&mut arguments, "--speed", "a number such as 60", 0.0..=1e9)?;
                builder = builder.speed(speed);
            }
            Long("settling") => {
                let expected = "a whole number of milliseconds";
                let milliseconds = within(&mut arguments, "--settling", expected, 0..=MOST_MILLISECONDS)?;
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
                return Ok(Wish::Print(format!("unloc-emulator {}\n", env!("CARGO_PKG_VERSION"))));
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Wish::Serve(town.put_into(builder)?))
}

/// How large the town is to be.
#[derive(Default)]
struct Town {
    lock_holders: Option<usize>,
    locks: Option<usize>,
    keys: Option<usize>,
}

impl Town {
    fn put_into(self, mut builder: EmulatorBuilder) -> Result<EmulatorBuilder, lexopt::Error> {
        let is_none = |count| count == Some(0);
        let has_some = |count: Option<usize>| count.is_some_and(|count| count > 0);
        for (things, needed, contradicts) in [
            ("--locks", "--lock-holders", has_some(self.locks) && is_none(self.lock_holders)),
            ("--keys", "--locks", has_some(self.keys) && is_none(self.locks)),
            ("--keys", "--lock-holders", has_some(self.keys) && is_none(self.lock_holders)),
        ] {
            if contradicts {
                return Err(format!(
                    "{things} and {needed} contradict each other: with {needed} 0 there is nothing to put them into"
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

/// A value within limits, which are named.
fn within<T: FromStr + PartialOrd + std::fmt::Display>(
    arguments: &mut lexopt::Parser,
    name: &str,
    expected: &str,
    limits: RangeInclusive<T>,
) -> Result<T, lexopt::Error> {
    let number = value(arguments, name, expected)?;
    if limits.contains(&number) {
        return Ok(number);
    }
    Err(format!("{name} must lie from {} to {}, not {number}", limits.start(), limits.end()).into())
}

fn count(arguments: &mut lexopt::Parser, name: &str) -> Result<usize, lexopt::Error> {
    within(arguments, name, "a whole number", 0..=MOST_THINGS)
}

/// A name as it stands in the header `Host`, without a port.
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
