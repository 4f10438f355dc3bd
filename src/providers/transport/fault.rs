//! What went wrong below HTTP, in words. No word of these holds an address with
//! a secret in it: the library's own words are used only without the address.

use super::super::error::{CallError, Kind, Retry};
use reqwest::Url;
use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// A time as it is spoken of: `0.2 s`, `90 s`.
pub(super) fn seconds(time: Duration) -> String {
    let ms = time.as_millis();
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{} s", ms as f64 / 1000.0)
    }
}

/// `scheme://host:port`.
pub(super) fn host(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Something did not come in time.
pub(super) fn late(which: &'static str, after: Duration, at: &str) -> CallError {
    let time = seconds(after);
    let (what, help, retry) = match which {
        "connect" => (
            format!("no connection to {at} within {time}"),
            "Is the address right, and can the server be reached from here? `connect_s` is how long to wait",
            Retry::Soon,
        ),
        "first" => (
            format!("{at} took the request and said nothing for {time}"),
            "The model may still be loading, or the prompt is long: `first_token_s` is how long to wait",
            Retry::Soon,
        ),
        "idle" => (
            format!("the answer of {at} stalled: nothing more came for {time}"),
            "`idle_s` is how long to wait",
            Retry::Soon,
        ),
        _ => (
            format!("the answer of {at} was not done after {time}"),
            "`total_s` is how long to wait; `max_tokens` makes answers shorter",
            Retry::No,
        ),
    };
    CallError::new(Kind::Timeout(which), what)
        .help(help)
        .retry(retry)
}

/// The body broke off. The words are the same when it is played back.
pub(super) fn cut(bytes: u64) -> CallError {
    let what = if bytes == 0 {
        "the answer broke off before its first byte".to_owned()
    } else {
        format!("the answer broke off after {bytes} bytes, before its end")
    };
    CallError::new(Kind::Cut, what)
        .help("The server, or something on the way, closed the connection")
        .retry(Retry::Soon)
}

/// Why there is no answer at all.
pub(super) fn no_answer(error: &reqwest::Error, url: &Url, connect: Duration) -> CallError {
    let at = host(url);
    if let Some(tls) = find::<rustls::Error>(error) {
        return no_tls(tls, &at);
    }
    if error.is_connect() && error.is_timeout() {
        return late("connect", connect, &at);
    }
    let name = url.host_str().unwrap_or("");
    let why = deepest(error);
    if error.is_dns() || why.contains("lookup address") {
        let help = "Is the name in `url` right, and is this machine online?";
        // What the resolver says where it could not ask anybody.
        let later = why.contains("emporary failure");
        let retry = if later { Retry::Soon } else { Retry::No };
        return CallError::new(
            Kind::Connect,
            format!("no machine is known as {name}: {why}"),
        )
        .help(help)
        .retry(retry);
    }
    let io = find::<std::io::Error>(error).map(std::io::Error::kind);
    if error.is_connect() {
        let (why, help) = match io {
            Some(ErrorKind::ConnectionRefused) => (
                "the connection is refused".to_owned(),
                "Is the server running, and is the port right?",
            ),
            Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => (
                "there is no route to it".to_owned(),
                "Is the address right, and this machine on the right network (VPN)?",
            ),
            Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => (
                "the connection is closed at once".to_owned(),
                "Is it a server of models, and `http` or `https` right?",
            ),
            _ => (
                why,
                "Is the server running, and can it be reached from here? A proxy is taken from HTTPS_PROXY and NO_PROXY",
            ),
        };
        return CallError::new(Kind::Connect, format!("nobody answers at {at}: {why}"))
            .help(help)
            .retry(Retry::Soon);
    }
    if let Some(http) = http_words(error) {
        return CallError::new(
            Kind::Malformed,
            format!("what answers at {at} speaks no HTTP ({http})"),
        )
        .help("Is the port right, and should `url` begin with https://?");
    }
    CallError::new(
        Kind::Cut,
        format!("{at} closed the connection without an answer"),
    )
    .help("The server may have crashed, or be restarting: its own log says more")
    .retry(Retry::Soon)
}

/// Whether the bytes themselves were wrong, and what is said of them.
pub(super) fn http_words(error: &reqwest::Error) -> Option<String> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = source {
        let words = inner.to_string();
        if [
            "invalid HTTP",
            "parse",
            "frame size",
            "http2 error: protocol",
        ]
        .iter()
        .any(|mark| words.contains(mark))
        {
            return Some(words);
        }
        source = inner.source();
    }
    None
}

/// Whether it came, and could not be unpacked.
pub(super) fn packed(error: &reqwest::Error) -> bool {
    let io = find::<std::io::Error>(error).map(std::io::Error::kind);
    error.is_decode() && matches!(io, Some(ErrorKind::InvalidData | ErrorKind::InvalidInput))
}

fn no_tls(error: &rustls::Error, at: &str) -> CallError {
    use rustls::CertificateError as Bad;
    use rustls::Error as Tls;
    let (what, help) = match error {
        Tls::InvalidCertificate(bad) => {
            let help = match bad {
                Bad::UnknownIssuer => {
                    "For a server with a certificate authority of its own, let this system trust that authority; on Linux, the variable SSL_CERT_FILE can name a PEM file with its certificate"
                }
                Bad::Expired | Bad::ExpiredContext { .. } => {
                    "Renew it at the server; and look whether this machine's clock is right"
                }
                Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                    "Look whether this machine's clock is right"
                }
                Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                    "Write into `url` the name that the certificate is made for"
                }
                _ => {
                    "Look at the server's certificate; SSL_CERT_FILE can name a PEM file of authorities to trust"
                }
            };
            (
                format!("TLS with {at} failed: its certificate is not accepted ({bad})"),
                help,
            )
        }
        Tls::InvalidMessage(_) => (
            format!("TLS with {at} failed: what it answers is no TLS"),
            "Does this server speak plain HTTP? Then `url` begins with http://",
        ),
        other => (
            format!("TLS with {at} failed: {other}"),
            "The server must offer TLS 1.2 or 1.3; a plain HTTP server wants a `url` with http://",
        ),
    };
    CallError::new(Kind::Tls, what).help(help)
}

/// An error of a kind within another, also where an IO error holds it.
fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = source {
        if let Some(found) = inner.downcast_ref::<T>() {
            return Some(found);
        }
        let held = inner
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if let Some(held) = held {
            if let Some(found) = held.downcast_ref::<T>() {
                return Some(found);
            }
            let held: &(dyn Error + 'static) = held;
            source = Some(held);
            if held.downcast_ref::<std::io::Error>().is_some() {
                continue;
            }
        }
        source = source.and_then(Error::source);
    }
    None
}

/// The last cause, which says most.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    let mut last: &(dyn Error + 'static) = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    // The outermost may hold an address.
    if last.downcast_ref::<reqwest::Error>().is_some() {
        return "the request cannot be made".to_owned();
    }
    last.to_string()
}
