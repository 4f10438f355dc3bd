//! A request over HTTP: the head of the answer, then its body piece by piece,
//! each in its time.

use super::super::error::{CallError, Kind};
use super::super::model::Endpoint;
use super::super::secret::Secret;
use super::super::wire::{Chunk, HttpRequest};
use super::receive::Head;
use super::{client, fault};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, Url};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A body that is on its way.
#[derive(Debug)]
pub(in crate::providers) struct Live {
    response: Response,
    at: String,
    sent: Instant,
    began: bool,
    first: Duration,
    idle: Duration,
    total: Duration,
}

/// Sends, and waits for the head.
pub(super) async fn open(
    endpoint: &Endpoint,
    request: &HttpRequest,
) -> Result<(Head, Live), CallError> {
    let url = Url::parse(&request.url).map_err(|e| bad_url(endpoint, &e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        let why = format!("`{}` is neither http nor https", url.scheme());
        return Err(bad_url(endpoint, &why));
    }
    let headers = headers(endpoint, &request.headers)?;
    let times = endpoint.timeouts;
    let client = client::client(endpoint, &url)?;
    let at = fault::host(&url);
    let sent = Instant::now();
    let sending = client
        .post(url.clone())
        .headers(headers)
        .body(request.body.clone())
        .send();
    let sending = client::beside(sending);
    let (until, which, time) = sooner(sent, ("first", times.first), ("total", times.total), sent);
    let response = match timeout_at(until, sending).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(error))) => return Err(fault::no_answer(&error, &url, times.connect)),
        Ok(Err(error)) => return Err(error),
        Err(_) => return Err(fault::late(which, time, &at)),
    };
    let head = Head {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(n, v)| {
                let value = String::from_utf8_lossy(v.as_bytes()).into_owned();
                (n.as_str().to_owned(), value)
            })
            .collect(),
        length: response.content_length(),
    };
    let live = Live {
        response,
        at,
        sent,
        began: false,
        first: times.first,
        idle: times.idle,
        total: times.total,
    };
    Ok((head, live))
}

impl Live {
    /// The next piece; `None` when the body has come to its end.
    pub(super) async fn next(&mut self) -> Result<Option<Chunk>, CallError> {
        let (from, bound) = if self.began {
            (Instant::now(), ("idle", self.idle))
        } else {
            (self.sent, ("first", self.first))
        };
        let (until, which, time) = sooner(from, bound, ("total", self.total), self.sent);
        match timeout_at(until, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                self.began = true;
                Ok(Some(Chunk {
                    at_ms: self.sent.elapsed().as_millis() as u64,
                    bytes: bytes.to_vec(),
                }))
            }
            Ok(Ok(None)) => Ok(None),
            Ok(Err(error)) if fault::packed(&error) => Err(CallError::new(
                Kind::Malformed,
                format!("the answer of {} cannot be unpacked", self.at),
            )
            .help("It says that it is compressed, and is not: look at a proxy on the way")),
            // How many bytes there were is known where they are counted.
            Ok(Err(_)) => Err(fault::cut(0)),
            Err(_) => Err(fault::late(which, time, &self.at)),
        }
    }
}

/// The bound that comes first: when, which, and how long it is.
fn sooner(
    from: Instant,
    bound: (&'static str, Duration),
    total: (&'static str, Duration),
    sent: Instant,
) -> (Instant, &'static str, Duration) {
    // A time beyond all counting is none.
    let far = Duration::from_secs(366 * 86_400);
    let one = from.checked_add(bound.1).unwrap_or(from + far);
    let all = sent.checked_add(total.1).unwrap_or(sent + far);
    if one <= all {
        (one, bound.0, bound.1)
    } else {
        (all, total.0, total.1)
    }
}

fn bad_url(endpoint: &Endpoint, why: &str) -> CallError {
    CallError::new(
        Kind::BadUrl,
        format!(
            "the url of provider {} cannot be used: {why}",
            endpoint.name
        ),
    )
    .help("Write it as http://HOST:PORT/v1 or https://HOST/v1")
}

/// The headers with their secrets in them.
pub(super) fn headers(
    endpoint: &Endpoint,
    written: &[(String, String)],
) -> Result<HeaderMap, CallError> {
    let mut out = HeaderMap::new();
    for (name, value) in written {
        let (value, secret) = filled(endpoint, value)?;
        let wrong = |what: &str| {
            let from = secret.map_or(String::new(), |v| format!(" (from the variable {v})"));
            CallError::new(
                Kind::BadHeader,
                format!("{what} of header `{name}`{from} cannot be sent"),
            )
            .help("A line break at its end, or a letter that is not ASCII, is the usual cause")
        };
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("the name"))?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| wrong("the value"))?;
        value.set_sensitive(secret.is_some());
        out.insert(key, value);
    }
    Ok(out)
}

/// A header's value with its secret in it, and the variable that that is from.
fn filled<'a>(endpoint: &'a Endpoint, value: &str) -> Result<(String, Option<&'a str>), CallError> {
    for (variable, secret) in variables(endpoint) {
        let mark = format!("[from ${variable}]");
        if value.contains(&mark) {
            let secret = secret.filter(|s| !s.reveal().is_empty());
            let secret = secret.ok_or_else(|| no_key(endpoint, variable))?;
            return Ok((value.replace(&mark, secret.reveal()), Some(variable)));
        }
    }
    Ok((value.to_owned(), None))
}

/// Checks that every secret is there.
pub(super) fn keys(endpoint: &Endpoint) -> Result<(), CallError> {
    for (variable, secret) in variables(endpoint) {
        if secret.is_none_or(|s| s.reveal().is_empty()) {
            return Err(no_key(endpoint, variable));
        }
    }
    Ok(())
}

fn variables(endpoint: &Endpoint) -> impl Iterator<Item = (&str, Option<&Secret>)> {
    let key = endpoint.key_env.as_deref();
    let headers = endpoint.secret_headers.iter();
    key.map(|variable| (variable, endpoint.key.as_ref()))
        .into_iter()
        .chain(headers.map(|(_, variable, secret)| (variable.as_str(), secret.as_ref())))
}

fn no_key(endpoint: &Endpoint, variable: &str) -> CallError {
    CallError::new(
        Kind::NoKey,
        format!(
            "provider {} wants a key, and the variable {variable} is not set",
            endpoint.name
        ),
    )
    .help(format!("Set it before starting: export {variable}=…"))
}
