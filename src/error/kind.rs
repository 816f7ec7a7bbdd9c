//! Defines the kinds of errors, and the outcomes of a call.

/// Says where an error arose. Each kind documents whether the operation may have been carried out, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A client could not be built or used: a URL, a credential or a TLS setting is missing or wrong, or no Tokio
    /// runtime is running.
    ///
    /// *Carried out?* No. *What to do:* correct the configuration.
    Configuration,
    /// A scope could not be formed, or its claims contradict each other.
    ///
    /// *Carried out?* No. *What to do:* check the lock holder's country, organization id and suffix.
    Scope,
    /// The request could not be built: a parameter is missing, or a value or a header cannot be sent.
    ///
    /// *Carried out?* No. *What to do:* correct the call.
    Request,
    /// The token source returned no token.
    ///
    /// If the source could not be reached, the kind is [`Connection`](Self::Connection) or [`Timeout`](Self::Timeout),
    /// and the message says `no access token`.
    ///
    /// *Carried out?* No: this attempt sent no request to the service. *What to do:* read
    /// [`Error::status`](crate::Error::status) and [`Error::code`](crate::Error::code), which are the token endpoint's
    /// if it responded. `invalid_client` means that the credentials are wrong or belong to another environment.
    /// `invalid_scope` means that these credentials may not manage the lock holder. The token cache does not ask again
    /// before [`Error::retry_after`](crate::Error::retry_after) is over.
    Token,
    /// The service responded with an error, described by [`Error::status`](crate::Error::status),
    /// [`Error::code`](crate::Error::code) and [`Error::description`](crate::Error::description).
    ///
    /// *Carried out?* Possibly after 5xx, 303 and 408, not after other 3xx and 4xx; see [`Outcome`]. *What to do:* by
    /// status:
    ///
    /// * 401: check the credentials and the scope. The SDK retries a 401 once with a fresh token. So either the service
    ///   refused that token as well, or no fresh token could be fetched. The hint says which. If fetching it failed for
    ///   a transient reason, the error is retryable.
    /// * 403: the token's scope does not cover the lock holder.
    /// * 409: something exists already or is busy.
    /// * 429: too many calls; see [`Error::retry_after`](crate::Error::retry_after).
    Service,
    /// The service's certificate does not verify.
    ///
    /// *Carried out?* No. *What to do:* check the base URL, the machine's clock and the trusted root certificates. The
    /// failure is not transient, and the call is not retried.
    Certificate,
    /// The connection could not be made, or it broke.
    ///
    /// *Carried out?* [`Outcome::NotSent`] if there never was a connection, [`Outcome::Unknown`] if it broke before a
    /// response, [`Outcome::Accepted`] if it broke in the middle of a successful response. *What to do:* see
    /// [`Outcome`]. If the operation is not idempotent and the outcome is `Unknown` or `Accepted`, look first for what
    /// it has done.
    Connection,
    /// A time limit was reached: of an attempt, of the whole call, of a connection, or of fetching a token.
    ///
    /// *Carried out?* As for [`Connection`](Self::Connection). *What to do:* the same. Four places set the limits:
    ///
    /// * [`RequestOptions`](crate::RequestOptions): an attempt and the whole call, with its wait for a token.
    /// * `configure_http` of [`UnlocBuilder`](crate::UnlocBuilder): a connection.
    /// * [`TokenCacheBuilder::fetch_limit`](crate::token::TokenCacheBuilder::fetch_limit): fetching a token.
    /// * [`ClientCredentials`](crate::ClientCredentials): a token request has ten seconds.
    Timeout,
    /// The service reported success, but the body of its response does not match the spec.
    ///
    /// Responses are decoded leniently before this error is returned:
    ///
    /// * A byte order mark before the body is ignored.
    /// * Of a property that occurs twice, the last value that is neither null nor empty counts.
    /// * Of a property and its aliases, a value that is neither null nor empty counts; among several, the one under the
    ///   documented name.
    /// * An empty string for an optional time is read as absent.
    /// * A year that `chrono` cannot hold becomes the greatest or least time that it can.
    /// * What the response to a change leaves out is completed from the request, where the spec says that the response
    ///   only echoes it.
    /// * Where an operation's documentation calls its response inferred, a body that cannot be decoded is no error.
    ///   HTML and XML always are, because they come from proxies.
    ///
    /// *Carried out?* Yes: the outcome is [`Outcome::Accepted`]. *What to do:* the message names the operation, the
    /// status and the place inside the JSON; please report it together with the body.
    Decode,
    /// A condition that was waited for cannot be reached: the key or the vendor connection is in a state that does not
    /// lead to it.
    ///
    /// *Carried out?* Only reads were, which change nothing. *What to do:* the message names the state. Create a new
    /// key in place of one in `error`, and reconnect a vendor connection that is `disconnected`.
    State,
    /// The call was cancelled by [`RequestOptions::cancel_on`](crate::RequestOptions::cancel_on).
    ///
    /// *Carried out?* [`Outcome::NotSent`] if no request was sent yet, [`Outcome::Unknown`] if one was on its way or its
    /// response was read. Between two attempts, the outcome is that of the attempts before. *What to do:* if the
    /// operation is not idempotent and the outcome is `Unknown`, look for what it has done.
    Cancelled,
}

/// Says whether the service may have carried out the operation, as far as the client can know.
///
/// | outcome | carried out? | what to do |
/// |---|---|---|
/// | [`NotSent`](Self::NotSent) | No: no request reached the service. | Retrying is safe for every operation. |
/// | [`Rejected`](Self::Rejected) | No: the service refused. | Retrying is safe, and useful if the refusal is transient. |
/// | [`Unknown`](Self::Unknown) | Perhaps. | Retry idempotent operations; for others, look first for what they have done. |
/// | [`Accepted`](Self::Accepted) | Yes; the response is lost or cannot be decoded. | As for `Unknown`. |
///
/// [`Error::is_retryable`](crate::Error::is_retryable) applies the table, and also asks whether the failure is
/// transient.
///
/// The variants are ordered by how much may have happened. Over the attempts of one call, the greatest counts: a later
/// refusal does not undo what an earlier attempt may have done.
///
/// # Never twice
/// After [`Unknown`](Self::Unknown) and [`Accepted`](Self::Accepted), look for the key before you create it again:
///
/// * [`resolve_create_key`](crate::LockHolderClient::resolve_create_key) polls the list of the lock's keys for about
///   two seconds. It cannot decide if that list is truncated.
/// * [`get_keys`](crate::LockHolderClient::get_keys) with `items()` reads all pages of the lock holder's keys. Search
///   for a key of the same lock, user and times that is not `revoked`. The guide's "Give a guest exactly one key" does
///   this, with a test.
///
/// A key that was just requested may be `creating`, and may take a moment to appear. So neither proves that no key will
/// appear: a request that a proxy or a slow service still holds creates its key later. After a timeout, wait before you
/// look for the last time.
///
/// Compare with the times of the built request (`request.end`), and not with the values that it was built from. A
/// request's times are truncated to milliseconds, as the service stores them, while clocks are finer. So a key's `end`
/// equals the `end` of the request for it, and hardly ever the `Utc::now() + …` that went in.
///
/// Dropping a call's future (by `select!`, or a timeout of your own) leaves no error; treat the outcome as `Unknown`.
/// Prefer [`RequestOptions::operation_timeout`](crate::RequestOptions::operation_timeout) to limit a call.
///
/// # In a browser
/// A browser may resend a request by itself, a POST included, when a pooled connection is reset before the response.
/// This was measured in Chromium and Firefox: three `createKey` became six requests. `fetch` does not report it. Such a
/// call is `Ok`, its [`attempts`](crate::Error::attempts) count one, and two keys may have been created. No header and
/// no option of `fetch` that every browser has prevents it; a streamed body would, but needs HTTP/2 and works in
/// Chromium only. Where a second key matters, create keys from a server, or look for a second one after each call and
/// revoke it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    // The order of the variants is the derived `Ord`, by which `Error::at_worst` picks the greatest.
    /// No request reached the service. Every operation is safe to retry, idempotent or not.
    NotSent,
    /// The service refused the request. The operation was not carried out.
    Rejected,
    /// The service may have carried out the operation. Look first for what it has done, unless it is
    /// [`idempotent`](crate::Operation::idempotent).
    Unknown,
    /// The service carried out the operation; its response is lost or cannot be decoded.
    ///
    /// Retrying an idempotent operation is safe; after [`ErrorKind::Decode`] the next response probably has the same
    /// form. For other operations, look first for what they have done.
    Accepted,
}
