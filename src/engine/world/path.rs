//! Addresses in the world: RFC 6901 pointers, and patterns such as
//! `orders[*].status` for read and write sets.

use super::node::Node;
use super::reach::Reach;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A list index as pointers write it: digits, without a leading zero.
pub(super) fn index(key: &str) -> Option<usize> {
    let plain = key.bytes().all(|b| b.is_ascii_digit()) && (key == "0" || !key.starts_with('0'));
    if plain { key.parse().ok() } else { None }
}

/// A key as pointers write it: `~1` is a slash, `~0` a tilde, and no tilde stands
/// for itself.
fn unescaped(key: &str) -> Option<Arc<str>> {
    if !key.contains('~') {
        return Some(key.into());
    }
    let mut parts = key.split('~');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (sign, rest) = match part.strip_prefix('1') {
            Some(rest) => ('/', rest),
            None => ('~', part.strip_prefix('0')?),
        };
        out.push(sign);
        out.push_str(rest);
    }
    Some(out.into())
}

/// A JSON Pointer (RFC 6901), taken apart; list places are digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Path(pub Vec<Arc<str>>);

impl Path {
    /// The whole world.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }
    /// Reads `/orders/8841/status`; `None` where it is no pointer.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::root());
        }
        let rest = text.strip_prefix('/')?;
        rest.split('/')
            .map(unescaped)
            .collect::<Option<_>>()
            .map(Self)
    }
    /// This path and one more key.
    #[must_use]
    pub fn join(&self, key: impl Into<Arc<str>>) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.into());
        Self(keys)
    }
    /// The path above, and the last key; `None` at the root.
    #[must_use]
    pub fn split(&self) -> Option<(Self, &Arc<str>)> {
        let (last, above) = self.0.split_last()?;
        Some((Self(above.to_vec()), last))
    }
    /// Whether `other` is this path or lies below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
    /// The node there.
    #[must_use]
    pub fn find<'a>(&self, root: &'a Node) -> Option<&'a Node> {
        self.0.iter().try_fold(root, |node, key| node.child(key))
    }
}

/// RFC 6901.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|k| write!(f, "/{}", k.replace('~', "~0").replace('/', "~1")))
    }
}
impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl Serialize for Path {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a JSON pointer starts with /"))
    }
}

/// One place of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seg {
    /// This key.
    Key(Arc<str>),
    /// Any key or index, written `[*]`.
    Any,
}

/// A set of places, written as in the tool language: `orders[*].items[*].price`,
/// `queue[0].id` or `methods["gift 1"].balance` (in quotes `\"` and `\\` stand for
/// `"` and `\`). It covers what it names and all below it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pattern(pub Vec<Seg>);

impl Pattern {
    /// Reads the written form; an error says what is wrong.
    ///
    /// # Errors
    /// Where brackets or quotes do not close, or a name is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        Reach::parse(text)?.plain().ok_or_else(|| {
            format!("`{text}`: `{{…}}` and `[field=…]` stand only in `reads` and `writes` of a model tool")
        })
    }
    /// Whether `path` is one of the places, or lies below one.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.0.len() <= path.0.len()
            && self.0.iter().zip(&path.0).all(|(seg, key)| match seg {
                Seg::Key(k) => k == key,
                Seg::Any => true,
            })
    }
    /// Whether every place of `other` is covered by this pattern.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self.0.iter().zip(&other.0).all(|(a, b)| match (a, b) {
                (Seg::Any, _) => true,
                (Seg::Key(a), Seg::Key(b)) => a == b,
                (Seg::Key(_), Seg::Any) => false,
            })
    }
}

/// What may stand in a name without quotes.
pub(super) fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// One place as it is written, `first` at the head of a pattern.
pub(super) fn write_seg(f: &mut fmt::Formatter<'_>, seg: &Seg, first: bool) -> fmt::Result {
    match seg {
        Seg::Any => f.write_str("[*]"),
        Seg::Key(k) if !k.is_empty() && k.chars().all(in_name) => {
            if !first {
                f.write_str(".")?;
            }
            f.write_str(k)
        }
        Seg::Key(k) => {
            let key = k.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "[\"{key}\"]")
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = self.0.iter().enumerate();
        all.try_for_each(|(i, seg)| write_seg(f, seg, i == 0))
    }
}
impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
