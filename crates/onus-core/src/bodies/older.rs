//! Bodies of older schemas: each struct as the release of its time wrote it, and the function that brings
//! it to today's.
//!
//! Promise: a struct here never changes, for entries with its bytes exist; a golden test holds the bytes.
//! An upcaster is a pure function of the older body. What that could not say becomes *not recorded*
//! (`None`), never a value that states something.

pub mod access;
pub mod call;
pub mod policy;
pub mod scene;

pub(crate) use access::{data_combined_1, disclosed_1, exported_1, text_revealed_1};
pub(crate) use call::{
    agency_acknowledged_1, attendance_decided_1, caller_informed_1, contact_received_1, incident_opened_1,
    triage_assessed_1, triage_reassessed_1,
};
pub(crate) use policy::policy_published_1;
pub(crate) use scene::{
    conveyance_started_1, handover_declined_1, incident_closed_1, outcome_recorded_1, power_exercised_1,
    resource_arrived_1,
};
