//! The Discord desk over real sockets: what people type and click, and what they see of it.
#![allow(clippy::unwrap_used)]

#[path = "desk/choosing.rs"]
mod choosing;
#[path = "desk/costs.rs"]
mod costs;
#[path = "desk/learning.rs"]
mod learning;
#[path = "desk/notes.rs"]
mod notes;
#[path = "desk/stumbling.rs"]
mod stumbling;
#[path = "desk/world.rs"]
mod world;

use clara::discord::{Discord, DiscordError};
use clara_sandbox::discord::Acknowledgement;
use clara_sandbox::{FaultKind, FaultRule};
use std::time::Duration;
use world::{PATIENCE, play};

#[test]
fn a_tweet_goes_from_generate_to_posted_with_one_click() {
    play(|scene| async move {
        let said = scene
            .types(
                "tom",
                "/generate client:harbour brief:\"The winter roast\" when:now",
            )
            .await;
        assert!(said.contains("Clara is writing tweet"), "{said}");
        let card = scene.card("waits for approval").await;
        assert!(
            card.text().contains("Other candidates") && card.button("Next ›").is_some(),
            "{}",
            card.text()
        );
        let click = scene.presses("ines", &card, "Approve").await;
        assert_eq!(click.acknowledgement, Some(Acknowledgement::DeferUpdate));
        let posted = scene.card("https://x.com/harbourcoffee/status/1000").await;
        assert_eq!(posted.id, card.id, "the card is edited, not sent again");
        assert!(posted.button("Delete from X").is_some() && posted.buttons().len() == 1);
        assert_eq!(scene.cards().len(), 1);
        scene
    });
}

#[test]
fn an_edit_is_a_new_text_and_a_decision_about_the_old_one_is_answered_not_obeyed() {
    play(|scene| async move {
        scene
            .types(
                "tom",
                "/plan client:harbour brief:\"The winter roast\" when:in 3h",
            )
            .await;
        let card = scene.card("waits for approval").await;
        let id = card
            .button("Approve")
            .unwrap()
            .custom_id
            .split(':')
            .nth(2)
            .unwrap()
            .to_owned();
        let copy = scene.command("ines", &format!("/tweet show id:{id}")).await;
        let form = scene.presses("tom", &card, "Edit").await;
        assert_eq!(form.acknowledgement, Some(Acknowledgement::Modal));
        let said = scene
            .fills("tom", &form, "text-0", "Plums and cocoa, @everyone.")
            .await;
        assert!(
            said.contains("Your text is revision 2 and passed the check"),
            "{said}"
        );
        let edited = scene.card("revision 2, by tom").await;
        assert!(edited.mentioned.is_empty() && edited.text().contains("Plums and cocoa"));
        let late = scene.presses("ines", &copy, "Approve").await;
        let said = scene.told(late).await;
        assert!(
            said.contains("you saw revision 1, now there is revision 2, written by tom"),
            "{said}"
        );
        scene.presses("ines", &edited, "Approve").await;
        scene.card("a tweet is approved for").await;
        scene
    });
}

#[test]
fn who_has_no_right_is_told_so_and_nothing_happens() {
    play(|scene| async move {
        let said = scene
            .types("guest", "/plan client:harbour brief:\"Hello\" when:in 3h")
            .await;
        assert!(
            said.contains("You do not have the right to write"),
            "{said}"
        );
        scene
            .types("tom", "/plan client:harbour brief:\"Hello\" when:in 3h")
            .await;
        let card = scene.card("waits for approval").await;
        for (who, label) in [
            ("guest", "Approve"),
            ("tom", "Approve"),
            ("guest", "Reject"),
            ("guest", "Edit"),
        ] {
            let click = scene.presses(who, &card, label).await;
            assert!(click.modal.is_none());
            let said = scene.told(click).await;
            assert!(
                said.contains("You do not have the right to"),
                "{who} {label}: {said}"
            );
        }
        let said = scene
            .types("tom", "/client pause client:harbour reason:why not")
            .await;
        assert!(said.contains("the right to manage"), "{said}");
        assert!(
            scene.card("waits for approval").await.history.is_empty(),
            "nobody decided anything"
        );
        scene
    });
}

#[test]
fn a_double_click_decides_once() {
    play(|scene| async move {
        scene
            .types("tom", "/plan client:harbour brief:\"Hello\" when:in 3h")
            .await;
        let card = scene.card("waits for approval").await;
        let approve = card.button("Approve").unwrap().custom_id;
        let discord = &scene.sandbox.discord;
        let first = discord.click("ines", card.id, &approve).await.unwrap();
        let second = discord.click("ines", card.id, &approve).await.unwrap();
        let other = discord.click("leo", card.id, &approve).await.unwrap();
        for id in [first, second, other] {
            discord.wait_interaction(id, PATIENCE).await.unwrap();
        }
        let again = scene.told(discord.interaction(second).unwrap()).await;
        assert!(
            again.contains("You have approved this text already"),
            "{again}"
        );
        let late = scene.told(discord.interaction(other).unwrap()).await;
        assert!(late.contains("is approved, decided by ines"), "{late}");
        scene
    });
}

#[test]
fn a_rejection_names_who_and_why() {
    play(|scene| async move {
        scene
            .types("tom", "/plan client:harbour brief:\"Hello\" when:in 3h")
            .await;
        let card = scene.card("waits for approval").await;
        let form = scene.presses("leo", &card, "Reject").await;
        let said = scene.fills("leo", &form, "said", "Not our tone").await;
        assert!(said.contains("rejected and will not be posted"), "{said}");
        let ended = scene.card("Rejected by leo").await;
        assert!(ended.text().contains("Not our tone") && ended.buttons().is_empty());
        scene
    });
}

#[test]
fn a_copy_of_a_card_works_like_the_card_and_is_redrawn() {
    play(|scene| async move {
        scene
            .types("tom", "/plan client:harbour brief:\"Hello\" when:in 3h")
            .await;
        let card = scene.card("waits for approval").await;
        let id = card
            .button("Approve")
            .unwrap()
            .custom_id
            .split(':')
            .nth(2)
            .unwrap()
            .to_owned();
        let copy = scene.command("ines", &format!("/tweet show id:{id}")).await;
        assert_eq!(copy.text(), card.text());
        scene.presses("ines", &copy, "Approve").await;
        let redrawn = |discord: &clara_sandbox::Discord| {
            let now = discord.message(copy.id)?;
            now.text().contains("a tweet is approved for").then_some(())
        };
        scene
            .sandbox
            .discord
            .wait_for(PATIENCE, redrawn)
            .await
            .expect("the copy is redrawn");
        scene.card("a tweet is approved for").await;
        scene
    });
}

#[test]
fn what_cannot_be_done_gets_an_answer_that_helps() {
    play(|scene| async move {
        let long = "word ".repeat(1000);
        let cases = [
            (
                "/plan client:habour brief:\"Hello\"",
                "Did you mean `harbour`?",
            ),
            (
                "/plan client:harbour brief:\"Hello\" when:2020-01-01 10:00",
                "is in the past",
            ),
            (
                "/plan client:harbour brief:\"Hello\" when:25:00",
                "is not on the clock",
            ),
            (
                "/plan client:harbour brief:\"Hello\"",
                "This client has no weekly slots",
            ),
            (
                &format!("/plan client:harbour brief:\"{long}\" when:in 3h"),
                "expected 1 to 1000 characters",
            ),
            (
                "/plan client:harbour brief:\"🎉🎉\" when:in 3h",
                "The brief has no words",
            ),
            (
                "/plan client:harbour brief:\"Hello\" when:in 3h count:0",
                "expected 1 to 25, not 0",
            ),
            (
                "/plan client:harbour brief:\"Hello\" when:in 3h count:26",
                "expected 1 to 25, not 26",
            ),
            ("/tweet show id:12345678", "There is no tweet"),
            (
                "/client add id:New! name:N handle:n zone:Europe/Oslo channel:#ops",
                "cannot be a client's id",
            ),
            (
                "/client add id:new name:N handle:n zone:Europe/Osl channel:#ops",
                "Did you mean `Europe/Oslo`?",
            ),
            (
                "/client add id:new name:N handle:n zone:UTC channel:#ops slots:mon 25:00",
                "hours go 00 to 23",
            ),
        ];
        for (line, expected) in cases {
            let said = scene.types("maya", line).await;
            assert!(said.contains(expected), "{line}: {said}");
        }
        let said = scene
            .types(
                "guest",
                "/client add id:new name:N handle:n zone:UTC channel:#ops",
            )
            .await;
        assert!(said.contains("the right to manage"), "{said}");
        assert_eq!(scene.engine.clients().len(), 2);
        assert!(
            scene
                .types("maya", "/queue")
                .await
                .contains("Nothing is planned")
        );
        scene
    });
}

#[test]
fn a_client_is_added_paused_and_resumed() {
    play(|scene| async move {
        let line = "/client add id:fjord name:\"Fjord Bikes\" handle:fjordbikes zone:europe/oslo \
            channel:#fjord-approvals slots:weekdays 09:00 approvals:2";
        let said = scene.types("maya", line).await;
        assert!(said.contains("Fjord Bikes is added as `fjord`"), "{said}");
        let said = scene.types("maya", line).await;
        assert!(
            said.contains("There is a client with this id already"),
            "{said}"
        );
        assert!(
            scene
                .types("maya", "/client pause client:fjord reason:holiday")
                .await
                .contains("is paused")
        );
        assert!(
            scene
                .types("tom", "/client list")
                .await
                .contains("⏸️ paused: holiday")
        );
        assert!(
            scene
                .types("maya", "/client resume client:fjord")
                .await
                .contains("posts again")
        );
        assert!(
            scene
                .types("tom", "/client show client:fjord")
                .await
                .contains("Approvals: 2 needed")
        );
        assert!(
            scene
                .types("tom", "/plan client:fjord brief:\"Spring\" count:3")
                .await
                .contains("Planned 3 tweets")
        );
        assert!(
            scene
                .types("tom", "/status")
                .await
                .contains("3 of 3 clients run")
        );
        assert!(
            scene
                .types("tom", "/help command:plan")
                .await
                .contains("Example")
        );
        scene
    });
}

#[test]
fn clients_and_tweets_complete_themselves() {
    play(|scene| async move {
        scene
            .types(
                "tom",
                "/plan client:harbour brief:\"Winter roast\" when:in 3h",
            )
            .await;
        let discord = &scene.sandbox.discord;
        let clients = discord
            .autocomplete("tom", "ops", "/plan client:har", "client")
            .await
            .unwrap();
        assert_eq!(clients[0]["value"], "harbour");
        let tweets = discord
            .autocomplete("tom", "ops", "/tweet cancel id:winter", "id")
            .await
            .unwrap();
        assert!(tweets[0]["name"].as_str().unwrap().contains("Winter roast"));
        scene
    });
}

#[test]
fn what_is_asked_while_the_connection_is_down_is_answered_when_it_is_back() {
    play(|scene| async move {
        let discord = &scene.sandbox.discord;
        discord.drop_gateway();
        let said = scene.types("tom", "/status").await;
        assert!(said.contains("Clara is running"), "{said}");
        discord.ask_to_reconnect();
        let said = scene.types("tom", "/status").await;
        assert!(said.contains("Clara is running"), "{said}");
        scene
    });
}

/// The limit of one second is asked of every acknowledgement when a scene closes.
#[test]
fn nobody_waits_for_an_acknowledgement_while_two_hundred_tweets_are_written() {
    play(|scene| async move {
        for _ in 0..8 {
            let said = scene
                .types("tom", "/plan client:busy brief:\"News\" count:25")
                .await;
            assert!(said.contains("Planned 25 tweets"), "{said}");
        }
        for _ in 0..10 {
            scene.types("tom", "/queue client:busy").await;
            scene.types("maya", "/status").await;
        }
        let busy = scene.engine.view(&"busy".parse().unwrap()).unwrap();
        assert_eq!(busy.tweets.len(), 200);
        scene
    });
}
