//! Every key of the configuration: what it takes, what it is when left out, what it means.
//!
//! `docs/configuring.md` and the hints in error messages are made from these lists; a test holds them against the types
//! that are really read.

use std::fmt::Write;

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// In dotted form; `*` stands for any name.
    pub name: &'static str,
    /// What it takes, as the end of a sentence that begins with "expected".
    pub expected: &'static str,
    /// Its value when it is left out, as TOML; `required`, or `none`.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

const fn key(
    name: &'static str,
    expected: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Key {
    Key {
        name,
        expected,
        default,
        meaning,
    }
}

const PATH: &str = "a path in quotes, relative to this file or absolute";
const ID: &str = "a Discord id in quotes, such as \"1180000000000000001\"";
const ROLES: &str = "a list of Discord role ids in quotes";
const PEOPLE: &str = "a list of Discord user ids in quotes";
const URL: &str = "a URL in quotes, such as \"https://api.example.com\"";
const TIME: &str = "a duration in quotes, such as \"30s\" or \"2h 30m\"";
const QUOTA: &str = "a table such as { calls = 90, per = \"15m\" }";
const COUNT: &str = "a whole number, 1 or more";
const PRICES: &str = "a table such as { input = 400000, cached_input = 100000, output = 1600000 } in micro-dollars for a million tokens (1000000 is one dollar), or a list of such tables with `from`";
const VECTORS: &str = "a table such as { input = 20000 } in micro-dollars for a million tokens, or a list of such tables with `from`";
const MODERATION: &str =
    "a table such as { text = 0 } in micro-dollars, or a list of such tables with `from`";
const X_PRICES: &str = "a table of create, create_with_link, delete, post_read and user_read in micro-dollars, or a list of such tables with `from`";
const DOLLARS: &str = "an amount of dollars in quotes, with at most six decimals, such as \"5.00\"";
const NAME: &str = "a model's name in quotes";
const TEXT: &str = "text in quotes";
const TEXTS: &str = "a list of texts in quotes";

/// The keys of the main file.
#[rustfmt::skip]
pub static MAIN: &[Key] = &[
    key("data_dir", PATH, "\"data\"", "Where the journal and the refreshed credentials live. Back it up; one process at a time may use it. `--data-dir` and `CLARA_DATA_DIR` go before it."),
    key("clients_dir", PATH, "\"clients\"", "Where the clients' files are: one for each client, `<client id>.toml`."),
    key("discord.application_id", ID, "required", "The application whose bot Clara is."),
    key("discord.guild_id", ID, "required", "The server (guild) that the team works in."),
    key("discord.alert_channel", ID, "required", "The channel where alerts are shown."),
    key("discord.api_base", URL, "none", "Another place than Discord's own, without `/api/v10`. Only for the sandbox and for tests."),
    key("team.manage.roles", ROLES, "[]", "Who may add clients, change, pause and resume them. All of `team` holds for every client whose file has no `access`."),
    key("team.manage.people", PEOPLE, "[]", "The same, by person."),
    key("team.write.roles", ROLES, "[]", "Who may plan, generate, edit, reschedule and cancel."),
    key("team.write.people", PEOPLE, "[]", "The same, by person."),
    key("team.approve.roles", ROLES, "[]", "Who may approve and reject, and answer the questions that decide what goes out."),
    key("team.approve.people", PEOPLE, "[]", "The same, by person."),
    key("team.override.roles", ROLES, "[]", "Who may let a text through that did not pass validation, with a reason."),
    key("team.override.people", PEOPLE, "[]", "The same, by person."),
    key("openai.base_url", URL, "\"https://api.openai.com/v1\"", "The service that writes, up to and with `/v1`. Any compatible server: llama.cpp, Ollama, vLLM."),
    key("openai.models", "a model's name in quotes, or a list of them such as [\"gpt-4.1-mini\", \"gpt-4.1-nano\"]", "[\"gpt-4.1-mini\"]", "The models, by the service's names for them: each is asked where those before it decline, are throttled, do not exist or answer nothing usable. None is asked twice once it may have been paid. A single one may also be written `model = \"gpt-4.1-mini\"`."),
    key("openai.after_silence", "\"next_model\" or \"later\"", "\"next_model\"", "What is done when nobody knows whether a model has answered (time-out, broken connection, 5xx): its answer may be billed. `later` asks no other model and tries again after a while."),
    key("openai.temperature", "a number from 0 to 2", "none", "How far the models may stray. Some models take none."),
    key("openai.timeout", TIME, "\"1m\"", "How long any answer may take at least."),
    key("openai.tokens_per_second", COUNT, "20", "How fast the models write at the slowest: an answer of many tokens is waited for as long as this takes, if that is more than `timeout`; never longer than 580 seconds."),
    key("openai.thinking_tokens", "a whole number", "0", "Tokens that an answer may have beyond what its texts need (about 200 a text): for models that think before they write."),
    key("openai.token_limit_field", "\"max_completion_tokens\" or \"max_tokens\"", "\"max_completion_tokens\"", "The field of the request that limits an answer's tokens; some compatible servers only know `max_tokens`."),
    key("openai.strict_schema", "true or false", "true", "Whether the service holds the model to the JSON schema of its answer. `false` only asks for it: for servers that cannot."),
    key("prompts.dir", PATH, "\"prompts\"", "Where the versions of the prompt are: `<version>/system.j2` and `<version>/user.j2`, and perhaps `<version>/judge.j2`. [prompts.md](prompts.md) says what they may use."),
    key("prompts.version", TEXT, "\"v1\"", "The version for every client that names none. `v1` is built in; one of that name in `dir` goes before it."),
    key("prompts.variants.*", "a whole number: a weight", "none", "Versions that are compared, such as { v1 = 50, v2 = 50 }: each tweet of a client that names no version gets one of them by lot, for good."),
    key("knowledge.embedding_model", NAME, "none", "The model that makes vectors of notes, such as `text-embedding-3-small`: with it they are searched by meaning too, without it by words alone ([knowledge.md](knowledge.md)). It needs a price, as the others do."),
    key("knowledge.base_url", URL, "none", "The service that makes the vectors, up to and with `/v1`, where it is not `openai.base_url`. Its key is `CLARA_EMBEDDING_API_KEY`."),
    key("knowledge.dimensions", COUNT, "none", "How many numbers a vector has. Only some models can shorten theirs; a change makes all vectors anew."),
    key("knowledge.likeness", "a number from 0 to 1", "0.3", "Passages less like the brief than this (the cosine of their vectors) do not fit by meaning. It depends on the model."),
    key("moderation.model", NAME, "none", "The model that judges texts, such as `omni-moderation-latest`; without it nobody does ([rules.md](rules.md))."),
    key("moderation.base_url", URL, "none", "The service that judges, up to and with `/v1`, where it is not `openai.base_url`. Its key is `CLARA_MODERATION_API_KEY`. Few compatible services can."),
    key("moderation.when_down", "\"hold\" or \"warn\"", "\"hold\"", "What becomes of a text while nobody can judge it: it waits, or it goes on to people with a warning."),
    key("x.api_base", URL, "\"https://api.x.com\"", "X's API, without `/2`."),
    key("x.client_id", TEXT, "none", "The OAuth 2.0 client id of the X app. Without it access tokens cannot be refreshed, and they live two hours."),
    key("x.authorize_url", URL, "\"https://x.com/i/oauth2/authorize\"", "The page where an account's owner lets the app in; `clara sign-in` prints it."),
    key("x.redirect_url", URL, "\"http://127.0.0.1:8793/callback\"", "Where that page sends the browser afterwards: one of the callback URLs of the X app, letter by letter. On loopback `clara sign-in` listens there."),
    key("x.vocabulary", "\"tweet\" or \"post\"", "\"tweet\"", "Which names of parameters X takes: `tweet.fields`, or `post.fields` as in its specification 2.167."),
    key("x.timeout", TIME, "\"30s\"", "How long one call may take. A post whose answer has not come by then is looked for in the timeline, never sent again."),
    key("prices.unknown_models", "\"refuse\" or \"count_as_unknown\"", "\"refuse\"", "What is done about a model that has no price: Clara does not start, or its costs are shown as unknown, never as nothing."),
    key("prices.models.*", PRICES, "{ input = 400000, cached_input = 100000, output = 1600000 } for gpt-4.1-mini", "What a language model's questions, the cached part of them, and its answers cost. The name also covers its dated versions. A list of such tables with `from = \"2026-04-20\"` has the price of each UTC day."),
    key("prices.embeddings.*", VECTORS, "{ input = 20000 } for text-embedding-3-small", "What a model that makes vectors costs. A list with `from`, as above."),
    key("prices.moderation", MODERATION, "{ text = 0 }", "What the moderation endpoint costs for each text. A list with `from`, as above."),
    key("prices.x", X_PRICES, "{ create = 15000, create_with_link = 200000, delete = 10000, post_read = 5000, user_read = 10000 }", "What X bills for each request that succeeded; the same post or account read again on a UTC day is free. A list with `from`, as above."),
    key("budgets.day", DOLLARS, "none", "The most that all clients together may spend in a UTC day. [costs.md](costs.md) says what stops."),
    key("budgets.month", DOLLARS, "none", "The same in a UTC month."),
    key("budgets.each_client.day", DOLLARS, "none", "The most that each client may spend in a UTC day, unless it has a budget of its own."),
    key("budgets.each_client.month", DOLLARS, "none", "The same in a UTC month."),
    key("budgets.clients.*.day", DOLLARS, "none", "One client's own budget, by its id. If a client has any, nothing of `each_client` holds for it."),
    key("budgets.clients.*.month", DOLLARS, "none", "The same in a UTC month."),
    key("budgets.stop", "true or false", "true", "Whether writing stops where a budget has no room. `false` only tells people."),
    key("budgets.stop_posting", "true or false", "false", "Whether posting stops as well. Then approved tweets miss their time, and people are asked about each."),
    key("limits.x.app", QUOTA, "{ calls = 9000, per = \"1day\" }", "Calls of X in all. X allows 10,000 posts a day."),
    key("limits.x.client", QUOTA, "{ calls = 90, per = \"15m\" }", "Calls of X for each client. X allows 100 posts in 15 minutes."),
    key("limits.x.at_once", COUNT, "8", "Calls of X at the same time."),
    key("limits.model.app", QUOTA, "{ calls = 500, per = \"1m\" }", "Questions to the model in all."),
    key("limits.model.client", QUOTA, "{ calls = 1, per = \"1s\" }", "Questions to the model for each client."),
    key("limits.model.at_once", COUNT, "4", "Questions to the model at the same time."),
    key("ops.listen", "an address and port in quotes, such as \"127.0.0.1:9090\"", "\"127.0.0.1:9090\"", "Where `/healthz`, `/readyz` and `/metrics` are served. They ask for no password: keep it on loopback or a private network."),
    key("log.format", "\"human\" or \"json\"", "\"human\"", "For eyes or for machines; always to standard error."),
    key("log.filter", "a filter such as \"info\" or \"info,clara=debug\"", "\"info,serenity=error\"", "What is logged; `RUST_LOG` goes before it."),
];

/// The keys of a client's file.
#[rustfmt::skip]
pub static CLIENT: &[Key] = &[
    key("name", TEXT, "required", "The name that people know the client by."),
    key("handle", "an X handle in quotes, without the @", "required", "The X account. Nothing is sent unless the credentials belong to it."),
    key("time_zone", "an IANA time zone in quotes, such as \"Europe/Oslo\"", "required", "The zone of its slots, and of the times that people type."),
    key("approval_channel", ID, "required", "The channel where its cards are shown."),
    key("access.manage.roles", ROLES, "[]", "Who may change, pause and resume this client. If a file has any of `access`, nothing of `team` holds for it."),
    key("access.manage.people", PEOPLE, "[]", "The same, by person."),
    key("access.write.roles", ROLES, "[]", "Who may plan, generate, edit, reschedule and cancel."),
    key("access.write.people", PEOPLE, "[]", "The same, by person."),
    key("access.approve.roles", ROLES, "[]", "Who may approve and reject."),
    key("access.approve.people", PEOPLE, "[]", "The same, by person."),
    key("access.override.roles", ROLES, "[]", "Who may let a text through that did not pass validation, with a reason."),
    key("access.override.people", PEOPLE, "[]", "The same, by person."),
    key("approval.needed", "a whole number from 1 to 5", "1", "How many different people must approve a text."),
    key("approval.author_counts", "true or false", "true", "Whether a person who wrote or edited the text counts among them."),
    key("schedule.slots", "a list of weekly slots in quotes, such as [\"weekdays 09:00\", \"sat 11:30\"]", "[]", "When it posts, in its zone. Without slots every tweet needs a time of its own."),
    key("schedule.quiet", "a list of hours in quotes, such as [\"22:00-07:00\"]", "[]", "When it posts nothing."),
    key("schedule.min_gap", TIME, "\"30m\"", "The least time between two of its tweets."),
    key("schedule.grace", TIME, "\"15m\"", "How late a tweet may still go out without a person being asked."),
    key("schedule.lead", TIME, "\"1day\"", "How long before its time a planned tweet is written."),
    key("voice.persona", TEXT, "\"\"", "Who speaks, to whom, in which tone. It goes into the prompt as it is."),
    key("voice.do", TEXTS, "[]", "What a text of this client does: one rule each."),
    key("voice.dont", TEXTS, "[]", "What it never does."),
    key("voice.examples", TEXTS, "[]", "Tweets that sound right."),
    key("voice.topics", TEXTS, "[]", "What the client talks about."),
    key("voice.languages", "a list of language tags in quotes, such as [\"en\", \"nb\"]", "[]", "The languages it writes in, the usual one first."),
    key("voice.hashtags.max", "a whole number from 0 to 255", "none", "The most hashtags in one tweet, told to the model."),
    key("voice.hashtags.preferred", TEXTS, "[]", "Hashtags that it likes to use."),
    key("voice.emoji", "\"none\", \"sparing\" or \"free\"", "none", "How it uses emoji; nothing is said to the model where it is left out."),
    key("voice.links", TEXTS, "[]", "Links that it may use: URLs or domains, told to the model."),
    key("voice.forbidden_claims", TEXTS, "[]", "What it must never claim, in words, told to the model."),
    key("generation.candidates", "a whole number from 1 to 5", "3", "How many texts are asked for at once."),
    key("generation.rounds", "a whole number from 1 to 10", "3", "How often the model may try before a person is asked."),
    key("generation.per_day", "a whole number from 1 to 10000", "50", "How often the model is asked for texts in 24 hours at most; briefs beyond that wait."),
    key("generation.judge_voice", "true or false", "false", "Whether a model is asked if each text sounds like the client, before people are. Costs a short question for each text."),
    key("generation.prompt", TEXT, "none", "The version of the prompt for this client; without it `prompts` of the main file says."),
    key("rules.blocked_words", "a list of words in quotes", "[]", "Words and phrases that its texts must not say, inflected or in look-alike letters either. [rules.md](rules.md) says what each rule looks for."),
    key("rules.disclosures", "a list of tables such as { any_of = [\"#ad\"], when = \"sponsor\" }", "[]", "What has to be said: always, or where the pattern `when` matches."),
    key("rules.forbidden_claims", "a list of patterns in quotes (regular expressions, in any case)", "[]", "What its texts must not claim."),
    key("rules.rivals", "a list of names in quotes", "[]", "Whom its texts must not mention."),
    key("rules.min_words", "a whole number from 0 to 255", "4", "The fewest words of a text; of a thread, for each part on average. An error where a model wrote it, a warning where a person did."),
    key("rules.max_mentions", "a whole number from 0 to 255", "5", "The most accounts that a post may mention."),
    key("rules.max_hashtags", "a whole number from 0 to 255", "5", "The most hashtags that a post may have."),
    key("rules.banned_mentions", "a list of handles in quotes", "[]", "Accounts that must not be mentioned."),
    key("rules.banned_hashtags", "a list of hashtags in quotes", "[]", "Hashtags that must not be used."),
    key("rules.link_domains", "a list of domains in quotes", "[]", "Where links may lead, subdomains included; anywhere if none is named."),
    key("rules.shorteners", "a list of domains in quotes", "[]", "Link shorteners that may be used."),
    key("rules.allowed_words", "a list of words in quotes", "[]", "What is no profanity for this client, such as a name."),
    key("rules.contacts", "a list of e-mail addresses and telephone numbers in quotes", "[]", "What its texts may give."),
    key("rules.severity", "a table such as { profanity = \"warning\", links = \"off\" }", "{}", "What rules are worth, where not as usual: \"error\", \"warning\" or \"off\"."),
];

/// What a key takes, by its dotted path as written in a file.
pub fn expected(path: &str) -> Option<&'static str> {
    let path = generic(path);
    let keys = MAIN.iter().chain(CLIENT);
    let known = keys.clone().find(|key| key.name == path);
    known.map(|key| key.expected).or_else(|| {
        let table = format!("{path}.");
        let is_table = keys.into_iter().any(|key| key.name.starts_with(&table));
        is_table.then_some("a table of keys")
    })
}

/// The path as the lists have it: no indexes, and `*` for a name that people choose.
fn generic(path: &str) -> String {
    let path = path.split('[').next().unwrap_or_default();
    // A price is one value, whatever is in it; and a model's name may have dots in it.
    for table in ["prices.models", "prices.embeddings"] {
        if path
            .strip_prefix(table)
            .is_some_and(|rest| rest.starts_with('.'))
        {
            return format!("{table}.*");
        }
    }
    for price in ["prices.moderation", "prices.x"] {
        if path
            .strip_prefix(price)
            .is_some_and(|rest| rest.starts_with('.'))
        {
            return price.to_owned();
        }
    }
    // A quota is one value, too.
    if path.starts_with("limits.") {
        let of = path.strip_suffix(".calls").or(path.strip_suffix(".per"));
        return of.unwrap_or(path).to_owned();
    }
    if path == "openai.model" {
        return "openai.models".to_owned();
    }
    if path.starts_with("prompts.variants.") {
        return "prompts.variants.*".to_owned();
    }
    match path
        .strip_prefix("budgets.clients.")
        .map(|rest| rest.split_once('.'))
    {
        Some(Some((_, key))) => format!("budgets.clients.*.{key}"),
        Some(None) | None => path.to_owned(),
    }
}

/// A list of keys as a table in Markdown.
pub fn table(keys: &[Key]) -> String {
    let mut text = String::from("| Key | Takes | When left out | Meaning |\n|---|---|---|---|\n");
    for key in keys {
        let default = match key.default {
            "required" => "**required**".to_owned(),
            "none" => "nothing".to_owned(),
            value => format!("`{value}`"),
        };
        let Key {
            name,
            expected,
            meaning,
            ..
        } = key;
        writeln!(text, "| `{name}` | {expected} | {default} | {meaning} |")
            .expect("writing to a String cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_path_in_a_file() {
        assert_eq!(
            expected("ops.listen"),
            Some(
                MAIN.iter()
                    .find(|key| key.name == "ops.listen")
                    .map_or("", |key| key.expected)
            )
        );
        assert_eq!(expected("prices.models.gpt-4.1-mini.input"), Some(PRICES));
        assert_eq!(expected("prices.x.create"), Some(X_PRICES));
        assert_eq!(expected("limits.model.client.per"), Some(QUOTA));
        assert_eq!(expected("budgets.clients.harbour.day"), Some(DOLLARS));
        assert_eq!(expected("budgets.clients"), Some("a table of keys"));
        assert_eq!(expected("team.manage.roles[2]"), Some(ROLES));
        assert_eq!(expected("discord"), Some("a table of keys"));
        assert_eq!(expected("nonsense"), None);
    }
}
