//! The key vault as the ledger uses it, on a disk that loses power.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod crash_fs;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod slots;
