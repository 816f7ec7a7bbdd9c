use std::cell::RefCell;

use super::machine::{Machine, Need, Skip, is_ci, missing};
use super::{CHECKS, COUNTED, Skipped, check, conclude, need_of};

/// Simulates a machine that has some programs and can install others.
#[derive(Default)]
struct Fake {
    is_ci: bool,
    is_user: bool,
    has: RefCell<Vec<&'static str>>,
    /// Maps a word of the installing command to the program that it installs.
    brings: Vec<(&'static str, &'static str)>,
    says: &'static str,
    ran: RefCell<Vec<String>>,
}

impl Machine for Fake {
    fn is_ci(&self) -> bool {
        self.is_ci
    }

    fn is_set(&self, variable: &str) -> bool {
        self.has.borrow().contains(&variable)
    }

    fn is_linux(&self) -> bool {
        !self.has.borrow().contains(&"macOS")
    }

    fn is_folder(&self, path: &str) -> bool {
        path == "wasm" && self.has.borrow().contains(&"wasm")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let line = format!("{program} {}", arguments.join(" "));
        self.ran.borrow_mut().push(line.clone());
        match program {
            "id" => return Ok(if self.is_user { "1000\n" } else { "0\n" }.to_owned()),
            "rustc" => return Ok("wasm\n".to_owned()),
            "rustup" | "apt-get" => {}
            "node" if self.has.borrow().contains(&"old node") => return Ok("v18.20.4\n".to_owned()),
            "node" if self.has.borrow().contains(&"node") => return Ok("v20.20.2\n".to_owned()),
            _ if self.has.borrow().contains(&program) => return Ok(String::new()),
            _ => return Err(format!("no {program}")),
        }
        let brought = self.brings.iter().filter(|(word, _)| line.contains(word));
        let brought: Vec<_> = brought.map(|(_, thing)| *thing).collect();
        if brought.is_empty() {
            return Err(self.says.to_owned());
        }
        self.has.borrow_mut().extend(brought);
        Ok(String::new())
    }
}

const NEEDS: [Need; 5] = [Need::Openssl, Need::Wasm, Need::Valgrind, Need::Node, Need::Chromium];

#[test]
fn skips_nothing_if_everything_is_installed() {
    let has = vec!["pkg-config", "wasm", "valgrind", "node", "npm", "google-chrome"];
    let machine = Fake { has: RefCell::new(has), ..Fake::default() };
    assert!(NEEDS.iter().all(|need| missing(*need, &machine).is_none()));
    for has in ["macOS", "OPENSSL_DIR"] {
        let machine = Fake { has: RefCell::new(vec![has]), ..Fake::default() };
        assert!(missing(Need::Openssl, &machine).is_none(), "{has}");
    }
}

#[test]
fn installs_nothing_on_a_developer_machine_and_names_the_command() {
    let remedies = ["libssl-dev", "rustup target add", "install valgrind", "nodejs.org", "install chromium"];
    for (need, remedy) in NEEDS.into_iter().zip(remedies) {
        let brings = ["valgrind", "wasm", "pkg-config", "chromium"].map(|program| ("", program)).to_vec();
        let machine = Fake { brings, ..Fake::default() };
        let skip = missing(need, &machine).unwrap();
        assert!(skip.reason.contains("not installed") && skip.remedy.contains(remedy), "{skip:?}");
        assert!(!machine.ran.borrow().iter().any(|line| line.contains("install") || line.contains("add")));
    }
}

#[test]
fn installs_missing_programs_in_continuous_integration() {
    let packages = [("libssl-dev", "pkg-config"), ("valgrind", "valgrind"), ("chromium", "chromium")];
    let brings = packages.into_iter().chain([("target add", "wasm")]).collect();
    let machine = Fake { is_ci: true, brings, ..Fake::default() };
    let installed = NEEDS.into_iter().filter(|need| *need != Need::Node);
    assert!(installed.map(|need| missing(need, &machine)).all(|skip| skip.is_none()));
}

#[test]
fn node_has_to_be_there_in_a_version_that_the_package_supports() {
    for has in [vec![], vec!["old node", "npm"], vec!["node"]] {
        let machine = Fake { is_ci: true, has: RefCell::new(has.clone()), ..Fake::default() };
        let skip = missing(Need::Node, &machine).unwrap();
        assert!(!skip.is_allowed && skip.reason.contains("step of the workflow"), "{has:?}: {skip:?}");
    }
    let package = include_str!("../../../js/package.json");
    assert!(package.contains("\"node\": \">=20\""));
}

#[test]
fn allows_a_failed_installation_only_if_the_rustup_server_is_unreachable() {
    for (need, says, is_allowed) in [
        (Need::Wasm, "error: could not download file from 'https://example.com'", true),
        (Need::Wasm, "error: toolchain 'x' does not support target", false),
        (Need::Valgrind, "could not download", false),
        (Need::Openssl, "could not download", false),
        (Need::Chromium, "could not download", false),
    ] {
        let machine = Fake { is_ci: true, says, ..Fake::default() };
        let skip = missing(need, &machine).unwrap();
        assert!(skip.reason.contains(says), "{skip:?}");
        assert_eq!(skip.is_allowed, is_allowed, "{need:?}: {says}");
    }
    let machine = Fake { is_ci: true, is_user: true, brings: vec![("valgrind", "valgrind")], ..Fake::default() };
    assert!(missing(Need::Valgrind, &machine).unwrap().reason.contains("not root"));
}

#[test]
fn lists_skipped_checks_and_fails_in_continuous_integration() {
    let skip = Skip::new("valgrind is not installed", "apt-get install valgrind");
    let allowed = Skip { is_allowed: true, ..Skip::new("main is not here", "fetch it") };
    let skipped = |skip: &Skip| Skipped { name: "instructions", skip: skip.clone() };
    let (said, outcome) = conclude(&[skipped(&skip)], false);
    assert!(said.contains("instructions: valgrind is not installed (apt-get install valgrind)"), "{said}");
    assert!(outcome.is_ok());
    let (_, outcome) = conclude(&[skipped(&skip)], true);
    assert!(outcome.unwrap_err().to_string().contains("instructions"));
    let (said, outcome) = conclude(&[skipped(&allowed)], true);
    assert!(said.contains("main is not here") && outcome.is_ok(), "{said}");
    assert!(conclude(&[skipped(&allowed), skipped(&skip)], true).1.is_err());
    let (said, outcome) = conclude(&[], true);
    assert!(said.is_empty() && outcome.is_ok());
}

#[test]
fn knows_which_checks_need_something() {
    let beside = check("instructions", COUNTED);
    let needs: Vec<_> =
        CHECKS.iter().chain([&beside]).filter_map(|check| Some((check.name, need_of(check)?))).collect();
    let wanted = [("lints, all features", Need::Openssl), ("browsers", Need::Wasm), ("instructions", Need::Valgrind)];
    assert_eq!(needs, wanted);
}

#[test]
fn reads_the_variable_ci() {
    for on in ["true", "1", "yes", "TRUE"] {
        assert!(is_ci(Some(on)), "{on}");
    }
    for off in [None, Some(""), Some("false"), Some("0"), Some(" ")] {
        assert!(!is_ci(off), "{off:?}");
    }
}
