//! Several verdicts of one conversation, side by side.

use super::lines::around;
use crate::engine::role::By;
use crate::engine::session::Judgement;
use crate::surface::text::clean_line;
use std::fmt::Write;

/// One axis over several verdicts.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The axis, or `overall`.
    pub name: String,
    /// What each verdict says; none where it has no such axis.
    pub scores: Vec<Option<(f64, Option<f64>)>>,
    /// The mean.
    pub mean: f64,
    /// The standard deviation (divided by n - 1).
    pub spread: f64,
}

/// Axis by axis over all verdicts, overall last.
#[must_use]
pub fn compared(all: &[Judgement]) -> Vec<Compared> {
    let mut names: Vec<&str> = Vec::new();
    for axis in all.iter().flat_map(|j| &j.verdict.axes) {
        if !names.contains(&axis.axis.as_str()) {
            names.push(&axis.axis);
        }
    }
    let row = |name: &str, scores: Vec<Option<(f64, Option<f64>)>>| {
        let values: Vec<f64> = scores.iter().flatten().map(|(score, _)| *score).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n.max(1.0);
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Compared {
            name: name.to_owned(),
            scores,
            mean,
            spread: (squares / (n - 1.0).max(1.0)).sqrt(),
        }
    };
    let mut out: Vec<Compared> = names
        .into_iter()
        .map(|name| {
            let of = |j: &Judgement| {
                let axis = j.verdict.axes.iter().find(|a| a.axis == name)?;
                Some((axis.score, axis.spread))
            };
            row(name, all.iter().map(of).collect())
        })
        .collect();
    let overall = |j: &Judgement| Some((j.verdict.overall, j.verdict.spread));
    out.push(row("overall", all.iter().map(overall).collect()));
    out
}

/// Several verdicts side by side, with mean and spread; `None` for fewer than two.
#[must_use]
pub fn side_by_side(all: &[Judgement]) -> Option<String> {
    if all.len() < 2 {
        return None;
    }
    let heads: Vec<String> = all
        .iter()
        .map(|j| {
            let who = match &j.by {
                By::Model(name) => name.as_str(),
                By::Scripted => "scripted",
                By::Person => "a person",
                By::Code => "code",
            };
            let name: String = clean_line(who).chars().take(24).collect();
            format!("{name} ({})", j.number)
        })
        .collect();
    let mut out = format!("{:<24}", format!("{} verdicts (step)", all.len()));
    for head in &heads {
        let _ = write!(out, "  {head:>12}");
    }
    let _ = write!(out, "  {:>6} {:>6}", "mean", "spread");
    for row in compared(all) {
        let _ = write!(out, "\n{:<24}", clean_line(&row.name));
        for (score, head) in row.scores.iter().zip(&heads) {
            let text = score.map_or_else(
                || String::from("-"),
                |(score, spread)| format!("{score:.2}{}", around(spread)),
            );
            let wide = head.chars().count().max(12);
            let _ = write!(out, "  {text:>wide$}");
        }
        let _ = write!(out, "  {:>6.2} {:>6.2}", row.mean, row.spread);
    }
    Some(out)
}
