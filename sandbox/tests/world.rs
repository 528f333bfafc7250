//! The world as a whole: the control API, the page, and what a restart remembers.
#![allow(clippy::unwrap_used)]

#[path = "support/http.rs"]
mod http;

use std::time::Duration;

use clara_sandbox::{Options, Sandbox};
use http::{delete, get, post};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

fn scratch(name: &str) -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("clara-world-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

#[tokio::test]
async fn a_restarted_world_is_as_it_was() {
    let dir = scratch("restart");
    let options = || Options {
        dir: Some(dir.clone()),
        ..Options::default()
    };
    let token = "sandbox-x-access-harbourcoffee";
    let sandbox = Sandbox::start(options()).await.unwrap();
    let addr = sandbox.addr();
    for text in ["stays", "goes"] {
        post(addr, "/x/2/tweets")
            .bearer(token)
            .json(&json!({ "text": text }))
            .send()
            .await;
    }
    let gone = sandbox.x.posts("harbourcoffee")[1].id.clone();
    delete(addr, &format!("/x/2/tweets/{gone}"))
        .bearer(token)
        .send()
        .await;
    post(addr, "/openai/v1/moderations")
        .bearer("sandbox-openai-key")
        .json(&json!({ "input": "tea" }))
        .send()
        .await;
    let billed = sandbox.openai.billed();
    assert_eq!(billed.len(), 1);
    sandbox.clock.advance(Duration::from_secs(86_400));
    sandbox.x.revoke("koyotea");
    let pair = sandbox.x.consent("fjordbikes").unwrap();
    let (posts, bill) = (
        sandbox.x.everything("harbourcoffee"),
        sandbox.x.bill("harbourcoffee"),
    );
    drop(sandbox);

    let again = Sandbox::start(options()).await.unwrap();
    assert_eq!(again.x.everything("harbourcoffee"), posts);
    assert_eq!(again.x.posts("harbourcoffee").len(), 1);
    assert_eq!(again.x.bill("harbourcoffee"), bill);
    assert_eq!(again.openai.billed(), billed);
    assert_eq!(again.clock.offset(), Duration::from_secs(86_400));
    let me = async |token: &str| {
        get(again.addr(), "/x/2/users/me")
            .bearer(token)
            .send()
            .await
            .status
    };
    assert_eq!(me(&pair.access_token).await, 200);
    assert_eq!(me("sandbox-x-access-koyotea").await, 401);
    let duplicate = post(again.addr(), "/x/2/tweets")
        .bearer(token)
        .json(&json!({ "text": "stays" }))
        .send()
        .await;
    assert_eq!(duplicate.status, 403);
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn a_world_stopped_gives_its_port_back_at_once() {
    let sandbox = sandbox().await;
    let addr = sandbox.addr();
    let mut open = tokio::net::TcpStream::connect(addr).await.unwrap();
    open.write_all(b"GET /control/events HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    assert!(open.read(&mut [0; 64]).await.unwrap() > 0);
    sandbox.shutdown().await;
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), open.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection outlived the sandbox");
    let again = Sandbox::start(Options {
        port: addr.port(),
        ..Options::default()
    })
    .await
    .unwrap();
    assert_eq!(again.addr(), addr);
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_it() {
    let sandbox = sandbox().await;
    let port = sandbox.addr().port();
    let error = Sandbox::start(Options {
        port,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn faults_are_switched_on_and_off_over_http() {
    let sandbox = sandbox().await;
    let addr = sandbox.addr();
    let rule = json!({ "service": "x", "operation": "me", "kind": { "type": "server_error", "status": 502 }, "times": 1 });
    let id = post(addr, "/control/faults")
        .json(&rule)
        .send()
        .await
        .json()["id"]
        .as_str()
        .unwrap()
        .to_string();
    assert_eq!(
        get(addr, "/control/faults").send().await.json()["faults"][0]["id"],
        id.as_str()
    );
    let me = async || {
        get(addr, "/x/2/users/me")
            .bearer("sandbox-x-access-koyotea")
            .send()
            .await
            .status
    };
    assert_eq!((me().await, me().await), (502, 200));
    let id = post(addr, "/control/faults")
        .json(&rule)
        .send()
        .await
        .json()["id"]
        .as_str()
        .unwrap()
        .to_string();
    assert_eq!(
        delete(addr, &format!("/control/faults/{id}"))
            .send()
            .await
            .status,
        200
    );
    assert_eq!(
        delete(addr, &format!("/control/faults/{id}"))
            .send()
            .await
            .status,
        404
    );
    assert_eq!(me().await, 200);
    for wrong in [
        json!({ "service": "mars", "kind": { "type": "refusal" } }),
        json!({ "service": "x" }),
        json!([]),
    ] {
        let refused = post(addr, "/control/faults").json(&wrong).send().await;
        assert_eq!(refused.status / 100, 4, "{wrong}");
        assert!(refused.json()["error"].is_string());
    }
}

#[tokio::test]
async fn the_state_tells_everything_that_the_page_needs() {
    let sandbox = sandbox().await;
    let addr = sandbox.addr();
    post(addr, "/x/2/tweets")
        .bearer("sandbox-x-access-koyotea")
        .json(&json!({ "text": "see example.com" }))
        .send()
        .await;
    let advanced = post(addr, "/control/clock/advance")
        .json(&json!({ "seconds": 3600 }))
        .send()
        .await;
    assert_eq!(advanced.status, 200);
    let state = get(addr, "/control/state").send().await.json();
    assert_eq!(state["offset_seconds"], 3600);
    assert_eq!(
        state["people"][0],
        json!({ "id": "1180000000000000101", "name": "maya", "roles": ["manager", "editor", "approver"] })
    );
    let account = &state["x"]["accounts"][2];
    assert_eq!(account["posts"][0]["text"], "see example.com");
    assert_eq!(account["bill"]["total_micro_dollars"], 200_000);
    assert_eq!(account["requests"]["create_tweet"], 1);
    assert!(state["openai"]["requests"].is_u64() && state["discord"].is_object());
    let report = get(addr, "/control/report").send().await.json();
    assert_eq!(report["timelines"]["koyotea"][0]["text"], "see example.com");
    assert_eq!(report["timelines"]["fjordbikes"], json!([]));
    assert!(report["discord"].is_array());
    for (path, body) in [
        ("/control/x/revoke", json!({ "handle": "nobody" })),
        (
            "/control/discord/command",
            json!({ "user": "nobody", "channel": "ops", "line": "/help" }),
        ),
        ("/control/clock/advance", json!({ "seconds": -1 })),
    ] {
        let refused = post(addr, path).json(&body).send().await;
        assert_eq!(refused.status / 100, 4, "{path}");
        assert!(refused.json()["error"].is_string());
    }
    assert_eq!(
        get(addr, "/control/discord/interaction/1")
            .send()
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn every_change_reaches_who_listens() {
    let sandbox = sandbox().await;
    let mut stream = tokio::net::TcpStream::connect(sandbox.addr())
        .await
        .unwrap();
    stream
        .write_all(b"GET /control/events HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut seen = String::new();
    let mut next = async |wanted: usize| {
        let mut buffer = [0; 1024];
        while seen.matches("data: ").count() < wanted {
            let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut buffer))
                .await
                .unwrap()
                .unwrap();
            assert!(read > 0, "the stream ended: {seen}");
            seen.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    };
    next(1).await;
    sandbox.clock.advance(Duration::from_secs(1));
    next(2).await;
}

#[tokio::test]
async fn a_test_waits_for_what_it_expects_and_no_longer_than_it_says() {
    let sandbox = sandbox().await;
    let addr = sandbox.addr();
    let arrived = || sandbox.x.posts("koyotea").len() == 1;
    assert!(!sandbox.until(Duration::from_millis(20), arrived).await);
    let body = json!({ "text": "hello" });
    let request = post(addr, "/x/2/tweets")
        .bearer("sandbox-x-access-koyotea")
        .json(&body);
    let (seen, _) = tokio::join!(
        sandbox.until(Duration::from_secs(10), arrived),
        request.send()
    );
    assert!(seen);
    assert_eq!(sandbox.report()["timelines"]["koyotea"][0]["text"], "hello");
    assert_eq!(sandbox.state()["x"]["accounts"][2]["handle"], "koyotea");
}

#[tokio::test]
async fn the_page_asks_nothing_of_the_world_outside() {
    let sandbox = sandbox().await;
    for path in [
        "/",
        "/page/page.css",
        "/page/discord.css",
        "/page/main.js",
        "/page/dom.js",
        "/page/discord.js",
    ] {
        let part = get(sandbox.addr(), path).send().await;
        assert_eq!(part.status, 200);
        for outside in [
            "//cdn",
            "https://fonts",
            "src=\"http",
            "href=\"http",
            "@import",
            "url(http",
        ] {
            assert!(!part.body.contains(outside), "{path} has {outside}");
        }
    }
    let _: Value = get(sandbox.addr(), "/control/state").send().await.json();
}
