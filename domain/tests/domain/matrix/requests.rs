//! Every request, as the rows of the table.

use std::collections::BTreeSet;

use clara_domain::Command;
use clara_domain::command::{
    DeleteOutcome, Drafts, Look, SendOutcome, Settlement, SlotChoice, Verdict,
};
use clara_domain::content::Content;
use clara_domain::ids::{ChannelId, LessonNo, MessageId, NoteId, PersonId, RoleId};
use clara_domain::person::{By, Person, PersonRef};

use crate::world::{
    World, approve, away, bad, checked, choose, edit, first, flagged, look_of, minutes, not_sent,
    outcome_of, overrule, plan, post_id, recover, refusal, regenerate, reject, retry, settings,
    tweet_id, unknown, written,
};

/// Who may ask for it.
pub(super) enum Asker {
    Person,
    Engine,
}

pub(super) struct Request {
    pub(super) name: &'static str,
    pub(super) asker: Asker,
    /// The command; may move the clock first.
    pub(super) command: fn(&mut World) -> Command,
}

/// May everything: a manager with every role.
pub(super) fn boss() -> By {
    let role = |role: &str| RoleId::new(role).unwrap();
    By::Person(Person {
        who: PersonRef {
            id: PersonId::new("5").unwrap(),
            name: "Mia".into(),
        },
        roles: BTreeSet::from(["10", "11", "12"].map(role)),
    })
}

const fn person(name: &'static str, command: fn(&mut World) -> Command) -> Request {
    Request {
        name,
        asker: Asker::Person,
        command,
    }
}

const fn engine(name: &'static str, command: fn(&mut World) -> Command) -> Request {
    Request {
        name,
        asker: Asker::Engine,
        command,
    }
}

pub(super) const OF_THE_TWEET: &[Request] = &[
    person("approve", |world| approve(world.tweet())),
    person("approve an older text", |world| {
        stale(approve(world.tweet()))
    }),
    person("reject", |world| reject(world.tweet(), "off brand")),
    person("edit", |world| edit(world.tweet(), another())),
    person("edit to a text with findings", |world| {
        edit(world.tweet(), bad())
    }),
    person("regenerate", |world| regenerate(world.tweet())),
    person("choose the next candidate", |world| {
        choose(world.tweet(), 1)
    }),
    person("choose what there is", |world| choose(world.tweet(), 0)),
    person("override", |world| overrule(world.tweet(), "a quote")),
    person("reschedule to a free time", |world| {
        let slot = world.now.max(world.tweet().slot) + minutes(120);
        reschedule(SlotChoice::At(slot))
    }),
    person("reschedule to a past time", |world| {
        let slot = world.now - minutes(1);
        reschedule(SlotChoice::At(slot))
    }),
    person("reschedule to now", |_| reschedule(SlotChoice::Now)),
    person("cancel", |_| Command::Cancel { tweet: first() }),
    person("delete", |_| Command::Delete {
        tweet: first(),
        reason: "wrong price".into(),
    }),
    person("settle: it is live", |world| {
        settle(world, Settlement::Live { post: post_id(70) })
    }),
    person("settle: post again", |world| {
        settle(world, Settlement::PostAgain)
    }),
    person("settle: leave it", |world| settle(world, Settlement::Drop)),
    person("retry", |world| retry(world.tweet())),
    engine("drafts: one passes", |world| {
        written(world.tweet(), vec![bad(), another()])
    }),
    engine("drafts: none passes", |world| {
        written(world.tweet(), vec![bad()])
    }),
    engine("drafts: unusable", |world| {
        drafts(world, |reason| Drafts::Unusable { reason })
    }),
    engine("drafts: trouble", |world| {
        drafts(world, |reason| Drafts::Trouble {
            reason,
            retry_after: None,
        })
    }),
    engine("checks: nothing found", |world| {
        checked(world.tweet(), Verdict::Found(Vec::new()))
    }),
    engine("checks: flagged", |world| checked(world.tweet(), flagged())),
    engine("checks: away", |world| checked(world.tweet(), away())),
    engine("tick", |_| Command::Tick),
    engine("tick, a day later", |world| {
        world.pass(minutes(24 * 60));
        Command::Tick
    }),
    engine("begin, before its time", |_| Command::BeginPublish {
        tweet: first(),
    }),
    engine("begin, in time", |world| {
        world.now = world.now.max(world.tweet().slot);
        Command::BeginPublish { tweet: first() }
    }),
    engine("begin, a day later", |world| {
        world.pass(minutes(24 * 60));
        Command::BeginPublish { tweet: first() }
    }),
    engine("sent: accepted", |world| {
        let post = post_id(70);
        outcome_of(world.tweet(), SendOutcome::Accepted { post })
    }),
    engine("sent: refused", |world| {
        outcome_of(world.tweet(), refusal(false))
    }),
    engine("sent: refused, duplicate", |world| {
        outcome_of(world.tweet(), refusal(true))
    }),
    engine("sent: certainly not", |world| {
        outcome_of(world.tweet(), not_sent())
    }),
    engine("sent: not, needs a person", |world| {
        let outcome = SendOutcome::NotSent {
            reason: "401".into(),
            retry_after: None,
            needs_person: true,
        };
        outcome_of(world.tweet(), outcome)
    }),
    engine("sent: unknown", |world| {
        outcome_of(world.tweet(), unknown())
    }),
    engine("recover, not in hand", |_| recover([])),
    engine("recover, in hand", |_| recover([first()])),
    engine("look: found", |world| {
        let post = post_id(70);
        look_of(world.tweet(), Look::Found { post })
    }),
    engine("look: absent", |world| look_of(world.tweet(), Look::Absent)),
    engine("look: unreadable", |world| {
        let reason = "403".into();
        look_of(world.tweet(), Look::Unreadable { reason })
    }),
    engine("deletion: gone", |world| {
        deletion(world, DeleteOutcome::Gone)
    }),
    engine("deletion: not yet", |world| {
        let outcome = DeleteOutcome::NotYet {
            reason: "503".into(),
            retry_after: None,
        };
        deletion(world, outcome)
    }),
    engine("deletion: refused", |world| {
        let reason = "403".into();
        deletion(world, DeleteOutcome::Refused { reason })
    }),
    engine("card shown", |world| Command::RecordCard {
        tweet: first(),
        change: world.tweet().change,
        channel: ChannelId::new("900").unwrap(),
        message: MessageId::new("901").unwrap(),
    }),
];

pub(super) const OF_THE_CLIENT: &[Request] = &[
    person("configure", |_| Command::Configure {
        settings: Box::new(settings()),
    }),
    person("configure anew", |_| {
        let mut settings = settings();
        settings.name = "Harbour Tea".into();
        Command::Configure {
            settings: Box::new(settings),
        }
    }),
    person("pause", |_| Command::Pause {
        reason: "crisis".into(),
    }),
    person("pause, no reason", |_| Command::Pause {
        reason: " ".into(),
    }),
    person("resume", |_| Command::Resume),
    person("plan", |_| plan(vec![tweet_id(1)], 1, SlotChoice::NextFree)),
    person("cancel no tweet", |_| Command::Cancel { tweet: first() }),
    person("tick", |_| Command::Tick),
    person("add a note", |_| Command::AddNote {
        title: "Hours".into(),
        text: "We open at 9.".into(),
    }),
    person("add an empty note", |_| Command::AddNote {
        title: String::new(),
        text: " \n".into(),
    }),
    person("remove no note", |_| Command::RemoveNote {
        note: NoteId(1),
    }),
    person("forget no lesson", |_| Command::ForgetLesson {
        lesson: LessonNo(1),
    }),
    person("notices told", |_| Command::RecordNotices { upto: 1 }),
];

/// What became of taking down the newest post, or one that there never was.
fn deletion(world: &World, outcome: DeleteOutcome) -> Command {
    let newest = world.tweet().posts.last();
    Command::RecordDeletion {
        tweet: first(),
        post: newest.map_or(post_id(70), |post| post.id.clone()),
        outcome,
    }
}

fn another() -> Content {
    Content::texts(["hello harbour"])
}

fn reschedule(slot: SlotChoice) -> Command {
    Command::Reschedule {
        tweet: first(),
        slot,
    }
}

fn settle(world: &World, answer: Settlement) -> Command {
    Command::Settle {
        tweet: first(),
        attempt: world.tweet().attempts,
        answer,
    }
}

fn drafts(world: &World, drafts: fn(String) -> Drafts) -> Command {
    Command::RecordDrafts {
        tweet: first(),
        round: world.tweet().round,
        drafts: drafts("not JSON".into()),
    }
}

fn stale(command: Command) -> Command {
    match command {
        Command::Approve { tweet, revision } => Command::Approve {
            tweet,
            revision: revision.next(),
        },
        other => other,
    }
}
