//! What drafts say: the values of a control room's systems, drawn by chance.

use super::{Open, STAFF, Texts, Tokens, Workload};
use onus_core::bodies::closing::IncidentClosed;
use onus_core::bodies::contact::{ContactReceived, IncidentOpened};
use onus_core::bodies::decision::{AgencyNotified, AttendanceDecided, CallerInformed};
use onus_core::bodies::handover::HandoverOffered;
use onus_core::bodies::triage::TriageAssessed;
use onus_core::code::Code;
use onus_core::ids::{AgencyId, EventId, Token};
use onus_core::kinds::Body;
use onus_core::model::{Actor, Common, Grade, PolicyRef, Source};
use onus_core::sealed::{DraftText, Plain};
use onus_core::stage::{Asserted, DraftToken, Drafted, Given, NotStated};
use onus_core::time::Timestamp;
use onus_core::vocabulary::{
    Attendance, CallerType, Confidence, Facet, GradeLevel, Immediacy, Informed, Limb, NotificationMethod,
    Regime, Role, Strand, Told, Tri, TriageModel,
};
use onus_testkit::seed::Seed;

/// Of these, on duty in one shift.
const ON_DUTY: u64 = 40;
const SHIFT_S: i64 = 28_800;
/// A rationale of 80 characters, of which the tail varies.
const TEXT_CHARS: usize = 80;

/// Codes that are read once.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) force: AgencyId,
    partners: [AgencyId; 4],
    cad: Code,
    policy: PolicyRef,
    question_set: Code,
    opening: [Code; 4],
    grades: [Code; 4],
    reasons: [Code; 3],
    advice: [Code; 3],
    closing: [Code; 3],
    mental_health: Code,
}

impl Names {
    /// `None` only if one of these were misspelt.
    pub(super) fn read() -> Option<Self> {
        let codes = |texts: [&str; 4]| {
            Some([Code::new(texts[0])?, Code::new(texts[1])?, Code::new(texts[2])?, Code::new(texts[3])?])
        };
        let three =
            |texts: [&str; 3]| Some([Code::new(texts[0])?, Code::new(texts[1])?, Code::new(texts[2])?]);
        Some(Self {
            force: AgencyId::parse("police:mps")?,
            partners: [
                AgencyId::parse("ambulance:las")?,
                AgencyId::parse("mh_trust:RV5")?,
                AgencyId::parse("nhs_111:london")?,
                AgencyId::parse("local_authority:lambeth")?,
            ],
            cad: Code::new("cad")?,
            policy: PolicyRef { policy: Code::new("mps-rcrp")?, version: Code::new("2023-11")? },
            question_set: Code::new("mps-thrive-3")?,
            opening: codes([
                "concern-for-welfare",
                "walkout-healthcare",
                "awol-mental-health",
                "medical-support",
            ])?,
            grades: codes(["I", "S", "E", "R"])?,
            reasons: three(["no-threshold-met", "health-lead-agency", "threshold-met"])?,
            advice: three(["call-999-if-worse", "contact-crisis-line", "contact-gp"])?,
            closing: three(["concern-for-welfare", "medical-support", "no-further-action"])?,
            mental_health: Code::new("mental-health")?,
        })
    }
}

impl Workload {
    /// What every draft says.
    pub(super) fn common(&mut self, open: &Open, event_id: EventId) -> Common<Drafted> {
        let reference = Code::new(&format!("{}/{}", open.incident.number, open.done + 1));
        let role = if open.done == 5 { Role::Dispatcher } else { Role::CallHandler };
        let shift = u64::try_from(self.now_s / SHIFT_S).unwrap_or(0);
        let staff = usize::try_from(shift * ON_DUTY + self.seed.below(ON_DUTY)).ok();
        let staff = staff.and_then(|on_duty| self.staff.get(on_duty % STAFF)).copied();
        let token = |token: Token, in_event: u8| {
            (self.tokens == Tokens::Everywhere || open.done == in_event).then_some(DraftToken::Token(token))
        };
        let names = &self.names;
        Common {
            event_id: Given::Source(event_id),
            incident: Some(open.incident.clone()),
            occurred_at: Timestamp::from_us(self.now_s.saturating_mul(1_000_000)).unwrap_or(Timestamp::MIN),
            uncertainty_s: 0,
            entered_at: None,
            late_reason: None,
            actor: Actor { agency: names.force.clone(), role, staff: staff.map(DraftToken::Token) },
            asserted_by: Asserted::By(names.force.clone()),
            submitted_by: NotStated,
            subject: token(open.subject, 2),
            location: token(open.location, 1),
            source: Source { system: names.cad.clone(), reference, inferred: false, retold: None },
            policy: (open.done == 3).then(|| names.policy.clone()),
            regime: Regime::General,
            corrects: None,
            causes: Vec::new(),
        }
    }

    /// What this one says.
    pub(super) fn body(&mut self, open: &Open) -> Body<Drafted> {
        let (seed, names) = (&mut self.seed, &self.names);
        let sent = open.outcome == Attendance::Deploy;
        let partner = seed.pick(&names.partners).clone();
        let tri = |seed: &mut Seed, yes_in: u64| match seed.below(yes_in) {
            0 => Tri::Yes,
            1 => Tri::Unknown,
            _ => Tri::No,
        };
        match open.done {
            0 => Body::ContactReceived(ContactReceived {
                channel: open.channel,
                caller_type: *seed.pick(&CALLERS),
                audio_ref: None,
                repeat_of: None,
                agency: None,
                ended: None,
            }),
            1 => Body::IncidentOpened(IncidentOpened {
                opening_code: seed.pick(&names.opening).clone(),
                local_code: None,
                grade: Some(Grade {
                    level: *seed.pick(&GRADES),
                    local_code: Some(seed.pick(&names.grades).clone()),
                    target_minutes: None,
                }),
                silent: Vec::new(),
            }),
            2 => Body::TriageAssessed(TriageAssessed {
                model: TriageModel::Thrive,
                question_set_version: Some(names.question_set.clone()),
                strand: open.strand,
                risk_to_life: if sent { Tri::Yes } else { tri(seed, 20) },
                serious_harm: tri(seed, 8),
                immediacy: *seed.pick(&IMMEDIACY),
                crime: tri(seed, 12),
                age_band: None,
                complete: seed.below(10) > 0,
                missing_risk: None,
            }),
            3 => Body::AttendanceDecided(AttendanceDecided {
                outcome: open.outcome,
                grade: None,
                limbs_met: if sent { vec![Limb::Art2Life] } else { Vec::new() },
                reason_code: Some(seed.pick(&names.reasons).clone()),
                rationale: (self.texts == Texts::EverySixth).then(|| text(open)).flatten(),
                considered: open.last.into_iter().collect(),
                confidence: Some(*seed.pick(&CONFIDENCE)),
                to: None,
            }),
            4 => match seed.below(10) {
                0 | 1 => Body::AgencyNotified(AgencyNotified {
                    agency: partner,
                    method: NotificationMethod::Telephone,
                    partner_ref: None,
                    told: if sent { Told::Attending } else { Told::NotAttending },
                    needed_by: None,
                    content_digest: None,
                }),
                2 => Body::HandoverOffered(HandoverOffered {
                    facets: vec![Facet::Response, Facet::Care],
                    from: names.force.clone(),
                    to: partner,
                    risk_summary: None,
                    needed_by: None,
                }),
                _ => Body::CallerInformed(CallerInformed {
                    informed: if sent { Informed::Attending } else { Informed::NotAttending },
                    advice_given: if sent { Vec::new() } else { vec![seed.pick(&names.advice).clone()] },
                    understood: Tri::Yes,
                    decision_event: open.last,
                    agency: None,
                    within_minutes: None,
                }),
            },
            _ => Body::IncidentClosed(IncidentClosed {
                closing_code: seed.pick(&names.closing).clone(),
                qualifiers: vec![names.mental_health.clone()],
                unowned_reason: None,
                reason_text: None,
            }),
        }
    }
}

/// What a decider types.
fn text(open: &Open) -> Option<DraftText> {
    let words = format!(
        "Caller speaks to him now, calm, no weapon, no injury; ambulance asked. Log {}",
        open.incident.number
    );
    let padded: String = words.chars().chain(std::iter::repeat('.')).take(TEXT_CHARS).collect();
    Plain::new(&padded).map(DraftText::Plain)
}

pub(super) const STRANDS: [Strand; 4] =
    [Strand::ConcernForWelfare, Strand::WalkoutHealthcare, Strand::AwolMentalHealth, Strand::MedicalSupport];
pub(super) const NOT_SENT: [Attendance; 3] =
    [Attendance::NoDeploySignpost, Attendance::NoDeployRefer, Attendance::NoDeployAdvice];
const CALLERS: [CallerType; 4] =
    [CallerType::Member, CallerType::FamilyOrFriend, CallerType::HealthProfessional, CallerType::Ambulance];
const GRADES: [GradeLevel; 3] = [GradeLevel::Immediate, GradeLevel::Priority, GradeLevel::Scheduled];
const IMMEDIACY: [Immediacy; 3] = [Immediacy::PresentAndOngoing, Immediacy::Conditional, Immediacy::Unknown];
const CONFIDENCE: [Confidence; 3] = [Confidence::Low, Confidence::Medium, Confidence::High];
