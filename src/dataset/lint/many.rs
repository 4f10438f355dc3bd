//! The same work on many things, on all cores, with the results in order and
//! never more than a few of them held.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Condvar, Mutex, PoisonError};

/// Things in work for each worker at most.
const AHEAD: usize = 32;

/// How many results went out, for who waits to send more in.
#[derive(Default)]
struct Gate {
    out: Mutex<usize>,
    moved: Condvar,
}

impl Gate {
    /// Waits until thing number `n` is less than `most` ahead of what went out.
    fn wait(&self, n: usize, most: usize, stop: &AtomicBool) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        while n >= out.saturating_add(most) && !stop.load(Ordering::Relaxed) {
            out = self.moved.wait(out).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn step(&self) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        *out = out.saturating_add(1);
        drop(out);
        self.moved.notify_all();
    }
}

/// Does `work` on each of `things` and hands the results to `take` in the order
/// of the things. `state` is made once for each worker. Where `take` fails the
/// rest is left undone.
///
/// # Errors
/// What `take` failed with.
pub fn in_order<J, S, T, E>(
    things: impl Iterator<Item = J> + Send,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, J) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E>
where
    J: Send,
    T: Send,
{
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let most = workers.saturating_mul(AHEAD);
    let (send, jobs) = sync_channel::<(usize, J)>(most);
    let (tell, done) = sync_channel::<(usize, T)>(most);
    let jobs = Mutex::new(jobs);
    let (gate, stop) = (Gate::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (n, thing) in things.enumerate() {
                gate.wait(n, most, &stop);
                if stop.load(Ordering::Relaxed) || send.send((n, thing)).is_err() {
                    break;
                }
            }
            drop(send);
        });
        for _ in 0..workers {
            let tell = tell.clone();
            let (jobs, state, work) = (&jobs, &state, &work);
            scope.spawn(move || {
                let mut state = state();
                while let Some((n, thing)) = next(jobs) {
                    if tell.send((n, work(&mut state, thing))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        let result = collect(&done, &gate, &mut take);
        // Whoever waits to send is let go: nobody takes it any more.
        stop.store(true, Ordering::Relaxed);
        drop(done);
        gate.step();
        drain(&jobs);
        result
    })
}

fn next<J>(jobs: &Mutex<Receiver<J>>) -> Option<J> {
    jobs.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

/// Takes what was sent in and nobody works on, so that the sender comes to its
/// end.
fn drain<J>(jobs: &Mutex<Receiver<J>>) {
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    while jobs.try_recv().is_ok() {}
}

fn collect<T, E>(
    done: &Receiver<(usize, T)>,
    gate: &Gate,
    take: &mut impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let (mut early, mut due) = (BTreeMap::new(), 0usize);
    for (n, result) in done {
        early.insert(n, result);
        while let Some(result) = early.remove(&due) {
            take(result)?;
            due = due.saturating_add(1);
            gate.step();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn results_come_in_order_and_few_are_ahead() {
        let (sent, mut seen) = (AtomicUsize::new(0), Vec::new());
        let things = (0..5000_usize).inspect(|_| {
            sent.fetch_add(1, Ordering::SeqCst);
        });
        let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
        let done: Result<(), ()> = in_order(
            things,
            || (),
            |(), n| {
                if n % 7 == 0 {
                    std::thread::yield_now();
                }
                n * 2
            },
            |n| {
                seen.push(n);
                let ahead = sent.load(Ordering::SeqCst) - seen.len();
                assert!(ahead <= workers * AHEAD + 2, "{ahead}");
                Ok(())
            },
        );
        assert_eq!(done, Ok(()));
        assert_eq!(seen, (0..5000).map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn one_who_takes_no_more_ends_it() {
        let mut taken = 0;
        // Without an end: only a reader that is told so stops.
        let done = in_order(
            0_usize..,
            || (),
            |(), n| n,
            |n| {
                taken = n;
                if n == 100 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!((done, taken), (Err("enough"), 100));
    }
}
