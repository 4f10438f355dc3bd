//! Playing back.

use super::line::{Line, read};
use super::{canonical, nearest};
use crate::providers::error::{CallError, Kind};
use crate::providers::transport::receive::{Body, Head};
use crate::providers::wire::HttpRequest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Plays a file back, to any number of sessions at once.
#[derive(Debug)]
pub struct Player {
    path: PathBuf,
    lines: Vec<Line>,
    /// Numbers of the lines with a key, in their order.
    by_key: HashMap<String, Vec<usize>>,
    /// How often each key has been asked for.
    asked: Mutex<HashMap<String, usize>>,
}

impl Player {
    /// Reads a file.
    ///
    /// # Errors
    /// The file cannot be read, with the line.
    pub fn open(path: &Path) -> Result<Arc<Self>, CallError> {
        let lines = read(path)?;
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, line) in lines.iter().enumerate() {
            by_key.entry(line.key.clone()).or_default().push(number);
        }
        Ok(Arc::new(Self {
            path: path.to_owned(),
            lines,
            by_key,
            asked: Mutex::default(),
        }))
    }

    /// How many exchanges it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What was answered to a request.
    pub(in crate::providers) fn play(
        &self,
        provider: &str,
        request: &HttpRequest,
    ) -> Result<(Head, Body), CallError> {
        let key = canonical::key_of(request);
        let Some(numbers) = self.by_key.get(&key) else {
            return Err(self.miss(provider, request));
        };
        let nth = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let count = asked.entry(key).or_default();
            *count += 1;
            *count - 1
        };
        let number = numbers.get(nth).or(numbers.last());
        let Some(line) = number.and_then(|n| self.lines.get(*n)) else {
            return Err(self.miss(provider, request));
        };
        let head = Head {
            status: line.status,
            headers: line.headers.clone(),
            length: None,
        };
        let chunks = line.chunks().unwrap_or_default();
        Ok((head, Body::Played(chunks.into(), line.whole)))
    }

    fn miss(&self, provider: &str, request: &HttpRequest) -> CallError {
        let body = canonical::body(&request.body);
        let path = canonical::path(&request.url);
        let model = body.get("model").and_then(serde_json::Value::as_str);
        let what = format!(
            "the cassette {} holds no answer to this request of {provider}/{} (POST {path})",
            self.path.display(),
            model.unwrap_or("?"),
        );
        let known = self
            .lines
            .iter()
            .map(|line| (line.path.as_str(), canonical::body(&line.request)));
        let help = match nearest::nearest(known, &path, &body) {
            // The first line of the file is its header, and lines count from 1.
            Some((number, places)) => format!(
                "The nearest is line {}, of {}. It differs in {places}. Undo what was changed, or record it again",
                number + 2,
                self.lines.get(number).map_or("?", |l| l.asked.as_str()),
            ),
            None => "It holds no request at all: record it again".to_owned(),
        };
        CallError::new(Kind::NotOnTape, what).help(help)
    }
}
