//! Rows of every dimension: tables worked out by hand, and that each charge is in exactly one row.

use super::*;
use crate::estate::{
    BucketTerms, Country, Group, GroupId, Hours, Period, Place, Schedule, Site, SiteId, Standing,
};
use crate::event::{Ask, Basis, BucketSet, Opened, PersonSet, Route};
use crate::when::{HOUR, Zone};
use proptest::prelude::*;

const ANNA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);
const CLEO: PersonId = PersonId(2);

/// A unit of one token an hour after T0, by a person, of a source.
fn unit(hour: i64, person: PersonId, source: Source) -> Charge {
    Charge {
        at: T0.plus(hour * HOUR),
        ticks: tokens(1),
        person,
        product: ProductId(1),
        meter: Meter::StartedHour,
        source,
        ..charge(0, 0, 1, 1)
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn group(key: &str, dimension: &str) -> Group {
    let (key, name) = (text(key), text(key));
    Group { key, name, dimension: Some(text(dimension)), parents: Vec::new() }
}

fn in_groups(key: &str, bucket: u16, groups: &[u32]) -> PersonSet {
    let groups = groups.iter().map(|id| GroupId(*id)).collect();
    let standing = Standing { groups, ..Standing::default() };
    PersonSet { key: text(key), name: text(key), bucket: BucketId(bucket), standing }
}

fn opened(person: PersonId, site: Option<u16>) -> Event {
    let route = Route::Tokens {
        bucket: BucketId(0),
        ticks: Ticks::ZERO,
        meter: Meter::StartedHour,
        unit_start: T0,
        grace_end: T0,
    };
    let place = Place { site: site.map(SiteId), ..Place::default() };
    let basis = Basis { place, ..Basis::default() };
    let (ask, product) = (Ask::default(), ProductId(1));
    Event::Opened(Opened { ask, person, product, route, tariff: 0, basis })
}

fn sites(world: &mut World) {
    let site = |key: &&str| Site {
        key: text(key),
        name: text(key),
        country: Country::new("ES").unwrap(),
        zone: Zone::utc(),
        networks: Vec::new(),
    };
    world.must(Event::SitesSet(["madrid", "bilbao"].iter().map(site).collect()));
}

#[test]
fn groups_are_those_people_are_in_now() {
    let mut world = world(&[charge(0, 0, 0, 10), charge(0, 1, 0, 4), charge(1, 2, 0, 3)], vec![]);
    world.must(Event::GroupsSet(vec![
        group("bridges", "department"),
        group("roads", "department"),
        group("p7", "project"),
    ]));
    world.must(Event::PeopleSet(vec![in_groups("anna", 0, &[0, 2]), in_groups("ben", 1, &[1])]));
    let by = |dimension: &str| Dimension::Group(text(dimension));
    let departments = ["bridges 10 1 -", "roads 4 1 -", " 3 1 -", "= 17 3 -"];
    check("departments", &world, by("department"), (0, 9), &departments);
    check("projects", &world, by("project"), (0, 9), &["p7 10 1 -", " 7 2 -", "= 17 3 -"]);
    check("no such dimension", &world, by("floor"), (0, 9), &[" 17 3 -", "= 17 3 -"]);
    let of_roads = Filter { group: Some(GroupId(1)), ..Filter::default() };
    let found = burn(&world.state, &Dimension::Person, &of_roads, MONDAY, MONDAY.plus(9));
    assert_eq!(found.rows.iter().map(|row| &row.key[..]).collect::<Vec<_>>(), ["ben"]);
}

#[test]
fn filters_and_dimensions_go_together() {
    let charges =
        [charge(0, 0, 0, 10), charge(0, 1, 0, 20), charge(1, 1, 1, 40), charge(2, 2, 4, 80)];
    let world = world(&charges, vec![]);
    let total = |filter: &Filter, by: &Dimension| {
        burn(&world.state, by, filter, MONDAY, MONDAY.plus(9)).total.ticks
    };
    let table = [
        (Filter::default(), 150),
        (Filter { product: Some(ProductId(0)), ..Filter::default() }, 30),
        (Filter::of_buckets(vec![BucketId(1)]), 60),
        (Filter::of_buckets(vec![BucketId(0), BucketId(1)]), 150),
        (Filter::of_buckets(vec![]), 0),
        (Filter { person: Some(BEN), ..Filter::default() }, 60),
        (Filter { product: Some(ProductId(0)), ..Filter::of_buckets(vec![BucketId(1)]) }, 20),
        (Filter { person: Some(ANNA), ..Filter::of_buckets(vec![BucketId(1)]) }, 0),
        (Filter { group: Some(GroupId(7)), ..Filter::default() }, 0),
    ];
    for (filter, expected) in table {
        for by in [Dimension::Day, Dimension::Product, Dimension::Source, Dimension::Weekday] {
            assert_eq!(total(&filter, &by), tokens(expected), "{filter:?} by {by:?}");
        }
    }
}

#[test]
fn projects_are_buckets_with_dates_and_all_below_them() {
    let mut world = world(&[charge(0, 0, 0, 10), charge(0, 1, 0, 4)], vec![]);
    let set = |key: &str, terms| BucketSet { key: text(key), name: text(key), terms };
    let dates = Period::Dates(MONDAY, MONDAY.plus(90));
    let project = BucketTerms { period: dates, ..BucketTerms::default() };
    let below = BucketTerms { parent: Some(BucketId(3)), ..BucketTerms::default() };
    world.must(Event::BucketsSet(vec![set("tunnel", project), set("design", below)]));
    let rows = [" 10 1 -", "tunnel 4 1 -", "= 14 2 -"];
    check("by the nearest above", &world, Dimension::Project, (0, 9), &rows);
}

#[test]
fn sources_are_told_apart() {
    let sources = [Source::Gate, Source::Log, Source::Generated, Source::Vendor];
    let charges: Vec<Charge> = (0..10).map(|n| unit(n, ANNA, sources[n as usize % 4])).collect();
    let rows = ["gate 3 3 -", "log 3 3 -", "generated 2 2 -", "vendor 2 2 -", "= 10 10 -"];
    check("sources", &world(&charges, vec![]), Dimension::Source, (0, 9), &rows);
}

#[test]
fn a_unit_belongs_to_the_site_of_the_last_opening_before_it() {
    let mut charges: Vec<Charge> = [1, 3, 5].map(|hour| unit(hour, ANNA, Source::Gate)).to_vec();
    charges.push(unit(7, ANNA, Source::Log));
    charges.push(unit(1, BEN, Source::Gate));
    let mut world = world(&charges, vec![]);
    sites(&mut world);
    let mut opens = Sites::default();
    let at = |minutes: i64| T0.plus(HOUR + minutes * 60);
    opens.note(at(0), &opened(ANNA, Some(0)));
    opens.note(at(60), &opened(ANNA, Some(1)));
    // In the very second of the unit's start, and the last of two.
    opens.note(at(240), &opened(ANNA, Some(0)));
    opens.note(at(240), &opened(ANNA, None));
    opens.note(at(1), &opened(BEN, Some(1)));
    let by = Dimension::Site(opens.of_people(&world.state));
    let rows = [" 3 3 -", "bilbao 1 1 -", "madrid 1 1 -", "= 5 5 -"];
    check("logs, opened later, opened nowhere known", &world, by, (0, 9), &rows);
}

#[test]
fn what_a_merged_identity_opened_belongs_to_the_person() {
    let mut world = world(&[unit(2, ANNA, Source::Gate)], vec![]);
    sites(&mut world);
    world.must(Event::PersonMerged { person: CLEO, into: Some(ANNA) });
    let mut opens = Sites::default();
    opens.note(T0, &opened(ANNA, Some(0)));
    opens.note(T0.plus(2 * HOUR), &opened(CLEO, Some(1)));
    let by = Dimension::Site(opens.of_people(&world.state));
    check("merged", &world, by, (0, 9), &["bilbao 1 1 -", "= 1 1 -"]);
    let rows = ["anna 1 1 -", "= 1 1 -"];
    check("the person", &world, Dimension::Person, (0, 9), &rows);
}

#[test]
fn clocks_and_calendars_are_local() {
    // Sunday 2026-10-25 has 25 hours in Madrid: 02:30 comes twice, at 00:30 and 01:30 UTC.
    let sunday =
        Zone::named("Europe/Madrid").unwrap().start_of(Date::from_ymd(2026, 10, 25).unwrap());
    let minutes = [-1, 0, 150, 210, 25 * 60 - 1, 25 * 60];
    let mut world = World::in_zone("Europe/Madrid");
    world.must(Event::TariffAdopted(TariffParts { prices: vec![], ..tariff(vec![]) }));
    let at = |minute: &i64| Charge { at: sunday.plus(minute * 60), ..unit(0, ANNA, Source::Log) };
    world.now = sunday.plus(9 * DAY);
    world.must(Event::UsageCharged(
        minutes.iter().map(at).map(|one| Charge { meter: Meter::Minute, ..one }).collect(),
    ));
    let days = (140, 150);
    let rows = ["2026-10-24 1 1 -", "2026-10-25 4 4 -", "2026-10-26 1 1 -", "= 6 6 -"];
    check("days", &world, Dimension::Day, days, &rows);
    let rows = ["mon 1 1 -", "sat 1 1 -", "sun 4 4 -", "= 6 6 -"];
    check("weekdays in their order", &world, Dimension::Weekday, days, &rows);
    let rows = ["00 2 2 -", "02 2 2 -", "23 2 2 -", "= 6 6 -"];
    check("hours", &world, Dimension::Hour, days, &rows);
    let rows =
        ["mon-00 1 1 -", "sat-23 1 1 -", "sun-00 1 1 -", "sun-02 2 2 -", "sun-23 1 1 -", "= 6 6 -"];
    check("a heat map", &world, Dimension::WeekHour, days, &rows);
    let rows = ["2026-10-25 4 4 -", "= 4 4 -"];
    check("a span of that day alone", &world, Dimension::Day, (146, 146), &rows);
}

#[test]
fn use_makes_a_persona() {
    let table = [
        (64, 64, true, Segment::Power),
        (48, 64, true, Segment::Power),
        (47, 64, true, Segment::Regular),
        (7, 20, true, Segment::Regular),
        (6, 20, true, Segment::Occasional),
        (1, 64, true, Segment::Occasional),
        (0, 64, true, Segment::Occasional),
        (0, 0, true, Segment::Occasional),
        (0, 64, false, Segment::Idle),
    ];
    for (used, working, any, expected) in table {
        assert_eq!(Segment::of(used, working, any), expected, "{used} of {working}, {any}");
    }
}

/// Of the 90 days that end on Friday 2026-06-05, 65 are Monday to Friday.
#[test]
fn personas_are_of_the_last_ninety_days() {
    let friday = 4;
    let on = |days: &mut dyn Iterator<Item = i64>, person: u32| -> Vec<Charge> {
        let working = days.filter(|day| MONDAY.plus(*day as i32).weekday() < 5);
        working.map(|day| Charge { person: PersonId(person), ..charge(day, 0, 1, 1) }).collect()
    };
    // Anna on 48 of the 64 working days that are left without a holiday, Ben on one day that lies just within,
    // Cleo on one just before.
    let mut days = (friday - 89..=friday).filter(|day| *day != 1);
    let mut charges = on(&mut days, 0);
    charges.truncate(48);
    charges.push(Charge { person: BEN, ..charge(friday - 89, 0, 1, 100) });
    charges.push(Charge { person: CLEO, ..charge(friday - 90, 0, 1, 1_000) });
    let mut world = World::new();
    world.must(Event::TariffAdopted(TariffParts { prices: vec![], ..tariff(vec![]) }));
    world.must(Event::UsageCharged(charges));
    let holidays = Schedule {
        key: text("office"),
        zone: Zone::utc(),
        hours: vec![Hours { weekdays: 31, from_minute: 0, until_minute: 1_440 }],
        except: vec![MONDAY.plus(1)],
        from: None,
        until: None,
    };
    world.must(Event::SchedulesSet(vec![holidays]));
    let rows = ["idle 1000 1 -", "occasional 100 1 -", "power 48 48 -", "= 1148 50 -"];
    check("derived", &world, Dimension::Segment, (-100, 4), &rows);
    world.must(Event::GroupsSet(vec![group("experts", "persona")]));
    world.must(Event::PeopleSet(vec![in_groups("cleo", 0, &[0])]));
    let rows = ["experts 1000 1 -", "occasional 100 1 -", "power 48 48 -", "= 1148 50 -"];
    check("said", &world, Dimension::Segment, (-100, 4), &rows);
}

fn dimensions(state: &State) -> Vec<Dimension> {
    let mut opens = Sites::default();
    opens.note(T0, &opened(ANNA, Some(0)));
    opens.note(T0.plus(40 * HOUR), &opened(BEN, Some(1)));
    let group = |name: &str| Dimension::Group(text(name));
    vec![
        Dimension::Day,
        Dimension::Weekday,
        Dimension::Hour,
        Dimension::WeekHour,
        Dimension::Product,
        Dimension::Person,
        Dimension::Bucket,
        Dimension::Project,
        group("department"),
        group("nothing"),
        Dimension::Site(opens.of_people(state)),
        Dimension::Segment,
        Dimension::Source,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// In every dimension, under every filter, the rows are the charges: none is left out, none is there twice.
    #[test]
    fn every_charge_has_one_row(
        units in prop::collection::btree_map((0u32..3, 0u16..3, 0i64..2_000), (1i64..9, 0u16..3, 0usize..4), 1..60),
        span in (0i32..90, 0i32..90),
        product in prop::option::of(0u16..3),
        bucket in prop::option::of(0u16..3),
    ) {
        let sources = [Source::Gate, Source::Log, Source::Generated, Source::Vendor];
        let charge = |((person, product, hour), (whole, bucket, source)): (&(u32, u16, i64), &(i64, u16, usize))| Charge {
            ticks: tokens(*whole),
            product: ProductId(*product),
            bucket: BucketId(*bucket),
            ..unit(*hour, PersonId(*person), sources[*source])
        };
        let charges: Vec<Charge> = units.iter().map(charge).collect();
        let mut world = World::in_zone("Europe/Madrid");
        sites(&mut world);
        world.must(Event::GroupsSet(vec![group("bridges", "department")]));
        world.must(Event::PeopleSet(vec![in_groups("anna", 0, &[0])]));
        world.must(Event::UsageCharged(charges.clone()));
        let (from, to) = (MONDAY.plus(span.0), MONDAY.plus(span.1));
        let buckets = bucket.map(|id| vec![BucketId(id)]);
        let filter = Filter { product: product.map(ProductId), buckets, ..Filter::default() };
        let zone = world.state.zone();
        let ours = |one: &&Charge| {
            let date = zone.date(one.at);
            from <= date && date <= to && product.is_none_or(|id| one.product == ProductId(id))
                && bucket.is_none_or(|id| one.bucket == BucketId(id))
        };
        let expected: Vec<&Charge> = charges.iter().filter(ours).collect();
        let ticks: Ticks = expected.iter().map(|one| one.ticks).sum();
        for by in dimensions(&world.state) {
            let found = burn(&world.state, &by, &filter, from, to);
            prop_assert_eq!(found.total.ticks, ticks, "{:?}", by);
            prop_assert_eq!(found.total.charges, expected.len() as u64, "{:?}", by);
            let rows: Ticks = found.rows.iter().map(|row| row.sum.ticks).sum();
            prop_assert_eq!(rows, ticks, "{:?}", by);
            let mut keys: Vec<&str> = found.rows.iter().map(|row| &row.key[..]).collect();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), found.rows.len(), "two rows of one key: {:?}", by);
        }
    }
}
