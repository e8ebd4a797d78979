//! What the frozen ledger is asked. Each question is a file of `tests/frozen/3058c0c/answers`.

pub(super) const STORY: &str = "police:sussex/2025-11-03/7";
const DISPUTED: &str = "police:met/2024-06-12/1";
pub(super) const SUPERVISOR: &str = "police:sussex/supervisor";
const OFFICER: &str = "police:sussex/data_protection_officer";

/// The name of a file in `answers`, and what is typed.
pub(crate) type Question = (&'static str, &'static [&'static str]);

pub(crate) const QUESTIONS: &[Question] = &[
    ("verify", &["verify", "--format", "json"]),
    ("verify-access", &["verify", "--access", "--format", "json"]),
    ("access-verify", &["access", "verify", "--format", "json"]),
    ("verify-checkpoint", &["verify", "--checkpoint", "files/first.checkpoint", "--format", "json"]),
    ("stats", &["stats", "--format", "json"]),
    ("show-story", &["show", STORY, "--format", "json"]),
    ("show-story-words", &["show", STORY, "--format", "table"]),
    ("show-story-rows", &["show", STORY, "--format", "csv"]),
    ("show-story-known-at", &["show", STORY, "--known-at", "2025-11-03T20:40", "--format", "json"]),
    ("show-full-words", &["show", "police:sussex/2025-11-01/61", "--format", "table"]),
    ("show-bare", &["show", "police:sussex/2025-11-01/62", "--format", "json"]),
    ("show-bare-words", &["show", "police:sussex/2025-11-01/62", "--format", "table"]),
    ("show-withheld", &["show", "police:sussex/2025-11-01/63", "--format", "json"]),
    ("show-erased", &["show", "police:sussex/2025-11-03/11", "--format", "json"]),
    ("show-case", &["show", "police:sussex/2023-02-14/1", "--format", "json"]),
    (
        "show-disclosed",
        &["show", "police:sussex/2025-11-03/8", "--keys", "files/keys.json", "--format", "json"],
    ),
    ("who-custody", &["who", STORY, "--facet", "custody", "--at", "2025-11-03T22:50", "--format", "json"]),
    (
        "who-disputed",
        &["who", DISPUTED, "--facet", "custody", "--at", "2024-06-12T02:30", "--format", "json"],
    ),
    (
        "who-declined",
        &[
            "who",
            "police:sussex/2025-11-03/8",
            "--facet",
            "response",
            "--at",
            "2025-11-03T22:00",
            "--format",
            "json",
        ],
    ),
    ("dispute", &["dispute", DISPUTED, "--format", "json"]),
    ("dispute-words", &["dispute", DISPUTED, "--format", "table"]),
    ("flags", &["flags", "--as-of", "2026-02-01T00:00", "--format", "json"]),
    ("flags-known-at", &["flags", "--known-at", "2026-01-05T11:00", "--format", "json"]),
    ("report", &["report", "--from", "2025-11-01", "--to", "2025-11-30", "--format", "json"]),
    (
        "report-norfolk",
        &[
            "report",
            "--from",
            "2024-03-01",
            "--to",
            "2024-03-31",
            "--agency",
            "police:norfolk",
            "--format",
            "json",
        ],
    ),
    (
        "report-suppressed",
        &["report", "--from", "2023-01-01", "--to", "2025-12-31", "--suppress", "5", "--format", "json"],
    ),
    ("report-coverage", &["report", "--coverage", "--format", "json"]),
    ("sample-frame", &["sample", "--frame", "--format", "json"]),
    ("sample", &["sample", "--size", "6", "--seed", "6e6f72666f6c6b", "--format", "json"]),
    (
        "sample-of-decisions",
        &[
            "sample",
            "--kind",
            "AttendanceDecided",
            "--size",
            "6",
            "--seed",
            "6e6f72666f6c6b",
            "--format",
            "json",
        ],
    ),
    (
        "find-decisions",
        &["find", "--kind", "AttendanceDecided", "--outcome", "no_deploy_refer", "--format", "json"],
    ),
    ("find-by-kind", &["find", "--group-by", "kind", "--format", "json"]),
    (
        "find-by-counterpart",
        &["find", "--kind", "HandoverOffered", "--group-by", "counterpart", "--format", "json"],
    ),
    ("policy-list", &["policy", "list", "--format", "json"]),
    (
        "policy-in-force",
        &["policy", "in-force", "--agency", "police:met", "--at", "2023-11-05T00:00", "--format", "json"],
    ),
    ("hold-list", &["hold", "list", "--format", "json"]),
    ("restrictions", &["restrictions", "--format", "json"]),
    ("key-show", &["key", "show", "--format", "json"]),
    ("witness-show", &["witness", "show", "--format", "json"]),
    ("access-find", &["access", "find", "--format", "json"]),
    (
        "access-find-erased",
        &["access", "find", "--incident", "police:sussex/2025-11-03/11", "--format", "json"],
    ),
    ("access-report", &["access", "report", "--format", "json"]),
    ("access-ledger", &["-l", "ledger.private/access", "find", "--format", "json"]),
    (
        "retention-due",
        &["retention", "due", "--rules", "schedule.toml", "--on", "2040-01-01", "--format", "json"],
    ),
    ("seal-status", &["seal", "status", "--format", "json"]),
    ("token", &["token", "frozen-subject-1"]),
    ("index-verify", &["index", "verify"]),
];

/// What opens sealed texts. Each writes a line of the access ledger, so these are put to a copy of their own.
pub(crate) const REVEALED: &[Question] = &[
    (
        "revealed-story",
        &["--as", SUPERVISOR, "show", STORY, "--reveal", "--why", "frozen", "--format", "json"],
    ),
    (
        "revealed-full",
        &[
            "--as",
            SUPERVISOR,
            "show",
            "police:sussex/2025-11-01/61",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-withheld",
        &[
            "--as",
            SUPERVISOR,
            "show",
            "police:sussex/2025-11-01/63",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-restricted",
        &[
            "--as",
            OFFICER,
            "show",
            "police:sussex/2025-11-03/10",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-for-a-purpose",
        &[
            "--as",
            OFFICER,
            "show",
            "police:sussex/2025-11-03/10",
            "--reveal",
            "--for",
            "legal_claims",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-erased",
        &[
            "--as",
            OFFICER,
            "show",
            "police:sussex/2025-11-03/11",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-erased-subject",
        &[
            "--as",
            OFFICER,
            "show",
            "police:sussex/2025-11-03/12",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "json",
        ],
    ),
    (
        "revealed-case",
        &[
            "--as",
            SUPERVISOR,
            "show",
            "police:sussex/2023-02-14/1",
            "--reveal",
            "--why",
            "frozen",
            "--format",
            "table",
        ],
    ),
];

/// What was handed out on the days on which the ledger was written. `{1}` and `{2}` are its first and second key for
/// checkpoints, `{w}` is the key of the witness.
pub(super) const CHECKED: &[Question] = &[
    ("check-entry", &["check", "files/offer.tlog-proof", "--key", "{2}"]),
    ("check-incident", &["check", "files/incident.json", "--key", "{2}"]),
    ("check-evidence", &["check", "files/case.html", "--key", "{2}"]),
    ("check-export", &["check", "files/case", "--key", "{2}"]),
    (
        "check-checkpoints",
        &["check", "files/first.checkpoint", "files/last.checkpoint", "--key", "{1}", "--key", "{2}"],
    ),
    ("check-witnessed", &["check", "files/witnessed.checkpoint", "--key", "{2}", "--key", "{w}"]),
    ("check-receipts", &["check", "files/receipts.ndjson", "--key", "{1}"]),
    ("check-erasure", &["check", "files/erasure.json", "--key", "{2}"]),
    ("check-untrusted", &["check", "files/offer.tlog-proof", "--key", "{1}"]),
    ("check-request", &["handover", "read", "files/offer.json", "--key", "{1}", "--format", "json"]),
];

pub(super) const EXPORTS: &[Question] = &[
    ("export-ndjson", &["ndjson"]),
    (
        "export-ndjson-opened",
        &[
            "ndjson",
            "--incident",
            STORY,
            "--disclose",
            "AttendanceDecided.rationale",
            "--to",
            "HMICFRS",
            "--ground",
            "inspection",
        ],
    ),
    ("export-csv", &["csv"]),
    ("export-sqlite", &["sqlite"]),
    ("export-parquet", &["parquet"]),
    ("export-fhir", &["fhir"]),
    ("export-s136", &["s136", "--year", "2026"]),
    ("export-dispute", &["dispute", DISPUTED]),
    ("export-disclosure-schedule", &["disclosure-schedule", STORY]),
    ("export-foi", &["foi", "--from", "2023-01-01", "--until", "2025-12-31"]),
];
