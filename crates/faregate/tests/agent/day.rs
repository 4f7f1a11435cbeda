//! A person's day: what starts, what is asked, what is held, what is said of it.

use crate::desk::{Desk, Product};
use crate::office::{Office, Plan, until, uptime};
use crate::page::Page;
use serde_json::Value;
use std::os::unix::process::ExitStatusExt as _;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");

const ESTATE: &str = r#"
[[bucket]]
key = "bridge-west"
name = "Bridge West"
parent = "general"
owners = ["mia"]
tokens = 62
[[bucket]]
key = "tender"
name = "Tender 2026/14"
parent = "bridge-west"
owners = ["mia"]
tokens = 50
[[person]]
key = "mia"
bucket = "bridge-west"
[[seat]]
offering = "autocad"
person = "jo"
from = "2026-01-01"
until = "2199-12-31"
[terms]
owners = ["mia"]
"#;

const RULES: &str = r#"
level = "suspend"
[[product]]
product = "autocad"
name = "AutoCAD"
processes = ["{name}autocad"]
[[product]]
product = "revit"
name = "Revit"
processes = ["{name}revit"]
viewer = "Autodesk Viewer"
[[product]]
product = "maya"
name = "Maya"
processes = ["{name}maya"]
level = "inform"
[[product]]
product = "civil-3d"
name = "Civil 3D"
processes = ["{name}civil-3d"]
level = "ask"
[[product]]
product = "navisworks-manage"
name = "Navisworks"
processes = ["{name}navisworks-manage"]
level = "close"
save_minutes = 1
"#;

const TERM: Option<i32> = Some(15);
const KILL: Option<i32> = Some(9);

/// An office, its one desk, and the page that was opened at it.
struct Day {
    office: Office,
    desk: Desk,
}

impl Day {
    fn begin(tag: &str) -> Self {
        let plan = Plan { tag, tariff: TARIFF, estate: ESTATE, rules: RULES, seed: 1 };
        let office = Office::new(&plan);
        let mut desk = Desk::with_page(&office);
        desk.begin();
        Self { office, desk }
    }

    fn start(&self, product: &str) -> Product {
        Product::start(&self.office.program(product))
    }

    fn why(&self, product: &str) -> String {
        self.desk.says(&["why", product])
    }
}

fn text<'a>(question: &'a Value, field: &str) -> &'a str {
    question[field].as_str().unwrap()
}

#[test]
fn a_seat_opens_without_a_question() {
    let day = Day::begin("seat");
    let mut product = day.start("autocad");
    day.desk.until("autocad", "seat");
    assert!(!product.is_still() && product.ended().is_none());
    assert!(!day.desk.state().join("url").exists(), "nobody was asked");
    assert_eq!(day.office.open(), [("autocad".to_owned(), "seat".to_owned())]);
    drop(product);
    until("a close", || day.office.open().is_empty().then_some(()));
    day.office.examine();
}

#[test]
fn tokens_are_held_as_agreed_and_cost_nothing_when_it_closes_at_once() {
    let day = Day::begin("yes");
    let first = day.start("revit");
    let page = Page::opened(&day.desk);
    let question = page.asks("spend", "Revit");
    until("it stands still", || first.is_still().then_some(()));
    assert_eq!(day.office.bucket("tender"), (0.0, 0.0), "nothing is held before the yes");
    assert!(text(&question, "title").ends_with("needs tokens, and waits until you answer"));
    let said = text(&question, "text");
    let price = "Revit will use 10 tokens (about 30.00 USD) of Bridge West (12 left).";
    assert!(said.starts_with(price), "{said}");
    assert!(question["remedies"].to_string().contains("Autodesk Viewer"), "{question}");
    page.answer(&question, "spend", Some("tender"));

    day.desk.until("revit", "tokens");
    until("it goes on", || (!first.is_still()).then_some(()));
    assert_eq!(day.office.bucket("tender"), (10.0, 0.0), "exactly what was agreed");
    assert_eq!(day.office.bucket("bridge-west"), (0.0, 0.0));
    let second = day.start("revit");
    until("two processes", || (day.desk.status()["sessions"][0]["processes"] == 2).then_some(()));
    assert!(!second.is_still());
    assert_eq!(day.office.open(), [("revit".to_owned(), "tokens".to_owned())], "one session");

    let why = day.why("revit");
    assert!(
        why.contains("opened on tokens as s") && why.contains("the server: 10 tokens"),
        "{why}"
    );
    let number = why.split("faregate explain ").nth(1).unwrap().split('`').next().unwrap();
    let told = day.office.place.run(&["explain", number], 0).stdout;
    assert!(told.contains("let through on 10 tokens"), "{told}");
    let status = day.desk.says(&["status"]);
    assert!(status.contains("answers\n") && status.contains("revit of "), "{status}");

    drop(first);
    until("one process", || (day.desk.status()["sessions"][0]["processes"] == 1).then_some(()));
    assert_eq!(day.office.bucket("tender"), (10.0, 0.0), "the other one goes on");
    drop(second);
    until("a close", || day.office.open().is_empty().then_some(()));
    assert_eq!(day.office.bucket("tender"), (0.0, 0.0), "within the grace it costs nothing");
    assert!(day.desk.log().contains("gone: revit"), "{}", day.desk.log());
    day.office.examine();
}

#[test]
fn a_no_closes_as_far_as_the_level_goes_and_ends_after_the_time_to_save() {
    let day = Day::begin("no");
    let mut stubborn = Product::stubborn(&day.office.program("navisworks-manage"));
    let page = Page::opened(&day.desk);
    let question = page.asks("spend", "Navisworks");
    until("it stands still", || stubborn.is_still().then_some(()));
    page.answer(&question, "close", None);
    let notice = page.asks("notice", "Navisworks will be ended");
    let asked_at = uptime();
    assert!(text(&notice, "text").contains("it is ended in 1 minute"), "{notice}");
    until("it can be saved", || (!stubborn.is_still()).then_some(()));

    // Meanwhile, at the level `ask`: it goes on while it is asked about, and is asked to close after a no.
    let mut asked = day.start("civil-3d");
    let question = page.asks("spend", "Civil 3D");
    assert!(!asked.is_still() && asked.ended().is_none());
    page.answer(&question, "close", None);
    assert_eq!(asked.end().signal(), TERM);
    assert_eq!(day.office.bucket("bridge-west"), (0.0, 0.0), "nobody agreed");
    assert!(day.why("civil-3d").contains("the person did not want to spend tokens"));

    // At the level `inform` nobody is asked.
    let told = day.start("maya");
    let notice = page.asks("notice", "Maya is open");
    assert!(text(&notice, "text").contains("Maya uses 6 tokens of bridge-west"), "{notice}");
    assert_eq!(day.office.bucket("bridge-west"), (6.0, 0.0));

    // What is left does not do for Revit: a reason, and what can be done.
    let refused = day.start("revit");
    let question = page.asks("refused", "Revit may not be used now");
    until("it stands still", || refused.is_still().then_some(()));
    assert!(text(&question, "text").contains("token"), "{question}");
    assert!(question["remedies"].as_array().unwrap().len() > 1, "{question}");
    page.answer(&question, "close", None);
    assert_eq!(refused.end().signal(), TERM);
    let why = day.why("revit");
    assert!(why.contains("refused") && why.contains("bucket-exhausted"), "{why}");
    drop(told);
    until("a close", || day.office.open().is_empty().then_some(()));

    assert!(stubborn.ended().is_none(), "there is time to save");
    assert_eq!(stubborn.end().signal(), KILL);
    let waited = uptime() - asked_at;
    assert!(waited > 57.0, "ended after {waited} s");
    assert_eq!(day.office.bucket("bridge-west"), (0.0, 0.0));
    day.office.examine();
}
