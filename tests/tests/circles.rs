//! No circle between rooms of different purpose: within a crate, what is at the top of `src/` (a file, with the
//! folder of its name) imports others in one direction.
//!
//! Read off the sources: every `crate::` path, names that `lib.rs` hands on resolved to where they are defined. Tests
//! inside a file are left out.

use onus_tests::source::{none, read, rooms, without_comments};
use std::collections::{BTreeMap, BTreeSet};

/// Rooms that are one thing in several files. Each with the reason.
const ONE_PURPOSE: [(&str, &[&str], &str); 2] = [
    (
        "onus-core",
        &["bytes", "declare", "field", "ids", "model", "stage", "vocabulary"],
        "a declaration and what it is turned into: the macros name the fields, the fields' types use the macros",
    ),
    (
        "onus-bench",
        &["child", "conditions", "large", "output", "rows", "scratch"],
        "one program of figures, which starts itself again as a process of its own",
    ),
];

type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn rooms_of_different_purpose_import_each_other_in_one_direction() {
    let files: Vec<String> =
        rooms("crates/").into_iter().filter(|file| !file.ends_with("/tests.rs")).collect();
    let crates: BTreeSet<&str> = files.iter().filter_map(|file| file.split('/').nth(1)).collect();
    let mut wrong = Vec::new();

    for name in crates {
        let graph = graph(name, &files);
        for circle in circles(&graph) {
            let known = ONE_PURPOSE.iter().any(|(of, known, _)| {
                *of == name && circle.iter().all(|room| known.contains(&room.as_str()))
            });
            if !known {
                let arrows = circle.iter().flat_map(|from| {
                    let to = graph.get(from).into_iter().flatten().filter(|to| circle.contains(*to));
                    to.map(move |to| format!("{from} -> {to}"))
                });
                wrong.push(format!("{name}: {}", arrows.collect::<Vec<_>>().join(", ")));
            }
        }
    }

    none(&wrong);
}

#[test]
fn a_circle_is_found_and_a_chain_is_none() {
    let arrows = |list: &[(&str, &str)]| -> Graph {
        let mut graph = Graph::new();
        for (from, to) in list {
            graph.entry((*from).into()).or_default().insert((*to).into());
            graph.entry((*to).into()).or_default();
        }
        graph
    };

    assert!(circles(&arrows(&[("show", "flags"), ("flags", "text"), ("show", "text")])).is_empty());
    let circle = circles(&arrows(&[("show", "flags"), ("flags", "text"), ("text", "show"), ("who", "text")]));
    assert_eq!(circle, [BTreeSet::from(["flags".into(), "show".into(), "text".into()])]);
}

fn graph(name: &str, files: &[String]) -> Graph {
    let sources = format!("crates/{name}/src/");
    let own: Vec<&String> = files.iter().filter(|file| file.starts_with(&sources)).collect();
    let face = own.iter().find(|file| file.ends_with("src/lib.rs")).map(|file| read(file));
    let handed_on = face.map(|text| handed_on(&text)).unwrap_or_default();
    let room = |file: &str| -> String {
        let first = file.trim_start_matches(&sources).split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs").to_owned()
    };
    let rooms: BTreeSet<String> = own.iter().map(|file| room(file)).collect();
    let mut graph: Graph = rooms.iter().map(|room| (room.clone(), BTreeSet::new())).collect();

    for file in &own {
        let from = room(file);
        if from == "lib" || from == "main" {
            continue;
        }
        for named in named(&code(&read(file))) {
            let to = handed_on.get(&named).unwrap_or(&named);
            if *to != from && rooms.contains(to) {
                graph.entry(from.clone()).or_default().insert(to.clone());
            }
        }
    }
    graph
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    without_comments(text.split("#[cfg(test)]").next().unwrap_or_default())
}

/// Names that `lib.rs` hands on, each with the room that defines it.
fn handed_on(face: &str) -> BTreeMap<String, String> {
    let mut handed_on = BTreeMap::new();
    for after in code(face).split("use ").skip(1) {
        let path = after.split(';').next().unwrap_or_default();
        let mut words =
            path.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        if let Some(room) = words.next() {
            handed_on.extend(words.map(|name| (name.to_owned(), room.to_owned())));
        }
    }
    handed_on
}

/// The first names after `crate::`, each of a list in braces.
fn named(text: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut named = BTreeSet::new();
    for after in text.split("crate::").skip(1) {
        let Some(list) = after.strip_prefix('{') else {
            named.insert(word(after));
            continue;
        };
        let (mut depth, mut start) = (0_u32, true);
        for (at, c) in list.char_indices() {
            if start && !c.is_whitespace() {
                named.insert(word(list.get(at..).unwrap_or_default()));
                start = false;
            }
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                _ => {}
            }
        }
    }
    named
}

/// Rooms of which each can be reached from each.
fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reached = |from: &String| -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut left: Vec<&String> = graph.get(from).into_iter().flatten().collect();
        while let Some(next) = left.pop() {
            if reached.insert(next.clone()) {
                left.extend(graph.get(next).into_iter().flatten());
            }
        }
        reached
    };
    let all: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|room| (room, reached(room))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for (room, reached) in &all {
        if reached.contains(*room) && !circles.iter().any(|circle| circle.contains(*room)) {
            let back = |other: &&String| all.get(other).is_some_and(|theirs| theirs.contains(*room));
            circles.push(reached.iter().filter(back).cloned().collect());
        }
    }
    circles
}
