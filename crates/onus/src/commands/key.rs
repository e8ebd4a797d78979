//! `onus key`: the keys a ledger signs with, and other agencies' keys for handovers.

use super::{session, unlocked_session};
use crate::args::{Cli, KeyCommand};
use crate::exit::{Cause, Failure};
use crate::{output, terminal};
use onus_core::vocabulary::KeyPurpose;
use onus_service::Key;
use std::io::{self, Write};

pub(crate) fn run(cli: &Cli, command: &KeyCommand) -> Result<(), Failure> {
    let (key, words) = match command {
        KeyCommand::Show { format } => {
            let keys = session(cli).registered_keys()?;
            return output::listed(*format, &keys, &keys, |out| write_words(out, &keys));
        }
        KeyCommand::Generate { purpose } => (unlocked_session(cli)?.generate_key(*purpose)?, REGISTERED),
        KeyCommand::Rotate { purpose } => (unlocked_session(cli)?.rotate_key(*purpose)?, REGISTERED),
        KeyCommand::Register { key } => {
            session(cli).register_partner_key(key)?;
            (key.clone(), "Registered. Answers recorded from now on may be signed with it.")
        }
        KeyCommand::Revoke { purpose, of: None, reason } => (
            session(cli).revoke_key(*purpose, reason.clone())?,
            "Revoked. Inform everyone who trusts this key; what it signed before stays valid.",
        ),
        KeyCommand::Revoke { purpose: KeyPurpose::Handover, of: Some(key), reason } => {
            session(cli).revoke_partner_key(key, reason.clone())?;
            (key.clone(), "Revoked. No answer recorded from now on counts as signed by it.")
        }
        KeyCommand::Revoke { of: Some(_), .. } => {
            return Err(Failure::new(Cause::Usage, "--of: other agencies have keys for handovers only"));
        }
    };
    terminal::say(&words);
    terminal::data(|out| writeln!(out, "{key}"))
}

const REGISTERED: &str = "Registered. Send this key, by a separate channel (paper, phone), to everyone who will check \
                          the ledger.";

fn write_words(out: &mut dyn Write, keys: &[Key]) -> io::Result<()> {
    for known in keys {
        let (purpose, seq) = (known.purpose.0.as_str(), known.registered_seq);
        let at = known.registered_at.0.london();
        writeln!(out, "{}\n  {purpose}, registered by entry {seq} on {at}", known.key.0)?;
        if let Some(revoked) = &known.revoked {
            let (at, reason) = (revoked.at.0.london(), &revoked.reason.0);
            writeln!(out, "  revoked by entry {} on {at}: {reason}", revoked.seq)?;
        }
    }
    Ok(())
}
