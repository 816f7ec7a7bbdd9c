//! What a call costs through `unloc`, beside the same call through the client that progenitor makes by itself.

use std::process::ExitCode;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use tokio::runtime::Runtime;
use unloc::{LockHolder, Scope, Unloc};
use unloc_benches::{LOCKS, Plan, Report, Result, Rung, Server, TOKEN, interleave, plain};

const HOME: &str = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
const LOCK: &str = "4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f0000";
/// A number kept for fiction.
const GUEST: &str = "+12125550142";

fn main() -> ExitCode {
    unloc_benches::main(|plan| {
        let server = &Server::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let bench = Bench { plain: &plain_client(server)?, home: &home(server)?, runtime: &runtime, plan };
        let mut report = Report::default();
        bench.get_lock(&mut report)?;
        bench.get_locks(&mut report)?;
        bench.create_key(&mut report)?;
        Ok(report)
    })
}

struct Bench<'a> {
    plain: &'a plain::Client,
    home: &'a LockHolder,
    runtime: &'a Runtime,
    plan: Plan,
}

impl<'a> Bench<'a> {
    fn get_lock(&self, report: &mut Report) -> Result<()> {
        let (plain, home) = (self.plain, self.home);
        self.compare(
            report,
            "getLock",
            500,
            async move || {
                let lock = plain.get_lock().lock_holder_id(HOME).lock_id(LOCK).send().await?.into_inner().lock;
                fits(lock.id == LOCK)
            },
            async move || {
                let lock = home.get_lock().lock_id(LOCK).send().await?.into_inner().lock;
                fits(lock.id == LOCK)
            },
        )
    }

    fn get_locks(&self, report: &mut Report) -> Result<()> {
        let (plain, home) = (self.plain, self.home);
        self.compare(
            report,
            &format!("getLocks, {LOCKS} of them"),
            100,
            async move || {
                let locks = plain.get_locks().lock_holder_id(HOME).send().await?.into_inner().locks;
                fits(locks.len() == LOCKS)
            },
            async move || {
                let locks = home.get_locks().send().await?.into_inner().locks;
                fits(locks.len() == LOCKS)
            },
        )
    }

    fn create_key(&self, report: &mut Report) -> Result<()> {
        let (plain, home) = (self.plain, self.home);
        self.compare(
            report,
            "createKey",
            500,
            async move || {
                let guest = plain::types::PhoneNumber::from(GUEST.to_owned());
                let body = plain::types::CreateKeyRequest::builder().user_id(guest).duration_minutes(60);
                let call = plain.create_key().lock_holder_id(HOME).lock_id(LOCK).body(body);
                fits(call.send().await?.into_inner().key.id.is_some())
            },
            async move || {
                let body = unloc::types::CreateKeyRequest::builder().user_id(GUEST).duration_minutes(60);
                let call = home.create_key().lock_id(LOCK).body(body);
                fits(call.send().await?.into_inner().key.id.is_some())
            },
        )
    }

    /// Measures one operation through both clients; a full round has this many calls of each.
    fn compare(
        &self,
        report: &mut Report,
        operation: &str,
        calls: usize,
        plain: impl AsyncFnMut() -> Result<()> + 'a,
        unloc: impl AsyncFnMut() -> Result<()> + 'a,
    ) -> Result<()> {
        let mut rungs = [Rung::new("plain", self.runtime, plain), Rung::new("unloc", self.runtime, unloc)];
        let rounds = interleave(self.plan.rounds, self.plan.calls(calls), &mut rungs)?;
        report.add(operation, &rungs, &rounds);
        Ok(())
    }
}

fn fits(answer: bool) -> Result<()> {
    if answer { Ok(()) } else { Err("the answer is not the one that the server gives".into()) }
}

/// Progenitor's client over a reqwest client that differs from `unloc`'s own in two things: it brings the token, and it
/// has a timeout, as the one that progenitor makes by itself does. `unloc` keeps its time without reqwest.
fn plain_client(server: &Server) -> Result<plain::Client> {
    let mut token = HeaderValue::try_from(format!("Bearer {TOKEN}"))?;
    token.set_sensitive(true);
    let http = reqwest::Client::builder()
        .default_headers(HeaderMap::from_iter([(AUTHORIZATION, token)]))
        .user_agent("unloc-benches")
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(4))
        .timeout(Duration::from_secs(30))
        .no_proxy()
        .build()?;
    Ok(plain::Client::new_with_client(&format!("{}/integrators/v1", server.url()), http))
}

fn home(server: &Server) -> Result<LockHolder> {
    let unloc = Unloc::builder().environment(server.url()).client_credentials("bench", "EXAMPLE-SECRET").build()?;
    Ok(unloc.lock_holder_by_id(HOME, Scope::lock_holder_identifier("NO", "harbour-flats", "")?))
}
