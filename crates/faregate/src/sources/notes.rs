//! What became of each file of a source: a line of JSON each, beside the files, by the digest of the content.
//!
//! A line is written once the file is in the books. Killed in between, the file is taken in again, which adds nothing.

use crate::fault::{Code, Fault};
use faregate_app::sources::BadFile;
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Its name in a source's directory.
const NAME: &str = ".taken-in.jsonl";
/// Where it is written anew.
const FRESH: &str = ".taken-in.new";

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
    /// Whether the last line was cut short.
    is_torn: bool,
}

impl Notes {
    /// Reads what is noted in a source's directory.
    pub(crate) fn read(directory: &Path) -> Result<Self, Fault> {
        let text = match std::fs::read_to_string(directory.join(NAME)) {
            Err(why) if why.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|why| unusable(directory, &why))?,
        };
        let mut notes = Self { directory: directory.to_owned(), ..Self::default() };
        notes.is_torn = !text.is_empty() && !text.ends_with('\n');
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

    /// Notes what became of a file; when this returns, it is on the disk.
    pub(crate) fn add(&mut self, note: Note) -> Result<(), Fault> {
        let line = serde_json::to_string(&note).map_err(anyhow::Error::from)?;
        let begin = if self.is_torn { "\n" } else { "" };
        let mut file = self.open(NAME, OpenOptions::new().append(true))?;
        let written = file.write_all(format!("{begin}{line}\n").as_bytes());
        written.and_then(|()| file.sync_all()).map_err(|why| unusable(&self.directory, &why))?;
        self.is_torn = false;
        self.notes.insert(note.sha256.clone(), note);
        Ok(())
    }

    /// Forgets what could not be taken in, so that it is tried again.
    pub(crate) fn forget_bad(&mut self) -> Result<(), Fault> {
        self.notes.retain(|_, note| note.became != Became::Bad);
        let lines: Result<Vec<String>, _> =
            self.notes.values().map(serde_json::to_string).collect();
        let lines = lines.map_err(anyhow::Error::from)?.into_iter();
        let text: String = lines.map(|line| line + "\n").collect();
        let fresh = self.directory.join(FRESH);
        let mut file = self.open(FRESH, OpenOptions::new().write(true).truncate(true))?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        let named = written.and_then(|()| std::fs::rename(&fresh, self.directory.join(NAME)));
        named.map_err(|why| unusable(&self.directory, &why))?;
        self.is_torn = false;
        Ok(())
    }

    fn open(&self, name: &str, options: &mut OpenOptions) -> Result<File, Fault> {
        let failed = |why: std::io::Error| unusable(&self.directory, &why);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory).map_err(failed)?;
        options.create(true).mode(0o600).open(self.directory.join(name)).map_err(failed)
    }
}

fn unusable(directory: &Path, why: &std::io::Error) -> Fault {
    let path = directory.join(NAME);
    let help = "check the file, its directory and the space that is left";
    Fault::new(Code::Failed, format!("{}: {why}", path.display()), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(sha256: &str, became: Became) -> Note {
        Note {
            sha256: sha256.to_owned(),
            file: format!("{sha256}.csv"),
            at: "2026-03-02T08:00:00Z".to_owned(),
            became,
            imports: vec![1],
            last: (became == Became::TakenIn).then(|| "2026-03-01T17:00:00Z".to_owned()),
            why: (became == Became::Bad).then(|| "no table".to_owned()),
        }
    }

    #[test]
    fn what_is_noted_is_known_again() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("eba");
        let mut notes = Notes::read(&directory).unwrap();
        assert!(!notes.knows("a") && notes.bad().is_empty() && notes.last().is_none());
        notes.add(note("a", Became::TakenIn)).unwrap();
        notes.add(note("b", Became::Bad)).unwrap();
        std::fs::write(directory.join("b.csv"), "").unwrap();
        for mut notes in [notes, Notes::read(&directory).unwrap()] {
            assert!(notes.knows("a") && notes.knows("b"));
            assert_eq!(notes.last().unwrap().to_string(), "2026-03-01T17:00:00Z");
            let bad: Vec<String> = notes.bad().into_iter().map(|bad| bad.why).collect();
            assert_eq!(bad, ["no table"]);
            notes.add(note("c", Became::TakenIn)).unwrap();
        }
        // One that was taken away is nobody's trouble any more.
        std::fs::remove_file(directory.join("b.csv")).unwrap();
        let mut notes = Notes::read(&directory).unwrap();
        assert!(notes.bad().is_empty() && notes.knows("b"));
        notes.forget_bad().unwrap();
        for notes in [notes, Notes::read(&directory).unwrap()] {
            assert!(notes.knows("a") && !notes.knows("b") && notes.knows("c"));
        }
    }

    /// Killed in the middle of a line: its file is taken in again, and the next line is whole.
    #[test]
    fn a_torn_line_says_nothing() {
        let place = tempfile::tempdir().unwrap();
        let mut notes = Notes::read(place.path()).unwrap();
        notes.add(note("a", Became::TakenIn)).unwrap();
        let whole = std::fs::read(place.path().join(NAME)).unwrap();
        for length in 1..whole.len() {
            std::fs::write(place.path().join(NAME), [&whole, &whole[..length]].concat()).unwrap();
            let mut notes = Notes::read(place.path()).unwrap();
            notes.add(note("b", Became::TakenIn)).unwrap();
            let again = Notes::read(place.path()).unwrap();
            assert!(again.knows("a") && again.knows("b") && again.notes.len() == 2, "{length}");
        }
    }
}
