//! What the workbench knows of the calls of models: who plays which seat, what
//! it cost, what the call in flight waits for, and which call failed last.

use crate::driver::spend::Used;
use crate::driver::{AgainReport, SeatRow, Spend};
use crate::engine::id::{CallId, StepId};
use crate::engine::input::Command;
use crate::engine::role::Role;
use crate::engine::scenario::Executor;
use crate::engine::session::{Session, State};
use std::sync::Arc;

/// All of it, of one conversation.
#[derive(Debug, Default)]
pub struct Calls {
    /// What it has cost so far.
    pub spend: Spend,
    /// Who plays which seat.
    pub seats: Vec<SeatRow>,
    /// What the call in flight waits for.
    pub waiting: Option<(CallId, String)>,
    /// The last command that asks a seat: what a retry after a failure repeats.
    pub asked: Option<Command>,
    /// The call in flight, or the last one that was.
    pub flying: Option<Flying>,
    /// Whether `flying` failed, and nothing was done since.
    pub failed: bool,
    /// The request that is sent again, if any.
    pub again: Option<Again>,
}

/// A call that is to become a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flying {
    /// The first call for this step; repairs follow it.
    pub first: CallId,
    /// The call.
    pub call: CallId,
    /// The seat.
    pub role: Role,
    /// The agent path.
    pub agent: Vec<String>,
    /// The step before it.
    pub parent: Option<StepId>,
    /// The number that the step would have.
    pub number: u32,
}

/// A step's request sent several times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The step.
    pub step: StepId,
    /// Its number.
    pub number: u32,
    /// How many answers were asked for.
    pub times: u32,
    /// Whether no more are wanted.
    pub stopped: bool,
    /// How far it has come; `None` before the first answer.
    pub report: Option<Arc<AgainReport>>,
    /// What came of the same step the time before.
    pub before: Option<Arc<AgainReport>>,
}

impl Again {
    /// Answers and failures so far.
    #[must_use]
    pub fn done(&self) -> u32 {
        self.report.as_ref().map_or(0, |r| over(r))
    }
    /// Whether more answers are to come.
    #[must_use]
    pub fn running(&self) -> bool {
        let wanted = self.report.as_ref().map_or(self.times, |r| r.wanted);
        !self.stopped && self.done() < wanted
    }
}

/// Answers and failures of a report.
fn over(report: &AgainReport) -> u32 {
    let failed = u32::try_from(report.failed.len()).unwrap_or(u32::MAX);
    report.answered.saturating_add(failed)
}

impl Calls {
    /// The session moved on; `now` is the call in flight, `straight` says that
    /// one was in flight just before too.
    pub fn flies(&mut self, now: Option<Flying>, straight: bool) {
        let Some(mut now) = now else {
            self.waiting = None;
            return;
        };
        if let Some(before) = &self.flying {
            if before.call == now.call {
                return;
            }
            // A repair asks for the same step again.
            if straight && before.parent == now.parent && before.role == now.role {
                now.first = before.first;
            }
        }
        self.waiting = None;
        self.failed = false;
        self.flying = Some(now);
    }
    /// What the call in flight waits for.
    #[must_use]
    pub fn waits(&self, call: CallId) -> Option<&str> {
        let (of, words) = self.waiting.as_ref()?;
        (*of == call).then_some(words.as_str())
    }
    /// The row of a seat: its own, or that of its role.
    #[must_use]
    pub fn row(&self, seat: &str) -> Option<&SeatRow> {
        let role = seat.split('/').next().unwrap_or(seat);
        self.seats
            .iter()
            .find(|row| row.seat == seat)
            .or_else(|| self.seats.iter().find(|row| row.seat == role))
    }
    /// Whether any seat can be given another player.
    #[must_use]
    pub fn can_choose(&self) -> bool {
        self.seats.iter().any(|row| row.choices.len() > 1)
    }
    /// What an answer of `again` adds.
    pub fn came_again(&mut self, report: Arc<AgainReport>) {
        if let Some(again) = &mut self.again {
            again.report = Some(report);
        }
    }
    /// A step's request is sent again.
    pub fn ask_again(&mut self, step: StepId, number: u32, times: u32) {
        let before = self
            .again
            .take()
            .filter(|a| a.step == step)
            .and_then(|a| a.report.filter(|r| r.answered > 0).or(a.before));
        self.again = Some(Again {
            step,
            number,
            times,
            stopped: false,
            report: None,
            before,
        });
    }
}

/// The seat that acts next at a place, as the driver names it.
#[must_use]
pub fn seat_next(session: &Session) -> String {
    let place = session.place(session.head());
    let role = match session.state() {
        State::Calling { role, .. } => Some(*role),
        _ => None,
    };
    if role == Some(Role::Judge) || (role.is_none() && place.ended.is_some()) {
        return String::from("judge");
    }
    let Some(frame) = place.stack.last() else {
        return String::from("user");
    };
    if let (Some(call), None) = (frame.pending.first(), &frame.answer) {
        let tool = session
            .scenario()
            .tools
            .iter()
            .find(|t| t.name == call.tool);
        if tool.is_some_and(|t| t.executor == Executor::Model) {
            return format!("tool/{}", call.tool);
        }
    }
    if place.stack.len() > 1 && frame.answer.is_none() {
        format!("agent/{}", frame.agent)
    } else {
        String::from("agent")
    }
}

/// Millionths of a dollar, as people write them: `$0.031`.
#[must_use]
pub fn money(micros: u64) -> String {
    let dollars = micros as f64 / 1e6;
    match micros {
        0 => String::from("$0"),
        1..1_000 => format!("${dollars:.4}"),
        1_000..1_000_000 => format!("${dollars:.3}"),
        _ => format!("${dollars:.2}"),
    }
}

/// What was spent: `$?` where nothing has a price, `$0.031+?` where a part has none.
#[must_use]
pub fn spent(used: &Used) -> String {
    match (used.cost_micros, used.unpriced) {
        (0, 1..) => String::from("$?"),
        (cost, 1..) => format!("{}+?", money(cost)),
        (cost, 0) => money(cost),
    }
}

/// A number of tokens: `950`, `1.9k`, `2.4M`.
#[must_use]
pub fn tokens(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        1_000..999_950 => format!("{:.1}k", n as f64 / 1e3),
        _ => format!("{:.1}M", n as f64 / 1e6),
    }
}
