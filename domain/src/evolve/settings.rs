//! New settings, and what they leave of decisions that are not complete yet.

use std::sync::Arc;

use jiff::Timestamp;

use super::on_client::note;
use super::void_approvals;
use crate::client::{Client, NoticeKind};
use crate::ids::Handle;
use crate::settings::ClientSettings;
use crate::tweet::{Tweet, TweetState};

/// Puts settings in force. Where they say otherwise who approves, or how many must, approvals that have led to nothing
/// yet are void: a record names who gave them, but not the roles that they had, so nobody can tell which still count.
pub(super) fn configure(client: &mut Client, settings: &ClientSettings, at: Timestamp) {
    let before = client.settings.replace(Arc::new(settings.clone()));
    let Some(before) = before else {
        return;
    };
    if before.handle != settings.handle {
        keep_account(client, &before.handle);
    }
    if !is_approved_alike(&before, settings) {
        void_incomplete_approvals(client, at);
    }
}

/// Of a send in doubt people have to know where it went.
fn keep_account(client: &mut Client, account: &Handle) {
    for tweet in client.tweets.values_mut() {
        if tweet.state.uncertain().is_none() {
            continue;
        }
        if let TweetState::Uncertain(uncertain) = &mut Arc::make_mut(tweet).state {
            uncertain.account.get_or_insert_with(|| account.clone());
        }
    }
}

fn void_incomplete_approvals(client: &mut Client, at: Timestamp) {
    let mut tweets = 0;
    for tweet in client.tweets.values_mut() {
        if waits_for_more_approvals(tweet) {
            let tweet = Arc::make_mut(tweet);
            void_approvals(tweet);
            tweet.change += 1;
            tweets += 1;
        }
    }
    if tweets > 0 {
        note(client, None, NoticeKind::ApprovalsVoid { tweets }, at);
    }
}

fn is_approved_alike(before: &ClientSettings, now: &ClientSettings) -> bool {
    before.approval == now.approval && before.access.approve == now.access.approve
}

fn waits_for_more_approvals(tweet: &Tweet) -> bool {
    !tweet.approvals.is_empty() && tweet.approved.is_none() && !tweet.state.is_terminal()
}
