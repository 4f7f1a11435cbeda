//! A period's days, summed: by kind, person, workstation and department, with what the sources cover in words.

use super::{ADVICE, Cause, Day, Kind, Measured, Row};
use crate::amount::{Money, Ticks};
use crate::estate::{GroupId, PersonId};
use crate::state::State;
use crate::when::{Date, Instant};
use std::collections::BTreeMap;

/// The dimension of groups that are departments.
const DEPARTMENT: &str = "department";

/// What some rows come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    /// Seconds of use.
    pub seconds: i64,
    /// What they cost.
    pub ticks: Ticks,
    /// The same in money: the sum of the rows; `None` without prices, and across currencies.
    pub money: Option<Money>,
}

impl Sum {
    fn add(&mut self, row: &Row) {
        self.money = match self.rows {
            0 => row.money,
            _ => self.money.zip(row.money).and_then(|(sum, more)| sum.plus(more)),
        };
        self.rows = self.rows.saturating_add(1);
        self.seconds = self.seconds.saturating_add(row.seconds);
        self.ticks = Ticks(self.ticks.0.saturating_add(row.ticks.0));
    }
}

/// Where a name was met that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// At the gate.
    Gate,
    /// In a licence-server log.
    Log,
    /// In a report of the vendor's.
    Vendor,
}

/// What is in quarantine under a name of a person or a product that nobody knows: in no row and no sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// How often it was met.
    pub count: u64,
    /// Seconds of use.
    pub seconds: i64,
}

/// What went past the gate in a period, to be reviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leakage {
    /// First local date.
    pub from: Date,
    /// Last local date.
    pub to: Date,
    /// The first rows, by day, person, product, kind and workstation.
    pub rows: Vec<Row>,
    /// How many more there are, that are in the sums alone.
    pub rows_left_out: u64,
    /// All rows.
    pub total: Sum,
    /// By kind.
    pub by_kind: BTreeMap<Kind, Sum>,
    /// By likely cause.
    pub by_cause: BTreeMap<Cause, Sum>,
    /// By person.
    pub by_person: BTreeMap<PersonId, Sum>,
    /// By workstation; `None` where only the vendor tells of it.
    pub by_host: BTreeMap<Option<String>, Sum>,
    /// By department; `None` for people in none.
    pub by_department: BTreeMap<Option<GroupId>, Sum>,
    /// All logged use.
    pub measured: Measured,
    /// Days judged.
    pub days: u32,
    /// Of those, days that a log covers.
    pub days_logged: u32,
    /// Of those, days that a report of the vendor's covers.
    pub days_reported: u32,
    /// Of those, days on which anybody asked at the gate.
    pub days_gate: u32,
    /// When somebody passed the gate for the first time, ever.
    pub roll_out: Option<Instant>,
    /// Names in quarantine, where they were met.
    pub unknown: BTreeMap<(Origin, String), Unknown>,
}

impl Leakage {
    /// An empty report.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Self {
        Self { from, to, ..Self::default() }
    }

    /// Adds a day; of its rows, no more are kept than there may be.
    pub fn add(&mut self, state: &State, day: Day, rows_max: usize) {
        let count = |yes: bool| u32::from(yes);
        self.measured = self.measured.plus(day.measured);
        self.days = self.days.saturating_add(1);
        self.days_logged = self.days_logged.saturating_add(count(day.logged));
        self.days_reported = self.days_reported.saturating_add(count(day.reported));
        self.days_gate = self.days_gate.saturating_add(count(day.gate));
        for row in day.rows {
            self.count(state, &row);
            if self.rows.len() < rows_max {
                self.rows.push(row);
            } else {
                self.rows_left_out = self.rows_left_out.saturating_add(1);
            }
        }
    }

    fn count(&mut self, state: &State, row: &Row) {
        let department = state.estate().group_in(row.person, DEPARTMENT);
        self.total.add(row);
        self.by_kind.entry(row.kind).or_default().add(row);
        self.by_cause.entry(row.cause).or_default().add(row);
        self.by_person.entry(row.person).or_default().add(row);
        self.by_host.entry(row.host.clone()).or_default().add(row);
        self.by_department.entry(department).or_default().add(row);
    }

    /// Notes a use, an ask or a charge under a name that nobody knows.
    pub fn quarantine(&mut self, origin: Origin, name: &str, seconds: i64) {
        let unknown = self.unknown.entry((origin, name.to_owned())).or_default();
        unknown.count = unknown.count.saturating_add(1);
        unknown.seconds = unknown.seconds.saturating_add(seconds);
    }

    /// The share of logged use that nobody asked for: seconds of it, of how many. Use on days without coverage
    /// is in both neither; `None` where nothing was logged.
    #[must_use]
    pub const fn share(&self) -> Option<(i64, i64)> {
        let of = self.measured.asked.saturating_add(self.measured.not_asked);
        if of == 0 { None } else { Some((self.measured.not_asked, of)) }
    }

    /// The share, and what the sources cover, in sentences.
    #[must_use]
    pub fn words(&self) -> String {
        let share = match self.share() {
            Some((part, of)) => format!(
                "{} of {} logged hours ({}) ran without a permit of the gate's.",
                tenths(part, 360),
                tenths(of, 360),
                percent(part, of),
            ),
            None => "No use was logged.".to_owned(),
        };
        let roll_out = match self.roll_out {
            Some(at) => format!("somebody passed the gate for the first time at {at}"),
            None => "nobody has passed the gate yet".to_owned(),
        };
        format!(
            "{share} Of {} days, logs cover {}, the vendor's reports {}, and somebody asked at the gate on {}; \
             {roll_out}. Where a source does not cover a day, nothing is said of it. Every row says {ADVICE}.",
            self.days, self.days_logged, self.days_reported, self.days_gate,
        )
    }
}

fn percent(part: i64, of: i64) -> String {
    let per_mille = i128::from(part).saturating_mul(1_000).checked_div(i128::from(of)).unwrap_or(0);
    format!("{}.{} %", per_mille.div_euclid(10), per_mille.rem_euclid(10))
}

/// A number of seconds in units of ten such steps, to one decimal: hours for 360.
fn tenths(seconds: i64, step: i64) -> String {
    let tenths = seconds.checked_div(step).unwrap_or(0);
    format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10))
}
