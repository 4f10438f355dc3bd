//! Names of conversations: sortable by time, unique without asking anybody.

use crate::engine::id::ConvId;
use std::hash::{BuildHasher, RandomState};

/// Crockford's alphabet: no `i`, `l`, `o`, `u`, so that a name can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A name of 26 characters: 48 bits of `now_ms` (milliseconds since 1970), then
/// the 80 random bits given. Names sort as their times do.
#[must_use]
pub fn new_id(now_ms: i64, random: [u8; 10]) -> ConvId {
    let time = u128::from(now_ms.max(0).unsigned_abs() & 0xffff_ffff_ffff);
    let bits = random
        .iter()
        .fold(time, |acc, byte| (acc << 8) | u128::from(*byte));
    let name = (0..26)
        .rev()
        .filter_map(|place| ALPHABET.get(((bits >> (place * 5)) & 31) as usize))
        .map(|byte| char::from(*byte))
        .collect();
    ConvId(name)
}

/// Ten bytes that differ from call to call and from process to process: the
/// operating system's randomness as the standard library's hash keys have it.
/// For names, not for secrets.
#[must_use]
pub fn os_random() -> [u8; 10] {
    let one = RandomState::new().hash_one(std::process::id());
    let two = RandomState::new().hash_one(one);
    let mut out = [0; 10];
    for (slot, byte) in out
        .iter_mut()
        .zip(one.to_le_bytes().into_iter().chain(two.to_le_bytes()))
    {
        *slot = byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_their_times_do() {
        let early = new_id(1_793_000_000_000, [255; 10]);
        let late = new_id(1_793_000_000_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.0.len(), 26);
        assert!(early.0.bytes().all(|b| ALPHABET.contains(&b)));
        assert!(early.0.starts_with("01"), "{early}");
    }

    #[test]
    fn draws_differ() {
        assert_ne!(os_random(), os_random());
    }
}
