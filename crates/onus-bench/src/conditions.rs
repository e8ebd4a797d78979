//! Under what conditions the rows were measured: disk, processor, and what else the machine was doing.

use crate::scratch::Scratch;
use crate::statistics::{median, us};
use anyhow::Context as _;
use std::fmt;
use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

/// What the bare sync appends.
const PROBE_BYTES: usize = 4_096;
const PROBES: usize = 1_000;

/// The type of a file system, as the kernel names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileSystem(String);

impl FileSystem {
    /// Whether what is written to it stays in memory, so that a sync is worth nothing.
    pub(crate) fn is_memory(&self) -> bool {
        ["tmpfs", "ramfs", "devtmpfs"].contains(&self.0.as_str())
    }

    #[cfg(test)]
    pub(crate) fn test(kind: &str) -> Self {
        Self(kind.into())
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a row cannot say of itself.
#[derive(Clone, Debug)]
pub(crate) struct Conditions {
    pub(crate) file_system: FileSystem,
    /// The median time of appending 4 KiB to a file and `fdatasync`.
    pub(crate) sync_us: f64,
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) kernel: String,
    /// The load of the last minute, before anything was measured.
    pub(crate) load: String,
}

impl Conditions {
    /// Looks around.
    pub(crate) fn observe(file_system: FileSystem, scratch: &Scratch) -> anyhow::Result<Self> {
        let load = first_word(&read_to_string("/proc/loadavg").unwrap_or_default());
        let processor = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let mut syncs = bare_syncs(&scratch.path("probe"), PROBES)?;
        scratch.clear("probe");
        Ok(Self {
            file_system,
            sync_us: median(&mut syncs),
            cores: std::thread::available_parallelism()?.get(),
            processor: processor.map_or_else(|| "unknown".into(), |(_, name)| name.to_owned()),
            kernel: first_word(&read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default()),
            load,
        })
    }
}

/// The times, in microseconds, of so many times appending 4 KiB and `fdatasync`.
pub(crate) fn bare_syncs(path: &Path, times: usize) -> anyhow::Result<Vec<f64>> {
    let mut probe = Probe::create(path)?;
    (0..times).map(|_| probe.sync()).collect()
}

/// A file that is appended to and synced, and nothing else.
#[derive(Debug)]
pub(crate) struct Probe {
    file: File,
    at: u64,
}

impl Probe {
    /// A new file.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create_new(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self { file, at: 0 })
    }

    /// Appends 4 KiB, syncs, and says how many microseconds that took.
    pub(crate) fn sync(&mut self) -> anyhow::Result<f64> {
        let start = Instant::now();
        self.file.write_all_at(&[0x5a; PROBE_BYTES], self.at)?;
        self.file.sync_data()?;
        let took = us(start.elapsed());
        self.at += u64::try_from(PROBE_BYTES)?;
        Ok(took)
    }
}

/// The file system that holds a folder: that of the longest mount point above it.
pub(crate) fn file_system(dir: &Path) -> anyhow::Result<FileSystem> {
    let dir = dir.canonicalize().with_context(|| format!("{}", dir.display()))?;
    let mounts = read_to_string("/proc/self/mounts").context("cannot tell what disk this is: no /proc")?;
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (point, kind) = (words.nth(1)?, words.next()?);
        dir.starts_with(point).then_some((point.len(), kind))
    });
    // Of several mounts on one point the last hides the others.
    let (_, kind) =
        above.max_by_key(|(length, _)| *length).context("no mounted file system holds the folder")?;
    Ok(FileSystem(kind.to_owned()))
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_in_memory_is_told_from_a_disk() {
        assert!(file_system(Path::new("/dev/shm")).unwrap().is_memory());
        assert!(!FileSystem::test("ext4").is_memory());
    }
}
