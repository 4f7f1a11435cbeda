//! What happened, as lines: `cover FIRST LAST` (days of a log), `vendors FIRST LAST`, `inform HOST` or `inform *`,
//! `alias PERSON NAME FIRST UNTIL`, and, after a day and a time, `open NAME PRODUCT HOST [seat]`,
//! `close|silent NAME PRODUCT`, `refuse NAME PRODUCT HOST`, `log NAME PRODUCT HOST MINUTES`,
//! `charge NAME PRODUCT TOKENS [log]`; after a day alone `vendor NAME PRODUCT TOKENS`. A `;` is a new line.

use super::super::{Known, Leakage, Logged, Settings, Watch};
use crate::amount::TICKS_PER_TOKEN;
use crate::estate::{AliasTerm, BucketId, PersonId, ProductId, SeatId};
use crate::event::{
    Ask, Basis, Cause, Charge, Counts, Event, Finding, Opened, Reason, Receipt, Refused, Route,
    SessionId, Source, VendorCharge,
};
use crate::state::State;
use crate::state::tests::{T0, World, tokens};
use crate::tariff::Meter;
use crate::usage::Interval;
use crate::when::{DAY, Date, Instant};
use std::collections::BTreeMap;

/// A fault planted into what feeds the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    None,
    /// Clocks are taken at their word.
    NoTolerance,
    /// Nobody has a second name.
    NoAliases,
    /// A log is taken to tell of every day.
    AlwaysCovered,
}

pub(super) struct Script {
    mutant: Mutant,
    pub(super) world: World,
    settings: Settings,
    journal: Vec<(u64, Instant, Event)>,
    uses: Vec<(String, String, String, Instant, Instant)>,
    vendor: Vec<VendorCharge>,
    open: BTreeMap<(String, String), u64>,
    first: Date,
    last: Date,
}

impl Script {
    pub(super) fn new(mutant: Mutant, zone: &str, text: &str) -> Self {
        let world = World::in_zone(zone);
        let first = world.state.zone().date(T0.plus(DAY / 2));
        let mut settings = Settings::default();
        if mutant == Mutant::NoTolerance {
            settings.tolerance_seconds = 0;
        }
        let (journal, uses, vendor, open) = Default::default();
        let last = first;
        let mut script = Self { mutant, world, settings, journal, uses, vendor, open, first, last };
        let lines = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
        lines.for_each(|line| script.line(line));
        script.journal.sort_by_key(|(_, at, event)| (*at, matches!(event, Event::Closed { .. })));
        script
    }

    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["cover", from, to] => self.covers("flexnet", from, to),
            ["vendors", from, to] => self.covers("vendor", from, to),
            ["inform", "*"] => self.settings.informing_all = true,
            ["inform", host] => drop(self.settings.informing.insert((*host).to_owned())),
            ["alias", person, name, from, until] => self.alias(person, name, from, until),
            [day, "vendor", who, what, whole] => self.vendor(day, who, what, whole),
            [day, time, rest @ ..] => {
                let at = self.at(day, time);
                self.fact(at, rest);
            }
            _ => panic!("{line}"),
        }
    }

    fn fact(&mut self, at: Instant, words: &[&str]) {
        match words {
            ["open", who, what, host] => self.open(at, who, what, host, false),
            ["open", who, what, host, "seat"] => self.open(at, who, what, host, true),
            ["close", who, what] => self.close(at, who, what, Cause::Closed),
            ["silent", who, what] => self.close(at, who, what, Cause::Silent),
            ["refuse", who, what, host] => self.refuse(at, who, what, host),
            ["log", who, what, host, minutes] => {
                let closed = at.plus(minutes.parse::<i64>().unwrap() * 60);
                let [who, what, host] = [who, what, host].map(|text| (*text).to_owned());
                self.uses.push((who, what, host, at, closed));
            }
            ["charge", who, what, whole] => self.charge(at, who, what, whole, Source::Gate),
            ["charge", who, what, whole, "log"] => self.charge(at, who, what, whole, Source::Log),
            _ => panic!("{words:?}"),
        }
    }

    fn day(&mut self, day: &str) -> Date {
        let day = self.first.plus(day.parse::<i32>().unwrap() - 1);
        self.last = self.last.max(day.plus(2));
        day
    }

    fn at(&mut self, day: &str, time: &str) -> Instant {
        let day = self.day(day);
        let (hours, minutes) = time.split_once(':').unwrap();
        let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
        self.world.state.zone().start_of(day).plus(minutes * 60)
    }

    fn covers(&mut self, kind: &str, from: &str, to: &str) {
        let [from, to] = [from, to].map(|day| self.first.plus(day.parse::<i32>().unwrap() - 1));
        let zone = self.world.state.zone();
        let (first, last) = (Some(zone.start_of(from)), Some(zone.start_of(to.plus(1)).plus(-1)));
        let counts = Counts { first, last, ..Counts::default() };
        let receipt = Receipt { kind: kind.to_owned(), counts, ..Receipt::default() };
        self.push(Instant(0), Event::Imported(receipt));
    }

    fn push(&mut self, at: Instant, event: Event) -> u64 {
        let seq = 1 + self.journal.len() as u64;
        self.journal.push((seq, at, event));
        seq
    }

    fn alias(&mut self, person: &str, name: &str, from: &str, until: &str) {
        let person = self.world.state.estate().person_called(person).unwrap();
        let [from, until] = [from, until].map(|day| self.at(day, "00:00"));
        self.world.must(Event::AliasesSet(vec![AliasTerm {
            alias: name.to_owned(),
            person,
            from,
            until,
        }]));
    }

    fn person(&self, who: &str, at: Instant) -> Option<PersonId> {
        let estate = self.world.state.estate();
        match self.mutant {
            Mutant::NoAliases => estate.person_keyed(who),
            _ => estate.person_known_as(who, at),
        }
    }

    fn product(&self, what: &str) -> ProductId {
        self.world.state.estate().product_called(what).unwrap()
    }

    fn vendor(&mut self, day: &str, who: &str, what: &str, whole: &str) {
        let day = self.day(day);
        let (person, product) = (self.person(who, T0).unwrap(), self.product(what));
        let (alias, finding) = (who.to_owned(), Finding::Booked);
        let ticks = tokens(whole.parse().unwrap());
        self.vendor.push(VendorCharge { day, alias, person, product, ticks, finding });
    }

    fn open(&mut self, at: Instant, who: &str, what: &str, host: &str, seat: bool) {
        let ask = Ask { host: host.to_owned(), ..World::ask(who, what, None) };
        let route = match seat {
            true => Route::Seat(SeatId(0)),
            false => Route::Tokens {
                bucket: BucketId(0),
                ticks: tokens(1),
                meter: Meter::Window24h,
                unit_start: at,
                grace_end: at,
            },
        };
        let (person, product) = (self.person(who, at).unwrap(), self.product(what));
        let basis = Basis::default();
        let seq =
            self.push(at, Event::Opened(Opened { ask, person, product, route, tariff: 0, basis }));
        self.open.insert((who.to_owned(), what.to_owned()), seq);
    }

    fn close(&mut self, at: Instant, who: &str, what: &str, cause: Cause) {
        let seq = self.open.remove(&(who.to_owned(), what.to_owned())).unwrap();
        self.push(at, Event::Closed { session: SessionId(seq), at, cause, hold: None });
    }

    fn refuse(&mut self, at: Instant, who: &str, what: &str, host: &str) {
        let ask = Ask { host: host.to_owned(), ..World::ask(who, what, None) };
        let (reason, basis) = (Reason::BucketExhausted, Basis::default());
        self.push(at, Event::Refused(Refused { ask, reason, tariff: 0, basis }));
    }

    fn charge(&mut self, at: Instant, who: &str, what: &str, whole: &str, source: Source) {
        let (person, product) = (self.person(who, at).unwrap(), self.product(what));
        let ticks = tokens(whole.parse().unwrap());
        let (bucket, meter, paid) = (BucketId(0), Meter::Window24h, false);
        let charge = Charge { at, ticks, person, product, bucket, meter, source, paid };
        self.world.must(Event::UsageCharged(vec![charge]));
    }

    /// Feeds the watch day by day, as the app does, and sums the days.
    pub(super) fn judged(self) -> Leakage {
        let state = self.world.state.clone();
        let mut known = Known::default();
        self.journal.iter().for_each(|(_, at, event)| known.see(*at, event));
        self.uses.iter().for_each(|one| known.log_names(self.product(&one.1)));
        if self.mutant == Mutant::AlwaysCovered {
            known.log.add(Interval { start: Instant(0), end: Instant(i64::MAX) });
        }
        let mut report = Leakage::new(self.first, self.last);
        report.roll_out = known.roll_out();
        let mut watch = Watch::new(self.settings.clone(), known, &state, self.first);
        let mut before = Instant(i64::MIN);
        for day in (self.first.0..=self.last.0).map(Date) {
            let until = Watch::horizon(&state, day);
            self.feed(&state, &mut watch, before, until);
            report.add(&state, watch.day(&state, day), usize::MAX);
            before = until;
        }
        report
    }

    fn feed(&self, state: &State, watch: &mut Watch, from: Instant, until: Instant) {
        let now = |at: Instant| from <= at && at < until;
        for (seq, at, event) in self.journal.iter().filter(|(_, at, _)| now(*at)) {
            watch.see(state, *seq, *at, event);
        }
        for (who, what, host, opened, closed) in self.uses.iter().filter(|one| now(one.3)) {
            let Some(person) = self.person(who, *opened) else { continue };
            let pair = (person, self.product(what));
            let (name, host) = (watch.known().name(who), watch.known().name(host));
            let (opened, closed) = (*opened, *closed);
            watch.logged(Logged { pair, name: Some(name), host, opened, closed });
        }
        let utc = |day: Date| Instant(i64::from(day.0) * DAY);
        for charge in self.vendor.iter().filter(|one| now(utc(one.day))) {
            watch.charged(state, charge);
        }
    }
}

/// The report on a script.
pub(super) fn judged(mutant: Mutant, zone: &str, text: &str) -> Leakage {
    Script::new(mutant, zone, text).judged()
}

/// The rows of a report, as words.
pub(super) fn found(mutant: Mutant, zone: &str, text: &str) -> Vec<String> {
    let script = Script::new(mutant, zone, text);
    let (first, state) = (script.first, script.world.state.clone());
    let row = |row: super::super::Row| {
        let estate = state.estate();
        format!(
            "{} {} {} {} {} {} {} {}",
            row.day.0 - first.0 + 1,
            estate.person(row.person).unwrap().key,
            estate.product(row.product).unwrap().key,
            row.kind.key(),
            row.host.as_deref().unwrap_or("-"),
            row.seconds / 60,
            row.ticks.0 / TICKS_PER_TOKEN,
            row.cause.key(),
        )
    };
    script.judged().rows.into_iter().map(row).collect()
}
