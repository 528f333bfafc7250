//! A desk at work: the real gateway client and HTTP against the pretended Discord, the real engine over a journal in
//! memory, and a model and an X that do as they are told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clara::discord::{
    ClientDefaults, Connection, Discord, DiscordDesk, DiscordError, DiscordOptions,
};
use clara_actors::handle::EngineHandle;
use clara_actors::ports::model::{
    ChatAnswer, ChatRequest, Finish, LanguageModel, ModelError, Usage,
};
use clara_actors::ports::x::{Account, Deletion, LastLook, NewPost, Publication, XApi, XError};
use clara_actors::{EngineOptions, Ports, start};
use clara_adapters::clock::SystemClock;
use clara_adapters::ids::UuidIds;
use clara_adapters::journal::MemoryJournal;
use clara_domain::ids::{ChannelId, ClientId, PostId, RoleId};
use clara_domain::person::{Access, Grant};
use clara_domain::reconcile::TimelinePost;
use clara_domain::settings::ClientSettings;
use clara_sandbox::discord::{Acknowledgement, InteractionId, InteractionView, MessageView};
use clara_sandbox::{Options, Sandbox, World};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Long enough for a busy machine; nothing waits this long that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) engine: EngineHandle,
    /// What the model was asked and X was given.
    pub(crate) outside: Arc<Outside>,
    stop: Option<oneshot::Sender<()>>,
    running: tokio::task::JoinHandle<Result<(), DiscordError>>,
}

/// What left, in its order.
#[derive(Default)]
pub(crate) struct Outside {
    prompts: Mutex<Vec<String>>,
    posts: Mutex<Vec<String>>,
}

impl Outside {
    /// The latest question to the model, whole.
    pub(crate) fn prompt(&self) -> String {
        self.prompts.lock().unwrap().last().cloned().unwrap()
    }

    /// The texts that X was given.
    pub(crate) fn posts(&self) -> Vec<String> {
        self.posts.lock().unwrap().clone()
    }
}

/// Runs a scene to its end on a runtime of its own.
pub(crate) fn play<F>(scene: impl FnOnce(Scene) -> F + 'static)
where
    F: Future<Output = Scene> + 'static,
{
    actix::System::new().block_on(async move {
        let scene = scene(Scene::open().await).await;
        scene.close().await;
    });
}

pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

pub(crate) fn options(sandbox: &Sandbox) -> DiscordOptions {
    let world = World::agency().discord;
    DiscordOptions {
        token: world.bot_token.into(),
        application_id: world.application_id,
        guild_id: world.guild_id,
        alert_channel: channel("alerts"),
        team: access(),
        api_base: Some(sandbox.url().to_owned()),
        client_defaults: ClientDefaults::default(),
        prices: Arc::default(),
        budgets: Arc::default(),
    }
}

impl Scene {
    async fn open() -> Self {
        let sandbox = sandbox().await;
        let discord = Discord::connect(options(&sandbox)).await.unwrap();
        let outside = Arc::new(Outside::default());
        let ports = ports(discord.desk(), outside.clone());
        let declared = vec![
            ("harbour".parse().unwrap(), client(json!({"min_gap": "0s"}))),
            (
                "busy".parse().unwrap(),
                client(hourly_and_written_at_once()),
            ),
        ];
        let engine = start(
            ports,
            EngineOptions {
                declared,
                ..EngineOptions::default()
            },
        )
        .await
        .unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut connection = discord.connection();
        let heard = engine.clone();
        let running = tokio::spawn(discord.run(heard, async move {
            let _ = stopped.await;
        }));
        let connected = connection.wait_for(|state| *state == Connection::Connected);
        tokio::time::timeout(PATIENCE, connected)
            .await
            .unwrap()
            .unwrap();
        let registered = |discord: &clara_sandbox::Discord| {
            let commands = discord.state()["commands"]
                .as_array()
                .is_some_and(|all| !all.is_empty());
            commands.then_some(())
        };
        sandbox
            .discord
            .wait_for(PATIENCE, registered)
            .await
            .expect("commands are registered");
        Self {
            sandbox,
            engine,
            outside,
            stop: Some(stop),
            running,
        }
    }

    /// Nothing may have gone wrong behind the scene.
    async fn close(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = tokio::time::timeout(PATIENCE, self.running).await;
        ended.expect("the desk closes").unwrap().unwrap();
        self.engine.stop().await;
        let slowest = self.sandbox.discord.acknowledgements().into_iter().max();
        assert!(
            slowest.is_none_or(|slowest| slowest < Duration::from_secs(1)),
            "{slowest:?}"
        );
        self.sandbox.shutdown().await;
        actix::System::current().stop();
    }

    async fn finished(&self, id: InteractionId) -> InteractionView {
        let view = self
            .sandbox
            .discord
            .wait_interaction(id, PATIENCE)
            .await
            .unwrap();
        assert!(view.done && view.failed.is_none(), "{view:?}");
        view
    }

    /// Types a command and reads the answer.
    pub(crate) async fn types(&self, who: &str, line: &str) -> String {
        self.command(who, line).await.text()
    }

    /// Types a command and looks at the answer.
    pub(crate) async fn command(&self, who: &str, line: &str) -> MessageView {
        let id = self
            .sandbox
            .discord
            .command(who, "ops", line)
            .await
            .unwrap();
        self.finished(id).await.response.unwrap()
    }

    /// Presses a button on a message as it was when it was read.
    pub(crate) async fn presses(
        &self,
        who: &str,
        message: &MessageView,
        label: &str,
    ) -> InteractionView {
        let button = message
            .button(label)
            .unwrap_or_else(|| panic!("no {label} on {}", message.text()));
        let id = self
            .sandbox
            .discord
            .click(who, message.id, &button.custom_id)
            .await
            .unwrap();
        self.finished(id).await
    }

    /// Fills the form that a click opened, and reads the answer.
    pub(crate) async fn fills(
        &self,
        who: &str,
        opened: &InteractionView,
        field: &str,
        text: &str,
    ) -> String {
        self.fills_all(who, opened, &[(field, text)]).await
    }

    /// Fills several boxes of it.
    pub(crate) async fn fills_all(
        &self,
        who: &str,
        opened: &InteractionView,
        boxes: &[(&str, &str)],
    ) -> String {
        let values = boxes.iter().copied();
        let values = values
            .map(|(field, text)| (field.to_owned(), text.to_owned()))
            .collect();
        let id = self
            .sandbox
            .discord
            .submit_modal(who, opened.id, &values)
            .await
            .unwrap();
        self.finished(id).await.response.unwrap().text()
    }

    /// What was said to a click beside the card.
    pub(crate) async fn told(&self, click: InteractionView) -> String {
        let said = |discord: &clara_sandbox::Discord| {
            let view = discord.interaction(click.id)?;
            // What was clicked is the "response" of a click that is only taken note of.
            let answered = view.acknowledgement == Some(Acknowledgement::Message);
            view.followups
                .first()
                .or(view.response.as_ref().filter(|_| answered))
                .map(MessageView::text)
        };
        self.sandbox
            .discord
            .wait_for(PATIENCE, said)
            .await
            .expect("an answer to the click")
    }

    /// The newest card that says something.
    pub(crate) async fn card(&self, saying: &str) -> MessageView {
        let wanted = |message: &MessageView| message.text().contains(saying);
        let found = self
            .sandbox
            .discord
            .wait_message("harbour-approvals", wanted, PATIENCE)
            .await;
        found.unwrap_or_else(|| panic!("no card says `{saying}`: {:#?}", self.cards()))
    }

    pub(crate) fn cards(&self) -> Vec<String> {
        self.sandbox
            .discord
            .messages("harbour-approvals")
            .iter()
            .map(MessageView::text)
            .collect()
    }
}

fn ports(desk: Arc<DiscordDesk>, outside: Arc<Outside>) -> Ports {
    let clock = Arc::new(SystemClock);
    Ports {
        journal: Arc::new(MemoryJournal::new()),
        clock: clock.clone(),
        ids: Arc::new(UuidIds::new(clock)),
        model: Arc::new(Model(outside.clone())),
        embedding: None,
        moderator: None,
        x: Arc::new(X(AtomicU64::new(0), outside)),
        desk,
    }
}

fn channel(name: &str) -> ChannelId {
    let world = World::agency().discord;
    let found = world
        .channels
        .iter()
        .find(|channel| channel.name == name)
        .unwrap();
    ChannelId::new(found.id.to_string()).unwrap()
}

fn grant(names: &[&str]) -> Grant {
    let roles = World::agency()
        .discord
        .roles
        .into_iter()
        .filter(|role| names.contains(&role.name.as_str()));
    Grant {
        roles: roles
            .map(|role| RoleId::new(role.id.to_string()).unwrap())
            .collect(),
        ..Grant::default()
    }
}

fn access() -> Access {
    Access {
        manage: grant(&["manager"]),
        write: grant(&["manager", "editor"]),
        approve: grant(&["approver"]),
        overrule: grant(&["manager"]),
    }
}

fn client(schedule: Value) -> ClientSettings {
    let text = json!({
        "name": "Harbour Coffee", "handle": "harbourcoffee", "time_zone": "Europe/Oslo",
        "approval_channel": channel("harbour-approvals"), "access": access(),
        "rules": {"blocked_words": ["cheap"]}, "schedule": schedule,
    });
    serde_json::from_value(text).unwrap()
}

fn hourly_and_written_at_once() -> Value {
    let hours: Vec<String> = (0..24).map(|hour| format!("daily {hour:02}:00")).collect();
    json!({"min_gap": "0s", "lead": "60days", "slots": hours})
}

/// Writes three different texts about nothing.
struct Model(Arc<Outside>);

#[async_trait]
impl LanguageModel for Model {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError> {
        static ROUND: AtomicU64 = AtomicU64::new(1);
        let prompt = format!("{}\n{}", request.system, request.user);
        self.0.prompts.lock().unwrap().push(prompt);
        let round = ROUND.fetch_add(1, Ordering::SeqCst);
        let segments =
            &request.schema["properties"]["candidates"]["items"]["properties"]["segments"];
        let segments = segments["maxItems"].as_u64().unwrap();
        let candidate = |n: u64| {
            let posts = (1..=segments).map(|post| format!("Draft {round}.{n}.{post} for everyone"));
            json!({"segments": posts.collect::<Vec<_>>()})
        };
        let content = json!({"candidates": (1..=3).map(candidate).collect::<Vec<_>>()}).to_string();
        Ok(ChatAnswer {
            model: "scripted".into(),
            content,
            finish: Finish::Complete,
            usage: Usage::default(),
        })
    }
}

/// Takes every post.
struct X(AtomicU64, Arc<Outside>);

#[async_trait]
impl XApi for X {
    async fn create(&self, _: &ClientId, post: &NewPost, last_look: LastLook<'_>) -> Publication {
        if let Err(reason) = last_look() {
            return Publication::Held { reason };
        }
        self.1.posts.lock().unwrap().push(post.text.clone());
        let number = 1_000 + self.0.fetch_add(1, Ordering::SeqCst);
        Publication::Accepted {
            post: PostId::new(number.to_string()).unwrap(),
        }
    }

    async fn delete(&self, _: &ClientId, _: &PostId) -> Deletion {
        Deletion::Gone
    }

    async fn me(&self, _: &ClientId) -> Result<Account, XError> {
        Ok(Account {
            user_id: "1".into(),
            handle: "harbourcoffee".parse().unwrap(),
        })
    }

    async fn timeline(
        &self,
        _: &ClientId,
        _: &Account,
        _: Timestamp,
    ) -> Result<Vec<TimelinePost>, XError> {
        Ok(Vec::new())
    }
}

/// Connects and runs with a token that is not the bot's, and gives back the error that ends it.
pub(crate) async fn with_wrong_token(sandbox: &Sandbox) -> DiscordError {
    let mut options = options(sandbox);
    options.token = "wrong-token".to_owned().into();
    let discord = match Discord::connect(options).await {
        Ok(discord) => discord,
        Err(error) => return error,
    };
    let engine = start(
        ports(discord.desk(), Arc::default()),
        EngineOptions::default(),
    )
    .await
    .unwrap();
    let ended = tokio::time::timeout(PATIENCE, discord.run(engine, std::future::pending())).await;
    ended.expect("the desk ends by itself").unwrap_err()
}
