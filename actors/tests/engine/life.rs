//! A tweet's whole life, and the one order that matters in it.

use super::kit::{Seen, World, client, handle, live, minutes};

#[test]
fn a_tweet_is_planned_written_approved_and_posted_at_its_time() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        assert_eq!(run.state("harbour", tweet), "validated");
        assert_eq!(world.desk.shown(tweet), ["validated"]);
        run.approve("harbour", tweet).await;
        run.advance(minutes(59)).await;
        assert_eq!(run.state("harbour", tweet), "approved");
        assert_eq!(world.x.live(&handle("harbour")), [""; 0]);
        run.advance(minutes(1)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        let text = run
            .tweet("harbour", tweet)
            .current()
            .unwrap()
            .content
            .segments[0]
            .clone();
        assert_eq!(world.x.live(&handle("harbour")), [text.text]);
        assert_eq!(world.desk.shown(tweet).last(), Some(&"posted"));
        let events = run.events("harbour").await;
        let told = events.iter().filter(|event| *event != "card_shown");
        let expected = [
            "configured",
            "planned",
            "call_begun",
            "call_ended",
            "revision_written",
            "validation_passed",
            "approval_given",
            "approved",
            "call_begun",
            "publish_started",
            "segment_posted",
            "posted",
            "call_ended",
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(world.desk.alerts(), []);
    });
}

#[test]
fn nothing_is_sent_before_the_intent_is_on_disk() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(1)).await;
        world.journal.gate.shut();
        run.advance(minutes(2)).await;
        let sent = |seen: &Seen| matches!(seen, Seen::Sent(..));
        assert!(
            !world.diary.seen().iter().any(sent),
            "it was sent on a promise"
        );
        world.journal.gate.open();
        run.until_state("harbour", tweet, "posted").await;
        let seen = world.diary.seen();
        let begun = seen.iter().position(|seen| {
            matches!(seen, Seen::Appended(id, events) if *id == client("harbour") && events.contains(&"publish_started".to_owned()))
        });
        let sent = seen.iter().position(sent);
        assert!(begun.unwrap() < sent.unwrap(), "{seen:?}");
    });
}
