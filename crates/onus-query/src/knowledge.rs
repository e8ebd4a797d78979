//! What was known to whom in one incident: on what each entry could rest.
//!
//! *Known* to an entry is what had happened by the time it tells of and was entered no later than it (by
//! `entered_at`, else `recorded_at`; then by place in the ledger), unless that had been corrected or withdrawn by
//! then by its own agency.
//!
//! # Promises
//! * Whatever is asked is asked of all entries at once, in the order in which they were entered, so that an incident's
//!   cost does not grow with the square of its entries.

use crate::triage::Triage;
use onus_core::history::{Entry, History, KnownBy};
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// When something was entered, and its place in the ledger.
pub(crate) type Order = (Timestamp, Seq);

/// The order in which entries became known.
pub(crate) fn order(entry: &Entry) -> Order {
    (entry.known_at(KnownBy::Entered), entry.seq())
}

/// What was known to the entries of one incident.
pub(crate) struct Knowledge<'a> {
    history: &'a History,
    by_order: OnceCell<Vec<Placed<'a>>>,
    latest_triages: OnceCell<Vec<Option<&'a Entry>>>,
}

/// An entry, and what it corrects or withdraws of the same agency.
struct Placed<'a> {
    place: usize,
    entry: &'a Entry,
    silences: Option<Silences>,
}

#[derive(Clone, Copy)]
struct Silences {
    place: usize,
    is_withdrawal: bool,
}

/// How far an entry has come.
#[derive(Clone, Copy, Default)]
struct Progress {
    entered: bool,
    /// How many entries silence it that were not withdrawn themselves.
    silencers: u32,
    /// How many entries withdraw it.
    withdrawals: u32,
}

impl<'a> Knowledge<'a> {
    /// Of a history.
    pub(crate) fn of(history: &'a History) -> Self {
        Self { history, by_order: OnceCell::new(), latest_triages: OnceCell::new() }
    }

    /// Visits every entry in the order in which they were entered, with those that were known when it was, itself left
    /// aside. `key` says under what an entry is known, and that it matters at all; what had not happened by the time
    /// that the visited entry tells of is among those known, and is for the visitor to leave out by its key.
    pub(crate) fn visit<K: Ord>(
        &self,
        key: impl Fn(&'a Entry) -> Option<K>,
        mut visitor: impl FnMut(&'a Entry, &BTreeMap<K, &'a Entry>),
    ) {
        let entries = self.history.entries();
        let mut known = BTreeMap::new();
        let mut progress = vec![Progress::default(); entries.len()];
        let change = |known: &mut BTreeMap<K, &'a Entry>, place: usize, speaks: bool| {
            let Some((key, entry)) = entries.get(place).and_then(|entry| Some((key(entry)?, entry))) else {
                return;
            };
            if speaks {
                known.insert(key, entry);
            } else {
                known.remove(&key);
            }
        };
        for Placed { place, entry, silences } in self.by_order() {
            let own = progress.get(*place).copied().unwrap_or_default();
            if let Some(silenced) = silences {
                if own.withdrawals == 0
                    && silenced.place != *place
                    && let Some(other) = progress.get_mut(silenced.place)
                {
                    other.silencers += 1;
                    if other.entered && other.silencers == 1 {
                        change(&mut known, silenced.place, false);
                    }
                }
                if silenced.is_withdrawal {
                    self.withdraw(&mut progress, silenced.place, |place| change(&mut known, place, true));
                }
            }
            visitor(entry, &known);
            if let Some(own) = progress.get_mut(*place) {
                own.entered = true;
                if own.silencers == 0 {
                    change(&mut known, *place, true);
                }
            }
        }
    }

    /// Counts a withdrawal. What the withdrawn entry had silenced may speak again.
    fn withdraw(&self, progress: &mut [Progress], place: usize, speaks_again: impl FnOnce(usize)) {
        let Some(withdrawn) = progress.get_mut(place) else { return };
        withdrawn.withdrawals += 1;
        if withdrawn.withdrawals > 1 || !withdrawn.entered {
            return;
        }
        let silenced = self.history.entries().get(place).and_then(|entry| silences(self.history, entry));
        let Some(silenced) = silenced else { return };
        if let Some(other) = progress.get_mut(silenced.place) {
            other.silencers = other.silencers.saturating_sub(1);
            if other.entered && other.silencers == 0 {
                speaks_again(silenced.place);
            }
        }
    }

    fn by_order(&self) -> &[Placed<'a>] {
        self.by_order.get_or_init(|| {
            let mut placed: Vec<Placed<'a>> = self
                .history
                .entries()
                .iter()
                .enumerate()
                .map(|(place, entry)| Placed { place, entry, silences: silences(self.history, entry) })
                .collect();
            placed.sort_by_key(|placed| order(placed.entry));
            placed
        })
    }

    /// The latest assessment that was known to an entry.
    pub(crate) fn latest_triage(&self, to: &Entry) -> Option<Triage<'a>> {
        let latest = self.latest_triages.get_or_init(|| {
            let mut latest = vec![None; self.history.entries().len()];
            let key = |entry: &'a Entry| Triage::of(entry).map(|_| (entry.common.occurred_at, order(entry)));
            self.visit(key, |entry, known| {
                let by_then = ..=(entry.common.occurred_at, (Timestamp::MAX, Seq::new(u64::MAX)));
                let found = known.range(by_then).next_back().map(|(_, triage)| *triage);
                let place = self.history.place_of(entry.seq()).and_then(|place| latest.get_mut(place));
                if let Some(place) = place {
                    *place = found;
                }
            });
            latest
        });
        Triage::of((*latest.get(self.history.place_of(to.seq())?)?)?)
    }
}

/// What an entry corrects or withdraws, of its own agency's.
fn silences(history: &History, entry: &Entry) -> Option<Silences> {
    let (which, is_withdrawal) = match &entry.body {
        Some(Body::EntryWithdrawn(withdrawn)) => (withdrawn.event_id, true),
        _ => (entry.common.corrects.as_ref()?.event_id, false),
    };
    let silenced = history.entry(which)?;
    let is_own = silenced.common.asserted_by == entry.common.asserted_by;
    is_own.then_some(Silences { place: history.place_of(silenced.seq())?, is_withdrawal })
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::bodies::closing::EntryWithdrawn;
    use onus_core::model::Corrects;
    use onus_core::vocabulary::Strand;
    use onus_testkit::events::{agency, event_id, incident, time};
    use onus_testkit::histories;
    use proptest::prelude::*;

    /// Of one entry: who says it, when it happened and was entered, and what earlier or later entry it corrects or
    /// withdraws.
    type Told = (bool, i64, i64, Option<(usize, bool)>);

    fn told() -> impl Strategy<Value = Vec<Told>> {
        let silences = proptest::option::weighted(0.6, (0..40_usize, any::<bool>()));
        proptest::collection::vec((any::<bool>(), 0..8_i64, 0..8_i64, silences), 1..40)
    }

    fn history(told: &[Told]) -> History {
        let mut call = incident("police:met/2024-05-01/1");
        let start = time("2024-05-01T09:00:00+01:00");
        let id = |n: usize| event_id(start, u64::try_from(n).unwrap());
        let events: Vec<_> = told
            .iter()
            .enumerate()
            .map(|(n, (police, happened, entered, silences))| {
                call.triage(Strand::ConcernForWelfare).with(|record| {
                    record.common.event_id = id(n);
                    record.common.occurred_at = start.plus_us(*happened);
                    record.common.entered_at = Some(start.plus_us(*entered));
                    record.common.asserted_by = agency(if *police { "police:met" } else { "ambulance:las" });
                    match silences {
                        // Nothing withdraws itself.
                        Some((other, true)) if *other != n => {
                            let reason = None;
                            record.body =
                                Body::EntryWithdrawn(EntryWithdrawn { event_id: id(*other), reason });
                        }
                        Some((other, false)) if *other != n => {
                            record.common.corrects = Some(Corrects { event_id: id(*other), reason: None });
                        }
                        _ => {}
                    }
                })
            })
            .collect();
        histories::history(call.incident(), &events)
    }

    /// The rule as the module's first lines have it, looked up entry by entry.
    fn known_to<'a>(history: &'a History, to: &Entry) -> Vec<&'a Entry> {
        let then = order(to);
        let silencers = |of: &Entry, then: Order| -> Vec<&'a Entry> {
            let of_it = |entry: &&Entry| {
                let named = match &entry.body {
                    Some(Body::EntryWithdrawn(withdrawn)) => Some(withdrawn.event_id),
                    _ => entry.common.corrects.as_ref().map(|corrects| corrects.event_id),
                };
                named == Some(of.id())
                    && entry.common.asserted_by == of.common.asserted_by
                    && order(entry) <= then
            };
            history.entries().iter().filter(of_it).collect()
        };
        let is_withdrawal = |entry: &&Entry| matches!(entry.body, Some(Body::EntryWithdrawn(_)));
        let speaks = |entry: &Entry| {
            silencers(entry, then)
                .into_iter()
                .all(|silencer| silencers(silencer, then).iter().any(is_withdrawal))
        };
        let known = |entry: &&Entry| {
            entry.common.occurred_at <= to.common.occurred_at
                && order(entry) <= then
                && entry.seq() != to.seq()
                && speaks(entry)
        };
        history.entries().iter().filter(known).collect()
    }

    proptest! {
        #[test]
        fn what_is_known_in_one_go_is_what_each_entry_knows_by_itself(told in told()) {
            let history = history(&told);
            let knowledge = Knowledge::of(&history);
            let mut visited = 0;
            knowledge.visit(|entry| Some(entry.seq()), |entry, known| {
                let happened = |known: &&&Entry| known.common.occurred_at <= entry.common.occurred_at;
                let in_one_go: Vec<Seq> = known.values().filter(happened).map(|entry| entry.seq()).collect();
                let by_itself: Vec<Seq> = known_to(&history, entry).iter().map(|entry| entry.seq()).collect();
                assert_eq!(in_one_go, by_itself, "entry {}", entry.seq());
                visited += 1;
            });
            prop_assert_eq!(visited, told.len());
            for entry in history.entries() {
                let latest = known_to(&history, entry)
                    .into_iter()
                    .filter(|entry| Triage::of(entry).is_some())
                    .max_by_key(|entry| (entry.common.occurred_at, order(entry)))
                    .map(Entry::seq);
                prop_assert_eq!(knowledge.latest_triage(entry).map(|triage| triage.entry.seq()), latest);
            }
        }
    }
}
