//! What a server can do to a connection, step by step.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::Answer;

/// What happens to a connection once a request has been read from it. Behind the last step it is closed.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends this as it is.
    Send(Vec<u8>),
    /// Goes on when the test says so.
    Await(Arc<Notify>),
    /// Sends nothing, lets the client's time pass, and goes on once the client has gone away.
    KeepWaiting,
    /// Sends one chunk of a body after the other, until the client has gone away.
    SendForEver,
    /// Closes the connection by a reset.
    Reset,
    /// Keeps the connection for the next request.
    Stay,
}

/// Takes these steps; whether the connection stays open.
pub(crate) async fn play(steps: Vec<Step>, stream: &mut BufReader<TcpStream>, pass_time: &(dyn Fn() + Sync)) -> bool {
    for step in steps {
        match step {
            // A client that has gone away is what some of these are for.
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

/// Sends this, and closes the connection.
pub(crate) fn raw(text: impl Into<Vec<u8>>) -> Answer {
    Answer::Steps(vec![Step::Send(text.into())])
}

/// Sends this, and then nothing until the client has gone away.
pub(crate) fn then_silence(text: impl Into<Vec<u8>>) -> Answer {
    Answer::Steps(vec![Step::Send(text.into()), Step::KeepWaiting])
}

/// Reads the request, and says nothing until the client has gone away.
pub(crate) fn never() -> Answer {
    Answer::Steps(vec![Step::KeepWaiting])
}

pub(crate) fn reset() -> Answer {
    Answer::Steps(vec![Step::Reset])
}

/// A whole answer with this body, as it is on the wire.
pub(crate) fn whole(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The head of an answer, and more of its body than fits between the two: once it is sent, the client has read the head.
/// One byte is missing, and the body stays below what the client reads.
pub(crate) fn all_but_the_end(status: u16) -> Vec<u8> {
    let length = 16 << 20;
    let head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n\r\n", length + 1);
    [head.into_bytes(), vec![b' '; length]].concat()
}
