//! What an edge hears while a question is answered: notes for people, and how far long work has come.

/// Who hears notes and progress; nobody by default.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// One sentence beside the answer, such as that an index was rebuilt.
    pub note: fn(&str),
    /// So much is done, of so much; bytes or entries.
    pub progress: fn(u64, u64),
}

impl Default for Listener {
    fn default() -> Self {
        Self { note: |_| {}, progress: |_, _| {} }
    }
}
