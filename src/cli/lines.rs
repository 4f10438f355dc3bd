//! A conversation as lines: turns, what changed, scores. No boxes, no colour,
//! and every text made safe.

use crate::driver::Spend;
use crate::driver::spend::dollars;
use crate::engine::event::EndedBy;
use crate::engine::role::{By, Role};
use crate::engine::rules::Explain;
use crate::engine::score::{AssertionResult, Blame, Finding, Verdict};
use crate::engine::session::Session;
use crate::engine::step::{Act, Edited, Step, ToolRun};
use crate::engine::world::{Node, Op, Patch};
use crate::surface::text::{clean, clean_line};
use std::fmt::Write;

/// Letters of a value at most, in a line about a change.
const SHOWN: usize = 100;

/// What the conversation is.
#[must_use]
pub fn head(session: &Session) -> String {
    let opened = session.opened();
    let mut out = format!(
        "{} / {}  seed {}  persona {} ({})  scenario version {}",
        opened.scenario,
        opened.task,
        opened.seed,
        opened.persona.name,
        opened.persona.profile,
        opened.version.short()
    );
    if !opened.faults.is_empty() {
        let _ = write!(out, "  faults asked for: {}", opened.faults.join(", "));
    }
    let _ = write!(out, "\ngoal: {}", session.task().goal);
    clean(&out).into_owned()
}

/// One step, with the world before it.
#[must_use]
pub fn step(step: &Step, before: &Node) -> String {
    let body = &step.body;
    let who = match body.role {
        Role::User => String::from("U user"),
        Role::Agent => format!("A {}", body.agent.join("/")),
        Role::Tool => String::from("T tool"),
        Role::Judge => String::from("J judge"),
    };
    let mut out = format!("{:>3} {who}", body.number);
    let mut text = String::new();
    match &body.act {
        Act::Said { text: said, done } => {
            text.push_str(said);
            if *done {
                text.push_str("\n(ends the conversation)");
            }
        }
        Act::Answered { text: said, calls } => {
            text.push_str(said);
            for call in calls {
                if !text.is_empty() {
                    text.push('\n');
                }
                let _ = write!(text, "calls {}({})", call.tool, call.raw);
            }
        }
        Act::Ran(run) => {
            let how = if run.ok { "" } else { "  failed" };
            let _ = write!(out, "  {}  {}{how}", run.call.tool, run.executor);
            text = ran(run, before);
        }
        Act::Judged(verdict) => text = scores(verdict),
        Act::Edited(edited) => edit(edited, before, &mut out, &mut text),
        Act::Malformed { text: came, why } => {
            let _ = write!(text, "{came}\nnot usable: {why}");
        }
    }
    match &body.by {
        By::Scripted => out.push_str("  scripted"),
        By::Model(name) => {
            let _ = write!(out, "  {name}");
        }
        By::Person => out.push_str("  by a person"),
        By::Code => {}
    }
    if body.attempt > 0 {
        let _ = write!(out, "  try {}", body.attempt + 1);
    }
    if body.instead.is_some() {
        out.push_str("  edited by hand");
    }
    if !body.injected.is_empty() {
        let _ = write!(out, "  fault put in: {}", body.injected.join(", "));
    }
    let mut out = clean_line(&out).into_owned();
    if !body.reasoning.is_empty() {
        indent(&mut out, &format!("thinks: {}", body.reasoning));
    }
    indent(&mut out, &text);
    for found in &body.findings {
        indent(&mut out, &finding(found));
    }
    out
}

/// A change by a person.
fn edit(edited: &Edited, before: &Node, head: &mut String, text: &mut String) {
    let _ = write!(head, "  edited {}", edited.what);
    if !edited.patch.is_empty() {
        text.push_str(&change(&edited.patch, &[], before));
    }
}

/// Adds lines below a heading.
fn indent(out: &mut String, text: &str) {
    for line in clean(text).lines() {
        out.push_str("\n      ");
        out.push_str(line);
    }
}

/// What a tool did: the result, the tries of a model, the change, what broke.
fn ran(run: &ToolRun, before: &Node) -> String {
    let mut out = run.text.clone();
    for (n, a_try) in run.tries.iter().enumerate() {
        for why in &a_try.refused {
            let _ = write!(out, "\nproposal {} refused: {why}", n + 1);
        }
    }
    for why in &run.refused {
        let _ = write!(out, "\nrefused: {why}");
    }
    if let Some(why) = &run.explain {
        out.push('\n');
        out.push_str(&explain(why));
    }
    for broken in &run.policy {
        let _ = write!(out, "\npolicy {}: {}", broken.name, broken.message);
    }
    if !run.patch.is_empty() {
        out.push('\n');
        out.push_str(&change(&run.patch, &run.lines, before));
    }
    out
}

/// Which statement decided, and what it saw.
#[must_use]
pub fn explain(why: &Explain) -> String {
    let mut out = format!("at {}:{}  {}", why.file, why.line, why.statement.trim());
    for (name, value) in &why.saw {
        let _ = write!(out, "\n   {name} = {}", short(value));
    }
    out
}

/// A patch as `+`, `-` and `~` lines, with the values that were there.
#[must_use]
pub fn change(patch: &Patch, lines: &[u32], before: &Node) -> String {
    let mut world = before.clone();
    let mut out = Vec::new();
    for (n, op) in patch.0.iter().enumerate() {
        let old = |path: &crate::engine::world::Path| path.find(&world).map(short);
        let mut line = match op {
            Op::Add { path, value } => match old(path) {
                // A key that is there is replaced; in a list `add` inserts.
                Some(was) if !in_list(path, &world) => {
                    format!("~ {path}  {was} -> {}", short(value))
                }
                Some(_) | None => format!("+ {path}  {}", short(value)),
            },
            Op::Replace { path, value } => {
                let was = old(path).unwrap_or_default();
                format!("~ {path}  {was} -> {}", short(value))
            }
            Op::Remove { path } => format!("- {path}  {}", old(path).unwrap_or_default()),
            Op::Move { from, path } => format!("~ {from} -> {path}"),
            Op::Copy { from, path } => format!("+ {path}  as {from}"),
            Op::Test { path, value } => format!("= {path}  {}", short(value)),
        };
        if let Some(at) = lines.get(n).filter(|at| **at > 0) {
            let _ = write!(line, "  (rule line {at})");
        }
        out.push(line);
        if let Ok(applied) = Patch(vec![op.clone()]).apply(&world) {
            world = applied.world;
        }
    }
    out.join("\n")
}

fn in_list(path: &crate::engine::world::Path, world: &Node) -> bool {
    path.split()
        .and_then(|(above, _)| above.find(world))
        .is_some_and(|node| node.as_list().is_some())
}

fn short(value: &Node) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return text;
    }
    let mut cut: String = text.chars().take(SHOWN).collect();
    cut.push('…');
    cut
}

/// One finding.
#[must_use]
pub fn finding(found: &Finding) -> String {
    let quote = if found.quote.is_empty() {
        String::new()
    } else {
        format!("  \"{}\"", found.quote)
    };
    let of = if found.fault.is_empty() {
        String::new()
    } else {
        format!("; comes of {}", found.fault)
    };
    let text = format!(
        "! {}  step {}  blames {}  {}{quote}  ({}{of})",
        found.kind,
        found.step,
        blame(found.blame),
        found.what,
        found.by
    );
    clean_line(&text).into_owned()
}

/// Who is to blame, in a word.
#[must_use]
pub fn blame(who: Blame) -> &'static str {
    match who {
        Blame::User => "user",
        Blame::Agent => "agent",
        Blame::Tool => "tool",
        Blame::Judge => "judge",
        Blame::Scenario => "scenario",
    }
}

/// A verdict: axes, findings, the formula's outcome.
#[must_use]
pub fn scores(verdict: &Verdict) -> String {
    let mut out = Vec::new();
    for axis in &verdict.axes {
        let below = if verdict.gates_failed.contains(&axis.axis) {
            "!"
        } else {
            " "
        };
        out.push(format!(
            "{below} {:<24} {:>4.1}{}  {}",
            axis.axis,
            axis.score,
            around(axis.spread),
            clean_line(&axis.reason)
        ));
    }
    for (n, found) in verdict.findings.iter().enumerate() {
        let said = verdict.said.get(n).map_or_else(String::new, |times| {
            format!("  (said by {times} of {})", verdict.samples.len())
        });
        out.push(format!("{}{said}", finding(found)));
    }
    for void in &verdict.voided {
        out.push(format!("void (not in the transcript): {}", finding(void)));
    }
    let mut overall = format!("overall {:.2}{}", verdict.overall, around(verdict.spread));
    if !verdict.samples.is_empty() {
        let usable = verdict.samples.iter().filter(|s| s.usable()).count();
        let _ = write!(overall, "  mean of {}", count(usable, "answer"));
        if usable < verdict.samples.len() {
            let _ = write!(
                overall,
                " ({} could not be used)",
                verdict.samples.len() - usable
            );
        }
    }
    if !verdict.gates_failed.is_empty() {
        let _ = write!(
            overall,
            "  below the gate: {}",
            verdict.gates_failed.join(", ")
        );
    }
    out.push(overall);
    clean(&out.join("\n")).into_owned()
}

/// A spread, where there is one.
pub(super) fn around(spread: Option<f64>) -> String {
    spread.map_or_else(String::new, |s| format!(" ±{s:.2}"))
}

/// The task's assertions on a world.
#[must_use]
pub fn assertions(results: &[AssertionResult]) -> String {
    let mut out = Vec::new();
    for result in results {
        let sign = if result.holds { "holds " } else { "! not " };
        out.push(format!("{sign} {}", result.text));
        if !result.holds {
            out.extend(result.saw.iter().map(|saw| format!("         {saw}")));
        }
    }
    clean(&out.join("\n")).into_owned()
}

/// A number and its noun.
#[must_use]
pub fn count(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{s}")
}

/// What models took; `None` where none was asked.
#[must_use]
pub fn spent(spend: &Spend) -> Option<String> {
    let all = spend.total();
    if all.calls == 0 {
        return None;
    }
    let mut out = count(all.calls as usize, "call");
    if all.failed > 0 {
        let _ = write!(out, " ({} failed)", all.failed);
    }
    let _ = write!(out, "  {} tokens in", all.tokens_in);
    if all.cached > 0 {
        let _ = write!(out, " ({} from a cache)", all.cached);
    }
    let _ = write!(out, "  {} out", all.tokens_out);
    if all.reasoning > 0 {
        let _ = write!(out, " ({} reasoning)", all.reasoning);
    }
    if all.cost_micros > 0 || all.unpriced == 0 {
        let _ = write!(out, "  {}", dollars(all.cost_micros));
    }
    if let Some(cap) = spend.cap_micros {
        let _ = write!(out, " of {}", dollars(cap));
    }
    if all.unpriced > 0 {
        let _ = write!(
            out,
            "  {} without a price",
            count(all.unpriced as usize, "call")
        );
    }
    Some(out)
}

/// Why it ended, in words.
#[must_use]
pub fn ended(why: &EndedBy) -> String {
    match why {
        EndedBy::UserDone => String::from("the user was done"),
        EndedBy::Goodbyes => String::from("nothing new was said any more"),
        EndedBy::MaxTurns => String::from("the scenario's bound on turns"),
        EndedBy::Unusable(why) => format!("a reply could not be used: {}", clean_line(why)),
    }
}

/// One word for the same, for machines and lists.
#[must_use]
pub fn ended_word(why: &EndedBy) -> &'static str {
    match why {
        EndedBy::UserDone => "user_done",
        EndedBy::Goodbyes => "goodbyes",
        EndedBy::MaxTurns => "max_turns",
        EndedBy::Unusable(_) => "unusable",
    }
}
