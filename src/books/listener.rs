//! The running Clara's side: she listens on a socket in her data directory and answers with backups and trails.
//!
//! Only the user who runs her (and root) is answered. Reading holds up no append, and a reader that is slow holds up
//! nobody. The invariant: it listens only while the journal is open and its lock is held.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{fs, io};

use clara_actors::handle::EngineHandle;
use clara_actors::ports::journal::StreamId;
use clara_actors::ports::{Clock, Journal};
use clara_adapters::archive::trail::{self, Head};
use clara_adapters::archive::{Damage, Made, PackError, Sink, pack};
use clara_domain::ids::ClientId;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::knowledge::{self, Wish};
use super::wire::{self, Answer, Question};

/// How many are answered at once; more wait in the system's queue.
const AT_ONCE: usize = 4;
/// How long a question may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// See the module.
pub struct Listener {
    task: JoinHandle<()>,
    socket: PathBuf,
    engine: Arc<OnceLock<EngineHandle>>,
}

impl Listener {
    /// Begins to listen. The journal's lock has to be held: a socket that is there already is nobody's.
    ///
    /// # Errors
    /// The system does not let a socket be made there.
    pub fn start(
        data_dir: &Path,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let socket = data_dir.join(wire::NAME);
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let (short, _open) = wire::path(data_dir)?;
        let listener = UnixListener::bind(short)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        let desk = Desk {
            owner: fs::metadata(&socket)?.uid(),
            journal,
            clock,
            engine: Arc::default(),
        };
        let engine = desk.engine.clone();
        Ok(Self {
            task: tokio::spawn(serve(listener, Arc::new(desk))),
            socket,
            engine,
        })
    }

    /// Makes the engine known that it asks for changes: it starts after this listens.
    pub fn introduce(&self, engine: EngineHandle) {
        // There is one engine in a process; a second introduction changes nothing.
        let _ = self.engine.set(engine);
    }

    /// Takes nothing more, and cuts off what is under way: who asked sees that.
    pub async fn stop(mut self) {
        self.task.abort();
        // It was told to end; how it did does not matter.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
        if let Err(error) = fs::remove_file(&self.socket) {
            tracing::debug!(%error, "the socket for backups was gone already");
        }
    }
}

struct Desk {
    owner: u32,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    engine: Arc<OnceLock<EngineHandle>>,
}

async fn serve(listener: UnixListener, desk: Arc<Desk>) {
    let mut answers = JoinSet::new();
    loop {
        while answers.len() >= AT_ONCE {
            answers.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                answers.spawn(answer(stream, Arc::clone(&desk)));
            }
            Err(error) => {
                tracing::warn!(%error, "a command that wanted a backup could not be heard");
                desk.clock.sleep(Duration::from_secs(1)).await;
            }
        }
        while answers.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: UnixStream, desk: Arc<Desk>) {
    let is_allowed = stream
        .peer_cred()
        .is_ok_and(|peer| [0, desk.owner].contains(&peer.uid()));
    if !is_allowed {
        return;
    }
    let question = tokio::time::timeout(PATIENCE, question(&mut stream)).await;
    // Somebody who only wanted to know whether she is there says nothing.
    let Ok(Ok(Some(question))) = question else {
        return;
    };
    if let Err(error) = desk.answer(&question, &mut stream).await {
        tracing::info!(%error, ?question, "a backup or an export was not taken to its end");
    }
}

async fn question(stream: &mut UnixStream) -> io::Result<Option<Question>> {
    let mut line = String::new();
    let mut limited = BufReader::new(stream.take(wire::LONGEST_QUESTION));
    limited.read_line(&mut line).await?;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}

impl Desk {
    /// Only the engine changes a client while it runs.
    async fn known(&self, client: &ClientId, wish: &Wish) -> Result<String, String> {
        match self.engine.get() {
            Some(engine) => knowledge::answer(engine, client, wish).await,
            None => Err("Clara is starting. Nothing was done; try again in a moment.".to_owned()),
        }
    }

    async fn answer(&self, question: &Question, stream: &mut UnixStream) -> io::Result<()> {
        let mut answer = Answer::new(stream);
        if let Question::Knowledge { client, wish } = question {
            return match self.known(client, wish).await {
                Ok(text) => {
                    answer.put(text.as_bytes()).await?;
                    answer.end(Ok(())).await
                }
                Err(why) => answer.end(Err(why)).await,
            };
        }
        let now = self.clock.now();
        let outcome = write(&*self.journal, question, now, &mut answer).await;
        match outcome {
            Err(PackError::Sink(error)) => Err(error),
            outcome => answer.end(outcome.map_err(|error| error.to_string())).await,
        }
    }
}

/// Writes what is asked for.
pub(super) async fn write(
    journal: &dyn Journal,
    question: &Question,
    now: jiff::Timestamp,
    sink: &mut dyn Sink,
) -> Result<(), PackError> {
    let clara = env!("CARGO_PKG_VERSION");
    match question {
        Question::Backup { leave_out } => {
            let made = Made {
                at: now,
                clara: clara.to_owned(),
            };
            let damage = match leave_out {
                true => Damage::LeaveOut,
                false => Damage::Refuse,
            };
            pack(journal, &made, damage, sink).await.map(drop)
        }
        Question::Ledgers { client } => {
            super::costs::write_ledgers(journal, client.as_ref(), sink).await
        }
        // Not of the journal's: [`Desk::known`] and `clara knowledge` see to it before.
        Question::Knowledge { .. } => Ok(()),
        Question::Export { client } => {
            let stream = StreamId::Client(client.clone());
            let is_known = journal.streams().await?.contains(&stream);
            if !is_known {
                return Err(PackError::Nothing { stream });
            }
            let head = Head::new(client.clone(), now, clara);
            trail::write(journal, &head, sink).await.map(drop)
        }
    }
}
