//! Promise 2: what was acknowledged survives a loss of power. A crash image is the database with its log as it
//! was at some moment: cut at every frame, in the middle of frames, and with its last bytes torn.
//!
//! The run is shorter than the log's checkpoint, so that the database itself does not change meanwhile.

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

/// An answer, and how long the log was when it was given.
struct Ack {
    key: String,
    seq: u64,
    log: usize,
}

struct Run {
    acks: Vec<Ack>,
    database: Vec<u8>,
    log: Vec<u8>,
}

fn run(site: &Site) -> Run {
    let log_path = site.path().with_extension("db-wal");
    let desk = site.start();
    let mut acks = Vec::new();
    for number in 0..LAUNCHES {
        let key = format!("k{number}");
        let answer = desk.gate.asked(request(&key, number, "revit", Some(number % 2))).unwrap();
        let log = std::fs::metadata(&log_path).unwrap().len() as usize;
        acks.push(Ack { key, seq: answer.seq, log });
        site.clock.advance(30);
        if number % 3 == 0 && is_opened(&answer) {
            desk.gate.closed(SessionId(answer.seq)).unwrap();
        }
    }
    // The files as they are while the store is open: closing it would fold the log into the database.
    let (database, log) = (std::fs::read(site.path()).unwrap(), std::fs::read(log_path).unwrap());
    drop(desk.stop());
    Run { acks, database, log }
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
    let first = run.acks.first().map_or(HEADER, |ack| ack.log);
    let ends = (0..).map(|frame| HEADER + frame * FRAME).take_while(|end| *end <= run.log.len());
    let ends: Vec<usize> = ends.filter(|end| *end + 3 * FRAME >= first).collect();
    let torn: Vec<usize> = ends.iter().map(|end| end + 1 + chance.place(FRAME - 1)).collect();
    let all = ends.into_iter().chain(torn).chain(run.acks.iter().map(|ack| ack.log));
    all.filter(|cut| *cut <= run.log.len()).collect()
}

#[test]
fn what_was_acknowledged_is_in_every_crash_image() {
    let site = Site::new(Backend::Sqlite, Fault::None, LAUNCHES as u32, &[250, 60]);
    let run = run(&site);
    let cuts = cuts(&run);
    let mut images = 0;
    let mut lost = Vec::new();
    for &length in &cuts {
        lost.extend(missing(&run, &site.clock, length, &run.log[..length]));
        images += 1;
        // The sectors behind the cut hold what was there before, or nothing.
        if length % 5 == 0 {
            let mut torn = run.log[..length].to_vec();
            torn.resize(run.log.len(), 0xa5);
            lost.extend(missing(&run, &site.clock, length, &torn));
            images += 1;
        }
    }
    println!("{images} images of {} answers / {} lost or corrupt", run.acks.len(), lost.len());
    assert_eq!(lost, Vec::<String>::new());
    assert!(images > 200, "{images}");
}

/// Answers given one commit too early are missed, and so are appends that were never stored.
#[test]
fn an_answer_before_its_commit_is_noticed() {
    let site = Site::new(Backend::Sqlite, Fault::None, LAUNCHES as u32, &[250, 60]);
    let mut early = run(&site);
    let logs: Vec<usize> = early.acks.iter().map(|ack| ack.log).collect();
    early.acks.iter_mut().skip(1).zip(logs).for_each(|(ack, before)| ack.log = before);
    let lost: usize = early
        .acks
        .iter()
        .map(|ack| missing(&early, &site.clock, ack.log, &early.log[..ack.log]).len())
        .sum();
    assert!(lost >= early.acks.len() / 2, "{lost}");
}
