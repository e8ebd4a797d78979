//! Rows of a foreign file become drafts of events, by a declared mapping.
//!
//! A [`Mapping`] is read from TOML (`docs/mappings/README.md` documents every key) and bound to the
//! header of one file; [`Rows`] reads that file, of any size, in flat memory; [`Bound::events`] makes
//! the events of one row.
//!
//! ```
//! use onus_import::{Mapping, Rows};
//!
//! let mapping = Mapping::parse(r#"
//!     mapping = 1
//!     source = "rota"
//!     zone = "Europe/London"
//!     key = ["id"]
//!     [incident]
//!     owner = "police:mps"
//!     day = "sent"
//!     number = { column = "id" }
//!     [time.sent]
//!     column = "sent"
//!     formats = ["%d/%m/%Y %H:%M"]
//!     [actor]
//!     agency = "police:mps"
//!     role = "dispatcher"
//!     [[event]]
//!     name = "dispatched"
//!     kind = "ResourceDispatched"
//!     at = "sent"
//!     body.agency = "police:mps"
//! "#)?;
//! let file = "id,sent\n7,12/11/2023 20:31\n";
//! let mut rows = Rows::read(Box::new(file.as_bytes()), &mapping.input())?;
//! let mut bound = mapping.bind(rows.header())?;
//! while let Some(row) = rows.next_row()? {
//!     for planned in bound.events(row)? {
//!         assert_eq!(planned.draft.common.uncertainty_s, 60);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Promises
//! * What a source does not say is not invented: a field has a constant, a column, or nothing. What a
//!   mapping infers makes its event `inferred`.
//! * The same row makes the same events under the same ids, whatever file it stands in.
//! * No error repeats a cell, nor a name in a file's header: either may be personal text.
//! * Memory does not grow with the file.
//!
//! # Never
//! * Writes nothing, opens no ledger, reads no clock.

pub mod case;
mod civil;
mod ids;
pub mod limits;
pub mod mapping;
mod plan;
mod reason;
pub mod rejects;
pub mod rows;
mod tally;
mod zone;

pub use ids::RowKey;
pub use mapping::{Mapping, MappingError};
pub use plan::bind::{BindError, Bound};
pub use plan::{Place, Planned, Rejected};
pub use reason::Reason;
pub use rejects::Rejects;
pub use rows::{Encoding, FileSurvey, Format, Header, Input, Progress, Row, Rows, RowsError};
pub use tally::tally_mapping;
