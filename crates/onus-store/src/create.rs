//! A new ledger: built aside in `DIR.new`, synced, renamed. Either it is there whole, with its first entry,
//! or it is not there.

use crate::commit::{Commit, Press};
use crate::head::Head;
use crate::identity::LedgerIdentity;
use crate::layout::{Layout, segment_name};
use crate::outcome::CreateError;
use crate::walk::Chain;
use onus_core::entry::EncodedEvent;
use onus_core::seq::Seq;
use onus_core::storage::{Audience, OpenHow, Storage};
use onus_core::time::Timestamp;
use std::io;
use std::path::Path;

/// Makes a ledger in `dir`, which must not exist, with `first` as its entry 0.
pub fn create(
    storage: &dyn Storage,
    dir: &Path,
    identity: &LedgerIdentity,
    first: &EncodedEvent,
    recorded_at: Timestamp,
) -> Result<(), CreateError> {
    let layout = Layout::new(dir);
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| CreateError::Write { path, source }
    };
    if storage.exists(dir).map_err(at(dir))? {
        return Err(CreateError::Exists { path: dir.to_owned() });
    }
    let building = layout.building();
    build(storage, &building, identity, first, recorded_at).map_err(at(building.dir()))?;
    storage.rename(building.dir(), dir).map_err(at(dir))?;
    storage.sync_dir(&layout.parent()).map_err(at(&layout.parent()))
}

fn build(
    storage: &dyn Storage,
    layout: &Layout,
    identity: &LedgerIdentity,
    first: &EncodedEvent,
    recorded_at: Timestamp,
) -> io::Result<()> {
    clear(storage, layout)?;
    for folder in [layout.dir(), &layout.log()] {
        if !storage.exists(folder)? {
            storage.create_dir(folder, Audience::Shared)?;
        }
    }
    let json = identity.to_bytes().map_err(io::Error::other)?;
    put(storage, &layout.ledger(), &json)?;

    let mut press = Press::new(false)?;
    let mut commit = Commit::new(&mut press, Chain { next_seq: 0, link: identity.genesis() });
    let incident_version = u32::from(!first.incident().is_ledger_wide());
    commit.push(&first.head(Seq::new(0), recorded_at, incident_version), first.record());
    let (sealed, chain, _) = commit.seal()?;
    put(storage, &layout.segment(0), &sealed.bytes)?;

    let file = storage.open(&layout.head(), OpenHow::CreateNew(Audience::Shared))?;
    Head::start(file, 0, chain.link, true)?;
    storage.sync_dir(&layout.log())?;
    storage.sync_dir(layout.dir())
}

/// Removes what an interrupted attempt left in `DIR.new`; nothing else could be there.
fn clear(storage: &dyn Storage, layout: &Layout) -> io::Result<()> {
    for path in [layout.ledger(), layout.head(), layout.log().join(segment_name(0))] {
        if storage.exists(&path)? {
            storage.remove(&path)?;
        }
    }
    Ok(())
}

fn put(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = storage.open(path, OpenHow::CreateNew(Audience::Shared))?;
    file.write_at(bytes, 0)?;
    file.sync()
}
