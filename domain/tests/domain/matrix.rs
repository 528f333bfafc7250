//! The whole table of states and commands as one snapshot: what each request leads to in each state, for somebody who
//! may ask for it; and, since that is the same in every state, what everybody else is told.
//!
//! Read the snapshot when it changes: every line is a promise.

mod requests;
mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use clara_domain::person::By;
use clara_domain::tweet::Failure;
use clara_domain::{Rejection, Tweet, TweetState, decide_among, evolve};

use crate::world::{World, eve, name};
use requests::{Asker, OF_THE_CLIENT, OF_THE_TWEET, Request, boss};

const NOTHING: &str = "nothing to do";

#[test]
fn every_request_in_every_state() {
    let mut table = String::from("IN EVERY STATE, WHOEVER MAY NOT ASK\n\n");
    for request in OF_THE_TWEET {
        writeln!(table, "  {:<30} {}", request.name, told_to_others(request)).unwrap();
    }
    for (state, world) in states::of_the_tweet() {
        write!(table, "\n{}\n\n", state.to_uppercase()).unwrap();
        list(&mut table, &world);
    }
    insta::assert_snapshot!("every_request_in_every_state", table);
}

#[test]
fn every_request_about_the_client() {
    let mut table = String::new();
    for (state, world) in states::of_the_client() {
        write!(table, "{}\n\n", state.to_uppercase()).unwrap();
        for request in OF_THE_CLIENT {
            for (who, by) in [
                ("manager", boss()),
                ("stranger", eve()),
                ("engine", By::Engine),
            ] {
                let told = answer(&world, &by, request);
                writeln!(table, "  {:<16} {who:<10} {told}", request.name).unwrap();
            }
        }
        table.push('\n');
    }
    insta::assert_snapshot!("every_request_about_the_client", table);
}

/// What can happen, request by request; then what cannot, gathered by the reason.
fn list(table: &mut String, world: &World) {
    let mut refused: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for request in OF_THE_TWEET {
        let by = match request.asker {
            Asker::Person => boss(),
            Asker::Engine => By::Engine,
        };
        let answer = answer(world, &by, request);
        if answer.starts_with("no:") || answer == NOTHING {
            refused.entry(answer).or_default().push(request.name);
        } else {
            writeln!(table, "  {:<30} {answer}", request.name).unwrap();
        }
    }
    for (answer, requests) in refused {
        writeln!(table, "  {answer}").unwrap();
        for some in requests.chunks(4) {
            writeln!(table, "      {}", some.join(" | ")).unwrap();
        }
    }
}

/// What those are told who may not ask for it: the same in every state, and never a yes.
fn told_to_others(request: &Request) -> String {
    let others = match request.asker {
        Asker::Person => [("a stranger", eve()), ("the engine", By::Engine)],
        Asker::Engine => [("a stranger", eve()), ("a manager", boss())],
    };
    let told = others.map(|(who, by)| {
        let states = states::of_the_tweet();
        let answers: BTreeSet<String> = states
            .iter()
            .map(|(_, world)| answer(world, &by, request))
            .filter(|answer| !is_about_an_approved_tweet(request, answer))
            .collect();
        let answers: Vec<_> = answers.into_iter().collect();
        let [same] = answers.as_slice() else {
            panic!("{who} is told {answers:?} of `{}`", request.name);
        };
        assert!(
            same.starts_with("no:"),
            "{who} may `{}`: {same}",
            request.name
        );
        format!("{who}, {same}")
    });
    told.join("; ")
}

/// The one right that depends on the state: what is approved is moved only by those who approve.
fn is_about_an_approved_tweet(request: &Request, answer: &str) -> bool {
    request.name.starts_with("reschedule") && answer == "no: needs the right to approve"
}

fn answer(world: &World, by: &By, request: &Request) -> String {
    let mut world = world.clone();
    let command = (request.command)(&mut world);
    let events = match decide_among(&world.client, by, &command, world.now, &world.around) {
        Ok(events) => events,
        Err(Rejection::WrongState { state, .. }) => return format!("no: not while it is {state}"),
        Err(rejection) => return format!("no: {rejection}"),
    };
    let names: Vec<_> = events.iter().map(name).collect();
    let names = if names.is_empty() {
        NOTHING.to_owned()
    } else {
        names.join(", ")
    };
    let before = stands(&world);
    for event in &events {
        world.client = evolve(world.client, event, world.now).unwrap();
    }
    let after = stands(&world);
    if before == after {
        names
    } else {
        format!("{names} -> {after}")
    }
}

/// Where the first tweet and its client stand, in a few words.
fn stands(world: &World) -> String {
    let client = match (&world.client.settings, &world.client.paused) {
        (None, _) => "unknown",
        (Some(_), None) => "set up",
        (Some(_), Some(_)) => "paused",
    };
    match world.client.tweets.values().next() {
        None => client.to_owned(),
        Some(tweet) if client == "paused" => format!("{}, client paused", describe(tweet)),
        Some(tweet) => describe(tweet),
    }
}

fn describe(tweet: &Tweet) -> String {
    let detail = match &tweet.state {
        TweetState::Posting { sending: true, .. } => "sending",
        TweetState::Posting { sending: false, .. } => "between segments",
        TweetState::Uncertain(uncertain) if uncertain.next_look.is_some() => "looking",
        TweetState::Uncertain(_) => "a person is asked",
        TweetState::Missed {
            unwritten: true, ..
        } => "without a text",
        TweetState::Failed { failure, .. } => match failure {
            Failure::NoValidText { .. } => "no valid text",
            Failure::Refused { .. } => "refused",
            Failure::NotDeleted { .. } => "not deleted",
        },
        TweetState::Planned
        | TweetState::Generated
        | TweetState::Validated
        | TweetState::Approved
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => "",
    };
    let state = tweet.state.name();
    let mut words = match detail {
        "" => state.to_owned(),
        detail => format!("{state}: {detail}"),
    };
    let live = tweet.live().count();
    let all = matches!(tweet.state, TweetState::Posted { .. });
    if live > 0 && !all {
        words += &format!(", {live} live");
    }
    words
}
