//! What people use, day by day, as the mathematics of planning wants it.

use super::Market;
use crate::replay::uses::Shadow;
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::state::State;
use faregate_core::when::Date;
use faregate_plan::crossover::{Counts, Exposure, Outlook, Population};

/// Days in the months into which history is cut, the last of them ending with it.
const MONTH: usize = 28;
/// The days of a horizon: a year.
pub(super) const HORIZON: usize = 365;

/// One person's use of one product on one day.
#[derive(Clone, Copy, Debug, PartialEq)]
struct DayUse {
    /// Days after the first known one.
    day: usize,
    product: ProductId,
    ticks: Ticks,
}

/// What people did in the days that are known.
#[derive(Clone, Debug)]
pub struct Habits {
    /// The first known day.
    pub first: Date,
    /// The last.
    pub last: Date,
    exposure: Exposure,
    population: Population,
    /// By the person's number.
    uses: Vec<Vec<DayUse>>,
}

/// What one person would use of some products in a year, and what that costs on tokens.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Use {
    pub(super) outlook: Outlook,
    /// What an active day costs, in units of money.
    pub(super) day: f64,
    /// Days of use in the known days.
    pub(super) active: usize,
}

impl Use {
    /// Expected cost on tokens in a year, in units of money.
    pub(super) fn cost(&self) -> f64 {
        self.outlook.days() * self.day
    }
}

/// Puts together who used what on which of the days from `first` to `last`, in the contract's zone.
#[must_use]
pub fn habits(state: &State, shadow: &Shadow, first: Date, last: Date) -> Habits {
    let days = usize::try_from(last.0 - first.0 + 1).unwrap_or(0);
    let mut uses: Vec<Vec<DayUse>> = vec![Vec::new(); state.estate().people().len()];
    let mut active = vec![0.0; days];
    for person in shadow.people() {
        let Some(own) = uses.get_mut(person.index()) else { continue };
        let mut before = None;
        for unit in shadow.units(person) {
            let date = state.zone().date(unit.start);
            let day = usize::try_from(date.0 - first.0).ok().filter(|day| *day < days);
            let Some(day) = day else { continue };
            own.push(DayUse { day, product: unit.product, ticks: unit.ticks });
            if before != Some(day) {
                active.get_mut(day).into_iter().for_each(|people| *people += 1.0);
            }
            before = Some(day);
        }
    }
    let exposure = Exposure::learn(&active);
    let mut found = Habits { first, last, exposure, population: Population::default(), uses };
    let everybody: Vec<Vec<Counts>> = (0..found.uses.len())
        .filter(|person| found.uses.get(*person).is_some_and(|own| !own.is_empty()))
        .map(|person| found.months(person, |_| true))
        .collect();
    found.population = Population::fit(&everybody);
    found
}

impl Habits {
    /// How many days are known.
    #[must_use]
    pub fn days(&self) -> usize {
        usize::try_from(self.last.0 - self.first.0 + 1).unwrap_or(0)
    }

    /// What everybody's past says of how far the past can be trusted.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// Everybody who used anything, ascending.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        let with = (0_u32..).zip(&self.uses).filter(|(_, own)| !own.is_empty());
        with.map(|(number, _)| PersonId(number))
    }

    /// What somebody used, each product once, ascending.
    #[must_use]
    pub fn products(&self, person: PersonId) -> Vec<ProductId> {
        let own = self.uses.get(person.index()).map_or(&[][..], Vec::as_slice);
        let mut products: Vec<ProductId> = own.iter().map(|one| one.product).collect();
        products.sort_unstable();
        products.dedup();
        products
    }

    /// Days since somebody used any of these products last; `None` where they never did.
    #[must_use]
    pub fn idle_days(&self, person: PersonId, products: &[ProductId]) -> Option<usize> {
        let own = self.uses.get(person.index())?;
        let last = own.iter().rev().find(|one| products.contains(&one.product))?;
        Some(self.days().saturating_sub(last.day + 1))
    }

    /// What somebody would use of some products in the days to come, `until` the first on which they are gone.
    pub(super) fn of(
        &self,
        market: &Market,
        person: PersonId,
        until: Option<Date>,
        is_of: impl Fn(ProductId) -> bool,
    ) -> Use {
        let months = self.months(person.index(), &is_of);
        let known = self.days();
        let left = until.map(|until| usize::try_from(until.0 - self.last.0 - 1).unwrap_or(0));
        let ahead = left.map_or(HORIZON, |left| left.min(HORIZON));
        let exposed = self.exposure.within(known..known + ahead);
        let own = self.uses.get(person.index()).map_or(&[][..], Vec::as_slice);
        let (mut active, mut ticks, mut before) = (0_usize, Ticks::ZERO, None);
        for one in own.iter().filter(|one| is_of(one.product)) {
            active += usize::from(before != Some(one.day));
            before = Some(one.day);
            ticks = ticks.plus(one.ticks).unwrap_or(ticks);
        }
        let usual = || market.usual(&is_of);
        let day = if active > 0 { market.price(ticks) / whole(active) } else { usual() };
        Use { outlook: Outlook::new(&self.population, &months, exposed), day, active }
    }

    /// Active and exposed days of one person by month, the oldest first.
    fn months(&self, person: usize, is_of: impl Fn(ProductId) -> bool) -> Vec<Counts> {
        let days = self.days();
        let count = days.div_ceil(MONTH);
        let short = count * MONTH - days;
        let month_of = |day: usize| (day + short) / MONTH;
        let mut months = vec![Counts::default(); count];
        for (month, counts) in months.iter_mut().enumerate() {
            let start = (month * MONTH).saturating_sub(short);
            counts.exposed = self.exposure.within(start..((month + 1) * MONTH - short).min(days));
        }
        let own = self.uses.get(person).map_or(&[][..], Vec::as_slice);
        let mut before = None;
        for one in own.iter().filter(|one| is_of(one.product)) {
            if before != Some(one.day)
                && let Some(counts) = months.get_mut(month_of(one.day))
            {
                counts.active += 1.0;
            }
            before = Some(one.day);
        }
        months
    }
}

#[expect(clippy::cast_precision_loss, reason = "days, far fewer than 2^53")]
fn whole(days: usize) -> f64 {
    days as f64
}
