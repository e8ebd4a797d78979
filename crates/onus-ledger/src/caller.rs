//! Who asks: the identity they claim, the operating-system account that is at work, and the way they came.
//!
//! Promise: the account is the process's or the connection's, never what somebody typed. Never: a decision about what a
//! caller may do; that is `rights.rs` and the profiles.

use crate::account::Account;
use crate::identity::Identity;
use onus_core::model::Operator;
use onus_core::vocabulary::Channel;
use onus_vault::Vault;

/// Who asks, and by which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    identity: Option<Identity>,
    account: Account,
    channel: Channel,
}

impl Caller {
    /// The account of this process, as `identity` where one is claimed.
    #[must_use]
    pub fn of_this_process(identity: Option<Identity>, channel: Channel) -> Self {
        Self { identity, account: Account::of_this_process(), channel }
    }

    /// The same caller by another way: rows of a file are `import`, whoever imports them.
    #[must_use]
    pub fn via(&self, channel: Channel) -> Self {
        Self { channel, ..self.clone() }
    }

    /// The same caller in the name of this identity, which a profile must allow to the account.
    #[must_use]
    pub fn in_the_name_of(&self, identity: Identity) -> Self {
        Self { identity: Some(identity), ..self.clone() }
    }

    /// The identity claimed; `None` where the ledger's own agency is meant.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The operating-system account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// How entries name whoever works the software; `None` where nothing is known. The account is a token, which only
    /// the ledger's keys can make.
    pub(crate) fn operator(&self, vault: Option<&Vault>) -> Option<Operator> {
        let account = vault
            .map(|vault| vault.token(&format!("account {}@{}", self.account.name(), self.account.host())));
        let identity = self.identity.as_ref();
        let operator = Operator {
            role: identity.and_then(Identity::role),
            person: identity.and_then(Identity::staff),
            account,
            login_uid: self.account.login_uid(),
        };
        let Operator { role, person, account, login_uid } = &operator;
        let is_known = role.is_some() || person.is_some() || account.is_some() || login_uid.is_some();
        is_known.then_some(operator)
    }

    /// By which way the caller came.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }
}
