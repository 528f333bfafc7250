//! No window sees more than its quota: for any arrivals, over restarts, and whatever services say.

use super::*;

/// Somebody who comes after a pause, and how long the call takes.
#[derive(Debug, Clone)]
struct Arrival {
    pause: u64,
    client: usize,
    class: Class,
    takes: u64,
}

const CLIENTS: [&str; 3] = ["a", "b", "c"];

fn arrivals(class: impl Strategy<Value = Class>) -> impl Strategy<Value = Vec<Arrival>> {
    let pause = prop_oneof![Just(0_u64), 0..50_u64, 0..3000_u64];
    let arrival = (pause, 0..CLIENTS.len(), class, 0..2000_u64);
    let arrival = arrival.prop_map(|(pause, client, class, takes)| Arrival {
        pause,
        client,
        class,
        takes,
    });
    prop::collection::vec(arrival, 1..60)
}

fn limits() -> impl Strategy<Value = Limits> {
    let app = (1..20_u32, 500..5000_u64);
    let client = (1..10_u32, 500..5000_u64);
    (app, client, 1..5_usize).prop_map(|(app, client, at_once)| Limits {
        app: quota_of(app.0, app.1),
        client: quota_of(client.0, client.1),
        at_once,
    })
}

/// A lane in virtual time, who is still to come, and who was let go when.
struct Play {
    limits: Limits,
    bench: Bench,
    to_come: VecDeque<(Moment, Arrival)>,
    under_way: Vec<(Moment, ClientId, Class)>,
    grants: Vec<(ClientId, Class, Moment)>,
    now: Moment,
}

impl Play {
    fn new(limits: Limits, arrivals: &[Arrival]) -> Self {
        let mut time = 0;
        let to_come = arrivals.iter().map(|arrival| {
            time += arrival.pause;
            (at(time), arrival.clone())
        });
        Self {
            limits,
            to_come: to_come.collect(),
            bench: Bench::new(limits),
            under_way: Vec::new(),
            grants: Vec::new(),
            now: at(0),
        }
    }

    /// Whoever has come by now waits, whoever is done goes, whoever may go does; when there is more to do, if there is.
    fn step(&mut self) -> Option<Moment> {
        let now = self.now;
        while let Some((_, arrival)) = self.to_come.pop_front_if(|(when, _)| *when <= now) {
            self.bench.come(&id(CLIENTS[arrival.client]), arrival.class);
            // The call takes as long as the one that comes with it says.
            self.bench.takes.push_back(arrival.takes);
        }
        let done = self.under_way.extract_if(.., |(end, _, _)| *end <= now);
        for (_, client, class) in done {
            self.bench.lane.release(&client, class);
        }
        let (granted, next) = self.bench.pump(now);
        for (client, class) in granted {
            let takes = self.bench.takes.pop_front().unwrap_or_default();
            let end = now.after(Duration::from_millis(takes));
            self.grants.push((client.clone(), class, now));
            self.under_way.push((end, client, class));
        }
        assert!(self.under_way.len() <= self.limits.at_once);
        let times = self.under_way.iter().map(|(end, _, _)| *end).chain(next);
        times
            .chain(self.to_come.front().map(|(when, _)| *when))
            .min()
    }

    /// Everybody is let go in the end.
    fn finish(&mut self) {
        let everybody = self.grants.len() + self.bench.len() + self.to_come.len();
        for _ in 0..10_000 {
            let next = self.step();
            if self.grants.len() == everybody {
                return;
            }
            self.now = next
                .expect("somebody waits and nothing is to come")
                .max(self.now);
        }
        panic!("only {} of {everybody} were let go", self.grants.len());
    }

    /// The process dies: what was under way or waited is gone, what was sent is known by the clients, in any order and
    /// taken for later than it was by a while at most.
    fn restart(&mut self, order: &[usize], late: u64) {
        self.bench = Bench::new(self.limits);
        self.under_way.clear();
        for client in order {
            let client = id(CLIENTS[*client]);
            let own = self.grants.iter().filter(|(of, _, _)| *of == client);
            let late = Duration::from_millis(late);
            let sent = own.map(|(_, _, at)| at.after(late).min(self.now));
            self.bench.lane.relive(&client, sent.collect::<Vec<_>>());
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for class in Class::ALL {
            let of_class = self.grants.iter().filter(|(_, of, _)| *of == class);
            let all = most_in_a_window(of_class.clone().map(|(_, _, at)| at), self.limits.app.per);
            prop_assert!(
                all <= self.limits.app.calls as usize,
                "{all} calls in one window of the app"
            );
            for name in CLIENTS {
                let own = of_class
                    .clone()
                    .filter(|(client, _, _)| *client == id(name));
                let own = most_in_a_window(own.map(|(_, _, at)| at), self.limits.client.per);
                prop_assert!(
                    own <= self.limits.client.calls as usize,
                    "{own} calls in one window of {name}"
                );
            }
        }
        Ok(())
    }
}

/// The most grants in any window, from a grant on and open at its end.
fn most_in_a_window<'a>(grants: impl Iterator<Item = &'a Moment>, per: Duration) -> usize {
    let times: Vec<_> = grants.collect();
    let windows = times.iter().enumerate().map(|(first, start)| {
        let end = start.after(per);
        times[first..].iter().filter(|time| ***time < end).count()
    });
    windows.max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_window_sees_more_calls_than_the_quotas_and_everybody_gets_through(
        arrivals in arrivals(prop::sample::select(Class::ALL.to_vec())),
        limits in limits(),
    ) {
        let mut play = Play::new(limits, &arrivals);
        play.finish();
        play.check()?;
    }

    #[test]
    fn no_window_sees_more_posts_although_the_process_dies_within_it(
        arrivals in arrivals(Just(Class::Post)),
        limits in limits(),
        lives in prop::collection::vec((1..20_usize, Just([0, 1, 2]).prop_shuffle(), 0..200_u64), 1..5),
    ) {
        let mut play = Play::new(limits, &arrivals);
        for (steps, order, late) in lives {
            for _ in 0..steps {
                let next = play.step();
                play.now = next.unwrap_or(play.now).max(play.now);
            }
            play.restart(&order, late);
        }
        play.finish();
        play.check()?;
    }

    #[test]
    fn nothing_leaves_that_the_service_says_it_has_no_room_for(
        arrivals in arrivals(Just(Class::Post)),
        room in 1..12_u32,
        window in 2000..20_000_u64,
    ) {
        let mut play = Play::new(wide(4), &arrivals);
        let (mut counted, mut ends) = (BTreeMap::<ClientId, u32>::new(), at(window));
        for _ in 0..10_000 {
            let known = play.grants.len();
            let next = play.step();
            // What leaves is counted at once; its answer says what is left, before anything else leaves.
            for (client, _, _) in &play.grants[known..] {
                let calls = counted.entry(client.clone()).or_default();
                *calls += 1;
                prop_assert!(*calls <= room + 3, "{calls} calls in a window that has room for {room}");
                let others = play.bench.lane.under_way(Some(client), Class::Post) as u32 - 1;
                let left = room.saturating_sub(*calls).saturating_sub(others);
                play.bench.left(client, Class::Post, left, ends, play.now);
            }
            let Some(next) = next else { break };
            play.now = next.max(play.now);
            while play.now >= ends {
                ends = ends.after(Duration::from_millis(window));
                counted.clear();
            }
        }
    }
}
