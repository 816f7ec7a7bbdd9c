//! What a clean build of `unloc` costs, in processor time and crates, and where it goes: with TLS of two kinds, without it,
//! and with the bindings checked in instead of made by the build.
//!
//! A build takes a minute and more, so it is repeated once or not at all; other benchmarks have rounds. What is measured
//! is processor time, which another program on the machine changes by some hundredths, up to a tenth, and not the time that passes.

mod account;
mod meter;
mod packages;

use std::path::Path;
use std::process::ExitCode;

use account::{Account, Spent};
use meter::{Build, Meter};
use unloc_benches::{Plan, Result, Row, Spread, root};

/// How often the builds without TLS are made, which are compared.
const ROUNDS: usize = 2;
const NO_TLS: &[&str] = &["-p", "unloc", "--no-default-features"];

fn main() -> ExitCode {
    meter::compiled().unwrap_or_else(|| unloc_benches::main("build", measure))
}

fn measure(plan: Plan) -> Result<Vec<Row>> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build");
    let (checked_in, ring) = (scratch.join("checked-in"), scratch.join("ring"));
    packages::ring(&ring)?;
    if plan.is_smoke() {
        packages::checked_in(&checked_in, None)?;
        return account::differ(&checked_in).map(|()| Vec::new());
    }
    let Some(meter) = Meter::new(&scratch.join("target"))? else {
        println!("SKIPPED: how much processor time a program took is asked of Linux");
        return Ok(Vec::new());
    };
    meter.fetch(root())?;
    let account = Account::of(root())?;
    let (mut without, mut given, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..if plan.is_full() { ROUNDS } else { 1 } {
        without.push(meter.build(root(), NO_TLS)?);
        if round == 0 {
            packages::checked_in(&checked_in, Some(&meter.out()?))?;
        }
        if plan.is_full() {
            given.push(meter.build(&checked_in, &["--offline", "--no-default-features"])?);
        }
    }
    let base = mean(&given);
    if plan.is_full() {
        rows.push(variant("with TLS, the default", &[meter.build(root(), &["-p", "unloc"])?], None));
        rows.push(variant("with TLS by ring", &[meter.build(&ring, &["--offline"])?], None));
    }
    rows.push(variant("without TLS", &without, base));
    if plan.is_full() {
        rows.push(variant("without TLS, bindings checked in", &given, base));
    }
    rows.extend(account.split(&without).into_iter().map(part));
    meter.clear()?;
    Ok(rows)
}

fn variant(name: &str, builds: &[Build], base: Option<f64>) -> Row {
    let cpu = Spread::of(builds.iter().map(|build| build.cpu));
    let packages = builds.iter().take(1).flat_map(|build| build.compilers.keys());
    let crates = packages.filter(|name| !name.starts_with("with-ring ")).count();
    let row = Row::new("a clean build", name).with("CPU, s", cpu).with("crates", Spread::single(crates as f64));
    // Of the means, since two rounds have no median.
    match mean(builds).zip(base) {
        Some((own, base)) => row.with("CPU to checked in", Spread::single(own / base)),
        None => row,
    }
}

fn part(Spent { name, cpu, crates }: Spent) -> Row {
    let row = Row::new("without TLS", name).with("CPU, s", cpu);
    if crates == 0 { row } else { row.with("crates", Spread::single(crates as f64)) }
}

fn mean(builds: &[Build]) -> Option<f64> {
    let sum: f64 = builds.iter().map(|build| build.cpu).sum();
    (!builds.is_empty()).then(|| sum / builds.len() as f64)
}
