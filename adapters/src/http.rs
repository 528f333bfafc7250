//! The one way to call a service over HTTP: how clients are made, and what a lost answer proves.
//!
//! No wire format of any service lives here. The invariant: a request leaves at most once. Nothing here follows a
//! redirect or sends anything again, and `Lost::NotSent` is said only when no byte of the request can have left.

mod base;
mod lost;
mod wait;
mod words;

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};

pub(crate) use base::BaseUrl;
pub(crate) use lost::Lost;
pub(crate) use wait::retry_after;
pub(crate) use words::shortened;

/// The longest that a connection may take to come up; a request that waits for it has certainly not left.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read. What a service says to us is a few hundred kilobytes at most.
const LONGEST_BODY: usize = 8 * 1024 * 1024;
const USER_AGENT: &str = concat!("clara/", env!("CARGO_PKG_VERSION"));

/// Why there is no client for a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address does not name a server.
    #[error("`{url}` is not a base URL: {why}")]
    BaseUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// TLS or the like could not be set up.
    #[error("no HTTP client can be made: {reason}")]
    Client {
        /// What happened.
        reason: String,
    },
}

/// Whether a connection may serve more than one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connections {
    /// It may: cheaper, for requests that do no harm when they are lost.
    Reused,
    /// It may not. A kept connection can die under a request, and then nobody knows whether the request arrived; a
    /// fresh one fails before anything is sent.
    Fresh,
}

/// A service at its base URL.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    client: Client,
    base: BaseUrl,
    timeout: Duration,
}

impl Service {
    /// A client for one service. `timeout` bounds a whole call, from connecting to the last byte of the answer.
    pub(crate) fn new(
        base: BaseUrl,
        timeout: Duration,
        connections: Connections,
    ) -> Result<Self, HttpError> {
        Ok(Self {
            client: client(&base, timeout, connections)?,
            base,
            timeout,
        })
    }

    /// A request to a path below the base URL; the path begins with `/`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.base.join(path))
    }

    /// Sends a request once. The secrets are what the request carries: they never appear in what the answer is quoted
    /// with.
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
        secrets: Vec<SecretString>,
    ) -> Result<Answer, Lost> {
        let lost = |error: &reqwest::Error| Lost::of(error, self.base.host(), self.timeout);
        let mut response = request.send().await.map_err(|error| lost(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut bytes = Vec::new();
        let body = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > LONGEST_BODY => {
                    break Err(format!(
                        "the answer of {} is too long to be one",
                        self.base.host()
                    ));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break Ok(bytes),
                Err(error) => break Err(lost(&error).into_reason()),
            }
        };
        tracing::debug!(
            host = self.base.host(),
            status = status.as_u16(),
            "answered"
        );
        Ok(Answer {
            status,
            headers,
            body,
            secrets,
        })
    }
}

fn client(
    base: &BaseUrl,
    timeout: Duration,
    connections: Connections,
) -> Result<Client, HttpError> {
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .timeout(timeout)
        // Always below the whole: running out of time while connecting proves that nothing was sent.
        .connect_timeout(CONNECT_TIMEOUT.min(timeout / 2))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    if connections == Connections::Fresh {
        builder = builder.pool_max_idle_per_host(0);
    }
    if base.is_loopback() {
        builder = builder.no_proxy();
    }
    if base.never_needs_tls() {
        // Reading the system's certificates takes half a second, for nothing here.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| HttpError::Client {
        reason: lost::root_cause(&error),
    })
}

/// A client for a single request to a server that is no service, made where it holds nobody up.
pub(crate) async fn single_use(base: BaseUrl, timeout: Duration) -> Result<Client, HttpError> {
    let made = tokio::task::spawn_blocking(move || client(&base, timeout, Connections::Fresh));
    made.await.unwrap_or_else(|died| {
        Err(HttpError::Client {
            reason: died.to_string(),
        })
    })
}

/// What a service answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The whole body, or why it did not arrive whole.
    pub(crate) body: Result<Vec<u8>, String>,
    secrets: Vec<SecretString>,
}

impl Answer {
    /// The body as JSON of a certain shape, or what is wrong with it.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let bytes = self.body.as_ref().map_err(Clone::clone)?;
        // serde's own words may quote a value, so only the place is told.
        serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                format!(
                    "the answer has another shape than expected (column {})",
                    error.column()
                )
            }
            _ => "the answer is not JSON".to_owned(),
        })
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The service's words, for people: one short line in which no secret appears.
    pub(crate) fn quoted(&self, text: &str) -> String {
        shortened(text, self.secrets.iter().map(ExposeSecret::expose_secret))
    }

    /// The status as people know it, such as `HTTP 503 Service Unavailable`.
    pub(crate) fn status_line(&self) -> String {
        format!("HTTP {}", self.status)
    }
}
