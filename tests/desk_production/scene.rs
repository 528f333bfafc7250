//! The pretended world behind TLS, Clara beside it as in production, and people who type and click.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clara::sandbox::{SandboxOptions, Services, services};
use clara_sandbox::Sandbox;
use clara_sandbox::discord::{InteractionId, InteractionView, MessageView};
use serde_json::Value;

use crate::authority::Authority;
use crate::front::{DISCORD, Front, Proxy};
use crate::process::Clara;

/// Far longer than anything here takes, on a machine that is busy with something else too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const APPROVALS: &str = "harbour-approvals";

/// All that is outside of Clara, and the files that she starts from.
pub(crate) struct Outside {
    pub(crate) services: Services,
    pub(crate) proxy: Proxy,
    gateway: Front,
    authority: PathBuf,
    // Last: the files stay until everything else has ended.
    dir: tempfile::TempDir,
}

impl Outside {
    pub(crate) async fn build() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = SandboxOptions {
            data: Some(dir.path().to_owned()),
            ..SandboxOptions::default()
        };
        let services = services(&options).await.unwrap();
        let authority = Authority::new();
        let identity = authority.vouch_for("discord.com", "127.0.0.1");
        let discord = services.sandbox.addr();
        let gateway = Front::open(identity.clone(), discord).await;
        let rest = Front::open(identity, discord).await;
        let proxy = Proxy::open(rest.address).await;
        let url = format!("wss://{}/gateway", gateway.address);
        services.sandbox.discord.announce_gateway(&url);
        as_in_production(&services);
        let trusted = dir.path().join("authority.pem");
        std::fs::write(&trusted, authority.certificate()).unwrap();
        Self {
            services,
            proxy,
            gateway,
            authority: trusted,
            dir,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Starts Clara with no trust but in the authorities of a file.
    pub(crate) fn clara(&self, trusted: &Path) -> Clara {
        let exports = std::fs::read_to_string(self.services.place.environment()).unwrap();
        let mut variables: Vec<_> = exports.lines().filter_map(variable).collect();
        let trusted = trusted.to_str().unwrap().to_owned();
        variables.push(("SSL_CERT_FILE".to_owned(), trusted));
        let proxy = format!("http://{}", self.proxy.address);
        variables.push(("HTTPS_PROXY".to_owned(), proxy));
        Clara::run(&self.services.place.config(), variables)
    }

    pub(crate) fn assert_nothing_else_was_asked_for(&self) {
        let asked = self.proxy.asked();
        assert!(asked.iter().all(|target| target == DISCORD), "{asked:?}");
    }
}

/// Takes the sandbox's address for Discord away. X and the model stay on loopback without TLS: they do not matter here.
fn as_in_production(services: &Services) {
    let file = services.place.config();
    let text = std::fs::read_to_string(&file).unwrap();
    let api_base = format!("api_base = \"{}\"\n", services.sandbox.url());
    assert_eq!(text.matches(&api_base).count(), 1, "{text}");
    let text = text
        .replace(&api_base, "")
        .replace("[log]\n", "[log]\nformat = \"json\"\n");
    std::fs::write(&file, text).unwrap();
    let client = services.place.clients().join("harbour.toml");
    let text = std::fs::read_to_string(&client).unwrap();
    // Tweets may go out at any time of the day, and side by side.
    let text = text.replace("quiet = [\"22:00-07:00\"]", "min_gap = \"0s\"");
    assert!(text.contains("min_gap"), "{text}");
    std::fs::write(&client, text).unwrap();
}

fn variable(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
    Some((name.to_owned(), value.trim_matches('\'').to_owned()))
}

/// A Clara who is connected, has registered her commands and runs every client.
pub(crate) struct Scene {
    clara: Clara,
    outside: Outside,
}

impl Scene {
    pub(crate) async fn open() -> Self {
        let outside = Outside::build().await;
        let clara = outside.clara(&outside.authority);
        let scene = Self { clara, outside };
        let discord = &scene.sandbox().discord;
        let ready = |discord: &clara_sandbox::Discord| {
            (discord.is_connected() && !discord.commands().is_empty()).then_some(())
        };
        let is_ready = discord.wait_for(PATIENCE, ready).await.is_some();
        assert!(is_ready, "she did not start: {}", scene.clara.log());
        assert!(scene.gateway_connections() >= 1);
        scene.all_clients_run().await;
        scene
    }

    /// The desk hears people before the last client is read from the journal.
    async fn all_clients_run(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.types("maya", "/status").await;
            if said.contains("3 of 3 clients run") {
                return;
            }
            assert!(Instant::now() < deadline, "{said}\n{}", self.clara.log());
        }
    }

    /// Nothing may have gone wrong behind the scene, and nothing but Discord was asked for.
    pub(crate) async fn close(mut self) {
        self.clara.end().await;
        assert_eq!(troubles(&self.clara.log()), Vec::<&str>::new());
        self.outside.assert_nothing_else_was_asked_for();
        let slowest = self.sandbox().discord.acknowledgements().into_iter().max();
        assert!(
            slowest.is_some_and(|slowest| slowest < Duration::from_secs(1)),
            "{slowest:?}"
        );
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.outside.services.sandbox
    }

    /// How often the gateway was connected to, over TLS.
    pub(crate) fn gateway_connections(&self) -> usize {
        self.outside.gateway.connections()
    }

    async fn finished(&self, id: InteractionId) -> InteractionView {
        let discord = &self.sandbox().discord;
        let view = discord.wait_interaction(id, PATIENCE).await.unwrap();
        assert!(
            view.done && view.failed.is_none(),
            "{view:?}\n{}",
            self.clara.log()
        );
        view
    }

    /// Types a command and reads the answer.
    pub(crate) async fn types(&self, who: &str, line: &str) -> String {
        let discord = &self.sandbox().discord;
        let id = discord.command(who, "ops", line).await.unwrap();
        self.finished(id).await.response.unwrap().text()
    }

    /// Has a tweet of the harbour's written.
    pub(crate) async fn generates(&self, brief: &str, when: &str) {
        let line = format!("/generate client:harbour brief:\"{brief}\" when:{when}");
        let said = self.types("tom", &line).await;
        assert!(said.contains("Clara is writing tweet"), "{said}");
    }

    /// Presses a button on a card.
    pub(crate) async fn presses(&self, who: &str, card: &MessageView, label: &str) {
        let button = card.button(label).unwrap();
        let discord = &self.sandbox().discord;
        let clicked = discord.click(who, card.id, &button.custom_id);
        self.finished(clicked.await.unwrap()).await;
    }

    /// The newest card that says something.
    pub(crate) async fn card(&self, saying: &str) -> MessageView {
        let wanted = |message: &MessageView| message.text().contains(saying);
        let discord = &self.sandbox().discord;
        let found = discord.wait_message(APPROVALS, wanted, PATIENCE).await;
        found.unwrap_or_else(|| panic!("no card says `{saying}`: {:#?}", self.cards()))
    }

    pub(crate) fn cards(&self) -> Vec<String> {
        let messages = self.sandbox().discord.messages(APPROVALS);
        messages.iter().map(MessageView::text).collect()
    }
}

/// The lines of a log that tell of trouble: all but those of the levels below a warning.
fn troubles(log: &str) -> Vec<&str> {
    let calm = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap_or_default();
        matches!(entry["level"].as_str(), Some("INFO" | "DEBUG" | "TRACE"))
    };
    log.lines().filter(|line| !calm(line)).collect()
}
