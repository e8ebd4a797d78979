//! Powers, detention, conveyance, the place of safety, and officers' release.

use crate::code::Code;
use crate::declare::record;
use crate::ids::AgencyId;
use crate::model::Actor;
use crate::vocabulary::{
    AgeBand, ConsultationReason, Conveyance, DetentionGround, EncounterPlace, LeavingCircumstance,
    PlaceOfSafety, PoliceVehicleReason, PowerSection, Role, Tri,
};

record! {
    /// A power to hold a person was used (Mental Health Act 1983 s.135, s.136 and others).
    struct PowerExercised<S> {
        /// Which.
        section: PowerSection,
        /// The person's age band.
        age_band: Option<AgeBand>,
        /// Whether a health professional was consulted first (s.136(1C)).
        consultation: Tri,
        /// Why not.
        consultation_reason: Option<ConsultationReason>,
        /// Who authorised it, where the law asks for that.
        authority: Option<Actor<S>>,
        /// Whether the person was kept where they were.
        kept_at_place: bool,
        /// Where the person was.
        place: Option<EncounterPlace>,
    }

    /// A detention was extended (s.136B: by up to 12 hours).
    struct DetentionExtended {
        /// By how many hours.
        hours: u32,
        /// By whose decision.
        by_role: Role,
    }

    /// A detention ended.
    struct DetentionEnded {
        /// How.
        ground: DetentionGround,
    }

    /// A person was being conveyed.
    struct ConveyanceStarted {
        /// How.
        mode: Conveyance,
        /// Why a police vehicle was used.
        police_vehicle_reason: Option<PoliceVehicleReason>,
        /// Whose vehicle or staff it is.
        agency: Option<AgencyId>,
    }

    /// A person arrived at a place of safety.
    struct ArrivedAtPlaceOfSafety {
        /// What kind of place.
        place: PlaceOfSafety,
        /// The site, by its ODS code.
        site: Option<Code>,
    }

    /// Officers left.
    struct OfficersReleased {
        /// To whom they left the person.
        to_agency: Option<AgencyId>,
        /// How many officers.
        officers: Option<u32>,
    }

    /// The person left where they were held or cared for, without being released or discharged.
    struct PersonLeft {
        /// The agency that they left.
        from: AgencyId,
        /// How.
        circumstance: LeavingCircumstance,
    }

    /// What a return asks about a person, each value sealed under the subject's slot.
    struct DemographicsRecorded<S> {
        /// Age band, as `docs/domain.md` spells it.
        age_band: S::Text = sealed(16),
        /// Sex, as the return spells it.
        sex: Option<S::Text> = sealed(17),
        /// Ethnicity, as the return spells it.
        ethnicity: Option<S::Text> = sealed(18),
    }
}
