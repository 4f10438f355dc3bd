//! Everything that the screen shows: plain data, no terminal and no clock.

use super::calls::{Calls, Flying};
use super::deciding::Deciding;
use super::editing::Editing;
use super::layout::{Layout, Pane, Size, Wants, layout};
use super::memo::Memo;
use super::msg::Partial;
use super::opening::Opening;
use super::overlay::Overlay;
use super::paint::{Line, wrapped};
use super::pane::findings::{self, Found};
use super::pane::{conversation, world};
use super::pointing::{self, Pointing};
use super::screen::{Screen, batch::Batch, curate::Curate, scenario::Desk};
use super::travel::Travel;
use crate::engine::halt::Break;
use crate::engine::id::StepId;
use crate::engine::input::Go;
use crate::engine::score::{AssertionResult, Counted, Finding, Looks, Verdict};
use crate::engine::session::{Judgement, Place, Session, State, is_turn};
use crate::engine::step::{Act, Step};
use crate::store::{Decision, Marks, Sums};
use crate::surface::{Key, Keymap, Meaning};
use ratatui::layout::Rect;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Lines that the log pane keeps.
const LOG_LINES: usize = 500;

/// The workbench.
#[derive(Debug)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What keys mean.
    pub keymap: Keymap,
    /// Keys pressed that began a binding.
    pub pending: Vec<Key>,
    /// What can be opened.
    pub picker: Picker,
    /// Which of the four screens is shown.
    pub screen: Screen,
    /// The conversation on screen; `None` while choosing one.
    pub run: Option<Run>,
    /// The curate screen.
    pub curate: Curate,
    /// The scenario screen.
    pub desk: Desk,
    /// The batch screen.
    pub batch: Batch,
    /// What is being opened.
    pub opening: Opening,
    /// What editing remembers.
    pub editing: Editing,
    /// What was decided in this sitting.
    pub deciding: Deciding,
    /// How often it was counted what an export would write.
    pub exports: u64,
    /// A step of a conversation that is being opened, where one goes then.
    pub bound_for: Option<super::then::BoundFor>,
    /// What lies on top, if anything.
    pub overlay: Option<Overlay>,
    /// A word until the next key.
    pub note: Option<String>,
    /// A problem until it is dealt with.
    pub problem: Option<String>,
    /// Whether the problem is that the store could not be written.
    pub stuck: bool,
    /// Whether `ctrl-c` was the last key.
    pub interrupted: bool,
    /// Name of the theme.
    pub theme: String,
    /// Names of all themes, those of the person among them.
    pub themes: Vec<String>,
    /// Whether frames and gauges are drawn in ASCII.
    pub ascii: bool,
    /// What a step from the past does.
    pub from_past: FromPast,
    /// Where going on stops by itself, in conversations that are opened.
    pub stops: Vec<Break>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// Whether the edge between the columns is being dragged.
    pub dragging: bool,
    /// What the right column takes of the width, in thousandths, where a person
    /// said so.
    pub split: Option<u16>,
    /// How often each name was done from the palette.
    pub used: BTreeMap<&'static str, u32>,
}

/// What a step from the past does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FromPast {
    /// It asks.
    #[default]
    Ask,
    /// It goes on in a new branch.
    Fork,
    /// It goes on in this one; the old tail is hidden.
    Overwrite,
}

/// A list of what can be opened.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    /// In order of the list.
    pub entries: Vec<Entry>,
    /// Which is chosen.
    pub at: usize,
}

/// A task of a scenario that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The scenario, as `Open` wants it.
    pub scenario: String,
    /// The scenario's title.
    pub title: String,
    /// The task.
    pub task: String,
    /// Its goal, in words.
    pub goal: String,
    /// Where it comes from: `sample`, `project`.
    pub from: String,
}

/// What one looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The newest step, whichever that is.
    Live,
    /// A step; `None` is the start.
    At(Option<StepId>),
}

/// How far a pane is scrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scroll {
    /// The cursor stays in view.
    Follow,
    /// From this row.
    At(usize),
}

/// Which changes the world pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorldView {
    /// Those of the step under the cursor.
    Step,
    /// All since the start.
    Start,
    /// The whole world, as a tree.
    Whole,
}

/// A conversation on screen.
#[derive(Debug)]
pub struct Run {
    /// The session as it is now.
    pub session: Arc<Session>,
    /// What one looks at.
    pub cursor: Cursor,
    /// What the call in flight has said.
    pub partial: Option<Partial>,
    /// Whole seconds since the call in flight began.
    pub seconds: u64,
    /// How far the last command goes.
    pub going: Option<Go>,
    /// Steps of which all is shown.
    pub unfolded: BTreeSet<StepId>,
    /// Whether reasoning is shown.
    pub reasoning: bool,
    /// What the world pane shows.
    pub world_view: WorldView,
    /// What is pointed at, found and opened.
    pub pointing: Pointing,
    /// Which finding is chosen.
    pub finding: usize,
    /// Which pane has the keys.
    pub focus: Pane,
    /// Which inspector shows where there is room for one.
    pub inspector: Pane,
    /// Whether the focused pane has the screen.
    pub zoom: bool,
    /// How far panes are scrolled.
    pub scroll: BTreeMap<Pane, Scroll>,
    /// What was done, newest last.
    pub log: VecDeque<String>,
    /// Steps on disk.
    pub saved: usize,
    /// What is known of the calls of models.
    pub calls: Calls,
    /// What is known of branches, tries and trials.
    pub travel: Travel,
    /// The marks of its findings that stand.
    pub marks: Marks,
    /// Which findings are listed.
    pub only: findings::Only,
    /// What the store knows of the current branch.
    pub sums: Option<Sums>,
    /// The decision that stands about each branch that was decided about.
    pub decided: BTreeMap<String, Decision>,
    /// What is read off the session for the cursor.
    pub seen: Seen,
    /// What was read off it before, and holds.
    pub memo: Memo,
}

/// What the panes show, read off the session once a change rather than once a
/// frame.
#[derive(Debug, Default)]
pub struct Seen {
    /// Steps of the branch, first to head.
    pub path: Arc<Vec<Arc<Place>>>,
    /// How many of them lie at or before the cursor.
    pub upto: usize,
    /// What the world pane shows.
    pub changes: Vec<world::Row>,
    /// The task's assertions at the cursor.
    pub assertions: Vec<AssertionResult>,
    /// The newest verdict at the cursor.
    pub verdict: Option<Verdict>,
    /// All verdicts up to the cursor, oldest first.
    pub verdicts: Vec<Judgement>,
    /// What code found up to the cursor.
    pub findings: Vec<Finding>,
    /// The findings of the branch that are listed, the judge's too, by step.
    pub found: Vec<Found>,
    /// How many are not listed.
    pub hidden: usize,
    /// How the check did where a person looked at the branch.
    pub looks: Looks,
    /// Turns of the branch, and the untrue ones among them.
    pub counted: Counted,
    /// Traits as seen in the user's turns up to the cursor.
    pub traits: [Option<f64>; 12],
}

impl Model {
    /// Nothing opened yet.
    #[must_use]
    pub fn new(width: u16, height: u16) -> Self {
        Self {
            size: (width, height),
            keymap: Keymap::default(),
            pending: Vec::new(),
            picker: Picker::default(),
            screen: Screen::Run,
            run: None,
            curate: Curate::default(),
            desk: Desk::default(),
            batch: Batch::default(),
            opening: Opening::default(),
            editing: Editing::default(),
            deciding: Deciding::default(),
            exports: 0,
            bound_for: None,
            overlay: None,
            note: None,
            problem: None,
            stuck: false,
            interrupted: false,
            theme: String::from("ansi"),
            themes: super::theme::Theme::names().map(str::to_owned).collect(),
            ascii: false,
            from_past: FromPast::Ask,
            stops: Vec::new(),
            mouse: false,
            dragging: false,
            split: None,
            used: BTreeMap::new(),
        }
    }
    /// The whole terminal.
    #[must_use]
    pub fn area(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }
    /// Where everything of the run screen stands in `area`.
    #[must_use]
    pub fn layout(&self, run: &Run, area: Rect) -> Layout {
        layout(
            area,
            Wants {
                focus: run.focus,
                inspector: run.inspector,
                zoom: run.zoom,
                split: self.split,
                branches: run.session.branches().len(),
                banner: u16::try_from(self.banner(area.width).len()).unwrap_or(0),
            },
        )
    }
    /// The rows of the banner: what is wrong, and what one can press.
    #[must_use]
    pub fn banner(&self, width: u16) -> Vec<Line> {
        const ROWS: usize = 4;
        let Some(problem) = &self.problem else {
            return Vec::new();
        };
        let keys = match &self.run {
            Some(run) if run.failed().is_some() && run.calls.can_choose() => {
                "  r retry  m other model  w wire  esc stay paused"
            }
            Some(run) if run.failed().is_some() => "  r retry  w wire  esc stay paused",
            // What could not be written is tried again by the next step.
            Some(run) if self.stuck && !run.busy() => "  s again  esc hide",
            Some(_) | None => "  esc hide",
        };
        let width = usize::from(width);
        let mut lines = wrapped(Meaning::NoticeProblem, &format!("! {problem}"), 1, width);
        // The keys always stand there; the log has the whole of a long message.
        if lines.len() > ROWS {
            lines.truncate(ROWS);
            if let Some(line) = lines.last_mut() {
                line.push(Meaning::NoticeProblem, " …");
            }
        }
        match lines.last_mut() {
            Some(line) if line.width() + keys.len() <= width => line.push(Meaning::HintText, keys),
            Some(_) | None => lines.push(Line::of(Meaning::HintText, keys)),
        }
        lines
    }
    /// Whether the screen changes by itself once a second.
    #[must_use]
    pub fn ticks(&self) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| matches!(run.session.state(), State::Calling { .. }))
    }
}

impl Run {
    /// A conversation just opened.
    #[must_use]
    pub fn new(session: Arc<Session>) -> Self {
        let mut run = Self {
            session,
            cursor: Cursor::Live,
            partial: None,
            seconds: 0,
            going: None,
            unfolded: BTreeSet::new(),
            reasoning: false,
            world_view: WorldView::Step,
            pointing: Pointing::default(),
            finding: 0,
            focus: Pane::Conversation,
            inspector: Pane::World,
            zoom: false,
            scroll: BTreeMap::new(),
            log: VecDeque::new(),
            saved: 0,
            calls: Calls::default(),
            travel: Travel::default(),
            marks: Marks::default(),
            only: findings::Only::default(),
            sums: None,
            decided: BTreeMap::new(),
            seen: Seen::default(),
            memo: Memo::default(),
        };
        run.travel.moved(&run.session);
        run.look();
        run
    }

    /// The session moved on.
    pub fn moved(&mut self, session: Arc<Session>) {
        let call = |s: &Session| match s.state() {
            State::Calling { call, .. } => Some(*call),
            _ => None,
        };
        let (before, after) = (call(&self.session), call(&session));
        if before != after {
            self.seconds = 0;
            if self.partial.as_ref().map(|p| p.call) != after {
                self.partial = None;
            }
        }
        let flying = flying(&session);
        if flying.is_some() || session.head() != self.session.head() {
            self.calls.failed = false;
        }
        self.calls.flies(flying, before.is_some());
        let path = self.memo.path(&session, session.head());
        // What is new lies behind what both share; an old step is told once.
        let known =
            |place: &Arc<Place>| id(place).is_some_and(|id| self.session.step(id).is_some());
        let new = path.iter().rev().take_while(|p| !known(p)).count();
        for step in path
            .iter()
            .skip(path.len().saturating_sub(new))
            .filter_map(|p| p.step.as_ref())
        {
            let line = conversation::in_words(step);
            self.log.push_back(line);
        }
        while self.log.len() > LOG_LINES {
            self.log.pop_front();
        }
        self.session = session;
        self.travel.moved(&self.session);
        if !self.busy() {
            self.going = None;
        }
        self.look();
    }

    /// Adds a line to the log.
    pub fn logged(&mut self, line: String) {
        self.log.push_back(line);
        while self.log.len() > LOG_LINES {
            self.log.pop_front();
        }
    }

    /// Reads off the session what the panes show at the cursor.
    pub fn look(&mut self) {
        let session = &self.session;
        let path = self.memo.path(session, session.head());
        let upto = match self.cursor {
            Cursor::Live => path.len(),
            Cursor::At(None) => 0,
            Cursor::At(at) => {
                if let Some(found) = path.iter().position(|p| id(p) == at) {
                    if found + 1 == path.len() {
                        self.cursor = Cursor::Live;
                    }
                    found + 1
                } else {
                    // The step is no longer on this branch.
                    self.cursor = Cursor::Live;
                    path.len()
                }
            }
        };
        let at = upto.checked_sub(1).and_then(|i| path.get(i)).and_then(id);
        self.travel.look(session, at);
        let before = path.get(..upto).unwrap_or_default();
        let verdicts: Vec<Judgement> = before
            .iter()
            .filter_map(|p| p.step.as_ref())
            .filter_map(judgement)
            .collect();
        // What was found on a branch is the same wherever one looks.
        let same = Arc::ptr_eq(&path, &self.seen.path);
        let before_seen = std::mem::take(&mut self.seen);
        self.seen = Seen {
            changes: world::rows(session, at, self.world_view),
            assertions: session.assertions(at),
            verdict: verdicts.last().map(|j| j.verdict.clone()),
            verdicts,
            findings: before
                .iter()
                .filter_map(|p| p.step.as_ref())
                .flat_map(|s| s.body.findings.iter().cloned())
                .collect(),
            found: before_seen.found,
            hidden: before_seen.hidden,
            looks: before_seen.looks,
            counted: before_seen.counted,
            traits: self.memo.traits(before),
            upto,
            path,
        };
        if !same {
            self.find_anew();
        }
        pointing::reread(self);
    }

    /// What people marked changed.
    pub fn marked(&mut self, marks: Marks) {
        if self.marks != marks {
            self.marks = marks;
            self.find_anew();
        }
    }

    /// Reads the findings of the branch, as they are marked and listed now.
    pub fn find_anew(&mut self) {
        let mut found = findings::found(&self.seen.path, &self.marks);
        let seen = &mut self.seen;
        seen.looks = findings::looks(&found);
        seen.counted = counted(&seen.path, &self.marks);
        let all = found.len();
        found.retain(|f| self.only.has(f));
        seen.hidden = all.saturating_sub(found.len());
        seen.found = found;
    }

    /// The step under the cursor; `None` at the start.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        let place = self
            .seen
            .upto
            .checked_sub(1)
            .and_then(|i| self.seen.path.get(i))?;
        place.step.as_ref()
    }
    /// Its id.
    #[must_use]
    pub fn at(&self) -> Option<StepId> {
        self.step().map(|s| s.id)
    }
    /// Whether one looks at something that is not the newest.
    #[must_use]
    pub fn past(&self) -> bool {
        self.cursor != Cursor::Live
    }
    /// The call that failed last, where nothing was done since.
    #[must_use]
    pub fn failed(&self) -> Option<&Flying> {
        let failed = self.calls.failed && !self.busy();
        self.calls.flying.as_ref().filter(|_| failed)
    }
    /// Characters that the call in flight has said so far, reasoning too.
    #[must_use]
    pub fn said(&self) -> usize {
        self.partial.as_ref().map_or(0, |p| {
            p.text
                .chars()
                .count()
                .saturating_add(p.reasoning.chars().count())
        })
    }
    /// Whether something is at work.
    #[must_use]
    pub fn busy(&self) -> bool {
        !matches!(
            self.session.state(),
            State::Paused | State::Human { .. } | State::Person { .. } | State::Ended(_)
        )
    }
    /// The steps of this branch that another branch leaves from, as numbers of
    /// steps before it, in order.
    #[must_use]
    pub fn forks(&self) -> Vec<usize> {
        let mut out: Vec<usize> = self
            .session
            .branches()
            .iter()
            .filter_map(|b| b.from)
            .filter_map(|from| self.seen.path.iter().position(|p| id(p) == Some(from)))
            .map(|i| i + 1)
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }
    /// Puts the cursor behind the first `upto` steps.
    pub fn go(&mut self, upto: usize) {
        let upto = upto.min(self.seen.path.len());
        self.cursor = if upto == self.seen.path.len() {
            Cursor::Live
        } else {
            Cursor::At(
                upto.checked_sub(1)
                    .and_then(|i| self.seen.path.get(i))
                    .and_then(id),
            )
        };
        self.scroll.clear();
        self.look();
    }
    /// Gives a pane the keys, and shows it.
    pub fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        if pane.inspects() {
            self.inspector = pane;
        }
    }
    /// Panes that `tab` goes through at this size.
    #[must_use]
    pub fn panes(&self, size: (u16, u16)) -> Vec<Pane> {
        let shape = Size::of(size.0, size.1);
        Pane::ALL
            .into_iter()
            .filter(|p| match shape {
                Size::Tiny => *p == Pane::Conversation,
                Size::Small | Size::Medium => *p != Pane::Log,
                Size::Large => true,
            })
            // They have a place of their own only while one looks at them.
            .filter(|p| *p != Pane::Findings || self.inspector == *p || self.focus == *p)
            .collect()
    }
}

/// The verdict that a step is.
fn judgement(step: &Step) -> Option<Judgement> {
    let Act::Judged(verdict) = &step.body.act else {
        return None;
    };
    Some(Judgement {
        step: step.id,
        number: step.body.number,
        by: step.body.by.clone(),
        verdict: (**verdict).clone(),
    })
}

/// The turns of a branch, and the untrue ones among them.
fn counted(path: &[Arc<Place>], marks: &Marks) -> Counted {
    let mut out = Counted::default();
    for step in path.iter().filter_map(|p| p.step.as_ref()) {
        let of = step.body.findings.iter();
        let mut right = of.filter(|f| f.is_untrue() && !marks.is_wrong(step.id, &f.key()));
        if is_turn(&step.body) {
            out += Counted {
                turns: 1,
                untrue: u32::from(right.next().is_some()),
            };
        }
    }
    out
}

/// The step of a place.
fn id(place: &Arc<Place>) -> Option<StepId> {
    place.step.as_ref().map(|s| s.id)
}

/// The call in flight.
fn flying(session: &Session) -> Option<Flying> {
    let State::Calling { call, role, agent } = session.state() else {
        return None;
    };
    let parent = session.head();
    let before = parent.and_then(|id| session.step(id));
    Some(Flying {
        first: *call,
        call: *call,
        role: *role,
        agent: agent.clone(),
        parent,
        number: before.map_or(1, |s| s.body.number.saturating_add(1)),
    })
}
