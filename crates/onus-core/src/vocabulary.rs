//! The enumerations of the field (`docs/domain.md`), each with stable numbers and spellings.
//!
//! A value's number is its place in the declaration, which is what the codec writes: variants are
//! only ever appended, and a golden test pins every number and spelling.

use serde::{Deserialize, Serialize};

/// An enumeration of the field: its name, and the spelling of each value in drafts, answers, tables and exports.
pub trait Spelt: Copy {
    /// The enumeration's own name.
    const NAME: &'static str;
    /// Every spelling, in the order of the values' numbers.
    const SPELLINGS: &'static [&'static str];
    /// The spelling of this value.
    fn spelling(self) -> &'static str;
}

/// Declares an enumeration with the spelling of each value, in the order of their numbers.
macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $spelling:literal),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[expect(missing_docs, reason = "each value's spelling is its documentation; docs/domain.md lists them")]
            pub enum $name { $($variant),+ }

            impl $name {
                /// Every value, in the order of their numbers.
                pub const ALL: &[Self] = &[$(Self::$variant),+];
                /// Every spelling, in the same order.
                pub const SPELLINGS: &[&str] = &[$($spelling),+];
                /// The enumeration's own name.
                pub const NAME: &str = stringify!($name);

                /// The value so spelt.
                #[must_use]
                pub fn parse(spelling: &str) -> Option<Self> {
                    match spelling { $($spelling => Some(Self::$variant),)+ _ => None }
                }

                /// Its spelling in drafts, tables and exports.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $spelling),+ }
                }

                /// Its number, which is what the codec writes.
                #[must_use]
                pub const fn number(self) -> u8 {
                    #[expect(clippy::as_conversions, reason = "a field-less enum of under 256 values")]
                    { self as u8 }
                }
            }

            impl Spelt for $name {
                const NAME: &'static str = Self::NAME;
                const SPELLINGS: &'static [&'static str] = Self::SPELLINGS;
                fn spelling(self) -> &'static str {
                    self.as_str()
                }
            }

            $crate::field::enumeration_field!($name);
        )+

        /// Name and spellings of every enumeration, for schema, documentation and golden tests.
        pub const VOCABULARY: &[(&str, &[&str])] = &[$(($name::NAME, $name::SPELLINGS)),+];
    };
}

vocabulary! {
    /// What kind of agency.
    AgencyKind {
        Police "police", Ambulance "ambulance", MhTrust "mh_trust", AcuteTrust "acute_trust", Nhs111 "nhs_111",
        OtherHealth "other_health", LocalAuthority "local_authority", Icb "icb", Gp "gp", Fire "fire",
        Voluntary "voluntary", CareProvider "care_provider", PrivateConveyance "private_conveyance",
        Inspectorate "inspectorate", Other "other",
    }
    /// What a person was doing when they acted (domain §1.5).
    Role {
        CallHandler "call_handler", Dispatcher "dispatcher", Supervisor "supervisor",
        ForceIncidentManager "force_incident_manager", DutyInspector "duty_inspector",
        CriticalIncidentInspector "critical_incident_inspector", MhTacticalAdviser "mh_tactical_adviser",
        ControlRoomNurse "control_room_nurse", StreetTriage "street_triage", ResponseOfficer "response_officer",
        Amhp "amhp", EocDispatcher "eoc_dispatcher", ClinicalNavigator "clinical_navigator",
        CrisisLine "crisis_line", CrisisTeam "crisis_team", BedManager "bed_manager", NurseInCharge "nurse_in_charge",
        Doctor "doctor", EmergencyDutyTeam "emergency_duty_team", OnCallManager "on_call_manager",
        OnCallDirector "on_call_director", Superintendent "superintendent", Sro "sro",
        DataProtectionOfficer "data_protection_officer", Administrator "administrator", Inspector "inspector",
        System "system", Other "other", Unknown "unknown", Security "security", TriageNurse "triage_nurse",
        Paramedic "paramedic", Sergeant "sergeant", SocialWorker "social_worker", Gp "gp",
    }
    /// The part of the policy that a call falls under.
    Strand {
        ConcernForWelfare "concern_for_welfare", WalkoutHealthcare "walkout_healthcare",
        AwolMentalHealth "awol_mental_health", MedicalSupport "medical_support", Transport "transport",
        S136Handover "s136_handover", VoluntaryPatientHandover "voluntary_patient_handover",
        OutOfScope "out_of_scope", VoluntaryNotReturned "voluntary_not_returned", MissingPerson "missing_person",
    }
    /// The ground on which police attend.
    Limb {
        CrimeOccurred "crime_occurred", CrimeOccurring "crime_occurring", Art2Life "art2_life",
        Art3SeriousHarm "art3_serious_harm", AssumedResponsibility "assumed_responsibility",
        CreatedRisk "created_risk", StatutoryDuty "statutory_duty",
        BelowThresholdDiscretion "below_threshold_discretion",
    }
    /// An answer; a question that was never put is an answer too.
    Tri { Yes "yes", No "no", Unknown "unknown", NotAsked "not_asked" }
    /// When the risk is.
    Immediacy { PresentAndOngoing "present_and_ongoing", Future "future", Conditional "conditional", Unknown "unknown" }
    /// What was decided about attending.
    Attendance {
        Deploy "deploy", DeployJoint "deploy_joint", NoDeploySignpost "no_deploy_signpost",
        NoDeployRefer "no_deploy_refer", NoDeployTransfer "no_deploy_transfer", NoDeployAdvice "no_deploy_advice",
        DeferPendingInfo "defer_pending_info", ReversedToNoDeploy "reversed_to_no_deploy",
        ReversedToDeploy "reversed_to_deploy", NoDeploy "no_deploy", DeferResources "defer_resources",
    }
    /// The level of a call's grade.
    GradeLevel {
        Immediate "immediate", Priority "priority", Scheduled "scheduled",
        ResolvedWithoutDeployment "resolved_without_deployment", Other "other",
    }
    /// Why nobody holds an incident that is closed.
    UnownedReason {
        NoNeedIdentified "no_need_identified", AdviceGiven "advice_given", Signposted "signposted",
        AcknowledgedByAgency "acknowledged_by_agency", DeclinedByAll "declined_by_all", Other "other",
    }
    /// A reviewer's verdict on a decision.
    Verdict { Ratified "ratified", Overturned "overturned", ReturnedForInfo "returned_for_info" }
    /// Why a handover was declined.
    DeclineReason {
        NotCommissioned "not_commissioned", NoCapacity "no_capacity", ThresholdNotMet "threshold_not_met",
        OutOfArea "out_of_area", InsufficientInfo "insufficient_info", RiskTooHigh "risk_too_high",
        WrongAgency "wrong_agency", Other "other",
    }
    /// How a person was conveyed.
    Conveyance {
        Ambulance "ambulance", PoliceVehicle "police_vehicle", PrivateSecure "private_secure",
        OtherHealth "other_health", Foot "foot", None "none", Unknown "unknown", Other "other",
    }
    /// Why a police vehicle was used (Home Office s.136 return).
    PoliceVehicleReason {
        AmbulanceUnavailable30min "ambulance_unavailable_30min", AmbulanceNotRequested "ambulance_not_requested",
        RiskBehaviour "risk_behaviour", Other "other", Unknown "unknown",
    }
    /// What kind of place of safety.
    PlaceOfSafety {
        Hbpos "hbpos", EmergencyDepartment "emergency_department", PoliceStation "police_station",
        PrivateHome "private_home", Other "other",
    }
    /// What became of the person.
    Outcome {
        NoHarmKnown "no_harm_known", SelfHarm "self_harm", SeriousInjury "serious_injury", Death "death",
        Detained "detained", Admitted "admitted", Discharged "discharged", NotLocated "not_located",
        LocatedSafe "located_safe", Unknown "unknown", Other "other",
    }
    /// Under which data-protection regime a record stands.
    Regime { LawEnforcement "law_enforcement", General "general", Mixed "mixed", Undetermined "undetermined" }
    /// The facets of responsibility (domain §7.4).
    Facet {
        Contact "contact", Response "response", Custody "custody", Care "care", Conveyance "conveyance",
        FollowUp "follow_up",
    }
    /// By which way an event came to this ledger.
    Channel { Cli "cli", Http "http", Import "import" }
    /// By which way a contact came to the agency.
    ContactChannel {
        Emergency999 "emergency_999", NonEmergency101 "non_emergency_101", Nhs111 "nhs_111",
        AgencyLine "agency_line", Online "online", TextRelay "text_relay", Radio "radio", InPerson "in_person",
        Electronic "electronic", Other "other", Unknown "unknown",
    }
    /// Who made a contact.
    CallerType {
        Member "member_of_public", FamilyOrFriend "family_or_friend", Subject "subject",
        HealthProfessional "health_professional", Ambulance "ambulance", SocialCare "social_care",
        CareProvider "care_provider", Police "police", OtherAgency "other_agency", Other "other", Unknown "unknown",
    }
    /// How two incidents are related.
    Relation {
        Duplicate "duplicate", SameSubject "same_subject", SameLocation "same_location",
        RepeatContact "repeat_contact", TransferredTo "transferred_to", TransferredFrom "transferred_from",
        Related "related", Other "other",
    }
    /// What kind of information was recorded.
    InformationKind {
        RiskInfo "risk_info", SystemCheck "system_check", PartnerEta "partner_eta", Capacity "capacity", Note "note",
        Other "other",
    }
    /// How far a piece of information can be relied on.
    Reliability { Confirmed "confirmed", Reported "reported", Unverified "unverified", Doubted "doubted", Other "other" }
    /// The structured model under which a call was assessed.
    TriageModel {
        Thrive "thrive", Thrives "thrives", Thriives "thriives", ThrivePlus "thrive_plus", Ndm "ndm",
        Clinical "clinical", Unstructured "unstructured", Other "other", Unknown "unknown",
    }
    /// Why a call was assessed again.
    ReassessmentTrigger {
        NewInformation "new_information", ChangedCircumstances "changed_circumstances", RepeatContact "repeat_contact",
        TimedReview "timed_review", PartnerRequest "partner_request", SupervisorRequest "supervisor_request",
        PromiseSlipped "promise_slipped", GradeChange "grade_change", Other "other",
    }
    /// An age band; the coarse ones are for sources that know no more.
    AgeBand {
        Under11 "under_11", From11To17 "11_to_17", From18To24 "18_to_24", From25To34 "25_to_34",
        From35To44 "35_to_44", From45To54 "45_to_54", From55To64 "55_to_64", From65 "65_and_over",
        Under18 "under_18", From18 "18_and_over", Unknown "unknown",
    }
    /// How sure the decider was.
    Confidence { Low "low", Medium "medium", High "high" }
    /// What a caller was told.
    Informed { Attending "attending", NotAttending "not_attending", Changed "changed", Delayed "delayed", Other "other" }
    /// What came of calling back.
    CallBackResult {
        Answered "answered", NoAnswer "no_answer", Engaged "engaged", Voicemail "voicemail",
        NumberUnobtainable "number_unobtainable", Refused "refused", Other "other",
    }
    /// How a contact ended.
    ContactEnd { Normal "normal", Transferred "transferred", Lost "lost", Abandoned "abandoned" }
    /// How an agency was notified.
    NotificationMethod {
        Telephone "telephone", LiveTransfer "live_transfer", Electronic "electronic", Radio "radio",
        InPerson "in_person", Email "email", Other "other", Unknown "unknown",
    }
    /// What an agency was told.
    Told { Attending "attending", NotAttending "not_attending", Changed "changed", Referral "referral", Other "other" }
    /// On what ground responsibility was assumed.
    AssumptionBasis {
        Policy "policy", Agreement "agreement", StatutoryDuty "statutory_duty", Conduct "conduct",
        CreatedRisk "created_risk", Discretion "discretion", Other "other",
    }
    /// On what ground responsibility ended.
    DischargeGround {
        NeedMet "need_met", NoNeedIdentified "no_need_identified", PersonSafe "person_safe",
        PersonDeclined "person_declined", Completed "completed", Other "other",
    }
    /// What a resource was sent for.
    DispatchPurpose {
        Attend "attend", WelfareCheck "welfare_check", Search "search", Convey "convey", Support "support",
        Other "other",
    }
    /// Under which power a person was held.
    PowerSection {
        S136 "s136", S135Warrant "s135_1", S135Return "s135_2", S18Return "s18_return", PaceS17 "pace_s17",
        MentalCapacityAct "mental_capacity_act", CommonLaw "common_law", Other "other", S2 "s2", S3 "s3", S4 "s4",
        S5 "s5", S6Conveyance "s6_conveyance", S138Retaking "s138_retaking",
    }
    /// Where a person was when a power was used; a dwelling is one with its yard, garden, garage and outhouse
    /// (Mental Health Act 1983 s.136(1A), (1B)).
    EncounterPlace { Dwelling "dwelling", Public "public", Hospital "hospital", Custody "custody", Other "other" }
    /// Why no health professional was consulted first.
    ConsultationReason {
        NotPracticableUrgency "not_practicable_urgency", NobodyAvailable "nobody_available",
        NoContact "no_contact", NotConsidered "not_considered", Other "other",
    }
    /// How a detention ended.
    DetentionGround {
        AssessedAdmitted "assessed_admitted", AssessedReleased "assessed_released",
        InformalAdmission "informal_admission", TimeExpired "time_expired", Transferred "transferred",
        Left "left", Death "death", Other "other", Unknown "unknown",
    }
    /// A rung of the escalation ladder, from handler and caller (l0) to strategic board (l5).
    EscalationLevel { L0 "l0", L1 "l1", L2 "l2", L3 "l3", L4 "l4", L5 "l5" }
    /// How an escalation ended.
    EscalationOutcome {
        Upheld "upheld", Overturned "overturned", Agreed "agreed", Unresolved "unresolved", Withdrawn "withdrawn",
        Other "other",
    }
    /// What a review made of what it looked at.
    Judgement { Agreed "agreed", NotAgreed "not_agreed", NeedsInformation "needs_information", Learning "learning", Other "other" }
    /// How high a risk the police gave a missing person; `none` is no apparent risk.
    MissingRisk { None "none", Low "low", Medium "medium", High "high" }
    /// How a unit came in, or did not.
    EntryGained { Opened "opened", Forced "forced", NoAnswer "no_answer", NotFound "not_found" }
    /// What help one agency asked another for.
    Assistance {
        Attend "attend", ForceEntry "force_entry", WelfareCheck "welfare_check", TakePrimacy "take_primacy",
        Stay "stay", Convey "convey", Other "other",
    }
    /// How an agency answered a request for help.
    AssistanceAnswer { Will "will", WillNot "will_not", Later "later", NotOurs "not_ours" }
    /// How a person came to leave.
    LeavingCircumstance {
        Absconded "absconded", AgainstAdvice "against_advice", NotReturned "not_returned", Unknown "unknown",
    }
    /// Whether a death or serious injury has to be referred.
    DsiVerdict { Referable "referable", NotReferable "not_referable" }
    /// On what two tokens are taken to be one person.
    LinkBasis {
        SameIdentifier "same_identifier", RecordsCompared "records_compared", PersonSaid "person_said",
        PartnerSaid "partner_said", Other "other",
    }
    /// What a key is for; one key per purpose.
    KeyPurpose { Checkpoint "checkpoint", Manifest "manifest", Handover "handover", Witness "witness", Other "other" }
}

impl Outcome {
    /// Whether the person was found, dead or alive: nobody is waited for any more.
    #[must_use]
    pub const fn is_person_found(self) -> bool {
        match self {
            Self::NotLocated | Self::Unknown | Self::Discharged | Self::Other => false,
            Self::NoHarmKnown
            | Self::SelfHarm
            | Self::SeriousInjury
            | Self::Death
            | Self::Detained
            | Self::Admitted
            | Self::LocatedSafe => true,
        }
    }
}

impl Attendance {
    /// Whether it is a decision not to attend: `D` of the auditor flags (`docs/flags.md`).
    #[must_use]
    pub const fn is_no_deployment(self) -> bool {
        match self {
            Self::NoDeploy
            | Self::NoDeploySignpost
            | Self::NoDeployRefer
            | Self::NoDeployTransfer
            | Self::NoDeployAdvice
            | Self::ReversedToNoDeploy => true,
            Self::Deploy
            | Self::DeployJoint
            | Self::DeferPendingInfo
            | Self::DeferResources
            | Self::ReversedToDeploy => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_spelling_is_unique_lower_case_and_read_back() {
        for (name, spellings) in VOCABULARY {
            let unique: BTreeSet<_> = spellings.iter().collect();
            assert_eq!(unique.len(), spellings.len(), "{name}");
            for spelling in *spellings {
                assert!(
                    spelling.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                    "{spelling}"
                );
            }
        }
        for (i, facet) in Facet::ALL.iter().enumerate() {
            assert_eq!(usize::from(facet.number()), i);
            assert_eq!(Facet::parse(facet.as_str()), Some(*facet));
        }
    }
}
