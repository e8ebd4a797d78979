//! Records one event in a ledger, which is made if it is not there, and prints the receipt once the event is durable:
//!
//! `cargo run -p onus-service --example embed_recorder -- DIR`

use onus_core::{code::Origin, ids::AgencyId, record::Draft, vocabulary::Channel};
use onus_ledger::{Caller, Machine, NewLedger};
use onus_service::Session;
use std::{error::Error, io::Write, path::Path, time::Duration};

const WAIT: Duration = Duration::from_secs(5);
const DRAFT: &str = r#"{"event":"IncidentOpened","incident":"police:sussex/2025-01-16/1",
    "occurred_at":"2025-01-16T20:33:00Z","actor":{"agency":"police:sussex","role":"call_handler"},
    "source":{"system":"cad"},"body":{"opening_code":"concern_for_welfare"}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args().nth(1).ok_or("expected DIR")?;
    let (dir, caller) = (Path::new(&dir), Caller::of_this_process(None, Channel::Cli));
    let session = if dir.exists() {
        Session::at(dir, caller, WAIT)
    } else {
        let origin = Origin::new("police.example/onus").ok_or("not a name of a ledger")?;
        let new = NewLedger { origin, agency: AgencyId::parse("police:sussex").ok_or("not an agency")? };
        Session::create(Machine::this(), caller, dir, &new, None, WAIT)?
    };
    let (recording, _) = session.recording(false)?;
    for receipt in recording.drafts(vec![Draft::parse(DRAFT.as_bytes())?])? {
        writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&receipt)?)?;
    }
    Ok(recording.close()?)
}
