//! Makes a token source of a function that is notified of refused tokens.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{FetchToken, Token, TokenSource};
use crate::auth::scope::Scopes;
use crate::error::Result;
use crate::model::sensitive::Secret;
use crate::runtime::platform::{MaybeSend, MaybeSync};

/// Limits the refused tokens that are noted, one for each set of scopes.
// The same number as a cache's default capacity: a source for more scopes than that loses its cached tokens anyway.
const MAX_NOTES: usize = 10_000;

/// Makes a [`TokenSource`] of an async function that returns a [`Token`].
///
/// The function gets the [`Scopes`], and the last token for them that the service refused before it expired, if there
/// is one. Use this form for a backend with a cache of its own, such as `examples/token_backend.rs`. A backend that is
/// not notified of the refused token returns the same token until it expires.
///
/// ```
/// use std::time::Duration;
/// use unloc::token::{Token, source_fn};
/// use unloc::{Scopes, Secret, Unloc};
///
/// async fn ask_my_backend(scopes: Scopes, refused: Option<Secret>) -> unloc::Result<Token> {
///     let refused = refused.as_ref().map(Secret::expose);
///     let (token, seconds) = post("https://my-backend.example.com/token", &scopes.to_string(), refused).await;
///     Ok(Token::new(token).expires_in(Duration::from_secs(seconds)))
/// }
///
/// let unloc = Unloc::builder().token_source(source_fn(ask_my_backend)).build()?;
/// # async fn post(_: &str, _: &str, _: Option<&str>) -> (String, u64) { (String::new(), 0) }
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// The function gets the refused token on each call, until it returns another token for the same scopes.
pub fn source_fn<F, A>(fetch: F) -> SourceFn<F>
where
    F: Fn(Scopes, Option<Secret>) -> A + MaybeSend + MaybeSync + 'static,
    A: Future<Output = Result<Token>> + MaybeSend + 'static,
{
    SourceFn { fetch, refused: Mutex::default() }
}

/// Implements [`TokenSource`] for a function; [`source_fn`] makes it.
pub struct SourceFn<F> {
    fetch: F,
    refused: Mutex<HashMap<Scopes, Secret>>,
}

impl<F> SourceFn<F> {
    fn refused(&self) -> MutexGuard<'_, HashMap<Scopes, Secret>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F, A> TokenSource for SourceFn<F>
where
    F: Fn(Scopes, Option<Secret>) -> A + MaybeSend + MaybeSync + 'static,
    A: Future<Output = Result<Token>> + MaybeSend + 'static,
{
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let passed = self.refused().get(&scopes).cloned();
            // With `?`, an error leaves the note in place: the backend may not have received it.
            let token = (self.fetch)(scopes.clone(), passed.clone()).await?;
            if let Some(passed) = passed {
                let mut refused = self.refused();
                // The note stays if the same token came back, and if another refusal was noted during this fetch: the
                // function does not know that one yet.
                if token.access_token() != &passed && refused.get(&scopes) == Some(&passed) {
                    refused.remove(&scopes);
                }
            }
            Ok(token)
        })
    }

    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        let mut refused = self.refused();
        // Any note may go: a note in use costs one more 401 if it is lost, and an order of use is not worth its memory.
        if refused.len() >= MAX_NOTES
            && !refused.contains_key(scopes)
            && let Some(any) = refused.keys().next().cloned()
        {
            refused.remove(&any);
        }
        refused.insert(scopes.clone(), token.clone());
    }
}

impl<F> fmt::Debug for SourceFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFn").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;
    use crate::auth::scope::Scope;

    fn home(id: &str) -> Scopes {
        Scope::lock_holder_admin(id).unwrap().into()
    }

    /// Records the refused token that the function got, for each fetch.
    type Received = Arc<Mutex<Vec<Option<String>>>>;

    fn source(received: &Received, token: &'static str) -> impl TokenSource {
        let received = Arc::clone(received);
        source_fn(move |_, refused: Option<Secret>| {
            received.lock().unwrap().push(refused.map(|refused| refused.expose().to_owned()));
            async move { Ok(Token::new(token)) }
        })
    }

    fn fetched(source: &impl TokenSource, scopes: &Scopes) {
        source.fetch(scopes.clone()).now_or_never().unwrap().unwrap();
    }

    #[test]
    fn passes_a_refused_token_to_the_next_fetch_for_its_scopes_until_another_token_comes() {
        let received = Received::default();
        let source = source(&received, "b");
        fetched(&source, &home("1"));
        source.rejected(&home("1"), &"a".into());
        fetched(&source, &home("2"));
        fetched(&source, &home("1"));
        fetched(&source, &home("1"));
        assert_eq!(*received.lock().unwrap(), [None, None, Some("a".to_owned()), None]);
    }

    #[test]
    fn passes_a_refused_token_again_while_the_fetch_fails_or_returns_the_same_token() {
        let received = Received::default();
        let same = source(&received, "a");
        same.rejected(&home("1"), &"a".into());
        (0..3).for_each(|_| fetched(&same, &home("1")));
        assert_eq!(received.lock().unwrap().iter().flatten().count(), 3);
        let failing = source_fn(|_, refused: Option<Secret>| async move {
            Err::<Token, _>(crate::error::Error::token(if refused.is_some() { "notified" } else { "not notified" }))
        });
        failing.rejected(&home("1"), &"a".into());
        for _ in 0..2 {
            let error = failing.fetch(home("1")).now_or_never().unwrap().unwrap_err();
            assert_eq!(error.to_string(), "notified");
        }
    }

    #[test]
    fn passes_a_token_that_is_refused_during_a_fetch_to_the_next_fetch() {
        let received = Received::default();
        let (log, gate) = (Arc::clone(&received), Mutex::new(None));
        let (open, opened) = oneshot::channel();
        *gate.lock().unwrap() = Some(opened);
        let source = source_fn(move |_, refused: Option<Secret>| {
            log.lock().unwrap().push(refused.map(|refused| refused.expose().to_owned()));
            let gate = gate.lock().unwrap().take();
            async move {
                if let Some(gate) = gate {
                    let _: Result<(), _> = gate.await;
                }
                Ok(Token::new("c"))
            }
        });
        source.rejected(&home("1"), &"a".into());
        let mut fetch = source.fetch(home("1"));
        assert!((&mut fetch).now_or_never().is_none());
        source.rejected(&home("1"), &"b".into());
        open.send(()).unwrap();
        fetch.now_or_never().unwrap().unwrap();
        fetched(&source, &home("1"));
        assert_eq!(*received.lock().unwrap(), [Some("a".to_owned()), Some("b".to_owned())]);
    }

    #[test]
    fn notes_at_most_as_many_refused_tokens_as_a_cache_has_entries() {
        let source = source_fn(|_, _| async { Ok(Token::new("x")) });
        for number in 0..MAX_NOTES + 100 {
            source.rejected(&home(&number.to_string()), &"a".into());
        }
        assert_eq!(source.refused().len(), MAX_NOTES);
    }
}
