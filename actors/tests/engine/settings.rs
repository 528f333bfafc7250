//! Declared settings that are other ones at the next start.

use clara_domain::client::NoticeKind;
use clara_domain::ids::PersonId;
use clara_domain::person::{By, Grant};
use clara_domain::{Command, TweetState};

use super::kit::{Sending, World, ada, client, handle, live, minutes};

#[test]
fn an_approval_from_before_other_people_approve_does_not_count_and_people_are_told() {
    let mut world = World::with_clients(&["harbour"]);
    world.declared[0].1.approval.needed = 2.try_into().unwrap();
    let tweet = live(&world, async |run| {
        run.approved("harbour", minutes(60)).await
    });
    let mut bob = ada();
    if let By::Person(bob) = &mut bob {
        bob.who.id = PersonId::new("8").unwrap();
        bob.who.name = "Bob".to_owned();
    }
    let people = ["8", "9"].map(|id| PersonId::new(id).unwrap());
    world.declared[0].1.access.approve = Grant {
        people: people.into(),
        ..Grant::default()
    };
    live(&world, async |run| {
        let told = run.world.desk.notices(&client("harbour"));
        assert_eq!(told, [NoticeKind::ApprovalsVoid { tweets: 1 }]);
        let revision = run.tweet("harbour", tweet).revision();
        let (engine, id) = (run.engine.clone(), client("harbour"));
        let approve = Command::Approve { tweet, revision };
        let asked = run.answer(async move { engine.execute(&id, bob, approve).await });
        asked.await.expect("an answer").expect("granted");
        assert_eq!(run.state("harbour", tweet), "validated");
        let card = run.world.desk.cards(tweet).pop().expect("a card");
        let shown = card.client.tweet(tweet).unwrap().approvals.clone();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].by.name, "Bob");
    });
}

#[test]
fn what_may_be_live_on_the_earlier_account_is_asked_about_and_not_sent_to_the_new_one() {
    for last in [Sending::AcceptAndDie, Sending::LoseAnswer] {
        let mut world = World::with_clients(&["harbour"]);
        world.x.next(&client("harbour"), [last.clone()]);
        let tweet = live(&world, async |run| {
            let tweet = run.approved("harbour", minutes(5)).await;
            run.until("it may be live", |run| {
                run.world.diary.is_dead() || run.state("harbour", tweet) == "uncertain"
            })
            .await;
            tweet
        });
        world.declared[0].1.handle = handle("harbournew");
        world
            .x
            .set_account(&client("harbour"), &handle("harbournew"));
        live(&world, async |run| {
            run.advance(minutes(60)).await;
            let TweetState::Uncertain(uncertain) = run.tweet("harbour", tweet).state else {
                panic!("{last:?}: {}", run.state("harbour", tweet));
            };
            assert_eq!(uncertain.next_look, None, "{last:?}");
            assert_eq!(uncertain.account, Some(handle("harbour")));
            assert!(world.x.live(&handle("harbournew")).is_empty());
            assert_eq!(world.x.live(&handle("harbour")).len(), 1);
            let told = run.world.desk.notices(&client("harbour"));
            assert!(
                matches!(told.as_slice(), [NoticeKind::PersonAsked { .. }]),
                "{told:?}"
            );
        });
    }
}
