use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{LOCK_HOLDERS, Service, text};

/// Every route below a lock holder, with a body that would be good.
pub(crate) fn routes() -> Vec<(Method, &'static str, Option<Value>)> {
    let key = json!({ "userId": "+12125550199", "start": null, "end": null });
    let mut key_with_lock = key.clone();
    key_with_lock["lockId"] = json!("{lock}");
    vec![
        (Method::PATCH, "/", Some(json!({ "name": "Taken over" }))),
        (Method::GET, "/locks/", None),
        (Method::GET, "/locks/{lock}/", None),
        (Method::PATCH, "/locks/{lock}/", Some(json!({ "name": "Taken over" }))),
        (Method::GET, "/keys/", None),
        (Method::POST, "/keys/", Some(key_with_lock)),
        (Method::GET, "/locks/{lock}/keys/", None),
        (Method::POST, "/locks/{lock}/keys/", Some(key)),
        (Method::GET, "/locks/{lock}/keys/{key}/", None),
        (Method::PUT, "/locks/{lock}/keys/{key}/", Some(json!({ "state": "revoked" }))),
        (Method::GET, "/roles/", None),
        (Method::GET, "/locks/{lock}/roles/", None),
        (Method::PUT, "/locks/{lock}/roles/%2B12125550199/", Some(json!({ "canShare": true }))),
        (Method::GET, "/users/%2B12125550101/keys/", None),
        (Method::GET, "/users/%2B12125550101/roles/", None),
        (Method::DELETE, "/users/%2B12125550101/shared-keys/", None),
        (Method::DELETE, "/locks/{lock}/users/%2B12125550101/shared-keys/", None),
    ]
}

pub(crate) struct Ids {
    pub(crate) lock: String,
    pub(crate) key: String,
}

impl Ids {
    pub(crate) fn fill(&self, template: &str) -> String {
        template.replace("{lock}", &self.lock).replace("{key}", &self.key)
    }

    pub(crate) fn fill_body(&self, body: &Option<Value>) -> Option<Value> {
        body.as_ref().map(|body| self.fill(&body.to_string()).parse().expect("JSON"))
    }
}

/// Everything a lock holder has.
async fn belongings(service: &Service, place: usize) -> Value {
    let home = service.home(place).await;
    let holder = service.lock_holders().await[place].clone();
    json!([holder, home.locks().await, home.keys().await, home.roles().await])
}

#[tokio::test]
async fn a_token_of_one_lock_holder_opens_no_route_of_another() {
    let service = Service::start().await;
    let (mine, theirs) = (service.home(0).await, service.home(1).await);
    let key = theirs.keys().await[0].clone();
    let ids = Ids { lock: text(&key, "lockId"), key: text(&key, "id") };
    let before = belongings(&service, 1).await;
    for token in [&mine.token, &service.token(Value::Null).await, &service.token(json!("integrator.admin")).await] {
        for (method, path, body) in routes() {
            let path = theirs.path(&ids.fill(path));
            let refusal = service.call(method.clone(), &path, token, ids.fill_body(&body)).await.refused(403);
            assert!(refusal.contains(&format!("lockHolder.admin:{}", theirs.id)), "{method} {path}: {refusal}");
        }
    }
    assert_eq!(belongings(&service, 1).await, before);
}

#[tokio::test]
async fn a_foreign_lock_or_key_is_as_unknown_as_one_that_does_not_exist() {
    let service = Service::start().await;
    let (mine, theirs) = (service.home(0).await, service.home(1).await);
    let key = theirs.keys().await[0].clone();
    let before = belongings(&service, 1).await;
    let foreign = Ids { lock: text(&key, "lockId"), key: text(&key, "id") };
    let invented = Ids { lock: "nowhere".to_owned(), key: "nothing".to_owned() };
    let half = Ids { lock: mine.lock("Main entrance").await, key: foreign.key.clone() };
    for (ids, marker) in [(&foreign, "{lock}"), (&invented, "{lock}"), (&half, "{key}")] {
        for (method, path, body) in routes() {
            let in_body = body.as_ref().is_some_and(|body| body.to_string().contains(marker));
            if !path.contains(marker) && !in_body {
                continue;
            }
            let path = mine.path(&ids.fill(path));
            service.call(method, &path, &mine.token, ids.fill_body(&body)).await.refused(404);
        }
    }
    assert_eq!(belongings(&service, 1).await, before);
}

#[tokio::test]
async fn an_unknown_lock_holder_is_404_on_every_route() {
    let service = Service::start().await;
    let token = service.home(0).await.token;
    let ids = Ids { lock: "nowhere".to_owned(), key: "nothing".to_owned() };
    for (method, path, body) in routes() {
        let path = format!("{LOCK_HOLDERS}nobody{}", ids.fill(path));
        service.call(method, &path, &token, ids.fill_body(&body)).await.refused(404);
    }
}

#[tokio::test]
async fn every_route_wants_a_token_before_it_looks_at_anything_else() {
    let service = Service::start().await;
    let ids = Ids { lock: "nowhere".to_owned(), key: "nothing".to_owned() };
    for (method, path, _) in routes() {
        let url = service.url(&format!("{LOCK_HOLDERS}nobody{}", ids.fill(path)));
        service.send(service.http.request(method, url).body("no json")).await.refused(401);
    }
}

#[tokio::test]
async fn every_route_answers_with_and_without_its_trailing_slash() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let key = home.keys().await[0].clone();
    let ids = Ids { lock: text(&key, "lockId"), key: text(&key, "id") };
    for (method, path, body) in routes() {
        let path = home.path(&ids.fill(path));
        for path in [path.as_str(), path.trim_end_matches('/')] {
            let answer = service.call(method.clone(), path, &home.token, ids.fill_body(&body)).await;
            let expected = if method == Method::DELETE { 204 } else { 200 };
            assert_eq!(answer.status, expected, "{method} {path}: {answer:?}");
        }
    }
    let token = service.token(Value::Null).await;
    service.get(LOCK_HOLDERS.trim_end_matches('/'), &token).await.ok();
    let body = service.credentials(Value::Null);
    service.send(service.http.post(service.url("/auth/v1/token")).json(&body)).await.ok();
}
