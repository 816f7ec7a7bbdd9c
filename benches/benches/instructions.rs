//! How many instructions the parts of a call take that do not wait for anything, counted by valgrind and held against
//! what is recorded: they say after one run what times say after many.
//!
//! A part is run some times, and then more often, as this program once more; the difference is the part alone, without
//! what it takes to start. Without valgrind nothing is counted, and nothing fails.

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::process::{Command, ExitCode};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use unloc::token::{Token, TokenCache};
use unloc::types::Lock;
use unloc::{LockHolderClient, Scope, Scopes, Unloc};
use unloc_benches::{
    NO_LOCK, RECORD, Record, Result, Row, Spread, TOKEN, accept, begin, exit, finish, lock, locks, root, typed,
};

const BENCH: &str = "instructions";
/// How often a part is run before it counts.
const WARM: usize = 5;
/// What a count may be above the recorded one. Two runs of a program differ by less than a hundredth, and so do two
/// builds of the same code by the same compiler.
const TOLERANCE: f64 = 0.05;
/// The same beside another compiler, processor or C library: a quarter of some parts is its allocator.
const FAR: f64 = 0.30;
/// The argument that makes this program run one part so many times.
const COUNT: &str = "count";

/// A part, how often it is run when it counts, and what it does so many times.
struct Part {
    name: &'static str,
    times: usize,
    run: fn(usize) -> Result<()>,
}

const PARTS: [Part; 9] = [
    Part { name: "a kept token is found", times: 2000, run: token },
    Part { name: "scopes are put together", times: 2000, run: scopes },
    Part { name: "scopes are read", times: 2000, run: scopes_from_text },
    Part { name: "one lock is read", times: 1000, run: one_lock },
    Part { name: "one lock is read, types by hand", times: 1000, run: one_lock_by_hand },
    Part { name: "200 locks are read", times: 20, run: many_locks },
    Part { name: "200 locks are read, types by hand", times: 20, run: many_locks_by_hand },
    Part { name: "a whole call, and its server", times: 500, run: good_call },
    Part { name: "a call that is refused, and its server", times: 500, run: refused_call },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    exit(match words.as_slice() {
        [COUNT, name, times] => times.parse().map_err(Into::into).and_then(|times| run(name, times)),
        // `cargo bench` says `--bench`; without it, it is `cargo test` that asks whether this works at all.
        _ if words.len() == arguments.len() => {
            PARTS.iter().try_for_each(|part| (part.run)(2)).map(|()| println!("works; nothing was counted"))
        }
        [] | [RECORD] => measure(&arguments),
        other => Err(format!("`{}` is not understood: {RECORD} or nothing", other.join(" ")).into()),
    })
}

fn run(name: &str, times: usize) -> Result<()> {
    let part = PARTS.iter().find(|part| part.name == name).ok_or("there is no such part")?;
    (part.run)(times)
}

fn measure(arguments: &[String]) -> Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("SKIPPED: valgrind is not installed (apt-get install valgrind)");
        return Ok(());
    }
    let machine = unloc_benches::this_machine();
    let before = Record::read(root(), BENCH).ok();
    let record = begin(BENCH, arguments)?;
    let mut rows = Vec::new();
    for Part { name, times, .. } in PARTS {
        let (few, many) = (counted(name, WARM)?, counted(name, WARM + times)?);
        let each = (many.saturating_sub(few) as f64 / times as f64).round();
        rows.push(Row::new("", name).with(BENCH, Spread::single(each)));
    }
    let alike = before.as_ref().is_some_and(|before| before.machine.is_like(&machine));
    let same = before.as_ref().is_some_and(|before| before.machine.compiles_like(&machine));
    let tolerance = if same { TOLERANCE } else { FAR };
    let grown = before.as_ref().map(|before| grown(before, &rows, tolerance)).unwrap_or_default();
    finish(record, rows)?;
    match before {
        _ if arguments.iter().any(|argument| argument == RECORD) => Ok(()),
        None => Err(format!("nothing is recorded to compare this with: {RECORD} does it").into()),
        Some(before) if !alike => {
            let (system, arch) = (before.machine.system, before.machine.arch);
            println!("NOT COMPARED: what is recorded was counted on {system}, {arch}; {RECORD} does it anew");
            Ok(())
        }
        Some(_) if grown.is_empty() => {
            let why = if same { "" } else { ": it was another compiler, processor or C library" };
            println!("none is above what is recorded by more than {} %{why}", tolerance * 100.0);
            Ok(())
        }
        Some(_) => Err(format!("more instructions than recorded; if they are worth it, {RECORD}: {grown}").into()),
    }
}

/// What takes more than it did, and what is not recorded.
fn grown(before: &Record, rows: &[Row], tolerance: f64) -> String {
    let count = |row: &Row| row.get(BENCH).map(Spread::median);
    let what = rows.iter().filter_map(|row| {
        let (now, name) = (count(row)?, &row.name);
        match before.rows.iter().find(|row| row.name == *name).and_then(count) {
            None => Some(format!("{name}: {now}, and none recorded")),
            Some(then) if now > then * (1.0 + tolerance) => Some(format!("{name}: {now} instead of {then}")),
            Some(_) => None,
        }
    });
    what.collect::<Vec<_>>().join("; ")
}

/// The instructions of a whole process.
fn counted(name: &str, times: usize) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([COUNT, name, &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{name}: {said}").into());
    }
    let count = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind does not say how many instructions it saw: {said}").into())
}

fn token(times: usize) -> Result<()> {
    let cache = TokenCache::new(a_token);
    let scopes = Scopes::from(scope()?);
    runtime()?.block_on(async {
        for _ in 0..times {
            black_box(cache.get(black_box(&scopes)).await?);
        }
        Ok(())
    })
}

fn scopes(times: usize) -> Result<()> {
    for _ in 0..times {
        black_box(Scopes::from(scope()?));
    }
    Ok(())
}

fn scopes_from_text(times: usize) -> Result<()> {
    let text = Scopes::from(scope()?).to_string();
    for _ in 0..times {
        black_box(black_box(&text).parse::<Scopes>()?);
    }
    Ok(())
}

fn one_lock(times: usize) -> Result<()> {
    read::<typed::LockEnvelope<Lock>>(&lock(), times)
}

fn one_lock_by_hand(times: usize) -> Result<()> {
    read::<typed::LockEnvelope>(&lock(), times)
}

fn many_locks(times: usize) -> Result<()> {
    read::<typed::Locks<Lock>>(&locks(), times)
}

fn many_locks_by_hand(times: usize) -> Result<()> {
    read::<typed::Locks>(&locks(), times)
}

fn read<T: DeserializeOwned>(body: &str, times: usize) -> Result<()> {
    for _ in 0..times {
        black_box(serde_json::from_str::<T>(black_box(body))?);
    }
    Ok(())
}

fn good_call(times: usize) -> Result<()> {
    calls(times, async |home| {
        black_box(home.get_lock().lock_id("front-door").send().await?);
        Ok(())
    })
}

fn refused_call(times: usize) -> Result<()> {
    calls(times, async |home| match home.get_lock().lock_id(NO_LOCK).send().await {
        Err(error) if error.code() == Some("NotFound") => Ok(()),
        other => Err(format!("the server refuses this lock, and it came {other:?}").into()),
    })
}

/// Makes calls of a server on the same thread, so that one process has all there is to count.
fn calls(times: usize, call: impl AsyncFn(&LockHolderClient) -> Result<()>) -> Result<()> {
    runtime()?.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(accept(listener));
        let unloc = Unloc::builder().environment(url.as_str()).token_source(a_token).build()?;
        let home = unloc.lock_holder_by_id("harbour-flats", scope()?);
        for _ in 0..times {
            call(&home).await?;
        }
        Ok(())
    })
}

async fn a_token(_: Scopes) -> unloc::Result<Token> {
    Ok(Token::new(TOKEN).expires_in(Duration::from_secs(24 * 3600)))
}

fn scope() -> Result<Scope> {
    Ok(Scope::lock_holder_identifier("NO", "919424508", "block-b")?)
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
