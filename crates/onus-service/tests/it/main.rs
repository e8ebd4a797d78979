//! What the service promises of its answers.

mod answers;
mod examples;
mod exports;
mod now;
mod sentences;
