//! The usual dirt: how a sound incident is written down by people who have other things to do.

use onus_core::history::{Entry, History};
use onus_core::sealed::Sealed;
use onus_core::stage::SubmittedBy;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Channel;
use onus_testkit::events::Event;
use onus_testkit::seed::Seed;

const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 24 * 60 * MINUTE_US;

/// How an incident was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dirt {
    /// As it happened.
    Live,
    /// Minutes after it happened, in order, each entry with its time of entry.
    MinutesLater,
    /// The same, and one entry an hour late that says why.
    OneLate,
    /// The same as minutes later, and every time is uncertain by some minutes.
    Uncertain,
    /// In a batch, weeks later, which does not say when its entries were made.
    Batch,
    /// Told again from paper, weeks later, and said to be.
    Retold,
    /// In a batch, by a mapping that infers what its source does not state.
    Inferred,
}

pub(super) const ALL: [Dirt; 7] = [
    Dirt::Live,
    Dirt::MinutesLater,
    Dirt::OneLate,
    Dirt::Uncertain,
    Dirt::Batch,
    Dirt::Retold,
    Dirt::Inferred,
];

/// An incident as it stands in a ledger.
pub(super) fn written(events: &[Event], dirt: Dirt, seed: &mut Seed) -> History {
    let incident = events[0].record().common.incident.clone().expect("an incident");
    let last = events.last().expect("an event").record().common.occurred_at;
    let one = seed.index(events.len());
    let mut clock = Timestamp::MIN;
    let entries = events.iter().zip(1_u64..).map(|(event, seq)| {
        let event = event.clone().with(|record| {
            let common = &mut record.common;
            let happened = common.occurred_at;
            let minutes = |seed: &mut Seed, most| i64::try_from(seed.below(most)).unwrap() * MINUTE_US;
            match dirt {
                Dirt::Live => {}
                Dirt::MinutesLater => common.entered_at = Some(happened.plus_us(minutes(seed, 10))),
                Dirt::OneLate => {
                    // The last entry, so that nothing rests on it meanwhile.
                    if usize::try_from(seq).unwrap() == events.len() {
                        common.entered_at = Some(happened.plus_us(60 * MINUTE_US));
                        common.late_reason = Some(Box::new(Sealed::withheld(30)));
                    }
                }
                Dirt::Uncertain => {
                    common.entered_at = Some(happened.plus_us(minutes(seed, 10)));
                    common.uncertainty_s = u32::try_from(60 * seed.below(6)).unwrap();
                }
                Dirt::Batch | Dirt::Inferred => {
                    common.submitted_by = SubmittedBy::new(common.asserted_by.clone(), Channel::Import);
                    let is_one = usize::try_from(seq).unwrap() == one + 1;
                    common.source.inferred = dirt == Dirt::Inferred && (is_one || seed.one_in(3));
                }
                Dirt::Retold => {
                    common.entered_at = Some(last.plus_us(20 * DAY_US));
                    common.source.retold = Some(true);
                }
            }
            // Nobody enters what follows before what it follows.
            if let Some(entered) = &mut common.entered_at {
                *entered = clock.max(*entered);
                clock = *entered;
            }
        });
        let mut entry: Entry = crate::stage::entry(&event, seq);
        if matches!(dirt, Dirt::Batch | Dirt::Inferred) {
            entry.head.recorded_at = last.plus_us(20 * DAY_US);
        }
        entry
    });
    History::new(incident, entries.collect())
}
