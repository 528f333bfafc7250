//! What the world answers in a life, as commands: what the model brought, what became of a deletion, where a card is.

use clara_domain::Command;
use clara_domain::command::{DeleteOutcome, Drafts, Verdict};
use clara_domain::content::Content;
use clara_domain::ids::{ChannelId, Handle, MessageId, PostId, TweetId};
use clara_domain::person::Grant;
use clara_domain::settings::ClientSettings;

use super::step::{AnswerKind, Change, Setup};
use crate::world::{ana, away, ben, flagged, minutes, settings};

pub(super) fn settings_of(setup: &Setup) -> ClientSettings {
    let mut settings = settings();
    settings.approval.needed = setup.needed.try_into().unwrap();
    settings.approval.author_counts = setup.author_counts;
    settings.schedule.grace = minutes(setup.grace);
    settings.schedule.min_gap = minutes(setup.min_gap);
    settings.generation.rounds = setup.rounds.try_into().unwrap();
    settings
}

pub(super) fn changed(settings: &ClientSettings, change: &Change) -> ClientSettings {
    let mut settings = settings.clone();
    settings.approval.needed = change.needed.try_into().unwrap();
    settings.approval.author_counts = change.author_counts;
    let handle = if change.renamed { "fjord" } else { "harbour" };
    settings.handle = Handle::new(handle).unwrap();
    settings.access.approve = if change.by_name {
        let people = [ana(), ben()].map(|person| person.who().unwrap().id);
        Grant {
            people: people.into(),
            ..Grant::default()
        }
    } else {
        crate::world::settings().access.approve
    };
    settings
}

pub(super) fn drafts(kind: AnswerKind, candidates: &[Content]) -> Drafts {
    match kind {
        AnswerKind::Good | AnswerKind::Known => Drafts::Written {
            origin: Box::default(),
            model: "small-1".into(),
            candidates: candidates.to_vec(),
        },
        AnswerKind::Vain => Drafts::Unusable {
            reason: "not JSON".into(),
        },
        AnswerKind::Trouble => Drafts::Trouble {
            reason: "busy".into(),
            retry_after: None,
        },
    }
}

pub(super) fn verdict(kind: AnswerKind) -> Verdict {
    match kind {
        AnswerKind::Good | AnswerKind::Known => Verdict::Found(Vec::new()),
        AnswerKind::Vain => flagged(),
        AnswerKind::Trouble => away(),
    }
}

pub(super) fn deletion(tweet: TweetId, post: PostId, kind: AnswerKind) -> Command {
    let reason = "not now".to_owned();
    Command::RecordDeletion {
        tweet,
        post,
        outcome: match kind {
            AnswerKind::Good | AnswerKind::Known => DeleteOutcome::Gone,
            AnswerKind::Vain => DeleteOutcome::Refused { reason },
            AnswerKind::Trouble => DeleteOutcome::NotYet {
                reason,
                retry_after: None,
            },
        },
    }
}

pub(super) fn card(tweet: TweetId, change: u64) -> Command {
    Command::RecordCard {
        tweet,
        change,
        channel: ChannelId::new("900").unwrap(),
        message: MessageId::new("901").unwrap(),
    }
}

pub(super) fn pick<T>(from: &[T], nth: usize) -> Option<&T> {
    (!from.is_empty()).then(|| &from[nth % from.len()])
}
