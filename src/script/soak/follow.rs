//! Following one tweet: somebody looks at its card, makes up their mind, and acts, until nothing more becomes of it.
//!
//! Only the card and the timeline are looked at. What to do is drawn from a stream of the tweet's own.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::card::Card;
use super::draw::Draw;
use super::idea::{Plot, number_of};
use super::mind::{Act, Mood, decide};
use super::scene::{Phase, Scene};

/// After so many acts people only want to be done with it.
const ENOUGH: u32 = 10;
/// How long somebody looks at a card that asks for nothing before looking again.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// One tweet and who follows it.
pub(super) struct Follower {
    pub(super) scene: Arc<Scene>,
    pub(super) draw: Draw,
    pub(super) plot: Plot,
    pub(super) acts: u32,
    /// A copy of the card that `/tweet show` has made, to be clicked when it is out of date.
    pub(super) copy: Option<Card>,
}

/// Reads every message that is sent or edited, and has each new tweet followed.
pub(super) async fn read(scene: Arc<Scene>) {
    let discord = scene.sandbox.discord.clone();
    let mut messages = discord.follow();
    while let Some(id) = messages.recv().await {
        let Some(view) = discord
            .message(id)
            .filter(|view| view.ephemeral_for.is_none())
        else {
            continue;
        };
        if view.channel == "alerts" {
            super::steward::heard(&scene, &view.text());
        } else if let Some(card) = Card::read(&view)
            && let Some(cards) = scene.ledger.show(card, scene.sandbox.clock.now())
        {
            tokio::spawn(follow(scene.clone(), cards));
        }
    }
}

async fn follow(scene: Arc<Scene>, mut cards: watch::Receiver<Option<Card>>) {
    let Some(first) = cards.borrow_and_update().clone() else {
        return;
    };
    let number = number_of(&first.brief).unwrap_or_default();
    // Of the tweets of one order each has a slot of its own.
    let salt = first.slot.unwrap_or_default().unsigned_abs() / 3600;
    let mut draw = Draw::of(scene.seed, "follower", number * 31 + salt % 31);
    let plot = Plot::draw(&mut draw);
    let mut follower = Follower {
        scene,
        draw,
        plot,
        acts: 0,
        copy: None,
    };
    let mut card = first;
    while !card.is_over() && follower.scene.phase() < Phase::Over {
        follower.consider(&mut cards, &card).await;
        let Some(next) = cards.borrow_and_update().clone() else {
            return;
        };
        card = next;
    }
    follower.regret(&card).await;
    follower.click_the_copy().await;
}

impl Follower {
    /// Acts on the card after some thought, or waits for it to change.
    async fn consider(&mut self, cards: &mut watch::Receiver<Option<Card>>, card: &Card) {
        // The judge can say nothing of what nobody ever managed to do, and in a short soak that may be much.
        let never_done = self.scene.ledger.never_done();
        let mood = Mood {
            plot: never_done
                .filter(|_| self.draw.percent(25))
                .unwrap_or(self.plot),
            is_resting: self.scene.phase() >= Phase::Rest,
            is_tired: self.acts >= ENOUGH,
            now: self.scene.second(),
        };
        let Some(client) = self.scene.clients.get(&card.client).cloned() else {
            return;
        };
        let act = decide(&mut self.draw, mood, &client, card);
        let thought = match act {
            Act::Wait => LOOK_AGAIN,
            _ if mood.is_resting => self.draw.millis(200, 1500),
            _ => self.draw.millis(300, 4000),
        };
        let has_changed = tokio::time::timeout(thought, cards.changed()).await.is_ok();
        // Some people have made up their minds and do not look again.
        if matches!(act, Act::Wait) || (has_changed && !self.draw.percent(20)) {
            return;
        }
        self.acts += 1;
        self.perform(card, &client, act).await;
        // The card has to catch up, be it because of what was done or of what has happened meanwhile.
        let _ = tokio::time::timeout(Duration::from_secs(1), cards.changed()).await;
    }
}
