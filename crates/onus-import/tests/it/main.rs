//! Rows to drafts, through the public interface.
//!
//! * `real_files`: both public files from their first byte to drafts, counted against the files
//! * `hostile`: files that are to be refused as a whole
//! * `rows`: the ways in which files are written; positions; the rejects file
//! * `mapping`: what a mapping may say, and what it is told where it may not
//! * `templates`: what rows become
//! * `identity`: the ids of events
//! * `case`: cases written by hand
//! * `canary`: no error repeats a cell
//! * `documentation`: the page on writing a mapping
//! * `speed`: a figure, by hand

#[cfg(test)]
mod canary;
#[cfg(test)]
mod case;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod mapping;
#[cfg(test)]
mod real_files;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod support;
#[cfg(test)]
mod templates;
