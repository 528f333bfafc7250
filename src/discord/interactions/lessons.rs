//! `/client lessons list|remove`: what a client's texts were turned down for.

use clara_domain::Command;
use clara_domain::ids::{ClientId, LessonNo};

use super::Interactions;
use super::asked::Asker;
use super::run::{Answer, say};
use crate::discord::commands::LessonWish;
use crate::discord::message::Message;
use crate::discord::texts::lessons;

impl Interactions {
    pub(super) async fn lessons(&self, asker: &Asker, id: &ClientId, wish: LessonWish) -> Answer {
        let client = self.client(id)?;
        match wish {
            LessonWish::List => {
                let pages = lessons::list(&client);
                Ok(pages.iter().map(Message::text).collect())
            }
            LessonWish::Remove { lesson } => {
                let no = u32::try_from(lesson).map(LessonNo).unwrap_or_default();
                let Some(known) = client.lessons.kept.get(&no) else {
                    return say(lessons::no_such_lesson(&client, lesson));
                };
                let command = Command::ForgetLesson { lesson: no };
                let after = self.execute(asker, id, command).await?;
                say(lessons::removed(&after, no, known))
            }
        }
    }
}
