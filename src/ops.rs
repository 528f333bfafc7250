//! Health and metrics over HTTP, for whoever looks after the process.
//!
//! It only reads. `/healthz` says whether the process should go on living, `/readyz` whether people can work with it,
//! `/metrics` how it fares, as Prometheus text. No secret and no tweet is shown.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use clara_actors::handle::{Condition, EngineHandle};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::discord::Connection;

/// How often the recorder folds its histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "{address} ([ops] listen) cannot be listened on: {reason}; nothing was started; stop what uses it, or choose \
     another port"
)]
pub struct OpsError {
    /// What was asked for.
    pub address: SocketAddr,
    /// What the system says.
    pub reason: io::Error,
}

/// A port that is ours already and not served yet.
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// What is looked at.
#[derive(Clone)]
pub struct Watched {
    /// The engine.
    pub engine: EngineHandle,
    /// Whether the desk hears its people.
    pub desk: watch::Receiver<Connection>,
    /// Why the journal failed, when it has.
    pub journal: watch::Receiver<Option<String>>,
    /// What renders the metrics.
    pub metrics: PrometheusHandle,
}

/// The port while it is served; closed when dropped.
pub struct Ops {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

/// Takes the port.
///
/// # Errors
/// Somebody else has it, or this user may not.
pub async fn bind(address: SocketAddr) -> Result<Bound, OpsError> {
    let failed = |reason| OpsError { address, reason };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address })
}

impl Bound {
    /// Answers from now on.
    pub fn serve(self, watched: Watched) -> Ops {
        let metrics = watched.metrics.clone();
        let router = Router::new()
            .route("/healthz", get(health))
            .route("/readyz", get(readiness))
            .route("/metrics", get(render))
            .with_state(watched);
        let serving = async move {
            if let Err(error) = axum::serve(self.listener, router).await {
                tracing::error!(%error, "health and metrics are no longer served");
            }
        };
        let upkeep = async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                metrics.run_upkeep();
            }
        };
        Ops {
            address: self.address,
            tasks: [tokio::spawn(serving), tokio::spawn(upkeep)],
        }
    }
}

impl Ops {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Ops {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn health(State(watched): State<Watched>) -> Response {
    match watched.journal.borrow().clone() {
        None => Json(json!({ "alive": true })).into_response(),
        Some(reason) => {
            let body = json!({ "alive": false, "journal": reason });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

async fn readiness(State(watched): State<Watched>) -> Response {
    let missing = not_ready(&watched);
    let clients = watched.engine.clients();
    let conditions = clients
        .iter()
        .map(|client| (client.id.to_string(), word(&client.condition).into()));
    let body = json!({
        "ready": missing.is_empty(),
        "not_ready": missing,
        "clients": conditions.collect::<serde_json::Map<_, _>>(),
    });
    let status = if missing.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(body)).into_response()
}

/// What keeps people from working with Clara, in words.
fn not_ready(watched: &Watched) -> Vec<String> {
    let mut missing = Vec::new();
    if let Some(reason) = watched.journal.borrow().as_ref() {
        missing.push(format!("the journal failed: {reason}"));
    }
    if *watched.desk.borrow() != Connection::Connected {
        missing.push("Discord is not connected".to_owned());
    }
    let clients = watched.engine.clients();
    let is = |wanted: &str| {
        clients
            .iter()
            .filter(|client| word(&client.condition) == wanted)
            .count()
    };
    if is("starting") > 0 {
        missing.push(format!(
            "{} of {} clients are still starting",
            is("starting"),
            clients.len()
        ));
    }
    if !clients.is_empty() && is("running") + is("starting") + is("restarting") == 0 {
        missing.push("no client is running".to_owned());
    }
    missing
}

fn word(condition: &Condition) -> &'static str {
    match condition {
        Condition::Starting => "starting",
        Condition::Running => "running",
        Condition::Restarting { .. } => "restarting",
        Condition::Quarantined { .. } => "quarantined",
        Condition::Stopped => "stopped",
    }
}

async fn render(State(watched): State<Watched>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, watched.metrics.render()).into_response()
}
