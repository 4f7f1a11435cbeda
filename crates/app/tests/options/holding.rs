//! Who holds what: compared with the gate and the log, and watched.

use crate::estate::*;
use faregate_app::holders::{Held, Kind, Seen, Snapshot, Watch, compare, snapshot};
use faregate_core::access::Policies;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Ask, Counts, Event, OpenUse, Receipt};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::when::{Instant, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::lmstat::Reader;

const HEAD: &str = "License server status: 27000@srv\nsrv: license server UP v11\nVendor daemon status (on srv):\n adskflex: UP v11\nFeature usage info:\n";

fn office(more: Vec<Event>) -> State {
    let first =
        vec![products(&["autocad", "revit"]), people(&[("ana", &["ALOPEZ"]), ("ben", &[])])];
    state(first.into_iter().chain(more).collect())
}

/// A feature of so many in use, held by these since half past seven: T0 is a Monday, and it is noon.
fn feature(code: &str, in_use: usize, users: &[&str]) -> String {
    let row =
        |user: &&str| format!("{user} ws-1 ws-1 (v1.0) (srv/27000 501), start Mon 6/1 7:30\n");
    let rows: String = users.iter().map(row).collect();
    format!(
        "Users of {code}:  (Total of 9 licenses issued;  Total of {in_use} licenses in use)\n{rows}"
    )
}

const NOON: Instant = Instant(T0.0 + 12 * 3_600);

fn polled(state: &State, text: &str) -> Snapshot {
    let mut reader = Reader::new(NOON, Zone::utc());
    reader.feed(text.as_bytes());
    snapshot(state, &FeatureTable::shipped(), &reader.finish(), NOON)
}

fn open_use(person: u32, product: u16, opened: Instant) -> OpenUse {
    let (person, product) = (PersonId(person), Some(ProductId(product)));
    OpenUse { identity: u64::from(person.0) + 1, person, product, host: "ws-1".to_owned(), opened }
}

fn logged(begun: Vec<OpenUse>) -> Event {
    let counts = Counts { sessions: 1, ..Counts::default() };
    Event::Imported(Receipt { begun, counts, ..Receipt::default() })
}

fn kinds(state: &State, poll: &Snapshot) -> Vec<(Kind, String, String)> {
    let told = compare(state, poll);
    told.into_iter().map(|one| (one.kind, one.user, one.what)).collect()
}

#[test]
fn package_and_component_are_one_and_names_are_people() {
    let state = office(Vec::new());
    let text = format!(
        "{HEAD}{}{}{}",
        feature("64300ACD_F", 1, &["alopez"]),
        feature("87545ACD_2024_0F", 1, &["ALOPEZ"]),
        feature("NOSUCH", 1, &["zoe"]),
    );
    let poll = polled(&state, &text);
    assert_eq!(poll.unknown, Vec::<String>::new());
    let [one, other] = poll.held.try_into().unwrap();
    assert_eq!(
        (one.person, one.what.as_str(), one.codes.len(), one.licences),
        (Some(PersonId(0)), "autocad", 2, 1)
    );
    assert_eq!(one.since, T0.plus(7 * 3_600 + 1_800));
    assert_eq!((other.person, other.product, other.what.as_str()), (None, None, "NOSUCH"));
}

#[test]
fn of_a_product_all_codes_have_to_be_known() {
    let state = office(Vec::new());
    let text = format!(
        "{HEAD}{}{}",
        feature("64300ACD_F", 1, &["ana"]),
        feature("87545ACD_2024_0F", 2, &["ana"])
    );
    let poll = polled(&state, &text);
    assert!(poll.known.is_empty(), "{:?}", poll.known);
    assert_eq!(poll.unknown.len(), 1);
}

#[test]
fn nothing_is_compared_with_what_was_never_used() {
    let state = office(Vec::new());
    let poll = polled(&state, &format!("{HEAD}{}", feature("64300ACD_F", 1, &["ana"])));
    assert_eq!(kinds(&state, &poll), []);
}

#[test]
fn the_log_is_compared_where_all_is_known_and_nothing_is_too_new() {
    let uses = vec![open_use(0, 0, T0), open_use(1, 1, T0)];
    let state = office(vec![logged(uses)]);
    let revit = |in_use, users: &[&str]| {
        format!("{HEAD}{}{}", feature("64300ACD_F", 0, &[]), feature("85950RVT_F", in_use, users))
    };
    // Ana's AutoCAD is in the log and nobody's; Ben's Revit is where it should be, Zoe's is in no log.
    let poll = polled(&state, &revit(2, &["ben", "zoe"]));
    assert_eq!(
        kinds(&state, &poll),
        [
            (Kind::HeldNotInLog, "zoe".to_owned(), "revit".to_owned()),
            (Kind::InLogNotHeld, "ana".to_owned(), "autocad".to_owned()),
        ]
    );
    // Where the numbers do not add up, who holds Revit is not known; neither is it where it is not spoken of.
    let less = polled(&state, &revit(1, &[]));
    assert_eq!(
        kinds(&state, &less),
        [(Kind::InLogNotHeld, "ana".to_owned(), "autocad".to_owned())]
    );
    let silent = polled(&state, HEAD);
    assert_eq!(kinds(&state, &silent), []);
    // Nor is anybody missed who has only just opened it, or has a licence that the log is about to tell of.
    let fresh = office(vec![logged(vec![open_use(0, 0, NOON.plus(-299))])]);
    assert_eq!(kinds(&fresh, &polled(&fresh, &revit(0, &[]))), []);
    let mut new = polled(&state, &revit(2, &["ben", "zoe"]));
    new.held.iter_mut().for_each(|held| held.since = NOON.plus(-299));
    assert!(!kinds(&state, &new).iter().any(|(kind, ..)| *kind == Kind::HeldNotInLog));
}

#[test]
fn the_gate_is_compared_once_it_was_asked() {
    let mut state = office(Vec::new());
    let ask = Ask { person: "ana".to_owned(), product: "revit".to_owned(), ..Ask::default() };
    let refused = gate::open(&state, Policies::default(), &ask, T0);
    let seq = state.seq() + 1;
    state.apply(seq, T0, &refused).unwrap();
    let poll = polled(&state, &format!("{HEAD}{}", feature("85950RVT_F", 1, &["ana"])));
    assert_eq!(
        kinds(&state, &poll),
        [(Kind::HeldWithoutAsking, "ana".to_owned(), "revit".to_owned())]
    );
}

fn held(user: &str, since: i64) -> Held {
    Held {
        person: None,
        user: user.to_owned(),
        host: "WS-1".to_owned(),
        product: None,
        what: "autocad".to_owned(),
        codes: Default::default(),
        licences: 1,
        since: T0.plus(since),
    }
}

fn poll(at: i64, held: &[Held], known: bool) -> Snapshot {
    let unknown = if known { Vec::new() } else { vec!["down".to_owned()] };
    let all = known.then(|| "autocad".to_owned());
    Snapshot { at: T0.plus(at), held: held.to_vec(), known: all.into_iter().collect(), unknown }
}

fn told(seen: &[Seen]) -> Vec<String> {
    let one = |seen: &Seen| match seen {
        Seen::Held { user, since, .. } => format!("held {user} {}", since.0 - T0.0),
        Seen::Gone { user, last_seen, .. } => format!("gone {user} {}", last_seen.0 - T0.0),
        Seen::Unknown(_) => "unknown".to_owned(),
        Seen::Known => "known".to_owned(),
    };
    seen.iter().map(one).collect()
}

#[test]
fn a_watch_tells_what_is_new_and_concludes_nothing_from_silence() {
    let mut watch = Watch::default();
    let mut recalled = Watch::default();
    let mut look = |at, rows: &[Held], known| {
        let seen = watch.look(&poll(at, rows, known));
        seen.iter().for_each(|one| recalled.recall(T0.plus(at), one));
        assert_eq!(recalled.open(), watch.open());
        told(&seen)
    };
    assert_eq!(look(60, &[held("Jo", 0), held("al", 0)], true), ["held al 0", "held jo 0"]);
    assert_eq!(look(120, &[held("jo", 0)], false), ["unknown"]);
    assert_eq!(look(180, &[], false), Vec::<String>::new());
    assert_eq!(look(240, &[held("jo", 0)], true), ["known", "gone al 60"]);
    // Closed and opened again between two looks.
    assert_eq!(look(300, &[held("jo", 250)], true), ["gone jo 240", "held jo 250"]);
    // Another code of the product that was held before, seen only now, is the same use.
    assert_eq!(look(360, &[held("jo", 200)], true), Vec::<String>::new());
    assert_eq!(look(420, &[], true), ["gone jo 360"]);
}
