//! Who may read which sealed texts, for what: policy data, applied here and decided elsewhere.
//!
//! Rights widen and never narrow: a text may be read if one rule grants it. Without any rule nothing is granted.
//!
//! Never: a right held in code. Where the rules stand is `onus-ledger`'s.

use crate::code::Code;
use crate::ids::AgencyId;
use crate::kinds::Kind;
use crate::vocabulary::{Regime, Role};

/// Who reads, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoReads {
    /// The reader's agency.
    pub agency: AgencyId,
    /// What the reader acts as, if stated.
    pub role: Option<Role>,
    /// The purpose, if stated.
    pub purpose: Option<Code>,
}

/// A grant: an empty list, or nothing, means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// To readers of this agency.
    pub agency: Option<AgencyId>,
    /// To readers in these roles.
    pub roles: Vec<Role>,
    /// Of the texts of events of these kinds, by number.
    pub kinds: Vec<Kind>,
    /// For these purposes.
    pub purposes: Vec<Code>,
}

impl Grant {
    /// Whether it lets `reader` read the texts of an event of a kind. A kind that this release does not know is
    /// covered only where every kind is.
    #[must_use]
    pub fn covers(&self, reader: &WhoReads, kind: u16) -> bool {
        self.agency.as_ref().is_none_or(|agency| *agency == reader.agency)
            && (self.roles.is_empty() || reader.role.is_some_and(|role| self.roles.contains(&role)))
            && (self.kinds.is_empty() || self.kinds.iter().any(|known| known.number() == kind))
            && (self.purposes.is_empty()
                || reader.purpose.as_ref().is_some_and(|purpose| self.purposes.contains(purpose)))
    }
}

/// Whether any grant lets `reader` read the texts of an event of a kind.
#[must_use]
pub fn may_read(grants: &[Grant], reader: &WhoReads, kind: u16) -> bool {
    grants.iter().any(|grant| grant.covers(reader, kind))
}

/// The regime of a reading that touches entries of these regimes: theirs if it is one, else `mixed`.
#[must_use]
pub fn regime_of(regimes: impl IntoIterator<Item = Regime>) -> Regime {
    let mut regimes = regimes.into_iter();
    let first = regimes.next().unwrap_or(Regime::Undetermined);
    if regimes.all(|regime| regime == first) { first } else { Regime::Mixed }
}
