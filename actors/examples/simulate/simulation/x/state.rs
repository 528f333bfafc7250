//! What X knows: whose credentials are whose, what is live, what is under way, and who has asked how often.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use clara_actors::ports::x::{NewPost, Publication};
use clara_domain::ids::{ClientId, Handle, PostId};
use clara_domain::later;
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;

use super::courses::Course;
use crate::simulation::scenario::{Scenario, XRules};

const QUARTER: Duration = Duration::from_secs(15 * 60);

/// Whatever becomes of a request can be seen so long after it left: Clara's last look comes five minutes after she
/// stopped waiting for the answer.
const LONGEST_HIDDEN: Duration = Duration::from_secs(280);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A post that is live.
#[derive(Debug, Clone)]
pub(crate) struct LivePost {
    pub(crate) id: PostId,
    pub(crate) account: Handle,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
    visible: Timestamp,
}

/// A request that has left.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    account: Handle,
    text: String,
    lands: Option<Timestamp>,
    visible: Timestamp,
}

impl Request {
    pub(crate) fn of(account: Handle, post: &NewPost, course: &Course, truth: Timestamp) -> Self {
        Self {
            account,
            text: post.text.clone(),
            lands: course
                .lands
                .map(|lands| later(truth, lands.min(LONGEST_HIDDEN))),
            visible: later(truth, (course.ends() + course.hidden).min(LONGEST_HIDDEN)),
        }
    }
}

/// See the module.
pub(crate) struct XState {
    rules: XRules,
    own: BTreeMap<ClientId, Handle>,
    accounts: BTreeMap<ClientId, Handle>,
    blocked: BTreeMap<ClientId, Timestamp>,
    live: Vec<LivePost>,
    under_way: BTreeMap<u64, Request>,
    answers: BTreeMap<u64, Publication>,
    tickets: u64,
    asked: BTreeMap<Handle, VecDeque<Timestamp>>,
    asked_by_all: VecDeque<Timestamp>,
    used_up: BTreeMap<ClientId, Timestamp>,
}

impl XState {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let own: BTreeMap<_, _> = scenario
            .clients
            .iter()
            .map(|client| (client.id.clone(), client.settings.handle.clone()))
            .collect();
        Self {
            rules: scenario.x.clone(),
            accounts: own.clone(),
            own,
            blocked: BTreeMap::new(),
            live: Vec::new(),
            under_way: BTreeMap::new(),
            answers: BTreeMap::new(),
            tickets: 0,
            asked: BTreeMap::new(),
            asked_by_all: VecDeque::new(),
            used_up: BTreeMap::new(),
        }
    }

    pub(crate) fn posts(&self) -> u64 {
        self.live.len() as u64
    }

    /// The account behind a client's credentials.
    pub(crate) fn account(&self, client: &ClientId) -> Handle {
        self.accounts[client].clone()
    }

    pub(crate) fn mix_up(&mut self, client: &ClientId) {
        let wrong = Handle::new("somebody_else").expect("a handle");
        self.accounts.insert(client.clone(), wrong);
    }

    /// Everybody has their own credentials, and they work.
    pub(crate) fn mend(&mut self) {
        self.accounts = self.own.clone();
        self.blocked.clear();
    }

    pub(crate) fn block(&mut self, client: &ClientId, truth: Timestamp, time: Duration) {
        self.blocked.insert(client.clone(), later(truth, time));
    }

    pub(crate) fn is_blocked(&self, client: &ClientId, truth: Timestamp) -> bool {
        self.blocked.get(client).is_some_and(|until| *until > truth)
    }

    /// Counts a request; whether X turns it away, and which limit it is beyond, where it is.
    pub(crate) fn count(&mut self, account: &Handle, truth: Timestamp) -> (bool, Option<String>) {
        let own = self.asked.entry(account.clone()).or_default();
        own.push_back(truth);
        self.asked_by_all.push_back(truth);
        forget(own, truth, QUARTER);
        forget(&mut self.asked_by_all, truth, DAY);
        let (in_quarter, in_day) = (own.len(), self.asked_by_all.len());
        let over = if in_quarter > self.rules.per_account as usize {
            Some(format!(
                "{in_quarter} for @{account} in a quarter of an hour"
            ))
        } else if in_day > self.rules.per_app as usize {
            Some(format!("{in_day} for all in a day"))
        } else {
            None
        };
        let used_up = self
            .used_up
            .iter()
            .any(|(client, until)| *until > truth && self.accounts.get(client) == Some(account));
        (over.is_some() || used_up, over)
    }

    /// How many requests a client has left, and when its window ends.
    pub(crate) fn window(&self, client: &ClientId, truth: Timestamp) -> (u32, Timestamp) {
        let asked = self.asked.get(&self.accounts[client]);
        let count = asked.map_or(0, VecDeque::len);
        let first = asked.and_then(|asked| asked.front().copied());
        let left = self
            .rules
            .per_account
            .saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        (left, later(first.unwrap_or(truth), QUARTER))
    }

    pub(crate) fn claim_used_up(&mut self, client: &ClientId, until: Timestamp) {
        self.used_up.insert(client.clone(), until);
    }

    /// Whoever waited is dead: from now on counts how long what is under way may hide.
    pub(crate) fn nobody_waits(&mut self, truth: Timestamp) {
        let latest = later(truth, self.rules.hidden);
        for request in self.under_way.values_mut() {
            request.lands = request.lands.map(|lands| lands.min(latest));
            request.visible = request.visible.min(latest);
        }
        for post in &mut self.live {
            post.visible = post.visible.min(latest);
        }
    }

    /// A request is under way from now on, whatever becomes of whoever sent it.
    pub(crate) fn take(&mut self, request: Request) -> u64 {
        self.tickets += 1;
        if request.lands.is_some() {
            self.under_way.insert(self.tickets, request);
        }
        self.tickets
    }

    /// The next request that has landed by now and made a post, if there is one.
    pub(crate) fn land_one(
        &mut self,
        truth: Timestamp,
        mut roll: impl FnMut() -> u64,
    ) -> Option<LivePost> {
        loop {
            let landed = self
                .under_way
                .iter()
                .filter_map(|(ticket, request)| Some((request.lands?, *ticket)))
                .filter(|(lands, _)| *lands <= truth)
                .min()?;
            let (at, ticket) = landed;
            let request = self.under_way.remove(&ticket)?;
            let is_repetition = self
                .live
                .iter()
                .any(|post| post.account == request.account && post.text == request.text);
            if is_repetition && roll() < self.rules.notices_repetition {
                let refused = Publication::Refused {
                    reason: "you have said this already".to_owned(),
                    duplicate: true,
                };
                self.answers.insert(ticket, refused);
                continue;
            }
            let id = PostId::new(format!("{}", 1_000 + ticket)).expect("digits");
            self.answers
                .insert(ticket, Publication::Accepted { post: id.clone() });
            let post = LivePost {
                id,
                account: request.account,
                text: request.text,
                at,
                visible: request.visible.max(at),
            };
            self.live.push(post.clone());
            return Some(post);
        }
    }

    /// What X says of a request that it has dealt with.
    pub(crate) fn answer(&self, ticket: u64) -> Publication {
        self.answers
            .get(&ticket)
            .cloned()
            .unwrap_or(Publication::Unknown {
                reason: "the connection was reset".to_owned(),
            })
    }

    /// What anybody can see of an account, newest first.
    pub(crate) fn timeline(
        &self,
        account: &Handle,
        since: Timestamp,
        truth: Timestamp,
    ) -> Vec<TimelinePost> {
        let visible =
            self.live.iter().rev().filter(|post| {
                post.account == *account && post.at >= since && post.visible <= truth
            });
        visible
            .map(|post| TimelinePost {
                id: post.id.clone(),
                text: post.text.clone(),
                created_at: post.at,
            })
            .collect()
    }

    /// Takes a post down; nobody sees it any more.
    pub(crate) fn delete(&mut self, post: &PostId) {
        self.live.retain(|live| live.id != *post);
    }

    /// The post with this text on an account, however well it hides.
    pub(crate) fn find(&self, account: &Handle, text: &str) -> Option<PostId> {
        let found = self
            .live
            .iter()
            .find(|post| post.account == *account && post.text == text);
        found.map(|post| post.id.clone())
    }

    /// Whether a request with this text can still land.
    pub(crate) fn is_under_way(&self, account: &Handle, text: &str) -> bool {
        self.under_way
            .values()
            .any(|request| request.account == *account && request.text == text)
    }
}

fn forget(times: &mut VecDeque<Timestamp>, truth: Timestamp, window: Duration) {
    while times.front().is_some_and(|at| later(*at, window) <= truth) {
        times.pop_front();
    }
}

/// A text as X shows it: some other form of the same words.
pub(crate) fn shown_form(text: &str, form: u64) -> String {
    match form {
        0 => text.replace('\u{e9}', "e\u{301}"),
        1 => text.split_whitespace().collect::<Vec<_>>().join(" "),
        2 => text.replace("example.com/", "http://example.com/"),
        _ => text.to_owned(),
    }
}
