//! Every answer that an edge gives as data, by the command that gives it: `docs/answers/` is made from this list, and
//! anyone who adds a question or act with an answer adds it here.

use crate::members::Difference;
use crate::row::Row;
use crate::{
    AccessCheck, AccessCount, AccessRecord, AnswerRecorded, ConsistencyProof, CoverageAnswer, DisputesAnswer,
    DryRun, DueIncident, EntryAnswer, ErasedText, ErasureCertificate, Exported, FactAnswer, FieldKeys,
    FigureAnswer, FileVerdict, FlagAnswer, FlagRule, FlagsAnswer, FoundCount, FoundGroup, FoundGroups,
    FoundPage, HoldInForce, ImportCount, ImportSummary, IncidentProof, IndexDifferenceAnswer, IndexVerdict,
    Key, KindCount, ListedIncident, MemberInForce, NeedAnswer, NeedChange, NowAnswer, OfferShown,
    OpenIncidentAnswer, PolicyBody, PolicyLimits, PolicyMember, PolicyVersion, ReasonForSilence, Receipt,
    ReportAnswer, ReportList, RestrictionInForce, SampleAnswer, SampleRow, Scrub, SealStatus, Show,
    ShownEntry, SignedReceipt, Stats, Status, Verdict, ViewsRebuilt, ViewsVerdict, Who, WhySilent,
    WitnessedLedger,
};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// An answer: the command that gives it, the JSON Schema of what `--json` prints, the columns of its CSV.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The command's words with hyphens between: `docs/answers/NAME.json` is its file.
    pub name: &'static str,
    /// The columns of its CSV, each a field of the answer; empty where it has no CSV of its own.
    pub columns: &'static [&'static str],
    schema: fn() -> schemars::Schema,
    row_schema: Option<fn() -> schemars::Schema>,
}

impl Answer {
    const fn of<A: JsonSchema>(name: &'static str) -> Self {
        Self { name, columns: &[], schema: schema_of::<A>, row_schema: None }
    }

    const fn with_rows<R: Row>(self) -> Self {
        Self { columns: R::COLUMNS, ..self }
    }

    /// Rows that the JSON says in another way: a struct of their own.
    const fn with_own_rows<R: Row + JsonSchema>(self) -> Self {
        Self { columns: R::COLUMNS, row_schema: Some(schema_of::<R>), ..self }
    }

    /// The JSON Schema of a row, where rows are a struct of their own.
    #[must_use]
    pub fn row_schema(&self) -> Option<serde_json::Value> {
        self.row_schema.map(|schema| schema().to_value())
    }

    /// The JSON Schema (draft 2020-12) of what the command prints as JSON.
    #[must_use]
    pub fn schema(&self) -> serde_json::Value {
        (self.schema)().to_value()
    }
}

fn schema_of<A: JsonSchema>() -> schemars::Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<A>()
}

/// Every answer, by name.
pub const ANSWERS: &[Answer] = &[
    Answer::of::<Vec<AccessRecord>>("access-find").with_rows::<AccessRecord>(),
    Answer::of::<Vec<AccessCount>>("access-report").with_rows::<AccessCount>(),
    Answer::of::<AccessCheck>("access-verify").with_rows::<AccessCheck>(),
    Answer::of::<Vec<FileVerdict>>("check").with_rows::<FileVerdict>(),
    Answer::of::<FieldKeys>("disclose"),
    Answer::of::<DisputesAnswer>("dispute").with_rows::<FactAnswer>(),
    Answer::of::<ErasureCertificate>("erase").with_rows::<ErasedText>(),
    Answer::of::<Exported>("export").with_rows::<Exported>(),
    Answer::of::<FoundPage>("find").with_rows::<EntryAnswer>(),
    Answer::of::<FoundCount>("find-count").with_rows::<FoundCount>(),
    Answer::of::<FoundGroups>("find-group-by").with_rows::<FoundGroup>(),
    Answer::of::<FlagsAnswer>("flags").with_rows::<FlagAnswer>(),
    Answer::of::<FlagRule>("flags-explain").with_rows::<FlagRule>(),
    Answer::of::<WhySilent>("flags-why-silent").with_rows::<ReasonForSilence>(),
    Answer::of::<OfferShown>("handover-read").with_rows::<OfferShown>(),
    Answer::of::<AnswerRecorded>("handover-record").with_rows::<AnswerRecorded>(),
    Answer::of::<Vec<HoldInForce>>("hold-list").with_rows::<HoldInForce>(),
    Answer::of::<ImportSummary>("import").with_own_rows::<ImportCount>(),
    Answer::of::<IndexVerdict>("index-verify").with_rows::<IndexDifferenceAnswer>(),
    Answer::of::<Vec<Key>>("key-show").with_rows::<Key>(),
    Answer::of::<Vec<OpenIncidentAnswer>>("ls").with_rows::<OpenIncidentAnswer>(),
    Answer::of::<NowAnswer>("now").with_rows::<NeedAnswer>(),
    Answer::of::<NeedChange>("now-follow").with_rows::<NeedChange>(),
    Answer::of::<Vec<Difference>>("policy-diff").with_rows::<Difference>(),
    Answer::of::<PolicyLimits>("policy-in-force").with_rows::<MemberInForce>(),
    Answer::of::<Vec<PolicyVersion>>("policy-list").with_rows::<PolicyVersion>(),
    Answer::of::<PolicyBody>("policy-show").with_own_rows::<PolicyMember>(),
    Answer::of::<ConsistencyProof>("prove-growth"),
    Answer::of::<IncidentProof>("prove-incident"),
    Answer::of::<Receipt>("record"),
    Answer::of::<DryRun>("record-dry-run"),
    Answer::of::<SignedReceipt>("record-signed"),
    Answer::of::<ReportAnswer>("report").with_rows::<FigureAnswer>(),
    Answer::of::<Vec<CoverageAnswer>>("report-coverage").with_rows::<CoverageAnswer>(),
    Answer::of::<ReportList>("report-list").with_rows::<ListedIncident>(),
    Answer::of::<Vec<RestrictionInForce>>("restrictions").with_rows::<RestrictionInForce>(),
    Answer::of::<Vec<DueIncident>>("retention-due").with_rows::<DueIncident>(),
    Answer::of::<SampleAnswer>("sample").with_rows::<SampleRow<'_>>(),
    Answer::of::<Scrub>("scrub").with_rows::<Scrub>(),
    Answer::of::<SealStatus>("seal-status").with_rows::<SealStatus>(),
    Answer::of::<Show>("show").with_rows::<ShownEntry>(),
    Answer::of::<Stats>("stats").with_rows::<KindCount>(),
    Answer::of::<Status>("status").with_rows::<Status>(),
    Answer::of::<ImportSummary>("tally").with_own_rows::<ImportCount>(),
    Answer::of::<Verdict>("verify").with_rows::<Verdict>(),
    Answer::of::<ViewsRebuilt>("views-rebuild").with_rows::<ViewsRebuilt>(),
    Answer::of::<ViewsVerdict>("views-verify").with_rows::<ViewsVerdict>(),
    Answer::of::<Who>("who").with_rows::<Who>(),
    Answer::of::<Vec<WitnessedLedger>>("witness-show").with_rows::<WitnessedLedger>(),
];
