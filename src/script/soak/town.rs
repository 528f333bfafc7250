//! The world of a soak: an agency with many clients, each with an account of its own, some rules of its own, and a
//! team in which rights are spread differently.

use std::collections::BTreeMap;

use clara_sandbox::World;
use clara_sandbox::world::{Channel, Person, XAccount};
use serde::{Deserialize, Serialize};

use super::draw::Draw;
use crate::sandbox::{Agency, ClientFile, domain, everything};

/// Clients that share a channel.
const PER_CHANNEL: usize = 5;
/// The team beside the guests, and the roles of each.
const TEAM: [(&str, &[&str]); 9] = [
    ("maya", &["manager", "editor", "approver"]),
    ("omar", &["manager"]),
    ("tom", &["editor"]),
    ("eva", &["editor"]),
    ("sam", &["editor", "approver"]),
    ("ines", &["approver"]),
    ("leo", &["approver"]),
    ("noa", &["approver"]),
    ("raj", &["approver"]),
];
/// People without any right.
pub(super) const GUESTS: [&str; 2] = ["guest", "passer-by"];
/// Who plans, edits and moves.
pub(super) const WRITERS: [&str; 4] = ["maya", "tom", "eva", "sam"];
/// Who approves, rejects and answers questions.
pub(super) const APPROVERS: [&str; 6] = ["maya", "sam", "ines", "leo", "noa", "raj"];
/// Who pauses and resumes.
pub(super) const MANAGERS: [&str; 2] = ["maya", "omar"];

const ZONES: [&str; 5] = [
    "Europe/Oslo",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "UTC",
];

/// What the soak knows of a client without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFacts {
    /// Its account.
    pub handle: String,
    /// Where its cards are.
    pub channel: String,
    /// How many people have to approve a text.
    pub needed: usize,
    /// Whether who wrote a text may be one of them.
    pub author_counts: bool,
    /// Where its links lead, if its texts may have some.
    #[serde(default)]
    pub domain: Option<String>,
}

/// The clients by their ids.
pub type Clients = BTreeMap<String, ClientFacts>;

/// Makes the agency: what is in its world, and what Clara is configured with.
pub(super) fn build(seed: u64, clients: usize) -> (Agency, Clients) {
    let mut world = World::agency();
    people(&mut world);
    world
        .discord
        .channels
        .retain(|channel| ["ops", "alerts"].contains(&channel.name.as_str()));
    world.x.accounts.clear();
    let mut facts = Clients::new();
    let mut files = Vec::new();
    for number in 1..=clients {
        let channel = channel(&mut world, number);
        let (id, client) = (
            format!("client-{number:03}"),
            draw(seed, number, &channel.name),
        );
        world.x.accounts.push(account(number, &client.handle));
        files.push(ClientFile {
            id: id.clone(),
            handle: client.handle.clone(),
            text: file(seed, number, &client, channel.id),
        });
        facts.insert(id, client);
    }
    // Time runs faster than the wall clock, so a request that hangs is given up sooner. The quota is above what the
    // service takes in a day: it is the service's 429 that has to be coped with.
    let mut more = everything();
    more.extend([
        ("openai", "timeout = \"3s\"\n".to_owned()),
        ("x", "timeout = \"2s\"\n".to_owned()),
        (
            "limits",
            "x = { app = { calls = 20000, per = \"1day\" }, client = { calls = 90, per = \"15m\" }, at_once = 8 }\n".to_owned(),
        ),
    ]);
    let agency = Agency {
        world,
        clients: files,
        more,
    };
    (agency, facts)
}

fn people(world: &mut World) {
    let id = |name: &str| {
        let mut roles = world.discord.roles.iter();
        roles.find(|role| role.name == name).map(|role| role.id)
    };
    let team = TEAM.iter().map(|(name, roles)| (*name, *roles));
    let everybody = team.chain(GUESTS.map(|name| (name, &["guest"][..])));
    let person = |(number, (name, roles)): (u64, (&str, &[&str]))| Person {
        id: 1_180_000_000_000_001_000 + number,
        name: name.to_owned(),
        roles: roles.iter().filter_map(|name| id(name)).collect(),
    };
    let people = (0..).zip(everybody).map(person).collect();
    world.discord.people = people;
}

fn channel(world: &mut World, number: usize) -> Channel {
    let shared = (number - 1) / PER_CHANNEL + 1;
    let channel = Channel {
        id: 1_180_000_000_000_002_000 + shared as u64,
        name: format!("approvals-{shared}"),
    };
    if (number - 1).is_multiple_of(PER_CHANNEL) {
        world.discord.channels.push(channel.clone());
    }
    channel
}

fn account(number: usize, handle: &str) -> XAccount {
    XAccount {
        user_id: 1_700_000_000_000_001_000 + number as u64,
        handle: handle.to_owned(),
        name: format!("Client {number}"),
        access_token: format!("sandbox-x-access-{handle}"),
        // Tokens that are renewed can be lost for good when the engine is killed at the wrong moment, and only a person
        // at a browser brings them back; that has tests of its own.
        refresh_token: None,
    }
}

fn draw(seed: u64, number: usize, channel: &str) -> ClientFacts {
    let mut draw = Draw::of(seed, "client", number as u64);
    ClientFacts {
        handle: format!("client{number:03}"),
        channel: channel.to_owned(),
        needed: if draw.percent(30) { 2 } else { 1 },
        author_counts: draw.percent(60),
        domain: draw
            .percent(80)
            .then(|| domain(&format!("client{number:03}"))),
    }
}

fn file(seed: u64, number: usize, client: &ClientFacts, channel: u64) -> String {
    let mut draw = Draw::of(seed, "schedule", number as u64);
    let (zone, minute) = (draw.pick(&ZONES), draw.below(30));
    let slots = (0..24).flat_map(|hour| {
        [minute, minute + 30].map(|minute| format!("\"daily {hour:02}:{minute:02}\""))
    });
    let slots: Vec<String> = slots.collect();
    // The first one posts all the time.
    let gap = if number == 1 { "5s" } else { "5m" };
    // Most are written at once, some only when their time comes near.
    let lead = if draw.percent(75) { "3h" } else { "12m" };
    // Most must not run out of what they may have written in a day, or the second half of a long soak would be idle.
    let per_day = if draw.percent(85) { 1000 } else { 50 };
    let ClientFacts {
        handle,
        needed,
        author_counts,
        domain,
        ..
    } = client;
    let links = domain.as_ref().map(|domain| {
        format!(
            "\n[voice]\nlinks = [\"https://{domain}\"]\n\n[rules]\nlink_domains = [\"{domain}\"]\n"
        )
    });
    format!(
        r#"name = "Client {number}"
handle = "{handle}"
time_zone = "{zone}"
approval_channel = "{channel}"

[approval]
needed = {needed}
author_counts = {author_counts}

[schedule]
slots = [{slots}]
min_gap = "{gap}"
grace = "10m"
lead = "{lead}"

[generation]
candidates = 2
rounds = 2
per_day = {per_day}
{links}"#,
        slots = slots.join(", "),
        links = links.unwrap_or_default(),
    )
}
