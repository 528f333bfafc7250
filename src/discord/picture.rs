//! The picture of `/costs`: a bar for each day of a month, what is certain full and what is not light on top of it.
//!
//! Drawn with bitmap fonts that come with the library, so the same statement gives the same bytes on every machine. The
//! table beside it says the same in numbers: nothing is only in the picture.

use std::convert::Infallible;

use clara_domain::money::MicroUsd;
use clara_domain::pricing::{Month, Statement, Total};
use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_9X15_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Alignment, Text};

const WIDTH: u32 = 760;
const HEIGHT: u32 = 320;
/// Where the bars stand: left, top, and how large.
const LEFT: i32 = 74;
const TOP: i32 = 48;
const PLOT_WIDTH: i32 = 670;
const PLOT_HEIGHT: i32 = 220;
/// Lines across the bars.
const STEPS: u64 = 4;

const PAPER: Rgb888 = Rgb888::new(255, 255, 255);
const INK: Rgb888 = Rgb888::new(46, 51, 56);
const RULE: Rgb888 = Rgb888::new(221, 225, 230);
const CERTAIN: Rgb888 = Rgb888::new(31, 111, 180);
const UNCERTAIN: Rgb888 = Rgb888::new(244, 165, 90);

/// A month's costs by day, as PNG.
pub(crate) fn month(statement: &Statement, month: Month) -> Vec<u8> {
    let mut sheet = Paper::new();
    let days = statement.by_day();
    let most = days.iter().map(|(_, total)| total.most().0).max();
    let top = round_up(most.unwrap_or_default().max(1));
    heading(&mut sheet, month, statement.total());
    scale(&mut sheet, top);
    let width = PLOT_WIDTH / month.days().count() as i32;
    for (index, day) in month.days().enumerate() {
        let left = LEFT + index as i32 * width;
        let number = day.day().to_string();
        let below = Point::new(left + width / 2, TOP + PLOT_HEIGHT + 14);
        write(&mut sheet, &number, below, &FONT_6X10, Alignment::Center);
        if let Some((_, total)) = days.iter().find(|(of, _)| *of == day) {
            bar(&mut sheet, (left + 2, width - 4), *total, top);
        }
    }
    legend(&mut sheet);
    sheet.png()
}

fn heading(sheet: &mut Paper, month: Month, total: Total) {
    let title = format!("{month} (UTC): {total}");
    let at = Point::new(LEFT, 24);
    write(sheet, &title, at, &FONT_9X15_BOLD, Alignment::Left);
}

fn scale(sheet: &mut Paper, top: u64) {
    for step in 0..=STEPS {
        let y = TOP + PLOT_HEIGHT - (PLOT_HEIGHT as u64 * step / STEPS) as i32;
        let line = Line::new(Point::new(LEFT, y), Point::new(LEFT + PLOT_WIDTH, y));
        draw(
            &line.into_styled(PrimitiveStyle::with_stroke(RULE, 1)),
            sheet,
        );
        let amount = MicroUsd(
            u64::try_from(u128::from(top) * u128::from(step) / u128::from(STEPS)).unwrap_or(top),
        );
        let at = Point::new(LEFT - 6, y + 3);
        write(sheet, &amount.to_string(), at, &FONT_6X10, Alignment::Right);
    }
}

fn bar(sheet: &mut Paper, (left, width): (i32, i32), total: Total, top: u64) {
    let high = |amount: MicroUsd| {
        let part = u128::from(amount.0) * PLOT_HEIGHT as u128 / u128::from(top);
        // What costs anything is seen.
        i32::try_from(part)
            .unwrap_or(PLOT_HEIGHT)
            .max(i32::from(amount.0 > 0))
    };
    let certain = high(total.certain);
    let whole = high(total.most()).max(certain);
    let foot = TOP + PLOT_HEIGHT;
    for (from, to, colour) in [(certain, whole, UNCERTAIN), (0, certain, CERTAIN)] {
        let size = Size::new(width.max(1) as u32, (to - from).max(0) as u32);
        let corner = Point::new(left, foot - to);
        fill(sheet, Rectangle::new(corner, size), colour);
    }
}

fn legend(sheet: &mut Paper) {
    let y = HEIGHT as i32 - 20;
    for (left, colour, words) in [
        (LEFT, CERTAIN, "certain"),
        (
            LEFT + 90,
            UNCERTAIN,
            "at most this much more (answer lost, or not there yet)",
        ),
    ] {
        fill(
            sheet,
            Rectangle::new(Point::new(left, y), Size::new(10, 10)),
            colour,
        );
        write(
            sheet,
            words,
            Point::new(left + 16, y + 8),
            &FONT_6X10,
            Alignment::Left,
        );
    }
}

/// The next 1, 2 or 5 with noughts, so that the lines stand at round amounts.
fn round_up(amount: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for step in [1, 2, 5] {
            let Some(round) = unit.checked_mul(step) else {
                return u64::MAX;
            };
            // Four lines of whole micro-dollars, at least.
            if round >= amount.max(STEPS) {
                return round;
            }
        }
        let Some(next) = unit.checked_mul(10) else {
            return u64::MAX;
        };
        unit = next;
    }
}

fn write(sheet: &mut Paper, words: &str, at: Point, font: &MonoFont<'_>, to: Alignment) {
    let style = MonoTextStyle::new(font, INK);
    draw(&Text::with_alignment(words, at, style, to), sheet);
}

fn fill(sheet: &mut Paper, area: Rectangle, colour: Rgb888) {
    draw(&area.into_styled(PrimitiveStyle::with_fill(colour)), sheet);
}

fn draw<D: Drawable<Color = Rgb888>>(what: &D, sheet: &mut Paper) {
    match what.draw(sheet) {
        Ok(_) => {}
    }
}

/// Pixels, three bytes each.
struct Paper(Vec<u8>);

impl Paper {
    fn new() -> Self {
        let pixels = (WIDTH * HEIGHT) as usize;
        let colour = [PAPER.r(), PAPER.g(), PAPER.b()];
        Self(colour.repeat(pixels))
    }

    fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.0));
        written.expect("a picture of its size, written to memory, cannot fail");
        bytes
    }
}

impl OriginDimensions for Paper {
    fn size(&self) -> Size {
        Size::new(WIDTH, HEIGHT)
    }
}

impl DrawTarget for Paper {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb888>>,
    {
        let area = self.bounding_box();
        for Pixel(at, colour) in pixels.into_iter().filter(|pixel| area.contains(pixel.0)) {
            let start = (at.y as usize * WIDTH as usize + at.x as usize) * 3;
            self.0[start..start + 3].copy_from_slice(&[colour.r(), colour.g(), colour.b()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
