//! Promise 7: one charge per person, product and window, whatever the source: two machines, and a report of
//! the same use.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::SessionId;
use faregate_core::when::{DAY, Instant};
use std::collections::BTreeMap;

const PEOPLE: u32 = 40;
const DAYS: i64 = 5;

/// Charges beyond one for each person and day: everybody works an hour a day, on two machines at once, and
/// what they did is reported again on some days, under ids so much higher.
fn duplicates(site: &Site, reports: &[i64], strangers: u32) -> usize {
    let mut uses: Vec<(u32, Instant)> = Vec::new();
    for day in 0..DAYS {
        // Later each day, so that no window reaches into the next morning.
        let morning = T0.plus(day * (DAY + 3_600));
        let desk = site.start();
        site.clock.advance(morning.since(faregate_app::ports::Clock::now(&site.clock)));
        let mut sessions = Vec::new();
        for person in 0..PEOPLE {
            for machine in 0..2 {
                let key = format!("{day}-{person}-{machine}");
                let mut wanted = request(&key, person.into(), "revit", None);
                wanted.ask.host = format!("WS-{person}-{machine}");
                sessions.push(SessionId(desk.gate.asked(wanted).unwrap().seq));
            }
            uses.push((person, morning));
        }
        for _ in 0..6 {
            site.clock.advance(10 * MINUTE);
            sessions.iter().for_each(|id| assert!(desk.gate.heartbeat(*id, true)));
        }
        for id in sessions {
            assert!(!desk.gate.closed(id).unwrap().already);
        }
        let mut engine = desk.stop();
        if reports.contains(&day) {
            for _ in 0..2 {
                let reported = uses.iter().map(|&(person, opened)| KnownUse {
                    person: PersonId(person + strangers),
                    product: ProductId(1),
                    host: "WS-9",
                    opened: opened.plus(5),
                    closed: opened.plus(3_600),
                });
                record_generated(&mut engine, reported).unwrap();
            }
        }
    }
    let engine = site.engine();
    let shared = engine.state();
    let state = shared.read();
    let mut windows: BTreeMap<(u32, i64), usize> = BTreeMap::new();
    for charge in state.charges().iter() {
        let day = charge.at.since(T0).div_euclid(DAY + 3_600);
        *windows.entry((charge.person.0 % PEOPLE, day)).or_default() += 1;
    }
    assert_eq!(windows.len(), (i64::from(PEOPLE) * DAYS) as usize, "a window was not charged");
    state.charges().iter().count() - windows.len()
}

#[test]
fn a_window_is_charged_once_whatever_the_source() {
    for backend in BACKENDS {
        for reports in [&[0, 1, 2, 3, 4][..], &[4], &[1, 4]] {
            let site = Site::new(backend, Fault::None, PEOPLE, &[1_000_000]);
            let doubled = duplicates(&site, reports, 0);
            println!("{backend:?}: {} windows / {doubled} duplicates", i64::from(PEOPLE) * DAYS);
            assert_eq!(doubled, 0);
            assert_eq!(site.examined(), Vec::<String>::new());
        }
    }
}

/// Names that nobody said are one person's: the same use is charged to two.
#[test]
fn a_use_charged_twice_is_noticed() {
    for backend in BACKENDS {
        let site = Site::new(backend, Fault::None, 2 * PEOPLE, &[1_000_000]);
        assert_ne!(duplicates(&site, &[1, 4], PEOPLE), 0, "{backend:?}");
    }
}
