//! What a person reads of what texts were turned down for.

use clara_domain::Client;
use clara_domain::ids::LessonNo;
use clara_domain::lessons::{Lesson, MOST_HEEDED};

use super::{NOTHING_CHANGED, three};
use crate::discord::card::name;
use crate::discord::escape::{length, line};
use crate::discord::message::CONTENT;
use crate::discord::times::readers;

/// How much is shown of what somebody said, and of the text that it was about.
const SAID: usize = 300;
const ABOUT: usize = 120;
/// The most messages that a list takes.
const PAGES: usize = 5;

/// The lessons that hold, the newest first, in as many messages as they take.
pub(crate) fn list(client: &Client) -> Vec<String> {
    let kept = &client.lessons.kept;
    if kept.is_empty() {
        return vec![format!(
            "No text of {} was turned down so far, or nothing of it is to be heeded. Reject a text on its card with a \
             reason, and prompts remind the model of it.",
            name(client)
        )];
    }
    let mut pages = vec![format!(
        "**What texts of {} were turned down for**\nPrompts remind of the newest {MOST_HEEDED}. To take one out: \
         `/client lessons remove client:{} lesson:…`",
        name(client),
        client.id
    )];
    for (shown, (no, lesson)) in kept.iter().rev().enumerate() {
        let entry = format!("\n{}", entry(*no, lesson));
        let left = format!("\n… and {} older ones", kept.len() - shown);
        let last = pages.len() == PAGES;
        let Some(page) = pages.last_mut() else {
            break;
        };
        if length(page) + length(&entry) + length(&left) <= CONTENT {
            page.push_str(&entry);
        } else if last {
            page.push_str(&left);
            break;
        } else {
            pages.push(entry.trim_start().to_owned());
        }
    }
    pages
}

fn entry(no: LessonNo, lesson: &Lesson) -> String {
    format!(
        "**{no}.** {}“{}”, about “{}” ({}, tweet `{}`)",
        kind(lesson),
        line(&lesson.said, SAID),
        line(&lesson.about, ABOUT),
        readers(lesson.at),
        lesson.tweet.short()
    )
}

fn kind(lesson: &Lesson) -> String {
    let code = lesson.code.map(|code| format!("{}: ", code.name()));
    code.unwrap_or_default()
}

/// A lesson was taken out.
pub(crate) fn removed(client: &Client, no: LessonNo, lesson: &Lesson) -> String {
    three(
        &format!(
            "Lesson {no} of {}, {}“{}”, is forgotten.",
            name(client),
            kind(lesson),
            line(&lesson.said, SAID)
        ),
        "Texts that are written stay as they are.",
        "Prompts do not remind the model of it from now on.",
    )
}

/// No lesson has this number.
pub(crate) fn no_such_lesson(client: &Client, given: i64) -> String {
    three(
        &format!("{} has no lesson {given}.", name(client)),
        NOTHING_CHANGED,
        &format!(
            "See `/client lessons list client:{}` for those that there are.",
            client.id
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clara_domain::tweet::ReasonCode;
    use std::sync::Arc;

    use super::*;
    use crate::discord::card::samples::{self, NOW, TWEET};

    fn taught(count: u32, said: &str) -> Client {
        let (mut client, _) = samples::validated();
        let lessons = Arc::make_mut(&mut client.lessons);
        for no in 1..=count {
            let lesson = Lesson {
                tweet: TWEET,
                code: (no % 2 == 0).then_some(ReasonCode::Voice),
                said: said.to_owned(),
                about: "Guess who is back? @everyone".to_owned(),
                at: NOW,
            };
            lessons.kept.insert(LessonNo(no), lesson);
            lessons.last = LessonNo(no);
        }
        client
    }

    #[test]
    fn what_is_said_of_lessons() {
        let client = taught(2, "Too *loud*");
        let lesson = &client.lessons.kept[&LessonNo(2)];
        let none = taught(0, "");
        let mut texts = list(&none);
        texts.extend(list(&client));
        texts.push(removed(&client, LessonNo(2), lesson));
        texts.push(no_such_lesson(&client, -7));
        insta::assert_snapshot!(texts.join("\n\n"));
    }

    #[test]
    fn many_lessons_take_several_messages_each_within_the_limit() {
        for said in ["short", &"*long* ".repeat(70)] {
            let pages = list(&taught(50, said));
            assert!((2..=PAGES).contains(&pages.len()), "{}", pages.len());
            assert!(pages.iter().all(|page| length(page) <= CONTENT));
            let all = pages.join("\n");
            assert!(all.contains("**50.**"));
            let cut = all.contains("older ones");
            assert_eq!(cut, !all.contains("\n**1.**"), "all, or it says so");
        }
    }
}
