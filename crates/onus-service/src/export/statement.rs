//! What an export says of itself: its manifest, and the same for people.

use super::{Contents, ExportError, ExportQuestion};
use crate::session::Session;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::kinds::{Body, Kind};
use onus_export::statement::Statement;
use onus_query::sample::root_at;
use onus_store::{ReadError, Reader};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The manifest, but for the list of files.
pub(super) fn statement(
    session: &Session,
    reader: &Reader,
    question: &ExportQuestion,
    contents: &Contents,
) -> Result<Statement, ExportError> {
    let who = session.identity()?;
    let size = reader.size();
    Ok(Statement {
        onus_export: Statement::version(),
        format: question.bundle.format().to_string(),
        origin: reader.identity().origin.to_string(),
        size,
        root: root_at(reader, size, &|done| session.progress()(done, size))?.to_string(),
        filters: contents.filters.clone(),
        made_at: session.ledger().machine().now().utc(),
        made_by: format!("{}/{}", who.agency(), who.role().map_or("-", |role| role.as_str())),
        recipient: question.recipient.as_ref().map(|text| text.expose().to_owned()),
        ground: contents.ground.as_ref().map(Code::to_string),
        release: env!("CARGO_PKG_VERSION").into(),
        policies: policies(reader)?,
        rules: contents.rules.clone(),
        counts: contents.counts,
        files: Vec::new(),
    })
}

/// What the manifest says, for people.
pub(super) fn about(out: &mut dyn Write, statement: &Statement) -> io::Result<()> {
    let Statement { counts, .. } = statement;
    let list = |items: &[String], nothing: &str| match items {
        [] => nothing.to_owned(),
        items => items.join(", "),
    };
    writeln!(out, "Export {} of the ledger {}", statement.format, statement.origin)?;
    writeln!(out, "  made {} by {}, with Onus {}", statement.made_at, statement.made_by, statement.release)?;
    writeln!(out, "  for {}", statement.recipient.as_deref().unwrap_or("nobody named"))?;
    writeln!(out, "  ledger size {}, root {}", statement.size, statement.root)?;
    writeln!(out, "  filters: {}", list(&statement.filters, "none, all that is recorded"))?;
    writeln!(out, "  rules: {}", list(&statement.rules, "none, nothing in it is judged"))?;
    writeln!(out, "  policies published: {}", list(&statement.policies, "none"))?;
    writeln!(
        out,
        "  entries: {} included, {} left out that this release does not know",
        counts.entries, counts.unknown
    )?;
    writeln!(
        out,
        "  texts: {} opened, {} withheld, {} erased",
        counts.opened, counts.withheld, counts.erased
    )?;
    if let Some(ground) = &statement.ground {
        writeln!(out, "  texts were opened on the ground {ground}")?;
    }
    writeln!(
        out,
        "\nmanifest.json lists every file with its SHA-256. Check it, without the ledger:\n  onus check FOLDER --key KEY"
    )
}

/// Every policy that the ledger published, as policy@version.
fn policies(reader: &Reader) -> Result<Vec<String>, ReadError> {
    let mut found = BTreeSet::new();
    for seq in reader.of_kind(Kind::PolicyPublished.number())? {
        let stored = reader.entry(seq)?;
        if let Ok(Entry { body: Some(Body::PolicyPublished(policy)), .. }) = Entry::parse(stored.bytes()) {
            found.insert(format!("{}@{}", policy.policy.policy, policy.policy.version));
        }
    }
    Ok(found.into_iter().collect())
}
