//! Lists: clients, one client, the queue, the state of everything. Cut visibly where a message is full.

use std::collections::BTreeMap;
use std::sync::Arc;

use clara_actors::handle::{ClientStatus, Condition, ServiceHealth};
use clara_domain::settings::ClientSettings;
use clara_domain::tweet::Uncertain;
use clara_domain::{Client, Halt, Tweet, TweetState};
use jiff::Timestamp;

use crate::discord::card::{being_checked, mark, name};
use crate::discord::escape::{cut, escape, length, line};
use crate::discord::message::CONTENT;
use crate::discord::texts::services::services;
use crate::discord::texts::waiting;
use crate::discord::times::{local, readers, span, zone_of};

/// Joins lines into one message, and says how many are left out.
fn list(head: &str, lines: &[String]) -> String {
    let mut text = head.to_owned();
    for (index, line) in lines.iter().enumerate() {
        if length(&text) + length(line) + 40 > CONTENT {
            return format!("{text}\n… and {} more", lines.len() - index);
        }
        text.push('\n');
        text.push_str(line);
    }
    text
}

/// `/client list`.
pub(crate) fn clients(statuses: &[ClientStatus]) -> String {
    if statuses.is_empty() {
        return "There are no clients yet. Add the first with `/client add`.".to_owned();
    }
    let lines: Vec<String> = statuses.iter().map(one_client).collect();
    list(&format!("**{} clients**", statuses.len()), &lines)
}

fn one_client(status: &ClientStatus) -> String {
    let Some(client) = &status.client else {
        return format!("• `{}`{}", status.id, fares(&status.condition));
    };
    let handle = client
        .settings
        .as_ref()
        .map(|settings| format!(" @{}", escape(settings.handle.as_str())));
    let pause = client
        .paused
        .as_ref()
        .map(|pause| format!(" ⏸️ paused: {}", line(&pause.reason, 60)));
    format!(
        "• `{}` {}{}{}{}: {}",
        status.id,
        name(client),
        handle.unwrap_or_default(),
        pause.unwrap_or_default(),
        fares(&status.condition),
        counts(client)
    )
}

/// Nothing is said of a client that works; a reason is for the log, not for a message.
fn fares(condition: &Condition) -> &'static str {
    match condition {
        Condition::Running => "",
        Condition::Starting => " (starting)",
        Condition::Restarting { .. } => " (restarting after a failure)",
        Condition::Quarantined { .. } => " (stopped after failing too often)",
        Condition::Stopped => " (stopped)",
    }
}

fn open(client: &Client) -> Vec<&Tweet> {
    let open = client
        .tweets
        .values()
        .filter(|tweet| !tweet.state.is_terminal());
    let mut open: Vec<&Tweet> = open.map(Arc::as_ref).collect();
    open.sort_by_key(|tweet| (tweet.slot, tweet.id));
    open
}

fn counts(client: &Client) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tweet in open(client) {
        *counts.entry(tweet.state.name()).or_default() += 1;
    }
    if counts.is_empty() {
        return "nothing open".to_owned();
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    parts.join(", ")
}

/// `/client show`.
pub(crate) fn client(client: &Client, condition: &Condition) -> String {
    let mut lines: Vec<String> = match &client.settings {
        Some(settings) => facts(settings),
        None => vec!["It is not set up.".to_owned()],
    };
    if let Some(pause) = &client.paused {
        let by = pause
            .by
            .as_ref()
            .map_or_else(|| "Clara".to_owned(), |by| line(&by.name, 60));
        let since = local(pause.at, &zone_of(client));
        lines.insert(
            0,
            format!(
                "⏸️ Paused by {by} since {since}: {}",
                line(&pause.reason, 300)
            ),
        );
    }
    lines.push(format!("Open: {}", counts(client)));
    cut(
        &list(
            &format!("**{}** (`{}`){}", name(client), client.id, fares(condition)),
            &lines,
        ),
        CONTENT,
    )
}

fn facts(settings: &ClientSettings) -> Vec<String> {
    let schedule = &settings.schedule;
    let slots: Vec<String> = schedule.slots.iter().map(ToString::to_string).collect();
    let quiet: Vec<String> = schedule.quiet.iter().map(ToString::to_string).collect();
    let or_none = |texts: Vec<String>| {
        if texts.is_empty() {
            "none".to_owned()
        } else {
            cut(&texts.join(", "), 400)
        }
    };
    let author = if settings.approval.author_counts {
        "counts"
    } else {
        "does not count"
    };
    let persona = if settings.voice.persona.is_empty() {
        "none".to_owned()
    } else {
        line(&settings.voice.persona, 400)
    };
    vec![
        format!("Account: https://x.com/{}", settings.handle),
        format!("Zone: {}", settings.time_zone),
        format!("Slots: {}", or_none(slots)),
        format!("Quiet hours: {}", or_none(quiet)),
        format!(
            "At least {} between tweets; written {} ahead; posted by itself up to {} late",
            span(schedule.min_gap),
            span(schedule.lead),
            span(schedule.grace)
        ),
        format!(
            "Approvals: {} needed; the author's own {author}",
            settings.approval.needed.get()
        ),
        format!("Cards: <#{}>", settings.approval_channel),
        format!(
            "Candidates: {}, rounds of writing: {}",
            settings.generation.candidates.get(),
            settings.generation.rounds.get()
        ),
        format!("Voice: {persona}"),
        format!("Blocked words: {}", settings.rules.blocked_words.len()),
    ]
}

/// `/queue`. What holds it back stands first: a list of times says that things go out then.
pub(crate) fn queue(clients: &[Arc<Client>], halt: Option<&Halt>, now: Timestamp) -> String {
    let mut entries: Vec<(&Client, &Tweet)> = Vec::new();
    for client in clients {
        entries.extend(
            open(client)
                .into_iter()
                .map(|tweet| (client.as_ref(), tweet)),
        );
    }
    entries.sort_by_key(|(_, tweet)| (tweet.slot, tweet.id));
    if entries.is_empty() {
        return "Nothing is planned. `/plan` changes that.".to_owned();
    }
    let several = clients.len() > 1;
    let tweets = entries.iter().map(|(client, tweet)| {
        let until = waiting::for_room(client, tweet).filter(|until| *until > now);
        let waits = until.map(|until| waiting::in_queue(client, until));
        entry(client, tweet, several) + &waits.unwrap_or_default()
    });
    let holds = halt.map(held).into_iter();
    let holds = holds.chain(clients.iter().filter_map(|client| paused(client)));
    let lines: Vec<String> = holds.chain(tweets).collect();
    list(&format!("**{} open**", entries.len()), &lines)
}

fn entry(client: &Client, tweet: &Tweet, several: bool) -> String {
    let whose = if several {
        format!("{} · ", client.id)
    } else {
        String::new()
    };
    format!(
        "{} {} `{}` {whose}{}: {}",
        mark(&tweet.state),
        readers(tweet.slot),
        tweet.id.short(),
        tweet.state.name(),
        line(&tweet.brief, 80)
    )
}

/// `/status`.
pub(crate) fn status(
    statuses: &[ClientStatus],
    halt: Option<&Halt>,
    healths: &[ServiceHealth],
    spent: &str,
) -> String {
    let running = statuses
        .iter()
        .filter(|status| status.condition == Condition::Running)
        .count();
    let paused = statuses
        .iter()
        .filter_map(|status| status.client.as_ref())
        .filter(|client| client.paused.is_some());
    let mut lines = vec![format!(
        "{running} of {} clients run, {} paused",
        statuses.len(),
        paused.count()
    )];
    lines.extend(halt.map(held));
    lines.extend(services(healths));
    lines.push(spent.to_owned());
    let ill = statuses
        .iter()
        .filter(|status| status.condition != Condition::Running);
    lines.extend(ill.map(|status| format!("⚠️ `{}`{}", status.id, fares(&status.condition))));
    let waiting = statuses
        .iter()
        .filter_map(|status| status.client.as_ref())
        .flat_map(|client| {
            open(client)
                .into_iter()
                .filter(|tweet| waits_for_people(tweet))
                .map(|tweet| entry(client, tweet, true))
        });
    let waiting: Vec<String> = waiting.collect();
    if waiting.is_empty() {
        lines.push("Nothing waits for people.".to_owned());
    } else {
        lines.push(format!("{} wait for people:", waiting.len()));
        lines.extend(waiting);
    }
    list("**Clara is running**", &lines)
}

fn paused(client: &Client) -> Option<String> {
    let reason = line(&client.paused.as_ref()?.reason, 200);
    Some(format!(
        "⏸️ `{}` is paused: {reason}. `/client resume` lets it go on.",
        client.id
    ))
}

fn held(halt: &Halt) -> String {
    let by = halt
        .by
        .as_ref()
        .map_or("Clara".to_owned(), |by| line(&by.name, 60));
    format!(
        "⏸️ **Nothing is posted for any client**: held by {by} {}: {}. `/resume` lets it go on.",
        readers(halt.at),
        line(&halt.reason, 300)
    )
}

fn waits_for_people(tweet: &Tweet) -> bool {
    match &tweet.state {
        // While services answer, nobody is needed.
        TweetState::Generated => being_checked(tweet).is_none() || tweet.troubles > 0,
        TweetState::Validated
        | TweetState::Overdue { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. } => true,
        TweetState::Uncertain(Uncertain { next_look, .. }) => next_look.is_none(),
        TweetState::Planned
        | TweetState::Approved
        | TweetState::Posting { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => false,
    }
}
