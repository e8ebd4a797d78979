//! The fields that are not the same in a draft and in a record: texts, tokens, and what the ledger adds itself.

use super::{Field, Seal, unchanged_by_sealing};
use crate::cell::{Cell, Holds};
use crate::code::Code;
use crate::draft::{At, DraftError, FromDraft};
use crate::field_no::FieldNo;
use crate::ids::{AgencyId, EventId, Token};
use crate::json::Json;
use crate::limits::{RECORD_BYTES_MAX, TEXT_BYTES_MAX};
use crate::sealed::{Absent, DraftText, Plain, Says, Sealed};
use crate::shape::{DraftForm, Type, TypeDef, Wire};
use crate::stage::{Asserted, DraftToken, Given, NotStated, Sealing, SubmittedBy};
use serde_json::Value;

impl Field for Sealed {
    fn shape() -> Type {
        Type::Named(|| TypeDef {
            name: "Sealed",
            doc: "Free text under a key slot of its incident (docs/format.md §8).".into(),
            wire: Wire::Struct(
                [
                    ("key_id", Type::U64),
                    ("chars", Type::U32),
                    ("salt", Type::Array(16)),
                    ("commitment", Type::Array(32)),
                    ("ciphertext", Type::Bytes(RECORD_BYTES_MAX)),
                ]
                .map(|(name, of)| crate::shape::FieldDef {
                    name,
                    doc: String::new(),
                    of,
                    sealed: FieldNo::NONE,
                    required: true,
                })
                .into(),
            ),
            draft: DraftForm::FreeText,
        })
    }
    fn to_json(&self) -> Value {
        let mut about = serde_json::Map::new();
        about.insert("chars".into(), self.chars.into());
        about.insert("key_id".into(), self.key_id.into());
        Value::Object([("sealed".to_owned(), Value::Object(about))].into_iter().collect())
    }
    fn visit_sealed(&mut self, field: FieldNo, visit: &mut dyn FnMut(FieldNo, &mut Sealed)) {
        visit(field, self);
    }
    fn holds(field: FieldNo) -> Holds {
        Holds::Sealed(field)
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        row(Cell::Sealed(self));
    }
}
impl FromDraft for DraftText {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        const EXPECTED: &str = "a length in characters from 1 to 16,384";
        let Json::Object(_) = json else { return Plain::read(json, at).map(Self::Plain) };
        let members = at.members(json, &["withheld", "ground", "erased", "on"], "free text or an object")?;
        let has = |name: &str| members.iter().any(|(other, _)| other == name);
        let (length, says) = if has("erased") {
            if has("withheld") || has("ground") {
                return Err(at.expected("either `withheld` and `ground`, or `erased` and `on`"));
            }
            ("erased", Says::Erased(at.member(members, "on", None)?))
        } else {
            if has("on") {
                return Err(at.expected("either `withheld` and `ground`, or `erased` and `on`"));
            }
            let ground: Code = at.member(members, "ground", None)?;
            if ground.as_str().len() > Absent::GROUND_BYTES_MAX {
                return Err(at.below("ground").expected("a code of at most 32 bytes"));
            }
            ("withheld", Says::Withheld(ground))
        };
        let chars: u32 = at.member(members, length, None)?;
        let absent = Absent::new(chars, says).ok_or_else(|| at.below(length).expected(EXPECTED))?;
        Ok(Self::Absent(absent))
    }
}
impl Seal for DraftText {
    type Stored = Box<Sealed>;
    fn seal<B: Sealing>(self, field: FieldNo, by: &mut B) -> Result<Self::Stored, B::Error> {
        match self {
            Self::Plain(plain) => by.text(field, &plain).map(Box::new),
            Self::Absent(absent) => Ok(Box::new(Sealed::absent(&absent))),
        }
    }
}
impl FromDraft for Plain {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        const EXPECTED: &str = "free text of 1 to 16,384 bytes";
        const _: () = assert!(TEXT_BYTES_MAX == 16_384);
        Plain::new(at.text(json, EXPECTED)?).ok_or_else(|| at.expected(EXPECTED))
    }
}
impl Field for Token {
    fn shape() -> Type {
        Type::Named(|| TypeDef {
            name: "Token",
            doc: "A person or place under the ledger's token key (docs/format.md §5).".into(),
            wire: Wire::Alias(Type::Array(16)),
            draft: DraftForm::Token,
        })
    }
    fn to_json(&self) -> Value {
        self.to_string().into()
    }
    fn cells(&self, row: &mut dyn FnMut(Cell<'_>)) {
        row(Cell::Text(&self.to_string()));
    }
}
impl FromDraft for Token {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        const EXPECTED: &str = "a token of 32 hex digits";
        Self::parse(at.text(json, EXPECTED)?).ok_or_else(|| at.expected(EXPECTED))
    }
}
unchanged_by_sealing!(Token);
impl FromDraft for DraftToken {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        const EXPECTED: &str = "a token of 32 hex digits, or {\"id\": \"…\"} to have the ledger make one";
        match json {
            Json::Text(text) => Token::parse(text).map(Self::Token).ok_or_else(|| at.expected(EXPECTED)),
            Json::Object(_) => {
                let members = at.members(json, &["id"], EXPECTED)?;
                at.member::<Plain>(members, "id", None).map(Self::Id)
            }
            other => Err(at.expected_not(EXPECTED, other)),
        }
    }
}
impl Seal for DraftToken {
    type Stored = Token;
    fn seal<B: Sealing>(self, _: FieldNo, by: &mut B) -> Result<Token, B::Error> {
        match self {
            Self::Token(token) => Ok(token),
            Self::Id(id) => by.token(&id),
        }
    }
}

impl FromDraft for Given {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        EventId::read(json, at).map(Self::Source)
    }
    fn absent() -> Option<Self> {
        Some(Self::Nobody)
    }
}
impl Seal for Given {
    type Stored = EventId;
    fn seal<B: Sealing>(self, _: FieldNo, by: &mut B) -> Result<EventId, B::Error> {
        match self {
            Self::Source(id) => Ok(id),
            Self::Nobody => by.event_id(),
        }
    }
}

impl FromDraft for Asserted {
    fn read(json: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        AgencyId::read(json, at).map(Self::By)
    }
    fn absent() -> Option<Self> {
        Some(Self::BySubmitter)
    }
}
impl Seal for Asserted {
    type Stored = AgencyId;
    fn seal<B: Sealing>(self, _: FieldNo, by: &mut B) -> Result<AgencyId, B::Error> {
        match self {
            Self::By(agency) => Ok(agency),
            Self::BySubmitter => by.submitted_by().map(|submitted| submitted.agency),
        }
    }
}

impl FromDraft for NotStated {
    fn read(_: &Json, at: &At<'_>) -> Result<Self, DraftError> {
        Err(at.problem("is set by the ledger; leave it out".into()))
    }
    fn absent() -> Option<Self> {
        Some(Self)
    }
}
impl Seal for NotStated {
    type Stored = SubmittedBy;
    fn seal<B: Sealing>(self, _: FieldNo, by: &mut B) -> Result<SubmittedBy, B::Error> {
        by.submitted_by()
    }
}
