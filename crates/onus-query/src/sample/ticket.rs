//! The tickets of a draw: Rivest's consistent sampling, without replacement.
//!
//! The method is that of `consistent_sampler` 1.0.10 by Ronald L. Rivest (pypi.org/project/consistent-sampler),
//! whose `sampler(ids, seed)` gives the same order. `docs/sampling.md` writes it down in full.
//!
//! An item's ticket depends on the seed and on its own id alone. So a longer draw begins with the shorter one, and
//! leaving items out of a frame changes nothing in the order of the others.

use onus_core::hex::Hex;
use sha2::{Digest as _, Sha256};

/// The fewest decimals of a ticket.
const DECIMALS_MIN: usize = 64;
/// 256 bits are at most 78 decimal digits: nine times nine hold them.
const GROUPS: usize = 9;
const GROUP: u64 = 1_000_000_000;

/// Draws tickets under one seed.
#[derive(Clone, Debug)]
pub struct Drum {
    seed_hex: String,
}

/// A number from 0 up to 1, as its decimals; compared digit by digit, it sorts as the number does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(String);

impl Drum {
    /// Under a seed, taken as text.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self { seed_hex: Hex(&Sha256::digest(seed)).to_string() }
    }

    /// The ticket of an id, taken as text.
    #[must_use]
    pub fn ticket(&self, id: &str) -> Ticket {
        let hash = Sha256::new().chain_update(&self.seed_hex).chain_update(id).finalize();
        Ticket(reversed_decimals(hash.into()))
    }
}

impl Ticket {
    /// Its decimals, as many as there are.
    #[must_use]
    pub fn decimals(&self) -> &str {
        &self.0
    }
}

/// The number that 32 bytes are, most significant first, in decimal, padded with zeros to 64 digits, and read
/// backwards: the low digits are the unbiased ones.
fn reversed_decimals(bytes: [u8; 32]) -> String {
    let mut number = [0_u64; 8];
    for (limb, chunk) in number.iter_mut().zip(bytes.chunks_exact(4)) {
        *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    let mut digits = Vec::with_capacity(GROUPS * 9);
    for _ in 0..GROUPS {
        let mut group = divide(&mut number);
        for _ in 0..9 {
            digits.push(char::from(b'0' + u8::try_from(group % 10).unwrap_or(0)));
            group /= 10;
        }
    }
    let written = digits.iter().rposition(|digit| *digit != '0').map_or(0, |last| last + 1);
    digits.truncate(written.max(DECIMALS_MIN));
    digits.into_iter().collect()
}

/// Divides a number of 32-bit limbs by [`GROUP`], and gives the remainder.
fn divide(number: &mut [u64; 8]) -> u64 {
    let mut rest = 0;
    for limb in number {
        let part = rest << 32 | *limb;
        *limb = part / GROUP;
        rest = part % GROUP;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples that the published package states of itself.
    #[test]
    fn the_published_examples_come_out_the_same() {
        let abc = reversed_decimals(Sha256::digest("abc").into());
        assert_eq!(abc, "56998071861792858926477341561059638840106636224182943832566300809078486324348");
        let ticket = Drum::new("01382438112797316654").ticket("AB-130");
        assert_eq!(
            ticket.decimals(),
            "26299714122838008416507544297546663599715395525154425586041245287750224561854"
        );
        let drum = Drum::new("314159");
        let mut drawn = ["ab-1", "ab-2", "cd-1", "ef-3"].map(|id| (drum.ticket(id), id));
        drawn.sort();
        assert_eq!(drawn.map(|(_, id)| id), ["cd-1", "ef-3", "ab-1", "ab-2"]);
        assert!(drum.ticket("cd-1").decimals().starts_with("317685817"));
    }

    #[test]
    fn small_numbers_are_padded_to_sixty_four_decimals() {
        let mut bytes = [0; 32];
        assert_eq!(reversed_decimals(bytes), "0".repeat(64));
        bytes[31] = 12;
        assert_eq!(reversed_decimals(bytes), format!("21{}", "0".repeat(62)));
        let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(reversed_decimals([0xff; 32]), largest.chars().rev().collect::<String>());
    }

    proptest! {
        #[test]
        fn decimals_are_those_of_the_number(low in any::<u128>()) {
            let mut bytes = [0; 32];
            bytes[16..].copy_from_slice(&low.to_be_bytes());
            let expected: String = format!("{low:064}").chars().rev().collect();
            prop_assert_eq!(reversed_decimals(bytes), expected);
        }
    }
}
