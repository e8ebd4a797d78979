//! The shape of the command line (`crates/onus/src`): what was typed, one call, one writer. What two commands need is
//! the service's, or a room beside `commands/`; no command reaches into another.

use onus_tests::source::{none, read, rooms, without_comments};
use std::collections::BTreeSet;

/// The command line holds arguments, calls and writers; past this, rules have crept in.
const LINES_MAX: usize = 8_000;
/// Past this many lines a room of the command line does something that the service should.
const ROOM_LINES_MAX: usize = 200;

const SOURCES: &str = "crates/onus/src/";
const COMMANDS: &str = "crates/onus/src/commands";

#[test]
fn the_command_line_stays_small() {
    let rooms = rooms(SOURCES);
    let lines: usize = rooms.iter().map(|file| read(file).lines().count()).sum();
    let long = rooms.iter().map(|file| (file, read(file).lines().count()));
    let long = long.filter(|(_, lines)| *lines > ROOM_LINES_MAX);
    let mut wrong: Vec<String> = long.map(|(file, lines)| format!("{file} has {lines} lines")).collect();

    if lines > LINES_MAX {
        wrong.push(format!("{SOURCES} has {lines} lines in all"));
    }

    none(&wrong);
}

#[test]
fn no_command_imports_another() {
    let rooms = rooms(COMMANDS);
    let commands: BTreeSet<String> = rooms.iter().filter_map(|file| command(&module(file))).collect();
    let mut wrong = Vec::new();

    for file in &rooms {
        let here = module(file);
        let text = without_comments(&read(file));
        // The rooms of one command are one command: they may use each other.
        let mine = command(&here);
        for path in paths(&here, &text) {
            if let Some(other) = command(&path).filter(|other| commands.contains(other))
                && mine.as_ref() != Some(&other)
                && mine.is_some()
            {
                wrong.push(format!("{file} imports {other}"));
            }
        }
        // The parent of all may start each command. If it handed one's function to the others, that would only hide
        // the arrow.
        for line in text.lines().map(str::trim).filter(|line| mine.is_none() && line.contains("use ")) {
            let path = line.split_once("use ").map_or("", |(_, path)| path).trim_start_matches("self::");
            let first = path.split("::").next().unwrap_or_default();
            if commands.contains(&format!("commands::{first}")) {
                wrong.push(format!("{file} hands on from {first}: {line}"));
            }
        }
    }

    none(&wrong);
}

/// `crates/onus/src/commands/export/foi.rs` is `commands::export::foi`.
fn module(file: &str) -> String {
    file.trim_start_matches(SOURCES).trim_end_matches(".rs").replace('/', "::")
}

/// `commands::export::foi` is of `commands::export`; `commands` itself is of none.
fn command(path: &str) -> Option<String> {
    let mut parts = path.split("::");
    let is_command = parts.next() == Some("commands");
    parts.next().filter(|name| is_command && !name.is_empty()).map(|name| format!("commands::{name}"))
}

/// What the code names by `super::` and `crate::commands::`, from the crate's root; each of a list in braces.
fn paths(here: &str, text: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, found) in text.match_indices("super::") {
        if text.get(..at).is_some_and(|before| before.ends_with("super::")) {
            continue;
        }
        let mut rest = text.get(at + found.len()..).unwrap_or_default();
        let mut base: Vec<&str> = here.split("::").collect();
        base.pop();
        while let Some(above) = rest.strip_prefix("super::") {
            base.pop();
            rest = above;
        }
        for name in names(rest) {
            paths.insert(format!("{}::{name}", base.join("::")));
        }
    }
    for (at, found) in text.match_indices("crate::commands::") {
        for name in names(text.get(at + found.len()..).unwrap_or_default()) {
            paths.insert(format!("commands::{name}"));
        }
    }
    paths
}

/// The path that starts here, or each that a list in braces starts with.
fn names(rest: &str) -> Vec<String> {
    let path = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect()
    };
    match rest.strip_prefix('{') {
        Some(list) => list.split('}').next().unwrap_or_default().split(',').map(path).collect(),
        None => vec![path(rest)],
    }
}
