//! Seeded draws: every number is a hash of (seed, label, counter), so the same
//! place in the same conversation always draws the same, in any order of asking.

use sha2::{Digest, Sha256};

/// A stream of draws named by a seed and a label (`"persona"`, a step's path
/// and try, …). Two streams with different labels are independent.
#[derive(Clone, Debug)]
pub struct Rng {
    key: [u8; 32],
    counter: u64,
}

impl Rng {
    /// The stream for `label` under `seed`.
    #[must_use]
    pub fn new(seed: u64, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(label.as_bytes());
        Self {
            key: hash.finalize().into(),
            counter: 0,
        }
    }

    /// 64 uniform bits.
    pub fn next_u64(&mut self) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(self.counter.to_le_bytes());
        self.counter = self.counter.wrapping_add(1);
        let bytes: [u8; 32] = hash.finalize().into();
        bytes
            .iter()
            .take(8)
            .fold(0, |acc, b| (acc << 8) | u64::from(*b))
    }

    /// Uniform in [0, 1) with 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `0..n`; 0 where `n` is 0. (Multiply-shift: the bias is below
    /// 2^-32 for any list a scenario can hold.)
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// One of `items`, or `None` where there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len());
        items.get(at)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A standard normal draw (Box and Muller's transform).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.unit();
        let v = self.unit();
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}
