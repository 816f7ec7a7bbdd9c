//! What the sandbox takes: time to start, memory for a large town, and time for a request from two connections.
//!
//! The client is as small as can be, two threads with a socket each, so that the figures are the sandbox's.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use unloc_benches::{Plan, Result, held_by};
use unloc_sandbox::Sandbox;

const STARTS: usize = 200;
const CONNECTIONS: usize = 2;
const CALLS: usize = 500;
/// How many keys the town made by hand has, and how many the large one.
const TOWNS: [usize; 2] = [17, 100_000];

fn main() -> ExitCode {
    unloc_benches::main(|plan| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut report = Report::default();
        let (mut starts, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..plan.calls(STARTS) {
            let (_, start, answer) = serve(&runtime, None)?;
            starts.push(millis(start));
            answers.push(millis(answer));
        }
        report.add("start, ms", starts, 2);
        report.add("start and first answer, ms", answers, 2);

        let (small, held_small) = held_by(|| serve(&runtime, Some(TOWNS[0])));
        let (large, held_large) = held_by(|| serve(&runtime, Some(TOWNS[1])));
        let ((small, ..), (large, time, _)) = (small?, large?);
        report.add("start with 100 000 keys, ms", vec![millis(time)], 0);
        report.add("memory of a sandbox, KiB", vec![held_small as f64 / 1024.0], 0);
        let more = held_large.saturating_sub(held_small) as f64;
        report.add("memory for a key, bytes", vec![more / (TOWNS[1] - TOWNS[0]) as f64], 0);

        let mut rungs = Vec::new();
        for (sandbox, keys) in [(&small, "17 keys"), (&large, "100 000 keys")] {
            let paths = runtime.block_on(Paths::of(sandbox))?;
            rungs.push(Rung::new(sandbox, format!("getLock, {keys}, requests/s"), &paths.lock, &paths.token));
            rungs.push(Rung::new(
                sandbox,
                format!("getKeys, limit 100, {keys}, requests/s"),
                &paths.keys,
                &paths.token,
            ));
        }
        for round in 0..plan.rounds {
            for turn in 0..rungs.len() {
                // What comes first finds another machine than what comes last.
                let which = if round % 2 == 0 { turn } else { rungs.len() - 1 - turn };
                rungs[which].measure(plan)?;
            }
        }
        for rung in rungs {
            report.add(&rung.name, rung.rates, 0);
        }
        Ok(report)
    })
}

/// A sandbox, the time until it was started, and until it had answered: `start` returns when the port is open, and the
/// first request may still wait for the routes.
fn serve(runtime: &Runtime, keys: Option<usize>) -> Result<(Sandbox, Duration, Duration)> {
    let builder = keys.map_or_else(Sandbox::builder, |keys| Sandbox::builder().keys(keys));
    let begun = Instant::now();
    let sandbox = runtime.block_on(builder.start())?;
    let started = begun.elapsed();
    Rung::new(&sandbox, String::new(), "/_sandbox/clock", "").open()?;
    Ok((sandbox, started, begun.elapsed()))
}

/// Where the first lock holder's busiest lock and keys are, and the token that opens them.
struct Paths {
    lock: String,
    keys: String,
    token: String,
}

impl Paths {
    async fn of(sandbox: &Sandbox) -> Result<Self> {
        let town = sandbox.town();
        let holder = town.lock_holders.first().ok_or("a town without a lock holder")?;
        let lock = town.locks.iter().find(|lock| lock.lock_holder_id == holder.id).ok_or("no lock")?;
        let credentials = json!({
            "grant_type": "client_credentials",
            "client_id": sandbox.client_id(),
            "client_secret": sandbox.client_secret(),
            "scope": holder.scope,
        });
        let url = format!("{}/auth/v1/token/", sandbox.base_url());
        let token: Value = Client::new().post(url).json(&credentials).send().await?.json().await?;
        let home = format!("/integrators/v1/lock-holders/{}", holder.id);
        Ok(Self {
            lock: format!("{home}/locks/{}/", lock.id),
            keys: format!("{home}/keys/?limit=100"),
            token: token["access_token"].as_str().ok_or("no token")?.to_owned(),
        })
    }
}

/// One request, again and again.
struct Rung {
    name: String,
    address: String,
    request: String,
    rates: Vec<f64>,
}

impl Rung {
    fn new(sandbox: &Sandbox, name: String, path: &str, token: &str) -> Self {
        let address = sandbox.base_url().trim_start_matches("http://").to_owned();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
        Self { name, address, request, rates: Vec::new() }
    }

    /// A connection that has had one answer.
    fn open(&self) -> io::Result<Connection> {
        let mut connection = Connection::open(&self.address)?;
        connection.ask(&self.request)?;
        Ok(connection)
    }

    /// A round: every connection makes its calls, beside the others.
    fn measure(&mut self, plan: Plan) -> Result<()> {
        let calls = plan.calls(CALLS);
        let ready = Arc::new(Barrier::new(CONNECTIONS + 1));
        let took = thread::scope(|threads| {
            let work = || {
                let warm = self.open();
                ready.wait();
                let mut connection = warm?;
                (0..calls).try_for_each(|_| connection.ask(&self.request))
            };
            let runs: Vec<_> = (0..CONNECTIONS).map(|_| threads.spawn(work)).collect();
            ready.wait();
            let begun = Instant::now();
            for run in runs {
                run.join().map_err(|_| io::Error::other("a thread panicked"))??;
            }
            Ok::<_, io::Error>(begun.elapsed())
        })?;
        self.rates.push((CONNECTIONS * calls) as f64 / took.as_secs_f64());
        Ok(())
    }
}

/// A connection that is kept.
struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream), line: String::new(), body: Vec::new() })
    }

    /// Demands a 200 and reads it to its end.
    fn ask(&mut self, request: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut length = 0;
        for number in 0.. {
            self.line.clear();
            self.stream.read_line(&mut self.line)?;
            if number == 0 && !self.line.starts_with("HTTP/1.1 200") {
                return Err(io::Error::other(format!("no good answer: {}", self.line)));
            }
            if self.line.trim_end().is_empty() {
                break;
            }
            if let Some(value) = self.line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)
    }
}

#[derive(Default)]
struct Report(Vec<(String, Vec<f64>, usize)>);

impl Report {
    /// What was measured, how often it was, and how many digits behind the point are worth showing.
    fn add(&mut self, name: &str, mut values: Vec<f64>, digits: usize) {
        values.sort_by(f64::total_cmp);
        self.0.push((name.to_owned(), values, digits));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN).set_header(["what", "min", "median", "max", "measured"]);
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        for (name, values, digits) in &self.0 {
            let at = |place: usize| values.get(place).map_or(String::new(), |value| format!("{value:.digits$}"));
            let (median, last) = (at(values.len() / 2), at(values.len().saturating_sub(1)));
            table.add_row([name.clone(), at(0), median, last, format!("{}×", values.len())]);
        }
        table.fmt(f)
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
