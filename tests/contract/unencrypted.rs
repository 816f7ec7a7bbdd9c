//! Tests plain `http` to hosts that are not loopback: it is off by default, and a warning is logged where it is on.

use unloc::{ClientCredentials, Environment, ErrorKind, Unloc, UnlocBuilder, Url};

use crate::log::Log;
use crate::support::{CLIENT_ID, Response, SECRET, Server};

/// Returns a builder for `host`, which resolves to this server.
fn builder(environment: Environment, host: &str, server: &Server) -> UnlocBuilder {
    let address = server.url().trim_start_matches("http://").parse().unwrap();
    let (builder, host) = (Unloc::builder().environment(environment), host.to_owned());
    let builder = builder.client_credentials(CLIENT_ID, SECRET);
    builder.configure_http(move |http| http.no_proxy().resolve(&host, address))
}

fn address(host: &str, server: &Server) -> Url {
    server.url().replace("127.0.0.1", host).parse().unwrap()
}

#[tokio::test]
async fn calls_to_an_allowed_http_host_succeed_with_a_warning() {
    let server = Server::always(Response::ok(&serde_json::json!({"lockHolders": []}))).await;
    for host in ["emulator", "emulator.test.example.com"] {
        let environment = Environment::Unencrypted(address(host, &server));
        let (log, guard) = Log::of_this_thread();
        let unloc = builder(environment, host, &server).build().unwrap();
        drop(guard);
        assert!(log.text().contains(host) && log.text().contains("unencrypted"), "{}", log.text());
        assert!(!log.text().contains(SECRET));
        assert!(unloc.get_lock_holders().send().await.unwrap().is_empty());
        assert_eq!(server.take().len(), 1);
    }
}

#[tokio::test]
async fn http_is_refused_by_default_and_loopback_needs_no_warning() {
    let server = Server::always(Response::new(404, "")).await;
    for host in ["emulator", "api.unloc.app"] {
        let error = builder(address(host, &server).into(), host, &server).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("in the clear"), "{error}");
    }
    let own = Environment::Unencrypted(address("api.unloc.app", &server));
    let error = builder(own.clone(), "api.unloc.app", &server).build().unwrap_err();
    assert!(error.to_string().contains("Unloc's own"), "{error}");
    ClientCredentials::new(&own, CLIENT_ID, SECRET).unwrap_err();
    let (log, guard) = Log::of_this_thread();
    for environment in
        [Environment::from(address("127.0.0.1", &server)), Environment::Unencrypted(server.url().parse().unwrap())]
    {
        builder(environment, "localhost", &server).build().unwrap();
    }
    drop(guard);
    assert_eq!(log.text(), "");
    assert_eq!((server.requests().len(), server.token_requests().len()), (0, 0));
}
