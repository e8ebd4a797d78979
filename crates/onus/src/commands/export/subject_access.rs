//! `onus export subject-access`: what is recorded of one person, in every incident.
//!
//! Texts may speak of others, so that each is opened only where it is named; every other is listed with its length.
//! Who received the person's data is not taken from the access ledger, whose lines may serve the purposes of DPA 2018
//! s.62(4) alone.

use super::super::parse_code;
use super::case::events;
use super::data::write;
use super::leaving::{Leaving, Said};
use super::texts::disclosed;
use crate::args::export::SubjectAccessArgs;
use crate::args::{Cli, Format};
use crate::exit::{Cause, Failure};
use crate::render::rows::write_rows;
use onus_core::ids::Token;
use onus_core::terms::{TermField, Wanted};
use onus_export::data::{Chosen, DataFormat, TextState};
use onus_query::find::Filter;
use onus_service::sentences::{label, says};
use serde_json::json;

const COLUMNS: [&str; 7] = ["entry", "incident", "happened", "recorded", "event", "says", "by"];
const TEXT_COLUMNS: [&str; 6] = ["entry", "event", "text", "field", "characters", "state"];

pub(super) fn run(cli: &Cli, args: &SubjectAccessArgs) -> Result<(), Failure> {
    let fields = disclosed(&args.texts.disclose)?;
    let ground = args.texts.ground.as_deref().map(|text| parse_code("--ground", text)).transpose()?;
    let subject = Token::parse(&args.subject).ok_or_else(|| {
        Failure::new(Cause::Usage, "--subject: expected a token of 32 hex digits, as `onus token` prints")
    })?;
    let mut leaving = Leaving::begin(cli, "subject-access", &args.leaving)?;
    let wanted = Wanted::parse(TermField::Subject, &subject.to_string())
        .map_err(|e| Failure::new(Cause::Usage, format_args!("--subject: {e}")))?;
    let seqs = super::data::found(&leaving.reader, &Filter::everything().with(wanted))?;
    if seqs.is_empty() {
        return Err(Failure::new(Cause::Refused, "nothing is recorded of that person")
            .hint("`onus token` prints the token of an identifier in this ledger"));
    }
    let written = write(&leaving, DataFormat::Ndjson, &Chosen::Some(seqs.clone()), &fields, ground.as_ref())?;
    leaving.made(written.files);
    let events = events(&leaving, &seqs)?;
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            let common = &event.record.common;
            vec![
                json!(event.head.seq),
                json!(common.incident.as_ref().map(ToString::to_string)),
                json!(common.occurred_at.london()),
                json!(event.head.recorded_at.london()),
                json!(event.kind().name()),
                json!(says(common, &event.record.body)),
                json!(common.asserted_by.to_string()),
            ]
        })
        .collect();
    leaving.write("entries.csv", |out| write_rows(out, Format::Csv, &COLUMNS, &rows))?;
    let mut texts = Vec::new();
    for event in &events {
        for text in &event.texts {
            let state = match &text.state {
                TextState::Erased { on } => format!("erased on {}", on.british()),
                _ if fields.contains(&(event.kind(), text.field)) => {
                    "named to be opened: see events.ndjson".into()
                }
                _ => "withheld: not disclosed".to_owned(),
            };
            texts.push(vec![
                json!(event.head.seq),
                json!(event.kind().name()),
                json!(label(&event.record.body, text.field)),
                json!(text.field),
                json!(text.sealed.chars),
                json!(state),
            ]);
        }
    }
    leaving.write("texts.csv", |out| write_rows(out, Format::Csv, &TEXT_COLUMNS, &texts))?;
    leaving.put(
        "method.txt",
        b"entries.csv    what is recorded under the person's token, in plain sentences\n\
          events.ndjson  the same, whole, for other software\n\
          texts.csv      every text of these entries: opened, withheld or erased\n\n\
          Entries of the same incidents that name nobody, or somebody else, are not in these files. Who received the\n\
          person's data is not taken from the access ledger: its lines may be used for the purposes of section 62(4) of\n\
          the Data Protection Act 2018 alone.\n",
    )?;
    let filters = vec![format!("subject={subject}")];
    let ground = ground.filter(|_| written.counts.opened > 0);
    leaving.finish(Said { filters, rules: Vec::new(), incident: None, ground, counts: written.counts.into() })
}
