//! The desk as it runs in production: `clara run` without `discord.api_base`, so with serenity's rate limiter on, over TLS
//! to `discord.com` through a CONNECT proxy, and over `wss` to the gateway. Behind both is the pretended Discord.
//!
//! The trust comes from `SSL_CERT_FILE`, which native-tls reads where it is OpenSSL; hence Linux only. Nothing leaves
//! loopback: the proxy opens a way to `discord.com` alone, which is here, and every scene ends by asking what else was wanted.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "desk_production/authority.rs"]
mod authority;
#[path = "desk_production/front.rs"]
mod front;
#[path = "support/process.rs"]
mod process;
#[path = "desk_production/scene.rs"]
mod scene;
#[path = "support/signal.rs"]
mod signal;

use std::time::{Duration, Instant};

use clara_sandbox::discord::DiscordLimits;
use clara_sandbox::{FaultKind, FaultRule};
use scene::{Outside, PATIENCE, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_tweet_is_written_approved_and_posted_and_a_lost_gateway_comes_back() {
    let scene = Scene::open().await;
    scene.generates("The winter roast", "now").await;
    let card = scene.card("waits for approval").await;
    scene.presses("ines", &card, "Approve").await;
    let posted = scene.card("https://x.com/harbourcoffee/status/").await;
    assert_eq!(posted.id, card.id, "the card is edited, not sent again");
    let posts = scene.sandbox().x.posts("harbourcoffee");
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(card.text().contains(&posts[0].text), "{}", card.text());

    scene.sandbox().discord.drop_gateway();
    let said = scene.types("tom", "/status").await;
    assert!(said.contains("Clara is running"), "{said}");
    assert!(scene.gateway_connections() >= 2);
    scene.close().await;
}

/// Without the limiter a 429 is an error, and the desk tries again after 2 s; with it the time that Discord asks for
/// passes, and nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_429_on_a_message_is_waited_out_while_commands_are_answered() {
    let scene = Scene::open().await;
    let retry_after = Duration::from_secs(6);
    let faults = &scene.sandbox().faults;
    let throttled = FaultRule::new("discord", FaultKind::TooManyRequests { retry_after });
    faults.add(
        throttled
            .on("create_message")
            .of("harbour-approvals")
            .times(1),
    );

    let began = Instant::now();
    scene.generates("The winter roast", "in 3h").await;
    let refused = || faults.list().is_empty();
    assert!(scene.sandbox().until(PATIENCE, refused).await);
    let said = scene.types("ines", "/status").await;
    assert!(said.contains("Clara is running"), "{said}");
    assert_eq!(scene.cards(), Vec::<String>::new(), "still waited for");

    scene.card("waits for approval").await;
    assert!(began.elapsed() >= retry_after, "{:?}", began.elapsed());
    assert_eq!(scene.cards().len(), 1);
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_cards_than_discord_takes_at_once_all_arrive_once_each() {
    let scene = Scene::open().await;
    scene.sandbox().discord.set_limits(DiscordLimits::real());
    let briefs = ["Plums", "Cocoa", "Fog", "Cups", "Beans", "Rain", "Bread"];
    assert!(briefs.len() > DiscordLimits::real().create_message.count as usize);
    for brief in briefs {
        scene.generates(brief, "in 3h").await;
    }
    for brief in briefs {
        scene.card(brief).await;
    }
    assert_eq!(scene.cards().len(), briefs.len(), "{:#?}", scene.cards());
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_whose_certificate_nobody_vouches_for_is_refused_in_clear_words() {
    let outside = Outside::build().await;
    let stranger = outside.path().join("stranger.pem");
    std::fs::write(&stranger, authority::Authority::new().certificate()).unwrap();
    let mut clara = outside.clara(&stranger);
    let (code, said) = clara.ended().await;
    assert_eq!(code, Some(1), "{said}");
    for expected in [
        "Clara did not start: Discord at https://discord.com does not answer",
        "this machine does not trust its certificate",
        "SSL_CERT_FILE",
    ] {
        assert!(said.contains(expected), "`{expected}` is not in: {said}");
    }
    assert!(outside.proxy.asked().contains(&front::DISCORD.to_owned()));
    assert!(!outside.services.sandbox.discord.is_connected());
    outside.assert_nothing_else_was_asked_for();
}
