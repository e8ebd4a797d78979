//! A page of evidence: the verdict of its viewer, in words, and what the ledger has erased since, where it is here.

use super::{Checker, Good, Judged, NotGood, wrong};
use crate::incident::IncidentError;
use crate::sentences::{signature, text_label};
use onus_core::entry::EntryHead;
use onus_core::record::Record;
use onus_export::evidence::{self, State, TextFinding, Verdict};
use onus_ledger::{Ledger, OpenError};
use onus_proof::SignedCheckpoint;
use onus_query::erased::Erasures;

/// Judges a page.
pub(super) fn page(given: &Checker, bytes: &[u8]) -> Judged {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not text in UTF-8"))?;
    let verdict = evidence::check(text, given.policy.logs()).map_err(wrong)?;
    let reasons = |state: State| {
        let checks = verdict.checks.iter().filter(|check| check.state == state);
        checks.map(|check| format!("{}: {}", check.id, check.reason)).collect::<Vec<_>>()
    };
    match verdict.state() {
        State::Holds => {
            // The page says nothing of witnesses whom the policy asks for, nor of revocations proven elsewhere.
            let signed = SignedCheckpoint::parse(verdict.checkpoint.as_bytes()).map_err(wrong)?;
            let under = given.trusted(signed)?;
            let (count, incident) = (verdict.entries.len(), &verdict.incident);
            let words = reasons(State::Holds).join(" ");
            let answers = answers(&verdict);
            let erased =
                given.ledger.as_ref().map(|ledger| erased_since(ledger, &verdict)).unwrap_or_default();
            let viewer = if verdict.is_own_viewer {
                ""
            } else {
                " The viewer inside the file is not the one of this release; it was not run: open the file in a viewer that \
                 you have from elsewhere."
            };
            Ok(Good {
                origin: under.origin().to_owned(),
                size: under.head().size,
                words: format!("{count} entries of {incident} hold; {words}{answers}{viewer}{erased}"),
            })
        }
        State::Fails => {
            let entries = verdict.entries.iter().filter(|entry| entry.state == State::Fails);
            let entries = entries.map(|entry| format!("entry {}: {}", entry.seq, entry.reasons.join("; ")));
            Err(wrong(reasons(State::Fails).into_iter().chain(entries).collect::<Vec<_>>().join(" ")))
        }
        State::Open => Err(NotGood::NotChecked(reasons(State::Open).join(" "))),
    }
}

/// What the answers to offers are worth that carry a note.
fn answers(verdict: &Verdict) -> String {
    let answers = verdict.entries.iter().filter_map(|entry| {
        let words = signature(entry.signature.as_ref()?);
        Some(format!(" Entry {}: {words}", entry.seq))
    });
    answers.collect()
}

/// What the page's own ledger has erased since: the page itself cannot know.
fn erased_since(ledger: &Ledger, verdict: &Verdict) -> String {
    match erased(ledger, verdict) {
        Ok(None) => String::new(),
        Ok(Some(erased)) if erased.is_empty() => " The ledger has erased none of its texts since.".into(),
        Ok(Some(erased)) => format!(" The ledger says: {}.", erased.join("; ")),
        Err(_) => " The ledger beside it could not be asked what it has erased since.".into(),
    }
}

/// The texts of the page that the ledger has erased; `None` if no ledger is there, or another one.
fn erased(ledger: &Ledger, verdict: &Verdict) -> Result<Option<Vec<String>>, IncidentError> {
    let Some(manifest) = &verdict.manifest else { return Ok(None) };
    let reader = match ledger.read() {
        Ok(reader) => reader,
        Err(OpenError::Log(onus_store::OpenError::NoLedger { .. })) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    if reader.identity().origin.as_str() != manifest.origin {
        return Ok(None);
    }
    let erasures = Erasures::of(&reader)?;
    let mut erased = Vec::new();
    for entry in &verdict.entries {
        let stored = reader.entry(entry.seq)?;
        let record =
            EntryHead::parse(stored.bytes()).and_then(|(head, record)| Record::decode(&head, record));
        let Ok(record) = record else { continue };
        for (field, sealed) in record.sealed_texts() {
            let Some(on) = erasures.on(sealed.key_id) else { continue };
            let text = entry.texts.iter().find(|text| text.field == field);
            let still = match text.map(|text| &text.finding) {
                Some(TextFinding::Opened(_)) => ", though this file, made before, opens it",
                _ => "",
            };
            erased.push(format!(
                "entry {}, {}: erased on {}{still}",
                entry.seq,
                text_label(record.kind(), field),
                on.london_day().british()
            ));
        }
    }
    Ok(Some(erased))
}
