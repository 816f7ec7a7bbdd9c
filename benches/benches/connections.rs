//! How many connections calls at the same time take, and how long they take: with the feature `http2` of `unloc` and
//! without it, of which either is compiled. The server offers both, and takes its time for an answer.

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

/// How many calls are made at once.
const CALLS: usize = 200;
/// How long the service takes for an answer.
const SERVICE: Duration = Duration::from_millis(20);
/// What a client did before it makes them.
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

/// What calls took.
struct Burst {
    accepted: usize,
    /// How many more connections there are than before.
    open: isize,
    time: Duration,
}

/// Makes so many calls at once.
async fn burst(home: &LockHolderClient, server: &Server, calls: usize) -> Result<Burst> {
    let (accepted, open) = server.count.read();
    let begun = Instant::now();
    let calls = (0..calls).map(|_| home.get_lock().lock_id("front-door").send());
    for lock in join_all(calls).await {
        lock?;
    }
    let time = begun.elapsed();
    // Until what is under way beside the calls has come to an end.
    sleep(10 * SERVICE).await;
    let after = server.count.read();
    Ok(Burst { accepted: after.0 - accepted, open: after.1 - open, time })
}

/// Connections: how many came so far, and how many are there.
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

/// A service in a thread of its own, which ends with this program.
struct Server {
    url: String,
    certificate: CertificateDer<'static>,
    count: Arc<Count>,
}

impl Server {
    fn start() -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
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
                        // A connection that breaks is the client's to report.
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
