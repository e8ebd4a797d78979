//! A ledger that is not whole, as another type than a whole one.
//!
//! # Promises
//! * A [`Reader`] that came from [`Reader::open`] reads every entry that `head` confirms. Where that cannot be had,
//!   opening gives an error, or here a [`DamagedReader`] to those who ask for it by name.
//!
//! # Never
//! * Nothing is signed, exported, erased, released or denied from a [`DamagedReader`]: entries are missing from it, or
//!   may be. It is for showing what is left, saying so, and ending with an error.

use crate::damage::Damage;
use crate::outcome::OpenError;
use crate::reader::Reader;
use onus_core::storage::Storage;
use std::path::Path;
use std::sync::Arc;

/// A ledger as it was found.
#[derive(Debug)]
pub enum Opening {
    /// Every confirmed entry can be reached.
    Whole(Reader),
    /// Confirmed entries are missing at the end, or it cannot be told whether any are.
    Damaged(DamagedReader),
}

/// What is left of a damaged ledger.
#[derive(Debug)]
pub struct DamagedReader {
    left: Reader,
    damage: Damage,
}

impl Opening {
    /// Opens the ledger in `dir` as `head` states it, or what is left of it. An error means that nothing can be read.
    pub fn open(storage: Arc<dyn Storage>, dir: &Path) -> Result<Self, OpenError> {
        let reader = Reader::open_as_found(storage, dir)?;
        Ok(match reader.seen.damage.clone() {
            None => Self::Whole(reader),
            Some(damage) => Self::Damaged(DamagedReader { left: reader, damage }),
        })
    }

    /// The whole ledger, or the damage as an error.
    pub fn whole(self) -> Result<Reader, OpenError> {
        match self {
            Self::Whole(reader) => Ok(reader),
            Self::Damaged(damaged) => Err(damaged.damage.into()),
        }
    }

    /// What can be read, whole or not. Whoever uses this says [`Self::damage`] beside every answer.
    pub fn readable(&self) -> &Reader {
        match self {
            Self::Whole(reader) => reader,
            Self::Damaged(damaged) => damaged.left(),
        }
    }

    /// What is wrong, if anything is.
    pub fn damage(&self) -> Option<&Damage> {
        match self {
            Self::Whole(_) => None,
            Self::Damaged(damaged) => Some(damaged.damage()),
        }
    }
}

impl DamagedReader {
    /// What is wrong.
    pub fn damage(&self) -> &Damage {
        &self.damage
    }

    /// The entries that can be reached. Others are missing, or may be: no answer from here is an answer about the
    /// ledger, and none is to be given without saying so.
    pub fn left(&self) -> &Reader {
        &self.left
    }
}
