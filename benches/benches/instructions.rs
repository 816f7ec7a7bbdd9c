//! Counts the instructions of the CPU-bound parts of a call with valgrind, and compares them with the record.
//!
//! Counts are reproducible, so one run says what times say after many. Each part runs in two child processes with
//! different numbers of repetitions, so that their difference excludes the startup. Without valgrind, nothing is
//! counted and nothing fails.

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
    NO_LOCK, RECORD, Record, Result, Row, Spread, TOKEN, accept, begin_record, exit, finish_record, lock, locks, root,
    typed,
};

const BENCH: &str = "instructions";
/// Is the number of repetitions of the shorter run, which are subtracted from the longer one.
const WARM: usize = 5;
/// Limits the increase over the recorded count. Two runs of a program differ by less than 1 %, and so do two builds of
/// the same code by the same compiler.
const TOLERANCE: f64 = 0.05;
/// Limits the increase over a record of another compiler, processor or C library, whose allocator is a quarter of some
/// parts.
const FOREIGN_TOLERANCE: f64 = 0.30;
/// Is the argument that makes this program run one part a number of times.
const COUNT: &str = "count";

/// Describes a part: its name, its number of repetitions, and the function that repeats it.
struct Part {
    name: &'static str,
    times: usize,
    run: fn(usize) -> Result<()>,
}

const PARTS: [Part; 9] = [
    Part { name: "a cached token is found", times: 2000, run: token },
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
        // `cargo bench` passes `--bench`. Without it, `cargo test` runs a smoke test.
        _ if words.len() == arguments.len() => {
            PARTS.iter().try_for_each(|part| (part.run)(2)).map(|()| println!("smoke test passed; nothing was counted"))
        }
        [] | [RECORD] => measure(&arguments),
        other => Err(format!("unknown arguments `{}`; the only one is {RECORD}", other.join(" ")).into()),
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
    let record = begin_record(BENCH, arguments)?;
    let mut rows = Vec::new();
    for Part { name, times, .. } in PARTS {
        let (few, many) = (count_instructions(name, WARM)?, count_instructions(name, WARM + times)?);
        let each = (many.saturating_sub(few) as f64 / times as f64).round();
        rows.push(Row::new("", name).with(BENCH, Spread::single(each)));
    }
    let comparable = before.as_ref().is_some_and(|before| before.machine.is_like(&machine));
    let same = before.as_ref().is_some_and(|before| before.machine.compiles_like(&machine));
    let tolerance = if same { TOLERANCE } else { FOREIGN_TOLERANCE };
    let increases = before.as_ref().map(|before| increases(before, &rows, tolerance)).unwrap_or_default();
    finish_record(record, rows)?;
    match before {
        _ if arguments.iter().any(|argument| argument == RECORD) => Ok(()),
        None => Err(format!("there is no record to compare with; {RECORD} writes one").into()),
        Some(before) if !comparable => {
            let (system, arch) = (before.machine.system, before.machine.arch);
            println!("NOT COMPARED: the record was counted on {system}, {arch}; {RECORD} writes a new one");
            Ok(())
        }
        Some(_) if increases.is_empty() => {
            let why = if same { "" } else { "; the record is from another compiler, processor or C library" };
            println!("no count exceeds the record by more than {} %{why}", tolerance * 100.0);
            Ok(())
        }
        Some(_) => {
            let remedy = format!("if the increase is justified, {RECORD} records the new counts");
            Err(format!("more instructions than recorded: {increases}; {remedy}").into())
        }
    }
}

/// Describes the counts that exceed the record, and those that are not recorded.
fn increases(before: &Record, rows: &[Row], tolerance: f64) -> String {
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

/// Counts the instructions of a whole process.
fn count_instructions(name: &str, times: usize) -> Result<u64> {
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
    count.ok_or_else(|| format!("valgrind printed no instruction count: {said}").into())
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
        other => Err(format!("the server should refuse this lock, but the result is {other:?}").into()),
    })
}

/// Makes calls to a server on the same thread, so that one process executes everything that is counted.
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
