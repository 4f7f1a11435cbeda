//! What only the store on SQLite can get wrong: files, formats, locks, damage.

use faregate_app::accounts::AccountStore;
use faregate_app::doctor::examine;
use faregate_app::engine::Engine;
use faregate_app::gate::{Answer, Decision, Gate, OpenRequest};
use faregate_app::ports::{
    Batch, BlockKind, Clock, Entry, GateUse, Request, Store, StoreError, Use,
};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::estate::{Bucket, BucketId, GENERAL, Person, PersonId, Product, ProductId};
use faregate_core::event::{
    Ask, Basis, Cause, Charge, Event, Opened, Outcome, Route, SessionId, Source,
};
use faregate_core::invariants::violations;
use faregate_core::state::State;
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::{DAY, Date, Instant};
use faregate_store::codec;
use faregate_store::credentials::SqliteCredentials;
use faregate_store::directory::{DataDirectory, Unusable};
use faregate_store::sqlite::SqliteStore;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};

#[path = "sqlite/whole.rs"]
mod whole;

/// Monday 2026-06-01, midnight in UTC.
const T0: Instant = Instant(1_780_272_000);

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Instant {
        T0.plus(30 * DAY)
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn tariff() -> TariffParts {
    let ticks = Ticks::from_tokens(10).unwrap();
    let rate = Rate {
        product: text("revit"),
        meter: Meter::Window24h,
        ticks,
        from: None,
        until: None,
        source: text("test"),
    };
    let per_token = Money { micros: 3_000_000, currency: Currency::USD };
    TariffParts {
        name: text("flex"),
        title: text("Flex"),
        source: text("test"),
        grace_seconds: 300,
        idle_seconds: 900,
        prices: vec![TokenPrice { per_token, from: None }],
        rates: vec![rate],
        seats: Vec::new(),
    }
}

fn charge(day: i64) -> Charge {
    let ticks = Ticks::from_tokens(10).unwrap();
    Charge {
        at: T0.plus(day * DAY),
        ticks,
        person: PersonId(0),
        product: ProductId(0),
        bucket: GENERAL,
        meter: Meter::Window24h,
        source: Source::Log,
        paid: true,
    }
}

/// The journal of a small contract: one session through the gate, two charges from a log.
fn journal() -> Vec<Entry> {
    let ask = Ask {
        person: text("ana"),
        product: text("revit"),
        host: text("WS-1"),
        bucket: None,
        ..Ask::default()
    };
    let (ticks, meter, unit_start) = (Ticks::from_tokens(10).unwrap(), Meter::Window24h, T0);
    let route =
        Route::Tokens { bucket: BucketId(0), ticks, meter, unit_start, grace_end: T0.plus(300) };
    let (person, product) = (PersonId(0), ProductId(0));
    let ana = Person {
        key: text("ana"),
        name: text("Ana"),
        bucket: GENERAL,
        aliases: vec![text("ALOPEZ")],
    };
    let thousand = Ticks::from_tokens(1_000).unwrap();
    let (from, until) = (T0, T0.plus(365 * DAY));
    let events = [
        Event::ContractAgreed { name: text("Acme"), zone: text("Europe/Madrid") },
        Event::TariffAdopted(tariff()),
        Event::ProductsDefined(vec![Product { key: text("revit"), name: text("Revit") }]),
        Event::BucketsOpened(vec![Bucket { key: text("general"), name: text("General") }]),
        Event::PeopleAdded(vec![ana]),
        Event::PackBought { name: text("First"), ticks: thousand, from, until },
        Event::Allocated { bucket: GENERAL, ticks: thousand },
        Event::Opened(Opened { ask, person, product, route, tariff: 0, basis: Basis::default() }),
        Event::HoldEnded { person, product, outcome: Outcome::Posted },
        Event::Closed {
            session: SessionId(8),
            at: T0.plus(3_600),
            cause: Cause::Closed,
            hold: None,
        },
        Event::UsageCharged(vec![charge(2), charge(3)]),
    ];
    let entry = |(seq, event)| Entry { seq, at: T0, event };
    (1..).zip(events).map(entry).collect()
}

fn a_use() -> Use {
    Use {
        user: 0,
        host: 1,
        feature: 2,
        ordinal: 0,
        opened: T0.plus(2 * DAY),
        closed: T0.plus(2 * DAY + 60),
    }
}

fn a_gate_use() -> GateUse {
    GateUse { person: 0, product: 0, opened: T0, closed: T0.plus(3_600) }
}

fn fill(store: &mut SqliteStore) {
    let requests = vec![Request { key: text("first"), digest: 42, seq: 8 }];
    store.append(&Batch { entries: journal(), requests, gate_uses: vec![a_gate_use()] }).unwrap();
    store.add_names(0, &["ana", "WS-1", "87545RVT_2022_0F"].map(str::to_owned)).unwrap();
    store.add_uses(0, Date(20_607), BlockKind::Told, &[a_use()]).unwrap();
}

fn with_snapshot(path: &Path) {
    let mut store = SqliteStore::open(path).unwrap();
    fill(&mut store);
    let mut engine = Engine::load(Box::new(store), Arc::new(Fixed)).unwrap();
    engine.keep_snapshot().unwrap();
}

/// All that was filled in is there; what the doctor finds.
fn check_filled(path: &Path) -> Vec<String> {
    let mut store = SqliteStore::open(path).unwrap();
    let request = Request { key: text("first"), digest: 42, seq: 8 };
    assert_eq!(store.request("first").unwrap(), Some(request));
    assert_eq!(store.names().unwrap().len(), 3);
    assert_eq!(store.uses_of(Date(20_607)).unwrap(), [a_use()]);
    let mut gate_uses = Vec::new();
    store.gate_uses(T0, &mut |one| gate_uses.push(one)).unwrap();
    assert_eq!(gate_uses, [a_gate_use()]);
    let mut replayed = Vec::new();
    let mut visit = |entry| {
        replayed.push(entry);
        true
    };
    store.replay(0, &mut visit).unwrap();
    assert_eq!(replayed, journal());
    let mut engine = Engine::load(Box::new(store), Arc::new(Fixed)).unwrap();
    assert_eq!(engine.state().read().charges().iter().count(), 3);
    assert_eq!(engine.state().read().name(), "Acme");
    let findings = examine(&mut engine).unwrap().into_iter().flat_map(|check| check.findings);
    findings.collect()
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("faregate.db");
    (directory, path)
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let (_directory, path) = place();
    with_snapshot(&path);
    assert_eq!(check_filled(&path), Vec::<String>::new());
}

/// To make it: delete the file and run the tests once, with the release whose format it is to show.
#[test]
fn a_store_of_format_1_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v1.db");
    if !golden.exists() {
        with_snapshot(&golden);
        panic!("`{}` was missing and has been written: look at it, commit it", golden.display());
    }
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    assert_eq!(check_filled(&path), Vec::<String>::new());
}

fn with_everything(path: &Path) {
    let mut store = SqliteStore::open(path).unwrap();
    store.append(&Batch { entries: whole::journal(), ..Batch::default() }).unwrap();
    let mut engine = Engine::load(Box::new(store), Arc::new(Fixed)).unwrap();
    engine.keep_snapshot().unwrap();
}

/// The journal is there, the snapshot is read and says the same, and the doctor finds nothing.
fn check_everything(path: &Path) {
    let mut store = SqliteStore::open(path).unwrap();
    let snapshot = store.snapshot().unwrap().expect("the snapshot cannot be read");
    let mut folded = State::default();
    whole::journal().iter().for_each(|entry| apply(&mut folded, entry));
    assert_eq!(snapshot, folded.checkpoint());
    check_journal(store, &whole::journal());
}

/// All of the journal is there, and the doctor finds nothing.
fn check_journal(mut store: SqliteStore, journal: &[Entry]) {
    let mut replayed = Vec::new();
    let mut visit = |entry| {
        replayed.push(entry);
        true
    };
    store.replay(0, &mut visit).unwrap();
    assert_eq!(replayed, journal);
    let mut engine = Engine::load(Box::new(store), Arc::new(Fixed)).unwrap();
    let findings: Vec<String> =
        examine(&mut engine).unwrap().into_iter().flat_map(|check| check.findings).collect();
    assert_eq!(findings, Vec::<String>::new());
}

/// It held every kind of event of its time, and a state in which nothing was empty. Its snapshot knew of no
/// leases: it is dropped, and never misread.
#[test]
fn a_store_of_format_3_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v3.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_3());
}

/// It held every kind of event of its time as well. Its imports had no numbers.
#[test]
fn a_store_of_format_4_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v4.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_4());
}

/// It held every kind of event of its time as well. Nobody was merged.
#[test]
fn a_store_of_format_5_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v5.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_5());
}

/// It held every kind of event of its time as well. Nothing was watched.
#[test]
fn a_store_of_format_6_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v6.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_6());
}

/// It held every kind of event of its time as well. Nobody had said how to use up an allotment.
#[test]
fn a_store_of_format_7_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v7.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_7());
}

/// It held every kind of event of its time as well. Nobody had drawn a plan of moves.
#[test]
fn a_store_of_format_8_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v8.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.snapshot().unwrap(), None);
    check_journal(store, &whole::journal_of_format_8());
}

/// It held every kind of event there is. Nobody signed in with a password.
#[test]
fn a_store_of_format_9_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v9.db");
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    check_everything(&path);
    assert_eq!(SqliteCredentials::open(&path).unwrap().accounts().unwrap(), []);
}

/// To make it: as the one of format 1. It holds every kind of event, and a state in which nothing is empty.
#[test]
fn a_store_of_format_10_opens() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/store-v10.db");
    if !golden.exists() {
        with_everything(&golden);
        panic!("`{}` was missing and has been written: look at it, commit it", golden.display());
    }
    let (_directory, path) = place();
    std::fs::copy(&golden, &path).unwrap();
    check_everything(&path);
}

/// What a snapshot leaves out would be missed by what comes after it.
#[test]
fn a_state_with_everything_in_it_survives_its_snapshot() {
    let (_directory, path) = place();
    with_everything(&path);
    check_everything(&path);
    let journal = whole::journal();
    let tags: BTreeSet<u8> =
        journal.iter().filter_map(|entry| codec::encode(&entry.event).first().copied()).collect();
    let known = (0..=50).chain(60..=72);
    assert_eq!(tags, known.collect(), "a kind of event is missing");
    for kept in 0..=journal.len() {
        let (before, after) = journal.split_at(kept);
        let mut straight = State::default();
        before.iter().for_each(|entry| apply(&mut straight, entry));
        let bytes = codec::encode(&straight.checkpoint());
        let mut restored = State::restore(codec::decode(&bytes).unwrap()).unwrap();
        for entry in after {
            apply(&mut straight, entry);
            apply(&mut restored, entry);
        }
        assert_eq!(straight.checkpoint(), restored.checkpoint(), "a snapshot of {kept} events");
        assert_eq!(violations(&restored), []);
    }
}

fn apply(state: &mut State, Entry { seq, at, event }: &Entry) {
    state.apply(*seq, *at, event).unwrap_or_else(|broken| panic!("{event:?}: {broken}"));
}

#[test]
fn a_store_of_a_newer_release_is_left_as_it_is() {
    let (_directory, path) = place();
    with_snapshot(&path);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    let opened = SqliteStore::open(&path).err();
    assert!(matches!(opened, Some(StoreError::Newer { found: 99, known: 10 })), "{opened:?}");
    assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let check = |make: &dyn Fn(&Path), words: &str| {
        let (_directory, path) = place();
        make(&path);
        let before = std::fs::read(&path).unwrap();
        let opened =
            SqliteStore::open(&path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(opened.contains(words), "`{opened}` does not say `{words}`");
        assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
    };
    check(
        &|path| std::fs::write(path, "not a database at all, but long enough").unwrap(),
        "damaged",
    );
    let sql = "CREATE TABLE journal (x); CREATE TABLE other (y)";
    check(&|path| Connection::open(path).unwrap().execute_batch(sql).unwrap(), "something else");
    check(
        &|path| Connection::open(path).unwrap().pragma_update(None, "user_version", -1).unwrap(),
        "format -1",
    );
}

#[test]
fn a_damaged_snapshot_is_only_a_lost_cache() {
    let check = |body: &[u8]| {
        let (_directory, path) = place();
        with_snapshot(&path);
        Connection::open(&path).unwrap().execute("UPDATE snapshot SET body = ?", [body]).unwrap();
        // Loading leaves it aside in silence; the doctor does not.
        assert_ne!(check_filled(&path), Vec::<String>::new());
    };
    check(&[]);
    check(&[255; 100]);
    let unreadable = {
        let (_directory, path) = place();
        with_snapshot(&path);
        Connection::open(&path).unwrap().execute("UPDATE snapshot SET body = x'ff'", []).unwrap();
        SqliteStore::open(&path).unwrap().check().unwrap()
    };
    assert!(unreadable.iter().any(|finding| finding.contains("snapshot")), "{unreadable:?}");
    let sound = {
        let (_directory, path) = place();
        with_snapshot(&path);
        SqliteStore::open(&path).unwrap().snapshot().unwrap().unwrap()
    };
    let mut ahead = sound.clone();
    ahead.seq += 1;
    check(&codec::encode(&ahead));
    let mut elsewhere = sound.clone();
    elsewhere.zone = text("Middle/Earth");
    check(&codec::encode(&elsewhere));
    let mut twice = sound;
    twice.charges.push(twice.charges[0]);
    check(&codec::encode(&twice));
}

#[test]
fn damaged_events_and_uses_are_named() {
    let (_directory, path) = place();
    with_snapshot(&path);
    let db = Connection::open(&path).unwrap();
    db.execute("UPDATE journal SET event = x'ff' WHERE seq = 3", []).unwrap();
    db.execute("UPDATE use_block SET body = x'80'", []).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    let words =
        |error: Option<StoreError>| error.map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(words(store.entry(3).err()), "the store is damaged: event 3: unknown Event");
    assert_eq!(
        words(store.replay(0, &mut |_| true).err()),
        "the store is damaged: event 3: unknown Event"
    );
    assert_eq!(
        words(store.uses_of(Date(20_607)).err()),
        "the store is damaged: uses of 2026-06-03: cut short"
    );
}

#[test]
fn the_second_of_two_writers_is_fenced() {
    let (_directory, path) = place();
    let (mut first, mut second) =
        (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    let batch = Batch { entries: journal(), ..Batch::default() };
    first.append(&batch).unwrap();
    let fenced = second.append(&batch);
    assert!(matches!(fenced, Err(StoreError::Fenced { seq: 1 })), "{fenced:?}");
}

#[test]
fn a_directory_serves_one_process_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let opened = DataDirectory::open(&path).err();
    assert!(matches!(opened, Some(Unusable::Missing(_))), "{opened:?}");
    let (held, store) = DataDirectory::create(&path).unwrap();
    let opened = DataDirectory::open(&path).err();
    assert!(matches!(opened, Some(Unusable::InUse(_))), "{opened:?}");
    let created = DataDirectory::create(&path).err();
    assert!(matches!(created, Some(Unusable::InUse(_))), "{created:?}");
    drop((held, store));
    let created = DataDirectory::create(&path).err();
    assert!(matches!(created, Some(Unusable::Exists(_))), "{created:?}");
    drop(DataDirectory::open(&path).unwrap());
    std::fs::write(path.join("faregate.db"), "no store, but text that is long enough").unwrap();
    let opened = DataDirectory::open(&path).err();
    assert!(matches!(opened, Some(Unusable::Store(_, StoreError::Damaged(_)))), "{opened:?}");
}

#[test]
fn a_store_in_use_can_be_read_and_not_written() {
    let directory = tempfile::tempdir().unwrap();
    let read = DataDirectory::read(directory.path()).err();
    assert!(matches!(read, Some(Unusable::Missing(_))), "{read:?}");
    let (_held, mut writer) = DataDirectory::create(directory.path()).unwrap();
    fill(&mut writer);
    let mut reader = DataDirectory::read(directory.path()).unwrap();
    assert_eq!(reader.entry(8).unwrap(), writer.entry(8).unwrap());
    assert!(reader.add_names(3, &[text("no")]).is_err());
    writer.add_names(3, &[text("yes")]).unwrap();
    assert_eq!(reader.names().unwrap()[3..], [text("yes")]);
}

/// Promises 4 and 5 on SQLite: one winner of the last token, and the same answers after a restart.
#[test]
fn the_gate_keeps_its_promises_on_sqlite() {
    let (_directory, path) = place();
    let mut store = SqliteStore::open(&path).unwrap();
    fill(&mut store);
    let start = |store: SqliteStore| {
        let engine = Engine::load(Box::new(store), Arc::new(Fixed)).unwrap();
        Gate::start(engine, Arc::new(Fixed)).unwrap()
    };
    let open = |gate: &Gate, key: &str| {
        let ask = Ask {
            person: text(key),
            product: text("revit"),
            host: text("WS"),
            bucket: None,
            ..Ask::default()
        };
        let (tell, answered) = channel();
        gate.open(OpenRequest { key: text(key), ask }, move |answer| tell.send(answer).unwrap());
        answered.recv().unwrap().unwrap()
    };
    let (gate, deciding) = start(store);
    let people: Vec<String> = (0..100).map(|number| format!("p{number}")).collect();
    let added = people.iter().map(|key| Person {
        key: key.clone(),
        name: text(""),
        bucket: GENERAL,
        aliases: Vec::new(),
    });
    let added = Event::PeopleAdded(added.collect());
    gate.run(move |engine| engine.append(vec![added]).unwrap());
    let barrier = Barrier::new(people.len());
    let decisions: Vec<Decision> = std::thread::scope(|scope| {
        let mut asked = Vec::new();
        for key in &people {
            let (gate, barrier, open) = (gate.clone(), &barrier, &open);
            asked.push(scope.spawn(move || {
                barrier.wait();
                open(&gate, key)
            }));
        }
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners =
        decisions.iter().filter(|decision| matches!(decision.answer, Answer::Opened(_))).count();
    assert_eq!(winners, 97, "970 tokens were left");
    drop(gate);
    drop(deciding.join());
    let (gate, _deciding) = start(SqliteStore::open(&path).unwrap());
    for (key, before) in people.iter().zip(decisions) {
        assert_eq!(open(&gate, key), Decision { repeated: true, ..before });
    }
}
