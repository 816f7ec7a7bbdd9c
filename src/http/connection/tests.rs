//! The cause of a failure on the way, of real sockets: a dependency that wraps its errors in another way fails here.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::error::{Cause, ErrorKind, Outcome};

/// Asks for `url`, by a client for it that is configured so; returns the cause of the failure, its kind and its outcome.
async fn failure(
    url: &str,
    configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
) -> (Cause, ErrorKind, Outcome) {
    let http = connect(&url.parse().unwrap(), Some(Box::new(configure))).unwrap();
    let error = http.post(url).body("{}").send().await.unwrap_err();
    let cause = Cause::of(&error);
    let error = Error::transport(error);
    (cause, error.kind(), error.outcome())
}

/// A port of this machine, on which a connection meets this.
async fn serve<F: Future<Output = ()> + Send + 'static>(meet: impl Fn(TcpStream) -> F + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(meet(stream));
        }
    });
    port
}

#[tokio::test]
async fn nobody_listens() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://127.0.0.1:{port}/");
        // Without TLS, `https` does not come so far.
        if scheme == "http" || cfg!(feature = "rustls") {
            let wanted = (Cause::Refused, ErrorKind::Connection, Outcome::NotSent);
            assert_eq!(failure(&url, |http| http).await, wanted, "{url}");
        }
    }
}

#[tokio::test]
async fn the_host_has_no_address() {
    // RFC 6761, section 6.4: no name below this one ever resolves.
    let wanted = (Cause::Unresolved, ErrorKind::Connection, Outcome::NotSent);
    assert_eq!(failure("http://unloc.invalid/", reqwest::ClientBuilder::no_proxy).await, wanted);
}

#[tokio::test]
async fn the_connection_is_reset_or_closed_before_a_response() {
    let wanted = (Cause::Broken, ErrorKind::Connection, Outcome::Unknown);
    let reset = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        // Closed with data that nobody read, and at once: the other side sees a reset.
        at_once(&stream);
    });
    let url = format!("http://127.0.0.1:{}/", reset.await);
    assert_eq!(failure(&url, |http| http).await, wanted);
    let closed = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.shutdown().await;
    });
    let url = format!("http://127.0.0.1:{}/", closed.await);
    assert_eq!(failure(&url, |http| http).await, wanted);
}

/// Closes with a reset.
fn at_once(stream: &TcpStream) {
    #[allow(deprecated, reason = "it does not block: the time is zero")]
    stream.set_linger(Some(Duration::ZERO)).unwrap();
}

#[tokio::test]
async fn there_is_no_response_in_time() {
    let silent =
        serve(|mut stream| async move { while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {} });
    let url = format!("http://127.0.0.1:{}/", silent.await);
    let wanted = (Cause::Timeout, ErrorKind::Timeout, Outcome::Unknown);
    assert_eq!(failure(&url, |http| http.timeout(Duration::from_millis(50))).await, wanted);
}

#[tokio::test]
async fn a_closure_cannot_undo_what_secrecy_depends_on() {
    let port = serve(|mut stream| async move {
        let mut request = vec![0; 1024];
        let read = stream.read(&mut request).await.unwrap_or_default();
        assert!(!String::from_utf8_lossy(&request[..read]).to_lowercase().contains("referer"));
        let moved = "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
        let _ = stream.write_all(moved.as_bytes()).await;
    });
    let url = format!("http://127.0.0.1:{}/", port.await);
    let fresh = |_| reqwest::Client::builder().no_proxy().referer(true).redirect(reqwest::redirect::Policy::limited(9));
    let http = connect(&url.parse().unwrap(), Some(Box::new(fresh))).unwrap();
    assert_eq!(http.get(&url).send().await.unwrap().status(), 302);
}

/// Without TLS, an address with `https` is a mistake of the build.
#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
#[tokio::test]
async fn no_tls_was_compiled_in() {
    let port = serve(|stream| async move { drop(stream) }).await;
    let wanted = (Cause::NoTls, ErrorKind::Configuration, Outcome::NotSent);
    assert_eq!(failure(&format!("https://127.0.0.1:{port}/"), |http| http).await, wanted);
}

#[cfg(feature = "rustls")]
mod tls {
    use std::sync::Arc;

    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    use super::*;

    /// A server with a certificate for `name`, which is returned with its address.
    async fn certified(name: &str) -> (String, reqwest::Certificate) {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let trusted = reqwest::Certificate::from_der(made.cert.der()).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.into()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let port = serve(move |stream| {
            let acceptor = acceptor.clone();
            async move { drop(acceptor.accept(stream).await) }
        });
        (format!("https://localhost:{}/", port.await), trusted)
    }

    #[tokio::test]
    async fn the_certificate_does_not_verify() {
        let (url, _) = certified("localhost").await;
        let wanted = (Cause::Certificate, ErrorKind::Certificate, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http).await, wanted);
    }

    #[tokio::test]
    async fn the_certificate_is_for_another_name() {
        let (url, trusted) = certified("other.example.com").await;
        let wanted = (Cause::OtherName, ErrorKind::Certificate, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http.tls_certs_only([trusted])).await, wanted);
    }

    #[tokio::test]
    async fn there_is_no_connection_in_time() {
        // A handshake is a part of the connection, and this one is never answered.
        let silent =
            serve(|mut stream| async move { while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {} });
        let url = format!("https://localhost:{}/", silent.await);
        let wanted = (Cause::ConnectTimeout, ErrorKind::Timeout, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http.connect_timeout(Duration::from_millis(50))).await, wanted);
    }

    #[tokio::test]
    async fn what_answers_is_no_tls() {
        let plain = serve(|mut stream| async move {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        });
        let url = format!("https://localhost:{}/", plain.await);
        let wanted = (Cause::Unconnected, ErrorKind::Connection, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http).await, wanted);
    }
}
