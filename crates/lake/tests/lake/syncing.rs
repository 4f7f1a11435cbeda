//! A lake that grew is the lake made anew, whatever came in which order.

use crate::world::{PEOPLE, T0, World};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use faregate_app::ports::{BlockKind, Store};
use faregate_core::estate::{
    AliasTerm, BucketId, Country, Network, Person, PersonId, ProductId, Site,
};
use faregate_core::event::{Event, FeatureMapped};
use faregate_core::ledger::Account;
use faregate_core::when::{DAY, Instant, Zone};
use faregate_lake::LakeSync;

async fn number(world: &World, sync: &faregate_lake::LakeSync, sql: &str) -> i64 {
    let rows = world.ask(sync.lake(), sql).await;
    rows[0].column(0).as_primitive::<Int64Type>().value(0)
}

#[tokio::test]
async fn a_lake_that_grew_is_the_lake_made_anew() {
    let world = World::new();
    let mut sync = world.sync().await;
    for round in 0..4 {
        world.import(round * 40, 40);
        world.gate(3);
        let synced = sync.run(&mut world.store.clone(), world.now()).await.unwrap();
        assert_eq!(synced.seq, world.state().seq());
        assert!(synced.rows > 0);
        assert_eq!(world.facts(sync.lake()).await, world.expected().await, "round {round}");
    }
    let again = sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!((again.rows, again.rewritten), (0, 0));
    // Another process, which has nothing in memory, finds nothing to do either.
    let mut other = world.sync_on(world.files.clone()).await;
    let again = other.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!((again.rows, again.rewritten), (0, 0));
    assert_eq!(world.facts(other.lake()).await, world.expected().await);
}

#[tokio::test]
async fn files_of_few_rows_hold_the_same_rows() {
    let world = World::used();
    let expected = world.expected().await;
    for rows_max in [1, 7, 30] {
        let files = std::sync::Arc::new(object_store::memory::InMemory::new());
        let mut sync = world.sync_on(files).await.writing_after(rows_max);
        sync.run(&mut world.store.clone(), world.now()).await.unwrap();
        assert_eq!(world.facts(sync.lake()).await, expected, "after {rows_max} rows");
    }
}

#[tokio::test]
async fn sums_are_the_ledgers_to_the_tick() {
    let world = World::used();
    let sync = world.sync().await;
    let state = world.state();
    let charged = number(&world, &sync, "SELECT sum(ticks) FROM charges").await;
    assert!(charged > 0);
    assert_eq!(charged, state.ledger().balance(Account::Consumed).0);
    for account in state.ledger().accounts() {
        let (name, bucket) = match account {
            Account::Available(bucket) => ("available", format!("bucket_id = {}", bucket.0)),
            Account::Held(bucket) => ("held", format!("bucket_id = {}", bucket.0)),
            Account::Purchased => ("purchased", "TRUE".to_owned()),
            Account::Unallocated => ("unallocated", "TRUE".to_owned()),
            Account::Consumed => ("consumed", "TRUE".to_owned()),
            _ => continue,
        };
        let sql = format!(
            "SELECT coalesce(sum(ticks), 0) FROM balances WHERE account = '{name}' AND {bucket}"
        );
        assert_eq!(number(&world, &sync, &sql).await, state.ledger().balance(account).0, "{sql}");
    }
    let opened = number(&world, &sync, "SELECT count(*) FROM decisions WHERE opened").await;
    assert_eq!(opened.cast_unsigned(), state.tally().opened);
    let denied = number(&world, &sync, "SELECT count(*) FROM denials").await;
    assert_eq!((denied, denied.cast_unsigned()), (1, state.tally().refused));
    let sessions = number(&world, &sync, "SELECT count(*) FROM sessions").await;
    assert_eq!(sessions.cast_unsigned(), 100 + state.tally().opened);
}

#[tokio::test]
async fn views_say_names() {
    let world = World::used();
    let sync = world.sync().await;
    let whole = "SELECT count(*) FROM usage WHERE person IS NOT NULL AND product IS NOT NULL
        AND bucket IS NOT NULL AND user_name IS NOT NULL AND host IS NOT NULL";
    assert_eq!(number(&world, &sync, whole).await, 106);
    let gate = "SELECT count(*) FROM usage WHERE source = 'gate' AND host = 'gate-pc'";
    assert_eq!(number(&world, &sync, gate).await, 6);
    let burn = "SELECT sum(ticks) FROM burn WHERE person = 'person3' AND product = 'autocad'";
    assert!(number(&world, &sync, burn).await > 0);
}

/// A name that is somebody else's from some day on: what is told of it moves, and nothing else.
#[tokio::test]
async fn a_name_that_changes_hands_moves_its_sessions() {
    let world = World::used();
    let mut sync = world.sync().await;
    world.append(vec![Event::PeopleAdded(vec![Person {
        key: "newcomer".to_owned(),
        name: "Newcomer".to_owned(),
        bucket: BucketId(2),
        aliases: Vec::new(),
    }])]);
    // The keys of people are theirs for ever; a host's name that is a user's too is anybody's.
    world.import(200, 24);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    let before = world.facts(sync.lake()).await;
    let term = AliasTerm {
        alias: "PC-1".to_owned(),
        person: PersonId(PEOPLE),
        from: T0.plus(-60 * DAY),
        until: Instant(i64::MAX),
    };
    world.append(vec![Event::AliasesSet(vec![term])]);
    let synced = sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(synced.rewritten, 0, "`PC-1` is nobody's name as a user");
    assert_eq!(world.facts(sync.lake()).await, before);
}

/// Two identities of one person: what either used is hers, through logs and through the gate, until they part.
#[tokio::test]
async fn sessions_follow_who_is_whom() {
    let world = World::used();
    let mut sync = world.sync().await;
    let apart = sessions(&world, &sync).await;
    let merge = async |sync: &mut LakeSync, into: Option<PersonId>| {
        // As an order does it: nothing may be charged to who is somebody else.
        let state = world.state();
        let theirs = state.charges().iter().filter(|one| one.person == PersonId(1));
        let reversed = Event::UsageReversed(theirs.map(|one| one.unit()).collect());
        world.append(vec![reversed, Event::PersonMerged { person: PersonId(1), into }]);
        sync.run(&mut world.store.clone(), world.now()).await.unwrap();
        assert_eq!(world.facts(sync.lake()).await, world.expected().await);
        sessions(&world, sync).await
    };
    let [first, second] = [PersonId(0), PersonId(1)].map(|id| usize::try_from(id.0).unwrap());
    assert!(apart[second].0 > 0 && apart[second].1 > 0, "{apart:?}");
    let one = merge(&mut sync, Some(PersonId(0))).await;
    assert_eq!(one[second], (0, 0));
    let both = (apart[first].0 + apart[second].0, apart[first].1 + apart[second].1);
    assert_eq!(one[first], both);
    assert_eq!(merge(&mut sync, None).await, apart);
}

/// How many sessions of each of the first two are told by logs, and how many by the gate.
async fn sessions(world: &World, sync: &LakeSync) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    for person in 0..2 {
        let of = |gate: &str| {
            format!(
                "SELECT count(*) FROM sessions WHERE person_id = {person} AND source {gate} 'gate'"
            )
        };
        found.push((number(world, sync, &of("<>")).await, number(world, sync, &of("=")).await));
    }
    found
}

/// Uses of a name and a feature that nobody knew, told by a source that makes neither known.
fn tell_unknown(world: &World, batch_of: u32) -> (u32, u32) {
    let mut store = world.store.clone();
    let names = store.names().unwrap();
    let first = u32::try_from(names.len()).unwrap();
    store.add_names(first, &["stranger".to_owned(), "X_NEW".to_owned()]).unwrap();
    let day = faregate_core::when::Zone::utc().date(T0.plus(-3 * DAY));
    let first_day = store.days_with_uses(Instant(i64::MIN)).unwrap()[0];
    let mut uses = store.uses_of(first_day).unwrap();
    uses.truncate(1);
    for one in &mut uses {
        (one.user, one.feature) = (first, first + 1);
        (one.opened, one.closed) = (T0.plus(-3 * DAY), T0.plus(-2 * DAY));
    }
    store.add_uses(batch_of, day, BlockKind::Told, &uses).unwrap();
    (first, first + 1)
}

#[tokio::test]
async fn a_code_mapped_and_a_name_known_later_move_their_sessions() {
    let world = World::used();
    tell_unknown(&world, 1);
    let mut sync = world.sync().await;
    let unknown = "SELECT count(*) FROM sessions WHERE person_id IS NULL AND product_id IS NULL";
    assert_eq!(number(&world, &sync, unknown).await, 1);
    let mapped = FeatureMapped { code: "X_NEW".to_owned(), product: ProductId(1), released: 0 };
    world.append(vec![
        Event::FeaturesMapped(vec![mapped]),
        Event::PeopleAdded(vec![Person {
            key: "Stranger".to_owned(),
            name: "No Stranger".to_owned(),
            bucket: BucketId(1),
            aliases: Vec::new(),
        }]),
    ]);
    let synced = sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(synced.rewritten, 1);
    let known = format!(
        "SELECT count(*) FROM sessions WHERE person_id = {PEOPLE} AND product_id = 1
         AND bucket_id = 1 AND fare = 'tokens'"
    );
    assert_eq!(number(&world, &sync, &known).await, 1);
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
    // Then the name becomes another's for part of the time.
    let term = AliasTerm {
        alias: "stranger".to_owned(),
        person: PersonId(PEOPLE),
        from: T0.plus(-30 * DAY),
        until: T0.plus(-10 * DAY),
    };
    world.append(vec![Event::AliasesSet(vec![term])]);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
}

#[tokio::test]
async fn what_was_taken_back_is_gone() {
    let world = World::used();
    let mut sync = world.sync().await;
    let mut store = world.store.clone();
    let days = store.days_with_uses(Instant(i64::MIN)).unwrap();
    for day in days {
        let told = store.blocks_of(day).unwrap();
        for block in told.into_iter().filter(|block| block.batch == 2) {
            store.add_uses(2, day, BlockKind::TakenBack, &block.uses).unwrap();
        }
    }
    let synced = sync.run(&mut store, world.now()).await.unwrap();
    assert!(synced.rewritten > 0);
    let of = |batch: u32| format!("SELECT count(*) FROM sessions WHERE batch = {batch}");
    assert_eq!(number(&world, &sync, &of(2)).await, 0);
    assert_eq!(number(&world, &sync, &of(1)).await, 60);
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
}

/// A session is where it was opened, though the sync that saw that is another one than the sync that sees it end.
#[tokio::test]
async fn sessions_of_the_gate_are_at_the_office_where_they_began() {
    let world = World::new();
    world.import(0, 20);
    let site = |key: &str, country: &str, network: &str| Site {
        key: key.to_owned(),
        name: key.to_uppercase(),
        country: Country::new(country).unwrap(),
        zone: Zone::utc(),
        networks: vec![Network { cidr: network.parse().unwrap(), room: None, vpn: false }],
    };
    let sites = vec![site("bilbao", "ES", "10.1.0.0/16"), site("oslo", "NO", "10.2.0.0/16")];
    world.append(vec![Event::SitesSet(sites)]);
    let ids = [
        world.open_from("person1", "revit", "10.2.0.7"),
        world.open_from("person2", "revit", "10.1.0.7"),
        world.open_from("person3", "revit", "192.168.0.7"),
    ];
    let first = world.sync().await;
    world.close(ids[0]);
    drop(first);
    let mut sync = world.sync().await;
    world.close(ids[1]);
    world.close(ids[2]);
    sync.run(&mut world.store.clone(), world.now()).await.unwrap();
    let at = async |person: &str| {
        let found = format!("SELECT site FROM usage WHERE person = '{person}' AND source = 'gate'");
        let rows = world.ask(sync.lake(), &found).await;
        let sites = cast(rows[0].column(0), &DataType::Utf8).unwrap();
        sites.as_string::<i32>().iter().map(|site| site.map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(at("person1").await, [Some("oslo".to_owned())]);
    assert_eq!(at("person2").await, [Some("bilbao".to_owned())]);
    assert_eq!(at("person3").await, [None]);
    assert_eq!(world.facts(sync.lake()).await, world.expected().await);
}
