//! Policy as data, and what a source says it sent.

use crate::code::Code;
use crate::declare::record;
use crate::ids::AgencyId;
use crate::model::{Days, PolicyRef};
use crate::time::Timestamp;
use crate::vocabulary::{AgeBand, Attendance, EscalationLevel, GradeLevel, Outcome, Role, Strand};

record! {
    /// A version of a policy was published.
    struct PolicyPublished {
        /// Which.
        policy: PolicyRef,
        /// The version that it supersedes.
        supersedes: Option<PolicyRef>,
        /// To what it applies.
        scope: PolicyScope,
        /// From when.
        effective_from: Timestamp,
        /// Until when.
        effective_to: Option<Timestamp>,
        /// Limits.
        thresholds: Thresholds,
        /// The question sets in use.
        question_sets: Vec<Code>,
        /// The checks to make before a decision.
        required_checks: Vec<Code>,
        /// Who may decide what.
        authority: Vec<AuthorityRule>,
        /// Who may publish the next version; empty keeps what the previous version says.
        publishers: Vec<Role>,
        /// What lowering a grade needs.
        downgrade: Option<DowngradeRule>,
        /// The escalation ladder.
        escalation: Vec<LadderRung>,
        /// Targets by grade.
        grade_targets: Vec<GradeMinutes>,
        /// The longest acceptable arrival of a partner, by grade.
        eta_limits: Vec<GradeMinutes>,
        /// Outcomes that open follow-up.
        follow_up_after: Vec<Outcome>,
        /// Limits of single rules, by name; what is left out comes from this project's defaults.
        limits: Vec<NamedLimit>,
    }

    /// To what a policy applies; an empty list means all.
    struct PolicyScope {
        /// Whose policy.
        force: AgencyId,
        /// Which strands.
        strands: Vec<Strand>,
        /// Which age bands.
        age_bands: Vec<AgeBand>,
    }

    /// A policy's limits; what is left out comes from this project's defaults, which say so.
    struct Thresholds {
        /// Minutes that the response may stand unowned.
        unowned_minutes: Option<u32>,
        /// Minutes within which people are told.
        tell_minutes: Option<u32>,
        /// Minutes within which a slipped promise is acted on.
        slipped_promise_minutes: Option<u32>,
        /// Minutes after which an open incident is assessed again.
        retriage_minutes: Option<u32>,
        /// Minutes after which an entry is late.
        late_entry_minutes: Option<u32>,
        /// Characters that a rationale must have.
        rationale_chars_min: Option<u32>,
        /// Hours within which another contact is a repeat.
        repeat_window_hours: Option<u32>,
        /// Minutes from arrival to acceptance.
        handover_minutes: Option<u32>,
    }

    /// A limit of one rule. Of two with one name the first counts.
    struct NamedLimit {
        /// Its name in `docs/policies/default.toml`.
        limit: Code,
        /// How much, in the unit that the name ends with.
        value: u32,
    }

    /// One row of the authority matrix.
    struct AuthorityRule {
        /// This role …
        role: Role,
        /// … may decide these outcomes …
        outcomes: Vec<Attendance>,
        /// … when one of these roles ratifies; alone if empty.
        ratified_by: Vec<Role>,
    }

    /// What lowering a grade needs.
    struct DowngradeRule {
        /// A reassessment first.
        reassessment: bool,
        /// The authorisation of one of these roles.
        authorised_by: Vec<Role>,
    }

    /// One rung of the escalation ladder.
    struct LadderRung {
        /// Which.
        level: EscalationLevel,
        /// Who stands on it.
        role: Role,
        /// Minutes to answer.
        target_minutes: Option<u32>,
        /// Minutes without a unit, or in dispute, after which this rung is called.
        after_minutes: Option<u32>,
    }

    /// Minutes for one grade.
    struct GradeMinutes {
        /// The level.
        level: GradeLevel,
        /// The local code, where the level alone does not say.
        local_code: Option<Code>,
        /// Minutes.
        minutes: u32,
    }

    /// A policy was withdrawn.
    struct PolicyWithdrawn<S> {
        /// Which.
        policy: PolicyRef,
        /// From when.
        effective_from: Timestamp,
        /// Why.
        reason: Option<S::Text> = sealed(16),
    }

    /// How many records a source says it sent.
    struct SourceTallied {
        /// The source.
        system: Code,
        /// For which days.
        period: Days,
        /// Of which kind, in the source's words or by this ledger's kinds.
        kind: Option<Code>,
        /// How many.
        count: u64,
    }
}
