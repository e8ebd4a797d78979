//! `LEDGER`: which ledger this directory is (`docs/format.md` §1). Written once, by `create`.
//!
//! The file is JSON for people; it is believed only as far as its genesis link is that of its id and origin,
//! and only in the one spelling that this room writes.

use crate::damage::Problem;
use crate::limits::LEDGER_FILE_BYTES_MAX;
use crate::number::{memory, wide};
use onus_core::code::Origin;
use onus_core::storage::StoredFile;
use onus_core::time::Timestamp;
use onus_proof::Link;
use serde::{Deserialize, Serialize};
use std::io;

const FORMAT: u32 = 1;

/// Which ledger a directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerIdentity {
    /// Its random id.
    pub id: [u8; 16],
    /// Its name, the C2SP origin line.
    pub origin: Origin,
    /// When it was made.
    pub created: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerJson {
    format: u32,
    id: String,
    origin: String,
    created: String,
    genesis: String,
}

impl LedgerIdentity {
    /// The chain link before the first entry.
    pub fn genesis(&self) -> Link {
        Link::genesis(&self.id, self.origin.as_str())
    }

    /// The file's bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let json = LedgerJson {
            format: FORMAT,
            id: uuid::Uuid::from_bytes(self.id).hyphenated().to_string(),
            origin: self.origin.as_str().to_owned(),
            created: self.created.rfc3339(),
            genesis: self.genesis().to_string(),
        };
        let mut bytes = serde_json::to_vec_pretty(&json)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads the file's bytes.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let json: LedgerJson =
            serde_json::from_slice(bytes).map_err(|_| Problem::Identity("not the expected JSON"))?;
        if json.format != FORMAT {
            return Err(Problem::Identity("a format that this release does not know"));
        }
        let identity = Self {
            id: uuid::Uuid::try_parse(&json.id)
                .map_err(|_| Problem::Identity("the id is not a UUID"))?
                .into_bytes(),
            origin: Origin::new(&json.origin).ok_or(Problem::Identity("the origin is malformed"))?,
            created: Timestamp::parse(&json.created)
                .map_err(|_| Problem::Identity("`created` is not a time"))?,
        };
        if json.genesis != identity.genesis().to_string() {
            return Err(Problem::Genesis);
        }
        // One ledger, one spelling: nothing can be hidden in it.
        if identity.to_bytes().ok().as_deref() != Some(bytes) {
            return Err(Problem::Identity("not in the form that `onus init` writes"));
        }
        Ok(identity)
    }

    /// Reads the file.
    pub(crate) fn read(file: &dyn StoredFile) -> io::Result<Result<Self, Problem>> {
        let len = file.len()?;
        if len > LEDGER_FILE_BYTES_MAX {
            return Ok(Err(Problem::Identity("longer than it can be")));
        }
        let mut bytes = vec![0; memory(len)];
        debug_assert_eq!(wide(bytes.len()), len);
        file.read_exact_at(&mut bytes, 0)?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> LedgerIdentity {
        LedgerIdentity {
            id: [0x11; 16],
            origin: Origin::new("mps.police.uk/onus").unwrap(),
            created: Timestamp::parse("2023-11-01T09:12:00.25Z").unwrap(),
        }
    }

    #[test]
    fn the_file_is_these_bytes() {
        let text = String::from_utf8(identity().to_bytes().unwrap()).unwrap();
        let genesis = identity().genesis();
        let expected = format!(
            "{{\n  \"format\": 1,\n  \"id\": \"11111111-1111-1111-1111-111111111111\",\n  \"origin\": \"mps.police.uk/onus\",\n  \
             \"created\": \"2023-11-01T09:12:00.250000+00:00\",\n  \"genesis\": \"{genesis}\"\n}}\n"
        );
        assert_eq!(text, expected);
        assert_eq!(LedgerIdentity::parse(text.as_bytes()), Ok(identity()));
    }

    #[test]
    fn another_id_or_origin_needs_another_genesis() {
        let text = String::from_utf8(identity().to_bytes().unwrap()).unwrap();
        for forged in [text.replace("mps.police", "met.police"), text.replace("1111-1111-", "1111-2222-")] {
            assert_ne!(forged, text);
            assert_eq!(LedgerIdentity::parse(forged.as_bytes()), Err(Problem::Genesis));
        }
    }

    #[test]
    fn no_bit_of_the_file_can_be_flipped_without_being_found_but_in_the_time() {
        let good = identity().to_bytes().unwrap();
        let created = String::from_utf8(good.clone()).unwrap().find("2023-11").unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let in_time = (created..created + 32).contains(&(bit / 8));
            assert!(in_time || LedgerIdentity::parse(&bad).is_err(), "bit {bit}");
        }
    }
}
