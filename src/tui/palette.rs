//! The `:` line: every action by its id, and the verbs with their arguments.

use super::able;
use super::model::Model;
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::command::{CommandLine, split};
use super::update::{act, under};
use super::{asking, deciding, editing, finding, looks, opening, pointing, screen, taking, travel};
use crate::config;
use crate::surface::{ACTIONS, Action, Row, VERBS, Verb, Word};

type Said = fn(&mut Model, Verb, &str) -> Option<Result<Vec<Cmd>, String>>;
type Next = fn(&Model, Verb, &[&str]) -> Option<Vec<Word>>;

/// Each kind of verb with its own file: what it does, and what may follow it.
const SAID: &[(Said, Next)] = &[
    (verb, words),
    (asking::verb, asking::words),
    (travel::verb, travel::words),
    (taking::verb, taking::words),
    (editing::verb, editing::words),
    (pointing::verb, pointing::words),
    (finding::verb, finding::words),
    (deciding::verb, deciding::words),
    (opening::verb, opening::words),
    (looks::verb, looks::words),
    (screen::curate::verb, screen::curate::words),
    (screen::scenario::verb, screen::scenario::words),
    (screen::batch::verb, screen::batch::words),
];

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    if action == Action::Command {
        model.overlay = Some(Overlay::Command(CommandLine::default()));
        return Some(Vec::new());
    }
    if !matches!(
        action,
        Action::CommandRun
            | Action::CommandFill
            | Action::CommandDown
            | Action::CommandUp
            | Action::CommandClose
    ) {
        return None;
    }
    let Some(Overlay::Command(mut line)) = model.overlay.take() else {
        return Some(Vec::new());
    };
    let words = offered(model, &line.text);
    match action {
        Action::CommandClose => return Some(Vec::new()),
        Action::CommandFill => line.fill(&words),
        Action::CommandDown => line.turn(true, &words),
        Action::CommandUp => line.turn(false, &words),
        _ => {
            if line.at.is_some() {
                line.fill(&words);
            }
            match say(model, &line.text) {
                Ok(cmds) => return Some(cmds),
                Err(why) => line.said = Some(why),
            }
        }
    }
    model.overlay = Some(Overlay::Command(line));
    Some(Vec::new())
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

/// What a verb of this kind does; `None` for another kind.
fn verb(model: &mut Model, verb: Verb, rest: &str) -> Option<Result<Vec<Cmd>, String>> {
    if verb != Verb::Mouse {
        return None;
    }
    let on = match rest {
        "on" => true,
        "off" => false,
        "" => !model.mouse,
        _ => return Some(Err(String::from("`mouse` takes on or off"))),
    };
    model.mouse = on;
    model.note = Some(String::from(if on {
        "the mouse is on; most terminals select text with shift held"
    } else {
        "the mouse is off"
    }));
    Some(Ok(vec![Cmd::Mouse(on)]))
}

/// What may come next behind a verb of this kind; `None` for another kind.
fn words(model: &Model, verb: Verb, before: &[&str]) -> Option<Vec<Word>> {
    (verb == Verb::Mouse).then(|| {
        let is = |on| if model.mouse == on { "as it is" } else { "" };
        let both = vec![Word::new("on", is(true)), Word::new("off", is(false))];
        if before.is_empty() { both } else { Vec::new() }
    })
}

/// The actions that have a meaning here.
fn here(model: &Model) -> impl Iterator<Item = &'static Row> {
    let places = under(model);
    ACTIONS
        .iter()
        .filter(move |row| places.contains(&row.place))
}

/// What may come next in a line.
pub(super) fn offered(model: &Model, text: &str) -> Vec<Word> {
    let (before, typed) = split(text);
    let all: Vec<Word> = match before.split_first() {
        None => VERBS
            .iter()
            .map(|row| Word {
                word: row.word.to_owned(),
                then: row.takes.to_owned(),
                what: row.words.to_owned(),
            })
            .chain(
                here(model)
                    .filter(|row| Verb::parse(row.id).is_none())
                    .map(|row| Word::new(row.id, row.words)),
            )
            .collect(),
        Some((word, before)) => Verb::parse(word)
            .and_then(|verb| SAID.iter().find_map(|(_, next)| next(model, verb, before)))
            .unwrap_or_default(),
    };
    let typed = typed.to_lowercase();
    all.into_iter()
        .filter(|w| w.word.to_lowercase().contains(&typed))
        .collect()
}

/// Does what a line says.
fn say(model: &mut Model, text: &str) -> Result<Vec<Cmd>, String> {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let now =
        |model: &Model, action| able::able(model, action).map_err(|why| format!("not now: {why}"));
    if word.is_empty() {
        return Err(String::from("type a command"));
    }
    if let Some(row) = VERBS.iter().find(|row| row.word == word) {
        row.like.map_or(Ok(()), |like| now(model, like))?;
        let said = SAID
            .iter()
            .find_map(|(said, _)| said(model, row.verb, rest.trim()));
        return said.unwrap_or_else(|| Err(format!("`{word}` does nothing here")));
    }
    let Some(row) = here(model).find(|row| row.id == word) else {
        let verbs = VERBS.iter().map(|row| row.word);
        let known: Vec<&str> = verbs.chain(here(model).map(|row| row.id)).collect();
        return Err(match ACTIONS.iter().find(|row| row.id == word) {
            Some(row) => format!("`{word}` has no meaning here: {}", row.words),
            None => unknown("command", word, known),
        });
    };
    if !rest.trim().is_empty() {
        return Err(format!("nothing follows `{word}`"));
    }
    now(model, row.action)?;
    Ok(act(model, row.action))
}

/// There is none of this name, and which is nearest.
pub(super) fn unknown<'a>(
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let all: Vec<&str> = known.into_iter().collect();
    if let Some(near) = config::nearest(word, all.iter().copied()) {
        return format!("there is no {what} `{word}`; `{near}` is near it");
    }
    if all.len() > 12 {
        return format!("there is no {what} `{word}`");
    }
    format!("there is no {what} `{word}`; there are: {}", all.join(", "))
}
