//! The disks that can be left at a moment: all that was synced, any part of the rest, names in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::trace::{Event, File, Kind, Recording};
use crate::fuzz::Dice;

const SECTOR: usize = 512;

/// What is left of a disk.
#[derive(Default)]
pub(super) struct Disk {
    names: BTreeMap<PathBuf, File>,
    dirs: BTreeSet<PathBuf>,
    files: BTreeMap<File, Vec<u8>>,
    how: String,
}

/// Which of the writes that were not synced are there.
enum Kept {
    /// All up to one, which may be torn.
    Prefix(usize),
    /// Some of them, some torn: of so many in ten.
    Some(usize),
}

impl Recording {
    /// A moment: any, or one at which something has just been acknowledged.
    pub(super) fn moment(&self, dice: &mut Dice) -> usize {
        match dice.roll(2) {
            0 => dice.roll(self.lines),
            _ => self.said[dice.roll(self.said.len())].0 + 1,
        }
    }

    /// A disk that can be left at a moment.
    pub(super) fn disk(&self, moment: usize, dice: &mut Dice) -> Disk {
        let before: Vec<_> = self
            .events
            .iter()
            .filter(|event| event.start < moment)
            .collect();
        let loose = before.iter().filter(|e| e.is_loose(moment)).count();
        let kept = match dice.roll(2) {
            0 => Kept::Prefix(dice.roll(loose + 1)),
            _ => Kept::Some(dice.roll(11)),
        };
        let names_until = self.names_until(&before, moment, dice);
        let (mut disk, mut seen) = (Disk::default(), 0);
        for event in before {
            if !event.is_loose(moment) {
                disk.take(self, event, event.end < names_until);
                continue;
            }
            let (whole, torn) = match kept {
                Kept::Prefix(upto) => (seen < upto, seen == upto),
                Kept::Some(of_ten) => (dice.roll(10) < of_ten, dice.roll(4) == 0),
            };
            seen += 1;
            match (whole, torn) {
                (_, true) => disk.tear(event, dice),
                (true, false) => disk.take(self, event, false),
                (false, false) => {}
            }
        }
        disk.how = format!(
            "{loose} writes not synced, {}",
            match kept {
                Kept::Prefix(upto) => format!("the first {upto} of them there"),
                Kept::Some(of_ten) => format!("{of_ten} in ten of them there"),
            }
        );
        disk
    }

    /// Names reach the disk in their order; those up to the last sync of their directory have, of the rest some.
    fn names_until(&self, before: &[&Event], moment: usize, dice: &mut Dice) -> usize {
        let synced = before.iter().filter(|event| {
            matches!(&event.kind, Kind::SyncDir { dir } if self.inside(dir) == Path::new(""))
                && event.end < moment
        });
        let certain = synced.map(|event| event.start).max().unwrap_or(0);
        match dice.roll(2) {
            0 => moment,
            _ => certain + dice.roll(moment - certain + 1),
        }
    }
}

impl Disk {
    fn take(&mut self, recording: &Recording, event: &Event, named: bool) {
        let inside = |path: &Path| recording.inside(path).to_owned();
        match &event.kind {
            Kind::Write { file, at, bytes } => self.write(*file, *at, bytes),
            Kind::Cut { file, size } => self.files.entry(*file).or_default().resize(*size, 0),
            Kind::Sync { .. } | Kind::SyncDir { .. } => {}
            Kind::Create { .. }
            | Kind::MakeDir { .. }
            | Kind::Rename { .. }
            | Kind::Remove { .. }
                if !named => {}
            Kind::Create { file, path } => drop(self.names.insert(inside(path), *file)),
            Kind::MakeDir { path } => drop(self.dirs.insert(inside(path))),
            Kind::Rename { from, to } => self.rename(&inside(from), &inside(to)),
            Kind::Remove { path } => {
                self.names.remove(&inside(path));
                self.dirs.remove(&inside(path));
            }
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let moved: Vec<_> = self
            .names
            .keys()
            .filter(|name| name.starts_with(from))
            .cloned()
            .collect();
        for name in moved {
            let file = self.names.remove(&name).unwrap();
            let rest = name.strip_prefix(from).unwrap();
            let new = if rest.as_os_str().is_empty() {
                to.to_owned()
            } else {
                to.join(rest)
            };
            self.names.insert(new, file);
        }
        if self.dirs.remove(from) {
            self.dirs.insert(to.to_owned());
        }
    }

    fn write(&mut self, file: File, at: usize, bytes: &[u8]) {
        let content = self.files.entry(file).or_default();
        if content.len() < at + bytes.len() {
            content.resize(at + bytes.len(), 0);
        }
        content[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Some of a write's sectors.
    fn tear(&mut self, event: &Event, dice: &mut Dice) {
        let Kind::Write { file, at, bytes } = &event.kind else {
            return;
        };
        let (mut from, prefix) = (0, dice.roll(2) == 0);
        let until = dice.roll(bytes.len() + 1);
        while from < bytes.len() {
            let to = ((at + from) / SECTOR * SECTOR + SECTOR - at).min(bytes.len());
            if if prefix {
                to <= until
            } else {
                dice.roll(2) == 0
            } {
                self.write(*file, at + from, &bytes[from..to]);
            }
            from = to;
        }
    }

    /// Puts it where it can be opened, and says how it came about.
    pub(super) fn put(&self, dir: &Path) -> &str {
        fs::create_dir_all(dir).unwrap();
        for name in &self.dirs {
            fs::create_dir_all(dir.join(name)).unwrap();
        }
        for (name, file) in &self.names {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let empty = Vec::new();
            fs::write(path, self.files.get(file).unwrap_or(&empty)).unwrap();
        }
        &self.how
    }
}
