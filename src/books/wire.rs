//! What a command and a running Clara say to each other over the socket in her data directory.
//!
//! The command sends one line of JSON; she answers with pieces: a length (u32, big-endian) and so many bytes. A piece of
//! no length ends the answer; the length [`FAILED`] is followed by a piece that says why there is no more. The
//! invariant: an answer that was cut off is never taken for a whole one.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clara_adapters::archive::Sink;
use clara_domain::ids::ClientId;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// The socket's name in the data directory.
pub(super) const NAME: &str = "clara.sock";
/// Instead of a length: she could not go on.
const FAILED: u32 = u32::MAX;
/// The most bytes of a piece.
const PIECE: usize = 64 * 1024;
/// The system takes at most 107 bytes for a socket's path; with room for what it adds.
const LONGEST_PATH: usize = 100;
/// The most bytes of a question: a note with every character escaped.
pub(super) const LONGEST_QUESTION: u64 = 512 * 1024;

/// What Clara is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Question {
    /// A backup of everything.
    Backup {
        /// Leave out what is damaged, instead of refusing.
        leave_out: bool,
    },
    /// What clients used: their ledgers, as JSON.
    Ledgers {
        /// Whose; none for all.
        client: Option<ClientId>,
    },
    /// Something about a client's notes.
    Knowledge {
        /// Whose.
        client: ClientId,
        /// What.
        wish: super::knowledge::Wish,
    },
    /// One client's audit trail.
    Export {
        /// Whose.
        client: ClientId,
    },
}

/// The socket's path, short enough for the system, and what has to be kept open while it is used.
pub(super) fn path(dir: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let plain = dir.join(NAME);
    if plain.as_os_str().len() <= LONGEST_PATH {
        return Ok((plain, None));
    }
    let open = File::open(dir)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())).join(NAME);
    Ok((short, Some(open)))
}

/// Reaches the Clara who runs on a data directory.
pub(super) async fn connect(dir: &Path) -> io::Result<UnixStream> {
    let (path, _open) = path(dir)?;
    UnixStream::connect(path).await
}

/// Why an answer did not come, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    /// What was answered could not be put where it was to go.
    #[error("it could not be written: {0}")]
    Sink(io::Error),
    /// She says so.
    #[error("{0}")]
    Refused(String),
    /// She went away.
    #[error("Clara ended before she had answered")]
    CutOff,
    /// The system does not let her be talked to.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for AskError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Self::CutOff,
            _ => Self::Io(error),
        }
    }
}

/// Asks, and hands what is answered to a sink.
///
/// # Errors
/// See [`AskError`]; what the sink has got by then is not all.
pub(super) async fn ask(
    mut stream: UnixStream,
    question: &Question,
    sink: &mut dyn Sink,
) -> Result<(), AskError> {
    let mut line = serde_json::to_vec(question).expect("its keys are strings");
    line.push(b'\n');
    stream.write_all(&line).await?;
    loop {
        match stream.read_u32().await? {
            0 => return Ok(()),
            FAILED => {
                let length = stream.read_u32().await?;
                let why = piece(&mut stream, length).await?;
                let why = String::from_utf8_lossy(&why).into_owned();
                return Err(AskError::Refused(why));
            }
            length => {
                let bytes = piece(&mut stream, length).await?;
                sink.put(&bytes).await.map_err(AskError::Sink)?;
            }
        }
    }
}

async fn piece(stream: &mut UnixStream, length: u32) -> io::Result<Vec<u8>> {
    if length as usize > PIECE {
        return Err(io::Error::other("what answers is not Clara"));
    }
    let mut bytes = vec![0; length as usize];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// The answering side: gathers what is put into pieces.
pub(super) struct Answer<'a> {
    stream: &'a mut UnixStream,
    waiting: Vec<u8>,
}

impl<'a> Answer<'a> {
    pub(super) fn new(stream: &'a mut UnixStream) -> Self {
        Self {
            stream,
            waiting: Vec::with_capacity(PIECE),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        for piece in self.waiting.chunks(PIECE) {
            let length = u32::try_from(piece.len()).expect("a piece is at most PIECE bytes");
            self.stream.write_u32(length).await?;
            self.stream.write_all(piece).await?;
        }
        self.waiting.clear();
        Ok(())
    }

    /// Ends it well, or with the reason why it does not go on.
    pub(super) async fn end(mut self, outcome: Result<(), String>) -> io::Result<()> {
        match outcome {
            Ok(()) => {
                self.flush().await?;
                self.stream.write_u32(0).await?;
            }
            Err(why) => {
                let why: Vec<u8> = why.bytes().take(PIECE).collect();
                let length = u32::try_from(why.len()).expect("it was cut to PIECE bytes");
                self.stream.write_u32(FAILED).await?;
                self.stream.write_u32(length).await?;
                self.stream.write_all(&why).await?;
            }
        }
        self.stream.shutdown().await
    }
}

#[async_trait]
impl Sink for Answer<'_> {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.flush().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What a question gets from somebody who answers so.
    async fn asked(answer: impl AsyncFnOnce(&mut UnixStream)) -> (Result<(), String>, Vec<u8>) {
        let (mine, mut hers) = UnixStream::pair().unwrap();
        let mut got = Vec::new();
        let question = Question::Backup { leave_out: false };
        let (outcome, ()) = tokio::join!(ask(mine, &question, &mut got), async {
            answer(&mut hers).await;
            drop(hers);
        });
        (outcome.map_err(|error| error.to_string()), got)
    }

    #[tokio::test]
    async fn an_answer_arrives_whole_however_long_it_is() {
        let long = vec![7; 3 * PIECE + 11];
        let (outcome, got) = asked(async |stream| {
            let mut answer = Answer::new(stream);
            answer.put(b"begun ").await.unwrap();
            answer.put(&long).await.unwrap();
            answer.end(Ok(())).await.unwrap();
        })
        .await;
        assert_eq!(outcome, Ok(()));
        assert_eq!(got, [b"begun ".as_slice(), &long].concat());
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_off_is_no_answer() {
        let (outcome, _) = asked(async |stream| {
            let mut answer = Answer::new(stream);
            answer.put(&vec![7; PIECE]).await.unwrap();
        })
        .await;
        assert_eq!(
            outcome,
            Err("Clara ended before she had answered".to_owned())
        );
    }

    #[tokio::test]
    async fn a_reason_is_told_instead() {
        let (outcome, _) = asked(async |stream| {
            let mut answer = Answer::new(stream);
            answer.put(b"begun").await.unwrap();
            answer
                .end(Err("the disk is on fire".to_owned()))
                .await
                .unwrap();
        })
        .await;
        assert_eq!(outcome, Err("the disk is on fire".to_owned()));
    }
}
