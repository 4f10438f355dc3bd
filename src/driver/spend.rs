//! What a conversation has cost so far, per seat.

use std::collections::BTreeMap;

/// What one seat has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Used {
    /// Tries of calls that were sent, failed and stopped ones included.
    pub calls: u64,
    /// Of those, the ones that failed or were stopped.
    pub failed: u64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Of those, from a cache.
    pub cached: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Of those, reasoning.
    pub reasoning: u64,
    /// Millionths of a dollar, for the calls whose model has a price.
    pub cost_micros: u64,
    /// Calls that cost something nobody knows: no price, or no usage.
    pub unpriced: u64,
}

/// What a conversation has cost.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Spend {
    /// By seat: `user`, `agent`, `tool`, `judge`.
    pub seats: BTreeMap<String, Used>,
    /// What it may cost, in millionths of a dollar.
    pub cap_micros: Option<u64>,
}

impl Used {
    /// Adds what another has used.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.tokens_in += other.tokens_in;
        self.cached += other.cached;
        self.tokens_out += other.tokens_out;
        self.reasoning += other.reasoning;
        self.cost_micros += other.cost_micros;
        self.unpriced += other.unpriced;
    }
}

impl Spend {
    /// All seats together.
    #[must_use]
    pub fn total(&self) -> Used {
        let mut all = Used::default();
        for used in self.seats.values() {
            all.add(used);
        }
        all
    }
}

/// `$0.031`: thousandths below ten dollars, else hundredths.
#[must_use]
pub fn dollars(micros: u64) -> String {
    let usd = micros as f64 / 1e6;
    if micros < 10_000_000 {
        format!("${usd:.3}")
    } else {
        format!("${usd:.2}")
    }
}
