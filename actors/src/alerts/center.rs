//! Where alerts are delivered from: one at a time, each once, however often it is raised.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::Backoff;
use tracing::{error, info, warn};

use super::{Alert, Matter, Severity};
use crate::gateway::contained;
use crate::ports::desk::DeskError;
use crate::ports::{Clock, Desk};
use crate::vital::Vital;

/// How many delivered alerts are remembered, so that they are not delivered again.
const REMEMBERED: usize = 1000;

/// How long the desk may take for one: the others wait behind it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Delivers an alert; resolves when people can see it, or with why they cannot.
#[derive(Message)]
#[rtype(result = "Result<(), DeskError>")]
pub(crate) struct Deliver(pub(crate) Alert);

/// The actor that delivers alerts.
pub(crate) struct AlertCenter {
    desk: Arc<dyn Desk>,
    clock: Arc<dyn Clock>,
    delivered: VecDeque<String>,
    _vital: Vital,
}

impl AlertCenter {
    pub(crate) fn start_with(
        desk: Arc<dyn Desk>,
        clock: Arc<dyn Clock>,
        vital: Vital,
    ) -> Addr<Self> {
        let center = Self {
            desk,
            clock,
            delivered: VecDeque::new(),
            _vital: vital,
        };
        center.start()
    }

    fn remember(&mut self, nonce: String) {
        if self.delivered.len() == REMEMBERED {
            self.delivered.pop_front();
        }
        self.delivered.push_back(nonce);
    }
}

/// The pauses between tries to tell people of what nobody but the engine knows.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(120));

/// Tells people of something that no state holds: again and again, until they are told.
pub(crate) async fn tell(alerts: Addr<AlertCenter>, clock: Arc<dyn Clock>, alert: Alert) {
    let mut tries = 0;
    while !matches!(alerts.send(Deliver(alert.clone())).await, Ok(Ok(()))) {
        let pause = BACKOFF.pause(tries);
        error!(
            ?pause,
            nonce = alert.nonce,
            "an alert could not be told to people yet"
        );
        clock.sleep(pause).await;
        tries += 1;
    }
}

/// The log carries every alert too: it is there when the desk is not.
fn log(alert: &Alert) {
    let client = alert.client.as_ref().map(ToString::to_string);
    let (client, matter) = (client.unwrap_or_default(), kind(&alert.matter));
    match alert.severity {
        Severity::Info => info!(client, matter, "alert"),
        Severity::Warning => warn!(client, matter, "alert"),
        Severity::Critical => error!(client, matter, "alert"),
    }
}

fn kind(matter: &Matter) -> String {
    match matter {
        Matter::Notice { notice, .. } => format!("{:?}", notice.kind),
        Matter::Quarantined { reason } => format!("quarantined: {reason}"),
        Matter::Halted { halt } => format!("everything is held: {}", halt.reason),
        Matter::Released { .. } => "sending goes on".to_owned(),
        Matter::EngineFailed { reason } => format!("the engine cannot go on: {reason}"),
        Matter::JournalSlow { since } => format!("a commit takes too long: {since:?}"),
        Matter::JournalRepaired { what, copy } => {
            format!("the journal was mended: {what}; copy in {copy}")
        }
        Matter::JournalDamaged { what } => format!("the journal is damaged: {what}"),
        Matter::DiskFull { free, needed } => {
            format!("the disk is full: {free} bytes are free, {needed} are needed")
        }
        Matter::DiskFree => "the disk has space again".to_owned(),
        Matter::Budget(alarm) => format!(
            "the budget {}: {} of {} are spent",
            alarm.budget, alarm.spent, alarm.limit
        ),
    }
}

impl Actor for AlertCenter {
    type Context = Context<Self>;
}

impl Handler<Deliver> for AlertCenter {
    type Result = AtomicResponse<Self, Result<(), DeskError>>;

    fn handle(&mut self, Deliver(alert): Deliver, _: &mut Self::Context) -> Self::Result {
        if self.delivered.contains(&alert.nonce) {
            return AtomicResponse::new(Box::pin(fut::ready(Ok(()))));
        }
        log(&alert);
        let severity = format!("{:?}", alert.severity).to_lowercase();
        metrics::counter!("clara_alerts_total", "severity" => severity).increment(1);
        let (desk, clock) = (self.desk.clone(), self.clock.clone());
        let nonce = alert.nonce.clone();
        let delivery = async move { contained(clock.as_ref(), PATIENCE, desk.alert(&alert)).await };
        AtomicResponse::new(Box::pin(delivery.into_actor(self).map(
            move |result, center, _| {
                let result = result.unwrap_or_else(|reason| {
                    Err(DeskError {
                        reason,
                        retry_after: None,
                    })
                });
                if result.is_ok() {
                    center.remember(nonce);
                }
                result
            },
        )))
    }
}
