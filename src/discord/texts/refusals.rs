//! What a person reads when the engine did not do what they asked for, and when a command could not be understood.

use clara_actors::handle::Refusal;
use clara_domain::ids::ClientId;

use super::{About, NOTHING_CHANGED, rejections, three};
use crate::discord::commands::{ALL, Misuse};
use crate::discord::escape::line;

/// One text for each refusal.
pub(crate) fn refusal(refusal: &Refusal, about: About) -> String {
    match refusal {
        Refusal::Rejected(why) => rejections::rejection(why, about),
        Refusal::NoSuchClient(id) => no_such_client(id.as_str(), &[]),
        Refusal::Busy(client) => three(
            &format!("`{client}` has too much to do at this moment."),
            NOTHING_CHANGED,
            "Ask again in a minute.",
        ),
        Refusal::Unavailable { client, .. } => three(
            &format!(
                "`{client}` does not answer: it is just starting, or was stopped after failing too often."
            ),
            "Nothing was changed, and nothing of it is lost.",
            "Ask again in a minute. If it stays so, tell the team that runs Clara; the reason is in the log.",
        ),
        Refusal::NotStored { perhaps: false, .. } => three(
            "Your decision could not be stored.",
            NOTHING_CHANGED,
            "Tell the team that runs Clara; the reason is in the log.",
        ),
        Refusal::NotStored { perhaps: true, .. } => three(
            "It is not sure that your decision was stored.",
            "Nothing is posted because of it before that is known.",
            "Clara, or at least this client, starts again; then look at the card before you ask again.",
        ),
        Refusal::Stopping => three(
            "Clara is shutting down.",
            NOTHING_CHANGED,
            "Ask again when she is back.",
        ),
    }
}

/// A client that there is none of, and whom the person may have meant.
pub(crate) fn no_such_client(given: &str, near: &[ClientId]) -> String {
    let next = match near {
        [] => "See `/client list` for all clients.".to_owned(),
        near => {
            let names: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
            format!(
                "Did you mean {}? `/client list` shows all.",
                names.join(" or ")
            )
        }
    };
    three(
        &format!("There is no client “{}”.", line(given, 60)),
        NOTHING_CHANGED,
        &next,
    )
}

/// A tweet that there is none of.
pub(crate) fn no_such_tweet(given: &str) -> String {
    three(
        &format!("There is no tweet “{}”.", line(given, 60)),
        NOTHING_CHANGED,
        "Its id is the eight characters at the foot of its card; `/queue` lists those that are open.",
    )
}

/// Several tweets with the same short id.
pub(crate) fn several_tweets(full: &[String]) -> String {
    let ids: Vec<String> = full.iter().map(|id| format!("`{id}`")).collect();
    three(
        "More than one tweet has this short id.",
        NOTHING_CHANGED,
        &format!("Give the whole id: {}.", ids.join(" or ")),
    )
}

/// A command that could not be read.
pub(crate) fn misuse(misuse: &Misuse) -> String {
    match misuse {
        Misuse::Missing(option) => three(
            &format!("The option `{option}` is missing or empty."),
            NOTHING_CHANGED,
            "Fill it in and send the command again.",
        ),
        Misuse::NotAClient(given) => no_such_client(given, &[]),
        Misuse::Unknown(name) => unknown_command(name),
    }
}

/// A command that this version does not have.
pub(crate) fn unknown_command(name: &str) -> String {
    let names: Vec<String> = ALL
        .iter()
        .map(|definition| format!("`{}`", definition.name()))
        .collect();
    three(
        &format!("Clara has no command “{}”.", line(name, 60)),
        NOTHING_CHANGED,
        &format!("There are {}.", names.join(", ")),
    )
}

/// A brief without a word in it.
pub(crate) fn wordless_brief() -> String {
    three(
        "The brief has no words in it.",
        "Nothing was planned.",
        "Say in a few words what the tweet is to be about.",
    )
}

/// Somebody writes to the bot directly, or from another server.
pub(crate) fn not_here() -> String {
    three(
        "Clara listens only in her own server, where she can see people's roles.",
        NOTHING_CHANGED,
        "Ask again in a channel there.",
    )
}

/// Something broke in Clara herself.
pub(crate) fn broken() -> String {
    three(
        "Something went wrong in Clara.",
        "Nothing was changed unless the card shows it.",
        "The team that runs Clara sees it in the log; you can try again.",
    )
}
