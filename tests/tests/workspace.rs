//! The shape of the workspace is what `docs/architecture.md` says it is: who may depend on whom, what stands
//! where, what is named in one place only, how long a room may get.
//!
//! Each test lists all that is wrong, not only the first.

#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use onus_tests::checkout;
use onus_tests::source::{files, is_rust, none, read, stdout_of};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

/// Which crates of this workspace each one may be built with. Dev-dependencies are free.
const ARROWS: [(&str, May); 14] = [
    ("onus-core", May::Only(&[])),
    ("onus-proof", May::Only(&[])),
    ("onus-vault", May::Only(&["onus-core"])),
    ("onus-store", May::Only(&["onus-core", "onus-proof"])),
    ("onus-ledger", May::Only(&["onus-store", "onus-vault", "onus-proof", "onus-core"])),
    ("onus-query", May::Only(&["onus-store", "onus-proof", "onus-core"])),
    ("onus-import", May::Only(&["onus-core"])),
    ("onus-export", May::Only(&["onus-query", "onus-ledger", "onus-proof", "onus-core"])),
    ("onus-service", May::AnyButTheVault),
    ("onus", May::AnyButTheVault),
    ("onus-server", May::AnyButTheVault),
    ("onus-testkit", May::AnyButTheVault),
    ("onus-bench", May::AnyButTheVaultAndTestCrates),
    ("onus-tests", May::AnyButTheVaultAndTestCrates),
];

/// Never part of a build that is not for tests or figures.
const TEST_CRATES: [&str; 2] = ["onus-testkit", "onus-tests"];

/// What may stand at the top of the checkout, licences aside.
const TOP_LEVEL: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "crates",
    "tests",
    "docs",
    ".ci",
    ".cargo",
    ".clippy.toml",
    ".rustfmt.toml",
    ".gitignore",
];

/// Past this many lines a room certainly has a second purpose.
const ROOM_LINES_MAX: usize = 600;

enum May {
    Only(&'static [&'static str]),
    AnyButTheVault,
    AnyButTheVaultAndTestCrates,
}

impl May {
    fn depend_on(&self, other: &str) -> bool {
        match self {
            Self::Only(those) => those.contains(&other),
            Self::AnyButTheVault => other != "onus-vault" && !TEST_CRATES.contains(&other),
            Self::AnyButTheVaultAndTestCrates => other != "onus-vault",
        }
    }
}

#[test]
fn a_crate_is_built_with_those_below_it_and_no_others() {
    let packages = packages();
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();

    for package in &packages {
        let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            wrong.push(format!("{} has no place in the table of arrows", package.name));
            continue;
        };
        let inside = package.built_with.iter().filter(|other| names.contains(other.as_str()));
        let forbidden = inside.filter(|other| !may.depend_on(other));
        wrong.extend(forbidden.map(|other| format!("{} must not depend on {other}", package.name)));
    }

    none(&wrong);
}

#[test]
fn a_folder_bears_the_name_of_its_package() {
    let wrong: Vec<String> = packages()
        .iter()
        .map(|package| (package.folder(), format!("crates/{}", package.name), &package.name))
        .filter(|(folder, expected, name)| {
            folder != expected && (folder.as_str(), name.as_str()) != ("tests", "onus-tests")
        })
        .map(|(folder, expected, _)| format!("{folder} should be {expected}"))
        .collect();

    none(&wrong);
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let wrong: Vec<String> = packages()
        .into_iter()
        .filter(|package| !read(&package.manifest).contains("\n[lints]\nworkspace = true\n"))
        .map(|package| format!("{} does not say [lints] workspace = true", package.manifest))
        .collect();

    none(&wrong);
}

#[test]
fn the_top_level_holds_what_the_architecture_lists_and_nothing_else() {
    let wrong: BTreeSet<String> = files()
        .iter()
        .filter_map(|file| file.split('/').next())
        .filter(|name| !TOP_LEVEL.contains(name) && !name.starts_with("LICENSE-"))
        .map(str::to_owned)
        .collect();

    none(wrong);
}

#[test]
fn bincode_sled_base64_and_toml_are_each_named_in_one_place() {
    let naming = |word: &str| -> Vec<String> {
        let sources =
            files().into_iter().filter(|file| file.starts_with("crates/") && file.contains("/src/"));
        sources.filter(|file| is_rust(file) && read(file).contains(word)).collect()
    };

    let codec = ["crates/onus-core/src/codec.rs", "crates/onus-core/src/codec/"];
    none(naming("bincode::").iter().filter(|file| !codec.iter().any(|start| file.starts_with(start))));

    none(naming("toml::").iter().filter(|file| *file != "crates/onus-core/src/toml_file.rs"));

    let read_models = naming("sled::");
    none(read_models.iter().filter(|file| !file.starts_with("crates/onus-query/src/")));
    none(read_models.iter().skip(1));

    none(
        naming("base64::{")
            .iter()
            .chain(&naming("base64::engine"))
            .filter(|file| *file != "crates/onus-proof/src/base64_text.rs"),
    );
}

#[test]
fn no_room_is_longer_than_one_purpose_can_be() {
    let rooms =
        files().into_iter().filter(|file| is_rust(file) && !file.split('/').any(|part| part == "tests"));
    let wrong: Vec<String> = rooms
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > ROOM_LINES_MAX)
        .map(|(lines, file)| format!("{file} has {lines} lines"))
        .collect();

    none(&wrong);
}

/// A test that passes without having run is worse than none. One that needs what a bare clone lacks is ignored and
/// says what it needs, so that `.ci/run` can find it and run it; one that nobody should run unasked is named so.
#[test]
fn a_test_that_is_not_run_is_ignored_with_what_it_needs() {
    const NEEDS: [&str; 5] = ["vectors", "data", "python", "readers", "a browser"];
    let mut wrong = Vec::new();
    for file in files().into_iter().filter(|file| is_rust(file) && file != "tests/tests/workspace.rs") {
        let text = read(&file);
        if text.contains("println!(\"skipped") {
            wrong.push(format!("{file} has a test that prints that it was skipped, and passes"));
        }
        for after in text.split("#[ignore").skip(1) {
            let (reason, rest) = after.split_once(']').unwrap_or_default();
            let reason = reason.trim_start_matches(" = \"");
            let name = rest.trim_start().trim_start_matches("fn ");
            let needed = NEEDS.iter().any(|need| reason.starts_with(&format!("needs {need}: ")));
            let by_hand = reason.starts_with("by hand alone: ") && name.starts_with("by_hand_");
            if !needed && !by_hand {
                wrong
                    .push(format!("{file} ignores a test for a reason that .ci/run does not know: {reason}"));
            }
        }
    }

    none(&wrong);
}

/// What stands in backticks exists; what is still to come is written without them.
#[test]
fn the_map_names_every_crate_and_nothing_that_is_not_there() {
    let map = read("docs/architecture.md");
    let named = in_backticks(&map);
    let (files, packages) = (files(), packages());
    let is_package = |name: &str| packages.iter().any(|package| package.name == name);
    let mut wrong = Vec::new();

    for package in &packages {
        if !named.contains(package.name.as_str()) {
            wrong.push(format!("`{}` is not named", package.name));
        }
    }
    for name in &named {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        let path = name.trim_end_matches('/');
        let is_crate =
            name.strip_prefix("onus-").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase()));
        let is_path = path.split('/').next().is_some_and(|top| TOP_LEVEL.contains(&top))
            || [".rs", ".md", ".toml"].iter().any(|end| path.len() > end.len() && path.ends_with(end));
        if is_crate && !is_package(name) {
            wrong.push(format!("there is no crate `{name}`"));
        } else if plain && is_path && !stands(path, &files) {
            wrong.push(format!("there is no `{name}`"));
        }
    }

    none(&wrong);
}

/// Each room is named in its crate's section, or is in the folder of a room or a folder that is.
#[test]
fn every_room_is_on_the_map_or_in_its_folders_line() {
    let map = read("docs/architecture.md");
    let mut wrong = Vec::new();
    for package in packages() {
        let sources = format!("crates/{}/src/", package.name);
        let section = map.split("\n### ").find(|part| part.starts_with(&format!("`{}`\n", package.name)));
        let section = section.and_then(|part| part.split("\n## ").next()).unwrap_or_default();
        let named = in_backticks(section);
        let rooms = files().into_iter().filter(|file| file.starts_with(&sources) && is_rust(file));
        for file in
            rooms.filter(|file| !["/lib.rs", "/main.rs", "tests.rs"].iter().any(|end| file.ends_with(end)))
        {
            let is_named = named.iter().any(|name| {
                let name = name.trim_start_matches(&sources);
                let folder = name.trim_end_matches(".rs").trim_end_matches('/');
                format!("/{file}").ends_with(&format!("/{name}")) || file.contains(&format!("/{folder}/"))
            });
            if !is_named {
                wrong.push(format!("{file} is not on the map"));
            }
        }
    }

    none(&wrong);
}

#[test]
fn the_readme_begins_with_two_commands_one_of_them_the_tests() {
    let readme = read("README.md");
    let mut commands: Vec<&str> = Vec::new();
    for block in code_blocks(&readme) {
        if commands.len() < 2 {
            commands.extend(block);
        }
    }

    assert_eq!(commands.len(), 2, "not two commands: {commands:?}");
    assert!(commands.contains(&"cargo test --workspace --locked"), "no test command: {commands:?}");
    assert!(commands.iter().all(|command| command.starts_with("cargo ")), "{commands:?}");
}

struct Package {
    name: String,
    /// From the top of the checkout.
    manifest: String,
    /// Normal and build dependencies, this workspace's and others'.
    built_with: Vec<String>,
}

impl Package {
    fn folder(&self) -> String {
        self.manifest.trim_end_matches("Cargo.toml").trim_end_matches('/').to_owned()
    }
}

fn packages() -> Vec<Package> {
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"];
    let metadata: Value =
        serde_json::from_str(&stdout_of(env!("CARGO"), &arguments)).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let top = checkout();

    let packages = list(metadata.get("packages").expect("packages")).into_iter().map(|package| {
        let field = |name: &str| package.get(name).expect("a field of a package");
        let dependencies = list(field("dependencies")).into_iter();
        let built_with = dependencies.filter(|one| one.get("kind").and_then(Value::as_str) != Some("dev"));
        let manifest = text(field("manifest_path"));
        Package {
            name: text(field("name")),
            manifest: Path::new(&manifest)
                .strip_prefix(&top)
                .expect("a member stands inside the checkout")
                .display()
                .to_string(),
            built_with: built_with.map(|one| text(one.get("name").expect("a name"))).collect(),
        }
    });
    packages.collect()
}

/// A path may be given from the top, from `docs/`, or by its last parts.
fn stands(path: &str, files: &[String]) -> bool {
    checkout().join(path).exists()
        || checkout().join("docs").join(path).exists()
        || files.iter().any(|file| file.strip_suffix(path).is_some_and(|before| before.ends_with('/')))
}

/// The pieces of a Markdown text that stand between single backticks, outside code blocks.
fn in_backticks(text: &str) -> BTreeSet<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// The commands of each code block: its lines, without prompts, comments and blank ones.
fn code_blocks(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let blocks = text.split("```").skip(1).step_by(2);
    blocks.map(|block| {
        let lines = block.lines().skip(1).map(|line| line.trim_start_matches("$ ").trim());
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
    })
}
