//! The offline matrix, cell by cell, through the whole machine.

use super::*;
use crate::ports::Choice;

/// What is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Unreachable,
    Unavailable,
    RulesUnreadable,
    RulesUnreadableForADay,
    RulesNotFetchedForADay,
    ClockAhead,
    ClockBehind,
    ClockBackwards,
}

/// What somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Seat,
    Lease,
    Nothing,
    Graced,
    Running,
}

const ROWS: [Row; 8] = [
    Row::Unreachable,
    Row::Unavailable,
    Row::RulesUnreadable,
    Row::RulesUnreadableForADay,
    Row::RulesNotFetchedForADay,
    Row::ClockAhead,
    Row::ClockBehind,
    Row::ClockBackwards,
];
const COLUMNS: [Column; 5] =
    [Column::Seat, Column::Lease, Column::Nothing, Column::Graced, Column::Running];

fn expected(row: Row, column: Column) -> &'static str {
    use Row::{
        ClockAhead, ClockBackwards, ClockBehind, RulesNotFetchedForADay, RulesUnreadable,
        RulesUnreadableForADay, Unavailable, Unreachable,
    };
    match (row, column) {
        (_, Column::Running) => "goes on",
        (_, Column::Lease) => "lease",
        (RulesUnreadableForADay | RulesNotFetchedForADay, Column::Seat) => "rules-unreadable",
        (ClockAhead | ClockBehind | ClockBackwards, Column::Seat) => "seat flagged",
        (_, Column::Seat) => "seat",
        (Unreachable, Column::Graced) => "grace",
        (Unreachable, Column::Nothing) => "server-unreachable",
        (Unavailable, _) => "server-unavailable",
        (RulesUnreadable | RulesUnreadableForADay | RulesNotFetchedForADay, _) => {
            "rules-unreadable"
        }
        (ClockAhead | ClockBehind | ClockBackwards, _) => "clock-wrong",
    }
}

fn played(row: Row, column: Column) -> String {
    let rules = match column {
        Column::Graced => format!("graced_opens = 1\n{RULES}"),
        _ => RULES.to_owned(),
    };
    let mut world = World::with_rules(&rules);
    world.server.seat = column == Column::Seat;
    match column {
        Column::Seat => world.grant(GrantedFare::Seat, 720),
        Column::Lease => world.grant(lease(), 48),
        Column::Nothing | Column::Graced => {}
        Column::Running => {
            world.appear(1);
            world.exchange();
            world.answer(QuestionKind::Spend, Choice::Spend);
            world.exchange();
            assert_eq!(world.standing(), "tokens");
        }
    }
    go_away(&mut world, row);
    world.done.clear();
    if column == Column::Running {
        return goes_on(&mut world);
    }
    let before = world.now.since_boot;
    world.appear(1);
    while world.state.is_busy() {
        world.run(1);
        assert!(world.now.since_boot - before <= Duration::from_secs(10), "decided in ten seconds");
    }
    let standing = match world.standing().as_str() {
        "refused" => world.refused(),
        open => {
            assert!(world.still.is_empty(), "what is let through moves");
            open.to_owned()
        }
    };
    let flagged = world.done.iter().any(|done| done == "flag") && standing == "seat";
    if flagged { format!("{standing} flagged") } else { standing }
}

fn go_away(world: &mut World, row: Row) {
    match row {
        Row::Unreachable => world.server.mode = Mode::Down,
        Row::Unavailable => world.server.mode = Mode::Unavailable,
        Row::RulesUnreadable | Row::RulesUnreadableForADay => {
            let stranger = SigningKey::from_bytes(&[9; 32]);
            world.server.rules = (3, signed_rules(&stranger, 3, "level = \"inform\""));
            world.run(301);
            if row == Row::RulesUnreadableForADay {
                world.sleep_hours(24);
            }
        }
        Row::RulesNotFetchedForADay => {
            world.run(295);
            world.server.rules.0 = 3;
            while !world.sent.iter().any(|(_, request)| matches!(request, Request::Rules)) {
                let sent = std::mem::take(&mut world.sent);
                for (id, request) in sent {
                    let reply = world.server.answer(&request, world.server_time);
                    world.step(Input::Reply(id, reply));
                }
                world.pass_millis(500);
                world.step(Input::Tick(None));
            }
            world.server.mode = Mode::Unavailable;
            world.exchange();
            world.server.mode = Mode::Up;
            world.sleep_hours(24);
        }
        Row::ClockAhead => world.now.wall += 301,
        Row::ClockBehind => world.now.wall -= 301,
        Row::ClockBackwards => world.now.wall -= 31,
    }
}

/// Whatever happens for two days, it is neither ended nor asked to close nor let stand still.
fn goes_on(world: &mut World) -> String {
    for _ in 0..48 {
        world.run(3);
        world.sleep_hours(1);
        // Whoever asks the person gets no answer.
        world.step(Input::Tick(Some(0)));
    }
    let touched = |done: &&String| !matches!(done.as_str(), "flag");
    match world.done.iter().find(touched) {
        None => "goes on".to_owned(),
        Some(done) => done.clone(),
    }
}

#[test]
fn every_cell_of_the_offline_matrix() {
    let mut passing = 0;
    for row in ROWS {
        for column in COLUMNS {
            assert_eq!(played(row, column), expected(row, column), "{row:?} {column:?}");
            passing += 1;
        }
    }
    println!("cells passing: {passing} of {}", ROWS.len() * COLUMNS.len());
    assert_eq!(passing, 40);
}

#[test]
fn rules_count_to_the_second_of_their_last_day() {
    for (seconds, expected) in [(86_390, "seat"), (86_400, "rules-unreadable")] {
        let mut world = World::new();
        world.server.seat = true;
        go_away(&mut world, Row::RulesUnreadable);
        let since = world.disk.doubt.as_ref().unwrap().since;
        let passed = world.state.server_time(&world.now) - since;
        world.pass_millis((seconds - passed.unsigned_abs()) * 1_000);
        world.appear(1);
        world.exchange();
        let standing = world.standing();
        assert_eq!(if standing == "refused" { world.refused() } else { standing }, expected);
    }
}

#[test]
fn a_server_that_is_merely_away_makes_no_rules_old() {
    let mut world = World::new();
    world.grant(GrantedFare::Seat, 720);
    world.server.mode = Mode::Down;
    world.sleep_hours(300);
    world.appear(1);
    world.run(2);
    assert_eq!(world.standing(), "seat");
}

#[test]
fn a_lease_lasts_by_boot_time_whatever_the_wall_clock_says() {
    for (hours, wall, expected) in [
        (7, 0, "lease"),
        (7, 30 * 3_600, "lease"),
        (7, -6 * 3_600, "lease"),
        (8, 0, "server-unreachable"),
        (8, -6 * 3_600, "clock-wrong"),
    ] {
        let mut world = World::new();
        world.grant(lease(), 8);
        world.server.mode = Mode::Down;
        world.sleep_hours(hours);
        world.now.wall += wall;
        world.appear(1);
        world.run(2);
        let standing = world.standing();
        let found = if standing == "refused" { world.refused() } else { standing };
        assert_eq!(found, expected, "{hours} {wall}");
    }
}

#[test]
fn over_a_restart_a_lease_counts_the_wall_clock_and_is_void_when_that_went_back() {
    for (off, expected) in
        [(3_600, "lease"), (8 * 3_600, "server-unreachable"), (-3_600, "clock-wrong")]
    {
        let mut world = World::new();
        world.grant(lease(), 8);
        world.run(1);
        world.server.mode = Mode::Down;
        world.now.boot = "b2".to_owned();
        world.now.since_boot = Duration::from_secs(20);
        world.now.wall += off;
        world.crash();
        world.step(Input::Start);
        world.appear(1);
        for _ in 0..4 {
            world.exchange();
            world.now.since_boot += Duration::from_millis(500);
            world.step(Input::Tick(None));
        }
        let standing = world.standing();
        let found = if standing == "refused" { world.refused() } else { standing };
        assert_eq!(found, expected, "{off}");
    }
}

#[test]
fn grace_is_counted_by_person_and_day_and_survives_a_crash() {
    let mut world = World::with_rules(&format!("graced_opens = 2\n{RULES}"));
    world.server.mode = Mode::Down;
    let open = |world: &mut World, pid| {
        world.appear(pid);
        world.run(2);
        let standing = world.standing();
        world.go(pid);
        standing
    };
    assert_eq!(open(&mut world, 1), "grace");
    world.crash();
    world.step(Input::Start);
    assert_eq!(open(&mut world, 2), "grace");
    assert_eq!(open(&mut world, 3), "refused");
    world.sleep_hours(24);
    assert_eq!(open(&mut world, 4), "grace");
}
