//! The key vault of a ledger: the slots that sealed text depends on, the master that wraps them, and
//! the sealing and opening of text (`docs/format.md` §8).
//!
//! A text is sealed under a **slot** of its incident and subject; the ledger holds the ciphertext, the
//! vault the slot. Erase the slot and every copy of the ciphertext is unreadable, while chain, tree and
//! proofs stand.
//!
//! # Promises
//! * A slot that [`Vault::allocate`] hands out is on the disk, and is never handed out again: not after a
//!   crash, not by another process (`allocate`).
//! * At every step of making slots, erasing, rotating and changing the passphrase a crash leaves a
//!   vault that opens, with every live slot in it (`master`, `rotate`).
//! * Another text never meets the same key and nonce; the same text gives the same bytes (`text`).
//! * Keys are wiped from memory when dropped, are never printed, and no error carries text.
//!
//! # Never
//! * It asks nobody for a passphrase, reads no environment, and knows no event and no log.
//! * Keys never leave the vault's folder, except the key of one field ([`FieldKey`]), for one recipient, and
//!   signing keys, wrapped (`signing`). A secret of its owner's under a passphrase (`alone`) belongs to no vault.
//!
//! # Not promised
//! * That overwritten bytes are gone from the medium: journals, snapshots, flash translation and backups
//!   keep copies. A rotation strands those of the slots file; those of the whole folder it cannot.
//! * That keys never reach swap or a core dump, or stay nowhere on the stack.
//!
//! # Start reading at
//! `text` (what a sealed text is), then `slots` and `master` (the two files), then `allocate`.

mod allocate;
mod alone;
mod blamed;
mod bytes;
mod create;
mod erase;
mod folder;
mod guard;
mod host;
mod key;
mod keyfile;
mod master;
mod open;
mod passphrase;
mod reserve;
mod rotate;
mod signing;
mod slot_error;
mod slot_file;
mod slots;
mod status;
mod text;
mod vault;
mod wrapping;

pub use allocate::AllocateError;
pub use alone::{LOCKED_SECRET_BYTES, LockedSecret};
pub use create::CreateError;
pub use erase::{EraseError, SkipError};
pub use guard::{Unlock, Wrapping, WrappingKind};
pub use host::HostError;
pub use open::{OpenError, wrapping_of};
pub use passphrase::{Costs, CostsError, Passphrase};
pub use rotate::{ChangeError, RotateError};
pub use signing::WRAPPED_SECRET_BYTES;
pub use slot_error::SlotError;
pub use slots::{KeyId, SLOTS_MAX};
pub use status::{Marks, Status, marks};
pub use text::{FieldKey, OpenTextError, SealError, SlotKey, open_with_field_key};
pub use vault::Vault;
pub use wrapping::UnlockError;
