//! What a clean build of `unloc` costs whoever depends on it, in processor time and crates, and where it goes: with the
//! generator and without it, with TLS of two kinds and without it, and with the bindings checked in.
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

fn main() -> ExitCode {
    meter::compiled().unwrap_or_else(|| unloc_benches::main("build", measure))
}

fn measure(plan: Plan) -> Result<Vec<Row>> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build");
    let user = |name: &str, features: &[&str]| packages::user(scratch.join(name), root(), features);
    let (generated, staged) = (user("generated", &["generate"])?, user("staged", &[])?);
    let (tls, staged_tls) = (user("tls", &["generate", "rustls"])?, user("staged-tls", &["rustls"])?);
    let ring = user("ring", &["generate", "rustls-no-provider"])?;
    if plan.is_smoke() {
        return account::differ(&generated, &staged).map(|()| Vec::new());
    }
    let Some(meter) = Meter::new(&scratch.join("target"))? else {
        println!("SKIPPED: how much processor time a program took is asked of Linux");
        return Ok(Vec::new());
    };
    let checked_in = packages::user(scratch.join("checked-in"), &packages::checked_in(scratch.join("copy"))?, &[])?;
    meter.fetch(root())?;
    if !plan.is_full() {
        let build = [meter.build(&generated)?];
        return Ok(std::iter::once(variant("without TLS", &build, None)).chain(parts(&generated, &build)?).collect());
    }
    let (mut made, mut taken, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        made.push(meter.build(&generated)?);
        taken.push(meter.build(&staged)?);
        given.push(meter.build(&checked_in)?);
    }
    let base = mean(&given);
    let mut rows = vec![
        variant("without HTTP/2: generate, rustls", &[meter.build(&tls)?], None),
        variant("the same without generate", &[meter.build(&staged_tls)?], None),
        variant("generate, TLS by ring", &[meter.build(&ring)?], None),
        variant("generate, without TLS", &made, base),
        variant("without TLS, without generate", &taken, base),
        variant("without TLS, bindings checked in", &given, base),
    ];
    rows.extend(parts(&generated, &made)?);
    meter.clear()?;
    Ok(rows)
}

/// Where the time of builds without TLS goes.
fn parts(package: &Path, builds: &[Build]) -> Result<Vec<Row>> {
    Ok(Account::of(package)?.split(builds).into_iter().map(part).collect())
}

fn variant(name: &str, builds: &[Build], base: Option<f64>) -> Row {
    let cpu = Spread::of(builds.iter().map(|build| build.cpu));
    let packages = builds.iter().take(1).flat_map(|build| build.compilers.keys());
    let crates = packages.filter(|name| !name.starts_with("user ")).count();
    let row = Row::new("a clean build", name).with("CPU, s", cpu).with("crates", Spread::single(crates as f64));
    // Of the means, since two rounds have no median.
    match mean(builds).zip(base) {
        Some((own, base)) => row.with("CPU to checked in", Spread::single(own / base)),
        None => row,
    }
}

fn part(Spent { name, cpu, crates }: Spent) -> Row {
    let row = Row::new("generate, without TLS", name).with("CPU, s", cpu);
    if crates == 0 { row } else { row.with("crates", Spread::single(crates as f64)) }
}

fn mean(builds: &[Build]) -> Option<f64> {
    let sum: f64 = builds.iter().map(|build| build.cpu).sum();
    (!builds.is_empty()).then(|| sum / builds.len() as f64)
}
