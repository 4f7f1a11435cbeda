//! The server away: what goes on, what opens, and that leases are never more than there is.

use crate::desk::{Desk, Product};
use crate::office::{Office, Plan, account, until};

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");

const ESTATE: &str = r#"
[[bucket]]
key = "bridge-west"
parent = "general"
owners = ["jo"]
tokens = 16
[[seat]]
offering = "autocad"
person = "jo"
from = "2026-01-01"
until = "2199-12-31"
[terms]
owners = ["jo"]
"#;

const RULES: &str = r#"
level = "suspend"
[[product]]
product = "autocad"
processes = ["{name}autocad"]
[[product]]
product = "revit"
processes = ["{name}revit"]
[[product]]
product = "maya"
processes = ["{name}maya"]
"#;

pub(crate) fn office(tag: &str) -> Office {
    Office::new(&Plan { tag, tariff: TARIFF, estate: ESTATE, rules: RULES, seed: 3 })
}

fn why(desk: &Desk, product: &str) -> String {
    desk.says(&["why", product])
}

#[test]
fn without_the_server_what_runs_goes_on_a_seat_opens_and_tokens_do_not() {
    let mut office = office("away");
    let mut desk = Desk::new(&office);
    desk.answer("spend = spend\n");
    desk.begin();
    let start = |product: &str| Product::start(&office.program(product));
    drop((start("autocad"), desk.until("autocad", "seat")));
    until("a close", || office.open().is_empty().then_some(()));
    let mut runs = start("revit");
    desk.until("revit", "tokens");
    let (seat, tokens) = (office.program("autocad"), office.program("maya"));
    office.kill_server();

    let mut seated = Product::start(&seat);
    desk.until("autocad", "seat");
    assert!(why(&desk, "autocad").contains("opened on a seat"), "{}", why(&desk, "autocad"));
    let mut refused = Product::start(&tokens);
    desk.until("maya", "refused");
    assert!(why(&desk, "maya").contains("server-unreachable"), "{}", why(&desk, "maya"));
    assert!(refused.is_still() && refused.ended().is_none());
    assert!(seated.ended().is_none() && !seated.is_still());
    assert!(runs.ended().is_none() && !runs.is_still());
    assert!(desk.says(&["status"]).contains("does not answer"));

    // An agent that is killed now takes all up again, with nobody to ask.
    desk.kill();
    desk.start();
    until("it is adopted", || (desk.standing("revit")? == "tokens").then_some(()));
    desk.until("autocad", "seat");
    assert!(runs.ended().is_none() && seated.ended().is_none() && refused.ended().is_none());

    // Whoever was turned away because nobody was there is asked again once somebody is.
    office.serve();
    desk.until("maya", "tokens");
    assert!(!runs.is_still() && !seated.is_still());
    until("all three are known", || (office.open().len() == 3).then_some(()));
    assert_eq!(office.bucket("bridge-west"), (16.0, 0.0), "the session is the one from before");
    drop((runs, seated, refused));
    until("a close", || office.open().is_empty().then_some(()));
    until("all is told", || (desk.status()["queue"] == 0).then_some(()));
    office.examine();
}

#[test]
fn leases_of_two_laptops_are_never_more_than_there_is() {
    let mut office = office("lease");
    let mut desks = [Desk::new(&office), Desk::new(&office)];
    let account = account();
    // 16 tokens: for Revit (10) on one, or Maya (6) on the other, or both; not for Revit and the desk's 10 again.
    office.place.run(&["bucket", "transfer", "4", "--from", "bridge-west", "--as", "jo"], 0);
    let take = |desk: &Desk, product: &str| {
        desk.ask(&["lease", product, "--hours", "2", "--account", &account]).status.code().unwrap()
    };
    let codes = std::thread::scope(|scope| {
        let (one, other) = (&desks[0], &desks[1]);
        let one = scope.spawn(|| take(one, "revit"));
        let other = scope.spawn(|| take(other, "maya"));
        [one.join().unwrap(), other.join().unwrap()]
    });
    // Exit code 5: the server refuses.
    assert!(codes == [0, 5] || codes == [5, 0], "{codes:?}");
    let (which, product, held) = if codes[0] == 0 { (0, "revit", 10.0) } else { (1, "maya", 6.0) };
    assert_eq!(office.bucket("bridge-west"), (held, 0.0));

    let desk = &mut desks[which];
    desk.begin();
    until("the lease is at hand", || {
        (!desk.status()["grants"].as_array()?.is_empty()).then_some(())
    });
    let program = office.program(product);
    office.kill_server();
    let mut used = Product::start(&program);
    desk.until(product, "lease");
    desk.kill();
    desk.start();
    until("it is adopted", || (desk.standing(product)? == "lease").then_some(()));
    assert!(used.ended().is_none() && !used.is_still());

    // Told and given back once the server is there; the product goes on, and the window is paid once at most.
    desk.answer("spend = spend\n");
    office.serve();
    assert!(desk.ask(&["return", product, "--account", &account]).status.success());
    desk.until(product, "tokens");
    let (now_held, spent) = office.bucket("bridge-west");
    assert_eq!(now_held + spent, held, "held {now_held}, spent {spent}");
    drop(used);
    until("a close", || office.open().is_empty().then_some(()));
    until("all is told", || (desk.status()["queue"] == 0).then_some(()));
    let (now_held, spent) = office.bucket("bridge-west");
    assert!(now_held == 0.0 && spent <= held, "held {now_held}, spent {spent}");
    office.examine();
}
