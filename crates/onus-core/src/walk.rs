//! Walks through the bytes of a record by the description of its types, without building anything: the one place,
//! beside the codec, that knows how values are written (`docs/format.md` §4.2).
//!
//! A description ([`Type`]) is compiled into [`Step`]s once; [`walk`] then goes over bytes by them. A walker that checks
//! lets nothing pass that the codec would refuse; one that does not only finds its way, which is quicker. A walker may
//! mark values that it takes itself.
//!
//! Never: allocates, or panics, whatever the bytes are.

use crate::code::TextForm;
use crate::ids::EventId;
use crate::limits::LIST_ITEMS_MAX;
use crate::shape::{Type, Wire};

/// One thing to expect in the bytes.
#[derive(Clone, Copy, Debug)]
pub enum Step<M> {
    /// One byte, 0 or 1.
    Bool,
    /// A varint up to this.
    Number(u64),
    /// A zigzag varint between these, both included.
    Signed(i64, i64),
    /// A length, then a string of this form.
    Text(&'static TextForm),
    /// A length, then at most so many bytes.
    Bytes(usize),
    /// So many bytes.
    Array(usize),
    /// 16 bytes, neither all zeros nor all ones.
    Uuid,
    /// 0, or 1 and then the next so many steps.
    Option(usize),
    /// A count, and so often the next so many steps.
    List(usize),
    /// A value that the walker takes.
    Take(M),
}

/// The steps through a type. `mark` says of a place (`actor.agency`, empty for the whole) whether the walker takes
/// the value there.
pub fn steps<M: Copy>(of: &Type, place: &str, mark: &impl Fn(&str, &Type) -> Option<M>) -> Vec<Step<M>> {
    if let Some(mark) = mark(place, of) {
        return vec![Step::Take(mark)];
    }
    let inner_then = |step: fn(usize) -> Step<M>, inner: &Type| {
        let inner = steps(inner, place, mark);
        [vec![step(inner.len())], inner].concat()
    };
    match of {
        Type::Bool => vec![Step::Bool],
        Type::U16 => vec![Step::Number(u16::MAX.into())],
        Type::U32 => vec![Step::Number(u32::MAX.into())],
        Type::U64 => vec![Step::Number(u64::MAX)],
        Type::I32(min, max) => vec![Step::Signed((*min).into(), (*max).into())],
        Type::I64(min, max) => vec![Step::Signed(*min, *max)],
        Type::Str(form) => vec![Step::Text(form)],
        Type::Bytes(bytes_max) => vec![Step::Bytes(*bytes_max)],
        Type::Array(bytes) => vec![Step::Array(*bytes)],
        Type::Uuid => vec![Step::Uuid],
        Type::Option(inner) => inner_then(Step::Option, inner),
        Type::List(inner, _) => inner_then(Step::List, inner),
        Type::Named(def) => match def().wire {
            Wire::Alias(of) => steps(&of, place, mark),
            Wire::Enum(spellings) => vec![Step::Number(last_number(spellings))],
            Wire::Struct(fields) => {
                fields.iter().flat_map(|field| steps(&field.of, &below(place, field.name), mark)).collect()
            }
        },
    }
}

/// The steps through each field of a struct; of anything else, those through the whole.
pub fn steps_by_field<M: Copy>(of: &Type, mark: &impl Fn(&str, &Type) -> Option<M>) -> Vec<Vec<Step<M>>> {
    match of {
        Type::Named(def) => match def().wire {
            Wire::Struct(fields) => fields.iter().map(|field| steps(&field.of, field.name, mark)).collect(),
            Wire::Alias(_) | Wire::Enum(_) => vec![steps(of, "", mark)],
        },
        _ => vec![steps(of, "", mark)],
    }
}

fn below(place: &str, field: &str) -> String {
    if place.is_empty() { field.to_owned() } else { format!("{place}.{field}") }
}

fn last_number(spellings: &[&str]) -> u64 {
    u64::try_from(spellings.len().saturating_sub(1)).unwrap_or(u64::MAX)
}

/// Who goes over the bytes.
pub trait Walker {
    /// What it calls the values that it takes.
    type Mark: Copy;
    /// Whether every value must be one that its type has.
    const CHECKS: bool;
    /// Takes a value from the front of `rest`; `None` if it is not there.
    fn take(&mut self, mark: Self::Mark, rest: &mut &[u8]) -> Option<()>;
}

/// Goes over the front of `rest` by these steps; `None` where the bytes are not so.
pub fn walk<W: Walker>(steps: &[Step<W::Mark>], rest: &mut &[u8], by: &mut W) -> Option<()> {
    let mut steps = steps;
    while let Some((step, after)) = steps.split_first() {
        steps = after;
        match *step {
            Step::Bool => {
                flag(rest)?;
            }
            Step::Number(max) => {
                let number = number(rest)?;
                (!W::CHECKS || number <= max).then_some(())?;
            }
            Step::Signed(min, max) => {
                let value = signed(rest)?;
                (!W::CHECKS || (min..=max).contains(&value)).then_some(())?;
            }
            Step::Text(form) => {
                let text = counted(rest)?;
                (!W::CHECKS || form.holds(text)).then_some(())?;
            }
            Step::Bytes(bytes_max) => {
                let bytes = counted(rest)?;
                (!W::CHECKS || bytes.len() <= bytes_max).then_some(())?;
            }
            Step::Array(bytes) => {
                take(rest, bytes)?;
            }
            Step::Uuid => {
                let id = chunk::<16>(rest)?;
                (!W::CHECKS || EventId::from_bytes(*id).is_some()).then_some(())?;
            }
            Step::Option(inner) => {
                if !flag(rest)? {
                    steps = steps.get(inner..)?;
                }
            }
            Step::List(inner) => {
                let count = usize::try_from(number(rest)?).ok()?;
                (!W::CHECKS || count <= LIST_ITEMS_MAX).then_some(())?;
                let (item, after) = steps.split_at_checked(inner)?;
                for _ in 0..count {
                    walk(item, rest, by)?;
                }
                steps = after;
            }
            Step::Take(mark) => by.take(mark, rest)?,
        }
    }
    Some(())
}

/// So many bytes.
pub fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(taken)
}

/// One byte, 0 or 1.
pub fn flag(rest: &mut &[u8]) -> Option<bool> {
    match take(rest, 1)? {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

/// A length, and so many bytes.
pub fn counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let bytes = usize::try_from(number(rest)?).ok()?;
    take(rest, bytes)
}

/// A zigzag varint.
pub fn signed(rest: &mut &[u8]) -> Option<i64> {
    let zigzag = number(rest)?;
    Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
}

/// A varint in its shortest form: one byte up to 250; else 251, 252 or 253 and two, four or eight bytes.
pub fn number(rest: &mut &[u8]) -> Option<u64> {
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

    #[test]
    fn over_long_numbers_are_none() {
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
