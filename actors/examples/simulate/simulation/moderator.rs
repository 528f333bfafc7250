//! A moderation service that flags one word, and has the model's troubles.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Moderator;
use clara_actors::ports::model::{Billed, ModelError};
use clara_actors::ports::moderation::ModerationVerdict;

use super::scenario::HARMFUL;
use super::world::{World, scripted_panic};

/// See the module.
pub(crate) struct SimModerator(pub(crate) Arc<World>);

#[derive(Debug, Clone, Copy)]
enum Trouble {
    Throttled,
    Away,
    BadRequest,
    Panic,
    Hang,
}

const TROUBLES: [Trouble; 5] = [
    Trouble::Throttled,
    Trouble::Away,
    Trouble::BadRequest,
    Trouble::Panic,
    Trouble::Hang,
];

#[async_trait]
impl Moderator for SimModerator {
    async fn moderate(&self, texts: &[String]) -> Result<Vec<ModerationVerdict>, ModelError> {
        let world = &self.0;
        world.enter("before it asks the moderation service").await;
        world.dawdle(Duration::from_secs(700), None).await;
        let trouble = world
            .strikes(world.weather().model, None)
            .then(|| world.dice().pick(&TROUBLES));
        world
            .enter("while the moderation service looks at a text")
            .await;
        if let Some(trouble) = trouble {
            world.note("moderation", || format!("{trouble:?}"));
        }
        let reason = "so the dice said".to_owned();
        match trouble {
            Some(Trouble::Throttled) => Err(ModelError::Throttled {
                reason,
                retry_after: Some(Duration::from_secs(world.dice().roll(120))),
            }),
            Some(Trouble::Away) => Err(ModelError::Unavailable {
                reason,
                billed: Billed::Perhaps,
            }),
            Some(Trouble::BadRequest) => Err(ModelError::NotEntitled { reason }),
            Some(Trouble::Panic) => scripted_panic("the moderation service"),
            Some(Trouble::Hang) => std::future::pending().await,
            None => Ok(texts.iter().map(|text| judged(text)).collect()),
        }
    }

    fn model(&self) -> &str {
        "moderator"
    }
}

fn judged(text: &str) -> ModerationVerdict {
    let flagged = text.contains(HARMFUL);
    ModerationVerdict {
        flagged,
        categories: flagged.then(|| "violence".to_owned()).into_iter().collect(),
    }
}
