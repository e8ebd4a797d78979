//! What an export leaves where it does not come to its end: nothing under its name, and nothing beside it.

use onus_core::code::Origin;
use onus_core::ids::AgencyId;
use onus_core::record::Draft;
use onus_core::vocabulary::Channel;
use onus_export::data::DataFormat;
use onus_ledger::{AccessFilter, Caller, Identity, Machine, NewLedger};
use onus_service::{Bundle, DataBundle, ExportQuestion, Listener, Session, TextsOpened};
use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

const DRAFT: &str = r#"{"event":"IncidentOpened","incident":"police:sussex/2025-01-16/1",
    "occurred_at":"2025-01-16T20:33:00Z","actor":{"agency":"police:sussex","role":"call_handler"},
    "source":{"system":"cad"},"body":{"opening_code":"concern_for_welfare"}}"#;

/// A ledger of one entry in this folder, asked by its administrator.
fn session(folder: &Path) -> Result<Session, Box<dyn Error>> {
    let identity = Identity::parse("police:sussex/administrator").ok_or("an identity")?;
    let caller = Caller::of_this_process(Some(identity), Channel::Cli);
    let new = NewLedger {
        origin: Origin::new("police.example/onus").ok_or("a name of a ledger")?,
        agency: AgencyId::parse("police:sussex").ok_or("an agency")?,
    };
    let (machine, dir) = (Machine::this(), folder.join("ledger"));
    let session = Session::create(machine, caller, &dir, &new, None, Duration::from_secs(5))?;
    let (recording, _) = session.recording(false)?;
    recording.drafts(vec![Draft::parse(DRAFT.as_bytes())?])?;
    recording.close()?;
    Ok(session)
}

fn question(format: DataFormat, folder: &Path) -> ExportQuestion {
    let texts = TextsOpened::default();
    let data = DataBundle { format, terms: Vec::new(), occurred: None, texts };
    ExportQuestion { bundle: Bundle::Data(data), folder: folder.to_owned(), recipient: None, why: None }
}

fn names(folder: &Path) -> io::Result<BTreeSet<OsString>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// The access ledger, and where it is moved to as soon as files are written.
static MOVED: Mutex<Option<[PathBuf; 2]>> = Mutex::new(None);

fn move_the_access_ledger(_: u64, _: u64) {
    let paths = MOVED.lock().ok().and_then(|mut paths| paths.take());
    if let Some([from, to]) = paths {
        // Where it was not moved, the test finds it in its place.
        let _moved = fs::rename(from, to).is_ok();
    }
}

#[test]
fn an_export_that_cannot_be_recorded_once_its_files_are_written_leaves_no_folder() {
    let listener = Listener { progress: move_the_access_ledger, ..Listener::default() };
    for format in [DataFormat::Csv, DataFormat::Ndjson, DataFormat::Sqlite, DataFormat::Fhir] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let session = session(folder).unwrap().with_listener(listener);
        let (access, aside) = (folder.join("ledger.private/access"), folder.join("aside"));
        *MOVED.lock().unwrap() = Some([access.clone(), aside.clone()]);

        let error = session.export(&question(format, &folder.join("out"))).unwrap_err();

        assert!(MOVED.lock().unwrap().is_none(), "{format:?}: the files were written first: {error}");
        let left = names(folder).unwrap();
        assert!(left.iter().eq(["aside", "ledger", "ledger.private"]), "{format:?}: {left:?}: {error}");

        fs::rename(&aside, &access).unwrap();
        session.export(&question(format, &folder.join("out"))).unwrap();
        assert!(folder.join("out/manifest.json").exists(), "{format:?}");
        let lines = session.ledger().access_lines(&AccessFilter::default()).unwrap();
        assert_eq!(lines.len(), 1, "{format:?}: the export that was made, and no other");
    }
}
