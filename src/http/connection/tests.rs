//! Checks the causes of connection failures on real sockets. A dependency that starts to wrap its errors differently
//! fails here.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::error::{Cause, Error, ErrorKind, Failed, Outcome};

/// Requests `url` with a client configured by `configure`; returns the cause, kind and outcome of the failure.
async fn failure(
    url: &str,
    configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
) -> (Cause, ErrorKind, Outcome) {
    let http = connect(&url.parse().unwrap(), Some(Box::new(configure))).unwrap();
    let error = http.0.post(url).body("{}").send().await.unwrap_err();
    let failed = Failed::from(error);
    let (cause, error) = (failed.cause, Error::transport(failed));
    (cause, error.kind(), error.outcome())
}

/// Starts a server that runs `handle` for each connection; returns its port.
async fn serve<F: Future<Output = ()> + Send + 'static>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    port
}

#[tokio::test]
async fn names_a_refused_connection() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://127.0.0.1:{port}/");
        // Without TLS, `https` fails before it connects.
        if scheme == "http" || cfg!(feature = "rustls") {
            let wanted = (Cause::Refused, ErrorKind::Connection, Outcome::NotSent);
            assert_eq!(failure(&url, |http| http).await, wanted, "{url}");
        }
    }
}

#[tokio::test]
async fn names_a_host_that_does_not_resolve() {
    // RFC 6761, section 6.4: no name below `.invalid` ever resolves.
    let wanted = (Cause::Unresolved, ErrorKind::Connection, Outcome::NotSent);
    assert_eq!(failure("http://unloc.invalid/", reqwest::ClientBuilder::no_proxy).await, wanted);
}

#[tokio::test]
async fn names_a_connection_that_broke_before_the_response() {
    let wanted = (Cause::Broken, ErrorKind::Connection, Outcome::Unknown);
    let resetting = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        reset(&stream);
    });
    let url = format!("http://127.0.0.1:{}/", resetting.await);
    assert_eq!(failure(&url, |http| http).await, wanted);
    let closed = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.shutdown().await;
    });
    let url = format!("http://127.0.0.1:{}/", closed.await);
    assert_eq!(failure(&url, |http| http).await, wanted);
}

/// Makes the connection end with a TCP reset when the stream is dropped.
fn reset(stream: &TcpStream) {
    #[allow(deprecated, reason = "the drop does not block, because the time is zero")]
    stream.set_linger(Some(Duration::ZERO)).unwrap();
}

#[tokio::test]
async fn names_a_response_timeout() {
    let silent =
        serve(|mut stream| async move { while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {} });
    let url = format!("http://127.0.0.1:{}/", silent.await);
    let wanted = (Cause::Timeout, ErrorKind::Timeout, Outcome::Unknown);
    assert_eq!(failure(&url, |http| http.timeout(Duration::from_millis(50))).await, wanted);
}

#[tokio::test]
async fn a_closure_cannot_turn_on_redirects_or_the_referer() {
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
    assert_eq!(http.0.get(&url).send().await.unwrap().status(), 302);
}

/// Without TLS, the failure of an `https` URL is a mistake of the build and not of the network.
#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
#[tokio::test]
async fn names_a_build_without_tls() {
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

    /// Starts a server with a certificate for `name`; returns its address and the certificate.
    async fn tls_server(name: &str) -> (String, reqwest::Certificate) {
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
    async fn names_an_untrusted_certificate() {
        let (url, _) = tls_server("localhost").await;
        let wanted = (Cause::Certificate, ErrorKind::Certificate, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http).await, wanted);
    }

    #[tokio::test]
    async fn names_a_certificate_for_another_host() {
        let (url, trusted) = tls_server("other.example.com").await;
        let wanted = (Cause::OtherName, ErrorKind::Certificate, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http.tls_certs_only([trusted])).await, wanted);
    }

    #[tokio::test]
    async fn names_a_connect_timeout() {
        // The handshake counts towards the connect timeout, and this server never takes part in one.
        let silent =
            serve(|mut stream| async move { while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {} });
        let url = format!("https://localhost:{}/", silent.await);
        let wanted = (Cause::ConnectTimeout, ErrorKind::Timeout, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http.connect_timeout(Duration::from_millis(50))).await, wanted);
    }

    #[tokio::test]
    async fn names_a_server_that_does_not_speak_tls() {
        let plain = serve(|mut stream| async move {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        });
        let url = format!("https://localhost:{}/", plain.await);
        let wanted = (Cause::Unconnected, ErrorKind::Connection, Outcome::NotSent);
        assert_eq!(failure(&url, |http| http).await, wanted);
    }
}
