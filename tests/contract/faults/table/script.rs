//! Turns the steps of a row into responses of the scripted server.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::Value;

use super::options::scaled;
use crate::faults::clock::ManualClock;
use crate::faults::connection::{all_but_the_end, endless, never, raw, reset, then_silence};
use crate::support::{Request, Response, token, token_response};

pub(super) type Responses = BTreeMap<String, Step>;

/// Describes how the server handles one request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Step {
    /// Sends a complete response.
    Respond(Respond),
    /// Responds with this status and the address of the same path at another origin.
    Redirect(u16),
    /// Sends these characters, each as one byte, and closes the connection.
    SendAndClose(String),
    /// Sends these characters, and then nothing until the client closes the connection.
    SendAndStall(String),
    /// Sends a head with this status and a part of its body, and then nothing until the client closes the connection.
    StallInBody(u16),
    /// Sends a head with this status, and chunks of a body until the client closes the connection.
    SendEndlessly(u16),
    /// Sends nothing until the client closes the connection.
    Stall,
    /// Resets the connection without a response (TCP RST).
    Reset,
    /// Closes the connection without a response.
    Close,
    /// Issues a new token.
    Token,
    /// Responds with this status and an empty body.
    #[serde(untagged)]
    Status(u16),
    /// Is one of the table's `responses`.
    #[serde(untagged)]
    Named(String),
}

/// Describes a complete response. Without `text` and `json`, its body is empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Respond {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Is sent with each character as one byte.
    text: Option<String>,
    json: Option<Value>,
    /// Delays the response by this time, which is shorter than the attempt timeout.
    #[serde(default)]
    pause_ms: u32,
}

/// Plays the steps of one row, and records the order of its requests.
pub(super) struct Script<'a> {
    responses: &'a Responses,
    clock: ManualClock,
    elsewhere: String,
    kinds: Arc<Mutex<Vec<&'static str>>>,
}

impl<'a> Script<'a> {
    pub(super) fn new(responses: &'a Responses, clock: &ManualClock, elsewhere: String) -> Self {
        Self { responses, clock: clock.clone(), elsewhere, kinds: Arc::default() }
    }

    /// Returns a function that responds to requests of this kind by these steps.
    pub(super) fn play(&self, kind: &'static str, steps: &[Step]) -> impl FnMut(&Request) -> Response + Send + use<> {
        let mut steps: VecDeque<_> = steps.iter().map(|step| self.resolve(step)).collect();
        let (clock, elsewhere, kinds) = (self.clock.clone(), self.elsewhere.clone(), Arc::clone(&self.kinds));
        let mut issued = 0;
        move |request| {
            kinds.lock().unwrap().push(kind);
            let further = if kind == "token" { Step::Token } else { Step::Status(418) };
            match steps.pop_front().unwrap_or(further) {
                Step::Token => {
                    issued += 1;
                    token_response(&token(issued))
                }
                Step::Redirect(status) => {
                    Response::new(status, "").header("location", &format!("{elsewhere}{}", request.target))
                }
                Step::Respond(respond) => {
                    clock.advance(scaled(respond.pause_ms));
                    respond.response()
                }
                step => step.response(),
            }
        }
    }

    /// Returns how many requests followed one of their own kind.
    ///
    /// Only retries do. A request of another kind either uses the token that came before, or replaces it after a 401.
    pub(super) fn retries(&self) -> usize {
        self.kinds.lock().unwrap().windows(2).filter(|pair| pair[0] == pair[1]).count()
    }

    fn resolve(&self, step: &Step) -> Step {
        match step {
            Step::Named(name) => {
                self.responses.get(name).unwrap_or_else(|| panic!("no response is named `{name}`")).clone()
            }
            step => step.clone(),
        }
    }
}

impl Step {
    /// Returns the response of a step that depends neither on the request nor on the clock.
    fn response(self) -> Response {
        match self {
            Self::Status(status) => Response::new(status, ""),
            Self::SendAndClose(text) => raw(bytes(&text)),
            Self::SendAndStall(text) => then_silence(bytes(&text)),
            Self::StallInBody(status) => then_silence(all_but_the_end(status)),
            Self::SendEndlessly(status) => endless(status),
            Self::Stall => never(),
            Self::Reset => reset(),
            Self::Close => Response::HangUp,
            Self::Respond(_) | Self::Redirect(_) | Self::Token | Self::Named(_) => unreachable!("{self:?}"),
        }
    }
}

impl Respond {
    fn response(self) -> Response {
        let response = match (self.json, self.text) {
            (Some(json), None) => Response::json(self.status, &json),
            (None, text) => Response::new(self.status, bytes(&text.unwrap_or_default())),
            (Some(_), Some(_)) => panic!("a response has both `json` and `text`"),
        };
        self.headers.iter().fold(response, |response, (name, value)| response.header(name, value))
    }
}

/// Returns each character as one byte (Latin-1).
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).expect("a character of one byte")).collect()
}
