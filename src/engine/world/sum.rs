//! The fingerprint of a run of values: it can be joined from the fingerprints of
//! its parts, so that it depends on content and order and never on how the run
//! is stored or came about.

use super::node::NodeHash;
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// The Mersenne prime 2^61 - 1: products fit 128 bits and reduce by shifts.
const PRIME: u64 = (1 << 61) - 1;
/// One base for each lane: odd digits of the golden ratio and of the square
/// root of two, below the prime. Two lanes give about 122 bits.
const BASES: [u64; 2] = [0x1E37_79B9_7F4A_7C15, 0x0A09_E667_F3BC_C909];

/// What is known of a run of values without looking at them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    /// How many values stand in the run.
    pub count: u64,
    /// About how many bytes of JSON they are, everything below included.
    pub weight: u64,
    lanes: [u64; 2],
    powers: [u64; 2],
}

fn times(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    plus(wide as u64 & PRIME, (wide >> 61) as u64)
}

/// Both at most `PRIME`.
fn plus(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

impl Sum {
    /// Of no value at all.
    pub const EMPTY: Self = Self {
        count: 0,
        weight: 0,
        lanes: [0, 0],
        powers: [1, 1],
    };

    /// Of one value.
    pub fn of(hash: NodeHash, weight: u64) -> Self {
        let (low, high) = (hash.0 as u64, (hash.0 >> 64) as u64);
        Self {
            count: 1,
            weight,
            lanes: [low % PRIME, high % PRIME],
            powers: BASES,
        }
    }

    /// Of this run with another after it.
    pub fn then(self, right: Self) -> Self {
        let lane = |i: usize| match i {
            0 => plus(times(self.lanes[0], right.powers[0]), right.lanes[0]),
            _ => plus(times(self.lanes[1], right.powers[1]), right.lanes[1]),
        };
        Self {
            count: self.count.saturating_add(right.count),
            weight: self.weight.saturating_add(right.weight),
            lanes: [lane(0), lane(1)],
            powers: [
                times(self.powers[0], right.powers[0]),
                times(self.powers[1], right.powers[1]),
            ],
        }
    }

    /// The fingerprint of the container that holds the run; `tag` keeps the
    /// empty list and the empty map apart.
    pub fn seal(&self, tag: u64) -> NodeHash {
        let mut bytes = [0; 24];
        let fields = [self.count, self.lanes[0], self.lanes[1]];
        for (slot, field) in bytes.chunks_exact_mut(8).zip(fields) {
            slot.copy_from_slice(&field.to_le_bytes());
        }
        NodeHash(xxh3_128_with_seed(&bytes, tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(i: u128) -> Sum {
        Sum::of(NodeHash(i << 64 | (i * 31)), 1)
    }

    #[test]
    fn joining_is_associative_and_sees_order() {
        let (a, b, c) = (of(7), of(u128::from(u64::MAX) - 5), of(1 << 60));
        assert_eq!(a.then(b).then(c), a.then(b.then(c)));
        assert_eq!(Sum::EMPTY.then(a), a.then(Sum::EMPTY));
        let (there, back) = (a.then(b).lanes, b.then(a).lanes);
        assert!(there.iter().zip(back).all(|(x, y)| *x != y));
    }

    #[test]
    fn zeros_are_counted() {
        let zero = Sum::of(NodeHash(0), 1);
        assert_ne!(zero.seal(1), zero.then(zero).seal(1));
    }
}
