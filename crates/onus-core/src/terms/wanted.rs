//! What a question asks for, from a person's spelling to the bytes of a term and back.

use super::TermField;
use super::reading::day_bytes;
use crate::blame::{Blame, Blamed};
use crate::code::Code;
use crate::ids::{AgencyId, Incident, Token};
use crate::kinds::Kind;
use crate::nearest::nearest;
use crate::time::LocalDate;
use crate::vocabulary::{AgencyKind, Attendance, Limb, Outcome, Role, Strand, Tri};

/// A value of a field, or all values that begin alike (all versions of a policy, all incidents of a day).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    term: Vec<u8>,
    whole: bool,
}

/// A text is no value of a field. The message never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a value of {}: {}", field.name(), cure(*field, *nearest))]
pub struct Unacceptable {
    /// The field.
    pub field: TermField,
    /// The spelling that may have been meant.
    pub nearest: Option<&'static str>,
}

impl Blamed for Unacceptable {
    fn blame(&self) -> Blame {
        Blame::Caller
    }
}

fn cure(field: TermField, nearest: Option<&'static str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest}? Expected {}", TermField::expected(field)),
        None => format!("expected {}", TermField::expected(field)),
    }
}

impl Wanted {
    /// Reads a value as a person spells it.
    pub fn parse(field: TermField, text: &str) -> Result<Self, Unacceptable> {
        let value = match field {
            TermField::Incident => incident(text),
            TermField::Kind => Kind::from_name(text).map(|kind| whole(kind.number().to_be_bytes())),
            TermField::Agency | TermField::Counterpart => agency(text),
            TermField::Role => Role::parse(text).map(|value| whole([value.number()])),
            TermField::Strand => Strand::parse(text).map(|value| whole([value.number()])),
            TermField::Outcome => Attendance::parse(text)
                .map(|value| whole([0, value.number()]))
                .or_else(|| Outcome::parse(text).map(|value| whole([1, value.number()]))),
            TermField::Limb => Limb::parse(text).map(|value| whole([value.number()])),
            TermField::Risk => Tri::parse(text).map(|value| whole([value.number()])),
            TermField::Policy => policy(text),
            TermField::Subject | TermField::Location => {
                Token::parse(text).map(|token| whole(*token.as_bytes()))
            }
            TermField::Source => Code::new(text).map(|code| whole(code.as_str().as_bytes())),
            TermField::Day | TermField::EnteredDay => {
                LocalDate::parse(text).ok().map(|day| whole(day_bytes(day.days_since_1970())))
            }
        };
        let (value, whole) = value.ok_or_else(|| {
            let nearest = nearest(&field.spellings(), text);
            Unacceptable { field, nearest }
        })?;
        Ok(Self { term: [&[field.byte()], value.as_slice()].concat(), whole })
    }

    /// Entries of an incident.
    #[must_use]
    pub fn incident(incident: &Incident) -> Self {
        let term = [&[TermField::Incident.byte()], incident.key().as_bytes()].concat();
        Self { term, whole: true }
    }

    /// Entries of a kind.
    #[must_use]
    pub fn kind(kind: Kind) -> Self {
        let [high, low] = kind.number().to_be_bytes();
        Self { term: vec![TermField::Kind.byte(), high, low], whole: true }
    }

    /// Entries of a day.
    #[must_use]
    pub fn day(field: TermField, day: LocalDate) -> Self {
        Self { term: [&[field.byte()], day_bytes(day.days_since_1970()).as_slice()].concat(), whole: true }
    }

    /// Its field.
    #[must_use]
    pub fn field(&self) -> TermField {
        TermField::of_term(&self.term).unwrap_or(TermField::Incident)
    }

    /// The one term that is wanted; `None` if several may be.
    #[must_use]
    pub fn term(&self) -> Option<&[u8]> {
        self.whole.then_some(self.term.as_slice())
    }

    /// What the terms wanted begin with.
    #[must_use]
    pub fn prefix(&self) -> &[u8] {
        &self.term
    }

    /// Whether a term is wanted.
    #[must_use]
    pub fn holds(&self, term: &[u8]) -> bool {
        if self.whole { term == self.term } else { term.starts_with(&self.term) }
    }
}

type Value = Option<(Vec<u8>, bool)>;

fn whole(bytes: impl AsRef<[u8]>) -> (Vec<u8>, bool) {
    (bytes.as_ref().to_vec(), true)
}

fn incident(text: &str) -> Value {
    if text == LEDGER_WIDE {
        return Some((Vec::new(), true));
    }
    if let Some(incident) = Incident::parse(text) {
        return Some(whole(incident.key().as_bytes()));
    }
    // All of an owner, or of an owner's day.
    let (owner, day) = text.split_once('/').map_or((text, None), |(owner, day)| (owner, Some(day)));
    let owner = AgencyId::parse(owner)?;
    let mut value = [&[owner.kind().number()], owner.code().as_str().as_bytes(), &[0]].concat();
    if let Some(day) = day {
        value.extend_from_slice(&day_bytes(LocalDate::parse(day).ok()?.days_since_1970()));
    }
    Some((value, false))
}

fn agency(text: &str) -> Value {
    match AgencyId::parse(text) {
        Some(agency) => Some(whole([&[agency.kind().number()], agency.code().as_str().as_bytes()].concat())),
        None => AgencyKind::parse(text).map(|kind| (vec![kind.number()], false)),
    }
}

fn policy(text: &str) -> Value {
    let (policy, version) = text.split_once('@').map_or((text, None), |(policy, v)| (policy, Some(v)));
    let mut value = Code::new(policy)?.as_str().as_bytes().to_vec();
    value.push(0);
    let Some(version) = version else { return Some((value, false)) };
    value.extend_from_slice(Code::new(version)?.as_str().as_bytes());
    Some((value, true))
}

/// How the ledger-wide events' incident is spelt.
const LEDGER_WIDE: &str = "none";

impl TermField {
    /// The spellings that are accepted; none where they cannot be listed.
    #[must_use]
    pub fn spellings(self) -> Vec<&'static str> {
        match self {
            Self::Kind => Kind::NAMES.to_vec(),
            Self::Role => Role::SPELLINGS.to_vec(),
            Self::Strand => Strand::SPELLINGS.to_vec(),
            Self::Outcome => [Attendance::SPELLINGS, Outcome::SPELLINGS].concat(),
            Self::Limb => Limb::SPELLINGS.to_vec(),
            Self::Risk => Tri::SPELLINGS.to_vec(),
            _ => Vec::new(),
        }
    }

    /// What a value must look like.
    #[must_use]
    pub fn expected(self) -> String {
        match self {
            Self::Incident => {
                "owner/date/number such as police:mps/2023-11-01/4471, owner/date for all of a day, owner for all, or none"
                    .into()
            }
            Self::Agency | Self::Counterpart => {
                format!("an agency such as police:mps, or all of a kind: {}", AgencyKind::SPELLINGS.join(", "))
            }
            Self::Policy => "a policy such as mps-rcrp, or one version of it: mps-rcrp@2023-11".into(),
            Self::Subject | Self::Location => "a token of 32 hex digits, as `onus token` prints it".into(),
            Self::Source => Code::EXPECTED.into(),
            Self::Day | Self::EnteredDay => "a date such as 2023-11-01".into(),
            _ => format!("one of {}", self.spellings().join(", ")),
        }
    }

    /// The value of a term as a person spells it: what [`Wanted::parse`] reads.
    #[must_use]
    pub fn text_of(term: &[u8]) -> Option<String> {
        let field = Self::of_term(term)?;
        let value = term.get(1..)?;
        let spelt = |spellings: &[&str], number: u8| {
            Some(
                spellings
                    .get(usize::from(number))
                    .map_or_else(|| format!("number {number}"), |s| (*s).to_owned()),
            )
        };
        match (field, value) {
            (Self::Incident, []) => Some(LEDGER_WIDE.into()),
            (Self::Incident, [kind, rest @ ..]) => {
                let end = rest.iter().position(|byte| *byte == 0)?;
                let (code, rest) = rest.split_at_checked(end)?;
                let (day, number) = rest.get(1..)?.split_first_chunk::<4>()?;
                let owner = agency_text(*kind, code)?;
                Some(format!("{owner}/{}/{}", day_text(*day)?, text(number)?))
            }
            (Self::Kind, [high, low]) => {
                let number = u16::from_be_bytes([*high, *low]);
                Some(
                    Kind::from_number(number)
                        .map_or_else(|| format!("kind {number}"), |kind| kind.name().into()),
                )
            }
            (Self::Agency | Self::Counterpart, [kind, code @ ..]) => agency_text(*kind, code),
            (Self::Role, [number]) => spelt(Role::SPELLINGS, *number),
            (Self::Strand, [number]) => spelt(Strand::SPELLINGS, *number),
            (Self::Outcome, [0, number]) => spelt(Attendance::SPELLINGS, *number),
            (Self::Outcome, [1, number]) => spelt(Outcome::SPELLINGS, *number),
            (Self::Limb, [number]) => spelt(Limb::SPELLINGS, *number),
            (Self::Risk, [number]) => spelt(Tri::SPELLINGS, *number),
            (Self::Policy, value) => {
                let end = value.iter().position(|byte| *byte == 0)?;
                let (policy, version) = value.split_at_checked(end)?;
                Some(format!("{}@{}", text(policy)?, text(version.get(1..)?)?))
            }
            (Self::Subject | Self::Location, value) => {
                Some(Token::from_bytes(*value.first_chunk::<16>()?).to_string())
            }
            (Self::Source, value) => Some(text(value)?.to_owned()),
            (Self::Day | Self::EnteredDay, value) => day_text(*value.first_chunk::<4>()?),
            _ => None,
        }
    }

    /// The local day of a term of a day.
    #[must_use]
    pub fn day_of_term(term: &[u8]) -> Option<LocalDate> {
        match Self::of_term(term)? {
            Self::Day | Self::EnteredDay => day(*term.get(1..)?.first_chunk::<4>()?),
            _ => None,
        }
    }
}

fn agency_text(kind: u8, code: &[u8]) -> Option<String> {
    let kind = AgencyKind::SPELLINGS.get(usize::from(kind)).copied().unwrap_or("unknown");
    Some(format!("{kind}:{}", text(code)?))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn day(bytes: [u8; 4]) -> Option<LocalDate> {
    LocalDate::from_days(i32::from_be_bytes(bytes) ^ i32::MIN)
}

fn day_text(bytes: [u8; 4]) -> Option<String> {
    day(bytes).map(|day| day.to_string())
}
