//! What services said of a text that the rules had let through.

use super::generate::{all_of, back_or_give_up, distinct_reasons, retry_at};
use super::{Ask, Decision};
use crate::command::{Flag, Verdict};
use crate::event::TweetEvent;
use crate::evolve::transition::is_being_checked;
use crate::ids::{RevisionNo, TweetId};
use crate::rejection::Rejection;
use crate::settings::{ClientSettings, WhenDown};
use crate::validate::{Finding, Rule, Severity};

pub(super) fn record(
    ask: &Ask,
    id: TweetId,
    revision: RevisionNo,
    moderation: Option<&Verdict>,
    brand_voice: Option<&Verdict>,
) -> Decision {
    ask.engine_only()?;
    let settings = ask.settings()?;
    let tweet = ask.tweet(id)?;
    let current = tweet.current().filter(|_| is_being_checked(tweet));
    let current = current.filter(|current| current.no == revision);
    let checking = current.and_then(|current| current.checking.as_ref());
    let checking = checking.ok_or(Rejection::NotAwaited)?;
    let holds = ask.around.moderation == Some(WhenDown::Hold);
    if let Some(Verdict::Away {
        reason,
        retry_after,
    }) = moderation
        && holds
    {
        let event = TweetEvent::ChecksDelayed {
            reason: reason.clone(),
            until: retry_at(ask.now, tweet.troubles, *retry_after),
        };
        return Ok(vec![event.of(id)]);
    }
    let mut report = checking.report.clone();
    let verdicts = [
        (Rule::Moderation, moderation),
        (Rule::BrandVoice, brand_voice),
    ];
    for (rule, verdict) in verdicts {
        let found = verdict.map(|verdict| findings(settings, rule, verdict));
        report.findings.extend(found.unwrap_or_default());
    }
    if report.passed() {
        return Ok(vec![TweetEvent::ValidationPassed { report }.of(id)]);
    }
    let reasons = distinct_reasons([&report]);
    let mut events = vec![TweetEvent::ValidationFailed { report }];
    if checking.send_back {
        events.push(back_or_give_up(settings, tweet, reasons));
    }
    Ok(all_of(id, events))
}

fn findings(settings: &ClientSettings, rule: Rule, verdict: &Verdict) -> Vec<Finding> {
    match verdict {
        Verdict::Found(flags) => {
            let finding = |flag: &Flag| {
                let message = flag.message.clone();
                settings.rules.finding(rule, flag.segment, message, None)
            };
            flags.iter().filter_map(finding).collect()
        }
        Verdict::Away { reason, .. } => vec![Finding {
            rule,
            severity: Severity::Warning,
            segment: 0,
            message: format!("nobody could be asked about this ({reason}): read it with care"),
            span: None,
        }],
    }
}
