//! What can be said at the prompt of `stategen step`.

use crate::engine::halt::Break;
use crate::engine::scenario::nearest::did_you_mean;

/// What is said, what it does.
pub const HELP: &[(&str, &str)] = &[
    ("step (or an empty line)", "one role acts once"),
    ("round", "until it is the user's turn again"),
    ("run", "to the end, the judge included"),
    ("judge", "ask the judge now"),
    ("retry", "make the last step again, as another try"),
    (
        "tries [N]",
        "the tries of a step; `tries N K` goes to the K-th",
    ),
    (
        "try N [TIMES]",
        "run the rest from step N on several times, and compare",
    ),
    (
        "back N",
        "go on from step N in this branch; 0 is the start; `undo` gives the rest back",
    ),
    ("fork [N]", "a new branch from step N, or from here"),
    ("branches", "the branches; `switch NAME` goes to one"),
    ("undo, redo", "take the last command back, do it again"),
    (
        "say TEXT, done [TEXT]",
        "speak as the user; `done` ends the conversation",
    ),
    ("reply TEXT", "speak as the agent"),
    (
        "answer JSON, fail TEXT",
        "the result of the tool that is called",
    ),
    (
        "take SEAT [once], hand SEAT",
        "take a seat (user, agent, agent/NAME, tool, tool/NAME), hand it back",
    ),
    (
        "break [CONDITION; …]",
        "stop by itself: rule, finding, tool NAME, step N, score AXIS<N",
    ),
    (
        "fault [WORD]",
        "the faults that fit here; `fault timeout` makes the next step with one in it",
    ),
    ("show [N], where", "all steps, or one; where it stands"),
    (
        "world [PATH], change [N]",
        "the world, or a value of it; what a step changed",
    ),
    ("persona, goal", "who the user is, and what they want"),
    ("scores, findings", "verdicts and assertions; what is wrong"),
    (
        "wire [N], prompt ROLE",
        "what was sent for a step; what a role was asked",
    ),
    (
        "approve [WHY], discard [WHY]",
        "decide about this branch; `undecide` takes it back",
    ),
    ("tag WORD, comment TEXT, mark", "write beside it"),
    ("help, quit", "this; leave (all is stored)"),
];

/// A line, read.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    Step,
    Round,
    Run,
    Judge,
    Retry(bool),
    Tries(Option<u32>, Option<usize>),
    Try(u32, u32),
    Back(u32),
    Fork(Option<u32>),
    Branches,
    Switch(String),
    Undo,
    Redo,
    Say(String),
    Done(String),
    Reply(String),
    Answer(String),
    Fail(String),
    Take(String, bool),
    Hand(String),
    Break(Option<Vec<Break>>),
    Fault(Option<String>),
    Show(Option<u32>),
    Where,
    World(String),
    Change(Option<u32>),
    Persona,
    Goal,
    Scores,
    Findings,
    Wire(Option<u32>),
    Prompt(String),
    Approve(String),
    Discard(String),
    Undecide,
    Tag(String),
    Comment(String),
    Mark,
    Help,
    Quit,
}

const WORDS: [&str; 42] = [
    "step", "round", "run", "judge", "retry", "tries", "try", "back", "fork", "branches", "switch",
    "undo", "redo", "say", "done", "reply", "answer", "fail", "take", "hand", "break", "fault",
    "show", "where", "world", "change", "persona", "goal", "scores", "findings", "wire", "prompt",
    "approve", "discard", "undecide", "tag", "comment", "mark", "help", "quit", "exit", "?",
];

impl Order {
    /// Reads a line.
    ///
    /// # Errors
    /// One sentence without its full stop.
    pub fn read(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (word, rest) = line
            .split_once(char::is_whitespace)
            .map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let number = |what: &str| {
            rest.parse::<u32>()
                .map_err(|_| format!("`{word}` takes {what}, not `{rest}`"))
        };
        let step = || -> Result<Option<u32>, String> {
            if rest.is_empty() {
                Ok(None)
            } else {
                number("the number of a step").map(Some)
            }
        };
        let text = || {
            if rest.is_empty() {
                Err(format!("`{word}` takes words after it"))
            } else {
                Ok(rest.to_owned())
            }
        };
        let bare = |order: Self| {
            if rest.is_empty() {
                Ok(order)
            } else {
                Err(format!("`{word}` takes nothing after it"))
            }
        };
        match word {
            "" | "step" => bare(Self::Step),
            "round" => bare(Self::Round),
            "run" => bare(Self::Run),
            "judge" => bare(Self::Judge),
            "retry" if rest == "clean" => Ok(Self::Retry(true)),
            "retry" => bare(Self::Retry(false)),
            "tries" => {
                let mut parts = rest.split_whitespace().map(str::parse::<u32>);
                match (parts.next(), parts.next(), parts.next()) {
                    (None, _, _) => Ok(Self::Tries(None, None)),
                    (Some(Ok(n)), None, _) => Ok(Self::Tries(Some(n), None)),
                    (Some(Ok(n)), Some(Ok(k)), None) => Ok(Self::Tries(Some(n), Some(k as usize))),
                    _ => Err(String::from(
                        "`tries` takes the number of a step, and then of a try",
                    )),
                }
            }
            "try" => {
                let mut parts = rest.split_whitespace().map(str::parse::<u32>);
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(Ok(n)), None, _) => Ok(Self::Try(n, 8)),
                    (Some(Ok(n)), Some(Ok(times)), None) if times > 0 => Ok(Self::Try(n, times)),
                    _ => Err(String::from(
                        "`try` takes the number of a step (0 is the start) and how often",
                    )),
                }
            }
            "back" => Ok(Self::Back(number("the number of a step")?)),
            "fork" => Ok(Self::Fork(step()?)),
            "branches" => bare(Self::Branches),
            "switch" => Ok(Self::Switch(text()?)),
            "undo" => bare(Self::Undo),
            "redo" => bare(Self::Redo),
            "say" => Ok(Self::Say(text()?)),
            "done" => Ok(Self::Done(rest.to_owned())),
            "reply" => Ok(Self::Reply(text()?)),
            "answer" => Ok(Self::Answer(text()?)),
            "fail" => Ok(Self::Fail(text()?)),
            "take" => {
                let seat = text()?;
                match seat.strip_suffix(" once") {
                    Some(seat) => Ok(Self::Take(seat.trim().to_owned(), true)),
                    None => Ok(Self::Take(seat, false)),
                }
            }
            "hand" => Ok(Self::Hand(text()?)),
            "break" if rest.is_empty() => Ok(Self::Break(None)),
            "break" if rest == "none" => Ok(Self::Break(Some(Vec::new()))),
            "break" => {
                let all: Result<Vec<Break>, String> = rest
                    .split(';')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(Break::parse)
                    .collect();
                Ok(Self::Break(Some(all?)))
            }
            "fault" if rest.is_empty() => Ok(Self::Fault(None)),
            "fault" => Ok(Self::Fault(Some(rest.to_owned()))),
            "show" => Ok(Self::Show(step()?)),
            "where" => bare(Self::Where),
            "world" => Ok(Self::World(rest.to_owned())),
            "change" => Ok(Self::Change(step()?)),
            "persona" => bare(Self::Persona),
            "goal" => bare(Self::Goal),
            "scores" => bare(Self::Scores),
            "findings" => bare(Self::Findings),
            "wire" => Ok(Self::Wire(step()?)),
            "prompt" => Ok(Self::Prompt(text()?)),
            "approve" => Ok(Self::Approve(rest.to_owned())),
            "discard" => Ok(Self::Discard(rest.to_owned())),
            "undecide" => bare(Self::Undecide),
            "tag" => Ok(Self::Tag(text()?)),
            "comment" => Ok(Self::Comment(rest.to_owned())),
            "mark" => bare(Self::Mark),
            "help" | "?" => Ok(Self::Help),
            "quit" | "exit" => bare(Self::Quit),
            other => {
                let near = did_you_mean(other, WORDS);
                let near = near.trim();
                Err(if near.is_empty() {
                    format!("`{other}` is nothing that can be said here; `help` lists what can")
                } else {
                    format!(
                        "`{other}` is nothing that can be said here. {}; `help` lists what can",
                        near.trim_end_matches('.')
                    )
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        for (line, order) in [
            ("", Order::Step),
            (" step ", Order::Step),
            ("back 3", Order::Back(3)),
            ("fork", Order::Fork(None)),
            ("try 2 5", Order::Try(2, 5)),
            ("try 0", Order::Try(0, 8)),
            ("tries 4 2", Order::Tries(Some(4), Some(2))),
            ("say hello  there", Order::Say("hello  there".into())),
            (
                "take tool/refund once",
                Order::Take("tool/refund".into(), true),
            ),
            ("break none", Order::Break(Some(Vec::new()))),
            (
                "break rule; step 4",
                Order::Break(Some(vec![Break::Rule, Break::Step(4)])),
            ),
            ("fault", Order::Fault(None)),
            ("fault lost_reply", Order::Fault(Some("lost_reply".into()))),
            ("approve good one", Order::Approve("good one".into())),
        ] {
            assert_eq!(Order::read(line).as_ref(), Ok(&order), "{line}");
        }
        for (line, why) in [
            ("back", "takes the number"),
            ("back x", "not `x`"),
            ("say", "takes words"),
            ("round 2", "takes nothing"),
            ("setp", "step"),
            ("xyzzyplugh", "`help`"),
            ("break rules", "one of"),
            ("try 1 0", "how often"),
        ] {
            let found = Order::read(line).unwrap_err();
            assert!(found.contains(why), "{line}: {found}");
        }
    }
}
