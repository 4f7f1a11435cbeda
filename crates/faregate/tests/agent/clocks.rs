//! Clocks that are set while products run: the agent's, the server's, both. Skipped where nothing can shift a
//! program's time (`libfaketime`).

use crate::away::office;
use crate::desk::{Desk, Product};
use crate::office::{time_shifter, until, uptime};

/// A server ends a session that it did not hear of for so long, in seconds; it looks once a minute.
const SILENCE: f64 = 900.0;
const LOOK: f64 = 60.0;
/// So much faster time passes for a server that is to lose patience.
const RATE: u32 = 30;
/// What looking from outside adds, in seconds of that server, which may be held up for a moment itself.
const SLACK: f64 = 240.0;

fn skipped() -> bool {
    if time_shifter().is_none() {
        println!("skipped: libfaketime is not installed");
    }
    time_shifter().is_none()
}

#[test]
fn a_session_whose_agent_died_ends_and_is_taken_up_again() {
    if skipped() {
        return;
    }
    let mut office = office("dead");
    let mut desk = Desk::new(&office);
    desk.answer("spend = spend\n");
    desk.begin();
    let mut product = Product::start(&office.program("revit"));
    desk.until("revit", "tokens");
    desk.kill();
    // A server that was restarted takes every session as heard of then.
    assert!(office.hurry(RATE));
    let begun = uptime();
    until("the silence ends it", || office.open().is_empty().then_some(()));
    let silence = (uptime() - begun) * f64::from(RATE);
    println!("promise 9: an agent killed: its session ended after {silence:.0} s of silence");
    assert!((SILENCE..SILENCE + LOOK + SLACK).contains(&silence), "{silence}");
    assert!(product.ended().is_none() && !product.is_still());
    let (held, spent) = office.bucket("bridge-west");
    assert_eq!((held, spent), (0.0, 0.0), "last heard of within the grace");

    // From here on time is what it has come to, for the agent that is started again too.
    let ahead = (uptime() - begun) as i64 * i64::from(RATE);
    office.steady(ahead);
    desk.clock.as_ref().unwrap().set(ahead);
    desk.start();
    until("it is open again", || (office.open().len() == 1).then_some(()));
    desk.until("revit", "tokens");
    assert!(product.ended().is_none());
    drop(product);
    until("a close", || office.open().is_empty().then_some(()));
    until("all is told", || (desk.status()["queue"] == 0).then_some(()));
    assert_eq!(
        office.bucket("bridge-west"),
        (0.0, 10.0),
        "used on and on: one window, charged once"
    );
    office.examine();
}

#[test]
fn a_clock_that_is_wrong_ends_nothing_spends_nothing_and_doubles_nothing() {
    if skipped() {
        return;
    }
    let office = office("clock");
    let mut desk = Desk::new(&office);
    desk.answer("spend = spend\n");
    desk.begin();
    let clock = desk.clock.as_ref().unwrap();
    let start = |product: &str| Product::start(&office.program(product));
    let mut runs = start("revit");
    desk.until("revit", "tokens");
    for seconds in [3_600, -3_600, 86_400 * 400, -86_400 * 400] {
        clock.set(seconds);
        until("it is seen", || (desk.status()["clock_off"] == true).then_some(()));
        let mut refused = start("maya");
        desk.until("maya", "refused");
        let why = desk.says(&["why", "maya"]);
        assert!(why.contains("clock-wrong"), "{seconds}: {why}");
        let seated = start("autocad");
        desk.until("autocad", "seat");
        assert!(runs.ended().is_none() && !runs.is_still() && !seated.is_still());
        assert!(refused.ended().is_none());
        assert_eq!(office.bucket("bridge-west"), (10.0, 0.0), "{seconds}");
        drop((refused, seated));
        clock.set(0);
        until("it is right again", || (desk.status()["clock_off"] == false).then_some(()));
        until("a close", || (office.open().len() == 1).then_some(()));
    }
    // A few minutes are nobody's fault.
    clock.set(240);
    let other = start("maya");
    desk.until("maya", "tokens");
    assert_eq!(office.bucket("bridge-west"), (16.0, 0.0));
    drop((runs, other));
    until("a close", || office.open().is_empty().then_some(()));
    office.examine();
}

#[test]
fn a_server_whose_clock_is_set_keeps_sessions_and_charges_once() {
    if skipped() {
        return;
    }
    let office = office("steps");
    let mut desk = Desk::new(&office);
    desk.answer("spend = spend\n");
    desk.begin();
    let mut runs = Product::start(&office.program("revit"));
    desk.until("revit", "tokens");
    let server = office.clock.as_ref().unwrap();
    let beaten = || {
        let last = desk.status()["last_contact"].as_i64().unwrap();
        until("another beat", || (desk.status()["last_contact"].as_i64()? != last).then_some(()));
    };
    // Beyond the grace, so that the window is charged; then back by a little, and by more than the server believes.
    for (seconds, answers) in [(600, true), (540, true), (-120, false), (600, true), (700, true)] {
        server.set(seconds);
        if answers {
            beaten();
            beaten();
        } else {
            until("nobody is believed", || (desk.status()["connected"] == false).then_some(()));
        }
        assert!(runs.ended().is_none() && !runs.is_still(), "{seconds}");
        let (held, spent) = office.bucket("bridge-west");
        assert_eq!(held + spent, 10.0, "{seconds}: held {held}, spent {spent}");
        office.examine();
    }
    until("one session", || (office.open().len() == 1).then_some(()));
    drop(runs);
    until("a close", || office.open().is_empty().then_some(()));
    assert_eq!(office.bucket("bridge-west"), (0.0, 10.0), "one window, charged once");
    office.examine();
}
