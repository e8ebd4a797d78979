//! A new master for all slots, and another key file or passphrase for the master.
//!
//! Steps of a rotation, and what a crash after each leaves:
//!
//! 1. `slots.<generation + 1>`: every slot unwrapped and wrapped again under the new master, synced; the
//!    new key file, if one guards the vault, synced; the folder, synced. *MASTER names the old files:
//!    opening destroys the new ones.*
//! 2. The other copy of MASTER, with the next revision and generation, synced. *Either copy may count; both
//!    sets of files are whole.* From here on the new ones are in force.
//! 3. The former copy of MASTER zeroed, synced.
//! 4. The former slots and key file overwritten, synced, removed, the folder synced. *Opening does what is
//!    left of 3 and 4.*
//!
//! A new passphrase or key file is the same without the slots.
//!
//! A rotation strands a stray copy of the slots file, as the former master is gone. It cannot strand a
//! stray copy of the whole folder taken together with its key file or passphrase.

use crate::folder::slots_name;
use crate::guard::{Unlock, Wrapping, WrappingKind};
use crate::host::HostError;
use crate::key::{NONCE_BYTES, Secret, fill_random};
use crate::master::{self, MasterKeys, WrappedMaster};
use crate::open::keyfile_name_of;
use crate::slot_file::{CHUNK_SLOTS, SlotFile};
use crate::slots::{KeyId, Owner, RawSlot, State};
use crate::vault::{Change, Vault};
use crate::wrapping::{UnlockError, fresh, unlock};
use aes_gcm::Aes256Gcm;

/// Why a vault was not rotated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// Nothing was changed: what was given does not unlock the master. The message inside says what to do.
    #[error(transparent)]
    Unlock(#[from] UnlockError),

    /// Nothing was changed: this slot does not unwrap, and a rotation would destroy what is left of it.
    /// Restore the vault from its backup; or erase the slot if its texts are given up.
    #[error(
        "slot {key_id} is damaged, so nothing was rotated: restore the vault from its backup, or erase the slot"
    )]
    DamagedSlot {
        /// The slot.
        key_id: KeyId,
    },

    /// The machine failed. The former or the new master is in force, with all slots under it: opening the
    /// vault again settles it and destroys what the other left.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// Why the key file or passphrase was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The machine failed. The former or the new key file or passphrase is in force: open the vault with
    /// the new one, then with the former.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Vault {
    /// Makes a new master and wraps every slot under it; then destroys the former files. What guards the
    /// vault stays: the passphrase, which must be given and is checked, or a key file, which is made anew.
    ///
    /// Takes the time to wrap every slot, under the vault's lock. Other processes that have the vault open
    /// must open it again.
    pub fn rotate(&mut self, with: Unlock<'_>) -> Result<(), RotateError> {
        let change = self.start_change()?;
        let (keys, slots, next) = self.put_new_master_in_force(&change, with).inspect_err(|e| {
            if let RotateError::Host(e) = e {
                self.note(e);
            }
        })?;
        self.cipher = keys.master.cipher();
        self.keys = keys;
        self.slots = slots;
        self.owner.generation = next.generation;
        self.reserve().clear();
        self.destroy_former(&next)?;
        Ok(())
    }

    /// Wraps the master under another key file or passphrase; the slots stay as they are. Other processes
    /// that have the vault open go on.
    pub fn change_wrapping(&mut self, to: Wrapping<'_>) -> Result<(), ChangeError> {
        let change = self.start_change()?;
        let next = self
            .wrap_master(&change, self.owner.generation, to, &self.keys)
            .and_then(|next| master::replace(&change.file, change.place, &next).map(|()| next))
            .inspect_err(|e| self.note(e))?;
        self.wrapping = next.source.kind();
        self.destroy_former(&next)?;
        Ok(())
    }

    /// Steps 1 to 3.
    fn put_new_master_in_force(
        &self,
        change: &Change,
        with: Unlock<'_>,
    ) -> Result<(MasterKeys, SlotFile, WrappedMaster), RotateError> {
        unlock(&self.folder, &change.counts, with)?;
        let wrapping = match (change.counts.source.kind(), with) {
            (WrappingKind::Passphrase(costs), Unlock::Passphrase(passphrase)) => {
                Wrapping::Passphrase { passphrase, costs }
            }
            _ => Wrapping::KeyFile,
        };
        let keys = MasterKeys { master: Secret::random()?, token: self.keys.token.clone() };
        let owner = Owner { generation: self.owner.generation + 1, ..self.owner };
        let slots = self.wrap_slots_again(&keys.master.cipher(), owner).inspect_err(|e| {
            if matches!(e, RotateError::DamagedSlot { .. }) {
                // What stands there is of no use; if it cannot be destroyed now, opening does it.
                self.folder.destroy(&slots_name(owner.generation)).ok();
            }
        })?;
        let next = self.wrap_master(change, owner.generation, wrapping, &keys)?;
        master::replace(&change.file, change.place, &next)?;
        Ok((keys, slots, next))
    }

    /// The slots of this generation in a new file of the next, synced; its name with the next folder sync.
    fn wrap_slots_again(&self, cipher: &Aes256Gcm, owner: Owner) -> Result<SlotFile, RotateError> {
        let made = self.slots.header()?.made;
        let next = SlotFile::make(&self.folder, owner, made)?;
        let mut first = 1;
        while first <= made {
            let count = (made - first + 1).min(CHUNK_SLOTS);
            let mut slots = self.slots.read(first, count)?;
            let mut nonces = vec![0; slots.len() * NONCE_BYTES];
            fill_random(&mut nonces)?;
            let numbered = (first..).map_while(KeyId::new).zip(&mut slots);
            for ((id, slot), nonce) in numbered.zip(nonces.as_chunks::<NONCE_BYTES>().0) {
                *slot = self.wrap_slot_again(cipher, nonce, id, slot)?;
            }
            next.write(first, &slots)?;
            first += count;
        }
        next.sync()?;
        Ok(next)
    }

    fn wrap_slot_again(
        &self,
        cipher: &Aes256Gcm,
        nonce: &[u8; NONCE_BYTES],
        id: KeyId,
        slot: &RawSlot,
    ) -> Result<RawSlot, RotateError> {
        let damaged = RotateError::DamagedSlot { key_id: id };
        let ledger_id = &self.owner.ledger_id;
        match self.state_of(id, slot) {
            None => Err(damaged),
            Some(State::Gone) => Ok(RawSlot::gone()),
            Some(state) => {
                let key = slot.unwrap(&self.cipher, ledger_id, id).ok_or(damaged)?;
                Ok(RawSlot::wrap(cipher, nonce, (ledger_id, id), (state, &key))?)
            }
        }
    }

    /// The next revision of MASTER, not yet in force; its key file, if it has one, and all names are durable.
    fn wrap_master(
        &self,
        change: &Change,
        generation: u64,
        wrapping: Wrapping<'_>,
        keys: &MasterKeys,
    ) -> Result<WrappedMaster, HostError> {
        let (ledger_id, revision) = (self.owner.ledger_id, change.counts.revision + 1);
        let (source, wrapping_key) = fresh(&self.folder, &ledger_id, revision, wrapping)?;
        self.folder.sync()?;
        WrappedMaster::wrap(ledger_id, revision, generation, (source, &wrapping_key), keys)
    }

    /// Step 4. Under the lock of the change.
    fn destroy_former(&self, in_force: &WrappedMaster) -> Result<(), HostError> {
        let (slots, keyfile) = (slots_name(in_force.generation), keyfile_name_of(in_force));
        self.folder.destroy_all_but(&[&slots, &keyfile]).inspect_err(|e| self.note(e))
    }
}
