//! Answers that are kept: the same as without, however the lake grows, and never for those who may see a part.

use crate::rights::{owned, rights};
use crate::world::World;
use faregate_core::when::{DAY, HOUR, Zone};
use faregate_lake::Lake;
use faregate_lake::queries::Kept;
use faregate_lake::rights::{Outlook, Tables};
use faregate_lake::sql::{self, Form};
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use std::sync::Arc;

const QUESTIONS: [&str; 8] = [
    "SELECT * FROM usage_totals('person, product', 'all', NULL, NULL)",
    "SELECT product_id, seconds FROM usage_totals('product', 'tokens', '2026-04-10', '2026-05-20')",
    "SELECT * FROM daily_use('product', 'all', NULL, NULL)",
    "SELECT * FROM daily_use('bucket_1', 'all', NULL, '2026-05-01')",
    "SELECT * FROM charge_windows('person, product', 'all', NULL, NULL, 24)",
    "SELECT * FROM charge_windows('person, product', 'all', '2026-05-01', NULL, 24)",
    "SELECT * FROM peaks('product', 'all', NULL, NULL)",
    "SELECT * FROM peaks('', 'all', '2026-04-15', NULL)",
];

/// The rows of an answer as somebody sees them, each as a text, in the order of these texts.
async fn asked(
    world: &World,
    lake: &Lake,
    name: &str,
    kept: Option<&Arc<Kept>>,
    question: &str,
) -> Vec<String> {
    let tables = Tables::of(lake, Zone::utc()).await.unwrap();
    let tables = match kept {
        Some(kept) => tables.keeping(Arc::clone(kept)),
        None => tables,
    };
    let outlook = Arc::new(Outlook::new(Arc::new(tables), rights(world, name)));
    let session = lake.session(&world.means()).await.unwrap();
    outlook.register(&session).await.unwrap();
    let mut text = String::new();
    let frame = sql::ask(&session, question).await.unwrap();
    Form::Csv.write(frame, &mut |piece: &str| text.push_str(piece)).await.unwrap();
    let mut rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    assert!(!rows.is_empty() || name != "viewer", "{question} finds nothing");
    rows.sort();
    rows
}

#[tokio::test]
async fn what_is_kept_is_what_would_be_found_however_the_lake_grows() {
    let world = owned();
    let (kept, little) = (Arc::new(Kept::new(64 << 20)), Arc::new(Kept::new(3_000)));
    let mut last = Vec::new();
    for step in 0..5 {
        match step {
            0 => {}
            // Earlier months, and the last one.
            1 => world.import(100, 30),
            2 => world.gate(4),
            // A month in which nothing begins, then one more.
            3 => {
                world.wait(45 * DAY);
                world.gate(5);
            }
            _ => {
                world.wait(HOUR);
                world.import(130, 90);
            }
        }
        let mut sync = world.sync().await;
        for question in QUESTIONS {
            let expected = asked(&world, sync.lake(), "viewer", None, question).await;
            for kept in [&kept, &little, &kept, &little] {
                let found = asked(&world, sync.lake(), "viewer", Some(kept), question).await;
                assert_eq!(found, expected, "{question} after step {step}");
            }
            last.push(expected);
        }
        let before = kept.bytes();
        sync.lake_mut().compact(2, &world.means(), world.now()).await.unwrap();
        for question in QUESTIONS {
            let expected = asked(&world, sync.lake(), "viewer", None, question).await;
            let found = asked(&world, sync.lake(), "viewer", Some(&kept), question).await;
            assert_eq!(found, expected, "{question} after step {step}, compacted");
        }
        assert!(before > 0 && little.bytes() > 0 && little.bytes() <= 3_000);
    }
    assert!(last[..8].iter().zip(&last[32..]).all(|(first, last)| first != last), "nothing grew");
}

/// Asked again, nothing is read: that the files are gone meanwhile is not noticed.
#[tokio::test]
async fn what_is_kept_is_not_read_again() {
    let world = owned();
    let sync = world.sync().await;
    let kept = Arc::new(Kept::new(64 << 20));
    let mut first = Vec::new();
    for question in QUESTIONS {
        first.push(asked(&world, sync.lake(), "viewer", Some(&kept), question).await);
    }
    let files: Vec<_> = world.files.list(None).try_collect().await.unwrap();
    let sessions = files.into_iter().filter(|file| {
        file.location.as_ref().contains("sessions/") && file.location.extension() == Some("parquet")
    });
    for file in sessions {
        world.files.delete(&file.location).await.unwrap();
    }
    for (question, first) in QUESTIONS.iter().zip(first) {
        let again = asked(&world, sync.lake(), "viewer", Some(&kept), question).await;
        assert_eq!(again, first, "{question}");
    }
}

#[tokio::test]
async fn who_sees_a_part_gets_nothing_that_was_kept_for_others() {
    let world = owned();
    let sync = world.sync().await;
    let kept = Arc::new(Kept::new(64 << 20));
    for question in QUESTIONS {
        let all = asked(&world, sync.lake(), "viewer", Some(&kept), question).await;
        for name in ["person1", "person2", "nobody at all"] {
            let theirs = asked(&world, sync.lake(), name, None, question).await;
            let found = asked(&world, sync.lake(), name, Some(&kept), question).await;
            assert!(found == theirs && found != all, "{name}: {question}");
        }
        assert_eq!(asked(&world, sync.lake(), "viewer", Some(&kept), question).await, all);
    }
}
