//! `onus show`: one incident's history, then who held what, then what an auditor would look at.

use super::{acting_identity, agency_words, passphrase, session, trust};
use crate::args::{Cli, ShowArgs};
use crate::exit::{Cause, Failure};
use crate::render::history::write;
use crate::{output, terminal};
use onus_service::lanes::Brush;
use onus_service::{FieldKeys, ShowQuestion, Texts};

pub(crate) fn run(cli: &Cli, args: &ShowArgs) -> Result<(), Failure> {
    let session = session(cli);
    let texts = match (&args.why, &args.keys) {
        (Some(why), _) => {
            acting_identity(cli, "--reveal")?;
            let passphrase = passphrase(session.ledger())?;
            session.unlock(passphrase.as_ref())?;
            Texts::Opened { why: why.clone(), purpose: args.purpose.clone() }
        }
        (None, Some(path)) => Texts::ByKeys(
            FieldKeys::parse(&trust::file(path)?)
                .map_err(|e| Failure::new(Cause::Refused, format_args!("{}: {e}", path.display())))?,
        ),
        (None, None) => Texts::Closed,
    };
    let answer = session.show(&ShowQuestion {
        incident: session.incident_named(&args.incident)?,
        as_at: args.as_at,
        known: args.known.known(),
        texts,
    })?;
    let look = (terminal::width(), Brush::of(!args.ascii && terminal::is_utf8()));
    let agencies = agency_words(&session, args.format)?;
    output::listed(args.format, &answer, &answer.entries, |out| write(out, &answer, &agencies, look))?;
    // What was shown is what can be read; a script must not take it for the whole.
    if answer.damage.is_empty() { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}
