//! `onus erase`: the keys of an incident's or a subject's texts destroyed, and a certificate of it.

use super::{acting_identity, unlocked_session};
use crate::args::erase::EraseArgs;
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure, output as not_printed};
use crate::new_file::NewFile;
use crate::{output, terminal};
use onus_ledger::{ErasureRequest, ErasureScope};
use onus_service::row::write_csv;
use onus_service::sentences::printable;
use onus_service::{ErasureCertificate, sentences};
use std::io::{self, Write};

pub(crate) fn run(cli: &Cli, args: &EraseArgs) -> Result<(), Failure> {
    let [first, second] = args.authorised_by.as_slice() else {
        return Err(Failure::new(Cause::Usage, "--authorised-by: expected twice, for two different people"));
    };
    let scope = match (&args.incident, args.subject) {
        (Some(incident), _) => ErasureScope::Incident(incident.clone()),
        (None, Some(token)) => ErasureScope::Subject(token),
        (None, None) => return Err(Failure::new(Cause::Usage, "expected --incident or --subject")),
    };
    acting_identity(cli, "an erasure")?;
    // Before anything is erased: where the certificate goes must be had.
    let file = args.certificate.as_deref().map(NewFile::create).transpose()?;
    let session = unlocked_session(cli)?;
    let certificate = session.erase(&ErasureRequest {
        scope: &scope,
        basis: args.basis.clone(),
        authorised_by: [first, second],
        why: &args.why,
    })?;
    if certificate.signature.is_none() {
        terminal::say(&terminal::not_signed("the certificate"));
    }
    let format = args.format.of_a_document();
    let Some(file) = file else {
        return terminal::data(|out| write(out, format, &certificate));
    };
    let mut bytes = Vec::new();
    write(&mut bytes, format, &certificate).map_err(|e| not_printed(&e))?;
    file.finish(&bytes).map_err(|e| {
        e.hint("the texts are erased; run the same command again with another file: it erases nothing more")
    })?;
    terminal::say(&format_args!(
        "{} texts can no longer be opened. The certificate says what was not reached.",
        certificate.texts.len()
    ));
    Ok(())
}

fn write(out: &mut dyn Write, format: Format, certificate: &ErasureCertificate) -> io::Result<()> {
    match format {
        Format::Json => output::json(out, certificate),
        Format::Csv => write_csv(out, &certificate.texts),
        Format::Table => sentences::certificate(certificate)
            .iter()
            .try_for_each(|line| writeln!(out, "{}", printable(line))),
    }
}
