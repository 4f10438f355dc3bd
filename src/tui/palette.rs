//! The palette (every action by its name, the verbs with their arguments), and
//! the list of keys: what they offer, and doing what is chosen.

use super::able;
use super::fuzzy::Fuzzy;
use super::layout::Pane;
use super::looking::show;
use super::model::Model;
use super::msg::Cmd;
use super::overlay::Overlay;
use super::overlay::help::{self, Help};
use super::overlay::palette::{CommandLine, Does, Offer, split};
use super::screen::Screen;
use super::update::{act, place_of, under};
use super::{
    asking, deciding, editing, exporting, faulting, finding, looks, pointing, screen, taking,
    travel,
};
use crate::config;
use crate::surface::{ACTIONS, Action, Place, Row, VERBS, Verb, Word};

type Said = fn(&mut Model, Verb, &str) -> Option<Result<Vec<Cmd>, String>>;
type Next = fn(&Model, Verb, &[&str]) -> Option<Vec<Word>>;

/// Each kind of verb with its own file: what it does, and what may follow it.
const SAID: &[(Said, Next)] = &[
    (verb, words),
    (asking::verb, asking::words),
    (travel::verb, travel::words),
    (taking::verb, taking::words),
    (faulting::verb, faulting::words),
    (editing::verb, editing::words),
    (pointing::verb, pointing::words),
    (finding::verb, finding::words),
    (deciding::verb, deciding::words),
    (exporting::verb, exporting::words),
    (looks::verb, looks::words),
    (screen::scenario::verb, screen::scenario::words),
];

/// What is done; `None` for an action that is not of this kind.
pub(super) fn about(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    match action {
        Action::Command => {
            model.overlay = Some(Overlay::Command(CommandLine::default()));
            Some(Vec::new())
        }
        Action::CommandRun
        | Action::CommandFill
        | Action::CommandDown
        | Action::CommandUp
        | Action::CommandClose => Some(in_palette(model, action)),
        Action::Help => {
            model.overlay = Some(Overlay::Help(Help::default()));
            Some(Vec::new())
        }
        Action::HelpDown
        | Action::HelpUp
        | Action::HelpPageDown
        | Action::HelpPageUp
        | Action::HelpRun
        | Action::HelpClose => Some(in_help(model, action)),
        _ => None,
    }
}

/// Why an action of this kind cannot be done now; `None` for another kind.
pub(super) fn able(_model: &Model, _action: Action) -> Option<Result<(), String>> {
    None
}

fn in_palette(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Command(mut line)) = model.overlay.take() else {
        return Vec::new();
    };
    let offers = offered(model, &line.text);
    match action {
        Action::CommandClose => return Vec::new(),
        Action::CommandFill => line.fill(&offers),
        Action::CommandDown => line.turn(true, offers.len()),
        Action::CommandUp => line.turn(false, offers.len()),
        _ => match chosen(&line, &offers).map(|offer| (offer.does, &offer.word)) {
            // What wants words is not done without them.
            Some((Does::Say(verb), word)) if wants(verb) => {
                line = CommandLine::of(&word.word);
            }
            found => {
                let text = match found {
                    Some((Does::Fill, _)) => {
                        line.fill(&offers);
                        line.text.clone()
                    }
                    Some((_, word)) => word.word.clone(),
                    None => line.text.clone(),
                };
                match say(model, &text) {
                    Ok(cmds) => return cmds,
                    Err(why) => line.said = Some(why),
                }
            }
        },
    }
    model.overlay = Some(Overlay::Command(line));
    Vec::new()
}

/// The row that `enter` does: the chosen one, else the best of a first word
/// that is no name by itself.
fn chosen<'a>(line: &CommandLine, offers: &'a [Offer]) -> Option<&'a Offer> {
    if let Some(at) = line.at {
        return offers.get(at);
    }
    let (before, typed) = split(&line.text);
    let name = |offer: &&Offer| offer.word.word == typed;
    if typed.is_empty() || !before.is_empty() || offers.iter().any(|o| name(&o)) {
        return None;
    }
    offers.first()
}

/// Whether a verb does nothing without words behind it.
fn wants(verb: Verb) -> bool {
    let takes = verb.row().map_or("", |row| row.takes);
    !takes.is_empty() && !takes.starts_with('[')
}

/// Does what is chosen in the list of keys, or moves in it.
fn in_help(model: &mut Model, action: Action) -> Vec<Cmd> {
    let Some(Overlay::Help(mut help)) = model.overlay.take() else {
        return Vec::new();
    };
    let entries = help::entries(model, &help.filter);
    let last = entries.len().saturating_sub(1);
    let page = usize::from(model.size.1 / 2).max(1);
    let at = help.at.min(last);
    help.at = match action {
        Action::HelpClose => return Vec::new(),
        Action::HelpDown => at.saturating_add(1).min(last),
        Action::HelpUp => at.saturating_sub(1),
        Action::HelpPageDown => at.saturating_add(page).min(last),
        Action::HelpPageUp => at.saturating_sub(page),
        _ => {
            let does = entries.get(at).map(|entry| entry.does);
            match does {
                Some(Does::Say(verb)) => {
                    let word = verb.row().map_or("", |row| row.word);
                    model.overlay = Some(Overlay::Command(CommandLine::of(word)));
                    return Vec::new();
                }
                Some(Does::Act(action)) => match reach(model, action) {
                    Ok(cmds) => return cmds,
                    Err(why) => model.note = Some(why),
                },
                Some(Does::Fill) | None => {}
            }
            at
        }
    };
    model.overlay = Some(Overlay::Help(help));
    Vec::new()
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

/// The actions that can be reached from here: those of this screen, and of its
/// panes, whichever has the keys.
pub(super) fn here(model: &Model) -> impl Iterator<Item = &'static Row> + Clone + use<> {
    let mut places = under(model);
    if model.screen == Screen::Run && model.run.is_some() {
        places.extend(Pane::ALL.into_iter().filter_map(place_of));
    }
    ACTIONS
        .iter()
        .filter(move |row| places.contains(&row.place))
}

/// Why an action that can be reached from here cannot be done now. Where its
/// place is elsewhere, that is the reason.
pub(super) fn off(model: &Model, action: Action) -> Option<String> {
    let row = action.row()?;
    if here(model).any(|known| known.action == action) {
        return able::able(model, action).err();
    }
    let (screen, key) = match row.place {
        Place::Curate => (Screen::Curate, Action::ScreenCurate),
        Place::Scenario => (Screen::Scenario, Action::ScreenScenario),
        Place::Batch => (Screen::Batch, Action::ScreenBatch),
        _ if model.screen == Screen::Run => return Some(String::from("nothing is open")),
        _ => (Screen::Run, Action::ScreenRun),
    };
    let keys = model.keymap.shown(key);
    let name = screen.title().to_lowercase();
    Some(format!("on the {name} screen ({keys})"))
}

/// Does an action of this screen; one of another pane gives that pane the keys
/// first.
///
/// # Errors
/// Why it cannot be done now, for a person to read.
fn reach(model: &mut Model, action: Action) -> Result<Vec<Cmd>, String> {
    if let Some(why) = off(model, action) {
        return Err(format!("not now: {why}"));
    }
    let place = action.row().map(|row| row.place);
    if !under(model).iter().any(|p| Some(*p) == place)
        && let Some(pane) = Pane::ALL.into_iter().find(|p| place_of(*p) == place)
    {
        show(model, pane);
    }
    // With the keys there, there may be a reason that was none before.
    able::able(model, action).map_err(|why| format!("not now: {why}"))?;
    Ok(act(model, action))
}

/// What may come next in a line, best first.
pub(super) fn offered(model: &Model, text: &str) -> Vec<Offer> {
    let (before, typed) = split(text);
    let Some((word, before)) = before.split_first() else {
        return found(model, typed);
    };
    let next = Verb::parse(word)
        .and_then(|verb| SAID.iter().find_map(|(_, next)| next(model, verb, before)))
        .unwrap_or_default();
    let mut fuzzy = Fuzzy::new(typed);
    let mut all: Vec<(u32, Word)> = next
        .into_iter()
        .filter_map(|word| Some((fuzzy.score(&word.word)?, word)))
        .collect();
    if !typed.is_empty() {
        all.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    }
    let fill = |(_, word)| Offer {
        word,
        does: Does::Fill,
        keys: String::new(),
    };
    all.into_iter().map(fill).collect()
}

/// Everything that can be reached from here: by the letters of its name, else
/// by words of what it does; those most used first among equals.
fn found(model: &Model, typed: &str) -> Vec<Offer> {
    let mut name = Fuzzy::new(typed);
    let lower = typed.to_lowercase();
    // A name always goes before a description, in which a few letters are
    // everywhere.
    let enough = lower.chars().nth(2).is_some();
    let mut score = |word: &str, what: &str| match name.score(word) {
        Some(score) => Some(score.saturating_add(1)),
        None => (enough && what.to_lowercase().contains(&lower)).then_some(0),
    };
    let mut all: Vec<(u32, u32, Offer)> = Vec::new();
    let used = |word: &str| model.used.get(word).copied().unwrap_or(0);
    for row in VERBS {
        let keys = ACTIONS
            .iter()
            .find(|action| action.id == row.word)
            .map(|action| model.keymap.shown(action.action));
        if let Some(score) = score(row.word, row.words) {
            let word = Word {
                word: row.word.to_owned(),
                then: row.takes.to_owned(),
                what: row.words.to_owned(),
            };
            let offer = Offer {
                word,
                does: Does::Say(row.verb),
                keys: keys.unwrap_or_default(),
            };
            all.push((score, used(row.word), offer));
        }
    }
    for row in here(model).filter(|row| Verb::parse(row.id).is_none()) {
        if let Some(score) = score(row.id, row.words) {
            let offer = Offer {
                word: Word::new(row.id, row.words),
                does: Does::Act(row.action),
                keys: model.keymap.shown(row.action),
            };
            all.push((score, used(row.id), offer));
        }
    }
    if typed.is_empty() {
        let rank = |offer: &Offer| match offer.does {
            Does::Act(action) => action
                .row()
                .and_then(|row| row.hint)
                .map_or(u8::MAX, |(rank, _)| rank),
            Does::Say(_) | Does::Fill => u8::MAX - 1,
        };
        // Then what the hint line would say first, then the verbs.
        all.sort_by_key(|(_, used, offer)| (std::cmp::Reverse(*used), rank(offer)));
    } else {
        // Of equals the shorter name: less of it was not typed.
        all.sort_by_key(|(score, used, offer)| {
            (std::cmp::Reverse((*score, *used)), offer.word.word.len())
        });
    }
    all.into_iter().map(|(.., offer)| offer).collect()
}

/// Why a row of the palette cannot be done now.
pub(super) fn offer_off(model: &Model, offer: &Offer) -> Option<String> {
    match offer.does {
        Does::Act(action) => off(model, action),
        Does::Say(verb) => verb
            .row()
            .and_then(|row| row.like)
            .and_then(|like| off(model, like)),
        Does::Fill => None,
    }
}

/// Does what a line says.
fn say(model: &mut Model, text: &str) -> Result<Vec<Cmd>, String> {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    if word.is_empty() {
        return Err(String::from("type a command"));
    }
    let (name, cmds) = if let Some(row) = VERBS.iter().find(|row| row.word == word) {
        if let Some(why) = row.like.and_then(|like| off(model, like)) {
            return Err(format!("not now: {why}"));
        }
        let said = SAID
            .iter()
            .find_map(|(said, _)| said(model, row.verb, rest));
        let none = || Err(format!("`{word}` does nothing here"));
        (row.word, said.unwrap_or_else(none)?)
    } else if let Some(row) = here(model).find(|row| row.id == word) {
        if !rest.is_empty() {
            return Err(format!("nothing follows `{word}`"));
        }
        (row.id, reach(model, row.action)?)
    } else {
        let verbs = VERBS.iter().map(|row| row.word);
        let known = verbs.chain(here(model).map(|row| row.id));
        return Err(match ACTIONS.iter().find(|row| row.id == word) {
            Some(row) => match off(model, row.action) {
                Some(why) => format!("not now: {why}"),
                None => format!("`{word}` has no meaning here"),
            },
            None => unknown("command", word, known),
        });
    };
    let used = model.used.entry(name).or_default();
    *used = used.saturating_add(1);
    Ok(cmds)
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
