//! An agency of five clients in the pretended Discord and X, and a Clara whose model is a real one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clara_sandbox::world::{Channel, XAccount};
use clara_sandbox::{Discord, Options, Sandbox, World};

use crate::process::Clara;

/// Far longer than anything but the model takes, on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than two of the longest answers that Clara waits for: some tweet gets further within this, or is stuck.
const LONGEST_PAUSE: Duration = Duration::from_secs(20 * 60);

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real_model/clients");

/// A client as its files have it.
struct Declared {
    id: &'static str,
    handle: &'static str,
}

const DECLARED: [Declared; 5] = [
    Declared {
        id: "harbour",
        handle: "harbourcoffee",
    },
    Declared {
        id: "fjord",
        handle: "fjordbikes",
    },
    Declared {
        id: "koyo",
        handle: "koyotea",
    },
    Declared {
        id: "lumen",
        handle: "lumenmuseum",
    },
    Declared {
        id: "tally",
        handle: "tallyaccounts",
    },
];

/// The real model, as its server names it.
pub(crate) struct Model {
    pub(crate) base_url: String,
    pub(crate) name: String,
}

pub(crate) struct Scene {
    clara: Clara,
    sandbox: Sandbox,
    dir: tempfile::TempDir,
}

impl Scene {
    pub(crate) async fn open(model: &Model) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = world();
        let sandbox = Sandbox::start(Options {
            world: world.clone(),
            ..Options::default()
        });
        let sandbox = sandbox.await.unwrap();
        let config = dir.path().join("clara.toml");
        std::fs::write(&config, main_file(&world, sandbox.url(), model)).unwrap();
        let clara = Clara::run(&config, variables(&world));
        let scene = Self {
            clara,
            sandbox,
            dir,
        };
        scene.all_clients_run().await;
        scene
    }

    /// The desk hears people before the last client is read from the journal.
    async fn all_clients_run(&self) {
        let discord = &self.sandbox.discord;
        let ready = |discord: &Discord| {
            (discord.is_connected() && !discord.commands().is_empty()).then_some(())
        };
        let is_ready = discord.wait_for(PATIENCE, ready).await.is_some();
        assert!(is_ready, "she did not start: {}", self.log());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.types("/status").await;
            if said.contains("5 of 5 clients run") {
                return;
            }
            assert!(Instant::now() < deadline, "{said}\n{}", self.log());
        }
    }

    async fn types(&self, line: &str) -> String {
        let discord = &self.sandbox.discord;
        let id = discord.command("maya", "ops", line).await.unwrap();
        let view = discord.wait_interaction(id, PATIENCE).await.unwrap();
        let is_answered = view.done && view.failed.is_none();
        assert!(is_answered, "{view:?}\n{}", self.log());
        view.response.unwrap().text()
    }

    /// Has the first so many briefs of each client written; how many tweets that makes.
    pub(crate) async fn generates(&self, each: usize) -> usize {
        let mut tweets = 0;
        let briefs: Vec<(&str, Vec<String>)> = DECLARED
            .iter()
            .map(|client| (client.id, briefs(client.id)))
            .collect();
        for turn in 0..each {
            for (id, briefs) in &briefs {
                let Some(brief) = briefs.get(turn) else {
                    continue;
                };
                let line = format!("/generate client:{id} brief:\"{brief}\" when:\"in 12h\"");
                let said = self.types(&line).await;
                assert!(said.contains("Clara is writing tweet"), "{said}");
                tweets += 1;
            }
        }
        tweets
    }

    /// Waits until each of so many tweets has a card on which there is something for a person to decide.
    pub(crate) async fn settles(&self, tweets: usize) {
        let began = Instant::now();
        let mut seen = 0;
        while seen < tweets {
            let further = |discord: &Discord| Some(settled(discord)).filter(|now| *now > seen);
            let now = self.sandbox.discord.wait_for(LONGEST_PAUSE, further).await;
            let Some(now) = now else {
                panic!(
                    "{seen} of {tweets} tweets are settled, the rest is stuck:\n{}",
                    self.log()
                );
            };
            seen = now;
            eprintln!(
                "{seen} of {tweets} settled after {} s",
                began.elapsed().as_secs()
            );
        }
    }

    /// Ends her as an operator does; the directory of her journal is left.
    pub(crate) async fn ends(&mut self) -> PathBuf {
        self.clara.end().await;
        self.dir.path().join("data")
    }

    fn log(&self) -> String {
        self.clara.log()
    }
}

/// How many tweets' cards wait for approval, or say that no text passed.
fn settled(discord: &Discord) -> usize {
    let channels = DECLARED
        .iter()
        .map(|client| format!("{}-approvals", client.id));
    let cards = channels.flat_map(|channel| discord.messages(&channel));
    let texts = cards.map(|card| card.text());
    texts
        .filter(|text| {
            text.contains("a tweet waits for approval") || text.contains("no text passed the check")
        })
        .count()
}

fn briefs(client: &str) -> Vec<String> {
    let file = Path::new(CLIENTS).join(format!("{client}.txt"));
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The built-in agency with a channel and an account for each client.
fn world() -> World {
    let mut world = World::agency();
    for (number, client) in (0..).zip(&DECLARED).skip(3) {
        world.discord.channels.push(Channel {
            id: 1_180_000_000_000_000_203 + number,
            name: format!("{}-approvals", client.id),
        });
        world.x.accounts.push(XAccount {
            user_id: 1_700_000_000_000_000_001 + number,
            handle: client.handle.to_owned(),
            name: client.handle.to_owned(),
            access_token: format!("sandbox-x-access-{}", client.handle),
            refresh_token: None,
        });
    }
    world
}

/// Small machines write slowly, and two questions at a time are enough for one.
fn main_file(world: &World, url: &str, model: &Model) -> String {
    let discord = &world.discord;
    let role = |name: &str| {
        discord
            .roles
            .iter()
            .find(|role| role.name == name)
            .unwrap()
            .id
    };
    let alerts = discord
        .channels
        .iter()
        .find(|channel| channel.name == "alerts");
    let (manager, approver) = (role("manager"), role("approver"));
    let Model { base_url, name } = model;
    format!(
        r#"
data_dir = "data"
clients_dir = "{CLIENTS}"

[discord]
application_id = "{application}"
guild_id = "{guild}"
alert_channel = "{alerts}"
api_base = "{url}"

[team]
manage.roles = ["{manager}"]
write.roles = ["{manager}"]
approve.roles = ["{approver}"]

[openai]
base_url = "{base_url}"
model = "{name}"
timeout = "9m"
tokens_per_second = 2

[prices]
models."{name}" = {{ input = 0, cached_input = 0, output = 0 }}

[x]
api_base = "{url}/x"
client_id = "{x_client}"

[limits.model]
app = {{ calls = 500, per = "1m" }}
client = {{ calls = 1, per = "1s" }}
at_once = 2

[ops]
listen = "127.0.0.1:0"
"#,
        application = discord.application_id,
        guild = discord.guild_id,
        alerts = alerts.unwrap().id,
        x_client = world.x.client_id,
    )
}

fn variables(world: &World) -> BTreeMap<String, String> {
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
    for client in &DECLARED {
        let account = world
            .x
            .accounts
            .iter()
            .find(|account| account.handle == client.handle);
        let name = format!("CLARA_X_{}_ACCESS_TOKEN", client.id.to_ascii_uppercase());
        variables.insert(name, account.unwrap().access_token.clone());
    }
    variables
}
