//! The sample of an inspection as one folder: what was drawn and how, a page of evidence for each incident of it, their
//! entries as tables, their flags, and the figures of the period.

use super::case::Case;
use super::data::write_below;
use super::events::{events, flag_rules};
use super::package::Package;
use super::texts::stated;
use super::{Contents, ExportError, ExportQuestion};
use crate::agencies::AgencyWords;
use crate::answer::Name;
use crate::flag::FlagAnswer;
use crate::row::row;
use crate::sample::SampleQuestion;
use crate::sentences::write_report;
use onus_core::code::Code;
use onus_core::ids::Incident;
use onus_core::seq::Seq;
use onus_core::vocabulary::Spelt as _;
use onus_export::data::{Chosen, DataFormat, Event};
use onus_export::evidence::Selection;
use onus_export::statement::Included;
use onus_query::flags::{Code as FlagCode, RULES};
use std::collections::BTreeSet;

const METHOD: &str = "\
sample.csv       the refusals drawn, by whatever name, or the decisions where those were asked for; sample.json says from which frame, under which seed and checkpoint, so that anybody
                 who has the ledger draws the same again (docs/sampling.md says how, with other tools as well)
evidence/        a page for each incident of the sample: every entry as it was recorded, with its proof
data/            the same entries as tables, one for each kind of event; datapackage.json explains every column
flags.csv        what the rules of flags say of these incidents; each is an indicator, not a finding
rules.csv        those rules, their versions, and where they come from
figures.csv      the figures of the period, over all incidents of the ledger, not the sample alone

What is withheld is stated in its place. Where no public value was given, the draw is not independent of the person who
made it, and sample.json says so.
";

/// The sample of an inspection, and what it rests on.
#[derive(Clone, Debug)]
pub struct InspectionBundle {
    /// From what is drawn, how many decisions, and under which seed.
    pub sample: SampleQuestion,
    /// The texts that are opened in the pages of evidence.
    pub disclose: Vec<Selection>,
    /// On what ground.
    pub ground: Option<Code>,
}

/// A rule of flags.
struct Rule {
    code: Name<FlagCode>,
    name: &'static str,
    version: u16,
    says: &'static str,
    basis: Vec<&'static str>,
}

row!(Rule { code, name, version, says, basis });

/// What is gathered of the incidents, one by one.
#[derive(Default)]
struct Gathered {
    seqs: BTreeSet<Seq>,
    flags: Vec<FlagAnswer>,
    opened: u64,
    withheld: u64,
}

impl InspectionBundle {
    pub(super) fn check(&self, question: &ExportQuestion) -> Result<(), ExportError> {
        if self.disclose.is_empty() {
            return Ok(());
        }
        stated(self.ground.as_ref(), "the ground")?;
        stated(question.recipient.as_ref(), "the recipient")?;
        stated(question.why.as_ref(), "the reason")
    }

    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let sample = package.session.sample_of(&package.reader, &self.sample)?;
        package.put_rows("sample.csv", &sample.rows())?;
        package.put_json("sample.json", &sample)?;
        let mut gathered = Gathered::default();
        for incident in &sample.incidents() {
            self.gather(package, incident, &mut gathered)?;
        }
        let Gathered { seqs, flags, opened, withheld } = gathered;
        let chosen = Chosen::Some(seqs.into_iter().collect());
        let counts = write_below(package, "data", DataFormat::Csv, &chosen)?.counts;
        package.put_rows("flags.csv", &flags)?;
        package.put_rows("rules.csv", &rules())?;
        self.figures(package)?;
        package.put("method.txt", METHOD.as_bytes())?;
        Ok(Contents {
            filters: self.filters(),
            rules: flag_rules(),
            incident: None,
            ground: self.ground.clone().filter(|_| opened > 0),
            counts: Included {
                entries: counts.entries,
                unknown: counts.unknown,
                opened,
                withheld: withheld.saturating_sub(counts.erased),
                erased: counts.erased,
            },
        })
    }

    /// One incident: its page of evidence, with those of the named texts opened that it has, and its flags.
    fn gather(
        &self,
        package: &mut Package<'_>,
        incident: &Incident,
        gathered: &mut Gathered,
    ) -> Result<(), ExportError> {
        let case = Case::read(package, incident)?;
        gathered.seqs.extend(case.seqs());
        gathered.flags.extend(case.flags(package)?);
        let events = events(package, &case.seqs())?;
        let is_there = |one: &&Selection| {
            let named = |event: &Event| {
                event.texts.iter().any(|text| one.names(event.head.seq, event.kind(), text.field))
            };
            events.iter().any(named)
        };
        let named: Vec<Selection> = self.disclose.iter().filter(is_there).cloned().collect();
        let page = package.page(incident, &named, self.ground.as_ref().filter(|_| !named.is_empty()))?;
        gathered.opened += page.manifest.opened;
        gathered.withheld += page.manifest.withheld;
        package.put(&format!("evidence/{}.html", file_name(incident)), page.html.as_bytes())
    }

    /// The figures of the days that the frame names, else of all that there are.
    fn figures(&self, package: &mut Package<'_>) -> Result<(), ExportError> {
        let days = (self.sample.frame.from, self.sample.frame.to);
        let Some(answer) = package.session.report_of_days(&package.reader, days)? else { return Ok(()) };
        package.put_rows("figures.csv", &answer.rows())?;
        package.write("figures.txt", |out| write_report(out, &answer, &AgencyWords::default()))
    }

    /// What was asked for, in the words of the command.
    fn filters(&self) -> Vec<String> {
        let frame = &self.sample.frame;
        let mut filters: Vec<String> = self.sample.size.iter().map(|size| format!("size={size}")).collect();
        filters.push(format!("kind={}", frame.kind.spelling()));
        filters.extend(frame.agency.as_ref().map(|agency| format!("agency={agency}")));
        filters.extend(frame.owner.as_ref().map(|owner| format!("owner={owner}")));
        filters.extend(frame.strand.map(|strand| format!("strand={}", strand.as_str())));
        filters.extend(frame.outcome.map(|outcome| format!("outcome={}", outcome.as_str())));
        filters.extend(frame.from.map(|day| format!("from={day}")));
        filters.extend(frame.to.map(|day| format!("until={day}")));
        filters
    }
}

fn rules() -> Vec<Rule> {
    let rule = |rule: &&onus_query::flags::Rule| Rule {
        code: Name(rule.code),
        name: rule.name,
        version: rule.version,
        says: rule.says,
        basis: rule.basis.to_vec(),
    };
    RULES.iter().map(rule).collect()
}

/// An incident as the name of a file.
fn file_name(incident: &Incident) -> String {
    let name = incident.to_string();
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' }).collect()
}
