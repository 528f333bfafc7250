//! What no type can check: values that only make sense together.

use super::document::Document;
use super::problem::Problem;
use super::{Config, Quota};

/// Checks the main file's values against each other.
pub(super) fn main(config: &Config, document: &Document<'_>, problems: &mut Vec<Problem>) {
    let mut wrong = |key: &str, what: &str| problems.push(document.problem(key, what.to_owned()));
    for (key, limits) in [
        ("limits.x", &config.limits.x),
        ("limits.model", &config.limits.model),
    ] {
        for (name, quota) in [("app", limits.app), ("client", limits.client)] {
            if !is_usable(quota) {
                let what = "expected at least 1 call in a time above zero; with less, nothing would ever be done";
                wrong(&format!("{key}.{name}"), what);
            }
        }
        if limits.at_once == 0 {
            wrong(&format!("{key}.at_once"), "found 0; expected 1 or more");
        }
    }
    for (key, timeout) in [
        ("openai.timeout", config.openai.timeout),
        ("x.timeout", config.x.timeout),
    ] {
        if timeout.as_secs() == 0 {
            wrong(key, "expected at least `1s`");
        }
    }
    if tracing_subscriber::EnvFilter::try_new(&config.log.filter).is_err() {
        wrong(
            "log.filter",
            "this is not a log filter; expected one such as `info` or `info,clara=debug`",
        );
    }
}

fn is_usable(quota: Quota) -> bool {
    quota.calls > 0 && !quota.per.is_zero()
}
