//! What a card says about where its tweet stands: what happened, what is safe, and what to do next.

use clara_domain::client::TROUBLES_BEFORE_NOTICE;
use clara_domain::ids::Handle;
use clara_domain::tweet::{Failure, Post, Revision, Uncertain};
use clara_domain::{Client, Tweet, TweetState};

use super::checks::{self, being_checked};
use super::fields::some_of;
use crate::discord::escape::line;
use crate::discord::texts::waiting;
use crate::discord::times::{self, moment};

/// The one line that people see first, in notifications and lists.
pub(crate) fn status(client: &Client, tweet: &Tweet) -> String {
    let needed = client
        .settings
        .as_ref()
        .map_or(1, |settings| usize::from(settings.approval.needed.get()));
    match &tweet.state {
        TweetState::Planned if tweet.revisions.is_empty() => "a tweet is planned".to_owned(),
        TweetState::Planned => "a tweet is being written again".to_owned(),
        TweetState::Generated if being_checked(tweet).is_some() => match tweet.troubles {
            0 => "a text is being looked at".to_owned(),
            _ => "a text is held: the moderation service does not answer".to_owned(),
        },
        TweetState::Generated => "a text did not pass the check".to_owned(),
        TweetState::Validated if tweet.approvals.is_empty() => {
            "a tweet waits for approval".to_owned()
        }
        TweetState::Validated => format!(
            "a tweet has {} of {needed} approvals",
            tweet.approvals.len()
        ),
        TweetState::Approved => format!("a tweet is approved for {}", times::readers(tweet.slot)),
        TweetState::Posting { .. } => "a tweet is being posted".to_owned(),
        TweetState::Uncertain(uncertain) if uncertain.next_look.is_some() => {
            "it is not known yet whether a post is live".to_owned()
        }
        TweetState::Uncertain(_) => "somebody has to say whether a post is live".to_owned(),
        TweetState::Overdue { .. } => "an approved tweet did not go out in time".to_owned(),
        TweetState::Posted { .. } => "a tweet is posted".to_owned(),
        TweetState::Rejected { by, .. } => {
            format!("a tweet was rejected by {}", line(&by.name, 40))
        }
        TweetState::Cancelled { by, .. } => {
            format!("a tweet was cancelled by {}", line(&by.name, 40))
        }
        TweetState::Missed { .. } => "a tweet missed its time".to_owned(),
        TweetState::Failed { failure, .. } => match failure {
            Failure::NoValidText { .. } => "no text passed the check".to_owned(),
            Failure::Refused { .. } => "X refused a post".to_owned(),
            Failure::NotDeleted { .. } => "X refused to delete a post".to_owned(),
        },
        TweetState::Deleting { .. } if is_stuck(tweet) => "X does not delete a tweet".to_owned(),
        TweetState::Deleting { .. } => "a tweet is being deleted from X".to_owned(),
        TweetState::Deleted { by, .. } => {
            format!("a tweet was deleted from X by {}", line(&by.name, 40))
        }
    }
}

/// What the people who see the card have to know and can do.
pub(super) fn note(client: &Client, tweet: &Tweet) -> String {
    let zone = times::zone_of(client);
    match &tweet.state {
        TweetState::Planned => planned(client, tweet),
        TweetState::Generated => match being_checked(tweet) {
            Some(checking) => checks::note(client, tweet, checking),
            None => "This text did not pass the check and is not sent. Edit it, have it written again with a hint, or \
                override the check with a reason."
                .to_owned(),
        },
        TweetState::Validated => validated(client, tweet),
        TweetState::Approved => approved(client, tweet),
        TweetState::Posting { .. } => {
            let of = tweet
                .current()
                .map_or(1, |revision| revision.content.segments.len());
            format!(
                "On its way to X: {} of {of} live. There is nothing to do.",
                tweet.posts.len()
            )
        }
        TweetState::Uncertain(uncertain) => uncertain_note(client, uncertain),
        TweetState::Overdue { .. } if !tweet.posts.is_empty() => stopped_half_way(client, tweet),
        TweetState::Overdue { .. } => format!(
            "It was approved, but could not go out at {}. It is not sent without a word from you: post it now, move it \
             to the next free slot, or drop it.",
            moment(tweet.slot, &zone)
        ),
        TweetState::Posted { at } => format!(
            "It is live since {}. Nothing is left to do; should it be wrong, it can be deleted from X.",
            moment(*at, &zone)
        ),
        TweetState::Rejected {
            by,
            code,
            reason,
            at,
        } => format!(
            "Rejected by {} at {}{}: “{}”. It will not be posted. If the subject still matters, plan it again with `/plan`.",
            line(&by.name, 60),
            moment(*at, &zone),
            code.map_or_else(String::new, |code| format!(" ({})", code.name())),
            line(reason, 400)
        ),
        TweetState::Cancelled { by, at } => format!(
            "Cancelled by {} at {}. {}",
            line(&by.name, 60),
            moment(*at, &zone),
            if tweet.live().next().is_none() {
                "It will not be posted."
            } else {
                "What is live stays live unless it is deleted from X; the rest will not be posted."
            }
        ),
        TweetState::Missed { .. } => missed(tweet),
        TweetState::Failed { failure, .. } => failed(client, tweet, failure),
        TweetState::Deleting { by, reason, at } => format!(
            "{} had it taken down at {}: “{}”. {} still live; {}",
            line(&by.name, 60),
            moment(*at, &zone),
            line(reason, 400),
            of_it(tweet.live().count()),
            if is_stuck(tweet) {
                format!(
                    "X has not done it in several tries. Clara keeps asking, at most five minutes apart, and posts go out \
                     meanwhile if X takes them. If it cannot wait, delete it by hand, see {}: Clara notices that it is gone.",
                    profile(client)
                )
            } else {
                "Clara asks X until it is gone. There is nothing to do.".to_owned()
            }
        ),
        TweetState::Deleted { by, reason, at } => format!(
            "{} had it taken down: “{}”. Nothing of it is live since {}. What readers have seen or copied Clara cannot \
             take back. The text may be used again.",
            line(&by.name, 60),
            line(reason, 400),
            moment(*at, &zone)
        ),
    }
}

/// Whether people were told that its deletion does not get on.
fn is_stuck(tweet: &Tweet) -> bool {
    tweet.troubles >= TROUBLES_BEFORE_NOTICE
}

fn of_it(posts: usize) -> String {
    match posts {
        1 => "1 post of it is".to_owned(),
        many => format!("{many} posts of it are"),
    }
}

fn stopped_half_way(client: &Client, tweet: &Tweet) -> String {
    format!(
        "The thread stopped half-way, and too much time has passed to go on without a word from you. {} live, see {}; \
         the rest is not sent. Post the rest now or at the next free slot, drop the rest, or delete from X what is live.",
        of_all(tweet),
        profile(client)
    )
}

/// `2 of 5 posts are`; `It is` where there is only one.
fn of_all(tweet: &Tweet) -> String {
    let live = tweet.live().count();
    let all = tweet
        .current()
        .map_or(live, |revision| revision.content.segments.len());
    if all == 1 {
        return "It is".to_owned();
    }
    format!("{live} of {all} posts are")
}

fn planned(client: &Client, tweet: &Tweet) -> String {
    let zone = times::zone_of(client);
    if let Some(until) = waiting::for_room(client, tweet) {
        return waiting::note(client, tweet, until);
    }
    match tweet.not_before {
        Some(again) if tweet.troubles > 0 => format!(
            "The language model brought nothing {}; Clara asks again at {}. The tweet keeps its time. You can also write \
             the text yourself.",
            if tweet.troubles == 1 {
                "at the last try".to_owned()
            } else {
                format!("for {} tries in a row", tweet.troubles)
            },
            moment(again, &zone)
        ),
        Some(_) | None if tweet.revisions.is_empty() => {
            format!(
                "It is written at {}; then this card asks for approval.",
                moment(tweet.write_at, &zone)
            )
        }
        Some(_) | None => {
            "It is being written again; this card shows the new text when it is there.".to_owned()
        }
    }
}

fn validated(client: &Client, tweet: &Tweet) -> String {
    let Some(settings) = &client.settings else {
        return "It waits for approval.".to_owned();
    };
    let missing = usize::from(settings.approval.needed.get()).saturating_sub(tweet.approvals.len());
    let more = if tweet.approvals.is_empty() {
        ""
    } else {
        " more"
    };
    let (people, approve) = match missing {
        1 => (format!("one{more} person"), "approves"),
        many => (format!("{many}{more} people"), "approve"),
    };
    let author = if settings.approval.author_counts {
        ""
    } else {
        " other than its author"
    };
    format!(
        "It goes out at its time when {people}{author} {approve} this text. Until then nothing is posted."
    )
}

fn approved(client: &Client, tweet: &Tweet) -> String {
    let edits = if tweet
        .current()
        .is_some_and(|text| text.alternatives.is_empty())
    {
        "An edit makes a new text that has to be approved again."
    } else {
        "An edit or another candidate makes a new text that has to be approved again."
    };
    match &client.paused {
        // Whether everything is held changes without the tweet, and the card stays as it is then.
        None => format!(
            "It goes out at its time by itself, unless everything is held then: `/status` tells. {edits}"
        ),
        Some(pause) => format!(
            "The client is paused (“{}”): it is not sent before somebody resumes with `/client resume`. If its time has \
             passed by then, this card asks what to do. {edits}",
            line(&pause.reason, 200)
        ),
    }
}

fn uncertain_note(client: &Client, uncertain: &Uncertain) -> String {
    let zone = times::zone_of(client);
    let reason = line(&uncertain.reason, 250);
    match uncertain.next_look {
        Some(next) => format!(
            "A post may or may not be live: {reason}. Nothing is sent again before that is known. Clara looks at the \
             timeline at {}; there is nothing to do.",
            moment(next, &zone)
        ),
        None => format!(
            "Clara cannot tell whether a post is live: {reason}. Nothing is sent again before somebody says so. Look at \
             {}: if it is there, press “It is live” and paste its link; if it is not, press “Post again”. “Drop” leaves \
             everything as it is.",
            uncertain
                .account
                .as_ref()
                .map_or_else(|| profile(client), profile_of)
        ),
    }
}

fn profile(client: &Client) -> String {
    match &client.settings {
        Some(settings) => profile_of(&settings.handle),
        None => "the account".to_owned(),
    }
}

fn profile_of(account: &Handle) -> String {
    format!("https://x.com/{account}")
}

fn missed(tweet: &Tweet) -> String {
    let next = match tweet.current() {
        None => "Move it to the next free slot to have it written, write it yourself, or drop it.",
        Some(current) if current.is_approvable() => {
            "Approve it and say then when it goes out, move it to the next free slot, or drop it."
        }
        Some(_) => "Edit the text, move it to the next free slot, or drop it.",
    };
    format!("Its time passed and it was not approved. It was not posted. {next}")
}

fn failed(client: &Client, tweet: &Tweet, failure: &Failure) -> String {
    match failure {
        Failure::NoValidText { reasons } => {
            let lines: Vec<String> = reasons
                .iter()
                .map(|reason| format!("• {}", line(reason, 200)))
                .collect();
            format!(
                "The language model wrote no text that passes the check. Nothing was posted. Edit the text, have it \
                 written again with a hint, {}or drop it. What was wrong last:\n{}",
                if tweet.current().is_some_and(Revision::is_overridable) {
                    "override the check with a reason, "
                } else {
                    ""
                },
                some_of(&lines, 450)
            )
        }
        Failure::Refused { reason } => {
            let live = match tweet.live().count() {
                0 => "Nothing of it is live. Edit the text, try again as it is, or drop it."
                    .to_owned(),
                _ => format!(
                    "{} live and stay so, see {}. Try again to post the rest, drop the rest, or delete from X what is \
                     live.",
                    of_all(tweet),
                    profile(client)
                ),
            };
            format!("X refused it: “{}”. {live}", line(reason, 300))
        }
        Failure::NotDeleted { reason } => format!(
            "X did not delete it: “{}”. {} live, see {}. Put right what is named and press “Delete from X” again, delete \
             it on X by hand, or drop the question.",
            line(reason, 300),
            of_all(tweet),
            profile(client)
        ),
    }
}

/// Links to what is live, within `room`.
pub(crate) fn links(client: &Client, tweet: &Tweet, room: usize) -> Option<String> {
    let live: Vec<&Post> = tweet.live().collect();
    if live.is_empty() {
        return None;
    }
    let thread = tweet
        .current()
        .is_some_and(|revision| revision.content.segments.len() > 1);
    let lines: Vec<String> = live
        .into_iter()
        .enumerate()
        .map(|(index, post)| {
            let number = if thread {
                format!("{}. ", index + 1)
            } else {
                String::new()
            };
            format!("{number}{}/status/{}", profile(client), post.id)
        })
        .collect();
    Some(some_of(&lines, room))
}
