//! A snapshot's frame. One that does not decode is as good as none, so its errors are for the log only.
//!
//! Format 2's payload is the version (u64, big-endian), the schema (u16, big-endian) and the body as it is.

use clara_actors::ports::journal::{Snapshot, Version};

use super::frame;

const FORMAT_2: u8 = 2;
/// The most bytes of a snapshot: far more than a busy client's state, far less than what would hold up the appends.
const MAX_BYTES: usize = 16 * 1024 * 1024;

pub(crate) fn encode_snapshot(snapshot: &Snapshot) -> Result<Vec<u8>, String> {
    let size = snapshot.body.len();
    if size > MAX_BYTES {
        return Err(format!(
            "a snapshot of {size} bytes is more than the {MAX_BYTES} that one may have"
        ));
    }
    let parts: [&[u8]; 3] = [
        &snapshot.version.0.to_be_bytes(),
        &snapshot.schema.to_be_bytes(),
        snapshot.body.as_bytes(),
    ];
    Ok(frame::seal(FORMAT_2, &parts))
}

pub(crate) fn decode_snapshot(bytes: &[u8]) -> Result<Snapshot, String> {
    let (format, payload) = frame::open(bytes)?;
    if format != FORMAT_2 {
        return Err(format!("format {format} is not known to this version"));
    }
    let short = || format!("only {} bytes of its payload are there", payload.len());
    let (version, rest) = payload.split_first_chunk::<8>().ok_or_else(short)?;
    let (schema, body) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let body = std::str::from_utf8(body).map_err(|error| format!("it is not text: {error}"))?;
    Ok(Snapshot {
        version: Version(u64::from_be_bytes(*version)),
        schema: u16::from_be_bytes(*schema),
        body: body.to_owned(),
    })
}
