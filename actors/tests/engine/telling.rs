//! What people are shown and told: everything once, in the end, whatever the desk does.

use super::kit::{Sending, World, client, live, minutes, seconds};
use clara_actors::alerts::{Matter, Severity};
use clara_domain::Command;
use clara_domain::client::NoticeKind;

#[test]
fn a_notice_is_told_once_however_often_it_is_looked_at() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(5)).await;
        run.until_state("harbour", tweet, "missed").await;
        run.advance(minutes(60)).await;
        assert_eq!(world.desk.notices(&client("harbour")), [NoticeKind::Missed]);
        assert_eq!(world.desk.alerts()[0].severity, Severity::Warning);
    });
    live(&world, async |run| {
        run.advance(minutes(60)).await;
        assert_eq!(world.desk.alerts().len(), 1);
    });
}

#[test]
fn what_could_not_be_told_is_tried_again_with_growing_pauses() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        run.plan("harbour", minutes(5)).await;
        world.desk.fail_alerts(5);
        run.until("the first try", |_| world.desk.alert_tries() == 1)
            .await;
        let mut pauses = Vec::new();
        let mut before = run.engine.now();
        for tries in 2..=6 {
            run.until("the next try", |_| world.desk.alert_tries() == tries)
                .await;
            let now = run.engine.now();
            pauses.push(now.duration_since(before).as_secs());
            before = now;
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32]);
        assert_eq!(world.desk.alerts().len(), 1);
        run.advance(minutes(10)).await;
        assert_eq!(world.desk.alert_tries(), 6);
    });
}

#[test]
fn what_came_up_outside_the_engine_is_told_until_people_are_told() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.desk.fail_alerts(4);
        let damaged = Matter::JournalDamaged {
            what: "a checksum".to_owned(),
        };
        run.engine.tell(Some(client("harbour")), damaged.clone());
        run.engine.tell(None, damaged);
        run.advance(minutes(10)).await;
        let alerts = world.desk.alerts();
        let about = alerts.iter().map(|alert| alert.client.clone());
        let about: std::collections::BTreeSet<_> = about.collect();
        assert_eq!(about, [None, Some(client("harbour"))].into());
        assert_eq!(alerts.len(), 2, "each once");
        assert!(
            alerts
                .iter()
                .all(|alert| alert.severity == Severity::Critical)
        );
        assert!(alerts.iter().all(|alert| alert.nonce.len() <= 25));
    });
}

#[test]
fn a_desk_that_asks_for_time_is_left_alone_so_long() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        run.plan("harbour", minutes(5)).await;
        world.desk.fail_alerts(1);
        world.desk.set_retry_after(minutes(3));
        run.until("the first try", |_| world.desk.alert_tries() == 1)
            .await;
        run.advance(minutes(3) - seconds(1)).await;
        assert_eq!(world.desk.alert_tries(), 1);
        run.advance(seconds(1)).await;
        assert_eq!(world.desk.alerts().len(), 1);
    });
}

#[test]
fn changes_that_come_while_a_card_is_on_its_way_are_shown_together() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        world.desk.gate.shut();
        run.approve("harbour", tweet).await;
        for at in [70, 80, 90] {
            let slot = clara_domain::command::SlotChoice::At(run.engine.now() + minutes(at));
            run.ask("harbour", Command::Reschedule { tweet, slot })
                .await;
        }
        run.ask("harbour", Command::Cancel { tweet }).await;
        world.desk.gate.open();
        run.settle().await;
        let shown = world.desk.shown(tweet);
        assert_eq!(shown.first(), Some(&"validated"));
        assert_eq!(shown.last(), Some(&"cancelled"));
        assert!(shown.len() <= 3, "{shown:?}");
    });
}

#[test]
fn a_card_that_could_not_be_shown_shows_the_end_in_the_end() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.desk.fail_cards(3);
        run.advance(minutes(6)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        assert_eq!(world.desk.shown(tweet).last(), Some(&"posted"));
        let shown = world.desk.shown(tweet).len();
        run.advance(minutes(60)).await;
        assert_eq!(world.desk.shown(tweet).len(), shown, "it is shown once");
    });
}

#[test]
fn a_card_that_hangs_holds_up_neither_posts_nor_for_ever_itself() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.desk.gate.shut();
        run.until_state("harbour", tweet, "posted").await;
        run.advance(minutes(5)).await;
        // Those who knocked are gone; whoever comes now is let in.
        world.desk.gate.forget();
        run.advance(minutes(5)).await;
        assert_eq!(world.desk.shown(tweet).last(), Some(&"posted"));
    });
}

#[test]
fn several_notices_are_told_in_their_order() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world
            .x
            .next(&client("harbour"), [Sending::Refuse, Sending::Block]);
        run.approved("harbour", minutes(5)).await;
        run.approved("harbour", minutes(10)).await;
        world.desk.fail_alerts(2);
        run.advance(minutes(12)).await;
        let notices = world.desk.notices(&client("harbour"));
        assert!(
            matches!(
                notices[..],
                [NoticeKind::Refused { .. }, NoticeKind::Paused { .. }]
            ),
            "{notices:?}"
        );
    });
}
