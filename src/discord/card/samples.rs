//! A tweet in each of its states, for tests: made by commands and events, so that each is one that can happen.
#![allow(clippy::unwrap_used)]

mod story;

use clara_domain::command::{Command, DeleteOutcome, Drafts, Look, SendOutcome};
use clara_domain::content::Content;
use clara_domain::ids::{ChannelId, MessageId, PersonId, PostId, RevisionNo, RoleId, TweetId};
use clara_domain::metering::{Item, Tokens};
use clara_domain::person::{Access, By, Grant, Person, PersonRef};
use clara_domain::settings::{ApprovalPolicy, ClientSettings, GenerationPolicy, Voice};
use clara_domain::slots::{Schedule, parse_slots};
use clara_domain::tweet::Card;
use clara_domain::validate::TextRules;
use clara_domain::zone::TimeZoneName;
use clara_domain::{Client, Tweet};
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use super::buttons::custom_id;
pub(crate) use story::Story;

/// Mon 3 Aug 2026 08:00 in Oslo.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_785_736_800, 0);

pub(crate) const TWEET: TweetId =
    TweetId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_1a2b_3c4d));

/// Somebody who may do everything.
pub(crate) fn maya() -> By {
    person(101, "maya", 11)
}

/// Somebody else who may do everything.
pub(crate) fn leo() -> By {
    person(104, "leo", 11)
}

/// Somebody who may do nothing.
pub(crate) fn guest() -> By {
    person(105, "*guest* @everyone", 99)
}

fn person(id: u64, name: &str, role: u64) -> By {
    By::Person(Person {
        who: PersonRef {
            id: PersonId::new(id.to_string()).unwrap(),
            name: name.into(),
        },
        roles: [RoleId::new(role.to_string()).unwrap()].into(),
    })
}

pub(crate) fn access() -> Access {
    let grant = Grant {
        roles: [RoleId::new("11").unwrap()].into(),
        ..Grant::default()
    };
    Access {
        manage: grant.clone(),
        write: grant.clone(),
        approve: grant.clone(),
        overrule: grant,
    }
}

pub(crate) fn settings() -> ClientSettings {
    ClientSettings {
        name: "Harbour Coffee".into(),
        handle: "harbourcoffee".parse().unwrap(),
        time_zone: TimeZoneName::new("Europe/Oslo").unwrap(),
        approval_channel: ChannelId::new("203").unwrap(),
        access: access(),
        approval: ApprovalPolicy::default(),
        schedule: Schedule {
            slots: parse_slots("weekdays 09:00 17:00").unwrap(),
            ..Schedule::default()
        },
        voice: Voice {
            persona: "A friendly barista".into(),
            ..Voice::default()
        },
        generation: GenerationPolicy::default(),
        rules: TextRules {
            blocked_words: vec!["cheap".to_owned()].into(),
            // The samples are as short as they can be.
            min_words: 0,
            ..TextRules::default()
        },
    }
}

pub(crate) fn shown(shown: u64) -> Card {
    Card {
        channel: ChannelId::new("203").unwrap(),
        message: MessageId::new("900").unwrap(),
        shown,
    }
}

fn candidates() -> Vec<Content> {
    let texts = [
        "The winter roast is back: plums, cocoa and a long walk home. ☕",
        "Winter roast. Plums & cocoa.",
        "Guess who is back? @everyone `winter` roast!",
    ];
    texts.map(|text| Content::texts([text])).into()
}

fn thread(posts: usize) -> Vec<Content> {
    let texts = (1..=posts).map(|n| format!("Part {n} of the story of our winter roast."));
    vec![Content::texts(texts)]
}

fn story() -> Story {
    Story::new(settings())
}

fn accepted(id: &str) -> SendOutcome {
    SendOutcome::Accepted {
        post: PostId::new(id).unwrap(),
    }
}

fn refused() -> SendOutcome {
    SendOutcome::Refused {
        reason: "You are not permitted to do this.".into(),
        duplicate: false,
    }
}

fn unknown() -> SendOutcome {
    SendOutcome::Unknown {
        reason: "the answer was lost".into(),
    }
}

pub(crate) fn validated() -> (Client, Tweet) {
    story().planned(1).drafted(candidates()).end()
}

pub(crate) fn approved() -> (Client, Tweet) {
    story().planned(1).drafted(candidates()).approved().end()
}

/// Sent twice with an unknown end, and the timeline does not tell.
pub(crate) fn asked() -> (Client, Tweet) {
    let mut story = story()
        .planned(1)
        .drafted(candidates())
        .approved()
        .sending()
        .sent(unknown());
    for _ in 0..8 {
        let attempt = story.client.tweets[&TWEET].attempts;
        let look = Look::Unreadable {
            reason: "it is away".into(),
        };
        story = story.then(
            By::Engine,
            Command::RecordLook {
                tweet: TWEET,
                attempt,
                look,
            },
        );
    }
    story.end()
}

fn two_approvals() -> (Client, Tweet) {
    let mut settings = settings();
    settings.approval.needed = 2.try_into().unwrap();
    Story::new(settings)
        .planned(1)
        .drafted(candidates())
        .approved()
        .end()
}

fn gave_up() -> (Client, Tweet) {
    let mut story = story().planned(1);
    for _ in 0..3 {
        story = story.drafted(vec![Content::texts(["So cheap!"]), Content::texts([""])]);
    }
    story.end()
}

fn again() -> (Client, Tweet) {
    let regenerate = Command::Regenerate {
        tweet: TWEET,
        revision: RevisionNo(1),
        feedback: "shorter".into(),
    };
    story()
        .planned(1)
        .drafted(candidates())
        .then(maya(), regenerate)
        .end()
}

fn away() -> (Client, Tweet) {
    let story = story().planned(1);
    let drafts = Drafts::Trouble {
        reason: "throttled".into(),
        retry_after: None,
    };
    let round = story.client.tweets[&TWEET].round;
    story
        .then(
            By::Engine,
            Command::RecordDrafts {
                tweet: TWEET,
                round,
                drafts,
            },
        )
        .end()
}

fn thread_going_out() -> Story {
    story()
        .planned(3)
        .drafted(thread(3))
        .approved()
        .sending()
        .sent(accepted("1111111111111111111"))
}

fn paused() -> (Client, Tweet) {
    let story = story().planned(1).drafted(candidates()).approved();
    story
        .then(
            maya(),
            Command::Pause {
                reason: "shop closed".into(),
            },
        )
        .end()
}

/// Judged by the model, too.
fn voiced() -> Story {
    let mut settings = settings();
    settings.generation.judge_voice = true;
    Story::new(settings).moderated().planned(1)
}

fn mended() -> (Client, Tweet) {
    let texts = [
        "Tweet: \"Winter roast  is back.\"",
        "Winter roast. So cheap!",
    ];
    let drafts = texts.map(|text| Content::texts([text]));
    story().planned(1).drafted(drafts.into()).end()
}

/// Planned, and as many texts were written in 24 hours as may be.
pub(crate) fn waiting() -> (Client, Tweet) {
    let mut settings = settings();
    settings.generation.per_day = 2.try_into().unwrap();
    let asked = Command::BeginCall {
        tweet: Some(TWEET),
        at_most: vec![Item::Chat {
            model: "small-model".into(),
            tokens: Tokens::default(),
        }],
    };
    let mut story = Story::new(settings).planned(1);
    for _ in 0..2 {
        story = story.then(By::Engine, asked.clone());
        story = story.then(By::Engine, Command::LoseCalls);
    }
    story.end()
}

fn overridden() -> (Client, Tweet) {
    let story = story().planned(1).drafted(candidates()).edited("So cheap!");
    let word = Command::Override {
        tweet: TWEET,
        revision: RevisionNo(2),
        reason: "it is a quote".into(),
    };
    story.then(maya(), word).end()
}

fn being_deleted() -> Story {
    let delete = Command::Delete {
        tweet: TWEET,
        reason: "wrong *price*".into(),
    };
    let story = story().planned(1).drafted(candidates()).approved();
    let posted = story.sending().sent(accepted("1234567890123456789"));
    posted.then(maya(), delete)
}

fn deletion(outcome: DeleteOutcome) -> (Client, Tweet) {
    let deletion = record_deletion(outcome);
    being_deleted().then(By::Engine, deletion).end()
}

fn record_deletion(outcome: DeleteOutcome) -> Command {
    Command::RecordDeletion {
        tweet: TWEET,
        post: PostId::new("1234567890123456789").unwrap(),
        outcome,
    }
}

fn not_deleted_for_long() -> (Client, Tweet) {
    let vain = DeleteOutcome::NotYet {
        reason: "503".into(),
        retry_after: None,
    };
    let tries = std::iter::repeat_n(record_deletion(vain), 3);
    let story = tries.fold(being_deleted(), |story, vain| story.then(By::Engine, vain));
    story.end()
}

/// A tweet in every state, with the client that it is part of.
pub(crate) fn all() -> Vec<(&'static str, Client, Tweet)> {
    let ready = || story().planned(1).drafted(candidates());
    let reject = Command::Reject {
        code: None,
        tweet: TWEET,
        revision: RevisionNo(1),
        reason: "Not our *tone*".into(),
    };
    let named = |name, (client, tweet)| (name, client, tweet);
    vec![
        named("planned", story().planned(1).end()),
        named("planned, the day's texts are used up", waiting()),
        named("planned, being written again", again()),
        named("planned, the model is away", away()),
        named(
            "generated, with findings",
            ready().edited("So cheap!").end(),
        ),
        named(
            "generated, a thread",
            story().planned(3).drafted(thread(3)).edited("one").end(),
        ),
        named(
            "generated, being checked",
            voiced().drafted(candidates()).end(),
        ),
        named(
            "generated, the moderation service is away",
            voiced()
                .drafted(candidates())
                .unanswered()
                .unanswered()
                .end(),
        ),
        named("generated, a candidate that does not pass", {
            let both = vec![candidates().remove(0), Content::texts(["So cheap!"])];
            story().planned(1).drafted(both).chosen(1).end()
        }),
        named("validated", validated()),
        named("validated, the second candidate", ready().chosen(1).end()),
        named("validated, mended", mended()),
        named("validated, one approval of two", two_approvals()),
        named("validated, overridden", overridden()),
        named("approved", approved()),
        named("approved, while paused", paused()),
        named("posting", ready().approved().sending().end()),
        named("posting, a thread", thread_going_out().end()),
        named(
            "uncertain, looking",
            ready().approved().sending().sent(unknown()).end(),
        ),
        named("uncertain, a person is asked", asked()),
        named("overdue", ready().approved().lapsed().end()),
        named(
            "posted",
            ready()
                .approved()
                .sending()
                .sent(accepted("1234567890123456789"))
                .end(),
        ),
        named("rejected", ready().then(maya(), reject).end()),
        named(
            "cancelled",
            ready().then(maya(), Command::Cancel { tweet: TWEET }).end(),
        ),
        named("missed", ready().lapsed().end()),
        named("missed, never written", story().planned(1).lapsed().end()),
        named(
            "missed, with findings",
            ready().edited("So cheap!").lapsed().end(),
        ),
        named("failed, no text passed", gave_up()),
        named(
            "failed, refused",
            ready().approved().sending().sent(refused()).end(),
        ),
        named("overdue, a part is live", thread_going_out().lapsed().end()),
        named("deleting", being_deleted().end()),
        named("deleting, X does not do it", not_deleted_for_long()),
        named("deleted", deletion(DeleteOutcome::Gone)),
        named(
            "failed, not deleted",
            deletion(DeleteOutcome::Refused {
                reason: "not *authorized*".into(),
            }),
        ),
        named("failed, a part is live", {
            let next = Command::BeginPublish { tweet: TWEET };
            thread_going_out()
                .then(By::Engine, next)
                .sent(refused())
                .end()
        }),
    ]
}
