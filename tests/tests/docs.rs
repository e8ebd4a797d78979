//! The documents say what the code does: `docs/domain.md` is made from the declarations, and the numbers,
//! bytes, examples and links of the others are checked.
//!
//! `ONUS_BLESS=1 cargo test -p onus-tests --test docs` writes `docs/domain.md` again.

#![expect(clippy::expect_used, clippy::panic, reason = "a test's panic is its verdict")]

use onus_core::code::{AgencyCode, Code, IncidentNumber, Origin};
use onus_core::entry::{EntryHead, EntryOutline};
use onus_core::field_no::FieldNo;
use onus_core::ids::EventId;
use onus_core::kinds::{Body, Kind, Maker, Scope};
use onus_core::limits;
use onus_core::record::Record;
use onus_core::schema;
use onus_core::shape::{DraftForm, FieldDef, Type, TypeDef, Wire};
use onus_core::time::{LocalDate, Timestamp};
use onus_core::vocabulary::VOCABULARY;
use onus_proof::{Link, leaf_hash, node_hash};
use onus_tests::checkout;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const INTRODUCTION: &str = r#"# Events and enumerations

This page is made from the declarations of `onus-core` by `tests/tests/docs.rs`, which fails where the two
differ. Do not edit it: change the declaration, then run `ONUS_BLESS=1 cargo test -p onus-tests --test docs`.

## The field

*Right Care, Right Person* is the policy under which police in England attend a mental-health-related incident
to investigate a crime, or to protect people when there is a real and immediate risk to life, or of serious harm
(National Partnership Agreement, gov.uk, 26 July 2023); other calls go to health and care services. It governs
whether police **attend**; whether a power is used is decided by an officer at the scene, and police may always
attend below the threshold. Forces have taken it up at different times, strand by strand.

So a call gives rise to a *triage*, a *decision about attending*, words to the caller and to other agencies, and
often a *handover*. An event records one such step: what was asserted and acknowledged, by whom, on what grounds.
It never declares legal duty. Three distinctions run through all of them:

* **Receipt is not acceptance.** `AgencyAcknowledged` says that a message arrived. Only `HandoverAccepted` and
  `ResponsibilityAssumed` say that somebody took something on. A caller who is signposted has been given no holder.
* **`not_asked` is an answer**, and another one than `no` and `unknown`.
* **What is missing is recorded as missing.** A field that a person may have failed to supply may be left out; that
  is a finding for a reviewer, not an error in the draft.

Responsibility is not one thing but six [facets](#facet), each held, offered and given up by itself. A correction is
an event of the same kind whose `corrects` names the earlier one; `EntryWithdrawn` voids one. Both stay in view.

| word | means |
|---|---|
| AMHP | approved mental health professional |
| DSI | death or serious injury during or after police contact, which has to be referred |
| EOC | ambulance emergency operations centre |
| NDM | the police's National Decision Model |
| s.135, s.136 | sections of the Mental Health Act 1983 under which police may take a person to a place of safety |
| HBPoS | health-based place of safety |
| SRO | senior responsible officer, who publishes a force's policy |
| strand | a part of the policy with its own start: welfare concerns, walk-outs, transport … |
| THRIVE | threat, harm, risk, investigation, vulnerability, engagement: a structured assessment; forces have variants |

## How to read this page

A draft is one JSON object: the members of the [common record](#the-common-record), `event` with the kind's name,
and `body` with the kind's own fields. A member that is absent and one that is `null` mean the same. Unknown members
are refused. [`format.md`](format.md) says how the same fields stand in bytes.

```json
{
  "event": "AttendanceDecided",
  "event_id": "019a4640-1a00-7c3e-8a4f-5b6c7d8e9f00",
  "incident": "police:northshire/2026-11-02/142",
  "occurred_at": "2026-11-02T20:31:00+00:00",
  "uncertainty_s": 60,
  "actor": { "agency": "police:northshire", "role": "call_handler", "staff": { "id": "CH 4417" } },
  "source": { "system": "cad", "reference": "142-3" },
  "policy": { "policy": "rcrp", "version": "2026-04" },
  "regime": "general",
  "body": {
    "outcome": "no_deploy_refer",
    "limbs_met": [],
    "rationale": "Ambulance is on its way.",
    "considered": ["019a463f-8e60-7c3e-8a4f-5b6c7d8e9eff"]
  }
}
```

In the tables, *type* is as in [`format.md` §4.5](format.md#45-the-published-schema): `option X` may be absent,
`list X` is a JSON list of at most 256 items (absent means empty), `bool` is `true` or `false`, `u32` and its like are
whole numbers. *Needed* says whether a draft must state the field (*never*: the ledger fills it in). *Sealed* is the number that binds a free text to its
field (`format.md` §8); such a text is a JSON string in a draft and is never stored in clear.
"#;

/// Where the groups of kinds begin, by number.
const GROUPS: [(u16, &str); 10] = [
    (1, "The ledger itself"),
    (16, "Contact, triage, decision"),
    (32, "Responsibility and handover"),
    (40, "Resources"),
    (48, "Powers, conveyance, release"),
    (56, "Escalation and dispute"),
    (64, "Outcome, closing, review"),
    (80, "Policy and sources"),
    (88, "Personal data"),
    (96, "The access ledger"),
];

#[test]
fn the_page_of_events_and_enumerations_is_that_of_the_declarations() {
    let made = domain_page();
    let path = checkout().join("docs/domain.md");
    if std::env::var_os("ONUS_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(&path, &made).expect("docs/domain.md can be written");
    }
    let stands = fs::read_to_string(&path).unwrap_or_default();
    let differs = made.lines().zip(stands.lines()).position(|(made, stands)| made != stands);
    let line = differs.unwrap_or_else(|| made.lines().count().min(stands.lines().count())) + 1;
    assert!(
        made == stands,
        "docs/domain.md differs from the declarations in line {line}; see this file's head"
    );
}

fn domain_page() -> String {
    let types = schema::types();
    let bodies: BTreeSet<&str> = Kind::NAMES.iter().copied().collect();
    let common = types.get("Common").expect("the common record is a type");
    let mut page = INTRODUCTION.to_owned();
    let mut say = |text: &str| page.push_str(text);

    say(&format!("\n## The common record\n\n{}\n\n{}", common.doc, table_of(common)));
    say("\nA text in `late_reason` has the number 1, one in `corrects` the number 2, whatever the kind.\n");

    say("\n## Kinds of event\n");
    for kind in Kind::ALL {
        if let Some((_, group)) = GROUPS.iter().find(|(from, _)| first_of_group(*from) == Some(*kind)) {
            say(&format!("\n### {group}\n"));
        }
        let body = types.get(kind.name()).expect("the body of a kind is a type of its name");
        let (number, schema) = (kind.number(), kind.schema());
        let (maker, scope) = (maker_in_words(*kind), scope_in_words(*kind));
        say(&format!(
            "\n#### {}\n\n{} Kind {number}, schema {schema}; {maker}; {scope}.\n",
            kind.name(),
            body.doc
        ));
        say(&format!("\n{}", table_of(body)));
    }

    let others = || types.values().filter(|def| def.name != "Common" && !bodies.contains(def.name));
    say("\n## Structures\n\nParts of the above that have several fields; in a draft an object.\n");
    for def in others().filter(|def| def.draft == DraftForm::AsWire && matches!(def.wire, Wire::Struct(_))) {
        say(&format!("\n### {}\n\n{}\n\n{}", def.name, def.doc, table_of(def)));
    }

    say("\n## Values\n\nTypes that a draft writes in a form of their own.\n");
    for def in others().filter(|def| def.draft != DraftForm::AsWire) {
        say(&format!(
            "\n### {}\n\n{} In a draft {}. In bytes {}.\n",
            def.name,
            def.doc,
            draft_form(def),
            bytes_of(def)
        ));
    }

    say(
        "\n## Enumerations\n\nA value's number, which is what the bytes hold, is its place in the list, from 0. Lists only grow, at their end.\n",
    );
    let declared = read("crates/onus-core/src/vocabulary.rs");
    for (name, spellings) in VOCABULARY {
        let numbered: Vec<String> =
            spellings.iter().enumerate().map(|(number, spelling)| format!("{number} `{spelling}`")).collect();
        let users = users_of(name, &types);
        say(&format!(
            "\n### {name}\n\n{} In {users}.\n\n{}\n",
            sentence_on(name, &declared),
            numbered.join(" · ")
        ));
    }
    page
}

fn first_of_group(from: u16) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.number() >= from)
}

fn maker_in_words(kind: Kind) -> &'static str {
    match kind.maker() {
        Maker::Draft => "from drafts",
        Maker::Software => "made by the software",
        Maker::Access => "made by the software, in the access ledger only",
    }
}

fn scope_in_words(kind: Kind) -> &'static str {
    match kind.scope() {
        Scope::Incident => "in an incident",
        Scope::Ledger => "ledger-wide",
        Scope::Either => "in an incident or ledger-wide",
    }
}

fn table_of(def: &TypeDef) -> String {
    let Wire::Struct(fields) = &def.wire else { panic!("{} has no fields", def.name) };
    let mut table = String::from("| field | type | needed | sealed | says |\n|---|---|---|---|---|\n");
    for field in fields {
        let (name, of, says) = (field.name, linked(&field.of), &field.doc);
        let sealed = if field.sealed.is_sealed() { field.sealed.to_string() } else { String::new() };
        writeln!(table, "| {name} | {of} | {} | {sealed} | {says} |", needed(field)).expect("memory");
    }
    table
}

fn needed(field: &FieldDef) -> &'static str {
    match field {
        FieldDef { name: "submitted_by", .. } => "never",
        FieldDef { required: true, .. } => "yes",
        _ => "no",
    }
}

/// The type's expression, with a link to where it is described.
fn linked(of: &Type) -> String {
    match of {
        Type::Option(inner) => format!("option {}", linked(inner)),
        Type::List(inner, _) => format!("list {}", linked(inner)),
        Type::Named(def) => link_to(def().name),
        other => format!("`{}`", other.expression()),
    }
}

fn link_to(name: &str) -> String {
    match name {
        "Common" => "[the common record](#the-common-record)".to_owned(),
        name => format!("[{name}](#{})", slug(name)),
    }
}

fn draft_form(def: &TypeDef) -> String {
    match def.draft {
        DraftForm::AsWire => "as it stands".to_owned(),
        DraftForm::Text { expected, .. } => format!("a string: {expected}"),
        DraftForm::FreeText => "a string of 1 to 16,384 bytes".to_owned(),
        DraftForm::Token => {
            "a string of 32 hexadecimal digits, or `{\"id\": \"…\"}`, from which the ledger makes one"
                .to_owned()
        }
    }
}

fn bytes_of(def: &TypeDef) -> String {
    match &def.wire {
        Wire::Alias(of) => linked(of),
        Wire::Struct(fields) => {
            let parts: Vec<String> =
                fields.iter().map(|one| format!("{} {}", one.name, linked(&one.of))).collect();
            parts.join(" · ")
        }
        Wire::Enum(_) => panic!("{} has spellings, not a form", def.name),
    }
}

/// The types that have a field of this one.
fn users_of(name: &str, types: &BTreeMap<&'static str, TypeDef>) -> String {
    fn is_of(of: &Type, name: &str) -> bool {
        match of {
            Type::Option(inner) | Type::List(inner, _) => is_of(inner, name),
            Type::Named(def) => def().name == name,
            _ => false,
        }
    }
    let has = |def: &&TypeDef| match &def.wire {
        Wire::Struct(fields) => fields.iter().any(|field| is_of(&field.of, name)),
        _ => false,
    };
    let users: Vec<String> = types.values().filter(has).map(|def| link_to(def.name)).collect();
    assert!(!users.is_empty(), "nothing uses {name}");
    users.join(", ")
}

/// What the declaration of an enumeration says of it, which the types do not carry.
fn sentence_on(name: &str, declared: &str) -> String {
    let before = declared.split(&format!("\n    {name} {{")).next().expect("a first part");
    let line = before.lines().last().unwrap_or_default().trim();
    line.strip_prefix("/// ").unwrap_or_else(|| panic!("{name} is declared without a word on it")).to_owned()
}

#[test]
fn the_limits_of_the_format_are_those_of_the_code() {
    let format = read("docs/format.md");
    let stated: BTreeMap<String, u64> = rows(section(&format, "## 11. "))
        .map(|row| (row.name.trim_matches('`').to_owned(), number(row.second)))
        .collect();
    let mut coded = BTreeMap::new();
    for file in ["crates/onus-core/src/limits.rs", "crates/onus-store/src/limits.rs"] {
        for line in read(file).lines() {
            let Some((_, constant)) = line.split_once("const ") else { continue };
            let (name, rest) = constant.split_once(": ").expect("a typed constant");
            let (_, value) = rest.trim_end_matches(';').split_once(" = ").expect("a value");
            let value = evaluate(value, &coded);
            coded.insert(name.to_owned(), value);
        }
    }
    assert_eq!(stated, coded);
}

/// A number, a name, or two of them with `*` or `-` between.
fn evaluate(value: &str, known: &BTreeMap<String, u64>) -> u64 {
    let one = |word: &str| known.get(word).copied().unwrap_or_else(|| number(word));
    match *value.split(' ').collect::<Vec<_>>() {
        [alone] => one(alone),
        [left, "*", right] => one(left) * one(right),
        [left, "-", right] => one(left) - one(right),
        _ => panic!("this test cannot read `{value}`"),
    }
}

fn number(text: &str) -> u64 {
    text.replace([',', '_'], "").parse().unwrap_or_else(|_| panic!("`{text}` is not a number"))
}

/// Readers of other languages and the document write the bounds of a value down again; the code's are the ones that
/// count (`onus_core::code::TextForm`, `onus_core::time`).
#[test]
fn every_reader_and_the_format_state_the_bounds_of_the_code() {
    let format = read("docs/format.md");
    let python = read("tests/decoder.py");
    let script = read("crates/onus-export/viewer/schema.js");
    let states = |text: &str, what: String| assert!(text.contains(&what), "not stated: {what}");
    for (name, form) in [
        ("Code", Code::FORM),
        ("IncidentNumber", IncidentNumber::FORM),
        ("AgencyCode", AgencyCode::FORM),
        ("Origin", Origin::FORM),
    ] {
        let (pattern, most) = (form.pattern(), form.bytes_max());
        let bytes = pattern.trim_start_matches('[').split(']').next().expect("a class of bytes");
        states(&format, format!("| {name} | `str`, 1 to {most} of `{bytes}`"));
        states(&python, format!("\"{name}\": re.compile(r\"{pattern}\")"));
        states(&script, format!("{name}: (value) => /^{pattern}$/"));
    }
    let times = (Timestamp::MIN.as_us(), Timestamp::MAX.as_us() + 1);
    let days = (LocalDate::MIN.days_since_1970(), LocalDate::MAX.days_since_1970() + 1);
    states(
        &python,
        format!("\"Timestamp\": lambda value: {} <= value < {}", grouped(times.0), grouped(times.1)),
    );
    states(
        &python,
        format!(
            "\"LocalDate\": lambda value: {} <= value < {}",
            grouped(days.0.into()),
            grouped(days.1.into())
        ),
    );
    states(&script, format!("const TIMES = [{}, {}];", times.0, times.1));
    states(&script, format!("const DAYS = [{}, {}];", days.0, days.1));
    states(&script, format!("NoteBytes: (value) => value.length <= {}", limits::NOTE_BYTES_MAX));
    states(&script, format!("SchemaBytes: (value) => value.length <= {}", limits::SCHEMA_BYTES_MAX));
}

/// A number as Python writes it, its digits in groups of three.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    format!("{}{}", if number < 0 { "-" } else { "" }, groups.join("_"))
}

#[test]
fn every_kind_that_the_format_cites_has_that_number() {
    let format = read("docs/format.md");
    let parts: Vec<&str> = format.split("(kind ").collect();
    assert!(parts.len() > 4, "no kind is cited any more: mend this test");
    for (before, after) in parts.iter().zip(parts.iter().skip(1)) {
        let name = before.trim_end().trim_end_matches('`').rsplit('`').next().unwrap_or_default();
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        let kind = digits.parse().ok().and_then(Kind::from_number);
        assert_eq!(kind.map(Kind::name), Some(name), "kind {digits}");
    }
}

#[test]
fn the_structs_that_the_format_spells_out_are_those_of_the_code() {
    let format = read("docs/format.md");
    let places = [
        ("## 5. ", "Common"),
        ("### 8.1 ", "Sealed"),
        ("Entry 0 is", "LedgerOpened"),
        ("After it", "SchemaPublished"),
    ];
    for (place, name) in places {
        let coded = fields_of(name);
        let rows = rows(section(&format, place)).filter(|row| row.name != "field");
        let stated = rows.map(|row| format!("{} {}", row.name, bare(row.second)));
        assert_eq!(stated.take(coded.len()).collect::<Vec<_>>(), coded, "{name}");
    }
    let mut structs = 0;
    for row in rows(section(&format, "## 5. ")) {
        if let Some(parts) = row.second.trim_end_matches(" |").strip_prefix("struct: ") {
            assert_eq!(parts.split(" · ").map(bare).collect::<Vec<_>>(), fields_of(row.name), "{}", row.name);
            structs += 1;
        }
    }
    assert_eq!(structs, 8, "a struct is not spelt out any more: mend this test");
}

/// A type without its marks, and without what is said of it in brackets, the number of a sealed field excepted.
fn bare(of: &str) -> String {
    let said = of.split(" (").next().filter(|_| !of.contains(" (field "));
    said.unwrap_or(of).replace('`', "")
}

/// The fields of a struct, each with its type's expression and the number of a sealed text.
fn fields_of(name: &str) -> Vec<String> {
    let types = schema::types();
    let Some(TypeDef { wire: Wire::Struct(fields), .. }) = types.get(name) else {
        panic!("{name} is no struct")
    };
    let sealed = |field: &FieldDef| {
        if field.sealed.is_sealed() { format!(" (field {})", field.sealed) } else { String::new() }
    };
    fields.iter().map(|field| format!("{} {}{}", field.name, field.of.expression(), sealed(field))).collect()
}

/// The tables of bytes stand in the rustdoc of the rooms as well; there must not be two of them.
#[test]
fn the_layouts_of_the_format_are_those_that_the_rooms_state() {
    let format = read("docs/format.md");
    let places = [
        ("crates/onus-store/src/terms/paged.rs", "### 9.1 ", 3, 11),
        ("crates/onus-core/src/terms.rs", "### 9.2 ", 2, 15),
        ("crates/onus-store/src/terms.rs", "### 9.2 ", 2, 3),
        ("crates/onus-store/src/terms/page.rs", "### 9.2 ", 2, 6),
        ("crates/onus-store/src/positions.rs", "### 9.3 ", 2, 1),
        ("crates/onus-vault/src/master.rs", "### 8.3 ", 3, 16),
        ("crates/onus-vault/src/keyfile.rs", "### 8.3 ", 3, 5),
        ("crates/onus-vault/src/slots.rs", "### 8.3 ", 3, 9),
        ("crates/onus-vault/src/text.rs", "### 8.2 ", 1, 5),
    ];
    for (room, place, cells, count) in places {
        let stated = layouts(section(&format, place), cells);
        let source = read(room);
        let rustdoc: Vec<&str> = source.lines().filter_map(|line| line.strip_prefix("//! ")).collect();
        let coded = layouts(&rustdoc.join("\n"), cells);
        assert_eq!(coded.len(), count, "{room}: {coded:#?}");
        for row in coded {
            assert!(stated.contains(&row), "{room}: `{row}` is not in `{place}` of docs/format.md");
        }
    }
}

/// The first cells of the rows of all tables, headings left out.
fn layouts(text: &str, cells: usize) -> Vec<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    let rows =
        rows.filter(|row| !["at |", "byte |", "field |", "what |"].iter().any(|head| row.starts_with(head)));
    rows.map(|row| row.split(" | ").take(cells).collect::<Vec<_>>().join(" · ")).collect()
}

#[test]
fn the_worked_ledger_of_the_format_is_what_the_code_computes() {
    let format = read("docs/format.md");
    let worked = section(&format, "## 12. ");
    let (first, second) = (hex_block(worked, "entry-0"), hex_block(worked, "entry-1"));

    let ledger: serde_json::Value =
        serde_json::from_str(block(worked, "json ledger")).expect("LEDGER is JSON");
    let member =
        |name: &str| ledger.get(name).and_then(serde_json::Value::as_str).expect("a member of LEDGER");
    let id = EventId::parse(member("id")).expect("a UUID");
    let genesis = Link::genesis(id.as_bytes(), member("origin"));
    assert_eq!(genesis.to_string(), member("genesis"));

    for (seq, entry) in [(0, &first), (1, &second)] {
        let (head, record) = EntryHead::parse(entry).expect("a head");
        assert_eq!((head.seq.get(), EntryOutline::parse(entry).is_ok()), (seq, true));
        Record::decode(&head, record).expect("a canonical record");
    }
    let links = [genesis, genesis.next(&first), genesis.next(&first).next(&second)];
    let leaves = [leaf_hash(&first), leaf_hash(&second)];
    let root = node_hash(&leaves[0], &leaves[1]);
    let expected = links.map(|link| link.to_string()).into_iter();
    for hash in expected.chain(leaves.map(|leaf| leaf.to_string())).chain([root.to_string()]) {
        assert!(worked.contains(&format!("| `{hash}` |")), "{hash} is not in the tables");
    }

    let body = |entry: &[u8]| [&u16::try_from(entry.len()).expect("short").to_be_bytes(), entry].concat();
    for (name, entry, link) in [("block-0", &first, links[0]), ("block-1", &second, links[1])] {
        let header = hex_block(worked, name);
        let body = body(entry);
        assert_eq!(header.len(), 80);
        assert_eq!(header[28..32], crc32fast::hash(&body).to_le_bytes(), "{name}: body_crc");
        assert_eq!(header[32..64], *link.as_bytes(), "{name}: link_before");
        assert_eq!(header[76..], crc32fast::hash(&header[..76]).to_le_bytes(), "{name}: header_crc");
    }
    let head = hex_block(worked, "head");
    assert_eq!((head.len(), &head[20..52]), (64, &links[2].as_bytes()[..]));
    assert_eq!(head[60..], crc32fast::hash(&head[..60]).to_le_bytes());
}

#[test]
fn the_worked_sealed_text_of_the_format_opens_with_its_field_key() {
    let format = read("docs/format.md");
    let worked = section(&format, "## 12. ");
    let second = hex_block(worked, "entry-1");
    let (head, record) = EntryHead::parse(&second).expect("a head");
    let record = Record::decode(&head, record).expect("a canonical record");
    let Body::AttendanceDecided(decided) = &record.body else { panic!("another kind") };
    let sealed = decided.rationale.as_ref().expect("a rationale");

    let (_, key) = worked.split_once("| field key | `").expect("the field key");
    let key = onus_vault::FieldKey::from_bytes(hex(&key[..64]).try_into().expect("32 bytes"));
    let opened = onus_vault::open_with_field_key(sealed, &record.common.event_id, FieldNo::new(16), &key)
        .expect("it opens");
    assert!(worked.contains(&format!("`{}` ({} characters)", opened.expose(), sealed.chars)));
}

#[test]
fn every_link_within_the_documents_leads_somewhere() {
    let mut wrong = Vec::new();
    for file in documents() {
        let text = prose(&fs::read_to_string(&file).expect("a document"));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) =
                target.split_once('#').map_or((target, None), |(path, to)| (path, Some(to)));
            let there =
                if path.is_empty() { file.clone() } else { file.parent().expect("a folder").join(path) };
            let leads = there.exists() && heading.is_none_or(|heading| headings(&there).contains(heading));
            if !leads {
                wrong.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_decision_has_its_place_on_the_map() {
    let map = read("docs/architecture.md");
    let decisions =
        documents().into_iter().filter(|file| file.parent().is_some_and(|dir| dir.ends_with("decisions")));
    let mut numbers = BTreeSet::new();
    for file in decisions {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        let number = name.split('-').next().unwrap_or_default();
        assert!(
            number.len() == 4 && numbers.insert(number.to_owned()),
            "{name}: four digits of its own come first"
        );
        assert!(
            map.contains(&format!("](decisions/{name})")),
            "docs/architecture.md does not link to {name}"
        );
    }
    assert!(!numbers.is_empty(), "there are no decisions");
}

fn read(file: &str) -> String {
    fs::read_to_string(checkout().join(file)).expect(file)
}

/// README and all of `docs/`.
fn documents() -> Vec<PathBuf> {
    fn within(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                within(&path, found);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    let mut found: Vec<PathBuf> =
        [checkout().join("README.md")].into_iter().filter(|file| file.exists()).collect();
    within(&checkout().join("docs"), &mut found);
    found.sort();
    found
}

/// A section of a document, from its heading up to the next of the same rank.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) =
        text.split_once(&format!("\n{heading}")).unwrap_or_else(|| panic!("no heading `{heading}`"));
    rest.split("\n## ").next().unwrap_or_default()
}

struct Row<'a> {
    name: &'a str,
    second: &'a str,
}

/// The first two cells of each row of the tables in a text, headings of tables included.
fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let rows = cells.filter_map(|(name, rest)| Some(Row { name, second: rest.split(" | ").next()? }));
    rows.filter(|row| row.name != "limit")
}

/// The contents of the code blocks that are marked so.
fn blocks<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let parts = text.split("```").skip(1).step_by(2);
    parts.filter_map(|part| part.strip_prefix(mark)?.strip_prefix('\n')).collect()
}

fn block<'a>(text: &'a str, mark: &str) -> &'a str {
    blocks(text, mark).first().unwrap_or_else(|| panic!("no code block marked `{mark}`"))
}

fn hex_block(text: &str, name: &str) -> Vec<u8> {
    hex(block(text, &format!("hex {name}")))
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("two hexadecimal digits")).collect()
}

/// A document without its code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).flat_map(|part| part.split('`').step_by(2)).collect()
}

/// The fragments under which a document's headings can be linked to.
fn headings(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let prose = text.split("```").step_by(2).flat_map(str::lines);
    prose.filter(|line| line.starts_with('#')).map(|line| slug(line.trim_start_matches('#').trim())).collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
