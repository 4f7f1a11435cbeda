//! An estate out of files: what changes, what is refused, and that importing again changes nothing.

use crate::world::*;
use faregate_app::bulk::{self, NotApplied, Verb};
use faregate_app::ports::Store as _;
use faregate_core::event::Event;
use faregate_core::invariants::violations;
use faregate_core::state::State;
use faregate_ingest::estate::{Document, Reader};
use proptest::prelude::*;
use std::fmt::Write as _;

/// An estate with something of every kind.
const ESTATE: &str = r#"
[[group]]
key = "madrid-architects"
parents = ["architects"]
[[group]]
key = "architects"
name = "Architects"
dimension = "fare"
[[bucket]]
key = "towers"
parent = "design"
period = "2026-01-01..2027-01-01"
leftover = "expire"
tokens = 40
[[bucket]]
key = "design"
name = "Design"
parent = "general"
owners = ["cara"]
period = "quarter"
lends = true
tokens = 100
[[person]]
key = "cara"
name = "Cara Lindqvist"
email = "cara@acme.example"
bucket = "design"
groups = ["madrid-architects"]
department = "R&D"
until = 2027-03-01
[[person]]
key = "ana"
contractor = true
aliases = ["ana@acme.example"]
[[alias]]
alias = "C-4711"
person = "cara"
from = 2026-01-01
until = 2026-07-01
[[alias]]
alias = "C-4711"
person = "ben"
from = 2026-07-01
[[seat]]
offering = "aec"
person = "cara"
from = 2026-01-01
until = 2027-01-01
[[seat]]
offering = "aec"
from = 2026-01-01
until = 2027-01-01
count = 2
[[site]]
key = "madrid"
country = "ES"
zone = "Europe/Madrid"
networks = ["10.20.0.0/16", { cidr = "10.20.5.0/24", room = "Lab 2" }, "10.99.0.0/24 vpn"]
[[region]]
key = "emea"
countries = ["ES", "DE"]
[[territory]]
of = "pool"
allowed = ["emea", "US"]
from = 2026-01-01
breach = "refuse"
unknown = "quarantine"
[[territory]]
of = "seat:2"
allowed = ["emea"]
[[schedule]]
key = "office"
days = "mon-fri"
hours = ["08:00-18:00", "sat 09:00-12:00"]
except = [2026-12-25]
[[cap]]
key = "ten-a-day"
group = "architects"
product = "revit"
measure = "tokens"
per = "day"
limit = 12.5
[[cap]]
key = "lab"
each = "room"
measure = "running"
limit = 20
then = "confirm"
mode = "monitor"
[terms]
owners = ["ben"]
large = 500
carry_percent = 10
carry_days = 90
seat_move_cost = "2.5 EUR"
[[exchange_rate]]
of = "EUR"
price = 1.08
currency = "USD"
from = 2026-01-01
"#;

fn read(text: &str) -> Document {
    let mut reader = Reader::default();
    reader.toml("estate.toml", text.as_bytes());
    reader.finish().unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

fn told(faults: &[faregate_ingest::estate::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Ana, Ben, 1,000 tokens in the general bucket, and the offering `aec`.
fn office() -> World {
    let mut world = World::new(1_000);
    let offering = faregate_core::estate::Offering {
        key: "aec".to_owned(),
        name: "AEC Collection".to_owned(),
        covers: vec!["revit".to_owned()],
    };
    world.engine.append(vec![Event::OfferingsDefined(vec![offering])]).unwrap();
    world
}

fn import(world: &mut World, text: &str) -> bulk::Plan {
    match bulk::import(&mut world.engine, "test", &read(text)) {
        Ok((plan, _)) => plan,
        Err(NotApplied::Faulty(faults)) => panic!("{}\nin:\n{text}", told(&faults)),
        Err(other) => panic!("{other}"),
    }
}

fn look<T>(world: &World, look: impl FnOnce(&State) -> T) -> T {
    let shared = world.engine.state();
    let state = shared.read();
    assert_eq!(violations(&state), []);
    look(&state)
}

/// What is wrong with rows on top of [`ESTATE`], without the name of the file; nothing is changed.
fn check(text: &str, expected: &str) {
    let mut world = office();
    import(&mut world, ESTATE);
    let before = look(&world, State::seq);
    let found = match bulk::import(&mut world.engine, "test", &read(text)) {
        Ok(_) => "fine".to_owned(),
        Err(NotApplied::Faulty(faults)) => told(&faults).replace("estate.toml:", ""),
        Err(other) => other.to_string(),
    };
    assert_eq!(found, expected, "in:\n{text}");
    if expected != "fine" {
        assert_eq!(look(&world, State::seq), before);
    }
}

#[test]
fn an_estate_is_made_and_made_again_without_an_event() {
    let mut world = office();
    let plan = import(&mut world, ESTATE);
    let summary = "group: 3 added; person: 1 added, 1 changed; alias: 2 added; seat: 2 added; site: 1 added; region: 1 added; territory: 2 added; schedule: 1 added; bucket: 2 added; cap: 2 added; terms: 1 changed; exchange_rate: 1 added";
    assert_eq!(plan.summary(), summary);
    look(&world, |state| {
        let estate = state.estate();
        let cara = estate.person_called("cara@acme.example").unwrap();
        let groups: Vec<&str> = estate
            .groups_of(cara)
            .iter()
            .map(|id| estate.group(*id).unwrap().key.as_str())
            .collect();
        assert_eq!(groups, ["architects", "madrid-architects", "r-d"]);
        let free = |key: &str| state.free_tokens(estate.bucket_called(key)).to_string();
        assert_eq!([free("general"), free("design"), free("towers")], ["900", "60", "40"]);
        assert_eq!(estate.seats().len(), 3);
        let was = estate.person_known_as("c-4711", "2026-06-30T00:00:00Z".parse().unwrap());
        assert_eq!(was, Some(cara));
    });
    let again = import(&mut world, ESTATE);
    assert_eq!(again.events, []);
    assert!(again.changes.iter().all(|change| change.verb == Verb::Same), "{again}");
}

#[test]
fn the_order_itself_is_the_first_event_and_a_moved_state_needs_a_new_plan() {
    let mut world = office();
    let plan =
        bulk::plan(&world.engine.state().read(), T0, &read("[[group]]\nkey = \"a\"\n")).unwrap();
    let seq = look(&world, State::seq);
    let applied = bulk::apply(&mut world.engine, "eve", plan.clone()).unwrap();
    assert_eq!((applied.seq, applied.events_count), (seq + 2, 2));
    let moved = bulk::apply(&mut world.engine, "eve", plan).unwrap_err();
    assert!(
        matches!(moved, NotApplied::Moved { planned, now } if (planned, now) == (seq, seq + 2))
    );
    let entry = world.store.clone().entry(seq + 1).unwrap().unwrap().event;
    let what = "bulk import: group: 1 added".to_owned();
    assert_eq!(entry, Event::Ordered { by: "eve".to_owned(), what });
}

#[test]
fn a_partial_row_leaves_the_rest_and_says_what_changes() {
    let mut world = office();
    import(&mut world, ESTATE);
    let plan = import(
        &mut world,
        "[[person]]\nkey = \"CARA@acme.example\"\ndepartment = \"Sales\"\nuntil = \"-\"\n[[region]]\nkey = \"apac\"\ncountries = [\"JP\"]\n",
    );
    let changes: Vec<String> = plan.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "added group sales: name Sales, dimension department",
            "changed person cara: groups madrid-architects|r-d -> madrid-architects|sales, until 2027-03-01 -> -",
            "added region apac: name apac, countries JP",
        ]
    );
    assert_eq!(look(&world, |state| state.estate().regions().len()), 2);
}

#[test]
fn each_contradiction_names_line_and_remedy() {
    check(
        "[[group]]\nkey = \"architects\"\nparents = [\"madrid-architects\"]\n",
        "1: group `architects` would lie above itself: architects below madrid-architects below architects; take one of these parents away",
    );
    check(
        "[[group]]\nkey = \"a\"\nparents = [\"architcts\"]\n",
        "1: there is no group `architcts`; did you mean `architects`? Else add a group of this key",
    );
    check(
        "[[bucket]]\nkey = \"design\"\nparent = \"towers\"\n",
        "1: bucket `design` would lie above itself: design below towers below design; take one of these parents away",
    );
    check(
        "[[bucket]]\nkey = \"b\"\nparent = \"elsewhere\"\n",
        "1: there is no bucket `elsewhere`; add a bucket of this key",
    );
    check(
        "[[group]]\nkey = \"a\"\ndimension = \"fare\"\n[[person]]\nkey = \"dan\"\ngroups = [\"a\", \"architects\"]\n",
        "4: `dan` would be in two groups of the dimension `fare`; keep one of them in `groups`",
    );
    check(
        "[[group]]\nkey = \"madrid-architects\"\ndimension = \"department\"\n",
        "1: `cara` is in a second group of the dimension, `r-d`; take them out of one of the two first",
    );
    check(
        "[[person]]\nkey = \"dan\"\nemail = \"cara@acme.example\"\n",
        "1: `cara@acme.example` is a name of `cara` already; take it out of this row, or write `cara` as the row's key; if both are one person, `faregate person merge` shows what would change",
    );
    check(
        "[[person]]\nkey = \"dan\"\nbucket = \"desing\"\n",
        "1: there is no bucket `desing`; did you mean `design`? Else add a bucket of this key",
    );
    check(
        "[[person]]\nkey = \"dan\"\n[[person]]\nkey = \"Dan\"\n",
        "3: person `Dan` has a row in 1 already; keep one of the two",
    );
    check(
        "[[alias]]\nalias = \"c-4711\"\nperson = \"ana\"\nfrom = 2026-06-01\n",
        "1: `c-4711` is a name of `cara` at that time; end one term where the other begins; if both are one person, `faregate person merge` shows what would change",
    );
    check(
        "[[alias]]\nalias = \"x\"\nperson = \"ana\"\nfrom = 2026-06-01\nuntil = 2026-06-01\n",
        "1: the name `x` would end before it begins; put `until` after `from`",
    );
}

#[test]
fn each_contradiction_of_things_names_line_and_remedy() {
    check(
        "[[seat]]\noffering = \"aec\"\nperson = \"ben\"\nfrom = 2026-01-01\nuntil = 2027-01-01\n[[seat]]\noffering = \"aec\"\nperson = \"ben\"\nfrom = 2026-06-01\nuntil = 2027-06-01\n",
        "6: `ben` has a seat of that offering in 1 already; keep one of the two",
    );
    check(
        "[[seat]]\noffering = \"aec\"\nperson = \"cara\"\nfrom = 2026-06-01\nuntil = 2027-06-01\n",
        "1: they hold a seat of that offering from 2026-01-01 to 2027-01-01 already; write that term, or one that begins where it ends",
    );
    check(
        "[[seat]]\noffering = \"aec\"\nperson = \"zoe\"\nfrom = 2026-01-01\nuntil = 2027-01-01\n",
        "1: there is no person `zoe`; add a person of this key, or write one of the names of somebody",
    );
    check(
        "[[seat]]\noffering = \"acc\"\nfrom = 2027-01-01\nuntil = 2026-01-01\n",
        "1: there is no offering `acc`; did you mean `aec`? Else adopt a tariff that sells it\n1: the seat would end before it begins; put `until` after `from`",
    );
    check(
        "[[site]]\nkey = \"berlin\"\ncountry = \"DE\"\nnetworks = [\"10.20.7.0/24\", \"10.20.0.0/16\"]\n",
        "1: `10.20.0.0/16` is a network of site `madrid` already; keep it at one of the two, or divide it",
    );
    check(
        "[[site]]\nkey = \"berlin\"\n",
        "1: nothing says in which country `berlin` lies; write its `country`",
    );
    check(
        "[[region]]\nkey = \"south\"\ncountries = [\"ES\"]\n",
        "1: `ES` would lie in two regions, `emea` and `south`; keep it in one of the two",
    );
    check(
        "[[territory]]\nof = \"pool\"\nallowed = [\"emae\"]\nfrom = 2027-01-01\n",
        "1: `emae` is neither a region nor a country; did you mean `emea`? Else add a region of this key\n1: another territory of the same begins 2027-01-01, before this one ends; end one with `until` where the other begins with `from`",
    );
    check(
        "[[territory]]\nof = \"seat:9\"\nallowed = [\"ES\"]\n",
        "1: there is no seat 9; write the number of a seat, counted from 0",
    );
    check(
        "[[cap]]\nkey = \"c\"\nmeasure = \"opens\"\nper = \"day\"\nlimit = 3\nproduct = \"revti\"\n",
        "1: there is no product `revti`; did you mean `revit`? Else adopt a tariff that has it",
    );
    check(
        "[[cap]]\nkey = \"c\"\nmeasure = \"opens\"\nper = \"day\"\n",
        "1: the cap `c` has no `limit`; write a number of 0 or more",
    );
    check(
        "[[bucket]]\nkey = \"b\"\nparent = \"design\"\ntokens = 60.5\n",
        "1: `b` would get 60.5 tokens, and 60 are free in bucket `design`; give it less, or name a `parent` that has more",
    );
    check(
        "[[bucket]]\nkey = \"b\"\ntokens = 1\n",
        "1: `b` would get 1 tokens, and 0 are free in the unallocated part of the pool; give it less, or name a `parent` that has more",
    );
    check(
        "[[bucket]]\nkey = \"towers\"\nname = \"design\"\n",
        "1: `towers` would be named as the bucket `design`; give it a name of its own",
    );
    check(
        "[[schedule]]\nkey = \"office\"\nfrom = 2026-02-01\nuntil = 2026-02-01\n",
        "1: the schedule `office` would end before it begins; put `until` after `from`",
    );
    check("[[site]]\nkey = \"berlin\"\ncountry = \"DE\"\nnetworks = [\"10.20.7.0/24\"]\n", "fine");
}

#[test]
fn somebody_without_a_seat_takes_a_free_one_before_one_is_bought() {
    let mut world = office();
    import(&mut world, ESTATE);
    let row = |who: &str| {
        format!(
            "[[seat]]\noffering = \"aec\"\nperson = \"{who}\"\nfrom = 2026-01-01\nuntil = 2027-01-01\n"
        )
    };
    import(&mut world, &row("ana"));
    assert_eq!(look(&world, |state| state.estate().seats().len()), 3);
    // One of the two free seats is taken now: the rows of the estate still speak of three.
    assert_eq!(import(&mut world, ESTATE).events, []);
    import(&mut world, &format!("{}{}", row("ben"), row("cara")));
    import(&mut world, "[[person]]\nkey = \"dan\"\n");
    import(&mut world, &row("dan"));
    assert_eq!(look(&world, |state| state.estate().seats().len()), 4);
}

#[test]
fn networks_may_change_hands_within_one_import() {
    let mut world = office();
    let site = |key: &str, network: &str| {
        format!("[[site]]\nkey = \"{key}\"\ncountry = \"ES\"\nnetworks = [\"{network}\"]\n")
    };
    import(&mut world, &(site("a", "10.1.0.0/16") + &site("b", "10.2.0.0/16")));
    import(&mut world, &(site("a", "10.2.0.0/16") + &site("b", "10.1.0.0/16")));
    let place = look(&world, |state| state.estate().site_called("a"));
    let address = Some("10.2.3.4".parse().unwrap());
    let evidence = faregate_core::estate::Evidence { address, ..Default::default() };
    assert_eq!(look(&world, |state| state.estate().locate(&evidence)).site, place);
}

#[test]
fn an_export_imported_into_an_empty_contract_is_the_same_estate() {
    let mut world = office();
    import(&mut world, ESTATE);
    let text = look(&world, bulk::export);
    let mut other = office();
    import(&mut other, &text);
    assert_eq!(look(&other, bulk::export), text);
    let same = |state: &State| {
        let estate = state.estate().clone();
        (
            estate.groups().to_vec(),
            estate.buckets().to_vec(),
            estate.seats().to_vec(),
            estate.sites().to_vec(),
        )
    };
    assert_eq!(look(&world, same), look(&other, same));
    let rules = |state: &State| {
        (state.terms().clone(), state.counts().caps().to_vec(), state.exchange_rates().to_vec())
    };
    assert_eq!(look(&world, rules), look(&other, rules));
    let places = |state: &State| {
        (
            state.estate().territories().to_vec(),
            state.estate().regions().to_vec(),
            state.estate().schedules().to_vec(),
        )
    };
    assert_eq!(look(&world, places), look(&other, places));
    assert_eq!(import(&mut world, &text).events, []);
}

#[test]
fn many_people_are_one_import() {
    let mut csv = "First name,Last name,Email,Department,Cost center,Bucket\n".to_owned();
    for number in 0..2_000 {
        writeln!(
            csv,
            "P{number},Q,p{number}@acme.example,Dept {},CC {},general",
            number % 40,
            number % 300
        )
        .unwrap();
    }
    let mut reader = Reader::default();
    reader.file("people.csv", csv.as_bytes());
    let document = reader.finish().unwrap();
    let mut world = office();
    let (plan, applied) = bulk::import(&mut world.engine, "test", &document).unwrap();
    assert_eq!(plan.summary(), "group: 340 added; person: 2000 added");
    assert_eq!(applied.events_count, 4);
    let again = bulk::plan(&world.engine.state().read(), T0, &document).unwrap();
    assert_eq!(again.events, []);
}

/// Rows that fit together more often than not.
fn any_rows() -> impl Strategy<Value = String> {
    let key = || prop::sample::select(vec!["a", "b", "c", "d", "ana", "ben"]);
    let date =
        || prop::sample::select(vec!["2026-01-01", "2026-06-01", "2027-01-01", "2028-01-01"]);
    let group = (key(), key(), any::<bool>()).prop_map(|(key, parent, nested)| {
        let parents = if nested { format!("parents = [\"{parent}\"]\n") } else { String::new() };
        format!("[[group]]\nkey = \"{key}\"\n{parents}")
    });
    let bucket = (key(), key(), 0..400_i64, any::<bool>()).prop_map(|(key, parent, tokens, nested)| {
        let parent = if nested { parent } else { "general" };
        format!("[[bucket]]\nkey = \"{key}\"\nparent = \"{parent}\"\ntokens = {tokens}\nlends = {nested}\n")
    });
    let person = (key(), key(), key(), any::<bool>()).prop_map(|(key, group, alias, grouped)| {
        let groups = if grouped { format!("groups = [\"{group}\"]\n") } else { String::new() };
        format!("[[person]]\nkey = \"{key}\"\naliases = [\"{alias}@x\"]\ndepartment = \"{group}\"\n{groups}")
    });
    let seat = (key(), date(), date(), any::<bool>()).prop_map(|(who, from, until, free)| {
        let who = if free { "free" } else { who };
        format!(
            "[[seat]]\noffering = \"aec\"\nperson = \"{who}\"\nfrom = {from}\nuntil = {until}\n"
        )
    });
    let alias = (key(), key(), date(), date()).prop_map(|(alias, who, from, until)| {
        format!(
            "[[alias]]\nalias = \"n-{alias}\"\nperson = \"{who}\"\nfrom = {from}\nuntil = {until}\n"
        )
    });
    let site = (key(), 0..4_u8).prop_map(|(key, net)| {
        format!("[[site]]\nkey = \"{key}\"\ncountry = \"ES\"\nnetworks = [\"10.{net}.0.0/16\"]\n")
    });
    let territory = (key(), date(), date()).prop_map(|(key, from, until)| {
        format!("[[territory]]\nof = \"bucket:{key}\"\nallowed = [\"ES\"]\nfrom = {from}\nuntil = {until}\n")
    });
    let row = prop_oneof![group, bucket, person, seat, alias, site, territory];
    prop::collection::vec(row, 1..8).prop_map(|rows| rows.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_imported_is_not_imported_again(files in prop::collection::vec(any_rows(), 1..8)) {
        let mut world = office();
        for file in files {
            match bulk::import(&mut world.engine, "test", &read(&file)) {
                Err(NotApplied::Faulty(_)) => continue,
                // What the plan lets through, the core takes.
                Err(other) => prop_assert!(false, "{other}\nin:\n{file}"),
                Ok(_) => {
                    let again = bulk::plan(&world.engine.state().read(), T0, &read(&file)).unwrap();
                    prop_assert_eq!(again.events, vec![], "in:\n{}", file);
                }
            }
        }
        let text = look(&world, bulk::export);
        let same = bulk::plan(&world.engine.state().read(), T0, &read(&text)).unwrap();
        prop_assert_eq!(same.events, vec![]);
    }
}
