//! Every key of the table of actions, pressed: keys in, screen or command out.
//!
//! For each place there are ways to get there. A key passes where in one of
//! them pressing it changes the frame or asks for something outside. A new
//! place needs a way; a new action of a known place needs one only where it can
//! do nothing in those that are there.

use super::harness::{App, files, scenario};
use super::{frames, models};
use stategen::engine::scenario::Scenario;
use stategen::providers::scripted::Fault;
use stategen::surface::{ACTIONS, Found, Key, Place, Row};
use stategen::tui::msg::Msg;
use stategen::tui::update::places;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What a way begins with.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// A conversation before its first step.
    Desk,
    /// A call is in flight.
    Held,
    /// The stand-in makes faults on purpose, so that there are findings.
    Faulty,
    /// Three steps, and from then on calls wait.
    Stalled,
    /// Models are configured, and the stand-in plays.
    Seats,
    /// A tool waits for a person.
    Human,
    /// Calls are on record.
    Wired,
    /// The same in a few rows.
    Short,
    /// Nothing is open.
    Picker,
    /// As [`Start::Desk`], in the smallest usual terminal.
    Small,
    /// The cursor is on an answer of a model.
    Bank,
    /// A `model` tool's proposal was refused once, in a few rows.
    Tried,
}

/// Ways to a place: what they begin with, and the keys then.
fn ways(place: Place) -> Vec<(Start, &'static str)> {
    use Start::{
        Bank, Desk, Faulty, Held, Human, Picker, Seats, Short, Small, Stalled, Tried, Wired,
    };
    match place {
        Place::Everywhere => vec![(Desk, ""), (Desk, "s s h"), (Desk, "2")],
        Place::Run => vec![
            (Desk, "s s h"),
            (Desk, "s s g w"),
            (Desk, "s s s h h f s s"),
            (Desk, "s s s h h f s g g"),
            (Desk, "s s u"),
            (Desk, "space"),
            (Desk, "space k k k k"),
            (Desk, "s s r"),
            (Desk, "s ! j enter"),
            (Desk, "s s r ["),
            (Desk, "s s / o enter"),
            (Desk, "s s s t 2 enter esc"),
            (Faulty, "space g g"),
            (Faulty, "space >"),
            (Faulty, "space"),
            (Desk, "s s g w v v '"),
            (Desk, ""),
            (Held, "s"),
            (Seats, "s s"),
            (Tried, "space >"),
            (Human, "esc"),
            (Bank, ""),
        ],
        Place::Conversation => vec![(Desk, "s s s"), (Desk, "s s h")],
        Place::World => vec![
            (Desk, "space g w"),
            (Desk, "space g w j j"),
            (Desk, "space g w v v"),
            (Desk, "space g w v v j j"),
            (Desk, "space g w v v o j"),
        ],
        Place::Persona => vec![(Desk, "s s g p")],
        Place::Judging => vec![(Desk, "space g j")],
        Place::Findings => vec![(Faulty, "space g f"), (Faulty, "space g f j")],
        Place::Timeline => vec![(Desk, "s s s h f s g t"), (Desk, "s s s h f s g t k")],
        Place::Curate => vec![
            (Desk, "space <c-n> enter space 2"),
            (Desk, "space <c-n> enter space 2 j"),
            (Desk, "space 2 h h"),
            (Desk, "space 2 <c-d>"),
            (Desk, "space 2 a"),
            (Desk, "space 2 a u"),
            (Desk, "space 2 tab"),
        ],
        Place::ApproveAll => vec![(Desk, "space 2 A")],
        Place::Prompt => vec![(Desk, "space 2 F s"), (Desk, "space 2 F")],
        Place::Freeze => vec![(Bank, "Z"), (Bank, "Z j j")],
        Place::Walk => vec![
            (Faulty, "space <c-n> enter space > M"),
            (Faulty, "space <c-n> enter space > M tab"),
            (Faulty, "space <c-n> enter space > M tab j j j j j j"),
        ],
        Place::Export => vec![(Desk, "space a X"), (Desk, "space a X down")],
        Place::Scenario => vec![
            (Desk, "s 3"),
            (Desk, "s 3 j j j"),
            (Desk, "s 3 l"),
            (Desk, "s 3 tab"),
            (Desk, "s 3 tab j j j"),
        ],
        Place::Batch => vec![(Desk, "s <c-n> enter s 4"), (Desk, "s <c-n> enter s 4 j")],
        Place::Picker => vec![(Picker, ""), (Picker, "j j")],
        Place::FromPast => vec![(Desk, "s s h s")],
        Place::Quit => vec![(Held, "s q")],
        Place::Help => vec![(Desk, "?"), (Desk, "? down down pagedown")],
        Place::Wire => vec![
            (Wired, "w"),
            (Wired, "w G"),
            (Wired, "w G g g j j"),
            (Wired, "l w"),
        ],
        Place::Models => vec![(Seats, "m"), (Seats, "m tab j")],
        Place::Command => vec![(Desk, ":"), (Desk, ": down down")],
        Place::Again => vec![(Wired, "A"), (Short, "A enter"), (Short, "A enter j j")],
        Place::Themes => vec![(Desk, "g T"), (Desk, "g T j")],
        Place::Finder => vec![(Desk, "s <c-o>"), (Desk, "s <c-o> down down pagedown")],
        Place::Begin => vec![(Desk, "s <c-n>"), (Desk, "s <c-n> down")],
        Place::Make => vec![(Desk, "s 3 N x y"), (Desk, "s 3 N x y down")],
        Place::Find => vec![(Desk, "s s / o")],
        Place::Point => vec![(Desk, "space .")],
        Place::Value => vec![
            (Desk, "space . a"),
            (Desk, "space . a v"),
            (Desk, "space . a v j"),
        ],
        Place::Tries => vec![(Tried, "space > W"), (Tried, "space > W <c-d>")],
        Place::Compare => vec![
            (Desk, "s s s s s h h h f s r s h f s r s s c"),
            (Desk, "space h h h h f space c"),
            (Small, "space h h h h h h h h r space c"),
            (Small, "space h h h h h h h h r space c G"),
        ],
        Place::TrialAsk => vec![(Desk, "s s s h t")],
        Place::Trial => vec![
            (Desk, "s s s t 2 enter"),
            (Desk, "s s s t 2 enter j"),
            (Stalled, "t 2 enter"),
        ],
        Place::Breaks => vec![(Desk, "B"), (Desk, "B down")],
        Place::Seats => vec![(Desk, "I"), (Desk, "I j")],
        Place::Faults => vec![(Desk, "s !"), (Desk, "s ! j")],
        Place::Speak => vec![(Desk, "i x"), (Desk, "s i x"), (Desk, "s i <c-t> enter")],
        Place::SpeakTools => vec![(Desk, "s i <c-t>"), (Desk, "s i <c-t> down")],
        Place::Hand => vec![(Desk, "s 3 t"), (Desk, "s 3 t tab")],
        Place::Sliders => vec![(Desk, "s s g p e"), (Desk, "s s g p e j l l")],
        // A new place: a way to it belongs here.
        _ => Vec::new(),
    }
}

fn returns() -> Arc<Scenario> {
    static ONCE: OnceLock<Arc<Scenario>> = OnceLock::new();
    Arc::clone(ONCE.get_or_init(|| scenario("returns_desk", &files("returns_desk"))))
}

fn desk() -> App {
    let returns = returns();
    let task = returns.tasks[0].id.clone();
    App::of(returns, &task, 7, Vec::new(), 120, 40)
}

fn begin(from: Start, keys: &str) -> App {
    let mut app = match from {
        Start::Desk => desk(),
        Start::Bank => super::then::at_model(80, 24),
        Start::Small => {
            let mut app = desk();
            app.resize(80, 24);
            app
        }
        Start::Held => {
            let mut app = desk();
            app.hold = true;
            app
        }
        Start::Faulty => {
            let returns = returns();
            let task = returns.tasks[0].id.clone();
            let faults = vec![Fault::WrongId, Fault::InventedAmount, Fault::ClaimNotDone];
            App::of(returns, &task, 7, faults, 120, 40)
        }
        Start::Tried => super::tries::refused(100, 24),
        Start::Stalled => {
            let mut app = desk();
            app.keys("s s s").hold = true;
            app
        }
        Start::Seats => {
            let mut app = desk();
            models::seated(&mut app);
            app
        }
        Start::Human => frames::asking(120, 40),
        Start::Wired => models::wired(120, 40),
        Start::Short => models::wired(80, 14),
        Start::Picker => {
            let mut app = App::closed(returns(), Vec::new(), 120, 40);
            app.model.themes = vec![String::from("ansi"), String::from("mono")];
            app
        }
    };
    app.model.themes = ["ansi", "mono", "dark"].map(String::from).into();
    app.keys(keys);
    if matches!(from, Start::Wired | Start::Short) && keys.starts_with('A') {
        app.tell(Msg::Again(models::report(5)));
    }
    app
}

/// What came of the last press that was meant by a key of the table.
fn pressed(app: &mut App, row: &Row, keys: &str) -> Result<(), String> {
    let pressed = Key::parse_all(keys).unwrap();
    let here = places(&app.model);
    if !here.contains(&row.place) {
        return Err(format!("one is not in {:?} but in {here:?}", row.place));
    }
    match app.model.keymap.find(&here, &pressed) {
        Found::Action(action) if action == row.action => {}
        // A nearer place has this key; its own row is tested there.
        Found::Action(other) => return Err(format!("it is `{}` there", other.id())),
        other => return Err(format!("{other:?}")),
    }
    let (before, sent) = (app.buffer(), app.commands.len());
    app.model.note = None;
    for key in pressed {
        app.tell(Msg::Key(key));
    }
    if let Some(note) = app.model.note.as_ref().filter(|n| n.starts_with("not now")) {
        return Err(note.clone());
    }
    if app.buffer() == before && app.commands.len() == sent {
        return Err(String::from("nothing changed"));
    }
    Ok(())
}

/// What can be done in none of the ways above: tests of its own area press it.
const ELSEWHERE: &[&str] = &[
    "world-back",
    "desk-problem",
    "again-up",
    "again-page-up",
    "hand-again",
    "hand-page-down",
    "hand-page-up",
    "sliders-prompt",
    "prompt-down",
    "prompt-up",
    "prompt-fill",
];

fn press_all(places: &[Place]) {
    let mut failed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in ACTIONS.iter().filter(|row| places.contains(&row.place)) {
        // The editors are pressed in the tests of editing.
        let editors = [Place::Edit, Place::Offers, Place::Apply, Place::Leave];
        if ELSEWHERE.contains(&row.id) || editors.contains(&row.place) {
            continue;
        }
        let mut ways = ways(row.place);
        for keys in row.keys {
            let mut why = Vec::new();
            let mut works = false;
            if ways.is_empty() {
                why.push(format!("`ways` has none to {:?}", row.place));
            }
            for (i, (from, way)) in ways.iter().copied().enumerate() {
                match pressed(&mut begin(from, way), row, keys) {
                    Ok(()) => {
                        works = true;
                        // Where one key works the next probably does.
                        ways.swap(0, i);
                        break;
                    }
                    Err(reason) => why.push(format!("{from:?} `{way}`: {reason}")),
                }
            }
            if !works {
                failed.insert(format!("{} `{keys}`", row.id), why);
            }
        }
    }
    assert!(failed.is_empty(), "these keys do nothing: {failed:#?}");
}

#[test]
fn every_key_of_every_screen() {
    press_all(&[Place::Everywhere]);
}

#[test]
fn every_key_of_the_run_screen() {
    press_all(&[Place::Run]);
}

#[test]
fn every_key_of_a_pane() {
    press_all(&[
        Place::Conversation,
        Place::World,
        Place::Persona,
        Place::Judging,
        Place::Findings,
        Place::Timeline,
    ]);
}

#[test]
fn every_key_of_the_other_screens() {
    press_all(&[Place::Curate, Place::Scenario, Place::Batch, Place::Picker]);
}

#[test]
fn every_key_of_what_lies_on_top() {
    let screens = [
        Place::Everywhere,
        Place::Run,
        Place::Conversation,
        Place::World,
        Place::Persona,
        Place::Judging,
        Place::Findings,
        Place::Timeline,
        Place::Curate,
        Place::Scenario,
        Place::Batch,
        Place::Picker,
    ];
    let mut on_top: Vec<Place> = ACTIONS
        .iter()
        .map(|row| row.place)
        .filter(|place| !screens.contains(place))
        .collect();
    on_top.dedup();
    press_all(&on_top);
}
