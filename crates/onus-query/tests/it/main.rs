//! Questions over real ledgers on a disk.
