//! Values that a configuration file holds as text and the rest of the program as checked types.

use std::fmt;
use std::str::FromStr;

use clara_domain::money::MicroUsd;
use serde::{Deserialize, Serialize};

/// Where a service is: `http://` or `https://`, a host, perhaps a port and a path; without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(String);

const URL: &str = "expected a URL such as `https://api.example.com` or `http://127.0.0.1:8080/v1`";

impl BaseUrl {
    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is sent there stays on this machine.
    pub fn is_loopback(&self) -> bool {
        let authority = self.0.split("://").nth(1).unwrap_or_default();
        let authority = authority.split('/').next().unwrap_or_default();
        ["127.", "localhost", "[::1]"]
            .iter()
            .any(|start| authority.starts_with(start))
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or_else(|| {
                format!("`{text}` does not start with `http://` or `https://`; {URL}")
            })?;
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.contains('@') {
            // The text is not repeated: what stands before the `@` may be a password.
            return Err(format!(
                "a URL here must not carry a name or password; {URL}"
            ));
        }
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || c == '?' || c == '#') {
            return Err(format!("`{text}` has a space, `?` or `#` in it; {URL}"));
        }
        if !has_host_and_port(authority) {
            return Err(format!("`{text}` has no valid host and port; {URL}"));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

fn has_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    !host.is_empty() && host.chars().all(is_host) && port_fits
}

impl TryFrom<String> for BaseUrl {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> String {
        url.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An id that Discord gives to what it knows: a number that is written as text, because it is too long for many
/// programs' numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Snowflake(u64);

impl Snowflake {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<String> for Snowflake {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && *number > 0);
        number.map(Self).ok_or_else(|| {
            format!(
                "`{text}` is not a Discord id: expected 1 to 20 digits, as `Copy ID` gives them in Discord"
            )
        })
    }
}

impl From<Snowflake> for String {
    fn from(id: Snowflake) -> String {
        id.0.to_string()
    }
}

/// An amount of US dollars, written as text so that it is exact: `"5.00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dollars(MicroUsd);

impl Dollars {
    /// The amount.
    pub fn amount(self) -> MicroUsd {
        self.0
    }
}

impl TryFrom<String> for Dollars {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let amount = text.parse().map(Self);
        amount.map_err(|error: clara_domain::money::NotDollars| error.to_string())
    }
}

impl From<Dollars> for String {
    fn from(dollars: Dollars) -> String {
        dollars.0.dollars()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_url_loses_its_last_slash_and_nothing_else() {
        let url: BaseUrl = "http://127.0.0.1:8080/openai/v1/".parse().unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:8080/openai/v1");
        assert!(url.is_loopback());
        assert!(
            !"https://api.x.com"
                .parse::<BaseUrl>()
                .unwrap()
                .is_loopback()
        );
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for bad in [
            "",
            "api.x.com",
            "ftp://api.x.com",
            "https://",
            "https:///v1",
            "http://a b",
            "http://host:99999",
            "http://host:0",
            "http://host/v1?x=1",
            "http://user:pass@host",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        let error = "http://me:hunter2@host".parse::<BaseUrl>().unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_discord_id_is_digits_and_not_zero() {
        assert_eq!(Snowflake::try_from("42".to_owned()).unwrap().get(), 42);
        for bad in ["", "0", "+1", "12a", "99999999999999999999999"] {
            assert!(
                Snowflake::try_from(bad.to_owned()).is_err(),
                "{bad} was taken"
            );
        }
    }
}
