use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use unloc_emulator::Emulator;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unloc-emulator"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

/// Kills the program on drop, in case a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn exported(lines: &mut std::io::Lines<BufReader<ChildStdout>>, name: &str) -> String {
    let line = lines.next().expect("a line").expect("text");
    line.strip_prefix(&format!("export {name}=")).unwrap_or_else(|| panic!("{line}")).to_owned()
}

#[cfg(unix)]
#[tokio::test]
async fn prints_exports_serves_and_stops_on_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let mut command = program(&["--port", "0", "--token-lifetime", "60"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
        let mut running = Running(child);
        let mut lines = BufReader::new(running.0.stdout.take().expect("its output")).lines();
        let url = exported(&mut lines, "UNLOC_ENVIRONMENT");
        let id = exported(&mut lines, "UNLOC_CLIENT_ID");
        let secret = exported(&mut lines, "UNLOC_CLIENT_SECRET");

        let body = serde_json::json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let response = http.post(format!("{url}/auth/v1/token/")).json(&body).send().await.expect("a response");
        assert_eq!(response.json::<serde_json::Value>().await.expect("JSON")["expires_in"], 60);

        let sent = Command::new("kill").args([signal, &running.0.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        assert_eq!(running.0.wait().expect("it ends").code(), Some(0), "{signal}");
        assert!(lines.next().is_none(), "nothing else goes to standard output");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = run(&["--help"]);
    let text = String::from_utf8(help.stdout).expect("text");
    assert!(help.status.success() && text.contains("--port") && text.contains("Exit codes"), "{text}");
    let version = run(&["-V"]);
    assert_eq!(
        String::from_utf8(version.stdout).expect("text"),
        format!("unloc-emulator {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[cfg(unix)]
#[tokio::test]
async fn applies_its_arguments_and_stops_despite_an_open_event_stream() {
    let large = ["--port=0", "--seed=7", "--lock-holders=5", "--locks=200", "--keys=5000", "--quirks", "--speed=60"];
    let mut command = program(&large);
    command.args(["--starts-at", "2030-06-03T00:00:00Z", "--vendor-latency", "1000"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().expect("its output")).lines();
    let url = exported(&mut lines, "UNLOC_ENVIRONMENT");
    let get = async |path: &str| reqwest::get(format!("{url}/_emulator{path}")).await.expect("a response");
    let snapshot: serde_json::Value = get("/snapshot").await.json().await.expect("JSON");
    let count = |name: &str| snapshot[name].as_array().expect("a list").len();
    assert_eq!([count("lockHolders"), count("locks"), count("keys")], [5, 200, 5000]);
    assert!(snapshot["speed"] == 60.0 && snapshot["now"].as_str().expect("a date").starts_with("2030-06-03T00:"));
    let quirks: serde_json::Value = get("/quirks").await.json().await.expect("JSON");
    assert!(quirks["quirks"].as_array().expect("a list").iter().all(|quirk| quirk["on"] == true));
    let watched = get("/changes").await;
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    assert!(running.0.wait().expect("an end").success());
    drop(watched);
}

#[cfg(unix)]
#[tokio::test]
async fn a_start_date_without_time_is_midnight_utc() {
    let mut command = program(&["--port=0", "--speed=0", "--starts-at", "2030-06-01"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().expect("its output")).lines();
    let url = exported(&mut lines, "UNLOC_ENVIRONMENT");
    let clock = reqwest::get(format!("{url}/_emulator/clock")).await.expect("a response");
    let clock: serde_json::Value = clock.json().await.expect("JSON");
    assert_eq!(clock["now"], "2030-06-01T00:00:00.000Z");
}

#[test]
fn invalid_arguments_exit_with_2_and_one_line() {
    for (arguments, named) in [
        (&["--port"][..], "--port"),
        (&["--port", "70000"], "70000"),
        (&["--port=x"], "x"),
        (&["--address", "localhost"], "localhost"),
        (&["--token-lifetime", "-1"], "--token-lifetime"),
        (&["--seed", "seven"], "--seed"),
        (&["--lock-holders", "-1"], "--lock-holders"),
        (&["--locks", "1000001"], "1000000"),
        (&["--keys", "many"], "many"),
        (&["--starts-at", "tomorrow"], "--starts-at"),
        (&["--starts-at", "2030-02-30"], "2030-06-01"),
        (&["--speed", "fast"], "--speed"),
        (&["--vendor-latency", "1.5"], "--vendor-latency"),
        (&["--starts-at", "2030-06-01T10:00:60Z"], "second 60"),
        (&["--starts-at", "0000-01-01"], "--starts-at"),
        (&["--starts-at", "0005-01-01T00:00:00Z"], "years 6 to 9999"),
        (&["--speed", "NaN"], "--speed"),
        (&["--speed", "-1"], "--speed"),
        (&["--speed", "inf"], "0 to 1000000000"),
        (&["--speed=-infinity"], "--speed"),
        (&["--speed=1e10"], "--speed"),
        (&["--vendor-latency", "99999999999999"], "--vendor-latency"),
        (&["--token-lifetime", "18446744073709551615"], "--token-lifetime"),
        (&["--lock-holders", "0", "--locks", "5"], "--locks and --lock-holders contradict"),
        (&["--locks", "0", "--keys", "5"], "--keys and --locks contradict"),
        (&["--keys", "1", "--lock-holders", "0"], "--keys and --lock-holders contradict"),
        (&["--port", "0", "--port=4010"], "--port is given twice"),
        (&["--quirks", "--quirks=bare-lists"], "--quirks is given twice"),
        (&["--allow-host", "http://emulator:4010"], "--allow-host"),
        (&["--allow-host", ""], "--allow-host"),
        (&["--quirks=no-such"], "no-such"),
        (&["--quirks", "string-booleans"], "write --quirks=string-booleans"),
        (&["--colour"], "--colour"),
        (&["serve"], "serve"),
    ] {
        let output = run(arguments);
        let text = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("unloc-emulator: ") && text.contains(named), "{text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn accepts_arguments_at_the_ends_of_their_range() {
    for arguments in [
        &["--lock-holders=0"][..],
        &["--lock-holders=0", "--locks=0", "--keys=0", "--speed=1e9"],
        &["--locks=0", "--speed=-0", "--vendor-latency=0", "--token-lifetime=0"],
        &["--starts-at=9999-12-31T23:59:59.999Z", "--allow-host=a", "--allow-host=b.example.com"],
        &["--starts-at=0006-01-01", "--token-lifetime=1000000000000", "--vendor-latency=3153600000000"],
    ] {
        let mut command = program(arguments);
        let child = command.arg("--port=0").stdout(Stdio::piped()).spawn().expect("the program runs");
        let mut running = Running(child);
        let mut lines = BufReader::new(running.0.stdout.take().expect("its output")).lines();
        assert!(lines.next().is_some(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_port_in_use_exits_with_1_and_one_line() {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let port = emulator.base_url().rsplit(':').next().unwrap().to_owned();
    let output = run(&["--port", &port]);
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.lines().count() == 1 && text.contains(&port), "{text}");
}
