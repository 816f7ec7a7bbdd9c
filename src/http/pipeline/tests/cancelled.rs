//! Tests when a cancelled call ends, and what its error says about the service.

use super::*;

/// Makes a call that is cancelled after this time. A token takes 0.5 s, each response a second.
async fn cancelled(after: f64, errors: impl IntoIterator<Item = Error>) -> (Error, usize) {
    cancelled_call("createKey", after, errors).await
}

async fn cancelled_call(id: &str, after: f64, errors: impl IntoIterator<Item = Error>) -> (Error, usize) {
    let service = Service { latency: Duration::from_secs(1), ..Service::new(errors) };
    let options = defaults().cancel_on(sleep(Duration::from_secs_f64(after)));
    let begun = Instant::now();
    let error = service.call(id, options).await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs_f64(), after);
    assert_eq!((error.kind(), error.is_transient()), (ErrorKind::Cancelled, false), "{error}");
    (error, service.sent.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_before_it_is_sent_has_done_nothing() {
    for after in [0.0, 0.4] {
        let (error, sent) = cancelled(after, []).await;
        assert_eq!((error.outcome(), error.attempts(), sent), (Outcome::NotSent, 0, 0), "{after}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_in_flight_may_have_been_carried_out() {
    let (error, sent) = cancelled(1.0, []).await;
    assert_eq!((error.outcome(), error.attempts(), sent), (Outcome::Unknown, 1, 1), "{error}");
    // The second attempt begins 1 s after the first one has ended, plus jitter of at most 0.25 s.
    let busy = status(503).retry_in(Duration::from_secs(1));
    let (error, _) = cancelled_call("getLocks", 3.0, [busy]).await;
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 2), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_between_attempts_keeps_the_worst_outcome() {
    // The first attempt ends after 1.5 s, and the next one begins 5 s later.
    let unsent = Error::new(ErrorKind::Connection, "no connection").retry_in(Duration::from_secs(5));
    for (id, failure, outcome, attempts) in [
        ("createKey", unsent, Outcome::NotSent, 0),
        ("getLocks", status(503).retry_in(Duration::from_secs(5)), Outcome::Unknown, 1),
        ("getLocks", status(429).retry_in(Duration::from_secs(5)), Outcome::Rejected, 1),
    ] {
        let (error, _) = cancelled_call(id, 3.0, [failure]).await;
        assert_eq!((error.outcome(), error.attempts()), (outcome, attempts), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_that_never_comes_changes_nothing() {
    let service = Service::new([]);
    let options = defaults().cancel_on(std::future::pending());
    assert!(service.call("createKey", options.clone()).await.is_ok());
    assert!(service.call("getLocks", options).await.is_ok());
}

/// Fakes a transport that has received the head of a response, and waits for the body.
struct Receiving(u16);

impl Transport for Receiving {
    type Response = ();

    async fn send(&mut self, _: Option<Bearer>, _: AttemptTimeout) -> Result<()> {
        std::future::pending().await
    }

    fn status((): &()) -> StatusCode {
        StatusCode::OK
    }

    fn head(&mut self) -> Option<(StatusCode, HeaderMap)> {
        let headers = HeaderMap::from_iter([("x-request-id".parse().unwrap(), "r-7".parse().unwrap())]);
        Some((StatusCode::from_u16(self.0).unwrap(), headers))
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_in_the_body_of_a_response_has_the_outcome_of_its_status() {
    for (status, outcome) in [(403, Outcome::Rejected), (503, Outcome::Unknown), (201, Outcome::Accepted)] {
        let service = Service::new([]);
        let options = defaults().cancel_on(sleep(Duration::from_secs(1))).merge(&RequestOptions::new());
        let call = Call {
            operation: Operation::find("createKey").unwrap(),
            base_path: "/integrators/v1",
            clock: &*service.clock,
            budget: &service.budget,
            options: &options,
            tokens: None,
        };
        let error = call.make(&mut Receiving(status)).await.err().unwrap();
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Cancelled, outcome, 1), "{error}");
        assert!(!error.is_retryable());
        if outcome == Outcome::Accepted {
            assert_eq!((error.status().map(|status| status.as_u16()), error.request_id()), (Some(201), Some("r-7")));
            assert!(
                error.to_string().contains("cancelled") && error.to_string().contains("was carried out"),
                "{error}"
            );
        }
    }
}
