//! `onus disclose`: the keys of named texts, for one recipient, in a file. The access ledger has it first.

use super::{acting_identity, unlocked_session};
use crate::args::Cli;
use crate::args::disclose::DiscloseArgs;
use crate::exit::{Failure, output};
use crate::new_file::NewFile;
use crate::terminal;
use onus_service::DiscloseQuestion;

pub(crate) fn run(cli: &Cli, args: &DiscloseArgs) -> Result<(), Failure> {
    acting_identity(cli, "disclose")?;
    let session = unlocked_session(cli)?;
    // The name is taken before anything is handed out for it.
    let file = NewFile::create(&args.out)?;
    let keys = session.disclose(&DiscloseQuestion {
        incident: args.incident.clone(),
        texts: args.texts.clone(),
        recipient: args.to.clone(),
        ground: args.ground.clone(),
        why: args.why.clone(),
    })?;
    for closed in &keys.withheld {
        terminal::note(&format!("entry {}, field {}: {}", closed.seq, closed.field, closed.why));
    }
    let mut bytes = serde_json::to_vec_pretty(&keys).map_err(|e| output(&e.into()))?;
    bytes.push(b'\n');
    file.finish(&bytes)?;
    terminal::note(&format!(
        "{} holds {} keys for {}; {} texts stay closed; the access ledger says so",
        args.out.display(),
        keys.keys.len(),
        keys.recipient,
        keys.withheld.len()
    ));
    Ok(())
}
