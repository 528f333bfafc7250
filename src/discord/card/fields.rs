//! The facts beside the text: brief, time, author, check, approvals, cost, other candidates, what comes next.
//!
//! Each has its own room, so that all of them together always leave some for the text.

use clara_domain::content::Content;
use clara_domain::person::Author;
use clara_domain::pricing::PriceList;
use clara_domain::tweet::Revision;
use clara_domain::validate::{Finding, Severity};
use clara_domain::weight::{MAX_WEIGHT, weighted_length};
use clara_domain::{Client, Tweet, TweetState};

use super::{cost, words};
use crate::discord::escape::{cut, fit, length, line};
use crate::discord::message::{FIELD, Field};
use crate::discord::times;

/// Room for each candidate that was not chosen.
const CANDIDATE: usize = 220;

/// All facts that there are.
pub(super) fn fields(client: &Client, tweet: &Tweet, prices: &PriceList) -> Vec<Field> {
    let current = tweet.current();
    let mut fields = vec![
        Some(wide("What now", &cut(&words::note(client, tweet), 900))),
        Some(wide("Brief", &fit(&tweet.brief, 300))),
        Some(inline("Time", &slot(client, tweet))),
        current.map(|revision| inline("Text", &author(revision))),
        Some(inline("Cost so far", &cost::so_far(tweet, prices))),
        current
            .and_then(notes)
            .map(|text| wide("From the notes", &text)),
        current.and_then(check).map(|text| wide("Check", &text)),
        approvals(client, tweet).map(|text| inline("Approvals", &text)),
        words::links(client, tweet, 900).map(|text| wide("Live", &text)),
        current.and_then(|revision| candidates(tweet, revision)),
    ];
    fields.retain(Option::is_some);
    fields.into_iter().flatten().collect()
}

fn wide(name: &str, value: &str) -> Field {
    Field {
        name: name.to_owned(),
        // Discord takes no field without a value.
        value: cut(if value.is_empty() { "–" } else { value }, FIELD),
        inline: false,
    }
}

fn inline(name: &str, value: &str) -> Field {
    Field {
        inline: true,
        ..wide(name, value)
    }
}

fn slot(client: &Client, tweet: &Tweet) -> String {
    let zone = times::zone_of(client);
    format!(
        "{}\n{}",
        times::readers(tweet.slot),
        times::local(tweet.slot, &zone)
    )
}

fn author(revision: &Revision) -> String {
    let by = match &revision.author {
        Author::Model { model } => format!("written by {}", line(model, 60)),
        Author::Person { who } => format!("by {}", line(&who.name, 60)),
    };
    format!("revision {}, {by}", revision.no)
}

/// The titles of the client's notes that the model was shown, the one that fits best first.
fn notes(revision: &Revision) -> Option<String> {
    let titles = revision.origin.sources.iter().zip(1..);
    let lines: Vec<String> = titles
        .map(|(title, no)| format!("{no}. {}", line(title, 80)))
        .collect();
    (!lines.is_empty()).then(|| some_of(&lines, 400))
}

fn check(revision: &Revision) -> Option<String> {
    let report = revision.report.as_ref()?;
    let thread = revision.content.segments.len() > 1;
    let mut lines: Vec<String> = match (&revision.overridden, report.passed()) {
        (Some(word), _) => vec![format!(
            "let through by {}: {}",
            line(&word.by.name, 60),
            line(&word.reason, 150)
        )],
        (None, true) => vec!["passed".to_owned()],
        (None, false) => vec!["did not pass".to_owned()],
    };
    lines.extend(report.findings.iter().map(|finding| say(finding, thread)));
    Some(some_of(&lines, 500))
}

fn say(finding: &Finding, thread: bool) -> String {
    let mark = match finding.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
    };
    let place = if thread {
        format!("post {}: ", finding.segment + 1)
    } else {
        String::new()
    };
    format!("{mark} {place}{}", line(&finding.message, 160))
}

/// As many lines as there is room for, and how many more there are.
pub(super) fn some_of(lines: &[String], room: usize) -> String {
    let mut shown = String::new();
    for (index, line) in lines.iter().enumerate() {
        let more = format!("\n… and {} more", lines.len() - index);
        if length(&shown) + length(line) + 1 + length(&more) > room {
            return shown + &more;
        }
        if index > 0 {
            shown.push('\n');
        }
        shown.push_str(line);
    }
    shown
}

fn approvals(client: &Client, tweet: &Tweet) -> Option<String> {
    let needed = client.settings.as_ref()?.approval.needed.get();
    let open = matches!(
        tweet.state,
        TweetState::Validated | TweetState::Missed { .. }
    );
    if tweet.approvals.is_empty() && !open {
        return None;
    }
    let names: Vec<String> = tweet
        .approvals
        .iter()
        .map(|given| line(&given.by.name, 32))
        .collect();
    let by = if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(", "))
    };
    Some(cut(
        &format!("{} of {needed}{by}", tweet.approvals.len()),
        250,
    ))
}

fn candidates(tweet: &Tweet, revision: &Revision) -> Option<Field> {
    let open = matches!(
        tweet.state,
        TweetState::Validated | TweetState::Generated | TweetState::Failed { .. }
    );
    if !open || !tweet.posts.is_empty() || revision.alternatives.is_empty() {
        return None;
    }
    let texts = revision
        .alternatives
        .iter()
        .enumerate()
        .map(|(index, content)| candidate(index + 2, content));
    Some(wide(
        "Other candidates",
        &texts.take(4).collect::<Vec<_>>().join("\n"),
    ))
}

fn candidate(number: usize, content: &Content) -> String {
    let texts: Vec<&str> = content
        .segments
        .iter()
        .map(|segment| segment.text.as_str())
        .collect();
    let length = match content.segments.as_slice() {
        [one] => format!(" ({}/{MAX_WEIGHT})", weighted_length(&one.text)),
        many => format!(" (thread of {})", many.len()),
    };
    let text = line(&texts.join(" / "), CANDIDATE);
    let text = if text.is_empty() { "*nothing*" } else { &text };
    format!("**{number}.** {text}{length}")
}
