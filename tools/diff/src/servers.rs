//! Compares the server URLs that are built into the bindings, together with the paths of operations.
//!
//! A call goes to the URL of a server followed by a path (OpenAPI 3.0.3, 4.7.8). A segment that moves from one to the
//! other changes nothing on the wire.

use std::collections::BTreeMap;

use unloc_spec::At;
use unloc_spec::keys::ENVIRONMENT;

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations;
use crate::side::Side;

/// Returns the servers of a version, by environment if they have one, or else by index.
fn servers(side: Side<'_>) -> BTreeMap<String, At<'_>> {
    let list = side.root().get("servers").into_iter().flat_map(|servers| servers.list());
    let named = list.enumerate().map(|(place, server)| {
        let name = server.text(ENVIRONMENT).map_or_else(|| place.to_string(), str::to_owned);
        (name, server)
    });
    named.collect()
}

/// Returns a URL without its trailing slash, because every path begins with one.
fn address<'a>(server: &At<'a>) -> Option<&'a str> {
    Some(server.text("url")?.trim_end_matches('/'))
}

/// Splits a URL into scheme and host, and the path.
fn split(url: &str) -> (&str, &str) {
    let begin = url.find("://").map_or(0, |place| place + 3);
    // A relative URL has no host.
    if begin == 0 && !url.starts_with("//") {
        return ("", url);
    }
    let begin = begin.max(2);
    let end = url[begin..].find('/').map_or(url.len(), |place| begin + place);
    url.split_at(end)
}

impl<'a> Comparison<'a> {
    /// Sets the prefixes of both sides, if all servers changed from one path to another and operations match only with
    /// them.
    fn find_prefixes(&mut self) {
        // Without `servers` there is one server at `/` (OpenAPI 3.0.3, 4.7.1).
        let addresses = |side: Side<'a>| {
            let all: BTreeMap<_, _> = servers(side)
                .into_iter()
                .filter_map(|(name, server)| Some((name, address(&server)?.to_owned())))
                .collect();
            if all.is_empty() { BTreeMap::from([("0".to_owned(), String::new())]) } else { all }
        };
        let (old, new) = (addresses(self.old), addresses(self.new));
        let moved: Option<Vec<_>> = old
            .iter()
            .map(|(name, url)| {
                let ((host, path), (other, after)) = (split(url), split(new.get(name)?));
                (host == other && path != after).then(|| (path.to_owned(), after.to_owned()))
            })
            .collect();
        let Some(moved) = moved.filter(|_| old.len() == new.len()) else { return };
        let [(old, new), rest @ ..] = moved.as_slice() else { return };
        if rest.iter().any(|(before, after)| (before, after) != (old, new)) {
            return;
        }
        let keys = |side: Side<'a>, prefix: &str| {
            operations::all(side).map(|one| operations::key(&one, prefix)).collect::<std::collections::BTreeSet<_>>()
        };
        if !keys(self.old, old).is_disjoint(&keys(self.new, new)) {
            self.prefixes = (old.clone(), new.clone());
        }
    }

    pub(crate) fn servers(&mut self) {
        self.find_prefixes();
        if self.prefixes.0 != self.prefixes.1 {
            return;
        }
        let (old, new) = (servers(self.old), servers(self.new));
        for (name, before) in &old {
            let Some(url) = address(before) else { continue };
            let after = new.get(name).and_then(address);
            // Without an environment, the order of servers has no meaning.
            let is_named = before.text(ENVIRONMENT).is_some();
            if after == Some(url) || (!is_named && new.values().any(|server| address(server) == Some(url))) {
                continue;
            }
            let called = if is_named { format!("the server of `{name}` ({url})") } else { format!("the server {url}") };
            let what = match after {
                Some(after) => format!("{called} moved to {after}"),
                None => format!("{called} was removed"),
            };
            let change = Change::new(Kind::Server, Direction::Request, what);
            let mut change = change.wire(Verdict::Breaking, "the old address is built into the old bindings");
            change.fails_at_run_time = is_named && after.is_none();
            let place = new.get(name).map_or("/servers", |server| server.pointer.as_str());
            self.add(change, &before.pointer, place);
        }
        for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            let what = format!("the server {} ({name}) was added", after.text("url").unwrap_or_default());
            let change = Change::new(Kind::Server, Direction::Request, what);
            let change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            self.add(change, "/servers", &after.pointer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn splits_a_url_into_host_and_path() {
        for (url, host, path) in [
            ("https://api.example.com/v1", "https://api.example.com", "/v1"),
            ("https://api.example.com", "https://api.example.com", ""),
            ("https://{region}.example.com:8443/a/b", "https://{region}.example.com:8443", "/a/b"),
            ("//api.example.com/v1", "//api.example.com", "/v1"),
            ("/v1", "", "/v1"),
            ("", "", ""),
        ] {
            assert_eq!(split(url), (host, path), "{url}");
        }
    }
}
