//! How a command ends: the documented exit code, and words on standard error that say what is wrong
//! and what to do.

pub(crate) use onus_core::blame::chain;
use onus_core::blame::{Blame, Blamed};
use std::fmt;
use std::process::ExitCode;

/// Why a command did not do all it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// 1: a check found something.
    Found,
    /// 2: the command line is not understood.
    Usage,
    /// 3: input refused.
    Refused,
    /// 4: I/O, lock, full disk.
    Environment,
    /// 5: expected version not met, id reused.
    Conflict,
}

impl Cause {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Found => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Environment => 4,
            Self::Conflict => 5,
        })
    }
}

impl From<Blame> for Cause {
    fn from(blame: Blame) -> Self {
        match blame {
            Blame::Caller | Blame::NotAllowed | Blame::NotFound => Self::Refused,
            Blame::Conflict => Self::Conflict,
            Blame::Environment => Self::Environment,
            Blame::Damage => Self::Found,
        }
    }
}

impl<E: Blamed> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

/// A command's failure: its cause, what happened, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// What a library says of an error.
    pub(crate) fn of(error: &impl Blamed) -> Self {
        Self { cause: error.blame().into(), message: chain(error), hint: error.hint() }
    }

    pub(crate) fn new(cause: Cause, message: impl fmt::Display) -> Self {
        Self { cause, message: message.to_string(), hint: None }
    }

    /// A failure that standard error has already, line by line.
    pub(crate) fn already_shown(cause: Cause) -> Self {
        Self { cause, message: String::new(), hint: None }
    }

    /// The same, naming the file that it is about.
    pub(crate) fn about(mut self, path: &std::path::Path) -> Self {
        self.message = format!("{}: {}", path.display(), self.message);
        self
    }

    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.message.is_empty() {
            writeln!(f, "onus: {}", self.message)?;
        }
        self.hint.as_ref().map_or(Ok(()), |hint| writeln!(f, "hint: {hint}"))
    }
}

/// Anything that can be written to standard output may find it closed: `onus … | head`.
pub(crate) fn output(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        Failure::already_shown(Cause::Environment)
    } else {
        Failure::new(Cause::Environment, format_args!("cannot write to standard output: {error}"))
    }
}
