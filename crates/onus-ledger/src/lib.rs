//! One ledger on disk, whole: open, record, reveal. It owns the clock, the profiles, the vault and the
//! access ledger, and is the only crate that depends on `onus-vault`.
//!
//! # Promises
//! * What [`Recorder::record`] acknowledges is durable and was submitted by an identity that a profile
//!   allows to the operating-system account.
//! * [`Unlocked::reveal`] is the only way to plain text, and the access ledger has the reading first.
//! * [`Unlocked::disclose`] is the only way to the key of a field, and the access ledger has the recipient first.
//! * Time never goes backwards unseen (`clock`).
//!
//! # Never
//! * No rule of the domain stands here.
//!
//! # Start reading at
//! `ledger`, then `sealing`, then `reveal`.

mod access;
mod access_check;
mod account;
mod agency_names;
mod caller;
mod certificate;
mod checkpoints;
mod clock;
mod compare;
mod correct;
mod cosignatures;
mod create;
mod disclose;
mod disk;
mod erase;
mod erasure;
mod error;
mod events;
mod heartbeat;
mod hold;
mod identity;
mod in_step;
mod key_file;
mod keys;
mod ledger;
mod lines;
mod machine;
mod partners;
mod paths;
mod permit;
mod private_check;
mod recorder;
mod restrict;
mod reveal;
mod rights;
mod same;
mod schema;
mod scrub;
mod sealing;
mod signing;
mod small_files;
mod unlocked;
mod witness;

pub use access::RevealError;
pub use access_check::{Compared, Mismatch};
pub use account::Account;
pub use agency_names::{AgencyNames, AgencyNamesError};
pub use caller::Caller;
pub use certificate::{Certificate, Erasure, Left, NotReached};
pub use checkpoints::SignCheckpointError;
pub use compare::{CompareError, DraftComparer, DraftState};
pub use correct::CorrectError;
pub use create::{CreateError, NewLedger, create};
pub use disclose::{Disclosure, Export, HandedKey, open_disclosed};
pub use erase::EraseError;
pub use erasure::{ErasureRequest, ErasureScope, TextAt};
pub use error::{OpenError, RecordError};
pub use events::MakeEventError;
pub use hold::{HoldError, HoldRequest, InForce};
pub use identity::{Identity, ProfileError, Profiles};
pub use key_file::{KeyFile, KeyFileError, LockedKey, make_key_file, unguessable};
pub use keys::KeysError;
pub use ledger::Ledger;
pub use lines::{AccessFilter, AccessLine, Named};
pub use machine::Machine;
pub use onus_vault::{Costs, FieldKey, OpenTextError, Passphrase, Status, Wrapping, WrappingKind};
pub use partners::PartnerError;
pub use permit::NotOpened;
pub use private_check::{CheckedPart, PartState, PrivatePart, PrivateVerdict};
pub use recorder::{Acknowledged, Recorder, Submission};
pub use restrict::{LiftRequest, RestrictionRequest};
pub use reveal::{EntryTexts, RevealRequest, Revealed};
pub use rights::{Label, Rights, RightsError};
pub use scrub::{Scrub, ScrubError, ScrubResult};
pub use sealing::SealError;
pub use signing::{SigningError, SigningKey, signing_keys};
pub use unlocked::Unlocked;
pub use witness::{NotCosigned, Witness, WitnessError, Witnessed};
