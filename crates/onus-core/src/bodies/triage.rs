//! The structured assessment of risk, and assessing again.

use crate::code::Code;
use crate::declare::record;
use crate::vocabulary::{AgeBand, Immediacy, MissingRisk, ReassessmentTrigger, Strand, Tri, TriageModel};

record! {
    /// The call was assessed.
    struct TriageAssessed {
        /// Under which model.
        model: TriageModel,
        /// With which version of which question set.
        question_set_version: Option<Code>,
        /// Under which strand of the policy it falls.
        strand: Strand,
        /// Is there a risk to life?
        risk_to_life: Tri,
        /// Is there a risk of serious harm?
        serious_harm: Tri,
        /// When is the risk?
        immediacy: Immediacy,
        /// Has a crime happened, or is one happening?
        crime: Tri,
        /// The age band of the person concerned.
        age_band: Option<AgeBand>,
        /// Whether every question of the set was put.
        complete: bool,
        /// How high the risk to a missing person was put.
        missing_risk: Option<MissingRisk>,
    }

    /// The call was assessed again.
    struct TriageReassessed {
        /// Why.
        trigger: ReassessmentTrigger,
        /// Under which model.
        model: TriageModel,
        /// With which version of which question set.
        question_set_version: Option<Code>,
        /// Under which strand of the policy it falls.
        strand: Strand,
        /// Is there a risk to life?
        risk_to_life: Tri,
        /// Is there a risk of serious harm?
        serious_harm: Tri,
        /// When is the risk?
        immediacy: Immediacy,
        /// Has a crime happened, or is one happening?
        crime: Tri,
        /// The age band of the person concerned.
        age_band: Option<AgeBand>,
        /// Whether every question of the set was put.
        complete: bool,
        /// How high the risk to a missing person was put.
        missing_risk: Option<MissingRisk>,
    }
}
