//! The two dialects: a request becomes a body, an answer becomes a reply.

use super::ask::{Answer, Delta};
use super::error::{CallError, Kind};
use super::model::Model;
use super::wire::{HttpRequest, HttpResponse};
use crate::engine::role::Request;

/// Writes the request of a call. Secret headers stand as `[from $VARIABLE]`.
///
/// # Errors
/// The request cannot be said in this dialect.
pub fn encode(model: &Model, request: &Request) -> Result<HttpRequest, CallError> {
    let _ = (model, request);
    Err(CallError::new(Kind::BadUrl, "not built yet"))
}

/// Reads an answer while it comes, streamed or whole.
#[derive(Debug)]
pub struct Reader {
    model: Model,
}

impl Reader {
    /// A reader of one answer.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self {
            model: model.clone(),
        }
    }

    /// Takes the next bytes (none: only the head is there).
    ///
    /// # Errors
    /// The stream reports an error, or is no stream of this dialect.
    pub fn take(
        &mut self,
        status: u16,
        headers: &[(String, String)],
        bytes: &[u8],
    ) -> Result<Vec<Delta>, CallError> {
        let _ = (status, headers, bytes, &self.model);
        Ok(Vec::new())
    }

    /// The whole answer, once the body has come to its end.
    ///
    /// # Errors
    /// It is empty, cut, or cannot be read.
    pub fn finish(self, response: Option<&HttpResponse>) -> Result<Answer, CallError> {
        let _ = response;
        Err(CallError::new(Kind::Empty, "not built yet"))
    }
}
