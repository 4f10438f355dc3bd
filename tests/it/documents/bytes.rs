//! What a reader hands out of any bytes, held against serde_json's own reading.

use proptest::prelude::*;
use serde_json::{Value, json};
use stategen::dataset::import::{By, Entries};
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

/// The values that a reader hands out, and what it says of those that are none.
fn read(bytes: &[u8]) -> (Vec<Value>, Vec<String>) {
    let (mut values, mut bad) = (Vec::new(), Vec::new());
    let input = Box::new(Cursor::new(bytes.to_vec()));
    for entry in Entries::of(input, Path::new("x")).unwrap() {
        match entry {
            Ok(entry) => match serde_json::from_str(&entry.text) {
                Ok(value) => values.push(value),
                Err(why) => bad.push(why.to_string()),
            },
            Err(why) => bad.push(format!("{} {why}", why.place)),
        }
    }
    (values, bad)
}

/// Any value, of a few levels.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        // As a value, not as a key: what a message holds is no conversation.
        Just(Value::from("messages")),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z{}\\[\\]:,\"\\\\]{0,6}",
        "\\PC{0,4}",
        Just(String::from("\u{0}\u{1}\n\r\t\u{2028}\u{feff}")),
    ]
}

/// A conversation of any content, so that an object around a list of them is known
/// as one.
fn conversation() -> impl Strategy<Value = Value> {
    (text(), prop::collection::vec(value(), 0..3), value())
        .prop_map(|(id, messages, more)| json!({"id": id, "more": more, "messages": messages}))
}

/// Spaces and ends of lines, in the order that numbers say.
struct Gaps<'a> {
    which: std::iter::Cycle<std::slice::Iter<'a, usize>>,
    out: String,
}

impl Gaps<'_> {
    fn gap(&mut self, of: &[&str]) {
        let which = self.which.next().copied().unwrap_or_default();
        self.out.push_str(of[which % of.len()]);
    }

    /// JSON with gaps wherever there can be one.
    fn spread(&mut self, value: &Value) {
        const ANY: [&str; 8] = ["", "", " ", "\n", "\r\n", "\t", "\n\n  ", "\n"];
        let (open, close, inner): (_, _, Vec<(Option<&String>, &Value)>) = match value {
            Value::Array(list) => ('[', ']', list.iter().map(|v| (None, v)).collect()),
            Value::Object(map) => ('{', '}', map.iter().map(|(k, v)| (Some(k), v)).collect()),
            leaf => {
                let _ = write!(self.out, "{leaf}");
                return;
            }
        };
        self.out.push(open);
        for (at, (key, value)) in inner.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.gap(&ANY);
            if let Some(key) = key {
                let _ = write!(self.out, "{}", Value::from(key.as_str()));
                self.gap(&ANY);
                self.out.push(':');
                self.gap(&ANY);
            }
            self.spread(value);
            self.gap(&ANY);
        }
        self.out.push(close);
    }
}

fn spread_all(values: &[Value], gaps: &[usize], between: &[&str]) -> String {
    let mut out = Gaps {
        which: gaps.iter().cycle(),
        out: String::new(),
    };
    for value in values {
        out.spread(value);
        out.gap(between);
    }
    out.out
}

fn gaps() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![0]),
        Just(vec![3]),
        prop::collection::vec(0..64_usize, 1..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_list_is_read_as_serde_reads_it(
        all in prop::collection::vec(value(), 0..6),
        gaps in gaps(),
    ) {
        let text = spread_all(&[json!(all)], &gaps, &["", "\n", " "]);
        let wanted: Vec<Value> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read(text.as_bytes()), (wanted, vec![]), "{}", text);
    }

    #[test]
    fn a_list_in_an_object_is_read_as_serde_reads_it(
        all in prop::collection::vec(conversation(), 1..6),
        before in prop::collection::vec(value(), 0..3),
        after in prop::collection::vec(value(), 0..3),
        gaps in gaps(),
    ) {
        let mut map = serde_json::Map::new();
        map.extend(before.into_iter().enumerate().map(|(n, v)| (format!("before {n}"), v)));
        map.insert(String::from("the list"), json!(all));
        map.extend(after.into_iter().enumerate().map(|(n, v)| (format!("after {n}"), v)));
        let text = spread_all(&[Value::Object(map)], &gaps, &["", "\n", " "]);
        let whole: Value = serde_json::from_str(&text).unwrap();
        let wanted = whole["the list"].as_array().unwrap().clone();
        prop_assert_eq!(read(text.as_bytes()), (wanted, vec![]), "{}", text);
    }

    #[test]
    fn values_in_a_row_are_read_as_serde_reads_them(
        all in prop::collection::vec(conversation(), 0..6),
        gaps in gaps(),
        lines in any::<bool>(),
    ) {
        let between: &[&str] = if lines { &["\n", "\r\n", "\n\n "] } else { &["", " "] };
        let text = spread_all(&all, &gaps, between);
        let stream = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        let wanted: Vec<Value> = stream.map(Result::unwrap).collect();
        prop_assert_eq!(read(text.as_bytes()), (wanted, vec![]), "{}", text);
    }

    #[test]
    fn a_cut_or_a_wrong_byte_takes_nothing_that_stands_before_it(
        all in prop::collection::vec(conversation(), 1..5),
        gaps in gaps(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        listed in any::<bool>(),
    ) {
        let document = if listed { json!(all) } else { json!({"n": 1, "data": all}) };
        let text = spread_all(&[document], &gaps, &["", "\n", " "]);
        let at = at.index(text.len());
        for cut in [true, false] {
            let mut bytes = text.clone().into_bytes();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            // How many elements end before that place.
            let whole = (0..=all.len()).rev().find(|n| {
                let mut seen = 0;
                let input = Box::new(Cursor::new(text.clone().into_bytes()));
                for entry in Entries::of(input, Path::new("x")).unwrap().take(*n) {
                    let entry = entry.unwrap();
                    let from = offset(&text, entry.place.line, entry.place.column);
                    seen = from + entry.text.len();
                }
                seen <= at
            });
            let (values, bad) = read(&bytes);
            let whole = whole.unwrap();
            // Of an object nothing is known before its list begins.
            let begun = listed || whole > 0;
            prop_assert!(!begun || values.len() >= whole, "{} {:?}", text, bad);
            if begun {
                prop_assert_eq!(&values[..whole], &all[..whole]);
            }
            if cut && at > 0 && at < text.trim_end().len() {
                prop_assert!(!bad.is_empty());
            }
        }
    }

    #[test]
    fn nothing_stops_the_reader_but_the_end(
        parts in prop::collection::vec(prop_oneof![
            Just(b"[".to_vec()), Just(b"{".to_vec()), Just(b"]".to_vec()), Just(b"}".to_vec()),
            Just(b"\"".to_vec()), Just(b"\\".to_vec()), Just(b",".to_vec()), Just(b":".to_vec()),
            Just(b"\n".to_vec()), Just(b"\r\n".to_vec()), Just(b"\0".to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()), Just(b"\xff\xfe".to_vec()), Just(b" ".to_vec()),
            Just(b"{\"messages\":[]}".to_vec()), Just(b"\"data\":[".to_vec()),
            Just(b"\"k\":1,".to_vec()), Just(b"{\"messages\":[".to_vec()), Just(b"-1.5e7".to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ], 0..60),
    ) {
        let bytes = parts.concat();
        let (values, bad) = read(&bytes);
        prop_assert!(values.len() + bad.len() <= bytes.len());
    }
}

/// Where a line and column are in a text.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut begins = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    begins.nth(line - 1).unwrap() + column - 1
}

#[test]
fn hostile_files_come_to_an_end() {
    let many = 1 << 19;
    let files = [
        "[".repeat(many),
        "{\"a\":".repeat(many / 5),
        "{\"a\":[".repeat(many / 6),
        "{\"a\":[\n".repeat(many / 7),
        "{\"a\":[\n{},\n{},\n".repeat(many / 15),
        format!("{{\"messages\":[]}}\n{}", "{\"a\":[\n".repeat(many / 7)),
        format!("{{\"messages\":[]}}\n{}", "{\n1\n".repeat(many / 4)),
        format!("[{}", "\"\\\"".repeat(many / 3)),
        format!("[\"{}", "x".repeat(many)),
        "\u{0}".repeat(many),
        "\u{feff}".repeat(many / 3),
        "{}".repeat(many / 2),
        "{\"messages\":[]}".repeat(many / 15),
        format!("[{}1]", "1,".repeat(many / 2)),
        format!(
            "{{\"data\":[{}{{\"messages\":[]}}]}}",
            "{},".repeat(many / 3)
        ),
        " \n".repeat(many / 2),
        "]".repeat(many),
    ];
    for text in files {
        let began = std::time::Instant::now();
        let (values, bad) = read(text.as_bytes());
        assert!(values.len() + bad.len() <= text.len());
        let took = began.elapsed();
        assert!(took.as_secs() < 60, "{took:?}: {text:.20}");
    }
}

#[test]
fn a_place_is_named_as_a_person_reads_it() {
    let text = "[{\"messages\":[]},\n {\"messages\":[]}]\n{\n\"messages\":[]}";
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let places = Entries::of(input, Path::new("x")).unwrap();
    let places: Vec<_> = places.map(|entry| entry.unwrap().place).collect();
    let named: Vec<String> = places.iter().map(ToString::to_string).collect();
    assert_eq!(named, ["1#1", "2#2", "3"]);
    let at: Vec<(usize, usize)> = places.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(at, [(1, 2), (2, 2), (3, 1)]);
    assert_eq!(places[1].by, By::Number(2));
}
