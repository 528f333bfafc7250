//! The card of a tweet: one message that shows what it will say, when, who decided what, and what can be done now.
//!
//! Drawn from the client's state and the price list alone, so the same state is always the same card. Whatever the
//! content, the message stays within Discord's limits: the facts have fixed room, and the text gets all that is left.

mod body;
mod buttons;
mod cost;
mod fields;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use clara_domain::pricing::PriceList;
use clara_domain::{Client, Tweet, TweetState};

use super::escape::{escape, line};
use super::message::{DESCRIPTION, EMBEDS, Embed, Footer, Message};

pub(crate) use body::pages;
pub(crate) use buttons::{actions, label, seen};
pub(crate) use words::status;

/// Kept free of the limit of all embeds, should Discord count otherwise than we do.
const SPARE: usize = 50;

/// The card as it has to look now.
pub(crate) fn message(client: &Client, tweet: &Tweet, prices: &PriceList) -> Message {
    Message::new(
        &headline(client, tweet),
        vec![embed(client, tweet, prices).0],
        buttons::rows(tweet),
    )
}

/// Whether the whole text is on the card.
pub(crate) fn shows_all(client: &Client, tweet: &Tweet, prices: &PriceList) -> bool {
    embed(client, tweet, prices).1
}

/// What shows in a notification, before the card is seen.
fn headline(client: &Client, tweet: &Tweet) -> String {
    format!("**{}**: {}", name(client), status(client, tweet))
}

fn embed(client: &Client, tweet: &Tweet, prices: &PriceList) -> (Embed, bool) {
    let mut embed = Embed {
        title: title(client, tweet),
        description: String::new(),
        color: colour(&tweet.state),
        fields: fields::fields(client, tweet, prices),
        footer: Some(Footer {
            text: format!(
                "tweet {} of {}, revision {}",
                tweet.id.short(),
                client.id,
                tweet.revision()
            ),
        }),
    };
    let room = EMBEDS - SPARE - embed.weight();
    let body = body::text(tweet, room.min(DESCRIPTION));
    embed.description = body.text;
    (embed, body.whole)
}

fn title(client: &Client, tweet: &Tweet) -> String {
    let handle = client
        .settings
        .as_ref()
        .map(|settings| format!(" @{}", escape(settings.handle.as_str())));
    let state = tweet.state.name();
    format!(
        "{} {state}:{}",
        mark(&tweet.state),
        handle.unwrap_or_default()
    )
}

/// The client's name, safe to show.
pub(crate) fn name(client: &Client) -> String {
    match &client.settings {
        Some(settings) => line(&settings.name, 80),
        None => client.id.to_string(),
    }
}

/// One letter that says where a tweet stands, also to people who do not see colours.
pub(crate) fn mark(state: &TweetState) -> &'static str {
    match state {
        TweetState::Planned => "🗓️",
        TweetState::Generated => "✏️",
        TweetState::Validated => "👀",
        TweetState::Approved => "👍",
        TweetState::Posting { .. } => "📤",
        TweetState::Uncertain(_) => "❓",
        TweetState::Overdue { .. } => "⏰",
        TweetState::Posted { .. } => "✅",
        TweetState::Rejected { .. } => "👎",
        TweetState::Cancelled { .. } => "🗑️",
        TweetState::Missed { .. } => "⌛",
        TweetState::Failed { .. } => "⚠️",
        TweetState::Deleting { .. } => "🧹",
        TweetState::Deleted { .. } => "🚫",
    }
}

fn colour(state: &TweetState) -> u32 {
    match state {
        TweetState::Planned
        | TweetState::Cancelled { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => 0x95_a5_a6,
        TweetState::Generated | TweetState::Validated => 0x34_98_db,
        TweetState::Approved | TweetState::Posting { .. } => 0x1a_bc_9c,
        TweetState::Posted { .. } => 0x2e_cc_71,
        TweetState::Overdue { .. } | TweetState::Missed { .. } | TweetState::Uncertain(_) => {
            0xe6_7e_22
        }
        TweetState::Rejected { .. } | TweetState::Failed { .. } => 0xe7_4c_3c,
    }
}
