//! A secret that stands alone, in a file of its owner's, under a passphrase.
//!
//! The wrapping key is Argon2id over the passphrase and a salt of 16 bytes; the secret is wrapped with AES-256-GCM under a
//! nonce of 12 bytes, bound to the name that it goes by.
//!
//! # Promises
//! * It opens under that passphrase and that name, and was not changed.
//!
//! # Never
//! * It knows no file, and nothing of it belongs to a vault.

use crate::host::HostError;
use crate::key::{NONCE_BYTES, Secret, WRAPPED_BYTES, fill_random, unwrap, wrap};
use crate::passphrase::{Costs, Passphrase, SALT_BYTES};

/// Salt, nonce and wrapped secret, in bytes.
pub const LOCKED_SECRET_BYTES: usize = SALT_BYTES + NONCE_BYTES + WRAPPED_BYTES;

/// A locked secret.
#[derive(Clone, Debug)]
pub struct LockedSecret {
    costs: Costs,
    bytes: [u8; LOCKED_SECRET_BYTES],
}

impl LockedSecret {
    /// Locks a secret that goes by `name`.
    pub fn lock(
        passphrase: &Passphrase,
        costs: Costs,
        name: &str,
        secret: &[u8; 32],
    ) -> Result<Self, HostError> {
        let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
        fill_random(&mut salt)?;
        fill_random(&mut nonce)?;
        let cipher = costs.derive(passphrase, &salt)?.cipher();
        let wrapped = wrap(&cipher, &nonce, name.as_bytes(), &Secret::new(*secret))?;
        let mut bytes = [0; LOCKED_SECRET_BYTES];
        let parts = salt.iter().chain(&nonce).chain(&wrapped);
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        Ok(Self { costs, bytes })
    }

    /// From what [`costs`](Self::costs) and [`as_bytes`](Self::as_bytes) gave.
    #[must_use]
    pub fn from_parts(costs: Costs, bytes: [u8; LOCKED_SECRET_BYTES]) -> Self {
        Self { costs, bytes }
    }

    /// What one try of the passphrase costs.
    #[must_use]
    pub fn costs(&self) -> Costs {
        self.costs
    }

    /// Salt, nonce and wrapped secret.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; LOCKED_SECRET_BYTES] {
        &self.bytes
    }

    /// Lends the secret to `use_it`; `None` if passphrase or name is another one, or a byte was changed.
    pub fn with_secret<T>(
        &self,
        passphrase: &Passphrase,
        name: &str,
        use_it: impl FnOnce(&[u8; 32]) -> T,
    ) -> Result<Option<T>, HostError> {
        let parts = self.bytes.split_first_chunk::<SALT_BYTES>().and_then(|(salt, rest)| {
            let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
            Some((salt, nonce, rest.first_chunk::<WRAPPED_BYTES>()?))
        });
        let Some((salt, nonce, wrapped)) = parts else { return Ok(None) };
        let cipher = self.costs.derive(passphrase, salt)?.cipher();
        Ok(unwrap(&cipher, nonce, name.as_bytes(), wrapped).map(|secret| use_it(secret.expose())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_under_its_own_passphrase_and_name_and_unchanged() {
        let costs = Costs::new(64, 1, 1).unwrap();
        let own = Passphrase::new("a long one".into()).unwrap();
        let locked = LockedSecret::lock(&own, costs, "mh_trust:RV5/handover", &[7; 32]).unwrap();
        let opened = |locked: &LockedSecret, passphrase: &Passphrase, name: &str| {
            locked.with_secret(passphrase, name, |secret| *secret).unwrap()
        };
        assert_eq!(opened(&locked, &own, "mh_trust:RV5/handover"), Some([7; 32]));
        let other = Passphrase::new("another one".into()).unwrap();
        assert_eq!(opened(&locked, &other, "mh_trust:RV5/handover"), None);
        assert_eq!(opened(&locked, &own, "mh_trust:RV6/handover"), None);
        for at in 0..LOCKED_SECRET_BYTES {
            let mut bytes = *locked.as_bytes();
            bytes[at] ^= 1;
            let changed = LockedSecret::from_parts(costs, bytes);
            assert_eq!(opened(&changed, &own, "mh_trust:RV5/handover"), None, "byte {at}");
        }
    }
}
