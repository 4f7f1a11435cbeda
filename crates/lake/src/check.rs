//! Whether the lake says what the store says: sums to the tick, counts to the row.
//!
//! Both sides are reckoned in different ways: the lake by SQL over its files, the store by its state and its
//! blocks. To add a comparison: its pair of tallies in [`Lake::check`], and a planted fault in the tests.

use crate::fault::LakeError;
use crate::lake::Lake;
use crate::project::GATE;
use crate::session::Means;
use crate::sync::{BLOCKS, JOURNAL, month_name};
use crate::tables::Table;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use faregate_app::ports::{BlockKind, Store};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// Findings of one kind that are told one by one; the rest is counted.
const FINDINGS_MAX: usize = 5;

/// Numbers by what they are of, in words.
type Tallies = BTreeMap<String, [i64; 3]>;

/// The charges of each month, bucket and product: ticks, how many, and a sum over when.
const CHARGES: &str = "SELECT month || ', bucket ' || bucket_id || ', product ' || product_id,
        sum(ticks), sum(CASE WHEN reversal THEN -1 ELSE 1 END),
        sum((CASE WHEN reversal THEN -1 ELSE 1 END) * CAST(at AS BIGINT) / 1000000)
    FROM charges GROUP BY 1";

/// The sessions of each month and kind: how many, their seconds, and a sum over when.
const SESSIONS: &str = "SELECT month || CASE WHEN source = 'gate' THEN ', gate' ELSE '' END,
        count(*), sum(CAST(closed AS BIGINT) / 1000000 - CAST(opened AS BIGINT) / 1000000),
        sum(CAST(opened AS BIGINT) / 1000000)
    FROM sessions GROUP BY 1";

const BALANCES: &str =
    "SELECT account || CASE WHEN bucket_id IS NULL THEN '' ELSE ' ' || bucket_id END
        || CASE WHEN pack IS NULL THEN '' ELSE ' ' || pack END, sum(ticks), 0 AS none, 0 AS nothing
    FROM balances GROUP BY 1";

const DECISIONS: &str = "SELECT 'opened' AS what, count(*) AS n, 0 AS none, 0 AS nothing FROM decisions WHERE opened
    UNION ALL SELECT 'refused' AS what, count(*) AS n, 0 AS none, 0 AS nothing FROM decisions WHERE NOT opened
    UNION ALL SELECT 'denied' AS what, count(*) AS n, 0 AS none, 0 AS nothing FROM denials";

/// Ids in the facts that no dimension names.
const NAMELESS: &str = "SELECT 'people' AS what, count(*) AS n, 0 AS none, 0 AS nothing FROM
        (SELECT DISTINCT person_id AS id FROM sessions UNION SELECT DISTINCT person_id FROM charges) f
        WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people d WHERE d.id = f.id)
    UNION ALL SELECT 'names' AS what, count(*) AS n, 0 AS none, 0 AS nothing FROM
        (SELECT DISTINCT user_id AS id FROM sessions UNION SELECT DISTINCT host_id FROM sessions
         UNION SELECT DISTINCT feature_id FROM sessions UNION SELECT DISTINCT user_id FROM decisions
         UNION SELECT DISTINCT host_id FROM decisions) f
        WHERE NOT EXISTS (SELECT 1 FROM names d WHERE d.id = f.id)
    UNION ALL SELECT 'names told twice' AS what, count(*) - count(DISTINCT id) AS n, 0 AS none, 0 AS nothing FROM names";

impl Lake {
    /// What differs between the lake and the store, in words, as of the last event that the lake has; empty when
    /// nothing does. Reads only. In a lake that is not whole ([`Lake::is_whole`]) tables differ from each other, and
    /// so from the store.
    ///
    /// # Errors
    /// [`LakeError`] when one of them cannot be read.
    pub async fn check(
        &mut self,
        store: &mut dyn Store,
        means: &Means,
    ) -> Result<Vec<String>, LakeError> {
        self.refresh().await?;
        let mut seq = 0;
        for table in Table::FACTS {
            seq = seq.max(self.table(table)?.cursor(JOURNAL).await?);
        }
        let blocks = self.table(Table::Sessions)?.cursor(BLOCKS).await?;
        let (state, sessions) = told(store, seq, blocks)?;
        let context = self.session(means).await?;
        let none = || Tallies::from(["people", "names", "names told twice"].map(nothing));
        let pairs = [
            ("charges", charges(&state), CHARGES),
            ("sessions", sessions, SESSIONS),
            ("balances", balances(&state), BALANCES),
            ("decisions", decisions(&state), DECISIONS),
            ("ids without a name", none(), NAMELESS),
        ];
        let mut findings = Vec::new();
        for (name, expected, sql) in pairs {
            let found = tallied(&context, sql).await?;
            findings.extend(differences(name, &expected, &found));
        }
        Ok(findings)
    }
}

fn nothing(of: &str) -> (String, [i64; 3]) {
    (of.to_owned(), [0; 3])
}

/// The state as of an event, and the sessions told up to it and up to a block.
fn told(store: &mut dyn Store, seq: u64, blocks: u64) -> Result<(State, Tallies), LakeError> {
    let mut sessions = Tallies::new();
    let mut closings = Vec::new();
    let (mut state, mut outcome) = (State::default(), Ok(()));
    store.replay(0, &mut |entry| {
        if entry.seq > seq {
            return false;
        }
        if let Event::Closed { session, at, .. } = &entry.event {
            let known = state.sessions().get(session).filter(|one| one.lease.is_none());
            closings.extend(known.map(|one| (one.opened, (*at).max(one.opened))));
        }
        outcome = state.apply(entry.seq, entry.at, &entry.event);
        outcome.is_ok()
    })?;
    outcome.map_err(|broken| LakeError::Journal(broken.into()))?;
    for (opened, closed) in closings {
        let key = format!("{}, {GATE}", month(&state, opened));
        add(&mut sessions, key, [1, closed.since(opened), opened.0]);
    }
    store.use_blocks(0, &mut |block| {
        let sign = if block.kind == BlockKind::Told { 1 } else { -1 };
        let is_passed = block.number <= blocks;
        for one in block.uses.iter().filter(|_| is_passed) {
            let numbers = [1, one.closed.since(one.opened), one.opened.0];
            add(&mut sessions, month(&state, one.opened), numbers.map(|n| n * sign));
        }
        is_passed
    })?;
    sessions.retain(|_, numbers| *numbers != [0; 3]);
    Ok((state, sessions))
}

fn charges(state: &State) -> Tallies {
    let mut tallies = Tallies::new();
    for charge in state.charges().iter() {
        let (bucket, product) = (charge.bucket.0, charge.product.0);
        let key = format!("{}, bucket {bucket}, product {product}", month(state, charge.at));
        add(&mut tallies, key, [charge.ticks.0, 1, charge.at.0]);
    }
    tallies
}

fn balances(state: &State) -> Tallies {
    use crate::project::Accounts;
    let changes = Accounts::default().changed(state.ledger());
    let named = changes.into_iter().map(|change| {
        let bucket = change.bucket.map_or(String::new(), |id| format!(" {id}"));
        let pack = change.pack.map_or(String::new(), |id| format!(" {id}"));
        (format!("{}{bucket}{pack}", change.account), [change.ticks, 0, 0])
    });
    named.collect()
}

fn decisions(state: &State) -> Tallies {
    let tally = state.tally();
    let count = |count: u64| [i64::try_from(count).unwrap_or(i64::MAX), 0, 0];
    let (opened, refused) = (count(tally.opened), count(tally.refused));
    let all = [("opened", opened), ("refused", refused), ("denied", refused)];
    all.map(|(name, numbers)| (name.to_owned(), numbers)).into()
}

fn month(state: &State, at: Instant) -> String {
    month_name(state.zone().date(at).month_start())
}

fn add(tallies: &mut Tallies, key: String, numbers: [i64; 3]) {
    let known = tallies.entry(key).or_default();
    for (sum, number) in known.iter_mut().zip(numbers) {
        // Sums are compared with those of SQL, which wrap around as well.
        *sum = sum.wrapping_add(number);
    }
}

async fn tallied(context: &SessionContext, sql: &str) -> Result<Tallies, LakeError> {
    let mut tallies = Tallies::new();
    for rows in context.sql(sql).await?.collect().await? {
        let names = cast(rows.column(0), &DataType::Utf8)?;
        let columns = numbers(&rows)?;
        for (row, name) in names.as_string::<i32>().iter().enumerate() {
            let numbers = columns
                .each_ref()
                .map(|column| if column.is_null(row) { 0 } else { column.value(row) });
            if numbers != [0; 3] || rows.num_rows() <= FINDINGS_MAX {
                add(&mut tallies, name.unwrap_or_default().to_owned(), numbers);
            }
        }
    }
    Ok(tallies)
}

fn numbers(rows: &RecordBatch) -> Result<[datafusion::arrow::array::Int64Array; 3], LakeError> {
    let number = |place: usize| {
        let column = cast(rows.column(place), &DataType::Int64)?;
        Ok::<_, LakeError>(column.as_primitive::<Int64Type>().clone())
    };
    Ok([number(1)?, number(2)?, number(3)?])
}

/// What is not the same on both sides; zero is the same as nothing.
fn differences(name: &str, expected: &Tallies, found: &Tallies) -> Vec<String> {
    let mut keys: Vec<&String> = expected.keys().chain(found.keys()).collect();
    keys.sort();
    keys.dedup();
    let of = |tallies: &Tallies, key: &String| tallies.get(key).copied().unwrap_or_default();
    let mut findings: Vec<String> = keys
        .into_iter()
        .filter(|key| of(expected, key) != of(found, key))
        .map(|key| {
            let (store, lake) = (of(expected, key), of(found, key));
            format!("{name} of {key}: the store has {}, the lake {}", words(store), words(lake))
        })
        .collect();
    let more = findings.len().saturating_sub(FINDINGS_MAX);
    findings.truncate(FINDINGS_MAX);
    findings.extend((more > 0).then(|| format!("{name}: {more} more differences")));
    findings
}

fn words(numbers: [i64; 3]) -> String {
    numbers.map(|number| number.to_string()).join(" / ")
}
