//! The certificate of an erasure, in words.

use crate::erase::{ErasedFrom, ErasureCertificate, LeftTheLedger, Recipients};
use onus_core::seq::Seq;

/// A certificate, line by line. Recipients are as they were stated: whoever prints the lines escapes what a terminal
/// would obey.
#[must_use]
pub fn certificate(certificate: &ErasureCertificate) -> Vec<String> {
    let mut lines = head(certificate);
    lines.extend(texts(certificate));
    lines.extend(not_reached(certificate));
    lines.push(String::new());
    lines.push(certificate.signed.map_or_else(
        || "Its JSON form is signed, and `onus check FILE` checks it.".to_owned(),
        |unsigned| format!("{unsigned}."),
    ));
    lines
}

fn head(certificate: &ErasureCertificate) -> Vec<String> {
    let from = match &certificate.erased_from {
        ErasedFrom::Incident(incident) => format!("incident {}", incident.0),
        ErasedFrom::Subject(token) => format!("subject {}", token.0),
    };
    let mut lines = vec![
        format!("Certificate of erasure, ledger {}", certificate.origin.0),
        format!("  {from}"),
        format!(
            "  made {} at {} entries, last link {}",
            certificate.made_at.0.london(),
            certificate.size,
            certificate.last_link.0
        ),
    ];
    if certificate.erasures.is_empty() {
        lines.push(String::new());
        lines.push("Nothing was erased: there is no text.".to_owned());
    }
    for one in &certificate.erasures {
        lines.push(String::new());
        lines.push(format!(
            "Erased {} by entry {} of {}: {} key slots, basis {}, authorised by {}",
            one.recorded_at.0.london(),
            one.seq,
            one.incident.0,
            one.key_slots,
            one.basis.0,
            one.authorised_by.join(" and ")
        ));
    }
    lines
}

fn texts(certificate: &ErasureCertificate) -> Vec<String> {
    let heading = format!("Texts that can no longer be opened: {}", certificate.texts.len());
    let texts = certificate
        .texts
        .iter()
        .map(|text| format!("  entry {} {}: {}, {} characters", text.seq, text.event, text.text, text.chars));
    [String::new(), heading].into_iter().chain(texts).collect()
}

fn not_reached(certificate: &ErasureCertificate) -> Vec<String> {
    let not = &certificate.not_reached;
    let mut lines = vec![String::new(), "Not reached:".to_owned(), format!("  {}", not.vault_copies)];
    lines.extend(not.recipients.iter().chain(&not.readings).map(left));
    lines.extend(not.other_texts_of_the_same_incidents.iter().map(|text| {
        format!(
            "  for a person to decide: entry {} {} of {}: {}, {} characters, under another key",
            text.seq, text.event, text.incident.0, text.text, text.chars
        )
    }));
    let access = &not.access_ledger_entries_with_texts_of_their_own;
    if !access.is_empty() {
        lines.push(format!("  reasons and recipients in the access ledger, entries {}", list(access)));
    }
    let restrictions = &not.entries_that_restrict_processing;
    if !restrictions.is_empty() {
        lines.push(format!("  a restriction of processing was in force, entries {}", list(restrictions)));
    }
    lines.extend(not.out_of_sight.iter().map(|place| format!("  {place}")));
    lines
}

fn left(left: &LeftTheLedger) -> String {
    let how = left.how.as_ref().map(|how| format!(" ({})", how.0)).unwrap_or_default();
    let to = match &left.recipients {
        Some(Recipients::Text(text)) => format!(", to “{text}”"),
        Some(Recipients::Unreadable(why)) => format!(", recipients: {why}"),
        None => String::new(),
    };
    format!(
        "  {}{how} by {} {}{to} (access ledger, entry {})",
        left.event,
        left.who,
        left.recorded_at.0.london(),
        left.access_seq
    )
}

fn list(numbers: &[Seq]) -> String {
    numbers.iter().map(Seq::to_string).collect::<Vec<_>>().join(", ")
}
