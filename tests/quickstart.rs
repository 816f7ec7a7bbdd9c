//! Runs the quickstart example as a program, as its readers do.
#![allow(clippy::unwrap_used)]

mod programs;

use std::process::{Command, Output};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use unloc::Unloc;
use unloc::types::{Key, KeyState};
use unloc_emulator::Emulator;

use crate::programs::example;

const SECRET: &str = "EXAMPLE-SECRET-THAT-MUST-NOT-SHOW";

#[test]
fn shows_locks_keys_and_roles_then_creates_and_revokes_a_key() {
    let text = success(&run(&mut quickstart()));
    for expected in [
        "Fjordgløtt Utleie",
        "Locks (5)",
        "Parking garage gate",
        "Fjordvik",
        "Keys (9)",
        "… and 1 more",
        "scheduled",
        "Roles (4)",
        "+1••••••••01",
        "Created key",
        "for +1••••••••42 at Main entrance, for an hour: its state is active",
        "Revoked key",
        ": its state is now revoked",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

#[test]
fn an_unknown_argument_is_refused_and_not_quoted() {
    let line = failure(&run(quickstart().args(["--yes", "--secret", SECRET])));
    assert!(line.contains("--yes") && !line.contains("--secret"), "{line}");
}

#[tokio::test]
async fn a_wrong_secret_is_reported_with_the_services_error() {
    let emulator = Emulator::start().await.unwrap();
    let line = failure(&run(&mut against(emulator.base_url(), emulator.client_id(), SECRET)));
    assert!(line.contains("no access token") && line.contains("invalid_client") && line.contains("secret"), "{line}");
}

#[tokio::test]
async fn a_missing_or_empty_environment_variable_is_named() {
    let emulator = Emulator::start().await.unwrap();
    for name in ["UNLOC_ENVIRONMENT", "UNLOC_CLIENT_ID", "UNLOC_CLIENT_SECRET"] {
        let mut command = against(emulator.base_url(), emulator.client_id(), emulator.client_secret());
        let line = failure(&run(command.env_remove(name)));
        assert!(line.contains(&format!("{name} is not set")), "{line}");
        let line = failure(&run(command.env(name, "")));
        assert!(line.contains(&format!("{name} is empty")), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_holder_unknown_to_the_token_endpoint_is_reported_with_the_services_error() {
    let home = r#"{"id":"a","name":"Harbour Flats","countryIso":"NO","organizationId":"harbour-flats"}"#;
    let url = serve(move |request| match request {
        request if request.starts_with("GET") => (200, format!(r#"{{"lockHolders":[{home}]}}"#)),
        request if request.contains("lockHolder.identifier:NO.harbour-flats.") => {
            let words = "Unknown lock holder in scope, said to +12125550142";
            (400, format!(r#"{{"error":"invalid_scope","error_description":"{words}"}}"#))
        }
        _ => (200, r#"{"access_token":"EXAMPLE","token_type":"bearer","expires_in":3600}"#.to_owned()),
    })
    .await;
    let line = failure(&run(&mut against(&url, "me", SECRET)));
    assert!(line.contains("no access token") && line.contains("invalid_scope: Unknown lock holder"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_lock_holders_is_explained() {
    let url = serve(|request| match request {
        request if request.starts_with("GET") => (200, r#"{"lockHolders":[]}"#.to_owned()),
        _ => (200, r#"{"access_token":"EXAMPLE","token_type":"bearer"}"#.to_owned()),
    })
    .await;
    let line = failure(&run(&mut against(&url, "me", SECRET)));
    assert!(line.contains("no lock holder"), "{line}");
}

#[tokio::test]
async fn a_refused_connection_is_named_with_its_url() {
    // The port is bound, so that no other program can listen on it, but this one does not listen either.
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    let line = failure(&run(&mut against(&url, "me", SECRET)));
    assert!(line.contains(&format!("no connection to {url}")) && line.contains("check the base URL"), "{line}");
}

#[cfg(feature = "rustls")]
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_verify_is_reported_as_the_cause() {
    use std::sync::Arc;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::aws_lc_rs;

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // The client aborts the handshake, because it does not trust the certificate.
            let _ = acceptor.accept(stream).await;
        }
    });
    let line = failure(&run(&mut against(&url, "me", SECRET)));
    assert!(
        line.contains(&format!("the certificate of {url} does not verify")) && line.contains("check the base URL"),
        "{line}"
    );
}

#[test]
fn http_to_another_machine_is_refused_with_the_reason() {
    let line = failure(&run(&mut against("http://unloc.example.com", "me", SECRET)));
    assert!(line.contains("in the clear") && line.contains("use https"), "{line}");
    assert!(line.contains("UNLOC_ALLOW_HTTP_TO"), "{line}");
}

#[test]
fn http_is_used_only_for_the_allowed_host() {
    let run = |allowed: &str| {
        let mut command = against("http://0.0.0.0:1", "me", SECRET);
        failure(&run(command.env("UNLOC_ALLOW_HTTP_TO", allowed)))
    };
    // 0.0.0.0 reaches this machine but is not a loopback address. Nothing listens on port 1.
    assert!(run("0.0.0.0").contains("no connection to http://0.0.0.0:1"));
    for other in ["emulator", "0.0.0.0:1", "http://0.0.0.0", "*", "0.0.0"] {
        let line = run(other);
        assert!(line.contains("in the clear") && line.contains("UNLOC_ALLOW_HTTP_TO allows another"), "{line}");
    }
}

#[test]
fn an_unknown_environment_is_refused_with_the_known_ones() {
    let line = failure(&run(&mut against("staging", "me", SECRET)));
    assert!(line.contains("`production`") && line.contains("UNLOC_ENVIRONMENT"), "{line}");
}

#[test]
fn proxies_are_not_used_for_loopback_addresses() {
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let proxies = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"];
    let mut command = quickstart();
    command.envs(proxies.map(|name| (name, &url)));
    success(&run(&mut command));
    // The address decides, with https as well.
    #[cfg(feature = "rustls")]
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        // Nothing listens on port 1: the error shows that the program tried to connect directly.
        let mut command = against(&format!("https://{host}:1"), "me", SECRET);
        let line = failure(&run(command.envs(proxies.map(|name| (name, &url)))));
        assert!(line.contains(&format!("no connection to https://{host}:1")), "{line}");
    }
    assert_eq!(
        proxy.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock,
        "the program connected to the proxy"
    );
}

#[tokio::test]
async fn creates_nothing_at_a_configured_service_without_yes() {
    let emulator = Emulator::start().await.unwrap();
    let before = keys(&emulator).await;
    let text = success(&run(&mut against(emulator.base_url(), emulator.client_id(), emulator.client_secret())));
    assert!(text.contains("Roles (4)") && text.contains("Nothing was created") && text.contains("--yes"), "{text}");
    assert_eq!(keys(&emulator).await, before);
}

#[tokio::test]
async fn creates_and_revokes_a_key_at_a_configured_service_with_yes() {
    let emulator = Emulator::start().await.unwrap();
    let before = keys(&emulator).await;
    let mut command = against(emulator.base_url(), emulator.client_id(), emulator.client_secret());
    let text = success(&run(command.arg("--yes")));
    let after = keys(&emulator).await;
    let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
    assert_eq!((new.len(), after.len()), (1, before.len() + 1));
    assert_eq!(new[0].state, KeyState::Revoked);
    assert_eq!(new[0].to_user.id.expose(), "+12125550142");
    assert!(text.contains(new[0].id.as_ref().unwrap().as_str()), "{text}");
}

/// Returns the keys of the emulator's first lock holder.
async fn keys(emulator: &Emulator) -> Vec<Key> {
    let unloc = Unloc::builder()
        .environment(emulator.base_url())
        .client_credentials(emulator.client_id(), emulator.client_secret())
        .build()
        .unwrap();
    let lock_holders = unloc.get_lock_holders().send().await.unwrap();
    unloc.lock_holder(&lock_holders[0]).unwrap().get_keys().send().await.unwrap().into_items()
}

/// Returns a command for the program without the environment variables that would configure it.
fn quickstart() -> Command {
    example("quickstart")
}

fn against(url: &str, client_id: &str, client_secret: &str) -> Command {
    let mut command = quickstart();
    command.env("UNLOC_ENVIRONMENT", url).env("UNLOC_CLIENT_ID", client_id).env("UNLOC_CLIENT_SECRET", client_secret);
    command
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// Returns the standard output. Asserts that the program succeeded, wrote no error and showed no secret.
#[track_caller]
fn success(output: &Output) -> String {
    let (out, err) = texts(output);
    assert!(output.status.success() && err.is_empty(), "{out}\n{err}");
    out
}

/// Returns the error line. Asserts that the program failed with exactly one line and showed no secret.
#[track_caller]
fn failure(output: &Output) -> String {
    let (out, err) = texts(output);
    assert_eq!(output.status.code(), Some(1), "{out}\n{err}");
    assert!(err.starts_with("error: ") && err.ends_with('\n') && err.lines().count() == 1, "{err}");
    err
}

#[track_caller]
fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let hidden = [SECRET, "emulator-secret", "eyJ", "EXAMPLE", "1212555", "44770090", "2125550142"];
    for hidden in hidden {
        assert!(!out.contains(hidden) && !err.contains(hidden), "{hidden} shows:\n{out}\n{err}");
    }
    (out, err)
}

/// Starts a service that responds to each request, given as text, with a status and a JSON body.
async fn serve(respond: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await;
            let (status, body) = respond(&request);
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    url
}

/// Reads a request to the end of its body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if stream.read_buf(&mut read).await.unwrap() == 0 {
            return text;
        }
    }
}
