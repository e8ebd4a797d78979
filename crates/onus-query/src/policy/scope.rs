//! Whether a version covers a strand and an age band. Age bands come in two widths, and may be unknown.

use super::{PolicyQuestion, Version};
use onus_core::vocabulary::AgeBand;

/// Whether something is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Covers {
    No,
    /// Nobody knows: the version names what the question leaves open.
    Unknown,
    Yes,
}

pub(super) fn covers(version: &Version, question: &PolicyQuestion<'_>) -> Covers {
    let scope = &version.body.scope;
    let strand = match question.strand {
        _ if scope.strands.is_empty() => Covers::Yes,
        None => Covers::Unknown,
        Some(strand) if scope.strands.contains(&strand) => Covers::Yes,
        Some(_) => Covers::No,
    };
    let age = match question.age_band {
        _ if scope.age_bands.is_empty() => Covers::Yes,
        None | Some(AgeBand::Unknown) => Covers::Unknown,
        Some(asked) => {
            scope.age_bands.iter().map(|named| band_covers(*named, asked)).max().unwrap_or(Covers::No)
        }
    };
    strand.min(age)
}

/// Whether the person in the band asked about is in the band named.
fn band_covers(named: AgeBand, asked: AgeBand) -> Covers {
    let (named, asked) = (ages(named), ages(asked));
    if named.0 <= asked.0 && asked.1 <= named.1 {
        Covers::Yes
    } else if named.1 < asked.0 || asked.1 < named.0 {
        Covers::No
    } else {
        Covers::Unknown
    }
}

/// The first and the last year of age in a band.
fn ages(band: AgeBand) -> (u8, u8) {
    match band {
        AgeBand::Under11 => (0, 10),
        AgeBand::From11To17 => (11, 17),
        AgeBand::From18To24 => (18, 24),
        AgeBand::From25To34 => (25, 34),
        AgeBand::From35To44 => (35, 44),
        AgeBand::From45To54 => (45, 54),
        AgeBand::From55To64 => (55, 64),
        AgeBand::From65 => (65, u8::MAX),
        AgeBand::Under18 => (0, 17),
        AgeBand::From18 => (18, u8::MAX),
        AgeBand::Unknown => (0, u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_covers_those_within_it_and_may_cover_those_around_it() {
        let cases = [
            (AgeBand::From18, AgeBand::From25To34, Covers::Yes),
            (AgeBand::From18, AgeBand::From11To17, Covers::No),
            (AgeBand::Under18, AgeBand::Under11, Covers::Yes),
            (AgeBand::From25To34, AgeBand::From18, Covers::Unknown),
            (AgeBand::From65, AgeBand::From65, Covers::Yes),
        ];
        for (named, asked, expected) in cases {
            assert_eq!(band_covers(named, asked), expected, "{named:?} {asked:?}");
        }
    }
}
