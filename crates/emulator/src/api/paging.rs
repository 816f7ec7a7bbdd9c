//! Implements pagination with `limit` and `startAfterId`.

use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::domain::error::Invalid;
use crate::http::error::ApiError;

/// Is the default and the maximum of `limit`.
const MAX_LIMIT: usize = 2500;

/// Holds the pagination parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Paging {
    limit: Option<usize>,
    start_after: Option<String>,
}

impl Paging {
    /// Returns the whole list. For operations without documented pagination.
    pub(crate) const WHOLE: Self = Self { limit: Some(usize::MAX), start_after: None };

    /// Returns the same pagination with the default limit unless there is another. Version 2 sends a cursor then, too.
    pub(crate) fn with_default_limit(self) -> Self {
        Self { limit: self.limit.or(Some(MAX_LIMIT)), ..self }
    }

    pub(crate) fn parse(pairs: &[(String, String)]) -> Result<Self, Invalid> {
        let mut paging = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    paging.limit = Some(limit.ok_or_else(|| {
                        Invalid::field("limit", format!("must be a whole number from 1 to {MAX_LIMIT}"))
                    })?);
                }
                "startAfterId" => paging.start_after = Some(value.clone()),
                _ => {}
            }
        }
        Ok(paging)
    }

    /// Returns one page of `all`, whose order must not change between calls.
    ///
    /// `index_of` finds the item of a cursor among all items, and `listed` filters the items to show. So the cursor may
    /// be an item that was removed from the list between two calls, such as a role that may no longer share keys.
    pub(crate) fn page<T: Copy>(
        &self,
        all: &[T],
        index_of: impl FnOnce(&str) -> Option<usize>,
        listed: impl Fn(T) -> bool,
        cursor_of: impl Fn(T) -> String,
    ) -> Result<Page<T>, Invalid> {
        let first = match &self.start_after {
            None => 0,
            Some(cursor) => {
                // The text does not quote the cursor: that of a role contains a phone number, and errors get logged.
                1 + index_of(cursor).ok_or_else(|| {
                    Invalid::field(
                        "startAfterId",
                        "is not a cursor of this list (a plus in a query must be encoded as %2B)",
                    )
                })?
            }
        };
        let mut rest = all[first..].iter().copied().filter(|item| listed(*item));
        let items: Vec<T> = rest.by_ref().take(self.limit.unwrap_or(MAX_LIMIT)).collect();
        // The documentation defines the cursor only for requests with a limit.
        let more = self.limit.is_some() && rest.next().is_some();
        let next = if more { items.last().map(|item| cursor_of(*item)) } else { None };
        Ok(Page { items, next })
    }
}

/// Is a page of a list, with the cursor of the next page if there is one.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// Returns the response body, with `items` in their envelope.
    pub(crate) fn body<I: Serialize>(&self, name: &'static str, items: Vec<I>) -> PageBody<'_, I> {
        PageBody { name, items, next: self.next.as_deref() }
    }
}

/// Is the response body of a page.
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
        Ok(Self::parse(&pairs)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(limit: Option<usize>, start_after: Option<&str>) -> Paging {
        Paging { limit, start_after: start_after.map(str::to_owned) }
    }

    fn page(paging: &Paging, all: &[u32]) -> Result<(Vec<u32>, Option<String>), Invalid> {
        let index = |cursor: &str| all.iter().position(|item| item.to_string() == cursor);
        let page = paging.page(all, index, |item| item % 2 == 1, |item: u32| item.to_string())?;
        Ok((page.items, page.next))
    }

    #[test]
    fn a_page_has_a_cursor_only_if_another_page_follows() {
        let all = [1, 2, 3, 5];
        assert_eq!(page(&paging(Some(2), None), &all).unwrap(), (vec![1, 3], Some("3".to_owned())));
        assert_eq!(page(&paging(Some(2), Some("3")), &all).unwrap(), (vec![5], None));
        assert_eq!(page(&paging(Some(3), None), &all).unwrap(), (vec![1, 3, 5], None));
    }

    #[test]
    fn without_a_limit_there_is_no_cursor() {
        let all: Vec<u32> = (0..6000).collect();
        let (items, next) = page(&paging(None, None), &all).unwrap();
        assert_eq!((items.len(), next), (MAX_LIMIT, None));
    }

    #[test]
    fn a_cursor_may_be_an_item_that_is_no_longer_listed() {
        assert_eq!(page(&paging(Some(2), Some("2")), &[1, 2, 3]).unwrap(), (vec![3], None));
    }

    #[test]
    fn refuses_an_unknown_cursor() {
        assert!(page(&paging(None, Some("4")), &[1, 2, 3]).unwrap_err().to_string().contains("startAfterId"));
        assert!(page(&paging(None, Some("")), &[1, 2, 3]).is_err());
    }

    #[test]
    fn accepts_limits_from_1_to_2500() {
        for bad in ["0", "2501", "-1", "1.5", "ten", "", "99999999999999999999"] {
            let pairs = vec![("limit".to_owned(), bad.to_owned())];
            assert!(Paging::parse(&pairs).unwrap_err().rule.contains("1 to 2500"), "{bad:?}");
        }
        let pairs = vec![("limit".to_owned(), "2500".to_owned()), ("sort".to_owned(), "x".to_owned())];
        assert_eq!(Paging::parse(&pairs).unwrap().limit, Some(2500));
    }
}
