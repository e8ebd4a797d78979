//! For the public: figures alone, small numbers hidden, and the exemptions that are used.

use super::package::Package;
use super::{Contents, ExportError};
use crate::agencies::AgencyWords;
use crate::report::ReportQuestion;
use crate::row::row;
use crate::sentences::write_report;
use onus_export::returns::foi::Rules;
use onus_query::figures::Days;

/// The figures of a period for the public.
#[derive(Clone, Debug)]
pub struct FoiBundle {
    /// The period.
    pub period: Days,
    /// What is hidden, and on which exemptions.
    pub rules: Rules,
}

/// An exemption that is used.
struct Exempted {
    section: String,
    title: String,
    citation: String,
    used_for: String,
}

row!(Exempted { section, title, citation, used_for });

impl FoiBundle {
    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let below = self.rules.suppress_below;
        let question = ReportQuestion { suppress: Some(below), ..ReportQuestion::of(self.period) };
        let answer = package.session.report_of(&package.reader, &question)?;
        package.put_rows("figures.csv", &answer.rows())?;
        package.write("figures.txt", |out| write_report(out, &answer, &AgencyWords::default()))?;
        let exempted = self.rules.exemption.iter().map(|one| Exempted {
            section: one.section.clone(),
            title: one.title.clone(),
            citation: one.citation.clone(),
            used_for: one.used_for.clone(),
        });
        package.put_rows("exemptions.csv", &exempted.collect::<Vec<_>>())?;
        package.write("method.txt", |out| {
            writeln!(
                out,
                "Numbers from 1 to {} are hidden ({}), and so are those from which they could be worked out: {} of {} \
                 figures.\nNo record, no token and no text is in these files. docs/report.md defines every figure.",
                below.saturating_sub(1),
                self.rules.suppress_citation,
                answer.period.figures_hidden,
                answer.period.figures_in_all
            )
        })?;
        Ok(Contents {
            filters: vec![format!("from={}", self.period.from), format!("until={}", self.period.to)],
            rules: vec![format!("foi {}", self.rules.version), format!("suppress_below {below}")],
            ..Contents::default()
        })
    }
}
