//! A snapshot's frame. One that does not decode is as good as none, so its errors are for the log only.

use clara_actors::ports::journal::{Snapshot, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::frame;

const FORMAT_1: u8 = 1;
/// The most bytes of a snapshot: far more than a busy client's state, far less than what would hold up the appends.
const MAX_BYTES: usize = 4 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u64,
    schema: u16,
    body: Value,
}

pub(crate) fn encode_snapshot(snapshot: Snapshot) -> Result<Vec<u8>, String> {
    let content = Content {
        version: snapshot.version.0,
        schema: snapshot.schema,
        body: snapshot.body,
    };
    let json = serde_json::to_vec(&content).expect("its keys are strings");
    if json.len() > MAX_BYTES {
        return Err(format!(
            "a snapshot of {} bytes is more than the {MAX_BYTES} that one may have",
            json.len()
        ));
    }
    Ok(frame::seal(FORMAT_1, &[&json]))
}

pub(crate) fn decode_snapshot(bytes: &[u8]) -> Result<Snapshot, String> {
    let (format, payload) = frame::open(bytes)?;
    if format != FORMAT_1 {
        return Err(format!("format {format} is not known to this version"));
    }
    let content: Content = serde_json::from_slice(payload)
        .map_err(|error| format!("it is not understood: {error}"))?;
    Ok(Snapshot {
        version: Version(content.version),
        schema: content.schema,
        body: content.body,
    })
}
