//! The kinds of event: each with its number, which is assigned once and never reused, the schema of its
//! body, who may make one, and whether it belongs to an incident.
//!
//! A body changes by a new schema: `schema 2 (from 1: upcast)` says that this release writes schema 2 and
//! that `upcast` turns a body of schema 1, whose struct stays in [`crate::bodies::older`], into today's. Of
//! several older schemas each names its own function to today's body. Everything that decodes a record
//! gets today's body, whatever schema its entry has.

use crate::bodies::access::{DataCombined, Disclosed, Exported, TextRevealed};
use crate::bodies::closing::{
    DsiConsidered, DsiReferred, EntryWithdrawn, IncidentClosed, IncidentReopened, LegalHoldPlaced,
    LegalHoldReleased, OutcomeRecorded, ReviewRecorded, SubjectLinked,
};
use crate::bodies::contact::{
    CallBackAttempted, ContactReceived, IncidentLinked, IncidentOpened, InformationRecorded,
};
use crate::bodies::custody::{
    ArrivedAtPlaceOfSafety, ConveyanceStarted, DemographicsRecorded, DetentionEnded, DetentionExtended,
    OfficersReleased, PersonLeft, PowerExercised,
};
use crate::bodies::decision::{
    AgencyAcknowledged, AgencyNotified, AssistanceAnswered, AssistanceRequested, AttendanceDecided,
    CallerInformed, CallerSignposted, DecisionReviewed, GradeChanged, ResourceArrived, ResourceDispatched,
    ResourceStoodDown,
};
use crate::bodies::dispute::{
    DisputeDetermined, DisputeOpened, EscalationRaised, EscalationResolved, PositionStated,
};
use crate::bodies::handover::{
    HandoverAccepted, HandoverDeclined, HandoverLapsed, HandoverOffered, HandoverWithdrawn,
    ResponsibilityAssumed, ResponsibilityDischarged,
};
use crate::bodies::ledger_wide::{
    ClockCorrected, ClockStepped, HeartbeatRecorded, KeyRegistered, KeyRevoked, LedgerOpened,
    PersonalDataErased, ProcessingRestricted, RestrictionLifted, SchemaPublished,
};
use crate::bodies::older;
use crate::bodies::policy::{self, PolicyWithdrawn, SourceTallied};
use crate::bodies::triage::{TriageAssessed, TriageReassessed};
use crate::codec::{self, DecodeError, TooLong};
use crate::draft::{At, DraftError, FromDraft};
use crate::field::{Field, Seal};
use crate::field_no::FieldNo;
use crate::json::Json;
use crate::sealed::Sealed;
use crate::shape::Type;
use crate::stage::{Drafted, Sealing, Stage, Stored};

/// In a box, because a policy is many times larger than what else is recorded, and rare.
type PolicyPublished = Box<policy::PolicyPublished>;

/// Who makes events of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// People and their systems, by drafts.
    Draft,
    /// The software itself.
    Software,
    /// The software, in the access ledger only.
    Access,
}

/// Where events of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In an incident.
    Incident,
    /// In the ledger as a whole.
    Ledger,
    /// In either.
    Either,
}

macro_rules! kinds {
    ($($number:literal $name:ident $(<$stage:ident>)? schema $schema:literal $((from $($old:literal : $upcast:path),+))? $maker:ident $scope:ident),+ $(,)?) => {
        /// A kind of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each kind is documented by its body")]
        pub enum Kind { $($name),+ }

        impl Kind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// Every name, in the same order.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Its number, in every entry's head.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number),+ }
            }

            /// The schema of its body that this release writes.
            #[must_use]
            pub const fn schema(self) -> u16 {
                match self { $(Self::$name => $schema),+ }
            }

            /// The schemas of its body that earlier releases wrote and this one reads.
            #[must_use]
            pub const fn older_schemas(self) -> &'static [u16] {
                match self { $(Self::$name => &[$($($old),+)?]),+ }
            }

            /// Its name, in drafts and tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The kind so numbered.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$name),)+ _ => None }
            }

            /// The kind so named.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }

            /// Who makes events of this kind.
            #[must_use]
            pub const fn maker(self) -> Maker {
                match self { $(Self::$name => Maker::$maker),+ }
            }

            /// Where events of this kind stand.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope),+ }
            }

            /// What the body looks like that this release writes.
            #[must_use]
            pub fn body_shape(self) -> Type {
                match self { $(Self::$name => kinds!(@shape $name $(<$stage>)?)),+ }
            }

            /// What the body looks like in a schema; `None` if this release does not read that schema.
            #[must_use]
            pub fn body_shape_in(self, schema: u16) -> Option<Type> {
                if schema == self.schema() {
                    return Some(self.body_shape());
                }
                match (self, schema) {
                    $($($((Self::$name, $old) => Some(shape_taken_by($upcast)),)+)?)+
                    _ => None,
                }
            }
        }

        impl Kind {
            /// The columns of the body in a table, under `body`.
            pub(crate) fn body_columns(self, out: &mut Vec<$crate::cell::Column>) {
                match self { $(Self::$name => kinds!(@columns out $name $(<$stage>)?)),+ }
            }
        }

        /// What an event says beyond the common record.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant holds the body of that name, which is documented")]
        pub enum Body<S: Stage> { $($name($name $(<$stage>)?)),+ }

        impl<S: Stage> Body<S> {
            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name),+ }
            }
        }

        impl Body<Drafted> {
            pub(crate) fn read(kind: Kind, json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
                match kind { $(Kind::$name => FromDraft::read(json, at).map(Self::$name)),+ }
            }

            pub(crate) fn seal<B: Sealing>(self, by: &mut B) -> Result<Body<Stored>, B::Error> {
                match self { $(Self::$name(body) => body.seal(FieldNo::NONE, by).map(Body::$name)),+ }
            }
        }

        impl Body<Stored> {
            pub(crate) fn encode_into(&self, bytes: &mut Vec<u8>) -> Result<(), TooLong> {
                match self { $(Self::$name(body) => codec::encode_into(body, bytes)),+ }
            }

            /// As JSON, in the form of a draft's body; sealed text as its length.
            #[must_use]
            pub fn to_json(&self) -> serde_json::Value {
                match self { $(Self::$name(body) => body.to_json()),+ }
            }

            pub(crate) fn visit_sealed(&mut self, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
                match self { $(Self::$name(body) => body.visit_sealed(FieldNo::NONE, visit)),+ }
            }

            pub(crate) fn cells(&self, row: &mut dyn FnMut($crate::cell::Cell<'_>)) {
                match self { $(Self::$name(body) => body.cells(row)),+ }
            }

            /// Decodes a body of any schema that this release reads, and brings it to today's.
            pub(crate) fn decode(kind: Kind, schema: u16, body: &[u8]) -> Result<Self, DecodeError> {
                match (kind, schema) {
                    $(
                        (Kind::$name, $schema) => codec::decode_exact(body).map(Self::$name),
                        $($((Kind::$name, $old) => codec::decode_exact(body).map(|old| Self::$name($upcast(old))),)+)?
                    )+
                    _ => Err(DecodeError::UnknownKind),
                }
            }
        }
    };
    (@columns $out:ident $name:ident <$stage:ident>) => { <$name<Stored> as Field>::columns("body", "", FieldNo::NONE, $out) };
    (@columns $out:ident $name:ident) => { <$name as Field>::columns("body", "", FieldNo::NONE, $out) };
    (@shape $name:ident <$stage:ident>) => { <$name<Stored> as Field>::shape() };
    (@shape $name:ident) => { <$name as Field>::shape() };
}

/// The shape of the older body that an upcaster takes.
fn shape_taken_by<Older: Field, Newer>(_: fn(Older) -> Newer) -> Type {
    Older::shape()
}

kinds! {
    1 LedgerOpened schema 1 Software Ledger,
    2 SchemaPublished schema 1 Software Ledger,
    3 ClockStepped schema 1 Software Ledger,
    4 ClockCorrected<S> schema 1 Software Ledger,
    5 HeartbeatRecorded schema 1 Software Ledger,
    6 KeyRegistered schema 1 Software Ledger,
    7 KeyRevoked schema 1 Software Ledger,
    16 ContactReceived schema 2 (from 1: older::contact_received_1) Draft Incident,
    17 IncidentOpened schema 2 (from 1: older::incident_opened_1) Draft Incident,
    18 IncidentLinked schema 1 Draft Incident,
    19 InformationRecorded<S> schema 1 Draft Incident,
    20 TriageAssessed schema 2 (from 1: older::triage_assessed_1) Draft Incident,
    21 TriageReassessed schema 2 (from 1: older::triage_reassessed_1) Draft Incident,
    22 AttendanceDecided<S> schema 2 (from 1: older::attendance_decided_1) Draft Incident,
    23 DecisionReviewed<S> schema 1 Draft Incident,
    24 GradeChanged<S> schema 1 Draft Incident,
    25 CallerInformed schema 2 (from 1: older::caller_informed_1) Draft Incident,
    26 CallBackAttempted schema 1 Draft Incident,
    27 AgencyNotified schema 1 Draft Incident,
    28 AgencyAcknowledged schema 2 (from 1: older::agency_acknowledged_1) Draft Incident,
    29 CallerSignposted schema 1 Draft Incident,
    30 AssistanceRequested<S> schema 1 Draft Incident,
    31 AssistanceAnswered<S> schema 1 Draft Incident,
    32 ResponsibilityAssumed schema 1 Draft Incident,
    33 ResponsibilityDischarged schema 1 Draft Incident,
    34 HandoverOffered<S> schema 1 Draft Incident,
    35 HandoverAccepted<S> schema 1 Draft Incident,
    36 HandoverDeclined<S> schema 2 (from 1: older::handover_declined_1) Draft Incident,
    37 HandoverWithdrawn<S> schema 1 Draft Incident,
    38 HandoverLapsed schema 1 Draft Incident,
    40 ResourceDispatched<S> schema 1 Draft Incident,
    41 ResourceArrived<S> schema 2 (from 1: older::resource_arrived_1) Draft Incident,
    42 ResourceStoodDown<S> schema 1 Draft Incident,
    48 PowerExercised<S> schema 2 (from 1: older::power_exercised_1) Draft Incident,
    49 DetentionExtended schema 1 Draft Incident,
    50 DetentionEnded schema 1 Draft Incident,
    51 ConveyanceStarted schema 2 (from 1: older::conveyance_started_1) Draft Incident,
    52 ArrivedAtPlaceOfSafety schema 1 Draft Incident,
    53 OfficersReleased schema 1 Draft Incident,
    54 DemographicsRecorded<S> schema 1 Draft Incident,
    55 PersonLeft schema 1 Draft Incident,
    56 EscalationRaised schema 1 Draft Incident,
    57 EscalationResolved<S> schema 1 Draft Incident,
    58 DisputeOpened<S> schema 1 Draft Incident,
    59 PositionStated<S> schema 1 Draft Incident,
    60 DisputeDetermined<S> schema 1 Draft Incident,
    64 OutcomeRecorded schema 2 (from 1: older::outcome_recorded_1) Draft Incident,
    65 DsiReferred<S> schema 1 Draft Incident,
    66 LegalHoldPlaced<S> schema 1 Draft Incident,
    67 LegalHoldReleased<S> schema 1 Draft Incident,
    68 IncidentClosed<S> schema 2 (from 1: older::incident_closed_1) Draft Incident,
    69 IncidentReopened<S> schema 1 Draft Incident,
    70 EntryWithdrawn<S> schema 1 Draft Either,
    71 ReviewRecorded<S> schema 1 Draft Either,
    72 DsiConsidered<S> schema 1 Draft Incident,
    73 SubjectLinked<S> schema 1 Draft Either,
    80 PolicyPublished schema 2 (from 1: older::policy_published_1) Draft Ledger,
    81 PolicyWithdrawn<S> schema 1 Draft Ledger,
    82 SourceTallied schema 1 Draft Ledger,
    88 PersonalDataErased<S> schema 1 Software Either,
    89 ProcessingRestricted<S> schema 1 Software Either,
    90 RestrictionLifted<S> schema 1 Software Either,
    96 TextRevealed<S> schema 2 (from 1: older::text_revealed_1) Access Either,
    97 Exported<S> schema 2 (from 1: older::exported_1) Access Either,
    98 Disclosed<S> schema 2 (from 1: older::disclosed_1) Access Either,
    99 DataCombined<S> schema 2 (from 1: older::data_combined_1) Access Either,
}
