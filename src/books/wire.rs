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
/// The most bytes of a question.
pub(super) const LONGEST_QUESTION: u64 = 1024;

/// What Clara is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Question {
    /// A backup of everything.
    Backup {
        /// Leave out what is damaged, instead of refusing.
        leave_out: bool,
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

/// Asks, and hands what is answered to a sink.
///
/// # Errors
/// The answer was cut off, or she says why there is none.
pub(super) async fn ask(
    mut stream: UnixStream,
    question: &Question,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(question)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    loop {
        match stream.read_u32().await.map_err(cut)? {
            0 => return Ok(()),
            FAILED => {
                let length = stream.read_u32().await.map_err(cut)?;
                let why = piece(&mut stream, length).await?;
                return Err(io::Error::other(String::from_utf8_lossy(&why)));
            }
            length => sink.put(&piece(&mut stream, length).await?).await?,
        }
    }
}

async fn piece(stream: &mut UnixStream, length: u32) -> io::Result<Vec<u8>> {
    if length as usize > PIECE {
        return Err(io::Error::other("what answers is not Clara"));
    }
    let mut bytes = vec![0; length as usize];
    stream.read_exact(&mut bytes).await.map_err(cut)?;
    Ok(bytes)
}

fn cut(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other("Clara ended before she had answered"),
        _ => error,
    }
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
