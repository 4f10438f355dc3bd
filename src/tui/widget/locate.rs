//! Where a value stands in a text of JSON: line and column of a pointer.

use crate::engine::world::Path;

/// Nesting that is followed.
const DEEPEST: usize = 128;

/// Line and column, both from 1, of the value that a pointer names; of the
/// nearest value above where there is none. The text is JSON already.
#[must_use]
pub fn locate(text: &str, path: &Path) -> (u32, u32) {
    let mut walk = Walk {
        text: text.as_bytes(),
        at: 0,
    };
    walk.space();
    let mut found = walk.at;
    for key in path.0.iter().take(DEEPEST) {
        if !walk.down(key) {
            break;
        }
        found = walk.at;
    }
    place(text, found)
}

/// Line and column, both from 1, of a byte of a text.
#[must_use]
pub fn place(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or("").chars().count();
    (line as u32 + 1, column as u32 + 1)
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// Past a string; answers its text.
    fn string(&mut self) -> String {
        let from = self.at;
        self.at += 1;
        loop {
            match self.byte() {
                0 if self.at >= self.text.len() => break,
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    break;
                }
                _ => self.at += 1,
            }
        }
        let whole = self.text.get(from..self.at.min(self.text.len()));
        serde_json::from_slice(whole.unwrap_or_default()).unwrap_or_default()
    }

    /// Past any value.
    fn value(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.byte() {
                0 if self.at >= self.text.len() => return,
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            if depth == 0 && matches!(self.byte(), b',' | b'}' | b']') {
                return;
            }
        }
    }

    /// To the value of a key, or of a place in a list.
    fn down(&mut self, key: &str) -> bool {
        let list = match self.byte() {
            b'{' => false,
            b'[' => true,
            _ => return false,
        };
        let wanted: usize = key.parse().unwrap_or(usize::MAX);
        self.at += 1;
        for n in 0.. {
            self.space();
            if matches!(self.byte(), b'}' | b']') || self.at >= self.text.len() {
                return false;
            }
            let here = if list {
                n == wanted
            } else {
                let name = self.string();
                self.space();
                self.at += 1;
                self.space();
                name == key
            };
            if here {
                return true;
            }
            self.value();
            self.space();
            if self.byte() != b',' {
                return false;
            }
            self.at += 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_lines() {
        let text = "{\n  \"a\": [1, {\"b,}\": \"x]\"}],\n  \"c\\\"\": {\"d\": 4}\n}";
        for (path, place) in [
            ("", (1, 1)),
            ("/a", (2, 8)),
            ("/a/1", (2, 12)),
            ("/a/1/b,}", (2, 20)),
            ("/c\"", (3, 10)),
            ("/c\"/d", (3, 16)),
            ("/c\"/none", (3, 10)),
            ("/a/9", (2, 8)),
        ] {
            assert_eq!(locate(text, &Path::parse(path).unwrap()), place, "{path}");
        }
        for text in ["", "{", "[", "{\"a\"", "[[[", "\"", "{\"a\":\"\\"] {
            assert!(locate(text, &Path::parse("/a/0/1").unwrap()).0 > 0);
        }
    }
}
