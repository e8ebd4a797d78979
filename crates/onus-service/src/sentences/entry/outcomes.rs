//! Sentences of what became of the person, and of what was done about the record then.

use super::Says;
use crate::labels::agency_and_role;
use crate::sentences::values::{code, moment};
use onus_core::bodies::closing::{
    DsiConsidered, DsiReferred, IncidentClosed, LegalHoldPlaced, LegalHoldReleased, OutcomeRecorded,
    ReviewRecorded, SubjectLinked,
};
use onus_core::ids::{AgencyId, Token};
use onus_core::model::Common;
use onus_core::stage::Stored;
use onus_core::vocabulary::{DsiVerdict, Judgement, LinkBasis, Outcome, UnownedReason};

pub(super) fn outcome(common: &Common<Stored>, b: &OutcomeRecorded) -> Says {
    let at = common.occurred_at;
    let what = match b.outcome {
        Outcome::NoHarmKnown => "no harm known of",
        Outcome::SelfHarm => "self-harm (intent not stated)",
        Outcome::SeriousInjury => "serious injury",
        Outcome::Death => "death",
        Outcome::Detained => "person detained (under which power is not recorded here)",
        Outcome::Admitted => "person admitted",
        Outcome::Discharged => "person discharged (from where is not recorded)",
        Outcome::NotLocated => "person not found",
        Outcome::LocatedSafe => "person found, recorded as safe",
        Outcome::Unknown => "recorded as unknown",
        Outcome::Other => "recorded as 'other'",
    };
    let found = b.found_at.as_ref().map(|found| format!("; found {}", moment(found, at))).unwrap_or_default();
    let died = b.died_at.as_ref().map(|died| moment(died, at));
    let died = match (b.outcome, died) {
        (Outcome::Death, Some(died)) => {
            format!("; time of death recorded as {}", died.trim_start_matches("at "))
        }
        (Outcome::Death, None) => "; time of death not recorded".into(),
        // A time of death beside another outcome: said to disagree, not smoothed over.
        (_, Some(died)) => format!(
            "; also recorded, and at odds with this outcome: a time of death, {}",
            died.trim_start_matches("at ")
        ),
        (_, None) => String::new(),
    };
    Says::Outcome(format!("{what}; source: {}{found}{died}.", code(&b.source)))
}

pub(super) fn dsi_referred(b: &DsiReferred<Stored>) -> Says {
    let by = agency_and_role(&b.authorised_by);
    Says::Recorded(format!(
        "a referral of a death or serious injury; reference {}; authorised by {by}.",
        b.reference
    ))
}

pub(super) fn dsi_considered(b: &DsiConsidered<Stored>) -> Says {
    let by = agency_and_role(&b.authorised_by);
    let verdict = match b.verdict {
        DsiVerdict::Referable => "referable (this entry is no referral)",
        DsiVerdict::NotReferable => "not referable",
    };
    Says::Recorded(format!("whether a death or serious injury is referable; decided by {by}: {verdict}."))
}

pub(super) fn hold_placed(b: &LegalHoldPlaced<Stored>) -> Says {
    let by = agency_and_role(&b.authorised_by);
    Says::Recorded(format!("legal hold {} as placed; authorised by {by}.", b.reference))
}

pub(super) fn hold_released(b: &LegalHoldReleased<Stored>) -> Says {
    let by = agency_and_role(&b.authorised_by);
    Says::Recorded(format!("legal hold {} as released; authorised by {by}.", b.reference))
}

pub(super) fn closed(own: &AgencyId, b: &IncidentClosed<Stored>) -> String {
    let why = match b.unowned_reason {
        None => "",
        Some(UnownedReason::NoNeedIdentified) => {
            " Reason recorded for closing with no holder: no need identified."
        }
        Some(UnownedReason::AdviceGiven) => " Reason recorded for closing with no holder: advice given.",
        Some(UnownedReason::Signposted) => " Reason recorded for closing with no holder: caller signposted.",
        Some(UnownedReason::AcknowledgedByAgency) => {
            " Reason recorded for closing with no holder: an agency had acknowledged receipt."
        }
        Some(UnownedReason::DeclinedByAll) => {
            " Reason recorded for closing with no holder: every agency asked had declined."
        }
        Some(UnownedReason::Other) => " Reason for closing with no holder recorded as 'other'.",
    };
    format!("{own} closed the incident ({}).{why}", code(&b.closing_code))
}

pub(super) fn reviewed(own: &AgencyId, b: &ReviewRecorded<Stored>) -> String {
    let what = match (&b.flag, &b.sample, b.entry) {
        (Some(flag), ..) => format!("flag {flag}"),
        (None, Some(sample), _) => format!("an item of sample {sample}"),
        (None, None, Some(_)) => "an entry".into(),
        (None, None, None) => "what is not recorded".into(),
    };
    let judgement = match b.judgement {
        Judgement::Agreed => "the reviewer agrees",
        Judgement::NotAgreed => "the reviewer does not agree",
        Judgement::NeedsInformation => "more information is needed",
        Judgement::Learning => "learning identified",
        Judgement::Other => "judgement recorded as 'other'",
    };
    format!("{own} reviewed {what}: {judgement}.")
}

pub(super) fn linked(b: &SubjectLinked<Stored>) -> Says {
    let basis = match b.basis {
        LinkBasis::SameIdentifier => "basis stated: the same identifier, written differently",
        LinkBasis::RecordsCompared => "basis stated: records compared",
        LinkBasis::PersonSaid => "basis stated: the person said so",
        LinkBasis::PartnerSaid => "basis stated: another agency said so",
        LinkBasis::Other => "basis recorded as 'other'",
    };
    let (one, other) = (short(&b.subject), short(&b.same_as));
    Says::Recorded(format!("the person tokens {one} and {other} as one person; {basis}."))
}

/// Enough of a token to find it by.
fn short(token: &Token) -> String {
    let text = token.to_string();
    format!("{}…", text.chars().take(8).collect::<String>())
}
