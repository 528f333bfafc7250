//! The people at the desk: they plan, approve, change their minds, click twice, late and on what is no longer so.
//!
//! They know what is on their screens and, when asked whether a post is live, look at X and tell the truth.

mod choices;

use std::sync::Arc;
use std::time::Duration;

use clara_actors::EngineHandle;
use clara_domain::Command;
use clara_domain::command::{SlotChoice, WriteTime};
use clara_domain::ids::ClientId;
use clara_domain::later;
use clara_domain::person::By;
use tokio::task::spawn_local;

use super::scenario::{Part, PersonPlan};
use super::world::World;

/// How long somebody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// Somebody at the desk of one process.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) world: Arc<World>,
    pub(crate) engine: EngineHandle,
    pub(crate) plan: PersonPlan,
}

impl Worker {
    /// A working day.
    pub(crate) async fn work(self) {
        loop {
            let pause = self.world.dice().between(20, 400);
            self.world.sleep(Duration::from_secs(pause)).await;
            if self.plan.part == Part::Manager {
                self.look_at_brake().await;
            }
            let clients = &self.world.scenario.clients;
            let at = self.world.dice().place(clients.len());
            self.look_after(&clients[at].id, clients[at].tweets).await;
        }
    }

    async fn look_after(&self, client: &ClientId, wanted: usize) {
        let Ok(view) = self.engine.view(client) else {
            return;
        };
        if let Some(command) = self.about_client(view.paused.is_some()) {
            return self.ask(client, command).await;
        }
        if view.tweets.len() < wanted && self.plans() {
            let command = self.planning(wanted - view.tweets.len());
            return self.ask(client, command).await;
        }
        for tweet in view.tweets.values() {
            if let Some(command) = self.choose(client, tweet) {
                self.ask(client, command).await;
            }
        }
    }

    /// Looks at the brake over all clients; pulls it now and then, and lets it go.
    async fn look_at_brake(&self) {
        if self.engine.halted().is_some() {
            if self.world.dice().chance(3_000) {
                self.let_go().await;
            }
        } else if self.world.strikes(60, None) {
            self.pull_brake().await;
        }
    }

    async fn pull_brake(&self) {
        self.world
            .note(&self.plan.person.who.name, || "pulls the brake".to_owned());
        let by = By::Person(self.plan.person.clone());
        let held = self.engine.halt(by, "everybody wait".to_owned()).await;
        if held.is_ok() && !self.world.is_dead() {
            let now = self.world.now();
            self.world.audit(|auditor| auditor.halted(now));
        }
    }

    /// Wants something just when a request is on its way.
    pub(crate) async fn interfere(&self, client: &ClientId) {
        let is_manager = self.plan.part == Part::Manager;
        let wish = self.world.dice().roll(8);
        match wish {
            0 if is_manager => return self.pull_brake().await,
            0 | 1 => {
                let reason = "not now".to_owned();
                return self.ask_once(client, Command::Pause { reason }).await;
            }
            _ => {}
        }
        let Ok(view) = self.engine.view(client) else {
            return;
        };
        let on_its_way = view.tweets.values().find(|tweet| tweet.state.is_in_doubt());
        if let Some(command) = on_its_way.and_then(|tweet| self.meddle(client, tweet)) {
            self.ask_once(client, command).await;
        }
    }

    async fn let_go(&self) {
        let truth = self.world.truth();
        self.world.audit(|auditor| auditor.released(truth));
        self.world.note(&self.plan.person.who.name, || {
            "lets the brake go".to_owned()
        });
        // Without an answer it is tried again at the next look.
        let _ = self
            .engine
            .release(By::Person(self.plan.person.clone()))
            .await;
    }

    fn about_client(&self, is_paused: bool) -> Option<Command> {
        let mut dice = self.world.dice();
        match self.plan.part {
            Part::Manager if is_paused => dice.chance(4_000).then_some(Command::Resume),
            Part::Manager | Part::Stranger => dice.chance(300).then(|| Command::Pause {
                reason: "let us wait".to_owned(),
            }),
            Part::Author | Part::Approver => None,
        }
    }

    fn plans(&self) -> bool {
        match self.plan.part {
            Part::Manager | Part::Author => self.world.dice().chance(7_000),
            Part::Approver | Part::Stranger => self.world.dice().chance(500),
        }
    }

    fn planning(&self, missing: usize) -> Command {
        let count = self.world.dice().place(missing.min(2)) + 1;
        let tweets = self.engine.new_tweets(count);
        let slot = self.slot();
        let mut dice = self.world.dice();
        Command::Plan {
            tweets,
            brief: "say something new".to_owned(),
            segments: dice.pick(&[1, 1, 1, 2, 3]),
            slot,
            write: dice.pick(&[WriteTime::Now, WriteTime::Now, WriteTime::Ahead]),
        }
    }

    pub(crate) fn slot(&self) -> SlotChoice {
        let now = self.world.now();
        let mut dice = self.world.dice();
        match dice.roll(6) {
            0 => SlotChoice::Now,
            1 => SlotChoice::NextFree,
            _ => SlotChoice::At(later(now, Duration::from_secs(60 * dice.between(5, 120)))),
        }
    }

    /// Asks, at times twice at once, at times late; hears the answer unless it takes too long.
    pub(crate) async fn ask(&self, client: &ClientId, command: Command) {
        let odd = self.world.weather().people;
        // What X shows is looked at just before the answer is given.
        let is_settlement = matches!(command, Command::Settle { .. });
        if !is_settlement && self.world.strikes(odd, None) {
            let pause = self.world.dice().between(1, 1_500);
            self.world.sleep(Duration::from_secs(pause)).await;
        }
        // The same text twice: whether it was the first or the second click that was heard could not be told.
        let is_edit = matches!(command, Command::Edit { .. });
        if !is_edit && self.world.strikes(odd, None) {
            let (again, client, command) = (self.clone(), client.clone(), command.clone());
            spawn_local(async move { again.ask_once(&client, command).await });
        }
        self.ask_once(client, command).await;
    }

    pub(crate) async fn ask_once(&self, client: &ClientId, command: Command) {
        let person = &self.plan.person;
        let name = &person.who.name;
        self.world
            .note(name, || format!("asks {client} for {command:?}"));
        let by = By::Person(person.clone());
        let answer = tokio::select! {
            biased;
            answer = self.engine.execute(client, by, command.clone()) => answer,
            () = self.world.sleep(PATIENCE) => {
                return self.world.note(name, || "waits no longer".to_owned());
            }
        };
        if self.world.is_dead() {
            return std::future::pending().await;
        }
        self.world.note(name, || match &answer {
            Ok(_) => "hears: done".to_owned(),
            Err(refusal) => format!("hears: {refusal}"),
        });
        let id = &person.who.id;
        self.world
            .audit(|auditor| auditor.answered(client, id, &command, &answer));
    }
}

/// After the storm somebody sees to it that nothing is left paused.
pub(crate) async fn tidy_up(worker: Worker) {
    for _ in 0..3 {
        worker.world.sleep(Duration::from_secs(60)).await;
        if worker.engine.halted().is_some() {
            worker.let_go().await;
        }
        for client in &worker.world.scenario.clients {
            let is_paused = worker
                .engine
                .view(&client.id)
                .is_ok_and(|view| view.paused.is_some());
            if is_paused {
                worker.ask_once(&client.id, Command::Resume).await;
            }
        }
    }
}
