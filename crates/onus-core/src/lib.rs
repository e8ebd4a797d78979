//! The event model of Onus: what happened, who, when, under which policy, and its exact bytes.
//!
//! Here stand the events and enumerations of the field, the common record, the reading of JSON
//! drafts, the codec, and the entry whose bytes are hashed. Start at [`record`], then [`kinds`] and
//! [`bodies`]; [`entry`] and [`codec`] are the bytes.
//!
//! # Promises
//! * A type of a record is declared once; its bytes, its draft form, its sealing, the published
//!   schema and the documentation all come from that declaration.
//! * Only canonical bytes decode. Free text is [`sealed::Sealed`] and nothing else.
//! * No error repeats what was read.
//!
//! # Never
//! * No I/O, no clock, no randomness. [`storage`] holds traits alone.

pub mod blame;
pub mod bodies;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod codec;
pub mod common;
mod declare;
pub mod draft;
pub mod entry;
pub mod example;
pub mod faults;
pub mod field;
pub mod field_no;
pub mod flat;
pub mod hex;
pub mod history;
pub mod hold;
pub mod ids;
mod json;
pub mod keys;
pub mod kinds;
pub mod limits;
pub mod lines;
pub mod model;
pub mod nearest;
pub mod phrase;
pub mod record;
pub mod responsibility;
pub mod restriction;
pub mod rights;
pub mod schema;
pub mod sealed;
pub mod seq;
pub mod shape;
pub mod stage;
pub mod storage;
pub mod terms;
pub mod time;
pub mod toml_file;
pub mod vocabulary;
pub mod walk;
