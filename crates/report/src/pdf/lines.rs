//! Breaking text into lines.

use super::face::{Face, Faces, Run};

/// One line: its runs from left to right.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
}

/// What cannot be broken: parts that stand together, and whether a line must end before.
#[derive(Clone, Debug, Default)]
struct Word {
    parts: Vec<(Face, String)>,
    forced: bool,
}

/// Breaks text where it has spaces, so that each line is at most `width` wide; longer words are cut.
pub(super) fn wrap(faces: &Faces, size: f32, spans: &[(Face, &str)], width: f32) -> Vec<Line> {
    if let [(face, text)] = spans
        && !text.contains('\n')
    {
        let run = faces.shape(*face, size, text);
        if run.width <= width {
            return vec![Line { width: run.width, runs: vec![run] }];
        }
    }
    let mut lines: Vec<Vec<Word>> = vec![Vec::new()];
    let (mut filled, mut held) = (0.0, 0);
    for word in words(spans) {
        for piece in fitting(faces, size, word, width) {
            let wide = wide(faces, size, &piece);
            let space = faces.width(Face::Regular, size, " ");
            if held > 0 && (piece.forced || filled + space + wide > width) {
                lines.push(Vec::new());
                (filled, held) = (0.0, 0);
            }
            filled += if held > 0 { space + wide } else { wide };
            held += 1;
            if let Some(line) = lines.last_mut() {
                line.push(piece);
            }
        }
    }
    let last = lines.len().saturating_sub(1);
    let shaped = lines.iter().enumerate();
    shaped.map(|(index, line)| shape(faces, size, line, index == last)).collect()
}

fn words(spans: &[(Face, &str)]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for (face, text) in spans {
        for letter in text.chars() {
            // Spaces that hold together are letters here.
            if letter.is_whitespace() && !matches!(letter, '\u{a0}' | '\u{202f}') {
                if !word.parts.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                word.forced |= letter == '\n';
                continue;
            }
            match word.parts.last_mut() {
                Some((last, part)) if last == face => part.push(letter),
                _ => word.parts.push((*face, letter.to_string())),
            }
        }
    }
    if !word.parts.is_empty() {
        words.push(word);
    }
    words
}

/// The word, or its pieces when it is wider than a line.
fn fitting(faces: &Faces, size: f32, word: Word, width: f32) -> Vec<Word> {
    if wide(faces, size, &word) <= width {
        return vec![word];
    }
    let mut pieces = vec![Word { forced: word.forced, ..Word::default() }];
    let mut filled = 0.0;
    for (face, part) in word.parts {
        for letter in part.chars() {
            let advance = faces.width(face, size, letter.encode_utf8(&mut [0; 4]));
            if filled + advance > width && filled > 0.0 {
                pieces.push(Word { forced: true, ..Word::default() });
                filled = 0.0;
            }
            filled += advance;
            let Some(piece) = pieces.last_mut() else { continue };
            match piece.parts.last_mut() {
                Some((last, part)) if *last == face => part.push(letter),
                _ => piece.parts.push((face, letter.to_string())),
            }
        }
    }
    pieces
}

fn wide(faces: &Faces, size: f32, word: &Word) -> f32 {
    word.parts.iter().map(|(face, part)| faces.width(*face, size, part)).sum()
}

/// A line as runs; all but the last end with a space, so that words stay apart when the text is read out.
fn shape(faces: &Faces, size: f32, words: &[Word], last: bool) -> Line {
    let mut texts: Vec<(Face, String)> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for (number, (face, part)) in word.parts.iter().enumerate() {
            let space = if index > 0 && number == 0 { " " } else { "" };
            match texts.last_mut() {
                Some((held, text)) if held == face => *text += &format!("{space}{part}"),
                Some((_, text)) => {
                    text.push_str(space);
                    texts.push((*face, part.clone()));
                }
                None => texts.push((*face, part.clone())),
            }
        }
    }
    let wide: f32 = texts.iter().map(|(face, text)| faces.width(*face, size, text)).sum();
    if !last && let Some((_, text)) = texts.last_mut() {
        text.push(' ');
    }
    let runs = texts.iter().map(|(face, text)| faces.shape(*face, size, text)).collect();
    Line { runs, width: wide }
}
