//! Tables that go on over pages, with their header on each.

use super::face::Face;
use super::lines::{Line, wrap};
use super::page::{DARK, HAIR, INNER, Ink, LEADING, LEFT, Layout, QUIET, RIGHT, Shape, TEXT};
use super::tags::{Part, Role};
use crate::document::{Cell, Column, Kind, Table};

const CAPTION: f32 = 10.0;
const NOTE: f32 = 8.0;
/// Letters are so large where there is room, and so small where there is none.
const SIZE_MAX: f32 = 9.0;
const SIZE_MIN: f32 = 6.0;
/// Room beside and above a cell.
const SIDE: f32 = 5.0;
const ABOVE: f32 = 3.0;

/// How the columns of a table stand.
struct Grid {
    size: f32,
    /// The left end and the width of each column.
    columns: Vec<(f32, f32)>,
    /// Whether its cells end at the right.
    right: Vec<bool>,
}

/// A row whose cells are broken into lines.
struct Broken {
    cells: Vec<Vec<Line>>,
    parts: Vec<Option<Part>>,
    lines: usize,
}

impl Layout<'_> {
    /// A caption, the header, rows, totals and a note.
    pub(super) fn table(&mut self, table: &Table) {
        let grid = self.grid(table);
        let step = grid.size * LEADING;
        // The caption, the header and two rows stand together.
        self.need(CAPTION * LEADING + 4.0 * (step + 2.0 * ABOVE) + 8.0);
        let part = self.part(Role::Table);
        if !table.caption.is_empty() {
            let caption = self.tags.add(Some(part), Role::Caption);
            self.text(caption, &[(Face::Strong, &table.caption)], CAPTION, TEXT);
            self.y += 3.0;
        }
        let headers: Vec<String> = table.columns.iter().map(header).collect();
        self.header(&grid, &headers, Some(part));
        let kinds: Vec<&Kind> = table.columns.iter().map(|column| &column.kind).collect();
        for row in &table.rows {
            let broken = self.broken(&grid, &kinds, row, Face::Regular, part);
            self.row(&grid, &headers, &broken, TEXT);
            self.rule(LEFT, RIGHT, self.y, HAIR, 0.5);
        }
        if let Some(totals) = &table.totals {
            self.rule(LEFT, RIGHT, self.y, DARK, 1.0);
            let broken = self.broken(&grid, &kinds, totals, Face::Strong, part);
            self.row(&grid, &headers, &broken, TEXT);
        }
        self.y += 4.0;
        if !table.note.is_empty() {
            let note = self.part(Role::Paragraph);
            self.text(note, &[(Face::Regular, &table.note)], NOTE, QUIET);
        }
        self.y += 12.0;
    }

    /// The header: part of the table at its beginning, decoration on the pages that follow.
    fn header(&mut self, grid: &Grid, headers: &[String], table: Option<Part>) {
        let row = table.map(|table| self.tags.add(Some(table), Role::Row));
        let mut cells = Vec::new();
        let mut parts = Vec::new();
        for (text, (_, width)) in headers.iter().zip(&grid.columns) {
            cells.push(wrap(self.faces, grid.size, &[(Face::Strong, text)], width - 2.0 * SIDE));
            parts.push(row.map(|row| self.tags.add(Some(row), Role::Header)));
        }
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
        let broken = Broken { cells, parts, lines };
        self.lines(grid, &broken, 0, lines, DARK);
        self.rule(LEFT, RIGHT, self.y, DARK, 1.0);
    }

    fn broken(
        &mut self,
        grid: &Grid,
        kinds: &[&Kind],
        row: &[Cell],
        face: Face,
        table: Part,
    ) -> Broken {
        let part = self.tags.add(Some(table), Role::Row);
        let mut broken = Broken { cells: Vec::new(), parts: Vec::new(), lines: 1 };
        for ((kind, cell), (_, width)) in kinds.iter().zip(row).zip(&grid.columns) {
            let text = self.words.cell(kind, cell);
            let lines = wrap(self.faces, grid.size, &[(face, &text)], width - 2.0 * SIDE);
            broken.lines = broken.lines.max(lines.len());
            broken.cells.push(lines);
            broken.parts.push(Some(self.tags.add(Some(part), Role::Cell)));
        }
        broken
    }

    /// A row, on the next page when this one is full; one that is higher than a page goes on over several.
    fn row(&mut self, grid: &Grid, headers: &[String], row: &Broken, ink: Ink) {
        let mut first = 0;
        while first < row.lines {
            let left = row.lines - first;
            let whole = height(grid, left);
            let kept = if whole > Self::page_room() / 2.0 { height(grid, 1) } else { whole };
            if self.need(kept) {
                self.header(grid, headers, None);
            }
            let mut fit = left;
            while fit > 1 && height(grid, fit) > self.room() {
                fit -= 1;
            }
            self.lines(grid, row, first, first + fit, ink);
            first += fit;
        }
    }

    /// The lines of a row from one to another.
    fn lines(&mut self, grid: &Grid, row: &Broken, first: usize, end: usize, ink: Ink) {
        let columns = grid.columns.iter().zip(&grid.right);
        for ((lines, part), ((left, width), right)) in row.cells.iter().zip(&row.parts).zip(columns)
        {
            let mut y = self.y + ABOVE + grid.size;
            let shown = lines.get(first..end.min(lines.len())).unwrap_or_default();
            if shown.iter().all(|line| line.runs.is_empty()) && first == 0 {
                self.put(*part, Shape::Nothing);
            }
            for line in shown {
                let x = if *right { left + width - SIDE - line.width } else { left + SIDE };
                self.put_line(*part, line, x, y, ink);
                y += grid.size * LEADING;
            }
        }
        self.y += height(grid, end - first);
    }

    /// The largest letters with which all figures fit, and what that leaves for text.
    fn grid(&self, table: &Table) -> Grid {
        let mut size = SIZE_MAX;
        let natural: Vec<(f32, f32)> =
            (0..table.columns.len()).map(|index| self.natural(table, index)).collect();
        while size > SIZE_MIN && least(&natural, size) > INNER {
            size -= 0.5;
        }
        let widths = shared(&natural, size);
        let mut left = LEFT;
        let columns = widths.iter().map(|width| {
            let column = (left, *width);
            left += width;
            column
        });
        let columns = columns.collect();
        let right = table.columns.iter().map(|column| is_right(&column.kind)).collect();
        Grid { size, columns, right }
    }

    /// The least and the full width of a column, for letters of one point: figures are never broken.
    fn natural(&self, table: &Table, index: usize) -> (f32, f32) {
        let Some(column) = table.columns.get(index) else { return (0.0, 0.0) };
        let wide = |text: &str| self.faces.width(Face::Strong, 1.0, text);
        let header = header(column);
        let (mut least, mut full) = (longest_word(&header, wide), wide(&header));
        for cell in table.rows.iter().chain(&table.totals).filter_map(|row| row.get(index)) {
            let text = self.words.cell(&column.kind, cell);
            let width = wide(&text);
            full = full.max(width);
            let text_cell = matches!(cell, Cell::Text(_));
            least = least.max(if text_cell { longest_word(&text, wide) } else { width });
        }
        if let Some(asked) = column.width {
            full = full.min(f32::from(asked) * 0.6).max(least);
        }
        (least, full)
    }
}

fn height(grid: &Grid, lines: usize) -> f32 {
    let count = f32::from(u16::try_from(lines).unwrap_or(u16::MAX));
    count * grid.size * LEADING + 2.0 * ABOVE
}

/// What a column is headed with: the currency stands there once.
fn header(column: &Column) -> String {
    match &column.kind {
        Kind::Money { currency, .. } => format!("{}, {currency}", column.header),
        _ => column.header.clone(),
    }
}

fn is_right(kind: &Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Date)
}

fn longest_word(text: &str, wide: impl Fn(&str) -> f32) -> f32 {
    // Beyond this a word is cut rather than letting it take the room of figures.
    const WORD_MAX: f32 = 16.0;
    let words =
        text.split_whitespace().map(|word| wide(&word.chars().take(40).collect::<String>()));
    words.fold(0.0, f32::max).min(WORD_MAX)
}

fn least(natural: &[(f32, f32)], size: f32) -> f32 {
    natural.iter().map(|(least, _)| least * size + 2.0 * SIDE).sum()
}

/// Widths that fill the page: each column its least, and of the rest what it would like, in proportion.
fn shared(natural: &[(f32, f32)], size: f32) -> Vec<f32> {
    let least: Vec<f32> = natural.iter().map(|(least, _)| least * size + 2.0 * SIDE).collect();
    let wish: Vec<f32> = natural.iter().map(|(least, full)| (full - least) * size).collect();
    let (taken, wished): (f32, f32) = (least.iter().sum(), wish.iter().sum());
    if taken > INNER {
        return least.iter().map(|width| width * INNER / taken).collect();
    }
    let room = INNER - taken;
    if wished > room {
        return least.iter().zip(&wish).map(|(least, wish)| least + wish * room / wished).collect();
    }
    // Room that nobody asked for is shared by width.
    let spare = (room - wished) / (taken + wished);
    least.iter().zip(&wish).map(|(least, wish)| (least + wish) * (1.0 + spare)).collect()
}
