//! Snapshots save replaying, and are never believed against the records.

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{Snapshot, StreamId};
use clara_domain::{Client, Command};

use super::kit::{World, client, live};

fn stream() -> StreamId {
    StreamId::Client(client("harbour"))
}

/// Lets a client live through so many pauses and resumptions.
fn live_through(world: &World, rounds: usize) {
    live(world, async |run| {
        for _ in 0..rounds {
            run.ask(
                "harbour",
                Command::Pause {
                    reason: "x".to_owned(),
                },
            )
            .await;
            run.ask("harbour", Command::Resume).await;
        }
    });
}

fn snapshot(world: &World) -> Option<Snapshot> {
    live(world, async |_| {
        world.journal.snapshot(&stream()).await.unwrap()
    })
}

fn state(world: &World) -> Client {
    live(world, async |run| Client::clone(&run.view("harbour")))
}

#[test]
fn after_200_events_a_snapshot_is_kept_and_a_start_from_it_equals_a_full_replay() {
    let world = World::with_clients(&["harbour"]);
    live_through(&world, 99);
    assert_eq!(snapshot(&world), None);
    live_through(&world, 20);
    let kept = snapshot(&world).expect("a snapshot");
    assert_eq!(kept.version.0, 200);
    let from_snapshot = state(&world);
    let records = live(&world, async |_| {
        let unreadable = Snapshot {
            schema: 99,
            ..kept.clone()
        };
        world
            .journal
            .save_snapshot(&stream(), unreadable)
            .await
            .unwrap();
        world.journal.events(&stream()).await.len()
    });
    assert!(records > 230, "{records}");
    assert_eq!(state(&world), from_snapshot);
}

#[test]
fn a_snapshot_is_really_read() {
    let world = World::with_clients(&["harbour"]);
    live_through(&world, 101);
    live(&world, async |_| {
        let mut kept = world.journal.snapshot(&stream()).await.unwrap().unwrap();
        let mut state: serde_json::Value = serde_json::from_str(&kept.body).unwrap();
        state["last_notice"] = 77.into();
        kept.body = state.to_string();
        world.journal.save_snapshot(&stream(), kept).await.unwrap();
    });
    assert_eq!(state(&world).last_notice, 77);
}

#[test]
fn a_snapshot_that_makes_no_sense_is_passed_over() {
    let world = World::with_clients(&["harbour", "museum"]);
    live_through(&world, 101);
    let before = state(&world);
    let kept = snapshot(&world).unwrap();
    let museum = live(&world, async |run| Client::clone(&run.view("museum")));
    let bodies = [
        "damaged".to_owned(),
        r#"{ "id": "harbour" }"#.to_owned(),
        serde_json::to_string(&museum).unwrap(),
    ];
    for body in bodies {
        live(&world, async |_| {
            let damaged = Snapshot {
                body,
                ..kept.clone()
            };
            world
                .journal
                .save_snapshot(&stream(), damaged)
                .await
                .unwrap();
        });
        assert_eq!(state(&world), before);
    }
}
