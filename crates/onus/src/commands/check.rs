//! `onus check`: files that prove something, without any ledger.
//!
//! A line for each file on standard output: `good`, `false` or `not checked`, and why. Without a key or a policy nothing
//! is good, whatever the file says of itself.

use super::ledger;
use crate::args::{CheckArgs, Cli};
use crate::exit::{Cause, Failure};
use crate::{output, trust};
use onus_service::row::Cell as _;
use onus_service::{CheckVerdict, Checker, FileVerdict};
use std::path::Path;

pub(crate) fn run(cli: &Cli, args: &CheckArgs) -> Result<(), Failure> {
    let Some(policy) = trust::policy(&args.trust)? else {
        return Err(Failure::new(
            Cause::Usage,
            "no trusted key given. Add --key NAME+ID+KEY or --policy FILE",
        )
        .hint("the key must come from its owner, not from the person who gave you the proof"));
    };
    let mut checker = Checker::new(policy).with_ledger(ledger(cli));
    let name = |path: &Path| path.display().to_string();
    for path in &args.revoked {
        checker.add_revocation(&name(path), &trust::file(path)?)?;
    }
    for path in &args.checkpoints {
        checker.add_checkpoint(&name(path), &trust::file(path)?)?;
    }
    for path in &args.consistency {
        checker.add_consistency(&name(path), &trust::file(path)?)?;
    }
    let verdicts = args.files.iter().map(|path| {
        Ok(if path.is_dir() {
            checker.folder(&name(path), path)
        } else {
            checker.file(&name(path), &trust::file(path)?)
        })
    });
    let verdicts = verdicts.collect::<Result<Vec<FileVerdict>, Failure>>()?;
    output::listed(args.format, &verdicts, &verdicts, |out| {
        verdicts
            .iter()
            .try_for_each(|one| writeln!(out, "{}  {}: {}", one.verdict.shown(), one.file, one.why))
    })?;
    let all_good = verdicts.iter().all(|one| one.verdict == CheckVerdict::Good);
    if all_good { Ok(()) } else { Err(Failure::already_shown(Cause::Found)) }
}
