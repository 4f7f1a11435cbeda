//! What became of each file of a source: a line of JSON each, beside the files, by the digest of the content.
//!
//! A line is written once the file is in the books. Killed in between, the file is taken in again, which adds nothing.

use crate::fault::{Code, Fault};
use faregate_app::sources::BadFile;
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Its name in a source's directory.
const NAME: &str = ".taken-in.jsonl";

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Became {
    /// It is in the books.
    TakenIn,
    /// It could not be taken in, and would not be if it were tried again.
    Bad,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// SHA-256 of its content, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) file: String,
    pub(crate) at: String,
    pub(crate) became: Became,
    /// The numbers of the imports that it made; none when it brought nothing new.
    pub(crate) imports: Vec<u32>,
    /// The last instant that it tells of.
    pub(crate) last: Option<String>,
    /// Why it could not be taken in.
    pub(crate) why: Option<String>,
}

/// What became of the files of a source.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    directory: PathBuf,
    /// By digest.
    notes: BTreeMap<String, Note>,
}

impl Notes {
    /// Reads what is noted in a source's directory.
    pub(crate) fn read(directory: &Path) -> Result<Self, Fault> {
        let text = match std::fs::read_to_string(directory.join(NAME)) {
            Err(why) if why.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|why| unusable(directory, &why))?,
        };
        let mut notes = Self { directory: directory.to_owned(), ..Self::default() };
        for line in text.lines() {
            // A line that was cut short says nothing: its file is taken in again.
            if let Ok(note) = serde_json::from_str::<Note>(line) {
                notes.notes.insert(note.sha256.clone(), note);
            }
        }
        Ok(notes)
    }

    /// Whether something is noted of this content.
    pub(crate) fn knows(&self, sha256: &str) -> bool {
        self.notes.contains_key(sha256)
    }

    /// Files that could not be taken in and still lie there, the newest first.
    pub(crate) fn bad(&self) -> Vec<BadFile> {
        let bad = self.notes.values().filter(|note| note.became == Became::Bad);
        let there = bad.filter(|note| self.directory.join(&note.file).exists());
        let mut bad: Vec<BadFile> = there
            .map(|note| BadFile {
                file: note.file.clone(),
                at: note.at.parse().unwrap_or_default(),
                why: note.why.clone().unwrap_or_default(),
            })
            .collect();
        bad.sort_by(|a, b| (b.at, &b.file).cmp(&(a.at, &a.file)));
        bad
    }

    /// Up to when the files tell, as far as they say.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.notes.values().filter_map(|note| note.last.as_ref()?.parse().ok()).max()
    }
}

fn unusable(directory: &Path, why: &std::io::Error) -> Fault {
    let path = directory.join(NAME);
    let help = "check the file, its directory and the space that is left";
    Fault::new(Code::Failed, format!("{}: {why}", path.display()), help)
}
