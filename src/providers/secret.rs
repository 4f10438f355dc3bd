//! A key: it can be sent, and is never printed; and its removal from all that
//! is kept of a call.

use super::model::Endpoint;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// Letters of a secret at least that is made of letters alone. A shorter one is
/// a word (`EMPTY`, `ollama`, `local`: servers that want any key get such), and
/// its removal would eat the answer's own words.
const WORD: usize = 8;

/// Bytes of a secret at least.
const SHORT: usize = 4;

/// Bytes at the end of a body that begin a secret, at which they are taken for one.
const MOST: usize = 8;

/// Names of fields in an address whose value is a secret.
const QUERY: &[&str] = &["key", "token", "secret", "password", "signature", "sig"];

/// A secret text. Neither `Debug` nor anything else shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the secret, wherever it stands in it.
    #[must_use]
    pub fn remove_from(&self, text: &str) -> String {
        Secrets::new([self.reveal()]).remove_from(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// All secrets of one endpoint, in every form in which a server may echo them.
#[derive(Clone)]
pub struct Secrets {
    /// Longest first, so that the longest that fits is taken.
    forms: Arc<[Vec<u8>]>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Secrets {
    /// The key, the secret headers, and what an address should not hold.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let headers = endpoint.secret_headers.iter().filter_map(|h| h.2.as_ref());
        let known: Vec<String> = endpoint
            .key
            .iter()
            .chain(headers)
            .map(|secret| secret.reveal().to_owned())
            .chain(of_url(&endpoint.url))
            .collect();
        Self::new(known.iter().map(String::as_str))
    }

    /// These texts.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<Vec<u8>> = Vec::new();
        for text in texts {
            let text = text.trim();
            let word = text.bytes().all(|b| b.is_ascii_alphabetic());
            if text.len() < SHORT || (word && text.len() < WORD) {
                continue;
            }
            let in_json = serde_json::Value::from(text).to_string();
            let in_json = in_json.trim_matches('"').to_owned();
            forms.push(in_json.replace('/', "\\/").into_bytes());
            forms.push(in_json.into_bytes());
            forms.push(percent(text).into_bytes());
            forms.push(text.as_bytes().to_vec());
        }
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self {
            forms: forms.into(),
        }
    }

    /// A text without them.
    #[must_use]
    pub fn remove_from(&self, text: &str) -> String {
        let mut scrub = self.stream();
        let mut out = scrub.take(text.as_bytes());
        out.extend(scrub.rest());
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Removes them from bytes that come in pieces.
    #[must_use]
    pub fn stream(&self) -> Scrub {
        Scrub {
            secrets: self.clone(),
            held: Vec::new(),
        }
    }
}

/// Takes secrets out of bytes that come in pieces. What may be the beginning of
/// one is held back until it is known.
#[derive(Debug)]
pub struct Scrub {
    secrets: Secrets,
    held: Vec<u8>,
}

impl Scrub {
    /// The next bytes, as far as they are known to be no secret.
    #[must_use]
    pub fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        let (out, held) = self.clean(&all, false);
        self.held = held;
        out
    }

    /// What was held back, when nothing comes any more. What began like a
    /// secret for more than a few bytes is taken for one.
    #[must_use]
    pub fn end(&mut self) -> Vec<u8> {
        if self.held.len() >= MOST {
            self.held.clear();
            return REDACTED.as_bytes().to_vec();
        }
        self.rest()
    }

    /// What was held back, where the text is whole.
    fn rest(&mut self) -> Vec<u8> {
        let all = std::mem::take(&mut self.held);
        self.clean(&all, true).0
    }

    /// Bytes without secrets, and what must wait for more.
    fn clean(&self, all: &[u8], last: bool) -> (Vec<u8>, Vec<u8>) {
        let forms = &self.secrets.forms;
        let begun = |byte: &u8| forms.iter().any(|form| form.first() == Some(byte));
        let mut out = Vec::with_capacity(all.len());
        let mut left = all;
        while let Some(at) = left.iter().position(begun) {
            let (plain, rest) = left.split_at(at);
            out.extend_from_slice(plain);
            left = rest;
            let Some((first, after)) = left.split_first() else {
                break;
            };
            let mut begins = forms.iter().filter(|form| form.first() == Some(first));
            // The longest comes first: where it is only begun, a shorter one
            // that fits must wait for it.
            let found = begins.find(|form| left.starts_with(form) || form.starts_with(left));
            match found {
                Some(form) if left.starts_with(form) => {
                    out.extend_from_slice(REDACTED.as_bytes());
                    left = left.get(form.len()..).unwrap_or_default();
                }
                Some(_) if !last => return (out, left.to_vec()),
                Some(_) => {
                    // Nothing more comes: a shorter one may still fit.
                    let fits = forms.iter().find(|form| left.starts_with(form));
                    if let Some(form) = fits {
                        out.extend_from_slice(REDACTED.as_bytes());
                        left = left.get(form.len()..).unwrap_or_default();
                    } else {
                        out.push(*first);
                        left = after;
                    }
                }
                None => {
                    out.push(*first);
                    left = after;
                }
            }
        }
        out.extend_from_slice(left);
        (out, Vec::new())
    }
}

/// The secrets that stand in an address: the password (or the name, where it
/// stands alone), and the values of fields that are named like secrets.
fn of_url(url: &str) -> Vec<String> {
    let mut out = Vec::new();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place.split('/').next().unwrap_or("");
    if let Some((user, _)) = authority.rsplit_once('@') {
        let secret = user.split_once(':').map_or(user, |(_, password)| password);
        out.push(secret.to_owned());
    }
    for field in query.split('&') {
        if let Some((name, value)) = field.split_once('=') {
            let name = name.to_ascii_lowercase();
            if QUERY.iter().any(|word| name.ends_with(word)) {
                out.push(value.to_owned());
            }
        }
    }
    let plain: Vec<String> = out.iter().map(|s| unpercent(s)).collect();
    out.extend(plain);
    out
}

/// An address without a name and a password, and without the values of its
/// fields that are named like secrets.
#[must_use]
pub fn clean_url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = place.split_once('/').unwrap_or((place, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
    let mut out = String::new();
    if !scheme.is_empty() {
        out = format!("{scheme}://");
    }
    out.push_str(host);
    if place.contains('/') {
        out.push('/');
        out.push_str(path);
    }
    let fields: Vec<String> = query
        .split('&')
        .filter(|f| !f.is_empty())
        .map(|field| match field.split_once('=') {
            Some((name, _))
                if QUERY
                    .iter()
                    .any(|word| name.to_ascii_lowercase().ends_with(word)) =>
            {
                format!("{name}={REDACTED}")
            }
            _ => field.to_owned(),
        })
        .collect();
    if !fields.is_empty() {
        out.push('?');
        out.push_str(&fields.join("&"));
    }
    out
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn unpercent(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits =
            [ahead.next(), ahead.next()].map(|d| d.and_then(|d| char::from(d).to_digit(16)));
        if let (b'%', [Some(high), Some(low)]) = (byte, digits) {
            out.push((high * 16 + low) as u8);
            bytes = ahead;
        } else {
            out.push(byte);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "sk-live/0123\"456789";

    fn through(secrets: &Secrets, pieces: &[&[u8]]) -> String {
        let mut scrub = secrets.stream();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend(scrub.take(piece));
        }
        out.extend(scrub.end());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_secret_goes_in_every_form_and_over_every_border() {
        let secrets = Secrets::new([KEY]);
        for form in [
            KEY.to_owned(),
            "sk-live/0123\\\"456789".to_owned(),
            "sk-live\\/0123\\\"456789".to_owned(),
            "sk-live%2F0123%22456789".to_owned(),
        ] {
            let text = format!("you sent {form} and sk-lively");
            for at in 0..=text.len() {
                let (a, b) = text.as_bytes().split_at(at);
                let out = through(&secrets, &[a, b]);
                assert_eq!(out, "you sent [redacted] and sk-lively", "{form} at {at}");
            }
        }
    }

    #[test]
    fn the_longest_secret_goes_where_one_begins_another() {
        let secrets = Secrets::new(["abcd1234", "abcd12345678"]);
        assert_eq!(
            through(&secrets, &[b"x abcd1234", b"5678 y"]),
            "x [redacted] y"
        );
        assert_eq!(
            through(&secrets, &[b"x abcd1234", b"56 y"]),
            "x [redacted]56 y"
        );
        assert_eq!(secrets.remove_from("x abcd1234"), "x [redacted]");
    }

    #[test]
    fn most_of_a_secret_at_the_end_is_taken_for_one() {
        let secrets = Secrets::new([KEY]);
        assert_eq!(through(&secrets, &[b"x sk-live/0123"]), "x [redacted]");
        assert_eq!(through(&secrets, &[b"x sk-"]), "x sk-");
    }

    #[test]
    fn a_word_is_no_secret() {
        let secrets = Secrets::new(["EMPTY", "ollama", "abc", ""]);
        let text = "EMPTY ollama abc";
        assert_eq!(secrets.remove_from(text), text);
        assert_eq!(Secrets::new(["k3y!"]).remove_from("a k3y!"), "a [redacted]");
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let url = "https://me:p%40ss-word@host:8080/v1?api-version=2&api_key=a1b2c3d4";
        assert_eq!(
            clean_url(url),
            "https://host:8080/v1?api-version=2&api_key=[redacted]"
        );
        assert_eq!(clean_url("http://host/v1"), "http://host/v1");
        assert_eq!(clean_url("http://host"), "http://host");
        assert_eq!(clean_url("nonsense"), "nonsense");
        let secrets = Secrets::of(&Endpoint::new("x", super::super::Dialect::Chat, url));
        let out = secrets.remove_from("p@ss-word p%40ss-word a1b2c3d4 me 2");
        assert_eq!(out, "[redacted] [redacted] [redacted] me 2");
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            text in "[ab1]{0,40}", key in "[ab]{3,5}1[ab]{0,3}", cuts in proptest::collection::vec(0usize..40, 0..4)
        ) {
            let secrets = Secrets::new([key.as_str()]);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(text.len())).collect();
            cuts.sort_unstable();
            let mut scrub = secrets.stream();
            let (mut out, mut from) = (Vec::new(), 0);
            for cut in cuts {
                out.extend(scrub.take(&text.as_bytes()[from..cut]));
                from = cut;
            }
            out.extend(scrub.take(&text.as_bytes()[from..]));
            out.extend(scrub.rest());
            prop_assert_eq!(String::from_utf8(out).unwrap(), text.replace(&key, REDACTED));
        }
    }
}
