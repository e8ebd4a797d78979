//! The model, read as its users do: drafts in, records and bytes out.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod canary;
mod chains;
mod contradictions;
mod drafts;
mod flat;
mod fold;
mod golden;
mod older;
mod personal;
mod samples;
mod terms;
mod transitions;
mod vantages;
mod words;
