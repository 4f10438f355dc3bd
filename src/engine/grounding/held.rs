//! What a tool simulator proposes held against the world before it is done: a
//! row of the state in the place of another passes every look at single values.

use super::result::{self, Seen};
use super::turn::{Ran, ToolFacts};
use crate::engine::scenario::Tool;
use crate::engine::score::{Blame, Finding};
use crate::engine::world::reach::bound;
use crate::engine::world::{Node, Patch, Path, Pattern};

/// Kinds that are told back: each says a truth that the tool simulator was
/// shown, or that nothing was written.
const TOLD_BACK: [&str; 9] = [
    "wrong_entity",
    "wrong_amount",
    "wrong_status",
    "wrong_value",
    "invented_entity",
    "stale_read",
    "write_not_done",
    "write_elsewhere",
    "false_error",
];

/// A proposal that passed so far.
pub(super) struct Proposed<'a> {
    pub tool: &'a Tool,
    pub args: &'a Node,
    pub world: &'a Node,
    pub after: &'a Node,
    pub patch: &'a Patch,
    pub result: &'a Node,
    /// Whether it is an answer, not an error.
    pub ok: bool,
}

/// Why it is not true, each a sentence for the tool simulator.
pub(super) fn untrue(proposed: &Proposed<'_>) -> Vec<String> {
    let Proposed { tool, args, .. } = proposed;
    let facts = ToolFacts {
        name: tool.name.clone(),
        description: tool.description.clone(),
        parameters: Some(tool.parameters_schema.clone()),
        output: tool.output.clone(),
        mutates: Some(!tool.writes.is_empty()),
        coerces: true,
    };
    let reads = bound(&tool.reads, args, proposed.world);
    let writes = bound(&tool.writes, args, proposed.world);
    let text = proposed
        .result
        .as_str()
        .map_or_else(|| proposed.result.to_string(), ToOwned::to_owned);
    let agent = [String::new()];
    let ran = Ran {
        agent: &agent,
        tool: &tool.name,
        args,
        ok: proposed.ok,
        result: proposed.result,
        text: &text,
        patch: Some(proposed.patch),
        before: Some(proposed.world),
        after: Some(proposed.after),
        reads: Some(&reads),
        writes: None,
        computed: false,
    };
    let report = result::hold(&ran, 0, Some(&facts), true, None, &Seen::default());
    let places: Vec<&Pattern> = reads.iter().chain(&writes).collect();
    report
        .findings
        .iter()
        .filter(|f| f.blame == Blame::Tool && TOLD_BACK.contains(&f.kind.as_str()))
        .map(|f| sentence(f, &places))
        .collect()
}

/// The finding as a sentence; a truth that the tool may not read is not told.
fn sentence(finding: &Finding, places: &[&Pattern]) -> String {
    let place = if finding.place.is_empty() {
        "result"
    } else {
        &finding.place
    };
    let at = finding.source.strip_prefix("world ").and_then(Path::parse);
    let shown = at
        .as_ref()
        .is_none_or(|path| places.iter().any(|p| p.covers(path)));
    let said: String = finding.quote.chars().take(60).collect();
    if !shown {
        return format!(
            "{said} at {place} is not what the state says there, and you were not shown that place; leave it out."
        );
    }
    let what = &finding.what;
    match at {
        Some(at) if !at.0.is_empty() => {
            format!("The answer is not true at {place}: {what} (the state, at {at}).")
        }
        Some(_) | None => format!("The answer is not true at {place}: {what}."),
    }
}
