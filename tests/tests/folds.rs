//! Which folds read which kinds of event, and which pass them over on purpose.
//!
//! A fold that meets a kind it does not name does nothing, and the compiler does not mind. So a new kind fails here,
//! in [`read_by`], until somebody has thought of every fold and written its row; and a fold that begins or ceases to
//! name a kind fails until the row says so. What a fold does with a kind is the matter of its own tests; what an
//! entry of a kind says in words is an exhaustive match of its own.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_core::kinds::Kind;
use onus_tests::checkout;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What is worked out of many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fold {
    /// What each agency holds of each facet.
    Responsibility,
    /// What is withdrawn.
    InForce,
    /// Which legal holds are in force.
    Holds,
    /// For what sealed text may be opened.
    Restrictions,
    /// Which keys count when.
    Keys,
    /// What an entry can be found by.
    Terms,
    /// Whether time may go back.
    Clock,
    /// Which policy counted.
    Policies,
    /// What an auditor would check.
    Flags,
    /// Who held what, and since when.
    Holding,
    /// The row of an incident in the figures.
    Figures,
    /// Where two accounts differ.
    Dispute,
    /// What a sample is drawn from.
    Sample,
    /// When an incident is due for erasing.
    Retention,
    /// Which texts are erased.
    Erasures,
    /// Which handovers both sides signed.
    CounterSigned,
    /// Who read what.
    AccessLines,
    /// Handovers and decisions as FHIR resources.
    Fhir,
    /// The return on section 136.
    S136,
}

/// Where each is: a room, with the rooms below it.
const PLACES: &[(Fold, &str)] = &[
    (Fold::Responsibility, "crates/onus-core/src/responsibility"),
    (Fold::InForce, "crates/onus-core/src/history"),
    (Fold::Holds, "crates/onus-core/src/hold"),
    (Fold::Restrictions, "crates/onus-core/src/restriction"),
    (Fold::Keys, "crates/onus-core/src/keys"),
    (Fold::Terms, "crates/onus-core/src/terms"),
    (Fold::Clock, "crates/onus-store/src/verify"),
    (Fold::Policies, "crates/onus-query/src/policy"),
    (Fold::Flags, "crates/onus-query/src/flags"),
    (Fold::Holding, "crates/onus-query/src/holding"),
    (Fold::Figures, "crates/onus-query/src/figures"),
    (Fold::Dispute, "crates/onus-query/src/dispute"),
    (Fold::Sample, "crates/onus-query/src/sample"),
    (Fold::Retention, "crates/onus-query/src/retention"),
    (Fold::Erasures, "crates/onus-query/src/erased"),
    (Fold::CounterSigned, "crates/onus-query/src/handover"),
    (Fold::AccessLines, "crates/onus-ledger/src/lines"),
    (Fold::Fhir, "crates/onus-export/src/data/fhir"),
    (Fold::S136, "crates/onus-export/src/returns/s136"),
];

/// The folds that read a kind. The others are to pass it over.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "one row a kind, in the order of their numbers")]
const fn read_by(kind: Kind) -> &'static [Fold] {
    use Fold::{Responsibility, InForce, Holds, Restrictions, Keys, Terms, Clock, Policies, Flags, Holding, Figures, Dispute, Sample, Retention, Erasures, CounterSigned, AccessLines, Fhir, S136};
    match kind {
        Kind::LedgerOpened => &[Clock],
        Kind::SchemaPublished => &[],
        Kind::ClockStepped => &[Flags],
        Kind::ClockCorrected => &[Clock, Flags],
        Kind::HeartbeatRecorded => &[Flags],
        Kind::KeyRegistered | Kind::KeyRevoked => &[Keys, CounterSigned],
        Kind::ContactReceived => &[Responsibility, Flags, Figures, Dispute],
        Kind::IncidentOpened => &[Responsibility, Flags, Figures, Dispute],
        Kind::IncidentLinked | Kind::InformationRecorded => &[Flags],
        Kind::TriageAssessed => &[Responsibility, Terms, Flags, Figures, Dispute, Sample, Retention],
        Kind::TriageReassessed => &[Responsibility, Terms, Flags, Figures, Dispute, Sample, Retention],
        Kind::AttendanceDecided => &[Responsibility, Terms, Flags, Figures, Dispute, Sample, Fhir],
        Kind::DecisionReviewed => &[Flags, Figures, Dispute, Fhir],
        // The figures ask the flags' room for what states a grade.
        Kind::GradeChanged => &[Flags],
        Kind::CallerInformed => &[Terms, Flags, Dispute],
        Kind::CallBackAttempted => &[Flags, Dispute],
        Kind::AgencyNotified => &[Terms, Flags, Dispute],
        Kind::AgencyAcknowledged => &[Flags, Dispute],
        Kind::AssistanceRequested => &[Terms, Flags, Dispute],
        Kind::AssistanceAnswered => &[Flags, Figures, Dispute, Sample],
        Kind::CallerSignposted | Kind::ResponsibilityAssumed | Kind::ResponsibilityDischarged => &[Responsibility, Flags, Dispute],
        Kind::HandoverOffered => &[Responsibility, Terms, Flags, Dispute, CounterSigned, Fhir],
        Kind::HandoverAccepted => &[Responsibility, Flags, Holding, Figures, Dispute, CounterSigned, Fhir],
        Kind::HandoverDeclined => &[Responsibility, Flags, Figures, Dispute, Sample, CounterSigned, Fhir],
        Kind::HandoverWithdrawn | Kind::HandoverLapsed => &[Responsibility, Flags, Dispute, Fhir],
        Kind::ResourceDispatched | Kind::ResourceArrived => &[Responsibility, Flags, Figures, Dispute],
        Kind::ResourceStoodDown => &[Responsibility, Flags, Figures, Dispute],
        Kind::PowerExercised => &[Responsibility, Flags, Dispute, S136],
        Kind::DetentionExtended => &[Flags, Dispute],
        Kind::DetentionEnded => &[Responsibility, Flags, Dispute],
        Kind::ConveyanceStarted => &[Responsibility, Dispute, S136],
        Kind::ArrivedAtPlaceOfSafety => &[Responsibility, Flags, Figures, Dispute, S136],
        Kind::OfficersReleased => &[Responsibility, Terms, Flags, Figures, Dispute],
        Kind::DemographicsRecorded => &[S136],
        Kind::PersonLeft => &[Responsibility, Terms, Flags, Dispute],
        Kind::EscalationRaised | Kind::EscalationResolved => &[Flags, Figures, Dispute],
        Kind::DisputeOpened | Kind::PositionStated | Kind::DisputeDetermined => &[Flags, Dispute],
        Kind::OutcomeRecorded => &[Responsibility, Terms, Flags, Holding, Figures, Dispute, Retention],
        Kind::DsiReferred => &[Flags],
        Kind::DsiConsidered => &[Flags],
        Kind::SubjectLinked => &[Terms],
        Kind::LegalHoldPlaced | Kind::LegalHoldReleased => &[Holds, Flags, Figures],
        Kind::IncidentClosed => &[Responsibility, Flags, Figures, Dispute, Sample, Retention],
        Kind::IncidentReopened => &[Responsibility, Flags, Dispute, Retention],
        Kind::EntryWithdrawn => &[InForce, Holds, Policies, Flags, Sample],
        Kind::ReviewRecorded => &[Flags, Figures],
        Kind::PolicyPublished | Kind::PolicyWithdrawn => &[Policies],
        Kind::SourceTallied => &[Flags],
        Kind::PersonalDataErased => &[Flags, Figures, Retention, Erasures, AccessLines],
        Kind::ProcessingRestricted | Kind::RestrictionLifted => &[Restrictions, Flags, Figures, Retention],
        Kind::TextRevealed | Kind::Exported | Kind::Disclosed | Kind::DataCombined => &[AccessLines],
    }
}

#[test]
fn every_fold_reads_the_kinds_that_its_rows_say_and_passes_the_others_over() {
    let mut wrong = Vec::new();
    for (fold, place) in PLACES {
        let named = kinds_named_in(place);
        for kind in Kind::ALL {
            let (says, does) = (read_by(*kind).contains(fold), named.contains(kind));
            if says != does {
                let does = if does { "reads" } else { "does not read" };
                wrong.push(format!("{fold:?} ({place}) {does} {}; its row here says otherwise", kind.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fold_has_one_place_and_is_in_some_row() {
    let placed: BTreeSet<Fold> = PLACES.iter().map(|(fold, _)| *fold).collect();
    let used: BTreeSet<Fold> = Kind::ALL.iter().flat_map(|kind| read_by(*kind)).copied().collect();
    assert_eq!(placed.len(), PLACES.len(), "a fold has two places");
    assert_eq!(placed, used, "a fold without a kind, or a row with a fold without a place");
}

/// The kinds that the code of a room and of those below it names, tests and comments left out.
fn kinds_named_in(place: &str) -> BTreeSet<Kind> {
    let room = checkout().join(format!("{place}.rs"));
    let mut sources: Vec<PathBuf> = Some(room).into_iter().filter(|room| room.exists()).collect();
    below(&checkout().join(place), &mut sources);
    assert!(!sources.is_empty(), "{place} has moved: say here where it is now");
    let mut kinds = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(&source).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            kinds.extend(["Body::", "Kind::"].iter().flat_map(|before| named_after(line, before)));
            if line.contains("each!(") {
                kinds.extend(named_after(line, ", "));
            }
        }
    }
    kinds
}

/// The kinds whose names follow upon these characters.
fn named_after(line: &str, before: &str) -> Vec<Kind> {
    let name = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        rest.get(..end).and_then(Kind::from_name)
    };
    line.split(before).skip(1).filter_map(name).collect()
}

/// Source files of a folder, those of tests left out.
fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(inside) = fs::read_dir(folder) else { return };
    for entry in inside {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}
