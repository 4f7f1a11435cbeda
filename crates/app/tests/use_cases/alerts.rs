//! Alerts: rules are refused with a reason or watched; a crossing is raised once, told of, taken on, done about,
//! and over; forecasts are kept once a day.

use crate::given::{check, give, office, seq, told};
use crate::world::*;
use faregate_app::alerts::notices::notices;
use faregate_app::alerts::outlook::gather_gently;
use faregate_app::alerts::trial::{read, tried};
use faregate_app::alerts::watch::{Around, Change, Watch, note};
use faregate_app::alerts::{STANDARD, written::Written};
use faregate_app::notice::{Kind, Notice};
use faregate_app::orders::{AlertDeed, Order};
use faregate_app::ports::{Entry, Store};
use faregate_core::alert::{AlertId, Found, Severity, SourceSeen};
use faregate_core::estate::{BucketId, PersonId, ProductId};
use faregate_core::event::{Charge, Event, Source};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, HOUR, Instant};

fn set(text: &str) -> Order {
    Order::SetAlertRules { text: text.to_owned(), anyway: false }
}

fn rule(rest: &str) -> String {
    format!("[[rule]]\nkey = \"r\"\nchannels = [\"mail\"]\n{rest}\n")
}

/// A charge that no bucket pays for.
fn charge(at: Instant, person: u32, bucket: u16, whole: i64) -> Charge {
    Charge {
        at,
        ticks: tokens(whole),
        person: PersonId(person),
        product: ProductId(0),
        bucket: BucketId(bucket),
        meter: Meter::Result,
        source: Source::Log,
        paid: false,
    }
}

/// One look, and what it books.
fn look(world: &mut World, watch: &mut Watch, around: &Around) -> Vec<Event> {
    let before = seq(&world.engine);
    let shared = world.engine.state();
    let now = world.engine.now().unwrap();
    let mut changes: Vec<Change> = Vec::new();
    if watch.is_blind(now) {
        let gathered = gather_gently(&shared, now);
        let today = shared.read().zone().date(now);
        changes.extend(watch.see(&gathered, (now, today)));
    }
    changes.extend(watch.look(&shared.read(), around, now));
    note(&mut world.engine, changes).unwrap();
    events_after(world, before)
}

fn entries_after(world: &World, after: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut visit = |entry| {
        entries.push(entry);
        true
    };
    world.store.clone().replay(after, &mut visit).unwrap();
    entries
}

fn events_after(world: &World, after: u64) -> Vec<Event> {
    entries_after(world, after).into_iter().map(|entry| entry.event).collect()
}

/// What a look books, in words: `raised r: bucket:north`, `ended a42`.
fn words(events: &[Event]) -> Vec<String> {
    let word = |event: &Event| match event {
        Event::AlertRaised(raised) => {
            let subjects: Vec<&str> =
                raised.crossings.iter().map(|one| one.subject.as_str()).collect();
            Some(format!("raised {}: {}", raised.rule, subjects.join(" ")))
        }
        Event::AlertHandled { alert, what } => {
            let what = format!("{what:?}");
            let name = what.split([' ', '{']).next().unwrap_or_default().to_lowercase();
            Some(format!("{name} {alert}"))
        }
        Event::ForecastsKept(_) => None,
        other => Some(format!("{other:?}")),
    };
    events.iter().filter_map(word).collect()
}

#[test]
fn a_rule_that_cannot_be_meant_is_refused() {
    let mut world = office();
    let burn = |rest: &str| set(&rule(&format!("watch = \"burn\"\nover = \"day\"\n{rest}")));
    let table: Vec<(&str, Order, String)> = [
        ("root", set(""), "there is no rule: begin each with [[rule]]"),
        ("root", burn("above = -1"), "rule 1 `r`: `above` is `-1`: write a number of tokens above zero"),
        ("root", burn("above = 0"), "rule 1 `r`: `above` is `0`: write a number of tokens above zero"),
        ("root", burn("above = \"-5 %\""), "rule 1 `r`: `above` is `-5 %`: write a share above zero, with at most one decimal"),
        ("root", burn(""), "rule 1 `r`: `above` is missing"),
        ("root", burn("above = 5\nbelow = 5"), "rule 1 `r`: `burn` has no `below`"),
        ("root", set(&rule("watch = \"burn\"\nover = \"year\"\nabove = 5")), "rule 1 `r`: `over` is `year`: write hour, day, week or month"),
        ("root", set(&rule("watch = \"left\"\nbelow = \"101 %\"")), "rule 1 `r`: `below` is more than all: write at most \"100 %\""),
        ("root", burn("above = 5\nscope = \"planet\""), "rule 1 `r`: `scope` is `planet`: write contract, bucket, bucket:KEY, product, product:KEY, group:KEY, dimension:NAME, person or person:KEY"),
        ("root", set(&rule("watch = \"left\"\nbelow = 5\nscope = \"person\"")), "rule 1 `r`: this `watch` cannot be measured for this `scope`"),
        ("root", burn("above = 5\nsustained = \"soon\""), "rule 1 `r`: `sustained` is `soon`: write a time such as \"10m\", \"8h\" or \"14d\""),
        ("root", burn("above = 5\n[[rule.step]]\ntext = \"x\"\ndo = \"panic\""), "rule 1 `r`: `do` is `panic`: write review-people, size-top-up, request-purchase, top-up-bucket or mute"),
    ]
    .map(|(name, order, why)| (name, order, format!("invalid invalid-alert-rule: {why}")))
    .to_vec();
    let table: Vec<(&str, Order, &str)> =
        table.iter().map(|(name, order, why)| (*name, order.clone(), why.as_str())).collect();
    check(&mut world, &table);
    let mistyped =
        told(&give(&mut world, "root", &set("[[rule]]\nkey = \"r\"\nwach = \"burn\"\n")));
    assert!(mistyped.contains("line 3") && mistyped.contains("unknown field `wach`"), "{mistyped}");
    let not_theirs = told(&give(&mut world, "ben", &burn("above = 5")));
    assert_eq!(
        not_theirs,
        "forbidden not-yours: only an administrator or a licence manager may do this"
    );
}

#[test]
fn a_rule_names_what_there_is() {
    let mut world = office();
    let burn = |rest: &str| set(&rule(&format!("watch = \"burn\"\nover = \"day\"\n{rest}")));
    let unknown = [
        (
            "root",
            burn("above = 5\nscope = \"bucket:east\""),
            "invalid unknown: rule `r`: there is no bucket `east`",
        ),
        (
            "root",
            burn("above = 5\nscope = \"dimension:x\""),
            "invalid unknown: rule `r`: there is no dimension `x`",
        ),
        (
            "root",
            burn("above = 5\nschedule = \"night\""),
            "invalid unknown: rule `r`: there is no schedule `night`",
        ),
        (
            "root",
            set(&rule("watch = \"findings\"\nclasses = [\"odd\"]")),
            "invalid unknown: rule `r`: there is no class of finding `odd`",
        ),
        (
            "root",
            burn("above = 5\n[[rule.step]]\ntext = \"{lft} left\""),
            "invalid unknown: rule `r`: nothing fills in `{lft}`",
        ),
        (
            "root",
            Order::RemoveAlertRule { key: "r".to_owned() },
            "unknown unknown: there is no alert rule `r`",
        ),
        (
            "root",
            Order::MuteAlertRule { key: "r".to_owned(), until: None },
            "unknown unknown: there is no alert rule `r`",
        ),
        (
            "root",
            Order::HandleAlert {
                alert: AlertId { seq: 1, place: 0 },
                deed: AlertDeed::Acknowledge,
                note: String::new(),
            },
            "unknown unknown: there is no alert `a1`",
        ),
    ];
    check(&mut world, &unknown);
}

#[test]
fn a_rule_that_would_fire_for_everyone_is_refused_unless_it_is_meant() {
    let mut world = office();
    let people: Vec<_> = (0..12).map(|n| person(&format!("p{n}"))).collect();
    let first = world.engine.state().read().estate().people().len() as u32;
    world.engine.append(vec![Event::PeopleAdded(people)]).unwrap();
    let charges = (0..12).map(|n| charge(T0, first + n, 0, 7)).collect();
    world.engine.append(vec![Event::UsageCharged(charges)]).unwrap();
    let text = rule("watch = \"burn\"\nover = \"day\"\nscope = \"person\"\nabove = 5");
    let refused = told(&give(&mut world, "root", &set(&text)));
    assert_eq!(refused, "conflict fires-for-everyone: rule `r` would fire for 12 of 12 at once");
    let anyway = Order::SetAlertRules { text: text.clone(), anyway: true };
    assert_eq!(told(&give(&mut world, "root", &anyway)), "rule `r` is watched from now on");
    assert_eq!(told(&give(&mut world, "root", &anyway)), "rule `r` holds already");
}

#[test]
fn the_standard_rules_are_rules_and_are_kept_as_they_were_written() {
    let mut world = office();
    let rules = read(STANDARD).unwrap();
    assert_eq!(rules.len(), 15);
    for (written, rule) in &rules {
        assert_eq!(Written::one(&written.text()).as_ref(), Ok(written), "{}", rule.key);
        assert!(!rule.steps.is_empty(), "{} has no runbook", rule.key);
    }
    let said = told(&give(&mut world, "root", &set(STANDARD)));
    assert_eq!(said.matches("is watched from now on").count(), 15, "{said}");
    let state = world.engine.state();
    assert_eq!(state.read().monitor().rules().len(), 15);
}

#[test]
fn a_crossing_is_raised_once_and_ends_once() {
    let mut world = office();
    give(
        &mut world,
        "root",
        &set(&rule("watch = \"burn\"\nover = \"day\"\nabove = 20\nscope = \"bucket\"")),
    )
    .unwrap();
    let (mut watch, around) = (Watch::default(), Around::default());
    assert_eq!(words(&look(&mut world, &mut watch, &around)), Vec::<String>::new());
    world.engine.append(vec![Event::UsageCharged(vec![charge(T0, 1, 1, 21)])]).unwrap();
    // North's tokens are General's as well.
    let raised = words(&look(&mut world, &mut watch, &around));
    assert_eq!(raised, ["raised r: bucket:general", "raised r: bucket:north"]);
    assert_eq!(words(&look(&mut world, &mut watch, &around)), Vec::<String>::new());
    // A server that was started anew, and one that looked at the same time.
    let (mut fresh, mut late) = (Watch::default(), Watch::default());
    assert_eq!(words(&look(&mut world, &mut fresh, &around)), Vec::<String>::new());
    let again = late.look(&world.engine.state().read(), &around, T0);
    assert_eq!(again, Vec::new());
    world.clock.set(T0.plus(DAY));
    let ended = words(&look(&mut world, &mut watch, &around));
    assert_eq!(ended.len(), 2, "{ended:?}");
    assert!(ended.iter().all(|one| one.starts_with("ended a")), "{ended:?}");
    assert_eq!(world.engine.violations(), []);
}

/// Two looks that both see a crossing: the second finds it raised, and books nothing.
#[test]
fn what_two_saw_is_booked_once() {
    let mut world = office();
    give(&mut world, "root", &set(&rule("watch = \"burn\"\nover = \"day\"\nabove = 20"))).unwrap();
    world.engine.append(vec![Event::UsageCharged(vec![charge(T0, 1, 1, 21)])]).unwrap();
    let around = Around::default();
    let shared = world.engine.state();
    let (mut one, mut other) = (Watch::default(), Watch::default());
    let (first, second) =
        (one.look(&shared.read(), &around, T0), other.look(&shared.read(), &around, T0));
    assert_eq!(first, second);
    assert_eq!(note(&mut world.engine, first).unwrap(), 1);
    assert_eq!(note(&mut world.engine, second).unwrap(), 0);
    let end = |id| vec![Change::End(id, "over".to_owned())];
    let id = AlertId { seq: seq(&world.engine), place: 0 };
    assert_eq!(note(&mut world.engine, end(id)).unwrap(), 1);
    assert_eq!(note(&mut world.engine, end(id)).unwrap(), 0);
}

/// The notices of what a look booked, as `kind channel title`.
fn told_by(world: &mut World, after: u64) -> Vec<String> {
    let entries = entries_after(world, after);
    let state = world.engine.state();
    let state: &State = &state.read();
    let shown = |(channel, notice): (String, Notice)| {
        format!("{} {channel}: {}", notice.kind.key(), notice.title)
    };
    entries.iter().flat_map(|entry| notices(entry, state, None)).map(shown).collect()
}

#[test]
fn those_who_cross_together_are_told_of_together() {
    let mut world = office();
    let text = rule("name = \"Silent\"\nwatch = \"source-stale\"\ngrouped = true");
    give(&mut world, "root", &set(&text)).unwrap();
    let source = |name: &str, is_stale| SourceSeen {
        name: name.to_owned(),
        is_stale,
        silent_seconds: 0,
        said: format!("{name} is silent"),
    };
    let around = |berlin, madrid, oslo| Around {
        sources: vec![source("berlin", berlin), source("madrid", madrid), source("oslo", oslo)],
        ..Around::default()
    };
    let mut watch = Watch::default();
    let mut step = |world: &mut World, around: Around, seconds: i64| {
        world.clock.set(T0.plus(seconds));
        let before = seq(&world.engine);
        let words = words(&look(world, &mut watch, &around));
        (words, told_by(world, before))
    };
    let (raised, told) = step(&mut world, around(true, true, false), 0);
    assert_eq!(raised, ["raised r: source:berlin source:madrid"]);
    assert_eq!(told, ["raised mail: Silent: 2 of them"]);
    let first = seq(&world.engine);
    let (raised, told) = step(&mut world, around(true, true, true), 60);
    assert_eq!((raised.len(), told), (1, vec!["raised mail: Silent: oslo".to_owned()]));
    let (ended, told) = step(&mut world, around(false, true, true), 120);
    assert_eq!((ended, told), (vec![format!("ended a{first}")], Vec::new()));
    let (ended, told) = step(&mut world, around(false, false, true), 180);
    assert_eq!(ended, [format!("ended a{first}-1")]);
    assert_eq!(told, ["cleared mail: Silent: madrid"]);
}

#[test]
fn a_muted_rule_raises_and_tells_nobody() {
    let mut world = office();
    give(&mut world, "root", &set(&rule("watch = \"burn\"\nover = \"day\"\nabove = 20"))).unwrap();
    let mute = |until| Order::MuteAlertRule { key: "r".to_owned(), until };
    let past = told(&give(&mut world, "root", &mute(Some(T0))));
    assert_eq!(past, "invalid bad-date: a rule is muted until a time to come");
    give(&mut world, "root", &mute(Some(T0.plus(HOUR)))).unwrap();
    world.engine.append(vec![Event::UsageCharged(vec![charge(T0, 1, 1, 21)])]).unwrap();
    let before = seq(&world.engine);
    let raised = words(&look(&mut world, &mut Watch::default(), &Around::default()));
    assert_eq!(raised, ["raised r: contract"]);
    assert_eq!(told_by(&mut world, before), Vec::<String>::new());
}

#[test]
fn others_are_told_when_nobody_takes_an_alert_on() {
    let text = rule(
        "watch = \"burn\"\nover = \"week\"\nabove = 20\n[[rule.escalate]]\nafter = \"1h\"\nchannels = [\"boss\"]\n\
         [[rule.escalate]]\nafter = \"2h\"\nchannels = [\"pager\"]",
    );
    let check = |acknowledged: bool, expected: &[&[&str]]| {
        let mut world = office();
        give(&mut world, "root", &set(&text)).unwrap();
        world.engine.append(vec![Event::UsageCharged(vec![charge(T0, 1, 1, 21)])]).unwrap();
        let (mut watch, around) = (Watch::default(), Around::default());
        look(&mut world, &mut watch, &around);
        let alert = AlertId { seq: seq(&world.engine), place: 0 };
        if acknowledged {
            let (deed, note) = (AlertDeed::Acknowledge, "on it".to_owned());
            give(&mut world, "root", &Order::HandleAlert { alert, deed, note }).unwrap();
        }
        for (hour, expected) in (1..).zip(expected) {
            world.clock.set(T0.plus(hour * HOUR));
            let before = seq(&world.engine);
            look(&mut world, &mut watch, &around);
            assert_eq!(told_by(&mut world, before), *expected, "hour {hour}");
        }
    };
    check(
        false,
        &[&["escalated boss: r: the contract"], &["escalated pager: r: the contract"], &[]],
    );
    check(true, &[&[], &[], &[]]);
}

/// A rule with a step of each kind.
const RUNBOOK: &str = "watch = \"left\"\nbelow = \"90 %\"\nscope = \"bucket:north\"\nseverity = \"critical\"\n\
         [[rule.step]]\ntext = \"Call: {left} of {given} are left.\"\n\
         [[rule.step]]\ntext = \"Top up.\"\ndo = \"top-up-bucket\"\ntokens = 5\n\
         [[rule.step]]\ntext = \"Review.\"\ndo = \"review-people\"\n\
         [[rule.step]]\ntext = \"Buy.\"\ndo = \"request-purchase\"\nchannels = [\"procurement\"]\n\
         [[rule.step]]\ntext = \"Not now.\"\ndo = \"mute\"\nfor = \"4h\"";

#[test]
fn a_step_does_what_it_says_and_the_journal_says_who_did_it() {
    let mut world = office();
    let text = rule(RUNBOOK);
    let free = Order::Transfer {
        from: Some("general".to_owned()),
        to: None,
        ticks: tokens(30),
        why: "spare".to_owned(),
    };
    give(&mut world, "root", &free).unwrap();
    give(&mut world, "root", &set(&text)).unwrap();
    let paid = Charge { paid: true, ..charge(T0, 1, 1, 10) };
    world.engine.append(vec![Event::UsageCharged(vec![paid])]).unwrap();
    let mut watch = Watch::default();
    look(&mut world, &mut watch, &Around::default());
    let alert = AlertId { seq: seq(&world.engine), place: 0 };
    let state = world.engine.state();
    let steps = state.read().monitor().alerts()[&alert].steps.clone();
    assert_eq!(steps[0], "Call: 40 of 50 are left.");
    let step =
        |number| Order::HandleAlert { alert, deed: AlertDeed::Step(number), note: String::new() };
    assert_eq!(
        told(&give(&mut world, "root", &step(9))),
        format!("unknown no-step: alert {alert} has no step 10")
    );
    for number in [2, 3, 4] {
        let refused = told(&give(&mut world, "ben", &step(number)));
        assert_eq!(
            refused,
            "forbidden not-yours: this step is for those who see the whole contract"
        );
    }
    assert_eq!(told(&give(&mut world, "ben", &step(0))), "done: Call: 40 of 50 are left.");
    assert_eq!(
        told(&give(&mut world, "root", &step(1))),
        "5 tokens moved from the unallocated part of the pool to bucket `north`"
    );
    let before = seq(&world.engine);
    give(&mut world, "root", &step(3)).unwrap();
    let told_to = told_by(&mut world, before);
    assert_eq!(told_to, ["reminder procurement: r: north"]);
    assert_eq!(
        told(&give(&mut world, "root", &step(4))),
        format!("nobody is told of rule `r` until {}", T0.plus(4 * HOUR))
    );
    let ordered: Vec<String> = events_after(&world, alert.seq)
        .into_iter()
        .filter_map(|event| match event {
            Event::Ordered { by, what } => Some(format!("{by}: {what}")),
            _ => None,
        })
        .collect();
    let expected = [
        format!("ben: do step 1 of alert {alert}"),
        format!("root: do step 2 of alert {alert}"),
        format!("root: do step 4 of alert {alert}"),
        format!("root: do step 5 of alert {alert}"),
    ];
    assert_eq!(ordered, expected);
    let end = vec![Change::End(alert, "over".to_owned())];
    note(&mut world.engine, end).unwrap();
    assert_eq!(
        told(&give(&mut world, "root", &step(0))),
        format!("conflict alert-over: alert {alert} is over")
    );
}

#[test]
fn what_is_found_is_told_of_with_its_evidence() {
    let mut world = office();
    give(
        &mut world,
        "root",
        &set(&rule("watch = \"findings\"\nclasses = [\"burst\"]\nseverity = \"critical\"")),
    )
    .unwrap();
    let found = |id, class: &str| Found {
        id,
        class: class.to_owned(),
        at: T0,
        until: T0,
        about: Vec::new(),
        said: "20 people opened Revit".to_owned(),
        facts: vec![("room".to_owned(), "2.14".to_owned())],
    };
    let around =
        Around { findings: vec![found(7, "burst"), found(8, "spike")], ..Around::default() };
    let mut watch = Watch::default();
    let events = look(&mut world, &mut watch, &around);
    assert_eq!(words(&events), ["raised r: finding:0000000000000007"]);
    let entries = entries_after(&world, seq(&world.engine) - 1);
    let state = world.engine.state();
    let told = notices(&entries[0], &state.read(), Some("https://faregate.example/"));
    let (channel, notice) = &told[0];
    assert_eq!(
        (channel.as_str(), notice.kind, notice.severity),
        ("mail", Kind::Raised, Severity::Critical)
    );
    assert_eq!(notice.text, "20 people opened Revit.");
    assert_eq!(notice.facts[0], ("room".to_owned(), "2.14".to_owned()));
    assert_eq!(notice.link, Some(format!("https://faregate.example/alerts/{}", notice.about)));
    assert_eq!(
        words(&look(&mut world, &mut watch, &Around::default())),
        [format!("ended {}", notice.about)]
    );
}

#[test]
fn forecasts_are_kept_once_a_day() {
    let mut world = office();
    let history = (1..60).map(|day| charge(T0.plus(-day * DAY), 1, 1, 7)).collect();
    world.engine.append(vec![Event::UsageCharged(history)]).unwrap();
    let around = Around::default();
    let kept = |world: &mut World, watch: &mut Watch| {
        let events = look(world, watch, &around);
        events
            .iter()
            .filter_map(|event| match event {
                Event::ForecastsKept(kept) => Some(kept.clone()),
                _ => None,
            })
            .flatten()
            .map(|one| (one.subject, one.until.0 - one.made.0))
            .collect::<Vec<_>>()
    };
    let mut watch = Watch::default();
    // A Monday, the first of June: the buckets' as well.
    let subjects = ["contract", "bucket:general", "bucket:north"];
    let spans = [7, 28, 30];
    let all = subjects.map(|one| spans.map(|days| (one.to_owned(), days))).concat();
    assert_eq!(kept(&mut world, &mut watch), all);
    assert_eq!(kept(&mut world, &mut watch), []);
    assert_eq!(kept(&mut world, &mut Watch::default()), [], "started again on the same day");
    world.clock.set(T0.plus(DAY));
    assert_eq!(kept(&mut world, &mut watch), [7, 28, 29].map(|days| ("contract".to_owned(), days)));
}

#[test]
fn history_is_told_before_a_rule_is_saved() {
    let mut world = office();
    let history = vec![charge(T0.plus(-3 * DAY), 1, 1, 30), charge(T0.plus(-9 * DAY), 1, 1, 40)];
    world.engine.append(vec![Event::UsageCharged(history)]).unwrap();
    let text = rule("watch = \"burn\"\nover = \"day\"\nabove = 20");
    let rules: Vec<_> = read(&text).unwrap().into_iter().map(|(_, rule)| rule).collect();
    let state = world.engine.state();
    let today = Date(20_605);
    let tried = tried(&rules, &state.read(), &Vec::new(), (today.plus(-30), today), T0);
    let expected = "it would have fired 2 times from 2026-05-02 to 2026-06-01: 2026-05-29 (the contract), 2026-05-23 (the contract)";
    assert_eq!(tried[0].said, expected);
}
