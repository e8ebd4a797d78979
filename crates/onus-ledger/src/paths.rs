//! Where the parts of a ledger stand (`docs/format.md` §1).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A ledger's two directories: the one that may be copied, and the private one beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    dir: PathBuf,
}

impl Paths {
    pub(crate) fn new(dir: &Path) -> Self {
        // A trailing slash would otherwise put the private directory inside the ledger.
        Self { dir: dir.components().collect() }
    }

    /// `DIR`
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// `DIR.private`
    pub(crate) fn private(&self) -> PathBuf {
        let mut name = self.dir.file_name().map(OsString::from).unwrap_or_default();
        name.push(".private");
        self.dir.with_file_name(name)
    }

    /// `DIR.private/access`
    pub(crate) fn access(&self) -> PathBuf {
        self.private().join("access")
    }

    /// `DIR.private/keys`
    pub(crate) fn keys(&self) -> PathBuf {
        self.private().join("keys")
    }

    /// `DIR.private/witness`
    pub(crate) fn witness(&self) -> PathBuf {
        self.private().join("witness")
    }

    /// `DIR/checkpoints`
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.dir.join("checkpoints")
    }

    /// `DIR.private/profiles.toml`
    pub(crate) fn profiles(&self) -> PathBuf {
        self.private().join("profiles.toml")
    }

    /// `DIR.private/slots-used`
    pub(crate) fn slots_used(&self) -> PathBuf {
        self.private().join("slots-used")
    }

    /// `DIR.private/last-scrub`
    pub(crate) fn last_scrub(&self) -> PathBuf {
        self.private().join("last-scrub")
    }

    /// `DIR/agencies.toml`
    pub(crate) fn agency_names(&self) -> PathBuf {
        self.dir.join("agencies.toml")
    }

    /// `DIR.private/rights.toml`
    pub(crate) fn rights(&self) -> PathBuf {
        self.private().join("rights.toml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_directory_stands_beside_the_ledger() {
        for dir in ["a/ledger", "a/ledger/", "a//ledger"] {
            assert_eq!(Paths::new(Path::new(dir)).private(), Path::new("a/ledger.private"), "{dir}");
        }
        assert_eq!(Paths::new(Path::new("./ledger")).private(), Path::new("./ledger.private"));
    }
}
