//! What kinds of errors there are, and what may have happened.

/// Where an error arose: its cause, whether the operation may have happened, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A client could not be built or used: an address, a credential or a TLS setting is missing or wrong, no Tokio runtime
    /// is running, or the HTTP client that the caller brought follows redirects.
    ///
    /// *Happened?* No. *What to do:* mend the configuration.
    Configuration,
    /// A scope could not be formed, or claims contradict each other.
    ///
    /// *Happened?* No. *What to do:* look at the lock holder's country, organization id and suffix.
    Scope,
    /// The request could not be built: a parameter is missing, a value or a header cannot be sent.
    ///
    /// *Happened?* No. *What to do:* mend the call.
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
    /// after a fresh token was refused as well, or when none could be had: look at the credentials and the scope. 403 is a scope that does not cover
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
    /// *Happened?* Yes; making the call again may do it twice. *What to do:* the text names operation, status and the place
    /// inside the JSON; please report it together with the body.
    Decode,
}

/// What became of the operation, as far as can be known. In the order of how much may have happened: of the attempts of one
/// call, the one that leaves most open counts.
///
/// # Never twice
/// A key that may have been made is not to be made again blindly. After [`Unknown`](Self::Unknown) and
/// [`Accepted`](Self::Accepted), look first: [`get_keys_for_lock`](crate::LockHolder::get_keys_for_lock), for a key of the
/// same user and times that is not `revoked`; one that was just asked for may be `creating`, and may take a moment to
/// appear. A call whose future was dropped (by `select!`, by a timeout around it) leaves no error and is to be taken for
/// `Unknown`: limit it by [`RequestOptions::deadline`](crate::RequestOptions::deadline) instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The service never saw it. The call can be made again, whatever it is.
    NotSent,
    /// The service saw it and refused. Nothing was done.
    Rejected,
    /// The service may have carried it out: look before doing it again, unless the operation is
    /// [`repeatable`](crate::Operation::repeatable).
    Unknown,
    /// The service carried it out, only its answer could not be read.
    Accepted,
}
