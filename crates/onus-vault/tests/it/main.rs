//! The key vault as the ledger uses it, on a disk that loses power.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod slots;
