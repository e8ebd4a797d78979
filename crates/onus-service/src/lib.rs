//! Questions and acts over a ledger, as one API for every edge: the command line, a server, a program that embeds Onus.
//!
//! An edge opens a [`Session`] for a caller, asks a question with typed arguments, and gets an answer as data: a struct
//! whose JSON is what users get, with the sentences that say the same to people. Start reading at `session.rs`, then
//! `who.rs`, which is as small as a question can be.
//!
//! # Promises
//! * Every answer is `Serialize`, and its JSON Schema stands in `docs/answers/`.
//! * Every error says who must act ([`onus_core::blame::Blamed`]).
//! * Nothing is answered from a damaged ledger unless the answer says so.
//!
//! # Never
//! * No command line, no terminal, no HTTP, no file of its own; no rule of the domain that `onus-query` could hold.

mod acceptances;
mod access;
mod act;
mod agencies;
pub mod answer;
mod check;
mod clock;
mod cosigning;
mod coverage;
mod create;
mod disclose;
mod dispute;
mod entry;
mod erase;
mod evidence;
mod export;
mod field_keys;
mod figures;
mod find;
mod flag;
mod flags;
mod handover;
mod holds;
mod import;
mod incident;
mod incident_name;
mod index;
mod keys;
mod labels;
pub mod lanes;
mod listener;
pub mod members;
mod notes;
mod now;
mod policies;
mod proofs;
mod quantity;
mod record;
pub mod registry;
mod report;
mod responsibility;
mod restrictions;
mod retention;
pub mod row;
mod sample;
mod scrub;
mod seal;
pub mod sentences;
mod session;
mod show;
mod stats;
mod status;
mod verify;
mod views;
mod who;
mod why_silent;
mod witness;

pub use acceptances::{AcceptanceRecorded, Acceptances};
pub use access::{
    AccessCheck, AccessCount, AccessError, AccessRecord, EntriesTouched, LineReasons, ReasonsRequest,
};
pub use act::{ActError, ActRecorded};
pub use agencies::AgencyWords;
pub use check::{BasisError, CheckVerdict, Checker, FileKind, FileVerdict};
pub use cosigning::{Cosigning, CosigningError, WitnessAnswer};
pub use coverage::CoverageAnswer;
pub use create::NewLedgerError;
pub use disclose::{DiscloseError, DiscloseQuestion};
pub use dispute::{
    DeterminationAnswer, DisputeAnswer, DisputeQuestion, DisputesAnswer, FactAnswer, KnowledgeAnswer,
    PartAnswer, PolicyCited, PolicyInForce, PositionAnswer, RungAnswer, disputes, write_disputes,
};
pub use entry::{EntryAnswer, EventAnswer, SignatureAnswer, TextAnswer};
pub use erase::{
    ErasedFrom, ErasedText, ErasureCertificate, ErasureEntry, ErasureError, LeftTheLedger, NotReached,
    Recipients,
};
pub use evidence::{EvidenceError, EvidenceQuestion};
pub use export::{
    AccessReportBundle, Bundle, CoronerBundle, DataBundle, DisputeBundle, ExportError, ExportQuestion,
    Exported, FilterTerm, FoiBundle, InspectionBundle, NoTextField, Occurred, ReturnYear, S136Bundle,
    ScheduleBundle, SubjectAccessBundle, TextField, TextsOpened,
};
pub use field_keys::{FieldKeys, FieldKeysError, KeyOfText, WithheldText};
pub use figures::{
    AgainstBaseline, FigureAnswer, GroupedBy, MetricDefinition, PeriodFigures, ReportAnswer, ReportPart,
};
pub use find::{FindError, FindQuestion, FoundCount, FoundGroup, FoundGroups, FoundPage};
pub use flag::FlagAnswer;
pub use flags::{FlagRule, FlagsAnswer, FlagsQuestion, Judged};
pub use handover::{
    AnswerError, AnswerQuestion, AnswerRecorded, AnswerSignature, HandoverRequestError, OfferName,
    OfferShown, RecordAnswerError, RecordAnswerQuestion, RequestQuestion, SignedAnswer, answer_offer,
};
pub use holds::{HoldInForce, HoldPlaced};
pub use import::{
    Import, ImportCount, ImportError, ImportProgress, ImportRequest, ImportSummary, OnChange, RejectedRow,
    RejectedRows, TallyError,
};
pub use incident::{IncidentError, Known};
pub use incident_name::IncidentName;
pub use index::{IndexDifferenceAnswer, IndexRebuilt, IndexVerdict};
pub use keys::{Key, KeyRevocation};
pub use listener::Listener;
pub use now::{NeedAnswer, NeedChange, NeedFollower, NeedTurn, NowAnswer, NowQuestion, OpenIncidentAnswer};
pub use policies::{
    InForceQuestion, MemberInForce, PolicyBody, PolicyError, PolicyFile, PolicyLimits, PolicyMember,
    PolicyRecorded, PolicySide, PolicyStatus, PolicyVersion,
};
pub use proofs::{ConsistencyProof, IncidentProof, ProofError, ProvenEntry};
pub use quantity::{Hours, Minutes, Share};
pub use record::{
    DryRun, DryRunError, FileRule, FlagTurn, LineAlone, Outcome, Outcomes, Receipt, RecordSummary, Recording,
    RecordingError, RefusedLine, SignedReceipt,
};
pub use report::{Counted, ListedIncident, ReportError, ReportList, ReportListQuestion, ReportQuestion};
pub use responsibility::{
    ContestedAnswer, ContradictionAnswer, DoublyOwnedAnswer, FacetAnswer, OfferAnswer, ResponsibilityAnswer,
    SpanAnswer,
};
pub use restrictions::RestrictionInForce;
pub use retention::{DueIncident, RetentionDue, RetentionError};
pub use sample::{SampleAnswer, SampleError, SampleQuestion, SampleRow, SampledDecision};
pub use scrub::{Scrub, ScrubResult};
pub use seal::SealStatus;
pub use session::Session;
pub use show::{Drawing, Flagged, Show, ShowError, ShowQuestion, ShownEntry, Texts};
pub use stats::{KindCount, Stats, StatsError};
pub use status::{KeyInForce, LastCheckpoint, LastScrub, Status, StatusError};
pub use verify::{
    AssertedAlone, ComparedCheckpoint, Contradiction, Damage, EquivocationEvidence, KeptElsewhere,
    LogVerdict, Of, PrivateFinding, PrivateState, SignatureFault, Signatures, Silence, SilenceEnd, StatedBy,
    Verdict, VerificationError, VerifyQuestion,
};
pub use views::{ViewsError, ViewsRebuilt, ViewsVerdict};
pub use who::{AccountOfAgency, DisagreeingAccount, WaitingOffer, Who, WhoBeside, WhoQuestion};
pub use why_silent::{ReasonForSilence, ReasonKind, WhySilent};
pub use witness::WitnessedLedger;
