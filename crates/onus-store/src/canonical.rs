//! Whether a record is written as the codec writes it, told from the description of its kind alone, without
//! building it: a hundred fields a microsecond, where decoding and encoding again takes ten times as long.
//!
//! The description ([`Type`]) is the one from which the published schema is made, and has the bounds of every
//! type. A record that does not pass here is left to the codec. So this room can never let anything pass that the
//! codec would refuse, and a test holds that; what it may do is ask the codec needlessly.

use onus_core::common;
use onus_core::entry::{EntryHead, EntryVersion};
use onus_core::ids::EventId;
use onus_core::limits::RECORD_BYTES_MAX;
use onus_core::schema::readable_bodies;
use onus_core::shape::Type;
use onus_core::walk::{Step, Walker, steps_by_field, walk};
use std::collections::HashMap;
use std::convert::Infallible;

/// What stands at the front of every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Front<'a> {
    pub(crate) event_id: EventId,
    /// The incident as it is encoded; `None` for ledger-wide events. One incident has one encoding.
    pub(crate) incident: Option<&'a [u8]>,
}

/// Goes over all of it, takes nothing, and lets nothing pass that is not as its type has it.
struct Checking;

impl Walker for Checking {
    type Mark = Infallible;
    const CHECKS: bool = true;

    fn take(&mut self, mark: Infallible, _: &mut &[u8]) -> Option<()> {
        match mark {}
    }
}

type Steps = Vec<Step<Infallible>>;

/// What every record begins with, of whatever kind.
#[derive(Debug)]
pub(crate) struct FrontForm {
    /// `None` if the description is not as this room expects it.
    incident: Option<Steps>,
}

impl FrontForm {
    /// From the description of the common record, whose first two fields are the same in every version.
    pub(crate) fn of_this_release() -> Self {
        let incident = match fields(&common::shape_in(EntryVersion::CURRENT)).as_slice() {
            [event_id, incident, ..] if matches!(event_id.as_slice(), [Step::Uuid]) => Some(incident.clone()),
            _ => None,
        };
        Self { incident: incident.filter(|steps| matches!(steps.first(), Some(Step::Option(_)))) }
    }

    /// The front of a record, if it is canonical for certain.
    pub(crate) fn read<'a>(&self, record: &'a [u8]) -> Option<Front<'a>> {
        self.split(record).map(|(front, _)| front)
    }

    fn split<'a>(&self, record: &'a [u8]) -> Option<(Front<'a>, &'a [u8])> {
        let (event_id, after) = record.split_first_chunk::<16>()?;
        let event_id = EventId::from_bytes(*event_id)?;
        let mut rest = after;
        walk(self.incident.as_ref()?, &mut rest, &mut Checking)?;
        let incident = after.get(..after.len() - rest.len())?;
        // One byte is the absent option's.
        Some((Front { event_id, incident: (incident.len() > 1).then_some(incident) }, rest))
    }
}

/// What every kind's record looks like.
#[derive(Debug)]
pub(crate) struct Forms {
    front: FrontForm,
    /// By version, kind and schema: the common record without its front, then the body.
    rest: HashMap<(EntryVersion, u16, u16), Steps>,
}

impl Forms {
    /// From the descriptions of every body that this release reads.
    pub(crate) fn of_this_release() -> Self {
        let mut rest = HashMap::new();
        for version in EntryVersion::ALL {
            let common: Steps = fields(&common::shape_in(version)).into_iter().skip(2).flatten().collect();
            rest.extend(readable_bodies().map(|(kind, schema, body)| {
                let body = fields(&body).into_iter().flatten();
                ((version, kind.number(), schema), common.iter().copied().chain(body).collect())
            }));
        }
        Self { front: FrontForm::of_this_release(), rest }
    }

    /// The front of a record of any kind, if it is canonical.
    pub(crate) fn front<'a>(&self, record: &'a [u8]) -> Option<Front<'a>> {
        self.front.read(record)
    }

    /// The front of a record that is canonical for certain; `None` where only the codec can tell.
    pub(crate) fn check<'a>(&self, head: &EntryHead, record: &'a [u8]) -> Option<Front<'a>> {
        let steps = self.rest.get(&(head.version, head.kind, head.schema))?;
        if record.len() > RECORD_BYTES_MAX {
            return None;
        }
        let (front, mut rest) = self.front.split(record)?;
        walk(steps, &mut rest, &mut Checking)?;
        rest.is_empty().then_some(front)
    }
}

/// The fields of a struct, in order.
fn fields(of: &Type) -> Vec<Steps> {
    steps_by_field(of, &|_, _| None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::entry::EntryOutline;
    use onus_core::kinds::Kind;
    use onus_core::record::Record;
    use onus_core::time::Timestamp;
    use onus_testkit::samples::{Fullness, bytes_of};
    use onus_testkit::seed::Seed;

    /// Records of every entry version, kind and schema that this release reads, bare and full.
    fn samples() -> Vec<(EntryHead, Vec<u8>)> {
        let heads = EntryVersion::ALL.into_iter().flat_map(|version| {
            let head = move |(kind, schema, _): (Kind, u16, Type)| EntryHead {
                version,
                kind: kind.number(),
                schema,
                seq: onus_core::seq::Seq::new(0),
                recorded_at: Timestamp::MIN,
                incident_version: 0,
            };
            readable_bodies().map(head)
        });
        heads.flat_map(|head| Fullness::ALL.map(|fullness| (head, bytes_of(&head, fullness)))).collect()
    }

    #[test]
    fn every_kind_of_this_release_can_be_told_without_the_codec() {
        let forms = Forms::of_this_release();
        for (head, record) in samples() {
            let front = forms.check(&head, &record).unwrap_or_else(|| panic!("{head:?}"));
            let entry = [head.to_bytes().as_slice(), &record].concat();
            let outline = EntryOutline::parse(&entry).unwrap();
            assert_eq!(front.event_id, outline.event_id);
            assert_eq!(front.incident.is_some(), outline.incident.is_some());
        }
    }

    #[test]
    fn nothing_passes_that_the_codec_refuses() {
        let forms = Forms::of_this_release();
        let mut seed = Seed::new(1);
        let mut refused = 0;
        for (head, good) in samples() {
            for _ in 0..400 {
                let mut record = good.clone();
                for _ in 0..=seed.below(2) {
                    let at = seed.index(record.len());
                    match seed.below(4) {
                        0 => record[at] = u8::try_from(seed.below(256)).unwrap(),
                        1 => record[at] = [0, 1, 2, 250, 251, 252, 253, 255][seed.index(8)],
                        2 => drop(record.remove(at)),
                        _ => record.insert(at, u8::try_from(seed.below(256)).unwrap()),
                    }
                    if record.is_empty() {
                        record.push(0);
                    }
                }
                let decoded = Record::decode(&head, &record);
                match forms.check(&head, &record) {
                    Some(front) => {
                        let decoded = decoded.unwrap_or_else(|e| panic!("{head:?} {e}: {record:02x?}"));
                        assert_eq!(front.event_id, decoded.common.event_id);
                    }
                    None => refused += 1,
                }
            }
        }
        assert!(refused > 1_000, "the changes change nothing");
    }
}
