//! What is said of a document that nobody signed.

pub(super) use onus_export::signer::Signer;

/// What is said of a document that nobody signed.
pub(super) fn is_unsigned(what: &str) -> String {
    format!(
        "onus: NOT SIGNED: this ledger has no key for manifests, so nobody can tell who made {what}, and `onus check` will \
         not call it good; make the key: onus key generate manifest"
    )
}
