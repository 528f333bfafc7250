//! Signing a client's account in at X: its owner consents in a browser, and the tokens go where the engine finds them at
//! its next start.
//!
//! How OAuth goes is in `clara-adapters`. The invariants: nothing is stored unless the account is the client's, and
//! nothing is stored beside a running Clara, who would not see it and might write over it.

mod arrivals;
mod texts;

use std::path::PathBuf;
use std::sync::Arc;

use clara_adapters::clock::SystemClock;
use clara_adapters::journal::{KeptClosed, OpenError, SledJournal};
use clara_adapters::secrets::{SecretError, SecretStore};
use clara_adapters::x::{Consent, ConsentError, ConsentOptions, NoCode, OAuthApp};
use clara_domain::ids::{ClientId, Handle};
use secrecy::SecretString;

use crate::config::{Config, Secrets};
use arrivals::Arrivals;

/// Who signs in, and where what is needed for it is.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// The client.
    pub client: &'a ClientId,
    /// Its account, if the person said it.
    pub handle: Option<&'a Handle>,
    /// The configuration.
    pub config: &'a Config,
    /// The secrets of the environment.
    pub secrets: &'a Secrets,
}

/// Why nobody was signed in. In every case nothing was stored. The texts are for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody knows which account is meant.
    #[error(
        "no file in {} declares the client `{client}`. See that its id is right; if it was added in Discord, say its X \
         account with --handle", clients_dir.display()
    )]
    NoHandle {
        /// The client.
        client: ClientId,
        /// Where the clients' files are.
        clients_dir: PathBuf,
    },
    /// The person and the client's file disagree.
    #[error(
        "the file of `{client}` says that its account is @{declared}, not @{said}. Correct the one that is wrong"
    )]
    TwoHandles {
        /// The client.
        client: ClientId,
        /// What the file says.
        declared: Handle,
        /// What the person says.
        said: Handle,
    },
    /// No app is configured.
    #[error("`x.client_id` is not set. Give the client id of the X app, from the developer portal")]
    NoApp,
    /// Clara runs.
    #[error(
        "Clara is running on {}. She reads tokens only at the start: stop her, sign in, then start her again",
        data_dir.display()
    )]
    Running {
        /// Her data directory.
        data_dir: PathBuf,
    },
    /// The data directory cannot be used.
    #[error(transparent)]
    Data(OpenError),
    /// The tokens' directory cannot be used.
    #[error(transparent)]
    Store(#[from] SecretError),
    /// X, or the account's owner, gave no tokens for this account.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The account's owner said no.
    #[error("the account did not allow it. Sign in again if that was a mistake")]
    Denied,
    /// Nothing can come back any more.
    #[error(
        "nothing came back: the input has ended, and no page of this machine is listened for. Sign in again at a \
         terminal, and paste the address that the browser ends at"
    )]
    NothingComes,
}

impl SignInError {
    /// What happened, what is safe and what to do next.
    pub fn for_a_person(&self) -> String {
        texts::failed(self)
    }

    /// Whether the command line or the configuration is wrong.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NoHandle { .. } | Self::TwoHandles { .. } | Self::NoApp => true,
            Self::Running { .. }
            | Self::Data(_)
            | Self::Store(_)
            | Self::Consent(_)
            | Self::Denied
            | Self::NothingComes => false,
        }
    }
}

impl SignIn<'_> {
    /// Signs the client in, and tells the person so. Waits for as long as they take.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn run(self, say: impl Fn(&str)) -> Result<(), SignInError> {
        let handle = self.account()?;
        let app = self.app()?;
        let _closed = self.keep_closed()?;
        let store = SecretStore::open(self.config.secrets_dir())?;
        let x = &self.config.x;
        let consent = Consent::new(ConsentOptions {
            authorize_url: x.authorize_url.as_str().to_owned(),
            redirect_url: x.redirect_url.as_str().to_owned(),
            api_base: x.api_base.as_str().to_owned(),
            timeout: x.timeout,
            app,
            clock: Arc::new(SystemClock),
        })?;
        let mut arrivals = Arrivals::open(&x.redirect_url).await;
        say(&texts::invitation(
            &self,
            &handle,
            consent.url(),
            arrivals.listens(),
        ));
        let outcome = self
            .finish(&consent, &handle, &store, &mut arrivals, &say)
            .await;
        arrivals.close().await;
        outcome.map(|()| say(&texts::signed_in(&self, &handle)))
    }

    async fn finish(
        &self,
        consent: &Consent,
        handle: &Handle,
        store: &SecretStore,
        arrivals: &mut Arrivals,
        say: &impl Fn(&str),
    ) -> Result<(), SignInError> {
        loop {
            let arrival = arrivals.next().await.ok_or(SignInError::NothingComes)?;
            let outcome = match consent.code(&arrival.text) {
                Ok(code) => self.store(consent, &code, handle, store).await,
                Err(NoCode::Denied) => Err(SignInError::Denied),
                Err(why @ (NoCode::Absent | NoCode::OfAnother)) => {
                    let text = texts::not_this(why);
                    say(&text);
                    arrival.answer(text);
                    continue;
                }
            };
            arrival.answer(texts::in_the_browser(handle, outcome.as_ref().err()));
            return outcome;
        }
    }

    async fn store(
        &self,
        consent: &Consent,
        code: &SecretString,
        handle: &Handle,
        store: &SecretStore,
    ) -> Result<(), SignInError> {
        let tokens = consent.tokens(code, handle).await?;
        Ok(store.sign_in(self.client, &tokens)?)
    }

    fn account(&self) -> Result<Handle, SignInError> {
        let declared = self.config.clients.get(self.client);
        match (declared.map(|settings| &settings.handle), self.handle) {
            (Some(declared), Some(said)) if declared != said => Err(SignInError::TwoHandles {
                client: self.client.clone(),
                declared: declared.clone(),
                said: said.clone(),
            }),
            (Some(handle), _) | (None, Some(handle)) => Ok(handle.clone()),
            (None, None) => Err(SignInError::NoHandle {
                client: self.client.clone(),
                clients_dir: self.config.clients_dir.clone(),
            }),
        }
    }

    fn app(&self) -> Result<OAuthApp, SignInError> {
        let client_id = self.config.x.client_id.clone().ok_or(SignInError::NoApp)?;
        Ok(OAuthApp {
            client_id,
            client_secret: self.secrets.x_client_secret.clone(),
        })
    }

    fn keep_closed(&self) -> Result<KeptClosed, SignInError> {
        SledJournal::keep_closed(&self.config.journal_dir()).map_err(|error| match error {
            OpenError::Locked { .. } => SignInError::Running {
                data_dir: self.config.data_dir.clone(),
            },
            other => SignInError::Data(other),
        })
    }
}
