//! Which operating-system account is at work, on which host, and who logged in to get there. Recorded beside who a
//! person says they are, because the one is claimed and the other is not.

use nix::sys::stat::stat;
use nix::unistd::{AccessFlags, Uid, User, access, gethostname};
use std::path::Path;

/// An operating-system account and the host it works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    name: String,
    host: String,
    login_uid: Option<u32>,
}

impl Account {
    /// The account of this process. An account without a name is called by its number (`uid-1000`), a
    /// host that does not say its name `unknown`.
    #[must_use]
    pub fn of_this_process() -> Self {
        let uid = Uid::current();
        let name = User::from_uid(uid).ok().flatten().map_or_else(|| format!("uid-{uid}"), |user| user.name);
        let host =
            gethostname().ok().and_then(|host| host.into_string().ok()).unwrap_or_else(|| "unknown".into());
        Self { name, host, login_uid: login_uid() }
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host's name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The number of the account that logged in, as the kernel keeps it: `su` and `sudo` do not change it. `None` for
    /// what the machine itself started, and where the kernel does not say.
    #[must_use]
    pub fn login_uid(&self) -> Option<u32> {
        self.login_uid
    }
}

/// `/proc/self/loginuid`; all bits set mean that nobody logged in.
fn login_uid() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

/// Whether this process's account can change a file, or put another in its place.
pub(crate) fn may_change(path: &Path) -> bool {
    let writable = |path: &Path| access(path, AccessFlags::W_OK).is_ok();
    writable(path) || path.parent().is_some_and(writable)
}

/// Whether accounts other than the file's owner can change it. A file that cannot be looked at is none.
pub(crate) fn others_may_change(path: &Path) -> bool {
    const GROUP_OR_OTHERS_WRITE: u32 = 0o022;
    stat(path).is_ok_and(|about| about.st_mode & GROUP_OR_OTHERS_WRITE != 0)
}

#[cfg(test)]
impl Account {
    pub(crate) fn test(name: &str) -> Self {
        Self { name: name.into(), host: "test".into(), login_uid: None }
    }
}
