//! Several at one lake: writers do not double, readers are not disturbed.

use crate::world::World;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use faregate_core::when::DAY;

#[tokio::test]
async fn two_writers_in_turns_add_nothing_twice() {
    let world = World::new();
    world.import(0, 30);
    let mut one = world.sync_on(world.files.clone()).await;
    let mut two = world.sync_on(world.files.clone()).await;
    for round in 1..4 {
        for sync in [&mut one, &mut two] {
            sync.run(&mut world.store.clone(), world.now()).await.unwrap();
            assert_eq!(world.facts(sync.lake()).await, world.expected().await);
        }
        world.gate(2);
        world.import(round * 30, 30);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_at_once_add_nothing_twice() {
    let world = World::used();
    for rows_max in [5, 1_000] {
        let files = std::sync::Arc::new(object_store::memory::InMemory::new());
        drop(world.sync_on(files.clone()).await);
        let mut writers = Vec::new();
        for _ in 0..3 {
            let mut sync = world.sync_on(files.clone()).await.writing_after(rows_max);
            let (mut store, now) = (world.store.clone(), world.now());
            // Whoever loses says so; what counts is what is there in the end.
            writers.push(tokio::spawn(async move { sync.run(&mut store, now).await.is_ok() }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let mut last = world.sync_on(files).await;
        last.run(&mut world.store.clone(), world.now()).await.unwrap();
        assert_eq!(world.facts(last.lake()).await, world.expected().await);
    }
}

#[tokio::test]
async fn put_together_the_rows_are_the_same_and_readers_go_on() {
    let world = World::used();
    let mut sync = world.sync_on(world.files.clone()).await.writing_after(10);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    let before = world.facts(sync.lake()).await;
    let reader = sync.lake().session(&world.means()).await.unwrap();
    world.wait(DAY);
    let lake = sync.lake_mut();
    let none = lake.compact(1_000, &world.means(), world.now()).await.unwrap();
    assert_eq!((none.before, none.after), (0, 0));
    let done = lake.compact(2, &world.means(), world.now()).await.unwrap();
    assert!(done.before > 2 * done.after, "{done:?}");
    assert_eq!(world.facts(sync.lake()).await, before);
    let count = reader.sql("SELECT count(*) FROM sessions").await.unwrap();
    let count = count.collect().await.unwrap();
    assert_eq!(count[0].column(0).as_primitive::<Int64Type>().value(0), 106);
    // What is no part of the lake stays for the retention, then goes.
    world.wait(DAY);
    let lake = sync.lake_mut();
    assert_eq!(lake.vacuum(7, world.now()).await.unwrap(), 0);
    world.wait(3_650 * DAY);
    let removed = lake.vacuum(7, world.now()).await.unwrap();
    assert!(removed >= done.before, "{removed} files were removed");
    assert_eq!(world.facts(sync.lake()).await, before);
    // Nothing that compaction did is of interest to the next sync.
    world.import(300, 20);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
}

#[tokio::test]
async fn a_file_that_was_put_together_is_sorted() {
    let world = World::used();
    let mut sync = world.sync_on(world.files.clone()).await.writing_after(10);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
    let sql = "SELECT month, product_id, person_id, opened FROM sessions WHERE month = '2026-04'";
    let rows = world.ask(sync.lake(), sql).await;
    let mut keys = Vec::new();
    for rows in rows {
        let number = |place: usize| {
            rows.column(place).as_primitive_opt::<datafusion::arrow::datatypes::Int32Type>()
        };
        let (products, people) = (number(1).unwrap(), number(2).unwrap());
        let opened =
            rows.column(3).as_primitive::<datafusion::arrow::datatypes::TimestampMicrosecondType>();
        keys.extend(
            (0..rows.num_rows())
                .map(|row| (products.value(row), people.value(row), opened.value(row))),
        );
    }
    assert!(keys.len() > 10);
    assert!(keys.is_sorted());
}
