//! `clara sandbox`: the pretended world, with the engine against it or alone, for a person or for a script.

use std::path::Path;

use clara_sandbox::Pace;

use super::run::{Signals, in_system, until_told};
use super::{Exit, SandboxArgs, complain, say};
use crate::app::{Ending, Running};
use crate::config::{Log, LogFormat};
use crate::sandbox::{self, Beside, RunningSandbox, SandboxOptions, Services};
use crate::script::soak::{self, SoakOptions};
use crate::{script, telemetry};

/// How long a soak is, how many clients it has and how often it kills the engine, where nobody says.
const SOAK: (f64, usize, u32) = (5.0, 100, 30);

pub(super) fn run(args: SandboxArgs) -> Exit {
    if let Some(name) = args
        .script
        .as_deref()
        .filter(|name| !script::SCRIPTS.contains(name))
    {
        complain(&format!(
            "There is no script `{name}`; the scripts are: {}. Nothing was started.",
            script::SCRIPTS.join(", ")
        ));
        return Exit::Usage;
    }
    telemetry::log(&Log {
        format: LogFormat::Human,
        filter: "warn,serenity=error".to_owned(),
    });
    if let (Some(pace), Some(data)) = (args.beside, &args.data) {
        return in_system(beside(data, pace));
    }
    let options = SandboxOptions {
        data: args.data.clone(),
        port: args.port,
        seed: args.seed,
        everything: args.script.is_some(),
    };
    let result = in_system(async move {
        match (args.script.as_deref(), args.services) {
            (Some("soak"), _) => soak(&args).await,
            (Some(name), _) => play(name, &args, &options).await,
            (None, true) => alone(&options).await,
            (None, false) => for_a_person(&options).await,
        }
    });
    result.unwrap_or_else(|error: anyhow::Error| {
        complain(&format!("The sandbox did not go well: {error:#}"));
        Exit::Failed
    })
}

async fn for_a_person(options: &SandboxOptions) -> anyhow::Result<Exit> {
    let (running, app) = sandbox::start(options).await?;
    say(&invitation(&running, options));
    say(&app.banner());
    let exit = until_told(app).await;
    running.shutdown().await;
    Ok(exit)
}

fn invitation(running: &RunningSandbox, options: &SandboxOptions) -> String {
    let kept = match &options.data {
        Some(dir) => format!(
            "Everything is kept in {}; start again with the same --data to go on.",
            dir.display()
        ),
        None => "Everything is forgotten at the end; --data DIR keeps it.".to_owned(),
    };
    format!(
        "\nOpen {} : the agency's Discord on one side, the clients' X timelines on the other.\n\
         1. You are maya, manager of the agency. In #ops type  /generate client:harbour brief:the new oat roast\n\
         2. The card arrives in #harbour-approvals. Approve it, or reject, edit or regenerate it.\n\
         3. Let time pass with the clock on the page, and see it posted. Then switch a fault on and do it again.\n\
         {kept}\n",
        running.sandbox.url()
    )
}

async fn play(name: &str, args: &SandboxArgs, options: &SandboxOptions) -> anyhow::Result<Exit> {
    let (running, mut app) = sandbox::start(options).await?;
    let signals = Signals::new();
    let played = tokio::select! {
        played = script::run(name, &running, args.report.as_deref()) => played,
        ending = app.until(signals.next()) => Err(interrupted(ending)),
    };
    end(app, &played).await;
    running.shutdown().await;
    played.map(|summary| {
        say(&summary);
        Exit::Fine
    })
}

fn interrupted(ending: Ending) -> anyhow::Error {
    match ending {
        Ending::Asked => anyhow::anyhow!("the script was interrupted"),
        Ending::EngineFailed(reason) | Ending::DeskFailed(reason) => {
            anyhow::anyhow!("Clara ended: {reason}")
        }
    }
}

async fn end(app: Running, played: &anyhow::Result<String>) {
    if let Err(error) = played {
        tracing::error!(%error, "the script failed");
    }
    app.stop(&Ending::Asked).await;
}

async fn alone(options: &SandboxOptions) -> anyhow::Result<Exit> {
    let Services { sandbox, place } = sandbox::services(options).await?;
    say(&format!(
        "The pretended Discord, X and OpenAI are at {}\nStart Clara beside them, in another terminal:\n\n  . {}\n  clara run --config {}\n",
        sandbox.url(),
        place.environment().display(),
        place.config().display(),
    ));
    if place.is_lent() {
        say("The directory is removed at the end; --data DIR keeps it.");
    }
    Signals::new().next().await;
    sandbox.shutdown().await;
    Ok(Exit::Fine)
}

/// The engine of a world that another process holds: until that process is gone, or says so.
async fn beside(data: &Path, pace: Pace) -> Exit {
    match sandbox::beside(data, pace).await {
        Ok(Beside { mut app, closed }) => {
            let ending = app.until(closed).await;
            app.stop(&ending).await;
            match ending {
                Ending::Asked => Exit::Fine,
                Ending::EngineFailed(_) | Ending::DeskFailed(_) => Exit::Failed,
            }
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "did not start");
            Exit::Failed
        }
    }
}

async fn soak(args: &SandboxArgs) -> anyhow::Result<Exit> {
    let (minutes, clients, kills) = SOAK;
    let options = SoakOptions {
        seed: args.seed.unwrap_or_else(|| u64::from(std::process::id())),
        minutes: args.minutes.unwrap_or(minutes),
        clients: args.clients.unwrap_or(clients),
        kills: args.kills.unwrap_or(kills),
        faults: args
            .faults
            .clone()
            .unwrap_or_else(|| vec!["all".to_owned()]),
        report: args.report.clone(),
        data: args.data.clone(),
    };
    let signals = Signals::new();
    let (kept, verdict) = tokio::select! {
        soaked = soak::run(&options) => soaked?,
        () = signals.next() => anyhow::bail!("the soak was interrupted; its engine is ended with it"),
    };
    say(&verdict);
    Ok(if kept { Exit::Fine } else { Exit::Failed })
}
