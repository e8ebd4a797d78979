//! The page: viewer and block joined into one HTML file, and taken apart again.
//!
//! The viewer alone and the viewer inside a page are the same text but for the block, so one SHA-256 names both.
//! A page is read as data: nothing in it is run, and exactly one block may stand in it.

use onus_core::blame::{Blame, Blamed};
use onus_proof::Hash;
use onus_proof::base64_text;
use sha2::{Digest, Sha256};

const SHELL: &str = include_str!("../../viewer/viewer.html");
const STYLE: &str = include_str!("../../viewer/viewer.css");
const SCRIPT: [&str; 11] = [
    include_str!("../../viewer/bytes.js"),
    include_str!("../../viewer/words.js"),
    include_str!("../../viewer/tree.js"),
    include_str!("../../viewer/note.js"),
    include_str!("../../viewer/sealed.js"),
    include_str!("../../viewer/schema.js"),
    include_str!("../../viewer/evidence.js"),
    include_str!("../../viewer/lanes.js"),
    include_str!("../../viewer/countersigned.js"),
    include_str!("../../viewer/own.js"),
    include_str!("../../viewer/page.js"),
];
const BLOCK_OPENS: &str = "<script type=\"application/json\" id=\"onus-evidence\">";
const BLOCK_CLOSES: &str = "</script>";
/// What stands in the place of the block in a viewer that is not inside a page.
const NO_BLOCK: &str = "null";

/// Bytes of the largest file that is read as evidence.
pub const PAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a file is not read as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// No block, or more than one: no two readers might see the same.
    #[error("it holds no evidence, or more than one block of it")]
    NotOneBlock,
    /// The block does not end.
    #[error("its block of evidence has no end")]
    NoEnd,
}

impl Blamed for PageError {
    fn blame(&self) -> Blame {
        Blame::Damage
    }
}

/// The viewer, as it ships: `onus-viewer.html`.
#[must_use]
pub fn viewer() -> String {
    page(NO_BLOCK)
}

/// SHA-256 of the viewer as it ships, in hexadecimal: what is published.
#[must_use]
pub fn viewer_sha256() -> String {
    let digest: [u8; 32] = Sha256::digest(viewer()).into();
    // A `Hash` is shown as its hexadecimal digits.
    Hash::from_bytes(digest).to_string()
}

/// A page that shows this block, which must be spelt as [`Block::spell`](super::block::Block::spell) spells it.
pub(super) fn page(block: &str) -> String {
    let script = script();
    let style = format!("\n{STYLE}");
    let hash = |text: &str| base64_text::encode(Sha256::digest(text));
    let part = |(at, part): (usize, &str)| match part {
        _ if at % 2 == 0 => part.to_owned(),
        "STYLE" => style.clone(),
        "SCRIPT" => script.clone(),
        "STYLE-SHA256" => hash(&style),
        "SCRIPT-SHA256" => hash(&script),
        _ => block.to_owned(),
    };
    SHELL.split('@').enumerate().map(part).collect()
}

/// One script, in a scope of its own. It holds the shell, so that the viewer can put its own text together.
fn script() -> String {
    // A string of JavaScript, without a `<` that a reader of HTML could take for the end of the script.
    let shell = serde_json::Value::from(SHELL).to_string().replace('<', "\\u003c");
    let rooms = SCRIPT.concat();
    format!("\n\"use strict\";\n(() => {{\nconst SHELL = {shell};\n{rooms}start();\n}})();\n")
}

/// A page, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The block.
    pub(super) block: &'a str,
    /// Whether what stands around it is the viewer of this release.
    pub(super) is_own_viewer: bool,
}

/// Takes a page apart.
pub(super) fn take_apart(page: &str) -> Result<Parts<'_>, PageError> {
    let (before, rest) = page.split_once(BLOCK_OPENS).ok_or(PageError::NotOneBlock)?;
    if rest.contains(BLOCK_OPENS) {
        return Err(PageError::NotOneBlock);
    }
    let end = rest.find(BLOCK_CLOSES).ok_or(PageError::NoEnd)?;
    let (block, after) = rest.split_at_checked(end).ok_or(PageError::NoEnd)?;
    let own = viewer();
    let is_own_viewer = own
        .split_once(BLOCK_OPENS)
        .and_then(|(head, tail)| Some((head, tail.strip_prefix(NO_BLOCK)?)))
        .is_some_and(|(head, tail)| head == before && tail == after);
    Ok(Parts { block, is_own_viewer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_apart_as_it_was_joined_and_is_known_for_our_own() {
        let whole = page(r#"{"format":"x"}"#);
        assert_eq!(take_apart(&whole), Ok(Parts { block: r#"{"format":"x"}"#, is_own_viewer: true }));
        let other = whole.replace("does not hold", "holds");
        assert!(take_apart(&other).is_ok_and(|parts| !parts.is_own_viewer));
    }

    #[test]
    fn a_page_of_two_blocks_or_none_is_refused() {
        let twice = format!("{}{BLOCK_OPENS}{{}}{BLOCK_CLOSES}", page("{}"));
        assert_eq!(take_apart(&twice), Err(PageError::NotOneBlock));
        assert_eq!(take_apart("<p>nothing</p>"), Err(PageError::NotOneBlock));
        assert_eq!(take_apart(&format!("{BLOCK_OPENS}{{}}")), Err(PageError::NoEnd));
    }

    #[test]
    fn the_page_has_one_block_no_marker_is_left_and_nothing_is_asked_of_a_network() {
        let page = viewer();
        assert_eq!(page.matches(BLOCK_OPENS).count(), 1);
        for marker in [">@STYLE@<", ">@SCRIPT@<", ">@DATA@<"] {
            assert!(!page.contains(marker), "{marker}");
        }
        assert!(page.contains("default-src 'none'"));
        for asking in ["http:", "https:", "fetch(", "XMLHttpRequest", "innerHTML", "eval(", "import("] {
            let allowed = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!allowed.contains(asking), "{asking}");
        }
    }
}
