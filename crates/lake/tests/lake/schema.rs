//! The tables are what the golden file says, and a lake of another version is made anew or left alone.

use crate::world::World;
use faregate_lake::tables::{SCHEMA_VERSION, described};
use faregate_lake::{Lake, LakeError};
use object_store::{ObjectStoreExt, path::Path};

#[test]
fn the_tables_are_those_of_the_golden_file() {
    let golden = include_str!("../golden/schema.txt");
    assert_eq!(described(), golden, "a changed table needs another version, and the golden file");
}

/// Says in a table's log that another release made it.
async fn pretend(world: &World, version: u32) {
    let log = Path::from("lake/charges/_delta_log/00000000000000000000.json");
    let bytes = world.files.get(&log).await.unwrap().bytes().await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let ours = format!("version {SCHEMA_VERSION}\"");
    assert!(text.contains(&ours));
    let text = text.replace(&ours, &format!("version {version}\""));
    world.files.put(&log, text.into_bytes().into()).await.unwrap();
}

#[tokio::test]
async fn an_older_lake_is_made_anew_and_a_newer_one_is_left_alone() {
    let world = World::used();
    drop(world.sync().await);
    let expected = world.expected().await;
    pretend(&world, 0).await;
    assert!(Lake::find(world.place()).await.unwrap().is_none());
    let sync = world.sync().await;
    assert_eq!(world.facts(sync.lake()).await, expected);
    pretend(&world, SCHEMA_VERSION + 1).await;
    let refused = Lake::open(world.place()).await.err();
    assert!(matches!(refused, Some(LakeError::Newer { .. })), "{refused:?}");
}
