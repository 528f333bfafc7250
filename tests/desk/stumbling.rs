//! Discord loses answers, throttles, or does not take what it is given.

use super::*;
use crate::world::Scene;

async fn is_approved_on_one_card(scene: &Scene) {
    scene
        .types("tom", "/plan client:harbour brief:\"Hello\" when:in 3h")
        .await;
    let card = scene.card("waits for approval").await;
    scene.presses("ines", &card, "Approve").await;
    scene.card("a tweet is approved for").await;
    assert_eq!(scene.cards().len(), 1);
}

#[test]
fn a_card_appears_once_and_up_to_date_however_discord_stumbles() {
    play(|scene| async move {
        let faults = &scene.sandbox.faults;
        faults.add(
            FaultRule::new("discord", FaultKind::AnswerLost)
                .on("create_message")
                .times(1),
        );
        let throttled = FaultKind::TooManyRequests {
            retry_after: Duration::from_secs(1),
        };
        faults.add(
            FaultRule::new("discord", throttled)
                .on("edit_message")
                .times(1),
        );
        is_approved_on_one_card(&scene).await;
        scene
    });
}

#[test]
fn a_card_whose_first_answers_are_lost_shows_what_was_decided_meanwhile() {
    play(|scene| async move {
        scene.sandbox.faults.add(
            FaultRule::new("discord", FaultKind::AnswerLost)
                .on("create_message")
                .times(3),
        );
        // The engine does not know yet of a message that is there.
        is_approved_on_one_card(&scene).await;
        scene
    });
}

#[test]
fn a_command_is_answered_although_the_acknowledgement_stumbles() {
    play(|scene| async move {
        for kind in [
            FaultKind::AnswerLost,
            FaultKind::ServerError { status: 503 },
        ] {
            let rule = FaultRule::new("discord", kind)
                .on("interaction_callback")
                .times(1);
            scene.sandbox.faults.add(rule);
            assert!(
                scene
                    .types("tom", "/status")
                    .await
                    .contains("Clara is running")
            );
        }
        scene
    });
}

#[test]
fn a_wrong_token_and_a_wrong_address_are_errors_that_say_what_to_do() {
    actix::System::new().block_on(async {
        let sandbox = world::sandbox().await;
        let mut nowhere = world::options(&sandbox);
        nowhere.api_base = Some("http://127.0.0.1:9".into());
        let error = Discord::connect(nowhere).await.unwrap_err();
        assert!(
            matches!(error, DiscordError::Unreachable { .. })
                && error.to_string().contains("discord.api_base")
        );
        sandbox.shutdown().await;
    });
}

#[test]
fn a_token_that_discord_does_not_take_ends_the_desk() {
    actix::System::new().block_on(async {
        let sandbox = world::sandbox().await;
        let error = world::with_wrong_token(&sandbox).await;
        assert!(
            matches!(
                error,
                DiscordError::TokenRefused | DiscordError::Unreachable { .. }
            ),
            "{error}"
        );
        assert!(!error.to_string().contains("wrong-token"));
        sandbox.shutdown().await;
    });
}
