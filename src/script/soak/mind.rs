//! What a person makes of a card: from what it says and which buttons it has, to what they do.

use super::card::Card;
use super::draw::Draw;
use super::idea::Plot;
use super::town::{APPROVERS, ClientFacts, WRITERS};

/// A time that is farther ahead than this is not waited for at the end, in seconds of the world.
const FAR: i64 = 3 * 60;

/// How people feel about a tweet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mood {
    /// What they make of its text.
    pub(super) plot: Plot,
    /// Whether the day's work is to be brought to an end.
    pub(super) is_resting: bool,
    /// Whether they have had enough of it.
    pub(super) is_tired: bool,
    /// The world's time in epoch seconds.
    pub(super) now: i64,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing yet.
    Wait,
    /// Click a button that does something at once.
    Click {
        /// Who.
        who: &'static str,
        /// Which.
        action: &'static str,
    },
    /// Two people, or one twice, approve at the same moment.
    Approve {
        /// Who.
        who: Vec<&'static str>,
    },
    /// Fill in the form behind a button.
    Form {
        /// Who.
        who: &'static str,
        /// Which.
        action: &'static str,
    },
    /// Look at the timeline and say what is there.
    Tell {
        /// Who.
        who: &'static str,
    },
    /// Give it another time by a command.
    Move {
        /// Who.
        who: &'static str,
        /// When.
        when: String,
    },
    /// Take it out by a command.
    Cancel {
        /// Who.
        who: &'static str,
    },
}

/// Makes up a person's mind.
pub(super) fn decide(draw: &mut Draw, mood: Mood, client: &ClientFacts, card: &Card) -> Act {
    let has = |action: &str| card.button(action).is_some();
    let approver = draw.pick(&APPROVERS);
    let click = |action| Act::Click {
        who: approver,
        action,
    };
    if has("live") {
        return Act::Tell { who: approver };
    }
    if has("now") {
        return click(match draw.below(100) {
            0..60 => "now",
            60..80 if !mood.is_resting => "next",
            _ => "drop",
        });
    }
    if has("retry") {
        return click(if mood.is_tired || draw.percent(25) {
            "drop"
        } else {
            "retry"
        });
    }
    if has("approve") {
        return on_text(draw, mood, client, card);
    }
    if has("next") {
        return unwritten(draw, mood, card, approver);
    }
    if has("delete") && card.state == "failed" {
        return match draw.percent(50) {
            true => Act::Form {
                who: approver,
                action: "delete",
            },
            false => click("drop"),
        };
    }
    if has("regenerate") || has("override") {
        return failed(draw, mood, card);
    }
    match card.state.as_str() {
        "approved" => on_approved(draw, mood, card),
        "planned" => on_planned(draw, mood, card),
        _ => Act::Wait,
    }
}

/// It waits for approval, or has missed its time.
fn on_text(draw: &mut Draw, mood: Mood, client: &ClientFacts, card: &Card) -> Act {
    let writer = draw.pick(&WRITERS);
    let form = |who, action| Act::Form { who, action };
    if mood.is_tired && draw.percent(50) {
        let approver = draw.pick(&APPROVERS);
        return if card.button("reject").is_some() {
            form(approver, "reject")
        } else {
            Act::Click {
                who: approver,
                action: "drop",
            }
        };
    }
    let is_first =
        card.revision <= 1 && card.approvals.is_empty() && !mood.is_resting && !mood.is_tired;
    match mood.plot {
        Plot::Edit if is_first => form(writer, "edit"),
        Plot::Regenerate if is_first && card.button("regenerate").is_some() => {
            form(writer, "regenerate")
        }
        Plot::Reject if card.button("reject").is_some() => form(draw.pick(&APPROVERS), "reject"),
        Plot::Cancel => Act::Cancel { who: writer },
        Plot::Move if is_first && draw.percent(60) => Act::Move {
            who: writer,
            when: format!("in {}m", draw.between(6, 25)),
        },
        Plot::Ignore if card.state == "validated" && !mood.is_resting => Act::Wait,
        Plot::Ignore if card.button("next").is_some() && draw.percent(40) && !mood.is_resting => {
            Act::Click {
                who: draw.pick(&APPROVERS),
                action: "next",
            }
        }
        _ => approve(draw, client, card),
    }
}

/// One who may and has not; now and then two at once, or the same twice.
fn approve(draw: &mut Draw, client: &ClientFacts, card: &Card) -> Act {
    let counts = |who: &&str| {
        let is_author = card.author.as_deref() == Some(*who);
        !card.approvals.iter().any(|given| given == who) && (client.author_counts || !is_author)
    };
    let left: Vec<&'static str> = APPROVERS.into_iter().filter(|who| counts(who)).collect();
    let Some(first) = (!left.is_empty()).then(|| draw.pick(&left)) else {
        return Act::Wait;
    };
    let who = match draw.below(100) {
        0..6 => vec![first, first],
        6..14 => vec![first, draw.pick(&left)],
        _ => vec![first],
    };
    Act::Approve { who }
}

/// It has missed its time and has no text that could be approved.
fn unwritten(draw: &mut Draw, mood: Mood, card: &Card, approver: &'static str) -> Act {
    let drop = Act::Click {
        who: approver,
        action: "drop",
    };
    match draw.below(100) {
        0..40 if !mood.is_resting => Act::Click {
            who: approver,
            action: "next",
        },
        40..70 if !mood.is_tired && card.button("edit").is_some() => Act::Form {
            who: draw.pick(&WRITERS),
            action: "edit",
        },
        _ => drop,
    }
}

/// The model brought no text that passes.
fn failed(draw: &mut Draw, mood: Mood, card: &Card) -> Act {
    let who = draw.pick(&WRITERS);
    match draw.below(100) {
        _ if mood.is_tired => Act::Click {
            who,
            action: "drop",
        },
        0..30 if !mood.is_resting => Act::Form {
            who,
            action: "regenerate",
        },
        30..50 if card.button("override").is_some() => Act::Form {
            // She writes and approves.
            who: "maya",
            action: "override",
        },
        30..90 => Act::Form {
            who,
            action: "edit",
        },
        _ => Act::Click {
            who,
            action: "drop",
        },
    }
}

/// Mostly it goes out by itself. Some change their mind.
fn on_approved(draw: &mut Draw, mood: Mood, card: &Card) -> Act {
    let who = "maya";
    let is_far = card.slot.is_some_and(|slot| slot > mood.now + FAR);
    if mood.is_resting && is_far {
        return Act::Move {
            who,
            when: "now".to_owned(),
        };
    }
    match draw.below(1000) {
        0..12 if !mood.is_resting && card.button("edit").is_some() => Act::Form {
            who,
            action: "edit",
        },
        12..20 if !mood.is_resting && card.button("reject").is_some() => Act::Form {
            who,
            action: "reject",
        },
        20..28 if !mood.is_resting => Act::Cancel { who },
        28..45 if !mood.is_resting => Act::Move {
            who,
            when: format!("in {}m", draw.between(5, 20)),
        },
        _ => Act::Wait,
    }
}

/// Clara is writing, or will.
fn on_planned(draw: &mut Draw, mood: Mood, card: &Card) -> Act {
    let who = draw.pick(&WRITERS);
    match draw.below(100) {
        0..40 if mood.is_resting => Act::Cancel { who },
        40..42 if !mood.is_resting && card.button("edit").is_some() => Act::Form {
            who,
            action: "edit",
        },
        _ => Act::Wait,
    }
}
