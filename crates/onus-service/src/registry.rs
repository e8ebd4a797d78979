//! Every answer that an edge gives as data, by the command that gives it: `docs/answers/` is made from this list, and
//! anyone who adds a question or act with an answer adds it here.

use crate::row::Row;
use crate::{
    DisputesAnswer, EntryAnswer, FactAnswer, FlagAnswer, FlagRule, FlagsAnswer, FoundCount, FoundGroup,
    FoundGroups, FoundPage, HoldInForce, IndexDifferenceAnswer, IndexVerdict, KindCount, Show, ShownEntry,
    Stats, Who,
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
}

impl Answer {
    const fn of<A: JsonSchema>(name: &'static str) -> Self {
        Self { name, columns: &[], schema: schema_of::<A> }
    }

    const fn with_rows<R: Row>(self) -> Self {
        Self { columns: R::COLUMNS, ..self }
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
    Answer::of::<DisputesAnswer>("dispute").with_rows::<FactAnswer>(),
    Answer::of::<FoundPage>("find").with_rows::<EntryAnswer>(),
    Answer::of::<FoundCount>("find-count").with_rows::<FoundCount>(),
    Answer::of::<FoundGroups>("find-group-by").with_rows::<FoundGroup>(),
    Answer::of::<FlagsAnswer>("flags").with_rows::<FlagAnswer>(),
    Answer::of::<FlagRule>("flags-explain").with_rows::<FlagRule>(),
    Answer::of::<Vec<HoldInForce>>("hold-list").with_rows::<HoldInForce>(),
    Answer::of::<IndexVerdict>("index-verify").with_rows::<IndexDifferenceAnswer>(),
    Answer::of::<Show>("show").with_rows::<ShownEntry>(),
    Answer::of::<Stats>("stats").with_rows::<KindCount>(),
    Answer::of::<Who>("who").with_rows::<Who>(),
];
