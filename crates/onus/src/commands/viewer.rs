//! `onus viewer`: the viewer of evidence files, to be handed out by another channel than the files.

use crate::args::ViewerArgs;
use crate::exit::Failure;
use crate::new_file::NewFile;
use crate::terminal;
use onus_export::evidence::{viewer, viewer_sha256};

pub(crate) fn run(args: &ViewerArgs) -> Result<(), Failure> {
    NewFile::create(&args.out)?.finish(viewer().as_bytes())?;
    terminal::data(|out| writeln!(out, "{}  {}", viewer_sha256(), args.out.display()))
}
