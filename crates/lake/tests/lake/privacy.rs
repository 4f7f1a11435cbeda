//! Forgetting: no name is left, no sum changes.

use crate::world::{T0, World};
use faregate_app::ports::{BlockKind, Store};
use faregate_core::estate::{AliasTerm, BucketId, PersonId, ProductId, Standing};
use faregate_core::event::{Event, FeatureMapped, PersonSet};
use faregate_core::when::{DAY, Instant, Zone};
use faregate_lake::{Lake, LakeSync, Privacy};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

const KEY: [u8; 32] = [9; 32];

async fn kept(world: &World, months: Option<u32>) -> LakeSync {
    let place = world.place();
    let privacy = Privacy::load(&place, KEY, months).await.unwrap();
    let mut sync = LakeSync::new(Lake::open(place).await.unwrap(), privacy);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync
}

fn rename(world: &World, key: &str, name: &str) {
    let (key, name) = (key.to_owned(), name.to_owned());
    let set = PersonSet { key, name, bucket: BucketId(0), standing: Standing::default() };
    world.append(vec![Event::PeopleSet(vec![set])]);
}

async fn texts(world: &World, sync: &LakeSync, sql: &str) -> Vec<String> {
    let rows = world.ask(sync.lake(), sql).await;
    let text = datafusion::arrow::util::pretty::pretty_format_batches(&rows).unwrap().to_string();
    text.lines().filter(|line| line.starts_with('|')).skip(1).map(str::to_owned).collect()
}

/// What does not say whose it is.
const SUMS: &str = "SELECT month, product_id, bucket_id, sum(ticks), count(*) FROM charges
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
const USES: &str = "SELECT month, product_id, bucket_id, fare, count(*), count(DISTINCT person_id),
        count(DISTINCT host_id), min(opened), max(closed)
    FROM sessions GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";

async fn check(world: &World, sync: &mut LakeSync) {
    let found = sync.lake_mut().check(&mut world.store.clone(), &world.means()).await.unwrap();
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn months_past_name_nobody_and_sum_up_as_before() {
    let world = World::used();
    let mut sync = kept(&world, Some(1)).await;
    let before = (texts(&world, &sync, SUMS).await, texts(&world, &sync, USES).await);
    assert!(sync.forget(&world.means(), world.now()).await.unwrap() > 0);
    // Whatever is told later of such a month is forgotten as well.
    assert_eq!(sync.forget(&world.means(), world.now()).await.unwrap(), 0);
    let after = (texts(&world, &sync, SUMS).await, texts(&world, &sync, USES).await);
    assert_eq!(before, after);
    check(&world, &mut sync).await;
    let past = "SELECT DISTINCT person, user_name, host FROM usage WHERE month < '2026-05'";
    let past = texts(&world, &sync, past).await;
    assert!(past.len() > 5);
    for row in &past {
        assert_eq!(row.matches('~').count(), 3, "{row}");
    }
    let present = "SELECT DISTINCT person FROM usage WHERE month >= '2026-05'";
    assert!(texts(&world, &sync, present).await.iter().all(|row| row.contains("person")));
    world.import(100, 90);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert!(sync.forget(&world.means(), world.now()).await.unwrap() > 0);
    check(&world, &mut sync).await;
    // A lake made anew forgets the same, by the same pseudonyms.
    let facts = world.facts(sync.lake()).await;
    let mut anew = {
        let place = World::place_on(std::sync::Arc::new(object_store::memory::InMemory::new()));
        let privacy = Privacy::load(&place, KEY, Some(1)).await.unwrap();
        LakeSync::new(Lake::open(place).await.unwrap(), privacy)
    };
    anew.run(&mut world.store.clone(), world.now()).await.unwrap();
    anew.forget(&world.means(), world.now()).await.unwrap();
    let is_fact = |row: &&String| !row.starts_with("names") && !row.starts_with("people");
    let again = world.facts(anew.lake()).await;
    assert_eq!(
        facts.iter().filter(is_fact).collect::<Vec<_>>(),
        again.iter().filter(is_fact).collect::<Vec<_>>()
    );
}

/// A workstation that only the gate heard of, not used for months and then used again, has its name again.
#[tokio::test]
async fn a_name_of_the_gate_that_comes_back_is_told_again() {
    let world = World::new();
    world.gate(2);
    let mut sync = kept(&world, Some(1)).await;
    world.wait(100 * DAY);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert!(sync.forget(&world.means(), world.now()).await.unwrap() > 0);
    assert!(texts(&world, &sync, "SELECT * FROM names WHERE text = 'gate-pc'").await.is_empty());
    world.gate(2);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(sync.forget(&world.means(), world.now()).await.unwrap(), 0);
    let hosts = "SELECT DISTINCT host FROM usage ORDER BY host";
    let hosts = texts(&world, &sync, hosts).await;
    assert!(
        hosts.len() == 2 && hosts[0].contains("gate-pc") && hosts[1].contains('~'),
        "{hosts:?}"
    );
    check(&world, &mut sync).await;
}

#[tokio::test]
async fn one_person_erased_is_named_nowhere_in_the_lake() {
    let world = World::used();
    rename(&world, "person3", "Erasmus Canary");
    let mut sync = kept(&world, None).await;
    let sums = texts(&world, &sync, SUMS).await;
    assert!(!sync.erase("nobody at all", &world.means(), world.now()).await.unwrap());
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    let people = "SELECT count(*) FROM usage WHERE person = 'person3'";
    assert!(!texts(&world, &sync, people).await[0].contains(" 0 "));
    world.wait(3_650 * DAY);
    assert!(sync.erase("Person3", &world.means(), world.now()).await.unwrap());
    assert_eq!(texts(&world, &sync, SUMS).await, sums);
    check(&world, &mut sync).await;
    named_nowhere(&world, &sync).await;
    // Nor after the next sync, by another process, nor in a lake made anew in the same place.
    world.import(300, 30);
    let sync = kept(&world, None).await;
    named_nowhere(&world, &sync).await;
    let others = texts(&world, &sync, "SELECT DISTINCT person FROM usage").await;
    assert!(others.iter().any(|row| row.contains("person4")), "{others:?}");
}

/// A server that keeps the lake learns what another process erases, and leaves it erased, whatever it writes then.
#[tokio::test]
async fn an_erasure_beside_a_server_stays() {
    let world = World::used();
    rename(&world, "person3", "Erasmus Canary");
    let mut server = kept(&world, Some(1)).await;
    server.forget(&world.means(), world.now()).await.unwrap();
    let mut other = kept(&world, Some(1)).await;
    assert!(other.erase("person3", &world.means(), world.now()).await.unwrap());
    // Everything that makes a server write: people, names, months that are past.
    rename(&world, "person4", "Somebody Else");
    world.import(100, 90);
    server.run(&mut world.store.clone(), world.now()).await.unwrap();
    named_nowhere(&world, &server).await;
    assert!(server.forget(&world.means(), world.now()).await.unwrap() > 0);
    world.import(300, 30);
    server.run(&mut world.store.clone(), world.now()).await.unwrap();
    named_nowhere(&world, &server).await;
    check(&world, &mut server).await;
    let mut anew = kept(&world, Some(1)).await;
    named_nowhere(&world, &anew).await;
    check(&world, &mut anew).await;
}

/// A use by a name on a host that nobody heard of yet.
fn tell(world: &World, user: &str, host: &str) {
    tell_at(world, T0.plus(-3 * DAY), &[user, host]);
}

/// The same at some time; a third name is what was used.
fn tell_at(world: &World, opened: Instant, names: &[&str]) {
    let mut store = world.store.clone();
    let first = u32::try_from(store.names().unwrap().len()).unwrap();
    let new: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    store.add_names(first, &new).unwrap();
    let day = Zone::utc().date(opened);
    let days = store.days_with_uses(Instant(i64::MIN)).unwrap();
    let mut uses = store.uses_of(days[0]).unwrap();
    uses.truncate(1);
    for one in &mut uses {
        (one.user, one.host) = (first, first + 1);
        (one.opened, one.closed) = (opened, opened.plus(DAY));
        one.feature = if new.len() > 2 { first + 2 } else { one.feature };
    }
    store.add_uses(1, day, BlockKind::Told, &uses).unwrap();
}

fn call(world: &World, alias: &str) {
    let (alias, person) = (alias.to_owned(), PersonId(3));
    let (from, until) = (T0.plus(-60 * DAY), Instant(i64::MAX));
    world.append(vec![Event::AliasesSet(vec![AliasTerm { alias, person, from, until }])]);
}

/// Nor do they come back by a new name, a new spelling of an old one, or a new host.
#[tokio::test]
async fn who_is_erased_does_not_come_back_by_another_name() {
    let world = World::used();
    let mut sync = kept(&world, None).await;
    assert!(sync.erase("person3", &world.means(), world.now()).await.unwrap());
    rename(&world, "person3", "Erasmus Canary");
    // What was theirs before it was told is never written; a host is known by who used it, once that is written.
    call(&world, "e.canary");
    tell(&world, "E.Canary", "Canary-PC");
    tell(&world, "PERSON3", "PC-of-Canary");
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    let names = texts(&world, &sync, "SELECT text FROM names").await;
    assert!(!names.iter().any(|row| row.contains("E.Canary") || row.contains("PERSON3")));
    sync.forget(&world.means(), world.now()).await.unwrap();
    named_nowhere(&world, &sync).await;
    // A name that nobody had, and that turns out to be theirs.
    tell(&world, "Canary2", "Canary-PC-2");
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync.forget(&world.means(), world.now()).await.unwrap();
    let names = texts(&world, &sync, "SELECT text FROM names").await;
    assert!(names.iter().any(|row| row.contains("Canary2")));
    call(&world, "canary2");
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync.forget(&world.means(), world.now()).await.unwrap();
    named_nowhere(&world, &sync).await;
    check(&world, &mut sync).await;
}

/// What was used is known later than whose it was is forgotten: the person's stand-in and the bucket stay.
#[tokio::test]
async fn a_code_mapped_after_months_were_forgotten_leaves_whose_it_was() {
    let world = World::used();
    tell_at(&world, T0.plus(-60 * DAY), &["Person4", "PC-old", "X_NEW"]);
    let mut sync = kept(&world, Some(1)).await;
    assert!(sync.forget(&world.means(), world.now()).await.unwrap() > 0);
    let whose =
        "SELECT person_id, bucket_id FROM sessions WHERE closed = opened + INTERVAL '1 day'";
    let before = texts(&world, &sync, whose).await;
    assert!(
        before.len() == 1 && before[0].contains('-') && before[0].contains("| 1 "),
        "{before:?}"
    );
    let mapped = FeatureMapped { code: "X_NEW".to_owned(), product: ProductId(1), released: 0 };
    world.append(vec![Event::FeaturesMapped(vec![mapped])]);
    let synced = sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(synced.rewritten, 1);
    assert_eq!(texts(&world, &sync, whose).await, before);
    let known = format!("{whose} AND product_id = 1 AND fare = 'tokens'");
    assert_eq!(texts(&world, &sync, &known).await, before);
    check(&world, &mut sync).await;
}

/// What another process has stored and not committed yet stays.
#[tokio::test]
async fn an_erasure_removes_no_file_of_other_writers() {
    let world = World::used();
    let mut sync = kept(&world, None).await;
    world.wait(3_650 * DAY);
    let paths = ["lake/names/0-1-0-0.parquet", "lake/people/0.parquet"].map(Path::from);
    for path in &paths {
        world.files.put(path, b"waits for its commit".as_slice().into()).await.unwrap();
    }
    assert!(sync.erase("person3", &world.means(), world.now()).await.unwrap());
    for path in &paths {
        assert!(world.files.head(path).await.is_ok(), "{path}");
    }
}

/// What an earlier release wrote down is hidden still, and nothing of it is lost.
#[tokio::test]
async fn what_an_earlier_release_hid_stays_hidden() {
    let world = World::used();
    let hidden = br#"{"people": [3], "names": [], "unused": [], "forgot": false}"#;
    let path = Path::from("lake/hidden.json");
    world.files.put(&path, hidden.as_slice().into()).await.unwrap();
    let mut sync = kept(&world, None).await;
    assert!(sync.erase("person5", &world.means(), world.now()).await.unwrap());
    drop(sync);
    let sync = kept(&world, None).await;
    let people = texts(&world, &sync, "SELECT key FROM people").await;
    assert!(!people.iter().any(|row| row.contains("person3 ") || row.contains("person5 ")));
    assert!(people.iter().any(|row| row.contains("person4 ")));
}

/// Whoever was merged into them is erased with them.
#[tokio::test]
async fn all_identities_of_a_person_are_erased() {
    let world = World::used();
    let state = world.state();
    let theirs = state.charges().iter().filter(|one| one.person == PersonId(3));
    let reversed = Event::UsageReversed(theirs.map(|one| one.unit()).collect());
    let merged = Event::PersonMerged { person: PersonId(3), into: Some(PersonId(5)) };
    world.append(vec![reversed, merged]);
    let mut sync = kept(&world, None).await;
    assert!(sync.erase("person5", &world.means(), world.now()).await.unwrap());
    named_nowhere(&world, &sync).await;
    for sql in ["SELECT key, name FROM people", "SELECT text FROM names"] {
        let rows = texts(&world, &sync, sql).await;
        assert!(!rows.iter().any(|row| row.contains("person5 ")), "{sql}: {rows:?}");
    }
}

async fn named_nowhere(world: &World, sync: &LakeSync) {
    for sql in ["SELECT key, name FROM people", "SELECT text FROM names"] {
        let rows = texts(world, sync, sql).await;
        assert!(rows.len() > 5);
        let is_named = |row: &String| row.contains("person3 ") || row.contains("Canary");
        assert!(!rows.iter().any(is_named), "{sql}: {rows:?}");
    }
    let files: Vec<_> = world.files.list(None).try_collect().await.unwrap();
    for file in files {
        let bytes = world.files.get(&file.location).await.unwrap().bytes().await.unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Canary"), "{}", file.location);
    }
}
