//! The fonts, and text as their glyphs.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, UnicodeBuffer};

/// Shown for letters that a font does not have.
const BOX: char = '\u{25a1}';

/// Which of the fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Strong,
    Light,
}

/// A font, for drawing and for measuring.
struct Loaded {
    font: Font,
    shaper: rustybuzz::Face<'static>,
}

impl Loaded {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.to_vec().into(), 0)?;
        Some(Self { font, shaper: rustybuzz::Face::from_slice(bytes, 0)? })
    }
}

/// The fonts of a document.
pub(super) struct Faces {
    regular: Loaded,
    strong: Loaded,
    light: Loaded,
}

/// Text in one font and size, as glyphs.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) width: f32,
}

impl Faces {
    /// The fonts that are part of this crate: see `fonts/README.md`.
    pub(super) fn new() -> Option<Self> {
        Some(Self {
            regular: Loaded::new(include_bytes!("../../fonts/Inter-Regular.otf"))?,
            strong: Loaded::new(include_bytes!("../../fonts/Inter-SemiBold.otf"))?,
            light: Loaded::new(include_bytes!("../../fonts/Inter-Italic.otf"))?,
        })
    }

    pub(super) fn font(&self, face: Face) -> Font {
        self.loaded(face).font.clone()
    }

    fn loaded(&self, face: Face) -> &Loaded {
        match face {
            Face::Regular => &self.regular,
            Face::Strong => &self.strong,
            Face::Light => &self.light,
        }
    }

    /// Text as glyphs, from left to right, with digits of one width.
    pub(super) fn shape(&self, face: Face, size: f32, text: &str) -> Run {
        let text = clean(text);
        let shaper = &self.loaded(face).shaper;
        let mut buffer = UnicodeBuffer::new();
        for (offset, letter) in text.char_indices() {
            let known = shaper.glyph_index(letter).is_some();
            // Offsets are those of the letter that was meant, so that it can be searched for and copied.
            buffer.add(if known { letter } else { BOX }, u32::try_from(offset).unwrap_or(u32::MAX));
        }
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let digits = Feature::new(Tag::from_bytes(b"tnum"), 1, ..);
        let shaped = rustybuzz::shape(shaper, &[digits], buffer);
        let em = self.loaded(face).font.units_per_em();
        let glyphs = glyphs(&shaped, em, text.len());
        let width = glyphs.iter().map(|glyph| glyph.x_advance * size).sum();
        Run { face, size, text, glyphs, width }
    }

    /// How wide a text is.
    pub(super) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        self.shape(face, size, text).width
    }
}

/// Text without what cannot be seen: controls become spaces, marks of format and what is no letter go.
fn clean(text: &str) -> String {
    let seen = |letter: &char| {
        !matches!(letter,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
    };
    let spaced = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().filter(seen).map(spaced).collect()
}

#[expect(clippy::cast_precision_loss, reason = "widths of glyphs are small")]
fn glyphs(shaped: &rustybuzz::GlyphBuffer, em: f32, end: usize) -> Vec<KrillaGlyph> {
    let infos = shaped.glyph_infos();
    let next_cluster = |index: usize, cluster: u32| {
        let later = infos.iter().skip(index).map(|info| info.cluster);
        later.into_iter().find(|later| *later > cluster).map_or(end, |next| next as usize)
    };
    infos
        .iter()
        .zip(shaped.glyph_positions())
        .enumerate()
        .map(|(index, (info, position))| {
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                position.y_advance as f32 / em,
                info.cluster as usize..next_cluster(index, info.cluster),
                None,
            )
        })
        .collect()
}
