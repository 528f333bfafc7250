//! Who may act for which account: access tokens that live two hours, and refresh tokens that work once.
//! Replaying a spent refresh token kills its whole family, as X does. The tokens that the world began with do not expire.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::world::XAccount;

/// How long an access token from the token endpoint lives.
pub(crate) const ACCESS_LIFE: SignedDuration = SignedDuration::from_hours(2);
/// How long an authorisation code lives.
const CODE_LIFE: SignedDuration = SignedDuration::from_secs(30);

/// A new pair of tokens, as it is logged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Whose account it opens.
    pub(crate) handle: String,
    /// The consent it descends from.
    pub(crate) family: u64,
    /// Lives until `expires`.
    pub(crate) access: String,
    /// Works once.
    pub(crate) refresh: String,
    /// The refresh token that was traded in.
    pub(crate) spent: Option<String>,
    /// When the access token ends.
    pub(crate) expires: Timestamp,
}

#[derive(Clone, Debug)]
struct Access {
    handle: String,
    family: u64,
    expires: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct Refresh {
    handle: String,
    family: u64,
    spent: bool,
}

/// What an authorisation code stands for until it is traded in.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) handle: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
}

/// What happened to a refresh token that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It is good: whose, and of which family.
    Good(String, u64),
    /// It was traded in before; its family must die.
    Replayed(u64),
    /// Unknown, or its family is dead.
    Unknown,
}

/// All tokens that were ever given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    dead: HashSet<u64>,
    codes: HashMap<String, (Consent, Timestamp)>,
    families: u64,
    minted: u64,
}

impl Tokens {
    /// The tokens of the world's beginning, a family for each account.
    pub(crate) fn of(accounts: &[XAccount]) -> Self {
        let mut tokens = Self::default();
        for account in accounts {
            tokens.families += 1;
            let (handle, family) = (account.handle.clone(), tokens.families);
            let access = Access {
                handle: handle.clone(),
                family,
                expires: None,
            };
            tokens.access.insert(account.access_token.clone(), access);
            if let Some(refresh) = &account.refresh_token {
                tokens.refresh.insert(
                    refresh.clone(),
                    Refresh {
                        handle,
                        family,
                        spent: false,
                    },
                );
            }
        }
        tokens
    }

    /// Whose account this access token opens now.
    pub(crate) fn holder(&self, access: &str, now: Timestamp) -> Option<String> {
        let token = self.access.get(access)?;
        let lives =
            token.expires.is_none_or(|expires| now < expires) && !self.dead.contains(&token.family);
        lives.then(|| token.handle.clone())
    }

    /// Looks at a refresh token; nothing changes yet.
    pub(crate) fn show_refresh(&self, token: &str) -> Shown {
        match self.refresh.get(token) {
            Some(found) if self.dead.contains(&found.family) => Shown::Unknown,
            Some(found) if found.spent => Shown::Replayed(found.family),
            Some(found) => Shown::Good(found.handle.clone(), found.family),
            None => Shown::Unknown,
        }
    }

    /// A new pair for `handle`, not valid before it is [`apply`](Self::apply)ed.
    pub(crate) fn mint(
        &mut self,
        handle: &str,
        family: Option<u64>,
        spent: Option<&str>,
        now: Timestamp,
    ) -> Grant {
        let family = family.unwrap_or(self.families + 1);
        Grant {
            handle: handle.into(),
            family,
            access: self.secret("access", handle, now),
            refresh: self.secret("refresh", handle, now),
            spent: spent.map(String::from),
            expires: now.checked_add(ACCESS_LIFE).unwrap_or(Timestamp::MAX),
        }
    }

    /// Makes a grant valid.
    pub(crate) fn apply(&mut self, grant: Grant) {
        let Grant {
            handle,
            family,
            access,
            refresh,
            spent,
            expires,
        } = grant;
        self.families = self.families.max(family);
        if let Some(old) = spent.and_then(|spent| self.refresh.get_mut(&spent)) {
            old.spent = true;
        }
        self.access.insert(
            access,
            Access {
                handle: handle.clone(),
                family,
                expires: Some(expires),
            },
        );
        self.refresh.insert(
            refresh,
            Refresh {
                handle,
                family,
                spent: false,
            },
        );
    }

    /// Kills a family: none of its tokens works again.
    pub(crate) fn kill(&mut self, family: u64) {
        self.dead.insert(family);
    }

    /// The families that can still act for `handle`.
    pub(crate) fn families_of(&self, handle: &str) -> Vec<u64> {
        let access = self
            .access
            .values()
            .filter(|t| t.handle == handle)
            .map(|t| t.family);
        let refresh = self
            .refresh
            .values()
            .filter(|t| t.handle == handle)
            .map(|t| t.family);
        let mut families: Vec<u64> = access
            .chain(refresh)
            .filter(|f| !self.dead.contains(f))
            .collect();
        families.sort_unstable();
        families.dedup();
        families
    }

    /// The family of a token of either kind.
    pub(crate) fn family_of(&self, token: &str) -> Option<u64> {
        let access = self.access.get(token).map(|t| t.family);
        access.or_else(|| self.refresh.get(token).map(|t| t.family))
    }

    /// A code that stands for a consent during half a minute.
    pub(crate) fn code(&mut self, consent: Consent, now: Timestamp) -> String {
        let code = self.secret("code", &consent.handle, now);
        let until = now.checked_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        self.codes.insert(code.clone(), (consent, until));
        code
    }

    /// Trades a code in: it works once, in time, with the verifier of its challenge (PKCE, S256).
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        redirect: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Option<Consent> {
        let (consent, until) = self.codes.remove(code)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        (now < until && consent.redirect_uri == redirect && consent.challenge == challenge)
            .then_some(consent)
    }

    fn secret(&mut self, kind: &str, handle: &str, now: Timestamp) -> String {
        self.minted += 1;
        let digest = Sha256::digest(format!(
            "{kind} {handle} {} {}",
            now.as_nanosecond(),
            self.minted
        ));
        format!(
            "sandbox-x-{kind}-{handle}-{}",
            URL_SAFE_NO_PAD.encode(&digest[..12])
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::World;

    #[test]
    fn a_refresh_token_works_once_and_its_replay_is_noticed() {
        let mut tokens = Tokens::of(&World::agency().x.accounts);
        let now: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let Shown::Good(handle, family) = tokens.show_refresh("sandbox-x-refresh-koyotea") else {
            panic!()
        };
        let grant = tokens.mint(
            &handle,
            Some(family),
            Some("sandbox-x-refresh-koyotea"),
            now,
        );
        let access = grant.access.clone();
        tokens.apply(grant);
        assert_eq!(tokens.holder(&access, now), Some("koyotea".into()));
        assert_eq!(
            tokens.show_refresh("sandbox-x-refresh-koyotea"),
            Shown::Replayed(family)
        );
        tokens.kill(family);
        assert_eq!(tokens.holder(&access, now), None);
    }

    #[test]
    fn a_fresh_access_token_ends_after_two_hours() {
        let mut tokens = Tokens::of(&World::agency().x.accounts);
        let now: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let grant = tokens.mint("koyotea", None, None, now);
        let access = grant.access.clone();
        tokens.apply(grant);
        assert!(
            tokens
                .holder(&access, now + SignedDuration::from_mins(119))
                .is_some()
        );
        assert!(tokens.holder(&access, now + ACCESS_LIFE).is_none());
    }
}
