//! One snapshot for each group of texts, with everything a person can be told in it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use clara_actors::alerts::{Alert, Matter, Severity};
use clara_actors::gateway::breaker::BreakerState;
use clara_actors::handle::{ClientStatus, Condition, Refusal, ServiceHealth};
use clara_actors::limiter::Service;
use clara_domain::client::{Notice, NoticeKind};
use clara_domain::ids::{NoteId, RevisionNo};
use clara_domain::person::{By, Right};
use clara_domain::slots::parse_slots;
use clara_domain::tweet::ReasonCode;
use clara_domain::validate::{Finding, Rule, Severity as Weight};
use clara_domain::when::parse;
use clara_domain::zone::TimeZoneName;
use clara_domain::{Command, Halt, Rejection};

use super::settings::BadSetting;
use super::*;
use crate::discord::card::samples::{self, NOW, TWEET};
use crate::discord::commands::{ALL, Misuse, reference};
use crate::discord::custom_id::Action;

/// What `/status` says of money.
const SPENT: &str = "💵 Spent today (UTC): $0.0150; this month: $1.2000 to $1.3000";

fn said(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n\n")
}

fn rejections_of_every_kind() -> Vec<Rejection> {
    let who = samples::guest().who();
    let finding = Finding {
        rule: Rule::BlockedWord,
        severity: Weight::Error,
        segment: 0,
        message: "take out “cheap”".into(),
        span: None,
    };
    let other = "2026-08-03T09:00:00Z".parse().unwrap();
    let right = |right| Rejection::NotAllowed { right };
    vec![
        Rejection::NoSuchClient,
        Rejection::ClientExists,
        Rejection::NoSuchTweet(TWEET),
        Rejection::TweetExists(TWEET),
        Rejection::NoSuchNote(NoteId(3)),
        Rejection::NoteExists {
            note: NoteId(3),
            title: "Opening hours".into(),
        },
        right(Right::Manage),
        right(Right::Write),
        right(Right::Approve),
        right(Right::Override),
        Rejection::NotForPeople,
        Rejection::Stale {
            seen: RevisionNo(0),
            current: RevisionNo(1),
        },
        Rejection::WrongState {
            action: "approve",
            state: "rejected",
            by: who,
            at: Some(NOW),
        },
        Rejection::WrongState {
            action: "edit",
            state: "posting",
            by: None,
            at: None,
        },
        Rejection::NotAwaited,
        Rejection::NotValidated {
            findings: vec![finding],
        },
        Rejection::AlreadyApproved { have: 1, needed: 2 },
        Rejection::AlreadyApproved { have: 1, needed: 1 },
        Rejection::AuthorMayNotApprove,
        Rejection::PartLive {
            live: 1,
            segments: 3,
        },
        Rejection::InThePast { slot: NOW },
        Rejection::TooClose {
            slot: NOW,
            other,
            min_gap: Duration::from_secs(5400),
        },
        Rejection::Quiet {
            slot: NOW,
            hours: "22:00-09:00".parse().unwrap(),
        },
        Rejection::NoFreeSlot { has_slots: true },
        Rejection::NoFreeSlot { has_slots: false },
        Rejection::Invalid {
            field: "brief",
            expected: "1 to 1000 characters, not 5000".into(),
        },
        Rejection::Paused,
        Rejection::NotPaused,
        Rejection::NotDue,
        Rejection::HashMismatch,
    ]
}

#[test]
fn what_is_said_to_a_request_that_the_rules_do_not_allow() {
    let (client, tweet) = samples::validated();
    let about = About::tweet(&client, Some(&tweet));
    let texts = rejections_of_every_kind();
    insta::assert_snapshot!(said(
        texts.iter().map(|why| rejections::rejection(why, about))
    ));
}

#[test]
fn what_is_said_when_the_engine_does_not_do_it() {
    let client = "harbour".parse::<clara_domain::ids::ClientId>().unwrap();
    let secret = || "panicked at src/secret.rs: sk-123".to_owned();
    let refusals = [
        Refusal::Rejected(Rejection::Paused),
        Refusal::NoSuchClient(client.clone()),
        Refusal::Busy(client.clone()),
        Refusal::Unavailable {
            client: client.clone(),
            reason: secret(),
        },
        Refusal::NotStored {
            reason: secret(),
            perhaps: false,
        },
        Refusal::NotStored {
            reason: secret(),
            perhaps: true,
        },
        Refusal::Stopping,
    ];
    let texts: Vec<String> = refusals
        .iter()
        .map(|why| refusals::refusal(why, About::default()))
        .collect();
    assert!(!said(texts.clone()).contains("sk-123"));
    insta::assert_snapshot!(said(texts));
}

#[test]
fn what_is_said_to_a_command_that_is_not_understood() {
    let near = ["harbour", "harbor"].map(|id| id.parse().unwrap());
    insta::assert_snapshot!(said([
        refusals::misuse(&Misuse::Missing("brief")),
        refusals::misuse(&Misuse::NotAClient("No *such* `client`".into())),
        refusals::misuse(&Misuse::Unknown("launch rocket".into())),
        refusals::no_such_client("habour", &near),
        refusals::no_such_tweet("@everyone"),
        refusals::several_tweets(&[TWEET.to_string()]),
        refusals::wordless_brief(),
        refusals::not_here(),
        refusals::broken(),
    ]));
}

#[test]
fn what_is_said_to_a_time_that_cannot_be_taken() {
    let zone = TimeZoneName::new("Europe/Oslo").unwrap().zone();
    let typed = [
        "2026-08-01 09:00",
        "28 mar 2027 02:30",
        "2028-01-01 10:00",
        "in 90000000 days",
        "friday",
        "25:00",
        "30 feb 10:00",
        "soonish `code` @everyone",
    ];
    let texts = typed.map(|text| {
        format!(
            "> {text}\n{}",
            whens::when(&parse(text, NOW, &zone).unwrap_err())
        )
    });
    insta::assert_snapshot!(said(texts));
}

#[test]
fn what_is_said_to_settings_that_cannot_be() {
    let zone = |name| BadSetting::Zone(TimeZoneName::new(name).unwrap_err());
    let slots = |text| BadSetting::Slots(parse_slots(text).unwrap_err());
    let bad = [
        BadSetting::Id("Harbour Coffee".into()),
        BadSetting::Name(200),
        BadSetting::Handle("@a b".into()),
        zone("Europe/Osló"),
        zone("Nowhere/At all"),
        slots("mon 25:00"),
        slots("someday 09:00"),
        slots("mon"),
        slots("09:00"),
        BadSetting::Approvals(9),
        BadSetting::Persona(5000),
    ];
    insta::assert_snapshot!(said(bad.iter().map(settings::bad_setting)));
}

#[test]
fn what_is_said_when_a_command_was_done() {
    let (client, tweet) = samples::validated();
    let (full, waiting) = samples::waiting();
    let paused = samples::Story::new(samples::settings()).then(
        samples::maya(),
        Command::Pause {
            reason: "The shop is *closed*".into(),
        },
    );
    insta::assert_snapshot!(said([
        answers::planned(&client, &[&tweet], NOW),
        answers::planned(&client, &[&tweet, &tweet], NOW),
        answers::generating(&client, &tweet, NOW),
        answers::planned(&full, &[&waiting], NOW),
        answers::generating(&full, &waiting, NOW),
        answers::client_added(&client),
        answers::paused(&paused.client),
        answers::resumed(&client),
        answers::cancelled(&client, &tweet),
        answers::rescheduled(&client, &tweet),
    ]));
}

#[test]
fn what_is_said_after_clicks_and_forms() {
    let mut texts = vec![
        clicks::unknown_button(),
        clicks::unknown_tweet(),
        clicks::same_text(),
        clicks::too_long_to_edit(),
        clicks::not_a_post("no idea"),
        clicks::unknown_kind("*tone*", ReasonCode::Other, "Too loud.\n@everyone says so."),
    ];
    for (_, client, tweet) in samples::all() {
        texts.push(clicks::no_longer(Action::Now, &client, &tweet));
    }
    let (client, tweet) = samples::validated();
    texts.extend(Action::ALL.map(|action| clicks::done(action, &client, &tweet)));
    insta::assert_snapshot!(said(texts));
}

fn statuses() -> Vec<ClientStatus> {
    let status = |id: &str, condition, client: Option<Client>| ClientStatus {
        id: id.parse().unwrap(),
        condition,
        client: client.map(Arc::new),
    };
    let reason = || "panicked at secret".to_owned();
    let mut all: Vec<ClientStatus> = samples::all()
        .into_iter()
        .map(|(_, client, _)| status("harbour", Condition::Running, Some(client)))
        .collect();
    all.push(status(
        "fjord",
        Condition::Quarantined { reason: reason() },
        None,
    ));
    all.push(status(
        "koyo",
        Condition::Restarting { reason: reason() },
        None,
    ));
    all
}

#[test]
fn what_lists_say() {
    let all = statuses();
    let clients: Vec<Arc<Client>> = all
        .iter()
        .filter_map(|status| status.client.clone())
        .collect();
    let (client, _) = samples::validated();
    let texts = [
        lists::clients(&all),
        lists::clients(&[]),
        lists::client(&client, &Condition::Running),
        lists::queue(&clients, None, NOW),
        lists::queue(&clients, Some(&halt(None)), NOW),
        lists::queue(&[], None, NOW),
        lists::queue(&[Arc::new(samples::waiting().0)], None, NOW),
        lists::status(&all, None, &[], SPENT),
        lists::status(&all, Some(&halt(None)), &[], SPENT),
        lists::status(&[], None, &[], SPENT),
    ];
    assert!(
        texts
            .iter()
            .all(|text| crate::discord::escape::length(text) <= 2000 && !text.contains("secret"))
    );
    insta::assert_snapshot!(said(texts));
}

#[test]
fn what_status_says_of_services_that_do_not_work() {
    let health = |service, client: Option<&str>, state| ServiceHealth {
        service,
        client: client.map(|client| client.parse().unwrap()),
        state,
        since: Some(NOW),
        reason: Some("no answer *within* 20 s".to_owned()),
    };
    let until = NOW + Duration::from_secs(30);
    let (open, half) = (
        BreakerState::Open { until },
        BreakerState::HalfOpen { until },
    );
    let healths = [
        health(Service::X, None, open),
        health(Service::X, Some("harbour"), half),
        health(Service::Model, None, open),
        health(Service::Model, None, BreakerState::Closed),
    ];
    insta::assert_snapshot!(lists::status(&[], None, &healths, SPENT));
}

fn halt(until: Option<jiff::Timestamp>) -> Halt {
    let By::Person(maya) = samples::maya() else {
        unreachable!("maya is a person");
    };
    Halt {
        by: Some(maya.who),
        reason: "X is *out* of credits".into(),
        at: NOW,
        until,
    }
}

#[test]
fn what_alerts_say() {
    let (_, mut tweet) = samples::validated();
    tweet.card = Some(samples::shown(1));
    let reason = || "the *service* says no".to_owned();
    let kinds = [
        NoticeKind::Missed,
        NoticeKind::Overdue,
        NoticeKind::WritingTrouble { reason: reason() },
        NoticeKind::NoValidText,
        NoticeKind::Refused { reason: reason() },
        NoticeKind::PersonAsked { reason: reason() },
        NoticeKind::Paused { reason: reason() },
        NoticeKind::NotDeleted { reason: reason() },
        NoticeKind::ApprovalsVoid { tweets: 3 },
        NoticeKind::DeletionTrouble { reason: reason() },
    ];
    let notices = kinds.map(|kind| Matter::Notice {
        notice: Notice {
            no: 1,
            at: NOW,
            tweet: Some(TWEET),
            kind,
        },
        tweet: Some(Box::new(tweet.clone())),
    });
    let secret = || "panicked at secret".to_owned();
    let others = [
        Matter::Quarantined { reason: secret() },
        Matter::Halted { halt: halt(None) },
        Matter::Halted {
            halt: Halt {
                by: None,
                ..halt(Some(NOW + Duration::from_secs(3600)))
            },
        },
        Matter::Released {
            halt: Some(halt(None)),
        },
        Matter::EngineFailed { reason: secret() },
        Matter::JournalSlow {
            since: Duration::from_millis(12_300),
        },
        Matter::JournalRepaired {
            what: secret(),
            copy: secret(),
        },
        Matter::JournalDamaged { what: secret() },
        Matter::DiskFull {
            free: 12_345_678,
            needed: 67_108_864,
        },
        Matter::DiskFree,
    ];
    let severities = [Severity::Info, Severity::Warning, Severity::Critical];
    let alerts = notices
        .into_iter()
        .chain(others)
        .zip(severities.into_iter().cycle());
    let texts = alerts.map(|(matter, severity)| {
        let client = (!matches!(
            matter,
            Matter::Halted { .. }
                | Matter::Released { .. }
                | Matter::EngineFailed { .. }
                | Matter::JournalSlow { .. }
                | Matter::JournalRepaired { .. }
                | Matter::DiskFull { .. }
                | Matter::DiskFree
        ))
        .then(|| "harbour".parse().unwrap());
        let alert = Alert {
            severity,
            client,
            at: NOW,
            nonce: "n-1".into(),
            matter,
        };
        crate::discord::card::tests::readable(&alerts::message(&alert, 3))
    });
    let texts: Vec<String> = texts.collect();
    assert!(!said(texts.clone()).contains("secret"));
    insta::assert_snapshot!(said(texts));
}

#[test]
fn what_help_says() {
    let pages = ALL.iter().map(reference::about);
    insta::assert_snapshot!(said([reference::overview()].into_iter().chain(pages)));
}
