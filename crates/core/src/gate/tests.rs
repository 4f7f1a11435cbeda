//! Scripts of what happens at the gate. A line is `hours:minutes command => answer`, counted from Monday
//! 2026-06-01 00:00 UTC; sessions are numbered from 1 in the order opened.

use super::*;
use crate::budget::Terms;
use crate::estate::{BucketId, BucketTerms, SeatId};
use crate::event::{AgentSaid, BucketSet, Fare, Move, MoveCause, Reason};
use crate::state::tests::{World, dollars, tokens};
use crate::when::DAY;

mod fares;
mod leases;
mod reasons;

/// The buckets of [`World::new`] as a tree: `lab` below `design`, which is Ben's, below `general`.
fn branched() -> World {
    let mut world = World::new();
    for (key, parent) in [("design", 0), ("lab", 1)] {
        let terms = BucketTerms { parent: Some(BucketId(parent)), ..BucketTerms::default() };
        let (key, name) = (key.to_owned(), key.to_owned());
        world.must(Event::BucketsSet(vec![BucketSet { key, name, terms }]));
    }
    world
}

/// Runs a script and compares every answer.
fn check(name: &str, script: &str) {
    check_in(World::new(), name, script);
}

fn check_in(world: World, name: &str, script: &str) -> World {
    check_under(Policies::default(), world, name, script)
}

/// Runs a script on this contract under these policies; returns what it has become.
fn check_under(policies: Policies<'_>, mut world: World, name: &str, script: &str) -> World {
    let base = crate::state::tests::T0;
    let mut sessions = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once(" => ").unwrap();
        let mut words = command.split_whitespace();
        let (hours, minutes) = words.next().unwrap().split_once(':').unwrap();
        let whole = |text: &str| text.parse::<i64>().unwrap();
        world.now = base.plus(whole(hours) * 3_600 + whole(minutes) * 60);
        let words: Vec<&str> = words.collect();
        assert_eq!(run(&mut world, policies, &mut sessions, &words), expected, "{name}: {line}");
    }
    world
}

fn run(
    world: &mut World,
    policies: Policies<'_>,
    sessions: &mut Vec<SessionId>,
    words: &[&str],
) -> String {
    let session = |number: &str| sessions[number.parse::<usize>().unwrap() - 1];
    match words {
        ["open", person, product, more @ ..] => {
            let event = world.open_under(policies, &asked(person, product, more));
            if matches!(event, Event::Opened(_)) {
                sessions.push(SessionId(world.state.seq()));
            }
            said(&event)
        }
        ["alive", number] => all_said(&world.alive(session(number))),
        ["close", number] => all_said(&world.end(session(number), Cause::Closed)),
        ["silent", number] => all_said(&world.end(session(number), Cause::Silent)),
        ["due", number] => {
            let id = session(number);
            next_due(&world.state, &world.state.sessions()[&id]).map_or("never".into(), clock)
        }
        ["until", number] => {
            world.state.sessions()[&session(number)].lease.map_or("never".into(), clock)
        }
        ["lost"] => {
            let mut events = Vec::new();
            while let Some(event) = lease_end(&world.state, world.now) {
                world.must(event.clone());
                events.push(event);
            }
            all_said(&events)
        }
        ["expire"] => {
            let mut events = Vec::new();
            while let Some(event) = expiry(&world.state, world.now) {
                world.must(event.clone());
                events.push(event);
            }
            all_said(&events)
        }
        ["left", bucket] => {
            let id = BucketId(bucket.parse().unwrap());
            let balance = world.state.ledger().bucket(id).unwrap();
            format!("{} and {} held", balance.available, balance.held)
        }
        ["seat", seat, "to", person] => {
            let seat = SeatId(seat.parse().unwrap());
            let person = world.state.estate().person_called(person);
            let moved = world.happen(&Event::SeatMoved { seat, person });
            moved.map_or_else(|broken| broken.to_string(), |()| "ok".to_owned())
        }
        ["terms", settings @ ..] => {
            let mut terms = world.state.terms().clone();
            settings.iter().for_each(|setting| set(&mut terms, setting));
            world.must(Event::TermsSet(terms));
            "ok".to_owned()
        }
        ["worth", cents] => {
            let micros = cents.parse::<i64>().unwrap() * 10_000;
            world.must(Event::ShadowPriced(dollars(micros)));
            "ok".to_owned()
        }
        other => panic!("no such command: {other:?}"),
    }
}

/// What is asked, with what is said besides: a bucket, `host=`, `fare=`, `from=` an address, `confirmed`; and
/// by an agent: `agent`, `agreed=` tokens, `lease=` seconds, `clock-wrong`.
fn asked(person: &str, product: &str, more: &[&str]) -> Ask {
    let mut ask = World::ask(person, product, None);
    for word in more {
        match word.split_once('=') {
            Some(("host", host)) => ask.host = host.to_owned(),
            Some(("agreed", whole)) => {
                agent(&mut ask).agreed = Some(tokens(whole.parse().unwrap()))
            }
            Some(("lease", seconds)) => agent(&mut ask).lease = Some(seconds.parse().unwrap()),
            Some(("from", address)) => {
                ask.more.evidence.address = Some(address.parse().unwrap());
            }
            Some(("fare", fare)) => {
                let fares = [Fare::Seat, Fare::FreeSeat, Fare::Tokens];
                ask.more.fare = fares.into_iter().find(|known| known.key() == fare);
            }
            None if *word == "confirmed" => ask.more.confirmed = true,
            None if *word == "agent" => drop(agent(&mut ask)),
            None if *word == "clock-wrong" => agent(&mut ask).clock_wrong = true,
            None => ask.bucket = Some((*word).to_owned()),
            Some(_) => panic!("no such thing can be said: {word}"),
        }
    }
    ask
}

/// What the agent says that asks.
fn agent(ask: &mut Ask) -> &mut AgentSaid {
    ask.more.agent.get_or_insert_default()
}

fn set(terms: &mut Terms, setting: &str) {
    let (name, value) = setting.split_once('=').unwrap();
    let number = value.parse::<u32>().unwrap();
    match name {
        "moves" => terms.seat_moves_a_day = number,
        "hosts" => terms.seat_hosts_max = Some(number),
        "cents" => terms.seat_move_cost = Some(dollars(i64::from(number) * 10_000)),
        "carry" => terms.carry = Some((number * 10_000, 30 * DAY)),
        _ => panic!("no such term: {name}"),
    }
}

fn all_said(events: &[Event]) -> String {
    let texts: Vec<String> = events.iter().map(said).collect();
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
}

fn said(event: &Event) -> String {
    match event {
        Event::Opened(Opened { route: Route::Seat(seat), .. }) => format!("seat {}", seat.0),
        Event::Opened(Opened { route: Route::FreeSeat(seat), .. }) => {
            format!("free seat {}", seat.0)
        }
        Event::Opened(Opened { route, .. }) => {
            let Route::Tokens { bucket, ticks, unit_start, .. } = route else { unreachable!() };
            format!("{ticks} of bucket {} from {}", bucket.0, clock(*unit_start))
        }
        Event::Refused(refused) => refused.reason.code().to_owned(),
        Event::HoldEnded { outcome, .. } => format!("{outcome:?}").to_lowercase(),
        Event::UnitCharged(charge) => {
            let paid = if charge.paid { "paid" } else { "uncovered" };
            format!("{} {paid} from {}", charge.ticks, clock(charge.at))
        }
        Event::Closed { hold, .. } => {
            hold.map_or("closed".into(), |h| format!("{h:?}").to_lowercase())
        }
        Event::PackExpired { pack, breakage } => {
            let shares: Vec<String> = breakage.buckets.iter().map(ToString::to_string).collect();
            format!("pack {pack}: {} + {}", breakage.unallocated, shares.join("/"))
        }
        Event::CarriedForward { pack, ticks, .. } => format!("pack {pack}: {ticks} carried"),
        other => panic!("unexpected {other:?}"),
    }
}

fn clock(at: Instant) -> String {
    let minutes = at.since(crate::state::tests::T0) / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

#[test]
fn a_refusal_counts_and_changes_nothing_else() {
    let mut world = branched();
    let before = world.state.checkpoint();
    world.open(&World::ask("ben", "revit", Some("lab")));
    let mut after = world.state.checkpoint();
    assert_eq!(after.refusals, [(Reason::BucketExhausted, 1)]);
    assert_eq!(after.tally.refused, 1);
    (after.refusals, after.tally) = (before.refusals.clone(), before.tally);
    (after.seq, after.at) = (before.seq, before.at);
    assert_eq!(after, before);
}

#[test]
fn a_seat_that_covers_the_product_goes_before_tokens() {
    check(
        "seat",
        "0:00 open anna civil-3d => seat 0
         0:01 open ANNA@Example.com Civil-3D => seat 0
         0:02 due 1 => never
         2:00 alive 1 => nothing
         2:00 close 1 => closed
         2:00 left 0 => 300 and 0 held
         2:00 open anna revit => 10 of bucket 0 from 2:00
         720:00 open anna civil-3d => 9 of bucket 0 from 720:00
         720:00 open cleo civil-3d => 9 of bucket 0 from 720:00",
    );
}

#[test]
fn tokens_are_held_posted_after_grace_and_cover_24_hours() {
    check(
        "tokens",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:00 left 1 => 30 and 10 held
         9:00 due 1 => 9:05
         9:04 alive 1 => nothing
         9:05 alive 1 => posted
         9:05 left 1 => 30 and 0 held
         9:05 due 1 => 33:00
         17:00 close 1 => closed
         32:59 open ben revit => 0 of bucket 1 from 9:00
         32:59 close 2 => closed
         33:00 open ben revit => 10 of bucket 1 from 33:00",
    );
    check_in(
        branched(),
        "a chosen bucket pays",
        "9:00 open ben revit general => 10 of bucket 0 from 9:00
         9:00 left 0 => 290 and 10 held",
    );
}

/// Ben pays from `design`; `lab` lies beside it, and Cleo owns it.
#[test]
fn whoever_chooses_a_bucket_chooses_one_of_theirs() {
    let mut apart = World::new();
    let owned = BucketTerms { owners: vec![PersonId(2)], ..BucketTerms::default() };
    let set = |terms| {
        let (key, name) = ("lab".to_owned(), "lab".to_owned());
        Event::BucketsSet(vec![BucketSet { key, name, terms }])
    };
    apart.must(set(owned.clone()));
    apart.must(Event::TokensMoved(Move {
        from: None,
        to: Some(BucketId(2)),
        ticks: tokens(100),
        cause: MoveCause::Order,
        why: String::new(),
    }));
    let apart = check_in(
        apart,
        "beside their own",
        "0:00 open ben revit lab => bucket-not-yours
         0:00 open ben revit general => bucket-not-yours
         0:00 open ben unrated lab => bucket-not-yours
         0:00 open anna civil-3d lab => bucket-not-yours
         0:00 open cleo revit design => bucket-not-yours
         0:00 open cleo revit lab => 10 of bucket 2 from 0:00
         0:00 open ben revit design => 10 of bucket 1 from 0:00
         0:01 open ben revit lab => bucket-not-yours
         0:01 left 2 => 90 and 10 held",
    );
    let below = |parent| BucketTerms { parent: Some(BucketId(parent)), ..owned.clone() };
    for (parent, said) in [(1, "10 of bucket 2 from 0:01"), (0, "bucket-not-yours")] {
        let mut world = apart.clone();
        world.must(set(below(parent)));
        let script = format!("0:01 open ben daily lab => {}", said.replace("10", "4"));
        check_in(world, "below their own, or below none of theirs", &script);
    }
    let mut world = apart;
    world.must(set(BucketTerms::default()));
    world.must(Event::TermsSet(Terms { owners: vec![PersonId(1)], ..Terms::default() }));
    check_in(
        world,
        "whoever decides on all that nobody owns",
        "0:01 open ben daily lab => 4 of bucket 2 from 0:01
         0:01 open cleo daily design => bucket-not-yours",
    );
}

#[test]
fn a_second_machine_in_the_same_window_costs_nothing() {
    check_in(
        branched(),
        "second machine",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:02 open ben revit => 0 of bucket 1 from 9:00
         9:03 close 1 => closed
         9:03 left 1 => 30 and 10 held
         9:06 alive 2 => posted
         9:10 open ben revit general => 0 of bucket 1 from 9:00
         10:00 close 3 => closed
         10:00 close 2 => closed
         10:00 left 1 => 30 and 0 held",
    );
}

#[test]
fn a_launch_within_the_grace_costs_nothing() {
    check(
        "voided by the last to close",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:01 open ben revit => 0 of bucket 1 from 9:00
         9:02 close 1 => closed
         9:04 close 2 => voided
         9:04 left 1 => 40 and 0 held
         9:04 open ben revit => 10 of bucket 1 from 9:04",
    );
    check(
        "closing at the end of the grace is use",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 close 1 => posted, closed",
    );
}

#[test]
fn a_hold_expires_when_the_workstation_falls_silent() {
    check(
        "silent within the grace",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:03 alive 1 => nothing
         9:20 silent 1 => expired
         9:20 left 1 => 40 and 0 held",
    );
    check(
        "silent after the grace",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         9:20 silent 1 => closed
         9:20 left 1 => 30 and 0 held",
    );
}

#[test]
fn a_running_session_is_charged_for_the_next_window() {
    check(
        "without a break",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         32:55 alive 1 => nothing
         33:00 alive 1 => nothing
         33:01 alive 1 => 10 paid from 33:00
         33:02 due 1 => 57:00",
    );
    check(
        "idle over the boundary: delayed to the first activity",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         36:00 alive 1 => 10 paid from 36:00
         36:00 due 1 => 60:00",
    );
    check(
        "use lasts 15 minutes beyond the last activity, over the boundary too",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         32:50 alive 1 => nothing
         36:00 alive 1 => 10 paid from 33:00",
    );
}

#[test]
fn hour_meters_run_while_the_session_does() {
    check(
        "hours",
        "9:00 open cleo hourly => 5 of bucket 0 from 9:00
         9:10 alive 1 => posted
         9:50 alive 1 => nothing
         10:00 alive 1 => nothing
         10:05 alive 1 => 5 paid from 10:00
         11:15 alive 1 => 5 paid from 11:15
         11:20 close 1 => closed
         11:20 left 0 => 285 and 0 held
         11:30 open cleo hourly => 5 of bucket 0 from 11:30
         11:31 open cleo hourly => 0 of bucket 0 from 11:30",
    );
    check(
        "calendar days",
        "9:00 open cleo daily => 4 of bucket 0 from 9:00
         9:05 alive 1 => posted
         23:50 alive 1 => nothing
         24:05 alive 1 => 4 paid from 24:00
         24:05 due 1 => 48:00",
    );
}

#[test]
fn a_second_machine_joins_a_hold_that_outlived_its_unit() {
    check(
        "over midnight",
        "23:58 open cleo daily => 4 of bucket 0 from 23:58
         24:01 open cleo daily => 0 of bucket 0 from 23:58
         24:04 alive 1 => posted, 4 paid from 24:00
         24:07 alive 2 => nothing",
    );
    check(
        "minutes within the grace",
        "9:00 open cleo minutely => 1 of bucket 0 from 9:00
         9:02 open cleo minutely => 0 of bucket 0 from 9:00
         9:03 close 1 => closed
         9:04 close 2 => voided",
    );
}

#[test]
fn running_use_is_booked_as_uncovered_when_the_bucket_is_empty() {
    check(
        "exhausted",
        "0:00 open ben revit => 10 of bucket 1 from 0:00
         0:05 alive 1 => posted
         1:00 open ben civil-3d => 9 of bucket 1 from 1:00
         1:05 alive 2 => posted
         2:00 open ben hourly => 5 of bucket 1 from 2:00
         5:00 alive 3 => posted, 5 paid from 5:00
         5:05 open ben daily => 4 of bucket 1 from 5:05
         5:10 alive 4 => posted
         5:15 left 1 => 7 and 0 held
         23:55 alive 1 => nothing
         24:01 alive 1 => 10 uncovered from 24:00
         24:02 left 1 => 7 and 0 held
         24:03 open ben revit => 0 of bucket 1 from 24:00",
    );
}

#[test]
fn ended_packs_break_and_leave_what_is_held() {
    let mut world = World::new();
    world.buy("short", 700, 0, 10);
    check_in(
        world,
        "unallocated first, then pro rata",
        "239:59 expire => nothing
         239:59 open ben revit => 10 of bucket 1 from 239:59
         240:00 expire => pack 1: 700 + 0/0/0
         240:03 close 1 => voided
         240:05 expire => nothing
         8760:00 expire => pack 0: 660 + 300/40/0
         8760:00 left 1 => 0 and 0 held",
    );
}

/// The year's pack ends at hour 8,760; the next one begins then, and backs no hold from before.
#[test]
fn a_hold_keeps_the_ended_pack_that_alone_backs_it() {
    let mut world = World::new();
    world.buy("next", 100, 365, 400);
    check_in(
        world,
        "until it is resolved",
        "8759:59 open ben revit => 10 of bucket 1 from 8759:59
         8760:00 expire => pack 0: 760 + 209.090909/20.909091/0
         8760:00 open cleo revit => 10 of bucket 0 from 8760:00
         8760:01 expire => nothing
         8760:03 close 1 => voided
         8760:03 expire => pack 0: 0 + 8.090909/1.909091/0
         8760:03 left 1 => 17.181818 and 0 held",
    );
}

#[test]
fn a_session_owes_nothing_from_before_it_was_opened() {
    let mut world = World::new();
    world.now = world.now.plus(9 * 3_600);
    world.open(&World::ask("ben", "revit", None));
    let first = SessionId(world.state.seq());
    world.now = world.now.plus(600);
    world.alive(first);
    world.end(first, Cause::Closed);
    world.now = world.now.plus(30 * 3_600);
    world.open(&World::ask("ben", "revit", None));
    let second = SessionId(world.state.seq());
    let opened = world.now;
    world.now = world.now.plus(600);
    world.alive(second);
    // Better data takes the running window back: the next unit starts with the session, not days before.
    let pair = world.state.sessions()[&second].metered_pair().unwrap();
    let last = world.state.charges().of_pair(pair).next_back().unwrap();
    world.must(Event::UsageReversed(vec![last.unit()]));
    let owed = world.alive(second);
    let [Event::UnitCharged(charge)] = &owed[..] else { panic!("{owed:?}") };
    assert_eq!((charge.at, charge.ticks), (opened, tokens(10)));
}

#[test]
fn a_hold_is_voided_when_late_data_charged_its_unit() {
    let mut world = World::new();
    world.now = world.now.plus(9 * 3_600);
    world.open(&World::ask("ben", "revit", None));
    let id = SessionId(world.state.seq());
    let rate = world.state.rate(ProductId(0), world.now).unwrap();
    let (pair, early) = ((PersonId(1), ProductId(0)), world.now.plus(-1_200));
    let late = priced(&world.state, rate, pair, BucketId(1), early, Source::Log);
    world.must(Event::UsageCharged(vec![late]));
    world.now = world.now.plus(600);
    let owed = world.alive(id);
    assert_eq!(all_said(&owed), "voided");
    assert_eq!(world.state.charges().iter().count(), 1);
    assert_eq!(next_due(&world.state, &world.state.sessions()[&id]), Some(early.plus(86_400)));
}

#[test]
fn a_session_that_does_not_run_cannot_be_closed() {
    let world = World::new();
    let id = SessionId(77);
    assert_eq!(close(&world.state, id, world.now, Cause::Closed), Err(id));
    assert_eq!(owed(&world.state, id, Seen { previous: world.now, at: world.now }), None);
}

/// However long a result takes, it is charged once, and each further one again.
#[test]
fn a_result_is_charged_when_it_is_asked_for_and_never_again() {
    let mut world = World::new();
    for count in 1..=2 {
        world.open(&World::ask("ben", "solve", None));
        let id = SessionId(world.state.seq());
        world.alive(id);
        assert_eq!(world.state.charges().iter().count(), count, "asked for");
        for _ in 0..3 {
            world.now = world.now.plus(30 * 3_600);
            assert_eq!(world.alive(id), [], "still at it");
        }
        world.end(id, Cause::Closed);
        assert_eq!(world.state.charges().iter().count(), count, "done");
    }
}

/// A session that is seen alive once a day for a month owes a bounded number of units, whatever the meter.
#[test]
fn what_a_session_owes_comes_to_an_end() {
    for (product, most) in
        [("revit", 31), ("hourly", 800), ("daily", 32), ("minutely", 45_000), ("solve", 1)]
    {
        let mut world = World::new();
        world.open(&World::ask("ben", product, None));
        let id = SessionId(world.state.seq());
        let seen = Seen { previous: world.now, at: world.now.plus(30 * 86_400) };
        world.now = seen.at;
        let mut steps = 0;
        while let Some(event) = owed(&world.state, id, seen) {
            world.state.apply(world.state.seq() + 1, world.now, &event).unwrap();
            steps += 1;
            assert!(steps <= most, "{product}: {steps} steps");
        }
    }
}
