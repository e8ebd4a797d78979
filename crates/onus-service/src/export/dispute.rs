//! One incident for the parties to a dispute: lanes, what is contested, who says what, and the page of evidence with the
//! same lanes and the proofs. No text is opened, and no side is taken.

use super::case::{Case, filters};
use super::events::{counts, events};
use super::package::Package;
use super::{Contents, ExportError};
use crate::agencies::AgencyWords;
use crate::dispute::disputes;
use crate::dispute::write_disputes;
use crate::lanes::picture::picture;
use crate::responsibility::ResponsibilityAnswer;
use onus_core::history::Vantage;
use onus_core::ids::Incident;
use onus_export::document::{self, Part};

/// Columns of the words.
const WIDTH: usize = 110;

/// One incident for the parties to a dispute.
#[derive(Clone, Debug)]
pub struct DisputeBundle {
    /// The incident.
    pub incident: Incident,
}

impl DisputeBundle {
    pub(super) fn fill(&self, package: &mut Package<'_>) -> Result<Contents, ExportError> {
        let case = Case::read(package, &self.incident)?;
        let vantage = Vantage::default();
        let laid = disputes(&case.history, vantage, &case.policies, None, None);
        let facts: Vec<_> = laid.facts().cloned().collect();
        let page = package.page(&self.incident, &[], None)?;
        package.put("evidence.html", page.html.as_bytes())?;
        package.put_json("dispute.json", &laid)?;
        package.put_rows("facts.csv", &facts)?;
        package.put_json("lanes.json", &ResponsibilityAnswer::from(&case.held))?;
        let picture = picture("Who held what", &case.held, &case.history.speaking_at(&vantage));
        package.write("dispute.html", |out| {
            let (mut lanes, mut words) = (Vec::new(), Vec::new());
            case.write_lanes(&mut lanes)?;
            write_disputes(&mut words, &laid, &AgencyWords::default(), WIDTH)?;
            document::write(
                out,
                &format!("Dispute: {}", self.incident),
                &[
                    Part::Words(
                        "What each agency states is set side by side. Nothing here takes a side; texts are withheld. \
                         evidence.html has every entry with its proof, and checks itself.",
                    ),
                    Part::Heading("Who held what"),
                    Part::Words(
                        "By this ledger's rule first, then each agency's own statements, last where accounts differ. Every \
                         recorded moment is one step wide; the drawing in characters below is to scale. Times of day are \
                         London's.",
                    ),
                    Part::Picture(&picture),
                    Part::Drawn(&String::from_utf8_lossy(&lanes)),
                    Part::Heading("What is in dispute"),
                    Part::Drawn(&String::from_utf8_lossy(&words)),
                ],
            )
        })?;
        Ok(Contents {
            filters: filters(&self.incident),
            incident: Some(self.incident.clone()),
            counts: counts(&events(package, &case.seqs())?).into(),
            ..Contents::default()
        })
    }
}
