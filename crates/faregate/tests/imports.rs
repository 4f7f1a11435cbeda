//! Imports and undos of the program itself, stopped halfway: everything is as it was before, or as it is after.

#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;

use process::Place;
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Sessions enough for several reads of the importer.
fn log(days: u32, sessions: u32) -> String {
    let mut text = String::new();
    for day in 1..=days {
        text.push_str(&format!(" 0:00:00 (adskflex) TIMESTAMP 3/{day}/2026\n"));
        for second in 0..sessions {
            let (user, at) = (second % 400, second % 36_000);
            let time = |at: u32| format!("{:2}:{:02}:{:02}", at / 3_600, at / 60 % 60, at % 60);
            let used = format!("\"87545RVT_2024_0F\" u{user}@ws-{second}");
            text.push_str(&format!("{} (adskflex) OUT: {used}\n", time(at)));
        }
        for second in 0..sessions {
            let used = format!("\"87545RVT_2024_0F\" u{}@ws-{second}", second % 400);
            text.push_str(&format!("12:00:00 (adskflex) IN: {used}\n"));
        }
    }
    text
}

fn fresh() -> Place {
    let place = Place::new();
    place.run(&["init", "--tokens", "1000", "--from", "2026-01-01", "--until", "2099-12-31"], 0);
    place
}

/// What can be told of a store: its imports, what was spent, and that nothing is wrong with it.
fn told(place: &Place) -> [Value; 2] {
    place.run(&["doctor"], 0);
    let told = |args: &[&str]| serde_json::from_str(&place.run(args, 0).stdout).unwrap();
    [told(&["import", "list", "--json"]), told(&["burn", "--by", "person", "--json"])]
}

/// An import that has read a good part of its log and waits for more; and where that would come from.
fn half_imported(place: &Place) -> (Child, File) {
    let pipe = place.path("pipe.log");
    process::make_pipe(&pipe);
    let mut command = place.command(&["import", "flexnet", "pipe.log", "--zone", "UTC"]);
    let child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut writer = File::options().write(true).open(&pipe).unwrap();
    // A pipe holds 64 KiB: once all of this is written, most of it was read.
    writer.write_all(log(2, 20_000).as_bytes()).unwrap();
    (child, writer)
}

#[test]
fn an_import_killed_halfway_never_was() {
    let place = fresh();
    let before = told(&place);
    let (mut child, writer) = half_imported(&place);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    drop(writer);
    assert_eq!(told(&place), before);
}

#[test]
fn an_import_interrupted_halfway_never_was() {
    let place = fresh();
    let before = told(&place);
    let (mut child, writer) = half_imported(&place);
    process::signal(&child, "INT");
    // The end of the log lets the reader look up: it finds that it is to stop.
    drop(writer);
    assert!(!child.wait().unwrap().success());
    assert_eq!(told(&place), before);
}

/// Events enough for an import that takes a while.
fn events(count: u32) -> String {
    let event = |number: u32| {
        let (day, hour) = (number % 28 + 1, number % 24);
        format!(
            "{{\"specversion\":\"1.0\",\"type\":\"use\",\"id\":\"{number}\",\"source\":\"farm\",\"subject\":\"u{}\",\"time\":\"2026-03-{day:02}T{hour:02}:00:00Z\",\"data\":{{\"product\":\"revit\",\"duration_seconds\":600}}}}\n",
            number % 400
        )
    };
    (0..count).map(event).collect()
}

/// Ended ever later by a signal, until it is through: each time nothing is in, or everything.
fn ended_at_any_time(signal: &str) {
    let place = fresh();
    place.write("events.json", &events(20_000));
    let before = told(&place);
    let mut ended = 0;
    for milliseconds in (0..).map(|round: u32| 8_u64 << round.min(20)) {
        let mut command = place.command(&["import", "events.json", "--rejected", "/dev/null"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, waiting) = std::sync::mpsc::channel::<()>();
        // Nobody sends: it is a clock that needs no sleep of its own.
        let _ = waiting.recv_timeout(Duration::from_millis(milliseconds));
        drop(sender);
        if child.try_wait().unwrap().is_none() {
            process::signal(&child, signal);
        }
        let done = child.wait().unwrap().success();
        let now = told(&place);
        if now == before {
            assert!(!done, "it said that it was through");
            ended += 1;
            continue;
        }
        assert_eq!(now[0]["imports"][0]["sessions"], 20_000, "a part of it is in");
        break;
    }
    assert!(ended > 0, "the first was not ended in time");
}

#[test]
fn events_killed_at_any_time_are_all_in_or_none() {
    ended_at_any_time("KILL");
}

#[test]
fn events_interrupted_at_any_time_are_all_in_or_none() {
    ended_at_any_time("INT");
}

/// Killed ever later until it is through: each time nothing was undone, or everything.
#[test]
fn an_undo_killed_at_any_time_is_whole_or_never_was() {
    let place = fresh();
    place.write("a.log", &log(2, 3_000));
    let before = told(&place);
    place.run(&["import", "flexnet", "a.log", "--zone", "UTC"], 0);
    let imported = told(&place);
    assert_ne!(before[1], imported[1]);
    let mut killed = 0;
    for milliseconds in (0..).map(|round: u32| 1_u64 << round.min(20)) {
        let mut child =
            place.command(&["import", "undo", "1"]).stdout(Stdio::null()).spawn().unwrap();
        let status = wait_for(&mut child, Duration::from_millis(milliseconds));
        let now = told(&place);
        if now[0] == imported[0] {
            assert_eq!(now, imported, "part of it was undone");
            killed += 1;
            continue;
        }
        assert_eq!(now[1], before[1], "undone, and not all of it");
        assert!(status.is_none_or(|success| success));
        break;
    }
    assert!(killed > 0, "the first was not killed in time");
}

/// Whether a child that ended in time did well; one that did not is killed.
fn wait_for(child: &mut Child, time: Duration) -> Option<bool> {
    let (sender, ended) = std::sync::mpsc::channel::<()>();
    // Nobody sends: it is a clock that needs no sleep of its own.
    let _ = ended.recv_timeout(time);
    drop(sender);
    let status = child.try_wait().unwrap();
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    status.map(|status| status.success())
}
