//! When a failed try is followed by another: the pause doubles, is drawn by the
//! call's seed, and gives way to what the server asks for.

use super::super::setup::Bounds;
use crate::engine::rng::Rng;
use crate::providers::{CallError, Retry};
use std::time::Duration;

/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest pause that a server may ask for; beyond it a person decides.
const PATIENCE: Duration = Duration::from_secs(600);

/// The pause before the next try; `None` where there is none.
///
/// `tried` is how many tries were made. Our own pause is between a half and the
/// whole of `bounds.pause` doubled for each try, so that many who failed
/// together do not come back together ("equal jitter": Brooker, "Exponential
/// Backoff and Jitter", 2015). A pause that the server names is kept in full,
/// with up to a tenth more.
pub(super) fn pause(error: &CallError, tried: u32, bounds: Bounds, seed: u64) -> Option<Duration> {
    if tried > bounds.retries {
        return None;
    }
    let draw = Rng::new(seed, &format!("retry/{tried}")).unit();
    match error.retry {
        Retry::No => None,
        Retry::After(asked) if asked > PATIENCE => None,
        Retry::After(asked) => Some(asked + asked.mul_f64(draw / 10.0)),
        Retry::Soon => {
            let doubled = bounds
                .pause
                .saturating_mul(1 << tried.saturating_sub(1).min(16))
                .min(LONGEST);
            Some(doubled.mul_f64(0.5 + draw / 2.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Kind;

    #[test]
    fn pauses_double_within_their_jitter_and_end() {
        let bounds = Bounds::default();
        let error = CallError::new(Kind::Status(500), "x").retry(Retry::Soon);
        for tried in 1..=4 {
            for seed in 0..50 {
                let pause = pause(&error, tried, bounds, seed).unwrap().as_secs_f64();
                let whole = f64::from(1 << (tried - 1));
                assert!(pause >= whole / 2.0 && pause <= whole, "{tried}: {pause}");
            }
        }
        assert_eq!(pause(&error, 5, bounds, 1), None);
        let no = CallError::new(Kind::Status(401), "x");
        assert_eq!(pause(&no, 1, bounds, 1), None);
    }

    #[test]
    fn what_the_server_asks_for_is_never_cut_short() {
        let asked = Duration::from_secs(7);
        let error = CallError::new(Kind::Status(429), "x").retry(Retry::After(asked));
        for seed in 0..50 {
            let pause = pause(&error, 1, Bounds::default(), seed).unwrap();
            assert!(pause >= asked && pause <= asked.mul_f64(1.1), "{pause:?}");
        }
        let too_long = CallError::new(Kind::Status(429), "x").retry(Retry::After(PATIENCE * 2));
        assert_eq!(pause(&too_long, 1, Bounds::default(), 1), None);
    }
}
