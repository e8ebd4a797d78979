//! What is recorded: a control room's day, over and over.
//!
//! Incidents of six events (contact, opened, triage, decision, caller or partner informed, closed), a
//! thousand of them open at any time and taken in random order, 21 s apart on average: 4,100 events and 700
//! incidents a day, dates advancing. The values are those of `docs/examples`: one force's control room with 40
//! of its staff on duty, its partners; ids are version 7 UUIDs with random tails. The same seed gives the same
//! drafts.
//!
//! Beside `onus_testkit::workload`, which makes records, because figures begin with drafts.

mod values;

use onus_core::code::IncidentNumber;
use onus_core::ids::{EventId, Incident, Token};
use onus_core::record::Draft;
use onus_core::time::LocalDate;
use onus_core::vocabulary::{Attendance, ContactChannel, Strand};
use onus_testkit::seed::Seed;
use values::{NOT_SENT, Names, STRANDS};

/// Incidents open at a time.
pub(crate) const OPEN: usize = 1_000;
/// Events of one incident.
pub(crate) const EVENTS: u64 = 6;
/// 2023-11-01T00:00:00Z.
pub(crate) const START_S: i64 = 1_698_796_800;
/// Seconds from one event to the next, on average.
pub(crate) const PACE_S: i64 = 21;
const DAY_S: i64 = 86_400;
/// Seconds from one event to the next: 0 to 42.
const STEP_S: u64 = 43;
const STAFF: usize = 240;

fn bytes(seed: &mut Seed) -> [u8; 16] {
    (u128::from(seed.bits()) << 64 | u128::from(seed.bits())).to_be_bytes()
}

fn token(seed: &mut Seed) -> Token {
    Token::from_bytes(bytes(seed))
}

/// Which drafts carry a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// None.
    Clear,
    /// The decision's rationale, so every sixth event, has 80 characters.
    EverySixth,
}

/// Which drafts name the person and the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// One each: the opening has the place, the triage the person.
    Once,
    /// All six.
    Everywhere,
}

/// An incident on its way.
#[derive(Clone, Debug)]
struct Open {
    incident: Incident,
    done: u8,
    subject: Token,
    location: Token,
    channel: ContactChannel,
    strand: Strand,
    outcome: Attendance,
    last: Option<EventId>,
}

/// An endless row of drafts.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    seed: Seed,
    names: Names,
    texts: Texts,
    tokens: Tokens,
    now_s: i64,
    opened_today: (i32, u32),
    staff: Vec<Token>,
    open: Vec<Option<Open>>,
}

impl Workload {
    /// From its first draft on.
    pub(crate) fn new(seed: u64, texts: Texts, tokens: Tokens) -> anyhow::Result<Self> {
        let mut seed = Seed::new(seed);
        let names = Names::read().ok_or_else(|| anyhow::anyhow!("a name of the workload is misspelt"))?;
        let staff = (0..STAFF).map(|_| token(&mut seed)).collect();
        let open = vec![None; OPEN];
        Ok(Self { seed, names, texts, tokens, now_s: START_S, opened_today: (0, 0), staff, open })
    }

    /// With so many incidents open at a time, none of them begun.
    pub(crate) fn with_open(self, open: usize) -> Self {
        Self { open: vec![None; open], ..self }
    }

    /// The same from another moment on, in seconds since 1970.
    pub(crate) fn beginning_at(self, now_s: i64) -> Self {
        Self { now_s, ..self }
    }

    /// The next so many drafts.
    pub(crate) fn batch(&mut self, count: usize) -> Vec<Draft> {
        self.take(count).collect()
    }

    fn begin(&mut self) -> Option<Open> {
        let day = i32::try_from(self.now_s / DAY_S).ok()?;
        let (today, number) = self.opened_today;
        self.opened_today = if today == day { (day, number + 1) } else { (day, 1) };
        let number = IncidentNumber::new(&self.opened_today.1.to_string())?;
        let seed = &mut self.seed;
        let chosen = seed.below(100);
        Some(Open {
            incident: Incident { owner: self.names.force.clone(), date: LocalDate::from_days(day)?, number },
            done: 0,
            subject: token(seed),
            location: token(seed),
            channel: if chosen < 60 { ContactChannel::Emergency999 } else { ContactChannel::NonEmergency101 },
            strand: *seed.pick(&STRANDS),
            outcome: if chosen % 10 < 4 { Attendance::Deploy } else { *seed.pick(&NOT_SENT) },
            last: None,
        })
    }

    fn event_id(&mut self) -> Option<EventId> {
        let ms = u128::from(u64::try_from(self.now_s).ok()? * 1_000 + self.seed.below(1_000));
        let random = u128::from_be_bytes(bytes(&mut self.seed));
        let version_and_variant = 0x7 << 76 | 0x2 << 62;
        let mask = !(u128::MAX << 80) & !(0xf << 76) & !(0x3 << 62);
        EventId::from_bytes((ms << 80 | version_and_variant | (random & mask)).to_be_bytes())
    }

    fn draft(&mut self) -> Option<Draft> {
        self.now_s += i64::try_from(self.seed.below(STEP_S)).ok()?;
        let place = usize::try_from(self.seed.below(u64::try_from(self.open.len()).ok()?)).ok()?;
        let held = self.open.get_mut(place)?.take();
        let mut open = held.or_else(|| self.begin())?;
        let event_id = self.event_id()?;
        let body = self.body(&open);
        let common = self.common(&open, event_id);
        open.done += 1;
        open.last = Some(event_id);
        if u64::from(open.done) < EVENTS {
            *self.open.get_mut(place)? = Some(open);
        }
        Some(Draft { common, body })
    }
}

impl Iterator for Workload {
    type Item = Draft;

    fn next(&mut self) -> Option<Draft> {
        self.draft()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::kinds::Body;
    use onus_core::sealed::DraftText;
    use onus_core::stage::Given;
    use std::collections::HashMap;

    #[test]
    fn incidents_have_six_events_interleaved_and_the_same_seed_gives_the_same() {
        let workload = || Workload::new(7, Texts::EverySixth, Tokens::Once).unwrap();
        let drafts = workload().batch(60_000);
        assert_eq!(drafts, workload().batch(60_000));

        let mut events: HashMap<Incident, u64> = HashMap::new();
        for draft in &drafts {
            *events.entry(draft.common.incident.clone().unwrap()).or_default() += 1;
        }
        let unfinished = events.values().filter(|count| **count < EVENTS).count();
        assert!(events.values().all(|count| *count <= EVENTS));
        assert!((OPEN / 2..=OPEN).contains(&unfinished), "{unfinished}");
        let days: std::collections::BTreeSet<_> = events.keys().map(|incident| incident.date).collect();
        assert!(days.len() >= 2);
    }

    #[test]
    fn ids_are_version_7_and_a_sixth_of_the_drafts_has_a_text_of_80_characters() {
        let drafts = Workload::new(7, Texts::EverySixth, Tokens::Everywhere).unwrap().batch(60_000);
        let mut texts = 0;
        for draft in &drafts {
            let Given::Source(id) = draft.common.event_id else { panic!("no id") };
            let id = id.to_string();
            assert_eq!(&id[14..15], "7");
            assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
            if let Body::AttendanceDecided(decided) = &draft.body {
                assert_eq!(decided.rationale.as_ref().map(DraftText::chars), Some(80));
                texts += 1;
            }
        }
        assert!((9_000..11_000).contains(&texts), "{texts}");
    }
}
