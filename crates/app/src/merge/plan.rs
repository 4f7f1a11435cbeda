//! What a merge changes, in numbers and in sentences.

use super::checks::key;
use super::{Changes, Who};
use faregate_core::amount::Ticks;
use faregate_core::double_dip::{self, Dip};
use faregate_core::estate::{BucketId, SeatId};
use faregate_core::event::{Charge, DipCause};
use faregate_core::state::State;
use faregate_core::when::Date;
use std::collections::BTreeMap;

/// What a merge changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Key of the identity.
    pub person: String,
    /// Key of the person whose it is to be, or was until now.
    pub other: String,
    /// Whether they become one; else they part.
    pub joins: bool,
    /// Uses that become the other's.
    pub sessions: u64,
    /// Charges, by month and bucket. A unit that only passes on is both reversed and charged.
    pub months: Vec<Month>,
    /// What was paid twice, as it turns out.
    pub dips: Vec<Twice>,
    /// Seats that cover what was charged.
    pub seats: Vec<Covering>,
}

/// What changes of a month's charges to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day, in the contract's zone.
    pub month: Date,
    /// Key of the bucket.
    pub bucket: String,
    /// What is reversed.
    pub reversed: Ticks,
    /// What is charged.
    pub charged: Ticks,
}

/// What was paid twice, as it turns out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The UTC day.
    pub day: Date,
    /// Key of what was used.
    pub product: String,
    /// Under which name the vendor charged it; `None` for a charge of ours.
    pub alias: Option<String>,
    /// How many.
    pub ticks: Ticks,
    /// How it came about.
    pub cause: DipCause,
}

/// A seat that covers what was charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covering {
    /// Which.
    pub seat: SeatId,
    /// What it is of.
    pub offering: String,
    /// How many units.
    pub units: u64,
    /// What they had cost.
    pub ticks: Ticks,
}

pub(super) fn told(
    before: &State,
    after: &State,
    who: Who,
    sessions: u64,
    changes: &Changes,
) -> Plan {
    let reversed: Vec<Charge> =
        changes.reversed.iter().filter_map(|unit| before.charges().get(*unit)).collect();
    Plan {
        person: key(before, who.id).to_owned(),
        other: key(before, who.other).to_owned(),
        joins: who.joins,
        sessions,
        months: months(before, &reversed, &changes.charged),
        dips: dips(before, after, who),
        seats: seats(before, after, who, &reversed),
    }
}

fn months(state: &State, reversed: &[Charge], charged: &[Charge]) -> Vec<Month> {
    let mut cells: BTreeMap<(Date, BucketId), (Ticks, Ticks)> = BTreeMap::new();
    let cell = |one: &Charge| (state.zone().date(one.at).month_start(), one.bucket);
    for one in reversed {
        let sum = &mut cells.entry(cell(one)).or_default().0;
        *sum = sum.plus(one.ticks).unwrap_or(*sum);
    }
    for one in charged {
        let sum = &mut cells.entry(cell(one)).or_default().1;
        *sum = sum.plus(one.ticks).unwrap_or(*sum);
    }
    let bucket = |id| state.estate().bucket(id).map_or(String::new(), |bucket| bucket.key.clone());
    let row =
        |((month, id), (reversed, charged))| Month { month, bucket: bucket(id), reversed, charged };
    cells.into_iter().map(row).collect()
}

/// What either of them paid twice as things are afterwards, and did not before.
fn dips(before: &State, after: &State, who: Who) -> Vec<Twice> {
    let all = |state: &State| -> Vec<Dip> {
        let dips = double_dip::report(state, Date(i32::MIN), Date(i32::MAX)).rows.into_iter();
        dips.filter(|dip| dip.person == who.id || dip.person == who.other).collect()
    };
    let mut known = all(before);
    let mut new = all(after);
    new.retain(|dip| {
        let same = |other: &Dip| {
            (dip.product, dip.day, &dip.alias, dip.ticks)
                == (other.product, other.day, &other.alias, other.ticks)
        };
        match known.iter().position(same) {
            Some(place) => {
                known.swap_remove(place);
                false
            }
            None => true,
        }
    });
    let product = |id| after.estate().product(id).map_or(String::new(), |known| known.key.clone());
    let told = |Dip { product: id, day, alias, ticks, cause, .. }| Twice {
        day,
        product: product(id),
        alias,
        ticks,
        cause,
    };
    new.into_iter().map(told).collect()
}

fn seats(before: &State, after: &State, who: Who, reversed: &[Charge]) -> Vec<Covering> {
    let mut found: BTreeMap<SeatId, (u64, Ticks)> = BTreeMap::new();
    for one in reversed {
        let estate = after.estate();
        let person = if who.joins { who.other } else { one.person };
        let Some(seat) = estate.covering_seat(person, one.product, one.at) else { continue };
        if before.estate().covering_seat(one.person, one.product, one.at).is_some() {
            continue;
        }
        let (units, ticks) = found.entry(seat).or_default();
        *units += 1;
        *ticks = ticks.plus(one.ticks).unwrap_or(*ticks);
    }
    let offering = |id: SeatId| {
        let seat = after.estate().seat(id)?;
        Some(after.estate().offering(seat.offering)?.name.clone())
    };
    let row = |(seat, (units, ticks))| {
        let offering = offering(seat).unwrap_or_default();
        Covering { seat, offering, units, ticks }
    };
    found.into_iter().map(row).collect()
}

impl Plan {
    /// The same in sentences.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        let Self { person, other, sessions, .. } = self;
        let (first, whose) = match self.joins {
            true => (format!("`{person}` is `{other}` from now on"), other),
            false => {
                (format!("`{person}` is a person of their own again, and not `{other}`"), person)
            }
        };
        let sessions = match sessions {
            1 => format!("1 session becomes that of `{whose}`"),
            _ => format!("{sessions} sessions become those of `{whose}`"),
        };
        let mut said = vec![first, sessions];
        said.extend(self.months.iter().map(|row| {
            let (year, month, _) = row.month.ymd();
            let Month { bucket, reversed, charged, .. } = row;
            format!("{year}-{month:02}, bucket `{bucket}`: {reversed} tokens are reversed and {charged} charged")
        }));
        said.extend(self.dips.iter().map(|dip| {
            let name = dip.alias.as_deref().map(|name| format!(" as `{name}`")).unwrap_or_default();
            let Twice { day, product, ticks, .. } = dip;
            format!(
                "{ticks} tokens for {product} on {day}, charged{name}, turn out to be paid twice"
            )
        }));
        said.extend(self.seats.iter().map(|row| {
            let Covering { seat, offering, units, ticks } = row;
            let units = match units {
                1 => "one unit that was".to_owned(),
                _ => format!("{units} units that were"),
            };
            format!("seat {} ({offering}) covers {units} charged: {ticks} tokens", seat.0)
        }));
        said
    }
}
