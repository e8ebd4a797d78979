//! What the access ledger says, line by line: who touched what, when, on which account and host, for what, under which
//! regime, and whether the law or a policy asked for the line.
//!
//! The texts of a line (why, to whom) stay sealed here; `reveal_access` opens them, which is a line of its own.

use crate::access::OF_ACCESS;
use crate::error::OpenError;
use crate::identity::Identity;
use crate::ledger::Ledger;
use crate::rights::{Label, Rights};
use onus_core::bodies::access::FieldsOf;
use onus_core::code::Code;
use onus_core::field_no::FieldNo;
use onus_core::history::Entry;
use onus_core::ids::{EventId, Incident, Token};
use onus_core::kinds::{Body, Kind};
use onus_core::model::{Actor, OsAccount};
use onus_core::record::Record;
use onus_core::sealed::Sealed;
use onus_core::seq::Seq;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Regime;
use onus_store::Reader;
use std::collections::BTreeSet;

/// The kinds of event that are lines.
pub(crate) const LINES: [Kind; 5] =
    [Kind::PersonalDataErased, Kind::TextRevealed, Kind::Exported, Kind::Disclosed, Kind::DataCombined];

/// One line of the access ledger.
#[derive(Clone, Debug)]
pub struct AccessLine {
    /// Its place in the access ledger.
    pub seq: Seq,
    /// Its name.
    pub event_id: EventId,
    /// When, by the ledger's clock.
    pub recorded_at: Timestamp,
    /// What it tells of.
    pub kind: Kind,
    /// Who.
    pub who: Actor<Stored>,
    /// On which operating-system account; nothing for an erasure, whose certificate has it.
    pub account: Option<Named>,
    /// On which host.
    pub host: Option<Named>,
    /// The incident concerned, or {agency, day, `export` or `access`}.
    pub incident: Option<Incident>,
    /// The subject concerned, where one is named.
    pub subject: Option<Token>,
    /// The purpose, ground, basis or format stated.
    pub what_for: Option<Code>,
    /// The version of the reading rights that were applied.
    pub rights: Option<Code>,
    /// Under which regime.
    pub regime: Regime,
    /// Whether the law or a policy asks for the line.
    pub label: Label,
    /// The citation for that, from rights.toml.
    pub citation: String,
    /// The entries touched.
    pub entries: Vec<FieldsOf>,
    /// Whether `entries` are places of the access ledger itself.
    pub of_access: bool,
    /// How many entries and texts it tells of.
    pub counts: (u64, u64),
    /// The numbers of the line's own sealed texts.
    pub texts: Vec<FieldNo>,
}

/// An account's or host's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// In clear.
    Clear(Code),
    /// Sealed, because it is not a code.
    Sealed,
}

/// Which lines are asked for; what is left out is not asked.
#[derive(Clone, Debug, Default)]
pub struct AccessFilter {
    /// About this incident: lines that stand under it, or that touch its entries.
    pub incident: Option<Incident>,
    /// About this entry of the ledger.
    pub entry: Option<Seq>,
    /// By whoever this identity covers.
    pub who: Option<Identity>,
    /// On this account.
    pub account: Option<Code>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// For this purpose, ground, basis or format.
    pub what_for: Option<Code>,
    /// With this label.
    pub label: Option<Label>,
    /// Recorded at or after this.
    pub from: Option<Timestamp>,
    /// Recorded before this.
    pub until: Option<Timestamp>,
}

impl Ledger {
    /// The lines of the access ledger that a filter lets through, in its order.
    pub fn access_lines(&self, filter: &AccessFilter) -> Result<Vec<AccessLine>, OpenError> {
        let access = self.access().read()?;
        let rights = self.rights()?;
        let of_incident: Option<BTreeSet<Seq>> = match &filter.incident {
            Some(incident) => Some(self.read()?.incident(&incident.key())?.into_iter().collect()),
            None => None,
        };
        let mut lines = Vec::new();
        for seq in seqs(&access)? {
            let line = line(&access, seq, &rights)?;
            lines.extend(line.filter(|line| filter.lets(line, of_incident.as_ref())));
        }
        Ok(lines)
    }
}

impl AccessFilter {
    fn lets(&self, line: &AccessLine, of_incident: Option<&BTreeSet<Seq>>) -> bool {
        let touches = |seq: Seq| !line.of_access && line.entries.iter().any(|one| one.seq == seq);
        let about = || {
            line.incident == self.incident
                || of_incident.is_some_and(|seqs| {
                    !line.of_access && line.entries.iter().any(|one| seqs.contains(&one.seq))
                })
        };
        (self.incident.is_none() || about())
            && self.entry.is_none_or(touches)
            && self.who.as_ref().is_none_or(|who| who.covers_actor(&line.who))
            && self.account.as_ref().is_none_or(|code| line.account == Some(Named::Clear(code.clone())))
            && self.kind.is_none_or(|kind| kind == line.kind)
            && (self.what_for.is_none() || self.what_for == line.what_for)
            && self.label.is_none_or(|label| label == line.label)
            && self.from.is_none_or(|from| line.recorded_at >= from)
            && self.until.is_none_or(|until| line.recorded_at < until)
    }
}

/// The places of all lines.
pub(crate) fn seqs(access: &Reader) -> Result<Vec<Seq>, OpenError> {
    let mut seqs = Vec::new();
    for kind in LINES {
        seqs.extend(access.of_kind(kind.number())?);
    }
    seqs.sort_unstable();
    Ok(seqs)
}

/// One line; nothing where the entry is of a form that this release does not know.
pub(crate) fn line(access: &Reader, seq: Seq, rights: &Rights) -> Result<Option<AccessLine>, OpenError> {
    let stored = access.entry(seq)?;
    let Entry { head, common, body, .. } =
        Entry::parse(stored.bytes()).map_err(|why| OpenError::Entry { seq, why })?;
    let Some(body) = body else { return Ok(None) };
    let purpose = common.source.reference.clone();
    let (account, entries, what_for, counts) = match &body {
        Body::TextRevealed(b) => (Some(&b.account), b.entries.clone(), purpose, counts(&b.entries)),
        Body::Disclosed(b) => {
            (Some(&b.account), b.entries.clone(), Some(b.ground.clone()), counts(&b.entries))
        }
        Body::Exported(b) => {
            (Some(&b.account), Vec::new(), Some(b.format.clone()), (b.included, b.withheld + b.erased))
        }
        Body::DataCombined(b) => (Some(&b.account), Vec::new(), purpose, (0, 0)),
        Body::PersonalDataErased(b) => (None, Vec::new(), Some(b.basis.clone()), (0, 0)),
        _ => return Ok(None),
    };
    let (account, host) = account.map_or((None, None), named);
    let (label, citation) = rights.label(common.regime);
    let of_access = common.incident.as_ref().is_some_and(|incident| incident.number == OF_ACCESS)
        && head.kind == Kind::TextRevealed.number();
    Ok(Some(AccessLine {
        seq,
        event_id: common.event_id,
        recorded_at: head.recorded_at,
        kind: body.kind(),
        who: common.actor.clone(),
        account,
        host,
        incident: common.incident.clone(),
        subject: common.subject,
        what_for,
        rights: common.policy.as_ref().map(|policy| policy.version.clone()),
        regime: common.regime,
        label,
        citation: citation.to_owned(),
        entries,
        of_access,
        counts,
        texts: Record { common, body }.sealed_texts().into_iter().map(|(field, _)| field).collect(),
    }))
}

fn counts(entries: &[FieldsOf]) -> (u64, u64) {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    (count(entries.len()), entries.iter().map(|one| count(one.fields.len())).sum())
}

fn named(account: &OsAccount<Stored>) -> (Option<Named>, Option<Named>) {
    let name = |code: &Option<Code>, text: &Option<Box<Sealed>>| match (code, text) {
        (Some(code), _) => Some(Named::Clear(code.clone())),
        (None, Some(_)) => Some(Named::Sealed),
        (None, None) => None,
    };
    (name(&account.account, &account.account_text), name(&account.host, &account.host_text))
}
