//! Compares the bodies of requests and responses, statuses and headers.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::{At, RawOperation};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations::item;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;

/// Returns whether a status means success: 2xx, or `default` if no 2xx is documented, because `default` covers every
/// undocumented status (OpenAPI 3.0.3, 4.7.16).
pub(crate) fn is_success<'s>(all: impl IntoIterator<Item = &'s str>, status: &str) -> bool {
    status.starts_with('2') || (status == "default" && !all.into_iter().any(|status| status.starts_with('2')))
}

impl<'a> Comparison<'a> {
    pub(crate) fn bodies(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let body = |side: Side<'a>, operation: &RawOperation<'a>| side.follow(operation.at.get("requestBody")?);
        let about = |change: Change| change.about(Some(item(old).member("body")), Some(item(new).member("body")));
        let called = format!("the body of `{}`", new.name());
        match (body(self.old, old), body(self.new, new)) {
            (Some(before), Some(after)) => {
                let (was, is) = (before.is("required"), after.is("required"));
                if was != is {
                    let what = format!("{called} is now {}", if is { "required" } else { "optional" });
                    let (verdict, why) = match is {
                        true => (Verdict::Breaking, "the old bindings may omit it"),
                        false => (Verdict::Compatible, "it may still be sent"),
                    };
                    let mut change = Change::new(Kind::Body, Direction::Request, what).wire(verdict, why);
                    change.fails_at_run_time = is;
                    self.add(about(change), &before.pointer, &after.pointer);
                }
                self.contents(&called, (old, &before), (new, &after));
            }
            (Some(before), None) => {
                let mut change = Change::new(Kind::Body, Direction::Request, format!("{called} was removed"));
                change = change.wire(Verdict::Unknown, "the service may refuse or ignore what the old bindings send");
                change.reaches.0 = self.reaches(before.value);
                self.add(about(change), &before.pointer, &new.at.pointer);
            }
            (None, Some(after)) => {
                let is_required = after.is("required");
                let must = if is_required { "required " } else { "" };
                let what = format!("the {must}body of `{}` was added", new.name());
                let (verdict, why) = match is_required {
                    true => (Verdict::Breaking, "the old bindings do not send it"),
                    false => (Verdict::Compatible, "it may be omitted, as the old bindings do"),
                };
                let mut change = Change::new(Kind::Body, Direction::Request, what).wire(verdict, why);
                change.fails_at_run_time = is_required;
                change.reaches.1 = self.reaches(after.value);
                self.add(about(change), &old.at.pointer, &after.pointer);
            }
            (None, None) => {}
        }
    }

    /// Compares the content of a body or a response by media type.
    fn contents(
        &mut self,
        called: &str,
        (old, before): (&RawOperation<'a>, &At<'a>),
        (new, after): (&RawOperation<'a>, &At<'a>),
    ) {
        let contents = |at: &At<'a>| {
            let all = at.get("content").into_iter().flat_map(|at| at.entries());
            // Media types ignore case, and their parameters do not change the schema (RFC 9110, section 8.3.1).
            all.map(|(media, at)| (media.split(';').next().unwrap_or_default().trim().to_lowercase(), at))
                .collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (contents(before), contents(after));
        for (media, schema) in &was {
            let Some(other) = is.get(media) else {
                let what = format!("{called} can no longer be {media}");
                let change = Change::new(Kind::Body, self.direction, what);
                let change = change.wire(Verdict::Breaking, "the old bindings support only that media type");
                self.add(change.about(Some(item(old)), Some(item(new))), &schema.pointer, &after.pointer);
                continue;
            };
            match (schema.get("schema"), other.get("schema")) {
                (Some(before), Some(after)) => {
                    let items = match self.direction {
                        Direction::Request => (item(old).member("body"), item(new).member("body")),
                        _ => (item(old), item(new)),
                    };
                    self.schemas(&before, &after, &Spot::new(called, items.0, items.1));
                }
                (None, None) => {}
                (before, _) => {
                    let now = if before.is_some() { "no longer has a schema" } else { "now has a schema" };
                    let change = Change::new(Kind::Body, self.direction, format!("{called} {now}"));
                    let change = change.wire(Verdict::Unknown, "without a schema, the content cannot be compared");
                    self.add(change.about(Some(item(old)), Some(item(new))), &schema.pointer, &other.pointer);
                }
            }
        }
        for (media, schema) in is.iter().filter(|(media, _)| !was.contains_key(*media)) {
            let what = format!("{called} can now be {media}");
            let change = Change::new(Kind::Body, self.direction, what);
            let verdict = match self.direction {
                Direction::Request => (Verdict::Compatible, "everything that the old bindings send is still accepted"),
                _ if was.is_empty() => (Verdict::Compatible, "the old bindings ignore it"),
                _ => (Verdict::Unknown, "the old bindings support only the other media type"),
            };
            let mut change = change.wire(verdict.0, verdict.1);
            change.reaches.1 = self.reaches(schema.value);
            self.add(change.about(Some(item(old)), Some(item(new))), &before.pointer, &schema.pointer);
        }
    }

    pub(crate) fn responses(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let responses = |side: Side<'a>, operation: &RawOperation<'a>| {
            let all = operation.at.get("responses").into_iter().flat_map(|at| at.entries());
            all.filter(|(status, _)| !status.starts_with("x-"))
                .filter_map(|(status, at)| Some((status, side.follow(at)?)))
                .collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (responses(self.old, old), responses(self.new, new));
        // The bindings read any 2xx as the success response that has content.
        let success = |all: &BTreeMap<&'a str, At<'a>>| {
            let good = || all.iter().filter(|(status, _)| is_success(all.keys().copied(), status));
            let found = good().find(|(_, at)| at.value.get("content").is_some()).or_else(|| good().next());
            found.map(|(_, at)| at.clone())
        };
        let good = |all: &BTreeMap<&'a str, At<'a>>| {
            let good = all.keys().filter(|status| is_success(all.keys().copied(), status));
            good.copied().collect::<BTreeSet<&str>>()
        };
        let (was_good, is_good) = (good(&was), good(&is));
        let (before, after) = (success(&was), success(&is));
        let called = format!("the response of `{}`", new.name());
        for (status, response) in is.iter().filter(|(status, _)| is_good.contains(*status)) {
            let known = was.get(status).filter(|_| was_good.contains(status));
            let Some(before) = known.or(before.as_ref()) else { continue };
            if before.value.get("content").is_some() && response.value.get("content").is_none() {
                let what = format!("{called} no longer has a body with status {status}");
                let change = Change::new(Kind::Response, Direction::Response, what);
                let mut change = change.wire(Verdict::Breaking, "the old bindings cannot read a response without it");
                change.reaches.0 = self.reaches(before.value);
                self.add(change.about(Some(item(old)), Some(item(new))), &before.pointer, &response.pointer);
            } else {
                self.contents(&called, (old, before), (new, response));
            }
            self.headers(&called, (old, before), (new, response));
        }
        for (status, at) in was.iter().filter(|(status, _)| !is.contains_key(*status)) {
            // Without any success response, the new spec does not say what a successful call returns.
            let verdict = match was_good.contains(status) && after.is_none() {
                true => (Verdict::Unknown, "no success response is documented any more"),
                false if was_good.contains(status) => {
                    (Verdict::Compatible, "the old bindings accept any status from 200 to 299")
                }
                false => (Verdict::Compatible, "the old bindings keep the body of any error as received"),
            };
            let what = format!("the response {status} of `{}` is no longer documented", new.name());
            let change = Change::new(Kind::Response, Direction::Response, what).wire(verdict.0, verdict.1);
            self.add(change.about(Some(item(old)), Some(item(new))), &at.pointer, &new.at.pointer);
        }
        for (status, at) in is.iter().filter(|(status, _)| !was.contains_key(*status)) {
            let why = match is_good.contains(status) {
                true => "the old bindings accept any status from 200 to 299",
                false => "the old bindings keep the body of any error as received",
            };
            let what = format!("the response {status} of `{}` is now documented", new.name());
            let change = Change::new(Kind::Response, Direction::Response, what).wire(Verdict::Compatible, why);
            self.add(change.about(Some(item(old)), Some(item(new))), &old.at.pointer, &at.pointer);
        }
        let errors = was.iter().filter(|(status, _)| !was_good.contains(*status) && !is_good.contains(*status));
        for (before, after) in errors.filter_map(|(status, before)| Some((before, is.get(status)?))) {
            self.errors((old, before), (new, after));
        }
    }

    /// Compares the bodies of errors. The transport reads any of them, so it is enough to report a difference.
    fn errors(&mut self, (old, before): (&RawOperation<'a>, &At<'a>), (new, after): (&RawOperation<'a>, &At<'a>)) {
        let bodies = |at: &At<'a>| {
            at.get("content").into_iter().flat_map(|content| content.entries()).collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (bodies(before), bodies(after));
        for (media, one) in &was {
            let (Some(one), Some(other)) = (one.get("schema"), is.get(media).and_then(|other| other.get("schema")))
            else {
                continue;
            };
            let is_equal = || rename::signature(self.old, &one, 0) == rename::signature(self.new, &other, 0);
            if !self.same.is_same(one.value, other.value) && !is_equal() {
                let (one, other) = (self.old.view(&one), self.new.view(&other));
                let change = Change::new(Kind::Response, Direction::Response, "the body of errors changed");
                let change =
                    change.wire(Verdict::Compatible, "the old bindings keep the body of any error as received");
                self.add(change.about(Some(item(old)), Some(item(new))), &one.home, &other.home);
            }
        }
    }

    fn headers(
        &mut self,
        called: &str,
        (old, before): (&RawOperation<'a>, &At<'a>),
        (new, after): (&RawOperation<'a>, &At<'a>),
    ) {
        let names = |at: &At<'a>| {
            at.get("headers")
                .into_iter()
                .flat_map(|at| at.entries())
                .map(|(name, _)| name.to_lowercase())
                .collect::<Vec<_>>()
        };
        let (was, is) = (names(before), names(after));
        for name in was.iter().filter(|name| !is.contains(name)) {
            let change =
                Change::new(Kind::Response, Direction::Response, format!("{called} no longer has the header `{name}`"));
            let change = change.wire(Verdict::Unknown, "the bindings do not read it, but a program may");
            self.add(change.about(Some(item(old)), Some(item(new))), &before.pointer, &after.pointer);
        }
        for name in is.iter().filter(|name| !was.contains(name)) {
            let change =
                Change::new(Kind::Response, Direction::Response, format!("{called} now has the header `{name}`"));
            let change = change.wire(Verdict::Compatible, "the old bindings ignore it");
            self.add(change.about(Some(item(old)), Some(item(new))), &before.pointer, &after.pointer);
        }
    }
}
