//! What a card says of how its text was judged: what was mended in it, what the rules found, who is still looking at it.

use clara_domain::tweet::{Checking, Revision};
use clara_domain::validate::{Finding, Repair, Rule, Severity};
use clara_domain::{Client, Tweet, TweetState};

use super::fields::some_of;
use crate::discord::escape::line;
use crate::discord::times::{moment, zone_of};

/// What services are asked about the text for, while they are.
pub(crate) fn being_checked(tweet: &Tweet) -> Option<&Checking> {
    let current = tweet.current()?;
    let checking = current.checking.as_ref()?;
    (tweet.state == TweetState::Generated).then_some(checking)
}

/// What people have to know while services look at the text. Only the moderation service is waited for: where the judge
/// of the voice does not answer, it goes on without.
pub(super) fn note(client: &Client, tweet: &Tweet, checking: &Checking) -> String {
    let zone = zone_of(client);
    let begun = tweet.current().map_or(tweet.planned_at, |text| text.at);
    match tweet.not_before {
        Some(again) if tweet.troubles > 0 => format!(
            "The moderation service has not answered {} since {}; Clara asks again at {}. The text is safe, and it is \
            neither approved nor posted before somebody has looked at it. Wait, or override the check with a reason if \
            you have the right to: then it needs approval only.",
            tries(tweet.troubles),
            moment(begun, &zone),
            moment(again, &zone)
        ),
        Some(_) | None => format!(
            "The rules let this text through; {} still being asked about it. Until there is an answer it is neither \
            approved nor posted. There is nothing to do; somebody with the right to override does not have to wait.",
            asked(&checking.rules)
        ),
    }
}

fn tries(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        many => format!("{many} times in a row"),
    }
}

/// Who is asked, with their verb.
fn asked(rules: &[Rule]) -> &'static str {
    match (
        rules.contains(&Rule::Moderation),
        rules.contains(&Rule::BrandVoice),
    ) {
        (true, true) => "the moderation service and the judge of the voice are",
        (false, true) => "the judge of the voice is",
        (true | false, false) => "the moderation service is",
    }
}

/// What was found and what was mended; none where there is neither.
pub(super) fn found(revision: &Revision) -> Option<String> {
    let thread = revision.content.segments.len() > 1;
    let checking = revision.checking.as_ref();
    let report = revision
        .report
        .as_ref()
        .or(checking.map(|checking| &checking.report));
    let verdict = match (&revision.overridden, &revision.report, checking) {
        (Some(word), ..) => Some(format!(
            "let through by {}: {}",
            line(&word.by.name, 60),
            line(&word.reason, 150)
        )),
        (None, Some(report), _) if report.passed() => Some("passed".to_owned()),
        (None, Some(_), _) => Some("did not pass".to_owned()),
        (None, None, Some(checking)) => Some(format!(
            "passed the rules; {} being asked",
            asked(&checking.rules)
        )),
        (None, None, None) => None,
    };
    let mut lines: Vec<String> = verdict
        .into_iter()
        .chain(mended(&revision.repairs))
        .collect();
    let findings = report.iter().flat_map(|report| &report.findings);
    lines.extend(findings.map(|finding| say(finding, thread)));
    (!lines.is_empty()).then(|| some_of(&lines, 500))
}

fn mended(repairs: &[Repair]) -> Option<String> {
    let names: Vec<&str> = repairs.iter().map(|repair| repair.name()).collect();
    (!names.is_empty()).then(|| format!("mended: {}", names.join(", ")))
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
