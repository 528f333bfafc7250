//! The team at work: typing commands, clicking buttons, filling in forms, as Discord lets them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clara_sandbox::discord::{Discord, InteractionId, InteractionView, MessageId};

/// How long a person waits for an answer before calling it broken.
const PATIENCE: Duration = Duration::from_secs(30);
/// The latest that a person is to see that something happens.
pub(super) const PROMPT: Duration = Duration::from_secs(1);

/// Types a command and waits for its answer.
pub(super) async fn types(
    discord: &Discord,
    who: &str,
    channel: &str,
    line: &str,
) -> anyhow::Result<InteractionView> {
    let id = discord
        .command(who, channel, line)
        .await
        .with_context(|| format!("{who} could not type `{line}`"))?;
    answer(discord, id, &format!("`{line}`")).await
}

/// Clicks the button of an action on a card and waits for what comes of it.
pub(super) async fn clicks(
    discord: &Discord,
    who: &str,
    card: &str,
    action: &str,
) -> anyhow::Result<InteractionView> {
    let message: MessageId = card.parse().context("a card has a message id")?;
    let view = discord
        .message(message)
        .with_context(|| format!("the card {card} is gone"))?;
    let wanted = format!("c2:{action}:");
    let button = view
        .buttons()
        .into_iter()
        .find(|b| b.custom_id.starts_with(&wanted));
    let Some(button) = button else {
        let labels: Vec<String> = view.buttons().into_iter().map(|b| b.label).collect();
        bail!(
            "the card has no button to {action}; it has: {}",
            labels.join(", ")
        );
    };
    let id = discord
        .click(who, message, &button.custom_id)
        .await
        .with_context(|| format!("{who} could not click {}", button.label))?;
    answer(discord, id, &format!("a click on {}", button.label)).await
}

/// Clicks a button that asks for words, and gives them.
pub(super) async fn fills_in(
    discord: &Discord,
    who: &str,
    card: &str,
    action: &str,
    words: &str,
) -> anyhow::Result<InteractionView> {
    let opened = clicks(discord, who, card, action).await?;
    let modal = opened
        .modal
        .with_context(|| format!("the button to {action} opened no form"))?;
    let field = modal["components"][0]["components"][0]["custom_id"]
        .as_str()
        .with_context(|| format!("the form to {action} has no field"))?;
    let values = BTreeMap::from([(field.to_owned(), words.to_owned())]);
    let id = discord.submit_modal(who, opened.id, &values).await?;
    answer(discord, id, &format!("the form to {action}")).await
}

async fn answer(
    discord: &Discord,
    id: InteractionId,
    what: &str,
) -> anyhow::Result<InteractionView> {
    let view = discord
        .wait_interaction(id, PATIENCE)
        .await
        .with_context(|| format!("{what} is unknown to Discord"))?;
    if let Some(failed) = view.failed {
        bail!("{what} was not answered: {failed}");
    }
    ensure!(view.done, "{what} was acknowledged and never answered");
    Ok(view)
}
