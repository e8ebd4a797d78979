//! What is published of the viewer is true.

use onus_export::evidence::viewer_sha256;
use std::fs;
use std::path::Path;

/// After a change of the viewer, the number in the document is the one that this test prints.
#[test]
fn the_viewer_has_the_sha256_that_is_published() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence.md");
    let text = fs::read_to_string(page).unwrap();
    let published = text.split("```text viewer\n").nth(1).unwrap().split('\n').next().unwrap();
    assert_eq!(published, viewer_sha256());
}
