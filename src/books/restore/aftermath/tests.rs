#![allow(clippy::unwrap_used)]
use clara_domain::content::Content;
use clara_domain::effect::{Effect, effects};
use clara_domain::ids::{AttemptNo, PersonId, PostId, RevisionNo, SegmentNo, TweetId};
use clara_domain::person::{Author, PersonRef};
use clara_domain::tweet::KnownBy;
use clara_domain::validate::ValidationReport;
use jiff::SignedDuration;
use serde_json::json;

use super::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn made() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn now() -> Timestamp {
    made() + MINUTE * 60
}

fn id() -> TweetId {
    TweetId(uuid::Uuid::from_u128(1))
}

fn maya() -> PersonRef {
    PersonRef {
        id: PersonId::new("1").unwrap(),
        name: "maya".to_owned(),
    }
}

fn thread() -> Content {
    Content::texts(["part 1", "part 2"])
}

/// A client with one tweet of two segments, after some of the events of its life.
fn client(slot: Timestamp, events: &[TweetEvent]) -> Client {
    let settings = serde_json::from_value(json!({
        "name": "Harbour", "handle": "harbour", "time_zone": "UTC", "approval_channel": "900",
        "schedule": {"grace": "2h"},
    }));
    let settings = Box::new(settings.unwrap());
    let planned = TweetEvent::Planned {
        brief: "say good morning".to_owned(),
        segments: 2,
        slot,
        write_at: made() - MINUTE * 60,
        by: None,
    };
    let client = Client::new(ClientId::new("harbour").unwrap());
    let client = evolve(client, &Event::Configured { settings }, made()).unwrap();
    let life = [planned].into_iter().chain(events.iter().cloned());
    life.fold(client, |client, event| {
        evolve(client, &event.of(id()), made()).unwrap()
    })
}

fn approved() -> Vec<TweetEvent> {
    let hash = thread().hash();
    vec![
        TweetEvent::RevisionWritten {
            revision: RevisionNo(1),
            content: thread(),
            hash,
            author: Author::Person { who: maya() },
            alternatives: Vec::new(),
            place: 0,
            repairs: Vec::new(),
            origin: Box::default(),
        },
        TweetEvent::ValidationPassed {
            report: ValidationReport {
                findings: Vec::new(),
                weights: vec![6, 6],
            },
        },
        TweetEvent::Approved { hash },
    ]
}

fn sending() -> Vec<TweetEvent> {
    let start = TweetEvent::PublishStarted {
        attempt: AttemptNo(1),
        segment: SegmentNo(0),
        hash: thread().hash(),
    };
    approved().into_iter().chain([start]).collect()
}

fn begun() -> Vec<TweetEvent> {
    let live = TweetEvent::SegmentPosted {
        segment: SegmentNo(0),
        post: PostId::new("7").unwrap(),
        known_by: KnownBy::Answer,
        by: None,
    };
    sending().into_iter().chain([live]).collect()
}

/// The client after the restore, and the names of what it added to the tweet.
fn restored(client: &Client) -> (Client, Vec<&'static str>) {
    let events = events(client, made(), now());
    let names = events.iter().filter_map(|event| match event {
        Event::Tweet { event, .. } => Some(event.name()),
        _ => None,
    });
    let names = names.collect();
    let after = events.iter().fold(client.clone(), |client, event| {
        evolve(client, event, now()).unwrap()
    });
    assert!(after.paused.is_some());
    (after, names)
}

/// Whether it would ever be sent, or looked for and sent again, without a person, even if the pause ended at once.
fn goes_out(client: &Client) -> bool {
    let mut client = client.clone();
    client.paused = None;
    let owed = effects(&client, now() + MINUTE * 30);
    let is_send =
        |effect: &Effect| matches!(effect, Effect::Publish { .. } | Effect::Reconcile { .. });
    owed.iter().any(is_send)
}

#[test]
fn whatever_may_have_been_sent_since_asks_a_person_also_within_the_grace() {
    let (due, later) = (made() + MINUTE * 5, now() + MINUTE * 90);
    let unknown = TweetEvent::OutcomeUnknown {
        reason: "timed out".to_owned(),
        duplicate: false,
        next_look: made(),
    };
    let in_doubt: Vec<_> = sending().into_iter().chain([unknown]).collect();
    let cases: [(&str, Vec<TweetEvent>, &[&str]); 6] = [
        ("unwritten", Vec::new(), &["missed"]),
        ("unapproved", approved()[..2].to_vec(), &["missed"]),
        ("approved", approved(), &["overdue"]),
        ("sending", sending(), &["outcome_unknown", "person_asked"]),
        ("half-way", begun(), &["overdue"]),
        ("in doubt", in_doubt, &["person_asked"]),
    ];
    for (case, life, expected) in cases {
        let before = client(due, &life);
        let (after, names) = restored(&before);
        assert_eq!(names, expected, "{case}");
        assert!(!goes_out(&after), "{case}");
    }
    // What is not due yet cannot have gone out by itself: it stays as it was, behind the pause.
    let (after, names) = restored(&client(later, &approved()));
    assert!(names.is_empty());
    assert_eq!(after.tweet(id()).unwrap().state, TweetState::Approved);
}

#[test]
fn without_what_a_restore_records_the_same_tweets_would_go_out() {
    let due = made() + MINUTE * 5;
    assert!(goes_out(&client(due, &approved())));
}

#[test]
fn what_has_ended_is_left_alone() {
    let rejected = TweetEvent::Rejected {
        code: None,
        by: maya(),
        reason: "off brand".to_owned(),
    };
    let life: Vec<_> = approved().into_iter().chain([rejected]).collect();
    let (_, names) = restored(&client(made(), &life));
    assert!(names.is_empty());
}

#[test]
fn a_client_that_was_paused_stays_paused_and_both_reasons_are_told() {
    let pause = Event::Paused {
        by: Some(maya()),
        reason: "crisis".to_owned(),
    };
    let before = evolve(client(made(), &[]), &pause, made()).unwrap();
    let (after, _) = restored(&before);
    let reason = after.paused.unwrap().reason;
    assert_eq!(
        reason,
        "restored from a backup of 2026-03-02T09:00:00Z: what was posted since is not known here. Look at the account, \
         settle what is asked, then resume. It was paused before, by maya: crisis"
    );
}
