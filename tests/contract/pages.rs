//! Tests pagination: how lists are walked by cursor, and when they end.

use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use unloc::{Cursor, ErrorKind, LockHolderClient, Unloc};
use unloc_emulator::Emulator;

use crate::support::{Response, Server, home};

/// Returns a page of locks with these ids.
fn page(ids: &[&str], cursor: Value) -> Response {
    let locks: Vec<_> = ids.iter().map(|id| json!({"id": id, "name": "Door"})).collect();
    Response::ok(&json!({"locks": locks, "startAfterId": cursor}))
}

/// Returns the query strings of all requests so far, except token requests.
fn queries(server: &Server) -> Vec<String> {
    let query = |target: String| target.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    server.requests().into_iter().map(|request| query(request.target)).collect()
}

/// Walks all locks and returns their ids, and the error that ended the list, if any.
async fn walk(home: &LockHolderClient) -> (Vec<String>, Option<unloc::Error>) {
    let mut items = pin!(home.get_locks().items());
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(lock) => ids.push(lock.id.into()),
            Err(error) => {
                assert!(items.next().await.is_none(), "a stream ends after its error");
                return (ids, Some(error));
            }
        }
    }
    (ids, None)
}

#[tokio::test]
async fn items_are_read_from_all_pages_in_order() {
    let pages = [page(&["a", "b"], json!("b")), page(&["c"], json!("+c")), page(&["d"], Value::Null)];
    let server = Server::one_by_one(pages).await;
    let (ids, error) = walk(&home(&server)).await;
    assert_eq!(ids, ["a", "b", "c", "d"]);
    assert!(error.is_none());
    assert_eq!(queries(&server), ["limit=500", "limit=500&startAfterId=b", "limit=500&startAfterId=%2Bc"]);
}

#[tokio::test]
async fn pages_have_their_items_and_the_next_cursor() {
    let server = Server::one_by_one([page(&["a"], json!("a")), page(&["b", "c"], Value::Null)]).await;
    let home = home(&server);
    let pages: Vec<_> = home.get_locks().pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(unloc::Page::len).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(pages.iter().map(unloc::Page::cursor).collect::<Vec<_>>(), [Some(&Cursor::from("a")), None]);
}

#[tokio::test]
async fn the_callers_limit_and_cursor_are_sent() {
    let server = Server::one_by_one([page(&["c"], json!("c")), page(&["d"], json!(""))]).await;
    let home = home(&server);
    let locks = home.get_locks().limit(1).start_after_id("b");
    let ids: Vec<_> = locks.items().map_ok(|lock| lock.id).try_collect().await.unwrap();
    assert_eq!(ids, ["c", "d"]);
    assert_eq!(queries(&server), ["limit=1&startAfterId=b", "limit=1&startAfterId=c"]);
}

#[tokio::test]
async fn a_list_ends_at_a_missing_null_or_empty_cursor() {
    let absent = Response::ok(&json!({"locks": [{"id": "a", "name": "Door"}]}));
    for last in [absent, page(&["a"], Value::Null), page(&["a"], json!(""))] {
        let server = Server::one_by_one([last]).await;
        let (ids, error) = walk(&home(&server)).await;
        assert_eq!((ids.as_slice(), error.is_none()), (["a".to_owned()].as_slice(), true));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_list_ends_at_an_empty_page_even_with_a_cursor() {
    let server = Server::one_by_one([page(&["a"], json!("a")), page(&[], json!("b"))]).await;
    let (ids, error) = walk(&home(&server)).await;
    assert_eq!((ids, error.is_none()), (vec!["a".to_owned()], true));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_list_ends_at_a_repeated_cursor() {
    let pages = [page(&["a"], json!("x")), page(&["b"], json!("y")), page(&["c"], json!("x"))];
    let server = Server::one_by_one(pages).await;
    let (ids, error) = walk(&home(&server)).await;
    assert_eq!((ids.len(), error.is_none()), (3, true));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_list_ends_at_the_cursor_that_the_caller_started_with() {
    let server = Server::always(page(&["a"], json!("x"))).await;
    let home = home(&server);
    let items: Vec<_> = home.get_locks().start_after_id("x").items().take(10).try_collect().await.unwrap();
    assert_eq!((items.len(), server.requests().len()), (1, 1));
}

#[tokio::test]
async fn an_error_on_a_later_page_ends_the_list_after_the_items_before_it() {
    let broken = Response::json(500, &json!({"error": "InternalError"}));
    let server = Server::one_by_one([page(&["a", "b"], json!("b")), broken, page(&["c"], Value::Null)]).await;
    let (ids, error) = walk(&home(&server)).await;
    assert_eq!(ids, ["a", "b"]);
    let error = error.unwrap();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::Service, "getLocks"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn pages_are_fetched_only_when_they_are_read() {
    let server = Server::one_by_one([page(&["a", "b"], json!("b")), page(&["c"], Value::Null)]).await;
    let home = home(&server);
    {
        let mut items = pin!(home.get_locks().items());
        assert!(server.requests().is_empty());
        assert_eq!(items.next().await.unwrap().unwrap().id, "a");
        assert_eq!(items.next().await.unwrap().unwrap().id, "b");
    }
    // The next call uses the same connection, so the server would see a request of the dropped stream first.
    home.get_locks().limit(7).send().await.unwrap();
    assert_eq!(queries(&server), ["limit=500", "limit=7"]);
}

#[tokio::test]
async fn send_fetches_one_page_with_the_default_limit_and_returns_its_cursor() {
    let server = Server::one_by_one([page(&["a"], json!("a")).header("x-request-id", "first")]).await;
    let response = home(&server).get_locks().send_with_response().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "first");
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    assert_eq!(response.value().cursor(), Some(&Cursor::from("a")));
    assert_eq!(queries(&server), ["limit=500"]);
}

#[tokio::test]
async fn small_pages_add_up_to_the_same_list_as_one_page() {
    let emulator = Emulator::start().await.unwrap();
    let environment: unloc::Environment = emulator.base_url().parse().unwrap();
    let builder = Unloc::builder().environment(environment);
    let unloc = builder.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let holders = unloc.get_lock_holders().send().await.unwrap();
    assert_eq!(holders.len(), 3);
    for holder in &holders {
        let home = unloc.lock_holder(holder).unwrap();
        let all_locks = home.get_locks().send().await.unwrap().into_items();
        let all_keys = home.get_keys().send().await.unwrap().into_items();
        let all_roles = home.get_roles().send().await.unwrap().into_items();
        // The lists are long enough to need several pages.
        assert!(all_locks.len() > 2 && all_keys.len() > 2 && all_roles.len() > 1, "{}", holder.name);
        for limit in [1, 2] {
            let locks: Vec<_> = home.get_locks().limit(limit).items().try_collect().await.unwrap();
            let keys: Vec<_> = home.get_keys().limit(limit).items().try_collect().await.unwrap();
            let roles: Vec<_> = home.get_roles().limit(limit).items().try_collect().await.unwrap();
            assert_eq!((&locks, &keys, &roles), (&all_locks, &all_keys, &all_roles));
        }
    }
}
