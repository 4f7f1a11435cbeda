//! The blocks of a document on pages.

use super::chart::ROOM as CHART;
use super::face::Face;
use super::lines::{Line, wrap};
use super::page::{DARK, HAIR, INNER, LEADING, LEFT, Layout, QUIET, RIGHT, TEXT};
use super::tags::{Part, Role};
use crate::document::{Block, Document, Emphasis, Figure, Paragraph, Section, Span};

const BODY: f32 = 10.0;
const SMALL: f32 = 8.5;
const FIGURE: f32 = 19.0;
/// How many key figures stand side by side.
const ABREAST: usize = 4;
const GAP: f32 = 16.0;

impl Layout<'_> {
    /// All of a document.
    pub(super) fn document(&mut self, document: &Document) {
        self.head(document);
        if document.sections.is_empty() {
            self.place(document.title.clone());
        }
        for section in &document.sections {
            self.section(section);
        }
        self.sources(&document.sources);
    }

    fn head(&mut self, document: &Document) {
        let title = self.tags.add(None, Role::Title);
        self.text(title, &[(Face::Strong, &document.title)], 21.0, DARK);
        if !document.subtitle.is_empty() {
            let part = self.tags.add(None, Role::Paragraph);
            self.text(part, &[(Face::Regular, &document.subtitle)], 12.0, TEXT);
        }
        let made = format!("{} {}", self.words.made, document.made);
        let part = self.tags.add(None, Role::Paragraph);
        self.y += 2.0;
        self.text(part, &[(Face::Regular, &made)], SMALL, QUIET);
        self.y += 10.0;
    }

    fn section(&mut self, section: &Section) {
        self.section = None;
        self.section = Some(self.part(Role::Section));
        let title =
            if section.title.trim().is_empty() { self.words.untitled } else { &section.title };
        self.heading(title, following(section.blocks.first()));
        for block in &section.blocks {
            self.block(block);
        }
    }

    /// A heading, on a page where something can follow it.
    fn heading(&mut self, title: &str, following: f32) {
        if !self.need(40.0 + following) && !self.is_fresh() {
            self.y += 12.0;
        }
        self.place(title.to_owned());
        let part = self.part(Role::Heading(title.to_owned()));
        self.text(part, &[(Face::Strong, title)], 14.0, DARK);
        self.rule(LEFT, RIGHT, self.y + 2.0, HAIR, 0.75);
        self.y += 11.0;
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(paragraphs) => {
                for paragraph in paragraphs {
                    self.paragraph(paragraph);
                }
            }
            Block::Figures(figures) => self.figures(figures),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        let spans: Vec<(Face, String)> = paragraph.iter().map(span).collect();
        let spans: Vec<(Face, &str)> =
            spans.iter().map(|(face, text)| (*face, text.as_str())).collect();
        let part = self.part(Role::Paragraph);
        self.text(part, &spans, BODY, TEXT);
        self.y += 7.0;
    }

    /// Key figures side by side, each under a rule.
    fn figures(&mut self, figures: &[Figure]) {
        if figures.is_empty() {
            return;
        }
        let list = self.part(Role::List);
        for row in figures.chunks(ABREAST) {
            self.need(80.0);
            let top = self.y;
            let mut bottom = top;
            let columns = figures.len().clamp(2, ABREAST);
            let width = (INNER + GAP) / span_of(columns) - GAP;
            let sizes = row.iter().map(|figure| self.figure_size(figure, width));
            let size = sizes.fold(FIGURE, f32::min);
            let mut left = LEFT;
            for figure in row {
                self.y = top;
                self.figure(figure, list, size, (left, width));
                bottom = bottom.max(self.y);
                left += width + GAP;
            }
            self.y = bottom + 12.0;
        }
    }

    /// The largest letters in which a figure fits.
    fn figure_size(&self, figure: &Figure, width: f32) -> f32 {
        let value = self.words.figure(&figure.kind, &figure.value);
        let natural = self.faces.width(Face::Strong, FIGURE, &value);
        if natural > width { (FIGURE * width / natural).max(BODY) } else { FIGURE }
    }

    fn figure(&mut self, figure: &Figure, list: Part, size: f32, (left, width): (f32, f32)) {
        let item = self.tags.add(Some(list), Role::Item);
        let label = self.tags.add(Some(item), Role::Label);
        let body = self.tags.add(Some(item), Role::Body);
        let value = self.words.figure(&figure.kind, &figure.value);
        self.rule(left, left + width, self.y, DARK, 1.25);
        self.y += 6.0;
        for (part, face, size, ink, text) in [
            (label, Face::Regular, SMALL, QUIET, figure.label.as_str()),
            (body, Face::Strong, size, DARK, value.as_str()),
            (body, Face::Regular, 8.0, QUIET, figure.note.as_str()),
        ] {
            if text.is_empty() {
                continue;
            }
            for line in wrap(self.faces, size, &[(face, text)], width) {
                self.put_line(Some(part), &line, left, self.y + size, ink);
                self.y += size * LEADING;
            }
        }
    }

    /// What the figures come from, as numbered notes.
    fn sources(&mut self, sources: &[String]) {
        if sources.is_empty() {
            return;
        }
        self.section = None;
        self.section = Some(self.part(Role::Section));
        self.heading(self.words.sources, following(None));
        let list = self.part(Role::List);
        for (index, source) in sources.iter().enumerate() {
            let item = self.tags.add(Some(list), Role::Item);
            let label = self.tags.add(Some(item), Role::Label);
            let body = self.tags.add(Some(item), Role::Body);
            let number = self.faces.shape(Face::Regular, SMALL, &format!("[{}]", index + 1));
            self.need(SMALL * LEADING);
            let line = Line { width: number.width, runs: vec![number] };
            self.put_line(Some(label), &line, LEFT, self.y + SMALL, QUIET);
            self.text_at(body, &[(Face::Regular, source)], SMALL, TEXT, LEFT + 26.0);
            self.y += 3.0;
        }
    }
}

/// How much of what follows a heading must stand with it.
fn following(block: Option<&Block>) -> f32 {
    match block {
        Some(Block::Chart(_)) => CHART,
        Some(Block::Table(_)) => 110.0,
        _ => 70.0,
    }
}

fn span(span: &Span) -> (Face, String) {
    match span {
        Span::Text(text, Emphasis::None) => (Face::Regular, text.clone()),
        Span::Text(text, Emphasis::Strong) => (Face::Strong, text.clone()),
        Span::Text(text, Emphasis::Light) => (Face::Light, text.clone()),
        Span::Source(number) => (Face::Regular, format!("[{number}]")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
fn span_of(columns: usize) -> f32 {
    columns as f32
}
