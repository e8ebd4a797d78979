//! What opening a ledger for recording repaired, in words.

use onus_store::Recovery;

/// One sentence for each thing that was repaired; empty where nothing was.
#[must_use]
pub fn recovery(recovery: &Recovery) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(torn) = &recovery.torn {
        let copy = torn.copy.as_ref().map_or(String::new(), |copy| format!("; a copy is in {copy}"));
        notes
            .push(format!("{} bytes of a commit that was never acknowledged were cut off{copy}", torn.bytes));
    }
    if recovery.confirmed > 0 {
        notes.push(format!("{} entries that were whole but not yet confirmed now are", recovery.confirmed));
    }
    if let Some(slot) = recovery.bad_head_slot {
        notes.push(format!("slot {slot} of `head` did not check; the other one was used"));
    }
    if recovery.head_rebuilt {
        notes.push(
            "`head` was unreadable and was rebuilt; entries missing at the end would not have been noticed"
                .to_owned(),
        );
    }
    notes
}
