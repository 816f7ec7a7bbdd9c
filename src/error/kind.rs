//! What kinds of errors there are, and what may have happened.

/// Where an error arose: its cause, whether the operation may have happened, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A client could not be built or used: an address, a credential or a TLS setting is missing or wrong, no Tokio runtime
    /// is running.
    ///
    /// *Happened?* No. *What to do:* mend the configuration.
    Configuration,
    /// A scope could not be formed, or claims contradict each other.
    ///
    /// *Happened?* No. *What to do:* look at the lock holder's country, organization id and suffix.
    Scope,
    /// The request could not be built: a parameter is missing, a value or a header cannot be sent.
    ///
    /// *Happened?* No. *What to do:* correct the call.
    Request,
    /// The source of tokens has none. (If it cannot be reached, the kind is [`Connection`](Self::Connection) or
    /// [`Timeout`](Self::Timeout), and the text says that it was about a token.)
    ///
    /// *Happened?* No, the operation was never sent. *What to do:* [`Error::status`](crate::Error::status) and [`Error::code`](crate::Error::code) are the token
    /// endpoint's, if it answered. `invalid_client` means wrong credentials, or those of another environment;
    /// `invalid_scope` a lock holder that these credentials may not manage. For [`Error::retry_after`](crate::Error::retry_after) nothing more is
    /// asked of it.
    Token,
    /// The service answered with an error: [`Error::status`](crate::Error::status), [`Error::code`](crate::Error::code) and [`Error::description`](crate::Error::description) say which.
    ///
    /// *Happened?* After 5xx, 303 and 408 it may have, after other 3xx and 4xx it did not. *What to do:* what the words say. A 401 comes only
    /// after a fresh token was refused as well, or when none could be had: look at the credentials and the scope. In the second case it is
    /// retryable while the token source may have one later. 403 is a scope that does not cover
    /// the lock holder, 409 something that exists already or is busy, 429 too many calls.
    Service,
    /// The service's certificate does not verify.
    ///
    /// *Happened?* No. *What to do:* check the address, the machine's clock and the trusted roots; it does not get better by
    /// itself, and is not tried again.
    Certificate,
    /// The connection could not be made, or it broke.
    ///
    /// *Happened?* [`Outcome::NotSent`] if there never was a connection, [`Outcome::Unknown`] if it broke before an answer,
    /// [`Outcome::Accepted`] if it broke in the middle of a success. *What to do:* where the outcome is open and the
    /// operation cannot be repeated, look (at the keys of the lock, say) before making the call again.
    Connection,
    /// Time ran out: for an attempt, for the whole call, or for a token.
    ///
    /// *Happened?* As for [`Connection`](Self::Connection). *What to do:* the same; times are set with
    /// [`RequestOptions`](crate::RequestOptions).
    Timeout,
    /// The service answered with success, but its body is not what the spec says.
    ///
    /// Before it comes to that, a response is read leniently: a byte order mark before it is ignored; of a property that
    /// stands twice, or under two of its names, the value counts that says something, of two that do the one under the
    /// documented name, and of one name the last; an empty text is no time where a time is optional, and a year that
    /// `chrono` cannot hold is the greatest or least time that it can. What a response to a change leaves out although the
    /// call said it stands in it as the call said it. Where the documentation of an operation says that its response is
    /// inferred, one that cannot be read is no error, unless it is HTML or XML, which proxies send.
    ///
    /// *Happened?* Yes; making the call again may do it twice. *What to do:* the text names operation, status and the place
    /// inside the JSON; please report it together with the body.
    Decode,
    /// What was waited for does not happen: a key or a vendor connection is in a state that does not lead there.
    ///
    /// *Happened?* The reads did, and change nothing. *What to do:* the text names the state; a key in `error` has to be created
    /// anew, and a vendor connection that is `disconnected` connected anew.
    State,
}

/// What became of the operation, as far as can be known. In the order of how much may have happened: of the attempts of one
/// call, the one that leaves most open counts.
///
/// # Never twice
/// A key that may have been made is not to be made again blindly. After [`Unknown`](Self::Unknown) and
/// [`Accepted`](Self::Accepted), look first, on all pages: [`get_keys`](crate::LockHolderClient::get_keys) with `items()`, for a key
/// of the same lock, user and times that is not `revoked`. One that was just asked for may be `creating`, and may take a
/// moment to appear; that there is none yet does not say that there will be none.
/// [`resolve_create_key`](crate::LockHolderClient::resolve_create_key) does so. The README's "Test your integration" shows
/// how, with a test.
///
/// Compare with the times of the request as its builder made it (`request.end`), and not with those that it was made of: a
/// request's times are cut to milliseconds, which is what the service keeps, and a clock reads finer. So a key's `end`
/// equals the `end` of the request for it, and hardly ever the `Utc::now() + …` that went in.
///
/// A call whose future was dropped (by `select!`, by a timeout around it) leaves no error and is to be taken for
/// `Unknown`: limit it by [`RequestOptions::operation_timeout`](crate::RequestOptions::operation_timeout) instead.
///
/// # In a browser
/// A browser itself may repeat a request, a POST included, when a kept connection is reset before the response: measured in
/// Chromium and Firefox, three `createKey` became six requests. `fetch` tells nothing of it, so such a call is `Ok`, its
/// [`attempts`](crate::Error::attempts) count one, and two keys may have been made. No header and no option of `fetch` that
/// every browser has prevents it (a streamed body would, which needs HTTP/2 and is Chromium's alone). Where a second key
/// matters, create keys from a server, or look for a second one after each call and revoke it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The service never saw it. The call can be made again, whatever it is.
    NotSent,
    /// The service saw it and refused. Nothing was done.
    Rejected,
    /// The service may have carried it out: look before doing it again, unless the operation is
    /// [`idempotent`](crate::Operation::idempotent).
    Unknown,
    /// The service carried it out, only its answer could not be read.
    Accepted,
}
