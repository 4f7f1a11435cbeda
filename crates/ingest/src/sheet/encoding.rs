//! How characters are written: UTF-8, UTF-16 of either order, Windows-1252.

/// How the characters of a file are written, as far as its first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 by its mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// No mark: the first row beyond ASCII tells UTF-8 from Windows-1252, of which Latin-1 is a part.
    Unmarked,
}

impl Encoding {
    /// By its mark, or by the zeros that UTF-16 has between the letters of a header.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => Self::Utf8,
            [0xFF, 0xFE, ..] => Self::Utf16Le,
            [0xFE, 0xFF, ..] => Self::Utf16Be,
            _ => {
                let head = head.get(..16).unwrap_or(head);
                let all_zero = |odd: usize| {
                    let mut side = head.iter().skip(odd).step_by(2).peekable();
                    head.len() >= 8 && side.all(|byte| *byte == 0)
                };
                match (all_zero(0), all_zero(1)) {
                    (false, true) => Self::Utf16Le,
                    (true, false) => Self::Utf16Be,
                    _ => Self::Unmarked,
                }
            }
        }
    }

    /// How many bytes the mark has that a file of this encoding begins with.
    pub(super) fn mark(self, head: &[u8]) -> usize {
        match self {
            Self::Utf8 => 3,
            Self::Utf16Le | Self::Utf16Be
                if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") =>
            {
                2
            }
            _ => 0,
        }
    }
}

/// UTF-16 in chunks of any size into UTF-8.
#[derive(Clone, Debug)]
pub(super) struct Wide {
    high_first: bool,
    /// A unit of which only one byte was there.
    byte: Option<u8>,
    /// The first half of a pair.
    half: Option<u16>,
}

/// In no UTF-8 text: what was half a pair is damage, and a row that holds it is handed back.
const DAMAGE: u8 = 0xFF;

impl Wide {
    pub(super) fn new(high_first: bool) -> Self {
        Self { high_first, byte: None, half: None }
    }

    pub(super) fn decode(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        for byte in chunk {
            match self.byte.take() {
                None => self.byte = Some(*byte),
                Some(first) => {
                    let pair = [first, *byte];
                    let unit = if self.high_first {
                        u16::from_be_bytes(pair)
                    } else {
                        u16::from_le_bytes(pair)
                    };
                    self.unit(unit, out);
                }
            }
        }
    }

    /// Half a character at the end of the file is damage too.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.byte.take().is_some() || self.half.take().is_some() {
            out.push(DAMAGE);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let Some(half) = self.half.take() {
            match char::decode_utf16([half, unit]).next() {
                Some(Ok(letter)) => return write(letter, out),
                _ => out.push(DAMAGE),
            }
        }
        match char::decode_utf16([unit]).next() {
            Some(Ok(letter)) => write(letter, out),
            _ if (0xD800..0xDC00).contains(&unit) => self.half = Some(unit),
            _ => out.push(DAMAGE),
        }
    }
}

fn write(letter: char, out: &mut Vec<u8>) {
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}
