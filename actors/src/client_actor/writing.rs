//! Having a text written: what the client told us about its subject, the question, and what the model brought.

use clara_domain::Command;
use clara_domain::command::Drafts;
use clara_domain::effect::{GenerationRequest, generation};
use clara_domain::ids::TweetId;
use clara_domain::metering::Item;
use tracing::info;

use super::effects::{End, Run};
use super::metered::Hurdle;
use crate::gateway::model::Write;
use crate::knowledge::{Passage, Taken};
use crate::limiter::{Class, Service};
use crate::meter::Meter;
use crate::prompt::{self, Material, Squeeze};

impl Run {
    pub(super) async fn generate(&self, tweet: TweetId) -> End {
        let Some(request) = generation(&self.client, tweet).map(Box::new) else {
            return End::Done;
        };
        let round = request.round;
        let passages = match self.look_up(&request).await {
            Ok(passages) => passages,
            Err(hurdle) => return self.held_up(hurdle),
        };
        let Some(permit) = self.permit(Service::Model, Class::Write).await else {
            return End::Failed { retry_after: None };
        };
        let sources = titles(&passages);
        let material = Material {
            passages: passages.into_iter().map(shown).collect(),
            lessons: request.lessons.clone(),
        };
        let question = self.tools.prompts.question(&request, material);
        let whole = question.and_then(|question| Ok((question.at(Squeeze::WHOLE)?, question)));
        let (whole, question) = match whole {
            Ok(both) => both,
            Err(error) => {
                let command = Command::RecordDrafts {
                    tweet,
                    round,
                    drafts: Drafts::Trouble {
                        reason: error.to_string(),
                        retry_after: None,
                    },
                };
                return self.record(command).await;
            }
        };
        let at_most = self.tools.chain.at_most(&whole);
        let meter = Meter::default();
        let write = Write {
            question,
            sources,
            permit,
            meter: meter.clone(),
        };
        let written = self.metered(Some(tweet), at_most, &meter, self.tools.model.send(write));
        let drafts = match written.await {
            Ok(written) => written.unwrap_or_else(|_| Drafts::Trouble {
                reason: "Clara is shutting down".to_owned(),
                retry_after: None,
            }),
            Err(Hurdle::Journal(end)) => return end,
            Err(Hurdle::Budget(exhausted)) => Drafts::Trouble {
                retry_after: Some(self.until(exhausted.until)),
                reason: exhausted.to_string(),
            },
        };
        let command = Command::RecordDrafts {
            tweet,
            round,
            drafts,
        };
        self.record(command).await
    }

    /// What the client's notes say about a brief. Where vectors are made for it, that is a call that is billed.
    async fn look_up(&self, request: &GenerationRequest) -> Result<Vec<Passage>, Hurdle> {
        let (client, library) = (&self.client, &self.tools.library);
        let search = library.search(&client.id, &client.knowledge, &request.brief);
        let bytes = || library.at_most(&client.id, &client.knowledge, &request.brief);
        let Some(model) = library.model() else {
            return Ok(search.await.passages);
        };
        if bytes().await == 0 {
            return Ok(search.await.passages);
        }
        // A call that only waits for its turn has not left: it is not recorded before.
        let Some(_permit) = self.permit(Service::Model, Class::Write).await else {
            return Err(Hurdle::Journal(End::Failed { retry_after: None }));
        };
        // Meanwhile another tweet may have had them made.
        let tokens = bytes().await;
        if tokens == 0 {
            return Ok(search.await.passages);
        }
        let at_most = vec![Item::Embedding {
            model: model.to_owned(),
            tokens,
        }];
        let meter = Meter::default();
        let noted = async {
            let findings = search.await;
            note(&meter, &findings.taken);
            findings
        };
        let findings = self
            .metered(Some(request.tweet), at_most, &meter, noted)
            .await?;
        if let Some(trouble) = findings.trouble {
            info!(client = %client.id, trouble, "notes were not searched by meaning");
        }
        Ok(findings.passages)
    }
}

fn note(meter: &Meter, taken: &[Taken]) {
    for call in taken {
        match call {
            Taken::Tokens { model, tokens } => meter.item(Item::Embedding {
                model: model.clone(),
                tokens: *tokens,
            }),
            Taken::Perhaps { .. } => meter.lost(),
        }
    }
}

/// The notes that passages are from, each once.
fn titles(passages: &[Passage]) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for passage in passages {
        if !titles.contains(&passage.title) {
            titles.push(passage.title.clone());
        }
    }
    titles
}

fn shown(passage: Passage) -> prompt::Passage {
    prompt::Passage {
        title: passage.title,
        text: passage.text,
    }
}
