//! The store, through its public interface.
//!
//! * `appending`: receipts, retries, conditions, versions
//! * `crashing`: power cuts at every step of writing and of recovery
//! * `failing`: errors of the disk, poisoning, damage that opening must not touch
//! * `indexing`: the index against the log, lost, damaged, wrong and made anew
//! * `timing`: the rules of the ledger's clock
//! * `sharing`: several writers and readers at once
//! * `modelling`: any sequence of requests, crashes and reopenings against a plain list
//! * `verifying`: what the full check finds

#[cfg(test)]
mod appending;
#[cfg(test)]
mod crashing;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod indexing;
#[cfg(test)]
mod modelling;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod verifying;
