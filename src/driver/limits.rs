//! What a provider allows: requests and tokens per minute, calls in flight, and
//! a pause for all when it says that it is too much. Shared by every
//! conversation of the process.

use super::setup::Bounds;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The time over which requests and tokens are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// The gates of all providers.
#[derive(Clone, Debug, Default)]
pub struct Gates(Arc<Mutex<HashMap<String, Arc<Gate>>>>);

impl Gates {
    /// The gate of a provider, made with `bounds` where it is the first time.
    #[must_use]
    pub fn of(&self, provider: &str, bounds: Bounds) -> Arc<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates
            .entry(provider.to_owned())
            .or_insert_with(|| Arc::new(Gate::new(bounds)));
        Arc::clone(gate)
    }
}

/// The gate of one provider.
#[derive(Debug)]
pub struct Gate {
    bounds: Bounds,
    flights: Option<Arc<Semaphore>>,
    minute: Mutex<Minute>,
}

/// The last minute's requests, oldest first.
#[derive(Debug, Default)]
struct Minute {
    sent: VecDeque<Sent>,
    next: u64,
    closed: Option<Instant>,
}

#[derive(Debug)]
struct Sent {
    number: u64,
    at: Instant,
    tokens: u64,
}

/// Leave to send one request.
#[derive(Debug)]
pub struct Leave {
    number: u64,
    _flight: Option<OwnedSemaphorePermit>,
}

/// Why a request has to wait, and how long at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// In words.
    pub why: String,
    /// How long.
    pub time: Duration,
}

impl Gate {
    fn new(bounds: Bounds) -> Self {
        let flights = bounds.in_flight.filter(|n| *n > 0);
        Self {
            bounds,
            flights: flights.map(|n| Arc::new(Semaphore::new(n as usize))),
            minute: Mutex::default(),
        }
    }

    /// Waits until a request of about `tokens` may be sent; `told` hears why.
    pub async fn enter(&self, tokens: u64, told: &mut (dyn FnMut(&Wait) + Send)) -> Leave {
        let flight = match &self.flights {
            None => None,
            Some(flights) => {
                if flights.available_permits() == 0 {
                    told(&Wait {
                        why: format!(
                            "{} calls in flight, as many as `in_flight` allows",
                            self.bounds.in_flight.unwrap_or_default()
                        ),
                        time: Duration::ZERO,
                    });
                }
                // It is never closed, so that there is always a permit to come.
                Arc::clone(flights).acquire_owned().await.ok()
            }
        };
        loop {
            match self.try_enter(tokens, Instant::now()) {
                Ok(number) => {
                    return Leave {
                        number,
                        _flight: flight,
                    };
                }
                Err(wait) => {
                    told(&wait);
                    tokio::time::sleep(wait.time).await;
                }
            }
        }
    }

    /// Enters now, or says what is in the way.
    fn try_enter(&self, tokens: u64, now: Instant) -> Result<u64, Wait> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        while minute
            .sent
            .front()
            .is_some_and(|s| now.duration_since(s.at) >= MINUTE)
        {
            minute.sent.pop_front();
        }
        if let Some(until) = minute.closed.filter(|until| *until > now) {
            return Err(Wait {
                why: String::from("the provider asked for a pause"),
                time: until.duration_since(now),
            });
        }
        let left = |at: Instant| MINUTE.saturating_sub(now.duration_since(at));
        if let Some(rpm) = self.bounds.rpm.filter(|n| *n > 0)
            && let Some(over) = minute.sent.len().checked_sub(rpm as usize)
            && let Some(sent) = minute.sent.get(over)
        {
            return Err(Wait {
                why: format!("{rpm} requests a minute, as many as `rpm` allows"),
                time: left(sent.at),
            });
        }
        if let Some(tpm) = self.bounds.tpm.filter(|n| *n > 0) {
            let used: u64 = minute.sent.iter().map(|s| s.tokens).sum();
            // A request larger than the bound goes alone: it could never go else.
            let mut over = used.saturating_add(tokens.min(tpm)).saturating_sub(tpm);
            if over > 0 {
                let mut time = Duration::ZERO;
                for sent in &minute.sent {
                    time = left(sent.at);
                    over = over.saturating_sub(sent.tokens);
                    if over == 0 {
                        break;
                    }
                }
                return Err(Wait {
                    why: format!("{used} tokens in a minute, and `tpm` allows {tpm}"),
                    time,
                });
            }
        }
        let number = minute.next;
        minute.next = minute.next.wrapping_add(1);
        minute.sent.push_back(Sent {
            number,
            at: now,
            tokens,
        });
        Ok(number)
    }

    /// What the request really took.
    pub fn used(&self, leave: &Leave, tokens: u64) {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sent) = minute.sent.iter_mut().find(|s| s.number == leave.number) {
            sent.tokens = tokens;
        }
    }

    /// Nobody enters for a while: the provider said that it is too much.
    pub fn close(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.closed = Some(minute.closed.map_or(until, |at| at.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(rpm: Option<u32>, tpm: Option<u64>) -> Gate {
        Gate::new(Bounds {
            rpm,
            tpm,
            ..Bounds::default()
        })
    }

    #[tokio::test]
    async fn the_third_request_of_two_waits_for_the_first_to_be_a_minute_old() {
        let gate = gate(Some(2), None);
        let start = Instant::now();
        assert!(gate.try_enter(1, start).is_ok());
        let later = start + Duration::from_secs(10);
        assert!(gate.try_enter(1, later).is_ok());
        let wait = gate
            .try_enter(1, start + Duration::from_secs(20))
            .unwrap_err();
        assert_eq!(wait.time, Duration::from_secs(40));
        assert!(wait.why.contains("2 requests a minute"), "{}", wait.why);
        assert!(gate.try_enter(1, start + MINUTE).is_ok());
    }

    #[tokio::test]
    async fn tokens_count_as_they_were_used() {
        let gate = gate(None, Some(100));
        let start = Instant::now();
        let number = gate.try_enter(90, start).unwrap();
        let leave = Leave {
            number,
            _flight: None,
        };
        assert!(gate.try_enter(20, start).is_err());
        gate.used(&leave, 10);
        assert!(gate.try_enter(20, start).is_ok());
        // One that is larger than the bound waits for the others, then goes.
        let wait = gate.try_enter(5_000, start).unwrap_err();
        assert_eq!(wait.time, MINUTE);
        assert!(gate.try_enter(5_000, start + MINUTE).is_ok());
    }

    #[tokio::test]
    async fn a_pause_holds_everybody() {
        let gate = gate(None, None);
        gate.close(Duration::from_secs(5));
        let wait = gate.try_enter(1, Instant::now()).unwrap_err();
        assert!(wait.time <= Duration::from_secs(5) && wait.time > Duration::from_secs(4));
    }

    #[tokio::test]
    async fn one_in_flight_waits_for_the_other_to_land() {
        let gate = Arc::new(Gate::new(Bounds {
            in_flight: Some(1),
            ..Bounds::default()
        }));
        let first = gate.enter(1, &mut |_| {}).await;
        let mut told = Vec::new();
        let mut note = |wait: &Wait| told.push(wait.why.clone());
        let second = gate.enter(1, &mut note);
        assert!(
            tokio::time::timeout(Duration::from_millis(20), second)
                .await
                .is_err()
        );
        drop(first);
        gate.enter(1, &mut |_| {}).await;
        assert_eq!(told.len(), 1);
    }
}
