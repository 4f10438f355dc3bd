//! Cases like one: the same kind of finding, of the same tool, at the same path,
//! in other conversations.

use crate::engine::id::{ConvId, StepId};
use crate::engine::session::Session;
use crate::engine::step::Act;
use crate::store::{Alike, FindingRow, Like, Store, StoreError};
use serde::Serialize;

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// How much it is alike.
    pub alike: Alike,
    /// The finding.
    #[serde(flatten)]
    pub row: FindingRow,
}

impl Case {
    /// What of it is the same, in words.
    #[must_use]
    pub fn how(&self) -> &'static str {
        match self.alike {
            Alike::Path if self.row.path.is_empty() && self.row.tool.is_empty() => "same kind",
            Alike::Path if self.row.path.is_empty() => "same tool and kind",
            Alike::Path => "same tool, kind and path",
            Alike::Tool => "same tool and kind",
            Alike::Loose => "same kind",
        }
    }
}

/// What is looked for from a branch, or from one step of it: each with the
/// number of its step, none twice.
#[must_use]
pub fn asked(session: &Session, head: Option<StepId>, step: Option<u32>) -> Vec<(u32, Like)> {
    let mut out: Vec<(u32, Like)> = Vec::new();
    let path = session.path(head);
    let about = |number: u32| step.is_none_or(|wanted| wanted == number);
    let steps = || path.iter().filter_map(|p| p.step.as_ref());
    for here in steps() {
        let judged = match &here.body.act {
            Act::Judged(verdict) => verdict.findings.as_slice(),
            Act::Said { .. }
            | Act::Answered { .. }
            | Act::Ran(_)
            | Act::Malformed { .. }
            | Act::Edited(_) => &[],
        };
        for found in here.body.findings.iter().chain(judged) {
            let like = Like::of(here, found);
            // A judge's finding is about a step before it.
            if about(found.step) && !out.iter().any(|(_, l)| *l == like) {
                out.push((found.step, like));
            }
        }
    }
    out.sort_by_key(|(number, _)| *number);
    if out.is_empty()
        && let Some(wanted) = step
        && let Some(here) = steps().find(|s| s.body.number == wanted)
        && let Some(like) = Like::step(here)
    {
        out.push((wanted, like));
    }
    out
}

/// The cases like one, the most alike first.
///
/// # Errors
/// The store cannot be read.
pub fn cases(
    store: &Store,
    like: &Like,
    except: &ConvId,
    limit: u32,
) -> Result<Vec<Case>, StoreError> {
    let mut out: Vec<Case> = Vec::new();
    for (alike, row) in store.similar(like, except, limit)? {
        // What the judge repeats after the check is one case.
        let same = |c: &Case| {
            (&c.row.conversation, c.row.number, &c.row.kind, &c.row.what)
                == (&row.conversation, row.number, &row.kind, &row.what)
        };
        if !out.iter().any(same) {
            out.push(Case { alike, row });
        }
    }
    Ok(out)
}
