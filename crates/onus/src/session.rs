//! From what was typed to an open session: the ledger that `-l` names, for whom `--as` names, its keys where a command
//! needs them. The one room that asks for the passphrase.

use crate::args::{Cli, Format, FormatArgs};
use crate::exit::{Cause, Failure};
use crate::terminal;
use onus_core::vocabulary::Channel;
use onus_ledger::{Caller, Identity, Ledger, Machine, Passphrase, WrappingKind};
use onus_service::{AgencyWords, Listener, Session};
use std::time::Duration;

/// The ledger that `-l` names.
pub(crate) fn ledger(cli: &Cli) -> Ledger {
    Ledger::at(Machine::this(), &cli.ledger, wait(cli))
}

/// How long to wait for another process that appends.
pub(crate) fn wait(cli: &Cli) -> Duration {
    Duration::from_secs_f64(cli.wait)
}

/// This process's account, as whom `--as` names.
pub(crate) fn caller(cli: &Cli) -> Caller {
    Caller::of_this_process(cli.identity.clone(), Channel::Cli)
}

/// A session on the ledger that `-l` names, for whom `--as` names.
pub(crate) fn session(cli: &Cli) -> Session {
    Session::new(ledger(cli), caller(cli))
        .with_listener(Listener { note: terminal::note, progress: terminal::progress })
}

/// A session whose keys are open, where they are here.
pub(crate) fn unlocked_session(cli: &Cli) -> Result<Session, Failure> {
    let session = session(cli);
    if session.ledger().has_private()? {
        session.unlock(passphrase(session.ledger())?.as_ref())?;
    }
    Ok(session)
}

/// The same to append: where `head` was lost, the log recovers from that first, so that keys are opened by a whole
/// ledger.
pub(crate) fn session_to_append(cli: &Cli) -> Result<Session, Failure> {
    recover_first(&ledger(cli))?;
    unlocked_session(cli)
}

/// Where `head` was lost, recovers from that and says so.
fn recover_first(ledger: &Ledger) -> Result<(), Failure> {
    let (_, recovery) = ledger.read_to_append()?;
    recovery.iter().for_each(terminal::recovery);
    Ok(())
}

/// A session for an act, which needs `--as`.
pub(crate) fn acting(cli: &Cli, what: &str) -> Result<Session, Failure> {
    acting_identity(cli, what)?;
    Ok(session(cli))
}

/// The identity that `--as` names, which this command cannot do without.
pub(crate) fn acting_identity(cli: &Cli, what: &str) -> Result<Identity, Failure> {
    cli.identity.clone().ok_or_else(|| {
        Failure::new(Cause::Usage, format_args!("{what} needs --as agency/role[/token]: who acts"))
            .hint("profiles.toml in the private directory says which account may use which identity")
    })
}

/// The passphrase of a ledger whose keys are guarded by one.
pub(crate) fn passphrase(ledger: &Ledger) -> Result<Option<Passphrase>, Failure> {
    match ledger.guarded_by().map_err(|e| Failure::of(&e))? {
        Some(WrappingKind::Passphrase(_)) => {
            terminal::passphrase("ONUS_PASSPHRASE", "Passphrase of this ledger's keys: ").map(Some)
        }
        _ => Ok(None),
    }
}

/// What agencies are called in words; nothing where the answer is data, which has codes and reads no file of names.
pub(crate) fn agency_words(session: &Session, format: FormatArgs) -> Result<AgencyWords<'_>, Failure> {
    match format.chosen() {
        Format::Table => Ok(session.agency_words()?),
        Format::Json | Format::Csv => Ok(AgencyWords::default()),
    }
}
