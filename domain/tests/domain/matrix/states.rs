//! One world for every state that a tweet or a client can be in.

use clara_domain::command::{DeleteOutcome, Look, SlotChoice};
use clara_domain::content::Content;
use clara_domain::person::{Author, By};
use clara_domain::settings::WhenDown;
use clara_domain::{Command, TweetEvent};

use crate::world::{
    World, ana, bad, cho, edit, first, good, mia, minutes, post_id, refusal, reject, settings,
    unknown,
};

pub(super) fn of_the_tweet() -> Vec<(&'static str, World)> {
    vec![
        ("planned", planned()),
        ("generated, without a report", unchecked()),
        ("generated, being checked", being_checked()),
        ("generated, with findings", with_findings()),
        ("validated", validated()),
        ("validated, 1 of 2 approvals", half_approved()),
        ("approved", World::ready(1)),
        ("posting, sending", World::sending(1)),
        ("posting, between segments", between_segments()),
        ("uncertain, looking", looking()),
        ("uncertain, a person is asked", asked()),
        ("overdue", overdue()),
        ("posted", posted()),
        ("rejected", rejected()),
        ("cancelled", cancelled()),
        ("missed without a text", missed(planned())),
        ("missed with a text", missed(validated())),
        ("missed with findings", missed(with_findings())),
        ("failed, no valid text", given_up()),
        ("failed, refused", refused(1)),
        ("failed, refused with a part live", refused(2)),
        ("overdue with a part live", overdue_in_part()),
        ("deleting", deleting()),
        ("deleted", taken_down(DeleteOutcome::Gone)),
        ("failed, not deleted", not_deleted()),
    ]
}

pub(super) fn of_the_client() -> Vec<(&'static str, World)> {
    let mut paused = World::new();
    let reason = "crisis".to_owned();
    paused.done(&mia(), Command::Pause { reason });
    vec![
        ("unknown", World::empty()),
        ("set up", World::new()),
        ("paused", paused),
    ]
}

fn planned() -> World {
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world
}

/// Only for the moment between two events; a journal could end here.
fn unchecked() -> World {
    let mut world = planned();
    let content = good(1);
    let written = TweetEvent::RevisionWritten {
        revision: world.tweet().revision().next(),
        hash: content.hash(),
        content,
        author: Author::Model {
            model: "small-1".into(),
        },
        alternatives: Vec::new(),
        place: 0,
        repairs: Vec::new(),
        origin: Box::default(),
    };
    world.live(&written.of(first()));
    world
}

fn being_checked() -> World {
    let mut world = World::new();
    world.around.moderation = Some(WhenDown::Hold);
    world.plan(SlotChoice::NextFree);
    world.drafted(vec![good(1), bad()]);
    world
}

fn with_findings() -> World {
    let mut world = planned();
    let command = edit(world.tweet(), bad());
    world.done(&cho(), command);
    world
}

fn validated() -> World {
    let mut world = planned();
    world.drafted(vec![good(1), bad()]);
    world
}

fn half_approved() -> World {
    let mut settings = settings();
    settings.approval.needed = 2.try_into().unwrap();
    let mut world = World::with(settings);
    world.plan(SlotChoice::NextFree);
    world.written();
    world.approved();
    world
}

fn between_segments() -> World {
    let mut world = World::sending(2);
    world.accepted(7);
    world
}

fn looking() -> World {
    let mut world = World::sending(1);
    world.sent(unknown());
    world
}

fn asked() -> World {
    let mut world = looking();
    while world.wake().is_some() {
        world.now = world.wake().unwrap();
        let reason = "403".to_owned();
        world.looked(Look::Unreadable { reason });
    }
    world
}

fn overdue() -> World {
    let mut world = World::ready(1);
    world.now = world.tweet().slot;
    world.pass(minutes(20));
    world.tick();
    world
}

fn overdue_in_part() -> World {
    let mut world = between_segments();
    world.pass(minutes(20));
    world.tick();
    world
}

fn deleting() -> World {
    let mut world = posted();
    let (tweet, reason) = (first(), "wrong price".to_owned());
    world.done(&ana(), Command::Delete { tweet, reason });
    world
}

fn not_deleted() -> World {
    let reason = "403".to_owned();
    taken_down(DeleteOutcome::Refused { reason })
}

fn taken_down(outcome: DeleteOutcome) -> World {
    let mut world = deleting();
    let deletion = Command::RecordDeletion {
        tweet: first(),
        post: post_id(7),
        outcome,
    };
    world.done(&By::Engine, deletion);
    world
}

fn posted() -> World {
    let mut world = World::sending(1);
    world.accepted(7);
    world
}

fn rejected() -> World {
    let mut world = validated();
    let command = reject(world.tweet(), "off brand");
    world.done(&ana(), command);
    world
}

fn cancelled() -> World {
    let mut world = planned();
    world.done(&cho(), Command::Cancel { tweet: first() });
    world
}

fn missed(mut world: World) -> World {
    world.now = world.tweet().slot;
    world.pass(minutes(20));
    world.tick();
    world
}

fn given_up() -> World {
    let mut world = planned();
    world.drafted(vec![bad()]);
    world.drafted(vec![Content::texts(["x".repeat(281)])]);
    world
}

/// The last segment was refused.
fn refused(segments: u8) -> World {
    let mut world = World::sending(segments);
    for segment in 1..segments {
        world.accepted(u64::from(segment));
        world.begin();
    }
    world.sent(refusal(false));
    world
}
