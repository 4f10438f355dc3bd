//! How bytes travel: over HTTP, or from a cassette.

use super::cassette::{Player, Recorder};
use super::error::{CallError, Kind};
use super::model::Endpoint;
use super::wire::{HttpRequest, Tape};
use std::sync::Arc;

/// What is told of a body while it comes: status, headers, the next bytes. It
/// is called once with no bytes when the head is there. An error stops the call.
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
    /// Sends a request. Returns when the body has come to its end; what is not
    /// a 2xx is an error that holds what the server said.
    ///
    /// # Errors
    /// See [`Kind`].
    pub async fn send(
        &self,
        endpoint: &Endpoint,
        request: HttpRequest,
        tape: &Tape,
        seen: &mut Seen<'_>,
    ) -> Result<(), CallError> {
        tape.write(|t| t.request = request);
        let _ = (endpoint, seen);
        Err(CallError::new(Kind::Connect, "not built yet"))
    }
}
