//! What services have said: who is left alone until when, and how many calls are left of a window.
//!
//! Nothing here outlives the process. The next answer teaches it again; until then a quota that is set too high costs
//! each client the calls that it may have under way, refused.

use std::collections::BTreeMap;
use std::time::Duration;

use clara_domain::ids::ClientId;

use super::Class;
use super::moment::Moment;

/// Ends of the same window that are told by several answers lie no further apart.
const SAME_WINDOW: Duration = Duration::from_secs(60);

/// What a limit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bar {
    /// Calls of every kind, for a while.
    All,
    /// Calls of one kind, for a while.
    Kind(Class),
    /// Calls of one kind, in the service's short window.
    Window(Class),
    /// Calls of one kind, in the service's day.
    Day(Class),
}

/// How many calls may still leave before a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) calls: u32,
    pub(super) until: Moment,
}

/// What is known of one client's calls, or of everybody's.
#[derive(Debug, Default)]
struct Bars(BTreeMap<Bar, Left>);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Holds {
    everybody: Bars,
    clients: BTreeMap<ClientId, Bars>,
}

impl Left {
    /// What holds after more was heard: of the same window the tighter word, of two windows the later one.
    fn and(self, heard: Self) -> Self {
        if self.until > heard.until.after(SAME_WINDOW) {
            return self;
        }
        if heard.until > self.until.after(SAME_WINDOW) {
            return heard;
        }
        Self {
            calls: self.calls.min(heard.calls),
            until: self.until.max(heard.until),
        }
    }
}

impl Bars {
    fn note(&mut self, bar: Bar, heard: Left, now: Moment) {
        let known = self.0.get(&bar).filter(|left| left.until > now);
        let left = known.map_or(heard, |known| known.and(heard));
        self.0.insert(bar, left);
    }

    fn until(&self, class: Class, now: Moment) -> Option<Moment> {
        let bars = [
            Bar::All,
            Bar::Kind(class),
            Bar::Window(class),
            Bar::Day(class),
        ];
        let known = bars.iter().filter_map(|bar| self.0.get(bar));
        let holding = known.filter(|left| left.calls == 0 && left.until > now);
        holding.map(|left| left.until).max()
    }

    fn spend(&mut self, class: Class) {
        for bar in [Bar::Window(class), Bar::Day(class)] {
            if let Some(left) = self.0.get_mut(&bar) {
                left.calls = left.calls.saturating_sub(1);
            }
        }
    }

    fn forget(&mut self, now: Moment) {
        self.0.retain(|_, left| left.until > now);
    }
}

impl Holds {
    /// So many calls of a client, or of everybody, may still leave before a moment.
    pub(super) fn note(&mut self, client: Option<&ClientId>, bar: Bar, left: Left, now: Moment) {
        let bars = match client {
            None => &mut self.everybody,
            Some(client) => self.clients.entry(client.clone()).or_default(),
        };
        bars.note(bar, left, now);
    }

    /// Until when nobody's call of a kind may leave.
    pub(super) fn everybody(&self, class: Class, now: Moment) -> Option<Moment> {
        self.everybody.until(class, now)
    }

    /// Until when a client's call of a kind may not leave.
    pub(super) fn of(&self, client: &ClientId, class: Class, now: Moment) -> Option<Moment> {
        self.clients.get(client)?.until(class, now)
    }

    /// A call leaves.
    pub(super) fn spend(&mut self, client: &ClientId, class: Class) {
        self.everybody.spend(class);
        if let Some(bars) = self.clients.get_mut(client) {
            bars.spend(class);
        }
    }

    /// What is over is over.
    pub(super) fn forget(&mut self, now: Moment) {
        self.everybody.forget(now);
        self.clients.retain(|_, bars| {
            bars.forget(now);
            !bars.0.is_empty()
        });
    }
}
