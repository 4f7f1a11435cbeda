//! A plan put into the operator's file, as text: nothing is written yet.

use super::plan::Plan;
use core::fmt;
use faregate_ingest::options::conflicts::Finding;
use faregate_ingest::options::encoding::{decode, encode};
use faregate_ingest::options::region::{BadRegion, clashes, merge};
use faregate_ingest::options::{BadLine, Diff, OptionsFile};
use sha2::{Digest, Sha256};

/// What would be written, and what for.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The file as it is: the plan is for no other.
    pub before: Vec<u8>,
    /// The file as it would be.
    pub after: Vec<u8>,
    /// What changes.
    pub diff: Diff,
    /// Lines of the operator that change what the plan means.
    pub clashes: Vec<Finding>,
    /// Lines of the operator that cannot be read; they stay as they are.
    pub bad_lines: Vec<BadLine>,
    /// The first and last line of Faregate's part.
    pub part: (usize, usize),
}

/// Why a plan cannot be put into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// It cannot be said where.
    Region(BadRegion),
    /// The file is not UTF-8, and a name has no byte in it.
    Encoding,
    /// It has lines, and none of them is one of an options file.
    Foreign,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(bad) => bad.fmt(f),
            Self::Foreign => f.write_str("it is no options file; name another, or an empty one"),
            Self::Encoding => f.write_str(
                "it is not UTF-8, and a name has a letter that Latin-1 has not; store the file as UTF-8",
            ),
        }
    }
}

/// Puts a plan into the file's bytes.
///
/// # Errors
/// [`Unwritable`].
pub fn prepare(before: Vec<u8>, plan: &Plan) -> Result<Prepared, Unwritable> {
    let (text, encoding) = decode(&before);
    let own = OptionsFile::parse(&text);
    if own.directives().next().is_none() && !own.bad_lines().is_empty() {
        return Err(Unwritable::Foreign);
    }
    let merged = merge(&text, &plan.file).map_err(Unwritable::Region)?;
    let after = encode(&merged.text, encoding).ok_or(Unwritable::Encoding)?;
    let file = OptionsFile::parse(&merged.text);
    let part = part(&merged.text);
    Ok(Prepared {
        before,
        after,
        diff: merged.diff,
        clashes: clashes(&file),
        bad_lines: file.bad_lines(),
        part,
    })
}

impl Prepared {
    /// Names the file as it is and as it would be: the same only for the same two.
    #[must_use]
    pub fn id(&self) -> String {
        let both = digest(&self.before) + &digest(&self.after);
        digest(both.as_bytes()).chars().take(16).collect()
    }

    /// The new file, read.
    #[must_use]
    pub fn file(&self) -> OptionsFile {
        OptionsFile::parse(&decode(&self.after).0)
    }
}

/// SHA-256, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn part(text: &str) -> (usize, usize) {
    use faregate_ingest::options::region::{BEGIN, END};
    let line = |mark: &str| {
        let marked =
            |line: &str| line.trim_start_matches(['\u{feff}', ' ', '\t']).starts_with(mark);
        text.lines().position(marked).map_or(0, |index| index + 1)
    };
    (line(BEGIN), line(END))
}
