//! Scripts of what caps count. A line is `hours:minutes command => answer`, from Monday 2026-06-01 00:00 UTC.
//! After each line the state is written down and read back, and must be the same.

use super::*;
use crate::estate::{Cidr, Country, Evidence, Network, Site, Standing};
use crate::event::{Cause, Charge, Event, PersonSet, Receipt, Source, Trial, Unit};
use crate::ledger::Refusal;
use crate::state::State;
use crate::state::tests::{T0, World, tokens};
use crate::tariff::Meter;
use crate::when::DAY;
use proptest::prelude::*;
use std::collections::VecDeque;

/// A cap from words: `tokens day person 20`, then `product=`, `bucket=`, `person=`, `group=` numbers, `confirm`,
/// `trial`.
fn cap(text: &str) -> Cap {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [measure, span, each, limit, more @ ..] = &words[..] else { panic!("{text}") };
    let number = |text: &str| text.parse::<i64>().unwrap();
    let mut cap = Cap {
        key: text.replace([' ', '='], "-"),
        person: None,
        group: None,
        product: None,
        bucket: None,
        each: match *each {
            "person" => Each::Person,
            "room" => Each::Room,
            _ => Each::Together,
        },
        measure: match *measure {
            "tokens" => Measure::Tokens,
            "opens" => Measure::Opens,
            "running" => Measure::Running,
            _ => Measure::People,
        },
        span: match *span {
            "day" => Span::Day,
            "week" => Span::Week,
            "month" => Span::Month,
            seconds => Span::Seconds(number(seconds)),
        },
        limit: number(limit),
        then: Then::Refuse,
        mode: Mode::Enforce,
    };
    if cap.measure == Measure::Tokens {
        cap.limit = tokens(cap.limit).0;
    }
    for word in more {
        match word.split_once('=').unwrap_or((word, "0")) {
            ("product", id) => cap.product = Some(ProductId(number(id).try_into().unwrap())),
            ("bucket", id) => cap.bucket = Some(BucketId(number(id).try_into().unwrap())),
            ("person", id) => cap.person = Some(PersonId(number(id).try_into().unwrap())),
            ("group", id) => cap.group = Some(GroupId(number(id).try_into().unwrap())),
            ("confirm", _) => cap.then = Then::Confirm,
            ("trial", _) => cap.mode = Mode::Monitor,
            _ => panic!("no such word: {word}"),
        }
    }
    cap
}

/// Runs a script under these caps, in a contract with one site of two rooms and everybody in group 0 but Cleo.
fn check(name: &str, caps: &[&str], script: &str) {
    let mut world = world();
    world.must(Event::CapsSet(caps.iter().map(|text| cap(text)).collect()));
    let mut sessions = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once(" => ").unwrap();
        let mut words = command.split_whitespace();
        let (hours, minutes) = words.next().unwrap().split_once(':').unwrap();
        let whole = |text: &str| text.parse::<i64>().unwrap();
        world.now = T0.plus(whole(hours) * 3_600 + whole(minutes) * 60);
        let words: Vec<&str> = words.collect();
        assert_eq!(run(&mut world, &mut sessions, &words), expected, "{name}: {line}");
        let restored = State::restore(world.state.checkpoint()).unwrap();
        assert_eq!(restored.counts(), world.state.counts(), "{name}: {line}: read back");
    }
}

fn world() -> World {
    let mut world = World::new();
    let network = |cidr: &str, room: &str| Network {
        cidr: cidr.parse::<Cidr>().unwrap(),
        room: Some(room.to_owned()),
        vpn: false,
    };
    world.must(Event::SitesSet(vec![Site {
        key: "school".to_owned(),
        name: String::new(),
        country: Country::new("ES").unwrap(),
        zone: Zone::utc(),
        // The first room has a wire and a radio.
        networks: vec![
            network("10.1.0.0/24", "a"),
            network("10.2.0.0/24", "b"),
            network("10.3.0.0/24", "a"),
        ],
    }]));
    let group = crate::estate::Group {
        key: "students".to_owned(),
        name: String::new(),
        dimension: None,
        parents: Vec::new(),
    };
    world.must(Event::GroupsSet(vec![group]));
    let person = |key: &str, groups: &[u32]| PersonSet {
        key: key.to_owned(),
        name: key.to_owned(),
        bucket: BucketId(0),
        standing: Standing {
            groups: groups.iter().map(|id| GroupId(*id)).collect(),
            ..Standing::default()
        },
    };
    world.must(Event::PeopleSet(vec![
        person("anna", &[0]),
        person("ben", &[0]),
        person("cleo", &[]),
    ]));
    world.must(Event::PeopleSet((0..30).map(|n| person(&format!("p{n}"), &[])).collect()));
    world
}

fn run(world: &mut World, sessions: &mut Vec<SessionId>, words: &[&str]) -> String {
    let session = |number: &str| sessions[number.parse::<usize>().unwrap() - 1];
    match words {
        ["open", person, product, more @ ..] => {
            let mut ask = World::ask(person, product, None);
            for word in more {
                match word.split_once('=') {
                    Some(("from", address)) => {
                        let address = Some(address.parse().unwrap());
                        ask.more.evidence = Evidence { address, ..Evidence::default() };
                    }
                    _ => ask.more.confirmed = true,
                }
            }
            match world.open(&ask) {
                Event::Opened(opened) => {
                    sessions.push(SessionId(world.state.seq()));
                    match opened.basis.trial {
                        Some(Trial::Refuses(reason, rule)) => {
                            format!("ok but {} by {}", reason.code(), rule.unwrap())
                        }
                        _ => "ok".to_owned(),
                    }
                }
                Event::Refused(refused) => refused.reason.code().to_owned(),
                _ => unreachable!(),
            }
        }
        ["alive", number] => world.alive(session(number)).len().to_string(),
        ["close", number] => world.end(session(number), Cause::Closed).len().to_string(),
        ["silent", number] => world.end(session(number), Cause::Silent).len().to_string(),
        ["charge", person, product, whole] => {
            world.must(Event::UsageCharged(vec![charge(world, person, product, whole)]));
            "ok".to_owned()
        }
        ["late", person, product, whole, hours] => {
            let at = T0.plus(hours.parse::<i64>().unwrap() * 3_600);
            let late = Charge { at, ..charge(world, person, product, whole) };
            world.must(Event::UsageCharged(vec![late]));
            "ok".to_owned()
        }
        ["reverse", person, product] => {
            let Unit { person, product, .. } = charge(world, person, product, "1").unit();
            let unit = world.state.charges().of_pair((person, product)).next_back().unwrap().unit();
            world.must(Event::UsageReversed(vec![unit]));
            "ok".to_owned()
        }
        ["caps", ..] => {
            let caps = words[1..].join(" ");
            world.must(Event::CapsSet(caps.split(", ").map(cap).collect()));
            "ok".to_owned()
        }
        other => panic!("no such command: {other:?}"),
    }
}

fn charge(world: &World, person: &str, product: &str, whole: &str) -> Charge {
    let estate = world.state.estate();
    Charge {
        at: world.now,
        ticks: tokens(whole.parse().unwrap()),
        person: estate.person_called(person).unwrap(),
        product: estate.product_called(product).unwrap(),
        bucket: BucketId(0),
        meter: Meter::Minute,
        source: Source::Log,
        paid: true,
    }
}

#[test]
fn a_cap_is_reached_exactly() {
    check(
        "tokens of a day",
        &["tokens day person 14"],
        "0:00 open ben revit => ok
         0:01 open ben civil-3d => daily-cap-reached
         0:01 open ben daily => ok
         0:02 open ben minutely => daily-cap-reached
         0:02 open ben revit => ok
         0:02 open cleo revit => ok
         24:00 open ben civil-3d => ok",
    );
    check(
        "opens of a span",
        &["opens 600 together 2"],
        "0:00 open ben revit => ok
         0:05 open cleo revit => ok
         0:06 open ben revit => window-cap-reached
         0:09 open anna civil-3d => window-cap-reached
         0:10 open anna civil-3d => ok
         0:14 open ben revit => window-cap-reached
         0:15 open ben revit => ok",
    );
    check(
        "weeks begin on Monday, months on the first",
        &["opens week person 1 product=0", "opens month person 1 product=1"],
        "0:00 open ben revit => ok
         167:59 open ben revit => monthly-cap-reached
         168:00 open ben revit => ok
         168:00 open ben hourly => ok
         719:59 open ben hourly => monthly-cap-reached
         720:00 open ben hourly => ok",
    );
    check(
        "running at once",
        &["running day person 1 group=0", "running day together 2"],
        "0:00 open ben revit => ok
         0:01 open ben revit => concurrent-cap-reached
         0:01 open cleo revit => ok
         0:02 open cleo daily => concurrent-cap-reached
         0:03 close 1 => 1
         0:03 open cleo daily => ok
         0:04 open ben revit => concurrent-cap-reached
         0:20 silent 2 => 1
         0:20 open ben revit => ok",
    );
    check(
        "nothing at all",
        &["tokens month together 0"],
        "0:00 open ben revit => monthly-cap-reached
         0:00 open anna civil-3d => ok",
    );
}

#[test]
fn a_cap_counts_what_it_is_for() {
    check(
        "a person",
        &["opens day together 0 person=1"],
        "0:00 open ben revit => daily-cap-reached
         0:00 open cleo revit => ok",
    );
    check(
        "a group",
        &["opens day together 1 group=0"],
        "0:00 open cleo revit => ok
         0:00 open ben revit => ok
         0:00 open anna revit => daily-cap-reached",
    );
    check(
        "a product",
        &["opens day person 0 product=2"],
        "0:00 open ben daily => daily-cap-reached
         0:00 open ben revit => ok",
    );
    check(
        "a bucket, not a seat",
        &["opens day together 0 bucket=0"],
        "0:00 open anna civil-3d => ok
         0:00 open ben revit => daily-cap-reached",
    );
    check(
        "each room, whichever of its networks; what comes from none is not counted",
        &["opens day room 2"],
        "0:00 open ben revit from=10.1.0.1 => ok
         0:00 open ben revit from=10.3.0.1 => ok
         0:01 open ben revit from=10.1.0.9 => daily-cap-reached
         0:01 open ben revit from=10.2.0.1 => ok
         0:01 open ben revit from=10.9.0.1 => ok
         0:01 open ben revit => ok",
    );
}

#[test]
fn what_is_given_back_counts_no_longer() {
    check(
        "voided and expired",
        &["tokens day person 10"],
        "0:00 open ben revit => ok
         0:01 open ben daily => daily-cap-reached
         0:02 close 1 => 1
         0:03 open ben daily => ok
         0:04 open ben revit => daily-cap-reached
         0:30 silent 2 => 1
         0:30 open ben revit => ok
         0:40 alive 3 => 1
         0:40 open ben minutely => daily-cap-reached",
    );
    check(
        "a void after midnight goes to the day of its launch",
        &["tokens day person 10"],
        "23:58 open ben revit => ok
         24:01 close 1 => 1
         24:01 open ben civil-3d => ok
         24:02 open ben daily => daily-cap-reached",
    );
    check(
        "corrections",
        &["tokens day person 10", "tokens 3600 together 30"],
        "0:00 charge ben revit 8 => ok
         0:01 open ben daily => daily-cap-reached
         0:01 reverse ben revit => ok
         0:01 open ben daily => ok
         0:02 charge cleo revit 26 => ok
         0:03 open anna revit => window-cap-reached
         0:03 reverse cleo revit => ok
         0:03 open anna revit => ok",
    );
    check(
        "late reports count for the day of their use",
        &["tokens day person 10"],
        "47:00 open ben daily => ok
         47:00 late ben revit 9 12 => ok
         47:01 open ben hourly => ok
         47:02 late ben civil-3d 1 30 => ok
         47:03 open ben minutely => daily-cap-reached",
    );
}

/// Twenty of one room in ten minutes: the twentieth is asked, those who confirm go through, the others do not.
#[test]
fn a_class_is_asked() {
    let mut script = String::new();
    for n in 0..19 {
        script += &format!("0:0{} open p{n} revit from=10.1.0.1 => ok\n", n % 5);
    }
    let script = sorted(&script)
        + "0:05 open p19 revit from=10.1.0.1 => confirmation-needed
           0:05 open p19 revit from=10.2.0.1 => ok
           0:06 open p20 revit from=10.3.0.1 confirmed => ok
           0:06 open p21 revit from=10.1.0.1 => confirmation-needed
           0:06 open p0 revit from=10.1.0.1 => confirmation-needed
           0:06 open p0 revit from=10.1.0.1 confirmed => ok
           0:07 open p0 revit => ok
           0:13 open p21 revit from=10.1.0.1 => ok";
    check("a class", &["people 600 room 19 confirm"], &script);
    check(
        "the same person counts once",
        &["people day together 2", "people week together 3"],
        "0:00 open ben revit => ok
         0:01 open ben daily => ok
         0:02 open ben revit => ok
         0:02 open cleo revit => ok
         0:03 open cleo revit => ok
         0:03 open anna revit => daily-cap-reached
         24:00 open anna revit => ok
         25:00 open p1 revit => monthly-cap-reached
         25:00 open ben revit => ok",
    );
}

/// Time does not go back in a journal.
fn sorted(script: &str) -> String {
    let mut lines: Vec<&str> = script.lines().collect();
    lines.sort_unstable();
    lines.join("\n") + "\n"
}

#[test]
fn caps_on_trial_are_only_watched() {
    check(
        "on trial",
        &["opens day person 1 trial", "opens day person 2"],
        "0:00 open ben revit => ok
         0:01 open ben revit => ok but daily-cap-reached by opens-day-person-1-trial
         0:02 open ben revit => daily-cap-reached",
    );
    check(
        "of several that are reached, the most fundamental is named",
        &["opens month person 1", "opens day person 1", "running day person 1"],
        "0:00 open ben revit => ok
         0:01 open ben revit => concurrent-cap-reached
         0:02 close 1 => 1
         0:03 open ben revit => daily-cap-reached
         24:03 open ben revit => monthly-cap-reached",
    );
}

#[test]
fn caps_that_stay_as_they_are_go_on_counting() {
    check(
        "another limit is the same count, under its key",
        &["opens day person 1", "running day person 1"],
        "0:00 open ben revit => ok
         0:01 caps running day person 1, opens day person 1 => ok
         0:01 open ben revit => concurrent-cap-reached
         0:02 close 1 => 1
         0:02 open ben revit => daily-cap-reached
         0:03 caps opens week person 1 => ok
         0:03 open ben revit => ok
         0:04 caps running day together 1 => ok
         0:04 open cleo revit => concurrent-cap-reached
         0:05 close 2 => 1
         0:05 open cleo revit => ok
         0:05 caps opens day person 9 => ok
         0:06 close 3 => 1
         0:06 caps running day together 1 => ok
         0:06 open ben revit => ok",
    );
    let mut world = world();
    let one = cap("opens day person 1");
    world.must(Event::CapsSet(vec![one.clone()]));
    world.open(&World::ask("ben", "revit", None));
    let raised = Cap { limit: 2, then: Then::Confirm, mode: Mode::Monitor, ..one.clone() };
    world.must(Event::CapsSet(vec![raised]));
    let used = used(&world);
    let counted = |world: &World| {
        let (counts, state) = (world.state.counts(), &world.state);
        counts.counted(0, &counts.caps()[0], state.estate(), state.zone(), &used)
    };
    assert_eq!(counted(&world), Some(1));
    world.must(Event::CapsSet(vec![Cap { key: "another".to_owned(), ..one }]));
    assert_eq!(counted(&world), Some(0));
}

fn used(world: &World) -> Used {
    let (person, product) = (PersonId(1), ProductId(0));
    Used { person, product, bucket: None, place: Place::default(), at: world.now }
}

/// However long a contract lasts, a cap remembers what it can still count, and little more.
#[test]
fn old_counts_are_forgotten() {
    let mut world = world();
    let texts = ["opens day together 999", "people day together 999", "opens 600 together 999"];
    world.must(Event::CapsSet(texts.map(cap).to_vec()));
    for _ in 0..40 {
        for person in ["ben", "cleo", "ben"] {
            world.open(&World::ask(person, "daily", None));
            let id = SessionId(world.state.seq());
            world.end(id, Cause::Closed);
        }
        world.now = world.now.plus(DAY / 2);
    }
    let tapes = world.state.counts().data().tapes;
    let lengths: Vec<usize> = tapes.iter().map(|(.., tape)| tape.len()).collect();
    assert_eq!(lengths, [3, 6, 1]);
}

#[test]
fn a_refused_event_counts_nothing() {
    let mut world = world();
    world.must(Event::CapsSet(vec![cap("tokens day together 900")]));
    let before = world.state.counts().clone();
    let huge = charge(&world, "ben", "revit", "301");
    let refused = world.happen(&Event::UsageCharged(vec![huge]));
    let floor = Refusal::BelowFloor(crate::ledger::Account::Available(BucketId(0)));
    assert_eq!(refused, Err(floor.into()));
    assert_eq!(world.state.counts(), &before);
    world.must(Event::Imported(Receipt::default()));
}

/// What was counted for one subject: amounts by when, oldest first. For a calendar span each entry stands for
/// a whole period, at its start; where people are counted, for one of them in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Plain(VecDeque<(Instant, i64, PersonId)>);

impl Plain {
    fn add(&mut self, cap: &Cap, zone: &Zone, at: Instant, amount: i64, person: PersonId) {
        let start = period_start(cap.span, zone, at);
        if !matches!(cap.span, Span::Seconds(_)) {
            let people = cap.measure == Measure::People;
            let same = |entry: &&mut (Instant, i64, PersonId)| {
                entry.0 == start && (!people || entry.2 == person)
            };
            if let Some(entry) = self.0.iter_mut().rev().find(same) {
                entry.1 = entry.1.saturating_add(amount);
                return;
            }
        }
        let place = self.0.partition_point(|entry| entry.0 <= start);
        self.0.insert(place, (start, amount, person));
        if let Span::Seconds(seconds) = cap.span {
            // One span more than is counted, for late corrections.
            let newest = self.0.back().map_or(at, |entry| entry.0);
            let oldest = newest.plus(seconds.saturating_mul(2).saturating_neg());
            while self.0.front().is_some_and(|entry| entry.0 < oldest) {
                self.0.pop_front();
            }
        } else {
            self.forget_old_periods();
        }
    }

    fn forget_old_periods(&mut self) {
        let mut starts: Vec<Instant> = self.0.iter().map(|entry| entry.0).collect();
        starts.dedup();
        let oldest = starts.iter().rev().nth(2);
        while self.0.front().is_some_and(|entry| oldest.is_some_and(|oldest| entry.0 < *oldest)) {
            self.0.pop_front();
        }
    }

    /// What counts at `now`. For people: how many different ones, `person` aside.
    fn count(&self, cap: &Cap, zone: &Zone, now: Instant, person: PersonId) -> i64 {
        let since = match cap.span {
            Span::Seconds(seconds) => now.plus(seconds.saturating_neg()).plus(1),
            _ => period_start(cap.span, zone, now),
        };
        let recent = self.0.iter().rev().take_while(|entry| entry.0 >= since);
        let recent = recent.filter(|entry| entry.0 <= now);
        if cap.measure == Measure::People {
            let mut people: Vec<PersonId> = recent.map(|entry| entry.2).collect();
            people.sort_unstable();
            people.dedup();
            let others = people.iter().filter(|other| **other != person).count();
            return i64::try_from(others).unwrap_or(i64::MAX);
        }
        recent.map(|entry| entry.1).fold(0, i64::saturating_add)
    }
}

/// What is counted is what looking at every use gives.
#[test]
fn tapes_count_as_a_plain_list_does() {
    let step = (0..5_000_i64, -3_000..1_i64, -5..9_i64, 0..4_u32, any::<bool>());
    let texts = ["tokens", "opens", "people"];
    let spans = ["600", "day", "week", "month", "90000", "1"];
    let cases = (0..texts.len(), 0..spans.len(), proptest::collection::vec(step, 1..60));
    proptest!(|((text, span, steps) in cases)| {
        let cap = cap(&format!("{} {} together 9", texts[text], spans[span]));
        let zone = Zone::utc();
        let (mut tape, mut plain, mut now) = (Tape::new(&cap), Plain::default(), T0);
        for (wait, late, amount, person, far) in steps {
            now = now.plus(if far { wait * 40 } else { wait });
            // People are counted as they come, tokens also late.
            let is_people = cap.measure == Measure::People;
            let (at, amount) = if is_people { (now, 1) } else { (now.plus(late * 20), amount) };
            tape.add(&cap, &zone, at, amount, PersonId(person));
            plain.add(&cap, &zone, at, amount, PersonId(person));
            for later in [0, 1, 599, 600, 40_000] {
                let (at, who) = (now.plus(later), PersonId(later as u32 % 4));
                let counted = plain.count(&cap, &zone, at, who);
                prop_assert_eq!(tape.count(&cap, &zone, at, who), counted);
                let restored = Tape::of(&cap, tape.data());
                prop_assert_eq!(restored.count(&cap, &zone, at, who), counted);
                prop_assert_eq!(&restored, &tape);
            }
        }
    });
}
