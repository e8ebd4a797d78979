//! Setting the ledger's time right after a clock fault: two people answer for it, and it is recorded.

use crate::caller::Caller;
use crate::error::{OpenError, RecordError};
use crate::events::{NewEvent, actor_of};
use crate::identity::Identity;
use crate::ledger::{Ledger, agency_of};
use crate::recorder::{Acknowledged, Load, submitted_by};
use onus_core::blame::{Blame, Blamed};
use onus_core::bodies::ledger_wide::ClockCorrected;
use onus_core::code::Code;
use onus_core::entry::EntryHead;
use onus_core::kinds::Body;
use onus_core::seq::Seq;
use onus_core::time::Timestamp;

/// Why the clock was not corrected. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectError {
    /// The two are not two people, each named by agency, role and token.
    #[error("a correction needs two different people, each as agency/role/token")]
    NotTwoPeople,
    /// There is nothing to correct.
    #[error("the ledger's time {} is not ahead of this machine's clock: there is nothing to correct", .ledger.london())]
    NothingToCorrect {
        /// The last entry's time.
        ledger: Timestamp,
    },
    /// The ledger did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The correction was not acknowledged.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Blamed for CorrectError {
    fn blame(&self) -> Blame {
        match self {
            Self::NotTwoPeople | Self::NothingToCorrect { .. } => Blame::Caller,
            Self::Open(e) => e.blame(),
            Self::Record(e) => e.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(e) => e.hint(),
            Self::Record(e) => e.hint(),
            Self::NotTwoPeople | Self::NothingToCorrect { .. } => None,
        }
    }
}

impl Ledger {
    /// Records `ClockCorrected`, for which the caller and a second person answer: the entries after it have the machine's time, even where that is
    /// earlier than the entries before it.
    pub fn correct_clock(
        &self,
        caller: &Caller,
        second: &Identity,
        why: Code,
    ) -> Result<Acknowledged, CorrectError> {
        let first = caller.identity().and_then(Identity::staff);
        if first.is_none() || second.staff().is_none() || first == second.staff() {
            return Err(CorrectError::NotTwoPeople);
        }
        self.check_allowed(caller)?;
        let reader = self.read()?;
        let agency = agency_of(&reader)?;
        let now = self.machine.now();
        let last = reader.entry(Seq::new(reader.size().saturating_sub(1))).map_err(OpenError::from)?;
        let (head, _) = EntryHead::parse(last.bytes()).map_err(|_| OpenError::NotALedger)?;
        if head.recorded_at <= now {
            return Err(CorrectError::NothingToCorrect { ledger: head.recorded_at });
        }
        let by = submitted_by(caller, &agency);
        let (recorder, _) = self.recorder(&reader, agency.clone(), by, None, Load::One)?;
        let body = ClockCorrected { reading: now, second: actor_of(second), why };
        let done =
            recorder.record_own(NewEvent::by_caller(caller, &agency, now), Body::ClockCorrected(body))?;
        recorder.close()?;
        Ok(done)
    }
}
