//! Scenarios of writing: what the model brings, what goes back to it, and what people make of it.

use std::time::Duration;

use clara_domain::client::NoticeKind;
use clara_domain::command::{Drafts, SlotChoice};
use clara_domain::content::Content;
use clara_domain::effect::generation;
use clara_domain::person::By;
use clara_domain::{Command, Effect, Rejection};

use crate::world::{
    World, approve, bad, cho, dee, edit, first, good, overrule, plan, regenerate, tweet_id, written,
};

fn planned() -> World {
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world
}

/// The model had both of its rounds.
fn given_up() -> World {
    let mut world = planned();
    world.drafted(vec![bad()]);
    world.drafted(vec![bad()]);
    world
}

fn brought(world: &mut World, drafts: Drafts) -> Vec<&'static str> {
    let command = Command::RecordDrafts {
        tweet: first(),
        round: world.tweet().round,
        drafts,
    };
    world.done(&By::Engine, command)
}

#[test]
fn the_first_draft_that_passes_becomes_the_text_and_the_others_are_kept_behind_it() {
    let mut world = planned();
    let drafts = vec![bad(), good(1), Content::texts(["another"])];
    assert_eq!(
        world.drafted(drafts),
        ["revision_written", "validation_passed"]
    );
    assert_eq!(world.state(), "validated");
    let revision = world.tweet().current().unwrap();
    assert_eq!(revision.content, good(1));
    assert_eq!(revision.alternatives, [Content::texts(["another"]), bad()]);
}

#[test]
fn what_does_not_pass_goes_back_with_the_reasons_until_the_rounds_are_over() {
    let mut world = planned();
    let back = ["revision_written", "validation_failed", "sent_back"];
    assert_eq!(world.drafted(vec![bad()]), back);
    let owed = world.owed();
    assert!(matches!(owed.as_slice(), [Effect::Generate { .. }]));
    let request = generation(&world.client, first()).unwrap();
    assert_eq!(
        request.feedback,
        ["do not say \"cheap\": this client blocks it"]
    );
    assert_eq!(request.previous, Some(vec!["cheap coffee".to_owned()]));
    let over = ["revision_written", "validation_failed", "gave_up"];
    assert_eq!(world.drafted(vec![bad()]), over);
    assert_eq!(world.state(), "failed");
    assert_eq!(
        world.client.notices.back().unwrap().kind,
        NoticeKind::NoValidText
    );
    assert_eq!(world.owed(), []);
}

#[test]
fn after_the_model_gave_up_a_person_writes_the_text() {
    let mut world = given_up();
    let command = edit(world.tweet(), good(1));
    assert_eq!(
        world.done(&cho(), command),
        ["revision_written", "validation_passed"]
    );
    assert_eq!(world.state(), "validated");
}

#[test]
fn after_the_model_gave_up_a_person_with_the_right_and_a_reason_lets_the_text_through() {
    let mut world = given_up();
    let (spoken, silent) = (
        overrule(world.tweet(), "a quote"),
        overrule(world.tweet(), " "),
    );
    let refused = world.refused(&cho(), spoken.clone());
    assert_eq!(refused.to_string(), "needs the right to override");
    assert!(matches!(
        world.refused(&dee(), silent),
        Rejection::Invalid { .. }
    ));
    assert!(matches!(
        world.refused(&By::Engine, spoken.clone()),
        Rejection::NotAllowed { .. }
    ));
    assert_eq!(world.done(&dee(), spoken), ["validation_overridden"]);
    assert_eq!(world.approved(), ["approval_given", "approved"]);
}

#[test]
fn asked_again_by_a_person_the_model_has_all_its_rounds_again() {
    let mut world = given_up();
    let command = regenerate(world.tweet());
    assert_eq!(world.done(&cho(), command), ["regeneration_asked"]);
    assert_eq!(world.state(), "planned");
    assert_eq!(world.drafted(vec![bad()])[2], "sent_back");
    assert_eq!(world.drafted(vec![bad()])[2], "gave_up");
}

#[test]
fn an_answer_without_a_usable_text_is_a_round_in_vain() {
    let mut world = planned();
    let unusable = Drafts::Unusable {
        reason: "not JSON".into(),
    };
    assert_eq!(brought(&mut world, unusable), ["sent_back"]);
    let segmentless = Content {
        segments: Vec::new(),
        ..good(1)
    };
    assert_eq!(world.drafted(vec![segmentless]), ["gave_up"]);
}

#[test]
fn a_model_that_is_away_is_asked_later_and_people_hear_of_it_once() {
    let mut world = planned();
    for expected in [5, 10, 20, 40] {
        let trouble = Drafts::Trouble {
            reason: "busy".into(),
            retry_after: None,
        };
        assert_eq!(brought(&mut world, trouble), ["generation_delayed"]);
        assert_eq!(world.owed(), []);
        let wait = world.wake().unwrap().duration_since(world.now);
        assert_eq!(wait.unsigned_abs(), Duration::from_secs(expected));
        world.now = world.wake().unwrap();
        assert_eq!(world.owed().len(), 1);
    }
    let trouble = NoticeKind::WritingTrouble {
        reason: "busy".into(),
    };
    let told = world
        .client
        .notices
        .iter()
        .filter(|notice| notice.kind == trouble);
    assert_eq!(told.count(), 1);
    assert_eq!(world.written(), ["revision_written", "validation_passed"]);
}

#[test]
fn an_answer_to_an_earlier_round_comes_too_late() {
    let mut world = planned();
    let late = written(world.tweet(), vec![good(1)]);
    world.written();
    let command = regenerate(world.tweet());
    world.done(&cho(), command);
    assert_eq!(world.refused(&By::Engine, late), Rejection::NotAwaited);
}

#[test]
fn two_tweets_of_the_queue_do_not_say_the_same() {
    let mut world = planned();
    world.written();
    world.done(&cho(), plan(vec![tweet_id(2)], 1, SlotChoice::NextFree));
    let other = world.client.tweet(tweet_id(2)).unwrap();
    let same = written(other, vec![Content::texts(["Good  MORNING"])]);
    let happened = world.done(&By::Engine, same);
    assert_eq!(
        happened,
        ["revision_written", "validation_failed", "sent_back"]
    );
    let other = world.client.tweet(tweet_id(2)).unwrap();
    assert_eq!(
        other.feedback[0].text,
        "this says the same as the tweet 00000001 that is validated: say something new"
    );
}

#[test]
fn what_was_posted_is_not_said_again_but_what_was_cancelled_may_be() {
    let mut world = World::sending(1);
    world.accepted(7);
    world.done(&cho(), plan(vec![tweet_id(2)], 1, SlotChoice::NextFree));
    let again = written(world.client.tweet(tweet_id(2)).unwrap(), vec![good(1)]);
    assert_eq!(world.done(&By::Engine, again)[1], "validation_failed");

    let mut world = planned();
    world.written();
    world.done(&cho(), Command::Cancel { tweet: first() });
    world.done(&cho(), plan(vec![tweet_id(2)], 1, SlotChoice::NextFree));
    let again = written(world.client.tweet(tweet_id(2)).unwrap(), vec![good(1)]);
    assert_eq!(world.done(&By::Engine, again)[1], "validation_passed");
}

#[test]
fn a_missed_tweet_that_waited_for_another_text_goes_on_waiting_for_it() {
    let mut world = planned();
    world.written();
    let command = regenerate(world.tweet());
    world.done(&cho(), command);
    world.now = world.wake().unwrap();
    assert_eq!(world.tick(), ["missed"]);
    let old_text = approve(world.tweet());
    assert!(matches!(
        world.refused(&cho(), old_text),
        Rejection::WrongState { .. }
    ));
    world.rescheduled(SlotChoice::NextFree);
    assert_eq!(world.state(), "planned");
    assert!(matches!(world.owed().as_slice(), [Effect::Generate { .. }]));
}
