//! The outer shell of everything that the journal writes: a format byte, a checksum, a payload.
//!
//! What a payload means is the business of its format. The invariant: no single flipped bit and no cut passes.

/// Bytes before the payload: the format and the CRC-32, little-endian.
pub(super) const HEAD: usize = 5;

/// Puts a payload into its shell.
pub(super) fn seal(format: u8, payload: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![format, 0, 0, 0, 0];
    for part in payload {
        bytes.extend_from_slice(part);
    }
    let sum = checksum(format, &bytes[HEAD..]);
    bytes[1..HEAD].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// The format and the payload, once the checksum is right.
pub(super) fn open(bytes: &[u8]) -> Result<(u8, &[u8]), String> {
    let [format, c0, c1, c2, c3, payload @ ..] = bytes else {
        return Err(format!("only {} bytes of it are there", bytes.len()));
    };
    let written = u32::from_le_bytes([*c0, *c1, *c2, *c3]);
    let found = checksum(*format, payload);
    if written == found {
        Ok((*format, payload))
    } else {
        Err(format!(
            "the checksum does not match: {written:08x} was written, {found:08x} is there"
        ))
    }
}

fn checksum(format: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[format]);
    hasher.update(payload);
    hasher.finalize()
}
