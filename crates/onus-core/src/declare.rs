//! `record!`: declares a struct of a record once, and from that its bytes, its draft form, its sealing
//! and its description.
//!
//! A field may say how it differs: `sealed(16)` numbers a sealed text (the number is part of what
//! binds a ciphertext to its field and is never reused within a record), `or(value)` gives what an
//! absent member means, `ledger()` marks what the ledger fills in.

macro_rules! record {
    ($(
        $(#[doc = $doc:literal])*
        struct $name:ident $(<$stage:ident>)? {
            $($(#[doc = $fdoc:literal])* $field:ident : $ty:ty $(= $how:ident($($arg:tt)*))?),* $(,)?
        }
    )+) => {$(
        $crate::declare::record_struct! {
            [$($stage)?] $(#[doc = $doc])* struct $name { $($(#[doc = $fdoc])* $field : $ty),* }
        }
        $crate::declare::record_impls! {
            [$($stage)?] [$($doc)*] $name { $([$($fdoc)*] $field : $ty [$($how($($arg)*))?]),* }
        }
    )+};
}

macro_rules! record_struct {
    ([] $(#[$doc:meta])* struct $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
    ([$stage:ident] $(#[$doc:meta])* struct $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(bound(
            serialize = "S::Text: serde::Serialize, S::Token: serde::Serialize, S::Id: serde::Serialize, S::Assertion: serde::Serialize, S::Submission: serde::Serialize, S::Source: serde::Serialize",
            deserialize = "S::Text: serde::Deserialize<'de>, S::Token: serde::Deserialize<'de>, S::Id: serde::Deserialize<'de>, S::Assertion: serde::Deserialize<'de>, S::Submission: serde::Deserialize<'de>, S::Source: serde::Deserialize<'de>",
        ))]
        pub struct $name<$stage: $crate::stage::Stage> { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

macro_rules! record_impls {
    ([] [$($doc:literal)*] $name:ident { $([$($fdoc:literal)*] $field:ident : $ty:ty [$($how:ident($($arg:tt)*))?]),* }) => {
        impl $crate::field::Field for $name {
            $crate::declare::record_field_fns!([$($doc)*] $name { $([$($fdoc)*] $field : $ty [$($how($($arg)*))?]),* });
        }
        impl $crate::draft::FromDraft for $name {
            $crate::declare::record_draft_fn!($name { $($field : $ty [$($how($($arg)*))?]),* });
        }
        $crate::field::unchanged_by_sealing!($name);
    };
    ([$stage:ident] [$($doc:literal)*] $name:ident { $([$($fdoc:literal)*] $field:ident : $ty:ty [$($how:ident($($arg:tt)*))?]),* }) => {
        impl<$stage: $crate::stage::Stage> $crate::field::Field for $name<$stage>
        where
            $stage::Text: $crate::field::Field,
            $stage::Token: $crate::field::Field,
            $stage::Id: $crate::field::Field,
            $stage::Assertion: $crate::field::Field,
            $stage::Submission: $crate::field::Field,
            $stage::Source: $crate::field::Field,
        {
            $crate::declare::record_field_fns!([$($doc)*] $name { $([$($fdoc)*] $field : $ty [$($how($($arg)*))?]),* });
        }
        impl<$stage: $crate::stage::Stage> $crate::draft::FromDraft for $name<$stage>
        where
            $stage::Text: $crate::draft::FromDraft,
            $stage::Token: $crate::draft::FromDraft,
            $stage::Id: $crate::draft::FromDraft,
            $stage::Assertion: $crate::draft::FromDraft,
            $stage::Submission: $crate::draft::FromDraft,
            $stage::Source: $crate::draft::FromDraft,
        {
            $crate::declare::record_draft_fn!($name { $($field : $ty [$($how($($arg)*))?]),* });
        }
        impl $crate::field::Seal for $name<$crate::stage::Drafted> {
            type Stored = $name<$crate::stage::Stored>;
            fn seal<B: $crate::stage::Sealing>(self, _: $crate::field_no::FieldNo, by: &mut B) -> Result<Self::Stored, B::Error> {
                Ok($name {
                    $($field: $crate::field::Seal::seal(self.$field, $crate::declare::sealed_number!($($how($($arg)*))?), by)?),*
                })
            }
        }
    };
}

macro_rules! record_field_fns {
    ([$($doc:literal)*] $name:ident { $([$($fdoc:literal)*] $field:ident : $ty:ty [$($how:ident($($arg:tt)*))?]),* }) => {
        fn shape() -> $crate::shape::Type {
            $crate::shape::Type::Named(|| $crate::shape::TypeDef {
                name: stringify!($name),
                doc: $crate::declare::doc(&[$($doc),*]),
                wire: $crate::shape::Wire::Struct(vec![$({
                    let of = <$ty as $crate::field::Field>::shape();
                    $crate::shape::FieldDef {
                        name: stringify!($field),
                        doc: $crate::declare::doc(&[$($fdoc),*]),
                        required: $crate::declare::stated!($($how($($arg)*))?)
                            && !matches!(of, $crate::shape::Type::Option(_) | $crate::shape::Type::List(..)),
                        of,
                        sealed: $crate::declare::sealed_number!($($how($($arg)*))?),
                    }
                }),*]),
                draft: $crate::shape::DraftForm::AsWire,
            })
        }
        fn to_json(&self) -> serde_json::Value {
            let members: Vec<(&str, serde_json::Value)> =
                vec![$((stringify!($field), $crate::field::Field::to_json(&self.$field))),*];
            $crate::declare::object(members)
        }
        fn visit_sealed(&mut self, _: $crate::field_no::FieldNo, visit: &mut dyn FnMut($crate::field_no::FieldNo, &mut $crate::sealed::Sealed)) {
            $($crate::field::Field::visit_sealed(
                &mut self.$field,
                $crate::declare::sealed_number!($($how($($arg)*))?),
                visit,
            );)*
        }
        fn columns(name: &str, _: &str, _: $crate::field_no::FieldNo, out: &mut Vec<$crate::cell::Column>) {
            $(<$ty as $crate::field::Field>::columns(
                &$crate::cell::below(name, stringify!($field)),
                &$crate::declare::doc(&[$($fdoc),*]),
                $crate::declare::sealed_number!($($how($($arg)*))?),
                out,
            );)*
        }
        fn cells(&self, row: &mut dyn FnMut($crate::cell::Cell<'_>)) {
            $($crate::field::Field::cells(&self.$field, row);)*
        }
        fn blank(row: &mut dyn FnMut($crate::cell::Cell<'_>)) {
            $(<$ty as $crate::field::Field>::blank(row);)*
        }
    };
}

macro_rules! record_draft_fn {
    ($name:ident { $($field:ident : $ty:ty [$($how:ident($($arg:tt)*))?]),* }) => {
        fn read(json: &$crate::json::Json, at: &$crate::draft::At<'_>) -> Result<Self, $crate::draft::DraftError> {
            const NAMES: &[&str] = &[$(stringify!($field)),*];
            let mut reading = at.object(json, NAMES)?;
            $(let $field = reading.member::<$ty>(stringify!($field), $crate::declare::default_of!($($how($($arg)*))?));)*
            match ($($field,)*) {
                ($(Some($field),)*) if reading.is_sound() => Ok(Self { $($field),* }),
                _ => Err(reading.refusal()),
            }
        }
    };
}

macro_rules! sealed_number {
    (sealed($number:literal)) => {
        $crate::field_no::FieldNo::new($number)
    };
    ($($other:tt)*) => {
        $crate::field_no::FieldNo::NONE
    };
}

macro_rules! default_of {
    (or($value:expr)) => {
        Some($value)
    };
    ($($other:tt)*) => {
        None
    };
}

macro_rules! stated {
    (or($value:expr)) => {
        false
    };
    (ledger()) => {
        false
    };
    ($($other:tt)*) => {
        true
    };
}

pub(crate) use {
    default_of, record, record_draft_fn, record_field_fns, record_impls, record_struct, sealed_number, stated,
};

/// Doc lines as one text.
pub(crate) fn doc(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// A JSON object without the members that say nothing.
pub(crate) fn object(members: Vec<(&str, serde_json::Value)>) -> serde_json::Value {
    let says = |value: &serde_json::Value| {
        !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty())
    };
    serde_json::Value::Object(
        members
            .into_iter()
            .filter(|(_, value)| says(value))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
