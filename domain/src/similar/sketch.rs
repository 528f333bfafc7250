//! A sketch of a text: MinHash values in bands. Two texts agree in a band with the third power of their likeness, so those
//! that are alike agree in one of the bands almost certainly, and others hardly ever.

/// The bands of a sketch. At a likeness of 0.5 two texts meet in one with a probability of 0.93, at 0.6 with 0.99.
pub(super) const BANDS: usize = 20;

/// The values in a band.
const ROWS: usize = 3;

/// What stands for the values of each band.
pub(super) type Sketch = [u32; BANDS];

/// The sketch of a text with these shingles.
pub(super) fn sketch(shingles: &[u32]) -> Sketch {
    std::array::from_fn(|band| {
        let values = (0..ROWS).map(|row| least(shingles, band * ROWS + row));
        let mixed = values.fold(0_u64, |mixed, value| scatter(mixed ^ u64::from(value)));
        u32::try_from(mixed >> 32).unwrap_or_default()
    })
}

/// The least value of a text's shingles under one of the hash functions.
fn least(shingles: &[u32], function: usize) -> u32 {
    let factor = scatter(function as u64 + 1) | 1;
    let add = scatter(factor);
    let value =
        |shingle: &u32| (factor.wrapping_mul(u64::from(*shingle)).wrapping_add(add) >> 32) as u32;
    shingles.iter().map(value).min().unwrap_or_default()
}

/// The finaliser of splitmix64.
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
