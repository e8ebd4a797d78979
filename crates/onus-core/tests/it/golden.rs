//! Frozen numbers, spellings and bytes. A golden is never accepted without a change of
//! `docs/format.md` and a new schema version beside it.

use onus_core::kinds::Kind;
use onus_core::vocabulary::VOCABULARY;
use std::fmt::Write as _;

#[test]
fn kinds_keep_their_numbers_and_enumerations_their_order() {
    let mut text = String::new();
    for kind in Kind::ALL {
        writeln!(text, "{:>3} {} schema {} {:?} {:?}", kind.number(), kind.name(), kind.schema(), kind.maker(), kind.scope()).unwrap();
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
