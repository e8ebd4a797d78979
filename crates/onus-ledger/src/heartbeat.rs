//! A sign of life: what tells "nothing happened" from "nothing was running".
//!
//! # Not promised
//! * The ledger's own heartbeat is its own word, and its time its own clock's. A witness's cosignature is neither.

use crate::caller::Caller;
use crate::checkpoints::SignCheckpointError;
use crate::error::{OpenError, RecordError};
use crate::events::NewEvent;
use crate::ledger::agency_of;
use crate::recorder::Load;
use crate::unlocked::Unlocked;
use onus_core::bodies::ledger_wide::HeartbeatRecorded;
use onus_core::bytes::Digest;
use onus_core::kinds::Body;
use onus_core::model::SubmittedBy;
use onus_core::vocabulary::KeyPurpose;
use onus_proof::{Frontier, SignedCheckpoint, TreeHead};

impl Unlocked {
    /// Records that the ledger is alive, naming what was signed last, and signs the head with it.
    pub fn heartbeat(&self, caller: &Caller) -> Result<SignedCheckpoint, SignCheckpointError> {
        let ledger = self.ledger();
        let reader = ledger.read()?;
        let empty = TreeHead { size: 0, root: Frontier::empty().root() };
        // Without a key there is no sign of life: nothing is recorded that only looks like one.
        self.signer(&reader, KeyPurpose::Checkpoint)?;
        let last = ledger.last_signed_head()?.unwrap_or(empty);
        let body = HeartbeatRecorded { size: last.size, root: Digest::from_bytes(*last.root.as_bytes()) };
        let agency = agency_of(&reader)?;
        let submitted_by = SubmittedBy::new(agency.clone(), caller.channel());
        let event = NewEvent::by_system(&agency, ledger.machine.now(), caller.channel());
        let (recorder, _) = ledger.recorder(&reader, agency, submitted_by, None, Load::One)?;
        recorder.record_own(event, Body::HeartbeatRecorded(body)).map_err(OpenError::from)?;
        recorder.close().map_err(|e: RecordError| OpenError::from(e))?;
        self.sign_checkpoint()
    }
}
