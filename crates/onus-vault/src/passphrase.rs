//! A passphrase, and what it costs to try one: Argon2id (RFC 9106), version 1.3.
//!
//! The bytes are taken as they are: no Unicode normalisation, no trimming. The caller asks for it; this
//! module never prompts and reads no environment.

use crate::host::HostError;
use crate::key::Secret;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

pub(crate) const SALT_BYTES: usize = 16;

const PASSES_MAX: u32 = 64;
const LANES_MAX: u32 = 64;
const MEMORY_KIB_MAX: u32 = 2 * 1024 * 1024;
/// RFC 9106 §3.1: eight blocks of 1 KiB a lane.
const MEMORY_KIB_PER_LANE_MIN: u32 = 8;

/// A passphrase of at least one byte. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// `None` when empty. The text is wiped either way.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        (!text.is_empty()).then_some(Self(text))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(not shown)")
    }
}

/// What one try of a passphrase costs; stored in the clear beside the salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The costs are outside what this program computes. Nothing was done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Argon2id with {memory_kib} KiB, {passes} passes, {lanes} lanes: use 8 KiB a lane up to 2 GiB, 1 to 64 passes, 1 to 64 lanes"
)]
#[non_exhaustive]
pub struct CostsError {
    /// Memory asked for.
    pub memory_kib: u32,
    /// Passes asked for.
    pub passes: u32,
    /// Lanes asked for.
    pub lanes: u32,
}

impl Costs {
    /// 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106 §4.
    pub const RECOMMENDED: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };

    /// Costs within bounds, checked before any memory is asked for.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostsError> {
        let memory_kib_min = lanes.saturating_mul(MEMORY_KIB_PER_LANE_MIN);
        let fits = (1..=LANES_MAX).contains(&lanes)
            && (1..=PASSES_MAX).contains(&passes)
            && (memory_kib_min..=MEMORY_KIB_MAX).contains(&memory_kib);
        if fits {
            Ok(Self { memory_kib, passes, lanes })
        } else {
            Err(CostsError { memory_kib, passes, lanes })
        }
    }

    /// Memory, in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over that memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes; computed one after the other.
    pub fn lanes(self) -> u32 {
        self.lanes
    }

    /// The wrapping key that a passphrase gives. The memory it took is wiped.
    pub(crate) fn derive(
        self,
        passphrase: &Passphrase,
        salt: &[u8; SALT_BYTES],
    ) -> Result<Secret, HostError> {
        let short = || HostError::Memory { memory_kib: self.memory_kib };
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(|_| HostError::Cipher)?;
        let mut blocks = Zeroizing::new(Vec::<Block>::new());
        blocks.try_reserve_exact(params.block_count()).map_err(|_| short())?;
        blocks.resize(params.block_count(), Block::new());
        let mut key = Secret::new([0; 32]);
        let filled = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            passphrase.0.as_bytes(),
            salt,
            key.expose_mut(),
            blocks.as_mut_slice(),
        );
        blocks.zeroize();
        filled.map(|()| key).map_err(|_| HostError::Cipher)
    }
}
