//! What the sandbox takes: time to start, memory for a large town, and time for a request from two connections.
//!
//! The client is as small as can be, two threads with a socket each, so that the figures are the sandbox's.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use unloc_benches::{Plan, Result, Row, Spread, held_by};
use unloc_sandbox::Sandbox;

const STARTS: usize = 200;
const CONNECTIONS: usize = 2;
const CALLS: usize = 500;
/// How many keys the town made by hand has, and how many the large one.
const TOWNS: [usize; 2] = [17, 100_000];

fn main() -> ExitCode {
    unloc_benches::main("sandbox", |plan| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (mut starts, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..plan.calls(STARTS) {
            let (_, start, answer) = serve(&runtime, None)?;
            starts.push(millis(start));
            answers.push(millis(answer));
        }
        let mut rows = vec![time("start", starts), time("start and first answer", answers)];

        let (small, held_small) = held_by(|| serve(&runtime, Some(TOWNS[0])));
        let (large, held_large) = held_by(|| serve(&runtime, Some(TOWNS[1])));
        let ((small, ..), (large, started, _)) = (small?, large?);
        rows.push(time("start with 100 000 keys", vec![millis(started)]));
        let memory = |name: &str, bytes: f64| Row::new("", name).with("memory", "bytes", Spread::single(bytes.round()));
        rows.push(memory("a sandbox", held_small as f64));
        let more = held_large.saturating_sub(held_small) as f64;
        rows.push(memory("a key of 100 000", more / (TOWNS[1] - TOWNS[0]) as f64));

        let mut rungs = Vec::new();
        for (sandbox, keys) in [(&small, "17 keys"), (&large, "100 000 keys")] {
            let paths = runtime.block_on(Paths::of(sandbox))?;
            rungs.push(Rung::new(sandbox, format!("getLock, {keys}"), &paths.lock, &paths.token));
            rungs.push(Rung::new(sandbox, format!("getKeys, limit 100, {keys}"), &paths.keys, &paths.token));
        }
        for round in 0..plan.rounds {
            for turn in 0..rungs.len() {
                // What comes first finds another machine than what comes last.
                let which = if round % 2 == 0 { turn } else { rungs.len() - 1 - turn };
                rungs[which].measure(plan)?;
            }
        }
        rows.extend(
            rungs
                .into_iter()
                .map(|rung| Row::new("", &rung.name).with("answers", "per second", Spread::of(rung.rates))),
        );
        Ok(rows)
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

fn time(name: &str, times: Vec<f64>) -> Row {
    Row::new("", name).with("time", "ms", Spread::of(times))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
