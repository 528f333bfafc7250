//! The judge of [`clara_domain::audit`] at a random life: it panics at the first event that breaks a promise.
//!
//! Who asks is known here with their roles, so rights are judged in full; and what is approved is validated once more,
//! which years later would only tell that the rules have changed.

use std::collections::BTreeMap;

use clara_domain::audit::{Asker, Judge};
use clara_domain::content::Content;
use clara_domain::ids::TweetId;
use clara_domain::person::By;
use clara_domain::settings::ClientSettings;
use clara_domain::validate::{TextKey, validate};
use clara_domain::{Event, TweetEvent as E};
use jiff::Timestamp;

/// See the module.
#[derive(Default)]
pub(crate) struct Watch {
    judge: Judge,
    settings: Option<ClientSettings>,
    texts: BTreeMap<TweetId, Text>,
}

/// The text of a tweet that has to be valid before it is approved.
#[derive(Default)]
struct Text {
    asked: u8,
    content: Option<Content>,
    overridden: bool,
}

impl Watch {
    /// Takes note of one event, or panics.
    pub(crate) fn see(&mut self, by: &By, event: &Event, now: Timestamp) {
        let breaches = self.judge.see(Asker::from(by), event, now);
        assert!(breaches.is_empty(), "{event:?}: {breaches:?}");
        match event {
            Event::Configured { settings } => self.settings = Some(settings.as_ref().clone()),
            Event::Tweet { tweet, event } => self.see_text(*tweet, event),
            Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::CallBegun { .. }
            | Event::CallEnded { .. }
            | Event::KnowledgeAdded { .. }
            | Event::KnowledgeRemoved { .. }
            | Event::LessonLearned { .. }
            | Event::LessonForgotten { .. }
            | Event::NoticesDelivered { .. }
            | Event::CardShown { .. } => {}
        }
    }

    fn see_text(&mut self, id: TweetId, event: &E) {
        let text = self.texts.entry(id).or_default();
        match event {
            E::Planned { segments, .. } => text.asked = *segments,
            E::RevisionWritten { content, .. } => {
                (text.content, text.overridden) = (Some(content.clone()), false);
            }
            E::ValidationOverridden { .. } => text.overridden = true,
            E::ApprovalGiven { .. } if !text.overridden => {
                let content = text.content.as_ref().unwrap();
                let settings = self.settings.as_ref().unwrap();
                let report = validate(
                    content,
                    usize::from(text.asked),
                    &settings.rules,
                    &settings.voice.languages,
                    &|_: &TextKey| None,
                );
                assert!(
                    report.passed(),
                    "approved what breaks the rules: {report:?}"
                );
            }
            _ => {}
        }
    }
}
