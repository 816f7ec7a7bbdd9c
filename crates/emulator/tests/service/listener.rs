//! Implements a listener for webhooks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use serde_json::Value;

type Calls = Arc<Mutex<Vec<(String, Value)>>>;

pub(crate) struct Listener {
    address: SocketAddr,
    calls: Calls,
}

impl Listener {
    pub(crate) async fn start() -> Self {
        let calls = Calls::default();
        let noted = Arc::clone(&calls);
        let note = move |uri: Uri, body: String| {
            let noted = Arc::clone(&noted);
            async move {
                let body = serde_json::from_str(&body).expect("JSON");
                noted.lock().expect("no panic").push((uri.path().to_owned(), body));
                if uri.path() == "/broken" { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(note)).await });
        Self { address, calls }
    }

    /// Returns an address on which nothing listens.
    pub(crate) fn closed() -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns path and body of each call so far.
    pub(crate) fn calls(&self) -> Vec<(String, Value)> {
        self.calls.lock().expect("no panic").clone()
    }
}
