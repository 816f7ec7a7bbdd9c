//! Lists that come in pages.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use progenitor_client::ResponseValue;
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::error::Result;
use crate::operation::Operation;
use crate::platform::{self, BoxStream, MaybeSend};
use crate::text::Cursor;

/// A stream of items or pages that is read from the service as it goes.
///
/// It owns what it needs: it can be stored, sent to another task, and read with `next()` as it is.
pub type Paged<T> = BoxStream<Result<T>>;

/// Where a page stands in its list.
pub(crate) struct Position<'a> {
    pub(crate) next: Option<&'a Cursor>,
    pub(crate) empty: bool,
}

/// The pages that `fetch` gives from `start` on, until there is no further one.
///
/// The documents leave open how the last page looks: no cursor, an empty one, no items and a cursor that was there
/// before all mean the end, so that no service can send a reader in circles.
///
/// Whoever has asked for a second page reads on, as a rule: from then on, the next page is fetched while the caller is
/// busy with the last one. No more than that one, and none that the reader of a single page would not want.
pub(crate) fn pages<P, F, A>(
    operation: &'static Operation,
    start: Option<Cursor>,
    fetch: F,
    position: impl Fn(&P) -> Position<'_> + MaybeSend + 'static,
) -> Paged<ResponseValue<P>>
where
    P: MaybeSend + 'static,
    F: Fn(Option<Cursor>) -> A + MaybeSend + 'static,
    A: Future<Output = Result<ResponseValue<P>>> + MaybeSend + 'static,
{
    let seen: HashSet<_> = start.iter().cloned().collect();
    let begun = Some((Next::Wanted(start), false, seen));
    let pages = stream::try_unfold((begun, fetch, position), move |(state, fetch, position)| async move {
        let Some((next, reads_on, mut seen)) = state else { return Ok(None) };
        let page = match next {
            Next::Wanted(cursor) => fetch(cursor).await?,
            Next::Coming(cursor, page) => match page.await {
                Ok(page) => page?,
                // The runtime that it was to come on is gone, and this may be another.
                Err(_) => fetch(Some(cursor)).await?,
            },
        };
        let Position { next, empty } = position(&page);
        if empty && next.is_some_and(|next| !next.expose().is_empty()) {
            tracing::warn!(
                operation = operation.id,
                "the service named another page on one without items: the list ends"
            );
        }
        let next = next.filter(|next| !empty && !next.expose().is_empty()).cloned();
        let state = match next {
            Some(next) if seen.insert(next.clone()) => {
                let next = if reads_on { ahead(next, &fetch)? } else { Next::Wanted(Some(next)) };
                Some((next, true, seen))
            }
            Some(_) => {
                tracing::warn!(
                    operation = operation.id,
                    "the service named a page that was read before: the list ends"
                );
                None
            }
            None => None,
        };
        Ok(Some((page, (state, fetch, position))))
    });
    Box::pin(pages)
}

/// The page that comes next.
enum Next<P> {
    /// It has not been asked for.
    Wanted(Option<Cursor>),
    /// It is on its way.
    Coming(Cursor, oneshot::Receiver<Result<ResponseValue<P>>>),
}

/// Fetches a page beside the caller; given up when nobody waits for it any more.
fn ahead<P, A>(cursor: Cursor, fetch: &impl Fn(Option<Cursor>) -> A) -> Result<Next<P>>
where
    P: MaybeSend + 'static,
    A: Future<Output = Result<ResponseValue<P>>> + MaybeSend + 'static,
{
    let (mut sender, receiver) = oneshot::channel();
    let page = fetch(Some(cursor.clone())).in_current_span();
    platform::spawn(async move {
        let page = match select(pin!(page), pin!(sender.closed())).await {
            Either::Left((page, _)) => page,
            Either::Right(_) => return,
        };
        // Whoever has gone in this very moment wants it no longer.
        drop(sender.send(page));
    })?;
    Ok(Next::Coming(cursor, receiver))
}

/// The items of the pages, one by one.
pub(crate) fn items<P: MaybeSend + 'static, T: MaybeSend + 'static>(
    pages: Paged<ResponseValue<P>>,
    items: impl Fn(P) -> Vec<T> + MaybeSend + 'static,
) -> Paged<T> {
    Box::pin(pages.map_ok(move |page| stream::iter(items(page.into_inner())).map(Ok)).try_flatten())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::generated::integrator::operations::GET_LOCKS;

    /// How often a page was asked for, and how many of these requests have come to an end, one way or another.
    #[derive(Clone, Default)]
    struct Count {
        asked: Arc<AtomicUsize>,
        ended: Arc<AtomicUsize>,
    }

    struct Ends(Arc<AtomicUsize>);

    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    /// Endless pages that hold their number; from `stuck` on they never come.
    fn endless(count: &Count, stuck: usize) -> Paged<ResponseValue<(usize, Cursor)>> {
        let count = count.clone();
        let fetch = move |_| {
            let (number, ends) = (count.asked.fetch_add(1, SeqCst), Ends(count.ended.clone()));
            async move {
                let _ends = ends;
                if number >= stuck {
                    std::future::pending::<()>().await;
                }
                let page = (number, Cursor::from(number.to_string()));
                Ok(ResponseValue::new(page, StatusCode::OK, HeaderMap::new()))
            }
        };
        pages(&GET_LOCKS, None, fetch, |page: &(usize, Cursor)| Position { next: Some(&page.1), empty: false })
    }

    /// Lets every task that can go on do so.
    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn from_the_second_page_on_the_next_one_comes_while_the_caller_is_busy_and_no_more_than_that_one() {
        let count = Count::default();
        let mut pages = endless(&count, usize::MAX);
        for (read, asked) in [(1, 1), (2, 3), (3, 4), (4, 5)] {
            assert_eq!(pages.next().await.unwrap().unwrap().0, read - 1);
            settle().await;
            assert_eq!(count.asked.load(SeqCst), asked, "{read} pages read");
        }
    }

    #[tokio::test]
    async fn a_page_that_is_on_its_way_is_given_up_with_the_stream() {
        let count = Count::default();
        let mut pages = endless(&count, 2);
        pages.next().await.unwrap().unwrap();
        pages.next().await.unwrap().unwrap();
        settle().await;
        assert_eq!((count.asked.load(SeqCst), count.ended.load(SeqCst)), (3, 2));
        drop(pages);
        settle().await;
        assert_eq!(count.ended.load(SeqCst), 3);
    }
}
