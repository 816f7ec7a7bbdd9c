//! Measures how many connections concurrent calls open, and how long they take, with or without the feature `http2`.
//!
//! The server offers HTTP/2 and HTTP/1.1, and delays each response.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
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

/// Is the number of concurrent calls.
const CALLS: usize = 200;
/// Is the delay of each response.
const SERVICE_TIME: Duration = Duration::from_millis(20);
/// Describes what the client did before the measured calls.
const BEFORE: [&str; 3] = ["nothing", "one call", "as many at once"];

fn main() -> ExitCode {
    unloc_benches::main("connections", |plan| {
        let server = Server::start()?;
        runtime()?.block_on(measure(plan, &server))
    })
}

async fn measure(plan: Plan, server: &Server) -> Result<Vec<Row>> {
    let protocol = if cfg!(feature = "http2") { "with http2" } else { "without http2" };
    let mut all = BEFORE.map(|_| (Vec::new(), Vec::new(), Vec::new()));
    for _ in 0..plan.rounds.min(9) {
        let busy = server.client()?;
        let warm = server.client()?;
        burst(&warm, server, 1).await?;
        for (home, (accepted, open, millis)) in [&busy, &warm, &busy].into_iter().zip(&mut all) {
            let burst = burst(home, server, CALLS).await?;
            accepted.push(burst.accepted as f64);
            open.push(burst.open as f64);
            millis.push(burst.time.as_secs_f64() * 1e3);
        }
    }
    let row = |(name, (accepted, open, millis))| {
        Row::new(&format!("{CALLS} calls at once, {protocol}, after"), name)
            .with("new connections", Spread::of(accepted))
            .with("left of them", Spread::of(open))
            .with("time, ms", Spread::of(millis))
    };
    Ok(BEFORE.into_iter().zip(all).map(row).collect())
}

/// Holds the measurements of concurrent calls.
struct Burst {
    accepted: usize,
    /// Counts the additional connections that are open afterwards.
    open: isize,
    time: Duration,
}

/// Makes this many concurrent calls.
async fn burst(home: &LockHolderClient, server: &Server, calls: usize) -> Result<Burst> {
    let (accepted, open) = server.count.read();
    let start = Instant::now();
    let calls = (0..calls).map(|_| home.get_lock().lock_id("front-door").send());
    for lock in join_all(calls).await {
        lock?;
    }
    let time = start.elapsed();
    // Wait until background connection attempts have ended.
    sleep(10 * SERVICE_TIME).await;
    let after = server.count.read();
    Ok(Burst { accepted: after.0 - accepted, open: after.1 - open, time })
}

/// Counts the connections that were accepted, and those that are open.
#[derive(Default)]
struct Count {
    accepted: AtomicUsize,
    open: AtomicIsize,
}

impl Count {
    fn read(&self) -> (usize, isize) {
        (self.accepted.load(Ordering::SeqCst), self.open.load(Ordering::SeqCst))
    }
}

/// Holds a server in a thread of its own, which ends with the program.
struct Server {
    url: String,
    certificate: CertificateDer<'static>,
    count: Arc<Count>,
}

impl Server {
    fn start() -> Result<Self> {
        let generated = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = generated.cert.der().clone();
        let key = PrivateKeyDer::try_from(generated.signing_key.serialize_der())?;
        let config = ServerConfig::builder().with_no_client_auth();
        let mut config = config.with_single_cert(vec![certificate.clone()], key)?;
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
                    let (acceptor, counts) = (acceptor.clone(), Arc::clone(&counts));
                    tokio::spawn(async move {
                        counts.open.fetch_add(1, Ordering::SeqCst);
                        // If a connection breaks, the client reports it.
                        let _ = attend(stream, acceptor).await;
                        counts.open.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            });
        });
        Ok(Self { url, certificate, count })
    }

    fn client(&self) -> Result<LockHolderClient> {
        let trusted = Certificate::from_der(&self.certificate)?;
        let unloc = Unloc::builder()
            .environment(self.url.as_str())
            .token_source(|_: Scopes| async { Ok(Token::new(TOKEN).expires_in(Duration::from_secs(3600))) })
            .configure_http(|builder| builder.tls_certs_only([trusted]))
            .build()?;
        Ok(unloc.lock_holder_by_id("harbour-flats", Scope::lock_holder_identifier("NO", "919424508", "")?))
    }
}

async fn attend(stream: TcpStream, acceptor: TlsAcceptor) -> Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let response = service_fn(async |_| {
        sleep(SERVICE_TIME).await;
        let response = Response::new(Full::new(Bytes::from(lock())));
        Ok::<_, Infallible>(response)
    });
    auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), response).await
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}
