//! Lists that come in pages.

use std::collections::HashSet;
use std::future::Future;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use progenitor_client::ResponseValue;

use crate::error::Result;
use crate::operation::Operation;
use crate::platform::{BoxStream, MaybeSend};
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
    let pages =
        stream::try_unfold((Some((start, seen)), fetch, position), move |(state, fetch, position)| async move {
            let Some((cursor, mut seen)): Option<(Option<Cursor>, HashSet<Cursor>)> = state else { return Ok(None) };
            let page = fetch(cursor).await?;
            let Position { next, empty } = position(&page);
            let next = next.filter(|next| !empty && !next.expose().is_empty()).cloned();
            let state = match next {
                Some(next) if seen.insert(next.clone()) => Some((Some(next), seen)),
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

/// The items of the pages, one by one.
pub(crate) fn items<P: MaybeSend + 'static, T: MaybeSend + 'static>(
    pages: Paged<ResponseValue<P>>,
    items: impl Fn(P) -> Vec<T> + MaybeSend + 'static,
) -> Paged<T> {
    Box::pin(pages.map_ok(move |page| stream::iter(items(page.into_inner())).map(Ok)).try_flatten())
}
