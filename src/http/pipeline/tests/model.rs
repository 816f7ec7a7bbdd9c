//! Model test: runs random sequences of events for a few callers, and checks invariants that no sequence may violate.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::auth::scope::Scope;
use crate::auth::token::{FetchToken, TokenSource};
use crate::model::sensitive::Secret;

/// Sets the number of sequences, unless `PROPTEST_CASES` does: `cargo xtask soak` runs a hundred times as many.
const CASES: u32 = 100;

/// Describes one event of a sequence.
#[derive(Clone, Debug)]
enum Step {
    /// A caller calls an operation with one of two scopes, and may drop the call after `patience` milliseconds.
    Call { idempotent: bool, home: u8, patience: Option<u64> },
    /// So many milliseconds elapse.
    Wait(u64),
    /// The wall clock is set by so many seconds.
    SetWall(i64),
    /// The machine is suspended; its steady clock may or may not go on.
    Suspend { seconds: u64, steady: bool },
    /// The token source behaves like this from now on.
    Source(Source),
    /// The service responds to the next requests like this.
    Replies(Vec<Reply>),
    /// The service refuses all tokens issued so far.
    Revoke,
    /// The program invalidates a cached token.
    Invalidate { home: u8 },
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// The source issues tokens. With `suspends`, the machine is suspended once, when a token has arrived and before
    /// its waiters are woken. With `caches`, the source returns its last token again until that expires, unless it had
    /// been told about a refusal when the fetch began.
    Issues {
        lifetime: u64,
        takes: u64,
        suspends: bool,
        caches: bool,
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
            .prop_map(|(lifetime, takes, suspends, caches)| Source::Issues { lifetime, takes, suspends, caches }),
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
        6 => prop_oneof![0..600_u64, 600..30_000_u64, Just(100_000_u64)].prop_map(Step::Wait),
        1 => prop_oneof![Just(-3600_i64), -90..90_i64, Just(3600)].prop_map(Step::SetWall),
        1 => (1..8000_u64, any::<bool>()).prop_map(|(seconds, steady)| Step::Suspend { seconds, steady }),
        3 => source.prop_map(Step::Source),
        3 => proptest::collection::vec(reply, 1..5).prop_map(Step::Replies),
        1 => Just(Step::Revoke),
        1 => (0..2_u8).prop_map(|home| Step::Invalidate { home }),
    ]
}

/// Holds the environment of the calls.
struct World {
    clock: Arc<Manual>,
    cache: TokenCache,
    budget: Budget,
    replies: Mutex<VecDeque<Reply>>,
    tokens: Arc<Tokens>,
}

type Fetches = HashMap<Scopes, (Option<usize>, Option<Moment>)>;

/// Issues tokens, records fetches, and collects violations.
struct Tokens {
    clock: Arc<Manual>,
    source: Mutex<Source>,
    issued: AtomicUsize,
    /// Holds for each token when it was issued, and its lifetime.
    lifetimes: Mutex<Vec<(Moment, Duration)>>,
    revoked: AtomicUsize,
    /// Holds the last token for each set of scopes.
    last: Mutex<HashMap<Scopes, usize>>,
    /// Holds the tokens about whose refusal the source was told.
    rejected: Mutex<HashSet<usize>>,
    started: AtomicUsize,
    /// Holds for each set of scopes the fetch in flight, and when the last one failed.
    fetches: Mutex<Fetches>,
    violations: Mutex<Vec<String>>,
}

impl Tokens {
    fn violation(&self, what: impl Into<String>) {
        self.violations.lock().unwrap().push(what.into());
    }

    fn fetches(&self) -> MutexGuard<'_, Fetches> {
        self.fetches.lock().unwrap()
    }

    async fn fetch(self: Arc<Self>, scopes: Scopes) -> Result<Token> {
        let now = self.clock.now();
        let number = self.started.fetch_add(1, Ordering::SeqCst);
        let (in_flight, failed) = self.fetches().insert(scopes.clone(), (Some(number), None)).unwrap_or_default();
        if in_flight.is_some() {
            self.violation("two concurrent fetches for the same scopes");
        }
        if failed.is_some_and(|failed| !failed.plus(Duration::from_millis(250)).is_past(now)) {
            self.violation("a fetch during the pause after a failure");
        }
        // Records the end of the fetch, whatever it is: a token, a panic, or a drop because it took too long.
        let mut fetch = Fetch { tokens: Arc::clone(&self), scopes, number, failed: true };
        let source = *self.source.lock().unwrap();
        match source {
            Source::Issues { lifetime, takes, suspends, caches } => {
                let rejected = self.rejected.lock().unwrap().clone();
                let last = self.last.lock().unwrap().get(&fetch.scopes).copied();
                let last = last.filter(|last| caches && !rejected.contains(last));
                sleep(Duration::from_millis(takes)).await;
                if suspends {
                    // Once: the next token arrives while the machine is awake.
                    *self.source.lock().unwrap() = Source::Issues { lifetime, takes, suspends: false, caches };
                    let clock = Arc::clone(&self.clock);
                    tokio::spawn(async move { clock.suspend(Duration::from_secs(7200), false) });
                }
                if let Some(last) = last {
                    let (issued, lifetime) = self.lifetimes.lock().unwrap()[last - 1];
                    let rest = issued.plus(lifetime).until(self.clock.now());
                    if !rest.is_zero() {
                        fetch.failed = false;
                        return Ok(Token::new(last.to_string()).expires_in(rest));
                    }
                }
                let number = self.issued.fetch_add(1, Ordering::SeqCst) + 1;
                self.last.lock().unwrap().insert(fetch.scopes.clone(), number);
                let lifetime = Duration::from_secs(lifetime);
                self.lifetimes.lock().unwrap().push((self.clock.now(), lifetime));
                fetch.failed = false;
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

/// Fetches tokens, and is told about refusals.
struct RejectionAwareSource(Arc<Tokens>);

impl TokenSource for RejectionAwareSource {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(Arc::clone(&self.0).fetch(scopes))
    }

    fn rejected(&self, _: &Scopes, token: &Secret) {
        self.0.rejected.lock().unwrap().insert(token.expose().parse().unwrap());
    }
}

/// Records the end of a fetch when it is dropped.
struct Fetch {
    tokens: Arc<Tokens>,
    scopes: Scopes,
    number: usize,
    failed: bool,
}

impl Drop for Fetch {
    fn drop(&mut self) {
        let failed = self.failed.then(|| self.tokens.clock.now());
        // A later fetch may have replaced this one after it was given up.
        let mut fetches = self.tokens.fetches();
        if fetches.get(&self.scopes).is_some_and(|(in_flight, _)| *in_flight == Some(self.number)) {
            fetches.insert(self.scopes.clone(), (None, failed));
        }
    }
}

/// Fakes the transport of one call, and checks each request that is sent.
struct FakeTransport {
    world: Arc<World>,
    idempotent: bool,
    /// Is set once the service may have acted on the call.
    may_have_acted: bool,
    arrivals: u32,
    worst: Outcome,
    /// Holds the tokens with which the call was refused.
    refused: Vec<usize>,
}

impl Transport for FakeTransport {
    type Response = ();

    async fn send(&mut self, bearer: Option<Bearer>, timeout: AttemptTimeout) -> Result<()> {
        let tokens = &self.world.tokens;
        let number: usize = bearer.unwrap().token().parse().unwrap();
        // Computed here independently of the cache, by both clocks.
        let ((issued, lifetime), now) = (tokens.lifetimes.lock().unwrap()[number - 1], tokens.clock.now());
        let ages = [now.steady.saturating_sub(issued.steady), now.wall.saturating_sub(issued.wall)];
        if ages.iter().any(|age| *age >= lifetime) {
            tokens.violation(format!("an expired token was sent: {ages:?} of {lifetime:?}"));
        }
        if self.refused.contains(&number) {
            tokens.violation("a refused token was sent again, although the source was told about the refusal");
        }
        if self.may_have_acted && !self.idempotent {
            tokens.violation("a call that is not idempotent was retried after it may have acted");
        }
        let reply = self.world.replies.lock().unwrap().pop_front().unwrap_or(Reply::Fine);
        let response = match reply {
            Reply::Refused => Err(refused()),
            Reply::Broken => Err(broken()),
            Reply::Silent => {
                timeout.elapsed.await;
                Err(timed_out())
            }
            _ if number <= tokens.revoked.load(Ordering::SeqCst) => Err(status(401)),
            Reply::Fine => Ok(()),
            Reply::Status(code) => Err(status(code)),
        };
        let outcome = response.as_ref().map_or_else(Error::outcome, |()| Outcome::Accepted);
        self.worst = self.worst.max(outcome);
        self.arrivals += u32::from(outcome != Outcome::NotSent);
        // A service that refuses the token has done nothing.
        let stopped = response.as_ref().is_err_and(Error::is_unauthorized);
        self.refused.extend(stopped.then_some(number));
        self.may_have_acted |= outcome != Outcome::NotSent && !stopped;
        response
    }

    fn status((): &()) -> StatusCode {
        StatusCode::OK
    }
}

fn scopes(home: u8) -> Scopes {
    Scope::lock_holder_admin(format!("home-{home}")).unwrap().into()
}

/// Makes one call, and compares its result with what its transport saw.
async fn call(world: Arc<World>, idempotent: bool, home: u8) -> Result<()> {
    let (may_have_acted, arrivals, worst, refused) = (false, 0, Outcome::NotSent, Vec::new());
    let mut transport =
        FakeTransport { world: Arc::clone(&world), idempotent, may_have_acted, arrivals, worst, refused };
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
    let (tokens, started) = (&world.tokens, Instant::now());
    let result = call.make(&mut transport).await.map(|((), _)| ());
    if started.elapsed() > options.operation_timeout + Duration::from_millis(10) {
        tokens.violation(format!("a call went on after its operation timeout, for {:?}", started.elapsed()));
    }
    if let Err(error) = &result {
        if error.attempts() != transport.arrivals {
            tokens.violation(format!(
                "the error counts {} attempts, but {} requests arrived: {error}",
                error.attempts(),
                transport.arrivals
            ));
        }
        // A source that fails is transient here, unless it panics.
        let permanent = transport.refused.len() > 1 || error.to_string().contains("panicked");
        if error.is_unauthorized() && !permanent && transport.worst == Outcome::Rejected && !error.is_retryable() {
            tokens.violation(format!("the error of a call that waited for the next token is not retryable: {error}"));
        }
        if error.outcome() != transport.worst {
            tokens.violation(format!(
                "the error has the outcome {:?}, but the worst attempt had {:?}: {error}",
                error.outcome(),
                transport.worst
            ));
        }
    }
    result
}

/// Runs the steps; returns the violations.
async fn run(steps: Vec<Step>) -> Vec<String> {
    let clock = Arc::new(Manual::with_jitter(0.5));
    let tokens = Arc::new(Tokens {
        clock: Arc::clone(&clock),
        source: Mutex::new(Source::Issues { lifetime: 60, takes: 100, suspends: false, caches: false }),
        issued: AtomicUsize::new(0),
        lifetimes: Mutex::default(),
        revoked: AtomicUsize::new(0),
        last: Mutex::default(),
        rejected: Mutex::default(),
        started: AtomicUsize::new(0),
        fetches: Mutex::default(),
        violations: Mutex::default(),
    });
    let cache = TokenCache::builder(RejectionAwareSource(Arc::clone(&tokens)));
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
            Step::Wait(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
            Step::SetWall(seconds) => world.clock.set_wall(seconds),
            Step::Suspend { seconds, steady } => {
                world.clock.suspend(Duration::from_secs(seconds), steady);
                // The cache gives up a fetch that took so long, although its token may still arrive.
                if steady && seconds > 60 {
                    world.tokens.fetches().values_mut().for_each(|(in_flight, _)| *in_flight = None);
                }
            }
            Step::Source(source) => *world.tokens.source.lock().unwrap() = source,
            Step::Replies(replies) => *world.replies.lock().unwrap() = replies.into(),
            Step::Revoke => {
                let issued = world.tokens.issued.load(Ordering::SeqCst);
                world.tokens.revoked.store(issued, Ordering::SeqCst);
            }
            Step::Invalidate { home } => {
                world.cache.invalidate(&scopes(home));
                // Invalidating ends the pause after a failure.
                if let Some((_, failed)) = world.tokens.fetches().get_mut(&scopes(home)) {
                    *failed = None;
                }
            }
        }
    }
    for call in calls {
        // The operation timeout is a minute: every call has ended by now, whatever happened to its token.
        match timeout(Duration::from_secs(200), call).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => world.tokens.violation(format!("a call panicked: {error}")),
            Err(_) => world.tokens.violation("a call never ended"),
        }
    }
    // Once source and service work again, no stuck fetch and no pause may keep a call from succeeding.
    *world.tokens.source.lock().unwrap() = Source::Issues { lifetime: 60, takes: 100, suspends: false, caches: false };
    world.replies.lock().unwrap().clear();
    sleep(Duration::from_secs(200)).await;
    for home in 0..2 {
        if call(Arc::clone(&world), false, home).await.is_err() {
            world.tokens.violation(format!("calls for home {home} do not recover"));
        }
    }
    std::mem::take(&mut *world.tokens.violations.lock().unwrap())
}

#[test]
fn no_sequence_of_events_violates_an_invariant() {
    // The source panics on purpose; hide those backtraces.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.to_string().contains("on purpose") {
            hook(info);
        }
    }));
    let sequences = proptest::collection::vec(step(), 1..25);
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    // Shrinking takes longer than finding a failure; 2000 steps make it readable.
    let config = ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::with_cases(cases) };
    proptest!(config, |(steps in sequences)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let violations = runtime.block_on(run(steps));
        prop_assert!(violations.is_empty(), "{violations:?}");
    });
}
