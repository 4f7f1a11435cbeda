//! Watched folders.

use crate::pulling::Machine;
use faregate_connect::pace::{Chance, Pace};
use faregate_connect::pull::{Inbox, PullError, Pulled, World, pull, sweep};
use faregate_connect::sources::{Files, Kind, Source, Sources};
use faregate_core::when::Instant;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

struct Watched {
    directory: tempfile::TempDir,
    machine: Arc<Machine>,
    source: Source,
}

/// Long after every file of this test was written, whatever the machine's clock says.
const LATER: i64 = 4_000_000_000;

impl Watched {
    fn new(lines: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("drop")).unwrap();
        let text = format!(
            "[sources.drop]\nkind = \"folder\"\npath = \"drop\"\nfiles = \"token-usage\"\n{lines}\n"
        );
        let source = Sources::parse(&text, directory.path()).unwrap().sources.remove(0);
        Self { directory, machine: Arc::new(Machine::new(LATER)), source }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("drop").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Sets how long ago a file was written.
    fn age(&self, name: &str, seconds: u64) {
        let now = UNIX_EPOCH + Duration::from_secs(u64::try_from(self.machine.seconds()).unwrap());
        let at: SystemTime = now - Duration::from_secs(seconds);
        std::fs::File::options()
            .append(true)
            .open(self.path(name))
            .unwrap()
            .set_modified(at)
            .unwrap();
    }

    fn pull(&self) -> Result<Pulled, PullError> {
        let world: Arc<dyn World> = self.machine.clone();
        let inbox = Inbox::new(self.directory.path().join("inbox"));
        pull(&self.source, &world, &mut Chance::new(1), &inbox)
    }

    /// What each new file holds.
    fn news(&self) -> Vec<String> {
        let pulled = self.pull().unwrap();
        assert!(pulled.is_whole);
        pulled.files.iter().map(|file| std::fs::read_to_string(&file.path).unwrap()).collect()
    }
}

#[test]
fn each_file_is_taken_once_and_again_when_it_changed() {
    let watched = Watched::new("pattern = \"*.csv\"\nzone = \"Asia/Tokyo\"");
    watched.write("b.csv", "two");
    watched.write("a.CSV", "one");
    watched.write("notes.txt", "no");
    watched.write(".hidden.csv", "no");
    assert_eq!(watched.news(), ["one", "two"]);
    assert!(watched.news().is_empty());
    watched.write("b.csv", "two and more");
    // The same content under another name is another file; the importer tells use apart.
    watched.write("c.csv", "one");
    assert_eq!(watched.news(), ["two and more", "one"]);
    watched.age("a.CSV", 5_000);
    assert!(watched.news().is_empty(), "touched, and still the same");
    assert_eq!(std::fs::read_to_string(watched.path("a.CSV")).unwrap(), "one", "it stays");
    let inbox = Inbox::new(watched.directory.path().join("inbox"));
    let files = inbox.files("drop").unwrap();
    assert_eq!(files.len(), 4);
    // In the order in which they were written, though they came otherwise.
    watched.machine.wait(Duration::from_secs(60));
    watched.write("z.csv", "long ago");
    watched.age("z.csv", 3_000_000_000);
    watched.news();
    let files = inbox.files("drop").unwrap();
    let ago = Instant(watched.machine.seconds() - 3_000_000_000).to_string();
    assert!(files.iter().any(|file| file.sidecar.written.as_deref() == Some(&*ago)), "{files:?}");
    let order: Vec<&str> = files.iter().map(|file| file.sidecar.known_since()).collect();
    assert!(order.is_sorted(), "{order:?}");
    assert!(!files.iter().map(|file| &file.sidecar.fetched_at).is_sorted());
    assert!(files.iter().all(|file| file.sidecar.what == "token-usage"));
    assert!(files.iter().all(|file| file.sidecar.zone.as_deref() == Some("Asia/Tokyo")));
}

#[test]
fn a_file_that_is_being_written_is_left_alone() {
    let watched = Watched::new("settle = \"60s\"");
    watched.write("a.csv", "half");
    watched.age("a.csv", 59);
    assert!(watched.news().is_empty());
    watched.machine.wait(Duration::from_secs(1));
    assert_eq!(watched.news(), ["half"]);
}

#[test]
fn what_is_no_plain_file_of_a_fair_size_is_not_taken() {
    let watched = Watched::new("bytes_max = 10");
    watched.write("large.csv", "eleven byte");
    watched.write("right.csv", "ten bytes.");
    std::fs::create_dir(watched.path("folder.csv")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("right.csv", watched.path("link.csv")).unwrap();
    let pulled = watched.pull().unwrap();
    assert_eq!(pulled.files.len(), 1);
    assert_eq!(pulled.faults.len(), 1);
    assert_eq!(pulled.faults[0].what, "large.csv");
    assert_eq!(pulled.faults[0].words, "it is larger than 10 bytes");
}

/// What somebody drops is no sidecar of ours, whatever it is called: it neither stops a source nor is swept away.
#[test]
fn a_file_with_the_name_of_a_sidecar_is_a_file() {
    let watched = Watched::new("");
    watched.write("x.pulled.json", "{}");
    watched.write(".pulled.json", "hidden");
    watched.write("x.pulled.json_", "[]");
    assert_eq!(watched.news(), ["{}", "[]"]);
    let inbox = Inbox::new(watched.directory.path().join("inbox"));
    sweep(&watched.source, Instant(LATER), &inbox, &|_| true).unwrap();
    assert_eq!(inbox.files("drop").unwrap().len(), 2);
    assert!(watched.news().is_empty());
}

/// What is remembered of a file goes when it has left the folder and the inbox, and not before.
#[test]
fn what_is_remembered_does_not_grow_for_ever() {
    for files in [Files::TokenUsage, Files::Polls] {
        let mut watched = Watched::new("");
        if let Kind::Folder(folder) = &mut watched.source.kind {
            folder.files = files.clone();
        }
        let marks = || {
            let path = watched.directory.path().join("inbox/drop/.state/taken.json");
            std::fs::read_to_string(path).unwrap().matches(".csv").count()
        };
        watched.write("a.csv", "one");
        watched.write("b.csv", "two");
        watched.pull().unwrap();
        std::fs::remove_file(watched.path("a.csv")).unwrap();
        assert!(watched.news().is_empty());
        assert_eq!(marks(), 2, "its copy is still there");
        let inbox = Inbox::new(watched.directory.path().join("inbox"));
        for file in inbox.files("drop").unwrap() {
            std::fs::remove_file(file.path).unwrap();
        }
        assert!(watched.news().is_empty(), "b is in the folder, and was taken");
        assert_eq!(marks(), 1);
    }
}

/// Three bytes a character: longer than names may be, with ours before it.
#[test]
fn a_name_may_be_long_in_bytes() {
    let watched = Watched::new("");
    watched.write(&format!("{}.csv", "\u{8868}".repeat(80)), "one");
    assert_eq!(watched.news(), ["one"]);
}

/// The memory of a process is a plain file of which nobody reads the first byte, whatever rights they have.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_stops_no_other() {
    let mut watched = Watched::new("pattern = \"m?m\"");
    if let Kind::Folder(folder) = &mut watched.source.kind {
        folder.path = PathBuf::from("/proc/self");
    }
    let pulled = watched.pull().unwrap();
    let faults: Vec<&str> = pulled.faults.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!((pulled.files.len(), faults), (0, vec!["mem"]));
    assert!(pulled.faults[0].words.starts_with("it cannot be read: "), "{:?}", pulled.faults);
}

#[test]
fn a_folder_that_is_not_there_is_told_of() {
    let watched = Watched::new("");
    std::fs::remove_dir(watched.directory.path().join("drop")).unwrap();
    let error = watched.pull().unwrap_err();
    assert!(error.to_string().contains("drop"), "{error}");
}

#[test]
fn a_kill_between_name_sidecar_and_note_does_no_harm() {
    let watched = Watched::new("");
    watched.write("a.csv", "one");
    watched.pull().unwrap();
    let home = watched.directory.path().join("inbox/drop");
    let note = home.join(".state/taken.json");
    let sidecar = |home: &Path| {
        let names = std::fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path());
        names.into_iter().find(|path| path.to_string_lossy().ends_with(".pulled.json"))
    };
    // Named, and no sidecar yet.
    std::fs::remove_file(&note).unwrap();
    std::fs::remove_file(sidecar(&home).unwrap()).unwrap();
    assert_eq!(watched.news(), ["one"]);
    // Sidecar, and no note yet.
    std::fs::remove_file(&note).unwrap();
    assert_eq!(watched.news(), ["one"], "told of again, and not copied again");
    let inbox = Inbox::new(watched.directory.path().join("inbox"));
    assert_eq!(inbox.files("drop").unwrap().len(), 1);
    assert!(watched.news().is_empty());
}
