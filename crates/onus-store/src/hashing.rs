//! A quick hash for maps in memory, under a key drawn anew in each process.
//!
//! Incident numbers come from outside, so the key matters: nobody can prepare numbers that collide. The hash
//! is never stored, and nothing is proved with it.

use std::hash::{BuildHasher, Hasher, RandomState};

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The key.
#[derive(Clone, Debug)]
pub(crate) struct QuickState([u64; 2]);

impl Default for QuickState {
    fn default() -> Self {
        let random = RandomState::new();
        Self([random.hash_one(1_u8), random.hash_one(2_u8) | 1])
    }
}

impl BuildHasher for QuickState {
    type Hasher = Quick;

    fn build_hasher(&self) -> Quick {
        let [state, key] = self.0;
        Quick { state, key }
    }
}

/// Folds eight bytes at a time into 64 bits by a full multiplication.
#[derive(Debug)]
pub(crate) struct Quick {
    state: u64,
    key: u64,
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        fold(self.state ^ STEP, self.key)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.write_u64(last);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.state = fold(self.state ^ word, self.key).wrapping_add(STEP);
    }

    fn write_usize(&mut self, length: usize) {
        self.write_u64(crate::number::wide(length));
    }
}

fn fold(one: u64, two: u64) -> u64 {
    let product = u128::from(one) * u128::from(two);
    let (high, low) = (product >> 64, product & u128::from(u64::MAX));
    // Both halves fit by their making.
    u64::try_from(high ^ low).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_that_look_alike_spread_over_all_bits() {
        let state = QuickState::default();
        let hashes: Vec<u64> =
            (0..100_000_u32).map(|n| state.hash_one(format!("police:mps/{n}").as_bytes())).collect();

        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len());
        for bit in 0..64 {
            let ones = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
            assert!((45_000..55_000).contains(&ones), "bit {bit}: {ones}");
        }
    }

    #[test]
    fn each_process_and_each_map_has_its_own_key() {
        assert_ne!(QuickState::default().hash_one(7_u64), QuickState::default().hash_one(7_u64));
    }

    #[test]
    fn lengths_count_so_that_zeros_at_the_end_do_not_vanish() {
        let state = QuickState::default();
        let hashes: HashSet<u64> = (0..20).map(|len| state.hash_one(vec![0_u8; len].as_slice())).collect();
        assert_eq!(hashes.len(), 20);
    }
}
