//! Which styles make a number a date.

use super::super::{Archive, Fault};
use super::xml::{Node, Xml};
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// What a number is shown as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// A number.
    #[default]
    Plain,
    /// A date, with or without a time.
    Moment,
    /// A time without a date.
    Clock,
    /// Hours that go on beyond a day: `[h]:mm:ss`.
    Elapsed,
}

/// The formats of cells, by the number of their style.
#[derive(Default)]
pub(super) struct Styles {
    formats: Vec<Format>,
    pub(super) since_1904: bool,
}

impl Styles {
    pub(super) fn format(&self, style: usize) -> Format {
        self.formats.get(style).copied().unwrap_or_default()
    }
}

/// A spreadsheet itself allows 65,490.
const STYLES_MAX: usize = 100_000;

/// Reads the styles.
pub(super) fn styles<R: Read + Seek>(
    archive: &Archive<R>,
    part: &str,
    since_1904: bool,
) -> Result<Styles, Fault> {
    let mut xml = Xml::open(archive, part)?;
    let mut styles = Styles { formats: Vec::new(), since_1904 };
    let (mut custom, mut in_cells) = (BTreeMap::new(), false);
    loop {
        match xml.next()? {
            Node::Open(tag) => match tag.name() {
                b"numFmt" => {
                    let code = tag.text(b"formatCode").unwrap_or_default();
                    custom.insert(tag.number::<u32>(b"numFmtId").unwrap_or(0), of_code(&code));
                }
                b"cellXfs" => in_cells = true,
                b"xf" if in_cells => {
                    let number = tag.number::<u32>(b"numFmtId").unwrap_or(0);
                    let format = custom.get(&number).copied();
                    styles.formats.push(format.unwrap_or_else(|| of_number(number)));
                }
                _ => {}
            },
            Node::Close(end) if end.is(b"cellXfs") => in_cells = false,
            Node::End => return Ok(styles),
            _ => {}
        }
        if styles.formats.len().max(custom.len()) > STYLES_MAX {
            return Err(xml.too_many(STYLES_MAX, "styles"));
        }
    }
}

/// The formats that are the same everywhere and never written out.
const fn of_number(number: u32) -> Format {
    match number {
        14..=17 | 22 | 27..=36 | 50..=58 => Format::Moment,
        18..=21 | 45 | 47 => Format::Clock,
        46 => Format::Elapsed,
        _ => Format::Plain,
    }
}

/// A code such as `dd/mm/yyyy;@` or `[$-409]h:mm AM/PM`: a date or a time if a letter of one stands outside quotes.
/// An `m` is a minute beside hours or seconds, and else a month.
pub(super) fn of_code(code: &str) -> Format {
    let mut letters = code.chars();
    let (mut has_date, mut has_time, mut has_m) = (false, false, false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.find(|end| *end == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inner: String = letters.by_ref().take_while(|end| *end != ']').collect();
                let counts = |letter: char| matches!(letter.to_ascii_lowercase(), 'h' | 'm' | 's');
                if !inner.is_empty() && inner.chars().all(counts) {
                    return Format::Elapsed;
                }
            }
            // The first section is for what is above zero.
            ';' => break,
            'y' | 'Y' | 'd' | 'D' => has_date = true,
            'h' | 'H' | 's' | 'S' => has_time = true,
            'm' | 'M' => has_m = true,
            _ => {}
        }
    }
    match (has_date, has_time) {
        (false, true) => Format::Clock,
        (false, false) if !has_m => Format::Plain,
        _ => Format::Moment,
    }
}
