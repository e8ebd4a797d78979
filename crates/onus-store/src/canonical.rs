//! Whether a record is written as the codec writes it, told from the description of its kind alone, without
//! building it: a hundred fields a microsecond, where decoding and encoding again takes ten times as long.
//!
//! The description ([`Type`]) is the one from which the published schema is made, and has the bounds of every
//! type. A record that does not pass here is left to the codec. So this room can never let anything pass that the
//! codec would refuse, and a test holds that; what it may do is ask the codec needlessly.

use onus_core::code::TextForm;
use onus_core::entry::{EntryHead, EntryVersion};
use onus_core::ids::EventId;
use onus_core::limits::{LIST_ITEMS_MAX, RECORD_BYTES_MAX};
use onus_core::model::common_shape;
use onus_core::schema::readable_bodies;
use onus_core::shape::{Type, Wire};
use std::collections::HashMap;

/// What stands at the front of every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Front<'a> {
    pub(crate) event_id: EventId,
    /// The incident as it is encoded; `None` for ledger-wide events. One incident has one encoding.
    pub(crate) incident: Option<&'a [u8]>,
}

/// One thing to expect in the bytes.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// One byte, 0 or 1.
    Bool,
    /// A varint up to this.
    Number(u64),
    /// A zigzag varint between these.
    Signed(i64, i64),
    /// A length, then a string of this form.
    Text(&'static TextForm),
    /// A length, then bytes.
    Bytes(usize),
    /// So many bytes.
    Array(usize),
    /// 16 bytes, neither all zeros nor all ones.
    EventId,
    /// 0, or 1 and then the next so many steps.
    Option(usize),
    /// A count, and so often the next so many steps.
    List(usize),
}

/// What every record begins with, of whatever kind.
#[derive(Debug)]
pub(crate) struct FrontForm {
    /// `None` if the description is not as this room expects it.
    incident: Option<Vec<Step>>,
}

impl FrontForm {
    /// From the description of the common record, whose first two fields are the same in every version.
    pub(crate) fn of_this_release() -> Self {
        let incident = common_fields(EntryVersion::CURRENT).and_then(|fields| match fields.as_slice() {
            [event_id, incident, ..] if matches!(event_id.as_slice(), [Step::EventId]) => {
                Some(incident.clone())
            }
            _ => None,
        });
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
        run(self.incident.as_ref()?, &mut rest)?;
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
    rest: HashMap<(EntryVersion, u16, u16), Vec<Step>>,
}

impl Forms {
    /// From the descriptions of every body that this release reads. One that cannot be told from them is left out.
    pub(crate) fn of_this_release() -> Self {
        let mut rest = HashMap::new();
        for version in EntryVersion::ALL {
            let Some(common) = common_fields(version) else { continue };
            let common: Vec<Step> = common.into_iter().skip(2).flatten().collect();
            rest.extend(readable_bodies().filter_map(|(kind, schema, body)| {
                let steps = common.iter().copied().chain(steps_of(&body)?).collect();
                Some(((version, kind.number(), schema), steps))
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
        run(steps, &mut rest)?;
        rest.is_empty().then_some(front)
    }
}

/// The fields of the common record, in order.
fn common_fields(version: EntryVersion) -> Option<Vec<Vec<Step>>> {
    let Type::Named(common) = common_shape(version) else { return None };
    let Wire::Struct(fields) = common().wire else { return None };
    fields.iter().map(|field| steps_of(&field.of)).collect()
}

/// What to expect of a type; `None` of an enumeration without values.
fn steps_of(of: &Type) -> Option<Vec<Step>> {
    let inner_then = |step: fn(usize) -> Step, inner: &Type| {
        let inner = steps_of(inner)?;
        Some([vec![step(inner.len())], inner].concat())
    };
    let one = |step| Some(vec![step]);
    match of {
        Type::Bool => one(Step::Bool),
        Type::U16 => one(Step::Number(u64::from(u16::MAX))),
        Type::U32 => one(Step::Number(u64::from(u32::MAX))),
        Type::U64 => one(Step::Number(u64::MAX)),
        Type::I32(min, max) => one(Step::Signed(i64::from(*min), i64::from(*max))),
        Type::I64(min, max) => one(Step::Signed(*min, *max)),
        Type::Array(bytes) => one(Step::Array(*bytes)),
        Type::Option(inner) => inner_then(Step::Option, inner),
        Type::List(inner, _) => inner_then(Step::List, inner),
        Type::Bytes(bytes_max) => one(Step::Bytes(*bytes_max)),
        Type::Str(form) => one(Step::Text(form)),
        Type::Uuid => one(Step::EventId),
        Type::Named(def) => {
            let def = def();
            match &def.wire {
                Wire::Struct(fields) => {
                    Some(fields.iter().map(|field| steps_of(&field.of)).collect::<Option<Vec<_>>>()?.concat())
                }
                Wire::Enum(spellings) => {
                    one(Step::Number(crate::number::wide(spellings.len().checked_sub(1)?)))
                }
                Wire::Alias(of) => steps_of(of),
            }
        }
    }
}

fn run(steps: &[Step], rest: &mut &[u8]) -> Option<()> {
    let mut steps = steps;
    while let Some((step, after)) = steps.split_first() {
        steps = after;
        match *step {
            Step::Bool => {
                take(rest, 1)?.first().filter(|byte| **byte <= 1)?;
            }
            Step::Number(max) => {
                number(rest).filter(|number| *number <= max)?;
            }
            Step::Signed(low, high) => {
                let zigzag = number(rest)?;
                let value = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
                (low..=high).contains(&value).then_some(())?;
            }
            Step::Text(form) => {
                let text = counted(rest, form.bytes_max())?;
                form.holds(text).then_some(())?;
            }
            Step::Bytes(max) => {
                counted(rest, max)?;
            }
            Step::Array(bytes) => {
                take(rest, bytes)?;
            }
            Step::EventId => {
                let (id, after) = rest.split_first_chunk::<16>()?;
                EventId::from_bytes(*id)?;
                *rest = after;
            }
            Step::Option(inner) => match take(rest, 1)? {
                [0] => steps = steps.get(inner..)?,
                [1] => {}
                _ => return None,
            },
            Step::List(inner) => {
                let count = usize::try_from(number(rest)?).ok().filter(|count| *count <= LIST_ITEMS_MAX)?;
                let (item, after) = steps.split_at_checked(inner)?;
                for _ in 0..count {
                    run(item, rest)?;
                }
                steps = after;
            }
        }
    }
    Some(())
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(taken)
}

fn counted<'a>(rest: &mut &'a [u8], bytes_max: usize) -> Option<&'a [u8]> {
    let bytes = usize::try_from(number(rest)?).ok().filter(|bytes| *bytes <= bytes_max)?;
    take(rest, bytes)
}

/// A varint in its shortest form: one byte up to 250; else 251, 252 or 253 and two, four or eight bytes.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    let (value, above) = match first {
        251 => (u64::from(u16::from_le_bytes(*chunk(rest)?)), 250),
        252 => (u64::from(u32::from_le_bytes(*chunk(rest)?)), u64::from(u16::MAX)),
        253 => (u64::from_le_bytes(*chunk(rest)?), u64::from(u32::MAX)),
        254.. => return None,
        small => return Some(u64::from(*small)),
    };
    (value > above).then_some(value)
}

fn chunk<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::code::TextForm;
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
                seq: 0,
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

    #[test]
    fn over_long_varints_do_not_pass() {
        let over_long: [&[u8]; 5] = [
            &[251, 250, 0],
            &[252, 0xff, 0xff, 0, 0],
            &[253, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
            &[254, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[255],
        ];
        for bytes in over_long {
            assert_eq!(number(&mut &*bytes), None, "{bytes:?}");
        }
        assert_eq!(number(&mut [251, 251, 0].as_slice()), Some(251));
        assert_eq!(number(&mut [252, 0, 0, 1, 0].as_slice()), Some(65_536));
    }
}
