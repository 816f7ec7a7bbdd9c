//! Compares the security requirements of operations, and the security schemes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{At, RawOperation};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations::item;
use crate::side::Side;

/// Describes a security scheme by everything that is sent; its name is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scheme {
    /// Holds the HTTP scheme in lower case, because scheme names ignore case (RFC 9110, section 11.1).
    Http(String),
    /// Holds the location and the name of an API key. Header names ignore case (RFC 9110, section 5.1); names of query
    /// parameters and cookies do not (RFC 3986, section 6.2.2.1; RFC 6265, section 5.3).
    Key(String, String),
    /// Holds the URLs of each flow, by purpose.
    OAuth(BTreeMap<String, BTreeMap<&'static str, String>>),
    /// Holds the URL of the discovery document.
    OpenId(String),
    /// Holds the name of a scheme that the file does not describe.
    Other(String),
}

impl Scheme {
    fn of(side: Side<'_>, name: &str) -> Self {
        let at = side.at("/components/securitySchemes").and_then(|schemes| schemes.get(name));
        let Some(at) = at.and_then(|at| side.follow(at)) else { return Self::Other(name.to_owned()) };
        let text = |key: &str| at.text(key).unwrap_or_default().to_owned();
        match at.text("type") {
            Some("http") => Self::Http(text("scheme").to_lowercase()),
            Some("apiKey") if text("in") == "header" => Self::Key(text("in"), text("name").to_lowercase()),
            Some("apiKey") => Self::Key(text("in"), text("name")),
            Some("oauth2") => {
                let flows = at.get("flows").into_iter().flat_map(|flows| flows.entries());
                let flows = flows.filter(|(kind, flow)| !kind.starts_with("x-") && flow.value.is_object());
                Self::OAuth(flows.map(|(kind, flow)| (kind.to_owned(), addresses(&flow))).collect())
            }
            Some("openIdConnect") => Self::OpenId(text("openIdConnectUrl")),
            _ => Self::Other(name.to_owned()),
        }
    }

    /// Returns a short description for messages.
    fn shown(&self) -> String {
        match self {
            Self::Http(scheme) => format!("HTTP {scheme}"),
            Self::Key(place, name) => format!("the {place} key `{name}`"),
            Self::OAuth(_) => "OAuth 2.0".to_owned(),
            Self::OpenId(_) => "OpenID Connect".to_owned(),
            Self::Other(name) => format!("`{name}`"),
        }
    }

    /// Returns whether credentials for this scheme satisfy the other one: each flow must have the same URLs.
    fn satisfies(&self, required: &Self) -> bool {
        match (self, required) {
            (Self::OAuth(own), Self::OAuth(required)) => {
                own.iter().all(|(kind, flow)| required.get(kind) == Some(flow))
            }
            (own, required) => own == required,
        }
    }

    /// Describes how another version of the scheme differs, one entry per part.
    fn differences(&self, new: &Self) -> Vec<String> {
        match (self, new) {
            (Self::OpenId(old), Self::OpenId(new)) if old != new => {
                vec![format!("moved its discovery document (`openIdConnectUrl`) from {old} to {new}")]
            }
            (Self::Key(place, name), Self::Key(at, called)) if (place, name) != (at, called) => {
                vec![format!("changed from the {place} key `{name}` to the {at} key `{called}`")]
            }
            (Self::Http(old), Self::Http(new)) if old != new => vec![format!("changed from HTTP {old} to HTTP {new}")],
            (Self::OAuth(old), Self::OAuth(new)) => {
                let removed = old.keys().filter(|kind| !new.contains_key(*kind));
                let mut all: Vec<_> = removed.map(|kind| format!("no longer has the flow `{kind}`")).collect();
                for (kind, after) in new {
                    let Some(before) = old.get(kind) else {
                        all.push(format!("now has the flow `{kind}`"));
                        continue;
                    };
                    for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
                        let url = |flow: &BTreeMap<&'static str, String>| flow.get(key).cloned();
                        if url(before) != url(after) {
                            let shown = |url: Option<String>| url.unwrap_or_else(|| "none".to_owned());
                            let (is, was) = (shown(url(after)), shown(url(before)));
                            all.push(format!("changed the `{key}` of the flow `{kind}` from {was} to {is}"));
                        }
                    }
                }
                all
            }
            _ => Vec::new(),
        }
    }
}

/// Returns the URLs of a flow. The refresh URL defaults to the token URL (RFC 6749, section 6; OpenAPI 3.0.3, 4.7.29).
fn addresses(flow: &At<'_>) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::new();
    for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
        all.extend(flow.text(key).map(|url| (key, url.to_owned())));
    }
    if all.get("refreshUrl") == all.get("tokenUrl") {
        all.remove("refreshUrl");
    }
    all
}

/// Describes one security requirement: the schemes, each with its names and the required scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Requirement(BTreeMap<Scheme, (BTreeSet<String>, BTreeSet<String>)>);

impl Requirement {
    fn of(side: Side<'_>, at: &At<'_>) -> Self {
        let mut schemes: BTreeMap<_, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for (name, scopes) in at.entries() {
            let (names, all) = schemes.entry(Scheme::of(side, name)).or_default();
            names.insert(name.to_owned());
            all.extend(texts(scopes.value));
        }
        Self(schemes)
    }

    /// Returns the alternative requirements of an operation. Without any, it has one that requires nothing.
    fn all(side: Side<'_>, operation: &RawOperation<'_>) -> Vec<Self> {
        let root = side.root();
        let list = operation.at.get("security").or_else(|| root.get("security"));
        let requirements: Vec<_> =
            list.into_iter().flat_map(|list| list.list()).map(|requirement| Self::of(side, &requirement)).collect();
        if requirements.is_empty() { vec![Self(BTreeMap::new())] } else { requirements }
    }

    /// Returns whether credentials for this requirement satisfy the other one, which must not require more.
    fn satisfies(&self, required: &Self) -> bool {
        required.0.iter().all(|(scheme, (_, scopes))| {
            self.0.iter().any(|(own, (_, granted))| own.satisfies(scheme) && scopes.is_subset(granted))
        })
    }

    /// Returns the requirement without the names of schemes.
    fn without_names(&self) -> BTreeMap<&Scheme, &BTreeSet<String>> {
        self.0.iter().map(|(scheme, (_, scopes))| (scheme, scopes)).collect()
    }

    /// Replaces schemes by their new version where it is known.
    fn updated(&self, updated: &BTreeMap<Scheme, Scheme>) -> Self {
        let schemes =
            self.0.iter().map(|(scheme, required)| (updated.get(scheme).unwrap_or(scheme).clone(), required.clone()));
        Self(schemes.collect())
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Formats requirements: the scopes if there are any, or else the scheme; both if `is_whole`.
fn shown(requirements: &[Requirement], is_whole: bool) -> String {
    let each = requirements.iter().map(|requirement| {
        let parts = requirement.0.iter().map(|(scheme, (_, scopes))| {
            let listed = scopes.iter().cloned().collect::<Vec<_>>().join(" and ");
            match (scopes.is_empty(), is_whole) {
                (true, _) => scheme.shown(),
                (false, true) => format!("{listed} by {}", scheme.shown()),
                (false, false) => listed,
            }
        });
        let parts = parts.collect::<Vec<_>>().join(" with ");
        if parts.is_empty() { "nothing".to_owned() } else { parts }
    });
    each.collect::<Vec<_>>().join(", or ")
}

fn without_names(requirements: &[Requirement]) -> BTreeSet<BTreeMap<&Scheme, &BTreeSet<String>>> {
    requirements.iter().map(Requirement::without_names).collect()
}

impl<'a> Comparison<'a> {
    pub(crate) fn security(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let (before, after) = (Requirement::all(self.old, old), Requirement::all(self.new, new));
        if without_names(&before) == without_names(&after) {
            return;
        }
        let is_open = before.iter().all(|offered| after.iter().any(|required| offered.satisfies(required)));
        let verdict = match is_open {
            true => (Verdict::Compatible, "the credentials that the old bindings send are still sufficient"),
            false => (Verdict::Breaking, "the credentials that the old bindings send may no longer be sufficient"),
        };
        let updated = self.schemes((old, &before), (new, &after), is_open);
        let known: Vec<_> = before.iter().map(|requirement| requirement.updated(&updated)).collect();
        if without_names(&known) == without_names(&after) {
            return;
        }
        // If only the scheme differs, the message must name it.
        let is_whole = shown(&after, false) == shown(&before, false);
        let (is, was) = (shown(&after, is_whole), shown(&before, is_whole));
        let what = match is == was {
            true => format!("`{}` requires {is} in another way", new.name()),
            false => format!("`{}` now requires {is} instead of {was}", new.name()),
        };
        let mut change = Change::new(Kind::Security, Direction::Request, what).wire(verdict.0, verdict.1);
        let scopes = |requirements: &[Requirement]| {
            let all = requirements
                .iter()
                .flat_map(|requirement| requirement.0.values().flat_map(|(_, scopes)| scopes.iter().cloned()));
            all.collect::<BTreeSet<_>>()
        };
        let (was, is) = (scopes(&before), scopes(&after));
        change.lost = was.difference(&is).cloned().collect();
        change.new = is.difference(&was).cloned().collect();
        let change = change.about(Some(item(old)), Some(item(new)));
        let place = |at: &At<'a>| match at.value.get("security") {
            Some(_) => format!("{}/security", at.pointer),
            None => at.pointer.clone(),
        };
        self.add(change, &place(&old.at), &place(&new.at));
    }

    /// Reports changes of schemes with the same name and kind once for all operations, and returns the new version of
    /// each.
    fn schemes(
        &mut self,
        (old, before): (&RawOperation<'a>, &[Requirement]),
        (new, after): (&RawOperation<'a>, &[Requirement]),
        is_open: bool,
    ) -> BTreeMap<Scheme, Scheme> {
        let schemes = |requirements: &[Requirement]| {
            let all = requirements.iter().flat_map(|requirement| requirement.0.iter());
            let named = all.flat_map(|(scheme, (names, _))| names.iter().map(|name| (name.clone(), scheme.clone())));
            named.collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (schemes(before), schemes(after));
        let mut updated = BTreeMap::new();
        for (name, one) in &was {
            let Some(other) = is.get(name) else { continue };
            let differences = one.differences(other);
            if differences.is_empty() {
                continue;
            }
            let (verdict, why) = match is_open || one.satisfies(other) {
                true => (Verdict::Compatible, "the credentials that the old bindings send are still sufficient"),
                false => (Verdict::Breaking, "the credentials that the old bindings send may no longer be sufficient"),
            };
            let what = format!("the security scheme `{name}` {}", differences.join(", and "));
            let change = Change::new(Kind::Security, Direction::Request, what).wire(verdict, why);
            let change = change.about(Some(item(old)), Some(item(new)));
            let place = format!("/components/securitySchemes/{}", unloc_spec::escape(name));
            self.add(change, &place, &place);
            updated.insert(one.clone(), other.clone());
        }
        updated
    }
}
