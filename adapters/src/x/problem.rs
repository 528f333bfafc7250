//! What X says when it refuses: `application/problem+json`, or `{"errors": [{code, message}]}` as its older parts say it.

use serde::Deserialize;
use serde_json::Value;

use crate::http::Answer;

/// A refusal, as far as its body could be read. Nothing in it is certain to be there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    title: Option<String>,
    detail: Option<String>,
    /// A URI whose host changed with spec 2.167; only its last segment means something.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// `Daily` or `Monthly`, of a usage cap.
    period: Option<String>,
    /// Why a client is forbidden, such as `client-not-enrolled`.
    reason: Option<String>,
    errors: Vec<Item>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    code: Value,
    message: Option<String>,
    detail: Option<String>,
}

/// Kinds that concern the app or the account, not the one request (spec 2.166, `ClientForbiddenProblem` and its like).
const NOT_PERMITTED: [&str; 6] = [
    "client-forbidden",
    "unsupported-authentication",
    "oauth1-permissions",
    "client-not-enrolled",
    "official-client-forbidden",
    "credits",
];
/// Codes of the older kind: cannot authenticate, account suspended, invalid token, app may not write, app suspended,
/// account locked, access level too low (X's table of error codes).
const NOT_PERMITTED_CODES: [i64; 9] = [32, 63, 64, 89, 215, 261, 326, 416, 453];
/// Words that X uses where its type is `about:blank`.
const NOT_PERMITTED_WORDS: [&str; 7] = [
    "suspended",
    "temporarily locked",
    "account is locked",
    "app permissions",
    "read-only application",
    "credits",
    "access level",
];
/// "Status is a duplicate".
const DUPLICATE_CODE: i64 = 187;
/// "No status found with that ID".
const NO_SUCH_STATUS_CODE: i64 = 144;
/// "User is over daily status update limit".
const OVER_LIMIT_CODE: i64 = 185;

impl Problem {
    /// Reads an answer's body; what cannot be read says nothing.
    pub(super) fn of(answer: &Answer) -> Self {
        answer.json().unwrap_or_default()
    }

    /// What X said, for people, with the status before it.
    pub(super) fn said(&self, answer: &Answer) -> String {
        let words = self.words();
        let status = answer.status_line();
        if words.is_empty() {
            status
        } else {
            answer.quoted(&format!("{status}: {words}"))
        }
    }

    /// X says that the same text is live already.
    pub(super) fn is_duplicate(&self) -> bool {
        self.has_code(&[DUPLICATE_CODE]) || self.mentions(&["duplicate content", "is a duplicate"])
    }

    /// Nothing will be taken from this app or account until a person does something.
    pub(super) fn is_about_permission(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        NOT_PERMITTED
            .iter()
            .any(|kind| self.is_kind(kind) || reason == *kind)
            || self.has_code(&NOT_PERMITTED_CODES)
            || self.mentions(&NOT_PERMITTED_WORDS)
    }

    /// What was named is not there, said of the thing and not of the path.
    pub(super) fn is_not_found(&self) -> bool {
        self.is_kind("resource-not-found") || self.has_code(&[NO_SUCH_STATUS_CODE])
    }

    /// The account has posted too much, said by a 403 as older parts of X do.
    pub(super) fn is_over_limit(&self) -> bool {
        self.has_code(&[OVER_LIMIT_CODE])
    }

    /// A cap by day or month, not by quarter of an hour.
    pub(super) fn is_usage_cap(&self) -> bool {
        self.is_kind("usage-capped")
    }

    /// The cap lasts for a month: waiting is no answer.
    pub(super) fn is_monthly(&self) -> bool {
        self.period
            .as_deref()
            .is_some_and(|period| period.eq_ignore_ascii_case("monthly"))
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.kind.as_deref().and_then(|uri| uri.rsplit('/').next()) == Some(kind)
    }

    fn has_code(&self, codes: &[i64]) -> bool {
        self.errors
            .iter()
            .filter_map(|item| item.code.as_i64())
            .any(|code| codes.contains(&code))
    }

    fn mentions(&self, words: &[&str]) -> bool {
        let said = self.words().to_lowercase();
        words.iter().any(|word| said.contains(word))
    }

    /// The detail or else the title, and the messages that say more.
    fn words(&self) -> String {
        let items = self
            .errors
            .iter()
            .filter_map(|item| item.message.as_deref().or(item.detail.as_deref()));
        let head = self.detail.as_deref().or(self.title.as_deref());
        let mut parts: Vec<&str> = head.into_iter().chain(items).map(str::trim).collect();
        parts.retain(|part| !part.is_empty());
        parts.dedup();
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problem(json: &str) -> Problem {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_kind_is_known_whichever_host_names_it() {
        for host in ["api.twitter.com", "api.x.com"] {
            let body =
                format!(r#"{{"type":"https://{host}/2/problems/client-forbidden","title":"t"}}"#);
            assert!(problem(&body).is_about_permission(), "{host}");
        }
        assert!(!problem(r#"{"type":"about:blank","title":"Forbidden"}"#).is_about_permission());
    }

    #[test]
    fn a_duplicate_is_known_in_both_shapes() {
        for body in [
            r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank"}"#,
            r#"{"errors":[{"code":187,"message":"Status is a duplicate."}]}"#,
        ] {
            assert!(problem(body).is_duplicate(), "{body}");
        }
    }

    #[test]
    fn messages_follow_the_detail() {
        let body = r#"{"title":"Invalid Request","detail":"One was invalid.","errors":[{"parameters":{},"message":"too long"}]}"#;
        assert_eq!(problem(body).words(), "One was invalid. too long");
        assert_eq!(
            problem(r#"{"errors":[{"code":32,"message":"no"}]}"#).words(),
            "no"
        );
    }
}
