//! The one place where an agency becomes words on a page for people: its name, the first time with its code.
//!
//! Sentences are made with codes, as answers have them, and a page passes what it says through here. So answers as
//! data, verdicts, digests and exports never depend on what an agency is called.
//!
//! Never: a text that somebody wrote and that was opened, which is shown as it was written.

use crate::session::Session;
use onus_core::ids::AgencyId;
use onus_ledger::{AgencyNames, OpenError};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// What agencies are called on one page, and which of them it has introduced.
#[derive(Debug, Default)]
pub struct AgencyWords<'n> {
    names: Option<&'n AgencyNames>,
    introduced: RefCell<BTreeSet<AgencyId>>,
}

impl Session {
    /// A page's words for agencies, by the ledger's `agencies.toml`.
    pub fn agency_words(&self) -> Result<AgencyWords<'_>, OpenError> {
        Ok(AgencyWords { names: Some(self.agency_names()?), introduced: RefCell::default() })
    }
}

impl AgencyWords<'_> {
    /// Begins again: each agency is introduced once more.
    pub fn begin_again(&self) {
        self.introduced.borrow_mut().clear();
    }

    /// An agency: its name, the first time with its code; its code where it has no name here.
    #[must_use]
    pub fn agency(&self, agency: &AgencyId) -> String {
        let Some(name) = self.name(agency) else { return agency.to_string() };
        if self.introduced.borrow_mut().insert(agency.clone()) {
            format!("{name} ({agency})")
        } else {
            name.into()
        }
    }

    /// An agency by its name alone, where there is no room for more; its code where it has none here.
    #[must_use]
    pub fn briefly(&self, agency: &AgencyId) -> String {
        self.name(agency).map_or_else(|| agency.to_string(), ToOwned::to_owned)
    }

    /// A sentence of Onus's own with its agencies by name. What only looks like an agency, such as the owner in an
    /// incident's number, stays.
    #[must_use]
    pub fn say<'t>(&self, sentence: &'t str) -> Cow<'t, str> {
        let mut said = String::new();
        let mut done = 0;
        for (colon, _) in sentence.match_indices(':') {
            let Some((start, end, agency)) = agency_around(sentence, colon) else { continue };
            if start < done || self.name(&agency).is_none() {
                continue;
            }
            said.push_str(sentence.get(done..start).unwrap_or_default());
            said.push_str(&self.agency(&agency));
            done = end;
        }
        if done == 0 {
            return Cow::Borrowed(sentence);
        }
        said.push_str(sentence.get(done..).unwrap_or_default());
        Cow::Owned(said)
    }

    /// The cells of a table's rows.
    #[must_use]
    pub fn say_cells(&self, cells: &[String]) -> Vec<String> {
        cells.iter().map(|cell| self.say(cell).into_owned()).collect()
    }

    /// Lines that something else writes.
    pub fn say_lines(
        &self,
        out: &mut dyn Write,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut lines = Vec::new();
        write(&mut lines)?;
        let lines = String::from_utf8(lines).map_err(io::Error::other)?;
        out.write_all(self.say(&lines).as_bytes())
    }

    fn name(&self, agency: &AgencyId) -> Option<&str> {
        self.names.and_then(|names| names.name(agency))
    }
}

/// The agency whose code is written around this colon, and where.
fn agency_around(text: &str, colon: usize) -> Option<(usize, usize, AgencyId)> {
    let (before, after) = (text.get(..colon)?, text.get(colon + 1..)?);
    let is_kind = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let start = before.trim_end_matches(is_kind).len();
    // What is written together with more is not an agency: `police:met/2024-06-12/1`, `x/police:met`, `a:police:met`.
    let joins =
        |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | ':' | '.' | '-'));
    let length = after.find(|c: char| !is_code(c)).unwrap_or(after.len());
    let mut follows = after.get(length..)?.chars();
    let goes_on = match follows.next() {
        Some('/') => true,
        // `police:met: detained` speaks of police:met; `police:met:2` is something else.
        Some(':') => follows.next().is_some_and(|c| !c.is_whitespace()),
        _ => false,
    };
    if goes_on || joins(before.get(..start)?.chars().next_back()) {
        return None;
    }
    // A full stop at its end is the sentence's.
    let end = colon + 1 + after.get(..length)?.trim_end_matches('.').len();
    Some((start, end, AgencyId::parse(text.get(start..end)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> AgencyNames {
        let file =
            "\"police:met\" = \"Metropolitan Police\"\n\"mh_trust:RV5\" = \"South London and Maudsley\"\n";
        AgencyNames::parse(file).unwrap()
    }

    #[test]
    fn an_agency_is_said_by_name_and_the_first_time_with_its_code() {
        let names = names();
        let page = AgencyWords { names: Some(&names), introduced: RefCell::default() };
        let said = page.say("police:met offered mh_trust:RV5 custody. As stated by police:met.");
        let expected = "Metropolitan Police (police:met) offered South London and Maudsley (mh_trust:RV5) custody. \
                        As stated by Metropolitan Police.";
        assert_eq!(said, expected);
        assert_eq!(page.say("in police:met's account"), "in Metropolitan Police's account");
        assert_eq!(page.say("police:met: detained"), "Metropolitan Police: detained");
        page.begin_again();
        assert_eq!(page.say("police:met"), "Metropolitan Police (police:met)");
    }

    #[test]
    fn what_is_no_agency_by_itself_stays_as_it_is() {
        let names = names();
        let page = AgencyWords { names: Some(&names), introduced: RefCell::default() };
        for text in [
            "police:met/2024-06-12/1",
            "x/police:met",
            "a:police:met",
            "nopolice:met",
            "police:met:2",
            "police:metro said at 20:33: nothing",
            "ambulance:las, which has no name here.",
            "é:ü:",
        ] {
            assert_eq!(page.say(text), text);
        }
        assert_eq!(AgencyWords::default().say("police:met"), "police:met");
    }
}
