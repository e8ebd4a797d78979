//! How an answer is printed. Words unless another form is asked for, on a terminal and on a pipe alike: `onus show … |
//! less` is for people.

use clap::{Args, ValueEnum};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Words and tables, for people
    Table,
    /// The answer as data: docs/answers has the JSON Schema of each
    Json,
    /// Rows for a spreadsheet
    Csv,
}

/// In which form to print.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FormatArgs {
    /// How to print; words unless given
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The same as --format json
    #[arg(long, overrides_with = "format")]
    json: bool,
}

impl FormatArgs {
    /// The form asked for; words unless one is.
    pub(crate) fn chosen(self) -> Format {
        self.asked().unwrap_or(Format::Table)
    }

    /// The form asked for, of a document that is made to be kept as data.
    pub(crate) fn of_a_document(self) -> Format {
        self.asked().unwrap_or(Format::Json)
    }

    fn asked(self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.format }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
