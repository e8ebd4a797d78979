//! `onus disclose`: the keys of named texts, for one recipient. The access ledger has it first.
//!
//! The file holds keys, never a text. A key opens one text of one entry; the entry's commitment shows that it is the
//! right one. `onus show --keys` opens texts with it, in any copy of the ledger.

use super::new_file::NewFile;
use super::reveal_failure;
use super::vantage::not_found;
use super::{caller, ledger, open_failure, parse_code, parse_incident, unlocked, who};
use crate::args::Cli;
use crate::args::disclose::DiscloseArgs;
use crate::exit::{Cause, Failure, chain, output};
use crate::terminal;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use onus_core::blame::Blamed as _;
use onus_core::entry::EntryHead;
use onus_core::ids::Incident;
use onus_core::kinds::Kind;
use onus_core::record::Record;
use onus_core::sealed::Plain;
use onus_export::evidence::Selection;
use onus_ledger::{Disclosure, EntryTexts, HandedKey};
use onus_service::sentences::text_label as label_of_kind;
use onus_service::{FieldKeys, KeyOfText, WithheldText};
use onus_store::Reader;

pub(crate) fn run(cli: &Cli, args: &DiscloseArgs) -> Result<(), Failure> {
    let who = who(cli, "disclose")?;
    let incident = parse_incident(&args.incident)?;
    let selections: Option<Vec<Selection>> = args.texts.iter().map(|text| Selection::parse(text)).collect();
    let selections = selections.ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("--text: expected {}", Selection::EXPECTED))
    })?;
    let (recipient, why) = (plain("--to", &args.to)?, plain("--why", &args.why)?);
    let ground = parse_code("--ground", &args.ground)?;
    let ledger = ledger(cli);
    let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
    let texts = texts(&reader, &incident)?;
    if texts.is_empty() {
        return Err(not_found(&incident));
    }
    let mut wanted: Vec<EntryTexts> = Vec::new();
    for (head, record) in &texts {
        let kind = record.kind();
        let named = |field: u16| selections.iter().any(|one| one.names(head.seq, kind, field));
        let fields: Vec<u16> =
            record.sealed_texts().into_iter().map(|(field, _)| field).filter(|field| named(*field)).collect();
        if !fields.is_empty() {
            wanted.push(EntryTexts { seq: head.seq, fields });
        }
    }
    if wanted.is_empty() && !selections.contains(&Selection::All) {
        return Err(Failure::new(
            Cause::Refused,
            "no entry of the incident has such a text: no key was handed out",
        )
        .hint("`onus show INCIDENT` says which texts there are; the names are those of the drafts"));
    }
    let keys_of_ledger = unlocked(&ledger)?;
    // The name is taken before anything is handed out for it.
    let file = NewFile::create(&args.output)?;
    let disclosure = Disclosure { recipients: &recipient, ground: ground.clone(), why: Some(&why) };
    let handed = keys_of_ledger
        .disclose(&caller(cli), &disclosure, &wanted)
        .map_err(|e| reveal_failure(&ledger, &e))?;
    let keys = FieldKeys {
        format: FieldKeys::FORMAT.into(),
        origin: reader.identity().origin.to_string(),
        incident: incident.to_string(),
        made_at: ledger.machine().now().rfc3339(),
        made_by: who.to_string(),
        recipient: recipient.expose().to_owned(),
        ground: ground.to_string(),
        keys: handed.iter().filter_map(|one| key(one, &texts)).collect(),
        withheld: handed.iter().filter_map(withheld).collect(),
    };
    for closed in &keys.withheld {
        terminal::say(&format_args!("onus: entry {}, field {}: {}", closed.seq, closed.field, closed.why));
    }
    let mut bytes = serde_json::to_vec_pretty(&keys).map_err(|e| output(&e.into()))?;
    bytes.push(b'\n');
    file.finish(&bytes)?;
    terminal::say(&format_args!(
        "onus: {} holds {} keys for {}; {} texts stay closed; the access ledger says so",
        args.output.display(),
        keys.keys.len(),
        keys.recipient,
        keys.withheld.len()
    ));
    Ok(())
}

fn plain(option: &str, text: &str) -> Result<Plain, Failure> {
    Some(text).filter(|text| !text.trim().is_empty()).and_then(Plain::new).ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("{option}: expected a text of at most 16,384 bytes"))
    })
}

/// The incident's records that this release knows.
fn texts(reader: &Reader, incident: &Incident) -> Result<Vec<(EntryHead, Record)>, Failure> {
    let failed = |e: &onus_store::ReadError| Failure::new(e.blame().into(), chain(e));
    let mut found = Vec::new();
    for seq in reader.incident(&incident.key()).map_err(|e| failed(&e))? {
        let entry = reader.entry(seq).map_err(|e| failed(&e))?;
        if let Ok((head, record)) = EntryHead::parse(entry.bytes())
            && let Ok(record) = Record::decode(&head, record)
        {
            found.push((head, record));
        }
    }
    Ok(found)
}

fn key(one: &HandedKey, texts: &[(EntryHead, Record)]) -> Option<KeyOfText> {
    let (_, record) = texts.iter().find(|(head, _)| head.seq == one.seq)?;
    let key = one.key.as_ref().ok()?;
    let kind: Kind = record.kind();
    Some(KeyOfText {
        seq: one.seq,
        event_id: record.common.event_id.to_string(),
        event: kind.name().into(),
        field: one.field,
        text: label_of_kind(kind, one.field).into(),
        chars: one.chars,
        key: STANDARD.encode(key.expose()),
    })
}

fn withheld(one: &HandedKey) -> Option<WithheldText> {
    let why = one.key.as_ref().err()?.to_string();
    Some(WithheldText { seq: one.seq, field: one.field, chars: one.chars, why })
}
