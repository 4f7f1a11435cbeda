//! A report that names nobody, as those of Token Flex agreements: compared with what we charged, by day and product.
//!
//! It cannot say whose the tokens were, so nothing of it is booked and nothing is quarantined.

use super::product;
use faregate_core::amount::Ticks;
use faregate_core::double_dip::bounds;
use faregate_core::state::State;
use faregate_core::when::{Date, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::{VendorReport, VendorRow};
use std::collections::BTreeMap;

/// Rows listed at most.
const ROWS_MAX: usize = 200;

/// A product on a UTC day: what we charged, and what the vendor did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRow {
    /// The UTC day.
    pub day: Date,
    /// The product's key; as the vendor writes it, where nobody knows it.
    pub product: String,
    /// What we charged to everybody.
    pub ours: Ticks,
    /// What the vendor charged.
    pub theirs: Ticks,
    /// Theirs less ours.
    pub difference: Ticks,
}

/// What a report that names nobody comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolComparison {
    /// By day and product: of very many, those that differ most.
    pub rows: Vec<PoolRow>,
    /// How many are not listed.
    pub left_out: u64,
    /// The sum of what we charged on the report's days, listed or not.
    pub ours: Ticks,
    /// The sum of what the vendor charged.
    pub theirs: Ticks,
    /// Theirs less ours.
    pub difference: Ticks,
    /// What this is, in one sentence.
    pub words: String,
}

/// Compares a report with what we charged, by day and product, whoever used it. Changes nothing.
#[must_use]
pub fn compare(state: &State, features: &FeatureTable, report: &VendorReport) -> PoolComparison {
    compared(state, features, report.rows.iter())
}

pub(super) fn compared<'r>(
    state: &State,
    features: &FeatureTable,
    rows: impl Iterator<Item = &'r VendorRow>,
) -> PoolComparison {
    let mut sums: BTreeMap<(Date, String), (Ticks, Ticks)> = BTreeMap::new();
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    let key = |text: &str| {
        let found = product(state, features, text).and_then(|id| state.estate().product(id));
        found.map_or_else(|| text.to_owned(), |product| product.key.clone())
    };
    for row in rows {
        let product = known.entry(&row.product).or_insert_with(|| key(&row.product)).clone();
        let (_, theirs) = sums.entry((row.day, product)).or_default();
        *theirs = theirs.plus(row.tokens).unwrap_or(*theirs);
    }
    let days = sums.keys().map(|(day, _)| *day);
    let Some((first, last)) = days.clone().min().zip(days.max()) else {
        return PoolComparison::default();
    };
    let (start, end) = (bounds(first).0, bounds(last).1);
    for charge in state.charges().iter().filter(|one| start <= one.at && one.at <= end) {
        let key = state.estate().product(charge.product).map(|product| product.key.clone());
        let day = Zone::utc().date(charge.at);
        let (ours, _) = sums.entry((day, key.unwrap_or_default())).or_default();
        *ours = ours.plus(charge.ticks).unwrap_or(*ours);
    }
    listed(sums, first, last)
}

fn listed(
    sums: BTreeMap<(Date, String), (Ticks, Ticks)>,
    first: Date,
    last: Date,
) -> PoolComparison {
    let minus = |one: Ticks, other: Ticks| one.minus(other).unwrap_or_default();
    let row = |((day, product), (ours, theirs)): ((Date, String), (Ticks, Ticks))| {
        let difference = minus(theirs, ours);
        PoolRow { day, product, ours, theirs, difference }
    };
    let mut rows: Vec<PoolRow> = sums.into_iter().map(row).collect();
    let ours: Ticks = rows.iter().map(|row| row.ours).sum();
    let theirs: Ticks = rows.iter().map(|row| row.theirs).sum();
    let left_out = rows.len().saturating_sub(ROWS_MAX) as u64;
    if left_out > 0 {
        rows.sort_by_key(|row| core::cmp::Reverse(row.difference.0.unsigned_abs()));
        rows.truncate(ROWS_MAX);
        rows.sort_by(|one, other| (one.day, &one.product).cmp(&(other.day, &other.product)));
    }
    let difference = minus(theirs, ours);
    let words = format!(
        "the report names nobody, so it is compared by day and product from {first} to {last} with what we \
         charged to all, and books nothing, however often it is imported"
    );
    PoolComparison { rows, left_out, ours, theirs, difference, words }
}
