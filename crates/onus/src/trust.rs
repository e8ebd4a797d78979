//! Whose keys the reader of a proof trusts, `--key` or `--policy`, and files that are read to be checked.

use crate::args::TrustArgs;
use crate::exit::{Cause, Failure};
use onus_proof::Policy;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most bytes that are read of a file that is to be checked.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The policy; none if neither a key nor a policy was given.
pub(crate) fn policy(trust: &TrustArgs) -> Result<Option<Policy>, Failure> {
    let Some(path) = &trust.policy else {
        return Ok((!trust.keys.is_empty()).then(|| Policy::trusting(trust.keys.iter().cloned())));
    };
    policy_file(path).map(Some)
}

/// The policy in a file.
pub(crate) fn policy_file(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&file(path)?)
        .map_err(|e| Failure::new(Cause::Refused, format_args!("{}: {e}", path.display())))
}

/// A file's bytes.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|e| Failure::new(Cause::Environment, format_args!("cannot read {}: {e}", path.display())))?;
    Ok(bytes)
}
