//! The same request many times: how often is the answer the same, and how often
//! would the state manager or a check refuse it?

use super::seats::{At, Seen};
use super::{Seats, seats};
use crate::engine::id::StepId;
use crate::engine::role::{By, Reply};
use crate::engine::session::{Session, Weighed};
use crate::engine::step::Body;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// Requests of one report in flight at once; a provider's own bound may be lower.
const AT_ONCE: usize = 4;

/// Answers that come to the same.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Group {
    /// How many.
    pub times: u32,
    /// In one line: the calls, the result and patch, or the text.
    pub what: String,
    /// One of them as it came.
    pub text: String,
    /// Why the state manager or the reader refused them; empty where accepted.
    pub refused: Vec<String>,
    /// What the checks found in them, a sentence each.
    pub findings: Vec<String>,
}

/// What came of sending one step's request several times.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AgainReport {
    /// The step's number.
    pub step: u32,
    /// The seat asked.
    pub seat: String,
    /// Who answered.
    pub by: String,
    /// Answers so far.
    pub answered: u32,
    /// How many were asked for.
    pub wanted: u32,
    /// Calls that failed, by what happened.
    pub failed: Vec<String>,
    /// Groups, largest first.
    pub groups: Vec<Group>,
}

impl AgainReport {
    /// How many answers were refused.
    #[must_use]
    pub fn refused(&self) -> u32 {
        let bad = self.groups.iter().filter(|g| !g.refused.is_empty());
        bad.map(|g| g.times).sum()
    }

    /// How many answers were accepted, and a check found something in them.
    #[must_use]
    pub fn found(&self) -> u32 {
        let bad = self
            .groups
            .iter()
            .filter(|g| g.refused.is_empty() && !g.findings.is_empty());
        bad.map(|g| g.times).sum()
    }
}

/// Sends the request of a step `times` times, each with a seed of its own, and
/// weighs every answer as if it stood in the step's place. The session is not
/// changed; `told` hears after each answer how far it is.
///
/// # Errors
/// Nobody was asked for that step.
pub async fn run(
    seats: &Seats,
    session: &Session,
    step: StepId,
    times: u32,
    told: impl Fn(&AgainReport),
) -> Result<AgainReport, String> {
    let made = session
        .step(step)
        .ok_or_else(|| String::from("there is no such step"))?;
    let first = session.asked_again(step, 0).ok_or_else(|| {
        format!(
            "nobody was asked for step {}: code or a person made it",
            made.body.number
        )
    })?;
    let at = &At {
        aside: true,
        ..At::after(session, made.parent)
    };
    let mut report = AgainReport {
        step: made.body.number,
        seat: seats::seat_word(first.role).to_owned(),
        wanted: times,
        ..AgainReport::default()
    };
    // In the order of asking, so that the same answers give the same report.
    let mut answers: Vec<Option<(Reply, Weighed)>> = Vec::new();
    answers.resize_with(times as usize, || None);
    let one = |n: u32| async move {
        let request = session.asked_again(step, n);
        let reply = match request {
            Some(request) => seats.ask(&request, at, &mut |_: Seen| {}).await,
            None => Err(String::from("the step cannot be asked for")),
        };
        (n, reply)
    };
    let mut flying = FuturesUnordered::new();
    let mut next = 0;
    loop {
        while next < times && flying.len() < AT_ONCE {
            flying.push(one(next));
            next += 1;
        }
        let Some((n, reply)) = flying.next().await else {
            return Ok(report);
        };
        match reply {
            Err(why) => report.failed.push(why),
            Ok(reply) => {
                report.answered += 1;
                if let By::Model(name) = &reply.by {
                    report.by.clone_from(name);
                }
                if let (Some(weighed), Some(slot)) =
                    (session.weigh(step, &reply), answers.get_mut(n as usize))
                {
                    *slot = Some((reply, weighed));
                }
            }
        }
        report.groups = groups(&answers);
        told(&report);
        // One that no try can mend would only fail as often as it is asked.
        if report.failed.len() > AT_ONCE && report.answered == 0 {
            next = times;
        }
    }
}

fn groups(answers: &[Option<(Reply, Weighed)>]) -> Vec<Group> {
    let mut keys: Vec<&str> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for (reply, weighed) in answers.iter().flatten() {
        let found = keys.iter().position(|key| *key == weighed.key);
        if let Some(group) = found.and_then(|at| groups.get_mut(at)) {
            group.times += 1;
            continue;
        }
        keys.push(&weighed.key);
        groups.push(Group {
            times: 1,
            what: weighed.what.clone(),
            text: reply.text.clone(),
            refused: weighed.refused.clone(),
            findings: weighed.body.as_deref().map(found_in).unwrap_or_default(),
        });
    }
    // Stable: equal ones stay in the order in which they first came.
    groups.sort_by_key(|group| std::cmp::Reverse(group.times));
    groups
}

fn found_in(body: &Body) -> Vec<String> {
    body.findings.iter().map(|f| f.what.clone()).collect()
}
