//! What can lie on top of a screen; one at a time, `esc` takes it away.

pub mod again;
pub mod apply;
pub mod approve_all;
pub mod begin;
pub mod breaks;
pub mod compare;
pub mod edit;
pub mod export;
pub mod faults;
pub mod find;
pub mod finder;
pub mod help;
mod list;
pub mod make;
pub mod models;
pub mod offers;
pub mod palette;
pub mod point;
pub mod prompt;
pub mod question;
pub mod seats;
pub mod sliders;
pub mod speak;
pub mod strip;
pub mod themes;
pub mod trial;
pub mod tries;
pub mod walk;
pub mod wire;
mod wire_body;

use super::job::queue::Match;
use super::model::Model;
use super::paint::Canvas;
use super::palette as reach;
use crate::engine::fault::Fault;
use crate::engine::input::{Acted, Go};
use crate::surface::text::clean_line;
use crate::surface::{Code, Key, Place};
use ratatui::layout::Rect;

/// What follows, once it is said how to go on from the past.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// Going on.
    Go(Go),
    /// What a person did in a role's place.
    Act(Box<Acted>),
    /// A step with a fault in it.
    Fault(Fault),
}

/// What lies on top.
#[derive(Debug)]
pub enum Overlay {
    /// The list of keys.
    Help(help::Help),
    /// Going on from the past: in a new branch, or in this one.
    FromPast(Then),
    /// Leaving while something runs.
    Quit,
    /// What a person says or does in a role's place.
    Speak(Box<speak::Speak>),
    /// What went over the wire.
    Wire(Box<wire::Wire>),
    /// Who plays which seat.
    Models(models::Models),
    /// The palette.
    Command(palette::CommandLine),
    /// What came of a request sent again.
    Again(again::Report),
    /// The list of what can be edited.
    Offers(offers::Offers),
    /// The editor of something that shaped a step.
    Edit(Box<edit::Edit>),
    /// The persona as a form.
    Sliders(Box<sliders::Sliders>),
    /// Leaving an editor in which something was changed.
    Leave(Box<Overlay>),
    /// The question before an edit takes effect.
    Apply(Box<apply::Apply>),
    /// The list of themes.
    Themes(themes::Themes),
    /// Find and open anything.
    Finder(Box<finder::Finder>),
    /// A new conversation.
    Begin(Box<begin::Begin>),
    /// A new scenario.
    Make(Box<make::Make>),
    /// The line of what is looked for.
    Find(Box<find::FindLine>),
    /// Labels on the values in view.
    Point(point::Point),
    /// The tries of a `model` tool.
    Tries(tries::Tries),
    /// A value that was pointed at.
    Value(Box<point::Taken>),
    /// Two branches side by side.
    Compare(Box<compare::Compare>),
    /// How often the rest is to be run.
    TrialAsk(trial::Ask),
    /// What came of the rest run several times.
    Trial(trial::Report),
    /// Where going on stops by itself.
    Breaks(breaks::Breaks),
    /// Which seats a person has.
    Seats(seats::Seats),
    /// Faults that can be put into the next step.
    Faults(faults::Faults),
    /// A line to be typed.
    Prompt(prompt::Prompt),
    /// Before all that pass are approved: the filter, and how many there are.
    ApproveAll(String, Match),
    /// What leaves, before it is written.
    Export(Box<export::Export>),
    /// Then and now, or cases like one.
    Walk(Box<walk::Walk>),
    /// An answer of a model on its way into the scenario.
    Freeze(Box<walk::Freezing>),
}

impl Overlay {
    /// Where keys have their meaning while it is there.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Help(_) => Place::Help,
            Self::FromPast(_) => Place::FromPast,
            Self::Quit => Place::Quit,
            Self::Speak(speak) => speak.place(),
            Self::Wire(_) => Place::Wire,
            Self::Models(_) => Place::Models,
            Self::Command(_) => Place::Command,
            Self::Again(_) => Place::Again,
            Self::Themes(_) => Place::Themes,
            Self::Finder(_) => Place::Finder,
            Self::Begin(_) => Place::Begin,
            Self::Make(_) => Place::Make,
            Self::Find(_) => Place::Find,
            Self::Point(_) => Place::Point,
            Self::Value(_) => Place::Value,
            Self::Tries(_) => Place::Tries,
            Self::Compare(_) => Place::Compare,
            Self::TrialAsk(_) => Place::TrialAsk,
            Self::Trial(_) => Place::Trial,
            Self::Breaks(_) => Place::Breaks,
            Self::Seats(_) => Place::Seats,
            Self::Faults(_) => Place::Faults,
            Self::Offers(_) => Place::Offers,
            Self::Edit(_) => Place::Edit,
            Self::Sliders(_) => Place::Sliders,
            Self::Leave(_) => Place::Leave,
            Self::Apply(_) => Place::Apply,
            Self::Prompt(_) => Place::Prompt,
            Self::Export(_) => Place::Export,
            Self::Walk(_) => Place::Walk,
            Self::Freeze(_) => Place::Freeze,
            Self::ApproveAll(..) => Place::ApproveAll,
        }
    }

    /// A key that is no action, where text is typed.
    pub fn typed(&mut self, key: Key) {
        match self {
            Self::Speak(speak) => speak.key(key),
            Self::TrialAsk(ask) => letter(key, |c| ask.typed(c)),
            Self::Breaks(breaks) => letter(key, |c| breaks.typed(c)),
            Self::Edit(edit) => edit.text.key(key),
            Self::Sliders(state) => state.typed(key),
            Self::Help(help) => help.typed(key),
            Self::Finder(finder) => finder.typed(key),
            Self::Begin(begin) => begin.typed(key),
            Self::Make(make) => make.typed(key),
            Self::Find(line) => line.typed(key),
            Self::Point(point) => point.typed(key),
            Self::Prompt(prompt) => prompt.typed(key),
            Self::Export(export) => export.key(key),
            Self::Command(line) => match key.code {
                Code::Char(c) if !key.ctrl && !key.alt => line.typed(Some(c)),
                Code::Backspace => line.typed(None),
                _ => {}
            },
            Self::FromPast(_)
            | Self::Quit
            | Self::Wire(_)
            | Self::Models(_)
            | Self::Again(_)
            | Self::Offers(_)
            | Self::Leave(_)
            | Self::Apply(_)
            | Self::Themes(_)
            | Self::Value(_)
            | Self::Tries(_)
            | Self::Compare(_)
            | Self::Trial(_)
            | Self::Seats(_)
            | Self::Walk(_)
            | Self::Faults(_)
            | Self::Freeze(_)
            | Self::ApproveAll(..) => {}
        }
    }

    /// Pasted text; nothing of it is obeyed.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Speak(speak) => speak.paste(text),
            Self::TrialAsk(ask) => clean_line(text).chars().for_each(|c| ask.typed(Some(c))),
            Self::Breaks(breaks) => clean_line(text).chars().for_each(|c| breaks.typed(Some(c))),
            Self::Edit(edit) => edit.text.paste(text),
            Self::Finder(finder) => finder.paste(text),
            Self::Begin(begin) => {
                for c in clean_line(text).chars() {
                    begin.typed(Key::plain(Code::Char(c)));
                }
            }
            Self::Make(make) => {
                for c in clean_line(text).chars() {
                    make.typed(Key::plain(Code::Char(c)));
                }
            }
            Self::Help(help) => help.paste(&clean_line(text)),
            Self::Find(line) => line.text.push_str(&clean_line(text)),
            Self::Prompt(prompt) => prompt.paste(text),
            Self::Export(export) => export.paste(text),
            Self::Command(line) => {
                for c in clean_line(text).chars() {
                    line.typed(Some(c));
                }
            }
            Self::FromPast(_)
            | Self::Quit
            | Self::Wire(_)
            | Self::Models(_)
            | Self::Again(_)
            | Self::Offers(_)
            | Self::Sliders(_)
            | Self::Leave(_)
            | Self::Apply(_)
            | Self::Themes(_)
            | Self::Point(_)
            | Self::Value(_)
            | Self::Tries(_)
            | Self::Compare(_)
            | Self::Trial(_)
            | Self::Seats(_)
            | Self::Walk(_)
            | Self::Faults(_)
            | Self::Freeze(_)
            | Self::ApproveAll(..) => {}
        }
    }
}

/// A letter of a line that is typed, or one taken away.
fn letter(key: Key, typed: impl FnOnce(Option<char>)) {
    match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => typed(Some(c)),
        Code::Backspace => typed(None),
        _ => {}
    }
}

/// Paints what lies on top, if anything.
pub fn paint(canvas: &mut Canvas<'_>, model: &Model, area: Rect) {
    let Some(overlay) = &model.overlay else {
        return;
    };
    match (overlay, &model.run) {
        (Overlay::Help(state), _) => help::paint(canvas, area, model, state),
        (Overlay::FromPast(_), Some(run)) => {
            question::from_past(canvas, area, &model.keymap, run);
        }
        (Overlay::Quit, _) => question::quit(canvas, area, &model.keymap),
        (Overlay::Finder(state), _) => finder::paint(canvas, area, state),
        (Overlay::Begin(state), _) => begin::paint(canvas, area, state),
        (Overlay::Make(state), _) => make::paint(canvas, area, state),
        (Overlay::Speak(state), Some(run)) => speak::paint(canvas, area, run, state),
        (Overlay::Compare(state), _) => compare::paint(canvas, area, state),
        (Overlay::TrialAsk(state), Some(run)) => trial::ask(canvas, area, run, state),
        (Overlay::Trial(state), Some(run)) => trial::paint(canvas, area, run, state),
        (Overlay::Breaks(state), Some(run)) => breaks::paint(canvas, area, run, state),
        (Overlay::Seats(state), Some(run)) => seats::paint(canvas, area, run, state),
        (Overlay::Faults(state), Some(run)) => faults::paint(canvas, area, run, state),
        (Overlay::Wire(state), _) => wire::paint(canvas, area, state),
        (Overlay::Offers(state), _) => offers::paint(canvas, area, state),
        (Overlay::Edit(state), _) => edit::paint(canvas, model, area, state),
        (Overlay::Sliders(state), _) => sliders::paint(canvas, model, area, state),
        (Overlay::Leave(under), _) => {
            match under.as_ref() {
                Overlay::Edit(state) => edit::paint(canvas, model, area, state),
                Overlay::Sliders(state) => sliders::paint(canvas, model, area, state),
                _ => {}
            }
            question::leave(canvas, area, &model.keymap);
        }
        (Overlay::Apply(state), Some(run)) => {
            match state.under.as_deref() {
                Some(Overlay::Edit(state)) => edit::paint(canvas, model, area, state),
                Some(Overlay::Sliders(state)) => sliders::paint(canvas, model, area, state),
                _ => {}
            }
            apply::paint(canvas, area, &model.keymap, run, state);
        }
        (Overlay::Models(state), Some(run)) => models::paint(canvas, area, &run.calls, state),
        (Overlay::Command(state), _) => {
            let offers = reach::offered(model, &state.text);
            let off = |offer: &palette::Offer| reach::offer_off(model, offer);
            palette::paint(canvas, area, state, &offers, &off);
        }
        (Overlay::Again(state), Some(run)) => {
            again::paint(canvas, area, run.calls.again.as_ref(), state);
        }
        (Overlay::Themes(state), _) => themes::paint(canvas, area, &model.themes, state),
        (Overlay::Find(state), Some(run)) => find::paint(canvas, area, run, state),
        (Overlay::Point(state), _) => point::paint(canvas, state),
        (Overlay::Value(state), _) => point::paint_value(canvas, area, state),
        (Overlay::Tries(state), Some(run)) => tries::paint(canvas, area, run, state),
        (
            Overlay::FromPast(_)
            | Overlay::Find(_)
            | Overlay::Models(_)
            | Overlay::Again(_)
            | Overlay::Speak(_)
            | Overlay::TrialAsk(_)
            | Overlay::Trial(_)
            | Overlay::Breaks(_)
            | Overlay::Seats(_)
            | Overlay::Faults(_)
            | Overlay::Tries(_)
            | Overlay::Apply(_),
            None,
        ) => {}
        (Overlay::Freeze(state), _) => walk::paint(canvas, area, &state.walk),
        (Overlay::Walk(state), _) => walk::paint(canvas, area, state),
        (Overlay::Export(state), _) => export::paint(canvas, area, &model.keymap, state),
        (Overlay::Prompt(state), _) => prompt::paint(canvas, area, &model.keymap, state),
        (Overlay::ApproveAll(filter, found), _) => {
            approve_all::paint(canvas, area, &model.keymap, filter, found);
        }
    }
}
