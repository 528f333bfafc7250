//! Where a service is: its base URL, checked once.

use std::net::IpAddr;

use reqwest::Url;

use super::HttpError;

/// An `http` or `https` URL without a closing slash, a query or a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    host: String,
    loopback: bool,
}

impl BaseUrl {
    /// Checks a base URL.
    pub(crate) fn new(text: &str) -> Result<Self, HttpError> {
        let refuse = |why: &str| HttpError::BaseUrl {
            url: text.to_owned(),
            why: why.to_owned(),
        };
        // Said without the URL, for it may hold a password.
        let secretive = |why: &str| HttpError::BaseUrl {
            url: "…".to_owned(),
            why: why.to_owned(),
        };
        let url = Url::parse(text.trim()).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("it begins with neither `https://` nor `http://`"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(secretive("it holds a user name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it holds a `?` or a `#`"));
        }
        let host = url
            .host_str()
            .ok_or_else(|| refuse("it names no host"))?
            .to_owned();
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            loopback: is_loopback(&host),
            host,
        })
    }

    /// The URL of a path that begins with `/`.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The host's name, for people.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the service is on this machine: then no proxy of the environment comes between.
    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether every call goes in the clear: plain HTTP, with no proxy between.
    pub(crate) fn never_needs_tls(&self) -> bool {
        self.loopback && self.text.starts_with("http:")
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_closing_slash_makes_no_difference() {
        for text in [
            "https://api.x.com",
            "https://api.x.com/",
            " https://api.x.com// ",
        ] {
            assert_eq!(
                BaseUrl::new(text).unwrap().join("/2/tweets"),
                "https://api.x.com/2/tweets",
                "{text}"
            );
        }
        assert_eq!(
            BaseUrl::new("http://127.0.0.1:9/x/").unwrap().join("/2"),
            "http://127.0.0.1:9/x/2"
        );
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for (text, local) in [
            ("http://localhost:1", true),
            ("http://x.localhost", true),
            ("http://127.0.0.9:1", true),
            ("http://[::1]:1", true),
            ("https://api.x.com", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(BaseUrl::new(text).unwrap().is_loopback(), local, "{text}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused_with_the_reason() {
        for bad in ["", "api.x.com", "ftp://x", "https://x/?a=1", "https://x/#a"] {
            assert!(BaseUrl::new(bad).is_err(), "{bad:?} was taken");
        }
        let error = BaseUrl::new("https://me:hunter2@x")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("password") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
