//! `--json`: every command prints one line of JSON to stdout, and every error is one on stderr.

#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;

use faregate_core::when::{DAY, Instant};
use process::Place;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

const ESTATE: &str = r#"
[[group]]
key = "design"
dimension = "department"
[[bucket]]
key = "north"
parent = "general"
owners = ["nora"]
tokens = 300
[[person]]
key = "gina"
groups = ["design"]
[[person]]
key = "nora"
bucket = "north"
[[seat]]
offering = "aec-collection"
from = "2026-01-01"
until = "2099-12-31"
[[seat]]
offering = "revit"
from = "2026-01-01"
until = "2099-12-31"
[[site]]
key = "madrid"
country = "ES"
networks = ["10.1.0.0/16"]
[[cap]]
key = "a-day"
measure = "tokens"
per = "day"
limit = 500
[terms]
owners = ["gina"]
"#;

const RULES: &str = "[[rule]]\nkey = \"busy\"\nwatch = \"burn\"\nover = \"day\"\nabove = 500\n";

const SOURCES: &str =
    "[sources.drop]\nkind = \"folder\"\npath = \".\"\npattern = \"*.xyz\"\nfiles = \"any\"\n";

/// Who used Revit every day of the last weeks: plans look at no use that is older than a year.
fn lately() -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    let written = file.as_file().metadata().unwrap().modified().unwrap();
    let now = written.duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let day = |ago: i64| Instant(now - now % DAY - ago * DAY + 9 * 3_600);
    let uses =
        ["gina", "nora"].into_iter().flat_map(|who| (1..=40).map(move |ago| (who, day(ago))));
    let rows = uses.map(|(who, from)| format!("{who},revit,{from},{}\n", from.plus(3_600)));
    format!("who,what,when,until\n{}", rows.collect::<String>())
}

/// Every command that prints and ends, in an order in which each can do what it is told.
const COMMANDS: &[&str] = &[
    "init --tokens 1000 --from 2026-01-01 --until 2099-12-31",
    "estate apply estate.toml --dry-run",
    "estate apply estate.toml",
    "estate export",
    "import flexnet a.log --zone UTC",
    "import token-usage usage.csv",
    "import usage usage.csv --dry-run",
    "import csv --infer table.csv",
    "import csv table.csv --map map.toml",
    "import events events.json",
    "import lmstat polls.txt --zone UTC",
    "import a.log events.json --zone UTC --dry-run",
    "import list",
    "import show 1 --differences",
    "import uncharged",
    "source list",
    "source show flexnet",
    "source check sources.toml",
    "source pull drop --sources sources.toml",
    "channel list",
    "channel check channels.toml",
    "deliveries",
    "import undo 1 --dry-run",
    "burn",
    "burn --by department",
    "burn --by group --dimension department --product revit --person nora",
    "burn --by site",
    "burn periods",
    "burn periods --bucket north",
    "burn plan seasonal",
    "burn plan curve --bucket north --point 2026-06-30=0.4 --as nora",
    "burn pace",
    "burn pace --bucket north",
    "break-even",
    "bucket list",
    "bucket show north",
    "bucket set north --name North",
    "bucket transfer 5 --from north --to general",
    "bucket statement north",
    "bucket wall",
    "bucket import buckets.csv",
    "pack list",
    "pack buy 5 --from 2026-01-01 --until 2099-12-31",
    "pack correct 2 -1 --why recount",
    "pack balance",
    "pack balance 900 --at 2026-03-01",
    "pack balance",
    "request list",
    "request make 5 --why tender --as nora",
    "request show ID",
    "request approve ID --as gina",
    "request make 6 --why tender --as nora",
    "request decline ID --as gina",
    "request list --all",
    "chargeback",
    "double-dips",
    "leakage",
    "findings",
    "findings --class burst --since 2026-01-01",
    "person list",
    "person show nora",
    "person set nora --name Nora",
    "person alias nora n.ora",
    "person import people.csv",
    "person import --list named-users accounts.csv --dry-run",
    "person set nina --name Nina",
    "person merge nora nina",
    "person merge nora nina --apply",
    "person unmerge nina --apply",
    "group list",
    "group set design --name Design",
    "group import groups.csv",
    "seat list",
    "seat assign 0 nora",
    "seat free 0",
    "seat import seats.csv",
    "site list",
    "site import sites.csv",
    "place breaches",
    "place use",
    "place follow-the-sun",
    "policy list",
    "policy show base",
    "policy check base",
    "policy test",
    "policy diff office-hours",
    "policy simulate office-hours",
    "policy adopt office-hours --mode monitor",
    "policy retire office-hours",
    "options plan a.opt",
    "options explain a.opt",
    "options check a.opt",
    "options import a.opt",
    "lmstat lmstat.txt --at 2026-03-02T12:00:00Z",
    "directory csv --into out --settings directory.toml",
    "agent check-rules agents.toml",
    "agent set-rules agents.toml",
    "agent rules",
    "agent code",
    "agent list",
    "caps",
    "alert standard --channel mail",
    "alert try rules.toml",
    "alert set rules.toml",
    "alert rules",
    "alert list --all",
    "alert mute busy --until 2099-01-01",
    "alert unmute busy",
    "alert remove busy",
    "forecast",
    "forecast --bucket north --to 2099-01-01",
    "what-if",
    "what-if --tariff guide-hourly --into then",
    "import csv lately.csv --map map.toml",
    "size --years 100",
    "renew --years 100 --brief brief.pdf --brief brief.xlsx",
    "plan advice --all",
    "plan mix",
    "plan draw next --days 40 --probability 0.5 --as nora",
    "plan list",
    "plan show ID",
    "plan approve ID --as gina",
    "plan carry-out ID",
    "plan verify ID",
    "plan compare ID ID",
    "plan take-back ID",
    "plan drop ID",
    "plan derive ID --without 1 --as nora",
    "plan reject ID --as gina",
    "report list",
    "report make burn --out burn.pdf",
    "report schedule list",
    "occasion set easter --from 2026-04-03 --to 2026-04-06",
    "occasion list",
    "occasion remove easter",
    "refusals",
    "quote nora revit",
    "quote nobody revit",
    "import undo 1",
    "doctor",
    "key",
    "key list",
    "account list",
    "rights",
    "sign-in",
    "openapi",
];

/// Those that serve or follow, need a decision of a server, or whose output is no data: tested elsewhere.
const ELSEWHERE: &[&str] = &[
    "tail flexnet",
    "serve",
    "demo",
    "explain",
    "place review",
    "findings judge",
    "key revoke",
    "account add",
    "account set",
    "account reset",
    "account disable",
    "agent revoke",
    "channel test",
    // These need a mail channel: `notices.rs` has one.
    "report schedule add",
    "report schedule change",
    "report schedule remove",
    "report schedule send",
    "alert show",
    "alert ack",
    "alert step",
    "completions",
    "options apply",
    "directory plan",
    "directory show",
    "directory execute",
    "directory undo",
    "lake sync",
    "lake status",
    "lake check",
    "lake compact",
    "lake vacuum",
    "lake erase",
    "sql",
];

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn place() -> Place {
    let place = Place::new();
    let (out, end) = ("OUT: \"87545RVT_2024_0F\" gina@ws-1", "IN: \"87545RVT_2024_0F\" gina@ws-1");
    let log = format!(
        " 8:00:00 (adskflex) TIMESTAMP 3/2/2026\n 8:42:20 (adskflex) {out}\n 9:42:20 (adskflex) {end}\n"
    );
    place.write("estate.toml", ESTATE);
    place.write("a.log", &log);
    place.write(
        "usage.csv",
        "usageDate,userName,productName,tokensConsumed\n2026-03-02,gina,Revit,10\n",
    );
    place.write(
        "table.csv",
        "who,what,when,until\ngina,revit,2026-03-03T08:00:00Z,2026-03-03T09:00:00Z\n",
    );
    place.write("lately.csv", &lately());
    let map = "name = \"t\"\n[columns]\nwho = \"who\"\nproduct = \"what\"\nopened = \"when\"\nclosed = \"until\"\n";
    place.write("map.toml", map);
    place.write("rules.toml", RULES);
    let event = r#"{"specversion":"1.0","type":"use","id":"1","source":"x","subject":"gina","time":"2026-03-04T08:00:00Z","data":{"product":"revit"}}"#;
    place.write("events.json", event);
    place.write(
        "polls.txt",
        "Users of f:  (Total of 1 license issued;  Total of 0 licenses in use)\n",
    );
    let directory = "kind = \"scim\"\nurl = \"https://id.example\"\nsecret_file = \"x\"\ngroups.AEC = \"aec-collection\"\n";
    place.write("directory.toml", directory);
    place.write("sources.toml", SOURCES);
    place.write("channels.toml", "[channels.ops]\nkind = \"slack\"\nurl = \"env:SLACK\"\n");
    place.write("a.opt", "TIMEOUTALL 900\n");
    place.write("lmstat.txt", "Feature usage info:\n");
    place.write("agents.toml", "[[product]]\nproduct = \"revit\"\nprocesses = [\"Revit.exe\"]\n");
    place.write("people.csv", "login,name\nmia,Mia\n");
    place.write("accounts.csv", "Email,First name\nmia@x.example,Mia\n");
    place.write("groups.csv", "key,name\nx,X\n");
    place.write("buckets.csv", "key,parent\nsouth,general\n");
    place.write("seats.csv", "offering,from,until\naec-collection,2026-01-01,2099-12-31\n");
    place.write("sites.csv", "key,country\nlisbon,PT\n");
    place
}

#[test]
fn every_command_prints_one_line_of_json() {
    let place = place();
    let mut id = String::new();
    for command in COMMANDS {
        let line = format!("{command} --json --no-input").replace("ID", &id);
        let ran = place.run(&words(&line), 0);
        let told: Value = serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|why| panic!("{line}: {why}: {}", ran.stdout));
        assert!(told.is_object() || told.is_array() || told.is_null(), "{line}: {told}");
        assert_eq!(ran.stdout.lines().count(), 1, "{line}: {}", ran.stdout);
        let names = ["request make", "plan draw", "plan derive"];
        let names_it = |_: &&str| names.iter().any(|name| command.starts_with(name));
        if let Some(made) = told["id"].as_str().filter(names_it) {
            id = made.to_owned();
        }
    }
}

/// The commands below a command, as its help lists them; the command itself when it has none.
fn leaves(place: &Place, command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
    let help = place.run(&[&words[..], &["--help"]].concat(), 0).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<&str> = listed
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    if names.is_empty() {
        return vec![command.to_owned()];
    }
    let own = (command == "key").then(|| command.to_owned());
    let below = names.iter().flat_map(|name| leaves(place, format!("{command} {name}").trim()));
    own.into_iter().chain(below).collect()
}

#[test]
fn no_command_is_left_out() {
    let place = Place::new();
    let all: BTreeSet<String> = leaves(&place, "").into_iter().collect();
    let tested = |leaf: &&String| {
        let is = |line: &&&str| **line == leaf.as_str() || line.starts_with(&format!("{leaf} "));
        COMMANDS.iter().chain(ELSEWHERE).any(|line| is(&line))
    };
    let forgotten: Vec<&String> = all.iter().filter(|leaf| !tested(leaf)).collect();
    assert!(forgotten.is_empty(), "add these to the tests: {forgotten:?}");
    assert!(all.len() > 50, "{all:?}");
}

#[test]
fn every_error_is_json_too() {
    let place = place();
    place.run(&words(COMMANDS[0]), 0);
    place.write("wrong.toml", "[[person]]\nkey = \"a\"\nbucket = \"nowhere\"\n");
    let table = [
        ("", 2),
        ("brun", 2),
        ("burn --by moon", 2),
        ("bucket", 2),
        ("bucket transfer", 2),
        ("bucket transfer 5 --from nowhere", 2),
        ("bucket transfer 5000 --from general", 13),
        ("serve --listen nowhere", 2),
        ("estate apply wrong.toml", 15),
        ("policy check a.log", 14),
        ("import flexnet no-such.log --zone UTC", 3),
        ("import a.log", 26),
        ("import events a.log", 24),
        ("import csv a.log --map agents.toml", 27),
        ("source show nobody", 13),
        ("source check a.log", 3),
        ("source pull nobody", 2),
        ("channel test nobody", 2),
        ("channel check a.log", 3),
        ("burn --data other", 4),
        ("options plan no-such.opt", 3),
        ("options apply wrong.toml", 16),
        ("lmstat no-such.txt", 3),
        ("findings --class moon", 2),
        ("findings judge 0123456789abcdef dismiss --why known", 2),
        ("explain 1", 2),
        ("plan show p999", 2),
        ("plan draw next", 13),
        ("size", 13),
        ("key --role emperor", 2),
        ("account add ana --role viewer", 2),
        ("account set ana --role viewer", 13),
    ];
    for (line, code) in table {
        let mut args: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        args.push("--json");
        let ran = place.run(&args, code);
        let told: Value = serde_json::from_str(&ran.stderr)
            .unwrap_or_else(|why| panic!("{line}: {why}: {}", ran.stderr));
        assert_eq!(told["exit_code"], code, "{line}");
        let words = [&told["error"], &told["help"]].map(|one| one.as_str().unwrap().to_owned());
        assert!(!words[0].is_empty() && !words[0].ends_with('.'), "{line}: {words:?}");
        assert_eq!(ran.stdout, "", "{line}");
    }
}

#[test]
fn without_colours_and_without_questions() {
    let place = Place::new();
    for args in [&["--no-input", "burn"][..], &["brun"], &["burn", "--help"]] {
        let mut command = place.command(args);
        let done = command.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output().unwrap();
        let printed = [done.stdout, done.stderr].concat();
        assert!(!printed.contains(&0x1b), "{args:?}: {}", String::from_utf8_lossy(&printed));
    }
}

#[test]
fn completions_know_every_command() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell], 0).stdout;
        for word in
            ["bucket", "transfer", "policy", "simulate", "double-dips", "revoke", "trusted-proxy"]
        {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
