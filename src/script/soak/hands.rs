//! Doing what was decided, and writing down what came of it.

use clara_sandbox::discord::MessageId;

use super::acts::Answer;
use super::card::{Card, epoch};
use super::evidence::What;
use super::follow::Follower;
use super::idea::{number_of, subject};
use super::mind::Act;
use super::scene::Phase;
use super::town::{APPROVERS, ClientFacts, GUESTS};

/// What people say of the kind of a rejection: often nothing, and sometimes what there is not.
const KINDS: [&str; 5] = ["", "voice", "", "facts", "too long"];

/// Buttons after which it may have another time, which only the card names.
const MOVES: [&str; 4] = ["now", "next", "again", "retry"];

impl Follower {
    /// Does something about a card as somebody has seen it.
    pub(super) async fn perform(&mut self, card: &Card, client: &ClientFacts, act: Act) {
        self.keep_a_copy(card).await;
        match act {
            Act::Wait => {}
            Act::Click { who, action } => self.click(card, who, action).await,
            Act::Approve { who } => self.approve(card, &who).await,
            Act::Form { who, action } => self.form(card, who, action).await,
            Act::Tell { who } => self.tell(card, client, who).await,
            Act::Move { who, when } => {
                let line = format!("/tweet reschedule id:{} when:{when}", card.tweet);
                let answer = self.scene.types(who, &line).await;
                self.note(card, who, &line, &answer);
                let slot = match &answer {
                    Answer::Yes(text) => epoch(text).map(What::Moved),
                    _ => None,
                };
                self.decided(card, slot.unwrap_or(What::MovedSomewhere), &answer);
            }
            Act::Cancel { who } => self.cancel(card, who).await,
        }
    }

    fn note(&self, card: &Card, who: &str, what: &str, answer: &Answer) {
        let stamp = self.scene.stamp();
        let line = format!(
            "{stamp} {who}, seeing revision {}: {what} -> {}",
            card.revision,
            answer.told()
        );
        self.scene.ledger.note(&card.tweet, line);
    }

    /// Whatever is not a no may have been done.
    fn decided(&self, card: &Card, what: What, answer: &Answer) {
        if !answer.is_no() {
            let certain = matches!(answer, Answer::Yes(_));
            self.scene.ledger.decision(&card.tweet, what, certain);
        }
    }

    async fn click(&self, card: &Card, who: &str, action: &str) {
        let Some(button) = card.button(action) else {
            return;
        };
        let answer = self.scene.clicks(who, card.message, button).await;
        self.note(card, who, action, &answer);
        if action == "drop" && !answer.is_no() {
            // That the card changed may be somebody else's doing: the card itself says whether it is dropped.
            self.scene
                .ledger
                .decision(&card.tweet, What::Cancelled, false);
        }
        if MOVES.contains(&action) {
            self.decided(card, What::MovedSomewhere, &answer);
        }
    }

    /// Approves, by everybody at once. A guest may try it first.
    async fn approve(&mut self, card: &Card, who: &[&'static str]) {
        let guest = self.draw.percent(4).then(|| self.draw.pick(&GUESTS));
        let Some(button) = card.button("approve") else {
            return;
        };
        if let Some(guest) = guest {
            self.approve_as(card, guest, card.message, button).await;
        }
        let clicks = who
            .iter()
            .map(|who| self.approve_as(card, who, card.message, button));
        futures::future::join_all(clicks).await;
    }

    async fn approve_as(&self, card: &Card, who: &str, message: MessageId, button: &str) {
        let answer = self.scene.clicks(who, message, button).await;
        self.note(card, who, "approve", &answer);
        self.scene
            .ledger
            .approval(&card.tweet, who, card.revision, answer.is_no());
    }

    async fn form(&mut self, card: &Card, who: &str, action: &str) {
        let Some(button) = card.button(action) else {
            return;
        };
        let take = self.draw.below(1_000_000);
        let number = number_of(&card.brief).unwrap_or_default();
        let client = self.scene.clients.get(&card.client);
        let domain = client.and_then(|client| client.domain.as_ref());
        let link = domain.filter(|_| self.draw.percent(50));
        let link = link.map_or(String::new(), |domain| format!(" https://{domain}/{take}"));
        let kind = self.draw.pick(&KINDS);
        let words = |part: usize| match action {
            // Beside the reason there is room for its kind.
            "reject" if part == 1 => kind.to_owned(),
            "edit" => format!(
                "{}, in {who}'s own words, take {take} part {part}.{link}",
                subject(number)
            ),
            _ => format!("{who} would like it otherwise"),
        };
        let answer = self.scene.fills_in(who, card.message, button, words).await;
        self.note(card, who, action, &answer);
        match (action, &answer) {
            ("reject", answer) => self.decided(card, What::Rejected, answer),
            ("delete", answer) => self.decided(card, What::Deleted, answer),
            ("regenerate", answer) => self.decided(card, What::Regenerated(card.revision), answer),
            ("override", answer) => self.decided(card, What::Overridden(card.revision), answer),
            ("edit", Answer::Yes(text)) => {
                if let Some(revision) = revision_in(text) {
                    self.decided(card, What::Edited(revision), &answer);
                }
            }
            _ => {}
        }
    }

    async fn cancel(&self, card: &Card, who: &str) {
        let line = format!("/tweet cancel id:{}", card.tweet);
        let answer = self.scene.types(who, &line).await;
        self.note(card, who, &line, &answer);
        self.decided(card, What::Cancelled, &answer);
    }

    /// Looks at the account and answers truthfully.
    async fn tell(&self, card: &Card, client: &ClientFacts, who: &str) {
        let Some(text) = card
            .segments
            .as_ref()
            .and_then(|texts| texts.get(card.live.len()))
        else {
            return self.click(card, who, "drop").await;
        };
        let posts = self.scene.sandbox.x.posts(&client.handle);
        let there = posts
            .iter()
            .find(|post| post.text == *text && !card.live.contains(&post.id));
        let Some(post) = there else {
            return self.click(card, who, "again").await;
        };
        let Some(button) = card.button("live") else {
            return;
        };
        let link = format!("https://x.com/{}/status/{}", client.handle, post.id);
        let answer = self
            .scene
            .fills_in(who, card.message, button, |_| link.clone())
            .await;
        self.note(card, who, &format!("it is live as {}", post.id), &answer);
        if let Ok(id) = post.id.parse() {
            self.decided(card, What::Live(id), &answer);
        }
    }

    /// Now and then somebody has the card shown to them alone, and leaves it lying about.
    async fn keep_a_copy(&mut self, card: &Card) {
        let wanted =
            self.copy.is_none() && card.button("approve").is_some() && self.draw.percent(4);
        if !wanted || self.scene.phase() != Phase::Load {
            return;
        }
        let discord = &self.scene.sandbox.discord;
        let line = format!("/tweet show id:{}", card.tweet);
        let Ok(id) = discord.command(reader(), "ops", &line).await else {
            return;
        };
        let view = self.scene.answered(id).await;
        let message = view.and_then(|view| view.response);
        self.copy = message.as_ref().and_then(Card::read);
    }

    /// Now and then somebody wants off X what has been posted.
    pub(super) async fn regret(&mut self, card: &Card) {
        let wanted = card.button("delete").is_some() && self.draw.percent(4);
        let thought = self.draw.millis(500, 8_000);
        if wanted && self.scene.pause(thought, Phase::Rest).await {
            self.form(card, reader(), "delete").await;
        }
    }

    /// A late click on what is long out of date.
    pub(super) async fn click_the_copy(&mut self) {
        let Some(copy) = self.copy.take() else {
            return;
        };
        if let Some(button) = copy.button("approve") {
            self.approve_as(&copy, reader(), copy.message, button).await;
        }
    }
}

/// Who has cards shown.
fn reader() -> &'static str {
    APPROVERS[2]
}

/// `Your text is revision 3 and passed the check.`
fn revision_in(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("Your text is revision ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_is_read_from_the_answer() {
        assert_eq!(
            revision_in("Your text is revision 12 and passed the check."),
            Some(12)
        );
        assert_eq!(revision_in("That is the text as it was."), None);
    }
}
