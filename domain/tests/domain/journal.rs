//! What is written down for years: the JSON of every event, of older forms of them, and of a client's snapshot.

use std::collections::BTreeSet;
use std::fmt::Write;

use clara_domain::command::{Look, SlotChoice};
use clara_domain::content::{Content, Media, MediaKind, ReplySettings};
use clara_domain::ids::{AttemptNo, ChannelId, LessonNo, MessageId, NoteId, RevisionNo, SegmentNo};
use clara_domain::knowledge::NoteHash;
use clara_domain::person::{Author, PersonRef};
use clara_domain::settings::ClientSettings;
use clara_domain::tweet::{Checking, Feedback, KnownBy, Override, ReasonCode, TweetState};
use clara_domain::validate::{Finding, Repair, Rule, Severity, ValidationReport};
use clara_domain::{Client, Event, TweetEvent as E, evolve};

use crate::rules::EVERY_EVENT;
use crate::world::{
    World, ana, at, first, good, name, not_sent, post_id, settings, tweet_id, unknown,
};

#[test]
fn the_form_of_the_records_does_not_change_by_accident() {
    let mut forms = String::new();
    for event in one_of_each() {
        let record = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&record).unwrap(), event);
        writeln!(forms, "{}\n  {record}", name(&event)).unwrap();
    }
    insta::assert_snapshot!("one_record_of_each_event", forms);
}

#[test]
fn there_is_an_example_of_every_event() {
    let examples: BTreeSet<_> = one_of_each().iter().map(name).collect();
    assert_eq!(examples, BTreeSet::from(EVERY_EVENT));
}

#[test]
fn records_from_before_a_field_was_there_can_still_be_read() {
    let tweet = |event: &str| {
        let id = first().0;
        let record = format!(r#"{{"type":"tweet","tweet":"{id}","event":{event}}}"#);
        match serde_json::from_str(&record).unwrap() {
            Event::Tweet { event, .. } => event,
            other => panic!("{other:?}"),
        }
    };
    let hash = good(1).hash();
    let written = tweet(&format!(
        r#"{{"type":"revision_written","revision":1,"content":{{"segments":[{{"text":"good morning"}}]}},
            "hash":"{hash}","author":{{"by":"model","model":"small-1"}},"cost":5}}"#
    ));
    assert!(
        matches!(written, E::RevisionWritten { content, alternatives, .. }
        if content == good(1) && alternatives.is_empty())
    );
    let posted = tweet(r#"{"type":"segment_posted","segment":0,"post":"7","known_by":"answer"}"#);
    assert!(matches!(posted, E::SegmentPosted { by: None, .. }));
    let unknown =
        r#"{"type":"outcome_unknown","reason":"timed out","next_look":"2026-03-02T08:00:10Z"}"#;
    assert!(matches!(
        tweet(unknown),
        E::OutcomeUnknown {
            duplicate: false,
            ..
        }
    ));
    let state: TweetState =
        serde_json::from_str(r#"{"state":"missed","at":"2026-03-02T08:00:10Z"}"#).unwrap();
    assert!(matches!(
        state,
        TweetState::Missed {
            unwritten: false,
            ..
        }
    ));
}

#[test]
fn settings_from_before_a_key_was_there_have_its_default() {
    let record = r#"{"type":"configured","settings":{"name":"Harbour Coffee","handle":"harbour",
        "time_zone":"Europe/Berlin","approval_channel":"900"}}"#;
    let Event::Configured { settings } = serde_json::from_str(record).unwrap() else {
        panic!("another event");
    };
    let ClientSettings {
        approval,
        generation,
        schedule,
        ..
    } = *settings;
    assert_eq!((approval.needed.get(), approval.author_counts), (1, true));
    assert_eq!(
        (generation.candidates.get(), generation.rounds.get()),
        (3, 3)
    );
    assert_eq!(schedule.grace, crate::world::minutes(15));
}

#[test]
fn a_snapshot_of_a_full_life_goes_through_json_unchanged() {
    let world = full_life();
    let json = serde_json::to_string(&world.client).unwrap();
    assert_eq!(serde_json::from_str::<Client>(&json).unwrap(), world.client);
}

#[test]
fn the_form_of_a_snapshot_does_not_change_by_accident() {
    insta::assert_json_snapshot!("a_client", full_life().client);
}

#[test]
fn replaying_from_any_snapshot_on_the_way_gives_the_same_client() {
    let world = full_life();
    let mut client = World::empty().client;
    for (at, record) in &world.journal {
        let event: Event = serde_json::from_str(record).unwrap();
        client = evolve(client, &event, *at).unwrap();
        let json = serde_json::to_string(&client).unwrap();
        client = serde_json::from_str(&json).unwrap();
    }
    assert_eq!(client, world.client);
}

#[test]
fn a_record_that_cannot_follow_is_named_not_guessed_at() {
    let world = full_life();
    let event = E::Posted.of(tweet_id(9));
    let illegal = evolve(world.client.clone(), &event, world.now).unwrap_err();
    assert_eq!(
        illegal.to_string(),
        "`posted` cannot happen to the unknown tweet 01990000000070008000000000000009"
    );
    let event = E::Approved {
        hash: good(1).hash(),
    }
    .of(first());
    let illegal = evolve(world.client, &event, world.now).unwrap_err();
    assert_eq!(
        illegal.to_string(),
        "`approved` cannot happen to the tweet 01990000000070008000000000000001 that is posted"
    );
}

/// A thread with a mishap on its way, and a second tweet that waits.
fn full_life() -> World {
    let mut world = World::sending(2);
    world.sent(not_sent());
    world.pass(crate::world::minutes(1));
    world.begin();
    world.sent(unknown());
    world.looks_in_vain();
    world.looked(Look::Found { post: post_id(7) });
    world.begin();
    world.accepted(8);
    let plan = crate::world::plan(vec![tweet_id(2)], 1, SlotChoice::NextFree);
    world.done(&crate::world::cho(), plan);
    world
}

fn ana_ref() -> PersonRef {
    ana().who().unwrap()
}

fn pictured() -> Content {
    let mut content = good(1);
    content.reply_settings = ReplySettings::Following;
    content.segments[0].media.push(Media {
        key: "m-1".into(),
        kind: MediaKind::Photo,
        alt_text: Some("a cup".into()),
    });
    content
}

fn report(severity: Severity) -> ValidationReport {
    ValidationReport {
        findings: vec![Finding {
            rule: Rule::BlockedWord,
            severity,
            segment: 0,
            message: "do not say \"cheap\"".into(),
            span: None,
        }],
        weights: vec![12],
    }
}

fn one_of_each() -> Vec<Event> {
    let mut events = vec![
        Event::Configured {
            settings: Box::new(settings()),
        },
        Event::Paused {
            by: Some(ana_ref()),
            reason: "crisis".into(),
        },
        Event::Paused {
            by: None,
            reason: "401".into(),
        },
        Event::Resumed {
            by: Some(ana_ref()),
        },
        Event::KnowledgeAdded {
            note: NoteId(1),
            title: "Hours".into(),
            text: "We open at 9.".into(),
            hash: NoteHash::of("We open at 9."),
            by: Some(ana_ref()),
        },
        Event::KnowledgeRemoved {
            note: NoteId(1),
            by: None,
        },
        Event::LessonLearned {
            lesson: LessonNo(1),
            tweet: first(),
            code: Some(ReasonCode::Voice),
            said: "too loud".into(),
            about: "GOOD MORNING".into(),
        },
        Event::LessonForgotten {
            lesson: LessonNo(1),
            by: Some(ana_ref()),
        },
        Event::NoticesDelivered { upto: 3 },
        Event::CardShown {
            tweet: first(),
            change: 4,
            channel: ChannelId::new("900").unwrap(),
            message: MessageId::new("901").unwrap(),
        },
    ];
    let of_the_tweet = writing().into_iter().chain(deciding()).chain(sending());
    events.extend(of_the_tweet.map(|event| event.of(first())));
    events
}

fn writing() -> Vec<E> {
    let later = at("2026-03-02T08:00:10Z");
    let (slot, hash) = (at("2026-03-02T09:00:00Z"), good(1).hash());
    vec![
        E::Planned {
            brief: "say good morning".into(),
            segments: 1,
            slot,
            write_at: later,
            by: Some(ana_ref()),
        },
        E::GenerationDelayed {
            reason: "busy".into(),
            until: later,
        },
        E::SentBack {
            feedback: vec![Feedback {
                by: None,
                text: "too long".into(),
            }],
        },
        E::GaveUp {
            reasons: vec!["too long".into()],
        },
        E::RegenerationAsked {
            feedback: Feedback {
                by: Some(ana_ref()),
                text: "shorter".into(),
            },
        },
        E::RevisionWritten {
            revision: RevisionNo(1),
            content: good(1),
            hash,
            author: Author::Model {
                model: "small-1".into(),
            },
            alternatives: vec![good(2)],
            place: 1,
            repairs: vec![Repair::SurroundingQuotes],
            origin: Box::default(),
        },
        E::RevisionWritten {
            revision: RevisionNo(2),
            content: pictured(),
            hash: pictured().hash(),
            author: Author::Person { who: ana_ref() },
            alternatives: Vec::new(),
            place: 0,
            repairs: Vec::new(),
            origin: Box::default(),
        },
        E::ChecksDue {
            checking: Checking {
                report: report(Severity::Warning),
                rules: vec![Rule::Moderation],
                send_back: true,
            },
        },
        E::ChecksDelayed {
            reason: "busy".into(),
            until: at("2026-03-02T12:00:00Z"),
        },
        E::ValidationPassed {
            report: report(Severity::Warning),
        },
        E::ValidationFailed {
            report: report(Severity::Error),
        },
        E::ValidationOverridden {
            word: Override {
                by: ana_ref(),
                reason: "a quote".into(),
            },
        },
    ]
}

fn deciding() -> Vec<E> {
    let slot = at("2026-03-02T12:00:00Z");
    let (revision, hash) = (RevisionNo(2), pictured().hash());
    vec![
        E::ApprovalGiven {
            revision,
            hash,
            by: ana_ref(),
        },
        E::Approved { hash },
        E::Rejected {
            by: ana_ref(),
            code: Some(ReasonCode::Voice),
            reason: "off brand".into(),
        },
        E::Cancelled { by: ana_ref() },
        E::Missed,
        E::Overdue,
        E::Rescheduled {
            slot,
            write_at: slot,
            urgent: true,
            by: Some(ana_ref()),
        },
    ]
}

fn sending() -> Vec<E> {
    let next_look = at("2026-03-02T09:00:10Z");
    let (segment, post) = (SegmentNo(0), post_id(7));
    vec![
        E::PublishStarted {
            attempt: AttemptNo(1),
            segment,
            hash: pictured().hash(),
        },
        E::SegmentPosted {
            segment,
            post: post.clone(),
            known_by: KnownBy::Answer,
            by: None,
        },
        E::SegmentPosted {
            segment,
            post,
            known_by: KnownBy::Person,
            by: Some(ana_ref()),
        },
        E::Posted,
        E::NotSent {
            reason: "connection refused".into(),
            until: next_look,
        },
        E::Refused {
            reason: "not allowed".into(),
        },
        E::OutcomeUnknown {
            reason: "timed out".into(),
            duplicate: true,
            next_look,
        },
        E::NotFoundYet { next_look },
        E::LookFailed {
            reason: "503".into(),
            next_look,
        },
        E::ProvedAbsent,
        E::PersonAsked {
            reason: "duplicate".into(),
        },
        E::SaidAbsent { by: ana_ref() },
        E::RetryAsked { by: ana_ref() },
        E::DeletionAsked {
            by: ana_ref(),
            reason: "wrong price".into(),
        },
        E::SegmentDeleted { post: post_id(7) },
        E::DeletionDelayed {
            reason: "503".into(),
            until: next_look,
        },
        E::DeletionRefused {
            reason: "403".into(),
        },
        E::Deleted,
    ]
}
