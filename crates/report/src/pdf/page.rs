//! Pages while they are filled, from top to bottom.

use super::face::Run;
use super::face::{Face, Faces};
use super::lines::{Line, wrap};
use super::tags::{Part, Role, Tags};
use crate::document::Document;
use crate::words::Words;

/// A4 in points, and the margins.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = WIDTH - 56.0;
pub(super) const INNER: f32 = RIGHT - LEFT;
const TOP: f32 = 66.0;
const BOTTOM: f32 = HEIGHT - 68.0;

/// Lines are so many times as high as letters.
pub(super) const LEADING: f32 = 1.4;

/// A colour, as red, green and blue.
pub(super) type Ink = [u8; 3];
pub(super) const TEXT: Ink = [0x1B, 0x22, 0x2C];
pub(super) const DARK: Ink = [0x1F, 0x3A, 0x5F];
pub(super) const QUIET: Ink = [0x5A, 0x65, 0x73];
pub(super) const HAIR: Ink = [0xD5, 0xDA, 0xE1];

/// What is drawn.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Text, from the left end of its baseline on.
    Text { x: f32, y: f32, ink: Ink, run: Run },
    /// Lines through points.
    Stroke { points: Vec<(f32, f32)>, ink: Ink, width: f32 },
    /// The area within points.
    Area { points: Vec<(f32, f32)>, ink: Ink },
    /// Nothing, so that an empty cell is still a cell.
    Nothing,
}

/// What is drawn and what it is part of; what belongs to nothing is decoration.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) shape: Shape,
    pub(super) part: Option<Part>,
}

/// Where a section begins.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) title: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// All that is to be drawn.
pub(super) struct Laid {
    pub(super) pages: Vec<Vec<Item>>,
    pub(super) tags: Tags,
    pub(super) places: Vec<Place>,
}

/// Pages that are being filled.
pub(super) struct Layout<'a> {
    pub(super) faces: &'a Faces,
    pub(super) words: Words,
    pub(super) tags: Tags,
    pub(super) section: Option<Part>,
    pub(super) y: f32,
    pages: Vec<Vec<Item>>,
    places: Vec<Place>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(faces: &'a Faces, words: Words) -> Self {
        Self {
            faces,
            words,
            tags: Tags::default(),
            section: None,
            y: TOP,
            pages: vec![Vec::new()],
            places: Vec::new(),
        }
    }

    /// Begins a page unless so much room is left; whether it did.
    pub(super) fn need(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM && self.y > TOP;
        if full {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        full
    }

    /// How much room is left on the page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Whether nothing stands on the page yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.y <= TOP
    }

    /// How much room an empty page has.
    pub(super) fn page_room() -> f32 {
        BOTTOM - TOP
    }

    /// Draws on the current page.
    pub(super) fn put(&mut self, part: Option<Part>, shape: Shape) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Item { shape, part });
        }
    }

    /// A line across, as decoration.
    pub(super) fn rule(&mut self, left: f32, right: f32, y: f32, ink: Ink, width: f32) {
        self.put(None, Shape::Stroke { points: vec![(left, y), (right, y)], ink, width });
    }

    /// A line of text with its baseline at `y`.
    pub(super) fn put_line(&mut self, part: Option<Part>, line: &Line, x: f32, y: f32, ink: Ink) {
        let mut x = x;
        for run in &line.runs {
            self.put(part, Shape::Text { x, y, ink, run: run.clone() });
            x += run.width;
        }
    }

    /// Text over the whole width, on as many pages as it takes.
    pub(super) fn text(&mut self, part: Part, spans: &[(Face, &str)], size: f32, ink: Ink) {
        self.text_at(part, spans, size, ink, LEFT);
    }

    /// Text from `left` to the right margin.
    pub(super) fn text_at(
        &mut self,
        part: Part,
        spans: &[(Face, &str)],
        size: f32,
        ink: Ink,
        left: f32,
    ) {
        for line in wrap(self.faces, size, spans, RIGHT - left) {
            self.need(size * LEADING);
            self.put_line(Some(part), &line, left, self.y + size, ink);
            self.y += size * LEADING;
        }
    }

    /// Notes where a section begins.
    pub(super) fn place(&mut self, title: String) {
        self.places.push(Place { title, page: self.pages.len().saturating_sub(1), y: self.y });
    }

    /// A part within the current section.
    pub(super) fn part(&mut self, role: Role) -> Part {
        self.tags.add(self.section, role)
    }

    /// The pages, each with its number and what stands below.
    pub(super) fn finish(mut self, document: &Document) -> Laid {
        let count = self.pages.len();
        let faces = self.faces;
        for (index, page) in self.pages.iter_mut().enumerate() {
            let mut put = |x, y, run| {
                page.push(Item { shape: Shape::Text { x, y, ink: QUIET, run }, part: None });
            };
            let number = faces.shape(Face::Regular, 7.5, &format!("{} / {count}", index + 1));
            put(RIGHT - number.width, HEIGHT - 36.0, number);
            put(LEFT, HEIGHT - 36.0, shortened(faces, &document.footer));
            if index > 0 {
                put(LEFT, 40.0, shortened(faces, &document.title));
            }
        }
        Laid { pages: self.pages, tags: self.tags, places: self.places }
    }
}

/// Text of one line, cut where the page number begins.
fn shortened(faces: &Faces, text: &str) -> Run {
    let lines = wrap(faces, 7.5, &[(Face::Regular, text)], INNER - 60.0);
    let cut = lines.len() > 1;
    let first = lines.into_iter().next().unwrap_or_default();
    let text: String = first.runs.iter().map(|run| run.text.as_str()).collect();
    let text = if cut { format!("{}\u{2026}", text.trim_end()) } else { text };
    faces.shape(Face::Regular, 7.5, &text)
}
