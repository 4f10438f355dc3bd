//! The recorded request that is nearest to one that was not recorded, and where
//! the two differ.

use serde_json::Value;

/// Places that are shown.
const SHOWN: usize = 3;

/// Letters of a value that are shown.
const LETTERS: usize = 60;

/// Letters before the first that differs.
const BEFORE: usize = 16;

/// What another path weighs: more than any difference of the bodies, or nearly.
const OTHER: usize = 1 << 20;

/// One place that differs: a JSON pointer, what was recorded, what is asked.
struct Place<'a> {
    at: String,
    was: Option<&'a Value>,
    is: Option<&'a Value>,
}

/// The number of the nearest request, and in which places it differs.
pub(super) fn nearest<'a>(
    known: impl Iterator<Item = (&'a str, Value)>,
    path: &str,
    body: &Value,
) -> Option<(usize, String)> {
    let mut best: Option<(usize, usize, String)> = None;
    for (number, (its_path, its_body)) in known.enumerate() {
        let mut places = Vec::new();
        differ(&its_body, body, "", &mut places);
        let other = its_path != path;
        let weight = places.iter().map(Place::weight).sum::<usize>() + OTHER * usize::from(other);
        if best.as_ref().is_none_or(|(least, ..)| weight < *least) {
            let mut words: Vec<String> = Vec::new();
            if other {
                words.push(format!("the path: {its_path} → {path}"));
            }
            words.extend(places.iter().take(SHOWN).map(Place::words));
            if places.len() > SHOWN {
                words.push(format!("{} more places", places.len() - SHOWN));
            }
            best = Some((weight, number, words.join("; ")));
        }
    }
    best.map(|(_, number, words)| (number, words))
}

/// Finds the places that differ, in the order in which they are recorded.
fn differ<'a>(was: &'a Value, is: &'a Value, at: &str, out: &mut Vec<Place<'a>>) {
    match (was, is) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match b.get(name) {
                    Some(other) => differ(value, other, &at, out),
                    None => out.push(Place {
                        at,
                        was: Some(value),
                        is: None,
                    }),
                }
            }
            for (name, value) in b {
                if !a.contains_key(name) {
                    let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    out.push(Place {
                        at,
                        was: None,
                        is: Some(value),
                    });
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for i in 0..a.len().max(b.len()) {
                let at = format!("{at}/{i}");
                match (a.get(i), b.get(i)) {
                    (Some(x), Some(y)) => differ(x, y, &at, out),
                    (was, is) => out.push(Place { at, was, is }),
                }
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(Place {
            at: at.to_owned(),
            was: Some(a),
            is: Some(b),
        }),
    }
}

impl Place<'_> {
    /// How much differs, in bytes.
    fn weight(&self) -> usize {
        match (self.was, self.is) {
            (Some(Value::String(a)), Some(Value::String(b))) => {
                let pairs = a.bytes().zip(b.bytes());
                let head = pairs.take_while(|(x, y)| x == y).count();
                let pairs = a.bytes().rev().zip(b.bytes().rev());
                let tail = pairs.take_while(|(x, y)| x == y).count();
                let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
                1 + long - short.min(head + tail)
            }
            (was, is) => {
                let size = |v: Option<&Value>| v.map_or(0, |v| v.to_string().len());
                1 + size(was).max(size(is))
            }
        }
    }

    fn words(&self) -> String {
        let same = match (self.was, self.is) {
            (Some(Value::String(a)), Some(Value::String(b))) => {
                a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
            }
            _ => 0,
        };
        let show = |value: Option<&Value>| match value {
            None => "nothing".to_owned(),
            Some(Value::String(text)) => {
                let skip = if same > 2 * BEFORE { same - BEFORE } else { 0 };
                let begin = if skip > 0 { "…" } else { "" };
                let rest: String = text.chars().skip(skip).collect();
                format!("\"{begin}{}\"", short(&rest))
            }
            Some(other) => short(&other.to_string()),
        };
        format!("{}: {} → {}", self.at, show(self.was), show(self.is))
    }
}

fn short(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(LETTERS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() > LETTERS {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_nearest_is_found_and_its_difference_shown() {
        let known = [
            ("/v1/x", json!({"model": "b", "messages": []})),
            (
                "/v1/x",
                json!({"model": "a", "seed": 1, "messages": [{"content": "It is the kettle that I bought in May, and it leaks"}]}),
            ),
            (
                "/v1/y",
                json!({"model": "a", "messages": [{"content": "It is the kettle that I bought in May, and it drips"}]}),
            ),
        ];
        let asked = json!({"model": "a", "messages": [{"content": "It is the kettle that I bought in May, and it drips"}, {"content": 1}]});
        let (number, words) =
            nearest(known.iter().map(|(p, b)| (*p, b.clone())), "/v1/x", &asked).unwrap();
        assert_eq!(number, 1);
        assert_eq!(
            words,
            "/seed: 1 → nothing; /messages/0/content: \"… in May, and it leaks\" → \"… in May, and it drips\"; /messages/1: nothing → {\"content\":1}"
        );
        assert!(nearest(std::iter::empty(), "/", &asked).is_none());
    }

    #[test]
    fn another_path_is_said_and_many_places_are_counted() {
        let known = json!([1, 2, 3, 4, 5]);
        let (_, words) =
            nearest([("/a", known)].into_iter(), "/b", &json!([5, 4, 3, 2, 1])).unwrap();
        assert_eq!(
            words,
            "the path: /a → /b; /0: 1 → 5; /1: 2 → 4; /3: 4 → 2; 1 more places"
        );
    }
}
