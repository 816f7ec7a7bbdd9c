//! Makes things and takes them back, whatever fails on the way.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::walk::{NOBODY, Reply, Service, list};

/// How often something is tried to be taken back, and how long the pause between is.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// Something that was made.
struct Made {
    id: String,
    kind: Kind,
    /// What became of the last attempt to take it back; nothing if there was none.
    undone: Option<Result<(), String>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Key,
    Webhook,
}

impl Kind {
    /// The parameter that names it, the operation that takes it back and the one that lists all.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Key => ("keyId", "updateKey", "getKeysForUser"),
            Self::Webhook => ("webhookId", "deleteWebhook", "getWebhooks"),
        }
    }

    fn undo(self) -> Option<Value> {
        (self == Self::Key).then(|| json!({ "state": "revoked" }))
    }
}

/// What is known of the things that were made.
struct Ledger {
    made: Vec<Made>,
    /// The keys that were there before; nothing if they could not be read.
    before: Option<BTreeSet<String>>,
    /// The address of our own webhook, which no other has.
    address: String,
    /// Of which kinds something may have been made of which the answer said nothing.
    lost: Vec<Kind>,
    has_role: bool,
}

impl Service {
    pub(super) async fn write(&mut self) {
        let earlier = self.known.clone();
        self.known.insert("userId".to_owned(), NOBODY.to_owned());
        let before = self.quietly("getKeysForUser", None).await.value;
        let before = before.map(|keys| list(&keys).iter().filter_map(id_of).collect());
        let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let address = format!("https://hooks.example.com/unloc-probe-{run}");
        let mut ledger = Ledger { made: Vec::new(), before, address, lost: Vec::new(), has_role: false };

        let key = json!({ "userId": NOBODY, "durationMinutes": 1, "skipInviteNotification": true });
        self.make("createKey", key.clone(), Kind::Key, &mut ledger).await;
        let mut with_lock = key;
        with_lock["lockId"] = json!(self.known.get("lockId"));
        self.make("createKeyForLockHolder", with_lock, Kind::Key, &mut ledger).await;
        let role = self.call("createOrUpdateRole", Some(json!({ "canShare": false }))).await;
        ledger.has_role = role.may_have_acted();
        self.call("deleteSharedKeysForLock", None).await;
        self.call("deleteSharedKeysForUser", None).await;
        let hook = json!({ "webhookUrl": ledger.address });
        self.make("createWebhook", hook, Kind::Webhook, &mut ledger).await;

        self.clean_up(&mut ledger).await;
        self.known = earlier;
    }

    /// Makes one thing, and takes it back by the operation that is reported.
    async fn make(&mut self, id: &str, body: Value, kind: Kind, ledger: &mut Ledger) {
        let reply = self.call(id, Some(body)).await;
        let made = reply.value.as_ref().and_then(|value| {
            // With its envelope or without.
            id_of(value).or_else(|| value.as_object()?.values().find_map(id_of))
        });
        let Some(made) = made else {
            if reply.may_have_acted() {
                ledger.lost.push(kind);
            }
            return;
        };
        let (parameter, undo, _) = kind.names();
        self.known.insert(parameter.to_owned(), made.clone());
        let reply = self.call(undo, kind.undo()).await;
        ledger.made.push(Made { id: made, kind, undone: outcome(&reply) });
    }

    /// Takes back what is left, also what was made by a call whose answer was lost; and says what stays.
    async fn clean_up(&mut self, ledger: &mut Ledger) {
        let lost: Vec<Kind> =
            [Kind::Key, Kind::Webhook].into_iter().filter(|kind| ledger.lost.contains(kind)).collect();
        for kind in lost {
            self.search(kind, ledger).await;
        }
        for made in ledger.made.iter_mut().filter(|made| made.undone != Some(Ok(()))) {
            let (parameter, undo, _) = made.kind.names();
            self.known.insert(parameter.to_owned(), made.id.clone());
            for attempt in 0..ATTEMPTS {
                if attempt > 0 {
                    tokio::time::sleep(PAUSE * attempt).await;
                }
                let reply = self.quietly(undo, made.kind.undo()).await;
                made.undone = outcome(&reply).or(made.undone.take());
                if made.undone == Some(Ok(())) {
                    break;
                }
            }
        }
        let lock = self.known.get("lockId").cloned().unwrap_or_default();
        for Made { id, kind, undone } in &ledger.made {
            let why = match undone {
                Some(Ok(())) => None,
                Some(Err(why)) => Some(why.as_str()),
                None => Some("no request could be sent"),
            };
            match (kind, why) {
                (Kind::Key, None) => {
                    let text = format!("the key {id} of the lock {lock}, revoked: the service has no way to delete it");
                    self.left.push(text);
                }
                (Kind::Key, Some(why)) => self.left.push(format!(
                    "the key {id} of the lock {lock}, which could not be revoked ({why}): it expires a minute after it was made"
                )),
                (Kind::Webhook, None) => {}
                (Kind::Webhook, Some(why)) => {
                    self.left.push(format!("the webhook {id}, which could not be deleted ({why}): delete it"));
                }
            }
        }
        if ledger.has_role {
            let text = format!(
                "a role for a fictional number at the lock {lock}, which may not share keys: the service has no way to delete it"
            );
            self.left.push(text);
        }
    }

    /// Finds what a call made whose answer was lost.
    async fn search(&mut self, kind: Kind, ledger: &mut Ledger) {
        let (_, _, listing) = kind.names();
        let mut answer = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE * attempt).await;
            }
            answer = self.quietly(listing, None).await.value;
            if answer.is_some() {
                break;
            }
        }
        let (Some(answer), true) = (answer, kind == Kind::Webhook || ledger.before.is_some()) else {
            self.left.push(match kind {
                Kind::Key => {
                    "perhaps a key for a fictional number: an answer was lost and the keys cannot be listed; it \
                              expires a minute after it was made"
                        .to_owned()
                }
                Kind::Webhook => format!(
                    "perhaps a webhook to {}: an answer was lost and the webhooks cannot be listed; delete it",
                    ledger.address
                ),
            });
            return;
        };
        let is_ours = |thing: &&Value, id: &String| match kind {
            Kind::Webhook => thing.get("webhookUrl").is_some_and(|url| *url == ledger.address.as_str()),
            Kind::Key => ledger.before.as_ref().is_some_and(|before| !before.contains(id)),
        };
        let found = list(&answer).iter().filter_map(|thing| Some((thing, id_of(thing)?)));
        let found: Vec<_> = found.filter(|(thing, id)| is_ours(thing, id)).map(|(_, id)| id).collect();
        for id in found {
            if !ledger.made.iter().any(|made| made.id == id) {
                ledger.made.push(Made { id, kind, undone: None });
            }
        }
    }
}

fn id_of(value: &Value) -> Option<String> {
    value.get("id")?.as_str().map(str::to_owned)
}

/// Whether something was taken back; what is not there is as good as that.
fn outcome(reply: &Reply) -> Option<Result<(), String>> {
    match reply.status {
        _ if !reply.called => None,
        Some(404) => Some(Ok(())),
        _ if reply.is_success() => Some(Ok(())),
        Some(status) => Some(Err(status.to_string())),
        None => Some(Err("no answer".to_owned())),
    }
}
