//! To whom the time of a build is put down: to the one for whose sake a crate is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use unloc_benches::{Result, Spread};

use crate::meter::{Build, cargo};

/// What stands for the network among the dependencies of `unloc`.
const NETWORK: [&str; 3] = ["reqwest", "progenitor-client", "tokio"];
const OWN: &str = "unloc ";
const GENERATOR: &str = "unloc-codegen ";
const SCRIPT: &str = "build_script_build";

/// A share of the time.
pub(crate) struct Spent {
    pub(crate) name: String,
    pub(crate) cpu: Spread,
    /// How many packages; none, if it is not about packages.
    pub(crate) crates: usize,
}

/// What the packages below `unloc` are there for, without TLS.
pub(crate) struct Account {
    /// What only the network needs.
    network: BTreeSet<String>,
    /// What the library needs besides.
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

    /// Puts every second of a build without TLS down to somebody; `script` is what a run of the build script took.
    pub(crate) fn split(&self, builds: &[Build], script: Spread) -> Vec<Spent> {
        let network = |package: &str, _: &str| self.network.contains(package);
        let own = |package: &str, unit: &str| package.starts_with(OWN) && unit != SCRIPT;
        let own_script = |package: &str, unit: &str| package.starts_with(OWN) && unit == SCRIPT;
        let library = |package: &str, _: &str| self.library.contains(package) && !package.starts_with(OWN);
        let codegen = |package: &str, _: &str| package.starts_with(GENERATOR);
        let generator = |package: &str, _: &str| {
            !package.starts_with(GENERATOR) && !self.network.contains(package) && !self.library.contains(package)
        };
        let rest = Spread::of(builds.iter().map(|build| build.rest() - script.median()));
        let timed = |name: &str, cpu| Spent { name: name.to_owned(), cpu, crates: 0 };
        vec![
            spent("what only unloc-codegen needs", builds, generator),
            spent("unloc-codegen", builds, codegen),
            spent("reqwest, tokio and what only they need", builds, network),
            spent("what the library needs besides", builds, library),
            spent("unloc, the library", builds, own),
            spent("unloc, its build script", builds, own_script),
            timed("a run of that script", script),
            timed("other build scripts, and cargo", rest),
        ]
    }
}

/// What TLS adds to builds without it.
pub(crate) fn tls(with: &Build, without: &[Build]) -> Vec<Spent> {
    let Some(before) = without.first().map(Build::packages) else { return Vec::new() };
    let added = |package: &str, _: &str| !before.contains_key(package);
    let mut parts = vec![spent("crates", std::slice::from_ref(with), added)];
    let rest = Spread::of(without.iter().map(|build| with.rest() - build.rest()));
    parts.push(Spent { name: "their build scripts, C compiler included".to_owned(), cpu: rest, crates: 0 });
    parts
}

/// The packages whose compilers took longest.
pub(crate) fn largest(builds: &[Build], many: usize) -> Vec<Spent> {
    let names: BTreeSet<&str> = builds.iter().flat_map(|build| build.packages().into_keys()).collect();
    let mut all: Vec<Spent> =
        names.iter().map(|name| Spent { crates: 0, ..spent(name, builds, |package, _| package == *name) }).collect();
    all.sort_by(|one, other| other.cpu.median().total_cmp(&one.cpu.median()));
    all.truncate(many);
    all
}

/// Whether a copy needs no generator, and this checkout does.
pub(crate) fn differ(copy: &Path) -> Result<()> {
    let generates = |package: &Path| {
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(
            tree(package, "normal,build")?.iter().any(|(_, name)| name.starts_with(GENERATOR)),
        )
    };
    match (generates(crate::packages::root())?, generates(copy)?) {
        (true, false) => Ok(()),
        (false, _) => Err("the build of `unloc` is not seen to need its generator".into()),
        (_, true) => Err("the copy with its bindings checked in needs the generator".into()),
    }
}

/// The time of the compilers that are asked for, by package and crate.
fn spent(name: &str, builds: &[Build], is: impl Fn(&str, &str) -> bool) -> Spent {
    let chosen = |build: &Build| -> BTreeMap<String, f64> {
        let units = build.compilers.iter().filter(|((package, unit), _)| is(package, unit));
        let mut packages = BTreeMap::new();
        for ((package, _), cpu) in units {
            *packages.entry(package.clone()).or_default() += cpu;
        }
        packages
    };
    let cpu = Spread::of(builds.iter().map(|build| chosen(build).values().sum::<f64>()));
    Spent { name: name.to_owned(), cpu, crates: builds.first().map_or(0, |build| chosen(build).len()) }
}

/// The packages below `unloc` without TLS, each as often as it is needed, and how deep it stands.
fn tree(package: &Path, edges: &str) -> Result<Vec<(usize, String)>> {
    let arguments = ["tree", "-p", "unloc", "--offline", "--no-default-features", "--no-dedupe", "--prefix", "depth"];
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
