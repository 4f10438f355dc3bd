//! Runs a conversation to its end without a screen: for `stategen run`, tests
//! and benchmarks.

use super::{Driver, Seats, Todo};
use crate::engine::effect::Notice;
use crate::engine::event::Event;
use crate::engine::input::{Command, Go, Input};
use crate::store::StoreError;
use std::time::Duration;

/// What a watcher of a headless run is told, after it was committed.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Events of one input, in order.
    Committed(&'a [Event]),
    /// A word to the person.
    Notice(&'a Notice),
}

/// Goes on until `how` is reached or the session waits for a person. `pause`
/// is how long each call takes at least (to watch a run, or to kill one).
///
/// # Errors
/// The store could not be written; what was committed is safe.
pub fn run(
    driver: &mut Driver,
    seats: &Seats,
    how: Go,
    pause: Duration,
    mut seen: impl FnMut(Seen<'_>),
) -> Result<(), StoreError> {
    let mut todo = driver.take(Input::Command(Command::Go(how)))?;
    loop {
        if !todo.committed.is_empty() {
            seen(Seen::Committed(&todo.committed));
        }
        for notice in &todo.notices {
            seen(Seen::Notice(notice));
        }
        let Todo { calls, on, .. } = todo;
        if let Some(request) = calls.first() {
            if !pause.is_zero() {
                std::thread::sleep(pause);
            }
            let body = Box::new(seats.ask(request));
            todo = driver.take(Input::Reply {
                call: request.call,
                body,
            })?;
        } else if on {
            todo = driver.take(Input::Continue)?;
        } else {
            return Ok(());
        }
    }
}
