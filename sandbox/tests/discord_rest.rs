//! REST over raw HTTP: authorisation, forms and their limits, nonces, mentions, files, buckets, faults, and what survives a restart.
#![allow(clippy::unwrap_used)]

#[path = "support/guild.rs"]
mod guild;
#[path = "support/http.rs"]
mod http;

use std::time::Duration;

use clara_sandbox::discord::{DiscordLimits, Rate};
use clara_sandbox::{FaultKind, FaultRule, Options, World};
use guild::{Rig, button, channel_path, commands, commands_path, token};
use serde_json::{Value, json};

fn messages(channel: &str) -> String {
    format!("{}/messages", channel_path(channel))
}

fn code(reply: &http::Reply) -> (u16, i64) {
    (reply.status, reply.json()["code"].as_i64().unwrap())
}

#[tokio::test]
async fn the_gateways_address_needs_no_token_and_everything_else_does() {
    let rig = Rig::start().await;
    let address = rig.request("GET", "/gateway").send().await.json();
    assert_eq!(
        address["url"],
        format!("ws://{}/gateway", rig.sandbox.addr())
    );
    let anonymous = rig.request("GET", "/users/@me").send().await;
    assert_eq!(
        (anonymous.status, anonymous.json()["message"].clone()),
        (401, json!("401: Unauthorized"))
    );
    let wrong = rig
        .request("GET", "/users/@me")
        .header("authorization", "Bot nobody")
        .send()
        .await;
    assert_eq!(wrong.status, 401);
    assert_eq!(
        rig.call("GET", "/users/@me", &json!(null)).await.json()["bot"],
        true
    );
    assert_eq!(
        rig.call("GET", "/no/such/route", &json!(null)).await.status,
        404
    );
}

#[tokio::test]
async fn a_message_is_sent_edited_read_and_deleted() {
    let rig = Rig::start().await;
    let id = rig
        .send(
            "ops",
            &json!({"content": "one", "components": button("Go", "go")}),
        )
        .await;
    let path = format!("{}/{id}", messages("ops"));
    let edited = rig
        .call("PATCH", &path, &json!({"content": "two"}))
        .await
        .json();
    assert!(edited["edited_timestamp"].is_string());
    assert_eq!(
        edited["components"][0]["components"][0]["custom_id"], "go",
        "an edit keeps what it leaves out"
    );
    let view = &rig.discord().messages("ops")[0];
    assert_eq!(
        (view.content.as_str(), view.history[0].content.as_str()),
        ("two", "one")
    );
    assert_eq!(view.buttons()[0].label, "Go");
    assert_eq!(
        rig.call("GET", &path, &json!(null)).await.json()["content"],
        "two"
    );
    assert_eq!(rig.call("DELETE", &path, &json!(null)).await.status, 204);
    assert_eq!(
        code(&rig.call("GET", &path, &json!(null)).await),
        (404, 10008)
    );
    assert_eq!(
        code(&rig.call("PATCH", &path, &json!({"content": "x"})).await),
        (404, 10008)
    );
}

#[tokio::test]
async fn a_channel_is_read_newest_first_and_page_by_page() {
    let rig = Rig::start().await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(rig.send("ops", &json!({"content": n.to_string()})).await);
    }
    let read = async |query: &str| {
        let reply = rig
            .call("GET", &format!("{}?{query}", messages("ops")), &json!(null))
            .await
            .json();
        reply
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["content"].as_str().unwrap().to_owned())
            .collect::<String>()
    };
    assert_eq!(read("").await, "3210");
    assert_eq!(read("limit=2").await, "32");
    assert_eq!(read(&format!("limit=2&before={}", ids[2])).await, "10");
    assert_eq!(read(&format!("limit=2&after={}", ids[0])).await, "21");
}

#[tokio::test]
async fn a_bad_form_says_which_field_is_wrong() {
    let rig = Rig::start().await;
    let refused = async |body: Value| rig.call("POST", &messages("ops"), &body).await;
    let long = refused(json!({"content": "x".repeat(2001)})).await;
    assert_eq!(code(&long), (400, 50035));
    let expected = json!({"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]}});
    assert_eq!(long.json()["errors"], expected);
    let deep = refused(json!({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}))
        .await
        .json();
    assert!(deep["errors"]["embeds"]["0"]["fields"]["0"]["name"]["_errors"].is_array());
    assert_eq!(code(&refused(json!({})).await), (400, 50006));
    let broken = rig
        .request("POST", &messages("ops"))
        .header("authorization", &token())
        .raw("application/json", "{")
        .send()
        .await;
    assert_eq!(code(&broken), (400, 50109));
    assert!(rig.discord().messages("ops").is_empty());
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_earlier_message_back() {
    let rig = Rig::start().await;
    let card = json!({"content": "card", "nonce": "t1:1", "enforce_nonce": true});
    let first = rig.send("ops", &card).await;
    assert_eq!(rig.send("ops", &card).await, first);
    assert_ne!(rig.send("alerts", &card).await, first, "per channel");
    let loose = json!({"content": "card", "nonce": "t1:1"});
    assert_ne!(rig.send("ops", &loose).await, first, "only when enforced");
    rig.sandbox.clock.advance(Duration::from_secs(600));
    assert_ne!(rig.send("ops", &card).await, first, "only for a while");
}

#[tokio::test]
async fn a_mention_that_is_not_suppressed_is_on_record() {
    let rig = Rig::start().await;
    let tom = World::agency().discord.people[1].id;
    let text = format!("@everyone <@{tom}>");
    rig.send(
        "ops",
        &json!({"content": text, "allowed_mentions": {"parse": []}}),
    )
    .await;
    rig.send("ops", &json!({"content": text})).await;
    let seen = rig.discord().messages("ops");
    assert!(seen[0].mentioned.is_empty());
    assert_eq!(
        seen[1].mentioned,
        ["@everyone".to_owned(), format!("<@{tom}>")]
    );
}

#[tokio::test]
async fn files_come_by_multipart_stay_through_edits_and_can_be_fetched() {
    let rig = Rig::start().await;
    let form = "--x\r\ncontent-disposition: form-data; name=\"files[0]\"; filename=\"card.png\"\r\ncontent-type: image/png\r\n\r\nPICTURE\r\n\
        --x\r\ncontent-disposition: form-data; name=\"payload_json\"\r\n\r\n\
        {\"content\":\"c\",\"embeds\":[{\"image\":{\"url\":\"attachment://card.png\"}}],\"attachments\":[{\"id\":0,\"description\":\"alt\"}]}\r\n--x--\r\n";
    let sent = rig
        .request("POST", &messages("ops"))
        .header("authorization", &token())
        .raw("multipart/form-data; boundary=x", form)
        .send()
        .await
        .json();
    let file = &sent["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"], &file["description"]),
        (&json!("card.png"), &json!(7), &json!("alt"))
    );
    assert_eq!(sent["embeds"][0]["image"]["url"], file["url"]);
    let url = file["url"]
        .as_str()
        .unwrap()
        .strip_prefix(rig.sandbox.url())
        .unwrap();
    let bytes = http::get(rig.sandbox.addr(), url).send().await;
    assert_eq!(
        (bytes.body.as_str(), bytes.header("content-type")),
        ("PICTURE", Some("image/png"))
    );
    let path = format!("{}/{}", messages("ops"), sent["id"].as_str().unwrap());
    let kept = rig
        .call("PATCH", &path, &json!({"content": "d"}))
        .await
        .json();
    assert_eq!(kept["attachments"][0]["id"], file["id"]);
    let dropped = rig
        .call("PATCH", &path, &json!({"attachments": []}))
        .await
        .json();
    assert_eq!(dropped["attachments"], json!([]));
}

#[tokio::test]
async fn an_unknown_or_closed_channel_is_said_so() {
    let rig = Rig::start().await;
    let body = json!({"content": "x"});
    assert_eq!(
        code(&rig.call("POST", "/channels/1/messages", &body).await),
        (404, 10003)
    );
    rig.discord().set_access("ops", false).unwrap();
    assert_eq!(
        code(&rig.call("POST", &messages("ops"), &body).await),
        (403, 50001)
    );
    rig.discord().set_access("ops", true).unwrap();
    rig.send("ops", &body).await;
}

#[tokio::test]
async fn commands_are_checked_keep_their_ids_and_replace_each_other() {
    let rig = Rig::start().await;
    let first = rig.register(&commands()).await.json();
    let again = rig
        .register(&json!([commands()[1], commands()[0]]))
        .await
        .json();
    assert_eq!(first[1], again[0]);
    assert_eq!(first[0]["id"], again[1]["id"]);
    let bad = rig
        .register(&json!([{"name": "Plan", "description": ""}]))
        .await;
    assert_eq!(code(&bad), (400, 50035));
    assert!(
        bad.json()["errors"]["0"]["name"].is_object()
            && bad.json()["errors"]["0"]["description"].is_object()
    );
    let many: Vec<_> = (0..101)
        .map(|n| json!({"name": format!("c{n}"), "description": "d"}))
        .collect();
    assert_eq!(code(&rig.register(&many.into()).await), (400, 30032));
    assert_eq!(
        rig.call("GET", &commands_path(), &json!(null)).await.json(),
        again
    );
    let elsewhere = commands_path().replace("0003/commands", "0004/commands");
    assert_eq!(
        code(&rig.call("PUT", &elsewhere, &commands()).await),
        (403, 50001)
    );
}

#[tokio::test]
async fn a_full_bucket_answers_429_and_says_when_to_come_back() {
    let limits = DiscordLimits {
        create_message: Rate::new(2, 60),
        ..DiscordLimits::default()
    };
    let rig = Rig::with_limits(limits).await;
    let send = async |channel: &str| {
        rig.call("POST", &messages(channel), &json!({"content": "x"}))
            .await
    };
    let first = send("ops").await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        (Some("2"), Some("1"))
    );
    send("ops").await;
    let refused = send("ops").await;
    assert_eq!(
        (refused.status, refused.header("x-ratelimit-scope")),
        (429, Some("user"))
    );
    let wait = refused.json()["retry_after"].as_f64().unwrap();
    assert!(wait > 50.0 && wait <= 60.0, "{wait}");
    assert!(
        refused
            .header("retry-after")
            .unwrap()
            .parse::<u64>()
            .unwrap()
            >= 50
    );
    assert_eq!(
        send("alerts").await.status,
        200,
        "another channel has its own"
    );
    rig.discord().set_limits(DiscordLimits {
        global: Rate::new(1, 60),
        ..DiscordLimits::default()
    });
    let global = send("alerts").await;
    assert_eq!(
        (global.status, global.header("x-ratelimit-global")),
        (429, Some("true"))
    );
    assert_eq!(global.json()["global"], true);
}

#[tokio::test]
async fn old_messages_are_edited_under_a_tighter_limit() {
    let limits = DiscordLimits {
        edit_old_message: Rate::new(1, 60),
        ..DiscordLimits::default()
    };
    let rig = Rig::with_limits(limits).await;
    let path = format!(
        "{}/{}",
        messages("ops"),
        rig.send("ops", &json!({"content": "x"})).await
    );
    let edit = async || rig.call("PATCH", &path, &json!({"content": "y"})).await;
    for _ in 0..3 {
        assert_eq!(edit().await.status, 200);
    }
    rig.sandbox.clock.advance(Duration::from_secs(3700));
    assert_eq!(edit().await.status, 200);
    assert_eq!(code(&edit().await), (429, 30046));
}

#[tokio::test]
async fn faults_hit_the_operation_and_channel_they_name() {
    let rig = Rig::start().await;
    let fault = |kind| {
        rig.sandbox.faults.add(
            FaultRule::new("discord", kind)
                .on("create_message")
                .of("ops")
                .times(1),
        )
    };
    let send = || {
        rig.request("POST", &messages("ops"))
            .header("authorization", &token())
            .json(&json!({"content": "x"}))
    };
    let count = || rig.discord().messages("ops").len();
    fault(FaultKind::TooManyRequests {
        retry_after: Duration::from_millis(1500),
    });
    rig.send("alerts", &json!({"content": "not here"})).await;
    let limited = send().send().await;
    assert_eq!(
        (
            limited.status,
            limited.header("retry-after"),
            limited.json()["retry_after"].as_f64()
        ),
        (429, Some("2"), Some(1.5))
    );
    fault(FaultKind::ServerError { status: 503 });
    assert_eq!((send().send().await.status, count()), (503, 0));
    fault(FaultKind::RequestLost);
    assert!(send().try_send().await.is_none());
    assert_eq!(count(), 0);
    fault(FaultKind::AnswerLost);
    assert!(send().try_send().await.is_none());
    assert_eq!(count(), 1, "done, though nobody was told");
    fault(FaultKind::ServerErrorAfter { status: 502 });
    assert_eq!((send().send().await.status, count()), (502, 2));
    fault(FaultKind::TokenRevoked);
    assert_eq!(send().send().await.status, 401);
    assert_eq!(send().send().await.status, 200);
}

#[tokio::test]
async fn messages_and_commands_survive_a_restart_and_ids_go_on() {
    let dir = std::env::temp_dir().join(format!("clara-discord-{}", std::process::id()));
    let options = || Options {
        dir: Some(dir.clone()),
        ..Options::default()
    };
    let rig = Rig::with(options()).await;
    rig.register(&commands()).await;
    let gone = rig.send("ops", &json!({"content": "gone"})).await;
    let kept = rig
        .send(
            "ops",
            &json!({"content": "one", "nonce": "n", "enforce_nonce": true}),
        )
        .await;
    rig.call(
        "PATCH",
        &format!("{}/{kept}", messages("ops")),
        &json!({"content": "two"}),
    )
    .await;
    rig.call(
        "DELETE",
        &format!("{}/{gone}", messages("ops")),
        &json!(null),
    )
    .await;
    let before = rig.discord().state();
    rig.sandbox.shutdown().await;
    let rig = Rig::with(options()).await;
    assert_eq!(rig.discord().state(), before);
    let same = rig
        .send(
            "ops",
            &json!({"content": "one", "nonce": "n", "enforce_nonce": true}),
        )
        .await;
    assert_eq!(same, kept, "a nonce is remembered too");
    assert!(
        rig.send("ops", &json!({"content": "new"}))
            .await
            .parse::<u64>()
            .unwrap()
            > kept.parse().unwrap()
    );
    rig.sandbox.shutdown().await;
    std::fs::remove_dir_all(&dir).unwrap();
}
