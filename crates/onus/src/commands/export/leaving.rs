//! What every export does: begins a folder, puts files into it, states what they are, signs that, tells the access
//! ledger, and only then gives the folder its name.

use super::super::signed::Signer;
use super::super::{caller, ledger, open_failure, parse_code, unlocked};
use super::super::{reveal_failure, tell_notes};
use crate::args::Cli;
use crate::args::export::ExportArgs;
use crate::exit::{Cause, Failure, chain, output};
use onus_core::blame::Blamed as _;
use onus_core::code::Code;
use onus_core::history::Entry;
use onus_core::ids::Incident;
use onus_core::kinds::{Body, Kind};
use onus_core::sealed::Plain;
use onus_export::folder::{Folder, MakeError};
use onus_export::signature::Signing;
use onus_export::statement::{Included, Statement};
use onus_ledger::{Caller, Export, Identity, Ledger, Unlocked};
use onus_query::erased::Erasures;
use onus_query::flags::RULES;
use onus_query::sample::root_at;
use onus_service::Exported;
use onus_service::answer::Name;
use onus_store::Reader;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// An export in the making.
pub(super) struct Leaving<'a> {
    pub(super) ledger: Ledger,
    pub(super) reader: Reader,
    pub(super) erasures: Erasures,
    pub(super) who: Identity,
    pub(super) recipient: Option<Plain>,
    pub(super) why: Option<Plain>,
    pub(super) caller: Caller,
    pub(super) keys: Unlocked,
    args: &'a ExportArgs,
    format: Code,
    signer: Option<Signer>,
    folder: Folder,
    files: Vec<String>,
}

/// What an export says of itself when it is whole.
pub(super) struct Said {
    pub(super) filters: Vec<String>,
    pub(super) rules: Vec<String>,
    pub(super) incident: Option<Incident>,
    pub(super) ground: Option<Code>,
    pub(super) counts: Included,
}

impl<'a> Leaving<'a> {
    /// Begins: the ledger can be read, whoever asks may ask, and the folder's name is free.
    pub(super) fn begin(cli: &Cli, format: &str, args: &'a ExportArgs) -> Result<Self, Failure> {
        let who = cli.identity.clone().ok_or_else(|| {
            Failure::new(Cause::Usage, "export needs --as agency/role[/token]: who hands the records out")
                .hint("profiles.toml in the private directory says which account may use which identity")
        })?;
        let (recipient, why) = (args.recipient.clone(), args.why.clone());
        let format = parse_code("export", format)?;
        let (ledger, caller) = (ledger(cli), caller(cli));
        ledger.check_allowed(&caller).map_err(|e| open_failure(&ledger, &e))?;
        let keys = unlocked(&ledger)?;
        let folder = Folder::begin(&args.out).map_err(|e| make_failure(&e))?;
        // A checkpoint first, so that the proof of the manifest's key, and the root stated, stand under it.
        let signer = Signer::of(&keys)?;
        let reader = ledger.read().map_err(|e| open_failure(&ledger, &e))?;
        tell_notes(&reader);
        let erasures = Erasures::of(&reader).map_err(|e| Failure::new(Cause::Found, chain(&e)))?;
        let files = Vec::new();
        Ok(Self {
            ledger,
            reader,
            erasures,
            who,
            recipient,
            why,
            caller,
            keys,
            args,
            format,
            signer,
            folder,
            files,
        })
    }

    /// A folder below it, for writers of their own.
    pub(super) fn below(&self, name: &str) -> Result<std::path::PathBuf, Failure> {
        self.folder.below(name).map_err(|e| make_failure(&e))
    }

    /// Files that stand in the folder already.
    pub(super) fn made(&mut self, names: impl IntoIterator<Item = String>) {
        self.files.extend(names);
    }

    /// Puts a file into the folder.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.folder.put(name, bytes).map_err(|e| make_failure(&e))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Puts a file into the folder, as `write` writes it.
    pub(super) fn write(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        write(&mut bytes).map_err(|e| output(&e))?;
        self.put(name, &bytes)
    }

    /// States, signs, records, names.
    pub(super) fn finish(mut self, said: Said) -> Result<(), Failure> {
        let root = root_at(&self.reader, self.reader.size(), &|_| {})
            .map_err(|e| Failure::new(e.blame().into(), chain(&e)))?
            .to_string();
        let mut statement = Statement {
            onus_export: Statement::version(),
            format: self.format.to_string(),
            origin: self.reader.identity().origin.to_string(),
            size: self.reader.size(),
            root,
            filters: said.filters,
            made_at: self.ledger.machine().now().utc(),
            made_by: format!("{}/{}", self.who.agency(), self.who.role().map_or("-", |role| role.as_str())),
            recipient: self.recipient.as_ref().map(|text| text.expose().to_owned()),
            ground: said.ground.as_ref().map(Code::to_string),
            release: env!("CARGO_PKG_VERSION").into(),
            policies: policies(&self.reader)?,
            rules: said.rules,
            counts: said.counts,
            files: Vec::new(),
        };
        self.write("about.txt", |out| about(out, &statement))?;
        statement.files = self.folder.list(&self.files).map_err(|e| make_failure(&e))?;
        let signature = match &self.signer {
            None => None,
            Some(signer) => Some(signer.sign(
                &Signing {
                    origin: &statement.origin,
                    document: &format!("export {}", statement.format),
                    size: statement.size,
                    made_at: &statement.made_at,
                    made_by: &statement.made_by,
                },
                &statement.to_bytes(),
            )?),
        };
        let counts = statement.counts;
        let export = Export {
            incident: said.incident.as_ref(),
            format: self.format.clone(),
            filters: None,
            size: statement.size,
            included: counts.entries,
            withheld: counts.withheld,
            erased: counts.erased,
            recipients: self.recipient.as_ref(),
            why: self.why.as_ref(),
        };
        self.keys.record_export(&self.caller, &export).map_err(|e| reveal_failure(&self.ledger, &e))?;
        self.folder.finish(&statement, signature.as_ref()).map_err(|e| make_failure(&e))?;
        let exported = Exported {
            folder: self.args.out.display().to_string(),
            format: Name(self.format),
            size: statement.size,
            entries: counts.entries,
            unknown: counts.unknown,
            opened: counts.opened,
            withheld: counts.withheld,
            erased: counts.erased,
            not_opened: 0,
            signed: signature.is_some(),
        };
        super::print(self.args.format, &exported)
    }
}

/// What the manifest says, for people.
fn about(out: &mut dyn Write, statement: &Statement) -> io::Result<()> {
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

/// Every rule of flags, as code and version.
pub(super) fn flag_rules() -> Vec<String> {
    RULES.iter().map(|rule| format!("{} v{}", rule.code, rule.version)).collect()
}

/// Every policy that the ledger published, as policy@version.
fn policies(reader: &Reader) -> Result<Vec<String>, Failure> {
    let failed = |e: &onus_store::ReadError| Failure::new(e.blame().into(), chain(e));
    let mut found = BTreeSet::new();
    for seq in reader.of_kind(Kind::PolicyPublished.number()).map_err(|e| failed(&e))? {
        let stored = reader.entry(seq).map_err(|e| failed(&e))?;
        if let Ok(Entry { body: Some(Body::PolicyPublished(policy)), .. }) = Entry::parse(stored.bytes()) {
            found.insert(format!("{}@{}", policy.policy.policy, policy.policy.version));
        }
    }
    Ok(found.into_iter().collect())
}

fn make_failure(error: &MakeError) -> Failure {
    match error {
        MakeError::Exists { .. } => {
            Failure::new(Cause::Refused, chain(error)).hint("name a folder that is not there yet")
        }
        _ => Failure::new(Cause::Environment, chain(error))
            .hint("nothing was handed out; see to the place that -o names"),
    }
}
