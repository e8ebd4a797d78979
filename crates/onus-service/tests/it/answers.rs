//! `docs/answers/` has the JSON Schema of every answer; `ONUS_BLESS=1` renews it.

use onus_service::registry::ANSWERS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/answers")
}

/// Every name that an object of the answer gives to a field, at any depth.
fn fields(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| fields(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, found)),
        _ => {}
    }
}

#[test]
fn every_answer_has_its_schema_in_the_documentation_and_nothing_else_is_there() {
    let bless = std::env::var_os("ONUS_BLESS").is_some();
    let mut expected = BTreeSet::new();
    for answer in ANSWERS {
        let file = format!("{}.json", answer.name);
        let path = folder().join(&file);
        let text = format!("{}\n", serde_json::to_string_pretty(&answer.schema()).unwrap());
        if bless {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == text, "docs/answers/{file} is not the answer's schema; renew it with ONUS_BLESS=1");
        assert!(expected.insert(file), "two answers are named {}", answer.name);
    }
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, expected);
}

#[test]
fn every_column_of_a_csv_is_a_field_of_the_answer() {
    for answer in ANSWERS {
        let mut known = BTreeSet::new();
        fields(&answer.schema(), &mut known);
        answer.row_schema().iter().for_each(|schema| fields(schema, &mut known));
        for column in answer.columns {
            // `revoked_seq` is the field `seq` of the field `revoked`.
            let is_path = || {
                column.split_once('_').is_some_and(|(of, field)| known.contains(of) && known.contains(field))
            };
            assert!(
                known.contains(*column) || is_path(),
                "{}: no field is named {column}: {known:?}",
                answer.name
            );
        }
    }
}

#[test]
fn every_field_of_an_answer_says_what_it_is() {
    for answer in ANSWERS {
        let schema = answer.schema();
        let mut objects = vec![&schema];
        while let Some(value) = objects.pop() {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                // One of several forms is an object with one field, and says itself what that is.
                let is_a_form = properties.len() == 1 && value.get("description").is_some();
                for (name, property) in properties {
                    let says =
                        is_a_form || property.get("description").is_some() || property.get("$ref").is_some();
                    assert!(says, "{}: {name} has no description", answer.name);
                }
            }
            match value {
                Value::Object(members) => objects.extend(members.values()),
                Value::Array(items) => objects.extend(items),
                _ => {}
            }
        }
    }
}
