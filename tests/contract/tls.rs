//! Tests that certificates are verified, and that nothing is sent to a server whose certificate does not verify.
#![cfg(feature = "rustls")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use unloc::types::CreateKeyRequest;
use unloc::{ErrorKind, Outcome};

use crate::operations::PERSON;
use crate::secrecy::assert_secret;
use crate::support::{builder, lock_holder};

/// Is the start of a certificate's validity in seconds since 1970. It has as many digits as a phone number.
const NOT_YET: &str = "2208988800";

#[tokio::test]
async fn times_of_a_certificate_are_not_redacted_as_phone_numbers() {
    let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(2040, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2050, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let trusted = reqwest::Certificate::from_der(certificate.der()).unwrap();
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.into()], der).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = acceptor.accept(stream).await;
        }
    });
    let unloc = builder(&url).configure_http(|http| http.tls_certs_only([trusted])).build().unwrap();
    let error = unloc.get_lock_holders().send().await.unwrap_err();
    server.abort();
    assert_eq!(error.kind(), ErrorKind::Certificate);
    assert!(error.to_string().contains(NOT_YET), "{error}");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_fails_the_call_before_a_secret_is_sent() {
    let generated = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(generated.signing_key.serialize_der()));
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![generated.cert.into()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let bytes_received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&bytes_received);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let read = stream.read(&mut [0; 1024]).await.unwrap_or_default();
                counter.fetch_add(read, Ordering::SeqCst);
            }
        }
    });
    let home = builder(&url).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
    let body = CreateKeyRequest::builder().user_id(PERSON);
    let error = home.create_key().lock_id("door").body(body).send().await.unwrap_err();
    server.abort();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Certificate, Outcome::NotSent));
    assert!(error.to_string().contains("does not verify"), "{error}");
    assert_eq!((error.status(), error.attempts(), error.is_retryable()), (None, 0, false));
    assert_eq!(bytes_received.load(Ordering::SeqCst), 0);
    assert_secret(&error);
}
