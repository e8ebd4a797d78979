//! The model, read as its users do: drafts in, records and bytes out.

mod canary;
mod drafts;
mod golden;
mod samples;
