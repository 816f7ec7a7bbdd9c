//! A token source that is a function and hears of refusals.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{FetchToken, Token, TokenSource};
use crate::auth::scope::Scopes;
use crate::error::Result;
use crate::model::sensitive::Secret;
use crate::runtime::platform::{MaybeSend, MaybeSync};

/// For how many sets of scopes a refused token is noted; as many as a cache remembers.
const NOTES: usize = 10_000;

/// Makes a [`TokenSource`] of an async function from [`Scopes`], and the token that the service refused before its time if
/// there is one, to a [`Token`].
///
/// This is the form for whoever asks a backend that keeps tokens, as `examples/token_backend.rs` does: unless the backend
/// hears which token was refused, it gives out the same one for the rest of its life.
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
/// The function is told of a refusal until it gives another token for the same scopes.
pub fn source_fn<F, A>(fetch: F) -> SourceFn<F>
where
    F: Fn(Scopes, Option<Secret>) -> A + MaybeSend + MaybeSync + 'static,
    A: Future<Output = Result<Token>> + MaybeSend + 'static,
{
    SourceFn { fetch, refused: Mutex::default() }
}

/// The [`TokenSource`] that [`source_fn`] makes.
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
            let told = self.refused().get(&scopes).cloned();
            let token = (self.fetch)(scopes.clone(), told.clone()).await?;
            if let Some(told) = told {
                let mut refused = self.refused();
                // A refusal that came meanwhile is for the next fetch.
                if token.access_token() != &told && refused.get(&scopes) == Some(&told) {
                    refused.remove(&scopes);
                }
            }
            Ok(token)
        })
    }

    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        let mut refused = self.refused();
        if refused.len() >= NOTES
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

    /// What the function of a source was told, fetch by fetch.
    type Told = Arc<Mutex<Vec<Option<String>>>>;

    fn source(told: &Told, token: &'static str) -> impl TokenSource {
        let told = Arc::clone(told);
        source_fn(move |_, refused: Option<Secret>| {
            told.lock().unwrap().push(refused.map(|refused| refused.expose().to_owned()));
            async move { Ok(Token::new(token)) }
        })
    }

    fn fetched(source: &impl TokenSource, scopes: &Scopes) {
        source.fetch(scopes.clone()).now_or_never().unwrap().unwrap();
    }

    #[test]
    fn a_refusal_is_told_to_the_next_fetch_for_its_scopes_and_forgotten_with_another_token() {
        let told = Told::default();
        let source = source(&told, "b");
        fetched(&source, &home("1"));
        source.rejected(&home("1"), &"a".into());
        fetched(&source, &home("2"));
        fetched(&source, &home("1"));
        fetched(&source, &home("1"));
        assert_eq!(*told.lock().unwrap(), [None, None, Some("a".to_owned()), None]);
    }

    #[test]
    fn a_refusal_is_told_for_as_long_as_the_same_token_comes_and_while_none_comes() {
        let told = Told::default();
        let same = source(&told, "a");
        same.rejected(&home("1"), &"a".into());
        (0..3).for_each(|_| fetched(&same, &home("1")));
        assert_eq!(told.lock().unwrap().iter().flatten().count(), 3);
        let failing = source_fn(|_, refused: Option<Secret>| async move {
            Err::<Token, _>(crate::error::Error::token(if refused.is_some() { "told" } else { "not told" }))
        });
        failing.rejected(&home("1"), &"a".into());
        for _ in 0..2 {
            let error = failing.fetch(home("1")).now_or_never().unwrap().unwrap_err();
            assert_eq!(error.to_string(), "told");
        }
    }

    #[test]
    fn a_refusal_that_comes_during_a_fetch_is_told_to_the_next_one() {
        let told = Told::default();
        let (log, gate) = (Arc::clone(&told), Mutex::new(None));
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
        assert_eq!(*told.lock().unwrap(), [Some("a".to_owned()), Some("b".to_owned())]);
    }

    #[test]
    fn no_more_refusals_are_noted_than_a_cache_has_scopes() {
        let source = source_fn(|_, _| async { Ok(Token::new("x")) });
        for number in 0..NOTES + 100 {
            source.rejected(&home(&number.to_string()), &"a".into());
        }
        assert_eq!(source.refused().len(), NOTES);
    }
}
