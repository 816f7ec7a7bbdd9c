//! Tests version 2 of the API against the emulator.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod programs;

use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use unloc::v2::builder::{RevokeKeysFilter, RevokeSharingRightsFilter};
use unloc::v2::types::{AccessEventAction, JobStatus, Key, KeyState, LockConnectionState, NewKey, NewSharingRight};
use unloc::v2::{CreatedKeys, ProjectClient, Unloc};
use unloc::{ErrorKind, Outcome, RequestOptions, RetryPolicy, Scope, Token};
use unloc_emulator::{Emulator, Fault};

const PERSON: &str = "+12125550142";
const OTHER: &str = "+12125550143";

async fn emulator() -> Emulator {
    // Keys and jobs are done as soon as they are looked at.
    Emulator::builder().vendor_latency(Duration::ZERO).start().await.unwrap()
}

fn unloc(emulator: &Emulator) -> Unloc {
    let builder =
        Unloc::builder().environment(emulator.base_url()).options(RequestOptions::new().retry(RetryPolicy::never()));
    builder.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap()
}

/// Returns the client of the first project.
async fn project(unloc: &Unloc) -> ProjectClient {
    let found = unloc.discover().await.unwrap();
    unloc.project(&found.projects[0].project_id).unwrap()
}

async fn keys(project: &ProjectClient) -> Vec<Key> {
    project.get_keys().items().try_collect().await.unwrap()
}

/// Creates keys at a lock by a job, and waits for it.
async fn create(project: &ProjectClient, lock: &str, people: &[&str]) -> CreatedKeys {
    let new = people.iter().map(|person| NewKey::builder().lock_id(lock).app_user_id(*person).build().unwrap());
    let job = project.create_keys().keys(new.collect::<Vec<_>>()).send().await.unwrap();
    project.wait_for_job(job.id).await.unwrap().into()
}

async fn lock(project: &ProjectClient) -> String {
    project.get_locks().send().await.unwrap().items()[0].id.to_string()
}

#[test]
fn the_quickstart_creates_two_keys_and_revokes_them() {
    let output = programs::example("quickstart_v2").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in
        ["3 projects", "Fjordgløtt Utleie has 5 locks", "Created 2 keys at Main entrance", "Revoked the keys"]
    {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!(output.status.success() && output.stderr.is_empty() && !text.contains("2125550142"), "{text}");
}

#[tokio::test]
async fn discovers_projects_and_organizations_and_lists_their_locks() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let found = unloc.discover().await.unwrap();
    assert!(found.projects.len() > 1 && found.organizations.len() == 1, "{found:?}");
    let organization = unloc.organization(&found.organizations[0].organization_id).unwrap();
    let listed = organization.get_projects().send().await.unwrap();
    let ids: Vec<_> = listed.iter().map(|project| &project.id).collect();
    assert!(found.projects.iter().all(|project| ids.contains(&&project.project_id)));
    for project in &found.projects {
        let project = unloc.project(&project.project_id).unwrap();
        assert!(!project.get_locks().send().await.unwrap().is_empty());
        assert_eq!(project.get_project().send().await.unwrap().id.as_str(), project.project_id());
    }
    // One token for each project, and one for the organization.
    assert_eq!(unloc.tokens().stats().fetched, found.projects.len() as u64 + 1);
}

#[tokio::test]
async fn a_project_does_not_reach_another_one() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let found = unloc.discover().await.unwrap();
    let [first, second] = [0, 1].map(|index| unloc.project(&found.projects[index].project_id).unwrap());
    let key = create(&first, &lock(&first).await, &[PERSON]).await.created.remove(0);
    assert_eq!(first.get_key().key_id(&key).send().await.unwrap().state, KeyState::Active);
    assert_eq!(second.get_key().key_id(&key).send().await.unwrap_err().status().unwrap(), 404);
    // Not even with the token of the first project in the place of its own.
    let token = unloc
        .tokens()
        .get(&"project.admin".parse::<unloc::Scopes>().unwrap().with_field("project_id", first.project_id()).unwrap())
        .await
        .unwrap();
    let token = token.header().to_str().unwrap()["Bearer ".len()..].to_owned();
    let mixed = Unloc::builder().environment(emulator.base_url()).token_source(move |_| {
        let token = token.clone();
        async move { Ok(Token::new(token)) }
    });
    let error = mixed.build().unwrap().project(second.project_id()).unwrap().get_locks().send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
}

#[tokio::test]
async fn creates_keys_by_a_job_and_revokes_them_by_a_filter() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let lock = lock(&project).await;
    let before = keys(&project).await.len();
    let created = create(&project, &lock, &[PERSON, OTHER]).await;
    assert!(created.is_complete() && created.created.len() == 2, "{created:?}");
    assert_eq!(keys(&project).await.len(), before + 2);
    project.revoke_keys(RevokeKeysFilter::app_user_id(PERSON)).lock_id(&lock).send().await.unwrap();
    let state = async |index: usize| project.get_key().key_id(&created.created[index]).send().await.unwrap().state;
    assert_eq!((state(0).await, state(1).await), (KeyState::Revoked, KeyState::Active));
    project.revoke_key().key_id(&created.created[1]).send().await.unwrap();
    assert_eq!(state(1).await, KeyState::Revoked);
}

#[tokio::test]
async fn everything_is_revoked_only_if_the_caller_says_so() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    assert!(create(&project, &lock(&project).await, &[PERSON]).await.is_complete());
    let active = async || keys(&project).await.iter().filter(|key| key.state == KeyState::Active).count();
    let before = active().await;
    assert!(before > 1);
    for filter in [RevokeKeysFilter::app_user_id(""), RevokeKeysFilter::lock_id(""), RevokeKeysFilter::lock_id(" ")] {
        let error = project.revoke_keys(filter).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, Outcome::NotSent), "{error}");
    }
    let everything = RevokeKeysFilter::all_keys_of_project();
    let error = project.revoke_keys(everything.clone()).lock_id("door").send().await.unwrap_err();
    assert!(error.to_string().contains("contradict each other") && error.outcome() == Outcome::NotSent, "{error}");
    assert_eq!(active().await, before);
    project.revoke_keys(everything).send().await.unwrap();
    assert!(active().await < before);
    // A filter never shows a phone number.
    let shown = format!("{:?}", RevokeKeysFilter::app_user_id(PERSON));
    assert!(!shown.contains("2125550142"), "{shown}");
}

#[cfg(feature = "dynamic")]
#[tokio::test]
async fn dynamic_calls_need_a_filter_as_well() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    for (arguments, what) in [
        (json!({}), "`appUserId` or `lockId`, or `allKeysOfProject`"),
        (Value::Null, "without a filter it acts on everything"),
        (json!({"excludeSubprojectKeys": true}), "without a filter it acts on everything"),
        (json!({"allKeysOfProject": false}), "without a filter it acts on everything"),
        (json!({"allKeysOfProject": "true"}), "must be true or false"),
        (json!({"allKeysOfProject": true, "lockId": "door"}), "contradict each other"),
        (json!({"lockId": ""}), "is empty"),
        (json!({"lockId": null}), "lockId"),
        (json!({"lockIds": "door"}), "allKeysOfProject"),
    ] {
        let error = project.call("revokeKeys", arguments.clone()).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Request, Outcome::NotSent), "{arguments}: {error}");
        assert!(error.to_string().contains(what), "{arguments}: {error}");
    }
    let guests = json!({"keys": [{"lockId": lock(&project).await, "appUserId": PERSON}]});
    let job = project.call("createKeys", guests).send().await.unwrap().to_json();
    let id = job["id"].as_str().unwrap().to_owned();
    assert_eq!(project.wait_for_job(id.as_str()).await.unwrap().status, JobStatus::Succeeded);
    project.call("revokeKeys", json!({"appUserId": PERSON})).send().await.unwrap();
}

#[tokio::test]
async fn a_job_that_fails_is_an_error_with_its_reason() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let job = |status: &str| {
        let why = format!("nothing for {PERSON}");
        json!({"job": {"id": "j", "status": status, "failureReason": why}}).to_string()
    };
    for status in ["failedJob", "failedValidation", "timeout"] {
        let fault = Fault::status(200).body(job(status), "application/json").on("getJobStatus").times(1);
        emulator.faults().add(fault).unwrap();
        let error = project.wait_for_job("j").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        let text = error.to_string();
        assert!(text.contains(status) && text.contains("nothing for") && !text.contains("2125550142"), "{text}");
    }
}

#[tokio::test]
async fn a_failed_key_of_a_job_is_counted() {
    let result = json!({"job": {"id": "j", "status": "succeeded", "resultData": {
        "createdKeys": [{"id": "a"}, {"keyId": "b"}, {"key": {"id": "c"}}, {}], "failedKeys": [{}, {}], "creatingKeys": [{"id": "d"}, {}],
    }}});
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let fault = Fault::status(200).body(result.to_string(), "application/json").on("getJobStatus").times(1);
    emulator.faults().add(fault).unwrap();
    let keys = CreatedKeys::from(project.wait_for_job("j").await.unwrap());
    let texts = |ids: &[unloc::v2::types::KeyId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        (texts(&keys.created), texts(&keys.creating), keys.unfinished, keys.failed),
        (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], vec!["d".to_owned()], 2, 2)
    );
    assert!(!keys.is_complete());
}

#[tokio::test]
async fn sharing_rights_connections_log_and_webhooks() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let lock = lock(&project).await;
    let right = NewSharingRight::builder().lock_id(&lock).app_user_id(OTHER).build().unwrap();
    project.create_sharing_rights().sharing_rights([right]).send().await.unwrap();
    let of_other = async || project.get_sharing_rights().app_user_id(OTHER).send().await.unwrap().len();
    assert_eq!(of_other().await, 1);
    project.revoke_sharing_rights(RevokeSharingRightsFilter::app_user_id(OTHER)).send().await.unwrap();
    assert_eq!(of_other().await, 0);

    let connections = project.get_lock_connections().send().await.unwrap();
    let connected = connections.iter().find(|one| one.state == Some(LockConnectionState::Connected)).unwrap();
    let id = connected.id.clone().unwrap();
    let job = project.refresh_lock_connection().lock_connection_id(&id).send().await.unwrap().unwrap();
    project.wait_for_job(job.id).await.unwrap();
    // An installer may refresh, and nothing else.
    let installer: Scope = "project.installer".parse().unwrap();
    let installer = unloc.project_with_scope(project.project_id(), installer).unwrap();
    installer.refresh_lock_connection().lock_connection_id(&id).send().await.unwrap();
    assert_eq!(installer.get_locks().send().await.unwrap_err().status().unwrap(), 403);
    let error = unloc.project_with_scope(project.project_id(), "organization.admin".parse().unwrap()).unwrap_err();
    assert!(error.kind() == ErrorKind::Scope && error.to_string().contains("`project.installer`"), "{error}");

    assert!(create(&project, &lock, &[PERSON]).await.is_complete());
    emulator.people().unlock(&lock, PERSON).unwrap();
    let events: Vec<_> = project.get_access_log().items().try_collect().await.unwrap();
    let event = events.last().unwrap();
    assert_eq!((event.lock_id.as_ref().unwrap().as_str(), &event.action), (&*lock, &AccessEventAction::Unlocked));

    let dry = project.offboard_lock_connection().lock_connection_id(&id).send().await.unwrap();
    let code = dry.confirmation_code.unwrap();
    assert!(!format!("{code:?}").contains(code.expose()));
    project.offboard_lock_connection().lock_connection_id(&id).confirmation_code(code.expose()).send().await.unwrap();
    project.register_webhook().trigger("accessEvent").url("https://hooks.example.com/").send().await.unwrap();
}

#[tokio::test]
async fn a_subproject_uses_the_tokens_of_its_project() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let world = emulator.snapshot();
    let own = world.subprojects.iter().find(|one| one.lock_holder_id == project.project_id()).unwrap();
    let subproject = project.subproject(own.id.clone());
    assert!(!subproject.get_keys_in_subproject().send().await.unwrap().is_empty());
    assert_eq!(unloc.tokens().stats().fetched, 1);
}

#[tokio::test]
async fn errors_of_validation_say_what_is_wrong_and_no_secret() {
    let emulator = emulator().await;
    let unloc = unloc(&emulator);
    let project = project(&unloc).await;
    let new = NewKey::builder().lock_id("no-such-lock").app_user_id(PERSON).build().unwrap();
    let error = project.create_keys().keys([new]).send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.outcome()), (400, Outcome::Rejected));
    assert!(!error.to_string().contains("2125550142"), "{error}");
    let wrong =
        Unloc::builder().environment(emulator.base_url()).client_credentials("me", "EXAMPLE-hunter2").build().unwrap();
    for error in
        [wrong.discover().await.unwrap_err(), wrong.project("p").unwrap().get_locks().send().await.unwrap_err()]
    {
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    let without =
        Unloc::builder().environment(emulator.base_url()).token_source(|_| async { Ok(Token::new("EXAMPLE")) });
    let error = without.build().unwrap().discover().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Configuration, Outcome::NotSent));
}
