//! Addresses and patterns: what is written reads back, and what is wrong is told.

use proptest::prelude::*;
use stategen::engine::world::path::Seg;
use stategen::engine::world::{Path, Pattern};

fn seg() -> impl Strategy<Value = Seg> {
    let key = prop_oneof!["[a-z_0-9-]{0,4}", "[~/\"\\\\\\[\\]*. é]{0,4}", "\\PC{0,6}"];
    prop_oneof![1 => Just(Seg::Any), 4 => key.prop_map(|k: String| Seg::Key(k.into()))]
}

proptest! {
    #[test]
    fn a_pattern_reads_back(segs in proptest::collection::vec(seg(), 0..5)) {
        let pattern = Pattern(segs);
        prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern.clone()), "{}", pattern);
        let text = serde_json::to_string(&pattern).unwrap();
        prop_assert_eq!(serde_json::from_str::<Pattern>(&text).unwrap(), pattern);
    }

    #[test]
    fn a_pointer_reads_back(keys in proptest::collection::vec("[~/01a\"é ]{0,4}", 0..5)) {
        let path = Path(keys.into_iter().map(Into::into).collect());
        prop_assert_eq!(Path::parse(&path.to_string()), Some(path.clone()));
        let text = serde_json::to_string(&path).unwrap();
        prop_assert_eq!(serde_json::from_str::<Path>(&text).unwrap(), path);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-z.*~/\"\\\\\\[\\]0 é]{0,12}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
        if let Some(path) = Path::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn what_includes_a_pattern_covers_its_places(
        a in proptest::collection::vec(seg(), 0..4), more in proptest::collection::vec(seg(), 0..3),
        loose in any::<[bool; 4]>(),
    ) {
        // A wider pattern: some places opened to any, and cut short.
        let wide = Pattern(a.iter().zip(loose).map(|(s, any)| if any { Seg::Any } else { s.clone() }).collect());
        let narrow = Pattern(a.iter().chain(&more).cloned().collect());
        prop_assert!(wide.includes(&narrow));
        prop_assert_eq!(narrow.includes(&wide), narrow == wide);
        let place = Path(narrow.0.iter().map(|s| match s {
            Seg::Key(k) => k.clone(),
            Seg::Any => "x".into(),
        }).collect());
        prop_assert!(narrow.covers(&place) && wide.covers(&place));
    }
}

#[test]
fn patterns_as_people_write_them() {
    let reads = |text: &str| Pattern::parse(text).map(|p| p.to_string());
    for (text, same) in [
        ("orders[*].items[*].price", "orders[*].items[*].price"),
        (" orders.*.status ", "orders[*].status"),
        ("methods[\"gift 1\"].balance", "methods[\"gift 1\"].balance"),
        ("queue[0].id", "queue.0.id"),
        ("a[\"b\"]", "a.b"),
        ("a[\"say \\\"]\\\"\"]", "a[\"say \\\"]\\\"\"]"),
        ("", ""),
    ] {
        assert_eq!(reads(text).as_deref(), Ok(same));
    }
    for (text, part) in [
        ("orders[*", "at `[*`"),
        ("orders[\"a]", "at `[\"a]`"),
        ("orders[x]", "at `[x]`"),
        ("orders[01]", "at `[01]`"),
        ("orders..a", "a name is missing at `..a`"),
        ("orders.", "a name is missing"),
        (".orders", "expected `.name`"),
        ("orders[*]status", "at `status`"),
        ("orders status", "at ` status`"),
    ] {
        let error = reads(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn pointers_escape_two_signs_and_no_other() {
    assert_eq!(
        Path::parse("/a~1b/~01").map(|p| p.0.join("|")).as_deref(),
        Some("a/b|~1")
    );
    for text in ["a", "/~2", "/~", "/a~"] {
        assert_eq!(Path::parse(text), None, "{text}");
    }
}
