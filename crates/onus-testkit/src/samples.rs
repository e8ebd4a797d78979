//! One record of every kind, built from the published description alone.
//!
//! The bytes are written by walking the types' shapes, not by the codec: that the codec reads them and
//! writes them back is a test that description and encoding say the same.

use onus_core::common;
use onus_core::entry::{EntryHead, EntryVersion};
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::seq::Seq;
use onus_core::shape::{Type, TypeDef, Wire};
use onus_core::time::Timestamp;

/// How full a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fullness {
    /// No option is taken, every list is empty.
    Bare,
    /// Every option is taken, every list has two items.
    Full,
    /// Every option is taken, every list has one item, and every value is the least that its type takes.
    Least,
    /// Every option is taken, every list has as many items as fit, and every value is the greatest of its type.
    Most,
}

impl Fullness {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Bare, Self::Full, Self::Least, Self::Most];
}

/// The head of an entry of this kind as this release writes it, at place 0.
#[must_use]
pub fn head(kind: Kind) -> EntryHead {
    EntryHead {
        version: EntryVersion::CURRENT,
        kind: kind.number(),
        schema: kind.schema(),
        seq: Seq::new(0),
        recorded_at: Timestamp::MIN,
        incident_version: 0,
    }
}

/// The bytes of a record of this kind: common record, then body.
#[must_use]
pub fn record_bytes(kind: Kind, fullness: Fullness) -> Vec<u8> {
    bytes_of(&head(kind), fullness)
}

/// The bytes of the record behind this head, of any version and schema that this release reads.
///
/// # Panics
/// If this release does not read such an entry.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that asks for what nobody reads has failed")]
pub fn bytes_of(head: &EntryHead, fullness: Fullness) -> Vec<u8> {
    let kind = Kind::from_number(head.kind).expect("a kind of this release");
    let mut sample = Sample::new(fullness);
    sample.write(&common::shape_in(head.version));
    sample.write(&kind.body_shape_in(head.schema).expect("a schema that this release reads"));
    sample.bytes
}

/// A record of this kind, decoded.
///
/// # Panics
/// If the description and the codec disagree.
#[must_use]
#[expect(clippy::expect_used, reason = "a sample that does not decode is a failed test")]
pub fn record(kind: Kind, fullness: Fullness) -> Record {
    Record::decode(&head(kind), &record_bytes(kind, fullness)).expect("the description and the codec agree")
}

/// A body in which one enumeration has a value of its own.
#[derive(Debug)]
pub struct Variant {
    /// The enumeration's place in the body, such as `grade.level`.
    pub field: String,
    /// The value's spelling.
    pub spelling: &'static str,
    /// The record.
    pub record: Record,
}

/// A full record of this kind for every value of every enumeration in its body, the others as they are in
/// [`Fullness::Full`]. Of a list only the first item varies.
///
/// # Panics
/// If the description and the codec disagree.
#[must_use]
#[expect(clippy::expect_used, reason = "a sample that does not decode is a failed test")]
pub fn variants(kind: Kind) -> Vec<Variant> {
    let head = head(kind);
    let mut common = Sample::new(Fullness::Full);
    common.write(&common::shape_in(head.version));
    let sample = |chosen| {
        let mut sample =
            Sample { bytes: common.bytes.clone(), next: common.next, ..Sample::new(Fullness::Full) };
        sample.chosen = chosen;
        sample.write(&kind.body_shape());
        sample
    };
    let mut found = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (at, (field, spellings)) in sample(None).enumerations.into_iter().enumerate() {
        if seen.contains(&field) {
            continue;
        }
        for (value, spelling) in spellings.iter().enumerate() {
            let bytes = sample(Some((at, value))).bytes;
            let record = Record::decode(&head, &bytes).expect("the description and the codec agree");
            found.push(Variant { field: field.clone(), spelling, record });
        }
        seen.push(field);
    }
    found
}

/// How many values an enumeration had before it grew. Samples choose among these, so that the frozen bytes of older
/// forms stay what they were; the newest value is that of [`Fullness::Most`].
const GROWN: &[(&str, usize)] = &[("Role", 29), ("Strand", 8), ("Attendance", 9), ("PowerSection", 8)];

/// A record holds several texts and lists, and all of it has to fit an entry.
const BYTES_MAX: usize = 3_000;
const LIST_BYTES: usize = 6_000;

struct Sample {
    bytes: Vec<u8>,
    next: u8,
    fullness: Fullness,
    /// Where in a body it is.
    path: Vec<&'static str>,
    /// The enumerations that were written, with their spellings.
    enumerations: Vec<(String, &'static [&'static str])>,
    /// Which of them has which value, instead of the usual one.
    chosen: Option<(usize, usize)>,
}

impl Sample {
    fn new(fullness: Fullness) -> Self {
        Self {
            bytes: Vec::new(),
            next: 1,
            fullness,
            path: Vec::new(),
            enumerations: Vec::new(),
            chosen: None,
        }
    }

    fn write(&mut self, of: &Type) {
        match of {
            Type::Bool => {
                let least = self.fullness == Fullness::Least;
                self.bytes.push(u8::from(!least));
            }
            Type::U16 => self.whole(u16::MAX.into()),
            Type::U32 => self.whole(u32::MAX.into()),
            Type::U64 => self.whole(u64::MAX),
            Type::I32(least, most) => {
                let usual = i64::from(self.next);
                self.signed(usual, (*least).into(), (*most).into());
            }
            Type::I64(least, most) => {
                let usual = i64::from(self.next);
                self.signed(usual, *least, *most);
            }
            Type::Str(form) => match self.fullness {
                Fullness::Bare | Fullness::Full => self.counted(b"sample-1"),
                Fullness::Least => self.counted(b"-"),
                Fullness::Most => self.counted(&vec![b'z'; form.bytes_max()]),
            },
            Type::Bytes(most) => match self.fullness {
                Fullness::Bare | Fullness::Full => self.counted(&[0xB0, 0xB1, 0xB2]),
                Fullness::Least => self.counted(&[]),
                Fullness::Most => self.counted(&vec![0xff; (*most).min(BYTES_MAX)]),
            },
            Type::Array(length) => self.array(*length),
            Type::Uuid => {
                self.array(16);
                // Neither nil nor max.
                if matches!(self.fullness, Fullness::Least | Fullness::Most) {
                    self.bytes.pop();
                    self.bytes.push(1);
                }
            }
            Type::Option(inner) => {
                let taken = self.fullness != Fullness::Bare;
                self.bytes.push(u8::from(taken));
                if taken {
                    self.write(inner);
                }
            }
            Type::List(inner, items_max) => self.list(inner, *items_max),
            Type::Named(def) => self.named(&def()),
        }
    }

    fn list(&mut self, inner: &Type, items_max: usize) {
        let mut item = Self { next: self.next, ..Self::new(self.fullness) };
        item.write(inner);
        let items = match self.fullness {
            Fullness::Bare => 0,
            Fullness::Least => 1,
            Fullness::Full => 2,
            Fullness::Most => items_max.min((LIST_BYTES / item.bytes.len().max(1)).max(1)),
        };
        self.varint(u64::try_from(items).unwrap_or(0));
        for _ in 0..items {
            self.write(inner);
        }
    }

    fn array(&mut self, length: usize) {
        match self.fullness {
            Fullness::Least => self.bytes.extend(std::iter::repeat_n(0, length)),
            Fullness::Most => self.bytes.extend(std::iter::repeat_n(0xff, length)),
            Fullness::Bare | Fullness::Full => {
                let first = self.number();
                self.bytes
                    .extend((0..length).map(|i| first.wrapping_add(u8::try_from(i % 256).unwrap_or(0))));
            }
        }
    }

    fn whole(&mut self, most: u64) {
        let usual = u64::from(self.number());
        self.varint(match self.fullness {
            Fullness::Bare | Fullness::Full => usual,
            Fullness::Least => 0,
            Fullness::Most => most,
        });
    }

    fn signed(&mut self, usual: i64, least: i64, most: i64) {
        let value = match self.fullness {
            Fullness::Bare | Fullness::Full => usual,
            Fullness::Least => least,
            Fullness::Most => most,
        };
        self.varint((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    fn named(&mut self, def: &TypeDef) {
        let usual = matches!(self.fullness, Fullness::Bare | Fullness::Full);
        match (&def.wire, def.name) {
            // 2023-11-01T09:12:00Z and the days after it: what any reader can show.
            (_, "Timestamp") if usual => {
                let us = 1_698_829_920_000_000 + u64::from(self.number());
                self.varint(us << 1);
            }
            (_, "LocalDate") if usual => {
                let days = 19_662 + u64::from(self.number());
                self.varint(days << 1);
            }
            (Wire::Alias(of), _) => self.write(of),
            (Wire::Struct(fields), _) => {
                for field in fields {
                    self.path.push(field.name);
                    self.write(&field.of);
                    self.path.pop();
                }
            }
            (Wire::Enum(spellings), _) => {
                let number = match self.fullness {
                    Fullness::Bare | Fullness::Full => {
                        let before = GROWN.iter().find(|(name, _)| *name == def.name);
                        usize::from(self.number()) % before.map_or(spellings.len(), |(_, count)| *count)
                    }
                    Fullness::Least => 0,
                    Fullness::Most => spellings.len().saturating_sub(1),
                };
                let chosen = self.chosen.filter(|(at, _)| *at == self.enumerations.len());
                self.enumerations.push((self.path.join("."), spellings));
                let number = chosen.map_or(number, |(_, value)| value);
                self.varint(u64::try_from(number).unwrap_or(0));
            }
        }
    }

    fn number(&mut self) -> u8 {
        self.next = self.next.checked_add(1).unwrap_or(1);
        self.next
    }

    fn counted(&mut self, bytes: &[u8]) {
        self.varint(u64::try_from(bytes.len()).unwrap_or(0));
        self.bytes.extend_from_slice(bytes);
    }

    /// bincode's varint: below 251 one byte, else a marker and the number's bytes.
    fn varint(&mut self, number: u64) {
        if let Ok(small @ 0..=250) = u8::try_from(number) {
            self.bytes.push(small);
        } else if let Ok(number) = u16::try_from(number) {
            self.bytes.push(251);
            self.bytes.extend(number.to_le_bytes());
        } else if let Ok(number) = u32::try_from(number) {
            self.bytes.push(252);
            self.bytes.extend(number.to_le_bytes());
        } else {
            self.bytes.push(253);
            self.bytes.extend(number.to_le_bytes());
        }
    }
}
