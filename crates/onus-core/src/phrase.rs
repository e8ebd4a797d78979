//! How an event of each kind is said in a line of a case: its verb, the fields that follow the verb without a name, and
//! the field that a text in quotation marks fills. `onus draft` reads lines by it, `onus new` and the documentation show it.
//!
//! Promise: every kind that a draft can be has one verb, no two have the same; tests hold it.

use crate::example::{self, common_of};
use crate::kinds::Kind;
use crate::shape::{FieldDef, Type};
use serde_json::Value;

/// How a kind is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The kind.
    pub kind: Kind,
    /// Its verb.
    pub verb: &'static str,
    /// The fields of the body whose values follow the verb without a name, in this order.
    pub leads: &'static [&'static str],
    /// The field of the body that a text in quotation marks fills.
    pub text: Option<&'static str>,
}

macro_rules! phrases {
    ($($kind:ident $verb:literal [$($lead:ident),*] $($text:ident)?),+ $(,)?) => {
        /// How every kind is said that a draft can be, in the order of the kinds' numbers.
        pub const PHRASES: &[Phrase] = &[$(
            Phrase {
                kind: Kind::$kind,
                verb: $verb,
                leads: &[$(stringify!($lead)),*],
                text: phrases!(@text $($text)?),
            }
        ),+];
    };
    (@text $text:ident) => { Some(stringify!($text)) };
    (@text) => { None };
}

phrases! {
    ContactReceived "called" [channel, caller_type],
    IncidentOpened "opened" [opening_code, grade],
    IncidentLinked "linked" [relation, other],
    InformationRecorded "noted" [kind, reliability] text,
    TriageAssessed "assessed" [strand],
    TriageReassessed "reassessed" [trigger, strand],
    AttendanceDecided "decided" [outcome, to] rationale,
    DecisionReviewed "reviewed" [verdict] rationale,
    GradeChanged "graded" [] rationale,
    CallerInformed "told" [informed, agency],
    CallBackAttempted "called_back" [result],
    AgencyNotified "notified" [agency, told, method],
    AgencyAcknowledged "acknowledged" [reference],
    CallerSignposted "signposted" [to_service],
    AssistanceRequested "requested" [what, to] text,
    AssistanceAnswered "answered" [answer, reason] reason_text,
    ResponsibilityAssumed "assumed" [facet, basis],
    ResponsibilityDischarged "discharged" [facet, ground],
    HandoverOffered "offered" [facets, to] risk_summary,
    HandoverAccepted "accepted" [facets, by_role] conditions,
    HandoverDeclined "declined" [facets, reason] reason_text,
    HandoverWithdrawn "withdrew_offer" [facets] reason,
    HandoverLapsed "lapsed" [facets],
    ResourceDispatched "dispatched" [agency, purpose],
    ResourceArrived "arrived" [agency, purpose],
    ResourceStoodDown "stood_down" [agency, purpose],
    PowerExercised "used" [section, place],
    DetentionExtended "extended" [hours, by_role],
    DetentionEnded "detention_ended" [ground],
    ConveyanceStarted "conveyed" [mode, agency],
    ArrivedAtPlaceOfSafety "arrived_at" [place, site],
    OfficersReleased "officers_left" [to_agency],
    DemographicsRecorded "demographics" [],
    PersonLeft "person_left" [circumstance, from],
    EscalationRaised "escalated" [level, raised_by_agency],
    EscalationResolved "resolved" [outcome] text,
    DisputeOpened "disputed" [facet, interval] claim,
    PositionStated "claimed" [facet, interval, holder] claim,
    DisputeDetermined "determined" [facet, interval, holder] claim,
    OutcomeRecorded "outcome" [outcome],
    DsiReferred "dsi_referred" [reference],
    LegalHoldPlaced "hold_placed" [reference],
    LegalHoldReleased "hold_released" [reference],
    IncidentClosed "closed" [closing_code, unowned_reason] reason_text,
    IncidentReopened "reopened" [] reason,
    EntryWithdrawn "withdrew_entry" [] reason,
    ReviewRecorded "audited" [judgement] text,
    DsiConsidered "dsi_considered" [verdict] reason,
    SubjectLinked "same_person" [subject, same_as, basis],
    PolicyPublished "policy_published" [policy],
    PolicyWithdrawn "policy_withdrawn" [policy] reason,
    SourceTallied "tallied" [count, kind],
}

impl Phrase {
    /// How a kind is said; `None` of one that no draft can be.
    #[must_use]
    pub fn of(kind: Kind) -> Option<&'static Self> {
        PHRASES.iter().find(|phrase| phrase.kind == kind)
    }

    /// What a verb says.
    #[must_use]
    pub fn by_verb(verb: &str) -> Option<&'static Self> {
        PHRASES.iter().find(|phrase| phrase.verb == verb)
    }

    /// The fields of the body.
    #[must_use]
    pub fn body_fields(&self) -> Vec<FieldDef> {
        self.kind.body_shape().fields()
    }

    /// One draft of the kind as JSON: what every draft must say, and of the body what follows the verb, or must be said.
    #[must_use]
    pub fn shortest_draft(&self) -> Value {
        let mut shortest = example::draft(self.kind);
        let is_said = |name: &str| self.leads.contains(&name) || self.text == Some(name);
        if let Some(Value::Object(body)) = shortest.get_mut("body") {
            for field in self.body_fields().iter().filter(|field| !field.required && !is_said(field.name)) {
                body.remove(field.name);
            }
        }
        shortest
    }

    /// The fields that every event has, as far as a draft of this kind may state them.
    #[must_use]
    pub fn common_fields(&self) -> Vec<FieldDef> {
        common_of(self.kind)
    }

    /// The field of the body that says which earlier event this one is about, and whether it takes several. Of a kind
    /// without one, an event is about its causes.
    #[must_use]
    pub fn about(&self) -> Option<(&'static str, bool)> {
        self.body_fields().iter().find_map(|field| Some((field.name, names_events(&field.of)?)))
    }
}

/// Whether values of a type name events, and if so whether several.
fn names_events(of: &Type) -> Option<bool> {
    match of {
        Type::Option(inner) => names_events(inner),
        Type::List(inner, _) => names_events(inner).map(|_| true),
        Type::Named(def) => (def().name == "EventId").then_some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Maker;
    use crate::shape::{DraftForm, TypeDef};
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_that_a_draft_can_be_has_one_verb_of_its_own() {
        let drafted: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|kind| kind.maker() == Maker::Draft).collect();
        let said: Vec<Kind> = PHRASES.iter().map(|phrase| phrase.kind).collect();
        assert_eq!(said, drafted, "in the order of their numbers, each once");
        let verbs: BTreeSet<&str> = PHRASES.iter().map(|phrase| phrase.verb).collect();
        assert_eq!(verbs.len(), PHRASES.len());
        for verb in verbs {
            assert!(verb.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{verb}");
            assert!(!["by", "as", "about"].contains(&verb), "{verb} begins a clause");
        }
    }

    #[test]
    fn what_follows_a_verb_are_fields_of_the_body_and_a_text_is_free_text() {
        let is_text = |of: &Type| {
            let Type::Named(def) = of else { return false };
            matches!(def(), TypeDef { draft: DraftForm::FreeText, .. })
        };
        for phrase in PHRASES {
            let fields = phrase.body_fields();
            let field = |name: &str| {
                let found = fields.iter().find(|field| field.name == name);
                found.unwrap_or_else(|| panic!("{} has no {name}", phrase.verb)).of.clone()
            };
            for lead in phrase.leads {
                assert!(!is_text(&field(lead)), "{}: {lead}", phrase.verb);
            }
            if let Some(name) = phrase.text {
                let of = match field(name) {
                    Type::Option(inner) => *inner,
                    of => of,
                };
                assert!(is_text(&of), "{}: {name}", phrase.verb);
            }
        }
    }

    #[test]
    fn an_event_is_about_the_event_that_its_body_names() {
        let about = |verb: &str| Phrase::by_verb(verb).unwrap().about();
        assert_eq!(about("told"), Some(("decision_event", false)));
        assert_eq!(about("decided"), Some(("considered", true)));
        assert_eq!(about("answered"), Some(("request", false)));
        assert_eq!(about("claimed"), Some(("dispute", false)));
        assert_eq!(about("closed"), None);
    }
}
