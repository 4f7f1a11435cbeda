//! The check agrees with a true lake, and finds each planted fault.

use crate::world::World;
use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::Int64Type;
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use faregate_core::when::DAY;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use std::sync::Arc;

#[tokio::test]
async fn a_true_lake_is_found_true() {
    let world = World::new();
    let mut sync = world.sync().await;
    let mut store = world.store.clone();
    let check = sync.lake_mut().check(&mut store, &world.means()).await.unwrap();
    assert_eq!(check, Vec::<String>::new());
    world.import(0, 60);
    world.gate(6);
    // The store is ahead: the lake is true as of the event that it has.
    let check = sync.lake_mut().check(&mut store, &world.means()).await.unwrap();
    assert_eq!(check, Vec::<String>::new());
    sync.run(&mut store, world.now()).await.unwrap();
    sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
    world.wait(DAY);
    let check = sync.lake_mut().check(&mut store, &world.means()).await.unwrap();
    assert_eq!(check, Vec::<String>::new());
}

/// Spoils the rows of one file of a table, behind the lake's back.
async fn spoil(world: &World, table: &str, spoil: impl Fn(RecordBatch) -> RecordBatch) {
    let prefix = Path::from(format!("lake/{table}"));
    let files: Vec<_> = world.files.list(Some(&prefix)).try_collect().await.unwrap();
    let data =
        |path: &Path| path.as_ref().ends_with(".parquet") && !path.as_ref().contains("_delta_log");
    let path = files.into_iter().map(|file| file.location).find(data).unwrap();
    let bytes: Bytes = world.files.get(&path).await.unwrap().bytes().await.unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let rows = spoil(concat_batches(&batches[0].schema(), &batches).unwrap());
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    let bytes = writer.into_inner().unwrap();
    say_size(world, table, &path, bytes.len()).await;
    world.files.put(&path, bytes.into()).await.unwrap();
}

/// Lets the table's log say how large the spoiled file is, as a writer that is wrong would.
async fn say_size(world: &World, table: &str, file: &Path, size: usize) {
    let prefix = Path::from(format!("lake/{table}/_delta_log"));
    let commits: Vec<_> = world.files.list(Some(&prefix)).try_collect().await.unwrap();
    for commit in commits.into_iter().map(|commit| commit.location) {
        let bytes = world.files.get(&commit).await.unwrap().bytes().await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let lines = text.lines().map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            let add = line.get_mut("add").filter(|add| {
                add["path"].as_str().is_some_and(|path| file.as_ref().ends_with(path))
            });
            if let Some(add) = add {
                (add["size"], add["stats"]) = (size.into(), serde_json::Value::Null);
            }
            line.to_string()
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        world.files.put(&commit, text.into_bytes().into()).await.unwrap();
    }
}

fn lose_one(rows: RecordBatch) -> RecordBatch {
    rows.slice(1, rows.num_rows() - 1)
}

fn double_one(rows: RecordBatch) -> RecordBatch {
    concat_batches(&rows.schema(), [&rows, &rows.slice(0, 1)]).unwrap()
}

/// The same number of rows and ticks, but one row twice and another not at all.
fn replace_one(rows: RecordBatch) -> RecordBatch {
    double_one(lose_one(rows))
}

fn one_tick_more(rows: RecordBatch) -> RecordBatch {
    let place = rows.schema().index_of("ticks").unwrap();
    let ticks = rows.column(place).as_primitive::<Int64Type>();
    let first = ticks.value(0) + 1;
    let ticks: Int64Array =
        std::iter::once(first).chain(ticks.values().iter().skip(1).copied()).collect();
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    columns[place] = Arc::new(ticks);
    assert_eq!(columns[place].null_count(), 0);
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

async fn finds(table: &str, fault: fn(RecordBatch) -> RecordBatch, word: &str) {
    let world = World::used();
    drop(world.sync().await);
    spoil(&world, table, fault).await;
    let mut sync = world.sync().await;
    let found = sync.lake_mut().check(&mut world.store.clone(), &world.means()).await.unwrap();
    assert!(found.iter().any(|finding| finding.contains(word)), "{table}: {found:?}");
}

#[tokio::test]
async fn each_planted_fault_is_found() {
    for table in ["charges", "sessions", "decisions", "balances"] {
        finds(table, lose_one, table).await;
        finds(table, double_one, table).await;
    }
    finds("charges", replace_one, "charges").await;
    finds("sessions", replace_one, "sessions").await;
    finds("charges", one_tick_more, "charges").await;
    finds("balances", one_tick_more, "balances").await;
    finds("people", lose_one, "ids without a name").await;
    finds("names", lose_one, "ids without a name").await;
    finds("names", double_one, "ids without a name").await;
}
