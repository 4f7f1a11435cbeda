//! A process that is killed in the middle of a sync, at whatever it is just then.

use crate::world::World;
use faregate_lake::{Lake, LakeSync, Place, Privacy};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the argument begins with that names the lake's directory.
const INTO: &str = "lake-to-be-killed=";

async fn sync(world: &World, into: &Path, rows_max: usize) -> LakeSync {
    let lake = Lake::open(Place::directory(into).unwrap()).await.unwrap();
    let mut sync = LakeSync::new(lake, Privacy::default()).writing_after(rows_max);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    sync
}

/// No test by itself: the process that is killed runs it, with a directory for an argument.
#[tokio::test]
async fn victim() {
    let told = std::env::args().find_map(|argument| argument.strip_prefix(INTO).map(PathBuf::from));
    let Some(into) = told else { return };
    let world = World::used();
    let mut sync = sync(&world, &into, 3).await;
    sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
}

fn files(below: &Path) -> usize {
    let entries = std::fs::read_dir(below).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn killed_in_the_middle_the_next_run_ends_at_the_same_rows() {
    // The same journal in each process: nothing in it is left to chance.
    let world = World::used();
    let expected = world.expected().await;
    let program = std::env::args().next().unwrap();
    let mut killed = 0;
    for files_min in [1, 12, 20, 35, 50, 80, 120, 160, 200] {
        let directory = tempfile::tempdir().unwrap();
        let into = directory.path().join("lake");
        let argument = format!("{INTO}{}", into.display());
        let mut victim = Command::new(&program)
            .args(["killed::victim", &argument])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while files(&into) < files_min && victim.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        killed += usize::from(victim.try_wait().unwrap().is_none());
        // It may have ended by itself just now.
        let _ = victim.kill();
        victim.wait().unwrap();
        let sync = sync(&world, &into, 1_000).await;
        assert_eq!(world.facts(sync.lake()).await, expected, "killed at {files_min} files");
    }
    assert!(killed > 4, "only {killed} were killed before they were done");
}
