//! What the alert channel reads: what happened, what is safe, what to do next, and a link to the card.

use clara_actors::alerts::{Alert, Matter, Severity};
use clara_domain::client::NoticeKind;
use clara_domain::{Halt, Tweet};

use crate::discord::escape::line;
use crate::discord::message::{Embed, Field, Footer, Message};
use crate::discord::texts::costs;
use crate::discord::times::readers;

/// The parts of an alert.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) what: String,
    pub(crate) safe: String,
    pub(crate) next: String,
}

/// An alert as it is sent to the alert channel of a guild.
pub(crate) fn message(alert: &Alert, guild: u64) -> Message {
    let said = said(alert);
    let (mark, colour) = look(alert.severity);
    let client = alert
        .client
        .as_ref()
        .map_or_else(|| "Clara".to_owned(), ToString::to_string);
    let field = |name: &str, value: String| Field {
        name: name.to_owned(),
        value,
        inline: false,
    };
    let mut fields = vec![
        field("What is safe", said.safe),
        field("What to do", said.next),
    ];
    fields.extend(card_link(tweet(alert), guild).map(|link| field("Card", link)));
    let embed = Embed {
        title: format!("{mark} {} · {client}", severity(alert.severity)),
        description: said.what.clone(),
        color: colour,
        fields,
        footer: tweet(alert).map(|tweet| Footer {
            text: format!("tweet {}", tweet.id.short()),
        }),
    };
    Message::new(
        &format!("{mark} **{client}**: {}", said.what),
        vec![embed],
        Vec::new(),
    )
}

fn tweet(alert: &Alert) -> Option<&Tweet> {
    match &alert.matter {
        Matter::Notice { tweet, .. } => tweet.as_deref(),
        Matter::Quarantined { .. }
        | Matter::Halted { .. }
        | Matter::Released { .. }
        | Matter::EngineFailed { .. }
        | Matter::JournalSlow { .. }
        | Matter::JournalRepaired { .. }
        | Matter::JournalDamaged { .. }
        | Matter::DiskFull { .. }
        | Matter::DiskFree
        | Matter::Budget(_) => None,
    }
}

fn card_link(tweet: Option<&Tweet>, guild: u64) -> Option<String> {
    let card = tweet?.card.as_ref()?;
    Some(format!(
        "https://discord.com/channels/{guild}/{}/{}",
        card.channel, card.message
    ))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "For information",
        Severity::Warning => "Look at this today",
        Severity::Critical => "Act now",
    }
}

fn look(severity: Severity) -> (&'static str, u32) {
    match severity {
        Severity::Info => ("ℹ️", 0x34_98_db),
        Severity::Warning => ("⚠️", 0xe6_7e_22),
        Severity::Critical => ("🚨", 0xe7_4c_3c),
    }
}

/// The words of an alert.
pub(crate) fn said(alert: &Alert) -> Said {
    let client = alert
        .client
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    match &alert.matter {
        Matter::Notice { notice, tweet } => {
            let tweet = tweet.as_deref().map(|tweet| tweet.id.short());
            notice_said(&notice.kind, &tweet.unwrap_or_default(), &client)
        }
        Matter::Quarantined { .. } => Said {
            what: format!("`{client}` failed too often and is stopped until Clara is started again."),
            safe: "Everything of it is stored; nothing of it is posted or written meanwhile. Other clients go on.".into(),
            next: "The team that runs Clara finds the reason in the log, mends it, and restarts her.".into(),
        },
        Matter::Halted { halt } => Said {
            what: format!("Nothing is posted for any client, {}: {}.", held_by(halt), line(&halt.reason, 400)),
            safe: "Nothing is lost: writing and approving go on, and approved tweets wait. Those whose time passes meanwhile ask on their cards.".into(),
            next: match halt.until {
                Some(until) => format!("Clara goes on by herself {}; `/resume` lets her go on earlier.", readers(until)),
                None => "Put right what is named, then `/resume`.".into(),
            },
        },
        Matter::Released { halt } => Said {
            what: "Posting goes on for all clients.".into(),
            safe: match halt {
                Some(halt) => format!("It was held: {}.", line(&halt.reason, 400)),
                None => "Nothing was lost meanwhile.".into(),
            },
            next: "Tweets whose time passed meanwhile are not posted by themselves: each asks on its card.".into(),
        },
        Matter::EngineFailed { .. } => Said {
            what: "Clara cannot go on and stops.".into(),
            safe: "What was approved and stored is kept. Nothing is posted that was not stored before.".into(),
            next: "The team that runs Clara finds the reason in the log (most often it is the disk: full? failing?), and starts her again.".into(),
        },
        Matter::JournalSlow { since } => Said {
            what: format!("Clara has been storing something for {} seconds; it should take a moment.", since.as_secs().max(1)),
            safe: "Nothing is posted or answered before it is stored. Clicks and commands may seem to hang; none is lost that was answered.".into(),
            next: "The team that runs Clara looks at the disk: is it full, failing, or busy with something else?".into(),
        },
        Matter::JournalRepaired { .. } => Said {
            what: "Clara found her records broken when she started, and mended them.".into(),
            safe: "A copy of how they were is kept. What is on the cards now is what she knows.".into(),
            next: "Compare the cards of the last hour with the accounts on X. The team that runs Clara finds the copy's place in the log, and looks at the disk.".into(),
        },
        Matter::JournalDamaged { .. } => Said {
            what: match &alert.client {
                Some(client) => format!("Some of the records of `{client}` cannot be read; it is not started."),
                None => "Some of Clara's own records cannot be read.".to_owned(),
            },
            safe: "Nothing of it is posted or written meanwhile, and nothing is thrown away. Other clients go on.".into(),
            next: "The team that runs Clara finds the place in the log, and puts the data directory back from its last backup.".into(),
        },
        Matter::DiskFull { free, needed } => Said {
            what: format!("Clara's disk is full: {} MB are free and {} MB are needed. She stores nothing and does nothing new.", free / 1_000_000, needed.div_ceil(1_000_000)),
            safe: "Everything stored before is kept. Nothing is posted that cannot be stored; clicks and commands are answered with “not stored”.".into(),
            next: "The team that runs Clara makes room on the disk of the data directory. She goes on by herself, and says so here.".into(),
        },
        Matter::DiskFree => Said {
            what: "Clara's disk has room again, and she goes on.".into(),
            safe: "Nothing that was stored is lost. What came due meanwhile is done now, or asked about where it is too late.".into(),
            next: "Repeat what was answered with “not stored” meanwhile.".into(),
        },
        Matter::Budget(alarm) => costs::budget_said(alarm),
    }
}

/// Who holds everything, and since when.
fn held_by(halt: &Halt) -> String {
    let by = halt.by.as_ref().map_or("held by Clara".to_owned(), |by| {
        format!("held by {}", line(&by.name, 60))
    });
    format!("{by} {}", readers(halt.at))
}

fn notice_said(kind: &NoticeKind, tweet: &str, client: &str) -> Said {
    let told = |what: String, safe: &str, next: &str| Said {
        what,
        safe: safe.to_owned(),
        next: next.to_owned(),
    };
    match kind {
        NoticeKind::Missed => told(
            format!("The time of tweet `{tweet}` passed without approval."),
            "It was not posted.",
            "On its card: approve it, move it to the next free slot, or drop it.",
        ),
        NoticeKind::Overdue => told(
            format!("Tweet `{tweet}` was approved and could not go out in time."),
            "It was not posted and will not be without a word from you.",
            "On its card: post it now, move it to the next free slot, or drop it.",
        ),
        NoticeKind::WritingTrouble { reason } => told(
            format!(
                "The language model brings no text for tweet `{tweet}`: {}.",
                line(reason, 300)
            ),
            "The tweet keeps its place; Clara keeps trying.",
            &format!(
                "If its time is near, write the text yourself: `/tweet show id:{tweet}`, then Edit. Otherwise see whether \
                 the model service has a problem."
            ),
        ),
        NoticeKind::GenerationsUsedUp { per_day, until } => told(
            format!(
                "`{client}` has had {per_day} texts written in 24 hours, the most that it may."
            ),
            "Its briefs keep their places, and what is written can be approved and goes out.",
            &format!(
                "Clara goes on {}. If a brief cannot wait, write its text yourself: Edit on its card, or `/tweet show`. \
                 The limit is `generation.per_day` in the client's file.",
                readers(*until)
            ),
        ),
        NoticeKind::CheckTrouble { reason } => told(
            format!(
                "The text of tweet `{tweet}` waits for the moderation service, which does not answer: {}.",
                line(reason, 300)
            ),
            "Nobody can approve it before that, and Clara keeps asking.",
            "If its time is near, read it with care and press Override on its card, which puts your name to it.",
        ),
        NoticeKind::NoValidText => told(
            format!("No text for tweet `{tweet}` passed the check."),
            "Nothing was posted.",
            "On its card: edit the text, have it written again with a hint, override the check, or drop it.",
        ),
        NoticeKind::Refused { reason } => told(
            format!("X refused tweet `{tweet}`: “{}”.", line(reason, 300)),
            "What is live of it is on its card; nothing more is sent.",
            "On its card: change the text, try again, or drop it.",
        ),
        NoticeKind::PersonAsked { reason } => told(
            format!(
                "Clara cannot tell whether tweet `{tweet}` is live: {}.",
                line(reason, 300)
            ),
            "Nothing is sent again before somebody says so.",
            "Look at the account on X, then press “It is live” or “Post again” on the card.",
        ),
        NoticeKind::DeletionTrouble { reason } => told(
            format!(
                "X has not taken down tweet `{tweet}` in several tries: {}.",
                line(reason, 300)
            ),
            "What is live of it stays live for now; Clara keeps trying, and posts go out meanwhile if X takes them.",
            "If it cannot wait, delete it on X by hand: Clara notices that it is gone. Otherwise there is nothing to do.",
        ),
        NoticeKind::NotDeleted { reason } => told(
            format!("X did not delete tweet `{tweet}`: “{}”.", line(reason, 300)),
            "What is live of it stays live.",
            "Put right what is named and press “Delete from X” on its card again, or delete it on X by hand.",
        ),
        NoticeKind::ApprovalsVoid { tweets } => told(
            format!(
                "Who approves tweets of `{client}`, or how many must, has changed. {}",
                match tweets {
                    1 => "1 tweet waited for another approval; the one it had counts no more."
                        .to_owned(),
                    many => format!(
                        "{many} tweets waited for another approval; those they had count no more."
                    ),
                }
            ),
            "None of them is posted before it is approved anew. What was approved by enough people stays approved.",
            "Approve on their cards again; `/queue` has them.",
        ),
        NoticeKind::Paused { reason } => told(
            format!("Clara paused `{client}`: {}.", line(reason, 300)),
            "Nothing of it is posted; approved tweets wait.",
            &format!("Put right what is named, then `/client resume client:{client}`."),
        ),
    }
}
