//! Who the user is: six words, twelve traits with what was seen of them, five
//! emotions.

use crate::engine::persona::{Bucket, EMOTIONS, TIER1, TRAITS};
use crate::surface::{Meaning, text};
use crate::tui::model::Run;
use crate::tui::paint::{Line, wrapped};

/// From here on a trait has drifted from its target.
const DRIFT: f64 = 0.15;

/// All lines of the pane.
#[must_use]
pub fn lines(run: &Run, width: usize) -> Vec<Line> {
    let persona = run.session.persona();
    let mut out = vec![
        Line::of(Meaning::TextStrong, persona.name.clone())
            .and(Meaning::TextMuted, format!("  {}", words(&persona.profile))),
    ];
    let tier1: Vec<String> = TIER1
        .iter()
        .zip(&persona.tier1)
        .map(|(name, value)| match *name {
            // These say what they are by themselves.
            "jurisdiction" | "age_bracket" | "channel" | "device_type" => words(value),
            "language_proficiency" => format!("{} speaker", words(value)),
            _ => format!("time: {}", words(value)),
        })
        .collect();
    out.extend(wrapped(Meaning::Text, &tier1.join(", "), 0, width));
    let legend = if width < 40 {
        "traits: bar seen, | target"
    } else {
        "traits: bar seen, | target, off by"
    };
    out.push(Line::of(Meaning::TextMuted, legend));
    for ((name, target), seen) in TRAITS.iter().zip(&persona.traits).zip(&run.seen.traits) {
        out.push(trait_line(name, *target, *seen, width));
    }
    let mut feels = String::from("emotions");
    if let Some(context) = persona.context {
        let context = serde_json::to_value(context).ok();
        let context = context.as_ref().and_then(|v| v.as_str()).unwrap_or("");
        feels += ", shifted by: ";
        feels += &words(context);
    }
    out.push(Line::of(Meaning::TextMuted, feels));
    for (name, value) in EMOTIONS.iter().zip(&persona.emotions) {
        let room = gauge_room(width);
        let mut line = Line::of(Meaning::Text, label(name, width));
        line.spans.extend(bar(Some(*value), None, room).spans);
        line.push(Meaning::Text, format!(" {value:.2}"));
        line.push(Meaning::TextMuted, format!(" {}", bucket(*value)));
        out.push(line);
    }
    out
}

fn bucket(value: f64) -> &'static str {
    match Bucket::of(value) {
        Bucket::Low => "low",
        Bucket::Medium => "medium",
        Bucket::High => "high",
    }
}

/// A name in files as words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A trait's name where there is little room.
fn short(name: &str) -> &str {
    match name {
        "cost_sensitivity" => "cost",
        "assertiveness" => "assertive",
        "domain_knowledge" => "domain",
        "risk_tolerance" => "risk",
        "compliance_tendency" => "compliance",
        "platform_trust" => "platform",
        "digital_literacy" => "digital",
        "slang_usage" => "slang",
        "emoji_usage" => "emoji",
        other => other,
    }
}

fn label_room(width: usize) -> usize {
    if width < 40 { 11 } else { 20 }
}

/// Columns of a bar: what name, numbers and `drift` leave.
fn gauge_room(width: usize) -> usize {
    width
        .saturating_sub(label_room(width) + 1 + if width < 40 { 12 } else { 18 })
        .clamp(3, 40)
}

fn label(name: &str, width: usize) -> String {
    let room = label_room(width);
    let name = if width < 40 {
        short(name).to_owned()
    } else {
        words(name)
    };
    let name = text::shorten(&name, room);
    let pad = room.saturating_sub(text::width(&name));
    format!("{name}{} ", " ".repeat(pad))
}

fn trait_line(name: &str, target: f64, seen: Option<f64>, width: usize) -> Line {
    let mut line = Line::of(Meaning::Text, label(name, width));
    line.spans
        .extend(bar(seen, Some(target), gauge_room(width)).spans);
    match seen {
        None => {
            line.push(Meaning::ScoreNone, format!("    – {target:.2}|"));
        }
        Some(seen) => {
            let off = seen - target;
            let sign = if off < 0.0 { '-' } else { '+' };
            line.push(Meaning::Text, format!(" {seen:.2}"));
            let role = if off.abs() > DRIFT {
                Meaning::ScoreFair
            } else {
                Meaning::TextMuted
            };
            line.push(role, format!(" {sign}{:.2}", off.abs()));
            if off.abs() > DRIFT {
                line.push(Meaning::ScoreFair, if width < 40 { "!" } else { " drift" });
            }
        }
    }
    line
}

/// A bar from 0 to 1 in eighths of a column, with a target.
#[must_use]
pub fn bar(fill: Option<f64>, target: Option<f64>, columns: usize) -> Line {
    const EIGHTHS: [&str; 9] = ["·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
    let unit = |v: f64| {
        if v.is_finite() {
            v.clamp(0.0, 1.0)
        } else {
            0.0
        }
    };
    let filled = (unit(fill.unwrap_or(0.0)) * (columns * 8) as f64).round() as usize;
    let mark = target.map(|t| ((unit(t) * columns as f64) as usize).min(columns.saturating_sub(1)));
    let mut line = Line::new();
    for column in 0..columns {
        if mark == Some(column) {
            line.push(Meaning::GaugeTarget, "|");
            continue;
        }
        let part = filled.saturating_sub(column * 8).min(8);
        let sign = EIGHTHS.get(part).copied().unwrap_or("█");
        let role = if part == 0 {
            Meaning::GaugeTrack
        } else {
            Meaning::GaugeFill
        };
        match line.spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(sign),
            _ => line.push(role, sign),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_wide_as_it_should_be_whatever_the_value() {
        for value in [
            Some(0.0),
            Some(0.51),
            Some(1.0),
            Some(7.0),
            Some(f64::NAN),
            None,
        ] {
            for columns in [0, 1, 3, 40] {
                for target in [None, Some(0.0), Some(1.0), Some(-3.0)] {
                    assert_eq!(bar(value, target, columns).width(), columns);
                }
            }
        }
        let text: String = bar(Some(0.5), Some(0.75), 4)
            .spans
            .iter()
            .map(|s| s.text.as_str())
            .collect();
        assert_eq!(text, "██·|");
    }
}
