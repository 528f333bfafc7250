//! What leaves for X and what goes live there, held against the records as they stand at that moment.

use clara_actors::ports::x::NewPost;
use clara_domain::TweetState;
use clara_domain::ids::{ClientId, Handle, PostId};
use jiff::Timestamp;

use super::tale::{Tale, Text};
use super::{Auditor, Book, may_approve};
use crate::simulation::x::LivePost;

impl Auditor {
    /// A request leaves.
    pub(crate) fn request(
        &mut self,
        client: &ClientId,
        account: &Handle,
        post: &NewPost,
        _truth: Timestamp,
    ) -> Result<(), String> {
        let book = self
            .books
            .get_mut(client)
            .ok_or("an unknown client posts")?;
        book.request(account, post)
            .map_err(|complaint| format!("{client}: {complaint}: {:?}", post.text))
    }

    /// A request to take a post down leaves: somebody with the right to it must have asked.
    pub(crate) fn deletion(&mut self, client: &ClientId, post: &PostId) -> Result<(), String> {
        let book = self.books.get(client).ok_or("an unknown client deletes")?;
        let tale = book.tales.values().find(|tale| tale.posts.contains(post));
        match tale.and_then(|tale| tale.deletion.as_ref()) {
            Some(person) if may_approve(person) => Ok(()),
            Some(person) => Err(format!("{client}: {post} is deleted for {person}")),
            None => Err(format!(
                "{client}: {post} is deleted, and nobody asked for it"
            )),
        }
    }

    /// A post is live.
    pub(crate) fn went_live(&mut self, post: &LivePost) -> Result<(), String> {
        self.live.insert(post.id.clone(), post.clone());
        let books = self.books.values_mut();
        let owner = books
            .into_iter()
            .find(|book| book.texts.contains(&post.text));
        let Some(book) = owner else {
            return Err(format!("nobody wrote what is live: {:?}", post.text));
        };
        if book.settings.handle != post.account {
            return Err(format!("it is live on @{}: {:?}", post.account, post.text));
        }
        let times = book.posted.entry(post.text.clone()).or_default();
        *times += 1;
        if *times > 1 {
            return Err(format!("it is live {times} times: {:?}", post.text));
        }
        Ok(())
    }
}

impl Book {
    fn request(&mut self, account: &Handle, post: &NewPost) -> Result<(), String> {
        if *account != self.settings.handle {
            return Err(format!("it is sent to @{account}"));
        }
        let intended = |tale: &&mut Tale| {
            let mut open = tale.intent.iter().chain(&tale.leftover);
            open.any(|intent| {
                !intent.has_left && tale.segment(intent.segment.0 as usize) == Some(&post.text)
            })
        };
        let approval = self.settings.approval.clone();
        let tale = self.tales.values_mut().find(intended);
        let tale = tale.ok_or("a request leaves whose intent is not on disk")?;
        let mut open = tale.intent.iter_mut().chain(&mut tale.leftover);
        let intent = open.find(|intent| !intent.has_left);
        let intent = intent.ok_or("a request leaves whose intent is not on disk")?;
        intent.has_left = true;
        let (segment, hash) = (intent.segment.0 as usize, intent.hash);
        in_order(tale, segment, post)?;
        let text = tale.text.as_ref().ok_or("it has no text")?;
        if hash != text.content.hash() {
            return Err("what leaves is not what was intended".to_owned());
        }
        if !text.may_go_out {
            return Err("it did not pass validation".to_owned());
        }
        let counted = tale.approvals.iter().filter(|person| {
            may_approve(person) && (approval.author_counts || !is_author(text, person))
        });
        let (have, needed) = (counted.count(), usize::from(approval.needed.get()));
        if have < needed {
            return Err(format!("{have} approvals count, and it needs {needed}"));
        }
        Ok(())
    }

    /// Whether a tweet has come to an end, or waits in front of people.
    pub(super) fn rests(state: &TweetState) -> bool {
        match state {
            TweetState::Uncertain(uncertain) => uncertain.next_look.is_none(),
            state => state.is_terminal() || matches!(state.name(), "overdue" | "missed" | "failed"),
        }
    }
}

fn is_author(text: &Text, person: &clara_domain::ids::PersonId) -> bool {
    text.author.as_ref() == Some(person)
}

fn in_order(tale: &Tale, segment: usize, post: &NewPost) -> Result<(), String> {
    if segment != tale.posts.len() {
        return Err(format!(
            "segment {segment} leaves after {} are live",
            tale.posts.len()
        ));
    }
    if post.in_reply_to.as_ref() != tale.posts.last() {
        return Err(format!("it replies to {:?}", post.in_reply_to));
    }
    Ok(())
}
