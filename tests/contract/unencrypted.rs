//! `http` to a host that is not loopback: only where it is asked for, and never without a word.

use unloc::{ClientCredentials, Environment, ErrorKind, Unloc, UnlocBuilder, Url};

use crate::log::Log;
use crate::support::{Answer, CLIENT_ID, SECRET, Server};

/// A client of `host`, whose name leads to this server.
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
async fn calls_go_to_a_host_that_is_named_and_the_log_warns() {
    let server = Server::always(Answer::ok(&serde_json::json!({"lockHolders": []}))).await;
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
async fn the_same_address_without_it_is_refused_and_loopback_is_no_reason_to_warn() {
    let server = Server::always(Answer::new(404, "")).await;
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
