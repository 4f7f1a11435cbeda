//! What went past the gate, out of the journal, the blocks of reported use and the vendor's charges.
//!
//! The journal is read twice: once for what the sources cover and who ever asked, then again beside the blocks,
//! day by day. Memory grows with a few days of use, not with the history.

use crate::engine::{Engine, Failure};
use crate::import::vendor::NOT_LOGGED;
use crate::ports::{Store, Use};
use faregate_core::estate::{PersonId, ProductId, folded};
use faregate_core::event::{Event, VendorCharge};
use faregate_core::leakage::{
    Day, Known, Leakage, Logged, Name, Origin, Settings, Spans, Unknown, Watch,
};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use std::collections::BTreeMap;

/// What went past the gate from one date to another, both included, in the contract's zone.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn leakage(
    engine: &mut Engine,
    from: Date,
    to: Date,
    settings: &Settings,
) -> Result<Leakage, Failure> {
    let mut report = Leakage::new(from, to);
    let rest = leakage_by_day(engine, from, to, settings, &mut |state, day| {
        report.add(state, day, settings.rows_max);
    })?;
    (report.roll_out, report.unknown) = (rest.roll_out, rest.unknown);
    Ok(report)
}

/// What is known once all days were judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// When somebody passed the gate for the first time, ever.
    pub roll_out: Option<Instant>,
    /// Names in quarantine, where they were met.
    pub unknown: BTreeMap<(Origin, String), Unknown>,
}

/// The same, a day at a time with all its rows, to be written down as they come.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn leakage_by_day(
    engine: &mut Engine,
    from: Date,
    to: Date,
    settings: &Settings,
    visit: &mut dyn FnMut(&State, Day),
) -> Result<Rest, Failure> {
    let shared = engine.state();
    let state = shared.read();
    let store = &mut *engine.store;
    let mut names = Names::new(&state, store.names()?);
    let known = known(&state, store, &mut names)?;
    let watch = Watch::new(settings.clone(), known, &state, from);
    let mut reading = Reading::new(&state, store, watch, names, from, to)?;
    for day in (from.0..=to.0).map(Date) {
        reading.read_until(Watch::horizon(&state, day))?;
        visit(&state, reading.watch.day(&state, day));
    }
    let unknown = reading.unknown.unknown;
    Ok(Rest { roll_out: reading.watch.finish().roll_out(), unknown })
}

/// What the sources cover, who ever asked, and what products the logs ever name.
fn known(state: &State, store: &mut dyn Store, names: &mut Names) -> Result<Known, Failure> {
    let mut known = Known::default();
    store.replay(0, &mut |entry| {
        known.see(entry.at, &entry.event);
        true
    })?;
    let mut sought = names.products();
    for day in store.days_with_uses(Instant(i64::MIN))? {
        if sought == 0 {
            break;
        }
        for one in store.uses_of(day)?.iter().filter(|one| names.is_logged(one.host)) {
            if let Some(product) = names.product(one.feature).filter(|id| !known.is_served(*id)) {
                known.log_names(product);
                sought -= 1;
            }
        }
    }
    state.elsewhere().filter_map(|open| open.product).for_each(|id| known.log_names(id));
    Ok(known)
}

/// What the names in the blocks stand for.
pub(crate) struct Names {
    texts: Vec<String>,
    /// By number; one that is several people's, one after the other, is looked up anew each time.
    people: Vec<Whose>,
    products: Vec<Option<ProductId>>,
    logged: Vec<bool>,
    numbers: Vec<Option<Name>>,
}

#[derive(Clone, Copy)]
enum Whose {
    Dated,
    Always(Option<PersonId>),
}

impl Names {
    pub(crate) fn new(state: &State, texts: Vec<String>) -> Self {
        let estate = state.estate();
        let whose = |text: &String| match estate.is_dated(text) {
            true => Whose::Dated,
            false => Whose::Always(estate.person_called(text)),
        };
        let product =
            |text: &String| state.product_of_feature(text).or_else(|| estate.product_called(text));
        Self {
            people: texts.iter().map(whose).collect(),
            products: texts.iter().map(product).collect(),
            logged: texts.iter().map(|text| !NOT_LOGGED.contains(&text.as_str())).collect(),
            numbers: vec![None; texts.len()],
            texts,
        }
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }

    pub(crate) fn person(&self, state: &State, user: u32, at: Instant) -> Option<PersonId> {
        match self.people.get(user as usize)? {
            Whose::Dated => state.estate().person_known_as(self.text(user), at),
            Whose::Always(person) => *person,
        }
    }

    pub(crate) fn product(&self, feature: u32) -> Option<ProductId> {
        self.products.get(feature as usize).copied().flatten()
    }

    /// How many products the blocks may name.
    fn products(&self) -> usize {
        let mut all: Vec<ProductId> = self.products.iter().copied().flatten().collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Whether a log tells of this workstation, and not the vendor alone.
    pub(crate) fn is_logged(&self, host: u32) -> bool {
        self.logged.get(host as usize).copied().unwrap_or(true)
    }

    /// The number that the watch knows a name by.
    fn number(&mut self, known: &mut Known, number: u32) -> Name {
        let text = self.texts.get(number as usize).map_or("", String::as_str);
        match self.numbers.get_mut(number as usize) {
            Some(Some(name)) => *name,
            Some(empty) => *empty.insert(known.name(text)),
            None => known.name(text),
        }
    }
}

/// The three sources, read side by side.
struct Reading<'a> {
    state: &'a State,
    store: &'a mut dyn Store,
    watch: Watch,
    names: Names,
    unknown: Leakage,
    /// UTC days with uses that were not read yet, the next one last.
    days: Vec<Date>,
    /// The vendor's charges that were not told yet, the next one last.
    vendor: Vec<&'a VendorCharge>,
    seq: u64,
    /// From when to when names in quarantine are listed.
    period: (Instant, Instant),
}

impl<'a> Reading<'a> {
    fn new(
        state: &'a State,
        store: &'a mut dyn Store,
        watch: Watch,
        names: Names,
        from: Date,
        to: Date,
    ) -> Result<Self, Failure> {
        let mut days = store.days_with_uses(watch.needs())?;
        days.reverse();
        let vendor = charges(state, from, to);
        let period = (state.zone().start_of(from), state.zone().start_of(to.plus(1)));
        let unknown = Leakage::default();
        let mut reading =
            Self { state, store, watch, names, unknown, days, vendor, seq: 0, period };
        reading.tell_open();
        Ok(reading)
    }

    /// Tells the watch all that happened before an instant.
    fn read_until(&mut self, until: Instant) -> Result<(), Failure> {
        while let Some(day) = self.days.pop_if(|day| start_of(*day) < until) {
            self.store.uses_of(day)?.iter().for_each(|one| self.tell_use(one));
        }
        while let Some(charge) = self.vendor.pop_if(|charge| start_of(charge.day) < until) {
            self.watch.charged(self.state, charge);
        }
        let Self { state, store, watch, unknown, seq, period, .. } = self;
        store.replay(*seq, &mut |entry| {
            if entry.at >= until {
                return false;
            }
            watch.see(state, entry.seq, entry.at, &entry.event);
            if period.0 <= entry.at && entry.at < period.1 {
                note_unknown(state, entry.at, &entry.event, unknown);
            }
            *seq = entry.seq;
            true
        })?;
        Ok(())
    }

    fn tell_use(&mut self, one: &Use) {
        if one.closed < self.watch.needs() {
            return;
        }
        let logged = self.names.is_logged(one.host);
        let person = self.names.person(self.state, one.user, one.opened);
        let product = self.names.product(one.feature);
        match person.zip(product) {
            Some(pair) if logged => {
                let Self { names, watch, .. } = self;
                let name = Some(names.number(watch.known(), one.user));
                let host = names.number(watch.known(), one.host);
                let (opened, closed) = (one.opened, one.closed);
                watch.logged(Logged { pair, name, host, opened, closed });
            }
            Some(_) => {}
            None => self.quarantine(one, person.is_none()),
        }
    }

    fn quarantine(&mut self, one: &Use, nobody: bool) {
        if one.opened < self.period.0 || one.opened >= self.period.1 {
            return;
        }
        let is_vendors = NOT_LOGGED.contains(&self.names.text(one.host));
        let origin = if is_vendors { Origin::Vendor } else { Origin::Log };
        let name = self.names.text(if nobody { one.user } else { one.feature });
        self.unknown.quarantine(origin, name, one.closed.since(one.opened));
    }

    /// Uses that a log shows as going on: as far as the log goes, and for a day at most, because nobody knows
    /// when those ended whose end was never logged.
    fn tell_open(&mut self) {
        for open in self.state.elsewhere() {
            let Some(product) = open.product else { continue };
            let known = self.watch.known();
            let end = log_end(&known.log, open.opened).min(open.opened.plus(DAY));
            let (pair, name) = ((self.state.estate().same_as(open.person), product), None);
            let (host, opened) = (known.name(&open.host), open.opened);
            if end >= self.watch.needs() {
                self.watch.logged(Logged { pair, name, host, opened, closed: end });
            }
        }
    }
}

fn log_end(log: &Spans, at: Instant) -> Instant {
    log.around(at).map_or(at, |span| span.end)
}

fn start_of(utc: Date) -> Instant {
    Instant(i64::from(utc.0) * DAY)
}

/// What the vendor charged from a day before a period to a day after it, the last first. A later report of the
/// same name, day and product replaces an earlier one.
fn charges(state: &State, from: Date, to: Date) -> Vec<&VendorCharge> {
    let mut latest = BTreeMap::new();
    let near = |charge: &&VendorCharge| from.plus(-1) <= charge.day && charge.day <= to.plus(1);
    for charge in state.vendor().charges.iter().filter(near) {
        latest.insert((charge.day, folded(&charge.alias), charge.product), charge);
    }
    let period = |charge: &&VendorCharge| {
        let noon = state.zone().date(start_of(charge.day).plus(DAY / 2));
        from <= noon && noon <= to
    };
    latest.into_values().rev().filter(period).collect()
}

/// Who was turned away under a name that nobody knows, or for a product that nobody knows.
fn note_unknown(state: &State, at: Instant, event: &Event, report: &mut Leakage) {
    let Event::Refused(refused) = event else { return };
    let estate = state.estate();
    if estate.person_known_as(&refused.ask.person, at).is_none() {
        report.quarantine(Origin::Gate, &refused.ask.person, 0);
    } else if estate.product_called(&refused.ask.product).is_none() {
        report.quarantine(Origin::Gate, &refused.ask.product, 0);
    }
}
