//! What orders are guarded against: one person alone, numbers beyond the range, keys of others, names that
//! nothing bears.

use crate::given::*;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::engine::Failure;
use faregate_app::orders::{NotDone, Once, Order, Orderer, carry_out, carry_out_once};
use faregate_core::estate::SeatId;
use faregate_core::event::{Event, Mode};
use faregate_core::ledger::PackKind;
use faregate_core::state::Broken;
use faregate_core::when::DAY;

fn import(world: &mut World, rows: &str) {
    let document = bulk::read([("estate.toml", rows)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
}

#[test]
fn nobody_moves_much_alone_nor_anything_to_themselves() {
    let (general, north, south, deep) =
        (Some("general"), Some("north"), Some("south"), Some("deep"));
    let mut world = office();
    // Eve owns the general bucket and spends from North's.
    import(&mut world, "[[person]]\nkey = \"eve\"\nbucket = \"north\"");
    check(
        &mut world,
        &[
            (
                "ben",
                transfer(north, south, 20),
                "forbidden needs-two: 20 tokens or more are not moved by one person alone",
            ),
            (
                "ben",
                transfer(north, south, 19),
                "19 tokens moved from bucket `north` to bucket `south`",
            ),
            (
                "ben",
                transfer(north, deep, 1),
                "1 tokens moved from bucket `north` to bucket `deep`",
            ),
            (
                "ben",
                transfer(deep, north, 1),
                "forbidden own-bucket: bucket `north` is the orderer's own",
            ),
            (
                "eve",
                transfer(general, north, 1),
                "forbidden own-bucket: bucket `north` is the orderer's own",
            ),
            (
                "ana",
                transfer(general, north, 1),
                "1 tokens moved from bucket `general` to bucket `north`",
            ),
            (
                "root",
                transfer(general, north, 20),
                "20 tokens moved from bucket `general` to bucket `north`",
            ),
        ],
    );
}

#[test]
fn what_cannot_be_counted_is_refused_and_nothing_is_loaded_again() {
    let buy = |whole: i64| Order::Buy {
        name: text("Spring"),
        kind: PackKind::Flex,
        ticks: tokens(whole),
        from: T0,
        until: T0.plus(30 * DAY),
        price: None,
    };
    let correct = |whole: i64| Order::Correct {
        pack: 1,
        bucket: None,
        ticks: tokens(whole),
        why: text("recount"),
    };
    let mut world = office();
    give(&mut world, "root", &buy(2_500_000_000)).unwrap();
    // Were the state thrown away, it could not be loaded.
    world.store.plan().unreadable = true;
    let beyond =
        "invalid out-of-range: there would be more tokens than can be counted, 2.56 billion";
    for order in [buy(2_500_000_000), correct(2_560_000_000)] {
        for only_try in [true, false] {
            let done = carry_out(&mut world.engine, &orderer("root"), &order, only_try);
            assert_eq!(told(&done), beyond, "{order:?}");
        }
    }
    let before = seq(&world.engine);
    let given = |seat: u32| Event::SeatMoved {
        seat: SeatId(seat),
        person: world.engine.state().read().estate().person_keyed("ben"),
    };
    // What comes past the orders, a plan that is approved too late, leaves the state alone as well.
    let late = given(2);
    assert!(matches!(world.engine.append(vec![late]), Err(Failure::Broken(Broken::Seat(_)))));
    assert_eq!(seq(&world.engine), before);
    world.store.plan().unreadable = false;
    give(&mut world, "root", &correct(1)).unwrap();
}

#[test]
fn whoever_types_an_order_for_somebody_is_on_record() {
    let mut world = office();
    let sam = orderer("root").on_behalf_of(Some("sam"));
    let done = carry_out(&mut world.engine, &sam, &ask(None, 5), false).unwrap();
    let entries = world.store.told().entries;
    let by = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Ordered { by, .. } => Some(by.as_str()),
        _ => None,
    });
    assert_eq!(by, Some("root, as sam"));
    let shared = world.engine.state();
    let state = shared.read();
    let request = state.requests().get(&faregate_core::budget::RequestId(done.seq)).unwrap();
    assert_eq!(Some(request.request.by), state.estate().person_keyed("sam"));
    let own = Orderer::new("sam", true).on_behalf_of(Some("sam"));
    assert_eq!((own.words(), own.name()), (text("sam"), "sam"));
}

#[test]
fn keys_are_a_credentials_own_and_never_those_of_opens() {
    let mut world = office();
    let ordered = |world: &mut World, who: &Orderer| {
        let once = Once::new(who, "k", b"body");
        carry_out_once(&mut world.engine, who, &transfer(Some("north"), Some("south"), 1), once)
            .map(|done| done.repeated)
    };
    let (one, other) = (orderer("root").identified("1"), orderer("root").identified("2"));
    assert!(matches!(ordered(&mut world, &one), Ok(false)));
    assert!(matches!(ordered(&mut world, &one), Ok(true)));
    assert!(matches!(ordered(&mut world, &other), Ok(false)));
    // As whom it is said is part of it too.
    assert!(matches!(ordered(&mut world, &one.clone().on_behalf_of(Some("ben"))), Ok(false)));

    // A workstation that knows how the keys of orders are written takes none of them.
    let mut desk = world.start();
    for key in ["\u{1}order by 4:root 4:root: k", "\u{1}\u{1}order by 4:root 4:root: k"] {
        assert!(!desk.open(key, "eve", "autocad").unwrap().repeated);
        assert!(desk.open(key, "eve", "autocad").unwrap().repeated);
    }
    let mut world = desk.stop();
    assert!(matches!(ordered(&mut world, &orderer("root")), Ok(false)));
    desk = world.start();
    drop(desk.stop());
}

fn adopt(text: &str) -> Order {
    Order::AdoptPolicy { name: "new".to_owned(), mode: Mode::Monitor, text: text.to_owned() }
}

fn warnings(world: &mut World, text: &str) -> Vec<String> {
    match give(world, "root", &adopt(text)) {
        Ok(done) => done.warnings,
        Err(NotDone::Refused(why)) => panic!("{why:?}"),
        Err(NotDone::Failed(why)) => panic!("{why}"),
    }
}

#[test]
fn names_that_nothing_bears_are_pointed_out() {
    let mut world = office();
    import(&mut world, "[[group]]\nkey = \"token-group\"");
    let text = "@id(\"a\") forbid (principal in Group::\"token-grup\", action, resource)\n\
                when { context.during.contains(Schedule::\"nights\") };\n\
                @id(\"b\") forbid (principal in Group::\"token-group\", action, \
                resource == Product::\"revit\") when { resource in Offering::\"aec\" && \
                context has country && context.country == Country::\"es\" };";
    assert_eq!(
        warnings(&mut world, text),
        [
            "new:1: there is no group `token-grup`\n  help: did you mean Group::\"token-group\"?",
            "new:1: there is no schedule `nights`\n  help: what is named so may be added later; until then it is nobody and nothing",
        ]
    );
}

#[test]
fn whoever_is_locked_out_of_their_seat_is_pointed_out() {
    let mut world = office();
    import(
        &mut world,
        "[[group]]\nkey = \"token-group\"\n[[person]]\nkey = \"eve\"\ngroups = [\"token-group\"]",
    );
    let seat = "@id(\"a\") forbid (principal in Group::\"token-group\", \
                action == Action::\"open-on-seat\", resource);";
    assert_eq!(
        warnings(&mut world, seat),
        [
            "1 person holds a seat that these policies forbid them, for example eve\n  help: free the seat, or leave the group"
        ]
    );
    // What forbids tokens as well is about something else: where they are, or when.
    let any = "@id(\"a\") forbid (principal in Group::\"token-group\", action, resource);";
    assert!(warnings(&mut world, any).is_empty());
    import(&mut world, "[[group]]\nkey = \"night\"");
    let others = "@id(\"a\") forbid (principal in Group::\"night\", \
                  action == Action::\"open-on-seat\", resource);";
    assert!(warnings(&mut world, others).is_empty());
}
