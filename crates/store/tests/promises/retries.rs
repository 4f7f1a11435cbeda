//! Promises 5 and 6: a retry gets the answer of the first time, weeks and half a million requests later; what
//! was refused stays refused; a key is not used for two questions.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::engine::Failure;
use faregate_app::gate::{Decision, Gate, OpenRequest};
use faregate_app::ports::{Batch, Request};
use faregate_core::estate::{BucketId, Evidence};
use faregate_core::event::{Event, Fare, SessionId};
use faregate_core::when::DAY;
use std::collections::BTreeSet;

const PEOPLE: u64 = 150;
/// More than the store on SQLite keeps apart from the table by key.
const OTHERS: u64 = 520_000;

/// Everybody opens everything; each answer is lost on the way so often, and asked for again. Returns how many
/// charges there are beyond one for each person and product, and the answers that changed.
fn retried(site: &Site, gate: &Gate, lost: usize) -> (u64, usize) {
    let pairs = |person: u64| PRODUCTS.map(|product| (person, product));
    let asked: Vec<OpenRequest> = (0..PEOPLE)
        .flat_map(pairs)
        .map(|(person, product)| request(&format!("{person}-{product}"), person, product, None))
        .collect();
    let ask_all = || -> Vec<Decision> {
        asked.iter().map(|wanted| gate.asked(wanted.clone()).unwrap()).collect()
    };
    let first = ask_all();
    let again: Vec<Vec<Decision>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..lost).map(|_| scope.spawn(ask_all)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    site.clock.advance(6 * MINUTE);
    first.iter().for_each(|decision| drop(gate.closed(SessionId(decision.seq))));
    site.clock.advance(21 * DAY);
    let weeks_later = ask_all();
    // Sessions that a changed answer opened end as well.
    site.clock.advance(6 * MINUTE);
    weeks_later.iter().for_each(|decision| drop(gate.closed(SessionId(decision.seq))));
    let all = again.iter().flatten().chain(&weeks_later);
    let changed = all.zip(first.iter().cycle()).filter(|(later, first)| later.seq != first.seq);
    let changed = changed.count();
    let charges = gate.state().read().charges().iter().count() as u64;
    (charges - PEOPLE * PRODUCTS.len() as u64, changed)
}

#[test]
fn a_retry_never_charges_twice() {
    for backend in BACKENDS {
        let site = Site::new(backend, Fault::None, PEOPLE as u32, &[100_000]);
        let desk = site.start();
        let (surplus, changed) = retried(&site, &desk.gate, 3);
        println!("{backend:?}: charges - windows = {surplus}, {changed} answers changed");
        assert_eq!((surplus, changed), (0, 0));
        let forgetful = Site::new(backend, Fault::LosesRequests, PEOPLE as u32, &[100_000]);
        let desk = forgetful.start();
        let (surplus, changed) = retried(&forgetful, &desk.gate, 1);
        assert!(surplus > 0 && changed > 0, "forgotten requests are not noticed");
    }
}

/// So many other requests, kept the way the gate keeps its own.
fn crowd(site: &Site, count: u64) {
    let mut store = site.store();
    for first in (0..count).step_by(20_000) {
        let one = |number: u64| {
            let key = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            Request { key, digest: u128::from(number), seq: 1 }
        };
        let requests = (first..(first + 20_000).min(count)).map(one).collect();
        store.append(&Batch { requests, ..Batch::default() }).unwrap();
    }
}

#[test]
fn an_answer_holds_for_ever() {
    for (backend, others) in [(Backend::Memory, 20_000), (Backend::Sqlite, OTHERS)] {
        let site = Site::new(backend, Fault::None, 20, &[100, 0]);
        // Sorted by key, some of them move on before the others, and some stay.
        let key = |number: u64| format!("{}{number}", if number < 10 { '!' } else { '~' });
        let wanted: Vec<OpenRequest> =
            (0..20).map(|number| request(&key(number), number, "revit", None)).collect();
        let desk = site.start();
        let ask = |gate: &Gate| -> Vec<Decision> {
            wanted.iter().map(|one| gate.asked(one.clone()).unwrap()).collect()
        };
        let first = ask(&desk.gate);
        assert_eq!(first.iter().filter(|one| is_opened(one)).count(), 10, "ten had tokens");
        drop(desk.stop());
        crowd(&site, others);
        site.clock.advance(21 * DAY);
        let desk = site.start();
        desk.gate
            .decided(|_, _| vec![Event::Allocated { bucket: BucketId(0), ticks: tokens(10_000) }]);
        let flips = ask(&desk.gate);
        let expected: Vec<Decision> =
            first.into_iter().map(|one| Decision { repeated: true, ..one }).collect();
        assert!(flips == expected, "{backend:?}: an answer flipped");
        let fresh = request("fresh", 19, "revit", None);
        assert!(is_opened(&desk.gate.asked(fresh).unwrap()), "the bucket was funded");
        assert_eq!(reused(&desk.gate, &wanted), Vec::<String>::new());
    }
}

/// Requests under a used key that differ from the first, and are answered all the same.
fn reused(gate: &Gate, wanted: &[OpenRequest]) -> Vec<String> {
    let changes: [fn(&mut OpenRequest); 8] = [
        |one| one.ask.person.push('x'),
        |one| one.ask.product = "autocad".to_owned(),
        |one| one.ask.host.push('x'),
        |one| one.ask.bucket = Some("b0".to_owned()),
        |one| one.ask.more.version = Some("2027".to_owned()),
        |one| one.ask.more.fare = Some(Fare::Tokens),
        |one| one.ask.more.confirmed = true,
        |one| {
            one.ask.more.evidence = Evidence { site: Some("x".to_owned()), ..Evidence::default() }
        },
    ];
    let mut found = BTreeSet::new();
    for one in wanted {
        for change in changes {
            let mut other = one.clone();
            change(&mut other);
            if !matches!(gate.asked(other.clone()), Err(Failure::KeyReused)) {
                found.insert(format!("{other:?}"));
            }
        }
        let mut moved = one.clone();
        moved.ask.more.evidence.address = "10.0.0.9".parse().ok();
        if !gate.asked(moved).is_ok_and(|answer| answer.repeated) {
            found.insert(format!("{one:?} from another network"));
        }
    }
    found.into_iter().collect()
}

/// A store that forgets keys lets refusals flip and keys be used twice.
#[test]
fn a_flip_is_noticed() {
    for backend in BACKENDS {
        let site = Site::new(backend, Fault::LosesRequests, 20, &[0]);
        let desk = site.start();
        let wanted = [request("k", 1, "revit", None)];
        let refused = desk.gate.asked(wanted[0].clone()).unwrap();
        desk.gate
            .decided(|_, _| vec![Event::Allocated { bucket: BucketId(0), ticks: tokens(10_000) }]);
        let again = desk.gate.asked(wanted[0].clone()).unwrap();
        assert_ne!(Decision { repeated: true, ..refused }, again);
        assert_ne!(reused(&desk.gate, &wanted), Vec::<String>::new());
    }
}
