//! A chart as a PNG of a few colours: bars, a line for the limit, digits below. No fonts, no floats in the file.

use faregate_app::notice::Chart;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

pub(super) const WIDTH: usize = 480;
pub(super) const HEIGHT: usize = 160;
/// Where bars stand, and the room above them.
const BASE: usize = 144;
const TOP: usize = 8;
const BARS_MAX: usize = 62;

const COLOURS: [[u8; 3]; 5] =
    [[255, 255, 255], [43, 108, 176], [197, 48, 48], [74, 85, 104], [192, 86, 33]];
const BAR: u8 = 1;
const LIMIT: u8 = 2;
const INK: u8 = 3;
const OVER: u8 = 4;

/// The picture, as the bytes of a file.
pub(super) fn png(chart: &Chart) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = [WIDTH as u32, HEIGHT as u32].map(u32::to_be_bytes).concat();
    // Eight bits a pixel, of a palette.
    head.extend([8, 3, 0, 0, 0]);
    piece(&mut file, b"IHDR", &head);
    piece(&mut file, b"PLTE", COLOURS.as_flattened());
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in drawn(chart).chunks(WIDTH) {
        // Writing into memory does not fail; each row begins with the number of its filter, none.
        let _ = rows.write_all(&[0]).and_then(|()| rows.write_all(row));
    }
    piece(&mut file, b"IDAT", &rows.finish().unwrap_or_default());
    piece(&mut file, b"IEND", &[]);
    file
}

fn piece(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(content);
    file.extend((content.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(content);
    file.extend(sum.sum().to_be_bytes());
}

/// The colour of each pixel, row by row.
fn drawn(chart: &Chart) -> Vec<u8> {
    let mut pixels = vec![0; WIDTH * HEIGHT];
    let from = chart.values.len().saturating_sub(BARS_MAX);
    let values: Vec<f64> = chart.values.iter().skip(from).map(|value| above_zero(*value)).collect();
    let limit = chart.limit.map(above_zero);
    let most = values.iter().copied().chain(limit).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let height = |value: f64| (value / most * (BASE - TOP) as f64).round() as usize;
    let slot = (WIDTH - 16) / values.len().max(1);
    for (place, value) in values.iter().enumerate() {
        let (left, width) = (8 + place * slot, (slot * 3 / 4).max(1));
        let colour = if limit.is_some_and(|limit| *value > limit) { OVER } else { BAR };
        fill(&mut pixels, (left, BASE - height(*value)), (width, height(*value)), colour);
        let label = chart.labels.get(from + place).map(String::as_str).unwrap_or_default();
        if label.len() * 8 <= slot {
            write(&mut pixels, (left, BASE + 4), label);
        }
    }
    fill(&mut pixels, (8, BASE), (WIDTH - 16, 1), INK);
    if let Some(limit) = limit {
        fill(&mut pixels, (8, BASE - height(limit)), (WIDTH - 16, 2), LIMIT);
    }
    pixels
}

fn above_zero(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}

fn fill(pixels: &mut [u8], (x, y): (usize, usize), (width, height): (usize, usize), colour: u8) {
    for row in pixels.chunks_mut(WIDTH).skip(y).take(height) {
        row.iter_mut().skip(x).take(width).for_each(|pixel| *pixel = colour);
    }
}

/// Digits and marks, three by five, a row three bits; what has no shape leaves its place empty.
const SHAPES: &[(char, u16)] = &[
    ('0', 0b111_101_101_101_111),
    ('1', 0b010_110_010_010_111),
    ('2', 0b111_001_111_100_111),
    ('3', 0b111_001_111_001_111),
    ('4', 0b101_101_111_001_001),
    ('5', 0b111_100_111_001_111),
    ('6', 0b111_100_111_101_111),
    ('7', 0b111_001_001_010_010),
    ('8', 0b111_101_111_101_111),
    ('9', 0b111_101_111_001_111),
    ('-', 0b000_000_111_000_000),
    ('.', 0b000_000_000_000_010),
    ('/', 0b001_001_010_100_100),
];

fn write(pixels: &mut [u8], (x, y): (usize, usize), text: &str) {
    for (place, c) in text.chars().enumerate() {
        let shape = SHAPES.iter().find(|(known, _)| *known == c).map_or(0, |(_, shape)| *shape);
        for bit in 0..15 {
            if shape >> (14 - bit) & 1 == 1 {
                let at = (x + place * 8 + bit % 3 * 2, y + bit / 3 * 2);
                fill(pixels, at, (2, 2), INK);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[f64], limit: Option<f64>) -> Chart {
        let labels = values.iter().map(|value| format!("{value:.0}")).collect();
        Chart { title: String::new(), labels, values: values.to_vec(), limit }
    }

    /// How many pixels are of a colour.
    fn count(pixels: &[u8], colour: u8) -> usize {
        pixels.iter().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn bars_are_as_high_as_their_values() {
        let pixels = drawn(&chart(&[1.0, 2.0, 4.0], None));
        let height = |place: usize| {
            let x = 8 + place * ((WIDTH - 16) / 3) + 1;
            (0..HEIGHT).filter(|y| pixels[y * WIDTH + x] == BAR).count()
        };
        assert_eq!([0, 1, 2].map(height), [34, 68, 136]);
        let over = drawn(&chart(&[1.0, 2.0, 4.0], Some(3.0)));
        assert!(count(&over, OVER) > 0 && count(&over, LIMIT) > 0);
        assert_eq!(count(&drawn(&chart(&[3.0], Some(3.0))), OVER), 0);
    }

    #[test]
    fn no_value_is_too_strange_to_draw() {
        for values in
            [&[][..], &[0.0], &[f64::NAN, f64::INFINITY, -3.0], &[f64::MAX, 1e-300], &[1.0; 5_000]]
        {
            for limit in [None, Some(0.0), Some(f64::NAN), Some(f64::MAX)] {
                let file = png(&chart(values, limit));
                assert!(file.starts_with(b"\x89PNG") && file.ends_with(b"IEND\xaeB`\x82"));
                assert!(file.len() < 20_000, "{}", file.len());
            }
        }
    }
}
