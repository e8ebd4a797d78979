//! Every flag of a ledger, or of one incident.

use super::f21_repeat_contact as f21;
use super::facts::Facts;
use super::repeats::tokens;
use super::sightings::{Near, Sighting, Sightings, sighting};
use super::{Context, Finding, LedgerWide, Repeats, Rule, SilenceReason, judge, judge_ledger, why_silent};
use crate::incident::{HistoryError, entries_of, entry, history};
use crate::policy::Policies;
use crate::sweep::sweep;
use onus_core::entry::EntryOutline;
use onus_core::history::{History, Vantage};
use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use onus_core::seq::Seq;
use onus_core::terms::TermField;
use onus_core::time::Timestamp;
use onus_store::{Reader, ReaderNote};
use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::num::NonZeroUsize;

/// From where a ledger is judged.
#[derive(Clone, Copy, Debug)]
pub struct Survey<'a> {
    /// The ledger.
    pub reader: &'a Reader,
    /// Its policies, by the same clock as `vantage`.
    pub policies: &'a Policies,
    /// What was known.
    pub vantage: Vantage,
    /// What counts as now.
    pub now: Timestamp,
}

/// What was seen of one incident.
struct Seen {
    findings: Vec<Finding>,
    sighting: Option<Sighting>,
    counted: Vec<u64>,
}

impl Survey<'_> {
    /// Judges every incident and the ledger as a whole; how many incidents. Flags are handed over incident by
    /// incident in the order in which these end, by code within each; repeat contacts (F21) and what concerns the
    /// ledger as a whole come last.
    pub fn all(&self, threads: NonZeroUsize, take: impl FnMut(Finding)) -> Result<u64, HistoryError> {
        self.all_beside(threads, |_| (), |()| (), take)
    }

    /// The same, and something else looked at in each incident by the way, handed over before its flags.
    pub fn all_beside<T: Send>(
        &self,
        threads: NonZeroUsize,
        beside: impl Fn(&History) -> T + Sync,
        mut each: impl FnMut(T),
        mut take: impl FnMut(Finding),
    ) -> Result<u64, HistoryError> {
        let mut ledger = self.ledger_wide()?;
        let mut seen_before = Sightings::default();
        let mut incidents = 0;
        let empty = ledger.clone();
        sweep(
            self.reader,
            threads,
            &|_| {},
            |history| {
                let history = self.known(history);
                (beside(&history), self.look(&history, &empty))
            },
            |(other, seen): (T, Seen)| {
                each(other);
                incidents += 1;
                seen.sighting.into_iter().for_each(|sighting| seen_before.add(sighting));
                ledger.add(&seen.counted);
                seen.findings.into_iter().for_each(&mut take);
            },
        )?;
        for finding in self.repeats(seen_before)? {
            take(finding);
        }
        for finding in judge_ledger(&ledger) {
            take(finding);
        }
        Ok(incidents)
    }

    /// Judges one incident; `None` if nothing stands under it.
    pub fn of(&self, incident: &Incident) -> Result<Option<Vec<Finding>>, HistoryError> {
        let history = history(self.reader, incident)?;
        if history.entries().is_empty() { Ok(None) } else { self.of_history(&history).map(Some) }
    }

    /// Judges one incident, all of whose entries are at hand.
    pub fn of_history(&self, history: &History) -> Result<Vec<Finding>, HistoryError> {
        self.with_context(history, |history, context| judge(history, context, self.now))
    }

    /// Why a rule says something or nothing of one incident; `None` if nothing stands under it.
    pub fn why_silent(
        &self,
        incident: &Incident,
        rule: &Rule,
    ) -> Result<Option<Vec<SilenceReason>>, HistoryError> {
        let history = history(self.reader, incident)?;
        if history.entries().is_empty() {
            return Ok(None);
        }
        self.with_context(&history, |history, context| why_silent(history, context, self.now, rule)).map(Some)
    }

    /// Looks at what was known of one incident, beside those that share a person or place with it.
    fn with_context<T>(
        &self,
        history: &History,
        look: impl FnOnce(&History, &Context<'_>) -> T,
    ) -> Result<T, HistoryError> {
        let known;
        let history = match self.vantage.known_at {
            Some(_) => {
                known = history.known(&self.vantage);
                &known
            }
            None => history,
        };
        let repeats =
            if tokens(&history.speaking()).is_empty() { None } else { Some(self.neighbours(history)?) };
        let context = Context { policies: self.policies, repeats: repeats.as_ref() };
        Ok(look(history, &context))
    }

    fn known(&self, history: History) -> History {
        if self.vantage.known_at.is_some() { history.known(&self.vantage) } else { history }
    }

    fn look(&self, history: &History, ledger: &LedgerWide) -> Seen {
        let context = Context { policies: self.policies, repeats: None };
        let findings = judge(history, &context, self.now);
        Seen { findings, sighting: sighting(history), counted: ledger.counts_of(history.entries()) }
    }

    /// F21, for those incidents that share a person or place with others at about the same time.
    fn repeats(&self, seen: Sightings) -> Result<Vec<Finding>, HistoryError> {
        let near = seen.near(self.policies.longest_repeat_window_us());
        let mut histories: BTreeMap<Incident, History> = BTreeMap::new();
        let mut later: BTreeSet<Incident> = BTreeSet::new();
        for Near { seq, is_later } in near {
            let Some(incident) = self.incident_of(seq)? else { continue };
            if is_later {
                later.insert(incident.clone());
            }
            if let btree_map::Entry::Vacant(place) = histories.entry(incident) {
                let read = history(self.reader, place.key())?;
                place.insert(self.known(read));
            }
        }
        let repeats = Repeats::of(histories.values());
        let context = Context { policies: self.policies, repeats: Some(&repeats) };
        let judged = later.iter().filter_map(|incident| histories.get(incident));
        let look = |history| {
            let facts = Facts::new(history, &context, self.now);
            facts.carries_needs_of(&f21::RULE).then(|| f21::look(&facts)).flatten()
        };
        Ok(judged.filter_map(look).collect())
    }

    fn incident_of(&self, seq: Seq) -> Result<Option<Incident>, HistoryError> {
        let stored = self.reader.entry(seq)?;
        EntryOutline::parse(stored.bytes())
            .map(|outline| outline.incident)
            .map_err(|why| HistoryError::Entry { seq, why })
    }

    /// The incidents that share a person or place with this one, found by the index and read from the log.
    fn neighbours(&self, own: &History) -> Result<Repeats, HistoryError> {
        let mut others: BTreeSet<Incident> = BTreeSet::new();
        for token in tokens(&own.speaking()) {
            for field in [TermField::Subject, TermField::Location] {
                let term = [&[field.byte()], token.as_bytes().as_slice()].concat();
                for seq in self.reader.with_term(&term)? {
                    if own.place_of(seq).is_none() {
                        others.extend(self.incident_of(seq)?);
                    }
                }
            }
        }
        others.remove(own.incident());
        let mut all = Vec::new();
        for incident in &others {
            all.push(self.known(history(self.reader, incident)?));
        }
        Ok(Repeats::of(&all))
    }

    /// What the ledger says of itself: its clock, what sources say they sent, and where it breaks.
    fn ledger_wide(&self) -> Result<LedgerWide, HistoryError> {
        let mut entries = Vec::new();
        let kinds = [
            Kind::ClockStepped,
            Kind::ClockCorrected,
            Kind::HeartbeatRecorded,
            Kind::SourceTallied,
            Kind::EntryWithdrawn,
        ];
        for entry in entries_of(self.reader, &kinds)? {
            let entry = entry?;
            let known = self.vantage.known_at.is_none_or(|at| entry.known_at(self.vantage.known_by) <= at);
            if known && entry.common.incident.is_none() {
                entries.push(entry);
            }
        }
        let mut ledger = LedgerWide::new(&entries);
        for note in self.reader.notes() {
            if let (ReaderNote::Damaged(damage), Some(last)) = (&note, self.reader.size().checked_sub(1)) {
                ledger.breaks(entry(self.reader, Seq::new(last))?, damage.to_string());
            }
        }
        Ok(ledger)
    }
}
