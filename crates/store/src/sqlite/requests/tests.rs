use super::*;
use crate::sqlite::SqliteStore;
use faregate_app::ports::{Batch, Store};
use std::path::Path;

/// Keys in no order, as clients choose them.
fn request(number: u64) -> Request {
    let key = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Request { key, digest: u128::from(number) + 7, seq: number }
}

fn batch(numbers: std::ops::Range<u64>) -> Batch {
    Batch { requests: numbers.map(request).collect(), ..Batch::default() }
}

fn all_found(store: &mut SqliteStore, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let wanted = request(number);
        assert_eq!(store.request(&wanted.key).unwrap(), Some(wanted), "request {number}");
    }
}

fn count(path: &Path, table: &str) -> i64 {
    let db = Connection::open(path).unwrap();
    db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn requests_are_found_wherever_they_have_moved() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("faregate.db");
    let mut store = SqliteStore::open(&path).unwrap();
    for first in (0..100).step_by(3) {
        store.append(&batch(first..first + 3)).unwrap();
        all_found(&mut store, 0..first + 3);
        assert_eq!(store.request("another").unwrap(), None);
    }
    assert!(count(&path, "request") > 60, "none were moved on");
    assert!(count(&path, "request_recent") < 30, "those moved on were kept");
    all_found(&mut SqliteStore::open_to_read(&path).unwrap(), 0..102);
    all_found(&mut SqliteStore::open(&path).unwrap(), 0..102);
}

#[test]
fn a_key_is_answered_once_wherever_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&directory.path().join("faregate.db")).unwrap();
    for first in (0..60).step_by(2) {
        store.append(&batch(first..first + 2)).unwrap();
    }
    for number in 0..60 {
        assert!(store.append(&batch(number..number + 1)).is_err(), "request {number} twice");
    }
    all_found(&mut store, 0..60);
}

#[test]
fn what_is_rolled_back_has_not_moved() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&directory.path().join("faregate.db")).unwrap();
    for first in (0..40).step_by(2) {
        store.append(&batch(first..first + 2)).unwrap();
        store.begin().unwrap();
        store.append(&batch(100..105)).unwrap();
        all_found(&mut store, 100..105);
        store.rollback();
        assert_eq!(store.request(&request(102).key).unwrap(), None);
        all_found(&mut store, 0..first + 2);
    }
}

#[test]
fn those_moved_before_a_crash_are_moved_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("faregate.db");
    let mut store = SqliteStore::open(&path).unwrap();
    store.append(&batch(0..9)).unwrap();
    store.append(&batch(9..11)).unwrap();
    assert_eq!((count(&path, "request"), count(&path, "request_recent")), (4, 11));
    let mut store = SqliteStore::open(&path).unwrap();
    all_found(&mut store, 0..11);
    (11..31).for_each(|number| store.append(&batch(number..number + 1)).unwrap());
    all_found(&mut store, 0..31);
}
