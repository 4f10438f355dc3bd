//! The loop: terminal events and the driver's updates in, frames out. It draws
//! on change alone, at most once in 16 ms, and sleeps while nothing happens.

use super::external;
use super::job::Job;
use super::looks::Looks;
use super::model::Model;
use super::msg::{Cmd, Mouse, Msg, Open, Press};
use super::terminal::{self, Screen};
use super::update::update;
use crate::driver::Order;
use crate::engine::id::StepId;
use crate::engine::session::Session;
use crate::store::CallRecord;
use crate::surface::{Code, Key};
use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::StreamExt;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// The shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);

/// What is said where the session's thread has ended.
const GONE: &str = "the conversation has stopped; what is done is saved. ctrl-n begins another";

/// What runs conversations for the workbench.
pub trait Backend {
    /// Opens a conversation.
    ///
    /// # Errors
    /// Why it cannot, in one sentence.
    fn open(&mut self, open: &Open) -> Result<Arc<Session>, String>;
    /// Reads a stored conversation and goes on with it; [`Backend::next`] answers
    /// with [`Msg::Opened`] or [`Msg::NotOpened`].
    fn resume(&mut self, open: Open);
    /// Hands an order to the conversation; false where it is gone.
    fn send(&mut self, order: Order) -> bool;
    /// What went over the wire for the calls that followed a step (`None`: for
    /// the first step), oldest first: every record of this parent.
    ///
    /// # Errors
    /// Why it cannot be read, in one sentence.
    fn wire(&mut self, parent: Option<StepId>) -> Result<Arc<Vec<CallRecord>>, String>;
    /// Has a job done on a thread of its own; what comes of it is a
    /// [`Msg::Done`] out of [`Backend::next`].
    fn job(&mut self, job: Job);
    /// What happened next.
    fn next(&mut self) -> impl Future<Output = Msg>;
    /// Waits until everything is on disk.
    fn close(&mut self) -> impl Future<Output = ()>;
}

/// Runs until the person leaves or the system asks to end.
///
/// # Errors
/// The terminal is gone.
pub async fn run(
    screen: &mut Screen,
    model: &mut Model,
    looks: &mut Looks,
    backend: &mut impl Backend,
) -> io::Result<()> {
    let mut events = EventStream::new();
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut dirty = true;
    let mut frame_at = Instant::now();
    let ended = terminal::ended();
    tokio::pin!(ended);
    loop {
        if dirty && Instant::now() >= frame_at {
            screen.draw(model, &looks.theme)?;
            dirty = false;
            frame_at = Instant::now() + FRAME;
        }
        let ticking = model.ticks();
        let msg = tokio::select! {
            biased;
            () = &mut ended => return Ok(()),
            () = sleep_until(frame_at), if dirty => continue,
            event = events.next() => match event {
                Some(Ok(event)) => message(event),
                Some(Err(why)) => return Err(why),
                None => return Ok(()),
            },
            msg = backend.next() => Some(msg),
            _ = seconds.tick(), if ticking => Some(Msg::Second),
        };
        let Some(msg) = msg else { continue };
        let flight = flight(model);
        let mut more = VecDeque::from(update(model, msg));
        while let Some(cmd) = more.pop_front() {
            match cmd {
                Cmd::Wire(parent) => {
                    let found = backend.wire(parent);
                    more.extend(update(model, Msg::Wire(found)));
                }
                Cmd::Send(order) => {
                    if !backend.send(order) {
                        update(model, Msg::StoreTrouble(String::from(GONE)));
                    }
                }
                Cmd::Open(open) if open.conversation.is_some() => backend.resume(open),
                Cmd::Open(open) => {
                    let opened = backend.open(&open).map_or_else(Msg::NotOpened, Msg::Opened);
                    more.extend(update(model, opened));
                }
                Cmd::Theme(name) => {
                    let problems = looks.wear(&name);
                    model.theme.clone_from(&looks.theme.name);
                    if let Some(problem) = problems.first() {
                        update(model, Msg::Problem(problem.to_string()));
                    }
                }
                Cmd::Job(job) => backend.job(job),
                Cmd::Copy(text) => terminal::copy(&text)?,
                Cmd::Mouse(on) => terminal::mouse(on)?,
                Cmd::External(job) => {
                    // Its reader would take the keys that are meant for the editor.
                    drop(events);
                    let result = tokio::select! {
                        () = &mut ended => return Ok(()),
                        done = screen.hand_over(external::edit(job)) => done?,
                    };
                    settle().await;
                    events = EventStream::new();
                    let (width, height) = screen.size()?;
                    update(model, Msg::Resize(width, height));
                    more.extend(update(model, Msg::External(result)));
                }
                Cmd::Quit => return Ok(()),
                Cmd::Suspend => screen.suspend()?,
                Cmd::Redraw => screen.clear()?,
            }
        }
        if self::flight(model) != flight {
            seconds.reset();
        }
        dirty = true;
    }
}

/// Takes up what the reader that was dropped left behind: the word that woke it
/// may be pending still, and would come together with the next key, which
/// crossterm 0.29 then leaves unread until another one is pressed.
async fn settle() {
    let look = || crossterm::event::poll(Duration::ZERO).is_ok();
    let looked = tokio::task::spawn_blocking(look);
    // It comes back at once, or with the next key.
    let _ = tokio::time::timeout(Duration::from_millis(50), looked).await;
}

/// The number of the call in flight.
fn flight(model: &Model) -> Option<crate::engine::id::CallId> {
    match model.run.as_ref()?.session.state() {
        crate::engine::session::State::Calling { call, .. } => Some(*call),
        _ => None,
    }
}

/// A terminal event as a message; `None` where it means nothing to us.
fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => read(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(width, height) => Some(Msg::Resize(width, height)),
        Event::Mouse(event) => mouse(event).map(Msg::Mouse),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn mouse(event: MouseEvent) -> Option<Mouse> {
    let press = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Press::Down,
        MouseEventKind::Drag(MouseButton::Left) => Press::Drag,
        MouseEventKind::Up(MouseButton::Left) => Press::Up,
        MouseEventKind::ScrollUp => Press::WheelUp,
        MouseEventKind::ScrollDown => Press::WheelDown,
        _ => return None,
    };
    Some(Mouse {
        press,
        column: event.column,
        row: event.row,
    })
}

fn read(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key {
        code,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
    })
}
