//! Having a text looked at that the rules have let through: by the moderation service, and by a judge of the voice.

use clara_domain::Command;
use clara_domain::command::{Flag, Verdict};
use clara_domain::effect::{CheckRequest, check};
use clara_domain::ids::TweetId;
use clara_domain::metering::Item;
use clara_domain::settings::WhenDown;

use super::effects::{End, Run};
use super::metered::Hurdle;
use crate::gateway::model::Judge;
use crate::limiter::{Class, Service};
use crate::meter::Meter;
use crate::ports::Moderator;
use crate::ports::model::{Billed, ModelError};
use crate::ports::moderation::ModerationVerdict;

impl Run {
    pub(super) async fn check(&self, tweet: TweetId) -> End {
        let Some(request) = check(&self.client, tweet) else {
            return End::Done;
        };
        let moderation = match self.moderation(&request).await {
            Ok(verdict) => verdict,
            Err(end) => return end,
        };
        // What goes back, or is held, is judged when it comes again: a judge is paid.
        let goes_on = match &moderation {
            None => true,
            Some(Verdict::Found(flags)) => flags.is_empty(),
            Some(Verdict::Away { .. }) => {
                self.tools.around.read().moderation != Some(WhenDown::Hold)
            }
        };
        let brand_voice = match self.brand_voice(&request, goes_on).await {
            Ok(verdict) => verdict,
            Err(end) => return end,
        };
        let command = Command::RecordChecks {
            tweet,
            revision: request.revision,
            moderation,
            brand_voice,
        };
        self.record(command).await
    }

    async fn moderation(&self, request: &CheckRequest) -> Result<Option<Verdict>, End> {
        if !request.moderation {
            return Ok(None);
        }
        let Some(moderator) = &self.tools.moderator else {
            let reason = "no moderation service is configured any more".to_owned();
            let retry_after = None;
            return Ok(Some(Verdict::Away {
                reason,
                retry_after,
            }));
        };
        // A thread's empty segments have been found before; a picture alone has no text.
        let texts = request.texts.iter().enumerate();
        let (places, texts): (Vec<usize>, Vec<String>) = texts
            .filter(|(_, text)| !text.is_empty())
            .map(|(at, text)| (at, text.clone()))
            .unzip();
        if texts.is_empty() {
            return Ok(Some(Verdict::Found(Vec::new())));
        }
        let Some(permit) = self.permit(Service::Model, Class::Write).await else {
            return Err(End::Failed { retry_after: None });
        };
        let item = Item::Moderation {
            model: moderator.model().to_owned(),
            texts: texts.len() as u64,
        };
        let meter = Meter::default();
        let asking = moderate(moderator.as_ref(), &texts, &item, &meter);
        let at_most = vec![item.clone()];
        let asked = self
            .metered(Some(request.tweet), at_most, &meter, asking)
            .await;
        drop(permit);
        self.verdict(asked.map(|answer| match answer {
            Ok(verdicts) => Verdict::Found(flags(&places, &verdicts)),
            Err(error) => away(&error),
        }))
    }

    async fn brand_voice(
        &self,
        request: &CheckRequest,
        goes_on: bool,
    ) -> Result<Option<Verdict>, End> {
        if !(request.brand_voice && goes_on) {
            return Ok(None);
        }
        let question = match self.tools.prompts.judge(request) {
            Ok(question) => question,
            Err(error) => {
                return Ok(Some(Verdict::Away {
                    reason: error.to_string(),
                    retry_after: None,
                }));
            }
        };
        let Some(permit) = self.permit(Service::Model, Class::Write).await else {
            return Err(End::Failed { retry_after: None });
        };
        let at_most = self.tools.chain.at_most(&question);
        let meter = Meter::default();
        let judge = Judge {
            question,
            permit,
            meter: meter.clone(),
        };
        let tweet = Some(request.tweet);
        let asked = self.metered(tweet, at_most, &meter, self.tools.model.send(judge));
        self.verdict(asked.await.map(|answer| {
            answer.unwrap_or_else(|_| Verdict::Away {
                reason: "Clara is shutting down".to_owned(),
                retry_after: None,
            })
        }))
    }

    /// Without money for it a service is as good as away.
    fn verdict(&self, asked: Result<Verdict, Hurdle>) -> Result<Option<Verdict>, End> {
        match asked {
            Ok(verdict) => Ok(Some(verdict)),
            Err(Hurdle::Journal(end)) => Err(end),
            Err(Hurdle::Budget(exhausted)) => Ok(Some(Verdict::Away {
                retry_after: Some(self.until(exhausted.until)),
                reason: exhausted.to_string(),
            })),
        }
    }
}

async fn moderate(
    moderator: &dyn Moderator,
    texts: &[String],
    item: &Item,
    meter: &Meter,
) -> Result<Vec<ModerationVerdict>, ModelError> {
    let answer = moderator.moderate(texts).await;
    match &answer {
        Ok(_) => meter.item(item.clone()),
        Err(ModelError::Unavailable {
            billed: Billed::Perhaps,
            ..
        }) => meter.lost(),
        Err(_) => {}
    }
    answer
}

fn flags(places: &[usize], verdicts: &[ModerationVerdict]) -> Vec<Flag> {
    let flagged = places.iter().zip(verdicts);
    let flagged = flagged.filter(|(_, verdict)| verdict.flagged);
    flagged
        .map(|(segment, verdict)| Flag {
            segment: *segment,
            message: match verdict.categories.as_slice() {
                [] => "the moderation service finds this harmful: write it anew".to_owned(),
                some => format!(
                    "the moderation service finds {} in this: write it without",
                    some.join(", ")
                ),
            },
        })
        .collect()
}

fn away(error: &ModelError) -> Verdict {
    let retry_after = match error {
        ModelError::Throttled { retry_after, .. } => *retry_after,
        ModelError::Unavailable { .. }
        | ModelError::NotEntitled { .. }
        | ModelError::BadRequest { .. } => None,
    };
    Verdict::Away {
        reason: error.to_string(),
        retry_after,
    }
}
