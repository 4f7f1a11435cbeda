//! What became of each file of a source: a line of JSON each, beside the files, by the digest of the content, and of
//! polls by their moment as well.
//!
//! A line is written once the file is in the books. Killed in between, the file is taken in again, which adds nothing.

use crate::fault::{Code, Fault};
use faregate_app::sources::FileNote;
use faregate_connect::pull::Sidecar;
use faregate_connect::sources::Files;
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
    /// It was, until a later file told the same anew.
    Superseded,
    /// It is known, and says nothing that is booked.
    PassedOver,
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
    /// Why it could not be taken in, or was passed over.
    pub(crate) why: Option<String>,
    /// The numbers of the imports that it took the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) undone: Vec<u32>,
    /// Which answer of the vendor's it is of, where it is one about a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<Version>,
    /// Of when it is, where it is a poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) poll: Option<String>,
    /// The servers that were polled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) polled: Vec<Polled>,
}

/// A server that was polled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Polled {
    /// Its name; empty where the output names none.
    pub(crate) server: String,
    /// Whether its last poll shows everything that may go on: no poll before that is needed to read on.
    pub(crate) shows_all: bool,
}

/// Of when a poll is: "nobody" in the evening is not "nobody" in the morning, though one is as the other.
pub(crate) fn poll_of(sidecar: &Sidecar) -> Option<&str> {
    (sidecar.what == Files::Polls.word()).then(|| sidecar.known_since())
}

/// Which answer of the vendor's a file is of. About one period the last one holds: it says all of it anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    /// What was asked for.
    what: String,
    /// The first UTC day that it tells of.
    from: String,
    /// The first day after.
    until: String,
    /// When it came.
    came: String,
    /// What all files of the answer have in common.
    export: String,
}

/// What a version is about.
type Subject = (String, String, String);

impl Version {
    pub(crate) fn of(sidecar: &Sidecar) -> Option<Self> {
        let (from, until) = sidecar.from.clone().zip(sidecar.until.clone())?;
        let export = sidecar.export.clone().unwrap_or_else(|| sidecar.file.clone());
        let (what, came) = (sidecar.what.clone(), sidecar.fetched_at.clone());
        Some(Self { what, from, until, came, export })
    }

    fn subject(&self) -> Subject {
        (self.what.clone(), self.from.clone(), self.until.clone())
    }

    /// Whether this is of another answer about the same, and whether that one is later.
    fn is_later_than(&self, other: &Self) -> Option<bool> {
        let is_another = self.subject() == other.subject() && self.export != other.export;
        let order = |one: &Self| (one.came.clone(), one.export.clone());
        is_another.then(|| order(self) > order(other))
    }
}

/// A content, what it is about and of when: two months may hold the same, and two polls.
type Key = (String, Option<Subject>, Option<String>);

fn key(sidecar: &Sidecar, version: Option<&Version>) -> Key {
    let poll = poll_of(sidecar).map(str::to_owned);
    (sidecar.sha256.clone(), version.map(Version::subject), poll)
}

fn key_of(note: &Note) -> Key {
    (note.sha256.clone(), note.version.as_ref().map(Version::subject), note.poll.clone())
}

/// What became of the files of a source.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    directory: PathBuf,
    notes: BTreeMap<Key, Note>,
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
                notes.insert(note);
            }
        }
        Ok(notes)
    }

    /// What a line says; a file in the books takes the place of all of earlier answers about the same.
    fn insert(&mut self, note: Note) {
        if let Some(version) = note.version.as_ref().filter(|_| note.became == Became::TakenIn) {
            for other in self.notes.values_mut() {
                let is_earlier = |other| version.is_later_than(other) == Some(true);
                if other.became == Became::TakenIn && other.version.as_ref().is_some_and(is_earlier)
                {
                    other.became = Became::Superseded;
                }
            }
        }
        self.notes.insert(key_of(&note), note);
    }

    /// The servers of which a file in the books has polls.
    pub(crate) fn polled(&self, sidecar: &Sidecar) -> &[Polled] {
        let noted = self.notes.get(&key(sidecar, Version::of(sidecar).as_ref()));
        noted.filter(|note| note.became == Became::TakenIn).map_or(&[], |note| &note.polled)
    }

    /// Whether a file is still to be taken in: nothing is noted of its content, or that was superseded and is told
    /// anew, and no later answer about the same is in the books.
    pub(crate) fn lacks(&self, sidecar: &Sidecar) -> bool {
        let version = Version::of(sidecar);
        let noted = self.notes.get(&key(sidecar, version.as_ref()));
        if noted.is_some_and(|note| note.became != Became::Superseded) {
            return false;
        }
        let is_outdated = |version: &Version| {
            self.versions().any(|(_, other)| other.is_later_than(version) == Some(true))
        };
        !version.as_ref().is_some_and(is_outdated)
    }

    /// The files in the books whose place one of this version takes.
    pub(crate) fn superseded_by(&self, version: &Version) -> Vec<String> {
        let earlier =
            self.versions().filter(|(_, other)| version.is_later_than(other) == Some(true));
        earlier.map(|(note, _)| note.file.clone()).collect()
    }

    /// What is in the books, and of which answer it is.
    fn versions(&self) -> impl Iterator<Item = (&Note, &Version)> {
        let taken = self.notes.values().filter(|note| note.became == Became::TakenIn);
        taken.filter_map(|note| Some((note, note.version.as_ref()?)))
    }

    /// Files that could not be taken in and still lie there, the newest first.
    pub(crate) fn bad(&self) -> Vec<FileNote> {
        self.there(Became::Bad)
    }

    /// Files that say nothing that is booked and still lie there, the newest first.
    pub(crate) fn passed_over(&self) -> Vec<FileNote> {
        self.there(Became::PassedOver)
    }

    fn there(&self, became: Became) -> Vec<FileNote> {
        let such = self.notes.values().filter(|note| note.became == became);
        let there = such.filter(|note| self.directory.join(&note.file).exists());
        let mut files: Vec<FileNote> = there
            .map(|note| FileNote {
                file: note.file.clone(),
                at: note.at.parse().unwrap_or_default(),
                why: note.why.clone().unwrap_or_default(),
            })
            .collect();
        files.sort_by(|a, b| (b.at, &b.file).cmp(&(a.at, &a.file)));
        files
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
        self.insert(note);
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
    use faregate_connect::pull::Freshness;

    fn note(sha256: &str, became: Became) -> Note {
        Note {
            sha256: sha256.to_owned(),
            file: format!("{sha256}.csv"),
            at: "2026-03-02T08:00:00Z".to_owned(),
            became,
            imports: vec![1],
            last: (became == Became::TakenIn).then(|| "2026-03-01T17:00:00Z".to_owned()),
            why: (became == Became::Bad).then(|| "no table".to_owned()),
            undone: Vec::new(),
            version: None,
            poll: None,
            polled: Vec::new(),
        }
    }

    /// A file that came at this hour, in an answer about a month or in none.
    fn sidecar(sha256: &str, hour: u32, answer: Option<(&str, &str)>) -> Sidecar {
        let of = |text: &str| answer.map(|_| text.to_owned());
        Sidecar {
            format: String::new(),
            source: "eba".to_owned(),
            what: answer.map_or("token-usage", |(what, _)| what).to_owned(),
            file: format!("{sha256}-{hour}.csv"),
            bytes: 1,
            sha256: sha256.to_owned(),
            from: of("2026-03-01"),
            until: of("2026-04-01"),
            export: answer.map(|(_, export)| export.to_owned()),
            zone: Some("UTC".to_owned()),
            fetched_at: format!("2026-03-02T{hour:02}:00:00Z"),
            written: None,
            freshness: Freshness::default(),
        }
    }

    fn knows(notes: &Notes, sha256: &str) -> bool {
        !notes.lacks(&sidecar(sha256, 8, None))
    }

    fn of(sidecar: &Sidecar, became: Became) -> Note {
        let version = Version::of(sidecar);
        Note { file: sidecar.file.clone(), version, ..note(&sidecar.sha256, became) }
    }

    /// Whether each of these is still to be taken in.
    fn lacking<const N: usize>(notes: &Notes, all: [&Sidecar; N]) -> [bool; N] {
        all.map(|one| notes.lacks(one))
    }

    #[test]
    fn the_later_of_two_answers_about_the_same_holds() {
        let place = tempfile::tempdir().unwrap();
        let mut notes = Notes::read(place.path()).unwrap();
        let first = sidecar("a", 8, Some(("usage", "one")));
        let second = sidecar("b", 9, Some(("usage", "two")));
        let back = sidecar("a", 10, Some(("usage", "three")));
        let other = sidecar("a", 7, Some(("cloud", "four")));
        let version = |of: &Sidecar| Version::of(of).unwrap();
        notes.add(of(&first, Became::TakenIn)).unwrap();
        assert_eq!(lacking(&notes, [&first, &second, &back]), [false, true, false]);
        assert!(notes.lacks(&other), "the same content about something else");
        assert_eq!(notes.superseded_by(&version(&second)), ["a-8.csv"]);
        assert!(notes.superseded_by(&version(&other)).is_empty());
        // What could not be taken in takes the place of nothing.
        notes.add(of(&second, Became::Bad)).unwrap();
        assert_eq!(notes.superseded_by(&version(&back)), ["a-8.csv"]);
        notes.add(of(&second, Became::TakenIn)).unwrap();
        let again = Notes::read(place.path()).unwrap();
        for notes in [&notes, &again] {
            assert_eq!(lacking(notes, [&first, &second, &back]), [false, false, true]);
            assert_eq!(notes.superseded_by(&version(&back)), ["b-9.csv"]);
            assert!(notes.superseded_by(&version(&first)).is_empty(), "an earlier one");
        }
        notes.add(of(&back, Became::TakenIn)).unwrap();
        notes.forget_bad().unwrap();
        for notes in [notes, Notes::read(place.path()).unwrap()] {
            assert_eq!(lacking(&notes, [&first, &second, &back]), [false; 3]);
        }
    }

    /// Of an answer in two files one is as it was: it was taken back with the other, and is needed again.
    #[test]
    fn a_file_that_is_as_it_was_is_taken_in_again_with_the_rest_of_its_answer() {
        let place = tempfile::tempdir().unwrap();
        let mut notes = Notes::read(place.path()).unwrap();
        for (sha256, hour) in [("same", 7), ("old", 8)] {
            let file = sidecar(sha256, hour, Some(("usage", "one")));
            assert!(notes.superseded_by(&Version::of(&file).unwrap()).is_empty());
            notes.add(of(&file, Became::TakenIn)).unwrap();
        }
        let same = sidecar("same", 9, Some(("usage", "two")));
        let new = sidecar("new", 10, Some(("usage", "two")));
        assert_eq!(lacking(&notes, [&same, &new]), [false, true]);
        let both = notes.superseded_by(&Version::of(&new).unwrap());
        assert_eq!(both, ["old-8.csv", "same-7.csv"]);
        notes.add(of(&new, Became::TakenIn)).unwrap();
        assert_eq!(lacking(&notes, [&same, &new]), [true, false]);
        assert!(notes.superseded_by(&Version::of(&same).unwrap()).is_empty());
    }

    #[test]
    fn what_is_noted_is_known_again() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("eba");
        let mut notes = Notes::read(&directory).unwrap();
        assert!(!knows(&notes, "a") && notes.bad().is_empty() && notes.last().is_none());
        notes.add(note("a", Became::TakenIn)).unwrap();
        notes.add(note("b", Became::Bad)).unwrap();
        notes.add(note("users", Became::PassedOver)).unwrap();
        std::fs::write(directory.join("b.csv"), "").unwrap();
        std::fs::write(directory.join("users.csv"), "").unwrap();
        for mut notes in [notes, Notes::read(&directory).unwrap()] {
            assert!(knows(&notes, "a") && knows(&notes, "b"));
            assert_eq!(notes.last().unwrap().to_string(), "2026-03-01T17:00:00Z");
            let bad: Vec<String> = notes.bad().into_iter().map(|bad| bad.why).collect();
            assert_eq!(bad, ["no table"]);
            let over: Vec<String> = notes.passed_over().into_iter().map(|one| one.file).collect();
            assert_eq!(over, ["users.csv"]);
            notes.add(note("c", Became::TakenIn)).unwrap();
        }
        // One that was taken away is nobody's trouble any more.
        std::fs::remove_file(directory.join("b.csv")).unwrap();
        let mut notes = Notes::read(&directory).unwrap();
        assert!(notes.bad().is_empty() && knows(&notes, "b"));
        notes.forget_bad().unwrap();
        for notes in [notes, Notes::read(&directory).unwrap()] {
            assert!(knows(&notes, "a") && !knows(&notes, "b") && knows(&notes, "c"));
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
            assert!(knows(&again, "a") && knows(&again, "b") && again.notes.len() == 2, "{length}");
        }
    }
}
