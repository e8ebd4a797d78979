//! What every test here needs: the shipped mappings, the real files, and a mapping in a line.

use onus_import::{Input, Mapping, MappingError, Planned, Rejected, Rows, RowsError};
use std::path::PathBuf;

/// A mapping that this project ships.
pub(crate) fn shipped(name: &str) -> Mapping {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/mappings").join(name);
    let toml = std::fs::read_to_string(&path).unwrap();
    Mapping::parse(&toml).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
}

/// A real file. Tests that need one are ignored unless asked for.
pub(crate) fn real_file(path: &str) -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("ONUS_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = folder.join(path);
    assert!(path.is_file(), "there is no {}: ONUS_DATA names the folder of the real files", path.display());
    path
}

/// A small mapping: a line of its own at the top, and the rest.
pub(crate) fn mapping_with(top: &str, rest: &str) -> Result<Mapping, MappingError> {
    mapping_on("day = \"sent\"\nnumber = { column = \"id\" }", top, rest)
}

/// The same with another day or number of the incident.
pub(crate) fn mapping_on(incident: &str, top: &str, rest: &str) -> Result<Mapping, MappingError> {
    Mapping::parse(&format!(
        "mapping = 1\nsource = \"s\"\nzone = \"Europe/London\"\nkey = [\"id\"]\n{top}\n\
         [actor]\nagency = \"police:x\"\nrole = \"unknown\"\n\
         [incident]\nowner = \"police:x\"\n{incident}\n{rest}"
    ))
}

/// The named time that most tests need.
pub(crate) const SENT: &str = "[time.sent]\ncolumn = \"sent\"\nformats = [\"%d/%m/%Y %H:%M\"]\n";

/// One event without anything special.
pub(crate) const DISPATCHED: &str = "[[event]]\nname = \"dispatched\"\nkind = \"ResourceDispatched\"\nat = \"sent\"\nbody.agency = \"police:x\"\n";

/// What comes of every row of a file in memory.
pub(crate) type Outcomes = Vec<Result<Vec<Planned>, Rejected>>;

pub(crate) fn import(mapping: &Mapping, file: impl Into<Vec<u8>>) -> Outcomes {
    try_import(mapping, file).unwrap()
}

pub(crate) fn try_import(mapping: &Mapping, file: impl Into<Vec<u8>>) -> Result<Outcomes, RowsError> {
    let mut rows = read(&mapping.input(), file)?;
    let mut bound = mapping.bind(rows.header()).unwrap();
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next_row()? {
        outcomes.push(bound.events(row));
    }
    Ok(outcomes)
}

pub(crate) fn read(input: &Input, file: impl Into<Vec<u8>>) -> Result<Rows, RowsError> {
    Rows::read(Box::new(std::io::Cursor::new(file.into())), input)
}

/// A draft as the JSON that says the same; for drafts without texts.
pub(crate) fn as_json(draft: &onus_core::record::Draft) -> String {
    struct NoTexts;
    impl onus_core::stage::Sealing for NoTexts {
        type Error = std::convert::Infallible;
        fn text(
            &mut self,
            _: onus_core::field_no::FieldNo,
            _: &onus_core::sealed::Plain,
        ) -> Result<onus_core::sealed::Sealed, Self::Error> {
            panic!("a text")
        }
        fn token(&mut self, _: &onus_core::sealed::Plain) -> Result<onus_core::ids::Token, Self::Error> {
            panic!("an identifier")
        }
        fn event_id(&mut self) -> Result<onus_core::ids::EventId, Self::Error> {
            panic!("an event without an id")
        }
        fn submitted_by(&mut self) -> Result<onus_core::stage::SubmittedBy, Self::Error> {
            let agency = onus_core::ids::AgencyId::parse("police:x").unwrap();
            Ok(onus_core::stage::SubmittedBy::new(agency, onus_core::vocabulary::Channel::Import))
        }
    }
    let mut json = draft.clone().seal(&mut NoTexts).unwrap().to_json();
    json.as_object_mut().unwrap().remove("submitted_by");
    if draft.common.asserted_by == onus_core::stage::Asserted::BySubmitter {
        json.as_object_mut().unwrap().remove("asserted_by");
    }
    json.to_string()
}
