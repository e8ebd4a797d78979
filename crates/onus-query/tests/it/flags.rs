//! The rules, one by one: for each what raises it, what does not, and the limit, kept to the second and a second
//! later passed.

mod accounts;
mod at_once;
mod awaited;
mod boundaries;
mod callers;
mod changes;
mod custody;
mod decisions;
mod duties;
mod edges;
mod erasure;
mod homes;
mod in_time;
mod instants;
mod ladder;
mod leaving;
mod ledger_wide;
mod new_risk;
mod overtaken;
mod page;
mod policies;
mod presence;
mod refusals;
mod requests;
mod rows;
mod safety_net;
mod silence;
mod silent_sources;
mod spans;
mod tellings;
mod titles;
mod told_apart;
mod uncertainty;

use crate::stage::{entries, history};
use onus_core::bodies::decision::AssistanceAnswered;
use onus_core::history::{History, KnownBy};
use onus_core::ids::EventId;
use onus_core::kinds::Body;
use onus_core::model::Grade;
use onus_core::stage::Stored;
use onus_core::time::Timestamp;
use onus_core::vocabulary::{AssistanceAnswer, GradeLevel, Role, Strand, Tri};
use onus_query::flags::{Code, Context, Finding, Repeats, judge};
use onus_query::policy::Policies;
use onus_testkit::events::{Event, IncidentEvents, incident, time};

const POLICE: &str = "police:met";
const AMBULANCE: &str = "ambulance:las";
const TRUST: &str = "mh_trust:RV5";
/// A minute, in seconds.
const MIN: i64 = 60;
const HOUR: i64 = 3_600;
/// When *now* is unless a test says otherwise: long after.
const LATER: i64 = 1_000 * HOUR;

/// An answer to a request, without a reason.
fn answer_to(request: EventId, answer: AssistanceAnswer, eta_minutes: Option<u32>) -> Body<Stored> {
    Body::AssistanceAnswered(AssistanceAnswered {
        request,
        answer,
        eta_minutes,
        reason: None,
        reason_text: None,
    })
}

/// An instant so many seconds into the story.
fn at(seconds: i64) -> Timestamp {
    time("2024-05-01T09:00:00+01:00").plus_us(seconds * 1_000_000)
}

fn call() -> IncidentEvents {
    incident("police:met/2024-05-01/1")
}

/// An event so many seconds into the story.
fn on(seconds: i64, event: Event) -> Event {
    event.with(|record| record.common.occurred_at = at(seconds))
}

/// Entered so many seconds into the story.
fn entered(seconds: i64, event: Event) -> Event {
    event.with(|record| record.common.entered_at = Some(at(seconds)))
}

/// With another body, changed from what it was.
macro_rules! body {
    ($event:expr, $kind:ident, |$body:ident| $change:expr) => {
        $event.with(|record| match &mut record.body {
            onus_core::kinds::Body::$kind($body) => $change,
            other => panic!("another kind of event: {other:?}"),
        })
    };
}
use body;

/// An assessment with these answers: risk to life, serious harm, crime.
fn triage(call: &mut IncidentEvents, seconds: i64, life: Tri, harm: Tri, crime: Tri) -> Event {
    let triage = call.triage(Strand::ConcernForWelfare);
    on(
        seconds,
        body!(triage, TriageAssessed, |body| {
            body.risk_to_life = life;
            body.serious_harm = harm;
            body.crime = crime;
        }),
    )
}

/// The same, again.
fn again(call: &mut IncidentEvents, seconds: i64) -> Event {
    use onus_core::bodies::triage::TriageReassessed;
    use onus_core::vocabulary::{Immediacy, ReassessmentTrigger, TriageModel};
    on(
        seconds,
        call.event(Body::TriageReassessed(TriageReassessed {
            trigger: ReassessmentTrigger::TimedReview,
            model: TriageModel::Thrive,
            question_set_version: None,
            strand: Strand::ConcernForWelfare,
            risk_to_life: Tri::Unknown,
            serious_harm: Tri::Unknown,
            immediacy: Immediacy::Unknown,
            crime: Tri::No,
            age_band: None,
            complete: true,
            missing_risk: None,
        })),
    )
}

fn graded(level: GradeLevel, target_minutes: Option<u32>) -> Grade {
    Grade { level, local_code: None, target_minutes }
}

/// What is flagged under a code: entry by its place among the events (from 1), account, severity.
fn raised(code: &str, events: &[Event], policies: &[Event], now: i64) -> Vec<(u64, String, &'static str)> {
    let found = findings(code, &history(events), policies, None, now);
    found
        .iter()
        .map(|finding| (finding.entry.get(), finding.account.to_string(), finding.severity.as_str()))
        .collect()
}

fn findings(
    code: &str,
    history: &History,
    policies: &[Event],
    repeats: Option<&Repeats>,
    now: i64,
) -> Vec<Finding> {
    let policies = Policies::new(&entries(policies), KnownBy::Entered);
    let wanted = Code::parse(code).expect("a code");
    let found = judge(history, &Context { policies: &policies, repeats }, at(now));
    found.into_iter().filter(|finding| finding.code == wanted).collect()
}

/// Which entries are flagged under a code, long afterwards, without a policy.
fn flagged(code: &str, events: &[Event]) -> Vec<u64> {
    raised(code, events, &[], LATER).into_iter().map(|(entry, ..)| entry).collect()
}
