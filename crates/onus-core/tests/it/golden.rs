//! Frozen numbers, spellings and bytes. A golden is never accepted without a change of
//! `docs/format.md` and a new schema version beside it.

use onus_core::field_no::FieldNo;
use onus_core::kinds::Kind;
use onus_core::vocabulary::VOCABULARY;
use std::fmt::Write as _;

#[test]
fn kinds_keep_their_numbers_and_enumerations_their_order() {
    let mut text = String::new();
    for kind in Kind::ALL {
        writeln!(
            text,
            "{:>3} {} schema {} {:?} {:?}",
            kind.number(),
            kind.name(),
            kind.schema(),
            kind.maker(),
            kind.scope()
        )
        .unwrap();
    }
    for (name, spellings) in VOCABULARY {
        writeln!(text, "{name}: {}", spellings.join(" ")).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_published_schema_is_frozen() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&onus_core::schema::published()).unwrap());
}

#[test]
fn no_field_number_of_a_sealed_text_is_used_twice_in_one_record() {
    use onus_core::schema::types;
    use onus_core::shape::{Type, Wire};
    use std::collections::BTreeMap;

    /// Counts the sealed fields below a type; a list of texts would share one number.
    fn count(of: &Type, counts: &mut BTreeMap<FieldNo, u32>) {
        match of {
            Type::Option(inner) | Type::List(inner, _) => count(inner, counts),
            Type::Named(def) => {
                if let Wire::Struct(fields) = def().wire {
                    for field in fields {
                        if field.sealed.is_sealed() {
                            *counts.entry(field.sealed).or_default() += 1;
                        }
                        count(&field.of, counts);
                    }
                }
            }
            _ => {}
        }
    }

    let common = Type::Named(|| types().remove("Common").unwrap());
    for kind in Kind::ALL {
        let mut counts = BTreeMap::new();
        count(&common, &mut counts);
        count(&kind.body_shape(), &mut counts);
        assert!(counts.values().all(|n| *n == 1), "{}: {counts:?}", kind.name());
    }
}
