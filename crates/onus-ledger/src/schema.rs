//! The schema that a ledger publishes of itself (`docs/format.md` §4): made from the types, compressed,
//! appended whenever it differs from the last one published.

use onus_core::bodies::ledger_wide::SchemaPublished;
use onus_core::bytes::{Digest, SchemaBytes};
use onus_core::code::Code;
use onus_core::kinds::Body;
use onus_core::stage::Stored;
use sha2::{Digest as _, Sha256};
use std::io;

/// How hard the schema is compressed: once per release, so hard.
const ZSTD_LEVEL: i32 = 19;

/// The schema that this release writes, before compression.
fn current() -> Vec<u8> {
    onus_core::schema::published().to_string().into_bytes()
}

/// SHA-256 of the schema that this release writes.
pub(crate) fn current_sha256() -> Digest {
    Digest::from_bytes(Sha256::digest(current()).into())
}

/// The body of a `SchemaPublished` for it.
pub(crate) fn publication() -> Result<Body<Stored>, io::Error> {
    let schema = current();
    let compressed = zstd::bulk::compress(&schema, ZSTD_LEVEL)?;
    let schema =
        SchemaBytes::new(compressed).ok_or_else(|| io::Error::other("the schema is over its limit"))?;
    let language = Code::new(onus_core::schema::LANGUAGE).ok_or_else(|| io::Error::other("not a code"))?;
    Ok(Body::SchemaPublished(SchemaPublished { language, schema, sha256: current_sha256() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_fits_an_entry_and_opens_to_what_its_digest_says() {
        let Body::SchemaPublished(body) = publication().unwrap() else { panic!("another kind") };
        assert!(body.schema.as_slice().len() < SchemaBytes::BYTES_MAX);
        let opened = zstd::bulk::decompress(body.schema.as_slice(), 1 << 20).unwrap();
        assert_eq!(Digest::from_bytes(Sha256::digest(&opened).into()), body.sha256);
        assert!(serde_json::from_slice::<serde_json::Value>(&opened).unwrap()["kinds"].is_array());
    }
}
