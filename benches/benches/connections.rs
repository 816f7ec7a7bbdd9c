//! How many connections calls at the same time take, and how long they take: with the feature `http2` of `unloc` and
//! without it, of which either is compiled. The server offers both, and takes its time for an answer.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use reqwest::Certificate;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use unloc::token::Token;
use unloc::{LockHolderClient, Scope, Scopes, Unloc};
use unloc_benches::{Plan, Result, Row, Spread, TOKEN, lock};

/// How many calls are made at once.
const CALLS: usize = 200;
/// How long the service takes for an answer.
const SERVICE: Duration = Duration::from_millis(20);
/// How often a client makes them: the first time it has no connection yet.
const BURSTS: [&str; 2] = ["the first, without a connection", "the next, of the same client"];

fn main() -> ExitCode {
    unloc_benches::main("connections", |plan| runtime()?.block_on(measure(plan)))
}

async fn measure(plan: Plan) -> Result<Vec<Row>> {
    let protocol = if cfg!(feature = "http2") { "with http2" } else { "without http2" };
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let server = Server::start(certificate.clone(), key)?;
    let mut all = [(); BURSTS.len()].map(|()| (Vec::new(), Vec::new(), Vec::new()));
    for _ in 0..plan.rounds.min(9) {
        let home = server.client(&certificate)?;
        for (accepted, encrypted, millis) in &mut all {
            let (connections, handshakes, time) = burst(&home, &server).await?;
            accepted.push(connections as f64);
            encrypted.push(handshakes as f64);
            millis.push(time.as_secs_f64() * 1e3);
        }
    }
    let row = |(name, (accepted, encrypted, millis))| {
        Row::new(&format!("{CALLS} calls at once, {protocol}"), name)
            .with("connections", Spread::of(accepted))
            .with("TLS handshakes", Spread::of(encrypted))
            .with("time, ms", Spread::of(millis))
    };
    Ok(BURSTS.into_iter().zip(all).map(row).collect())
}

/// Makes the calls, and says what they took: connections, handshakes that came to an end, and time.
async fn burst(home: &LockHolderClient, server: &Server) -> Result<(usize, usize, Duration)> {
    let before = server.count.read();
    let begun = Instant::now();
    let calls = (0..CALLS).map(|_| home.get_lock().lock_id("front-door").send());
    for lock in join_all(calls).await {
        lock?;
    }
    let time = begun.elapsed();
    // Until what is under way beside the calls has come to an end.
    sleep(10 * SERVICE).await;
    let after = server.count.read();
    Ok((after.0 - before.0, after.1 - before.1, time))
}

/// What came in so far.
#[derive(Default)]
struct Count {
    accepted: AtomicUsize,
    encrypted: AtomicUsize,
}

impl Count {
    fn read(&self) -> (usize, usize) {
        (self.accepted.load(Ordering::SeqCst), self.encrypted.load(Ordering::SeqCst))
    }
}

/// A service in a thread of its own, which ends with this program.
struct Server {
    url: String,
    count: Arc<Count>,
}

impl Server {
    fn start(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Result<Self> {
        let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = runtime()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        let count = Arc::<Count>::default();
        let counts = Arc::clone(&count);
        thread::spawn(move || {
            runtime.block_on(async {
                while let Ok((stream, _)) = listener.accept().await {
                    counts.accepted.fetch_add(1, Ordering::SeqCst);
                    // A connection that breaks is the client's to report.
                    tokio::spawn(attend(stream, acceptor.clone(), Arc::clone(&counts)));
                }
            });
        });
        Ok(Self { url, count })
    }

    fn client(&self, certificate: &CertificateDer<'static>) -> Result<LockHolderClient> {
        let trusted = Certificate::from_der(certificate)?;
        let unloc = Unloc::builder()
            .environment(self.url.as_str())
            .token_source(|_: Scopes| async { Ok(Token::new(TOKEN).expires_in(Duration::from_secs(3600))) })
            .configure_http(|builder| builder.tls_certs_only([trusted]))
            .build()?;
        Ok(unloc.lock_holder_by_id("harbour-flats", Scope::lock_holder_identifier("NO", "919424508", "")?))
    }
}

async fn attend(stream: TcpStream, acceptor: TlsAcceptor, count: Arc<Count>) -> Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    count.encrypted.fetch_add(1, Ordering::SeqCst);
    let answer = service_fn(async |_| {
        sleep(SERVICE).await;
        let answer = Response::new(Full::new(Bytes::from(lock())));
        Ok::<_, Infallible>(answer)
    });
    auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
