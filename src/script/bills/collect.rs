//! Both sides of the accounts, read from where they are kept.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use clara_domain::ids::ClientId;
use clara_domain::metering::{Item, Ledger};
use clara_domain::pricing::{PriceList, Row, Statement};
use clara_domain::settings::ClientSettings;
use clara_sandbox::{BilledCall, Sandbox, Work};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::things::Thing;
use super::{Account, Accounts, EVERYBODY, FINE};
use crate::config::Config;

/// Every day.
const ALWAYS: RangeInclusive<Date> = Date::MIN..=Date::MAX;

/// A client, as the services know it.
struct Payer {
    id: ClientId,
    /// Its name, which the model is told.
    name: String,
    /// Its account at X.
    handle: String,
}

/// The clients of a configuration.
fn payers(config: &Config) -> Vec<Payer> {
    let payer = |(id, settings): (&ClientId, &ClientSettings)| Payer {
        id: id.clone(),
        name: settings.name.clone(),
        handle: settings.handle.to_string(),
    };
    config.clients.iter().map(payer).collect()
}

/// Puts ledgers and bills beside each other.
pub(crate) fn collect(
    sandbox: &Sandbox,
    config: &Config,
    ledgers: &BTreeMap<ClientId, Ledger>,
) -> Accounts {
    let (payers, prices) = (&payers(config), &config.prices.list());
    let mut accounts = Accounts::new();
    for payer in payers {
        accounts.entry(payer.id.to_string()).or_default();
    }
    for (id, ledger) in ledgers {
        for row in Statement::of(ledger, prices, ALWAYS).rows {
            let whose = whose(&row.item).unwrap_or(id.as_str()).to_owned();
            accounts.entry(whose).or_default().says(&row);
        }
    }
    for payer in payers {
        let account = accounts.entry(payer.id.to_string()).or_default();
        account.x_bills(sandbox.x.bill(&payer.handle));
    }
    for call in sandbox.openai.billed() {
        let whose = asked_by(&call, payers);
        let account = accounts.entry(whose).or_default();
        account.openai_bills(&call, prices);
    }
    accounts
}

/// Whose account an item is in where it is not its client's.
fn whose(item: &Item) -> Option<&'static str> {
    matches!(item, Item::Embedding { .. } | Item::Moderation { .. }).then_some(EVERYBODY)
}

/// The client whose texts a call was about. One that is nobody's is an account by itself, which no ledger has.
fn asked_by(call: &BilledCall, payers: &[Payer]) -> String {
    if call.work != Work::Chat {
        return EVERYBODY.to_owned();
    }
    let is_asker = |payer: &&Payer| call.opening == format!("You write tweets for {}.", payer.name);
    match payers.iter().find(is_asker) {
        Some(payer) => payer.id.to_string(),
        None => format!("nobody (“{}”)", call.opening),
    }
}

fn add(side: &mut BTreeMap<String, u64>, thing: Thing, count: u64) {
    if count > 0 {
        *side.entry(thing.name()).or_default() += count;
    }
}

impl Account {
    /// Takes a line of the ledger's statement.
    fn says(&mut self, row: &Row) {
        let cost = row.cost.known().unwrap_or_default().0;
        let side = if row.certain {
            self.money.certain += cost;
            self.money.lines += 1;
            &mut self.certain
        } else {
            self.money.uncertain += cost;
            self.uncertain_calls += calls(row);
            &mut self.uncertain
        };
        match &row.item {
            Item::Chat { model, tokens } => {
                add(side, Thing::Answers(model), row.calls);
                add(side, Thing::PromptTokens(model), tokens.prompt);
                add(side, Thing::AnswerTokens(model), tokens.completion);
                // The most that a call takes says nothing of parts: each can be the whole.
                let (cached, reasoning) = match row.certain {
                    true => (tokens.cached, tokens.reasoning),
                    false => (tokens.prompt, tokens.completion),
                };
                add(side, Thing::CachedTokens(model), cached);
                add(side, Thing::ReasoningTokens(model), reasoning);
            }
            Item::Embedding { model, tokens } => add(side, Thing::VectorTokens(model), *tokens),
            Item::Moderation { texts, .. } => add(side, Thing::Moderated, *texts),
            Item::Posts { count, with_link } => {
                let thing = match with_link {
                    true => Thing::PostsWithLink,
                    false => Thing::Posts,
                };
                add(side, thing, *count);
            }
            Item::PostsRead { count } => add(side, Thing::PostsRead, *count),
            Item::UsersRead { count } => add(side, Thing::AccountsRead, *count),
            Item::PostsDeleted { count } => add(side, Thing::PostsDeleted, *count),
        }
    }

    fn x_bills(&mut self, bill: clara_sandbox::x::Bill) {
        self.money.billed += bill.total_micro_dollars * FINE;
        for (charge, count) in bill.counts {
            let thing = match charge.as_str() {
                "create" => Thing::Posts,
                "create_with_url" => Thing::PostsWithLink,
                "delete" => Thing::PostsDeleted,
                "post_read" => Thing::PostsRead,
                "user_read" => Thing::AccountsRead,
                // X bills something that nobody knows of: under its own name no ledger has it.
                other => {
                    *self.billed.entry(other.to_owned()).or_default() += count;
                    continue;
                }
            };
            add(&mut self.billed, thing, count);
        }
    }

    fn openai_bills(&mut self, call: &BilledCall, prices: &PriceList) {
        let (model, took, side) = (call.model.as_str(), &call.took, &mut self.billed);
        let day = call.at.to_zoned(TimeZone::UTC).date();
        match call.work {
            Work::Chat => {
                add(side, Thing::Answers(model), 1);
                add(side, Thing::PromptTokens(model), took.prompt_tokens);
                add(side, Thing::CachedTokens(model), took.cached_tokens);
                add(side, Thing::AnswerTokens(model), took.completion_tokens);
                add(side, Thing::ReasoningTokens(model), took.reasoning_tokens);
                if let Some(price) = prices.models.get(model) {
                    // Micro-dollars for a million tokens are millionths of a micro-dollar for one.
                    let price = price.on(day);
                    self.money.billed += (took.prompt_tokens - took.cached_tokens) * price.input.0
                        + took.cached_tokens * price.cached_input.0
                        + took.completion_tokens * price.output.0;
                }
            }
            Work::Embeddings => {
                add(side, Thing::VectorTokens(model), took.prompt_tokens);
                if let Some(price) = prices.embeddings.get(model) {
                    self.money.billed += took.prompt_tokens * price.on(day).input.0;
                }
            }
            Work::Moderations => {
                add(side, Thing::Moderated, took.texts);
                self.money.billed += took.texts * prices.moderation.on(day).text.0 * FINE;
            }
        }
    }
}

/// How many calls an uncertain line stands for. Every call to X that is recorded beforehand may ask whose account it is,
/// so what else it may do is not counted again; a post is not recorded beforehand and counts for itself.
fn calls(row: &Row) -> u64 {
    match row.item {
        Item::Chat { .. }
        | Item::Embedding { .. }
        | Item::Moderation { .. }
        | Item::Posts { .. }
        | Item::UsersRead { .. } => row.calls,
        Item::PostsRead { .. } | Item::PostsDeleted { .. } => 0,
    }
}
