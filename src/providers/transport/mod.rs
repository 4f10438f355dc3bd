//! How bytes travel: over HTTP, or from a cassette.
//!
//! `client` keeps the connections, `live` sends and waits, `receive` takes
//! an answer in from either source, `names` asks what models there are, and `fault`, `refusal` and
//! `retry_after` say in words what went wrong.

mod client;
mod fault;
mod live;
mod names;
pub(in crate::providers) mod receive;
mod refusal;
mod retry_after;

use super::ask::Answer;
use super::cassette::{Player, Recorder};
use super::error::CallError;
use super::model::{Endpoint, Model};
use super::secret::{Secrets, clean_url};
use super::wire::{Exchange, HttpRequest, Tape};
use receive::Body;
use std::sync::Arc;

/// What is told of a body while it comes: status, headers, the next bytes. It
/// is called once with no bytes when the head is there, and not at all where the
/// status is no 2xx or the type is wrong. An error stops the call.
pub type Seen<'a> = dyn FnMut(u16, &[(String, String)], &[u8]) -> Result<(), CallError> + Send + 'a;

/// The way to a model. Clones share connections and cassettes.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Over HTTP.
    Http,
    /// Over HTTP, and written down.
    Record(Arc<Recorder>),
    /// From a cassette: nothing is sent.
    Replay(Arc<Player>),
}

impl Transport {
    /// Sends a request. Returns when the body has come to its end (or broke off
    /// after the last thing that a dialect writes); what is not a 2xx is an
    /// error that holds what the server said.
    ///
    /// Everything is on the tape while it happens, without secrets: what is left
    /// where the future is dropped is what came until then.
    ///
    /// # Errors
    /// See [`super::Kind`].
    pub async fn send(
        &self,
        endpoint: &Endpoint,
        request: HttpRequest,
        tape: &Tape,
        seen: &mut Seen<'_>,
    ) -> Result<(), CallError> {
        let secrets = Secrets::of(endpoint);
        let shown = shown(&request, &secrets);
        tape.write(|t| {
            *t = Exchange {
                request: shown.clone(),
                response: None,
            };
        });
        let (head, body) = match self {
            Self::Replay(player) => {
                // Nothing else here waits, and somebody may want to stop it.
                tokio::task::yield_now().await;
                player.play(&endpoint.name, &shown)?
            }
            Self::Http | Self::Record(_) => {
                live::keys(endpoint)?;
                let (head, live) = live::open(endpoint, &request)
                    .await
                    .map_err(|error| clean(error, &secrets))?;
                (head, Body::Live(Box::new(live)))
            }
        };
        receive::receive(endpoint, &shown, head, body, (&secrets, tape), seen)
            .await
            .map_err(|error| clean(error, &secrets))
    }

    /// The models that a server says it has; empty where it does not say, and
    /// where nothing is sent. `written` are the headers of a call.
    pub async fn names(&self, endpoint: &Endpoint, written: &[(String, String)]) -> Vec<String> {
        match self {
            Self::Http | Self::Record(_) => names::names(endpoint, written).await,
            Self::Replay(_) => Vec::new(),
        }
    }

    /// Where calls are recorded, writes one down that has ended, with what was
    /// read of it. One that failed on this side (no connection, a time-out, a
    /// bound) is not: there is nothing to play back.
    ///
    /// # Errors
    /// The cassette cannot be written.
    pub fn keep(
        &self,
        model: &Model,
        tape: &Tape,
        outcome: Result<&Answer, &CallError>,
    ) -> Result<(), CallError> {
        match self {
            Self::Record(recorder) => recorder.keep(&model.id(), &tape.read(), outcome),
            Self::Http | Self::Replay(_) => Ok(()),
        }
    }
}

/// A request as it may be kept.
fn shown(request: &HttpRequest, secrets: &Secrets) -> HttpRequest {
    HttpRequest {
        url: secrets.remove_from(&clean_url(&request.url)),
        headers: request
            .headers
            .iter()
            .map(|(n, v)| (n.clone(), secrets.remove_from(v)))
            .collect(),
        body: secrets.remove_from(&request.body),
    }
}

fn clean(mut error: CallError, secrets: &Secrets) -> CallError {
    error.what = secrets.remove_from(&error.what);
    error.help = secrets.remove_from(&error.help);
    error
}
