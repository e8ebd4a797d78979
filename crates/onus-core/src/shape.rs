//! What a type looks like: in bytes and in a draft. One description, made by the types themselves,
//! from which the published schema, the JSON Schema and `docs/domain.md` are all generated, and by which
//! records are checked and searched without decoding them. The bounds of a type are part of it.

use crate::code::TextForm;
use crate::field_no::FieldNo;
use std::collections::BTreeMap;

/// How a value is written in bytes (`docs/format.md` §4: bincode, varint, little-endian).
#[derive(Clone, Debug)]
pub enum Type {
    /// One byte, 0 or 1.
    Bool,
    /// Varint.
    U16,
    /// Varint.
    U32,
    /// Varint.
    U64,
    /// Zigzag, then varint: from the first to the second, both included.
    I32(i32, i32),
    /// Zigzag, then varint: from the first to the second, both included.
    I64(i64, i64),
    /// Length as varint, then a string of this form.
    Str(&'static TextForm),
    /// Length as varint, then bytes: at most so many.
    Bytes(usize),
    /// So many bytes, bare.
    Array(usize),
    /// 16 bytes, bare: neither all zeros nor all ones.
    Uuid,
    /// One byte, 0 or 1; after 1 the value.
    Option(Box<Type>),
    /// Count as varint, then the values.
    List(Box<Type>, usize),
    /// A type of its own.
    Named(fn() -> TypeDef),
}

impl Type {
    /// The type expression of the published schema.
    #[must_use]
    pub fn expression(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::U16 => "u16".into(),
            Self::U32 => "u32".into(),
            Self::U64 => "u64".into(),
            Self::I32(..) => "i32".into(),
            Self::I64(..) => "i64".into(),
            Self::Str(_) => "str".into(),
            Self::Bytes(_) => "bytes".into(),
            Self::Uuid => "array 16".into(),
            Self::Array(bytes) => format!("array {bytes}"),
            Self::Option(inner) => format!("option {}", inner.expression()),
            Self::List(inner, _) => format!("list {}", inner.expression()),
            Self::Named(def) => def().name.into(),
        }
    }

    /// The fields of an object of this type; none where it is no object.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldDef> {
        match self {
            Self::Option(inner) => inner.fields(),
            Self::Named(def) => match def().wire {
                Wire::Struct(fields) => fields,
                Wire::Alias(of) => of.fields(),
                Wire::Enum(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Puts every named type that this one is made of into `found`.
    pub fn collect(&self, found: &mut BTreeMap<&'static str, TypeDef>) {
        match self {
            Self::Option(inner) | Self::List(inner, _) => inner.collect(found),
            Self::Named(def) => {
                let def = def();
                let parts: Vec<Type> = match &def.wire {
                    Wire::Alias(of) => vec![of.clone()],
                    Wire::Struct(fields) => fields.iter().map(|field| field.of.clone()).collect(),
                    Wire::Enum(_) => Vec::new(),
                };
                if found.insert(def.name, def).is_none() {
                    for part in &parts {
                        part.collect(found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A type with a name.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name, the same in Rust, schema and documentation.
    pub name: &'static str,
    /// What it is, in a sentence or more.
    pub doc: String,
    /// In bytes.
    pub wire: Wire,
    /// In a draft.
    pub draft: DraftForm,
}

/// A named type in bytes.
#[derive(Clone, Debug)]
pub enum Wire {
    /// As another type.
    Alias(Type),
    /// Its fields, bare, in order.
    Struct(Vec<FieldDef>),
    /// Its value's number as a varint.
    Enum(&'static [&'static str]),
}

/// One field of a struct.
#[derive(Clone, Debug)]
pub struct FieldDef {
    /// Its name, the same in drafts.
    pub name: &'static str,
    /// What it says.
    pub doc: String,
    /// Its type.
    pub of: Type,
    /// The number that binds a sealed text to its field (`docs/format.md` §8); 0 where none is.
    pub sealed: FieldNo,
    /// Whether a draft must state it.
    pub required: bool,
}

/// A named type in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftForm {
    /// An object of its fields, or one of an enumeration's spellings: as the bytes have it.
    AsWire,
    /// A string of this form.
    Text {
        /// In words, for people and for errors.
        expected: &'static str,
        /// An ECMA 262 pattern, for validators.
        pattern: String,
    },
    /// Free text, sealed when it is recorded.
    FreeText,
    /// A token, or an identifier that the ledger turns into one.
    Token,
}
