//! Runs a conversation to its end without a screen: for `stategen run`, tests
//! and benchmarks.

use super::seats::{At, Seen as CallSeen};
use super::{Driver, Seats, Todo};
use crate::engine::effect::Notice;
use crate::engine::event::Event;
use crate::engine::input::{Command, Go, Input};
use crate::engine::role::{Reply, Request};
use crate::store::StoreError;
use std::time::Duration;
use tokio::runtime::Runtime;

/// What a watcher of a headless run is told, after it was committed.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Events of one input, in order.
    Committed(&'a [Event]),
    /// A word to the person.
    Notice(&'a Notice),
    /// A call waits, and why.
    Waiting(&'a str),
    /// A line about a call, for a log.
    Log(&'a str),
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
    seen: impl FnMut(Seen<'_>),
) -> Result<(), StoreError> {
    command(driver, seats, Command::Go(how), pause, seen)
}

/// As [`run`], from any command that goes on: asking the judge, say.
///
/// # Errors
/// As [`run`].
pub fn command(
    driver: &mut Driver,
    seats: &Seats,
    command: Command,
    pause: Duration,
    mut seen: impl FnMut(Seen<'_>),
) -> Result<(), StoreError> {
    driver.seat(seats);
    let mut runtime = None;
    let mut todo = driver.take(Input::Command(command))?;
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
            let at = At::after(driver.session(), driver.session().head());
            let input = call(&mut runtime, seats, request, &at, &mut seen);
            driver.note(seats);
            todo = driver.take(input)?;
        } else if on {
            todo = driver.take(Input::Continue)?;
        } else {
            return Ok(());
        }
    }
}

/// One call, to its end.
fn call(
    runtime: &mut Option<Runtime>,
    seats: &Seats,
    request: &Request,
    at: &At,
    seen: &mut impl FnMut(Seen<'_>),
) -> Input {
    let call = request.call;
    // The stand-in needs no runtime, and many conversations need only it.
    let runtime = if seats.all_scripted() {
        Err(None)
    } else if let Some(runtime) = runtime {
        Ok(&*runtime)
    } else {
        let built = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match built {
            Ok(built) => Ok(&*runtime.insert(built)),
            Err(why) => Err(Some(why.to_string())),
        }
    };
    let reply = match runtime {
        Ok(runtime) => runtime.block_on(ask(seats, request, at, seen)),
        Err(None) => Ok(seats.stand_in_at(request, at)),
        Err(Some(why)) => Err(format!("no runtime for calls: {why}")),
    };
    match reply {
        Ok(body) => Input::Reply {
            call,
            body: Box::new(body),
        },
        Err(error) => Input::Failed { call, error },
    }
}

/// Asks, and tells what is seen as soon as it is.
async fn ask(
    seats: &Seats,
    request: &Request,
    at: &At,
    seen: &mut impl FnMut(Seen<'_>),
) -> Result<Reply, String> {
    let (words, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let mut watch = |word: CallSeen| {
        // Text is read when it is whole; only words are told on the way.
        if matches!(word, CallSeen::Waiting(_) | CallSeen::Log(_)) {
            let _ = words.send(word);
        }
    };
    let mut tell = |word: CallSeen| match word {
        CallSeen::Waiting(words) => seen(Seen::Waiting(&words)),
        CallSeen::Log(line) => seen(Seen::Log(&line)),
        CallSeen::Delta(_) | CallSeen::Anew => {}
    };
    let asked = seats.ask(request, at, &mut watch);
    tokio::pin!(asked);
    let reply = loop {
        tokio::select! {
            biased;
            Some(word) = heard.recv() => tell(word),
            reply = &mut asked => break reply,
        }
    };
    while let Ok(word) = heard.try_recv() {
        tell(word);
    }
    reply
}
