//! What can be wrong with a row, with the cure; a short name of each, to count by.

/// What is wrong with a row. No message repeats a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// More or fewer cells than the header has names.
    #[error("{found} cells under a header of {expected}; a delimiter or a quote may be missing or left over")]
    CellCount {
        /// Names in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// The line is not one JSON object.
    #[error("expected one JSON object; it breaks off or goes wrong at byte {column}")]
    NotJson {
        /// Counted from 1.
        column: usize,
    },
    /// An object has a member that the mapping does not expect.
    #[error(
        "member {number} is neither used nor ignored by the mapping; if it may be left out, add it to ignore"
    )]
    UnknownMember {
        /// Its place in its object, counted from 1.
        number: usize,
    },
    /// An object has one member twice.
    #[error("member {number} has the name of an earlier one; two readers could take different ones")]
    MemberTwice {
        /// Its place in its object, counted from 1.
        number: usize,
    },
    /// A member is a list or an object, or longer than a cell may be.
    #[error("member {number} is not a text, a number, true, false or null of at most 1 MiB without NUL")]
    NotACell {
        /// Its place in its object, counted from 1.
        number: usize,
    },
    /// Something that must be said is not.
    #[error("the cell is blank, and {needed_by} needs it")]
    Blank {
        /// The part of the mapping.
        needed_by: String,
    },
    /// A map has no such spelling.
    #[error(
        "the mapping's values for this column have no such spelling; add it to them, or give them a default"
    )]
    Unlisted,
    /// The text is not what its field takes.
    #[error("expected {expected}")]
    NotOfForm {
        /// In words.
        expected: String,
    },
    /// The text has none of the declared formats, or no calendar has that time.
    #[error("not a time in any of the formats that the mapping declares for it")]
    NotATime,
    /// The clocks went back over this local time.
    #[error(
        "this local time happened twice, as the clocks went back; where the file's times may be read so, say \
         repeated_hour = \"earlier\" or \"later\" in the mapping"
    )]
    RepeatedHour,
    /// The clocks went forward over this local time.
    #[error("this local time did not exist, as the clocks went forward; the zone or the cell is wrong")]
    SkippedHour,
    /// Before 1900 or after 2199.
    #[error("expected a time between 1900 and 2199")]
    OutOfRange,
    /// None of the times that name the incident's day.
    #[error("the row has none of the times that give the incident its day: {times}")]
    NoDay {
        /// Their names in the mapping.
        times: String,
    },
    /// A required event has no time.
    #[error("event {template} is required, and the row has no time for it")]
    NoTime {
        /// The template.
        template: String,
    },
    /// No template makes an event of this row.
    #[error("no event of the mapping comes of this row")]
    NoEvent,
    /// The model refuses a body.
    #[error("event {template}: {problem}")]
    Body {
        /// The template.
        template: String,
        /// In the model's words, which repeat nothing.
        problem: String,
    },
}

impl Reason {
    /// A short name, to count by.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CellCount { .. } => "cell_count",
            Self::NotJson { .. } => "not_json",
            Self::UnknownMember { .. } => "unknown_member",
            Self::MemberTwice { .. } => "member_twice",
            Self::NotACell { .. } => "not_a_cell",
            Self::Blank { .. } => "blank",
            Self::Unlisted => "unlisted",
            Self::NotOfForm { .. } => "not_of_form",
            Self::NotATime => "not_a_time",
            Self::RepeatedHour => "repeated_hour",
            Self::SkippedHour => "skipped_hour",
            Self::OutOfRange => "out_of_range",
            Self::NoDay { .. } => "no_day",
            Self::NoTime { .. } => "no_time",
            Self::NoEvent => "no_event",
            Self::Body { .. } => "body",
        }
    }
}
