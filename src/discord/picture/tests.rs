#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use clara_domain::metering::Item;
use clara_domain::pricing::{Price, Row};

use super::*;

fn row(day: &str, micro: u64, certain: bool) -> Row {
    Row {
        day: day.parse().unwrap(),
        item: Item::PostsDeleted { count: 1 },
        calls: 1,
        certain,
        cost: Price::Known(MicroUsd(micro)),
    }
}

fn november(rows: Vec<Row>) -> Vec<u8> {
    month(&Statement { rows }, "2026-11".parse().unwrap())
}

/// How many pixels have a colour.
fn pixels(png: &[u8], colour: Rgb888) -> usize {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((frame.width, frame.height), (WIDTH, HEIGHT));
    let wanted = [colour.r(), colour.g(), colour.b()];
    bytes.chunks(3).filter(|pixel| *pixel == wanted).count()
}

#[test]
fn a_day_that_costs_twice_as_much_has_a_bar_twice_as_high() {
    let legend = pixels(&november(Vec::new()), CERTAIN);
    let area = |micro| {
        let rows = vec![
            row("2026-11-03", 10_000, true),
            row("2026-11-04", micro, true),
        ];
        pixels(&november(rows), CERTAIN) - legend
    };
    let (one, both) = (area(0), area(5_000));
    assert_eq!(2 * (both - one), one);
}

#[test]
fn what_is_uncertain_stands_on_what_is_certain() {
    let legend = pixels(&november(Vec::new()), UNCERTAIN);
    let rows = vec![
        row("2026-11-30", 10_000, true),
        row("2026-11-30", 10_000, false),
    ];
    let png = november(rows);
    let (certain, uncertain) = (pixels(&png, CERTAIN), pixels(&png, UNCERTAIN));
    assert_eq!(certain, uncertain);
    assert!(uncertain > legend);
}

#[test]
fn the_same_statement_is_the_same_picture_and_no_amount_is_too_much() {
    let rows = || {
        vec![
            row("2026-11-01", u64::MAX, true),
            row("2026-11-02", 1, true),
        ]
    };
    assert_eq!(november(rows()), november(rows()));
    assert!(november(rows()).len() < 100_000);
}

#[test]
fn the_scale_ends_at_a_round_amount() {
    for (amount, round) in [
        (1, 5),
        (4, 5),
        (6, 10),
        (11, 20),
        (999_999, 1_000_000),
        (2_000_001, 5_000_000),
    ] {
        assert_eq!(round_up(amount), round, "{amount}");
    }
    assert_eq!(round_up(u64::MAX), u64::MAX);
}
