//! From a product's start to its end, the server being there.

use super::*;
use crate::ports::Choice;

fn at(level: Level) -> World {
    let mut world = World::new();
    world.server.level = level;
    world
}

fn refusal() -> Refusal {
    Refusal {
        code: "bucket-exhausted".to_owned(),
        detail: "no tokens are left".to_owned(),
        remedies: vec!["ask for more".to_owned()],
        transient: true,
    }
}

#[test]
fn a_seat_and_a_paid_unit_open_without_a_question() {
    for seat in [true, false] {
        let mut world = at(Level::Suspend);
        (world.server.seat, world.server.tokens) = (seat, 0.0);
        world.appear(1);
        assert_eq!(world.done, ["suspend 1"]);
        world.exchange();
        assert_eq!(world.done, ["suspend 1", "resume 1"]);
        assert!(world.shown.is_empty());
        assert_eq!(world.standing(), if seat { "seat" } else { "tokens" });
        world.go(1);
        world.exchange();
        assert!(world.server.running.is_empty(), "closed");
        assert_eq!((world.standing().as_str(), world.disk.queue_length()), ("gone", 0));
    }
}

#[test]
fn tokens_are_asked_about_and_opened_with_what_was_agreed() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    world.exchange();
    let question = world.shown.last().unwrap().clone();
    assert_eq!(
        question.text,
        "Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left)."
    );
    assert_eq!(question.choices, [Choice::Spend, Choice::Close]);
    assert_eq!(question.remedies, ["Open the file in Design Review, which needs no licence."]);
    assert!(question.ends.is_none(), "it stands still until it is answered");
    world.run(3_600);
    assert!(world.still.contains(&1) && world.server.answers.is_empty());
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.exchange();
    assert!(world.still.is_empty() && world.questions.is_empty());
    assert_eq!(world.server.running.len(), 1);
    let body = world.server.bodies.values().next().unwrap();
    assert!(body.contains("\"agreed\":10.0") && body.contains("\"bucket\":\"bw\""), "{body}");
    let decided = world.disk.decided.values().next().unwrap();
    assert_eq!((decided.decision, decided.session.as_deref()), (Some(7), Some("s1")));
    // A second process is the same session.
    world.appear(2);
    world.go(1);
    world.run(1);
    assert_eq!((world.server.running.len(), world.server.asks), (1, 1));
}

#[test]
fn each_level_goes_as_far_as_it_says() {
    for (level, no, end) in [
        (Level::Inform, vec![], vec![]),
        (Level::Ask, vec!["close 1"], vec![]),
        (Level::Suspend, vec!["suspend 1", "resume 1", "close 1"], vec![]),
        (Level::Close, vec!["suspend 1", "resume 1", "close 1"], vec!["end 1"]),
    ] {
        let mut world = World::with_rules(&RULES.replace("\"suspend\"", &level_word(level)));
        world.server.level = level;
        world.appear(1);
        world.exchange();
        if level == Level::Inform {
            assert_eq!((world.standing().as_str(), world.shown.len()), ("tokens", 1));
            assert!(world.asks(QuestionKind::Notice), "told, not asked");
        } else {
            world.answer(QuestionKind::Spend, Choice::Close);
            assert!(world.server.answers.is_empty(), "nothing was spent");
        }
        assert_eq!(world.done, no, "{level:?}");
        world.done.clear();
        world.run(599);
        assert!(world.done.is_empty(), "{level:?}: ten minutes to save");
        world.run(2);
        assert_eq!(world.done, end, "{level:?}");
    }
}

fn level_word(level: Level) -> String {
    serde_json::to_string(&level).unwrap()
}

#[test]
fn a_refusal_explains_itself_and_can_be_retried() {
    let mut world = at(Level::Ask);
    world.server.refusal = Some(refusal());
    world.appear(1);
    world.exchange();
    let question = world.shown.last().unwrap().clone();
    assert_eq!(
        (question.kind, question.text.as_str()),
        (QuestionKind::Refused, "No tokens are left.")
    );
    assert_eq!(question.remedies[0], "Ask for more.");
    world.server.refusal = None;
    world.answer(QuestionKind::Refused, Choice::Retry);
    world.exchange();
    assert!(world.asks(QuestionKind::Spend));
    // Nobody answers, and it does not stand still: it is asked to close, and left at that.
    world.done.clear();
    world.run(299);
    assert!(world.done.is_empty());
    world.run(4_000);
    assert_eq!(world.done, ["close 1"]);
}

#[test]
fn a_refusal_can_be_read_after_the_product_is_gone() {
    let mut world = at(Level::Suspend);
    world.server.refusal = Some(refusal());
    world.appear(1);
    world.exchange();
    world.go(1);
    assert!(world.asks(QuestionKind::Refused));
    assert_eq!(world.shown.last().unwrap().choices, [Choice::Read]);
}

#[test]
fn what_goes_on_after_a_refusal_is_told() {
    for (seconds, told) in [(30, 0), (120, 1)] {
        let mut world = at(Level::Inform);
        world.server.refusal = Some(refusal());
        world.appear(1);
        world.run(seconds);
        world.go(1);
        world.exchange();
        let bases: Vec<&str> = world.server.uses.values().map(|one| one.basis.as_str()).collect();
        assert_eq!(bases, vec!["none"; told], "{seconds}");
    }
}

#[test]
fn an_open_whose_answer_was_lost_is_sent_again_as_it_was() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Spend);
    let (id, request) = world.sent.pop().unwrap();
    world.server.answer(&request, START);
    world.step(Input::Reply(id, Reply::Unreachable("cut".to_owned())));
    world.run(2);
    assert_eq!(
        (world.server.answers.len(), world.server.running.len()),
        (1, 1),
        "one key, one session"
    );
    assert_eq!(world.standing(), "tokens");
}

#[test]
fn an_answer_that_comes_when_the_product_is_gone_is_closed_at_once() {
    for again in [false, true] {
        let mut world = at(Level::Suspend);
        world.server.tokens = 0.0;
        world.appear(1);
        let (id, request) = world.sent.pop().unwrap();
        let reply = world.server.answer(&request, START);
        world.step(Input::Reply(id, reply));
        let (id, open) = world.sent.pop().unwrap();
        let opened = world.server.answer(&open, START);
        world.go(1);
        if again {
            world.appear(2);
        }
        world.step(Input::Reply(id, opened));
        world.run(1);
        assert_eq!(world.server.running.len(), usize::from(again), "{again}");
        assert_eq!(world.standing(), if again { "tokens" } else { "gone" });
    }
}

#[test]
fn after_a_crash_products_are_taken_up_and_never_opened_twice() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Spend);
    // Killed while the open is on its way; the server has it.
    let (_, open) = world.sent.pop().unwrap();
    world.server.answer(&open, START);
    world.crash();
    world.step(Input::Start);
    world.run(1);
    assert_eq!((world.server.running.len(), world.standing().as_str()), (1, "tokens"));
    assert!(world.still.is_empty());
    // Killed while it runs.
    let asks = world.server.asks;
    world.crash();
    world.step(Input::Start);
    world.run(301);
    assert_eq!((world.server.running.len(), world.server.asks), (1, asks), "resumed by its id");
    assert!(world.server.beats.last().unwrap().sessions.iter().any(|one| one.session == "s1"));
    // Killed, and the product ends meanwhile.
    world.crash();
    world.go(1);
    world.step(Input::Start);
    world.run(1);
    assert!(world.server.running.is_empty());
}

#[test]
fn a_session_that_the_server_lost_is_told_of_and_opened_anew() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.exchange();
    world.server.running.clear();
    world.server.tokens = 0.0;
    world.done.clear();
    world.run(302);
    assert_eq!(world.server.running.iter().next().map(String::as_str), Some("s2"));
    let told: Vec<&str> = world.server.uses.values().map(|one| one.basis.as_str()).collect();
    assert_eq!((told, world.done.len()), (vec!["tokens"], 0), "and the product noticed nothing");
}

#[test]
fn a_server_that_goes_away_while_a_lost_session_is_opened_anew_changes_nothing() {
    let mut world = World::with_rules(&format!("graced_opens = 1\n{RULES}"));
    world.appear(1);
    world.exchange();
    world.answer(QuestionKind::Spend, Choice::Spend);
    world.exchange();
    world.server.running.clear();
    world.done.clear();
    for _ in 0..2_000 {
        if world.sent.iter().any(|(_, request)| matches!(request, Request::Ask(_))) {
            world.server.mode = Mode::Down;
            break;
        }
        for (id, request) in std::mem::take(&mut world.sent) {
            let reply = world.server.answer(&request, world.server_time);
            world.step(Input::Reply(id, reply));
        }
        world.pass_millis(500);
        world.step(Input::Tick(Some(0)));
    }
    assert_eq!(world.server.mode, Mode::Down, "it was asked for anew");
    world.run(20);
    assert_eq!((world.standing().as_str(), world.disk.graced.len()), ("tokens", 0));
    world.server.mode = Mode::Up;
    world.server.tokens = 0.0;
    world.run(310);
    assert_eq!((world.server.running.len(), world.done.len()), (1, 0));
}

#[test]
fn what_was_opened_without_the_server_is_settled_on_its_return() {
    for (refused, sessions) in [(false, 1), (true, 0)] {
        let mut world = at(Level::Close);
        world.grant(lease(), 24);
        world.server.mode = Mode::Down;
        world.appear(1);
        world.run(120);
        assert_eq!(world.standing(), "lease");
        world.done.clear();
        world.server.mode = Mode::Up;
        (world.server.tokens, world.server.refusal) = (0.0, refused.then(refusal));
        world.run(300);
        let told: Vec<&Use> = world.server.uses.values().collect();
        assert_eq!(told[0].lease.as_deref(), Some("s900"));
        assert_eq!((world.server.running.len(), told.len()), (sessions, 1));
        world.run(4_000);
        assert!(world.done.is_empty(), "never ended: {:?}", world.done);
    }
}

#[test]
fn who_was_turned_away_because_the_server_was_away_is_let_in_when_it_is_back() {
    let mut world = at(Level::Suspend);
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(3);
    assert_eq!(world.refused(), "server-unreachable");
    world.server.mode = Mode::Up;
    world.server.tokens = 0.0;
    world.run(300);
    assert_eq!((world.standing().as_str(), world.still.len()), ("tokens", 0));
}

#[test]
fn the_next_unit_is_warned_of_and_closed_before_where_the_rules_say_so() {
    let close = RULES.replace("viewer", "close_before_next_unit = true\n    viewer");
    for (rules, level, answer, expected) in [
        (RULES, Level::Close, None, vec![]),
        (&close, Level::Ask, None, vec!["close 1"]),
        (&close, Level::Close, None, vec!["close 1", "end 1"]),
        (&close, Level::Close, Some(Choice::GoOn), vec![]),
        (&close, Level::Inform, None, vec![]),
    ] {
        let mut world = World::with_rules(rules);
        (world.server.level, world.server.tokens) = (level, 0.0);
        world.appear(1);
        world.exchange();
        world.server.next_unit = Some(world.server_time + 3_000);
        world.done.clear();
        world.shown.clear();
        world.run(2_099);
        assert!(world.shown.is_empty(), "not before the last quarter of an hour");
        world.run(2);
        assert!(world.asks(QuestionKind::NextUnit));
        if let Some(choice) = answer {
            world.answer(QuestionKind::NextUnit, choice);
        }
        world.run(908);
        assert_eq!(world.done, expected, "{level:?} {answer:?}");
        let warned = world.shown.iter().filter(|one| one.kind == QuestionKind::NextUnit).count();
        assert_eq!(warned, 1);
    }
}

#[test]
fn idleness_is_offered_once_and_told_in_beats() {
    let mut world = at(Level::Suspend);
    world.server.tokens = 0.0;
    world.appear(1);
    world.exchange();
    for idle in [899, 900, 901, 2_000] {
        world.step(Input::Tick(Some(idle)));
        assert_eq!(world.asks(QuestionKind::Idle), idle >= 900);
    }
    let shown = world.shown.len();
    assert_eq!(shown, 1);
    world.pass_millis(400_000);
    world.step(Input::Tick(Some(2_400)));
    world.exchange();
    assert!(!world.server.beats.last().unwrap().sessions[0].active);
    world.pass_millis(400_000);
    world.step(Input::Tick(Some(399)));
    world.exchange();
    assert!(world.server.beats.last().unwrap().sessions[0].active);
    world.done.clear();
    world.answer(QuestionKind::Idle, Choice::Close);
    assert_eq!(world.done, ["close 1"]);
}

#[test]
fn a_clock_that_the_server_corrects_is_taken_over_once() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    let (id, _) = world.sent.pop().unwrap();
    let now = Some(START + 9_000);
    let problem =
        |now| Reply::Problem(Problem { code: "clock-off".to_owned(), now, ..Problem::default() });
    world.step(Input::Reply(id, problem(now)));
    assert_eq!(world.state.server_time(&world.now), START + 9_000);
    let (again, _) = world.sent.pop().unwrap();
    assert_eq!(again, id, "sent once more");
    world.step(Input::Reply(id, problem(now)));
    assert!(world.sent.is_empty(), "and not a third time");
    assert_eq!(world.refused(), "clock-off");
}

#[test]
fn a_request_that_arrived_twice_is_signed_anew_and_opens_once() {
    let mut world = at(Level::Inform);
    world.appear(1);
    let doubled = || Reply::Problem(Problem { code: "replayed".to_owned(), ..Problem::default() });
    let (id, _) = world.sent.pop().unwrap();
    world.step(Input::Reply(id, doubled()));
    let (again, _) = world.sent.pop().unwrap();
    assert_eq!(again, id, "sent once more at once");
    world.step(Input::Reply(id, doubled()));
    assert!(world.sent.is_empty(), "and then after a wait, as if nobody had answered");
    world.run(5);
    assert_eq!((world.server.answers.len(), world.server.running.len()), (1, 1));
}

#[test]
fn a_server_that_is_away_is_not_asked_in_a_circle() {
    let mut world = World::new();
    world.server.mode = Mode::Down;
    let before = world.server.requests;
    world.run_minutes(60);
    let tries = world.server.requests - before;
    assert!((12..40).contains(&tries), "{tries} an hour");
    // And while all is well, one beat a period and nothing else.
    world.server.mode = Mode::Up;
    world.run_minutes(10);
    let before = world.server.requests;
    world.run_minutes(600);
    let beats = world.server.requests - before;
    assert!((115..=134).contains(&beats), "{beats} in ten hours");
}

#[test]
fn a_server_that_passes_over_what_it_is_told_is_told_again_once_a_period() {
    let mut world = at(Level::Inform);
    world.server.refusal = Some(refusal());
    world.appear(1);
    world.run(120);
    world.server.is_deaf = true;
    world.go(1);
    world.server.refusal = None;
    world.appear(2);
    world.run(1);
    world.go(2);
    world.run(1_000);
    assert_eq!(world.disk.queue_length(), 2, "nothing is forgotten");
    world.server.is_deaf = false;
    world.run(310);
    assert_eq!((world.disk.queue_length(), world.server.uses.len()), (0, 1));
}

#[test]
fn a_close_that_is_passed_over_is_told_again_once_a_period() {
    let mut world = at(Level::Suspend);
    world.server.tokens = 0.0;
    world.appear(1);
    world.exchange();
    world.server.is_deaf = true;
    world.go(1);
    world.run(1);
    assert_eq!(world.disk.closes.len(), 1);
    world.server.is_deaf = false;
    world.run(310);
    assert_eq!((world.disk.closes.len(), world.server.running.len()), (0, 0));
}

#[test]
fn a_lease_is_given_back_after_its_use_was_told() {
    let mut world = at(Level::Suspend);
    world.grant(lease(), 24);
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(60);
    world.step(Input::GiveBack("s900".to_owned()));
    assert!(world.disk.grants.is_empty());
    world.server.mode = Mode::Up;
    world.run(300);
    assert_eq!(world.server.returned, ["s900"]);
    assert_eq!(world.server.uses.values().next().unwrap().lease.as_deref(), Some("s900"));
    assert!(world.disk.returns.is_empty());
}

#[test]
fn use_past_the_end_of_a_lease_is_told_without_it() {
    let mut world = at(Level::Suspend);
    world.grant(lease(), 1);
    let end = world.disk.grants[0].until;
    world.server.mode = Mode::Down;
    world.appear(1);
    world.run(2 * 3_600);
    world.step(Input::GiveBack("s900".to_owned()));
    world.server.mode = Mode::Up;
    world.run(300);
    let mut told: Vec<&Use> = world.server.uses.values().collect();
    told.sort_unstable_by_key(|one| one.opened);
    let leases: Vec<Option<&str>> = told.iter().map(|one| one.lease.as_deref()).collect();
    assert_eq!(leases, [Some("s900"), None, None], "under it, past it, after it was given back");
    assert_eq!((told[0].closed, told[1].opened), (end, end));
    assert_eq!(told[1].closed, told[2].opened, "nothing is left out");
}

#[test]
fn nothing_is_left_standing_still() {
    let mut world = at(Level::Suspend);
    world.appear(1);
    world.exchange();
    assert!(world.still.contains(&1));
    world.step(Input::Stop);
    assert!(world.still.is_empty());
}

#[test]
fn a_seat_that_the_server_took_away_is_none_without_it_either() {
    let mut world = at(Level::Suspend);
    world.grant(GrantedFare::Seat, 720);
    world.appear(1);
    world.exchange();
    world.go(1);
    world.server.mode = Mode::Down;
    world.appear(2);
    world.run(2);
    assert_eq!(world.refused(), "server-unreachable");
}

#[test]
fn strange_grants_are_put_aside() {
    let mut world = World::new();
    let own = std::mem::replace(&mut world.server.key, SigningKey::from_bytes(&[8; 32]));
    world.grant(lease(), 24);
    assert!(world.disk.grants.is_empty(), "signed by another");
    world.server.key = own;
    world.step(Input::Granted("nonsense".to_owned()));
    assert!(world.disk.grants.is_empty());
}
