//! A server that runs sources: what a folder brings is taken in once, whatever happens in between.

#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;

use process::{Place, Server, poll};
use serde_json::{Value, json};
use std::fs::File;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, UNIX_EPOCH};

const HOUR: Duration = Duration::from_secs(3_600);

/// A store, and a folder that is watched for files of this kind.
fn watching(files: &str, more: &str) -> Place {
    let place = Place::new();
    place.run(&["init", "--tokens", "1000", "--from", "2026-01-01", "--until", "2099-12-31"], 0);
    place.write("people.csv", "login,name\ngina,Gina\nnora,Nora\neve,Eve\n");
    place.run(&["person", "import", "people.csv"], 0);
    std::fs::create_dir(place.path("drop")).unwrap();
    let text = format!(
        "[sources.drop]\nkind = \"folder\"\npath = \"drop\"\nfiles = \"{files}\"\nevery = \"5s\"\n{more}"
    );
    place.write("sources.toml", &text);
    place
}

/// Puts a file there that was left alone for an hour.
fn put(place: &Place, name: &str, text: &str) {
    place.write(name, text);
    let file = File::options().write(true).open(place.path(name)).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    file.set_modified(written - HOUR).unwrap();
}

fn usage(person: &str) -> String {
    format!("usageDate,userName,productName,tokensConsumed\n2026-03-02,{person},Revit,10\n")
}

fn command(place: &Place) -> Command {
    let words = ["serve", "--sources", "sources.toml", "--json", "--listen", "127.0.0.1:0"];
    let mut command = place.command(&words);
    let told = File::options().create(true).append(true).open(place.path("told.txt")).unwrap();
    command.stderr(told);
    command
}

fn source(server: &Server) -> Value {
    let (status, told) = server.get("/v1/sources");
    assert_eq!(status, 200, "{told}");
    told["sources"][0].clone()
}

/// The source, once it is at rest and so many files of it could not be taken in.
fn at_rest(server: &Server, bad: usize) -> Value {
    poll(|| {
        let found = source(server);
        let is_at_rest =
            found["state"] != "importing" && found["pulls"]["last_success"].is_string();
        let count = found["bad"].as_array().unwrap().len();
        (is_at_rest && found["waiting"] == 0 && count == bad).then_some(found)
    })
}

fn imports(place: &Place) -> Value {
    let told = place.run(&["import", "list", "--json"], 0).stdout;
    serde_json::from_str(&told).unwrap()
}

fn burned(place: &Place) -> Value {
    let told = place.run(&["burn", "--by", "person", "--json"], 0).stdout;
    serde_json::from_str::<Value>(&told).unwrap()["rows"].clone()
}

/// How often a server said something that holds these words.
fn told(place: &Place, words: &str) -> usize {
    std::fs::read_to_string(place.path("told.txt")).unwrap().matches(words).count()
}

#[test]
fn what_a_folder_brings_is_taken_in_once_and_a_bad_file_is_told_of_once() {
    let place = watching("token-usage", "");
    put(&place, "drop/a.csv", &usage("gina"));
    put(&place, "drop/b.csv", "nothing,that,is,known\n1,2,3,4\n");
    put(&place, "drop/c.csv", &usage("nora"));
    let server = Server::spawn(command(&place));
    let found = at_rest(&server, 1);
    assert_eq!((&found["state"], &found["last_import"]["number"]), (&json!("warning"), &json!(2)));
    let bad = found["bad"][0]["file"].as_str().unwrap();
    assert!(bad.ends_with("_b.csv"), "{found}");
    server.stop("TERM");
    assert_eq!(told(&place, "_b.csv` was not taken in"), 1);
    let before = (imports(&place), burned(&place));
    assert_eq!(before.0["count"], 2);
    let file = before.0["imports"][0]["files"][0].as_str().unwrap();
    assert!(file.starts_with("inbox/drop/") && file.ends_with(".csv"), "{file}");
    assert_eq!(before.1.as_array().unwrap().len(), 2);

    // The next start takes in what came meanwhile, and nothing again.
    put(&place, "drop/d.csv", &usage("eve"));
    put(&place, "drop/copy-of-a.csv", &usage("gina"));
    let server = Server::spawn(command(&place));
    let found = poll(|| Some(at_rest(&server, 1)).filter(|it| it["last_import"]["number"] == 3));
    assert_eq!(found["bad"][0]["file"], bad);
    server.stop("TERM");
    assert_eq!(told(&place, "_b.csv` was not taken in"), 1, "not a second time");
    assert_eq!(
        (imports(&place)["count"].clone(), burned(&place).as_array().unwrap().len()),
        (json!(3), 3)
    );
    let there: Vec<_> = std::fs::read_dir(place.path("drop")).unwrap().collect();
    assert_eq!(there.len(), 5, "nothing in the folder was changed");
    place.run(&["doctor"], 0);
}

/// What is on disk tells nothing of a log that a server follows: commands ask the server.
#[test]
fn a_followed_log_is_a_source_and_commands_hear_of_it() {
    let place = watching("any", "");
    place.write(
        "debug.log",
        " 8:00:00 (adskflex) TIMESTAMP 3/2/2026\n 8:42:20 (adskflex) OUT: \"87545RVT_2024_0F\" gina@ws-1\n",
    );
    let server = Server::start(&place, &["--tail", "debug.log", "--zone", "UTC"]);
    let found = poll(|| Some(source(&server)).filter(|it| it["last_import"].is_object()));
    assert_eq!(
        (&found["name"], &found["kind"]),
        (&json!("debug.log"), &json!("licence-server-log"))
    );
    assert_eq!(
        (&found["last_data"], &found["stale"]),
        (&json!("2026-03-02T08:42:20Z"), &json!(true))
    );
    let (_, daily) = server.get("/v1/burn/daily");
    let text = daily["stale"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("What the licence server's log knows ends on 2026-03-02, "), "{text}");
    assert!(text.ends_with(" ago: burn since then is from the gate only."), "{text}");
    let told = || place.run(&["source", "show", "debug.log", "--json"], 0).stdout;
    let while_served: Value = serde_json::from_str(&told()).unwrap();
    assert_eq!(while_served["last_data"], found["last_data"]);
    server.kill();
    // Nobody follows it any more: what was taken in of it is one of its kind.
    let list: Value =
        serde_json::from_str(&place.run(&["source", "list", "--json"], 0).stdout).unwrap();
    assert_eq!(list["sources"][0]["name"], "flexnet", "{list}");
}

/// A log long enough to be killed in.
fn log() -> String {
    let mut text = " 0:00:00 (adskflex) TIMESTAMP 3/2/2026\n".to_owned();
    for (word, hour) in [("OUT", 8), ("IN", 12)] {
        for number in 0..4_000_u32 {
            let (minute, second) = (number / 60 % 60, number % 60);
            let used = format!("\"87545RVT_2024_0F\" u{}@ws-{number}", number % 400);
            text.push_str(&format!("{hour:2}:{minute:02}:{second:02} (adskflex) {word}: {used}\n"));
        }
    }
    text
}

/// Killed ever later until the log is in: each time it is in as a whole or not at all, and the next start goes on.
#[test]
fn a_server_killed_at_any_time_goes_on_at_the_next_start() {
    let place = watching("flexnet", "zone = \"UTC\"\n");
    put(&place, "drop/debug.log", &log());
    let mut killed = 0;
    for milliseconds in (0..).map(|round: u32| 1_u64 << round.min(20)) {
        let server = Server::spawn(command(&place));
        // Nobody sends: it is a clock that needs no sleep of its own.
        let (sender, never) = channel::<()>();
        let _ = never.recv_timeout(Duration::from_millis(milliseconds));
        drop(sender);
        server.kill();
        place.run(&["doctor"], 0);
        if imports(&place)["count"] != 0 {
            break;
        }
        assert_eq!(burned(&place), json!([]), "part of it was taken in");
        killed += 1;
    }
    assert!(killed > 0, "the first was not killed in time");
    // It may have been killed between the books and the note: taken in again, it adds nothing.
    let before = (imports(&place), burned(&place));
    let server = Server::spawn(command(&place));
    at_rest(&server, 0);
    server.stop("TERM");
    assert_eq!((imports(&place), burned(&place)), before);
    assert_eq!(before.0["count"], 1);
    assert_eq!(before.1.as_array().unwrap().len(), 400);
    assert_eq!(told(&place, "was not taken in"), 0);
}

/// Lays a file into the inbox, as a pull of March does.
fn land(place: &Place, name: &str, hour: u32, text: &str) {
    let directory = place.path("faregate-data/inbox/eba");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(name), text).unwrap();
    let sidecar = json!({
        "format": "faregate-pulled/1", "source": "eba", "what": "usage", "file": name,
        "bytes": text.len(), "sha256": text, "from": "2026-03-01", "until": "2026-04-01",
        "export": name, "zone": "UTC", "fetched_at": format!("2026-03-0{hour}T09:00:00Z"), "freshness": {},
    });
    std::fs::write(directory.join(format!("{name}.pulled.json")), sidecar.to_string()).unwrap();
}

/// What Gina's day is charged, once a server has taken in all that lies in the inbox, and the imports that stand.
fn charged(place: &Place) -> (Value, Vec<u64>) {
    let server = Server::spawn(command(place));
    poll(|| {
        let found = source(&server);
        (found["waiting"] == 0 && found["state"] != "importing").then_some(())
    });
    server.stop("TERM");
    place.run(&["doctor"], 0);
    let all = imports(place);
    let stands = all["imports"].as_array().unwrap().iter().filter(|one| one["undone"].is_null());
    let mut numbers: Vec<u64> = stands.map(|one| one["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    (burned(place)[0]["tokens"].clone(), numbers)
}

/// The vendor restates a month: the later file holds, and the sum of both is charged to nobody.
#[test]
fn a_month_that_is_pulled_again_takes_the_place_of_what_was_there() {
    let place = watching("any", "");
    let text = "[sources.eba]\nkind = \"token-flex\"\ncontract = \"1\"\n[sources.eba.auth]\nclient_id = \"a\"\nclient_secret = \"env:NONE\"\n";
    place.write("sources.toml", text);
    let says = |tokens: u32| {
        format!("usageDate,userName,productName,tokensConsumed\n2026-03-02,gina,Revit,{tokens}\n")
    };
    land(&place, "one.csv", 3, &says(10));
    assert_eq!(charged(&place), (json!(10.0), vec![1]));
    land(&place, "two.csv", 4, &says(15));
    let noted = place.path("faregate-data/inbox/eba/.taken-in.jsonl");
    let before = std::fs::read_to_string(&noted).unwrap();
    assert_eq!(charged(&place), (json!(15.0), vec![2]));
    let note: Value =
        serde_json::from_str(std::fs::read_to_string(&noted).unwrap().lines().last().unwrap())
            .unwrap();
    assert_eq!((&note["undone"], &note["imports"]), (&json!([1]), &json!([2])));
    // Killed before it was noted: it is looked at again, and what it took in is known by its receipt.
    std::fs::write(&noted, before).unwrap();
    assert_eq!(charged(&place), (json!(15.0), vec![2]));
    // A file that nobody can read takes the place of nothing.
    land(&place, "bad.csv", 5, "nothing,that,is,known\n1,2,3,4\n");
    assert_eq!(charged(&place), (json!(15.0), vec![2]));
    // As it was at first.
    land(&place, "three.csv", 6, &says(10));
    assert_eq!(charged(&place), (json!(10.0), vec![3]));
}

/// A log that was taken to be in some zone would shift: it waits for somebody to say.
#[test]
fn a_log_whose_zone_nobody_says_is_bad_until_somebody_does() {
    let place = watching("any", "");
    put(&place, "drop/debug.log", &log());
    let told = place.run(&["source", "pull", "drop", "--sources", "sources.toml"], 0).stderr;
    assert!(told.contains("name no zone") && told.contains("the line `zone`"), "{told}");
    assert_eq!(imports(&place)["count"], 0);
    let text = std::fs::read_to_string(place.path("sources.toml")).unwrap();
    place.write("sources.toml", &(text + "zone = \"Asia/Tokyo\"\n"));
    place.run(&["source", "pull", "drop", "--again", "--sources", "sources.toml"], 0);
    assert_eq!(imports(&place)["imports"][0]["first"], "2026-03-01T23:00:00Z", "8 in the morning");
}

/// Without `--sources`, the file of the data directory says what to pull.
#[test]
fn a_server_runs_the_sources_of_its_data_directory() {
    let place = watching("token-usage", "");
    let text = std::fs::read_to_string(place.path("sources.toml")).unwrap();
    std::fs::remove_file(place.path("sources.toml")).unwrap();
    place.write("faregate-data/sources.toml", &text.replace("\"drop\"", "\"../drop\""));
    put(&place, "drop/a.csv", &usage("gina"));
    let server = Server::start(&place, &[]);
    let found = at_rest(&server, 0);
    assert_eq!((&found["name"], &found["last_import"]["number"]), (&json!("drop"), &json!(1)));
    server.stop("TERM");
}

/// A poll without a date is of when its file was written, not of when it came.
#[test]
fn a_poll_without_a_date_is_of_when_it_was_written() {
    let place = watching("lmstat", "zone = \"UTC\"\n");
    let held = "    gina ws-1 ws-1 (v1.000) (srv/27000 101), start Mon 3/2 9:00";
    let users =
        "Users of 87545RVT_2024_0F:  (Total of 5 licenses issued;  Total of 1 license in use)";
    place.write("drop/poll.txt", &format!("{users}\n\n{held}\n"));
    let file = File::options().write(true).open(place.path("drop/poll.txt")).unwrap();
    // 2026-03-02T10:00:00Z
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1_772_445_600)).unwrap();
    place.run(&["source", "pull", "drop", "--sources", "sources.toml"], 0);
    assert_eq!(imports(&place)["imports"][0]["last"], "2026-03-02T10:00:00Z");
}

/// Polls of a licence server in a watched folder, an hour each from 2026-03-02T10:00:00Z on.
struct Polls(Place);

const HELD: &str = "    gina ws-1 ws-1 (v1.000) (srv/27000 101), start Mon 3/2 9:00\n";

impl Polls {
    fn new() -> Self {
        Self(watching("lmstat", "zone = \"UTC\"\n"))
    }

    /// What a poll of a server says of Revit.
    fn says(server: &str, held: &str) -> String {
        let in_use = held.lines().count();
        let total = format!("Total of 5 licenses issued;  Total of {in_use} licenses in use");
        let server =
            format!("License server status: 27000@{server}\n{server}: license server UP\n");
        format!("{server}Users of 87545RVT_2024_0F:  ({total})\n\n{held}")
    }

    /// Takes in what was written at that hour; the imports so far, and what the last one says went on and ended.
    fn poll(&self, name: &str, hour: u32, text: &str) -> [u64; 3] {
        let name = format!("drop/{name}");
        self.0.write(&name, text);
        let file = File::options().write(true).open(self.0.path(&name)).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_772_445_600) + HOUR * hour).unwrap();
        self.0.run(&["source", "pull", "drop", "--sources", "sources.toml"], 0);
        let all = imports(&self.0);
        let last = &all["imports"][0];
        [&all["count"], &last["open_sessions"], &last["closed"]].map(|it| it.as_u64().unwrap_or(0))
    }

    /// How many days of Revit each is charged, most first.
    fn days(&self) -> Vec<f64> {
        let rows = burned(&self.0);
        let tokens = rows.as_array().unwrap().iter().map(|row| row["tokens"].as_f64().unwrap());
        tokens.map(|tokens| tokens / 10.0).collect()
    }
}

/// Polls come one at a time: a use that the next one does not show has ended.
#[test]
fn a_use_ends_where_the_next_poll_does_not_show_it() {
    let polls = Polls::new();
    assert_eq!(polls.poll("1.txt", 0, &Polls::says("srv", HELD)), [1, 1, 0]);
    assert_eq!(polls.poll("2.txt", 1, &Polls::says("srv", "")), [2, 0, 1]);
}

/// A poll that knows nothing ends nobody, and hides nobody from the polls after it.
#[test]
fn a_use_ends_though_polls_between_know_nothing() {
    let polls = Polls::new();
    assert_eq!(polls.poll("1.txt", 0, &Polls::says("srv", HELD)), [1, 1, 0]);
    let down = "srv: Cannot connect to license server system. (-15,570:115)\n";
    polls.poll("2.txt", 30, &format!("lmutil - Copyright (c) 1989-2023 Flexera.\n{down}"));
    // Somebody holds one, and it does not say who.
    polls.poll(
        "3.txt",
        31,
        &Polls::says("srv", "").replace("Total of 0 licenses", "Total of 1 license"),
    );
    let count = imports(&polls.0)["count"].as_u64().unwrap();
    assert_eq!(polls.poll("4.txt", 32, &Polls::says("srv", "")), [count + 1, 0, 1]);
    assert_eq!(polls.days(), [1.0], "up to when she was seen last");
}

/// "Nobody" in the evening is another poll than "nobody" in the morning, under a name of its own or the same one.
#[test]
fn polls_that_say_the_same_are_of_different_moments() {
    for overwrites in [false, true] {
        let polls = Polls::new();
        let poll = |hour: u32, held: &str| {
            let name = if overwrites { "status.txt".to_owned() } else { format!("{hour}.txt") };
            polls.poll(&name, hour, &Polls::says("srv", held))
        };
        poll(1, "");
        let [begun, open, _] = poll(2, HELD);
        assert_eq!(open, 1);
        poll(3, HELD);
        poll(30, HELD);
        let [count, open, closed] = poll(60, "");
        assert!(count > begun && (open, closed) == (0, 1), "{overwrites} {count} {open} {closed}");
        assert_eq!(polls.days(), [2.0], "up to when she was seen last");
    }
}

/// Two servers serve the same features: neither knows who holds them at the other.
#[test]
fn polls_of_one_server_say_nothing_of_another() {
    let polls = Polls::new();
    let nora = HELD.replace("gina ws-1 ws-1", "nora ws-2 ws-2").replace("srv/", "two/");
    assert_eq!(polls.poll("a1.txt", 0, &Polls::says("srv", HELD)), [1, 1, 0]);
    assert_eq!(polls.poll("b1.txt", 1, &Polls::says("two", &nora)), [2, 1, 0]);
    assert_eq!(polls.poll("b2.txt", 30, &Polls::says("two", &nora)), [3, 0, 0]);
    assert_eq!(polls.days(), [2.0, 1.0], "gina is not known to go on");
    assert_eq!(polls.poll("a2.txt", 60, &Polls::says("srv", "")), [4, 0, 1]);
    assert_eq!(polls.poll("b3.txt", 61, &Polls::says("two", "")), [5, 0, 1]);
    assert_eq!(polls.days(), [2.0, 1.0], "each up to when she was seen last");
}

/// What is wrong with an earlier poll was listed when that was taken in, under its own name.
#[test]
fn a_line_is_rejected_once_and_under_the_name_of_its_file() {
    let polls = Polls::new();
    polls.poll("1.txt", 0, &Polls::says("srv", &HELD.replace("3/2", "2/30")));
    polls.poll("2.txt", 1, &Polls::says("srv", HELD));
    let listed = std::fs::read_to_string(polls.0.path("faregate-data/rejected.csv")).unwrap();
    assert_eq!((listed.lines().count(), listed.matches("_1.txt").count()), (2, 1), "{listed}");
}

/// A folder of logs takes logs in, and nothing else that somebody puts there.
#[test]
fn a_folder_of_logs_takes_no_table_in() {
    let place = watching("flexnet", "zone = \"UTC\"\n");
    put(&place, "drop/a.csv", &usage("gina"));
    place.run(&["source", "pull", "drop", "--sources", "sources.toml"], 0);
    assert_eq!(imports(&place)["count"], 0);
    let told = place.run(&["source", "show", "drop", "--sources", "sources.toml"], 0).stdout;
    assert!(told.contains("  bad  "), "{told}");
}

/// Whoever may put a file there may not put lines into what a server says.
#[test]
fn a_name_of_a_file_begins_no_line() {
    let place = watching("token-usage", "bytes_max = 10\n");
    put(&place, "drop/a\nfaregate: all is well.csv", &usage("gina"));
    let told = place.run(&["source", "pull", "drop", "--sources", "sources.toml"], 0).stderr;
    assert!(told.contains("a\\nfaregate: all is well.csv: it is larger"), "{told}");
    assert!(!told.lines().any(|line| line.starts_with("faregate: all")), "{told}");
}
