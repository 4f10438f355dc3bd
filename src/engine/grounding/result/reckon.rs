//! Results of arithmetic: reckoned again.

use super::same::read_number;
use crate::engine::grounding::turn::Ran;
use crate::engine::rules::calc;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::Node;

/// The only arithmetic among the arguments, and what comes out.
fn asked(args: &Node) -> Option<(&str, f64)> {
    let mut texts = args.as_map()?.values().filter_map(Node::as_str);
    let text = texts.next()?;
    if texts.next().is_some() {
        return None;
    }
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_ascii_whitespace() || "+-*/().,$%".contains(c));
    let operates = text
        .trim()
        .trim_start_matches('-')
        .contains(['+', '-', '*', '/']);
    // A date or a number of a telephone is no arithmetic.
    let spaced = text.contains([' ', '+', '*', '/', '(']) || text.matches('-').count() == 1;
    if !plain || !operates || !spaced {
        return None;
    }
    let value = calc(text)?.as_f64()?;
    Some((text, value))
}

/// What came of reckoning again.
pub(super) enum Reckoned {
    Right,
    Wrong(Box<Finding>),
}

/// `None` where the call asked for no arithmetic.
pub(super) fn check(ran: &Ran<'_>, step: u32) -> Option<Reckoned> {
    let (text, value) = asked(ran.args)?;
    let source = format!("calc {text}");
    let truth = Node::from(value).to_string();
    if !ran.ok {
        // Some calculators read less than ours; an error says little.
        return None;
    }
    let (said, place) = match ran.result {
        Node::Int(_) | Node::Float(_) => (ran.result.as_f64()?, "result".to_owned()),
        Node::Str(s) => (read_number(s)?, "result".to_owned()),
        Node::Map(map) => {
            let mut numbers = map.iter().filter_map(|(k, v)| {
                let number = v.as_f64().or_else(|| v.as_str().and_then(read_number))?;
                Some((number, format!("result.{k}")))
            });
            let only = numbers.next()?;
            if numbers.next().is_some() {
                return None;
            }
            only
        }
        Node::Null | Node::Bool(_) | Node::List(_) => return None,
    };
    // Money is rounded to hundredths, and what is big keeps sixteen digits.
    let may = 0.005 + 1e-9 * value.abs().max(1.0);
    if (said - value).abs() <= may {
        return Some(Reckoned::Right);
    }
    let what = format!("{text} is {truth}, not {}", Node::from(said));
    let finding = Finding::of("wrong_arithmetic", step, Blame::Tool, what)
        .said(ran.text, None)
        .at(place)
        .truth(truth, source);
    Some(Reckoned::Wrong(Box::new(finding)))
}
