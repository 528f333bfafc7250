//! An index of texts, for finding those that are nearly the same as one.
//!
//! Candidates are found by sketches, and each is then compared in full, so what it says is never an estimate; what it
//! misses is a text that meets none of the bands ([`super::sketch`]). About 500 bytes for a text of 120 letters.

use std::collections::BTreeMap;

use super::shingles::{Wanted, normal, shingles};
use super::sketch::{BANDS, Sketch, sketch};

/// No text.
const NONE: u32 = u32::MAX;

/// The most candidates that are compared in full; those that meet in most bands go first.
const MOST_COMPARED: usize = 48;

/// The most texts that are looked at in one band: more than this are as good as the same text many times over.
const MOST_IN_BAND: usize = 256;

/// Texts by keys, several of them under one key where it has several.
#[derive(Clone, Debug)]
pub struct Index<K> {
    places: Vec<Option<Place<K>>>,
    free: Vec<u32>,
    by_key: BTreeMap<K, Vec<u32>>,
    bands: Vec<Band>,
    live: usize,
}

#[derive(Clone, Debug)]
struct Place<K> {
    key: K,
    normal: Box<str>,
    /// How many shingles the text has.
    shingles: u32,
}

/// The places by what they have in one band: chains through `links`, which begin in `heads`.
#[derive(Clone, Debug, Default)]
struct Band {
    heads: Vec<u32>,
    links: Vec<Link>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    hash: u32,
    next: u32,
}

/// A text that is ready to be added.
#[derive(Clone, Debug)]
pub struct Ready {
    normal: Box<str>,
    shingles: u32,
    sketch: Sketch,
}

impl Ready {
    /// Of a text; none where it is too short to be compared.
    pub fn of(text: &str) -> Option<Self> {
        let normal = normal(text);
        let shingles = shingles(&normal);
        (!shingles.is_empty()).then(|| Self {
            sketch: sketch(&shingles),
            normal: normal.into(),
            shingles: u32::try_from(shingles.len()).unwrap_or(u32::MAX),
        })
    }
}

/// A text that is like the one that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Near<'i, K> {
    /// Its key.
    pub key: &'i K,
    /// How alike it is, up to 1.
    pub likeness: f64,
}

impl<K: Ord + Clone> Default for Index<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Clone> Index<K> {
    /// An index of nothing.
    pub fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
            by_key: BTreeMap::new(),
            bands: vec![Band::default(); BANDS],
            live: 0,
        }
    }

    /// How many texts it holds. Those that are too short to be compared are not among them.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let place = size_of::<Option<Place<K>>>();
        let texts = self.places.iter().flatten().map(|one| one.normal.len());
        let bands = self.bands.iter().map(|band| {
            band.heads.capacity() * size_of::<u32>() + band.links.capacity() * size_of::<Link>()
        });
        let keys = self.by_key.len() * (size_of::<K>() + size_of::<Vec<u32>>() + 16);
        self.places.capacity() * place + texts.sum::<usize>() + bands.sum::<usize>() + keys
    }

    /// Adds a text under a key; a key may have several.
    pub fn insert(&mut self, key: K, text: &str) {
        if let Some(ready) = Ready::of(text) {
            self.add(key, ready);
        }
    }

    /// Adds a text that was made ready: that is most of the work.
    pub fn add(&mut self, key: K, ready: Ready) {
        let Ready {
            normal,
            shingles,
            sketch,
        } = ready;
        let place = Some(Place {
            key: key.clone(),
            normal,
            shingles,
        });
        let at = match self.free.pop() {
            Some(at) => {
                self.places[at as usize] = place;
                at
            }
            None => {
                self.places.push(place);
                u32::try_from(self.places.len() - 1)
                    .expect("four thousand million texts do not fit into memory")
            }
        };
        for (band, hash) in self.bands.iter_mut().zip(sketch) {
            band.add(at, hash);
        }
        self.by_key.entry(key).or_default().push(at);
        self.live += 1;
    }

    /// Removes every text of a key.
    pub fn remove(&mut self, key: &K) {
        for at in self.by_key.remove(key).unwrap_or_default() {
            for band in &mut self.bands {
                band.drop(at);
            }
            self.places[at as usize] = None;
            self.free.push(at);
            self.live -= 1;
        }
    }

    /// The texts that are at least so like this one, the nearest first; those whose key is to be left out are.
    pub fn near(
        &self,
        text: &str,
        at_least: f64,
        leave_out: impl Fn(&K) -> bool,
    ) -> Vec<Near<'_, K>> {
        let wanted = Wanted::of(text);
        if wanted.shingles.is_empty() {
            return Vec::new();
        }
        let candidates = self.candidates(&sketch(&wanted.shingles), leave_out);
        let compared = candidates.into_iter().filter_map(|at| {
            let place = self.place(at)?;
            let likeness = wanted.likeness(&place.normal, place.shingles as usize, at_least)?;
            let key = &place.key;
            Some(Near { key, likeness })
        });
        let mut near: Vec<Near<'_, K>> = compared.collect();
        near.sort_by(|one, other| {
            other
                .likeness
                .total_cmp(&one.likeness)
                .then(one.key.cmp(other.key))
        });
        near
    }

    /// The places that meet a sketch in a band, those that meet it in most bands first.
    fn candidates(&self, sketch: &Sketch, leave_out: impl Fn(&K) -> bool) -> Vec<u32> {
        let mut met: Vec<u32> = Vec::new();
        for (band, hash) in self.bands.iter().zip(sketch) {
            let kept = |at: &u32| self.place(*at).is_some_and(|place| !leave_out(&place.key));
            met.extend(band.chain(*hash).filter(kept).take(MOST_IN_BAND));
        }
        met.sort_unstable();
        let mut counted: Vec<(usize, u32)> = met
            .chunk_by(|one, other| one == other)
            .map(|same| (same.len(), same[0]))
            .collect();
        counted.sort_unstable_by(|one, other| other.cmp(one));
        counted
            .into_iter()
            .take(MOST_COMPARED)
            .map(|(_, at)| at)
            .collect()
    }

    fn place(&self, at: u32) -> Option<&Place<K>> {
        self.places.get(at as usize)?.as_ref()
    }
}

impl Band {
    /// Adds a place, whose number is that of its link.
    fn add(&mut self, at: u32, hash: u32) {
        let link = Link { hash, next: NONE };
        match self.links.get_mut(at as usize) {
            Some(old) => *old = link,
            None => self.links.push(link),
        }
        if self.links.len() > self.heads.len() {
            self.grow();
        }
        let head = self.head(hash);
        self.links[at as usize].next = std::mem::replace(&mut self.heads[head], at);
    }

    /// Takes a place out of its chain.
    fn drop(&mut self, at: u32) {
        let Link { hash, next } = self.links[at as usize];
        let head = self.head(hash);
        if self.heads[head] == at {
            self.heads[head] = next;
            return;
        }
        let mut before = self.heads[head];
        while before != NONE && self.links[before as usize].next != at {
            before = self.links[before as usize].next;
        }
        if before != NONE {
            self.links[before as usize].next = next;
        }
    }

    /// The places with a value, the newest first.
    fn chain(&self, hash: u32) -> impl Iterator<Item = u32> {
        let first = self.heads.get(self.head(hash)).copied().unwrap_or(NONE);
        let follow = |at: &u32| self.links.get(*at as usize).map(|link| link.next);
        let chain = std::iter::successors(Some(first), follow);
        chain
            .take_while(|at| *at != NONE)
            .filter(move |at| self.links[*at as usize].hash == hash)
    }

    fn head(&self, hash: u32) -> usize {
        // The number of heads is a power of two.
        hash as usize & self.heads.len().saturating_sub(1)
    }

    /// Makes room for twice as many heads. Places that are free are in no chain, and come into none here: a chain is read
    /// through, not made from all links.
    fn grow(&mut self) {
        let mut chained: Vec<u32> = Vec::with_capacity(self.links.len());
        for head in &self.heads {
            let mut at = *head;
            while at != NONE {
                chained.push(at);
                at = self.links[at as usize].next;
            }
        }
        chained.sort_unstable();
        self.heads = vec![NONE; (self.heads.len() * 2).max(64)];
        for at in chained {
            let head = self.head(self.links[at as usize].hash);
            self.links[at as usize].next = std::mem::replace(&mut self.heads[head], at);
        }
    }
}
