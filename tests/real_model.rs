//! A real, small model writes for five clients: whatever it brings, what people are shown as valid is.
//!
//! `CLARA_MODEL_URL` is the address of an OpenAI-compatible server, up to and with `/v1`; `CLARA_MODEL` is the model's name
//! there, and `CLARA_MODEL_BRIEFS` how many of each client's ten briefs are written. docs/prompts.md says how to run it.
// What comes of it is for people.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "support/process.rs"]
mod process;
#[path = "real_model/scene.rs"]
mod scene;
#[path = "support/signal.rs"]
mod signal;
#[path = "real_model/tally.rs"]
mod tally;

use clara_domain::similar;
use clara_domain::validate::{Earlier, Said, TextKey, Whose, text_key};
use clara_domain::{Client, Tweet, TweetState};
use scene::{Model, Scene};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real model, and takes about an hour with a small one"]
async fn what_a_real_model_writes_is_valid_where_people_are_told_that_it_is() {
    let Ok(base_url) = std::env::var("CLARA_MODEL_URL") else {
        eprintln!("SKIPPED: CLARA_MODEL_URL does not name a server");
        return;
    };
    let name = std::env::var("CLARA_MODEL").unwrap_or_else(|_| "smollm2-135m-instruct".to_owned());
    let each = std::env::var("CLARA_MODEL_BRIEFS").map_or(10, |number| number.parse().unwrap());
    let mut scene = Scene::open(&Model { base_url, name }).await;
    let tweets = scene.generates(each).await;
    scene.settles(tweets).await;
    let (clients, tally) = tally::read(&scene.ends().await).await;
    print_texts(&clients);
    eprintln!("\n{tally}");
    assert_eq!(tally.tweets, tweets);
    assert_eq!(tally.passed + tally.failed, tweets, "a tweet is stuck");
    let flaws: Vec<String> = clients
        .iter()
        .flat_map(|client| flaws(client, &clients))
        .collect();
    assert!(
        flaws.is_empty(),
        "shown as valid, and is not:\n{}",
        flaws.join("\n")
    );
}

/// Every text by brief, so that a person can see what passes.
fn print_texts(clients: &[Client]) {
    for client in clients {
        for tweet in client.tweets.values() {
            eprintln!(
                "\n[{}] {} <- {}",
                client.id,
                tweet.state.name(),
                tweet.brief
            );
            for revision in &tweet.revisions {
                let candidates = std::iter::once(&revision.content).chain(&revision.alternatives);
                for content in candidates {
                    let texts: Vec<&str> = content
                        .segments
                        .iter()
                        .map(|one| one.text.as_str())
                        .collect();
                    eprintln!("  {} {texts:?}", revision.no);
                }
            }
            let findings = tweet
                .current()
                .and_then(|revision| revision.report.as_ref());
            for finding in findings.into_iter().flat_map(|report| &report.findings) {
                eprintln!(
                    "    {} {}: {}",
                    finding.severity.name(),
                    finding.rule,
                    finding.message
                );
            }
        }
    }
}

/// What is wrong with the tweets of a client that wait for approval, by its own rules and beside all others that do.
fn flaws(client: &Client, all: &[Client]) -> Vec<String> {
    let settings = client.settings.as_deref().unwrap();
    let mut flaws = Vec::new();
    for tweet in waiting(client) {
        let revision = tweet.current().unwrap();
        let told = revision.report.as_ref();
        let earlier = Others::of(client, tweet, all);
        let afresh = tally::judge(settings, tweet, &revision.content, &earlier);
        let mut say =
            |what: String| flaws.push(format!("{} {}: {what}", client.id, tweet.id.short()));
        match told {
            None => say("there is no report".to_owned()),
            Some(report) => report
                .errors()
                .for_each(|error| say(format!("told {error:?}"))),
        }
        afresh
            .errors()
            .for_each(|error| say(format!("found {error:?}")));
        if tweet.card_is_due() {
            say("its card is behind".to_owned());
        }
    }
    flaws
}

fn waiting(client: &Client) -> impl Iterator<Item = &Tweet> {
    let tweets = client.tweets.values().map(AsRef::as_ref);
    tweets.filter(|tweet: &&Tweet| tweet.state == TweetState::Validated)
}

/// All other texts that wait for approval, compared one by one: no code is shared with what looks them up in earnest.
struct Others(Vec<(Whose, String)>);

impl Others {
    fn of(client: &Client, tweet: &Tweet, all: &[Client]) -> Self {
        let mut others = Vec::new();
        for other in all {
            let whose = if other.id == client.id {
                Whose::Own
            } else {
                Whose::Others
            };
            for one in waiting(other).filter(|one| one.id != tweet.id) {
                let segments = &one.current().unwrap().content.segments;
                others.extend(segments.iter().map(|segment| (whose, segment.text.clone())));
            }
        }
        Self(others)
    }
}

impl Earlier for Others {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let same = self.0.iter().filter(|(_, text)| text_key(text) == *key);
        same.map(|(whose, text)| said(*whose, 1.0, text)).collect()
    }

    fn near(&self, text: &str) -> Vec<Said> {
        let likeness = |other: &str| similar::likeness(text, other);
        let all = self
            .0
            .iter()
            .map(|(whose, other)| said(*whose, likeness(other), other));
        all.filter(|said| said.likeness >= similar::NEARLY)
            .collect()
    }
}

fn said(whose: Whose, likeness: f64, what: &str) -> Said {
    Said {
        whose,
        likeness,
        what: what.to_owned(),
    }
}
