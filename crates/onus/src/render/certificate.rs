//! The certificate of an erasure: what was done, and what was not reached.

use super::rows::write_rows;
use super::says::{label_of_kind, person_named};
use crate::args::Format;
use onus_export::certificate::{KEY_PROOF, SIGNATURE, SIGNED};
use onus_export::signature::Signature;
use onus_ledger::{Certificate, Erasure, ErasureScope, Left, TextAt};
use serde_json::{Value, json};
use std::io::{self, Write};

/// What no ledger can know. The sentences stand in docs/personal-data.md as well.
const OUT_OF_SIGHT: [&str; 3] = [
    "what a file system, a disk or a backup kept of overwritten bytes",
    "what somebody who read a text remembers or wrote down",
    "what the systems that the text came from still hold",
];
const UNSIGNED: &str = "NOT SIGNED: the ledger has no key for manifests (onus key generate manifest makes one); compare the chain link with a checkpoint kept elsewhere";

/// What a certificate is called in the note that signs it.
pub(crate) const DOCUMENT: &str = "erasure-certificate";
/// A certificate, and the signature over its JSON, where the ledger has a key for that.
pub(crate) struct Signed<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) signature: Option<Signature>,
}

pub(crate) fn write(out: &mut dyn Write, signed: &Signed<'_>, format: Format) -> io::Result<()> {
    let certificate = signed.certificate;
    match format {
        Format::Json => {
            let mut json = to_json(certificate);
            if let Some(members) = json.as_object_mut() {
                match &signed.signature {
                    Some(signature) => {
                        members.insert(SIGNATURE.into(), json!(signature.note));
                        members.insert(KEY_PROOF.into(), json!(signature.key_proof));
                    }
                    None => drop(members.insert(SIGNED.into(), json!(UNSIGNED))),
                }
            }
            serde_json::to_writer_pretty(&mut *out, &json)?;
            writeln!(out)
        }
        Format::Csv => write_rows(out, Format::Csv, &TEXT_COLUMNS, &rows(&certificate.texts)),
        Format::Table => in_words(out, certificate, signed.signature.as_ref()),
    }
}

/// What the signature of a certificate is over: its JSON without white space, members by name, the signature null.
pub(crate) fn document(certificate: &Certificate) -> Vec<u8> {
    // A tree of JSON values always can be written.
    serde_json::to_vec(&to_json(certificate)).unwrap_or_default()
}

const TEXT_COLUMNS: [&str; 5] = ["incident", "entry", "event", "text", "characters"];

fn rows(texts: &[TextAt]) -> Vec<Vec<Value>> {
    let row = |text: &TextAt| {
        vec![
            json!(text.incident.to_string()),
            json!(text.seq),
            json!(text.kind.name()),
            json!(label_of_kind(text.kind, text.field)),
            json!(text.chars),
        ]
    };
    texts.iter().map(row).collect()
}

fn scope(scope: &ErasureScope) -> (&'static str, String) {
    match scope {
        ErasureScope::Incident(incident) => ("incident", incident.to_string()),
        ErasureScope::Subject(token) => ("subject", token.to_string()),
    }
}

fn to_json(certificate: &Certificate) -> Value {
    let (what, name) = scope(&certificate.scope);
    let text = |text: &TextAt| {
        json!({
            "incident": text.incident.to_string(), "entry": text.seq, "event_id": text.event_id.to_string(),
            "event": text.kind.name(), "field": text.field, "text": label_of_kind(text.kind, text.field),
            "chars": text.chars,
        })
    };
    let erasure = |one: &Erasure| {
        json!({
            "entry": one.seq, "event_id": one.event_id.to_string(), "incident": one.incident.to_string(),
            "recorded_at": one.recorded_at.rfc3339(), "basis": one.basis.as_str(), "key_slots": one.slots,
            "authorised_by": one.authorised_by.iter().map(person_named).collect::<Vec<_>>(),
            "link": one.link.to_string(),
        })
    };
    let left = |left: &Left| {
        let recipients = left.recipients.as_ref().map(|text| match text {
            Ok(text) => json!({ "text": text.expose() }),
            Err(why) => json!({ "unreadable": why.to_string() }),
        });
        json!({
            "access_entry": left.access_entry, "recorded_at": left.recorded_at.rfc3339(), "event": left.kind.name(),
            "who": person_named(&left.who), "how": left.how.as_ref().map(|how| how.as_str().to_owned()),
            "recipients": recipients,
        })
    };
    let not = &certificate.not_reached;
    json!({
        "certificate": "erasure",
        "origin": certificate.origin.as_str(),
        "size": certificate.size,
        "last_link": certificate.last_link.to_string(),
        "made_at": certificate.made_at.rfc3339(),
        what: name,
        "erasures": certificate.erasures.iter().map(erasure).collect::<Vec<_>>(),
        "texts": certificate.texts.iter().map(text).collect::<Vec<_>>(),
        "not_reached": {
            "vault_copies": vault_copies(not.vault_generation),
            "recipients": not.recipients.iter().map(left).collect::<Vec<_>>(),
            "readings": not.readings.iter().map(left).collect::<Vec<_>>(),
            "other_texts_of_the_same_incidents": not.other_texts.iter().map(text).collect::<Vec<_>>(),
            "access_ledger_entries_with_texts_of_their_own": not.access_texts,
            "entries_that_restrict_processing": not.restrictions,
            "out_of_sight": OUT_OF_SIGHT,
        },
        SIGNATURE: Value::Null,
        KEY_PROOF: Value::Null,
    })
}

fn vault_copies(generation: u64) -> String {
    format!(
        "copies of the vault made so far open the texts while their key file or passphrase is had: destroy them; `onus \
         seal rotate` (the vault is at generation {generation}) strands copies of its slot file alone"
    )
}

fn in_words(out: &mut dyn Write, certificate: &Certificate, signature: Option<&Signature>) -> io::Result<()> {
    let (what, name) = scope(&certificate.scope);
    let not = &certificate.not_reached;
    writeln!(out, "Certificate of erasure, ledger {}", certificate.origin)?;
    writeln!(out, "  {what} {name}")?;
    writeln!(
        out,
        "  made {} at {} entries, last link {}",
        certificate.made_at.london(),
        certificate.size,
        certificate.last_link
    )?;
    if certificate.erasures.is_empty() {
        writeln!(out, "\nNothing was erased: no text stands there.")?;
    }
    for one in &certificate.erasures {
        let people: Vec<String> = one.authorised_by.iter().map(person_named).collect();
        writeln!(
            out,
            "\nErased {} by entry {} of {}: {} key slots, basis {}, authorised by {}",
            one.recorded_at.london(),
            one.seq,
            one.incident,
            one.slots,
            one.basis,
            people.join(" and ")
        )?;
    }
    writeln!(out, "\nTexts that can no longer be opened: {}", certificate.texts.len())?;
    for text in &certificate.texts {
        writeln!(
            out,
            "  entry {} {}: {}, {} characters",
            text.seq,
            text.kind.name(),
            label_of_kind(text.kind, text.field),
            text.chars
        )?;
    }
    writeln!(out, "\nNot reached:\n  {}", vault_copies(not.vault_generation))?;
    for left in not.recipients.iter().chain(&not.readings) {
        let how = left.how.as_ref().map(|how| format!(" ({how})")).unwrap_or_default();
        let to = match &left.recipients {
            Some(Ok(text)) => format!(", to “{}”", super::cells::printable(text.expose())),
            Some(Err(why)) => format!(", recipients: {why}"),
            None => String::new(),
        };
        writeln!(
            out,
            "  {}{how} by {} {}{to} (access ledger, entry {})",
            left.kind.name(),
            person_named(&left.who),
            left.recorded_at.london(),
            left.access_entry
        )?;
    }
    for text in &not.other_texts {
        writeln!(
            out,
            "  for a person to decide: entry {} {} of {}: {}, {} characters, under another key",
            text.seq,
            text.kind.name(),
            text.incident,
            label_of_kind(text.kind, text.field),
            text.chars
        )?;
    }
    if !not.access_texts.is_empty() {
        writeln!(out, "  reasons and recipients in the access ledger, entries {}", list(&not.access_texts))?;
    }
    if !not.restrictions.is_empty() {
        writeln!(out, "  a restriction of processing stood, entries {}", list(&not.restrictions))?;
    }
    for place in OUT_OF_SIGHT {
        writeln!(out, "  {place}")?;
    }
    match signature {
        None => writeln!(out, "\n{UNSIGNED}."),
        Some(_) => {
            writeln!(out, "\nIts JSON form (--format json) is signed, and `onus check FILE` checks it.")
        }
    }
}

fn list(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}
