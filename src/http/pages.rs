//! Lists that come in pages.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::error::Result;
use crate::model::operation::Operation;
use crate::model::{Cursor, Page};
use crate::runtime::platform::{self, BoxStream, MaybeSend};

/// A stream of items or pages that is read from the service as it goes.
///
/// It owns what it needs: it can be stored, sent to another task, and read with `next()` as it is.
pub type Paged<T> = BoxStream<Result<T>>;

/// The pages that `fetch` gives from `start` on, until there is no further one.
///
/// The documents leave open how the last page looks: no cursor, an empty one, no items and a cursor that was there
/// before all mean the end, so that no service can send a reader in circles.
///
/// Whoever has asked for a second page reads on, as a rule: from then on, the next page is fetched while the caller is
/// busy with the last one. No more than that one, and none that the reader of a single page would not want.
pub(crate) fn pages<T, F, A>(operation: &'static Operation, start: Option<Cursor>, fetch: F) -> Paged<Page<T>>
where
    T: MaybeSend + 'static,
    F: Fn(Option<Cursor>) -> A + MaybeSend + 'static,
    A: Future<Output = Result<Page<T>>> + MaybeSend + 'static,
{
    let seen: HashSet<_> = start.iter().cloned().collect();
    let begun = Some((Next::Wanted(start), false, seen));
    let pages = stream::try_unfold((begun, fetch), move |(state, fetch)| async move {
        let Some((next, reads_on, mut seen)) = state else { return Ok(None) };
        let page = match next {
            Next::Wanted(cursor) => fetch(cursor).await?,
            Next::Coming(cursor, page) => match page.await {
                Ok(page) => page?,
                // The runtime that it was to come on is gone, and this may be another.
                Err(_) => fetch(Some(cursor)).await?,
            },
        };
        let next = page.cursor().filter(|_| !page.is_empty()).cloned();
        if page.is_empty() && page.cursor().is_some() {
            tracing::warn!(
                target: "unloc::call",
                operation = operation.id,
                "the service named another page on one without items: the list ends"
            );
        }
        let state = match next {
            Some(next) if seen.insert(next.clone()) => {
                let next = if reads_on { ahead(next, &fetch)? } else { Next::Wanted(Some(next)) };
                Some((next, true, seen))
            }
            Some(_) => {
                tracing::warn!(
                    target: "unloc::call",
                    operation = operation.id,
                    "the service named a page that was read before: the list ends"
                );
                None
            }
            None => None,
        };
        Ok(Some((page, (state, fetch))))
    });
    Box::pin(pages)
}

/// The page that comes next.
enum Next<T> {
    /// It has not been asked for.
    Wanted(Option<Cursor>),
    /// It is on its way.
    Coming(Cursor, oneshot::Receiver<Result<Page<T>>>),
}

/// Fetches a page beside the caller; given up when nobody waits for it any more.
fn ahead<T, A>(cursor: Cursor, fetch: &impl Fn(Option<Cursor>) -> A) -> Result<Next<T>>
where
    T: MaybeSend + 'static,
    A: Future<Output = Result<Page<T>>> + MaybeSend + 'static,
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
pub(crate) fn items<T: MaybeSend + 'static>(pages: Paged<Page<T>>) -> Paged<T> {
    Box::pin(pages.map_ok(|page| stream::iter(page).map(Ok)).try_flatten())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;
    use crate::model::integrator::operations::GET_LOCKS;

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
    fn endless(count: &Count, stuck: usize) -> Paged<Page<usize>> {
        let count = count.clone();
        let fetch = move |_| {
            let (number, ends) = (count.asked.fetch_add(1, SeqCst), Ends(count.ended.clone()));
            async move {
                let _ends = ends;
                if number >= stuck {
                    std::future::pending::<()>().await;
                }
                Ok(Page::new(vec![number], Some(Cursor::from(number.to_string()))))
            }
        };
        pages(&GET_LOCKS, None, fetch)
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
            assert_eq!(pages.next().await.unwrap().unwrap().into_items(), [read - 1]);
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
