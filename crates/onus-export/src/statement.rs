//! What an export says of itself: `manifest.json`, with the SHA-256 of every file, and the check of a folder
//! against it.
//!
//! A manifest alone proves that files belong together, not who made them: that is what the signature over it, in
//! `manifest.note`, is for.

use crate::data::Counts;
use crate::signature::Signature;
use onus_core::blame::{Blame, Blamed};
use onus_core::hex::Hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The manifest's file.
pub const MANIFEST: &str = "manifest.json";
/// The version of the manifest's form.
const VERSION: u32 = 1;

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileOf {
    /// Its path inside the folder, `/` between parts.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, in hex digits.
    pub sha256: String,
}

/// What an export states of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of this form.
    pub onus_export: u32,
    /// What kind of export it is.
    pub format: String,
    /// Which ledger it is of.
    pub origin: String,
    /// The ledger's size then.
    pub size: u64,
    /// The RFC 6962 root at that size, in hex digits.
    pub root: String,
    /// Which entries, in the words of the command.
    pub filters: Vec<String>,
    /// When it was made: RFC 3339, in UTC.
    pub made_at: String,
    /// Who made it: agency/role.
    pub made_by: String,
    /// For whom, where that was stated.
    pub recipient: Option<String>,
    /// The ground on which texts were opened, where any was.
    pub ground: Option<String>,
    /// The release of Onus.
    pub release: String,
    /// The policies that the ledger had published: policy and version.
    pub policies: Vec<String>,
    /// The rules that what is in it rests on, where any do: those of flags as code and version, the field lists of
    /// returns as name and version.
    pub rules: Vec<String>,
    /// What is included, withheld and erased.
    pub counts: Included,
    /// Every file but this one.
    pub files: Vec<FileOf>,
}

/// What is included, withheld and erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Included {
    /// Entries in the files.
    pub entries: u64,
    /// Entries of kinds unknown to the release, left out.
    pub unknown: u64,
    /// Texts in clear.
    pub opened: u64,
    /// Texts withheld.
    pub withheld: u64,
    /// Texts erased.
    pub erased: u64,
}

impl From<Counts> for Included {
    fn from(counts: Counts) -> Self {
        let Counts { entries, unknown, opened, withheld, erased } = counts;
        Self { entries, unknown, opened, withheld, erased }
    }
}

/// Why a folder is not what its manifest says. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file could not be read: see to it and check again.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The folder has no manifest in the form of this release.
    #[error("{path} is not the manifest of an export: {why}")]
    NotAManifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl Blamed for FolderError {
    fn blame(&self) -> Blame {
        match self {
            Self::Read { .. } => Blame::Environment,
            Self::NotAManifest { .. } => Blame::Damage,
        }
    }
}

/// One thing in which a folder differs from its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The manifest lists it, and it is not there.
    Missing(String),
    /// It is there with other bytes.
    Changed(String),
    /// It is there, and the manifest does not list it.
    Unlisted(String),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Changed(name) => write!(f, "{name} is not as it was exported"),
            Self::Unlisted(name) => write!(f, "{name} was not part of the export"),
        }
    }
}

impl Statement {
    /// The version of the form that this release writes.
    #[must_use]
    pub const fn version() -> u32 {
        VERSION
    }

    /// The bytes of `manifest.json`: what a signature is over.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // A struct of texts and numbers always is JSON.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// A file of an export as a manifest lists it.
pub fn file_of(folder: &Path, name: &str) -> Result<FileOf, FolderError> {
    let path = folder.join(name);
    let read = || -> io::Result<(u64, String)> {
        let mut file = File::open(&path)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0_u64;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            bytes += u64::try_from(read).unwrap_or(u64::MAX);
            hash.update(buffer.get(..read).unwrap_or_default());
        }
        Ok((bytes, Hex(&hash.finalize()).to_string()))
    };
    let (bytes, sha256) = read().map_err(|source| FolderError::Read { path: path.clone(), source })?;
    Ok(FileOf { name: name.to_owned(), bytes, sha256 })
}

/// Reads a folder's manifest and compares every file with it.
pub fn check_folder(folder: &Path) -> Result<(Statement, Vec<Difference>), FolderError> {
    let path = folder.join(MANIFEST);
    let bytes = std::fs::read(&path).map_err(|source| FolderError::Read { path: path.clone(), source })?;
    let statement: Statement = serde_json::from_slice(&bytes)
        .map_err(|e| FolderError::NotAManifest { path: path.clone(), why: e.to_string() })?;
    if statement.onus_export != VERSION {
        let why =
            format!("its form is version {}; this release reads version {VERSION}", statement.onus_export);
        return Err(FolderError::NotAManifest { path, why });
    }
    let mut differences = Vec::new();
    for listed in &statement.files {
        // A name that leaves the folder lists no file of it.
        let inside =
            Path::new(&listed.name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside || !folder.join(&listed.name).is_file() {
            differences.push(Difference::Missing(listed.name.clone()));
        } else if file_of(folder, &listed.name)? != *listed {
            differences.push(Difference::Changed(listed.name.clone()));
        }
    }
    let listed: BTreeSet<&str> = statement.files.iter().map(|file| file.name.as_str()).collect();
    let there =
        files_below(folder).map_err(|source| FolderError::Read { path: folder.to_path_buf(), source })?;
    let own = [MANIFEST, SIGNATURE, KEY_PROOF];
    differences.extend(
        there
            .into_iter()
            .filter(|name| !listed.contains(name.as_str()) && !own.contains(&name.as_str()))
            .map(Difference::Unlisted),
    );
    Ok((statement, differences))
}

/// The signed note over the manifest.
pub const SIGNATURE: &str = "manifest.note";
/// The proof that its key is registered.
pub const KEY_PROOF: &str = "manifest-key.tlog-proof";
/// A note or a proof longer than this is none.
const SIGNATURE_BYTES_MAX: u64 = 4_000_000;

/// The signature that stands in a folder, with the bytes that it is over; none if the export is not signed.
pub fn signature_in(folder: &Path) -> Result<Option<(Signature, Vec<u8>)>, FolderError> {
    let read = |name: &str| -> Result<Option<Vec<u8>>, FolderError> {
        let path = folder.join(name);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(SIGNATURE_BYTES_MAX).read_to_end(&mut bytes)) {
            Ok(_) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FolderError::Read { path, source }),
        }
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let Some(note) = read(SIGNATURE)?.map(text) else { return Ok(None) };
    let key_proof = read(KEY_PROOF)?.map(text);
    let manifest = read(MANIFEST)?.unwrap_or_default();
    Ok(Some((Signature { note, key_proof }, manifest)))
}

fn files_below(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, before)) = folders.pop() {
        for entry in std::fs::read_dir(&path)? {
            let entry = entry?;
            let name = format!("{before}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else {
                found.insert(name);
            }
        }
    }
    Ok(found)
}
