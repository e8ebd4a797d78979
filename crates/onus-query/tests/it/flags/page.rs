//! The rules, one by one, and the page that is made from them.

use onus_query::flags::{RULES, page};
use std::fs;
use std::path::Path;

#[test]
fn the_page_of_flags_is_that_of_the_rules() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/flags.md");
    if std::env::var_os("ONUS_BLESS").is_some() {
        fs::write(&file, page()).unwrap();
    }
    let differs = fs::read_to_string(&file).unwrap_or_default() != page();
    assert!(!differs, "docs/flags.md is not what the rules say: run this test with ONUS_BLESS=1");
}

#[test]
fn every_rule_that_has_a_file_is_in_the_list_in_the_order_of_codes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flags");
    let mut files: Vec<u8> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|file| {
            file.unwrap().file_name().to_str()?.strip_prefix('f')?.split_once('_')?.0.parse().ok()
        })
        .collect();
    files.sort_unstable();
    let codes: Vec<u8> = RULES.iter().map(|rule| rule.code.number()).collect();
    assert_eq!(codes, files);
    assert!(codes.iter().all(|code| (1..=99).contains(code)));
}

#[test]
fn every_rule_says_where_it_comes_from() {
    for rule in RULES {
        assert!(!rule.basis.is_empty() && !rule.says.is_empty(), "{}", rule.code);
        assert!(rule.severities.is_sorted() && !rule.severities.is_empty(), "{}", rule.code);
    }
}
