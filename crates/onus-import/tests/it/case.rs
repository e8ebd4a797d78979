//! Cases written by hand: as lines, as tables, and what is wrong with one.

use onus_core::example;
use onus_core::kinds::{Kind, Maker};
use onus_core::phrase::{PHRASES, Phrase};
use onus_core::record::Draft;
use onus_import::case::{expand, say};
use serde_json::{Value, json};

fn drafted() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.maker() == Maker::Draft)
}

/// The drafts of a case, without the ids that it gives them: every id is the number of its event instead.
fn drafts(case: &str) -> Vec<Draft> {
    let expanded = expand(case).unwrap_or_else(|e| panic!("{e}\n{case}"));
    numbered(expanded.into_iter().map(|draft| draft.json))
}

fn numbered(lines: impl Iterator<Item = String>) -> Vec<Draft> {
    let lines: Vec<String> = lines.collect();
    let id =
        |line: &String| serde_json::from_str::<Value>(line).unwrap()["event_id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = lines.iter().map(id).collect();
    let mut text = lines.join("\n");
    for (number, id) in (1..).zip(&ids) {
        text = text.replace(id, &format!("00000000-0000-8000-8000-{number:012}"));
    }
    text.lines().map(|line| Draft::parse(line.as_bytes()).unwrap()).collect()
}

/// A draft of a kind with everything that one can say.
fn whole(kind: Kind) -> Value {
    let mut draft = example::draft(kind);
    let members = draft.as_object_mut().unwrap();
    for (name, value) in [
        ("uncertainty_s", json!(60)),
        ("entered_at", json!("2026-01-31T15:00")),
        ("late_reason", json!("learned \"late\"\\\nby telephone")),
        ("asserted_by", json!("police:northshire")),
        ("subject", json!({ "id": "subject one" })),
        ("policy", json!({ "policy": "rcrp", "version": "3" })),
        ("regime", json!("mixed")),
        ("causes", json!(["019a4640-1a00-7c3e-8a4f-5b6c7d8e9f01"])),
        ("corrects", json!({ "event_id": "019a4640-1a00-7c3e-8a4f-5b6c7d8e9f02", "reason": "a slip" })),
    ] {
        members.insert(name.into(), value);
    }
    draft
}

#[test]
fn the_example_of_every_kind_said_as_a_line_expands_to_that_draft() {
    for kind in drafted() {
        for draft in [example::draft(kind), whole(kind)] {
            let said = say(&draft).unwrap();
            let expected = without(draft.clone(), &said.unsaid);
            // What a line cannot say: lists of objects, and what every event has under a name that its body has too.
            let lists = ["authority", "escalation", "grade_targets", "eta_limits", "limits"];
            let fields = Phrase::of(kind).unwrap().body_fields();
            let beyond = |path: &&String| match path.strip_prefix("body.") {
                Some(name) => kind != Kind::PolicyPublished || !lists.contains(&name),
                None => !fields.iter().any(|field| field.name == path.as_str()),
            };
            assert_eq!(said.unsaid.iter().filter(beyond).count(), 0, "{}: {:?}", kind.name(), said.unsaid);
            let case = format!("---\n{}\n", said.line);
            let expanded = expand(&case).unwrap_or_else(|e| panic!("{e}\n{case}"));
            let mut found: Value = serde_json::from_str(&expanded[0].json).unwrap();
            found.as_object_mut().unwrap().remove("event_id");
            if said.unsaid.iter().any(|path| path == "source") {
                found.as_object_mut().unwrap().remove("source");
            }
            assert_eq!(found, expected, "{case}");
        }
    }
}

fn without(mut draft: Value, unsaid: &[String]) -> Value {
    draft.as_object_mut().unwrap().remove("event_id");
    for path in unsaid {
        match path.strip_prefix("body.") {
            Some(name) => draft["body"].as_object_mut().unwrap().remove(name),
            None => draft.as_object_mut().unwrap().remove(path.as_str()),
        };
    }
    draft
}

#[test]
fn every_draft_of_the_published_cases_said_as_a_line_expands_to_that_draft() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../onus/cases");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "ndjson") {
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let draft: Value = serde_json::from_str(line).unwrap();
            let said = say(&draft).unwrap();
            let system = draft["source"]["system"].as_str().unwrap();
            let lists = ["authority", "escalation", "grade_targets", "eta_limits", "limits"];
            if said
                .unsaid
                .iter()
                .any(|path| path.strip_prefix("body.").is_some_and(|name| lists.contains(&name)))
            {
                continue;
            }
            let reference =
                draft["source"]["reference"].as_str().map(|said| format!("reference = {said:?}\n"));
            let retold = draft["source"]["retold"].as_bool().map(|said| format!("retold = {said}\n"));
            let header = format!(
                "system = {system:?}\n{}{}",
                reference.unwrap_or_default(),
                retold.unwrap_or_default()
            );
            let case = format!("{header}---\n{}\n", said.line);
            let expanded = expand(&case).unwrap_or_else(|e| panic!("{}: {e}\n{case}", path.display()));
            let parse = |json: &str| Draft::parse(json.as_bytes()).unwrap();
            assert_eq!(parse(&expanded[0].json), parse(line), "{case}");
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn a_published_case_is_the_same_drafts_as_lines_as_tables_and_as_it_is_shipped() {
    let cases = [
        (
            include_str!("../cases/suffolk-2021.lines.toml"),
            include_str!("../cases/suffolk-2021.tables.toml"),
            include_str!("../../../onus/cases/suffolk-2021.ndjson"),
        ),
        (
            include_str!("../cases/sussex-2018.lines.toml"),
            include_str!("../cases/sussex-2018.tables.toml"),
            include_str!("../../../onus/cases/sussex-2018.ndjson"),
        ),
    ];
    for (lines, tables, shipped) in cases {
        let expected = numbered(shipped.lines().map(ToOwned::to_owned));
        assert_eq!(drafts(lines), expected);
        assert_eq!(drafts(tables), expected);
        assert_eq!(expand(lines), expand(lines), "the same case, the same ids");
    }
}

#[test]
fn every_fault_of_every_line_is_named_with_its_column_and_its_cure() {
    let header = "incident = \"police:sussex/2023-05-01/142\"\nagency = \"police:sussex\"\nrole = \"call_handler\"\n[people]\nsarah = { role = \"supervisor\" }\n---\n";
    // The lines begin on line 7.
    let cases: &[(&str, &[&str])] = &[
        (
            "02:05 decided no-deploy",
            &["line 7, column 15: body.outcome: expected one of", "(nearest: no_deploy)"],
        ),
        ("02:05 decided undeploy", &["line 7, column 15: body.outcome: expected one of"]),
        ("02:05 dceided deploy", &["line 7, column 7: expected a verb (nearest: decided); docs/by-hand.md"]),
        ("02:05 AttendanceDecided deploy", &["column 7: expected a verb (nearest: decided)"]),
        ("02:05", &["line 7, column 1: after the time, expected a verb: called"]),
        ("decided deploy", &["line 7, column 1: a line begins with its time: 02:05, `+1 02:05`"]),
        ("2 o'clock decided deploy", &["column 3: expected a verb"]),
        ("25:05 decided deploy", &["line 7, column 1: occurred_at: there is no such date or time of day"]),
        (
            "02:05 decided deploy ambulance:las now",
            &["line 7, column 36: one value too many: `decided` takes outcome, then to after it"],
        ),
        (
            "02:05 graded from=priority//x to=scheduled",
            &["line 7, column 14: body.from.target_minutes: expected"],
        ),
        (
            "02:05 decided deploy confidense=high",
            &["line 7, column 22: this field is not known (nearest: confidence)"],
        ),
        ("02:05 decided deploy outcome=deploy", &["line 7, column 22: outcome is stated twice"]),
        ("02:05 decided deploy actor=x", &["line 7, column 22: say who acted with `by`"]),
        ("02:05 decided deploy \"why", &["line 7, column 22: this text is not closed"]),
        (
            "02:05 dispatched police:sussex \"why\"",
            &["line 7, column 32: `dispatched` takes no text of its own"],
        ),
        (
            "02:05 decided deploy by sara",
            &["line 7, column 22: by: expected a name of [people]", "(nearest: one of [people])"],
        ),
        (
            "02:05 accepted care by mh_trust:RV5 nurse",
            &["line 7, column 21: by: expected a name of [people]", "(nearest: triage_nurse)"],
        ),
        ("02:05 decided deploy by", &["line 7, column 22: after `by`, expected who acted"]),
        ("02:05 decided deploy as one two", &["line 7, column 22: after `as`, expected one label"]),
        ("02:05 decided deploy as Refusal", &["line 7, column 22: as: expected a label"]),
        (
            "02:05 told attending understood=yes about refused\n02:06 decided deploy as refusal",
            &[
                "line 7, column 37: body.decision_event: expected the label",
                "(nearest: refusal)",
                "labels: refusal",
            ],
        ),
        (
            "02:05 decided deploy as one\n02:06 decided deploy as one",
            &["line 8, column 22: as: another event has this label"],
        ),
        (
            "23:50 decided deploy\n00:10 decided deploy",
            &["line 8, column 1: at: this is before the line above", "write `+1 02:05` for the next day"],
        ),
        (
            "02:05 opened x silent=ResorceArrived",
            &["line 7, column 16: body.silent: expected kinds of event", "(nearest: ResourceArrived)"],
        ),
        (
            "02:05 reviewed ratified about one,two",
            &["line 7, column 25: about: `reviewed` is about one event"],
        ),
        (
            "02:05 reviewed ratified about one reviewed_event=one\n02:06 closed x as one",
            &["about: body.reviewed_event says so already"],
        ),
    ];
    for (lines, expected) in cases {
        let error = expand(&format!("{header}{lines}\n")).unwrap_err().to_string();
        for part in *expected {
            assert!(error.contains(part), "{lines}\n{part}\n{error}");
        }
    }
    let undeploy = expand(&format!("{header}02:05 decided undeploy\n")).unwrap_err().to_string();
    assert!(!undeploy.contains("nearest: deploy"), "{undeploy}");
    let refused = expand(&format!("{header}02:05 unaccepted care\n")).unwrap_err().to_string();
    assert!(!refused.contains("nearest: accepted"), "{refused}");
    let all = "02:05 decided no-deploy confidense=high as one\nx\n03:00 told y understood=yes about one\n";
    let error = expand(&format!("{header}{all}")).unwrap_err();
    let places: Vec<&str> = error.faults().iter().map(|fault| fault.split(": ").next().unwrap()).collect();
    // In the order of the file; and a label of a line with a fault is known.
    let expected = ["line 7, column 15", "line 7, column 25", "line 8, column 1", "line 9, column 12"];
    assert_eq!(places, expected, "{error}");
}

#[test]
fn what_is_wrong_above_the_lines_says_so_with_its_cure() {
    let cases: &[(&str, &[&str])] = &[
        (
            "agency = \"police:sussex\"\n02:05 decided deploy\n",
            &["line 2", "lines come after the header and a line `---`"],
        ),
        (
            "silent = [\"ResorceArrived\"]\n---\n02:05 opened x\n",
            &["line 1: silent: expected kinds of event", "(nearest: ResourceArrived)"],
        ),
        (
            "silent = [\"ResourceArrived\"]\n---\n02:05 decided deploy\n",
            &["line 1: silent: it is recorded with the opening"],
        ),
        (
            "silent = [\"ResourceArrived\"]\n---\n02:05 opened x\n02:06 arrived police:x\n",
            &["line 1: silent: ResourceArrived is said on line 4, so the source carries it"],
        ),
        ("agency = \"police:sussex\"\n---\n\n# nothing\n", &["expected at least one event", "`---`"]),
        ("agency = \"police:sussex\"\n", &["expected at least one event"]),
    ];
    for (case, expected) in cases {
        let error = expand(case).unwrap_err().to_string();
        for part in *expected {
            assert!(error.contains(part), "{case}\n{part}\n{error}");
        }
    }
}

#[test]
fn no_fault_repeats_what_somebody_wrote() {
    const CANARY: &str = "Zebedee";
    let lines = [
        "Zebedee decided deploy",
        "02:05 Zebedee deploy",
        "02:05 decided Zebedee",
        "02:05 decided deploy Zebedee:Zebedee Zebedee",
        "02:05 decided deploy Zebedee=Zebedee grade=Zebedee/x/Zebedee grade.level=Zebedee",
        "02:05 decided deploy \"Zebedee\" \"Zebedee\" “Zebedee",
        "02:05 dispatched police:sussex \"Zebedee\"",
        "02:05 decided deploy by Zebedee Zebedee Zebedee Zebedee",
        "02:05 decided deploy about Zebedee,Zebedee as Zebedee",
        "02:05 told attending about Zebedee as Zebedee Zebedee",
        "02:05 opened x silent=Zebedee entered_at=Zebedee corrects=Zebedee",
        "+Zebedee 02:05 decided deploy",
        "2023-05-01 Zebedee decided deploy",
    ];
    for line in lines {
        let header =
            "incident = \"police:sussex/2023-05-01/142\"\n[people]\nZebedee = { role = \"Zebedee\" }\n";
        let error = expand(&format!("{header}---\n{line}\n")).unwrap_err().to_string();
        assert!(!error.contains(CANARY), "{line}\n{error}");
    }
    let header = "silent = [\"Zebedee\"]\nZebedee = 1\nzone = \"Zebedee\"\n---\n02:05 opened x\n";
    let error = expand(header).unwrap_err().to_string();
    assert!(!error.contains(CANARY), "{error}");
}

proptest::proptest! {
    #[test]
    fn whatever_is_written_is_expanded_or_refused(line in "[ -~é“”\\n]{0,80}", verb in 0..PHRASES.len()) {
        let verb = PHRASES[verb].verb;
        for case in [format!("---\n{line}"), format!("---\n02:05 {verb} {line}"), line] {
            if let Err(refused) = expand(&case) {
                proptest::prop_assert!(!refused.faults().is_empty());
            }
        }
    }
}

#[test]
fn days_people_sources_and_silence_come_from_the_header_or_from_the_line() {
    let case = "incident = \"police:sussex/2023-05-01/142\"\nagency = \"police:sussex\"\nrole = \"call_handler\"\nzone = \"+00:00\"\nsystem = \"cad\"\nreference = \"log-1\"\nsilent = [\"ResourceArrived\"]\n---\n\
        23:50 opened concern\n\
        +1 00:10 requested attend ambulance:las from=police:sussex needed_by=00:30 by supervisor sup-1\n\
        2023-05-03 00:20 closed done source.reference=log-2 by mh_trust:RV5 nurse_in_charge\n\
        2023-05-03 00:30 tallied 4 system=cad period=2023-05-01/2023-05-02\n";
    let drafts: Vec<Value> =
        expand(case).unwrap().iter().map(|draft| serde_json::from_str(&draft.json).unwrap()).collect();
    let [opened, requested, closed, tallied] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!(opened["body"]["silent"], json!(["ResourceArrived"]));
    assert_eq!(requested["occurred_at"], "2023-05-02T00:10+00:00");
    assert_eq!(requested["body"]["needed_by"], "2023-05-02T00:30+00:00", "a time alone is of the line's day");
    assert_eq!(
        requested["actor"],
        json!({ "agency": "police:sussex", "role": "supervisor", "staff": { "id": "sup-1" } })
    );
    assert_eq!(closed["actor"], json!({ "agency": "mh_trust:RV5", "role": "nurse_in_charge" }));
    assert_eq!(closed["source"], json!({ "system": "cad", "reference": "log-2" }));
    assert_eq!(closed["occurred_at"], "2023-05-03T00:20+00:00");
    assert_eq!(tallied.get("incident"), None, "what concerns the ledger as a whole is in no incident");
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/by-hand.md");

#[test]
fn the_page_says_one_case_as_lines_and_as_tables() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let blocks: Vec<&str> =
        page.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let [lines, tables] = blocks.as_slice() else { panic!("{blocks:?}") };
    assert_eq!(drafts(lines), drafts(tables));
    assert_eq!(drafts(lines).len(), 8);
}

/// The table of the verbs, as the page has it.
fn verbs() -> String {
    let head = "| verb | what happened | values, in this order | text | `about` |\n|---|---|---|---|---|\n";
    let rows = PHRASES.iter().map(|phrase| {
        let Phrase { kind, verb, leads, text } = phrase;
        let codes =
            |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let text = text.map(|text| codes(&[text])).unwrap_or_default();
        let about = codes(&[phrase.about().map_or("causes", |(name, _)| name)]);
        format!("| `{verb}` | {} | {} | {text} | {about} |\n", kind.name(), codes(leads))
    });
    head.to_owned() + &rows.collect::<String>()
}

#[test]
fn the_page_has_every_verb_with_what_follows_it() {
    const BEGIN: &str = "<!-- verbs: written by `ONUS_BLESS=1 cargo test -p onus-import` -->\n";
    const END: &str = "<!-- end -->";
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}{END}{after}", verbs());
    if std::env::var_os("ONUS_BLESS").is_some() {
        std::fs::write(PAGE, &expected).unwrap();
    } else {
        assert!(page == expected, "run with ONUS_BLESS=1 and read the difference");
    }
}
