//! Files that people attach to a command in Discord: fetched from Discord's own file servers, and from nowhere else.
//!
//! What a file may say is not looked at here. The invariant: no other host is ever asked, no redirect is followed, and no
//! more is read than was asked for. A URL is a secret for as long as its signature holds, so no text names more than its
//! host.

use std::time::Duration;

use reqwest::Url;

use crate::http::{BaseUrl, HttpError, Lost, single_use};

/// Where Discord keeps files (documentation, "CDN": the host of attachments, and the one of their previews).
const SERVERS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// How long a file may take, from connecting to its last byte.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Fetches attached files.
#[derive(Debug, Clone)]
pub struct Attachments {
    /// The server that takes Discord's place, where one does.
    instead: Option<Url>,
    timeout: Duration,
}

/// Why a file was not fetched. The texts are for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfetched {
    /// It lies somewhere else than with Discord; nobody was asked.
    #[error("the file is not at one of Discord's servers but at {host}")]
    Elsewhere {
        /// The host, or what stands for one.
        host: String,
    },
    /// It has more bytes than were asked for.
    #[error("the file is larger than {most} bytes")]
    TooLarge {
        /// How many were asked for.
        most: usize,
    },
    /// Discord does not have it any more, or its signature has run out.
    #[error("the file is not there: HTTP {status}")]
    Gone {
        /// What was answered.
        status: u16,
    },
    /// Another answer than the file.
    #[error("the file's server answers HTTP {status}")]
    Refused {
        /// What was answered.
        status: u16,
    },
    /// No answer, or half of one.
    #[error("{0}")]
    Lost(String),
}

impl Attachments {
    /// Files from Discord's servers, and from the server that takes Discord's place where there is one.
    ///
    /// # Errors
    /// The address of that server is none.
    pub fn new(api_base: Option<&str>) -> Result<Self, HttpError> {
        let instead = api_base.map(|base| BaseUrl::new(base).map(|base| base.join("")));
        let instead = instead.transpose()?;
        Ok(Self {
            instead: instead.and_then(|base| Url::parse(&base).ok()),
            timeout: TIMEOUT,
        })
    }

    /// The same with another patience.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The bytes of a file, at most so many.
    ///
    /// # Errors
    /// See [`Unfetched`].
    pub async fn fetch(&self, url: &str, most: usize) -> Result<Vec<u8>, Unfetched> {
        let url = self.checked(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let no_client = |error: HttpError| Unfetched::Lost(error.to_string());
        // The path and its signature stay out of it: an error would tell them.
        let base = BaseUrl::new(&url.origin().ascii_serialization()).map_err(no_client)?;
        // Files are rare, and reading certificates takes half a second: no start waits for that.
        let client = single_use(base, self.timeout).await.map_err(no_client)?;
        let lost = |error: &reqwest::Error| {
            Unfetched::Lost(Lost::of(error, &host, self.timeout).into_reason())
        };
        let mut response = client.get(url).send().await.map_err(|error| lost(&error))?;
        match response.status().as_u16() {
            200 => {}
            status @ (403 | 404 | 410) => return Err(Unfetched::Gone { status }),
            status => return Err(Unfetched::Refused { status }),
        }
        let most_bytes = u64::try_from(most).unwrap_or(u64::MAX);
        if response
            .content_length()
            .is_some_and(|length| length > most_bytes)
        {
            return Err(Unfetched::TooLarge { most });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if bytes.len() + chunk.len() > most {
                return Err(Unfetched::TooLarge { most });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// The URL, if it leads to a server that is asked.
    fn checked(&self, text: &str) -> Result<Url, Unfetched> {
        let elsewhere = |host: &str| Unfetched::Elsewhere {
            host: host.to_owned(),
        };
        let url = Url::parse(text).map_err(|_| elsewhere("an address that is none"))?;
        let host = url.host_str().unwrap_or("an address without a host");
        let is_discord = url.scheme() == "https"
            && url.port().is_none()
            && SERVERS.contains(&host)
            && url.username().is_empty()
            && url.password().is_none();
        let is_instead = self.instead.as_ref().is_some_and(|instead| {
            instead.origin() == url.origin()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if is_discord || is_instead {
            Ok(url)
        } else {
            Err(elsewhere(host))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::Router;
    use axum::body::Body;
    use axum::response::Redirect;
    use axum::routing::get;

    use super::*;

    async fn served(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    #[test]
    fn only_discords_own_servers_are_asked_and_the_one_that_takes_its_place() {
        let real = Attachments::new(None).unwrap();
        let sandbox = Attachments::new(Some("http://127.0.0.1:8080/")).unwrap();
        let path = "ephemeral-attachments/1/2/menu.md?ex=1&is=1&hm=1&";
        for host in SERVERS {
            assert!(real.checked(&format!("https://{host}/{path}")).is_ok());
            assert!(sandbox.checked(&format!("https://{host}/{path}")).is_ok());
        }
        let own = format!("http://127.0.0.1:8080/discord/{path}");
        assert!(sandbox.checked(&own).is_ok() && real.checked(&own).is_err());
        for other in [
            "http://cdn.discordapp.com/",
            "https://cdn.discordapp.com:8443/",
            "https://me@cdn.discordapp.com/",
            "https://cdn.discordapp.com.evil.example/",
            "https://evil.example/cdn.discordapp.com/",
            "https://discord.com/",
            "http://127.0.0.1:9090/",
            "http://localhost:8080/",
            "https://127.0.0.1:8080/",
            "http://169.254.169.254/latest/",
            "file:///etc/passwd",
            "cdn.discordapp.com/menu.md",
        ] {
            let refused = [real.checked(other), sandbox.checked(other)];
            for refused in refused {
                assert!(
                    matches!(refused, Err(Unfetched::Elsewhere { .. })),
                    "{other}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_file_is_read_up_to_the_limit_and_no_further() {
        let unannounced = || async {
            let chunks = (0..1000).map(|_| Ok::<_, std::io::Error>("0123456789"));
            Body::from_stream(futures::stream::iter(chunks))
        };
        let router = Router::new()
            .route("/ten", get(|| async { "0123456789" }))
            .route("/unannounced", get(unannounced))
            .route("/moved", get(|| async { Redirect::temporary("/ten") }));
        let base = served(router).await;
        let files = Attachments::new(Some(&base)).unwrap();
        let fetch = async |path: &str, most| files.fetch(&format!("{base}{path}"), most).await;
        assert_eq!(fetch("/ten", 10).await.unwrap(), b"0123456789");
        assert_eq!(fetch("/ten", 9).await, Err(Unfetched::TooLarge { most: 9 }));
        assert_eq!(
            fetch("/unannounced", 9_999).await,
            Err(Unfetched::TooLarge { most: 9_999 })
        );
        assert_eq!(
            fetch("/gone", 10).await,
            Err(Unfetched::Gone { status: 404 })
        );
        assert_eq!(
            fetch("/moved", 10).await,
            Err(Unfetched::Refused { status: 307 })
        );
    }

    #[tokio::test]
    async fn a_file_that_does_not_come_is_given_up_and_its_url_is_not_told() {
        let never = || std::future::pending::<&'static str>();
        let base = served(Router::new().route("/slow", get(never))).await;
        let files = Attachments::new(Some(&base)).unwrap();
        let files = files.within(Duration::from_millis(50));
        let lost = files.fetch(&format!("{base}/slow?hm=secret"), 10).await;
        let Err(Unfetched::Lost(reason)) = lost else {
            panic!("{lost:?}");
        };
        assert!(reason.contains("127.0.0.1") && !reason.contains("secret"));
    }
}
