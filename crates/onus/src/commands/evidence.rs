//! `onus evidence`: one incident in one file that anyone can check. The access ledger has it first.

use super::unlocked_session;
use crate::args::{Cli, EvidenceArgs};
use crate::exit::{Cause, Failure};
use crate::new_file::NewFile;
use crate::terminal;
use onus_export::evidence::Evidence;
use onus_service::EvidenceQuestion;

pub(crate) fn run(cli: &Cli, args: &EvidenceArgs) -> Result<(), Failure> {
    if !args.disclose.is_empty() && cli.identity.is_none() {
        let words = "--disclose needs --as agency/role[/token]: who opens the texts";
        return Err(Failure::new(Cause::Usage, words)
            .hint("profiles.toml in the private directory says which account may use which identity"));
    }
    let session = unlocked_session(cli)?;
    let incident = session.incident_named(&args.incident)?;
    // The file's name is taken before anything is opened for it.
    let file = NewFile::create(&args.out)?;
    let Evidence { html, manifest } = session.evidence(&EvidenceQuestion {
        incident: incident.clone(),
        disclose: args.disclose.clone(),
        recipient: args.to.clone(),
        ground: args.ground.clone(),
        why: args.why.clone(),
    })?;
    file.finish(html.as_bytes())?;
    terminal::say(&format_args!(
        "onus: {} holds {} entries of {}, {} texts opened and {} withheld; the access ledger says so",
        args.out.display(),
        manifest.entries,
        incident,
        manifest.opened,
        manifest.withheld
    ));
    Ok(())
}
