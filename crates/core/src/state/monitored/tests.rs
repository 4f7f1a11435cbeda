use super::*;
use crate::alert::{Crossing, Severity};
use crate::state::tests::World;
use crate::when::DAY;

fn raised(rule: &str, subjects: &[&str]) -> Event {
    let crossing =
        |subject: &&str| Crossing { subject: (*subject).to_owned(), ..Crossing::default() };
    Event::AlertRaised(Raised {
        rule: rule.to_owned(),
        severity: Severity::Warning,
        crossings: subjects.iter().map(crossing).collect(),
        ..Raised::default()
    })
}

fn ended(seq: u64, place: u16) -> Event {
    let what = Handling::Ended { said: "back".to_owned() };
    Event::AlertHandled { alert: AlertId { seq, place }, what }
}

fn open(world: &World) -> Vec<String> {
    let shown =
        |(id, alert): (AlertId, &Alert)| format!("{id} {} {}", alert.rule, alert.crossing.subject);
    world.state.monitor().open().map(shown).collect()
}

/// What is applied, and what the state says of it; refused, it is as it was.
#[test]
fn a_subject_is_told_of_once_by_a_rule() {
    let mut world = World::new();
    let seq = world.state.seq();
    let must = |world: &mut World, event: Event| world.must(event);
    must(&mut world, raised("low", &["bucket:a", "bucket:b"]));
    must(&mut world, raised("lower", &["bucket:a"]));
    let (first, second) = (seq + 1, seq + 2);
    let all = [
        format!("a{first} low bucket:a"),
        format!("a{first}-1 low bucket:b"),
        format!("a{second} lower bucket:a"),
    ];
    assert_eq!(open(&world), all);
    let wrong = [
        raised("low", &["bucket:b"]),
        raised("low", &["bucket:c", "bucket:a"]),
        raised("new", &["bucket:c", "bucket:c"]),
        ended(first, 2),
        ended(first + 9, 0),
        Event::AlertRuleRemoved("low".to_owned()),
        Event::AlertRuleMuted { key: "low".to_owned(), until: None },
    ];
    for event in wrong {
        let before = world.state.checkpoint();
        let refused = world.state.apply(world.state.seq() + 1, world.now, &event);
        assert!(matches!(refused, Err(Broken::Alert(_))), "{event:?}: {refused:?}");
        assert_eq!(world.state.checkpoint(), before);
    }
    must(&mut world, ended(first, 1));
    assert_eq!(open(&world), [&all[0][..], &all[2][..]]);
    let again = world.state.apply(world.state.seq() + 1, world.now, &ended(first, 1));
    assert!(matches!(again, Err(Broken::Alert(_))), "{again:?}");
    must(&mut world, raised("low", &["bucket:b"]));
    assert_eq!(open(&world).len(), 3);
    let restored = State::restore(world.state.checkpoint()).unwrap();
    assert_eq!(restored.monitor(), world.state.monitor());
}

#[test]
fn old_alerts_and_forecasts_are_forgotten_and_open_ones_never() {
    let mut world = World::new();
    world.must(raised("low", &["bucket:open"]));
    let kept = vec![KeptForecast::default(); KEPT_MAX];
    world.must(Event::ForecastsKept(kept));
    world.must(Event::ForecastsKept(vec![KeptForecast {
        made: Date(7),
        ..KeptForecast::default()
    }]));
    assert_eq!(world.state.monitor().kept().len(), KEPT_MAX);
    assert_eq!(world.state.monitor().kept().last().map(|one| one.made), Some(Date(7)));
    world.now = world.now.plus(DAY);
    for _ in 0..=ENDED_MAX {
        let seq = world.state.seq() + 1;
        world.must(raised("high", &["contract"]));
        world.must(ended(seq, 0));
    }
    assert_eq!(world.state.monitor().alerts().len(), ENDED_MAX + 1);
    assert_eq!(open(&world).len(), 1);
}
