//! What the software itself notes: the ledger, its clock and keys, what was erased, opened and handed out.

use crate::labels::{agency_and_role, words};
use onus_core::kinds::Body;
use onus_core::model::OsAccount;
use onus_core::stage::Stored;

/// The sentence; `None` for what people state.
pub(super) fn says(body: &Body<Stored>) -> Option<String> {
    Some(match body {
        Body::LedgerOpened(b) => format!("Ledger {} opened for {}.", b.origin, b.agency),
        Body::SchemaPublished(b) => format!("Schema published, {}.", b.language),
        Body::ClockStepped(b) => format!("The machine's clock stepped back: it read {}.", b.reading.london()),
        Body::ClockCorrected(b) => {
            let (reading, second) = (b.reading.london(), agency_and_role(&b.second));
            format!("Clock corrected to {reading}, with {second} ({}).", b.why)
        }
        Body::HeartbeatRecorded(b) => format!("Alive; last checkpoint of {} entries.", b.size),
        Body::KeyRegistered(b) => format!("Key {} registered for {}.", b.name, words(b.purpose.as_str())),
        Body::KeyRevoked(b) => format!("Key {} revoked ({}).", b.name, b.reason),
        Body::PersonalDataErased(b) => {
            format!("Personal data erased under {} keys, basis {}.", b.key_ids.len(), b.basis)
        }
        Body::ProcessingRestricted(b) => format!("Processing restricted, basis {}.", b.basis),
        Body::RestrictionLifted(b) => format!("Restriction lifted, basis {}.", b.basis),
        Body::TextRevealed(b) => {
            let fields: usize = b.entries.iter().map(|entry| entry.fields.len()).sum();
            let noun = if fields == 1 { "text" } else { "texts" };
            format!("{fields} sealed {noun} opened{}.", account(&b.account))
        }
        Body::Exported(b) => format!("Exported {} entries as {}.", b.included, b.format),
        Body::Disclosed(b) => {
            format!("Fields of {} entries disclosed, ground {}.", b.entries.len(), b.ground)
        }
        Body::DataCombined(b) => format!("Combined with {} sources.", b.sources.len()),
        _ => return None,
    })
}

/// The operating-system account, where its name is a code.
fn account(account: &OsAccount<Stored>) -> String {
    match (&account.account, &account.host) {
        (Some(name), Some(host)) => format!(" by the account {name} on {host}"),
        (Some(name), None) => format!(" by the account {name}"),
        _ => String::new(),
    }
}
