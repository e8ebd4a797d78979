//! A draw of refusals or decisions that others can make again: what a reviewer looks at is not chosen by whom they look at.
//!
//! The frame is fixed by a definition and by the size of the ledger, the seed by those and by the ledger's root, and
//! by a public value if one is given; from there on nothing is chosen. `docs/sampling.md` writes every step down.
//!
//! # Not promised
//! * Whether the public value was unknown when the checkpoint was made, no program can tell. Without one, whoever
//!   keeps the ledger could have tried several sizes until a draw pleased them, and [`Seed::origin`] says so.

mod checkpoint;
mod frame;
mod refused;
mod ticket;

pub use checkpoint::{CheckpointError, CheckpointText, root_at};
pub use frame::{FrameDefinition, FrameError, FrameKind, Framed, framed_agencies};
pub use ticket::{Drum, Ticket};

use onus_core::hex::Hex;
use sha2::{Digest as _, Sha256};

/// The first line of what a seed is made from: one for each kind of frame, so that what was drawn from decisions is drawn
/// the same for ever.
const fn domain(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::AttendanceDecided => "onus sample v1",
        FrameKind::Refusal => "onus sample v2",
    }
}

/// Bytes of a seed that somebody states.
const SEED_BYTES_MAX: usize = 64;
/// Bytes of a public value.
pub const PUBLIC_VALUE_BYTES_MAX: usize = 1_024;

/// Where a seed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedOrigin {
    /// From the frame, the checkpoint and a public value.
    Public,
    /// From the frame and the checkpoint alone.
    Checkpoint,
    /// Somebody stated it.
    Stated,
}

/// What the draw depends on, as lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    digits: String,
    origin: SeedOrigin,
}

impl Seed {
    /// SHA-256 of domain line, frame definition, checkpoint text and public value, with a blank line before the
    /// latter two.
    #[must_use]
    pub fn derive(frame: &FrameDefinition, checkpoint: &CheckpointText, public: Option<&str>) -> Self {
        let domain = domain(frame.kind);
        let text = format!("{domain}\n{frame}\n{}\n{}", checkpoint.text(), public.unwrap_or_default());
        let origin = if public.is_some() { SeedOrigin::Public } else { SeedOrigin::Checkpoint };
        let digits = Hex(&Sha256::digest(text)).to_string();
        Self { digits, origin }
    }

    /// A seed that somebody states: 1 to 64 bytes as hexadecimal digits.
    #[must_use]
    pub fn stated(text: &str) -> Option<Self> {
        let well_formed = text.len().is_multiple_of(2)
            && (2..=2 * SEED_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        well_formed.then(|| Self { digits: text.to_ascii_lowercase(), origin: SeedOrigin::Stated })
    }

    /// Its digits, which are what the tickets are made from.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> SeedOrigin {
        self.origin
    }
}

/// One refusal or decision that was drawn, with its ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnEntry {
    /// The refusal or decision.
    pub framed: Framed,
    /// Its ticket; the lowest was drawn first.
    pub ticket: Ticket,
}

/// Draws `size` of a frame, without replacement, in the order of their tickets; all of them if the frame
/// has fewer. Those of different incidents may have the same id; the earlier entry then comes first.
#[must_use]
pub fn draw(frame: Vec<Framed>, seed: &Seed, size: usize) -> Vec<DrawnEntry> {
    let drum = Drum::new(seed.digits());
    let mut drawn: Vec<DrawnEntry> = frame
        .into_iter()
        .map(|framed| DrawnEntry { ticket: drum.ticket(&framed.entry.id().to_string()), framed })
        .collect();
    drawn.sort_by(|a, b| a.ticket.cmp(&b.ticket).then(a.framed.entry.seq().cmp(&b.framed.entry.seq())));
    drawn.truncate(size);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::ids::AgencyId;
    use onus_core::time::LocalDate;
    use onus_core::vocabulary::{Attendance, Strand};
    use onus_proof::Hash;

    fn checkpoint() -> CheckpointText {
        CheckpointText::new("police.example/onus", 42, Hash::from_bytes([7; 32]))
    }

    #[test]
    fn a_definition_states_its_conditions_in_one_order() {
        let all = FrameDefinition {
            kind: FrameKind::AttendanceDecided,
            agency: AgencyId::parse("police:norfolk"),
            owner: AgencyId::parse("police:sussex"),
            strand: Some(Strand::ConcernForWelfare),
            outcome: Some(Attendance::NoDeployAdvice),
            from: LocalDate::parse("2024-03-01").ok(),
            to: LocalDate::parse("2024-03-31").ok(),
        };
        assert_eq!(
            all.to_string(),
            "kind AttendanceDecided\nagency police:norfolk\nowner police:sussex\nstrand concern_for_welfare\n\
             outcome no_deploy_advice\nfrom 2024-03-01\nto 2024-03-31\n"
        );
        assert_eq!(FrameDefinition::default().to_string(), "kind refusal\n");
    }

    #[test]
    fn a_seed_is_the_hash_that_the_page_on_sampling_describes() {
        // SHA-256 of "onus sample v1", the definition, the checkpoint and the value, as the page lays them out.
        let expected = "14c4a7eea36d1a29cb10c349681635df033d80f857f9b659eb0e29d0ce9043e2";
        let frame = FrameDefinition { kind: FrameKind::AttendanceDecided, ..FrameDefinition::default() };
        let seed = Seed::derive(&frame, &checkpoint(), Some("lottery 4 8 15 16 23 42"));
        assert_eq!((seed.digits(), seed.origin()), (expected, SeedOrigin::Public));
        let alone = Seed::derive(&frame, &checkpoint(), None);
        assert_eq!(alone.origin(), SeedOrigin::Checkpoint);
        assert_ne!(alone.digits(), seed.digits());
        // The same under "onus sample v2" and "kind refusal".
        let refusals =
            Seed::derive(&FrameDefinition::default(), &checkpoint(), Some("lottery 4 8 15 16 23 42"));
        assert_eq!(refusals.digits(), "25b08586937c6bc39b63272dbef853ad62676d8f2e1a08d826d88060febf4bf8");
    }

    #[test]
    fn a_stated_seed_is_bytes_in_hexadecimal() {
        assert_eq!(Seed::stated("6E6f").map(|seed| seed.digits().to_owned()), Some("6e6f".into()));
        for bad in ["", "6", "6g", "0x6e", " 6e", &"0".repeat(130), "é"] {
            assert_eq!(Seed::stated(bad), None, "{bad:?}");
        }
    }
}
