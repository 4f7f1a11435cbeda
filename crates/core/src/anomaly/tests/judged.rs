//! Names, prices and judgements.

use super::*;
use crate::when::Date;

#[test]
fn a_finding_found_again_is_the_same() {
    let mut given = Given::new();
    given.works(ANNA);
    given.used(ANNA, 3, (420, 1_200));
    let before = given.found();
    given.used(ANNA, 4, (420, 1_210));
    given.used(BEN, 5, (420, 1_210));
    let after = given.found();
    assert_eq!((before.len(), after.len()), (1, 3));
    assert!(after.iter().any(|one| one.id == before[0].id && one.words == before[0].words));
    let ids: BTreeSet<u64> = after.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), 3);
    // Written down in journals: it may never change.
    assert_eq!(id(Class::Burst, "product/revit", Date(20_605), 0), 8_769_985_256_810_286_106);
}

#[test]
fn the_dearest_comes_first() {
    let mut given = Given::new();
    for person in [ANNA, BEN] {
        given.works(person);
        given.used(person, 3, (420, 1_200));
    }
    given.charged(BEN, REVIT, T0.plus(3 * DAY + 420 * MINUTE), 10);
    let found = given.found();
    let costs: Vec<(Ticks, Ticks)> = found.iter().map(|one| (one.cost, one.monthly)).collect();
    let monthly = measure::scaled(tokens(10), 30.0 / 35.0);
    assert_eq!(costs, [(tokens(10), monthly), (Ticks::ZERO, Ticks::ZERO)]);
}

fn judged(class: Class, subject: &str, finding: u64, confirmed: bool) -> Judgement {
    let (subject, why) = (subject.to_owned(), "because".to_owned());
    Judgement { finding, class, subject, confirmed, why, at: T0 }
}

#[test]
fn dismissals_teach_and_nothing_goes_silent() {
    let no = |count: u64, subject: &str| -> Vec<Judgement> {
        (0..count).map(|n| judged(Class::Burst, subject, n, false)).collect()
    };
    let factor = |judgements: &[Judgement], subject: &str| {
        let factor = Thresholds::taught(judgements).factor(Class::Burst, subject);
        (factor * 100.0).round() / 100.0
    };
    assert_eq!(factor(&[], "a"), 1.0);
    assert_eq!(factor(&no(1, "a"), "a"), 1.25);
    assert_eq!(factor(&no(1, "a"), "b"), 1.05);
    assert_eq!(factor(&no(100, "a"), "a"), 2.0);
    assert_eq!(factor(&no(100, "a"), "b"), 1.5);
    let mut mixed = no(1, "a");
    mixed.push(judged(Class::Burst, "a", 7, true));
    assert_eq!((factor(&mixed, "a"), factor(&mixed, "b")), (1.0, 1.0));
    let yes: Vec<Judgement> = (0..9).map(|n| judged(Class::Burst, "a", n, true)).collect();
    assert_eq!(factor(&yes, "a"), 1.0, "never below the default");
    assert_eq!(Thresholds::taught(&no(9, "a")).factor(Class::Spike, "a"), 1.0);
}

#[test]
fn what_was_dismissed_is_not_found_and_may_be_again() {
    let mut given = Given::new();
    given.works(ANNA);
    // 13 hours: as weak as it may be; 20 on another day is 1.5 times as long.
    given.used(ANNA, 3, (420, 1_200));
    given.used(ANNA, 6, (300, 1_500));
    let found = given.found();
    let ids: Vec<u64> = found.iter().map(|one| one.id).collect();
    let weak = found.iter().find(|one| one.strength < 1.1).unwrap().clone();
    assert_eq!(ids.len(), 2);
    let no = judged(weak.class, &weak.subject, weak.id, false);
    let left = given.found_with(&Thresholds::taught(std::slice::from_ref(&no)));
    assert_eq!(
        left.iter().map(|one| one.id).collect::<Vec<_>>(),
        [ids[usize::from(ids[0] == weak.id)]]
    );
    let yes = Judgement { confirmed: true, ..no.clone() };
    assert_eq!(given.found_with(&Thresholds::taught(&[no, yes])).len(), 2);
}

#[test]
fn every_class_has_its_name() {
    let keys: BTreeSet<&str> = Class::ALL.iter().map(|class| class.key()).collect();
    assert_eq!(keys.len(), Class::ALL.len());
    for class in Class::ALL {
        assert_eq!(Class::from_key(class.key()), Some(class));
        assert!(!class.remedy().is_empty());
    }
    assert_eq!(Class::from_key("burst "), None);
}

/// The one that was judged stays, however far judgements raise thresholds; what has no threshold learns none.
#[test]
fn what_is_confirmed_stays_and_facts_teach_nothing_about_others() {
    let judge = |finding: u64, class, confirmed| Judgement {
        finding,
        class,
        subject: finding.to_string(),
        confirmed,
        why: String::new(),
        at: T0,
    };
    let mut said = vec![judge(1, Class::Burst, true)];
    for finding in 2..20 {
        said.push(judge(finding, Class::Burst, false));
        said.push(judge(finding, Class::DoubleDip, false));
    }
    let taught = Thresholds::taught(&said);
    let admits = |finding: u64, class, strength| {
        taught.admit(finding, class, &finding.to_string(), strength)
    };
    assert!(admits(1, Class::Burst, 1.0), "it was confirmed");
    assert!(!admits(2, Class::Burst, 9.0), "it was dismissed");
    assert!(!admits(50, Class::Burst, 1.49) && admits(50, Class::Burst, 1.51));
    assert!(admits(50, Class::DoubleDip, 1.0), "each is one or is none");
    for class in Class::ALL {
        let others = Thresholds::taught(&[judge(1, class, false)]).factor(class, "another");
        let expected = if class.is_measured() { 1.05 } else { 1.0 };
        assert!((others - expected).abs() < 1e-9, "{class:?}");
    }
}
