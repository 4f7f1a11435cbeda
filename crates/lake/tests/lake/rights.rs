//! Members see what is theirs, whatever they ask: each test tries to get around it.

use crate::world::{PEOPLE, World};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use faregate_app::access::Role;
use faregate_app::sight::Sight;
use faregate_core::estate::{BucketId, BucketTerms};
use faregate_core::event::{BucketSet, Event};
use faregate_core::when::Zone;
use faregate_lake::Lake;
use faregate_lake::queries::named::Named;
use faregate_lake::rights::{Outlook, Rights, Tables};
use faregate_lake::sql;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// People are paid by bucket `number % 3`: general, rail, roads. Person 1, of rail, owns rail; person 3, of
/// general, owns roads, below which lies rail; person 2 owns nothing.
pub(crate) fn owned() -> World {
    let world = World::used();
    world.refuse(PEOPLE);
    let people = world.state().estate().people().to_vec();
    let id = |key: &str| {
        let place = people.iter().position(|person| person.key == key).unwrap();
        faregate_core::estate::PersonId(u32::try_from(place).unwrap())
    };
    let set = |key: &str, parent, owner: &str| BucketSet {
        key: key.to_owned(),
        name: key.to_uppercase(),
        terms: BucketTerms { parent, owners: vec![id(owner)], ..BucketTerms::default() },
    };
    let buckets =
        vec![set("roads", Some(BucketId(0)), "person3"), set("rail", Some(BucketId(2)), "person1")];
    world.append(vec![Event::BucketsSet(buckets)]);
    world
}

struct Looking {
    session: SessionContext,
    outlook: Arc<Outlook>,
    tables: Arc<Tables>,
}

pub(crate) fn rights(world: &World, name: &str) -> Rights {
    let state = world.state();
    let role = if name == "viewer" { Role::Viewer } else { Role::Member };
    Rights::of(Sight::of(role, name, &state, world.now()), &state)
}

async fn look(world: &World, lake: &Lake, name: &str) -> Looking {
    let tables = Arc::new(Tables::of(lake, Zone::utc()).await.unwrap());
    let outlook = Arc::new(Outlook::new(Arc::clone(&tables), rights(world, name)));
    let session = lake.session(&world.means()).await.unwrap();
    outlook.register(&session).await.unwrap();
    Looking { session, outlook, tables }
}

impl Looking {
    async fn numbers(&self, statement: &str) -> Vec<Option<i64>> {
        let frame = sql::ask(&self.session, statement).await.unwrap();
        let mut numbers = Vec::new();
        for rows in frame.collect().await.unwrap_or_else(|error| panic!("{statement}: {error}")) {
            let column = cast(rows.column(0), &DataType::Int64).unwrap();
            numbers.extend(column.as_primitive::<Int64Type>().iter());
        }
        numbers
    }

    async fn number(&self, statement: &str) -> i64 {
        self.numbers(statement).await[0].unwrap_or_default()
    }

    async fn ids(&self, statement: &str) -> BTreeSet<Option<i64>> {
        self.numbers(statement).await.into_iter().collect()
    }

    /// What comes of a statement that may fail: its rows, or its error.
    async fn text(&self, statement: &str) -> String {
        let frame = match sql::ask(&self.session, statement).await {
            Ok(frame) => frame,
            Err(error) => return error.to_string(),
        };
        let mut text = String::new();
        let written = sql::Form::Csv.write(frame, &mut |piece: &str| text.push_str(piece)).await;
        written.map_or_else(|error| error.to_string(), |_| text)
    }
}

fn ids(all: impl IntoIterator<Item = u32>) -> BTreeSet<Option<i64>> {
    all.into_iter().map(|id| Some(i64::from(id))).collect()
}

fn paid_by(bucket: u32) -> impl Iterator<Item = u32> {
    (0..PEOPLE).filter(move |person| person % 3 == bucket)
}

#[tokio::test]
async fn each_sees_what_is_theirs_and_a_viewer_all() {
    let world = owned();
    let sync = world.sync().await;
    let lake = sync.lake();
    let viewer = look(&world, lake, "viewer").await;
    for table in ["sessions", "charges", "decisions", "denials"] {
        let people = format!("SELECT person_id FROM {table} WHERE person_id IS NOT NULL");
        let all = viewer.ids(&people).await;
        let check = async |name: &str, theirs: BTreeSet<Option<i64>>| {
            let seen = look(&world, lake, name).await.ids(&people).await;
            let expected: BTreeSet<_> = all.intersection(&theirs).copied().collect();
            assert_eq!(seen, expected, "{name} in {table}");
        };
        check("person1", ids(paid_by(1))).await;
        check("person3", ids(paid_by(1).chain(paid_by(2)).chain([3]))).await;
        check("person2", ids([2])).await;
        check("nobody at all", BTreeSet::new()).await;
        assert!(all.len() > 2, "{table} names {all:?}");
    }
}

#[tokio::test]
async fn dimensions_tell_no_more_than_the_facts() {
    let world = owned();
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person1").await;
    assert_eq!(owner.ids("SELECT id FROM people").await, ids(paid_by(1)));
    assert_eq!(owner.ids("SELECT id FROM buckets").await, ids([1]));
    assert_eq!(owner.text("SELECT path, parent_id FROM buckets").await, "path,parent_id\nrail,\n");
    assert_eq!(owner.number("SELECT count(*) FROM imports").await, 0);
    assert_eq!(owner.ids("SELECT DISTINCT bucket_id FROM balances").await, ids([1]));
    let above = look(&world, sync.lake(), "person3").await;
    let paths = "SELECT path FROM buckets ORDER BY id";
    assert_eq!(above.text(paths).await, "path\ngeneral\ngeneral/roads/rail\ngeneral/roads\n");
    let viewer = look(&world, sync.lake(), "viewer").await;
    let named = "SELECT count(*) FROM names WHERE id NOT IN (SELECT user_id FROM sessions
        UNION SELECT host_id FROM sessions UNION SELECT feature_id FROM sessions
        UNION SELECT user_id FROM decisions UNION SELECT host_id FROM decisions
        UNION SELECT user_id FROM denials UNION SELECT host_id FROM denials)";
    for looking in [&owner, &above, &viewer] {
        assert_eq!(looking.number(named).await, 0);
    }
    let count = "SELECT count(*) FROM names";
    assert!(owner.number(count).await > 0);
    assert!(owner.number(count).await < viewer.number(count).await);
    // Names come with what names them.
    let nameless = "SELECT count(*) FROM usage WHERE user_name IS NULL OR host IS NULL";
    assert_eq!(owner.number(nameless).await, 0);
}

/// Every road to the rows of others ends at nothing.
#[tokio::test]
async fn no_statement_gets_around_it() {
    let world = owned();
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person1").await;
    let viewer = look(&world, sync.lake(), "viewer").await;
    let foreign = "person_id IS NULL OR person_id % 3 <> 1";
    for statement in [
        format!("SELECT count(*) FROM sessions WHERE {foreign}"),
        format!("SELECT count(*) FROM charges WHERE {foreign}"),
        format!("SELECT count(*) FROM (SELECT * FROM charges) WHERE {foreign}"),
        format!("WITH c AS (SELECT * FROM charges) SELECT count(*) FROM c WHERE {foreign}"),
        format!("SELECT count(*) FROM faregate.public.charges WHERE {foreign}"),
        format!("SELECT count(*) FROM burn WHERE {foreign}"),
        format!("SELECT count(*) FROM usage WHERE {foreign}"),
        format!("SELECT (SELECT count(*) FROM charges WHERE {foreign})"),
        format!(
            "SELECT count(*) FROM products p WHERE EXISTS
            (SELECT 1 FROM charges c WHERE c.product_id = p.id AND ({foreign}))"
        ),
        format!(
            "SELECT count(*) FROM people p RIGHT JOIN charges c ON p.id = c.person_id WHERE {foreign}"
        ),
        format!(
            "SELECT count(*) FROM (SELECT * FROM charges UNION ALL SELECT * FROM charges) WHERE {foreign}"
        ),
        format!(
            "SELECT count(*) FROM (SELECT *, row_number() OVER () AS n FROM charges) WHERE {foreign}"
        ),
        format!("SELECT count(*) FROM charges WHERE true OR 1 = 1 AND false OR ({foreign})")
            .replace("true OR", "false OR"),
        "SELECT count(*) FROM usage_totals('person', 'all', NULL, NULL) WHERE person_id % 3 <> 1"
            .into(),
        "SELECT count(*) FROM daily_use('bucket', 'all', NULL, NULL) WHERE bucket_id <> 1".into(),
        "SELECT count(*) FROM peaks('person', 'all', NULL, NULL) WHERE person_id % 3 <> 1".into(),
        "SELECT count(*) FROM charge_windows('person, product', 'all', NULL, NULL, 24)
            WHERE person_id % 3 <> 1"
            .into(),
    ] {
        assert_eq!(owner.number(&statement).await, 0, "{statement}");
        // It would find something, if it saw all.
        assert!(viewer.number(&statement).await > 0, "{statement}");
    }
}

/// A count that is taken from statistics, and a limit that is pushed down, are of what is seen.
#[tokio::test]
async fn what_is_not_read_is_not_told_either() {
    let world = owned();
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person1").await;
    let rows = i64::try_from(owner.numbers("SELECT seq FROM charges").await.len()).unwrap();
    assert!(rows > 0);
    assert_eq!(owner.number("SELECT count(*) FROM charges").await, rows);
    assert_eq!(owner.number("SELECT count(1) FROM charges").await, rows);
    let bounds = "SELECT max(person_id) % 3 * 10 + min(person_id) % 3 FROM charges";
    assert_eq!(owner.number(bounds).await, 11);
    assert_eq!(
        owner.numbers("SELECT person_id FROM charges LIMIT 100000").await.len() as i64,
        rows
    );
    let plan = owner.text("EXPLAIN VERBOSE SELECT * FROM charges").await;
    for word in [".parquet", "bucket_id IN", "Statistics: Exact", "month=2026"] {
        assert!(!plan.contains(word), "{word} in {plan}");
    }
    assert!(plan.contains("Barrier"), "{plan}");
    let analyzed = owner.text("EXPLAIN ANALYZE SELECT * FROM charges").await;
    assert!(!analyzed.contains(".parquet"), "{analyzed}");
}

/// A condition that fails for a row of somebody else would tell of it.
#[tokio::test]
async fn no_condition_is_tried_on_rows_of_others() {
    let world = owned();
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person1").await;
    let viewer = look(&world, sync.lake(), "viewer").await;
    for statement in [
        "SELECT count(*) FROM charges WHERE 1 / (person_id % 3 - 2) < 5",
        "SELECT count(*) FROM sessions WHERE 1 / (person_id % 3 - 2) < 5",
        "SELECT count(*) FROM people WHERE 1 / (id % 3 - 2) < 5",
        "SELECT count(*) FROM charges WHERE person_id IN (1, 4) AND 1 / (person_id % 3 - 2) < 5",
        "SELECT count(*) FROM people WHERE CASE WHEN key = 'person2' THEN CAST(key AS INT) ELSE 1 END = 1",
    ] {
        let text = owner.text(statement).await;
        assert!(text.starts_with("count(*)\n"), "{statement}: {text}");
        let failed = viewer.text(statement).await;
        assert!(!failed.starts_with("count(*)\n") || statement.contains("IN (1"), "{statement}");
    }
}

/// Who loses a right loses it for what was planned before, too.
#[tokio::test]
async fn rights_are_those_of_when_it_is_read() {
    let world = owned();
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person1").await;
    let frame = sql::ask(&owner.session, "SELECT * FROM charges").await.unwrap();
    let before = frame.clone().count().await.unwrap();
    owner.outlook.change(Arc::clone(&owner.tables), rights(&world, "nobody at all"));
    assert_eq!(frame.clone().count().await.unwrap(), 0);
    owner.outlook.change(Arc::clone(&owner.tables), rights(&world, "viewer"));
    assert!(frame.count().await.unwrap() > before && before > 0);
}

/// The sums of the owners of all buckets and of those without one are the viewer's.
#[tokio::test]
async fn the_contracts_owner_sees_what_every_bucket_paid() {
    let world = owned();
    let owners = vec![faregate_core::estate::PersonId(2)];
    let terms = faregate_core::budget::Terms { owners, ..world.state().terms().clone() };
    world.append(vec![Event::TermsSet(terms)]);
    let sync = world.sync().await;
    let owner = look(&world, sync.lake(), "person2").await;
    let viewer = look(&world, sync.lake(), "viewer").await;
    for sum in ["SELECT sum(ticks) FROM charges", "SELECT count(*) FROM people"] {
        assert_eq!(owner.number(sum).await, viewer.number(sum).await, "{sum}");
    }
    for one in Named::all() {
        let ask = async |looking: &Looking| {
            let frame = one.ask(&looking.session, &BTreeMap::new()).await.unwrap();
            frame.count().await.unwrap()
        };
        assert!(ask(&owner).await <= ask(&viewer).await, "{}", one.name);
    }
}
