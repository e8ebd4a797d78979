//! Whether a text may be opened, asked before it is: restrictions of processing, and reading rights.
//!
//! Both are folds of `onus-core`; here they are given what they run over: the entries that the log's terms find,
//! and the rights file. A refusal opens nothing and is told to whoever asked.

use crate::error::OpenError;
use crate::identity::Identity;
use crate::ledger::Ledger;
use crate::rights::{Rights, TEMPLATE};
use crate::small_files::read_text;
use onus_core::blame::{Blame, Blamed};
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::{EventId, Incident, IncidentKey};
use onus_core::kinds::Kind;
use onus_core::model::PolicyRef;
use onus_core::restriction::{Restriction, forbidding, restrictions};
use onus_core::rights::{WhoReads, may_read};
use onus_core::sealed::Sealed;
use onus_core::seq::Seq;
use onus_core::vocabulary::Regime;
use onus_store::Reader;
use onus_vault::OpenTextError;
use std::collections::BTreeMap;
use std::io;

/// Why a text was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotOpened {
    /// The vault could not open it; it says who must act.
    #[error(transparent)]
    Text(#[from] OpenTextError),
    /// A restriction of processing stands, and the purpose stated is none of those it allows.
    #[error("entry {restriction} restricts its processing ({basis}); it opens for {}", purposes(.allowed))]
    Restricted {
        /// The entry that restricts.
        restriction: Seq,
        /// The restriction's basis.
        basis: Code,
        /// The purposes it allows.
        allowed: Vec<Code>,
    },
    /// No reading right covers it. Whoever keeps rights.toml can grant one.
    #[error("the reading rights, version {version}, do not let {who} read it{}", .purpose.as_ref().map(|p| format!(" for {p}")).unwrap_or_default())]
    NoRight {
        /// The version of rights.toml.
        version: Code,
        /// Who asked.
        who: String,
        /// For what.
        purpose: Option<Code>,
    },
}

impl Blamed for NotOpened {
    fn blame(&self) -> Blame {
        match self {
            Self::Text(e) => e.blame(),
            Self::Restricted { .. } | Self::NoRight { .. } => Blame::NotAllowed,
        }
    }
}

fn purposes(allowed: &[Code]) -> String {
    if allowed.is_empty() {
        return "no purpose".into();
    }
    allowed.iter().map(Code::to_string).collect::<Vec<_>>().join(", ")
}

/// A text before it is opened.
pub(crate) struct Candidate {
    pub(crate) seq: Seq,
    pub(crate) kind: u16,
    pub(crate) incident: IncidentKey,
    pub(crate) regime: Regime,
    pub(crate) event_id: EventId,
    pub(crate) field: FieldNo,
    pub(crate) sealed: Sealed,
}

/// What is asked of every text of one request.
pub(crate) struct Permit {
    who: String,
    reader: WhoReads,
    rights: Rights,
    /// What stands over the incidents concerned that have any restriction.
    standing: BTreeMap<IncidentKey, Vec<Restriction>>,
}

impl Ledger {
    pub(crate) fn permit(
        &self,
        reader: &Reader,
        who: &Identity,
        purpose: Option<&Code>,
        incidents: &[Option<Incident>],
    ) -> Result<Permit, OpenError> {
        let mut standing = BTreeMap::new();
        // Most ledgers have no restriction; then nothing more is read.
        if !reader.of_kind(Kind::ProcessingRestricted.number())?.is_empty() {
            for incident in incidents {
                let key = incident.as_ref().map_or_else(IncidentKey::ledger_wide, Incident::key);
                let found = restrictions(&entries_of(reader, &key)?);
                standing.insert(key, found);
            }
        }
        let reads = WhoReads { agency: who.agency().clone(), role: who.role(), purpose: purpose.cloned() };
        Ok(Permit { who: who.to_string(), reader: reads, rights: self.rights()?, standing })
    }
}

impl Ledger {
    /// The reading rights of this ledger.
    pub fn rights(&self) -> Result<Rights, OpenError> {
        let path = self.paths.rights();
        match read_text(self.machine.storage().as_ref(), &path) {
            Ok(text) => Ok(Rights::parse(&text)?),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(Rights::parse(TEMPLATE)?),
            Err(source) => Err(OpenError::Private { path, source }),
        }
    }
}

impl Permit {
    /// Why this text may not be opened; nothing if it may.
    pub(crate) fn refusal(&self, candidate: &Candidate) -> Option<NotOpened> {
        let standing = self.standing.get(&candidate.incident).map_or(&[][..], Vec::as_slice);
        if let Some(restriction) = forbidding(standing, candidate.event_id, self.reader.purpose.as_ref()) {
            return Some(NotOpened::Restricted {
                restriction: restriction.seq,
                basis: restriction.basis.clone(),
                allowed: restriction.purposes_allowed.clone(),
            });
        }
        if may_read(self.rights.grants(), &self.reader, candidate.kind) {
            return None;
        }
        Some(NotOpened::NoRight {
            version: self.rights.version().clone(),
            who: self.who.clone(),
            purpose: self.reader.purpose.clone(),
        })
    }

    /// How the access ledger cites the rights that were applied.
    pub(crate) fn policy(&self) -> Option<PolicyRef> {
        self.rights.policy()
    }
}

/// The entries of an incident, in the order of the ledger.
pub(crate) fn entries_of(reader: &Reader, incident: &IncidentKey) -> Result<Vec<Entry>, OpenError> {
    let read = |seq: Seq| {
        let stored = reader.entry(seq)?;
        Entry::parse(stored.bytes()).map_err(|why| OpenError::Entry { seq, why })
    };
    reader.incident(incident)?.into_iter().map(read).collect()
}
