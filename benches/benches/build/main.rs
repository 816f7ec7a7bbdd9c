//! Measures a clean build of `unloc` as a dependency, in processor time and crates, and attributes it to its parts.
//!
//! It builds with and without the generator, with two kinds of TLS and without TLS, and with the bindings checked in. A
//! build takes over a minute, so it is made once or twice, without rounds. Processor time is measured rather than
//! elapsed time, because other programs on the machine change it only by some percent, at most by a tenth.

mod account;
mod meter;
mod packages;

use std::path::Path;
use std::process::ExitCode;

use account::{Account, Spent};
use meter::{Build, Meter};
use unloc_benches::{Plan, Result, Row, Spread, root};

/// Is the number of times that the builds without TLS are made, which are compared.
const ROUNDS: usize = 2;

fn main() -> ExitCode {
    meter::run_as_compiler().unwrap_or_else(|| unloc_benches::main("build", measure))
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
        println!("SKIPPED: processor times of child processes are only available on Linux");
        return Ok(Vec::new());
    };
    let checked_in = packages::user(scratch.join("checked-in"), &packages::checked_in(scratch.join("copy"))?, &[])?;
    meter.fetch(root())?;
    if !plan.is_full() {
        let build = [meter.build(&generated)?];
        return Ok(std::iter::once(variant("without TLS", &build, None)).chain(parts(&generated, &build)?).collect());
    }
    let (mut with_generator, mut without_generator, mut with_checked_in) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with_generator.push(meter.build(&generated)?);
        without_generator.push(meter.build(&staged)?);
        with_checked_in.push(meter.build(&checked_in)?);
    }
    let base = mean(&with_checked_in);
    let mut rows = vec![
        variant("without HTTP/2: generate, rustls", &[meter.build(&tls)?], None),
        variant("the same without generate", &[meter.build(&staged_tls)?], None),
        variant("generate, TLS by ring", &[meter.build(&ring)?], None),
        variant("generate, without TLS", &with_generator, base),
        variant("without TLS, without generate", &without_generator, base),
        variant("without TLS, bindings checked in", &with_checked_in, base),
    ];
    rows.extend(parts(&generated, &with_generator)?);
    meter.clear()?;
    Ok(rows)
}

/// Returns rows with the parts of builds without TLS.
fn parts(package: &Path, builds: &[Build]) -> Result<Vec<Row>> {
    Ok(Account::of(package)?.split(builds).into_iter().map(part).collect())
}

fn variant(name: &str, builds: &[Build], base: Option<f64>) -> Row {
    let cpu = Spread::of(builds.iter().map(|build| build.cpu));
    let packages = builds.iter().take(1).flat_map(|build| build.compilers.keys());
    let crates = packages.filter(|name| !name.starts_with("user ")).count();
    let row = Row::new("a clean build", name).with("CPU, s", cpu).with("crates", Spread::single(crates as f64));
    // The ratio is that of the means, since two rounds have no median.
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
