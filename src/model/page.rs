//! Defines the type of a page of a list.

use std::slice;
use std::vec;

use serde::Serialize;

use super::Cursor;

/// Holds one page of a list: its items, and the cursor of the next page if there is one.
///
/// `send()` returns one page. Paginated operations also have `items()`, a stream of every item of the list. Lists
/// whose response has no cursor, such as that of lock holders, are a `Vec` instead.
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
/// let page = home.get_keys().limit(100).send().await?;
/// println!("{} keys; {}", page.len(), if page.cursor().is_some() { "there are more" } else { "that is all" });
/// for key in page {
///     println!("{}", key.state);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// Creates a page. An empty cursor means the end of the list, as null and a missing one do.
    pub(crate) fn new(items: Vec<T>, cursor: Option<Cursor>) -> Self {
        // By the documents, the cursor of the last page is absent or "empty".
        Self { items, cursor: cursor.filter(|cursor| !cursor.expose().is_empty()) }
    }

    /// Returns this page with other items.
    #[cfg(feature = "dynamic")]
    pub(crate) fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(map).collect(), cursor: self.cursor }
    }

    /// Returns the items of this page.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Returns the items of this page by value.
    #[must_use]
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Returns the cursor of the next page, for the setter `start_after_id`; `None` at the end of the list.
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Returns the number of items of this page, which may be a part of the list.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether this page has no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns an iterator over the items of this page.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.items.iter()
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterates_over_items_and_takes_an_empty_cursor_for_none() {
        for (cursor, given) in [(None, None), (Some(""), None), (Some("a"), Some("a"))] {
            let page = Page::new(vec![1, 2], cursor.map(Cursor::from));
            assert_eq!(page.cursor().map(Cursor::expose), given);
            assert_eq!((page.len(), page.is_empty(), page.items()), (2, false, &[1, 2][..]));
            assert_eq!((&page).into_iter().sum::<i32>() + page.iter().sum::<i32>(), 6);
            assert_eq!(page.clone().into_items(), page.into_iter().collect::<Vec<_>>());
        }
    }
}
