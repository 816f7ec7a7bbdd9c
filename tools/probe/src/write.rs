//! Creates resources and cleans them up, whatever fails on the way.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::walk::{FICTIONAL_NUMBER, Reply, Service, list};

/// Limits the attempts of each cleanup call.
const ATTEMPTS: u32 = 3;
/// Is the delay before the second attempt; the third waits twice as long.
const PAUSE: Duration = Duration::from_millis(250);

/// Describes a resource that the probe created.
struct Created {
    id: String,
    kind: Kind,
    /// Holds the result of the last attempt to undo the creation; `None` if there was no attempt.
    undone: Option<Result<(), String>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Key,
    Webhook,
}

impl Kind {
    /// Returns the path parameter for its id, the operation that undoes the creation, and the operation that lists all.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Key => ("keyId", "updateKey", "getKeysForUser"),
            Self::Webhook => ("webhookId", "deleteWebhook", "getWebhooks"),
        }
    }

    /// Returns the body of the operation that undoes the creation.
    fn undo(self) -> Option<Value> {
        (self == Self::Key).then(|| json!({ "state": "revoked" }))
    }
}

/// Records what the probe created.
struct Ledger {
    created: Vec<Created>,
    /// Holds the keys that existed before; `None` if they could not be listed.
    before: Option<BTreeSet<String>>,
    /// Is the URL of our webhook, which is unique to this run.
    url: String,
    /// Lists the kinds of which a resource may exist although the response was lost.
    lost: Vec<Kind>,
    has_role: bool,
}

impl Service {
    /// Calls the operations that create something, and cleans up.
    pub(super) async fn write(&mut self) {
        let earlier = self.known.clone();
        // A key for a real user of the account could open a real door.
        self.known.insert("userId".to_owned(), FICTIONAL_NUMBER.to_owned());
        let before = self.quietly("getKeysForUser", None).await.value;
        let before = before.map(|keys| list(&keys).iter().filter_map(id_of).collect());
        let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let url = format!("https://hooks.example.com/unloc-probe-{run}");
        let mut ledger = Ledger { created: Vec::new(), before, url, lost: Vec::new(), has_role: false };

        // A key expires after a minute, so one that cannot be revoked does little harm.
        let key = json!({ "userId": FICTIONAL_NUMBER, "durationMinutes": 1, "skipInviteNotification": true });
        self.create("createKey", key.clone(), Kind::Key, &mut ledger).await;
        let mut with_lock = key;
        with_lock["lockId"] = json!(self.known.get("lockId"));
        self.create("createKeyForLockHolder", with_lock, Kind::Key, &mut ledger).await;
        let role = self.call("createOrUpdateRole", Some(json!({ "canShare": false }))).await;
        ledger.has_role = role.may_have_acted();
        self.call("deleteSharedKeysForLock", None).await;
        self.call("deleteSharedKeysForUser", None).await;
        let hook = json!({ "webhookUrl": ledger.url });
        self.create("createWebhook", hook, Kind::Webhook, &mut ledger).await;

        self.clean_up(&mut ledger).await;
        self.known = earlier;
    }

    /// Creates one resource and undoes that, both with a report.
    async fn create(&mut self, id: &str, body: Value, kind: Kind, ledger: &mut Ledger) {
        let reply = self.call(id, Some(body)).await;
        let created = reply.value.as_ref().and_then(|value| {
            // With or without its envelope.
            id_of(value).or_else(|| value.as_object()?.values().find_map(id_of))
        });
        let Some(created) = created else {
            if reply.may_have_acted() {
                ledger.lost.push(kind);
            }
            return;
        };
        let (parameter, undo, _) = kind.names();
        self.known.insert(parameter.to_owned(), created.clone());
        let reply = self.call(undo, kind.undo()).await;
        ledger.created.push(Created { id: created, kind, undone: outcome(&reply) });
    }

    /// Cleans up what is left, including resources whose response was lost, and records what stays.
    async fn clean_up(&mut self, ledger: &mut Ledger) {
        let lost: Vec<Kind> =
            [Kind::Key, Kind::Webhook].into_iter().filter(|kind| ledger.lost.contains(kind)).collect();
        for kind in lost {
            self.search(kind, ledger).await;
        }
        for created in ledger.created.iter_mut().filter(|created| created.undone != Some(Ok(()))) {
            let (parameter, undo, _) = created.kind.names();
            self.known.insert(parameter.to_owned(), created.id.clone());
            for attempt in 0..ATTEMPTS {
                if attempt > 0 {
                    tokio::time::sleep(PAUSE * attempt).await;
                }
                let reply = self.quietly(undo, created.kind.undo()).await;
                created.undone = outcome(&reply).or(created.undone.take());
                if created.undone == Some(Ok(())) {
                    break;
                }
            }
        }
        let lock = self.known.get("lockId").cloned().unwrap_or_default();
        for Created { id, kind, undone } in &ledger.created {
            let why = match undone {
                Some(Ok(())) => None,
                Some(Err(why)) => Some(why.as_str()),
                None => Some("no request could be sent"),
            };
            match (kind, why) {
                (Kind::Key, None) => {
                    let text = format!("key {id} of lock {lock}, revoked: the service has no way to delete it");
                    self.left.push(text);
                }
                (Kind::Key, Some(why)) => self.left.push(format!(
                    "key {id} of lock {lock}, which could not be revoked ({why}): it expires one minute after its creation"
                )),
                (Kind::Webhook, None) => {}
                (Kind::Webhook, Some(why)) => {
                    self.left.push(format!("webhook {id}, which could not be deleted ({why}): delete it by hand"));
                }
            }
        }
        if ledger.has_role {
            let text = format!(
                "a role for a fictional number at lock {lock}, which may not share keys: the service has no way to delete it"
            );
            self.left.push(text);
        }
    }

    /// Finds the resource of a call whose response was lost.
    async fn search(&mut self, kind: Kind, ledger: &mut Ledger) {
        let (_, _, listing) = kind.names();
        let mut listed = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE * attempt).await;
            }
            listed = self.quietly(listing, None).await.value;
            if listed.is_some() {
                break;
            }
        }
        let (Some(listed), true) = (listed, kind == Kind::Webhook || ledger.before.is_some()) else {
            self.left.push(match kind {
                Kind::Key => {
                    "perhaps a key for a fictional number: its response was lost and the keys cannot be listed; it \
                              expires one minute after its creation"
                        .to_owned()
                }
                Kind::Webhook => format!(
                    "perhaps a webhook to {}: its response was lost and the webhooks cannot be listed; delete it by hand",
                    ledger.url
                ),
            });
            return;
        };
        // Only what this run created may be removed: other keys and webhooks belong to the account.
        let is_ours = |thing: &&Value, id: &String| match kind {
            Kind::Webhook => thing.get("webhookUrl").is_some_and(|url| *url == ledger.url.as_str()),
            Kind::Key => ledger.before.as_ref().is_some_and(|before| !before.contains(id)),
        };
        let found = list(&listed).iter().filter_map(|thing| Some((thing, id_of(thing)?)));
        let found: Vec<_> = found.filter(|(thing, id)| is_ours(thing, id)).map(|(_, id)| id).collect();
        for id in found {
            if !ledger.created.iter().any(|created| created.id == id) {
                ledger.created.push(Created { id, kind, undone: None });
            }
        }
    }
}

/// Returns the id of a resource.
fn id_of(value: &Value) -> Option<String> {
    value.get("id")?.as_str().map(str::to_owned)
}

/// Returns whether a resource is gone, also by a 404; `None` if no request was sent.
fn outcome(reply: &Reply) -> Option<Result<(), String>> {
    match reply.status {
        _ if !reply.called => None,
        Some(404) => Some(Ok(())),
        _ if reply.is_success() => Some(Ok(())),
        Some(status) => Some(Err(status.to_string())),
        None => Some(Err("no response".to_owned())),
    }
}
