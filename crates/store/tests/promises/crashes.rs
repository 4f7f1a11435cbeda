//! Promise 2: what was acknowledged survives a loss of power. A crash image is the database with its log as it
//! was at some moment: cut at every frame, in the middle of frames, and with its last bytes torn.
//!
//! The database itself does not change meanwhile: either the log only grows, or it was folded into the database
//! half-way and begins anew, over what it held before.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::doctor::examine;
use faregate_app::engine::Engine;
use faregate_core::event::SessionId;
use faregate_store::sqlite::SqliteStore;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// SQLite's log: a header, then frames of a header and a page each.
const HEADER: usize = 32;
const FRAME: usize = 24 + 4_096;
const LAUNCHES: u64 = 40;

/// An answer, and up to where the log was written when it was given.
struct Ack {
    key: String,
    seq: u64,
    log: usize,
}

struct Run {
    acks: Vec<Ack>,
    database: Vec<u8>,
    log: Vec<u8>,
    /// What the log held before it began anew.
    old: Vec<u8>,
}

impl Run {
    /// The log as it was up to somewhere, and behind it what it held before.
    fn log_until(&self, length: usize) -> Vec<u8> {
        let behind = self.old.get(length..).unwrap_or_default();
        [&self.log[..length], behind].concat()
    }
}

/// Up to where a log was written, by what differs from before: to the end of a frame.
fn written(before: &[u8], after: &[u8]) -> usize {
    let differs = |place: &usize| before.get(*place) != after.get(*place);
    let last = (0..after.len()).rev().find(differs).unwrap_or(0);
    HEADER + last.saturating_sub(HEADER).div_ceil(FRAME).max(1) * FRAME
}

/// Folds the log into the database, so that it begins anew.
fn fold(path: &Path) {
    let db = rusqlite::Connection::open(path).unwrap();
    let sql = "PRAGMA wal_checkpoint(RESTART)";
    let busy: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
}

fn run(site: &Site, folds: bool) -> Run {
    let log_path = site.path().with_extension("db-wal");
    let desk = site.start();
    let mut acks: Vec<Ack> = Vec::new();
    let (mut old, mut before) = (Vec::new(), std::fs::read(&log_path).unwrap_or_default());
    for number in 0..LAUNCHES {
        if folds && number == LAUNCHES / 2 {
            fold(&site.path());
            old = std::fs::read(&log_path).unwrap();
            before.clone_from(&old);
            // The database holds them, whatever the log says.
            acks.iter_mut().for_each(|ack| ack.log = 0);
        }
        let key = format!("k{number}");
        let answer = desk.gate.asked(request(&key, number, "revit", Some(number % 2))).unwrap();
        let after = std::fs::read(&log_path).unwrap();
        acks.push(Ack { key, seq: answer.seq, log: written(&before, &after) });
        before = after;
        site.clock.advance(30);
        if number % 3 == 0 && is_opened(&answer) {
            desk.gate.closed(SessionId(answer.seq)).unwrap();
        }
    }
    // The files as they are while the store is open: closing it would fold the log into the database.
    let (database, log) = (std::fs::read(site.path()).unwrap(), std::fs::read(log_path).unwrap());
    drop(desk.stop());
    Run { acks, database, log, old }
}

/// What an image misses of what was acknowledged before, and what else is wrong with it.
fn missing(run: &Run, clock: &Hand, length: usize, log: &[u8]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("faregate.db");
    std::fs::write(&path, &run.database).unwrap();
    std::fs::write(path.with_extension("db-wal"), log).unwrap();
    opened(&path, run, clock, length)
}

fn opened(path: &Path, run: &Run, clock: &Hand, length: usize) -> Vec<String> {
    let mut store: Box<dyn faregate_app::ports::Store> = match SqliteStore::open(path) {
        Ok(store) => Box::new(store),
        Err(error) => return vec![format!("cut at {length}: {error}")],
    };
    let mut found = Vec::new();
    for Ack { key, seq, .. } in run.acks.iter().filter(|ack| ack.log <= length) {
        let kept = store.request(key).unwrap();
        if kept.is_none_or(|kept| kept.seq != *seq) || store.entry(*seq).unwrap().is_none() {
            found.push(format!("cut at {length}: `{key}` is lost"));
        }
    }
    // `request` begins a transaction of its own: the engine gets a store that has not looked.
    drop(store);
    let store = Box::new(SqliteStore::open(path).unwrap());
    let mut engine = Engine::load(store, Arc::new(clock.clone())).unwrap();
    found.extend(examine(&mut engine).unwrap().into_iter().flat_map(|check| check.findings));
    found
}

/// Every frame's end, and places within frames; first of all those where an answer was given.
fn cuts(run: &Run) -> BTreeSet<usize> {
    let mut chance = Chance(4);
    let given = || run.acks.iter().map(|ack| ack.log).filter(|log| *log > 0);
    let (first, last) = (given().min().unwrap_or(HEADER), given().max().unwrap_or(HEADER));
    let ends = (0..).map(|frame| HEADER + frame * FRAME).take_while(|end| *end <= last);
    let ends: Vec<usize> = ends.filter(|end| *end + 3 * FRAME >= first).collect();
    let torn: Vec<usize> = ends.iter().map(|end| end + 1 + chance.place(FRAME - 1)).collect();
    let all = ends.into_iter().chain(torn).chain(given());
    all.filter(|cut| *cut <= run.log.len()).collect()
}

/// The images that were looked at, and what was found missing or wrong.
fn look(folds: bool) -> (usize, Vec<String>) {
    let site = Site::new(Backend::Sqlite, Fault::None, LAUNCHES as u32, &[250, 60]);
    let run = run(&site, folds);
    let (mut images, mut lost) = (0, Vec::new());
    for length in cuts(&run) {
        lost.extend(missing(&run, &site.clock, length, &run.log_until(length)));
        images += 1;
        // The sectors behind the cut hold what was there before, or nothing that was ever written.
        if length % 5 == 0 {
            let mut torn = run.log[..length].to_vec();
            torn.resize(run.log.len(), 0xa5);
            lost.extend(missing(&run, &site.clock, length, &torn));
            images += 1;
        }
    }
    (images, lost)
}

#[test]
fn what_was_acknowledged_is_in_every_crash_image() {
    for (folds, least) in [(false, 200), (true, 80)] {
        let (images, lost) = look(folds);
        println!("log folded: {folds}: {images} images / {} lost or corrupt", lost.len());
        assert_eq!(lost, Vec::<String>::new());
        assert!(images > least, "{images}");
    }
}

/// Answers given one commit too early are missed, and so are appends that were never stored.
#[test]
fn an_answer_before_its_commit_is_noticed() {
    let site = Site::new(Backend::Sqlite, Fault::None, LAUNCHES as u32, &[250, 60]);
    let mut early = run(&site, false);
    let logs: Vec<usize> = early.acks.iter().map(|ack| ack.log).collect();
    early.acks.iter_mut().skip(1).zip(logs).for_each(|(ack, before)| ack.log = before);
    let lost: usize = early
        .acks
        .iter()
        .map(|ack| missing(&early, &site.clock, ack.log, &early.log[..ack.log]).len())
        .sum();
    assert!(lost >= early.acks.len() / 2, "{lost}");
}
