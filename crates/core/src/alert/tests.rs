use super::*;
use crate::estate::{BucketId, GroupId, PersonId, ProductId, Standing};
use crate::event::{BucketSet, Charge, Event, PersonSet, Source};
use crate::state::tests::{T0, World, rate, tariff, tokens};
use crate::tariff::Meter;
use crate::when::{DAY, Date, HOUR, Instant};
use std::collections::{BTreeMap, BTreeSet};

const MONDAY: Date = Date(20_605);

/// Days and hours after Monday 2026-06-01, midnight in UTC.
fn at(day: i64, hour: i64) -> Instant {
    T0.plus(day * DAY + hour * HOUR)
}

/// A charge that no bucket pays for: Ben's belong to `design`, others' to `general`.
fn charge(at: Instant, person: u32, product: u16, whole: i64) -> Charge {
    Charge {
        at,
        ticks: tokens(whole),
        person: PersonId(person),
        product: ProductId(product),
        bucket: BucketId(u16::from(person == 1)),
        meter: Meter::Result,
        source: Source::Log,
        paid: false,
    }
}

fn world(charges: &[Charge]) -> World {
    let mut world = World::new();
    world.must(Event::TariffAdopted(tariff(vec![rate("revit", Meter::Window24h, 10)])));
    world.must(Event::UsageCharged(charges.to_vec()));
    world
}

fn rule(scope: Scope, watch: Watch) -> Rule {
    Rule {
        key: "rule".to_owned(),
        name: "Rule".to_owned(),
        owner: String::new(),
        severity: Severity::Warning,
        scope,
        watch,
        schedule: None,
        sustained_seconds: 0,
        margin: MARGIN,
        grouped: false,
        channels: Vec::new(),
        escalations: Vec::new(),
        steps: Vec::new(),
    }
}

fn burn(span: Span, above: Level) -> Watch {
    Watch::Burn { span, above }
}

fn above(whole: i64) -> Level {
    Level::Tokens(tokens(whole))
}

/// Readings as `subject value/limit`, with `!` when crossed and `-` when neither crossed nor back.
fn read(
    world: &World,
    rule: &Rule,
    now: Instant,
    around: impl FnOnce(&mut Scene<'_>),
) -> Vec<String> {
    let usual: Usual = BTreeMap::from([(rule.key.clone(), usual(rule, &world.state, now))]);
    let (views, findings) = (Views::new(), Findings::new());
    let mut scene = Scene {
        state: &world.state,
        now,
        views: &views,
        usual: &usual,
        findings: &findings,
        sources: &[],
        agents: None,
    };
    around(&mut scene);
    let shown = |one: &Reading| {
        let sign = match (one.is_crossed, one.is_back) {
            (true, false) => "!",
            (false, false) => "-",
            (false, true) => "",
            (true, true) => "both",
        };
        format!("{} {:.2}/{:.2}{sign}", one.subject.key(), one.value, one.limit)
    };
    measure(rule, &scene).iter().map(shown).collect()
}

fn check(name: &str, world: &World, rule: &Rule, now: Instant, expected: &[&str]) {
    assert_eq!(read(world, rule, now, |_| {}), expected, "{name}");
}

#[test]
fn burn_is_summed_over_the_span_and_the_scope() {
    let world = world(&[
        charge(at(-40, 9), 0, 0, 64),
        charge(at(-2, 9), 0, 0, 32),
        charge(at(0, 8), 1, 0, 16),
        charge(at(1, 8), 0, 0, 8),
        charge(at(1, 9), 1, 1, 4),
        charge(at(1, 10), 0, 1, 2),
        charge(at(1, 12), 0, 0, 1),
    ]);
    let now = at(1, 10);
    let all = |span, limit| rule(Scope::Contract, burn(span, above(limit)));
    // What begins later today is today's, as of a log that is ahead of the clock; the last hour ends now.
    check("day", &world, &all(Span::Day, 14), now, &["contract 15.00/14.00!"]);
    check("not above", &world, &all(Span::Day, 15), now, &["contract 15.00/15.00-"]);
    check("within the margin", &world, &rule_with_margin(15, 1), now, &["contract 15.00/15.00-"]);
    check("back", &world, &all(Span::Day, 16), now, &["contract 15.00/16.00"]);
    check("hour", &world, &all(Span::Hour, 5), now, &["contract 6.00/5.00!"]);
    check("week", &world, &all(Span::Week, 100), now, &["contract 63.00/100.00"]);
    check("month", &world, &all(Span::Month, 30), now, &["contract 31.00/30.00!"]);
    let each = rule(Scope::Bucket(None), burn(Span::Day, above(4)));
    check(
        "each bucket",
        &world,
        &each,
        now,
        &["bucket:design 4.00/4.00-", "bucket:general 11.00/4.00!"],
    );
    let one = rule(Scope::Product(Some("revit".to_owned())), burn(Span::Day, above(1)));
    check("one product", &world, &one, now, &["product:revit 9.00/1.00!"]);
    let nobody = rule(Scope::Person(Some("cleo".to_owned())), burn(Span::Day, above(1)));
    check("nothing spent", &world, &nobody, now, &["person:cleo 0.00/1.00"]);
    let people = rule(Scope::Person(None), burn(Span::Day, above(10)));
    check("people", &world, &people, now, &["person:anna 11.00/10.00!", "person:ben 4.00/10.00"]);
    let gone = rule(Scope::Bucket(Some("gone".to_owned())), burn(Span::Day, above(1)));
    check("an unknown bucket", &world, &gone, now, &[]);
}

fn rule_with_margin(limit: i64, margin: i64) -> Rule {
    Rule { margin, ..rule(Scope::Contract, burn(Span::Day, above(limit))) }
}

#[test]
fn what_a_bucket_spends_counts_for_those_above_it() {
    let mut world = world(&[charge(at(0, 9), 1, 0, 16), charge(at(0, 9), 0, 0, 4)]);
    let mut terms = world.state.estate().bucket_terms(BucketId(1));
    terms.parent = Some(BucketId(0));
    let (key, name) = ("design".to_owned(), "Design".to_owned());
    world.must(Event::BucketsSet(vec![BucketSet { key, name, terms }]));
    let each = rule(Scope::Bucket(None), burn(Span::Day, above(17)));
    let expected = ["bucket:design 16.00/17.00", "bucket:general 20.00/17.00!"];
    check("with those below", &world, &each, at(0, 10), &expected);
}

#[test]
fn a_person_counts_once_for_a_group_that_they_reach_on_two_ways() {
    let mut world = world(&[charge(at(0, 9), 1, 0, 16), charge(at(0, 9), 0, 0, 4)]);
    let group = |key: &str, parents: &[u32]| crate::estate::Group {
        key: key.to_owned(),
        name: key.to_owned(),
        dimension: (key == "all").then(|| "department".to_owned()),
        parents: parents.iter().map(|id| GroupId(*id)).collect(),
    };
    world.must(Event::GroupsSet(vec![
        group("all", &[]),
        group("left", &[0]),
        group("right", &[0]),
    ]));
    let standing = Standing { groups: vec![GroupId(1), GroupId(2)], ..Standing::default() };
    let (key, name) = ("ben".to_owned(), "Ben".to_owned());
    world.must(Event::PeopleSet(vec![PersonSet { key, name, bucket: BucketId(1), standing }]));
    let all = rule(Scope::Group("all".to_owned()), burn(Span::Day, above(9)));
    check("once", &world, &all, at(0, 10), &["group:all 16.00/9.00!"]);
    let by_dimension = rule(Scope::Groups("department".to_owned()), burn(Span::Day, above(9)));
    check("of a dimension", &world, &by_dimension, at(0, 10), &["group:all 16.00/9.00!"]);
}

#[test]
fn what_is_usual_is_the_mean_of_the_same_times_before() {
    // Mondays at nine: 10 tokens each for eight weeks, and 90 on a Tuesday between them.
    let mut charges: Vec<Charge> = (1..=8).map(|week| charge(at(-7 * week, 9), 0, 0, 10)).collect();
    charges.push(charge(at(-6, 9), 0, 0, 90));
    charges.push(charge(at(0, 9), 0, 0, 25));
    let world = world(&charges);
    let twice = |span| rule(Scope::Contract, burn(span, Level::Share(2_000)));
    check("a day", &world, &twice(Span::Day), at(0, 10), &["contract 25.00/20.00!"]);
    check("an hour", &world, &twice(Span::Hour), at(0, 10), &["contract 25.00/20.00!"]);
    check("a quiet hour has no usual", &world, &twice(Span::Hour), at(0, 12), &[]);
    check("a day without history", &world, &twice(Span::Day), at(2, 10), &[]);
}

/// 1,000 tokens for a year from T0: 300 to `general`, 40 to `design`, of which Ben spends.
#[test]
fn what_is_left_is_measured_against_what_was_given() {
    let mut paid = charge(at(1, 9), 1, 0, 30);
    paid.paid = true;
    let world = world(&[paid]);
    let left = |scope, below| rule(scope, Watch::Left { below });
    let now = at(2, 0);
    let share = Level::Share(300);
    let each = ["bucket:design 0.25/0.30!", "bucket:general 1.00/0.30", "bucket:lab 0.00/0.30!"];
    let found = read(&world, &left(Scope::Bucket(None), share), now, |_| {});
    assert_eq!(found, each.iter().filter(|one| !one.contains("lab")).copied().collect::<Vec<_>>());
    check("the pool", &world, &left(Scope::Contract, share), now, &["contract 0.97/0.30"]);
    let few = left(Scope::Bucket(Some("design".to_owned())), above(12));
    check("few", &world, &few, now, &["bucket:design 10.00/12.00!"]);
    check("of products nothing is left", &world, &left(Scope::Product(None), share), now, &[]);
    let later = T0.plus(400 * DAY);
    check("after the packs", &world, &left(Scope::Contract, share), later, &[]);
}

#[test]
fn what_is_expected_is_read_from_the_views() {
    let world = world(&[]);
    let view = Outlook {
        month_end: Some(120.0),
        runs_out: vec![0.0, 0.1, 0.25],
        pace: Some((130.0, 100.0)),
        ..Outlook::default()
    };
    let views = Views::from([("contract".to_owned(), view)]);
    let check = |watch: Watch, expected: &[&str]| {
        let rule = rule(Scope::Contract, watch);
        let usual = Usual::new();
        let findings = Findings::new();
        let scene = Scene {
            state: &world.state,
            now: T0,
            views: &views,
            usual: &usual,
            findings: &findings,
            sources: &[],
            agents: None,
        };
        let found: Vec<String> = measure(&rule, &scene)
            .iter()
            .map(|one| format!("{:.2}/{:.2} {}", one.value, one.limit, one.is_crossed))
            .collect();
        assert_eq!(found, expected, "{:?}", rule.watch);
    };
    check(Watch::Projected { above: tokens(119) }, &["120.00/119.00 true"]);
    check(Watch::Pace { above: 1_300 }, &["1.30/1.30 false"]);
    check(Watch::Pace { above: 1_299 }, &["1.30/1.30 true"]);
    check(Watch::RunsOut { within_days: 1, chance: 100 }, &["0.10/0.10 false"]);
    check(Watch::RunsOut { within_days: 2, chance: 200 }, &["0.25/0.20 true"]);
    check(Watch::RunsOut { within_days: 90, chance: 200 }, &["0.25/0.20 true"]);
}

#[test]
fn packs_sources_and_workstations_are_read() {
    let world = world(&[]);
    let ends = |within_days| rule(Scope::Contract, Watch::PackEnds { within_days });
    let late = T0.plus(300 * DAY);
    assert_eq!(read(&world, &ends(30), late, |_| {}), ["pack:1 0.00/1.00"]);
    assert_eq!(read(&world, &ends(90), late, |_| {}), ["pack:1 1.00/1.00!"]);
    let source = |name: &str, is_stale| SourceSeen {
        name: name.to_owned(),
        is_stale,
        silent_seconds: 9,
        said: String::new(),
    };
    let sources = [source("berlin", true), source("madrid", false)];
    let stale = rule(Scope::Contract, Watch::SourceStale);
    let found = read(&world, &stale, T0, |scene| scene.sources = lasting(&sources));
    assert_eq!(found, ["source:berlin 1.00/1.00!", "source:madrid 0.00/1.00"]);
    let heard = rule(Scope::Contract, Watch::AgentsHeard { below: 700 });
    let check = |agents, expected: &[&str]| {
        assert_eq!(read(&world, &heard, T0, |scene| scene.agents = agents), expected);
    };
    check(None, &[]);
    check(Some((0, 0)), &[]);
    check(Some((6, 10)), &["agents 0.60/0.70!"]);
    check(Some((7, 10)), &["agents 0.70/0.70-"]);
    check(Some((8, 10)), &["agents 0.80/0.70"]);
}

/// Test data that outlives the scene.
fn lasting(sources: &[SourceSeen]) -> &'static [SourceSeen] {
    Box::leak(sources.to_vec().into_boxed_slice())
}

#[test]
fn findings_are_those_of_the_classes_and_the_scope() {
    let world = world(&[]);
    let found = |id, class: &str, about: &[&str]| Found {
        id,
        class: class.to_owned(),
        at: T0,
        until: T0,
        about: about.iter().map(|one| (*one).to_owned()).collect(),
        said: class.to_owned(),
        facts: Vec::new(),
    };
    let findings: &'static Findings = Box::leak(Box::new(vec![
        found(1, "burst", &["product:revit", "bucket:design"]),
        found(2, "long-session", &["person:ben", "bucket:design"]),
        found(3, "spike", &[]),
    ]));
    let check = |scope: Scope, classes: &[&str], expected: &[&str]| {
        let classes = classes.iter().map(|one| (*one).to_owned()).collect();
        let rule = rule(scope, Watch::Findings { classes });
        let ids = read(&world, &rule, T0, |scene| scene.findings = findings);
        let ids: Vec<&str> = ids.iter().filter_map(|one| one.get(8..24)).collect();
        let expected: Vec<String> = expected.iter().map(|id| format!("{id:0>16}")).collect();
        assert_eq!(ids, expected);
    };
    check(Scope::Contract, &[], &["1", "2", "3"]);
    check(Scope::Contract, &["spike"], &["3"]);
    check(Scope::Bucket(Some("design".to_owned())), &[], &["1", "2"]);
    check(Scope::Bucket(None), &["burst"], &["1"]);
    check(Scope::Person(Some("ben".to_owned())), &[], &["2"]);
    check(Scope::Person(Some("anna".to_owned())), &[], &[]);
}

fn reading(key: &str, is_crossed: bool, is_back: bool) -> Reading {
    Reading {
        subject: Subject::of("bucket", key, key),
        value: 0.0,
        limit: 0.0,
        is_crossed,
        is_back,
        said: String::new(),
        facts: Vec::new(),
    }
}

/// A script of looks: minute, the subject's reading (`!` crossed, `~` within the margin, `.` back, none), and what
/// comes of it.
#[test]
fn an_alert_is_raised_once_and_ends_once() {
    let check = |name: &str, sustained: i64, script: &[(i64, &str, &str)]| {
        let rule =
            Rule { sustained_seconds: sustained, ..rule(Scope::Contract, Watch::SourceStale) };
        let (mut open, mut pending) = (BTreeSet::new(), Pending::new());
        for (minute, readings, expected) in script {
            let of = |sign: char| reading("a", sign == '!', sign == '.');
            let readings = readings.chars().map(of).collect();
            let found = edges(&rule, readings, &open, &mut pending, T0.plus(minute * 60));
            let words: Vec<&str> = found
                .iter()
                .map(|edge| match edge {
                    Edge::Raised(one) => {
                        open.insert(one.subject.key());
                        "raised"
                    }
                    Edge::Ended(key, _) => {
                        open.remove(key);
                        "ended"
                    }
                })
                .collect();
            assert_eq!(words.join(" "), *expected, "{name}, minute {minute}");
        }
    };
    let wavers =
        [(0, "!", "raised"), (1, "~", ""), (2, "!", ""), (3, ".", "ended"), (4, "!", "raised")];
    check("wavering", 0, &wavers);
    let gone = [(0, "!", "raised"), (1, "", "ended"), (2, "", "")];
    check("gone", 0, &gone);
    let sustained = [(0, "!", ""), (4, "!", ""), (5, "!", "raised"), (6, "!", "")];
    check("sustained", 300, &sustained);
    let broken = [(0, "!", ""), (4, "~", ""), (5, "!", ""), (9, "!", ""), (10, "!", "raised")];
    check("a break begins anew", 300, &broken);
    let away = [(0, "!", ""), (4, "", ""), (5, "!", ""), (10, "!", "raised")];
    check("nothing to measure begins anew", 300, &away);
}

/// Alerts that history would have raised, as `subject day hour, until day hour`.
fn fired(world: &World, rule: &Rule, days: (i64, i64)) -> Vec<String> {
    let firings = past::firings(rule, &world.state, &[], (at(days.0, 0), at(days.1, 0))).unwrap();
    let hour = |at: Instant| {
        let hours = at.since(T0).div_euclid(HOUR);
        format!("{} {}", hours.div_euclid(24), hours.rem_euclid(24))
    };
    let shown = |one: &past::Firing| {
        let until = one.until.map_or("on".to_owned(), hour);
        format!("{} {}, {until}", one.subject.key(), hour(one.at))
    };
    firings.iter().map(shown).collect()
}

#[test]
fn history_says_when_a_rule_would_have_fired() {
    let world = world(&[
        charge(at(1, 9), 0, 0, 30),
        charge(at(1, 14), 1, 0, 30),
        charge(at(3, 9), 0, 0, 45),
        charge(at(5, 9), 1, 0, 60),
    ]);
    let day = rule(Scope::Contract, burn(Span::Day, above(50)));
    // Charged at nine, seen at the next full hour; a new day begins at nothing.
    assert_eq!(fired(&world, &day, (0, 9)), ["contract 1 15, 2 0", "contract 5 10, 6 0"]);
    assert_eq!(fired(&world, &day, (2, 5)), Vec::<String>::new());
    let each = rule(Scope::Person(None), burn(Span::Week, above(50)));
    assert_eq!(fired(&world, &each, (0, 6)), ["person:anna 3 10, on", "person:ben 5 10, on"]);
    let left = rule(Scope::Contract, Watch::Left { below: above(900) });
    assert_eq!(fired(&world, &left, (0, 9)), ["contract 3 10, on"]);
    let words = past::in_words(
        &past::firings(&day, &world.state, &[], (at(0, 0), at(9, 0))).unwrap(),
        MONDAY,
        MONDAY.plus(9),
        |at| world.state.zone().date(at),
    );
    let expected = "it would have fired 2 times from 2026-06-01 to 2026-06-10: 2026-06-06 (the contract), \
                    2026-06-02 (the contract)";
    assert_eq!(words, expected);
}

#[test]
fn history_says_what_it_cannot_tell() {
    let world = world(&[]);
    let unknown = [
        rule(Scope::Contract, Watch::SourceStale),
        rule(Scope::Contract, Watch::AgentsHeard { below: 500 }),
        rule(Scope::Contract, Watch::Pace { above: 1_000 }),
        rule(Scope::Product(None), Watch::Left { below: Level::Share(100) }),
    ];
    for rule in unknown {
        let found = past::firings(&rule, &world.state, &[], (at(0, 0), at(1, 0)));
        assert!(found.is_err(), "{:?}: {found:?}", rule.watch);
    }
}

#[test]
fn an_alert_has_one_name() {
    let named =
        [(42, 0, "a42"), (42, 3, "a42-3"), (u64::MAX, u16::MAX, "a18446744073709551615-65535")];
    for (seq, place, name) in named {
        assert_eq!(AlertId { seq, place }.to_string(), name);
        assert_eq!(name.parse(), Ok(AlertId { seq, place }));
    }
    for wrong in ["", "a", "42", "a042", "a42-0", "a42-", "a-1", "a42-65536", " a42"] {
        assert_eq!(wrong.parse::<AlertId>(), Err(()), "{wrong}");
    }
}
