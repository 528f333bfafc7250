//! What a seed stands for: the clients and their policies, the people, what X allows, and how rough it gets.
//!
//! Drawn once, before anything runs. What happens when is drawn as it happens.

use std::time::Duration;

use clara_domain::ids::{ChannelId, ClientId, Handle, PersonId, RoleId};
use clara_domain::person::{Access, Grant, Person, PersonRef};
use clara_domain::settings::{ApprovalPolicy, ClientSettings, GenerationPolicy, WhenDown};
use clara_domain::slots::Schedule;
use clara_domain::validate::TextRules;
use jiff::Timestamp;

use super::dice::Dice;
use super::weather::Weather;

/// A word that no client wants said.
pub(crate) const FORBIDDEN: &str = "forbidden";
/// A word that the moderation service flags.
pub(crate) const HARMFUL: &str = "harmful";

const NAMES: [&str; 6] = [
    "harbour", "museum", "theatre", "garden", "library", "cinema",
];
const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "UTC",
];
/// A quiet Monday, and evenings before the clocks change somewhere.
const STARTS: [&str; 6] = [
    "2026-03-02T08:00:00Z",
    "2026-03-02T08:00:00Z",
    "2026-03-28T21:00:00Z",
    "2026-10-24T21:00:00Z",
    "2026-03-08T03:00:00Z",
    "2026-04-04T12:00:00Z",
];

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) start: Timestamp,
    /// How long everything that can go wrong does.
    pub(crate) storm: Duration,
    pub(crate) clients: Vec<ClientPlan>,
    pub(crate) people: Vec<PersonPlan>,
    pub(crate) weather: Weather,
    pub(crate) x: XRules,
    /// Whether a moderation service is asked, and what holds while it is away.
    pub(crate) moderation: Option<WhenDown>,
    /// Only this client is in trouble: its posts' delays are no measure for the others.
    pub(crate) troubled: Option<ClientId>,
}

/// A client, and how many tweets people want of it.
#[derive(Debug, Clone)]
pub(crate) struct ClientPlan {
    pub(crate) id: ClientId,
    pub(crate) settings: ClientSettings,
    pub(crate) tweets: usize,
}

/// What somebody is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Manager,
    Author,
    Approver,
    /// Somebody who may do nothing, and tries.
    Stranger,
}

/// Somebody at the desk.
#[derive(Debug, Clone)]
pub(crate) struct PersonPlan {
    pub(crate) person: Person,
    pub(crate) part: Part,
}

/// What X allows, and what it does about repetitions.
#[derive(Debug, Clone)]
pub(crate) struct XRules {
    /// Posts of one account in a quarter of an hour.
    pub(crate) per_account: u32,
    /// Posts of all accounts in a day.
    pub(crate) per_app: u32,
    /// How often in ten thousand a repetition is noticed.
    pub(crate) notices_repetition: u64,
    /// The longest that a request, or what it made, stays out of sight.
    pub(crate) hidden: Duration,
    /// Calls that Clara makes at the same time.
    pub(crate) at_once: usize,
}

impl Scenario {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let one_troubled = dice.chance(1500);
        let clients = clients(dice, one_troubled);
        let troubled = one_troubled.then(|| clients[0].id.clone());
        let weather = if one_troubled {
            Weather::of_one_client(dice)
        } else {
            Weather::of(dice)
        };
        // Clara counts her looks from when a request was about to leave: where the host sleeps in between they come
        // close together, and where clocks are set they come sooner.
        let longest = if weather.sleeps > 0 {
            20
        } else {
            185_u64.saturating_sub(weather.clock_error.as_secs() * 2)
        };
        Self {
            start: dice.pick(&STARTS).parse().expect("it is written so"),
            storm: minutes(dice.between(90, 420)),
            people: people(),
            x: x_rules(dice, one_troubled, longest),
            moderation: dice.pick(&[
                None,
                Some(WhenDown::Hold),
                Some(WhenDown::Hold),
                Some(WhenDown::Warn),
            ]),
            clients,
            weather,
            troubled,
        }
    }
}

fn x_rules(dice: &mut Dice, generous: bool, longest: u64) -> XRules {
    let tight = !generous && dice.chance(4000);
    XRules {
        per_account: if tight { dice.pick(&[6, 8, 12]) } else { 100 },
        per_app: if tight {
            dice.pick(&[12, 24, 60])
        } else {
            10_000
        },
        notices_repetition: dice.pick(&[0, 0, 5_000, 10_000]),
        hidden: Duration::from_secs(dice.pick(&[0, 20, 90, 185]).min(longest)),
        at_once: usize::try_from(dice.between(2, 8)).unwrap_or(2),
    }
}

fn clients(dice: &mut Dice, several: bool) -> Vec<ClientPlan> {
    let fewest = if several { 3 } else { 1 };
    let most = dice.between(fewest, 6);
    let count = dice.between(fewest, most);
    (0..NAMES.len())
        .take(usize::try_from(count).unwrap_or(1))
        .map(|at| client(dice, at, several))
        .collect()
}

fn client(dice: &mut Dice, at: usize, plain: bool) -> ClientPlan {
    let name = NAMES[at];
    let approval = ApprovalPolicy {
        needed: small(dice.pick(&[1, 1, 2, 2, 3])),
        author_counts: dice.chance(5_000),
    };
    let generation = GenerationPolicy {
        candidates: small(dice.pick(&[1, 1, 2])),
        rounds: small(dice.pick(&[1, 2, 3])),
        ..GenerationPolicy::default()
    };
    let settings = ClientSettings {
        name: name.to_owned(),
        handle: Handle::new(name).expect("names are handles"),
        time_zone: dice.pick(&ZONES).parse().expect("the zones are known"),
        approval_channel: ChannelId::new(format!("{}", 100 + at)).expect("digits"),
        access: access(dice),
        approval,
        schedule: schedule(dice, plain),
        voice: Default::default(),
        generation,
        rules: TextRules {
            blocked_words: vec![FORBIDDEN.to_owned()].into(),
            // Texts of the simulation are as short as "text 1".
            min_words: 0,
            ..TextRules::default()
        },
    };
    ClientPlan {
        id: ClientId::new(name).expect("names are ids"),
        settings,
        tweets: usize::try_from(dice.between(1, 4)).unwrap_or(1),
    }
}

fn small<T: TryFrom<u8>>(number: u8) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(number).expect("the numbers are in range")
}

fn schedule(dice: &mut Dice, plain: bool) -> Schedule {
    let slots = [
        "daily 02:30",
        "daily 09:00, daily 16:00",
        "daily 01:15, daily 12:00, daily 20:45",
    ];
    let gap = if plain { 0 } else { dice.pick(&[0, 1, 10, 30]) };
    let quiet = if plain || dice.chance(8_000) {
        None
    } else {
        "01:00-03:15".parse().ok()
    };
    Schedule {
        slots: clara_domain::slots::parse_slots(dice.pick(&slots)).expect("they are written so"),
        quiet: quiet.into_iter().collect(),
        min_gap: minutes(gap),
        grace: minutes(dice.pick(&[5, 15, 60])),
        lead: minutes(dice.pick(&[30, 24 * 60])),
    }
}

fn role(number: u8) -> RoleId {
    RoleId::new(number.to_string()).expect("digits")
}

fn person_id(number: u8) -> PersonId {
    PersonId::new(number.to_string()).expect("digits")
}

/// Rights come by role, or by name: then the roles mean nothing.
fn access(dice: &mut Dice) -> Access {
    let by_name = dice.chance(2_500);
    let grant = |right: u8, people: &[u8]| {
        if by_name {
            let people = people.iter().copied().map(person_id).collect();
            return Grant {
                people,
                ..Grant::default()
            };
        }
        Grant {
            roles: [role(right)].into(),
            ..Grant::default()
        }
    };
    Access {
        manage: grant(1, &[71]),
        write: grant(2, &[71, 72, 74]),
        approve: grant(3, &[71, 72, 73, 74]),
        overrule: grant(4, &[71]),
    }
}

fn people() -> Vec<PersonPlan> {
    let plan = |id: u8, name: &str, part: Part, roles: &[u8]| PersonPlan {
        person: Person {
            who: PersonRef {
                id: person_id(id),
                name: name.to_owned(),
            },
            roles: roles.iter().copied().map(role).collect(),
        },
        part,
    };
    vec![
        plan(71, "mia", Part::Manager, &[1, 2, 3, 4]),
        plan(72, "will", Part::Author, &[2, 3]),
        plan(73, "ann", Part::Approver, &[3]),
        plan(74, "bob", Part::Approver, &[2, 3]),
        plan(75, "nil", Part::Stranger, &[9]),
    ]
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}
