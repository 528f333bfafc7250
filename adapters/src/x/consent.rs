//! An account's consent to the app: the URL that its owner opens, the code that comes back, and the tokens for it.
//!
//! OAuth 2.0's authorisation code with PKCE (RFC 6749 section 4.1, RFC 7636). How the code gets from the browser to here
//! and where the tokens are kept is not known here. The invariant: tokens are given out only for the account that was
//! meant.

mod error;

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clara_actors::ports::Clock;
use clara_domain::ids::Handle;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::oauth::{self, Code, Exchange};
use super::{OAuthApp, Unanswered, read};
use crate::http::{BaseUrl, Connections, HttpError, Service};
use crate::secrets::XCredentials;
pub use error::{ConsentError, NoCode};

/// What is asked of the account: to post with pictures, to read what became of it, and to go on without its owner.
const SCOPES: &str = "tweet.read tweet.write users.read media.write offline.access";

/// Where and for which app an account consents.
pub struct ConsentOptions {
    /// The page that asks the account's owner, such as `https://x.com/i/oauth2/authorize`.
    pub authorize_url: String,
    /// Where that page sends the browser afterwards. The app has to have it among its callback URLs, letter by letter.
    pub redirect_url: String,
    /// The URL that `/2/oauth2/token` is below, such as `https://api.x.com`.
    pub api_base: String,
    /// The longest that one call may take.
    pub timeout: Duration,
    /// The app.
    pub app: OAuthApp,
    /// Tells when tokens end.
    pub clock: Arc<dyn Clock>,
}

/// One consent that was asked for. It is good for one code.
pub struct Consent {
    url: String,
    state: String,
    verifier: SecretString,
    redirect_url: String,
    service: Service,
    app: OAuthApp,
    clock: Arc<dyn Clock>,
}

impl Consent {
    /// Asks for a consent. Nothing is sent yet.
    ///
    /// # Errors
    /// A URL is none, or the system gives no random numbers.
    pub fn new(options: ConsentOptions) -> Result<Self, ConsentError> {
        let service = |base| Service::new(base, options.timeout, Connections::Fresh);
        let (state, verifier) = (random()?, random()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        Ok(Self {
            url: url(&options, &state, &challenge)?,
            state,
            verifier: verifier.into(),
            service: BaseUrl::new(&options.api_base).and_then(service)?,
            redirect_url: options.redirect_url,
            app: options.app,
            clock: options.clock,
        })
    }

    /// The URL that the account's owner opens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The code in what came back: the whole URL that the browser was sent to, its path and query, or the code alone.
    /// Code alone carries no `state` to check; then only the verifier shows that it belongs to this consent.
    ///
    /// # Errors
    /// See [`NoCode`].
    pub fn code(&self, came_back: &str) -> Result<SecretString, NoCode> {
        let text = came_back.trim();
        let Some((_, query)) = text.split_once('?') else {
            return alone(text);
        };
        let query = query.split('#').next().unwrap_or_default();
        let url = Url::parse(&format!("http://localhost/?{query}")).map_err(|_| NoCode::Absent)?;
        let value = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let (state, code, error) = (value("state"), value("code"), value("error"));
        if code.is_none() && error.is_none() {
            return Err(NoCode::Absent);
        }
        if state.as_deref() != Some(self.state.as_str()) {
            return Err(NoCode::OfAnother);
        }
        match (error, code.filter(|code| !code.is_empty())) {
            (Some(_), _) => Err(NoCode::Denied),
            (None, Some(code)) => Ok(code.into()),
            (None, None) => Err(NoCode::Absent),
        }
    }

    /// Trades the code in, at once and once, and looks whose tokens they are.
    ///
    /// # Errors
    /// See [`ConsentError`]; what X may have given is forgotten.
    pub async fn tokens(
        &self,
        code: &SecretString,
        meant: &Handle,
    ) -> Result<XCredentials, ConsentError> {
        let consent = Code {
            code,
            verifier: &self.verifier,
            redirect_url: &self.redirect_url,
        };
        let exchange = oauth::redeem(&self.service, &self.app, &consent, self.clock.now()).await;
        let tokens = granted(exchange)?;
        if tokens.refresh_token.is_none() {
            return Err(ConsentError::EndsSoon);
        }
        let account = self.account(&tokens.access_token).await?;
        // X takes a handle in any case, and tells it as its owner writes it.
        if !account.as_str().eq_ignore_ascii_case(meant.as_str()) {
            return Err(ConsentError::OtherAccount {
                meant: meant.clone(),
                account,
            });
        }
        Ok(tokens)
    }

    async fn account(&self, token: &SecretString) -> Result<Handle, ConsentError> {
        let request = read::me_request(&self.service).bearer_auth(token.expose_secret());
        let answer = self.service.send(request, vec![token.clone()]).await;
        let answer = read::success(answer.map_err(Unanswered::Lost), self.clock.now());
        let account = answer.and_then(|answer| read::account(&answer));
        account
            .map(|account| account.handle)
            .map_err(|error| ConsentError::UnknownAccount {
                reason: error.to_string(),
            })
    }
}

fn granted(exchange: Exchange) -> Result<XCredentials, ConsentError> {
    match exchange {
        Exchange::Renewed(tokens) => Ok(tokens),
        Exchange::Refused { reason } => Err(ConsentError::CodeRefused { reason }),
        Exchange::AppRefused { reason } => Err(ConsentError::AppRefused { reason }),
        Exchange::NotTaken { reason, .. } | Exchange::Unknown { reason } => {
            Err(ConsentError::NoAnswer { reason })
        }
    }
}

fn alone(text: &str) -> Result<SecretString, NoCode> {
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic());
    // What has these is a piece of a URL without the query.
    if text.is_empty() || !is_plain || text.contains("://") || text.contains('&') {
        return Err(NoCode::Absent);
    }
    Ok(text.to_owned().into())
}

fn url(options: &ConsentOptions, state: &str, challenge: &str) -> Result<String, ConsentError> {
    let base = BaseUrl::new(&options.authorize_url)?.join("");
    let mut url = Url::parse(&base).map_err(|error| HttpError::BaseUrl {
        url: base.clone(),
        why: error.to_string(),
    })?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &options.app.client_id)
        .append_pair("redirect_uri", &options.redirect_url)
        .append_pair("scope", SCOPES)
        .append_pair("state", state)
        .append_pair("code_challenge", challenge)
        .append_pair("code_challenge_method", "S256");
    // Forms write a space as `+`; in a URL `%20` is understood by everybody. A real plus is `%2B` by now.
    Ok(url.as_str().replace('+', "%20"))
}

/// 256 bits that nobody can guess, in 43 letters that need no escape: what RFC 7636 section 4.1 advises.
fn random() -> Result<String, ConsentError> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|error| ConsentError::NotRandom {
            reason: error.to_string(),
        })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
