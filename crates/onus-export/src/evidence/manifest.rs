//! The manifest: what the exporter states of the file, and signs.
//!
//! It is the text of a signed note, one statement a line, in this order. It says how many entries the incident
//! had in the ledger then: whoever left one out has signed a number that the ledger can show to be wrong.

use onus_proof::{Statement, StatementError};

/// What the note is signed for: its first line is `onus/manifest/v1`.
const PURPOSE: &str = "manifest";

/// The statements. Times are RFC 3339 in London's offset; hashes are base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The ledger.
    pub origin: String,
    /// The incident, as text.
    pub incident: String,
    /// The ledger's size at the checkpoint.
    pub size: u64,
    /// Its root, in base64.
    pub root: String,
    /// How many entries the incident had then.
    pub entries: u64,
    /// SHA-256 over their leaf hashes, one after another, in base64.
    pub digest: String,
    /// How many texts are opened.
    pub opened: u64,
    /// How many are withheld.
    pub withheld: u64,
    /// When the file was made.
    pub exported_at: String,
    /// By whom, as `agency/role` or `agency/role/token`.
    pub exported_by: String,
    /// For whom, where that was stated.
    pub recipient: Option<String>,
    /// The ground on which texts were opened, as a code.
    pub ground: Option<String>,
    /// Why, where that was stated.
    pub why: Option<String>,
}

impl Manifest {
    /// The text of the note.
    pub(super) fn to_text(&self) -> Result<String, StatementError> {
        let statement = Statement::new(PURPOSE)?
            .with("origin", &self.origin)?
            .with("incident", &self.incident)?
            .with("size", self.size)?
            .with("root", &self.root)?
            .with("entries", self.entries)?
            .with("digest", &self.digest)?
            .with("opened", self.opened)?
            .with("withheld", self.withheld)?
            .with("exported-at", &self.exported_at)?
            .with("exported-by", &self.exported_by)?
            .with("recipient", quoted(self.recipient.as_deref()))?
            .with("ground", self.ground.as_deref().unwrap_or("-"))?
            .with("why", quoted(self.why.as_deref()))?;
        Ok(statement.to_string())
    }

    /// Reads the text of a note; `None` if it is not one of these, spelt in this way.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let statement = Statement::parse(text, PURPOSE).ok()?;
        let word = |name| statement.get(name).map(str::to_owned);
        let number = |name| statement.read::<u64>(name).ok();
        let manifest = Self {
            origin: word("origin")?,
            incident: word("incident")?,
            size: number("size")?,
            root: word("root")?,
            entries: number("entries")?,
            digest: word("digest")?,
            opened: number("opened")?,
            withheld: number("withheld")?,
            exported_at: word("exported-at")?,
            exported_by: word("exported-by")?,
            recipient: unquoted(statement.get("recipient")?),
            ground: word("ground").filter(|ground| ground != "-"),
            why: unquoted(statement.get("why")?),
        };
        (manifest.to_text().as_deref() == Ok(text)).then_some(manifest)
    }
}

/// A text on one line, whatever stands in it: as a string of JSON without control characters, or `null`.
fn quoted(text: Option<&str>) -> String {
    let escape = |letter: char| match letter {
        letter if letter.is_control() => format!("\\u{:04x}", u32::from(letter)),
        letter => letter.into(),
    };
    serde_json::Value::from(text).to_string().chars().map(escape).collect()
}

/// A text that was so quoted; what was not, `to_text` does not spell so.
fn unquoted(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            origin: "police.example/onus".into(),
            incident: "police:sussex/2023-05-01/142".into(),
            size: 200,
            root: "AAAA".into(),
            entries: 15,
            digest: "BBBB".into(),
            opened: 1,
            withheld: 7,
            exported_at: "2026-11-25T19:30:00+00:00".into(),
            exported_by: "police:sussex/supervisor".into(),
            recipient: Some("HM Coroner\norigin other\u{85}".into()),
            ground: Some("coroner".into()),
            why: None,
        }
    }

    fn text() -> String {
        manifest().to_text().unwrap_or_default()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written_and_no_text_can_add_a_line() {
        let text = text();
        assert_eq!(text.lines().count(), 14);
        assert_eq!(Manifest::parse(&text), Some(manifest()));
    }

    #[test]
    fn another_order_another_number_or_more_is_no_manifest() {
        let text = text();
        for (from, to) in [
            ("size 200", "size 0200"),
            ("entries 15\n", ""),
            ("why null\n", "why null\nmore 1\n"),
            ("onus/manifest/v1", "onus/manifest/v2"),
            ("why null", "why  null"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert_eq!(Manifest::parse(&changed), None, "{to}");
        }
    }
}
