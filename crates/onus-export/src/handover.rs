//! A counter-signed handover, as files that go to the receiver and come back (`docs/handover.md`).
//!
//! # Promises
//! * A request holds the offer as stored bytes, and everything by which its receiver can check them.
//! * An answer that comes back is recorded whatever is wrong with it, as long as it says what it answers.
//!
//! # Never
//! * A text leaves in a request that the access ledger does not know of first.

mod recorded;
mod request;

pub use recorded::{AnswerFile, AnswerFileError, IncomingAnswer};
pub use request::{
    BadRequest, Offer, OfferRequest, RequestError, RequestFile, Summary, open_request, request,
};
