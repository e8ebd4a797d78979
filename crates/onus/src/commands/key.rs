//! `onus key`: the keys a ledger signs with.

use super::{caller, format, ledger, open_failure, parse_code, record_cause, unlocked};
use crate::args::{Cli, Format, KeyCommand};
use crate::exit::{Cause, Failure, chain};
use crate::terminal;
use onus_core::vocabulary::KeyPurpose;
use onus_ledger::{Ledger, PartnerError, SigningError, SigningKey, signing_keys};
use serde_json::{Value, json};

pub(crate) fn run(cli: &Cli, command: &KeyCommand) -> Result<(), Failure> {
    let ledger = ledger(cli);
    let caller = caller(cli);
    let key = match command {
        KeyCommand::Show { format: given } => return show(&ledger, format(*given)),
        KeyCommand::Generate { purpose } => unlocked(&ledger)?.generate_key(&caller, *purpose),
        KeyCommand::Rotate { purpose } => unlocked(&ledger)?.rotate_key(&caller, *purpose),
        KeyCommand::Register { key } => {
            ledger.register_partner_key(&caller, key).map_err(|e| partner_failure(&ledger, &e))?;
            terminal::say(&"Registered. Answers recorded from here on may be signed with it.");
            return terminal::data(|out| writeln!(out, "{key}"));
        }
        KeyCommand::Revoke { purpose, of: None, reason } => {
            ledger.revoke_key(&caller, *purpose, parse_code("--reason", reason)?)
        }
        KeyCommand::Revoke { purpose: KeyPurpose::Handover, of: Some(key), reason } => {
            let reason = parse_code("--reason", reason)?;
            ledger.revoke_partner_key(&caller, key, reason).map_err(|e| partner_failure(&ledger, &e))?;
            terminal::say(&"Revoked. No answer recorded from here on counts as signed by it.");
            return terminal::data(|out| writeln!(out, "{key}"));
        }
        KeyCommand::Revoke { of: Some(_), .. } => {
            return Err(Failure::new(Cause::Usage, "--of: only keys for handovers are other agencies'"));
        }
    };
    let key = key.map_err(|e| failure(&ledger, &e))?;
    terminal::say(&if matches!(command, KeyCommand::Revoke { .. }) {
        "Revoked. Tell everyone who trusts this key; what it signed before keeps verifying."
    } else {
        "Registered. Give this verifier key to everyone who shall check, by a way that is not this ledger."
    });
    terminal::data(|out| writeln!(out, "{key}"))
}

fn show(ledger: &Ledger, format: Format) -> Result<(), Failure> {
    let reader = ledger.read().map_err(|e| open_failure(ledger, &e))?;
    let keys = signing_keys(&reader).map_err(|e| open_failure(ledger, &e))?;
    let revoked = |known: &SigningKey| {
        known
            .revoked
            .as_ref()
            .map(|revoked| (revoked.seq.to_string(), revoked.at.rfc3339(), revoked.reason.to_string()))
    };
    match format {
        Format::Json => {
            let keys: Vec<Value> = keys
                .iter()
                .map(|known| {
                    json!({
                        "purpose": known.purpose.as_str(), "key": known.key.to_string(),
                        "registered_seq": known.seq, "registered_at": known.at.rfc3339(),
                        "revoked": known.revoked.as_ref().map(|revoked| json!({
                            "seq": revoked.seq, "at": revoked.at.rfc3339(),
                            "reason": revoked.reason.as_str(),
                        })),
                    })
                })
                .collect();
            terminal::data(|out| {
                serde_json::to_writer_pretty(&mut *out, &keys)?;
                writeln!(out)
            })
        }
        Format::Csv => terminal::data(|out| {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["purpose", "key", "registered_seq", "revoked_seq", "revoked_at", "reason"])?;
            for known in &keys {
                let (seq, at, reason) = revoked(known).unwrap_or_default();
                let (key, from) = (known.key.to_string(), known.seq.to_string());
                csv.write_record([known.purpose.as_str(), &key, &from, &seq, &at, &reason])?;
            }
            csv.flush()
        }),
        Format::Table => terminal::data(|out| {
            for known in &keys {
                let (purpose, seq) = (known.purpose.as_str(), known.seq);
                writeln!(
                    out,
                    "{}\n  {purpose}, registered by entry {seq} on {}",
                    known.key,
                    known.at.london()
                )?;
                if let Some((seq, at, reason)) = revoked(known) {
                    writeln!(out, "  revoked by entry {seq} on {at}: {reason}")?;
                }
            }
            Ok(())
        }),
    }
}

pub(super) fn failure(ledger: &Ledger, error: &SigningError) -> Failure {
    match error {
        SigningError::Open(error) => open_failure(ledger, error),
        SigningError::Record(e) => Failure::new(record_cause(e), chain(e)),
        SigningError::InForce { .. } => Failure::new(Cause::Conflict, error),
        SigningError::NoneInForce { purpose } => Failure::new(Cause::Refused, error)
            .hint(format_args!("make one: onus key generate {}", purpose.as_str())),
        SigningError::NoPurpose { .. } => Failure::new(Cause::Refused, error),
        SigningError::Damaged { .. } => Failure::new(Cause::Found, error),
        _ => Failure::new(Cause::Environment, chain(error)),
    }
}

fn partner_failure(ledger: &Ledger, error: &PartnerError) -> Failure {
    match error {
        PartnerError::Signing(error) => failure(ledger, error),
        PartnerError::Open(error) => open_failure(ledger, error),
        PartnerError::Known { .. } => Failure::new(Cause::Conflict, error),
        _ => Failure::new(Cause::Refused, error),
    }
}
