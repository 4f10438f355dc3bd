//! Conversations that were made elsewhere, read so that they can be checked.
//!
//! A format is one file: `tau` (conversations and traces of the tau family),
//! `labelled` (records with a label for the turn to judge, to measure the check).
//! Reading is lenient where a transcript is untidy (null contents, ids used
//! twice, calls by the user's side) and says what it could not read.

pub mod labelled;
pub mod tau;

use crate::engine::grounding::{Call, Check, Ran, Report, SharedTold, Turn};
use crate::engine::world::{Node, Patch};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
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
                    if let (Some(w), Some(patch)) = (&world, &ran.patch)
                        && let Ok(applied) = patch.apply(w)
                    {
                        world = Some(applied.world);
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

/// The lines of a file, unpacked where it is gzipped. Empty lines are left out.
///
/// # Errors
/// The file cannot be read; the line where that happened is named.
pub fn lines(path: &Path) -> Result<Vec<(usize, String)>, String> {
    let at = |e: std::io::Error| format!("{}: {e}", path.display());
    let file = std::fs::File::open(path).map_err(at)?;
    let mut head = [0u8; 2];
    let mut file = BufReader::new(file);
    let packed = {
        let seen = file.fill_buf().map_err(at)?;
        let n = seen.len().min(2);
        head.iter_mut().zip(seen).for_each(|(h, s)| *h = *s);
        n == 2 && head == [0x1f, 0x8b]
    };
    let inner: Box<dyn Read> = if packed {
        Box::new(flate2::bufread::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut out = Vec::new();
    for (i, line) in BufReader::new(inner).lines().enumerate() {
        let line = line.map_err(|e| format!("{}:{}: {e}", path.display(), i + 1))?;
        if !line.trim().is_empty() {
            out.push((i + 1, line));
        }
    }
    Ok(out)
}

/// A whole file, unpacked where it is gzipped.
///
/// # Errors
/// The file cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    let lines = lines(path)?;
    let lines: Vec<String> = lines.into_iter().map(|(_, l)| l).collect();
    Ok(lines.join("\n"))
}
