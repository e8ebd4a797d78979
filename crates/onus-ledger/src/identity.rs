//! Who asks, and which account may say so.
//!
//! `--as agency/role/token` names an identity; `DIR.private/profiles.toml` lists which
//! operating-system account may use which. Without `--as` the ledger's own agency submits.
//!
//! Never: an identity that no profile allows is used; nothing here decides what an identity may read.

use crate::account::Account;
use onus_core::blame::{Blame, Blamed};
use onus_core::ids::{AgencyId, Token};
use onus_core::model::Actor;
use onus_core::stage::Stored;
use onus_core::toml_file::{self, TomlFault};
use onus_core::vocabulary::Role;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who a person says they are: an agency, perhaps a role, perhaps a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    agency: AgencyId,
    role: Option<Role>,
    staff: Option<Token>,
}

impl Identity {
    /// What an identity looks like.
    pub const EXPECTED: &str = "agency, agency/role or agency/role/token, such as police:mps/supervisor (the token is what `onus token` prints)";

    /// An agency alone.
    #[must_use]
    pub fn agency_alone(agency: AgencyId) -> Self {
        Self { agency, role: None, staff: None }
    }

    /// Reads `agency[/role[/token]]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let agency = AgencyId::parse(parts.next()?)?;
        let role = parts.next().map(|role| Role::parse(role).ok_or(())).transpose().ok()?;
        let staff = parts.next().map(|token| Token::parse(token).ok_or(())).transpose().ok()?;
        parts.next().is_none().then_some(Self { agency, role, staff })
    }

    /// The agency.
    #[must_use]
    pub fn agency(&self) -> &AgencyId {
        &self.agency
    }

    /// The role, if one is named.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// The person, if named.
    #[must_use]
    pub fn staff(&self) -> Option<Token> {
        self.staff
    }

    /// Whether this names whoever acted, or something wider.
    pub(crate) fn covers_actor(&self, actor: &Actor<Stored>) -> bool {
        self.covers(&Self { agency: actor.agency.clone(), role: Some(actor.role), staff: actor.staff })
    }

    /// Whether this names `other` or something wider: an agency covers all its roles, a role all who
    /// have it.
    fn covers(&self, other: &Self) -> bool {
        self.agency == other.agency
            && (self.role.is_none() || self.role == other.role)
            && (self.staff.is_none() || self.staff == other.staff)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.agency)?;
        if let Some(role) = self.role {
            write!(f, "/{}", role.as_str())?;
        }
        self.staff.map_or(Ok(()), |staff| write!(f, "/{staff}"))
    }
}

/// The profile file: which account may use which identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles(Vec<(String, Identity)>);

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    #[serde(default)]
    allow: Vec<Allow>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Allow {
    account: String,
    #[serde(rename = "as")]
    identity: String,
}

/// Why the profile file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not the expected TOML. Nobody may use an identity until the file is mended.
    #[error(
        "profiles.toml: {0}; it holds [[allow]] tables with account = \"…\" and as = \"agency[/role[/token]]\""
    )]
    Form(TomlFault),
    /// An identity in it is not one.
    #[error("profiles.toml: allow[{index}].as: expected {}", Identity::EXPECTED)]
    Identity {
        /// Which table, from 0.
        index: usize,
    },
}

impl Blamed for ProfileError {
    fn blame(&self) -> Blame {
        Blame::NotAllowed
    }

    fn hint(&self) -> Option<String> {
        Some("an administrator of the ledger can correct profiles.toml in the private directory".into())
    }
}

impl Profiles {
    /// The profile of a new ledger: the account that makes it may act for the ledger's agency.
    #[must_use]
    pub fn for_creator(account: &Account, agency: &AgencyId) -> Self {
        Self(vec![(account.name().to_owned(), Identity::agency_alone(agency.clone()))])
    }

    /// Allows one more identity to an account.
    #[must_use]
    pub fn with(mut self, account: &Account, identity: Identity) -> Self {
        self.0.push((account.name().to_owned(), identity));
        self
    }

    /// Reads `profiles.toml`.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let file: ProfileFile = toml_file::read(text).map_err(ProfileError::Form)?;
        let read = |(index, allow): (usize, Allow)| match Identity::parse(&allow.identity) {
            Some(identity) => Ok((allow.account, identity)),
            None => Err(ProfileError::Identity { index }),
        };
        file.allow.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// As `profiles.toml`, with a word on what it is.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::from(
            "# Which operating-system account may act as whom in this ledger.\n\
             # as = \"agency\" allows every role and person of it; agency/role or agency/role/token less.\n",
        );
        for (account, identity) in &self.0 {
            let (account, identity) = (toml_file::string(account), toml_file::string(&identity.to_string()));
            text = format!("{text}\n[[allow]]\naccount = {account}\nas = {identity}\n");
        }
        text
    }

    /// Whether this account may use this identity.
    #[must_use]
    pub fn allow(&self, account: &Account, identity: &Identity) -> bool {
        self.0.iter().any(|(name, allowed)| name == account.name() && allowed.covers(identity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(text: &str) -> Identity {
        Identity::parse(text).unwrap()
    }

    #[test]
    fn an_identity_is_read_as_it_is_written() {
        let token = "00112233445566778899aabbccddeeff";
        for text in ["police:mps", "police:mps/supervisor", &format!("police:mps/supervisor/{token}")] {
            assert_eq!(identity(text).to_string(), text);
        }
        for text in
            ["", "police", "police:mps/chief", "police:mps/supervisor/42", "police:mps/supervisor/x/y"]
        {
            assert_eq!(Identity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_profile_allows_what_it_names_and_what_that_covers() {
        let profiles = Profiles::parse(
            "[[allow]]\naccount = \"alice\"\nas = \"police:mps\"\n[[allow]]\naccount = \"bob\"\nas = \"police:mps/supervisor\"\n",
        )
        .unwrap();
        let account = |name: &str| Account::test(name);
        assert!(profiles.allow(&account("alice"), &identity("police:mps/call_handler")));
        assert!(profiles.allow(&account("bob"), &identity("police:mps/supervisor")));
        assert!(
            !profiles.allow(&account("bob"), &identity("police:mps")),
            "a role does not cover its agency"
        );
        assert!(!profiles.allow(&account("alice"), &identity("police:gmp")));
        assert!(!profiles.allow(&account("carol"), &identity("police:mps")));
    }

    #[test]
    fn the_creators_profile_survives_being_written_and_read() {
        let made =
            Profiles::for_creator(&Account::test("a \"quoted\" name"), identity("police:mps").agency());
        assert_eq!(Profiles::parse(&made.to_toml()).unwrap(), made);
    }

    #[test]
    fn a_broken_profile_file_is_placed_and_not_repeated() {
        let refusal = Profiles::parse("\n\n[[allow]]\naccount = \"x\"\nsa = \"secret\"\n").unwrap_err();
        assert!(matches!(refusal, ProfileError::Form(TomlFault { line: 3..=5, .. })), "{refusal:?}");
        assert_eq!(
            Profiles::parse("[[allow]]\naccount = \"x\"\nas = \"nobody\"\n"),
            Err(ProfileError::Identity { index: 0 })
        );
    }
}
