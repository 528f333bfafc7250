//! `clara prompt show`: what would be sent to the model for a brief, letter by letter. Nothing is sent, and no data
//! directory is read: what Clara knows besides, and has said before, is not in it.

use std::fmt::Write;

use clara_actors::ports::Clock;
use clara_actors::ports::model::ChatRequest;
use clara_actors::prompt::{Material, PromptError, Question, Squeeze, estimate};
use clara_adapters::clock::SystemClock;
use clara_domain::effect::{CheckRequest, GenerationRequest};
use clara_domain::ids::{RevisionNo, TweetId};
use clara_domain::metering::utc_day;
use clara_domain::pricing::Price;

use super::{Exit, PromptShowArgs, complain, load, say};
use crate::config::{Config, nearest};

pub(super) fn show(args: &PromptShowArgs) -> Exit {
    let config = match load(&args.config, None) {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems.to_string());
            return Exit::Usage;
        }
    };
    let Some(settings) = config.clients.get(&args.client) else {
        complain(&no_client(args, &config));
        return Exit::Usage;
    };
    let brief = (args.brief.as_str(), args.segments);
    let mut request =
        GenerationRequest::of_brief((&args.client, settings), TweetId(uuid::Uuid::nil()), brief);
    // A tweet draws its variant by its id, and there is no tweet here: without a wish the usual version is shown.
    let usual = || config.prompts.version.clone();
    request.prompt = Some(
        args.variant
            .clone()
            .or(request.prompt)
            .unwrap_or_else(usual),
    );
    let shown = match args.judge {
        true => judged(&config, request),
        false => shown(&config, &request),
    };
    match shown {
        Ok(text) => {
            say(&text);
            Exit::Fine
        }
        Err(error) => {
            complain(&format!("{error}"));
            Exit::Usage
        }
    }
}

fn no_client(args: &PromptShowArgs, config: &Config) -> String {
    let known: Vec<String> = config.clients.keys().map(ToString::to_string).collect();
    let hint = match nearest(args.client.as_str(), &known) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("Clients with files: {}.", known.join(", ")),
    };
    format!(
        "There is no file of a client {} in {}. {hint}",
        args.client,
        config.clients_dir.display()
    )
}

fn shown(config: &Config, request: &GenerationRequest) -> Result<String, PromptError> {
    let templates = config.prompts.templates()?;
    let question = templates.question(request, Material::default())?;
    let whole = question.at(Squeeze::WHOLE)?;
    let asked = config.openai.chain_options().first(whole.clone());
    let head = head(config, &question, &asked);
    Ok(letter(config, head, &whole, &asked))
}

/// What a model would be asked about a text, which stands for the brief.
fn judged(config: &Config, request: GenerationRequest) -> Result<String, PromptError> {
    let version = request.prompt.clone().unwrap_or_default();
    let whole = config.prompts.templates()?.judge(&CheckRequest {
        tweet: request.tweet,
        revision: RevisionNo(1),
        client_name: request.client_name,
        voice: request.voice,
        prompt: request.prompt,
        texts: vec![request.brief],
        moderation: false,
        brand_voice: true,
    })?;
    let head = format!("The judge of prompt {version}.\n");
    let asked = config.openai.chain_options().first(whole.clone());
    Ok(letter(config, head, &whole, &asked))
}

/// A question letter by letter: `whole`, and as it is `asked` of the first model.
fn letter(config: &Config, head: String, whole: &ChatRequest, asked: &ChatRequest) -> String {
    let schema = serde_json::to_string_pretty(&asked.schema).unwrap_or_default();
    let mut text = head;
    for (name, part) in [
        ("system", asked.system.as_str()),
        ("user", asked.user.as_str()),
        ("schema", &schema),
    ] {
        write!(text, "\n--- {name}\n{}\n", part.trim_end()).expect(INFALLIBLE);
    }
    write!(
        text,
        "\n--- parameters\n{}",
        parameters(config, whole, asked)
    )
    .expect(INFALLIBLE);
    text
}

const INFALLIBLE: &str = "writing to a String cannot fail";

fn head(config: &Config, question: &Question, asked: &ChatRequest) -> String {
    let stamp = question.stamp(asked, "");
    let variants = config.prompts.variants.versions();
    let drawn: Vec<String> = variants
        .map(|(name, weight)| format!("{name} (weight {weight})"))
        .collect();
    let by_lot = if drawn.is_empty() {
        String::new()
    } else {
        format!(
            "\nTweets of clients that name no version get one by lot: {}.",
            drawn.join(", ")
        )
    };
    format!(
        "Prompt {} (templates {}), hash {}.{by_lot}\nNot in it: passages of what is known of the client, lessons, and what was said before; they are in the data directory.\n",
        stamp.version, stamp.templates, stamp.hash
    )
}

fn parameters(config: &Config, whole: &ChatRequest, asked: &ChatRequest) -> String {
    let estimate = estimate(asked);
    let temperature = match asked.temperature {
        Some(temperature) => f64::from(temperature).to_string(),
        None => "left to the model".to_owned(),
    };
    let day = utc_day(SystemClock.now());
    let prices = config.prices.list();
    let mut text = format!(
        "models: {}\ntemperature: {temperature}\nmost tokens of the answer: {}\nstrict schema: {}\n\
         tokens of the question: about {} (a token for four bytes), at most {} (a token for each byte)\n",
        config.openai.models,
        asked.max_tokens,
        config.openai.strict_schema,
        estimate.likely,
        estimate.most,
    );
    let at_most = config.openai.chain_options().at_most(whole);
    let first = at_most
        .first()
        .map_or(Price::Unknown, |item| prices.at_most(item, day));
    writeln!(text, "most that it can cost: {}", told(first)).expect(INFALLIBLE);
    if at_most.len() > 1 {
        let all = told(prices.at_most_of(&at_most, day));
        writeln!(text, "most that it can cost if every model is asked: {all}").expect(INFALLIBLE);
    }
    text.trim_end().to_owned()
}

fn told(price: Price) -> String {
    match price {
        Price::Known(amount) => amount.to_string(),
        Price::Unknown => "unknown, because a model has no price in [prices]".to_owned(),
    }
}
