//! What a file is that is no table, judged by its first bytes.

/// What a file is instead of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// No bytes, or blanks only.
    Empty,
    /// Compressed, or an archive: how.
    Packed(&'static str),
    /// A page of a web site; its title, where it has one.
    Html(String),
    /// JSON that is no result of a query; its beginning.
    Json(String),
    /// Another text: what.
    Text(&'static str),
    /// Bytes that are no text.
    Binary,
}

impl Foreign {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file-empty",
            Self::Packed(_) => "file-compressed",
            Self::Html(_) => "file-a-web-page",
            Self::Json(_) => "file-json",
            Self::Text(_) => "file-of-another-format",
            Self::Binary => "file-binary",
        }
    }
}

impl core::fmt::Display for Foreign {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty; export it again"),
            Self::Packed(how) => {
                write!(f, "the file is {how}, not a table of text; unpack it, or save it as CSV")
            }
            Self::Html(title) => {
                f.write_str("the file is a web page, not a table")?;
                if !title.is_empty() {
                    write!(f, ": `{title}`")?;
                }
                f.write_str(
                    "; the download was answered with an error or a sign-in: export it again",
                )
            }
            Self::Json(text) => write!(
                f,
                "the file is JSON without `columns` and `rows`: `{text}`; if this is an error, export it again"
            ),
            Self::Text(what) => write!(f, "the file is {what}, not a table of use"),
            Self::Binary => f.write_str("the file is not text; export it as CSV"),
        }
    }
}

impl core::error::Error for Foreign {}

const MAGIC: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of Excel 97 to 2003"),
];

/// What the first bytes say before they are read as text.
pub(super) fn packed(head: &[u8]) -> Option<Foreign> {
    let found = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    found
        .map(|(_, how)| Foreign::Packed(how))
        .or(head.starts_with(b"%PDF").then_some(Foreign::Binary))
}

/// What the first characters say.
pub(super) fn other(head: &str) -> Option<Foreign> {
    let text = head.trim_start_matches('\u{feff}').trim_start();
    match text.as_bytes().first()? {
        b'<' => return Some(Foreign::Html(title(text))),
        b'{' | b'[' => return Some(Foreign::Json(shown(text))),
        _ => {}
    }
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let is_odd = |byte: u8| byte < 32 && !matches!(byte, b'\t' | 12);
    line.bytes().any(is_odd).then_some(Foreign::Binary)
}

/// The title of a page, for whoever wonders what they downloaded.
fn title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let inner = lower.find("<title").and_then(|start| {
        let open = start.saturating_add(lower.get(start..)?.find('>')?).saturating_add(1);
        let close = open.saturating_add(lower.get(open..)?.find('<')?);
        page.get(open..close)
    });
    shown(inner.unwrap_or_default())
}

/// The beginning of a text, on one line.
pub(crate) fn shown(text: &str) -> String {
    const LETTERS_MAX: usize = 80;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|letter| !letter.is_control()).take(LETTERS_MAX).collect()
}
