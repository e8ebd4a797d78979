//! Events as tests tell them: an incident, and what happened in it, one after another.
//!
//! ```
//! use onus_core::vocabulary::{Attendance, Strand};
//! use onus_testkit::events::incident;
//!
//! let mut call = incident("police:sussex/2023-05-01/1");
//! let contact = call.contact();
//! let triage = call.triage(Strand::ConcernForWelfare).caused_by(&contact);
//! let decision = call.decided(Attendance::NoDeployRefer).caused_by(&triage).occurred_at("2023-05-01T09:31+01:00");
//! assert_eq!(decision.encode(), decision.clone().encode());
//! ```
//!
//! Promise: the same calls give the same bytes. Ids look like v7 ones and come from incident and place alone.

use crate::seed::Seed;
use onus_core::bodies::closing::IncidentClosed;
use onus_core::bodies::contact::{ContactReceived, IncidentOpened, InformationRecorded};
use onus_core::bodies::decision::{AgencyAcknowledged, AgencyNotified, AttendanceDecided, CallerInformed};
use onus_core::bodies::handover::{HandoverAccepted, HandoverDeclined, HandoverOffered};
use onus_core::bodies::ledger_wide::{ClockCorrected, ClockStepped, LedgerOpened};
use onus_core::bodies::triage::TriageAssessed;
use onus_core::bytes::LedgerId;
use onus_core::code::{Code, Origin};
use onus_core::entry::{EncodedEvent, IdOrigin};
use onus_core::ids::{AgencyId, EventId, Incident, Token};
use onus_core::kinds::Body;
use onus_core::model::{Actor, Common, Grade, Source};
use onus_core::record::Record;
use onus_core::stage::{Stored, SubmittedBy};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    Attendance, CallerType, Channel, ContactChannel, DeclineReason, Facet, GradeLevel, Immediacy,
    InformationKind, Informed, Limb, NotificationMethod, Regime, Role, Strand, Told, Tri, TriageModel,
};

const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 86_400_000_000;

/// One event, to be adjusted and then encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    record: Record,
    id_origin: IdOrigin,
}

impl Event {
    /// An event of its parts.
    #[must_use]
    pub fn new(record: Record, id_origin: IdOrigin) -> Self {
        Self { record, id_origin }
    }

    /// What stands in the ledger of it.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.record.common.event_id
    }

    /// The same event under another id, made from `n`.
    #[must_use]
    pub fn with_id(mut self, n: u64) -> Self {
        self.record.common.event_id = event_id(self.record.common.occurred_at, n);
        self
    }

    /// The same, as if the software had chosen the id: it cannot be retried.
    #[must_use]
    pub fn with_software_id(mut self) -> Self {
        self.id_origin = IdOrigin::Software;
        self
    }

    /// Happening at another time.
    #[must_use]
    pub fn occurred_at(mut self, text: &str) -> Self {
        self.record.common.occurred_at = time(text);
        self
    }

    /// Asserted by another agency, and done by someone of it.
    #[must_use]
    pub fn by(mut self, of: &str, role: Role) -> Self {
        self.record.common.actor = actor(of, role, 7);
        self.record.common.asserted_by = agency(of);
        self
    }

    /// With a cause.
    #[must_use]
    pub fn caused_by(mut self, cause: &Self) -> Self {
        self.record.common.causes.push(cause.id());
        self
    }

    /// With another cited policy, `policy@version`.
    ///
    /// # Panics
    /// If it is not two codes around an `@`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that misspells a policy is mistaken")]
    pub fn under_policy(mut self, text: &str) -> Self {
        let (policy, version) = text.split_once('@').expect("policy@version");
        self.record.common.policy =
            Some(onus_core::model::PolicyRef { policy: code(policy), version: code(version) });
        self
    }

    /// Changed by hand.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(&mut self.record);
        self
    }

    /// Ready for the ledger's writer.
    ///
    /// # Panics
    /// If it is too long for an entry.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that builds an event too long is mistaken")]
    pub fn encode(&self) -> EncodedEvent {
        self.record.encode(self.id_origin).expect("an event within the limits")
    }
}

/// What happens in one incident, a minute apart.
#[derive(Clone, Debug)]
pub struct IncidentEvents {
    incident: Incident,
    next: u64,
    at: Timestamp,
}

/// The events of an incident, such as `police:sussex/2023-05-01/1`, from nine in the morning of its day.
///
/// # Panics
/// If the text is not an incident.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that misspells an incident is mistaken")]
pub fn incident(text: &str) -> IncidentEvents {
    let incident = Incident::parse(text).expect("an incident: owner/date/number");
    let nine = i64::from(incident.date.days_since_1970()) * DAY_US + 9 * 60 * MINUTE_US;
    let at = Timestamp::from_us(nine).expect("a day within the limits");
    IncidentEvents { incident, next: 0, at }
}

/// The `n`th contact of an incident, encoded: the shortest way to something that can be appended.
#[must_use]
pub fn contact(of: &str, n: u64) -> EncodedEvent {
    let mut events = incident(of);
    events.next = n;
    events.at = events.at.plus_us(i64::try_from(n).unwrap_or(0).saturating_mul(MINUTE_US));
    events.contact().encode()
}

impl IncidentEvents {
    /// The incident.
    #[must_use]
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// Any body, as this incident's next event.
    pub fn event(&mut self, body: Body<Stored>) -> Event {
        let key = self.incident.key();
        let number =
            key.as_bytes().iter().fold(self.next, |mix, byte| Seed::new(mix ^ u64::from(*byte)).bits());
        let owner = self.incident.owner.clone();
        let common = Common {
            event_id: event_id(self.at, number),
            incident: Some(self.incident.clone()),
            occurred_at: self.at,
            uncertainty_s: 0,
            entered_at: None,
            late_reason: None,
            actor: Actor { agency: owner.clone(), role: Role::CallHandler, staff: Some(token(1)) },
            asserted_by: owner.clone(),
            submitted_by: SubmittedBy::new(owner, Channel::Cli),
            subject: None,
            location: None,
            source: Source { system: code("cad"), reference: None, inferred: false, retold: None },
            policy: None,
            regime: Regime::Undetermined,
            corrects: None,
            causes: Vec::new(),
        };
        self.next += 1;
        self.at = self.at.plus_us(MINUTE_US);
        Event::new(Record { common, body }, IdOrigin::Source)
    }

    /// Someone rang 999.
    pub fn contact(&mut self) -> Event {
        self.event(Body::ContactReceived(ContactReceived {
            channel: ContactChannel::Emergency999,
            caller_type: CallerType::HealthProfessional,
            audio_ref: None,
            repeat_of: None,
            agency: None,
            ended: None,
        }))
    }

    /// The incident was opened as a concern for welfare.
    pub fn opened(&mut self) -> Event {
        self.event(Body::IncidentOpened(IncidentOpened {
            opening_code: code("concern-for-safety"),
            local_code: None,
            grade: Some(grade(GradeLevel::Priority)),
            silent: Vec::new(),
        }))
    }

    /// Something became known.
    pub fn information(&mut self, kind: InformationKind) -> Event {
        self.event(Body::InformationRecorded(InformationRecorded {
            kind,
            reliability: None,
            system: None,
            agency: None,
            eta_minutes: None,
            needed_by: None,
            text: None,
        }))
    }

    /// The call was assessed: no risk to life, no serious harm, no crime, every question put.
    pub fn triage(&mut self, strand: Strand) -> Event {
        self.event(Body::TriageAssessed(TriageAssessed {
            model: TriageModel::Thrive,
            question_set_version: Some(code("rcrp-2")),
            strand,
            risk_to_life: Tri::No,
            serious_harm: Tri::No,
            immediacy: Immediacy::Unknown,
            crime: Tri::No,
            age_band: None,
            complete: true,
            missing_risk: None,
        }))
    }

    /// Whether to attend was decided; to deploy rests on a risk to life, not to deploy on no limb.
    pub fn decided(&mut self, outcome: Attendance) -> Event {
        let deploys =
            matches!(outcome, Attendance::Deploy | Attendance::DeployJoint | Attendance::ReversedToDeploy);
        self.event(Body::AttendanceDecided(AttendanceDecided {
            outcome,
            grade: None,
            limbs_met: if deploys { vec![Limb::Art2Life] } else { Vec::new() },
            reason_code: Some(code("rcrp-threshold")),
            rationale: None,
            considered: Vec::new(),
            confidence: None,
            to: None,
        }))
    }

    /// The caller was told and understood.
    pub fn informed(&mut self, informed: Informed) -> Event {
        self.event(Body::CallerInformed(CallerInformed {
            informed,
            advice_given: vec![code("call-back-if-worse")],
            understood: Tri::Yes,
            decision_event: None,
            agency: None,
            within_minutes: None,
        }))
    }

    /// Another agency was told by telephone.
    pub fn notified(&mut self, of: &str) -> Event {
        self.event(Body::AgencyNotified(AgencyNotified {
            agency: agency(of),
            method: NotificationMethod::Telephone,
            partner_ref: None,
            told: Told::Referral,
            needed_by: None,
            content_digest: None,
        }))
    }

    /// That agency confirmed receipt.
    pub fn acknowledged(&mut self, notified: &Event) -> Event {
        let notified_event = Some(notified.id());
        self.event(Body::AgencyAcknowledged(AgencyAcknowledged { notified_event, reference: None }))
    }

    /// The owner offered facets to another agency.
    pub fn offered(&mut self, facets: &[Facet], to: &str) -> Event {
        let from = self.incident.owner.clone();
        self.event(Body::HandoverOffered(HandoverOffered {
            facets: facets.to_vec(),
            from,
            to: agency(to),
            risk_summary: None,
            needed_by: None,
        }))
    }

    /// The offer was accepted, all of it.
    pub fn accepted(&mut self, offer: &Event) -> Event {
        let facets = offered_facets(offer);
        self.event(Body::HandoverAccepted(HandoverAccepted {
            offer: Some(offer.id()),
            facets,
            by_role: Some(Role::ClinicalNavigator),
            reference: Some(code("A-1")),
            conditions: None,
            signed_note: None,
        }))
    }

    /// The offer was declined, all of it.
    pub fn declined(&mut self, offer: &Event, reason: DeclineReason) -> Event {
        let facets = offered_facets(offer);
        self.event(Body::HandoverDeclined(HandoverDeclined {
            offer: Some(offer.id()),
            facets,
            by_role: Some(Role::OnCallManager),
            reference: None,
            reason: Some(reason),
            conditions: None,
            signed_note: None,
            reason_text: None,
        }))
    }

    /// The incident was closed.
    pub fn closed(&mut self) -> Event {
        self.event(Body::IncidentClosed(IncidentClosed {
            closing_code: code("resolved"),
            qualifiers: Vec::new(),
            unowned_reason: None,
            reason_text: None,
        }))
    }
}

fn offered_facets(offer: &Event) -> Vec<Facet> {
    match &offer.record.body {
        Body::HandoverOffered(offer) => offer.facets.clone(),
        _ => Vec::new(),
    }
}

/// Entry 0 of a ledger.
///
/// # Panics
/// If origin or agency are misspelt.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that misspells an origin is mistaken")]
pub fn ledger_opened(id: [u8; 16], origin: &str, of: &str, created: Timestamp) -> Event {
    let origin = Origin::new(origin).expect("an origin");
    ledger_wide(
        of,
        created,
        0,
        Body::LedgerOpened(LedgerOpened {
            id: LedgerId::from_bytes(id),
            origin,
            agency: agency(of),
            created,
        }),
    )
}

/// The machine's clock was found too early.
#[must_use]
pub fn clock_stepped(of: &str, reading: Timestamp) -> Event {
    ledger_wide(of, reading, 1, Body::ClockStepped(ClockStepped { reading }))
}

/// Two people set the ledger's clock back to the machine's.
#[must_use]
pub fn clock_corrected(of: &str, reading: Timestamp) -> Event {
    let second = actor(of, Role::Supervisor, 2);
    ledger_wide(
        of,
        reading,
        2,
        Body::ClockCorrected(ClockCorrected { reading, second, why: code("ntp-fault") }),
    )
}

/// Any body, as an event of the ledger as a whole. The id is the software's own, made from `n`.
#[must_use]
pub fn ledger_wide(of: &str, at: Timestamp, n: u64, body: Body<Stored>) -> Event {
    let common = Common {
        event_id: event_id(at, n),
        incident: None,
        occurred_at: at,
        uncertainty_s: 0,
        entered_at: None,
        late_reason: None,
        actor: Actor { agency: agency(of), role: Role::System, staff: None },
        asserted_by: agency(of),
        submitted_by: SubmittedBy::new(agency(of), Channel::Cli),
        subject: None,
        location: None,
        source: Source { system: Code::ONUS, reference: None, inferred: false, retold: None },
        policy: None,
        regime: Regime::Undetermined,
        corrects: None,
        causes: Vec::new(),
    };
    Event::new(Record { common, body }, IdOrigin::Software)
}

/// An id in the form of a v7 UUID: the millisecond of `at`, the rest made from `n`.
///
/// # Panics
/// Never: the version bits are neither all zeros nor all ones.
#[must_use]
#[expect(clippy::expect_used, reason = "the version bits are neither all zeros nor all ones")]
pub fn event_id(at: Timestamp, n: u64) -> EventId {
    let ms = u64::try_from(at.as_us() / 1_000).unwrap_or(0);
    let mut seed = Seed::new(n);
    let bits = (u128::from(ms) << 80) | (u128::from(seed.bits() >> 48) << 64) | u128::from(seed.bits());
    let version = (bits & !(0xf << 76)) | (7 << 76);
    let variant = (version & !(0b11 << 62)) | (0b10 << 62);
    EventId::from_bytes(variant.to_be_bytes()).expect("neither nil nor max")
}

/// An agency such as `police:sussex`.
///
/// # Panics
/// If the text is not one.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that misspells an agency is mistaken")]
pub fn agency(text: &str) -> AgencyId {
    AgencyId::parse(text).expect("an agency: kind:code")
}

/// A code.
///
/// # Panics
/// If the text is not one.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that misspells a code is mistaken")]
pub fn code(text: &str) -> Code {
    Code::new(text).expect("a code")
}

/// An instant.
///
/// # Panics
/// If the text is not one.
#[must_use]
#[expect(clippy::expect_used, reason = "a test that misspells a time is mistaken")]
pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// The token of the `n`th person or place.
#[must_use]
pub fn token(n: u64) -> Token {
    let mut seed = Seed::new(n);
    let bits = (u128::from(seed.bits()) << 64) | u128::from(seed.bits());
    Token::from_bytes(bits.to_be_bytes())
}

/// The `n`th member of an agency's staff, in a role.
#[must_use]
pub fn actor(of: &str, role: Role, n: u64) -> Actor<Stored> {
    Actor { agency: agency(of), role, staff: Some(token(n)) }
}

/// A grade without code or target.
#[must_use]
pub fn grade(level: GradeLevel) -> Grade {
    Grade { level, local_code: None, target_minutes: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_told_in_full_encodes_and_reads_back() {
        let mut call = incident("police:sussex/2023-05-01/4471");
        let contact = call.contact();
        let notified = call.notified("ambulance:secamb").caused_by(&contact);
        let offer = call.offered(&[Facet::Care, Facet::FollowUp], "mh_trust:RX2");
        let told = vec![
            call.opened(),
            call.information(InformationKind::RiskInfo),
            call.triage(Strand::ConcernForWelfare).under_policy("rcrp@2"),
            call.decided(Attendance::NoDeployRefer).by("police:sussex", Role::ForceIncidentManager),
            call.informed(Informed::NotAttending),
            call.acknowledged(&notified),
            call.declined(&offer, DeclineReason::NoCapacity),
            call.accepted(&offer),
            call.closed().with_software_id(),
            contact,
            notified,
            offer,
            ledger_opened([3; 16], "sussex.police.uk/onus", "police:sussex", time("2023-05-01T08:00Z")),
            clock_stepped("police:sussex", time("2023-05-01T08:00Z")),
            clock_corrected("police:sussex", time("2023-05-01T08:00Z")),
        ];
        let mut ids = std::collections::BTreeSet::new();
        for event in &told {
            let encoded = event.encode();
            let head = encoded.head(onus_core::seq::Seq::new(0), Timestamp::MIN, 0);
            assert_eq!(Record::decode(&head, encoded.record()).as_ref(), Ok(event.record()));
            assert!(ids.insert(event.id()), "{} has an id of its own", event.record().kind().name());
            assert_eq!(event.id().to_string().as_bytes()[14], b'7');
        }
    }

    #[test]
    fn the_same_calls_give_the_same_bytes() {
        assert_eq!(contact("police:sussex/2023-05-01/1", 3), contact("police:sussex/2023-05-01/1", 3));
        let fourth = incident("police:sussex/2023-05-01/1");
        let mut fourth = IncidentEvents { next: 3, ..fourth };
        fourth.at = fourth.at.plus_us(3 * MINUTE_US);
        assert_eq!(contact("police:sussex/2023-05-01/1", 3), fourth.contact().encode());
        assert_ne!(
            contact("police:sussex/2023-05-01/1", 3).event_id(),
            contact("police:sussex/2023-05-01/2", 3).event_id()
        );
    }
}
