//! Who may call an operation, and how that is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{At, RawOperation};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations::item;
use crate::side::Side;

/// What a scheme is, by everything of it that travels; what it is called does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scheme {
    /// Names of schemes are one in any case (RFC 9110, section 11.1).
    Http(String),
    /// Where it stands, and its name: of a header in any case (RFC 9110, section 5.1), of a query or a cookie in this one
    /// only (RFC 3986, section 6.2.2.1; RFC 6265, section 5.3).
    Key(String, String),
    /// The addresses of each flow, by what they are for.
    OAuth(BTreeMap<String, BTreeMap<&'static str, String>>),
    OpenId(String),
    /// What the file does not describe, by its name.
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

    /// What it is in a few words.
    fn shown(&self) -> String {
        match self {
            Self::Http(scheme) => format!("HTTP {scheme}"),
            Self::Key(place, name) => format!("the {place} key `{name}`"),
            Self::OAuth(_) => "OAuth 2.0".to_owned(),
            Self::OpenId(_) => "OpenID Connect".to_owned(),
            Self::Other(name) => format!("`{name}`"),
        }
    }

    /// Whether whoever has come by this one is let in by the other: by each flow at the same addresses.
    fn is_enough(&self, asked: &Self) -> bool {
        match (self, asked) {
            (Self::OAuth(own), Self::OAuth(asked)) => own.iter().all(|(kind, flow)| asked.get(kind) == Some(flow)),
            (own, asked) => own == asked,
        }
    }

    /// How another version of the scheme differs, a part a line.
    fn differences(&self, new: &Self) -> Vec<String> {
        match (self, new) {
            (Self::OpenId(old), Self::OpenId(new)) if old != new => {
                vec![format!("has its discovery document (`openIdConnectUrl`) at {new} where it was at {old}")]
            }
            (Self::Key(place, name), Self::Key(at, called)) if (place, name) != (at, called) => {
                vec![format!("is the {at} key `{called}` where it was the {place} key `{name}`")]
            }
            (Self::Http(old), Self::Http(new)) if old != new => vec![format!("is HTTP {new} where it was HTTP {old}")],
            (Self::OAuth(old), Self::OAuth(new)) => {
                let gone = old.keys().filter(|kind| !new.contains_key(*kind));
                let mut all: Vec<_> = gone.map(|kind| format!("no longer has the flow `{kind}`")).collect();
                for (kind, after) in new {
                    let Some(before) = old.get(kind) else {
                        all.push(format!("has the flow `{kind}` now"));
                        continue;
                    };
                    for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
                        let said = |flow: &BTreeMap<&'static str, String>| flow.get(key).cloned();
                        if said(before) != said(after) {
                            let shown = |url: Option<String>| url.unwrap_or_else(|| "none".to_owned());
                            let (is, was) = (shown(said(after)), shown(said(before)));
                            all.push(format!("has {is} as the `{key}` of the flow `{kind}` where it was {was}"));
                        }
                    }
                }
                all
            }
            _ => Vec::new(),
        }
    }
}

/// The addresses of a flow. Tokens are refreshed where they are fetched unless another address is named (RFC 6749,
/// section 6; OpenAPI 3.0.3, 4.7.29).
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

/// One way to be let in: schemes, by what they are, with what they are called and the scopes that are asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way(BTreeMap<Scheme, (BTreeSet<String>, BTreeSet<String>)>);

impl Way {
    fn of(side: Side<'_>, at: &At<'_>) -> Self {
        let mut schemes: BTreeMap<_, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for (name, scopes) in at.entries() {
            let (names, all) = schemes.entry(Scheme::of(side, name)).or_default();
            names.insert(name.to_owned());
            all.extend(texts(scopes.value));
        }
        Self(schemes)
    }

    /// The alternatives of an operation. No requirement at all is one that asks for nothing.
    fn all(side: Side<'_>, operation: &RawOperation<'_>) -> Vec<Self> {
        let root = side.root();
        let list = operation.at.get("security").or_else(|| root.get("security"));
        let ways: Vec<_> = list.into_iter().flat_map(|list| list.list()).map(|way| Self::of(side, &way)).collect();
        if ways.is_empty() { vec![Self(BTreeMap::new())] } else { ways }
    }

    /// Whether who comes by one way is let in by the other, which must not ask for more.
    fn is_enough(&self, asked: &Self) -> bool {
        asked.0.iter().all(|(scheme, (_, scopes))| {
            self.0.iter().any(|(own, (_, granted))| own.is_enough(scheme) && scopes.is_subset(granted))
        })
    }

    /// The same without what schemes are called.
    fn plain(&self) -> BTreeMap<&Scheme, &BTreeSet<String>> {
        self.0.iter().map(|(scheme, (_, scopes))| (scheme, scopes)).collect()
    }

    /// With schemes by their new form, where that is known.
    fn renewed(&self, renewed: &BTreeMap<Scheme, Scheme>) -> Self {
        let schemes =
            self.0.iter().map(|(scheme, asked)| (renewed.get(scheme).unwrap_or(scheme).clone(), asked.clone()));
        Self(schemes.collect())
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What ways ask for: scopes where there are any, or else the scheme; both where `is_whole`.
fn shown(ways: &[Way], is_whole: bool) -> String {
    let each = ways.iter().map(|way| {
        let parts = way.0.iter().map(|(scheme, (_, scopes))| {
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

fn plain(ways: &[Way]) -> BTreeSet<BTreeMap<&Scheme, &BTreeSet<String>>> {
    ways.iter().map(Way::plain).collect()
}

impl<'a> Comparison<'a> {
    pub(crate) fn security(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let (before, after) = (Way::all(self.old, old), Way::all(self.new, new));
        if plain(&before) == plain(&after) {
            return;
        }
        let is_open = before.iter().all(|come| after.iter().any(|asked| come.is_enough(asked)));
        let verdict = match is_open {
            true => (Verdict::Compatible, "what the old bindings show is still enough"),
            false => (Verdict::Breaking, "what the old bindings show may no longer be enough"),
        };
        let renewed = self.schemes((old, &before), (new, &after), is_open);
        let known: Vec<_> = before.iter().map(|way| way.renewed(&renewed)).collect();
        if plain(&known) == plain(&after) {
            return;
        }
        // The same scopes by another scheme are told with the scheme.
        let is_whole = shown(&after, false) == shown(&before, false);
        let (is, was) = (shown(&after, is_whole), shown(&before, is_whole));
        let what = match is == was {
            true => format!("`{}` asks for {is} in another way", new.name()),
            false => format!("`{}` asks for {is} where it asked for {was}", new.name()),
        };
        let mut change = Change::new(Kind::Security, Direction::Request, what).wire(verdict.0, verdict.1);
        let scopes = |ways: &[Way]| {
            let all = ways.iter().flat_map(|way| way.0.values().flat_map(|(_, scopes)| scopes.iter().cloned()));
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

    /// Tells how schemes have changed that are called the same and are of one kind, once for all who ask for them; and
    /// which has become which.
    fn schemes(
        &mut self,
        (old, before): (&RawOperation<'a>, &[Way]),
        (new, after): (&RawOperation<'a>, &[Way]),
        is_open: bool,
    ) -> BTreeMap<Scheme, Scheme> {
        let schemes = |ways: &[Way]| {
            let all = ways.iter().flat_map(|way| way.0.iter());
            let named = all.flat_map(|(scheme, (names, _))| names.iter().map(|name| (name.clone(), scheme.clone())));
            named.collect::<BTreeMap<_, _>>()
        };
        let (was, is) = (schemes(before), schemes(after));
        let mut renewed = BTreeMap::new();
        for (name, one) in &was {
            let Some(other) = is.get(name) else { continue };
            let differences = one.differences(other);
            if differences.is_empty() {
                continue;
            }
            let (verdict, why) = match is_open || one.is_enough(other) {
                true => (Verdict::Compatible, "what the old bindings show is still enough"),
                false => (Verdict::Breaking, "what the old bindings show may no longer be enough"),
            };
            let what = format!("the security scheme `{name}` {}", differences.join(", and "));
            let change = Change::new(Kind::Security, Direction::Request, what).wire(verdict, why);
            let change = change.about(Some(item(old)), Some(item(new)));
            let place = format!("/components/securitySchemes/{}", unloc_spec::escape(name));
            self.add(change, &place, &place);
            renewed.insert(one.clone(), other.clone());
        }
        renewed
    }
}
