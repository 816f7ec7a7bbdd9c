//! Attributes the time of a build to the part of `unloc` that needs each crate.

use std::collections::BTreeSet;
use std::path::Path;

use unloc_benches::{Result, Spread};

use crate::meter::{Build, cargo};

/// Lists the dependencies of `unloc` that are for the network.
const NETWORK: [&str; 3] = ["reqwest", "progenitor-client", "tokio"];
const OWN: &str = "unloc ";
const GENERATOR: &str = "unloc-codegen ";

/// Holds a share of the time.
pub(crate) struct Spent {
    pub(crate) name: &'static str,
    pub(crate) cpu: Spread,
    /// Counts the packages, or is 0 if the share is not about packages.
    pub(crate) crates: usize,
}

/// Maps the dependencies of `unloc` without TLS to the part that needs them.
pub(crate) struct Account {
    /// Lists the packages that only the network needs.
    network: BTreeSet<String>,
    /// Lists the other packages that the library needs.
    library: BTreeSet<String>,
}

impl Account {
    pub(crate) fn of(package: &Path) -> Result<Self> {
        let (mut network, mut library) = (BTreeSet::new(), BTreeSet::new());
        let mut below = String::new();
        for (depth, name) in tree(package, "normal")? {
            if depth == 1 {
                below = name.split(' ').next().unwrap_or_default().to_owned();
            }
            let side = if depth > 0 && NETWORK.contains(&below.as_str()) { &mut network } else { &mut library };
            side.insert(name);
        }
        Ok(Self { network: &network - &library, library })
    }

    /// Splits the time of builds without TLS into shares.
    pub(crate) fn split(&self, builds: &[Build]) -> Vec<Spent> {
        let network = |package: &str| self.network.contains(package);
        let own = |package: &str| package.starts_with(OWN);
        let library = |package: &str| self.library.contains(package) && !own(package);
        let codegen = |package: &str| package.starts_with(GENERATOR);
        let generator =
            |package: &str| !codegen(package) && !self.network.contains(package) && !self.library.contains(package);
        let rest = Spread::of(builds.iter().map(Build::rest));
        vec![
            spent("what only unloc-codegen needs", builds, generator),
            spent("unloc-codegen", builds, codegen),
            spent("reqwest, tokio and what only they need", builds, network),
            spent("what the library needs besides", builds, library),
            spent("unloc", builds, own),
            Spent { name: "build scripts, and cargo", cpu: rest, crates: 0 },
        ]
    }
}

/// Checks that one package needs the generator and the other does not.
pub(crate) fn differ(one: &Path, other: &Path) -> Result<()> {
    let generates = |package: &Path| -> Result<bool> {
        Ok(tree(package, "normal,build")?.iter().any(|(_, name)| name.starts_with(GENERATOR)))
    };
    match (generates(one)?, generates(other)?) {
        (true, false) => Ok(()),
        (false, _) => Err("a build with the feature `generate` should need the generator, but does not".into()),
        (_, true) => Err("a build without the feature `generate` should not need the generator, but does".into()),
    }
}

/// Returns the compile time of the packages that `is` selects.
fn spent(name: &'static str, builds: &[Build], is: impl Fn(&str) -> bool) -> Spent {
    let chosen = |build: &Build| -> Vec<f64> {
        build.compilers.iter().filter(|(package, _)| is(package)).map(|(_, cpu)| *cpu).collect()
    };
    let cpu = Spread::of(builds.iter().map(|build| chosen(build).iter().sum::<f64>()));
    Spent { name, cpu, crates: builds.first().map_or(0, |build| chosen(build).len()) }
}

/// Returns the dependencies of `unloc` in this package with their depth. A package that is needed twice occurs twice.
fn tree(package: &Path, edges: &str) -> Result<Vec<(usize, String)>> {
    let arguments = ["tree", "-p", "unloc", "--offline", "--no-dedupe", "--prefix", "depth"];
    let output = cargo(package, &arguments).args(["-e", edges]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    let line = |line: &str| {
        let digits = line.find(|letter: char| !letter.is_ascii_digit())?;
        let mut words = line[digits..].split(' ');
        Some((line[..digits].parse().ok()?, format!("{} {}", words.next()?, words.next()?)))
    };
    Ok(text.lines().filter_map(line).collect())
}
