//! The configuration of a Clara in a pretended world: what `clara run` reads, and the variables that it needs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use clara_sandbox::World;
use clara_sandbox::world::XAccount;

use super::Place;

/// A pretended world, and the clients that Clara has in it.
#[derive(Debug, Clone)]
pub(crate) struct Agency {
    /// What exists at the start.
    pub(crate) world: World,
    /// The clients.
    pub(crate) clients: Vec<ClientFile>,
    /// More lines of `clara.toml`, by their section.
    pub(crate) more: BTreeMap<&'static str, String>,
}

/// A client's file.
#[derive(Debug, Clone)]
pub(crate) struct ClientFile {
    /// Its name: the client's id.
    pub(crate) id: String,
    /// The X account whose tokens are the client's.
    pub(crate) handle: String,
    /// What it says.
    pub(crate) text: String,
}

impl Agency {
    /// The agency that a newcomer finds.
    pub(crate) fn built_in() -> anyhow::Result<Self> {
        Self::declared(BTreeMap::new(), false)
    }

    fn declared(more: BTreeMap<&'static str, String>, may_link: bool) -> anyhow::Result<Self> {
        let world = World::agency();
        let file = |client: &Declared| {
            let domain = (may_link && client.has_site).then(|| domain(client.handle));
            Ok(ClientFile {
                id: client.id.to_owned(),
                handle: client.handle.to_owned(),
                text: declaration(&world, client, domain.as_deref())?,
            })
        };
        let clients = CLIENTS.iter().map(file).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            world,
            clients,
            more,
        })
    }

    /// The same with everything switched on that is billed: notes are searched by meaning, texts are moderated, and a
    /// client has a place on the web to link to.
    pub(crate) fn with_everything() -> anyhow::Result<Self> {
        Self::declared(everything(), true)
    }

    fn account(&self, client: &ClientFile) -> Option<&XAccount> {
        let mut accounts = self.world.x.accounts.iter();
        accounts.find(|account| account.handle == client.handle)
    }
}

/// Lines of `clara.toml` that switch on what is billed beside writing and posting.
pub(crate) fn everything() -> BTreeMap<&'static str, String> {
    let lines = [
        (
            "knowledge",
            "embedding_model = \"text-embedding-3-small\"\n",
        ),
        ("moderation", "model = \"omni-moderation-latest\"\n"),
        // It is free in life. Here it has a price, so that it is on the bill.
        ("prices", "moderation = { text = 150 }\n"),
    ];
    lines
        .map(|(section, line)| (section, line.to_owned()))
        .into()
}

/// Where an account's owner is on the web.
pub(crate) fn domain(handle: &str) -> String {
    format!("{handle}.example.com")
}

/// A client of the agency as far as it is not in the world: its account, its zone, its slots, its voice.
struct Declared {
    id: &'static str,
    handle: &'static str,
    zone: &'static str,
    slots: &'static str,
    persona: &'static str,
    /// Whether it has a place on the web to link to, where links are wanted.
    has_site: bool,
}

#[rustfmt::skip]
const CLIENTS: [Declared; 3] = [
    Declared { id: "harbour", handle: "harbourcoffee", zone: "America/New_York", slots: r#"["weekdays 08:30", "weekdays 15:00", "sat 10:00"]"#,
        persona: "A small coffee roastery by the harbour. Warm, plain, a little dry. Never shouts, never sells hard.", has_site: false },
    Declared { id: "fjord", handle: "fjordbikes", zone: "Europe/Oslo", slots: r#"["daily 07:45", "weekdays 16:30"]"#,
        persona: "A bicycle workshop on a steep street. Practical, cheerful, knows every bolt.", has_site: true },
    Declared { id: "koyo", handle: "koyotea", zone: "Asia/Tokyo", slots: r#"["daily 09:00", "daily 18:00"]"#,
        persona: "A tea house in its fourth generation. Calm and precise; one image, one thought.", has_site: false },
];

/// Writes `clara.toml` and `clara.env`, and the clients' files that are not there yet.
pub(super) fn write(agency: &Agency, url: &str, place: &Place) -> anyhow::Result<()> {
    put(&place.config(), &main(agency, url))?;
    put(&place.environment(), &exports(agency))?;
    let directory = place.clients();
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    for client in &agency.clients {
        let file = directory.join(format!("{}.toml", client.id));
        if !file.exists() {
            put(&file, &client.text)?;
        }
    }
    Ok(())
}

fn put(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// The variables with the world's pretended tokens.
pub(crate) fn environment(agency: &Agency) -> BTreeMap<String, String> {
    let world = &agency.world;
    let mut variables = BTreeMap::from([
        (
            "CLARA_DISCORD_TOKEN".to_owned(),
            world.discord.bot_token.clone(),
        ),
        (
            "CLARA_OPENAI_API_KEY".to_owned(),
            world.openai.api_key.clone(),
        ),
        (
            "CLARA_X_CLIENT_SECRET".to_owned(),
            world.x.client_secret.clone(),
        ),
    ]);
    for client in &agency.clients {
        if let Some(account) = agency.account(client) {
            let name = client.id.to_ascii_uppercase().replace('-', "_");
            variables.insert(
                format!("CLARA_X_{name}_ACCESS_TOKEN"),
                account.access_token.clone(),
            );
            if let Some(token) = &account.refresh_token {
                variables.insert(format!("CLARA_X_{name}_REFRESH_TOKEN"), token.clone());
            }
        }
    }
    variables
}

fn exports(agency: &Agency) -> String {
    let mut text = String::from(
        "# The pretended world's tokens; they open nothing. Written by `clara sandbox` at each start.\n",
    );
    for (name, value) in environment(agency) {
        writeln!(text, "export {name}='{value}'").expect("writing to a String cannot fail");
    }
    text
}

fn main(agency: &Agency, url: &str) -> String {
    let (world, discord) = (&agency.world, &agency.world.discord);
    let more = |section: &str| agency.more.get(section).map_or("", String::as_str);
    let section = |name: &str| match agency.more.get(name) {
        Some(lines) => format!("\n[{name}]\n{lines}"),
        None => String::new(),
    };
    let role = |name: &str| {
        id_of(
            discord
                .roles
                .iter()
                .map(|role| (role.name.as_str(), role.id)),
            name,
        )
    };
    let alerts = id_of(
        discord
            .channels
            .iter()
            .map(|channel| (channel.name.as_str(), channel.id)),
        "alerts",
    );
    format!(
        r#"# Clara in the sandbox's pretended world. Written by `clara sandbox` at each start; your changes here would be lost.
data_dir = "data"
clients_dir = "clients"

[discord]
application_id = "{application}"
guild_id = "{guild}"
alert_channel = "{alerts}"
api_base = "{url}"

[team]
manage.roles = ["{manager}"]
write.roles = ["{manager}", "{editor}"]
approve.roles = ["{approver}"]
override.roles = ["{manager}"]

[openai]
base_url = "{url}/openai/v1"
model = "sandbox-writer"
{more_openai}
[prices]
models."sandbox-writer" = {{ input = 400000, cached_input = 100000, output = 1600000 }}
{more_prices}
[x]
api_base = "{url}/x"
client_id = "{x_client}"
authorize_url = "{url}/x/i/oauth2/authorize"
{more_x}
[limits]
{more_limits}
[ops]
# Any free port; it is printed at the start.
listen = "127.0.0.1:0"

[log]
filter = "info,serenity=error"
{companions}"#,
        application = discord.application_id,
        guild = discord.guild_id,
        manager = role("manager"),
        editor = role("editor"),
        approver = role("approver"),
        x_client = world.x.client_id,
        more_openai = more("openai"),
        more_x = more("x"),
        more_limits = more("limits"),
        more_prices = more("prices"),
        companions = ["knowledge", "moderation"].map(section).concat(),
    )
}

fn declaration(world: &World, client: &Declared, domain: Option<&str>) -> anyhow::Result<String> {
    let account = account(world, client)
        .with_context(|| format!("the world has no account @{}", client.handle))?;
    let channels = world
        .discord
        .channels
        .iter()
        .map(|channel| (channel.name.as_str(), channel.id));
    let channel = id_of(channels, &format!("{}-approvals", client.id));
    let Declared {
        zone,
        slots,
        persona,
        ..
    } = client;
    let XAccount { name, handle, .. } = account;
    let line = |key: &str, text: String| format!("{key} = [\"{text}\"]\n");
    let links = domain.map(|domain| line("links", format!("https://{domain}")));
    let domains = domain.map(|domain| line("link_domains", domain.to_owned()));
    let (links, domains) = (links.unwrap_or_default(), domains.unwrap_or_default());
    Ok(format!(
        r#"# A client of the pretended agency. Change it as you like; it is written only when it is not there.
name = "{name}"
handle = "{handle}"
time_zone = "{zone}"
approval_channel = "{channel}"

[schedule]
slots = {slots}
quiet = ["22:00-07:00"]

[voice]
persona = "{persona}"
{links}
[rules]
{domains}blocked_words = ["cheap", "guaranteed"]
"#
    ))
}

fn account<'w>(world: &'w World, client: &Declared) -> Option<&'w XAccount> {
    world
        .x
        .accounts
        .iter()
        .find(|account| account.handle == client.handle)
}

/// The id that belongs to a name; 0, which the configuration refuses, when the world has no such name.
fn id_of<'w>(mut named: impl Iterator<Item = (&'w str, u64)>, wanted: &str) -> u64 {
    named
        .find(|(name, _)| *name == wanted)
        .map_or(0, |(_, id)| id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::{Config, Secrets};

    #[test]
    fn what_is_written_is_a_valid_configuration_with_all_its_secrets() {
        let place = Place::open(None).unwrap();
        let agency = Agency::built_in().unwrap();
        write(&agency, "http://127.0.0.1:4321", &place).unwrap();
        let config = Config::load(&place.config()).unwrap();
        assert!(
            config
                .prices
                .list()
                .knows_model(config.openai.models.first())
        );
        let ids: Vec<_> = config.clients.keys().map(ToString::to_string).collect();
        assert_eq!(ids, ["fjord", "harbour", "koyo"]);
        let secrets = Secrets::read(&environment(&agency)).unwrap();
        assert_eq!(crate::app::missing(&config, &secrets), Vec::<String>::new());
    }

    #[test]
    fn with_everything_it_is_valid_too_and_all_of_it_is_on() {
        let place = Place::open(None).unwrap();
        let agency = Agency::with_everything().unwrap();
        write(&agency, "http://127.0.0.1:4321", &place).unwrap();
        let config = Config::load(&place.config()).unwrap();
        assert!(config.knowledge.embedding_model.is_some());
        assert!(config.moderation.model.is_some());
        let linking = &config.clients[&"fjord".parse().unwrap()];
        assert_eq!(linking.voice.links, ["https://fjordbikes.example.com"]);
        assert_eq!(linking.rules.link_domains, ["fjordbikes.example.com"]);
    }

    #[test]
    fn a_clients_file_that_was_changed_stays() {
        let place = Place::open(None).unwrap();
        let agency = Agency::built_in().unwrap();
        write(&agency, "http://127.0.0.1:4321", &place).unwrap();
        let file = place.clients().join("koyo.toml");
        std::fs::write(&file, "# mine").unwrap();
        write(&agency, "http://127.0.0.1:4321", &place).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "# mine");
    }
}
