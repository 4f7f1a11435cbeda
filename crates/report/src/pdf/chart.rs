//! Charts, drawn from their numbers.

use super::face::{Face, Run};
use super::page::{DARK, HAIR, INNER, Ink, LEADING, LEFT, Layout, QUIET, RIGHT, Shape, TEXT};
use super::scale::Scale;
use super::tags::{Part, Role};
use crate::document::{Chart, ChartKind, Series};

const HEIGHT: f32 = 165.0;
/// What a chart takes with its title, legend and sentence.
pub(super) const ROOM: f32 = HEIGHT + 75.0;
const CAPTION: f32 = 10.0;
const SMALL: f32 = 7.5;
/// Inks of series, in order; told apart by lightness too.
const INKS: [Ink; 6] = [
    DARK,
    [0xC2, 0x6A, 0x1B],
    [0x4C, 0x8C, 0x7A],
    [0x8A, 0x5A, 0x9B],
    [0x6B, 0x7A, 0x8C],
    [0xB0, 0x3A, 0x48],
];
const BAND: Ink = [0xC9, 0xD6, 0xE6];

/// Where a chart is drawn, and by what scale.
struct Frame {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    scale: Scale,
    labels: usize,
    part: Part,
}

impl Frame {
    fn y(&self, value: f64) -> f32 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }

    /// The width that a label has.
    fn slot(&self) -> f32 {
        (self.right - self.left) / count(self.labels)
    }

    fn x(&self, index: usize) -> f32 {
        self.left + (count(index) + 0.5) * self.slot()
    }
}

impl Layout<'_> {
    /// The title, the legend, the picture and its sentence; all of it is one figure.
    pub(super) fn chart(&mut self, chart: &Chart) {
        self.need(ROOM);
        let part = self.part(Role::Figure(format!("{}. {}", chart.title, chart.summary)));
        self.text(part, &[(Face::Strong, &chart.title)], CAPTION, TEXT);
        self.y += 2.0;
        self.legend(chart, part);
        let frame = self.frame(chart, part);
        self.axes(chart, &frame);
        match chart.kind {
            ChartKind::Bars => self.bars(&chart.series, &frame),
            ChartKind::Lines => self.curves(&chart.series, &frame),
            ChartKind::Band => {
                if let [low, high, lines @ ..] = chart.series.as_slice() {
                    self.band(low, high, &frame);
                    self.curves(lines, &frame);
                }
            }
        }
        self.y = frame.bottom + SMALL * LEADING + 8.0;
        let sentence = self.part(Role::Paragraph);
        self.text(sentence, &[(Face::Regular, &chart.summary)], 8.5, QUIET);
        self.y += 12.0;
    }

    /// The unit, and what the inks stand for.
    fn legend(&mut self, chart: &Chart, part: Part) {
        let mut x = LEFT;
        let names: Vec<(Ink, String)> = match (chart.kind, chart.series.as_slice()) {
            (ChartKind::Band, [low, high, lines @ ..]) => {
                let band = (BAND, format!("{} \u{2013} {}", low.name, high.name));
                let lines = lines.iter().zip(INKS.iter().cycle());
                std::iter::once(band)
                    .chain(lines.map(|(line, ink)| (*ink, line.name.clone())))
                    .collect()
            }
            (_, series) => {
                let series = series.iter().zip(INKS.iter().cycle());
                series.map(|(series, ink)| (*ink, series.name.clone())).collect()
            }
        };
        for (ink, name) in names {
            let run = self.faces.shape(Face::Regular, SMALL, &format!("{name} "));
            if x > LEFT && x + run.width + 14.0 > RIGHT {
                x = LEFT;
                self.y += SMALL * LEADING;
            }
            let (top, bottom) = (self.y + 2.0, self.y + SMALL);
            self.put(Some(part), area(x, top, x + 9.0, bottom, ink));
            let wide = run.width;
            self.say(part, run, x + 13.0, self.y + SMALL, QUIET);
            x += wide + 26.0;
        }
        self.y += SMALL * LEADING + 3.0;
        let unit = self.faces.shape(Face::Regular, SMALL, &chart.unit);
        self.say(part, unit, LEFT, self.y + SMALL, QUIET);
        self.y += SMALL * LEADING + 7.0;
    }

    fn frame(&self, chart: &Chart, part: Part) -> Frame {
        let values = chart.series.iter().flat_map(|series| &series.values).flatten().copied();
        let scale = Scale::over(values, chart.kind == ChartKind::Bars);
        let marks = scale.marks().into_iter().map(|mark| self.mark(&scale, mark).width);
        let left = LEFT + marks.fold(0.0, f32::max) + 7.0;
        let (top, labels) = (self.y, chart.labels.len());
        Frame { left, right: RIGHT, top, bottom: top + HEIGHT, scale, labels, part }
    }

    fn mark(&self, scale: &Scale, mark: f64) -> Run {
        let text = self.words.number(mark, scale.digits());
        self.faces.shape(Face::Regular, SMALL, &format!("{text} "))
    }

    /// Lines across with their numbers, and as many labels as have room.
    fn axes(&mut self, chart: &Chart, frame: &Frame) {
        for mark in frame.scale.marks() {
            let y = frame.y(mark);
            let ink = if mark == 0.0 { QUIET } else { HAIR };
            let points = vec![(frame.left, y), (frame.right, y)];
            self.put(Some(frame.part), Shape::Stroke { points, ink, width: 0.5 });
            let run = self.mark(&frame.scale, mark);
            let x = frame.left - 5.0 - run.width;
            self.say(frame.part, run, x, y + SMALL * 0.35, QUIET);
        }
        let widest = chart.labels.iter().map(|label| self.faces.width(Face::Regular, SMALL, label));
        let widest = widest.fold(1.0, f32::max).min(INNER / 3.0) + 8.0;
        let every = every(widest / frame.slot());
        for (index, label) in chart.labels.iter().enumerate().step_by(every) {
            let run = self.faces.shape(Face::Regular, SMALL, &format!("{label} "));
            let room = frame.right - run.width;
            let x = (frame.x(index) - run.width / 2.0).min(room).max(LEFT);
            self.say(frame.part, run, x, frame.bottom + SMALL + 5.0, QUIET);
        }
    }

    fn bars(&mut self, series: &[Series], frame: &Frame) {
        let group = frame.slot() * 0.72;
        let width = group / count(series.len());
        for ((place, series), ink) in series.iter().enumerate().zip(INKS.iter().cycle()) {
            for (index, value) in series.values.iter().enumerate() {
                let Some(value) = value else { continue };
                let left = frame.x(index) - group / 2.0 + count(place) * width;
                let (from, to) = (frame.y(0.0), frame.y(*value));
                let gap = (width * 0.08).min(1.5);
                self.put(Some(frame.part), area(left + gap, from, left + width - gap, to, *ink));
            }
        }
    }

    fn curves(&mut self, series: &[Series], frame: &Frame) {
        for (series, ink) in series.iter().zip(INKS.iter().cycle()) {
            let values: Vec<(usize, Option<f64>)> =
                series.values.iter().copied().enumerate().collect();
            for known in values.split(|(_, value)| value.is_none()) {
                let points: Vec<(f32, f32)> = known
                    .iter()
                    .filter_map(|(index, value)| Some((frame.x(*index), frame.y((*value)?))))
                    .collect();
                let shape = match points.as_slice() {
                    [] => continue,
                    // A value between two gaps would be a line without length.
                    [(x, y)] => area(x - 1.5, y - 1.5, x + 1.5, y + 1.5, *ink),
                    _ => Shape::Stroke { points, ink: *ink, width: 1.5 },
                };
                self.put(Some(frame.part), shape);
            }
        }
    }

    /// The area between two edges, wherever both are known.
    fn band(&mut self, low: &Series, high: &Series, frame: &Frame) {
        let edges: Vec<(usize, Option<(f64, f64)>)> = low
            .values
            .iter()
            .zip(&high.values)
            .map(|(low, high)| low.zip(*high))
            .enumerate()
            .collect();
        for known in edges.split(|(_, edges)| edges.is_none()) {
            let known: Vec<(f32, f64, f64)> = known
                .iter()
                .filter_map(|(index, edges)| edges.map(|(low, high)| (frame.x(*index), low, high)))
                .collect();
            let below = known.iter().map(|(x, low, _)| (*x, frame.y(*low)));
            let above = known.iter().rev().map(|(x, _, high)| (*x, frame.y(*high)));
            let points: Vec<(f32, f32)> = below.chain(above).collect();
            if points.len() > 2 {
                self.put(Some(frame.part), Shape::Area { points, ink: BAND });
            }
        }
    }

    fn say(&mut self, part: Part, run: Run, x: f32, y: f32, ink: Ink) {
        self.put(Some(part), Shape::Text { x, y, ink, run });
    }
}

fn area(left: f32, top: f32, right: f32, bottom: f32, ink: Ink) -> Shape {
    Shape::Area { points: vec![(left, top), (right, top), (right, bottom), (left, bottom)], ink }
}

/// Every how many labels one is written.
fn every(share: f32) -> usize {
    (1..10_000).find(|every| count(*every) >= share).unwrap_or(10_000)
}

fn count(items: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "places on a page")]
    let count = items as f32;
    count
}
