//! Measures a hit in the token cache, on one thread and on two concurrent threads.
//!
//! For comparison, it measures reading the two clocks that decide whether a token has expired, and building a header
//! each time, as a program does that has its token in a variable.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::runtime::{Builder, Runtime};
use unloc::token::{Token, TokenCache};
use unloc::{Clock, Scope, Scopes, SystemClock};
use unloc_benches::{Plan, Result, Row, Spread, thread_time};

/// Is the length of a JWT with a few claims.
const TOKEN_LENGTH: usize = 500;
/// Is the number of scopes in the cache.
const SCOPES: usize = 1000;
const CALLS: usize = 50_000;
/// Is the index of the variant that the others are compared with.
const HEADER: usize = 1;

fn main() -> ExitCode {
    unloc_benches::main("token", |plan| {
        let cache = TokenCache::new(|_: Scopes| async {
            Ok(Token::new("x".repeat(TOKEN_LENGTH)).expires_in(Duration::from_secs(3600)))
        });
        let scopes: Vec<Scopes> = (0..SCOPES).map(scopes).collect::<Result<_>>()?;
        runtime()?.block_on(cache.prefetch(scopes.clone()))?;
        let variants: [(&str, Variant); 6] = [
            ("both clocks are read", Variant::Clocks),
            ("a header is put together", Variant::Header),
            ("hit, by the handle of a lock holder", Variant::Handle),
            ("hit, by one handle for 1 000 scopes", Variant::Shared),
            ("hit, two threads, one lock holder", Variant::Handles { same: true }),
            ("hit, two threads, a lock holder each", Variant::Handles { same: false }),
        ];
        let mut times = vec![Vec::new(); variants.len()];
        for round in 0..plan.rounds {
            for turn in 0..variants.len() {
                // Alternate the order, because the first variant of a round finds the machine in another state.
                let which = if round % 2 == 0 { turn } else { variants.len() - 1 - turn };
                times[which].push(variants[which].1.measure(&cache, &scopes, plan)?);
            }
        }
        let header = &times[HEADER];
        let row = |((name, _), times): (&(&str, Variant), &Vec<f64>)| {
            let ratios = times.iter().zip(header).map(|(own, header)| own / header);
            Row::new("", name)
                .with("CPU, ns", Spread::of(times.iter().copied()))
                .with("CPU to a header", Spread::of(ratios))
        };
        Ok(variants.iter().zip(&times).map(row).collect())
    })
}

enum Variant {
    Clocks,
    Header,
    Handle,
    Shared,
    Handles { same: bool },
}

impl Variant {
    /// Returns the processor time per call in nanoseconds, of the slower thread.
    fn measure(&self, cache: &TokenCache, scopes: &[Scopes], plan: Plan) -> Result<f64> {
        let calls = plan.calls(CALLS);
        match self {
            Self::Clocks => Ok(each(calls, |_| _ = black_box(SystemClock.now()))),
            Self::Header => {
                let token = black_box("x".repeat(TOKEN_LENGTH));
                let header = |_| drop(black_box(HeaderValue::try_from(format!("Bearer {token}"))));
                Ok(each(calls, header))
            }
            Self::Handle => hits(&cache.clone(), &scopes[..1], calls, &Barrier::new(1)),
            Self::Shared => hits(&cache.clone(), scopes, calls, &Barrier::new(1)),
            Self::Handles { same } => {
                let (ready, first) = (Arc::new(Barrier::new(2)), cache.clone());
                // Either one handle for both threads, or two handles, as two lock holders have.
                let (one, two) = if *same { (&first, &first) } else { (&first, &cache.clone()) };
                let theirs = [(one, &scopes[..1]), (two, if *same { &scopes[..1] } else { &scopes[1..2] })];
                let times = thread::scope(|threads| {
                    let runs = theirs.map(|(cache, scopes)| {
                        let ready = Arc::clone(&ready);
                        threads.spawn(move || hits(cache, scopes, calls, &ready).map_err(|error| error.to_string()))
                    });
                    runs.map(|run| run.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
                });
                let [one, two] = times;
                Ok(one?.max(two?))
            }
        }
    }
}

/// Gets tokens with their headers, for each scope in turn.
fn hits(cache: &TokenCache, scopes: &[Scopes], calls: usize, ready: &Barrier) -> Result<f64> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let mut next = scopes.iter().cycle();
        // The first call of a handle looks up its cache entry, which is not measured.
        for scopes in scopes {
            cache.get(scopes).await?;
        }
        ready.wait();
        let start = thread_time();
        for _ in 0..calls {
            let Some(scopes) = next.next() else { break };
            black_box(cache.get(scopes).await?);
        }
        Ok(nanoseconds(thread_time().saturating_sub(start), calls))
    })
}

fn each(calls: usize, mut call: impl FnMut(usize)) -> f64 {
    let start = thread_time();
    (0..calls).for_each(&mut call);
    nanoseconds(thread_time().saturating_sub(start), calls)
}

fn nanoseconds(time: Duration, calls: usize) -> f64 {
    time.as_nanos() as f64 / calls as f64
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_time().build()?)
}

fn scopes(number: usize) -> Result<Scopes> {
    Ok(Scope::lock_holder_identifier("NO", &format!("919424508-{number}"), "block-b")?.into())
}
