//! Tool calls put together from pieces. Servers differ in what a piece says of
//! the call that it belongs to: an index, an id, both, neither, or the same for
//! two calls.

use crate::engine::role::RawCall;

/// Calls of one answer at most; nothing that is meant makes more.
const MOST: usize = 256;

/// A piece of a call, as a stream brings it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part<'a> {
    /// Its place among the calls, where it is said.
    pub index: Option<u64>,
    /// Its id; empty where it is not said.
    pub id: &'a str,
    /// The tool's name; empty where it is not said.
    pub name: &'a str,
    /// More of the arguments.
    pub arguments: &'a str,
}

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    slots: Vec<Slot>,
}

#[derive(Debug, Default)]
struct Slot {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    end: End,
}

impl Calls {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Puts a piece where it belongs; gives what a reader sees of it, or
    /// nothing where there are too many calls.
    pub(super) fn part(&mut self, part: Part<'_>) -> Option<String> {
        let place = self.place(part);
        let mut seen = String::new();
        let at = match place {
            Some(at) => at,
            None => self.add(part.index, &mut seen)?,
        };
        let slot = self.slots.get_mut(at)?;
        if slot.id.is_empty() {
            part.id.clone_into(&mut slot.id);
        }
        if slot.name.is_empty() {
            part.name.clone_into(&mut slot.name);
        } else if slot.arguments.is_empty() && !part.name.is_empty() && slot.name != part.name {
            // A name in pieces, or one that grows.
            if part.name.starts_with(&slot.name) {
                slot.name.clear();
            }
            slot.name.push_str(part.name);
        }
        if !part.name.is_empty() && slot.arguments.is_empty() {
            seen.push_str(part.name);
            seen.push(' ');
        }
        slot.append(part.arguments);
        seen.push_str(part.arguments);
        Some(seen)
    }

    /// Adds a call that is a call of its own for certain; gives its place.
    pub(super) fn whole(&mut self, id: &str, name: &str, arguments: &str) -> Option<usize> {
        let at = self.add(None, &mut String::new())?;
        let slot = self.slots.get_mut(at)?;
        id.clone_into(&mut slot.id);
        name.clone_into(&mut slot.name);
        slot.append(arguments);
        Some(at)
    }

    /// Adds arguments to the call at a place.
    pub(super) fn append(&mut self, at: usize, arguments: &str) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.append(arguments);
        }
    }

    /// The arguments so far of the call at a place.
    pub(super) fn arguments(&mut self, at: usize) -> Option<&mut String> {
        self.slots.get_mut(at).map(|s| &mut s.arguments)
    }

    /// All calls, in the order of their indices where each has one.
    pub(super) fn finish(mut self) -> Vec<RawCall> {
        if self.slots.iter().all(|s| s.index.is_some()) {
            self.slots.sort_by_key(|s| s.index);
        }
        self.slots
            .into_iter()
            .filter(|s| !s.name.is_empty() || !s.arguments.trim().is_empty())
            .map(|s| RawCall {
                id: s.id,
                name: s.name,
                arguments: s.arguments,
            })
            .collect()
    }

    fn add(&mut self, index: Option<u64>, seen: &mut String) -> Option<usize> {
        if self.slots.len() == MOST {
            return None;
        }
        if !self.slots.is_empty() {
            seen.push('\n');
        }
        self.slots.push(Slot {
            index,
            ..Slot::default()
        });
        Some(self.slots.len() - 1)
    }

    /// The call that a piece goes on with; none where it begins one.
    fn place(&self, part: Part<'_>) -> Option<usize> {
        let by_id = || {
            let known = !part.id.is_empty();
            let same = |s: &Slot| s.id == part.id;
            known.then(|| self.slots.iter().rposition(same)).flatten()
        };
        let last = || self.slots.len().checked_sub(1);
        let found = match part.index {
            Some(_) => self.slots.iter().rposition(|s| s.index == part.index),
            None => None,
        };
        let found = found.or_else(|| match (part.index, part.id, part.name) {
            // A piece that names nothing goes on with what was last.
            (_, "", "") | (None, "", _) => last(),
            (None, _, _) | (_, _, "") => by_id(),
            (Some(_), "", _) => None,
            // A new index with a known id: the same call, unless that is done.
            (Some(_), _, name) => by_id().filter(|at| {
                let slot = self.slots.get(*at);
                slot.is_some_and(|s| s.name == name && !s.end.is_reached())
            }),
        })?;
        let slot = self.slots.get(found)?;
        (!slot.is_followed_by(part)).then_some(found)
    }
}

impl Slot {
    fn append(&mut self, arguments: &str) {
        self.end.take(arguments);
        self.arguments.push_str(arguments);
    }

    /// Whether a piece that points at this call begins another one all the
    /// same: Ollama and some gateways give every call the index 0.
    fn is_followed_by(&self, part: Part<'_>) -> bool {
        if part.name.is_empty() {
            return false;
        }
        if !part.id.is_empty() && !self.id.is_empty() {
            if part.id != self.id {
                return true;
            }
        } else if part.index.is_none() && !self.name.is_empty() && self.name != part.name {
            return true;
        }
        self.end.is_reached() && !part.arguments.trim().is_empty()
    }
}

/// Follows arguments to where their object ends, a byte at a time.
#[derive(Debug, Default)]
struct End {
    depth: u32,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl End {
    fn take(&mut self, text: &str) {
        for byte in text.bytes() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    self.depth = self.depth.saturating_add(1);
                    self.begun = true;
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn is_reached(&self) -> bool {
        self.begun && self.depth == 0 && !self.in_text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given<'a> = (Option<u64>, &'a str, &'a str, &'a str);

    fn made(parts: &[Given<'_>]) -> Vec<String> {
        let mut calls = Calls::default();
        for (index, id, name, arguments) in parts.iter().copied() {
            let part = Part {
                index,
                id,
                name,
                arguments,
            };
            assert!(calls.part(part).is_some());
        }
        let shown = |c: RawCall| format!("{} {}({})", c.id, c.name, c.arguments);
        calls.finish().into_iter().map(shown).collect()
    }

    #[test]
    fn pieces_find_their_call() {
        let two = vec!["a get({\"x\":1})", "b put({})"];
        let cases: [(&str, &[Given<'_>], Vec<&str>); 14] = [
            (
                "as the vendor writes them",
                &[
                    (Some(0), "a", "get", ""),
                    (Some(0), "", "", "{\"x\""),
                    (Some(0), "", "", ":1}"),
                    (Some(1), "b", "put", ""),
                    (Some(1), "", "", "{}"),
                ],
                two.clone(),
            ),
            (
                "out of order",
                &[
                    (Some(1), "b", "put", ""),
                    (Some(0), "a", "get", "{\"x\""),
                    (Some(1), "", "", "{}"),
                    (Some(0), "", "", ":1}"),
                ],
                two.clone(),
            ),
            (
                "every index 0, each whole",
                &[
                    (Some(0), "a", "get", "{\"x\":1}"),
                    (Some(0), "b", "put", "{}"),
                ],
                two.clone(),
            ),
            (
                "no index, id at the first piece",
                &[
                    (None, "a", "get", "{\"x\""),
                    (None, "", "", ":1}"),
                    (None, "b", "put", "{}"),
                ],
                two.clone(),
            ),
            (
                "no index, id in every piece",
                &[
                    (None, "a", "get", "{\"x\""),
                    (None, "b", "put", ""),
                    (None, "a", "", ":1}"),
                    (None, "b", "", "{}"),
                ],
                two.clone(),
            ),
            (
                "id and name in every piece",
                &[
                    (Some(0), "a", "get", ""),
                    (Some(0), "a", "get", "{\"x\""),
                    (Some(0), "a", "get", ":1}"),
                    (Some(1), "b", "put", "{}"),
                    (Some(1), "b", "put", ""),
                ],
                two.clone(),
            ),
            (
                "a new id in every piece",
                &[
                    (Some(0), "a", "get", ""),
                    (Some(0), "z", "", "{\"x\""),
                    (Some(0), "y", "", ":1}"),
                    (Some(1), "b", "put", "{}"),
                ],
                two.clone(),
            ),
            (
                "an index that runs on",
                &[
                    (Some(0), "a", "get", ""),
                    (Some(1), "", "", "{\"x\""),
                    (Some(2), "", "", ":1}"),
                ],
                vec!["a get({\"x\":1})"],
            ),
            (
                "an index that is wrong in the first piece alone",
                &[
                    (Some(0), "a", "get", "{\"x\":1}"),
                    (Some(0), "b", "put", ""),
                    (Some(1), "", "", "{"),
                    (Some(1), "b", "", "}"),
                ],
                two.clone(),
            ),
            (
                "an index that runs on, with id and name",
                &[
                    (Some(0), "a", "get", "{\"x\""),
                    (Some(1), "a", "get", ":1}"),
                    (Some(2), "b", "put", "{}"),
                ],
                two.clone(),
            ),
            (
                "one id for all calls",
                &[
                    (Some(0), "a", "get", ""),
                    (Some(0), "", "", "{}"),
                    (Some(1), "a", "get", ""),
                    (Some(1), "", "", "{}"),
                ],
                vec!["a get({})", "a get({})"],
            ),
            (
                "the same tool twice, nothing to tell them apart",
                &[(None, "", "get", "{\"x\":\"}\"}"), (None, "", "get", "{}")],
                vec![" get({\"x\":\"}\"})", " get({})"],
            ),
            (
                "the same id for two whole calls",
                &[(None, "a", "get", "{}"), (None, "a", "get", "{}")],
                vec!["a get({})", "a get({})"],
            ),
            (
                "a name in pieces, and arguments without a name",
                &[
                    (Some(3), "a", "ge", ""),
                    (Some(3), "", "t", ""),
                    (Some(3), "", "", "{}"),
                    (Some(7), "c", "", "[1"),
                ],
                vec!["a get({})", "c ([1)"],
            ),
        ];
        for (title, parts, wanted) in cases {
            assert_eq!(made(parts), wanted, "{title}");
        }
    }

    #[test]
    fn calls_without_end_are_bounded() {
        let mut calls = Calls::default();
        let ids: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
        let taken = ids.iter().filter(|id| {
            let part = Part {
                id,
                name: "x",
                ..Part::default()
            };
            calls.part(part).is_some()
        });
        assert_eq!(taken.count(), MOST);
    }
}
