//! Recording.

use super::line::{Bytes, Header, Line, VERSION, read};
use super::{canonical, trouble};
use crate::providers::ask::Answer;
use crate::providers::error::{CallError, Kind};
use crate::providers::wire::Exchange;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers of an answer that are kept, beside those that name a rate limit.
const HEADERS: &[&str] = &[
    "content-type",
    "date",
    "location",
    "openai-processing-ms",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "x-request-id",
    "x-should-retry",
];

const HELP: &str = "Is the folder there and writable, and is there room on the disk?";

/// Writes exchanges to a file, each when it has ended.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: Mutex<File>,
}

impl Recorder {
    /// Begins a file, or goes on with one.
    ///
    /// # Errors
    /// The file cannot be written, or is there and is no good cassette.
    pub fn create(path: &Path) -> Result<Arc<Self>, CallError> {
        let failed = |e: std::io::Error| trouble(path, &format!("cannot be written: {e}"), HELP);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed)?;
        if file.metadata().map_err(failed)?.len() == 0 {
            let header = Header {
                stategen_cassette: VERSION,
                by: concat!("stategen ", env!("CARGO_PKG_VERSION")).to_owned(),
            };
            put(&mut file, &header).map_err(failed)?;
        } else {
            read(path)?;
        }
        Ok(Arc::new(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
        }))
    }

    /// Writes an exchange that has ended, if there is something to play back.
    pub(in crate::providers) fn keep(
        &self,
        asked: &str,
        exchange: &Exchange,
        outcome: Result<&Answer, &CallError>,
    ) -> Result<(), CallError> {
        let Some(response) = &exchange.response else {
            return Ok(());
        };
        if outcome.is_err_and(ours) {
            return Ok(());
        }
        let path = canonical::path(&exchange.request.url);
        let line = Line {
            key: canonical::key_of(&exchange.request),
            asked: asked.to_owned(),
            path,
            request: exchange.request.body.clone(),
            status: response.status,
            headers: response
                .headers
                .iter()
                .filter(|(n, _)| HEADERS.contains(&n.as_str()) || n.contains("ratelimit"))
                .cloned()
                .collect(),
            chunks: response
                .chunks
                .iter()
                .map(|c| (c.at_ms, Bytes::of(&c.bytes)))
                .collect(),
            whole: response.whole,
            stop: outcome.ok().map(|a| a.stop.clone()),
            usage: outcome.ok().and_then(|a| a.usage),
            error: outcome.err().map(|e| e.what.clone()),
        };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        put(&mut file, &line)
            .map_err(|e| trouble(&self.path, &format!("cannot be written: {e}"), HELP))
    }
}

/// Writes a line, in one piece.
fn put(file: &mut File, line: &impl serde::Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.flush()
}

/// Whether an error came about on this side: the server may have had more to say.
fn ours(error: &CallError) -> bool {
    match error.kind {
        Kind::NoKey
        | Kind::BadUrl
        | Kind::BadHeader
        | Kind::Connect
        | Kind::Tls
        | Kind::Timeout(_)
        | Kind::TooLarge
        | Kind::NotOnTape
        | Kind::Cassette => true,
        Kind::Status(_)
        | Kind::Cut
        | Kind::ContentType
        | Kind::Malformed
        | Kind::Empty
        | Kind::InStream => false,
    }
}
