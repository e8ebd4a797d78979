//! What `onus-proof` promises, held from outside.
//!
//! * `chain`: frozen links, the formula by another road, what a link commits to
//! * `tree`: against another implementation and published roots
//! * `range`: every way of cutting a log gives one answer; what is read from outside is checked
//! * `proofs`: made and checked against another implementation; nothing else verifies
//! * `published`: the vectors that others publish, where they stand beside the checkout
//! * `notes`: keys, notes, checkpoints, cosignatures, statements
//! * `formats`: proofs, tiles, policies, equivocation files, as text
//! * `witnessing`: what a witness answers to what
//! * `garbage`: arbitrary bytes never break a parser

#[cfg(test)]
mod chain;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod grown;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod published;
#[cfg(test)]
mod range;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod witnessing;
