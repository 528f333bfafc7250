//! How long a client that may go waits for the others.

use super::*;

const QUIET: usize = 50;

fn quiet(number: usize) -> ClientId {
    id(&format!("quiet-{number:02}"))
}

/// Lets one noisy client with 500 posts in, then the quiet ones with one each, and plays calls of a second; what the
/// noisy client's calls do is said. The longest that a quiet one waited, in seconds.
fn longest_wait(at_once: usize, noisy_hangs: bool, prepare: impl Fn(&mut Bench)) -> u64 {
    let mut bench = Bench::new(Limits {
        at_once,
        ..wide(at_once)
    });
    let noisy = id("noisy");
    prepare(&mut bench);
    (0..500).for_each(|_| bench.come(&noisy, Class::Post));
    let mut under_way: Vec<(u64, ClientId)> = Vec::new();
    let mut served = BTreeMap::new();
    for second in 0..1000 {
        for (_, client) in under_way.extract_if(.., |(end, _)| *end <= second) {
            bench.lane.release(&client, Class::Post);
        }
        if second == 1 {
            (0..QUIET).for_each(|number| bench.come(&quiet(number), Class::Post));
        }
        for (client, _) in bench.pump(at(1000 * second)).0 {
            let hangs = noisy_hangs && client == noisy;
            let end = if hangs { u64::MAX } else { second + 1 };
            served.entry(client.clone()).or_insert(second);
            under_way.push((end, client));
        }
        if served.keys().filter(|client| **client != noisy).count() == QUIET {
            break;
        }
    }
    let waits = (0..QUIET).map(|number| served[&quiet(number)] - 1);
    waits.max().unwrap()
}

/// With so many places and so many clients waiting, each takes one turn of so many calls at a time at most: at least half
/// of the places are left by one that hangs.
fn bound(at_once: usize) -> u64 {
    (QUIET + 1).div_ceil(at_once - at_once.div_ceil(2)) as u64
}

#[test]
fn one_with_500_posts_delays_50_others_by_no_more_than_their_turns() {
    for at_once in [2, 4, 8, 16] {
        let waited = longest_wait(at_once, false, |_| {});
        assert!(waited <= bound(at_once), "{waited} s with {at_once} places");
    }
}

#[test]
fn one_whose_500_posts_hang_delays_50_others_by_no_more_than_their_turns() {
    for at_once in [2, 4, 8, 16] {
        let waited = longest_wait(at_once, true, |_| {});
        assert!(waited <= bound(at_once), "{waited} s with {at_once} places");
    }
}

#[test]
fn one_that_is_held_or_whose_window_is_used_up_delays_nobody() {
    for at_once in [2, 8] {
        let full_speed = (QUIET / at_once) as u64;
        let held = longest_wait(at_once, false, |bench| {
            bench.hold(Some(&id("noisy")), at(9_000_000))
        });
        assert!(held <= full_speed, "{held} s with {at_once} places");
        let throttled = longest_wait(at_once, false, |bench| {
            bench.left(&id("noisy"), Class::Post, 0, at(9_000_000), at(0));
        });
        assert!(
            throttled <= full_speed,
            "{throttled} s with {at_once} places"
        );
    }
}

#[test]
fn one_whose_quota_is_used_up_delays_nobody() {
    let mut bench = Bench::new(Limits {
        client: quota_of(2, 60_000),
        ..wide(8)
    });
    (0..500).for_each(|_| bench.come(&id("noisy"), Class::Post));
    assert_eq!(bench.clients(at(0)), ["noisy"]);
    (0..4).for_each(|number| bench.come(&quiet(number), Class::Post));
    assert_eq!(bench.clients(at(1)).len(), 4);
}

proptest! {
    #[test]
    fn within_a_class_nobody_is_overtaken_more_often_than_there_are_others(
        wishes in prop::collection::vec(0..3_usize, 2..40),
    ) {
        const CLIENTS: [&str; 3] = ["a", "b", "c"];
        let mut bench = Bench::new(wide(1000));
        wishes.iter().for_each(|client| bench.come(&id(CLIENTS[*client]), Class::Write));
        let granted = bench.clients(at(0));
        for name in CLIENTS {
            let places = granted.iter().enumerate().filter(|(_, client)| *client == name);
            let own: Vec<_> = places.map(|(place, _)| place).collect();
            for pair in own.windows(2) {
                prop_assert!(pair[1] - pair[0] <= CLIENTS.len());
            }
        }
    }
}
