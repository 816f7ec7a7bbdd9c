//! Whatever happens in whatever order: random lives of a few callers, held against what must never happen.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::auth::scope::Scope;
use crate::auth::token::{FetchToken, TokenSource};
use crate::model::sensitive::Secret;

/// How many lives are tried, unless `PROPTEST_CASES` says it: `cargo xtask soak` tries a hundred times as many.
const CASES: u32 = 100;

/// One event of a life.
#[derive(Clone, Debug)]
enum Step {
    /// A call of an operation with one of two scopes, whose caller may give up.
    Call { idempotent: bool, home: u8, patience: Option<u64> },
    /// So many milliseconds pass.
    Pass(u64),
    /// The wall clock is set.
    SetWall(i64),
    /// The machine sleeps, and its steady clock may or may not go on.
    Suspend { seconds: u64, steady: bool },
    /// The source behaves like this from here on.
    Source(Source),
    /// The service answers the next requests like this.
    Answers(Vec<Reply>),
    /// The service takes no token that it gave out so far.
    Revoke,
    /// The program forgets a token.
    Invalidate { home: u8 },
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// If it naps, the machine sleeps as soon as the token is there, before anyone who waits is woken. If it keeps tokens, it
    /// gives the last one again while that lives, unless it had heard of a refusal when it was asked.
    Gives {
        lifetime: u64,
        takes: u64,
        naps: bool,
        keeps: bool,
    },
    Fails {
        takes: u64,
    },
    Panics,
    Hangs,
}

#[derive(Clone, Copy, Debug)]
enum Reply {
    Fine,
    Refused,
    Broken,
    Silent,
    Status(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let source = prop_oneof![
        4 => (prop_oneof![Just(1_u64), 5..120_u64, Just(3600)], 0..2000_u64, proptest::bool::weighted(0.2), any::<bool>())
            .prop_map(|(lifetime, takes, naps, keeps)| Source::Gives { lifetime, takes, naps, keeps }),
        2 => (0..2000_u64).prop_map(|takes| Source::Fails { takes }),
        1 => Just(Source::Panics),
        1 => Just(Source::Hangs),
    ];
    let reply = prop_oneof![
        2 => Just(Reply::Fine),
        1 => Just(Reply::Refused),
        1 => Just(Reply::Broken),
        1 => Just(Reply::Silent),
        1 => prop_oneof![Just(401_u16), Just(404), Just(429), Just(503)].prop_map(Reply::Status),
    ];
    prop_oneof![
        8 => (any::<bool>(), 0..2_u8, proptest::option::weighted(0.3, 0..3000_u64))
            .prop_map(|(idempotent, home, patience)| Step::Call { idempotent, home, patience }),
        6 => prop_oneof![0..600_u64, 600..30_000_u64, Just(100_000_u64)].prop_map(Step::Pass),
        1 => prop_oneof![Just(-3600_i64), -90..90_i64, Just(3600)].prop_map(Step::SetWall),
        1 => (1..8000_u64, any::<bool>()).prop_map(|(seconds, steady)| Step::Suspend { seconds, steady }),
        3 => source.prop_map(Step::Source),
        3 => proptest::collection::vec(reply, 1..5).prop_map(Step::Answers),
        1 => Just(Step::Revoke),
        1 => (0..2_u8).prop_map(|home| Step::Invalidate { home }),
    ]
}

/// The world that the calls live in, and all that went wrong in it.
struct World {
    clock: Arc<Manual>,
    cache: TokenCache,
    budget: Budget,
    replies: Mutex<VecDeque<Reply>>,
    tokens: Arc<Tokens>,
}

type Fetches = HashMap<Scopes, (Option<usize>, Option<Moment>)>;

/// What gives tokens out, and sees who asks.
struct Tokens {
    clock: Arc<Manual>,
    source: Mutex<Source>,
    given: AtomicUsize,
    /// When each token was given out, and for how long.
    lives: Mutex<Vec<(Moment, Duration)>>,
    revoked: AtomicUsize,
    /// The last token for each set of scopes, and those that it was told were refused.
    last: Mutex<HashMap<Scopes, usize>>,
    told: Mutex<HashSet<usize>>,
    begun: AtomicUsize,
    /// By scopes: the fetch that is under way, and when the last one failed.
    fetches: Mutex<Fetches>,
    wrongs: Mutex<Vec<String>>,
}

impl Tokens {
    fn wrong(&self, what: impl Into<String>) {
        self.wrongs.lock().unwrap().push(what.into());
    }

    fn fetches(&self) -> MutexGuard<'_, Fetches> {
        self.fetches.lock().unwrap()
    }

    async fn fetch(self: Arc<Self>, scopes: Scopes) -> Result<Token> {
        let now = self.clock.now();
        let number = self.begun.fetch_add(1, Ordering::SeqCst);
        let (flying, failed) = self.fetches().insert(scopes.clone(), (Some(number), None)).unwrap_or_default();
        if flying.is_some() {
            self.wrong("two fetches at once for the same scopes");
        }
        if failed.is_some_and(|failed| !failed.plus(Duration::from_millis(250)).is_past(now)) {
            self.wrong("a fetch in the pause behind a failure");
        }
        // Noted however it ends: with an answer, by a panic, or dropped because it took too long.
        let mut flight = Flight { tokens: Arc::clone(&self), scopes, number, failed: true };
        let source = *self.source.lock().unwrap();
        match source {
            Source::Gives { lifetime, takes, naps, keeps } => {
                let told = self.told.lock().unwrap().clone();
                let last = self.last.lock().unwrap().get(&flight.scopes).copied();
                let last = last.filter(|last| keeps && !told.contains(last));
                sleep(Duration::from_millis(takes)).await;
                if naps {
                    // Once: the machine is awake for the next one.
                    *self.source.lock().unwrap() = Source::Gives { lifetime, takes, naps: false, keeps };
                    let clock = Arc::clone(&self.clock);
                    tokio::spawn(async move { clock.suspend(Duration::from_secs(7200), false) });
                }
                if let Some(last) = last {
                    let (born, lifetime) = self.lives.lock().unwrap()[last - 1];
                    let rest = born.plus(lifetime).until(self.clock.now());
                    if !rest.is_zero() {
                        flight.failed = false;
                        return Ok(Token::new(last.to_string()).expires_in(rest));
                    }
                }
                let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
                self.last.lock().unwrap().insert(flight.scopes.clone(), number);
                let lifetime = Duration::from_secs(lifetime);
                self.lives.lock().unwrap().push((self.clock.now(), lifetime));
                flight.failed = false;
                Ok(Token::new(number.to_string()).expires_in(lifetime))
            }
            Source::Fails { takes } => {
                sleep(Duration::from_millis(takes)).await;
                Err(refused())
            }
            Source::Panics => panic!("on purpose"),
            Source::Hangs => std::future::pending().await,
        }
    }
}

/// The source, which hears of refusals.
struct Giver(Arc<Tokens>);

impl TokenSource for Giver {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(Arc::clone(&self.0).fetch(scopes))
    }

    fn rejected(&self, _: &Scopes, token: &Secret) {
        self.0.told.lock().unwrap().insert(token.expose().parse().unwrap());
    }
}

struct Flight {
    tokens: Arc<Tokens>,
    scopes: Scopes,
    number: usize,
    failed: bool,
}

impl Drop for Flight {
    fn drop(&mut self) {
        let failed = self.failed.then(|| self.tokens.clock.now());
        // What was given up says nothing any more.
        let mut fetches = self.tokens.fetches();
        if fetches.get(&self.scopes).is_some_and(|(flying, _)| *flying == Some(self.number)) {
            fetches.insert(self.scopes.clone(), (None, failed));
        }
    }
}

/// The wire of one call; knows whether the service may have acted on it.
struct Line {
    world: Arc<World>,
    idempotent: bool,
    may_have_arrived: bool,
    arrivals: u32,
    worst: Outcome,
    /// The tokens with which it was refused.
    refused: Vec<usize>,
}

impl Transport for Line {
    type Answer = ();

    async fn send(&mut self, bearer: Option<Bearer>, over: AttemptTimeout) -> Result<()> {
        let tokens = &self.world.tokens;
        let number: usize = bearer.unwrap().token().parse().unwrap();
        // Reckoned here by itself, on both clocks.
        let ((born, lifetime), now) = (tokens.lives.lock().unwrap()[number - 1], tokens.clock.now());
        let ages = [now.steady.saturating_sub(born.steady), now.wall.saturating_sub(born.wall)];
        if ages.iter().any(|age| *age >= lifetime) {
            tokens.wrong(format!("a dead token was sent: {ages:?} of {lifetime:?}"));
        }
        if self.refused.contains(&number) {
            tokens.wrong("a refused token was sent again, though the source had heard of the refusal");
        }
        if self.may_have_arrived && !self.idempotent {
            tokens.wrong("what makes a second key was sent again");
        }
        let reply = self.world.replies.lock().unwrap().pop_front().unwrap_or(Reply::Fine);
        let answer = match reply {
            Reply::Refused => Err(refused()),
            Reply::Broken => Err(broken()),
            Reply::Silent => {
                over.over.await;
                Err(timed_out())
            }
            _ if number <= tokens.revoked.load(Ordering::SeqCst) => Err(status(401)),
            Reply::Fine => Ok(()),
            Reply::Status(code) => Err(status(code)),
        };
        let outcome = answer.as_ref().map_or_else(Error::outcome, |()| Outcome::Accepted);
        self.worst = self.worst.max(outcome);
        self.arrivals += u32::from(outcome != Outcome::NotSent);
        // A refused token is known to have stopped the call before it did anything.
        let stopped = answer.as_ref().is_err_and(Error::is_unauthorized);
        self.refused.extend(stopped.then_some(number));
        self.may_have_arrived |= outcome != Outcome::NotSent && !stopped;
        answer
    }

    fn status((): &()) -> StatusCode {
        StatusCode::OK
    }
}

fn scopes(home: u8) -> Scopes {
    Scope::lock_holder_admin(format!("home-{home}")).unwrap().into()
}

/// One call from its beginning to its end, held against what its wire saw.
async fn call(world: Arc<World>, idempotent: bool, home: u8) -> Result<()> {
    let (may_have_arrived, arrivals, worst, refused) = (false, 0, Outcome::NotSent, Vec::new());
    let mut line = Line { world: Arc::clone(&world), idempotent, may_have_arrived, arrivals, worst, refused };
    let options = RequestOptions::new().merge(&RequestOptions::new());
    let scopes = scopes(home);
    let call = Call {
        operation: Operation::find(if idempotent { "getLocks" } else { "createKey" }).unwrap(),
        base_path: "/integrators/v1",
        clock: &*world.clock,
        budget: &world.budget,
        options: &options,
        tokens: Some((&world.cache, &scopes)),
    };
    let (tokens, begun) = (&world.tokens, Instant::now());
    let answer = call.make(&mut line).await.map(|(answer, _)| answer);
    if begun.elapsed() > options.operation_timeout + Duration::from_millis(10) {
        tokens.wrong(format!("a call went on behind its operation timeout, for {:?}", begun.elapsed()));
    }
    if let Err(error) = &answer {
        if error.attempts() != line.arrivals {
            tokens.wrong(format!("{} attempts, {} arrived: {error}", error.attempts(), line.arrivals));
        }
        // A failing source passes, unless it panics.
        let lasts = line.refused.len() > 1 || error.to_string().contains("panicked");
        if error.is_unauthorized() && !lasts && line.worst == Outcome::Rejected && !error.is_retryable() {
            tokens.wrong(format!("a call that waits for the next token gave up for good: {error}"));
        }
        if error.outcome() != line.worst {
            tokens.wrong(format!("{:?}, but it was {:?}: {error}", error.outcome(), line.worst));
        }
    }
    answer
}

/// Lives through the steps; gives what must never happen and did.
async fn live(steps: Vec<Step>) -> Vec<String> {
    let clock = Arc::new(Manual::with_jitter(0.5));
    let tokens = Arc::new(Tokens {
        clock: Arc::clone(&clock),
        source: Mutex::new(Source::Gives { lifetime: 60, takes: 100, naps: false, keeps: false }),
        given: AtomicUsize::new(0),
        lives: Mutex::default(),
        revoked: AtomicUsize::new(0),
        last: Mutex::default(),
        told: Mutex::default(),
        begun: AtomicUsize::new(0),
        fetches: Mutex::default(),
        wrongs: Mutex::default(),
    });
    let cache = TokenCache::builder(Giver(Arc::clone(&tokens)));
    let world = Arc::new(World {
        cache: cache.shared_clock(Arc::clone(&clock) as _).build(),
        budget: budget(20, &*clock),
        replies: Mutex::default(),
        clock,
        tokens,
    });
    let mut calls: Vec<JoinHandle<()>> = Vec::new();
    for step in steps {
        match step {
            Step::Call { idempotent, home, patience } => {
                let call = call(Arc::clone(&world), idempotent, home).map(drop);
                calls.push(match patience {
                    None => tokio::spawn(call),
                    Some(patience) => tokio::spawn(async move {
                        let _ = timeout(Duration::from_millis(patience), call).await;
                    }),
                });
            }
            Step::Pass(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
            Step::SetWall(seconds) => world.clock.set_wall(seconds),
            Step::Suspend { seconds, steady } => {
                world.clock.suspend(Duration::from_secs(seconds), steady);
                // A fetch that was under way for so long is given up, though it may come after all.
                if steady && seconds > 60 {
                    world.tokens.fetches().values_mut().for_each(|(flying, _)| *flying = None);
                }
            }
            Step::Source(source) => *world.tokens.source.lock().unwrap() = source,
            Step::Answers(replies) => *world.replies.lock().unwrap() = replies.into(),
            Step::Revoke => {
                let given = world.tokens.given.load(Ordering::SeqCst);
                world.tokens.revoked.store(given, Ordering::SeqCst);
            }
            Step::Invalidate { home } => {
                world.cache.invalidate(&scopes(home));
                // It is meant to end the pause.
                if let Some((_, failed)) = world.tokens.fetches().get_mut(&scopes(home)) {
                    *failed = None;
                }
            }
        }
    }
    for call in calls {
        // An operation timeout of a minute, and then some: no call is left behind, whatever became of its token.
        match timeout(Duration::from_secs(200), call).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => world.tokens.wrong(format!("a call panicked: {error}")),
            Err(_) => world.tokens.wrong("a call waits for ever"),
        }
    }
    // Once source and service are well again, whatever was parked, lost or paused stands in nobody's way.
    *world.tokens.source.lock().unwrap() = Source::Gives { lifetime: 60, takes: 100, naps: false, keeps: false };
    world.replies.lock().unwrap().clear();
    sleep(Duration::from_secs(200)).await;
    for home in 0..2 {
        if call(Arc::clone(&world), false, home).await.is_err() {
            world.tokens.wrong(format!("home {home} does not recover"));
        }
    }
    std::mem::take(&mut *world.tokens.wrongs.lock().unwrap())
}

#[test]
fn no_order_of_events_lets_a_dead_token_out_doubles_a_fetch_or_a_key_or_leaves_a_caller_waiting() {
    // The panics of the source are on purpose; their traces would only be noise.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.to_string().contains("on purpose") {
            hook(info);
        }
    }));
    let lives = proptest::collection::vec(step(), 1..25);
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    // To shrink a failure takes longer than to find it; this is enough to read it.
    let config = ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::with_cases(cases) };
    proptest!(config, |(steps in lives)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let wrongs = runtime.block_on(live(steps));
        prop_assert!(wrongs.is_empty(), "{wrongs:?}");
    });
}
