//! The [`XApi`] port over X's API v2, acting for each client with that client's own tokens.
//!
//! Limits, retries, reconciling and money are not here. The invariant: a create leaves at most once, except after a
//! 401, which X gives before it looks at the post, and each time only after the last look; whatever is not certain is
//! [`Publication::Unknown`].

mod consent;
mod create;
mod delete;
mod exhausted;
mod oauth;
mod problem;
mod rate;
mod read;
mod text;
mod timeline;
mod tokens;
mod wire;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::x::{
    Account, Deletion, LastLook, NewPost, Publication, RateObserver, XEndpoint, XError,
};
use clara_actors::ports::{Clock, XApi};
use clara_domain::ids::{ClientId, PostId};
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use crate::http::{Answer, BaseUrl, Connections, HttpError, Lost, Service};
use crate::secrets::SecretStore;
pub use consent::{Consent, ConsentError, ConsentOptions, NoCode};
use tokens::{NoToken, Tokens};

/// Which words X is spoken to in. They changed with spec 2.167 (August 2026); which ones production honours is not
/// documented. Answers are understood in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vocabulary {
    /// `tweet.fields`, `note_tweet`.
    #[default]
    Tweet,
    /// `post.fields`, `note_post`.
    Post,
}

/// The app that is registered with X. Without it no token can be renewed.
#[derive(Debug, Clone)]
pub struct OAuthApp {
    /// Its OAuth 2.0 client id.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<SecretString>,
}

/// Where X is, and on whose behalf it is called.
pub struct XOptions {
    /// The URL that `/2/tweets` is below, such as `https://api.x.com`.
    pub api_base: String,
    /// Which words are used.
    pub vocabulary: Vocabulary,
    /// The longest that one call may take.
    pub timeout: Duration,
    /// The app, for renewing tokens.
    pub oauth: Option<OAuthApp>,
    /// Every client's tokens.
    pub secrets: Arc<SecretStore>,
    /// Tells when tokens end and when limits do.
    pub clock: Arc<dyn Clock>,
}

/// X over HTTP.
pub struct XHttp {
    vocabulary: Vocabulary,
    reads: Service,
    writes: Service,
    tokens: Arc<Tokens>,
    clock: Arc<dyn Clock>,
    rates: RwLock<Option<RateObserver>>,
}

/// Why a call has no answer.
enum Unanswered {
    Token(NoToken),
    /// The last look held it back.
    Held(String),
    Lost(Lost),
}

impl XHttp {
    /// A client for X. Nothing is sent yet.
    pub fn new(options: XOptions) -> Result<Self, HttpError> {
        let base = BaseUrl::new(&options.api_base)?;
        let service = |connections| Service::new(base.clone(), options.timeout, connections);
        // Refresh tokens are as unforgiving as posts: both take fresh connections.
        let writes = service(Connections::Fresh)?;
        let tokens = Tokens::new(
            options.secrets,
            options.oauth,
            writes.clone(),
            Arc::clone(&options.clock),
        );
        Ok(Self {
            vocabulary: options.vocabulary,
            reads: service(Connections::Reused)?,
            writes,
            tokens: Arc::new(tokens),
            clock: options.clock,
            rates: RwLock::default(),
        })
    }

    /// Resolves when no renewal of tokens is under way. Call it before the runtime ends: a renewal that is cut off
    /// needs a person.
    pub async fn close(&self) {
        self.tokens.settled().await;
    }

    /// Calls X with the client's token, whatever happens meanwhile.
    async fn call(
        &self,
        client: &ClientId,
        endpoint: XEndpoint,
        request: impl Fn() -> RequestBuilder + Sync,
    ) -> Result<Answer, Unanswered> {
        self.call_if(client, endpoint, request, &|| Ok(())).await
    }

    /// Calls X with the client's token; after a 401, once more with a renewed one. Nothing leaves that the last look holds
    /// back: getting a token can take a while.
    async fn call_if(
        &self,
        client: &ClientId,
        endpoint: XEndpoint,
        request: impl Fn() -> RequestBuilder + Sync,
        last_look: LastLook<'_>,
    ) -> Result<Answer, Unanswered> {
        let token = self
            .tokens
            .current(client)
            .await
            .map_err(Unanswered::Token)?;
        last_look().map_err(Unanswered::Held)?;
        let answer = self.send(client, endpoint, request(), &token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        tracing::info!(%client, "X does not take the access token; renewing it");
        let renewed = self
            .tokens
            .replace(client, &token)
            .await
            .map_err(Unanswered::Token)?;
        last_look().map_err(Unanswered::Held)?;
        self.send(client, endpoint, request(), &renewed).await
    }

    async fn send(
        &self,
        client: &ClientId,
        endpoint: XEndpoint,
        request: RequestBuilder,
        token: &SecretString,
    ) -> Result<Answer, Unanswered> {
        let service = match endpoint {
            XEndpoint::Create | XEndpoint::Delete => &self.writes,
            XEndpoint::Me | XEndpoint::Timeline => &self.reads,
        };
        let request = request.bearer_auth(token.expose_secret());
        let answer = service
            .send(request, vec![token.clone()])
            .await
            .map_err(Unanswered::Lost)?;
        tracing::debug!(%client, ?endpoint, status = answer.status.as_u16(), "X answered");
        let rates = self.rates.read().unwrap_or_else(PoisonError::into_inner);
        rate::note(&answer, client, endpoint, rates.as_ref());
        Ok(answer)
    }
}

#[async_trait]
impl XApi for XHttp {
    fn observe_rates(&self, observer: RateObserver) {
        *self.rates.write().unwrap_or_else(PoisonError::into_inner) = Some(observer);
    }

    async fn create(
        &self,
        client: &ClientId,
        post: &NewPost,
        last_look: LastLook<'_>,
    ) -> Publication {
        if !post.media.is_empty() {
            let reason = "pictures and videos cannot be sent to X yet".to_owned();
            return Publication::Refused {
                reason,
                duplicate: false,
            };
        }
        let request = || create::request(&self.writes, post);
        let answer = self
            .call_if(client, XEndpoint::Create, request, last_look)
            .await;
        create::publication(answer, self.clock.now())
    }

    async fn delete(&self, client: &ClientId, post: &PostId) -> Deletion {
        let request = || delete::request(&self.writes, post);
        let answer = self.call(client, XEndpoint::Delete, request).await;
        delete::deletion(answer, self.clock.now())
    }

    async fn me(&self, client: &ClientId) -> Result<Account, XError> {
        let request = || read::me_request(&self.reads);
        let answer = self.call(client, XEndpoint::Me, request).await;
        read::account(&read::success(answer, self.clock.now())?)
    }

    async fn timeline(
        &self,
        client: &ClientId,
        account: &Account,
        since: Timestamp,
    ) -> Result<Vec<TimelinePost>, XError> {
        let mut walk = timeline::Walk::new(self.vocabulary, account, since, self.clock.now());
        while let Some(page) = walk.next_page()? {
            let request = || page.request(&self.reads);
            let answer = self.call(client, XEndpoint::Timeline, request).await;
            walk.take(&read::success(answer, self.clock.now())?)?;
        }
        Ok(walk.finish())
    }
}
