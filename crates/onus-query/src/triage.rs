//! An assessment, whether it was the first one or a later one.

use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::kinds::Body;
use onus_core::vocabulary::{AgeBand, Immediacy, Strand, Tri};

/// What an assessment says, as far as rules ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Triage<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) question_set: Option<&'a Code>,
    pub(crate) strand: Strand,
    pub(crate) risk_to_life: Tri,
    pub(crate) serious_harm: Tri,
    pub(crate) immediacy: Immediacy,
    pub(crate) crime: Tri,
    pub(crate) age_band: Option<AgeBand>,
    pub(crate) complete: bool,
}

macro_rules! triage {
    ($entry:expr, $body:expr) => {
        Triage {
            entry: $entry,
            question_set: $body.question_set_version.as_ref(),
            strand: $body.strand,
            risk_to_life: $body.risk_to_life,
            serious_harm: $body.serious_harm,
            immediacy: $body.immediacy,
            crime: $body.crime,
            age_band: $body.age_band,
            complete: $body.complete,
        }
    };
}

impl<'a> Triage<'a> {
    pub(crate) fn of(entry: &'a Entry) -> Option<Self> {
        match &entry.body {
            Some(Body::TriageAssessed(body)) => Some(triage!(entry, body)),
            Some(Body::TriageReassessed(body)) => Some(triage!(entry, body)),
            _ => None,
        }
    }

    /// Every question put, none answered `yes`, and risk to life or serious harm honestly answered `unknown`.
    pub(crate) fn is_honest_unknown(&self) -> bool {
        let risks = [self.risk_to_life, self.serious_harm];
        self.complete
            && self.crime != Tri::Yes
            && risks.contains(&Tri::Unknown)
            && risks.iter().all(|risk| matches!(risk, Tri::Unknown | Tri::No))
    }

    /// Every question put, and risk to life, serious harm and crime all answered `no`.
    pub(crate) fn finds_no_need(&self) -> bool {
        self.complete && [self.risk_to_life, self.serious_harm, self.crime] == [Tri::No; 3]
    }
}
