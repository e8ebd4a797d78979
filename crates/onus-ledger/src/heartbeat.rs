//! A sign of life: what tells "nothing happened" from "nothing was running".
//!
//! # Not promised
//! * The ledger's own heartbeat is its own word, and its time its own clock's. A witness's cosignature is neither.

use crate::checkpoints::SignCheckpointError;
use crate::events::Making;
use crate::ledger::{Ledger, Load, OpenError, RecordError, agency_of};
use onus_core::bodies::ledger_wide::HeartbeatRecorded;
use onus_core::bytes::Digest;
use onus_core::kinds::Body;
use onus_core::model::SubmittedBy;
use onus_core::vocabulary::{Channel, KeyPurpose};
use onus_proof::{Frontier, SignedCheckpoint, TreeHead};
use onus_vault::Passphrase;

impl Ledger {
    /// Records that the ledger is alive, naming what was signed last, and signs the head with it.
    pub fn heartbeat(
        &self,
        passphrase: Option<&Passphrase>,
    ) -> Result<SignedCheckpoint, SignCheckpointError> {
        let reader = self.read()?;
        let empty = TreeHead { size: 0, root: Frontier::empty().root() };
        // Without a key there is no sign of life: nothing is recorded that only looks like one.
        self.signer(&reader, KeyPurpose::Checkpoint, passphrase)?;
        let last = self.last_signed_head()?.unwrap_or(empty);
        let body = HeartbeatRecorded { size: last.size, root: Digest::from_bytes(*last.root.as_bytes()) };
        let agency = agency_of(&reader)?;
        let submitted_by = SubmittedBy::new(agency.clone(), Channel::Cli);
        let making = Making::by_system(&agency, self.machine.now());
        let (recorder, _) = self.recorder(&reader, agency, submitted_by, None, Load::One)?;
        recorder.record_own(making, Body::HeartbeatRecorded(body)).map_err(OpenError::from)?;
        recorder.close().map_err(|e: RecordError| OpenError::from(e))?;
        self.sign_checkpoint(passphrase)
    }
}
