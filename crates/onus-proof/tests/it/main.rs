//! What `onus-proof` promises, held from outside.
//!
//! * `chain`: frozen links, the formula by another road, what a link commits to
//! * `tree`: against another implementation and published roots
//! * `range`: every way of cutting a log gives one answer; what is read from outside is checked

#[cfg(test)]
mod chain;
#[cfg(test)]
mod range;
#[cfg(test)]
mod tree;
