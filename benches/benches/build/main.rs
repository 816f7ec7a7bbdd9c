//! What a clean build of `unloc` costs, in processor time and crates, and where it goes: with TLS of two kinds, without it,
//! and with the bindings checked in instead of made by the build. Then how large programs are, beside one that has only
//! reqwest.
//!
//! A build takes a minute and more, so it is repeated once or not at all; other benchmarks have rounds. What is measured
//! is processor time, which another program on the machine changes by some hundredths, up to a tenth, and not the time that passes.

mod account;
mod meter;
mod packages;

use std::path::Path;
use std::process::{Command, ExitCode};

use account::{Account, Spent};
use meter::{Build, Meter};
use unloc_benches::{Plan, Result, Row, Spread};

/// How often the builds without TLS are made, which are compared.
const ROUNDS: usize = 2;
/// How often the build script is run by itself.
const RUNS: usize = 5;
/// How many crates are named.
const NAMED: usize = 10;
const CPU: &str = "CPU";
const NO_TLS: &[&str] = &["-p", "unloc", "--no-default-features"];

fn main() -> ExitCode {
    meter::compiled().unwrap_or_else(|| unloc_benches::main("build", measure))
}

fn measure(plan: Plan) -> Result<Vec<Row>> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build");
    let (checked_in, programs, ring) = (scratch.join("checked-in"), scratch.join("programs"), scratch.join("ring"));
    packages::programs(&programs)?;
    packages::ring(&ring)?;
    if plan.is_smoke() {
        packages::checked_in(&checked_in, None)?;
        return account::differ(&checked_in).map(|()| Vec::new());
    }
    let Some(meter) = Meter::new(&scratch.join("target"))? else {
        println!("SKIPPED: how much processor time a program took is asked of Linux");
        return Ok(Vec::new());
    };
    meter.fetch(packages::root())?;
    let account = Account::of(packages::root())?;
    let (mut without, mut given, mut runs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..if plan.is_full() { ROUNDS } else { 1 } {
        without.push(meter.build(packages::root(), NO_TLS)?);
        if runs.is_empty() {
            let script = script(&meter)?;
            runs = (0..RUNS).map(|_| meter.run(script())).collect::<Result<_>>()?;
            packages::checked_in(&checked_in, Some(&meter.out()?))?;
        }
        if plan.is_full() {
            given.push(meter.build(&checked_in, &["--offline", "--no-default-features"])?);
        }
    }
    let script = Spread::of(runs);
    let spent = account.split(&without, script);
    let mut rows = Vec::new();
    let base = mean(&given);
    let tls = if plan.is_full() { Some(meter.build(packages::root(), &["-p", "unloc"])?) } else { None };
    rows.extend(tls.iter().map(|tls| variant("with TLS, the default", std::slice::from_ref(tls), None)));
    if plan.is_full() {
        rows.push(variant("with TLS by ring", &[meter.build(&ring, &["--offline"])?], None));
    }
    rows.push(variant("without TLS", &without, base));
    if plan.is_full() {
        rows.push(variant("without TLS, bindings checked in", &given, base));
    }
    rows.extend(spent.into_iter().map(|spent| part("without TLS", spent)));
    rows.extend(tls.iter().flat_map(|tls| account::tls(tls, &without)).map(|spent| part("what TLS adds", spent)));
    rows.extend(account::largest(&without, NAMED).into_iter().map(|spent| part("its largest crates", spent)));
    if plan.is_full() {
        rows.extend(sizes(&meter, &programs)?);
    }
    meter.clear()?;
    Ok(rows)
}

/// What runs the build script once more, as cargo ran it.
fn script(meter: &Meter) -> Result<impl Fn() -> Command> {
    let (script, out) = (meter.script()?, meter.empty("out")?);
    Ok(move || {
        let mut command = Command::new(&script);
        command.current_dir(packages::root()).env("OUT_DIR", &out);
        command
    })
}

fn variant(name: &str, builds: &[Build], base: Option<f64>) -> Row {
    let cpu = Spread::of(builds.iter().map(|build| build.cpu));
    let packages = builds.first().map(Build::packages).unwrap_or_default();
    let crates = packages.keys().filter(|name| !name.starts_with("programs ")).count();
    let row = Row::new("a clean build", name).with(CPU, "s", cpu).with("crates", "", Spread::single(crates as f64));
    // Of the means, since two rounds have no median.
    match mean(builds).zip(base) {
        Some((own, base)) => row.with("CPU to checked in", "", Spread::single(own / base)),
        None => row,
    }
}

fn part(group: &str, spent: Spent) -> Row {
    let row = Row::new(group, &spent.name).with(CPU, "s", spent.cpu);
    if spent.crates == 0 { row } else { row.with("crates", "", Spread::single(spent.crates as f64)) }
}

fn mean(builds: &[Build]) -> Option<f64> {
    let sum: f64 = builds.iter().map(|build| build.cpu).sum();
    (!builds.is_empty()).then(|| sum / builds.len() as f64)
}

/// How large the programs are, as somebody would ship them.
fn sizes(meter: &Meter, programs: &Path) -> Result<Vec<Row>> {
    meter.build(programs, &["--offline", "--release"])?;
    let size = |(name, file): &(&str, &str)| {
        let bytes = std::fs::metadata(meter.target().join("release").join(file))?.len();
        Ok(Row::new("a stripped program", name).with("size", "bytes", Spread::single(bytes as f64)))
    };
    packages::PROGRAMS.iter().map(size).collect()
}
