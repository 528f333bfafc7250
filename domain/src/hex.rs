//! Bytes as they are written and read back: two hexadecimal digits each.

use std::fmt;

pub(crate) fn write(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// What the text is expected to be (`what`, such as "a note's hash") is said where it is not so many bytes, and nothing
/// else.
pub(crate) fn read<const N: usize>(text: &str, what: &str) -> Result<[u8; N], String> {
    bytes(text).ok_or_else(|| {
        format!(
            "`{text}` is not {what}: expected {} hexadecimal digits",
            2 * N
        )
    })
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = digit(&pair[0])? << 4 | digit(&pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown([u8; 3]);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(&self.0, f)
        }
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let bytes = [0, 10, 255];
        assert_eq!(Shown(bytes).to_string(), "000aff");
        assert_eq!(read("000aff", "three"), Ok(bytes));
        for wrong in ["000af", "000aff00", "000ag0", "+00aff", "00é0f"] {
            let told = format!("`{wrong}` is not three: expected 6 hexadecimal digits");
            assert_eq!(read::<3>(wrong, "three"), Err(told));
        }
    }
}
