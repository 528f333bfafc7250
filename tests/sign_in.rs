//! `clara sign-in` against the sandbox's X: the printed URL is opened, the browser comes back, the tokens are kept and
//! used; and whoever should not be signed in is not.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use clara_actors::ports::XApi;
use clara_adapters::clock::SystemClock;
use clara_adapters::journal::SledJournal;
use clara_adapters::secrets::{SecretStore, Seeded, XCredentials};
use clara_adapters::x::{Vocabulary, XHttp, XOptions};
use clara_domain::ids::ClientId;
use clara_sandbox::{Options, Sandbox, World};
use secrecy::ExposeSecret;

const CLIENT: &str = r#"
name = "Harbour Coffee"
handle = "harbourcoffee"
time_zone = "Europe/Oslo"
approval_channel = "1180000000000000203"
"#;

/// A pretended X, and a Clara that is configured for it.
struct Place {
    dir: tempfile::TempDir,
    world: Sandbox,
}

impl Place {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let world = Sandbox::start(Options::default()).await.unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let (url, client_id) = (world.url(), World::agency().x.client_id);
        let main = format!(
            r#"
[discord]
application_id = "1180000000000000001"
guild_id = "1180000000000000003"
alert_channel = "1180000000000000202"
[openai]
base_url = "{url}/openai/v1"
[x]
api_base = "{url}/x"
client_id = "{client_id}"
authorize_url = "{url}/x/i/oauth2/authorize"
redirect_url = "http://127.0.0.1:{port}/callback"
"#
        );
        std::fs::create_dir(dir.path().join("clients")).unwrap();
        std::fs::write(dir.path().join("clara.toml"), main).unwrap();
        std::fs::write(dir.path().join("clients/harbour.toml"), CLIENT).unwrap();
        Self { dir, world }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clara"));
        command
            .args(arguments)
            .arg(self.path("clara.toml"))
            .env_clear()
            .env("CLARA_X_CLIENT_SECRET", World::agency().x.client_secret)
            .env("CLARA_DISCORD_TOKEN", "hunter2-discord")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn sign_in(&self) -> SigningIn {
        let mut child = self
            .command(&["sign-in", "harbour", "--config"])
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "no URL in:\n{said}");
            said.push_str(&line);
            if line.starts_with("http://") {
                break line.trim().to_owned();
            }
        };
        SigningIn {
            child,
            out,
            said,
            url,
        }
    }

    fn store(&self) -> SecretStore {
        SecretStore::open(self.path("data/secrets")).unwrap()
    }
}

/// A sign-in that waits for somebody to open its URL.
struct SigningIn {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    said: String,
    url: String,
}

impl SigningIn {
    /// Opens the URL as somebody; answers with where the browser is sent.
    fn consent(&self, handle: &str) -> String {
        let answer = get(&format!("{}&account={handle}", self.url));
        let location = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then_some(value)
        });
        location.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn paste(&mut self, text: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{text}").unwrap();
    }

    /// Its exit code, and everything that it said.
    fn ended(mut self) -> (Option<i32>, String) {
        self.out.read_to_string(&mut self.said).unwrap();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut self.said).unwrap();
        (self.child.wait().unwrap().code(), self.said)
    }
}

fn get(url: &str) -> String {
    let (authority, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn harbour() -> ClientId {
    ClientId::new("harbour").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_comes_back_and_the_tokens_are_kept_and_used() {
    let place = Place::new().await;
    let sign_in = place.sign_in();
    let redirected = sign_in.consent("harbourcoffee");
    let page = get(&redirected);
    assert!(page.contains("@harbourcoffee is signed in"), "{page}");
    let (code, said) = sign_in.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("/client resume client:harbour"), "{said}");

    let store = place.store();
    let held = store.get(&harbour()).unwrap().unwrap().credentials;
    for secret in [&held.access_token, held.refresh_token.as_ref().unwrap()] {
        assert!(!said.contains(secret.expose_secret()), "{said}");
    }
    let old = XCredentials {
        access_token: "older".to_owned().into(),
        refresh_token: None,
        expires_at: None,
    };
    assert_eq!(store.seed(&harbour(), &old).unwrap(), Seeded::SignedIn);
    let x = XHttp::new(XOptions {
        api_base: format!("{}/x", place.world.url()),
        vocabulary: Vocabulary::Tweet,
        timeout: Duration::from_secs(30),
        oauth: None,
        secrets: Arc::new(store),
        clock: Arc::new(SystemClock),
    })
    .unwrap();
    let account = x.me(&harbour()).await.unwrap();
    assert_eq!(account.handle.as_str(), "harbourcoffee");

    let checked = place.command(&["check-config"]).output().unwrap();
    let checked = String::from_utf8(checked.stdout).unwrap();
    assert!(
        checked.contains("is valid") && !checked.contains("missing"),
        "{checked}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_is_taken_once_it_is_of_this_sign_in() {
    let place = Place::new().await;
    let mut sign_in = place.sign_in();
    sign_in.paste("http://127.0.0.1:9/callback?state=another&code=stolen");
    let redirected = sign_in.consent("harbourcoffee");
    sign_in.paste(&redirected);
    let (code, said) = sign_in.ended();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("belongs to another sign-in"), "{said}");
    assert!(place.store().get(&harbour()).unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_named_and_nothing_is_stored() {
    let place = Place::new().await;
    let sign_in = place.sign_in();
    let page = get(&sign_in.consent("fjordbikes"));
    let (code, said) = sign_in.ended();
    assert_eq!(code, Some(1), "{said}");
    for text in [&page, &said] {
        assert!(text.contains("consented is @fjordbikes"), "{text}");
        assert!(text.contains("nothing was stored"), "{text}");
    }
    assert!(place.store().get(&harbour()).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_running_clara_nothing_is_begun() {
    let place = Place::new().await;
    let _running = SledJournal::keep_closed(&place.path("data/journal")).unwrap();
    let output = place
        .command(&["sign-in", "harbour", "--config"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("stop her, sign in, then start her again"),
        "{said}"
    );
    assert!(output.stdout.is_empty() && !place.path("data/secrets").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_nobody_knows_is_asked_about() {
    let place = Place::new().await;
    let output = place
        .command(&["sign-in", "harbor", "--config"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("--handle"), "{said}");
}
