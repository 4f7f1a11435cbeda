//! What a change comes to: tokens and money before and after, who pays, who is turned away, what seats cost.

use super::Mode;
use super::uses::Uncounted;
use crate::reports;
use faregate_core::amount::{Money, Ticks};
use faregate_core::chargeback::By;
use faregate_core::estate::{OfferingId, PersonId};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many people are named: those whose tokens change most.
pub const PEOPLE_MAX: usize = 20;
/// The year that a seat's price is for, in seconds.
const YEAR_SECONDS: i64 = 365 * DAY;

/// What something cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// In tokens.
    pub ticks: Ticks,
    /// In money, at the prices of its days; `None` where nothing says what a token cost, or rates between currencies
    /// are missing.
    pub money: Option<Money>,
}

/// What a product, a bucket or a person cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What was charged.
    pub before: Spent,
    /// What would have been.
    pub after: Spent,
}

/// What seats of an offering cost over the period, pro rata of their yearly price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRow {
    /// Key of the offering.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How many days of a seat there were, rounded down.
    pub days: (i64, i64),
    /// What they cost; `None` where the tariff has no price for it.
    pub before: Option<Money>,
    /// What they would have cost.
    pub after: Option<Money>,
}

/// What a change of the past comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the use was booked.
    pub mode: Mode,
    /// First date that was replayed, in the contract's zone.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// The first and the last UTC day on which any use is known to have begun.
    pub known: (Date, Date),
    /// All that was charged, and all that would have been.
    pub total: Row,
    /// By product, the largest change first.
    pub products: Vec<Row>,
    /// By bucket, the largest change first.
    pub buckets: Vec<Row>,
    /// By person, without money: the largest changes, [`PEOPLE_MAX`] at most.
    pub people: Vec<Row>,
    /// How many people's tokens change.
    pub people_changed: u64,
    /// Tokens that no bucket could pay, before and after.
    pub uncovered: (Ticks, Ticks),
    /// How often somebody was turned away, before and after.
    pub refused: (u64, u64),
    /// What seats cost.
    pub seats: Vec<SeatRow>,
    /// Use that is not charged: of what, why, how much.
    pub uncounted: Vec<(String, &'static str, Uncounted)>,
    /// What could not be taken over, and what else to know.
    pub caveats: Vec<String>,
}

/// On what all of it stands.
pub const RATED: &str = "use is taken as it was reported and rated anew, whoever was turned away stays so; tokens are \
     spent in the order of use; people and groups are as they are today, seats as they were then";
/// The same where the gate decides.
pub const DECIDED: &str = "every use asks the gate anew under the other policies; what was refused and is let through \
     counts with its first unit; tokens are spent in the order of use; people and groups are as they are today, seats \
     as they were then";

impl Summary {
    /// On what it stands, in a sentence.
    #[must_use]
    pub const fn basis(&self) -> &'static str {
        match self.mode {
            Mode::Rated => RATED,
            Mode::Decided => DECIDED,
        }
    }
}

/// What was found while replaying.
pub(super) struct Found {
    pub(super) caveats: Vec<String>,
    pub(super) refused_before: u64,
    pub(super) uncounted: BTreeMap<(String, &'static str), Uncounted>,
}

pub(super) fn summary(
    before: &State,
    after: &State,
    (period, known): ((Date, Date), (Date, Date)),
    mode: Mode,
    found: Found,
) -> Summary {
    let sums = [before, after].map(|state| Sums::of(state, period));
    let [was, will] = &sums;
    let rows = |part: fn(&Sums) -> &Part| rows(part(was), part(will));
    let mut people = rows(|sums| &sums.people);
    people.retain(|row| row.before != row.after);
    let people_changed = people.len() as u64;
    people.truncate(PEOPLE_MAX);
    let uncounted = found.uncounted.into_iter().map(|((what, why), one)| (what, why, one));
    Summary {
        mode,
        from: period.0,
        to: period.1,
        known,
        total: Row {
            key: "total".to_owned(),
            name: "Total".to_owned(),
            before: was.total,
            after: will.total,
        },
        products: rows(|sums| &sums.products),
        buckets: rows(|sums| &sums.buckets),
        people,
        people_changed,
        uncovered: (was.uncovered, will.uncovered),
        refused: (found.refused_before, after.tally().refused),
        seats: seats(before, after, period),
        uncounted: uncounted.collect(),
        caveats: found.caveats,
    }
}

/// By key: the name, and what it cost.
type Part = BTreeMap<String, (String, Spent)>;

/// The sums of one contract's period.
#[derive(Default)]
struct Sums {
    total: Spent,
    uncovered: Ticks,
    products: Part,
    buckets: Part,
    people: Part,
}

impl Sums {
    fn of(state: &State, (from, to): (Date, Date)) -> Self {
        let mut sums = Self::default();
        let span = state.zone().start_of(from)..state.zone().start_of(to.plus(1));
        let add = |sum: &mut Ticks, ticks: Ticks| *sum = sum.plus(ticks).unwrap_or(*sum);
        let mut people: FxHashMap<PersonId, Ticks> = FxHashMap::default();
        let mut rest: FxHashMap<_, Ticks> = FxHashMap::default();
        for charge in state.charges().within(span) {
            add(&mut sums.total.ticks, charge.ticks);
            if !charge.paid {
                add(&mut sums.uncovered, charge.ticks);
            }
            add(people.entry(charge.person).or_default(), charge.ticks);
            add(rest.entry((charge.product, charge.bucket)).or_default(), charge.ticks);
        }
        let estate = state.estate();
        let mut put =
            |part: fn(&mut Self) -> &mut Part, name: Option<(&String, &String)>, ticks| {
                let Some((key, name)) = name else { return };
                let known = part(&mut sums).entry(key.clone());
                add(&mut known.or_insert_with(|| (name.clone(), Spent::default())).1.ticks, ticks);
            };
        for ((product, bucket), ticks) in rest {
            put(
                |sums| &mut sums.products,
                estate.product(product).map(|p| (&p.key, &p.name)),
                ticks,
            );
            put(|sums| &mut sums.buckets, estate.bucket(bucket).map(|b| (&b.key, &b.name)), ticks);
        }
        for (person, ticks) in people {
            put(|sums| &mut sums.people, estate.person(person).map(|p| (&p.key, &p.name)), ticks);
        }
        sums.price(state, (from, to));
        sums
    }

    /// Adds the money, where there is a sum of it.
    fn price(&mut self, state: &State, (from, to): (Date, Date)) {
        for (by, part) in [(By::Product, &mut self.products), (By::Bucket, &mut self.buckets)] {
            let Ok(found) = reports::chargeback(state, &by, from, to, None) else { return };
            self.total.money = found.paid.total.money.plus(found.uncovered.total.money);
            for row in found.paid.rows.iter().chain(&found.uncovered.rows) {
                if let Some((_, spent)) = part.get_mut(&row.key) {
                    let known = spent.money.map_or(Some(row.money), |money| money.plus(row.money));
                    spent.money = known;
                }
            }
        }
    }
}

/// What either has, the largest change first.
fn rows(before: &Part, after: &Part) -> Vec<Row> {
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let row = |key: &String| {
        let spent = |part: &Part| part.get(key).map_or_else(Spent::default, |(_, spent)| *spent);
        let name = before.get(key).or_else(|| after.get(key)).map(|(name, _)| name.clone());
        Row {
            key: key.clone(),
            name: name.unwrap_or_default(),
            before: spent(before),
            after: spent(after),
        }
    };
    let mut rows: Vec<Row> = keys.into_iter().map(row).collect();
    rows.sort_by_key(|row| {
        let change = row.after.ticks.0.abs_diff(row.before.ticks.0);
        (Reverse(change), Reverse(row.before.ticks), row.key.clone())
    });
    rows
}

/// What the seats of each offering cost over the period.
fn seats(before: &State, after: &State, period: (Date, Date)) -> Vec<SeatRow> {
    let was = seat_seconds(before, period);
    let will = seat_seconds(after, period);
    let offerings = (0u16..).map(OfferingId).zip(after.estate().offerings());
    let rows = offerings.filter_map(|(id, offering)| {
        let seconds = |all: &BTreeMap<OfferingId, i64>| all.get(&id).copied().unwrap_or_default();
        let (a, b) = (seconds(&was), seconds(&will));
        (a > 0 || b > 0).then(|| SeatRow {
            key: offering.key.clone(),
            name: offering.name.clone(),
            days: (a / DAY, b / DAY),
            before: cost(before, &offering.key, a),
            after: cost(after, &offering.key, b),
        })
    });
    rows.collect()
}

/// Seconds of seats within the period, by what they are of; whether somebody held them or not.
fn seat_seconds(state: &State, (from, to): (Date, Date)) -> BTreeMap<OfferingId, i64> {
    let (start, end) = (state.zone().start_of(from), state.zone().start_of(to.plus(1)));
    let mut seconds: BTreeMap<OfferingId, i64> = BTreeMap::new();
    for seat in state.estate().seats() {
        let inside = |at: Instant| at.max(start).min(end);
        let known = seconds.entry(seat.offering).or_default();
        *known = known.saturating_add(inside(seat.until).since(inside(seat.from)).max(0));
    }
    seconds
}

/// The yearly price, pro rata, rounded half to even.
fn cost(state: &State, offering: &str, seconds: i64) -> Option<Money> {
    let (_, tariff) = state.tariff()?;
    let price = tariff.parts().seats.iter().find(|seat| seat.offering == offering)?.per_year;
    Some(price.pro_rata(seconds, YEAR_SECONDS))
}

/// The sum of what seats cost, where all are in one currency.
#[must_use]
pub fn seats_cost(rows: &[SeatRow], of: fn(&SeatRow) -> Option<Money>) -> Option<Money> {
    let mut amounts = rows.iter().filter_map(of);
    let first = amounts.next()?;
    amounts.try_fold(first, Money::plus)
}
