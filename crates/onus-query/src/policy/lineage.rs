//! From entries to versions: in order of entry, who was allowed to publish, and which versions replace one
//! another.

use super::{Uncounted, Version};
use onus_core::bodies::policy::PolicyPublished;
use onus_core::history::{Entry, KnownBy};
use onus_core::ids::{AgencyId, EventId};
use onus_core::kinds::Body;
use onus_core::time::Timestamp;
use onus_core::vocabulary::Role;
use std::collections::BTreeMap;

/// Who may publish a force's first version.
const FIRST_PUBLISHER: Role = Role::Sro;

#[derive(Debug)]
struct Force {
    versions: Vec<Version>,
    publishers: Vec<Role>,
}

impl Default for Force {
    fn default() -> Self {
        Self { versions: Vec::new(), publishers: vec![FIRST_PUBLISHER] }
    }
}

pub(super) fn fold(entries: &[Entry], known_by: KnownBy) -> BTreeMap<AgencyId, Vec<Version>> {
    let mut in_order: Vec<&Entry> = entries.iter().collect();
    in_order.sort_by_key(|entry| (entry.known_at(known_by), entry.seq()));
    let mut forces: BTreeMap<AgencyId, Force> = BTreeMap::new();
    for entry in in_order {
        let known_at = entry.known_at(known_by);
        match &entry.body {
            Some(Body::PolicyPublished(body)) => {
                let force = forces.entry(body.scope.force.clone()).or_default();
                let counted = force.publish(entry, body, known_at);
                if let Some(corrects) = entry.common.corrects.as_ref().filter(|_| counted) {
                    strike(entries, force, corrects.event_id, known_at);
                }
            }
            Some(Body::PolicyWithdrawn(withdrawn)) => {
                let force = forces.entry(entry.common.submitted_by.agency.clone()).or_default();
                if force.publishers.contains(&entry.common.actor.role) {
                    for version in
                        force.versions.iter_mut().filter(|version| version.body.policy == withdrawn.policy)
                    {
                        version.withdrawn.push((known_at, withdrawn.effective_from));
                    }
                }
            }
            Some(Body::EntryWithdrawn(withdrawn)) => {
                if let Some(force) = forces.get_mut(&entry.common.submitted_by.agency)
                    && force.publishers.contains(&entry.common.actor.role)
                {
                    strike(entries, force, withdrawn.event_id, known_at);
                }
            }
            _ => {}
        }
    }
    forces.into_iter().map(|(agency, force)| (agency, force.versions)).collect()
}

impl Force {
    /// Adds a version; whether it counts.
    fn publish(&mut self, entry: &Entry, body: &PolicyPublished, entered_at: Timestamp) -> bool {
        let common = &entry.common;
        let uncounted = if common.submitted_by.agency != body.scope.force {
            Some(Uncounted::NotOwnAgency)
        } else if !self.publishers.contains(&common.actor.role) {
            Some(Uncounted::RoleMayNotPublish)
        } else {
            None
        };
        if uncounted.is_none() && !body.publishers.is_empty() {
            self.publishers.clone_from(&body.publishers);
        }
        let of = |named: &dyn Fn(&Version) -> bool| {
            self.versions.iter().rev().find(|version| named(version)).map(|version| version.lineage)
        };
        let superseded =
            body.supersedes.as_ref().and_then(|named| of(&|version| version.body.policy == *named));
        let lineage = superseded
            .or_else(|| of(&|version| version.body.policy.policy == body.policy.policy))
            .unwrap_or(self.versions.len());
        self.versions.push(Version {
            seq: entry.seq(),
            entered_at,
            publisher: common.actor.role,
            body: body.clone(),
            uncounted,
            lineage,
            struck_at: None,
            withdrawn: Vec::new(),
        });
        uncounted.is_none()
    }
}

/// Strikes the version that an entry published.
fn strike(entries: &[Entry], force: &mut Force, event_id: EventId, at: Timestamp) {
    let Some(seq) = entries.iter().find(|entry| entry.id() == event_id).map(Entry::seq) else { return };
    if let Some(version) = force.versions.iter_mut().find(|version| version.seq == seq) {
        version.struck_at = Some(version.struck_at.map_or(at, |earlier| earlier.min(at)));
    }
}

/// Whether `newer` names `older` as superseded, itself or by way of versions that it names.
pub(super) fn replaces_by_name(all: &[Version], newer: &Version, older: &Version) -> bool {
    let mut named = newer.body.supersedes.as_ref();
    // A chain names each version once at most.
    for _ in 0..all.len() {
        match named {
            None => return false,
            Some(policy) if *policy == older.body.policy => return true,
            Some(policy) => {
                named = all
                    .iter()
                    .rfind(|version| version.body.policy == *policy && version.order() < newer.order())
                    .and_then(|version| version.body.supersedes.as_ref());
            }
        }
    }
    false
}
