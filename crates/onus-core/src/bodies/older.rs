//! Bodies of older schemas: each struct as the release of its time wrote it, and the function that brings
//! it to today's.
//!
//! Promise: a struct here never changes, for entries with its bytes exist; a golden test holds the bytes.
//! An upcaster is a pure function of the older body. What that could not say becomes *not recorded*
//! (`None`), never a value that states something.

use crate::bodies::contact::ContactReceived;
use crate::declare::record;
use crate::ids::EventId;
use crate::model::Attachment;
use crate::vocabulary::{CallerType, ContactChannel};

record! {
    /// Schema 1 of `ContactReceived`: without the calling agency and how the contact ended.
    struct ContactReceivedV1 {
        /// By which way.
        channel: ContactChannel,
        /// Who made it.
        caller_type: CallerType,
        /// The recording, kept elsewhere.
        audio_ref: Option<Attachment>,
        /// An earlier contact that this one repeats.
        repeat_of: Option<EventId>,
    }
}

/// `ContactReceived` from schema 1.
pub(crate) fn contact_received_1(old: ContactReceivedV1) -> ContactReceived {
    let ContactReceivedV1 { channel, caller_type, audio_ref, repeat_of } = old;
    ContactReceived { channel, caller_type, audio_ref, repeat_of, agency: None, ended: None }
}
