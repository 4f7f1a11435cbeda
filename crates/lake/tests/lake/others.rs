//! What is not ours: other people's readers agree on the tables, and a server that is not ours holds them.
//!
//! Both are installed by `tools/`; without a network these tests say that they were skipped.

use crate::world::World;
use faregate_core::ledger::Account;
use faregate_lake::settings::{Secret, Settings};
use faregate_lake::{Lake, LakeSync, Place, Privacy};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a tool exits with when it cannot be installed here.
const UNAVAILABLE: i32 = 69;

fn tool(name: &str) -> Command {
    let mut command =
        Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools").join(name));
    command.arg(env!("CARGO_TARGET_TMPDIR"));
    command
}

async fn synced(world: &World, place: Place) -> LakeSync {
    let lake = Lake::open(place).await.unwrap();
    let mut sync = LakeSync::new(lake, Privacy::default()).writing_after(40);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync
}

#[tokio::test]
async fn other_readers_agree() {
    let world = World::used();
    let directory = tempfile::tempdir().unwrap();
    let mut sync = synced(&world, Place::directory(directory.path()).unwrap()).await;
    // Also what was written anew, put together, and is known from a checkpoint only.
    sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
    for round in 0..22 {
        world.import(200 + round, 1);
        sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    }
    let status = sync.lake().status().await.unwrap();
    let rows = |name: &str| status.iter().find(|one| one.table.name() == name).unwrap().rows;
    let ticks = world.state().ledger().balance(Account::Consumed).0;
    for (table, column, sum) in [("charges", "ticks", Some(ticks)), ("sessions", "seq", None)] {
        let path = directory.path().join(table);
        let said = tool("lake-readers.sh").arg(&path).arg(column).output().unwrap();
        if said.status.code() == Some(UNAVAILABLE) {
            eprintln!("skipped: {}", String::from_utf8_lossy(&said.stderr));
            return;
        }
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let said = String::from_utf8(said.stdout).unwrap();
        let lines: Vec<Vec<&str>> =
            said.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines.len(), 3, "{said}");
        for line in &lines {
            assert_eq!(line[1], rows(table).to_string(), "{said}");
            if let Some(sum) = sum.filter(|_| line[2] != "-") {
                assert_eq!(line[2], sum.to_string(), "{said}");
            }
        }
        assert_eq!(lines[1][2], lines[2][2], "{said}");
    }
}

/// A server, which ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn server(bucket: &str) -> Option<(Server, String)> {
    let mut command = tool("s3-server.sh");
    let mut server = command.arg(bucket).stdout(Stdio::piped()).spawn().map(Server).unwrap();
    let mut address = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    if address.is_empty() {
        assert_eq!(server.0.wait().unwrap().code(), Some(UNAVAILABLE));
        eprintln!("skipped: there is no S3 server here");
        return None;
    }
    Some((server, address.trim().to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_holds_the_same_rows() {
    let Some((_server, address)) = server("history") else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lake.toml");
    let text = format!(
        "[s3]\nendpoint = \"{address}\"\nbucket = \"history\"\nprefix = \"acme\"\n\
         allow_http = true\naccess_key = {{ env = \"ID\" }}\nsecret_key = {{ env = \"KEY\" }}\n"
    );
    std::fs::write(&file, text).unwrap();
    let settings = Settings::read(&file).unwrap();
    let secret = |secret: &Secret| Ok::<_, String>(format!("{secret:?}"));
    let place = || settings.place(directory.path(), &secret).unwrap();
    let world = World::used();
    let mut sync = synced(&world, place()).await;
    let expected = world.expected().await;
    assert_eq!(world.facts(sync.lake()).await, expected);
    sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
    let found = sync.lake_mut().check(&mut world.store.clone(), &world.means()).await.unwrap();
    assert_eq!(found, Vec::<String>::new());
    // Two writers at once: the server lets only one of them make each commit.
    world.import(100, 60);
    let mut writers = Vec::new();
    for _ in 0..2 {
        let lake = Lake::open(place()).await.unwrap();
        let mut sync = LakeSync::new(lake, Privacy::default()).writing_after(10);
        let (mut store, now) = (world.store.clone(), world.now());
        writers.push(tokio::spawn(async move { sync.run(&mut store, now).await.is_ok() }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let sync = synced(&world, place()).await;
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
}
