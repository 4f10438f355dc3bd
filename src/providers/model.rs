//! A model and the endpoint that serves it, as plain data.

use super::secret::Secret;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// How an endpoint is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `POST {url}/chat/completions` (OpenAI and everybody who copies it).
    Chat,
    /// `POST {url}/messages` (Anthropic; `url` ends in `/v1`).
    Messages,
}

/// How JSON of a given shape is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Structured {
    /// With the schema; where the endpoint refuses that, with words. The driver
    /// remembers which.
    #[default]
    Auto,
    /// The schema is enforced by the endpoint.
    Schema,
    /// The endpoint promises JSON, and words ask for the shape.
    Json,
    /// Words alone ask for it.
    Prompt,
}

/// How tools are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tools {
    /// In the endpoint's own field.
    #[default]
    Native,
    /// In words, and the calls come as text: for a server without a tool parser.
    Text,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// From sending to the first byte of the body.
    pub first: Duration,
    /// Between two pieces of a stream.
    pub idle: Duration,
    /// For the whole call.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            total: Duration::from_secs(900),
        }
    }
}

/// A server of models.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its name in the configuration.
    pub name: String,
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Base address, without the last part of the path: `http://127.0.0.1:8080/v1`.
    pub url: String,
    /// The variable of the environment that holds the key, where one is wanted.
    pub key_env: Option<String>,
    /// The key, where the variable is set.
    pub key: Option<Secret>,
    /// Headers of its own, none of them secret.
    pub headers: Vec<(String, String)>,
    /// Headers whose value is a secret: name, variable of the environment, value
    /// where the variable is set.
    pub secret_headers: Vec<(String, String, Option<Secret>)>,
    /// Fields put into every request body (and over ours of the same name).
    pub extra: Map<String, Value>,
    /// Whether answers are streamed.
    pub stream: bool,
    /// How JSON is asked for.
    pub structured: Structured,
    /// How tools are offered.
    pub tools: Tools,
    /// Whether it takes a `seed`.
    pub seed: bool,
    /// Whether to keep to HTTP/1.1 (one connection per call in flight; HTTP/2
    /// puts all calls on one connection, which some servers bound).
    pub http1: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Bytes of an answer at most; more is an error.
    pub max_answer: u64,
}

impl Endpoint {
    /// An endpoint with the usual settings.
    #[must_use]
    pub fn new(name: &str, dialect: Dialect, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            dialect,
            url: url.trim_end_matches('/').to_owned(),
            key_env: None,
            key: None,
            headers: Vec::new(),
            secret_headers: Vec::new(),
            extra: Map::new(),
            stream: true,
            structured: Structured::Auto,
            tools: Tools::Native,
            seed: dialect == Dialect::Chat,
            http1: false,
            timeouts: Timeouts::default(),
            max_answer: 16 << 20,
        }
    }
}

/// How a model draws. What is `None` or empty is not sent.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Sampling {
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// Tokens to write at most. Messages demand one: 4096 where none is set.
    pub max_tokens: Option<u32>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// `low`, `medium`, `high`, where a model can think (`reasoning_effort` in
    /// chat completions; in messages a thinking budget of 1024, 4096 or 16384 tokens).
    pub effort: Option<String>,
    /// Fields put into the body, over the endpoint's.
    pub extra: Map<String, Value>,
}

/// One model at one endpoint, as one seat uses it.
#[derive(Clone, Debug)]
pub struct Model {
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
    /// Its name there.
    pub name: String,
    /// How it draws.
    pub sampling: Sampling,
}

impl Model {
    /// `provider/model`, as steps and prices name it.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.endpoint.name, self.name)
    }
}
