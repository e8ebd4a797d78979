//! `onus erase`: the keys of an incident's or a subject's texts destroyed, and a certificate of it.

use super::new_file::NewFile;
use super::signed::{Signer, is_unsigned};
use super::{
    caller, ledger, open_failure, parse_code, parse_identity, parse_incident, record_cause, unlocked, who,
};
use crate::args::Cli;
use crate::args::erase::EraseArgs;
use crate::exit::{Cause, Failure, chain, output};
use crate::render::certificate::{DOCUMENT, Signed, document, write};
use crate::terminal;
use onus_core::ids::Token;
use onus_core::sealed::Plain;
use onus_export::signature::{Signature, Signing};
use onus_ledger::{Certificate, EraseError, ErasureRequest, ErasureScope, Identity, Ledger, Unlocked};

pub(crate) fn run(cli: &Cli, args: &EraseArgs) -> Result<(), Failure> {
    let who = who(cli, "an erasure")?;
    let scope = scope(args)?;
    let people: Vec<Identity> = args
        .authorised_by
        .iter()
        .map(|text| parse_identity("--authorised-by", text))
        .collect::<Result<_, _>>()?;
    let [first, second] = people.as_slice() else {
        return Err(Failure::new(Cause::Usage, "--authorised-by: expected twice, for two different people"));
    };
    let why = Some(&args.why).filter(|why| !why.trim().is_empty()).and_then(|why| Plain::new(why));
    let why =
        why.ok_or_else(|| Failure::new(Cause::Usage, "--why: expected a reason, of at most 16,384 bytes"))?;
    let basis = parse_code("--basis", &args.basis)?;
    // Before anything is erased: where the certificate goes must be had.
    let file = args.certificate.as_deref().map(NewFile::create).transpose()?;
    let ledger = ledger(cli);
    let keys = unlocked(&ledger)?;
    let asked = ErasureRequest { scope: &scope, basis, authorised_by: [first, second], why: &why };
    let certificate = keys.erase(&caller(cli), &asked).map_err(|e| failure(&ledger, &e))?;
    let signature = signature(&keys, &certificate, &who)?;
    let signed = Signed { certificate: &certificate, signature };
    if signed.signature.is_none() {
        terminal::say(&is_unsigned("the certificate"));
    }
    let Some(file) = file else {
        return terminal::data(|out| write(out, &signed, args.format.of_a_document()));
    };
    let mut bytes = Vec::new();
    write(&mut bytes, &signed, args.format.of_a_document()).map_err(|e| output(&e))?;
    file.finish(&bytes).map_err(|e| {
        e.hint("the texts are erased; run the same command again with another file: it erases nothing more")
    })?;
    terminal::say(&format_args!(
        "{} texts can no longer be opened. What was not reached stands in the certificate.",
        certificate.texts.len()
    ));
    Ok(())
}

/// The ledger's signature over the certificate, where it has a key for that. The erasure is done either way.
fn signature(
    keys: &Unlocked,
    certificate: &Certificate,
    who: &Identity,
) -> Result<Option<Signature>, Failure> {
    let Some(signer) = Signer::of(keys)? else { return Ok(None) };
    let signing = Signing {
        origin: certificate.origin.as_str(),
        document: DOCUMENT,
        size: certificate.size,
        made_at: &certificate.made_at.rfc3339(),
        made_by: &format!("{}/{}", who.agency(), who.role().map_or("-", |role| role.as_str())),
    };
    Ok(Some(signer.sign(&signing, &document(certificate))?))
}

fn scope(args: &EraseArgs) -> Result<ErasureScope, Failure> {
    match (&args.incident, &args.subject) {
        (Some(incident), _) => Ok(ErasureScope::Incident(parse_incident(incident)?)),
        (None, Some(token)) => Token::parse(token).map(ErasureScope::Subject).ok_or_else(|| {
            Failure::new(Cause::Usage, "--subject: expected a token of 32 hex digits, as `onus token` prints")
        }),
        (None, None) => Err(Failure::new(Cause::Usage, "expected --incident or --subject")),
    }
}

fn failure(ledger: &Ledger, error: &EraseError) -> Failure {
    match error {
        EraseError::Open(e) => open_failure(ledger, e),
        EraseError::Access(e) => super::show::reveal_failure(ledger, e),
        EraseError::Record(e) => Failure::new(record_cause(e), chain(e)),
        EraseError::NotTwoPeople => Failure::new(Cause::Usage, error),
        EraseError::Held { .. } => Failure::new(Cause::Refused, error)
            .hint("nothing was erased; only the agency that placed a hold releases it (`onus hold release`)"),
        EraseError::Moving { .. } => Failure::new(Cause::Conflict, error),
        EraseError::Overwrite(_) => Failure::new(Cause::Environment, chain(error)),
        _ => Failure::new(Cause::Refused, error),
    }
}
