//! A short soak of the real binary: many clients, everything failing, the engine killed over and over; then the judge is
//! handed the same evidence doctored, and has to find each thing that was done to it.
//!
//! `CLARA_SOAK_KILLS`, `CLARA_SOAK_MINUTES`, `CLARA_SOAK_CLIENTS` and `CLARA_SEED` ask for another one.
// A run that fails has to be told how to be repeated.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use clara::script::soak::{
    Decision, Evidence, LivePost, Look, Pause, Shown, TweetFacts, What, judge,
};
use serde_json::Value;

fn asked(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn soaked(dir: &Path) -> Value {
    let report = dir.join("report.json");
    let seed = asked("CLARA_SEED", &std::process::id().to_string());
    let kills = asked("CLARA_SOAK_KILLS", "15");
    eprintln!("CLARA_SEED={seed} CLARA_SOAK_KILLS={kills}");
    let output = Command::new(env!("CARGO_BIN_EXE_clara"))
        .args([
            "sandbox", "--script", "soak", "--seed", &seed, "--kills", &kills,
        ])
        .args(["--minutes", &asked("CLARA_SOAK_MINUTES", "1.5")])
        .args(["--clients", &asked("CLARA_SOAK_CLIENTS", "12")])
        .arg("--report")
        .arg(&report)
        .env("RUST_LOG", "warn")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}\n{said}\n{complained}",
        output.status
    );
    assert!(
        said.contains("KEPT: lost 0, doubled 0, unapproved 0"),
        "{said}"
    );
    assert!(said.contains("\ncosts: "), "{said}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    let killed = report["counts"]["kills"].as_u64().unwrap();
    assert_eq!(killed, kills.parse::<u64>().unwrap(), "kills");
    report
}

#[test]
fn killed_over_and_over_with_everything_failing_all_is_kept_and_what_is_not_would_be_found() {
    let dir = tempfile::tempdir().unwrap();
    let report = soaked(dir.path());
    let evidence: Evidence = serde_json::from_value(report["evidence"].clone()).unwrap();
    assert!(judge(&evidence).is_kept());
    let live: usize = evidence.timelines.values().map(Vec::len).sum();
    assert!(live >= 10, "only {live} posts came of it");
    everything_was_billed(&evidence, live);
    everything_was_decided(&evidence);

    doubled(evidence.clone());
    on_anothers_account(evidence.clone());
    removed(evidence.clone());
    never_approved(evidence.clone());
    by_nobody(evidence.clone());
    forgotten(evidence.clone());
    stuck(evidence.clone());
    undone(evidence.clone());
    wrongly_billed(evidence.clone());
    wrongly_counted(evidence.clone());
    growing(evidence.clone());
    posted_while_held(&evidence);
    moved_back(evidence.clone());
    written_again_in_vain(evidence.clone());
    let_through_in_vain(evidence.clone());
    live_and_not_linked(evidence.clone());
    reopened(evidence);
}

/// An engine that ends although nobody told it to is the quickest way to break a promise from outside.
#[test]
fn a_broken_soak_says_what_it_found_and_fails() {
    let mut soak = Command::new(env!("CARGO_BIN_EXE_clara"))
        .args(["sandbox", "--script", "soak", "--seed", "1"])
        .args(["--minutes", "0.1", "--clients", "1", "--kills", "0"])
        .args(["--faults", "none"])
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(soak.stdout.take().unwrap());
    let mut said = said.lines().map(Result::unwrap);
    assert!(said.any(|line| line.starts_with("A soak of")));
    kill(&child_of(soak.id()));
    let rest: Vec<String> = said.collect();
    let is_said = |what: &str| rest.iter().any(|line| line.starts_with(what));
    assert_eq!(soak.wait().unwrap().code(), Some(1), "{rest:#?}");
    assert!(
        is_said("BROKEN: lost 0, doubled 0, unapproved 0, otherwise 1"),
        "{rest:#?}"
    );
    assert!(
        is_said("otherwise: -: the engine ended by itself: signal: 9"),
        "{rest:#?}"
    );
}

/// The one process that another has started.
fn child_of(parent: u32) -> String {
    let is_child = |stat: &str| {
        // `PID (NAME) STATE PARENT ...`, and a name may hold anything.
        let (_, facts) = stat.rsplit_once(')').unwrap();
        facts.split_whitespace().nth(1) == Some(parent.to_string().as_str())
    };
    let mut processes = std::fs::read_dir("/proc").unwrap().flatten();
    let child = processes.find(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat"));
        // What is no process has none, and one may have ended meanwhile.
        stat.is_ok_and(|stat| is_child(&stat))
    });
    child.unwrap().file_name().into_string().unwrap()
}

fn kill(process: &str) {
    let killed = Command::new("kill").args(["-KILL", process]).status();
    assert!(killed.unwrap().success());
}

/// A judge says nothing of what nobody managed to do.
fn everything_was_decided(evidence: &Evidence) {
    let tweets = evidence.tweets.values();
    let decided = tweets.flat_map(|tweet| &tweet.decisions);
    let certain: Vec<&What> = decided
        .filter(|decision| decision.certain)
        .map(|decision| &decision.what)
        .collect();
    assert!(certain.contains(&&What::Rejected), "nothing was rejected");
    assert!(certain.contains(&&What::Cancelled), "nothing was cancelled");
    let is_edited = |what: &&What| matches!(what, What::Edited(_));
    assert!(certain.iter().any(is_edited), "nothing was edited");
}

/// A comparison says nothing of what was never on a bill. Only some posts have a link.
fn everything_was_billed(evidence: &Evidence, live: usize) {
    let linked = (live >= 25).then_some("posts with a link");
    let always = [
        "answers of sandbox-writer",
        "tokens made into vectors by text-embedding-3-small",
        "texts moderated",
        "posts",
        "accounts read",
    ];
    for thing in always.into_iter().chain(linked) {
        let accounts = evidence.accounts.values();
        let billed: u64 = accounts
            .filter_map(|account| account.billed.get(thing))
            .sum();
        assert!(billed > 0, "no {thing}");
    }
}

/// A tweet that is posted, its account, and its first text.
fn posted(evidence: &Evidence) -> (String, String, String) {
    let is_posted = |tweet: &&TweetFacts| {
        tweet
            .shown
            .as_ref()
            .is_some_and(|shown| shown.state == "posted")
    };
    let (id, tweet) = evidence
        .tweets
        .iter()
        .find(|(_, tweet)| is_posted(tweet))
        .unwrap();
    let shown = tweet.shown.as_ref().unwrap();
    let text = tweet.texts[&shown.revision].segments[0].clone();
    (
        id.clone(),
        evidence.clients[&tweet.client].handle.clone(),
        text,
    )
}

fn found(evidence: &Evidence, kind: &str, tweet: Option<&str>) {
    let verdict = judge(evidence);
    let mut findings = verdict.findings();
    let is_meant = |(found, finding): &(&str, &clara::script::soak::Finding)| {
        *found == kind && finding.tweet.as_deref() == tweet
    };
    assert!(
        findings.any(|finding| is_meant(&finding)),
        "{kind} of {tweet:?} was not found: {verdict:#?}"
    );
}

fn doubled(mut evidence: Evidence) {
    let (id, handle, text) = posted(&evidence);
    let again = LivePost {
        id: "1".to_owned(),
        text,
        ..LivePost::default()
    };
    evidence.timelines.get_mut(&handle).unwrap().push(again);
    found(&evidence, "doubled", Some(&id));
}

fn on_anothers_account(mut evidence: Evidence) {
    let (id, handle, text) = posted(&evidence);
    let other = evidence
        .timelines
        .iter_mut()
        .find(|(other, _)| **other != handle)
        .unwrap();
    other.1.push(LivePost {
        id: "1".to_owned(),
        text,
        ..LivePost::default()
    });
    found(&evidence, "unapproved", Some(&id));
}

fn removed(mut evidence: Evidence) {
    let (id, handle, text) = posted(&evidence);
    evidence
        .timelines
        .get_mut(&handle)
        .unwrap()
        .retain(|post| post.text != text);
    found(&evidence, "lost", Some(&id));
}

fn never_approved(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    evidence.tweets.get_mut(&id).unwrap().approvals.clear();
    found(&evidence, "unapproved", Some(&id));
}

fn by_nobody(mut evidence: Evidence) {
    let post = LivePost {
        id: "1".to_owned(),
        text: "nobody wrote this".to_owned(),
        ..LivePost::default()
    };
    evidence.timelines.values_mut().next().unwrap().push(post);
    found(&evidence, "unapproved", None);
}

fn forgotten(mut evidence: Evidence) {
    let promised = TweetFacts {
        promised: true,
        ..TweetFacts::default()
    };
    evidence.tweets.insert("00000000".to_owned(), promised);
    found(&evidence, "lost", Some("00000000"));
}

fn stuck(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    let tweet = evidence.tweets.get_mut(&id).unwrap();
    let shown = tweet.shown.take().unwrap();
    tweet.shown = Some(Shown {
        state: "approved".to_owned(),
        slot: Some(0),
        ..shown
    });
    found(&evidence, "lost", Some(&id));
}

fn undone(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    decide(evidence.tweets.get_mut(&id).unwrap(), What::Rejected);
    found(&evidence, "lost", Some(&id));
    found(&evidence, "unapproved", Some(&id));
}

/// Somebody was told that this is done.
fn decide(tweet: &mut TweetFacts, what: What) {
    let certain = true;
    tweet.decisions.push(Decision { what, certain });
}

/// Of one client, and of all.
fn posted_while_held(evidence: &Evidence) {
    let (id, handle, text) = posted(evidence);
    let mut live = evidence.timelines[&handle].iter();
    let at = live.find(|post| post.text == text).unwrap().at;
    for client in [Some(evidence.tweets[&id].client.clone()), None] {
        let mut evidence = evidence.clone();
        evidence.pauses.push(Pause {
            client,
            from: at - 60,
            until: at + 1,
        });
        found(&evidence, "unapproved", Some(&id));
    }
}

fn moved_back(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    let tweet = evidence.tweets.get_mut(&id).unwrap();
    let slot = tweet.shown.as_ref().unwrap().slot.unwrap();
    tweet.decisions.clear();
    decide(tweet, What::Moved(slot + 300));
    found(&evidence, "lost", Some(&id));
}

fn written_again_in_vain(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    let tweet = evidence.tweets.get_mut(&id).unwrap();
    let revision = tweet.shown.as_ref().unwrap().revision;
    tweet.decisions.clear();
    decide(tweet, What::Regenerated(revision));
    found(&evidence, "lost", Some(&id));
}

fn let_through_in_vain(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    let tweet = evidence.tweets.get_mut(&id).unwrap();
    let shown = tweet.shown.as_mut().unwrap();
    shown.actions.insert("override".to_owned());
    let revision = shown.revision;
    decide(tweet, What::Overridden(revision));
    found(&evidence, "lost", Some(&id));
}

fn live_and_not_linked(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    decide(evidence.tweets.get_mut(&id).unwrap(), What::Live(1));
    found(&evidence, "lost", Some(&id));
}

fn reopened(mut evidence: Evidence) {
    let (id, ..) = posted(&evidence);
    let tweet = evidence.tweets.get_mut(&id).unwrap();
    tweet.ended = Some("cancelled".to_owned());
    found(&evidence, "lost", Some(&id));
}

fn wrongly_billed(mut evidence: Evidence) {
    evidence.bills.values_mut().next().unwrap().billed += 1;
    found(&evidence, "otherwise", None);
}

/// A client whose ledger leaves no doubt about its posts was billed for one more.
fn wrongly_counted(mut evidence: Evidence) {
    let accounts = evidence.accounts.values_mut();
    let mut sure = accounts.filter(|account| !account.uncertain.contains_key("posts"));
    let account = sure.find(|account| account.billed.contains_key("posts"));
    *account.unwrap().billed.get_mut("posts").unwrap() += 1;
    found(&evidence, "otherwise", None);
}

/// An engine that keeps a megabyte for each tweet.
fn growing(mut evidence: Evidence) {
    evidence.longest_life.looks = (0..100)
        .map(|tweets| Look {
            kb: tweets * 1024,
            tweets,
        })
        .collect();
    found(&evidence, "otherwise", None);
}
