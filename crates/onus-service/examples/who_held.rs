//! Asks a ledger who held a facet of an incident at an instant, and prints the answer as JSON:
//!
//! `cargo run -p onus-service --example who_held -- DIR police:sussex/2023-02-14/1 response 2023-02-15T05:00`

use onus_core::ids::Incident;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{Channel, Facet};
use onus_ledger::Caller;
use onus_service::{Known, Session, WhoQuestion};
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dir, incident, facet, at] = words.as_slice() else {
        return Err("expected DIR INCIDENT FACET TIME".into());
    };
    let caller = Caller::of_this_process(None, Channel::Cli);
    let session = Session::at(Path::new(dir), caller, Duration::from_secs(5));
    let answer = session.who(&WhoQuestion {
        incident: Incident::parse(incident).ok_or("expected an incident as owner/date/number")?,
        facet: Facet::parse(facet).ok_or("expected a facet, such as response")?,
        at: Some(Timestamp::parse(at)?),
        account: None,
        known: Known::default(),
    })?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&answer)?)?;
    Ok(())
}
