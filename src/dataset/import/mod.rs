//! Conversations that were made elsewhere, read so that they can be checked.
//!
//! A format is one file that implements [`Format`], and a row of [`FORMATS`].
//! Reading is lenient where a transcript is untidy (null contents, ids used
//! twice, calls by the user's side) and says what it could not read. `entries`
//! finds the conversations of a file (`input` its bytes, `scan` how they hang
//! together, `split` the parts of a document, `place` where they are), `reader`
//! keeps what they share, `turns` what the formats have in common.

mod anthropic;
mod entries;
mod format;
mod input;
pub mod labelled;
mod openai;
mod own;
mod place;
mod reader;
mod results;
mod scan;
mod sharegpt;
mod split;
pub mod tau;
mod turns;

pub use entries::{Entries, lines};
pub use format::{FORMATS, Format, format, read};
pub use input::text;
pub use place::{BadEntry, By, Entry, LINE, Place};
pub use reader::{Given, Reader};
pub use turns::hear_tools as tools_of;

use crate::engine::grounding::{Call, Check, Ran, Report, SharedTold, Turn};
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::engine::world::{Node, Patch};
use std::collections::HashMap;
use std::sync::Arc;

/// A conversation from elsewhere: what everybody was told, and the turns.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its name where it comes from.
    pub id: String,
    /// What everybody was told; shared by those of one kind.
    pub told: SharedTold,
    /// The world before the first turn, where there is one.
    pub world: Option<Node>,
    /// The turns, in order. The number of a turn is its place, from 1.
    pub turns: Vec<Said>,
    /// The first turn that is judged, from 0; those before it are heard alone, and
    /// `world` is that before this one.
    pub from: usize,
}

/// One turn of a recorded conversation.
#[derive(Clone, Debug)]
pub enum Said {
    /// The user.
    User(String),
    /// The agent, with its calls.
    Agent {
        /// The words.
        text: String,
        /// The calls.
        calls: Vec<Called>,
    },
    /// Calls by the user's side, with its words.
    UserCalls {
        /// The words.
        text: String,
        /// The calls.
        calls: Vec<Called>,
    },
    /// A tool's answer.
    Ran(Box<Answered>),
}

/// A call of a recorded conversation.
#[derive(Clone, Debug)]
pub struct Called {
    /// Its id; may be used twice in one conversation.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// The arguments.
    pub args: Node,
}

/// A tool's answer in a recorded conversation.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Whether the user's side called.
    pub by_user: bool,
    /// The tool; empty where no call of this id was seen.
    pub tool: String,
    /// The arguments.
    pub args: Node,
    /// Whether it succeeded.
    pub ok: bool,
    /// The text as it was read.
    pub text: String,
    /// The text as a value, where it is JSON; else the text.
    pub result: Node,
    /// What it did to the world, where that was recorded.
    pub patch: Option<Patch>,
}

const MAIN: &[String] = &[];

impl Recorded {
    /// Hands every turn to `see` with the check as it stands before it, and has
    /// the check hear it afterwards.
    pub fn follow(&self, see: &mut dyn FnMut(u32, &Said, &Check, &Turn<'_>)) {
        let main = [String::from("main")];
        let mut check = Check::new(Arc::clone(&self.told));
        let mut world = self.world.clone();
        if let Some(world) = &world {
            check.stand(world);
        }
        for (i, said) in self.turns.iter().enumerate() {
            let step = u32::try_from(i + 1).unwrap_or(u32::MAX);
            let mut run = |turn: &Turn<'_>| {
                see(step, said, &check, turn);
                check.hear(turn, step);
            };
            match said {
                Said::User(text) | Said::UserCalls { text, .. } => run(&Turn::User { text }),
                Said::Agent { text, calls } => {
                    let calls: Vec<Call<'_>> = calls
                        .iter()
                        .map(|c| Call {
                            tool: &c.tool,
                            args: &c.args,
                            agent: false,
                        })
                        .collect();
                    run(&Turn::Agent {
                        agent: &main,
                        text,
                        calls: &calls,
                    });
                }
                Said::Ran(ran) => {
                    let before = world.clone();
                    match (&world, &ran.patch) {
                        (Some(w), Some(patch)) => {
                            if let Ok(applied) = patch.apply(w) {
                                world = Some(applied.world);
                            }
                        }
                        // What a write did that was not recorded nobody knows:
                        // from then on there is no world to hold results against.
                        (Some(_), None) if i >= self.from && ran.ok && self.may_write(ran) => {
                            world = None;
                        }
                        (Some(_) | None, None) | (None, Some(_)) => {}
                    }
                    run(&Turn::Ran(&Ran {
                        agent: if ran.by_user { MAIN } else { &main },
                        tool: &ran.tool,
                        args: &ran.args,
                        ok: ran.ok,
                        result: &ran.result,
                        text: &ran.text,
                        patch: ran.patch.as_ref(),
                        before: before.as_ref(),
                        // A world that is not followed step by step says nothing
                        // about what a write did.
                        after: ran.patch.as_ref().and(world.as_ref()),
                        reads: None,
                        writes: None,
                        computed: false,
                    }));
                }
            }
        }
    }

    /// Whether a call may have changed the world: all but those that are known to
    /// read alone.
    fn may_write(&self, ran: &Answered) -> bool {
        let facts = self.told.tools.iter().find(|t| t.name == ran.tool);
        facts.and_then(|t| t.mutates) != Some(false)
    }

    /// The reports of all turns.
    #[must_use]
    pub fn check(&self) -> Vec<Report> {
        let mut out = Vec::with_capacity(self.turns.len());
        self.follow(&mut |step, _, check, turn| out.push(check.judge(turn, step)));
        out
    }
}

/// Calls of a conversation by id, so that an answer finds its call: the newest
/// call of an id is the one that is answered.
#[derive(Default)]
struct Open {
    calls: HashMap<String, (String, Node, bool)>,
}

impl Open {
    fn call(&mut self, call: &Called, by_user: bool) {
        let kept = (call.tool.clone(), call.args.clone(), by_user);
        self.calls.insert(call.id.clone(), kept);
    }
}

/// A conversation that was read.
#[derive(Clone, Debug)]
pub enum Conversation {
    /// From elsewhere: turns.
    Recorded(Box<Recorded>),
    /// One of ours, rebuilt from its log.
    Lived {
        /// Its name.
        id: String,
        /// The session.
        session: Box<Session>,
        /// The newest step of the branch that is meant.
        at: Option<StepId>,
    },
}

impl Conversation {
    fn recorded(recorded: Recorded) -> Self {
        Self::Recorded(Box::new(recorded))
    }

    /// Its name; may be empty.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Recorded(recorded) => &recorded.id,
            Self::Lived { id, .. } => id,
        }
    }
}
