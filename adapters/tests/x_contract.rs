//! Every request that we send to X is one that X's own specs know, before and after the renaming of 2.167.

#![allow(clippy::unwrap_used)]

#[path = "scripted/fixture.rs"]
mod fixture;
#[path = "scripted/server.rs"]
mod server;
#[path = "scripted/specs.rs"]
mod specs;

use clara_actors::ports::XApi;
use clara_actors::ports::x::NewPost;
use clara_adapters::x::{Vocabulary, XHttp};
use clara_domain::content::ReplySettings;
use clara_domain::ids::PostId;
use jiff::Timestamp;
use serde_json::json as value;

use fixture::{NOON, account, fixture, harbour, options, post};
use server::{Scripted, Seen, json};

const VERSIONS: [(&str, Vocabulary); 2] = [
    ("x-api-v2.166.json", Vocabulary::Tweet),
    ("x-api-v2.167.json", Vocabulary::Post),
];

/// Everything that we ever ask of X, as it arrives there.
async fn requests(vocabulary: Vocabulary) -> Vec<Seen> {
    let server = Scripted::start(|seen, _| match seen.path.as_str() {
        "/2/tweets" => json(201, value!({"data":{"id":"1"}})),
        "/2/users/me" => json(200, value!({"data":{"id":"42","username":"harbourcoffee"}})),
        _ if seen.parameter("pagination_token").is_some() => json(200, value!({"meta":{}})),
        _ => json(
            200,
            value!({"meta":{"next_token":"7140dibdnow9c7btw3z2vwioavpvutgzrzm9icis4ndix"}}),
        ),
    })
    .await;
    let fixture = fixture(&server.url);
    let mut options = options(&server.url, &fixture.store, &fixture.clock);
    options.vocabulary = vocabulary;
    let x = XHttp::new(options).unwrap();
    x.me(&harbour()).await.unwrap();
    x.timeline(
        &harbour(),
        &account(),
        Timestamp::from_second(NOON - 900).unwrap(),
    )
    .await
    .unwrap();
    x.create(&harbour(), &post("plain"), &|| Ok(())).await;
    for reply_settings in [
        ReplySettings::Following,
        ReplySettings::MentionedUsers,
        ReplySettings::Subscribers,
        ReplySettings::Verified,
    ] {
        let in_reply_to = Some(PostId::new("1848123456789012345").unwrap());
        x.create(
            &harbour(),
            &NewPost {
                in_reply_to,
                reply_settings,
                ..post("reply")
            },
            &|| Ok(()),
        )
        .await;
    }
    server.seen()
}

#[tokio::test]
async fn every_request_fits_the_spec_of_its_vocabulary() {
    for (file, vocabulary) in VERSIONS {
        let Some(spec) = specs::spec(file) else {
            continue;
        };
        let seen = requests(vocabulary).await;
        assert_eq!(seen.len(), 8);
        for request in seen {
            let path = if request.path == "/2/users/42/tweets" {
                "/2/users/{id}/tweets"
            } else {
                &request.path
            };
            let method = request.method.to_lowercase();
            let mut faults = spec.query_faults(path, &method, &request.query);
            if method == "post" {
                faults.extend(spec.body_faults(path, &method, &request.json()));
            }
            assert_eq!(
                faults,
                Vec::<String>::new(),
                "{method} {path} against {file}"
            );
        }
    }
}

#[tokio::test]
async fn the_check_itself_finds_what_is_wrong() {
    let Some(spec) = specs::spec("x-api-v2.167.json") else {
        return;
    };
    for (body, fault) in [
        (value!({"txt": "a"}), "$.txt"),
        (value!({"text": 1}), "$.text"),
        (
            value!({"text": "a", "reply": {}}),
            "$.reply.in_reply_to_tweet_id",
        ),
        (
            value!({"text": "a", "reply": {"in_reply_to_tweet_id": "x"}}),
            "$.reply.in_reply_to_tweet_id",
        ),
        (
            value!({"text": "a", "reply_settings": "everyone"}),
            "$.reply_settings",
        ),
    ] {
        let faults = spec.body_faults("/2/tweets", "post", &body);
        assert!(
            faults.iter().any(|found| found.starts_with(fault)),
            "{body}: {faults:?}"
        );
    }
    // The older words are unknown to the newer spec, and a page has no more than a hundred posts.
    let query = [
        ("tweet.fields", "text"),
        ("max_results", "101"),
        ("exclude", "likes"),
    ];
    let query = query.map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(
        spec.query_faults("/2/users/{id}/tweets", "get", &query)
            .len(),
        3
    );
}
