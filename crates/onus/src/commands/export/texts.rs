//! The texts that are opened in an export: named by kind and field, handed out by the ledger's door alone.

use crate::exit::{Cause, Failure};
use onus_core::cell::Holds;
use onus_core::flat::columns;
use onus_core::kinds::Kind;
use onus_export::data::{DataError, Event, TextState};
use onus_ledger::{Caller, Disclosure, EntryTexts, Unlocked, open_disclosed};
use std::collections::BTreeSet;

/// The sealed fields that `--disclose` names, as kind and number.
pub(super) fn disclosed(names: &[String]) -> Result<BTreeSet<(Kind, u16)>, Failure> {
    let mut fields = BTreeSet::new();
    for name in names {
        let unknown = |listed: Vec<String>| {
            Failure::new(Cause::Usage, "--disclose: expected Kind.field of a sealed text")
                .hint(format_args!("such as {}", listed.join(", ")))
        };
        let Some((kind, field)) = name.split_once('.') else {
            return Err(unknown(vec!["AttendanceDecided.rationale".into()]));
        };
        let Some(kind) = Kind::from_name(kind) else {
            return Err(unknown(vec!["AttendanceDecided.rationale".into()]));
        };
        let sealed: Vec<(String, u16)> = columns(kind)
            .into_iter()
            .filter_map(|column| match column.holds {
                Holds::Sealed(number) => Some((column.name.trim_start_matches("body_").to_owned(), number)),
                _ => None,
            })
            .collect();
        let Some((_, number)) = sealed.iter().find(|(name, _)| name == field) else {
            return Err(unknown(sealed.iter().map(|(name, _)| format!("{}.{name}", kind.name())).collect()));
        };
        fields.insert((kind, *number));
    }
    Ok(fields)
}

/// Opens the named texts of these events; the access ledger has it first. Returns how many could not be opened.
pub(super) fn open_texts(
    keys: &Unlocked,
    caller: &Caller,
    disclosure: &Disclosure<'_>,
    fields: &BTreeSet<(Kind, u16)>,
    events: &mut [Event],
) -> Result<u64, DataError> {
    let wanted: Vec<EntryTexts> = events
        .iter()
        .filter_map(|event| {
            let named = |field: u16| fields.contains(&(event.kind(), field));
            let texts = event.texts.iter().filter(|text| matches!(text.state, TextState::Withheld));
            let fields: Vec<u16> = texts.map(|text| text.field).filter(|field| named(*field)).collect();
            (!fields.is_empty()).then_some(EntryTexts { seq: event.head.seq, fields })
        })
        .collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let mut unopened = 0;
    let handed = keys.disclose(caller, disclosure, &wanted)?;
    for one in handed {
        let Ok(at) = events.binary_search_by_key(&one.seq, |event| event.head.seq) else { continue };
        let Some(event) = events.get_mut(at) else { continue };
        let id = event.id();
        let text = event.texts.iter_mut().find(|text| text.field == one.field);
        if let (Some(text), Ok(key)) = (text, &one.key)
            && let Ok(plain) = open_disclosed(&text.sealed, &id, one.field, key)
        {
            text.state = TextState::Opened(plain);
        } else {
            unopened += 1;
        }
    }
    Ok(unopened)
}

/// Every sealed text of every kind of event.
pub(super) fn every_text() -> BTreeSet<(Kind, u16)> {
    let of = |kind: &Kind| {
        let kind = *kind;
        columns(kind).into_iter().filter_map(move |column| match column.holds {
            Holds::Sealed(number) => Some((kind, number)),
            _ => None,
        })
    };
    Kind::ALL.iter().flat_map(of).collect()
}
