//! What strace saw, as events on files: written, synced, cut, renamed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::strace::Arguments;

/// What happened to a file, between two lines of the trace.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// For a write: the line at which a sync of it had come back.
    pub(super) safe: Option<usize>,
}

/// A file, whatever its name is by now.
pub(super) type File = usize;

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Write {
        file: File,
        at: usize,
        bytes: Vec<u8>,
    },
    Sync {
        file: File,
    },
    SyncDir {
        dir: PathBuf,
    },
    Cut {
        file: File,
        size: usize,
    },
    Create {
        file: File,
        path: PathBuf,
    },
    MakeDir {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
}

/// A process's life, as far as its files go.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub(super) events: Vec<Event>,
    /// What it said on standard output, and at which line.
    pub(super) said: Vec<(usize, String)>,
    pub(super) lines: usize,
    root: PathBuf,
    names: BTreeMap<PathBuf, File>,
    ends: BTreeMap<File, usize>,
    files: usize,
}

/// A system call that has not come back.
struct Begun {
    start: usize,
    text: String,
}

impl Recording {
    pub(super) fn new(trace: &str, root: &Path) -> Self {
        let mut recording = Self {
            root: root.to_owned(),
            ..Self::default()
        };
        let mut begun: BTreeMap<&str, Begun> = BTreeMap::new();
        for (line, text) in trace.lines().enumerate() {
            let (thread, text) = text.trim_start().split_once(' ').unwrap();
            let text = text.trim_start();
            if let Some(first) = text.strip_suffix("<unfinished ...>") {
                let text = first.to_owned();
                begun.insert(thread, Begun { start: line, text });
            } else if let Some(rest) = text.strip_prefix("<... ") {
                let rest = rest.split_once('>').unwrap().1;
                if let Some(Begun { start, text }) = begun.remove(thread) {
                    recording.take(start, line, &(text + rest));
                }
            } else {
                recording.take(line, line, text);
            }
            recording.lines = line + 1;
        }
        recording.find_syncs();
        recording
    }

    fn find_syncs(&mut self) {
        let syncs: Vec<_> = self.events.iter().filter_map(Event::as_sync).collect();
        for event in &mut self.events {
            if let Kind::Write { file, .. } = event.kind {
                let covers = |(synced, start, _): &&(File, usize, usize)| {
                    *synced == file && *start > event.end
                };
                event.safe = syncs.iter().filter(covers).map(|(_, _, end)| *end).min();
            }
        }
    }

    fn take(&mut self, start: usize, end: usize, text: &str) {
        // Signals and exits are no calls; a call that failed has changed nothing.
        let Some((call, rest)) = text.split_once('(') else {
            return;
        };
        let Some((arguments, result)) = rest.rsplit_once(") ") else {
            return;
        };
        let result = result.trim_start().trim_start_matches("= ");
        if result.starts_with('-') || result.starts_with('?') {
            return;
        }
        let arguments = Arguments::parse(arguments);
        if let Some(kind) = self.kind(start, call, &arguments) {
            self.events.push(Event {
                start,
                end,
                kind,
                safe: None,
            });
        }
    }

    fn kind(&mut self, start: usize, call: &str, arguments: &Arguments) -> Option<Kind> {
        match call {
            "write" | "pwrite64" => self.write(start, arguments),
            "fsync" | "fdatasync" => {
                let path = arguments.file(0)?;
                if path == self.root.as_path() || path.is_dir() {
                    return self.ours(path).map(|dir| Kind::SyncDir { dir });
                }
                let file = *self.names.get(path)?;
                Some(Kind::Sync { file })
            }
            "ftruncate" => {
                let file = *self.names.get(arguments.file(0)?)?;
                let size = arguments.number(1);
                Some(Kind::Cut { file, size })
            }
            "openat" => self.open(arguments),
            "mkdir" => self
                .ours(&arguments.path(0))
                .map(|path| Kind::MakeDir { path }),
            "rename" => self.rename(&arguments.path(0), &arguments.path(1)),
            "unlink" | "rmdir" => self.remove(&arguments.path(0)),
            "unlinkat" => self.remove(&arguments.path(1)),
            other => panic!("a call that the recorder does not know: {other}"),
        }
    }

    fn write(&mut self, start: usize, arguments: &Arguments) -> Option<Kind> {
        let path = arguments.file(0)?;
        let bytes = arguments.bytes(1);
        let Some(file) = self.names.get(path).copied() else {
            if arguments.text(0).starts_with('1') {
                let said = String::from_utf8_lossy(&bytes).into_owned();
                self.said.push((start, said));
            }
            return None;
        };
        let end = self.ends.entry(file).or_default();
        let at = match arguments.len() {
            4 => arguments.number(3),
            _ => *end,
        };
        *end = at + bytes.len();
        Some(Kind::Write { file, at, bytes })
    }

    fn open(&mut self, arguments: &Arguments) -> Option<Kind> {
        let path = self.ours(&arguments.path(1))?;
        let flags = arguments.text(2);
        if let Some(file) = self.names.get(&path).copied() {
            self.ends.insert(file, 0);
            return flags
                .contains("O_TRUNC")
                .then_some(Kind::Cut { file, size: 0 });
        }
        if !flags.contains("O_CREAT") {
            return None;
        }
        let file = self.files;
        self.files += 1;
        self.names.insert(path.clone(), file);
        Some(Kind::Create { file, path })
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Option<Kind> {
        let (from, to) = (self.ours(from)?, self.ours(to)?);
        let moved: Vec<_> = self
            .names
            .keys()
            .filter(|name| name.starts_with(&from))
            .cloned()
            .collect();
        for name in moved {
            let file = self.names.remove(&name).unwrap();
            let rest = name.strip_prefix(&from).unwrap();
            let new = if rest.as_os_str().is_empty() {
                to.clone()
            } else {
                to.join(rest)
            };
            self.names.insert(new, file);
        }
        Some(Kind::Rename { from, to })
    }

    fn remove(&mut self, path: &Path) -> Option<Kind> {
        let path = self.ours(path)?;
        self.names.remove(&path);
        Some(Kind::Remove { path })
    }

    fn ours(&self, path: &Path) -> Option<PathBuf> {
        path.starts_with(&self.root).then(|| path.to_owned())
    }

    /// A path as it is inside the journal's directory.
    pub(super) fn inside<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap()
    }

    pub(super) fn acknowledgements(&self) -> usize {
        self.said
            .iter()
            .filter(|(_, said)| said.contains("ack "))
            .count()
    }

    /// The recording of a process that syncs names, but nothing that it writes.
    pub(super) fn without_syncs(&self) -> Self {
        let unsafe_by_then = |event: &Event| Event {
            safe: None,
            ..event.clone()
        };
        Self {
            events: self.events.iter().map(unsafe_by_then).collect(),
            said: self.said.clone(),
            lines: self.lines,
            root: self.root.clone(),
            ..Self::default()
        }
    }

    /// What stands between some words and a quote, and in which events it is written.
    pub(super) fn written_after(&self, words: &str) -> BTreeMap<String, Vec<&Event>> {
        let mut found: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
        for event in &self.events {
            let Kind::Write { bytes, .. } = &event.kind else {
                continue;
            };
            let text = String::from_utf8_lossy(bytes);
            for (at, _) in text.match_indices(words) {
                let (said, _) = text[at + words.len()..].split_once('"').unwrap_or_default();
                found.entry(said.to_owned()).or_default().push(event);
            }
        }
        found
    }

    /// Whether something was written to sled's log by these events, that was synced, then the same was written to the
    /// mirror, then the count of commits, each done before the next began, and all before a moment.
    pub(super) fn order(&self, writes: &[&Event], moment: usize) -> Result<(), String> {
        let all: Vec<_> = self.events.iter().collect();
        let to = |name| move |event: &Event| event.kind.writes(self.named(name));
        let of = |name| move |event: &Event| event.kind.syncs(self.named(name));
        let (log, mirror, count) = ("db", "mirror/00000001.log", "acknowledged");
        let after = first(writes, "written", (0, moment), to(log))?;
        let after = first(&all, "synced", (after, moment), of(log))?;
        let after = first(writes, "mirrored", (after, moment), to(mirror))?;
        first(&all, "counted", (after, moment), to(count)).map(drop)
    }

    /// The file that had a name in the end.
    fn named(&self, name: &str) -> Option<File> {
        self.names.get(&self.root.join(name)).copied()
    }

    pub(super) fn summary(&self) -> String {
        let count =
            |which: fn(&Kind) -> bool| self.events.iter().filter(|e| which(&e.kind)).count();
        format!(
            "{} writes and {} syncs recorded; {} acknowledgements:",
            count(|kind| matches!(kind, Kind::Write { .. })),
            count(|kind| matches!(kind, Kind::Sync { .. } | Kind::SyncDir { .. })),
            self.acknowledgements(),
        )
    }
}

impl Event {
    /// Which file it syncs, from when to when.
    fn as_sync(&self) -> Option<(File, usize, usize)> {
        match self.kind {
            Kind::Sync { file } => Some((file, self.start, self.end)),
            _ => None,
        }
    }

    /// Whether it is a write that no sync has covered by then.
    pub(super) fn is_loose(&self, moment: usize) -> bool {
        matches!(self.kind, Kind::Write { .. }) && self.safe.is_none_or(|safe| safe >= moment)
    }
}

impl Kind {
    fn writes(&self, wanted: Option<File>) -> bool {
        matches!(self, Self::Write { file, .. } if Some(*file) == wanted)
    }

    fn syncs(&self, wanted: Option<File>) -> bool {
        matches!(self, Self::Sync { file } if Some(*file) == wanted)
    }
}

/// The line after the first of some events that began and ended between two lines.
fn first(
    events: &[&Event],
    step: &str,
    (after, before): (usize, usize),
    is_it: impl Fn(&Event) -> bool,
) -> Result<usize, String> {
    let fits = |event: &&&Event| event.start >= after && event.end < before && is_it(event);
    let ends = events.iter().filter(fits).map(|event| event.end + 1);
    ends.min()
        .ok_or_else(|| format!("it is not {step} between lines {after} and {before}"))
}
