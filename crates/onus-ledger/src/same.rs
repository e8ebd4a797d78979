//! Whether a draft that came again is the same: its clear fields are equal and each sealed text opens to
//! the same text. Where the text was erased, equal clear fields and an equal length are enough. An entry that
//! an earlier release wrote, under an older schema, is compared as what it says under today's. Who worked the
//! software makes no difference: a colleague may send the same draft again.

use onus_core::entry::{EncodedEvent, EntryHead};
use onus_core::field_no::FieldNo;
use onus_core::ids::EventId;
use onus_core::record::Record;
use onus_core::sealed::{Plain, Sealed};
use onus_vault::{OpenTextError, SlotError, Vault};

/// Compares a new event with the stored entry that has its id.
pub(crate) fn is_same(vault: Option<&Vault>, new: &EncodedEvent, stored_entry: &[u8]) -> bool {
    let Ok((head, stored_record)) = EntryHead::parse(stored_entry) else { return false };
    if new.kind() != head.kind {
        return false;
    }
    let new_head = new.head(head.seq, head.recorded_at, head.incident_version);
    if new_head == head && new.record() == stored_record {
        return true;
    }
    let (Ok(mut new), Ok(mut stored)) =
        (Record::decode(&new_head, new.record()), Record::decode(&head, stored_record))
    else {
        return false;
    };
    new.common.submitted_by.operator = None;
    stored.common.submitted_by.operator = None;
    let (new_texts, stored_texts) = (new.sealed_texts(), stored.sealed_texts());
    new_texts.len() == stored_texts.len()
        && new.without_texts() == stored.without_texts()
        && new_texts.iter().zip(&stored_texts).all(|((field, new_text), (stored_field, stored_text))| {
            field == stored_field
                && vault.is_some_and(|vault| {
                    same_text(vault, &new.common.event_id, *field, new_text, stored_text)
                })
        })
}

/// Lengths were compared already: `without_texts` keeps them.
fn same_text(vault: &Vault, event_id: &EventId, field: FieldNo, new: &Sealed, stored: &Sealed) -> bool {
    let Ok(new) = vault.open_text(new, event_id, field) else {
        return is_erased_or(vault.open_text(stored, event_id, field), |_| false);
    };
    is_erased_or(vault.open_text(stored, event_id, field), |stored| *stored == new)
}

/// Whether a stored text is as expected, or can no longer be held against anything.
pub(crate) fn is_erased_or(
    stored: Result<Plain, OpenTextError>,
    is_expected: impl FnOnce(&Plain) -> bool,
) -> bool {
    match stored {
        Ok(stored) => is_expected(&stored),
        Err(OpenTextError::Slot(SlotError::Erased { .. }) | OpenTextError::Withheld { .. }) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onus_core::entry::{EntryVersion, IdOrigin};
    use onus_core::ids::Token;
    use onus_core::kinds::{Body, Kind};
    use onus_core::model::Operator;
    use onus_core::vocabulary::ContactEnd;
    use onus_testkit::samples::{self, Fullness, bytes_of};

    /// As an earlier release left it.
    fn stored() -> (EntryHead, Vec<u8>) {
        let todays = samples::head(Kind::ContactReceived);
        let head = EntryHead { version: EntryVersion::One, schema: 1, ..todays };
        (head, [head.to_bytes().as_slice(), &bytes_of(&head, Fullness::Bare)].concat())
    }

    #[test]
    fn a_retry_of_what_an_earlier_release_recorded_is_the_same_and_one_that_says_more_is_not() {
        let (head, stored) = stored();
        let (_, bytes) = EntryHead::parse(&stored).unwrap();
        let mut draft = Record::decode(&head, bytes).unwrap();

        let retry = draft.encode(IdOrigin::Source).unwrap();
        assert_eq!(retry.schema(), 2, "what is written today");
        assert!(is_same(None, &retry, &stored));

        let person = Some(Token::from_bytes([7; 16]));
        let operator = Operator { role: None, person, account: None, login_uid: Some(1_000) };
        draft.common.submitted_by.operator = Some(operator);
        assert!(
            is_same(None, &draft.encode(IdOrigin::Source).unwrap(), &stored),
            "a colleague sends it again"
        );

        let Body::ContactReceived(body) = &mut draft.body else { panic!("another kind") };
        body.ended = Some(ContactEnd::Lost);
        assert!(!is_same(None, &draft.encode(IdOrigin::Source).unwrap(), &stored));
    }
}
