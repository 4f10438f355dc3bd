//! The lines of a cassette.

use super::{base64, canonical, trouble};
use crate::providers::ask::Usage;
use crate::providers::error::CallError;
use crate::providers::wire::Chunk;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) stategen_cassette: u32,
    pub(super) by: String,
}

/// One exchange. See the module's table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) asked: String,
    pub(super) path: String,
    pub(super) request: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) chunks: Vec<(u64, Bytes)>,
    pub(super) whole: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stop: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// The bytes of a piece.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Bytes {
    Text(String),
    Other { base64: String },
}

impl Bytes {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Other {
                base64: base64::encode(bytes),
            },
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Other { base64 } => base64::decode(base64),
        }
    }
}

impl Line {
    pub(super) fn chunks(&self) -> Option<Vec<Chunk>> {
        let chunk = |(at_ms, bytes): &(u64, Bytes)| {
            bytes.bytes().map(|bytes| Chunk {
                at_ms: *at_ms,
                bytes,
            })
        };
        self.chunks.iter().map(chunk).collect()
    }
}

/// Reads a cassette, and checks every line of it.
pub(super) fn read(path: &Path) -> Result<Vec<Line>, CallError> {
    let help = "Is it the right file? `--record` makes one";
    let bytes =
        std::fs::read(path).map_err(|e| trouble(path, &format!("cannot be read: {e}"), help))?;
    let mut lines = bytes.split(|b| *b == b'\n');
    let first = lines.next().unwrap_or_default();
    let header: Header = serde_json::from_slice(first).map_err(|_| {
        trouble(
            path,
            "is no cassette: its first line does not say that it is one",
            help,
        )
    })?;
    if header.stategen_cassette != VERSION {
        let what = format!(
            "has format {}, and this program reads format {VERSION}",
            header.stategen_cassette
        );
        let help = format!("It was written by {}: take that version", header.by);
        return Err(trouble(path, &what, &help));
    }
    let mut out = Vec::new();
    for (i, bytes) in lines.enumerate() {
        // The bytes after the last line break are none where all is well.
        if bytes.is_empty() {
            continue;
        }
        let number = i + 2;
        let wrong = |why: &str| {
            trouble(
                path,
                &format!("is damaged at line {number}: {why}"),
                &format!(
                    "Take line {number} out, or record it again; the other lines are not touched"
                ),
            )
        };
        let line: Line = serde_json::from_slice(bytes).map_err(|e| wrong(&e.to_string()))?;
        if line.chunks().is_none() {
            return Err(wrong("a piece of the answer is no base 64"));
        }
        if line.key != canonical::key(&line.path, &canonical::body(&line.request)) {
            return Err(wrong("its key does not belong to its request"));
        }
        out.push(line);
    }
    Ok(out)
}
