//! Scripts a connection step by step, for responses that no valid server sends.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::Response;

/// Describes what the server does after it has read a request. The connection is closed after the last step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends these bytes unchanged.
    Send(Vec<u8>),
    /// Waits until the test continues.
    Await(Arc<Notify>),
    /// Sends nothing, advances the client's clock, and waits until the client closes the connection.
    KeepWaiting,
    /// Sends chunks of a body until the client closes the connection.
    SendForEver,
    /// Resets the connection (TCP RST).
    Reset,
    /// Keeps the connection open for the next request.
    Stay,
}

/// Plays these steps and returns whether the connection stays open.
pub(crate) async fn play(steps: Vec<Step>, stream: &mut BufReader<TcpStream>, pass_time: &(dyn Fn() + Sync)) -> bool {
    for step in steps {
        match step {
            // Some tests let the client disconnect before this is sent, so a failure to send is expected.
            Step::Send(bytes) => drop(stream.write_all(&bytes).await),
            Step::Await(allowed) => allowed.notified().await,
            Step::KeepWaiting => {
                pass_time();
                while matches!(stream.read(&mut [0; 256]).await, Ok(1..)) {}
            }
            Step::SendForEver => {
                let chunk = [b"100000\r\n".as_slice(), &[b' '; 1 << 20], b"\r\n"].concat();
                while stream.write_all(&chunk).await.is_ok() {}
            }
            Step::Reset => return stream.get_ref().set_zero_linger().is_err(),
            Step::Stay => return true,
        }
    }
    false
}

/// Sends these bytes and closes the connection.
pub(crate) fn raw(text: impl Into<Vec<u8>>) -> Response {
    Response::Steps(vec![Step::Send(text.into())])
}

/// Sends these bytes, and then nothing until the client disconnects.
pub(crate) fn then_silence(text: impl Into<Vec<u8>>) -> Response {
    Response::Steps(vec![Step::Send(text.into()), Step::KeepWaiting])
}

/// Reads the request and sends nothing until the client disconnects.
pub(crate) fn never() -> Response {
    Response::Steps(vec![Step::KeepWaiting])
}

pub(crate) fn reset() -> Response {
    Response::Steps(vec![Step::Reset])
}

/// Returns the bytes of a complete response with this body.
pub(crate) fn whole(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Returns a response whose body lacks its last byte.
///
/// The body exceeds the socket buffers between the two, so once it is sent, the client has read the head. It stays
/// below the size that the client refuses to read.
pub(crate) fn all_but_the_end(status: u16) -> Vec<u8> {
    let length = 16 << 20;
    let head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n", length + 1);
    [head.into_bytes(), vec![b' '; length]].concat()
}

/// Returns a response that sends chunks until the client stops reading.
pub(crate) fn endless(status: u16) -> Response {
    let head = format!("HTTP/1.1 {status} Scripted\r\ntransfer-encoding: chunked\r\n\r\n");
    Response::Steps(vec![Step::Send(head.into()), Step::SendForEver])
}
