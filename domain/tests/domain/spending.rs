//! What a client's ledger says of posts: certain where they are live, uncertain where nobody knows.

use clara_domain::command::{Look, Settlement};
use clara_domain::metering::{Item, Line, ledger_of};

use crate::world::{World, not_sent, post_id, unknown};

/// Posts that are certain, and posts that may be live.
fn posts(world: &World) -> (u64, u64) {
    let ledger = ledger_of(&world.client);
    let count = |lines: &[Line]| -> u64 {
        let counts = lines.iter().map(|line| match line.item {
            Item::Posts { count, .. } => count,
            _ => 0,
        });
        counts.sum()
    };
    let days = ledger.days.values();
    days.fold((0, 0), |sum, day| {
        (sum.0 + count(&day.certain), sum.1 + count(&day.uncertain))
    })
}

#[test]
fn a_post_is_uncertain_from_when_it_leaves_until_it_is_known_to_be_live() {
    let mut world = World::ready(2);
    assert_eq!(posts(&world), (0, 0));
    world.now = world.tweet().slot;
    world.begin();
    assert_eq!(posts(&world), (0, 1));
    world.accepted(1);
    assert_eq!(posts(&world), (1, 0), "the second one has not left");
    world.begin();
    world.sent(unknown());
    assert_eq!(posts(&world), (1, 1));
    let post = post_id(2);
    world.now = world.wake().unwrap();
    world.looked(Look::Found { post });
    assert_eq!(posts(&world), (2, 0));
}

#[test]
fn a_post_that_certainly_did_not_leave_or_is_proved_absent_is_nothing() {
    let mut world = World::sending(1);
    world.sent(not_sent());
    assert_eq!(posts(&world), (0, 0));
    let mut world = World::sending(1);
    world.sent(unknown());
    while world.state() == "uncertain" {
        assert_eq!(posts(&world), (0, 1));
        world.looks_in_vain();
    }
    assert_eq!(posts(&world), (0, 0));
}

#[test]
fn a_post_in_doubt_that_somebody_left_at_that_stays_uncertain() {
    let mut world = World::sending(1);
    world.sent(unknown());
    for _ in 0..8 {
        world.now = world.wake().unwrap();
        let reason = "403".to_owned();
        world.looked(Look::Unreadable { reason });
    }
    assert_eq!(posts(&world), (0, 1));
    assert_eq!(world.settled(Settlement::Drop), ["cancelled"]);
    assert_eq!(posts(&world), (0, 1));
}
