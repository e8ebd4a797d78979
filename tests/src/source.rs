//! The sources as text: what the tests of the shape of the workspace read.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test's panic is its verdict")]

use crate::checkout;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Every file that is, or is about to be, part of the repository; those about to be deleted are left out.
pub fn files() -> Vec<String> {
    let listed = stdout_of("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let files: BTreeSet<&str> =
        listed.split_terminator('\0').filter(|file| checkout().join(file).exists()).collect();
    assert!(!files.is_empty(), "git lists no file: is this a checkout?");
    files.into_iter().map(str::to_owned).collect()
}

/// What a program prints, run at the top of the checkout.
pub fn stdout_of(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).current_dir(checkout()).output().expect("the program starts");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

/// The libraries that a product is made of; `onus-testkit` is built for tests alone.
pub const LIBRARIES: [&str; 9] = [
    "onus-core",
    "onus-proof",
    "onus-store",
    "onus-vault",
    "onus-ledger",
    "onus-query",
    "onus-import",
    "onus-export",
    "onus-service",
];

/// The files of Rust whose path, from the top of the checkout, starts so.
pub fn rooms(start: &str) -> Vec<String> {
    files().into_iter().filter(|file| file.starts_with(start) && is_rust(file)).collect()
}

/// A text without the lines that are comments.
pub fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The text of a file, named from the top of the checkout.
pub fn read(file: &str) -> String {
    fs::read_to_string(checkout().join(file)).expect(file)
}

/// Whether it is a file of Rust.
pub fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

/// Fails with the whole list, one a line, unless it is empty.
pub fn none<T: std::fmt::Display>(wrong: impl IntoIterator<Item = T>) {
    let lines: Vec<String> = wrong.into_iter().map(|one| format!("\n  {one}")).collect();
    assert!(lines.is_empty(), "{}", lines.concat());
}
