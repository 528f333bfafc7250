//! Every record that can still be read, from sled or from the mirror, whichever has it whole.
//!
//! Records never change, so a copy that is whole and follows the one before is the record, wherever it was found. The
//! invariant: what is handed out has passed its checksum and its place in the chain; what is nowhere is named.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use clara_actors::ports::journal::{RecordHash, StreamId, Version};

use crate::journal::chain::Head;
use crate::journal::codec::{Chain, decode};
use crate::journal::sled::committer::Placed;
use crate::journal::sled::disk::Reader;
use crate::journal::sled::mirror::{self, Spot};

/// A record that is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journal::sled) struct Hole {
    pub(in crate::journal::sled) version: Version,
    pub(in crate::journal::sled) what: String,
}

pub(in crate::journal::sled) struct Harvest {
    mirror: PathBuf,
    spots: BTreeMap<StreamId, BTreeMap<Version, Spot>>,
    sled: Option<Reader>,
}

impl Harvest {
    /// Finds out what is where, of all streams or one.
    pub(in crate::journal::sled) fn new(
        mirror: &Path,
        sled: Option<Reader>,
        only: Option<&StreamId>,
    ) -> io::Result<Self> {
        let spots = match mirror::index(mirror, only) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            spots => spots?,
        };
        Ok(Self {
            mirror: mirror.to_owned(),
            spots,
            sled,
        })
    }

    /// Hands out the records of a stream up to its head, and returns the first that is nowhere.
    pub(in crate::journal::sled) fn each<E>(
        &self,
        stream: &StreamId,
        head: Head,
        mut take: impl FnMut(Placed) -> Result<(), E>,
    ) -> Result<Option<Hole>, E> {
        let (mut chain, mut hole) = (Chain::After(RecordHash::default()), None);
        for version in (1..=head.version.0).map(Version) {
            match self.find(stream, version, chain) {
                Ok(placed) => {
                    chain = Chain::After(placed.head.hash);
                    take(placed)?;
                }
                Err(what) => {
                    chain = Chain::Unknown;
                    hole = hole.or(Some(Hole { version, what }));
                }
            }
        }
        if hole.is_none() && chain != Chain::After(head.hash) {
            hole = Some(Hole {
                version: head.version,
                what: "it is not the one that was acknowledged last".to_owned(),
            });
        }
        Ok(hole)
    }

    fn find(&self, stream: &StreamId, version: Version, chain: Chain) -> Result<Placed, String> {
        let mut what = "it is missing".to_owned();
        for bytes in [
            self.in_mirror(stream, version),
            self.in_sled(stream, version),
        ] {
            let Some(bytes) = bytes else { continue };
            match decode(stream, version, chain, &bytes) {
                Ok(record) => {
                    let hash = record.hash;
                    return Ok(Placed {
                        stream: stream.clone(),
                        head: Head { version, hash },
                        bytes,
                    });
                }
                Err(error) => what = error.to_string(),
            }
        }
        Err(what)
    }

    fn in_mirror(&self, stream: &StreamId, version: Version) -> Option<Vec<u8>> {
        let spot = *self.spots.get(stream)?.get(&version)?;
        mirror::read(&self.mirror, spot).ok()
    }

    fn in_sled(&self, stream: &StreamId, version: Version) -> Option<Vec<u8>> {
        self.sled.as_ref()?.bytes(stream, version)
    }
}
