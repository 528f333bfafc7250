//! Which token a client's calls carry, and its renewal by one refresher for each account.
//!
//! The invariants: a refresh token leaves at most once unless X said that it was not looked at; that it is about to
//! leave is on disk before it does; and a new pair is on disk before it is used. A renewal whose answer was lost ends
//! in a person signing the account in again, also after a crash, because showing the token twice would end the
//! sign-in at X for good.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clara_actors::ports::Clock;
use clara_domain::ids::ClientId;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::OAuthApp;
use super::oauth::{self, Exchange};
use crate::http::Service;
use crate::secrets::{Held, Renewal, SecretError, SecretStore, XCredentials};

/// How long before its end an access token is renewed. Earlier only shows refresh tokens more often.
const NEAR: Duration = Duration::from_secs(120);

/// Why there is no token to call with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoToken {
    /// A person has to act.
    Blocked(String),
    /// Later there may be one.
    NotNow {
        reason: String,
        retry_after: Option<Duration>,
    },
}

/// The tokens of every client.
pub(super) struct Tokens {
    store: Arc<SecretStore>,
    app: Option<OAuthApp>,
    service: Service,
    clock: Arc<dyn Clock>,
    desks: Mutex<BTreeMap<ClientId, Desk>>,
}

/// Where one account's tokens are renewed, one at a time. It holds a new pair that could not be put on disk yet.
type Desk = Arc<tokio::sync::Mutex<Option<XCredentials>>>;

impl Tokens {
    pub(super) fn new(
        store: Arc<SecretStore>,
        app: Option<OAuthApp>,
        service: Service,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            app,
            service,
            clock,
            desks: Mutex::default(),
        }
    }

    /// The token to call with now.
    pub(super) async fn current(
        self: &Arc<Self>,
        client: &ClientId,
    ) -> Result<SecretString, NoToken> {
        let held = self.held(client)?;
        if held.renewal == Renewal::Idle && !self.ends_within(&held.credentials, NEAR) {
            return Ok(held.credentials.access_token);
        }
        self.at_the_desk(client, None).await
    }

    /// The token to call with after X refused this one with a 401.
    pub(super) async fn replace(
        self: &Arc<Self>,
        client: &ClientId,
        refused: &SecretString,
    ) -> Result<SecretString, NoToken> {
        self.at_the_desk(client, Some(refused.clone())).await
    }

    /// Resolves when no renewal is under way.
    pub(super) async fn settled(&self) {
        let desks: Vec<Desk> = self.lock_desks().values().cloned().collect();
        for desk in desks {
            drop(desk.lock().await);
        }
    }

    /// Renews in a task of its own: a caller that gives up must not cut a renewal off.
    async fn at_the_desk(
        self: &Arc<Self>,
        client: &ClientId,
        refused: Option<SecretString>,
    ) -> Result<SecretString, NoToken> {
        let (tokens, client) = (Arc::clone(self), client.clone());
        let desk = Arc::clone(self.lock_desks().entry(client.clone()).or_default());
        let renewal = tokio::spawn(async move {
            let mut pending = desk.lock().await;
            tokens
                .renewed(&client, refused.as_ref(), &mut pending)
                .await
        });
        renewal.await.unwrap_or_else(|_| {
            let reason = "the renewal of the account's tokens broke off".to_owned();
            Err(NoToken::NotNow {
                reason,
                retry_after: None,
            })
        })
    }

    async fn renewed(
        &self,
        client: &ClientId,
        refused: Option<&SecretString>,
        pending: &mut Option<XCredentials>,
    ) -> Result<SecretString, NoToken> {
        if let Some(fresh) = pending.clone() {
            return self.keep(client, fresh, pending).await;
        }
        let Held {
            credentials,
            renewal,
        } = self.held(client)?;
        match renewal {
            Renewal::Idle => {}
            Renewal::InFlight => {
                return Err(sign_in_again(
                    "a renewal of the account's tokens was cut off",
                ));
            }
            Renewal::Refused => {
                return Err(sign_in_again(
                    "X does not renew the account's tokens any more",
                ));
            }
        }
        let was_refused = refused
            .is_some_and(|token| token.expose_secret() == credentials.access_token.expose_secret());
        // Whoever was at the desk before has renewed it already.
        if !was_refused && !self.ends_within(&credentials, NEAR) {
            return Ok(credentials.access_token);
        }
        let usable = !was_refused && !self.ends_within(&credentials, Duration::ZERO);
        match (&credentials.refresh_token, &self.app) {
            (Some(refresh), Some(app)) => {
                let attempt = self.exchange(client, app, refresh, pending).await;
                match attempt {
                    Err(NoToken::NotNow { .. }) if usable => Ok(credentials.access_token),
                    other => other,
                }
            }
            _ if usable => Ok(credentials.access_token),
            (None, _) => Err(sign_in_again("the account's access token has ended, and there is no refresh token")),
            (_, None) => Err(NoToken::Blocked(
                "the account's access token has ended, and no X app is configured to renew it: give `x.client_id`"
                    .to_owned(),
            )),
        }
    }

    async fn exchange(
        &self,
        client: &ClientId,
        app: &OAuthApp,
        refresh: &SecretString,
        pending: &mut Option<XCredentials>,
    ) -> Result<SecretString, NoToken> {
        self.mark(client, Renewal::InFlight).await?;
        tracing::info!(%client, "renewing the account's tokens");
        match oauth::renew(&self.service, app, refresh, self.clock.now()).await {
            Exchange::Renewed(fresh) => self.keep(client, fresh, pending).await,
            Exchange::NotTaken {
                reason,
                retry_after,
            } => {
                self.mark(client, Renewal::Idle).await?;
                Err(NoToken::NotNow {
                    reason: format!("X did not renew the account's tokens: {reason}"),
                    retry_after,
                })
            }
            Exchange::AppRefused { reason } => {
                self.mark(client, Renewal::Idle).await?;
                Err(NoToken::Blocked(format!(
                    "X does not take the app ({reason}): see the app's client id and secret"
                )))
            }
            Exchange::Refused { reason } => {
                self.mark(client, Renewal::Refused).await?;
                Err(sign_in_again(&format!(
                    "X does not renew the account's tokens ({reason})"
                )))
            }
            Exchange::Unknown { reason } => Err(sign_in_again(&format!(
                "the answer to a renewal of the account's tokens was lost ({reason})"
            ))),
        }
    }

    /// Puts a new pair on disk, then gives it out. Until that has worked it waits at the desk, for it exists nowhere
    /// else.
    async fn keep(
        &self,
        client: &ClientId,
        fresh: XCredentials,
        pending: &mut Option<XCredentials>,
    ) -> Result<SecretString, NoToken> {
        *pending = Some(fresh.clone());
        let access = fresh.access_token.clone();
        self.change(client, move |store, client| store.rotate(client, &fresh))
            .await?;
        *pending = None;
        Ok(access)
    }

    async fn mark(&self, client: &ClientId, renewal: Renewal) -> Result<(), NoToken> {
        self.change(client, move |store, client| {
            store.set_renewal(client, renewal)
        })
        .await
    }

    /// Changes the store where it may wait for the disk.
    async fn change(
        &self,
        client: &ClientId,
        change: impl FnOnce(&SecretStore, &ClientId) -> Result<(), SecretError> + Send + 'static,
    ) -> Result<(), NoToken> {
        let (store, name) = (Arc::clone(&self.store), client.clone());
        let outcome = tokio::task::spawn_blocking(move || change(&store, &name)).await;
        let reason = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the store's thread broke off".to_owned(),
        };
        tracing::error!(%client, reason, "the account's tokens could not be kept");
        let reason = "the account's tokens could not be written to disk".to_owned();
        Err(NoToken::NotNow {
            reason,
            retry_after: None,
        })
    }

    fn held(&self, client: &ClientId) -> Result<Held, NoToken> {
        match self.store.get(client) {
            Ok(Some(held)) => Ok(held),
            Ok(None) => Err(NoToken::Blocked(format!(
                "there are no X credentials for the client `{client}`: stop Clara, run `clara sign-in {client}`, and start her"
            ))),
            Err(error) => {
                tracing::error!(%client, %error, "the account's tokens could not be read");
                Err(NoToken::Blocked(
                    "the account's stored tokens cannot be read: see the log".to_owned(),
                ))
            }
        }
    }

    fn ends_within(&self, credentials: &XCredentials, span: Duration) -> bool {
        let edge = self.clock.now().checked_add(span).unwrap_or(Timestamp::MAX);
        credentials.expires_at.is_some_and(|end| end <= edge)
    }

    fn lock_desks(&self) -> std::sync::MutexGuard<'_, BTreeMap<ClientId, Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sign_in_again(what: &str) -> NoToken {
    NoToken::Blocked(format!(
        "{what}. Nothing is sent until the account is signed in again: stop Clara, run `clara sign-in` for this client, and start her"
    ))
}
