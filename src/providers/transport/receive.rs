//! An answer taken in, from wherever it comes: onto the tape without secrets,
//! and to whoever reads it.

use super::super::error::{CallError, Kind, Retry};
use super::super::model::Endpoint;
use super::super::secret::{REDACTED, Scrub, Secrets};
use super::super::wire::{Chunk, HttpRequest, HttpResponse, Tape};
use super::live::Live;
use super::{Seen, fault, refusal};
use std::collections::VecDeque;

/// Bytes that are read of an answer which is an error.
const ERROR_BODY: u64 = 64 << 10;

/// Pieces of a body that are kept apart; more become one.
const PIECES: usize = 1 << 16;

/// The head of an answer.
#[derive(Clone, Debug, Default)]
pub(in crate::providers) struct Head {
    pub(in crate::providers) status: u16,
    /// Lower case names.
    pub(in crate::providers) headers: Vec<(String, String)>,
    /// Bytes of the body, where the server says.
    pub(in crate::providers) length: Option<u64>,
}

/// A body that comes in pieces.
#[derive(Debug)]
pub(in crate::providers) enum Body {
    /// From the network.
    Live(Box<Live>),
    /// From a cassette, and whether it came to its end then.
    Played(VecDeque<Chunk>, bool),
}

impl Body {
    async fn next(&mut self) -> Result<Option<Chunk>, CallError> {
        match self {
            Self::Live(live) => live.next().await,
            Self::Played(chunks, whole) => match chunks.pop_front() {
                Some(chunk) => Ok(Some(chunk)),
                None if *whole => Ok(None),
                None => Err(fault::cut(0)),
            },
        }
    }
}

/// Takes an answer in.
pub(super) async fn receive(
    endpoint: &Endpoint,
    request: &HttpRequest,
    head: Head,
    mut body: Body,
    (secrets, tape): (&Secrets, &Tape),
    seen: &mut Seen<'_>,
) -> Result<(), CallError> {
    let status = head.status;
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = match name.as_str() {
                "set-cookie" => REDACTED.to_owned(),
                _ => secrets.remove_from(value),
            };
            (name.clone(), value)
        })
        .collect();
    let response = HttpResponse {
        status,
        headers: headers.clone(),
        ..HttpResponse::default()
    };
    tape.write(|t| t.response = Some(response));
    let mut taking = Taking {
        tape,
        scrub: secrets.stream(),
        size: 0,
        tail: Vec::new(),
    };
    let content_type = tape.write(|t| {
        let named = t.response.as_ref().and_then(|r| r.header("content-type"));
        named.unwrap_or_default().to_ascii_lowercase()
    });
    let good = (200..300).contains(&status);
    if !good || !fits(&content_type, endpoint.stream) {
        taking.short(&mut body).await;
        let text = tape.read().response.unwrap_or_default().body();
        return Err(if good {
            refusal::wrong_type(endpoint, &content_type, &text)
        } else {
            refusal::refusal(endpoint, request, status, &headers, &text)
        });
    }
    let bound = endpoint.max_answer;
    if head.length.is_some_and(|length| length > bound) {
        return Err(too_large(bound));
    }
    seen(status, &headers, b"")?;
    loop {
        match body.next().await {
            Ok(Some(chunk)) => {
                let over = taking.size + chunk.bytes.len() as u64 > bound;
                if let Some(bytes) = taking.take(chunk, bound) {
                    seen(status, &headers, &bytes)?;
                }
                if over {
                    return Err(too_large(bound));
                }
            }
            Ok(None) => {
                if let Some(bytes) = taking.end() {
                    seen(status, &headers, &bytes)?;
                }
                tape.write(|t| {
                    if let Some(response) = &mut t.response {
                        response.whole = true;
                    }
                });
                return Ok(());
            }
            Err(error) => {
                let left = taking.end();
                if error.kind != Kind::Cut {
                    return Err(error);
                }
                if let Some(bytes) = left {
                    seen(status, &headers, &bytes)?;
                }
                // What the dialects write last: all of the answer is there.
                return if taking.said_all() {
                    Ok(())
                } else {
                    Err(fault::cut(taking.size))
                };
            }
        }
    }
}

/// Whether a type is what was asked for. A whole body is fine where a stream
/// was wanted.
fn fits(content_type: &str, stream: bool) -> bool {
    let bare = content_type.split(';').next().unwrap_or("").trim();
    let json = bare == "application/json" || bare.ends_with("+json");
    json || (stream && bare == "text/event-stream")
}

fn too_large(bound: u64) -> CallError {
    let size = if bound >= 1 << 20 {
        format!("{} MiB", bound >> 20)
    } else {
        format!("{bound} bytes")
    };
    CallError::new(
        Kind::TooLarge,
        format!("the answer is larger than {size}; the rest was not read"),
    )
    .help("`max_answer_mb` is the bound; a model in a loop is stopped by `max_tokens`")
    .retry(Retry::No)
}

/// What has been taken of a body.
struct Taking<'a> {
    tape: &'a Tape,
    scrub: Scrub,
    /// Bytes that came.
    size: u64,
    /// The last of them.
    tail: Vec<u8>,
}

impl Taking<'_> {
    /// Takes a piece, as far as the bound lets it; what may be read of it.
    fn take(&mut self, mut chunk: Chunk, bound: u64) -> Option<Vec<u8>> {
        let room = bound.saturating_sub(self.size);
        chunk
            .bytes
            .truncate(usize::try_from(room).unwrap_or(usize::MAX));
        self.size += chunk.bytes.len() as u64;
        let bytes = self.scrub.take(&chunk.bytes);
        self.put(chunk.at_ms, bytes)
    }

    /// What was held back.
    fn end(&mut self) -> Option<Vec<u8>> {
        let bytes = self.scrub.end();
        let at = self.tape.write(|t| {
            let last = t.response.as_ref().and_then(|r| r.chunks.last());
            last.map_or(0, |c| c.at_ms)
        });
        self.put(at, bytes)
    }

    fn put(&mut self, at_ms: u64, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if bytes.is_empty() {
            return None;
        }
        self.tail.extend_from_slice(&bytes);
        let long = self.tail.len().saturating_sub(256);
        self.tail.drain(..long);
        self.tape.write(|t| {
            let response = t.response.get_or_insert_default();
            let many = response.chunks.len() >= PIECES;
            match response.chunks.last_mut() {
                Some(last) if many => {
                    last.bytes.extend_from_slice(&bytes);
                }
                _ => response.chunks.push(Chunk {
                    at_ms,
                    bytes: bytes.clone(),
                }),
            }
        });
        Some(bytes)
    }

    /// A body that is read for its words alone; what breaks it matters not.
    async fn short(&mut self, body: &mut Body) {
        let mut whole = false;
        while self.size < ERROR_BODY {
            match body.next().await {
                Ok(Some(chunk)) => drop(self.take(chunk, ERROR_BODY)),
                Ok(None) => {
                    whole = true;
                    break;
                }
                Err(_) => break,
            }
        }
        self.end();
        self.tape.write(|t| {
            if let Some(response) = &mut t.response {
                response.whole = whole;
            }
        });
    }

    fn said_all(&self) -> bool {
        let tail = String::from_utf8_lossy(&self.tail);
        tail.contains("[DONE]") || tail.contains("message_stop")
    }
}
