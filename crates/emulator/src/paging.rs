//! `limit` and `startAfterId`.

use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::error::{ApiError, Invalid};

/// Default and maximum of `limit`.
const MOST: usize = 2500;

/// What a caller asked of a list.
#[derive(Debug, Default)]
pub(crate) struct Paging {
    limit: Option<usize>,
    start_after: Option<String>,
}

impl Paging {
    /// For lists that are not known to page.
    pub(crate) const WHOLE: Self = Self { limit: Some(usize::MAX), start_after: None };

    fn parse(pairs: Vec<(String, String)>) -> Result<Self, Invalid> {
        let mut paging = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    paging.limit =
                        Some(limit.ok_or_else(|| Invalid(format!("limit must be a whole number from 1 to {MOST}")))?);
                }
                "startAfterId" => paging.start_after = Some(value),
                _ => {}
            }
        }
        Ok(paging)
    }

    /// Cuts one page out of `all`, which is in an order that does not change between calls.
    ///
    /// `place` finds a cursor among all items, `listed` says which of them the list shows: one that left the list
    /// between two calls (a role whose right was taken away) still marks its place.
    pub(crate) fn page<T: Copy>(
        &self,
        all: &[T],
        place: impl FnOnce(&str) -> Option<usize>,
        listed: impl Fn(T) -> bool,
        cursor_of: impl Fn(T) -> String,
    ) -> Result<Page<T>, Invalid> {
        let first = match &self.start_after {
            None => 0,
            Some(cursor) => {
                // Not repeated in the text: the cursor of a role holds a phone number, and errors end up in logs.
                1 + place(cursor).ok_or_else(|| {
                    Invalid("startAfterId is not the end of any page (a plus in a query is written %2B)".to_owned())
                })?
            }
        };
        let mut rest = all[first..].iter().copied().filter(|item| listed(*item));
        let items: Vec<T> = rest.by_ref().take(self.limit.unwrap_or(MOST)).collect();
        // The documentation promises a cursor only to callers that sent a limit.
        let more = self.limit.is_some() && rest.next().is_some();
        let next = if more { items.last().map(|item| cursor_of(*item)) } else { None };
        Ok(Page { items, next })
    }
}

/// A part of a list, and the cursor of the next part if there is one.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The answer, with `items` in its envelope.
    pub(crate) fn body<I: Serialize>(&self, name: &'static str, items: Vec<I>) -> PageBody<'_, I> {
        PageBody { name, items, next: self.next.as_deref() }
    }
}

pub(crate) struct PageBody<'a, I> {
    name: &'static str,
    items: Vec<I>,
    next: Option<&'a str>,
}

impl<I: Serialize> Serialize for PageBody<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.name, &self.items)?;
        if let Some(next) = self.next {
            map.serialize_entry("startAfterId", next)?;
        }
        map.end()
    }
}

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| ApiError::invalid("The query is not valid: it must be name=value pairs, percent-encoded"))?;
        Ok(Self::parse(pairs)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(limit: Option<usize>, start_after: Option<&str>) -> Paging {
        Paging { limit, start_after: start_after.map(str::to_owned) }
    }

    fn page(paging: &Paging, all: &[u32]) -> Result<(Vec<u32>, Option<String>), Invalid> {
        let place = |cursor: &str| all.iter().position(|item| item.to_string() == cursor);
        let page = paging.page(all, place, |item| item % 2 == 1, |item: u32| item.to_string())?;
        Ok((page.items, page.next))
    }

    #[test]
    fn a_page_ends_with_a_cursor_only_when_there_is_more() {
        let all = [1, 2, 3, 5];
        assert_eq!(page(&paging(Some(2), None), &all).unwrap(), (vec![1, 3], Some("3".to_owned())));
        assert_eq!(page(&paging(Some(2), Some("3")), &all).unwrap(), (vec![5], None));
        assert_eq!(page(&paging(Some(3), None), &all).unwrap(), (vec![1, 3, 5], None));
    }

    #[test]
    fn without_a_limit_there_is_no_cursor() {
        let all: Vec<u32> = (0..6000).collect();
        let (items, next) = page(&paging(None, None), &all).unwrap();
        assert_eq!((items.len(), next), (MOST, None));
    }

    #[test]
    fn a_cursor_that_left_the_list_still_marks_its_place() {
        assert_eq!(page(&paging(Some(2), Some("2")), &[1, 2, 3]).unwrap(), (vec![3], None));
    }

    #[test]
    fn an_unknown_cursor_is_refused() {
        assert!(page(&paging(None, Some("4")), &[1, 2, 3]).unwrap_err().0.contains("startAfterId"));
        assert!(page(&paging(None, Some("")), &[1, 2, 3]).is_err());
    }

    #[test]
    fn a_limit_is_1_to_2500() {
        for bad in ["0", "2501", "-1", "1.5", "ten", "", "99999999999999999999"] {
            let pairs = vec![("limit".to_owned(), bad.to_owned())];
            assert!(Paging::parse(pairs).unwrap_err().0.contains("1 to 2500"), "{bad:?}");
        }
        let pairs = vec![("limit".to_owned(), "2500".to_owned()), ("sort".to_owned(), "x".to_owned())];
        assert_eq!(Paging::parse(pairs).unwrap().limit, Some(2500));
    }
}
