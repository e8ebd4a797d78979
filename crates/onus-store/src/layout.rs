//! Where things stand in a ledger's directory: pure arithmetic on names.
//!
//! A file name only says where to look. What a file is, is read from its bytes.

use std::path::{Path, PathBuf};

/// The paths of one ledger.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    dir: PathBuf,
}

impl Layout {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where `create` builds before it renames: `DIR.new`.
    pub(crate) fn building(&self) -> Self {
        let mut name = self.dir.as_os_str().to_owned();
        name.push(".new");
        Self { dir: name.into() }
    }

    /// The folder in which the ledger's own folder has its name.
    pub(crate) fn parent(&self) -> PathBuf {
        match self.dir.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.dir.join("LEDGER")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }

    pub(crate) fn head(&self) -> PathBuf {
        self.dir.join("head")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }

    pub(crate) fn segment(&self, first_seq: u64) -> PathBuf {
        self.log().join(segment_name(first_seq))
    }

    pub(crate) fn positions(&self, first_seq: u64) -> PathBuf {
        self.log().join(format!("{first_seq:020}.pos"))
    }

    pub(crate) fn terms(&self, first_seq: u64) -> PathBuf {
        self.log().join(format!("{first_seq:020}.terms"))
    }

    /// Which incidents each finished segment can hold.
    pub(crate) fn spans(&self) -> PathBuf {
        self.log().join(SPANS)
    }

    /// Roots of whole subtrees of so many levels.
    pub(crate) fn nodes(&self, level: u32) -> PathBuf {
        self.log().join(format!("{NODES}{level}"))
    }

    /// Where a torn tail is copied; `again` tells later ones at the same place apart.
    pub(crate) fn torn(&self, next_seq: u64, again: u32) -> PathBuf {
        self.log().join(match again {
            0 => format!("torn-{next_seq:020}"),
            n => format!("torn-{next_seq:020}.{n}"),
        })
    }
}

const SPANS: &str = "spans";
const NODES: &str = "nodes-";

/// Whether a name in `log/` is one that the ledger uses.
pub(crate) fn is_of_the_log(name: &str) -> bool {
    name.strip_suffix(".new").unwrap_or(name) == SPANS
        || name
            .strip_prefix(NODES)
            .is_some_and(|level| ["8", "16", "24", "32", "40", "48", "56"].contains(&level))
        || ["seg", "pos", "terms", "pos.new", "terms.new"].iter().any(|end| {
            let stem = name.strip_suffix(end).and_then(|stem| stem.strip_suffix('.'));
            stem.is_some_and(|stem| parse_segment_name(&format!("{stem}.seg")).is_some())
        })
}

/// The new version of a derived file, until it is renamed over the old one.
pub(crate) fn in_the_making(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// A segment's file name, for messages and paths.
pub(crate) fn segment_name(first_seq: u64) -> String {
    format!("{first_seq:020}.seg")
}

/// The first seq that a segment's name states; `None` for every other name.
pub(crate) fn parse_segment_name(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_named_by_its_first_seq_in_twenty_digits() {
        assert_eq!(segment_name(262_144), "00000000000000262144.seg");
        for seq in [0, 7, 262_144, u64::MAX] {
            assert_eq!(parse_segment_name(&segment_name(seq)), Some(seq));
        }
    }

    #[test]
    fn no_other_name_is_a_segment() {
        for name in [
            "7.seg",
            "00000000000000262144.pos",
            "+0000000000000262144.seg",
            "99999999999999999999.seg",
            "torn-00000000000000000007",
            "00000000000000262144.seg.new",
        ] {
            assert_eq!(parse_segment_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_parent_of_a_bare_name_is_the_current_folder() {
        assert_eq!(Layout::new(Path::new("ledger")).parent(), Path::new("."));
        assert_eq!(Layout::new(Path::new("/a/b")).parent(), Path::new("/a"));
        assert_eq!(Layout::new(Path::new("/a/b")).building().dir(), Path::new("/a/b.new"));
    }
}
