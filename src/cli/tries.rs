//! The repair loop of a `model` tool, for `stategen show --tries`: each try, why it
//! was refused, and the contract.

use super::exit::{Exit, Failure, Outcome};
use super::lines::count;
use crate::engine::session::{Place, Session};
use crate::engine::step::{Act, Step, ToolRun};
use crate::surface::text::{clean, clean_line};
use std::io::Write;
use std::sync::Arc;

/// Prints the tries of the newest step of the path that a `model` tool made; with
/// `exact` of the last step of the path alone.
///
/// # Errors
/// No `model` tool made it.
pub(super) fn show(
    session: &Session,
    path: &[Arc<Place>],
    exact: bool,
    out: &mut dyn Write,
) -> Outcome {
    let steps = path.iter().rev().filter_map(|p| p.step.as_ref());
    let mut simulated = steps.take(if exact { 1 } else { usize::MAX });
    let found = simulated.find_map(|step| Some((step, ran(step)?)));
    let Some((step, run)) = found else {
        return Err(Failure::usage(
            "no `model` tool made that step; `stategen show` marks those that one made.",
        ));
    };
    let number = step.body.number;
    let call = format!("step {number}  {}({})", run.call.tool, run.call.raw);
    writeln!(out, "{}", clean_line(&call))?;
    for (i, one) in run.tries.iter().enumerate() {
        let word = if one.refused.is_empty() {
            "accepted"
        } else {
            "refused"
        };
        writeln!(out, "try {}  {word}", i + 1)?;
        if one.result.is_none() && one.patch.is_none() {
            writeln!(out, "  {}", clean_line(&one.text))?;
        }
        if let Some(result) = &one.result {
            writeln!(out, "  result {}", clean_line(&result.to_string()))?;
        }
        if let Some(patch) = &one.patch {
            let text = serde_json::to_string(patch).unwrap_or_default();
            writeln!(out, "  patch {}", clean_line(&text))?;
        }
        for why in &one.refused {
            writeln!(out, "  !! {}", clean_line(why))?;
        }
    }
    if let Some(contract) = session.contract(step.id) {
        let repairs = count(contract.repairs as usize, "repair");
        writeln!(out, "contract: {repairs} at most")?;
        for (heading, lines) in contract.sections() {
            writeln!(out, "  {heading}")?;
            for line in lines {
                writeln!(out, "    {}", clean(&line))?;
            }
        }
    }
    Ok(Exit::Ok)
}

fn ran(step: &Step) -> Option<&ToolRun> {
    match &step.body.act {
        Act::Ran(run) if run.executor == "model" => Some(run),
        Act::Ran(_)
        | Act::Said { .. }
        | Act::Answered { .. }
        | Act::Judged(_)
        | Act::Malformed { .. }
        | Act::Edited(_) => None,
    }
}
