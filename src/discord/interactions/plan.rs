//! `/plan` and `/generate`.

use std::sync::Arc;

use clara_domain::command::{SlotChoice, WriteTime};
use clara_domain::content::MAX_SEGMENTS;
use clara_domain::when::When;
use clara_domain::{Client, Command};

use super::Interactions;
use super::asked::Asker;
use super::run::{Answer, say};
use super::trouble::{Trouble, out_of_range};
use crate::discord::commands::Plan;
use crate::discord::texts::answers;

/// The most tweets that one command plans.
const MOST: usize = 25;

impl Interactions {
    pub(super) async fn plan(&self, asker: &Asker, plan: Plan) -> Answer {
        let client = self.client(&plan.client)?;
        let (count, segments) = (
            within("count", plan.count, MOST, &client)?,
            within("thread", plan.thread, MAX_SEGMENTS, &client)?,
        );
        // Emoji alone give a model nothing to write about.
        if !plan.brief.chars().any(char::is_alphanumeric) {
            return Err(Trouble::WordlessBrief);
        }
        let slot = match &plan.when {
            None => SlotChoice::NextFree,
            Some(text) => self.slot(&client, text)?,
        };
        let tweets = self.engine.new_tweets(usize::from(count));
        let command = Command::Plan {
            tweets: tweets.clone(),
            brief: plan.brief,
            segments,
            slot,
            write: if plan.write_now {
                WriteTime::Now
            } else {
                WriteTime::Ahead
            },
        };
        let client = self.execute(asker, &plan.client, command).await?;
        let planned: Vec<_> = tweets.iter().filter_map(|id| client.tweet(*id)).collect();
        let now = self.engine.now();
        say(match planned.as_slice() {
            [one] if plan.write_now => answers::generating(&client, one, now),
            all => answers::planned(&client, all, now),
        })
    }

    /// "now" stays now, however long the decision takes.
    pub(super) fn slot(&self, client: &Client, text: &str) -> Result<SlotChoice, Trouble> {
        if text.trim().eq_ignore_ascii_case("now") {
            return Ok(SlotChoice::Now);
        }
        Ok(match self.when(client, text)? {
            When::At(at) => SlotChoice::At(at),
            When::NextFree => SlotChoice::NextFree,
        })
    }
}

fn within(
    field: &'static str,
    given: i64,
    most: usize,
    client: &Arc<Client>,
) -> Result<u8, Trouble> {
    let number = u8::try_from(given)
        .ok()
        .filter(|number| (1..=most).contains(&usize::from(*number)));
    number.ok_or_else(|| out_of_range(field, given, most, client.clone()))
}
