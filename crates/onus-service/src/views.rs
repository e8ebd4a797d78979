//! The views: every incident's row and the sums by day, kept so that a report need not read the whole log. Rebuilt from
//! the log, or compared with it.
//!
//! Promise: a question that could be answered from them is answered from the log where they are missing or cannot be
//! used, and a note says so.

use crate::row::row;
use crate::session::Session;
use onus_core::blame::{Blame, Blamed, chain};
use onus_ledger::OpenError;
use onus_query::needs::Waiting;
use onus_query::views::{Opened, Views, ViewsError as QueryError};
use onus_store::Reader;
use schemars::JsonSchema;
use serde::Serialize;

/// The views, rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ViewsRebuilt {
    /// How many incidents they hold.
    pub incidents: u64,
    /// From how many entries.
    pub entries: u64,
}

row!(ViewsRebuilt { incidents, entries });

/// The views, compared with the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ViewsVerdict {
    /// Whether they were what the log gives, and nothing about them was found wrong.
    pub sound: bool,
    /// How many incidents they hold.
    pub incidents: u64,
    /// From how many entries.
    pub entries: u64,
    /// Why they were rebuilt before they were compared; null where they could be used as they were.
    pub rebuilt_because: Option<String>,
    /// The incidents, and the sums of an agency and a day, that are not what the log gives.
    pub differing: Vec<String>,
}

row!(ViewsVerdict { sound, incidents, entries, rebuilt_because, differing });

/// Why the views were not rebuilt or compared. The log is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewsError {
    /// The ledger did not open; it says who must act.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The views could not be used; it says who must act.
    #[error(transparent)]
    Views(#[from] QueryError),
    /// There are none.
    #[error("this ledger has no views")]
    None,
}

impl Blamed for ViewsError {
    fn blame(&self) -> Blame {
        match self {
            Self::Open(e) => e.blame(),
            Self::Views(e) => e.blame(),
            Self::None => Blame::NotFound,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Views(e) => e.hint(),
            Self::None => {
                Some("make them with `onus views rebuild`; a report without them reads the log".into())
            }
        }
    }
}

impl Session {
    /// Makes the views from the log again. From then on reports keep and use them.
    pub fn rebuild_views(&self) -> Result<ViewsRebuilt, ViewsError> {
        let reader = self.read()?;
        let views = Views::rebuild(self.ledger().dir(), &reader, &boot(), &self.progress_of(&reader))?;
        Ok(ViewsRebuilt { incidents: incidents(&views)?, entries: reader.size() })
    }

    /// Computes everything in the views from the log again and compares. Views that cannot be used are rebuilt first.
    pub fn verify_views(&self) -> Result<ViewsVerdict, ViewsError> {
        let reader = self.read()?;
        if !Views::exist(self.ledger().dir()) {
            return Err(ViewsError::None);
        }
        let progress = self.progress_of(&reader);
        let (views, opened) = Views::open(self.ledger().dir(), &reader, &boot(), &progress)?;
        self.note_rebuilt(&opened);
        let found = views.differences(&reader, &progress)?;
        let days = found.days.iter().map(|(agency, date)| format!("the sums of {agency}/{date}"));
        let overdue = found.overdue.then(|| "the count of what is long overdue".to_owned());
        let incidents_differing = found.incidents.iter().map(ToString::to_string);
        let differing: Vec<String> = incidents_differing.chain(days).chain(overdue).collect();
        let (rebuilt_because, was_wrong) = match &opened {
            Opened::Rebuilt(why) => (Some(why.to_string()), why.is_found_wrong()),
            Opened::Current | Opened::CaughtUp(_) => (None, false),
        };
        Ok(ViewsVerdict {
            sound: differing.is_empty() && !was_wrong,
            incidents: incidents(&views)?,
            entries: reader.size(),
            rebuilt_because,
            differing,
        })
    }

    /// What waits, where the views are as far as the log.
    pub(crate) fn current_in_views(&self, reader: &Reader) -> Option<Waiting> {
        let dir = self.ledger().dir();
        if Views::exist(dir) { Views::current_waiting(dir, reader).ok().flatten() } else { None }
    }

    /// What the views hold, followed up to the log's head; `None` where there are none or they cannot be used.
    pub(crate) fn kept_in_views<T>(
        &self,
        reader: &Reader,
        read: impl FnOnce(&Views) -> Result<T, QueryError>,
    ) -> Option<T> {
        if !Views::exist(self.ledger().dir()) {
            return None;
        }
        let opened = Views::open(self.ledger().dir(), reader, &boot(), &self.progress_of(reader));
        match opened.and_then(|(views, opened)| Ok((read(&views)?, opened))) {
            Ok((found, opened)) => {
                self.note_rebuilt(&opened);
                Some(found)
            }
            Err(e) => {
                self.note(&format!("{}; the log is read instead", chain(&e)));
                None
            }
        }
    }

    fn note_rebuilt(&self, opened: &Opened) {
        if let Opened::Rebuilt(why) = opened {
            self.note(&format!(
                "the views were rebuilt from the log: {why}; what was there before, if anything, is in views/tree.aside"
            ));
        }
    }
}

fn incidents(views: &Views) -> Result<u64, QueryError> {
    Ok(u64::try_from(views.rows()?.len()).unwrap_or(u64::MAX))
}

/// Which boot of the machine this is; another one each time where the system does not say.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| format!("unknown-{}", std::process::id()), |text| text.trim().to_owned())
}
