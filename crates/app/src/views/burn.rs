//! What is asked of burn by keys, as people type them, and the answers in words.

use super::grouped;
use crate::orders::{Kind, OrderRefusal};
use crate::sight::Sight;
use faregate_core::burn::{Burn, Dimension, Filter, Pace, Periods, Usual};
use faregate_core::estate::{BucketId, folded};
use faregate_core::state::State;
use faregate_core::statement::Scope;
use faregate_core::when::Instant;

/// Keys that narrow burn down; all that is said must fit.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// Key of a product.
    pub product: Option<String>,
    /// Key of a bucket: of what belongs to it itself, not to those below it.
    pub bucket: Option<String>,
    /// Key of a group that people are in now, or in one below it.
    pub group: Option<String>,
    /// Any alias of a person.
    pub person: Option<String>,
}

impl Narrowed {
    /// What the keys stand for.
    ///
    /// # Errors
    /// The first key that stands for nothing.
    pub fn filter(&self, state: &State, now: Instant) -> Result<Filter, OrderRefusal> {
        let estate = state.estate();
        let person = |alias: &str| {
            estate.person_known_as(alias, now).or_else(|| estate.person_called(alias))
        };
        let bucket = known("bucket", self.bucket.as_deref(), |key| estate.bucket_called(key))?;
        Ok(Filter {
            product: known("product", self.product.as_deref(), |key| estate.product_called(key))?,
            buckets: bucket.map(|id| vec![id]),
            group: known("group", self.group.as_deref(), |key| estate.group_called(key))?,
            person: known("person", self.person.as_deref(), person)?,
        })
    }
}

/// What a key stands for, when one is given.
fn known<Id>(
    what: &'static str,
    key: Option<&str>,
    find: impl FnOnce(&str) -> Option<Id>,
) -> Result<Option<Id>, OrderRefusal> {
    let Some(key) = key else { return Ok(None) };
    find(key).map(Some).ok_or_else(|| OrderRefusal::unknown(what, key))
}

/// The dimension of groups with this name.
///
/// # Errors
/// No group is of it.
pub fn groups_of(state: &State, dimension: &str) -> Result<Dimension, OrderRefusal> {
    let groups = state.estate().groups().iter();
    let mut all: Vec<&str> = groups.filter_map(|group| group.dimension.as_deref()).collect();
    all.sort_unstable();
    all.dedup();
    if let Some(known) = all.iter().find(|known| folded(known) == folded(dimension)) {
        return Ok(Dimension::Group((*known).to_owned()));
    }
    let message = format!("no group is of the dimension `{dimension}`");
    let help = match all.is_empty() {
        true => "give groups a dimension in an estate file".to_owned(),
        false => format!("use one of {}", all.join(", ")),
    };
    Err(OrderRefusal::new(Kind::Invalid, "no-dimension", message, help))
}

/// The buckets whose burn somebody sees: `None` for all there are.
#[must_use]
pub fn buckets_seen(state: &State, sight: Sight) -> Option<Vec<BucketId>> {
    let all = || (0u16..).map(BucketId).zip(state.estate().buckets()).map(|(id, _)| id);
    (sight != Sight::Everything).then(|| all().filter(|id| sight.bucket(state, *id)).collect())
}

/// A table of burn in a sentence or two.
#[must_use]
pub fn table_in_words(burn: &Burn, by: &Dimension, from: &str, to: &str) -> String {
    let whole = burn.total.ticks.tokens();
    let largest = burn.rows.iter().max_by_key(|row| row.sum.ticks);
    let most = largest.map_or_else(String::new, |row| {
        let tokens = row.sum.ticks.tokens();
        let share = if whole > 0.0 { tokens / whole * 100.0 } else { 0.0 };
        format!(" Most by {}: {} ({} %).", row.name, grouped(tokens), grouped(share))
    });
    let caveat = caveat(burn, by);
    let (tokens, charges) = (grouped(whole), burn.total.charges);
    format!("{tokens} tokens from {from} to {to}, in {charges} charges.{most}{caveat}")
}

/// What a reader of the rows has to know.
fn caveat(burn: &Burn, by: &Dimension) -> String {
    let unplaced = || burn.rows.iter().find(|row| row.key.is_empty() && row.sum.charges > 0);
    match by {
        Dimension::Site(_) => unplaced().map_or_else(String::new, |row| {
            let tokens = grouped(row.sum.ticks.tokens());
            format!(
                " Of {tokens} the site is not known: logs and reports do not tell it, nor does an address outside of all sites."
            )
        }),
        Dimension::Group(_) => " People count where they are now.".to_owned(),
        Dimension::Segment => {
            " Who is in no group of the dimension `persona` counts as their use of the last 90 days makes them.".to_owned()
        }
        _ => String::new(),
    }
}

/// The usual periods in a sentence or two.
#[must_use]
pub fn periods_in_words(periods: &Periods) -> String {
    let today = periods.today.sum.ticks.tokens();
    let usual = periods.usual.map_or_else(
        || "there is no day to compare it with yet".to_owned(),
        |usual| beside(today, &usual),
    );
    let spans = periods.spans.iter().map(|span| {
        let words = match span.key {
            "yesterday" => "yesterday",
            "last-7-days" => "in the last 7 days",
            "last-28-days" => "in the last 28 days",
            "month-to-date" => "this month",
            _ => "this contract year",
        };
        format!("{} {words}", grouped(span.sum.ticks.tokens()))
    });
    let spans = spans.collect::<Vec<_>>().join(", ");
    format!("{} tokens today so far; {usual}. {spans}.", grouped(today))
}

fn beside(today: f64, usual: &Usual) -> String {
    let [mean, low, high] =
        [usual.mean, usual.low, usual.high].map(|sum| grouped(sum.ticks.tokens()));
    let word = match (usual.low.ticks.tokens(), usual.high.ticks.tokens()) {
        (low, _) if today < low => "less than ever by this hour",
        (_, high) if today > high => "more than ever by this hour",
        _ => "as usual by this hour",
    };
    let days = usual.days;
    format!("{word} on the last {days} comparable days ({mean} on average, {low} to {high})")
}

/// Key of the bucket that a pace is of; `None` for the pool.
#[must_use]
pub fn bucket_key(state: &State, scope: Scope) -> Option<String> {
    match scope {
        Scope::Bucket(id) => state.estate().bucket(id).map(|bucket| bucket.key.clone()),
        Scope::Contract | Scope::Unallocated => None,
    }
}

/// A pace in a sentence or two.
#[must_use]
pub fn pace_in_words(state: &State, pace: &Pace) -> String {
    let name = match pace.scope {
        Scope::Bucket(id) => state.estate().bucket(id).map_or("?", |bucket| bucket.name.as_str()),
        Scope::Contract | Scope::Unallocated => "The pool",
    };
    let amount = |ticks: faregate_core::amount::Ticks| grouped(ticks.tokens());
    let (used, allotted) = (amount(pace.used), amount(pace.allotted));
    let (planned, plan) = (amount(pace.planned), pace.plan);
    let days = pace.days_ahead;
    let when = match days {
        days if days >= 0.05 => format!("{days:.1} days ahead of it"),
        days if days <= -0.05 => format!("{:.1} days behind it", -days),
        _ => "just on it".to_owned(),
    };
    let instead =
        pace.instead.map_or_else(String::new, |why| format!(" It is straight since {why}."));
    format!(
        "{name}: {used} of {allotted} tokens are used; the {plan} plan says {planned} by now: {when}.{instead}"
    )
}
