//! Chance that repeats itself: the same seed, the same choices, on every machine.
//!
//! Never: it is no source of secrets.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Seed {
    /// Begins a row of choices.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.bits()) * u128::from(bound)) >> 64).unwrap_or(0)
    }

    /// An index below `bound`; 0 if that is 0.
    pub fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(u64::try_from(bound).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// Whether one in `n` comes up.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of these.
    ///
    /// # Panics
    /// If there is none.
    #[expect(clippy::expect_used, reason = "a choice among nothing is a mistake of the test")]
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        among.get(self.index(among.len())).expect("something to choose from")
    }
}
