//! What is expected of the contract, its buckets and products: the estimates that rules, runbooks and the page
//! read, and those that are kept to be scored.

use crate::engine::SharedState;
use faregate_core::alert::{Outlook, Scene, Subject, Term, Usual, Views, given_and_left};
use faregate_core::amount::Ticks;
use faregate_core::burn;
use faregate_core::estate::{BucketId, ProductId};
use faregate_core::forecast::{
    self, Calendar, Effect, Forecast, Model, Planned, Series, Total, fit, series,
};
use faregate_core::state::{KeptForecast, Monitor, OccasionEffect, State};
use faregate_core::statement;
use faregate_core::when::{Date, Instant};
use std::collections::BTreeMap;

/// Nobody asks for the chance that tokens run out further ahead.
const AHEAD_DAYS: i32 = 366;
/// The spans that are kept of each forecast, in days.
const KEPT_DAYS: [i32; 2] = [7, 28];

/// Whose future is looked at.
#[derive(Clone, Debug)]
pub struct Whose {
    /// Who.
    pub subject: Subject,
    /// Their burn.
    pub scope: forecast::Scope,
}

/// Everybody whose future is looked at: the contract, each bucket, each product.
#[must_use]
pub fn everybody(state: &State) -> Vec<Whose> {
    let estate = state.estate();
    let buckets = (0u16..).map(BucketId).take(estate.buckets().len());
    let buckets = buckets.filter_map(|id| {
        let scope = forecast::Scope::Bucket(id);
        Subject::bucket(state, id).map(|subject| Whose { subject, scope })
    });
    let products = (0u16..).map(ProductId).take(estate.products().len());
    let products = products.filter_map(|id| {
        let scope = forecast::Scope::Product(id);
        Subject::product(state, id).map(|subject| Whose { subject, scope })
    });
    let all = Whose { subject: Subject::contract(), scope: forecast::Scope::Pool };
    [all].into_iter().chain(buckets).chain(products).collect()
}

/// What people know of the days of a subject: its own occasions and the contract's.
#[must_use]
pub fn calendar(monitor: &Monitor, subject: &Subject) -> Calendar {
    let mut calendar = Calendar::default();
    let key = subject.key();
    let is_its = |of: &str| of == key || of == "contract";
    for one in monitor.occasions().values().filter(|one| is_its(&one.subject)) {
        let (from, to) = (one.from, one.to);
        let effect = match one.effect {
            OccasionEffect::Holiday => {
                calendar.holidays.extend((from.0..=to.0).map(Date));
                continue;
            }
            OccasionEffect::Share(thousandths) => Effect::Factor(thousandths as f64 / 1e3),
            // Tokens a day are told of one subject: nobody knows how the contract's lie among its buckets.
            OccasionEffect::TokensADay(_) if one.subject != key => continue,
            OccasionEffect::TokensADay(ticks) => Effect::TokensADay(ticks.tokens()),
        };
        calendar.planned.push(Planned { from, to, effect });
    }
    calendar
}

/// All that a view of one subject is made of: read quickly, so that nobody waits while it is reckoned with.
#[derive(Clone, Debug)]
pub struct Material {
    subject: Subject,
    series: Series,
    calendar: Calendar,
    today: Date,
    so_far: f64,
    burned_today: f64,
    share_left: f64,
    purse: Option<(f64, f64, Date)>,
    pace: Option<(f64, f64)>,
}

/// Reads what the views of everybody are made of who has used anything, one after another: between two of them
/// the gate may decide.
#[must_use]
pub fn gather_gently(state: &SharedState, now: Instant) -> Vec<Material> {
    let everybody = everybody(&state.read());
    let mut paces = paces(&state.read(), now);
    let of = |whose: Whose| {
        let pace = paces.remove(&whose.subject.key());
        Material::of(&state.read(), whose, now).map(|material| Material { pace, ..material })
    };
    everybody.into_iter().filter_map(of).collect()
}

/// What is expected, of each that was gathered.
#[must_use]
pub fn views(gathered: &[Material]) -> Views {
    gathered.iter().map(|one| (one.subject.key(), one.outlook())).collect()
}

/// What is expected of the contract alone.
#[must_use]
pub fn of_contract(state: &State, now: Instant) -> Views {
    let whose = Whose { subject: Subject::contract(), scope: forecast::Scope::Pool };
    views(&Material::of(state, whose, now).into_iter().collect::<Vec<_>>())
}

impl Material {
    /// Reads it; `None` for those who have used nothing.
    #[must_use]
    pub fn of(state: &State, whose: Whose, now: Instant) -> Option<Self> {
        let today = state.zone().date(now);
        let Whose { subject, scope } = whose;
        let series = series(state, &scope, today);
        if !series.tokens.iter().any(|tokens| *tokens > 0.0) {
            return None;
        }
        let purse = purse(state, &subject, now);
        Some(Self {
            calendar: calendar(state.monitor(), &subject),
            today,
            so_far: spent(state, &subject, today.month_start(), today),
            burned_today: spent(state, &subject, today, today),
            share_left: forecast::share_left(state, now),
            pace: None,
            purse,
            series,
            subject,
        })
    }

    /// About whom.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Today in the contract's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// Tokens of this month so far.
    #[must_use]
    pub fn so_far(&self) -> f64 {
        self.so_far
    }

    /// What is left, of those who have tokens.
    #[must_use]
    pub fn left(&self) -> Option<f64> {
        self.purse.map(|(_, left, _)| left)
    }

    /// The last day on which what is left is good.
    #[must_use]
    pub fn term_last(&self) -> Option<Date> {
        self.purse.map(|(_, _, last)| last)
    }

    /// What of a forecast's first day, today, is over: burned, or not coming any more.
    #[must_use]
    pub fn over(&self, days: &Forecast) -> f64 {
        days.total(self.today, self.today).expected - self.coming(days)
    }

    /// What of a forecast from today on is still to come.
    #[must_use]
    pub fn still_to_come(&self, days: &Forecast) -> Total {
        let Total { expected, bands } = days.total(self.today, Date(i32::MAX));
        let over = self.over(days);
        let less = |tokens: f64| (tokens - over).max(0.0);
        let bands = bands.map(|band| forecast::Band { low: less(band.low), high: less(band.high) });
        Total { expected: less(expected), bands }
    }

    /// The model of the burn until yesterday.
    #[must_use]
    pub fn model(&self) -> Model {
        fit(&self.series, &self.calendar)
    }

    /// What is expected.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        let (model, today) = (self.model(), self.today);
        let month = model.project(today, today.next_month_start().plus(-1));
        let later: f64 = month.days().skip(1).map(|(_, tokens)| tokens).sum();
        let month_end = Some(self.so_far + self.coming(&month) + later);
        let mut view = Outlook { month_end, pace: self.pace, ..Outlook::default() };
        let Some((_, left, last)) = self.purse else { return view };
        let ahead = model.project(today, last.min(today.plus(AHEAD_DAYS)));
        // What was burned today is no longer in what is left: only the rest of the day spends of it.
        let over = self.over(&ahead);
        view.runs_out = chances(&ahead, left + over);
        view.runs_out_on = ahead.depletion(left + over).expected;
        let Total { expected, bands: [_, likely, sure] } = self.still_to_come(&ahead);
        let (nine_in_ten, thirty_nine_in_forty) = (likely.high, sure.high);
        view.term = Some(Term { last, expected, nine_in_ten, thirty_nine_in_forty });
        view
    }

    /// Tokens still to come today.
    fn coming(&self, days: &Forecast) -> f64 {
        let usual = days.total(self.today, self.today).expected;
        (usual - self.burned_today).max(0.0) * self.share_left
    }

    /// The forecasts of the day that are kept to be scored.
    #[must_use]
    pub fn to_keep(&self) -> Vec<KeptForecast> {
        let (model, made) = (self.model(), self.today.plus(-1));
        let month_end = self.today.next_month_start().plus(-1);
        let ends = KEPT_DAYS.map(|days| made.plus(days)).into_iter().chain([month_end]);
        let one =
            |until: Date| keep(self.subject.key(), made, until, &model.project(self.today, until));
        ends.map(one).collect()
    }

    /// Whether its forecasts are kept today: the contract's each day, a bucket's each Monday.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match self.subject.kind {
            "contract" => true,
            "bucket" => self.today.weekday() == 0,
            _ => false,
        }
    }
}

/// The chance that nothing is left at the end of each day.
fn chances(ahead: &Forecast, left: f64) -> Vec<f64> {
    let days = ahead.days().map(|(date, _)| date.plus(1));
    days.map(|after| ahead.depleted_before(left, after)).collect()
}

/// What a contract or a bucket was given, what is left of it, and the last day on which that is good.
fn purse(state: &State, subject: &Subject, now: Instant) -> Option<(f64, f64, Date)> {
    let (views, usual) = (Views::new(), Usual::new());
    let findings = Vec::new();
    let (views, usual, findings) = (&views, &usual, &findings);
    let scene = Scene { state, now, views, usual, findings, sources: &[], agents: None };
    let scope = match subject.kind {
        "contract" | "bucket" => subject.scope(),
        _ => return None,
    };
    let (_, given, left) = given_and_left(&scene, &scope).into_iter().next()?;
    let valid = state.ledger().packs().iter().filter(|pack| pack.from <= now && now < pack.until);
    let until = valid.map(|pack| pack.until).max()?;
    Some((given, left, state.zone().date(until.plus(-1))))
}

/// Tokens used and planned since each one's period began, by the plan that holds: straight, seasonal, or the
/// owner's own. It takes one look at every charge of the period.
fn paces(state: &State, now: Instant) -> BTreeMap<String, (f64, f64)> {
    let named = |pace: burn::Pace| {
        let subject = match pace.scope {
            statement::Scope::Contract => Some(Subject::contract()),
            statement::Scope::Unallocated => None,
            statement::Scope::Bucket(id) => Subject::bucket(state, id),
        };
        subject.map(|subject| (subject.key(), (pace.used.tokens(), pace.planned.tokens())))
    };
    burn::paces(state, |_| true, now).into_iter().filter_map(named).collect()
}

fn spent(state: &State, subject: &Subject, from: Date, to: Date) -> f64 {
    match subject.kind {
        "contract" => burn::total(state, from, to).ticks.tokens(),
        _ => faregate_core::alert::spent(state, &subject.scope(), from, to).values().sum(),
    }
}

fn keep(subject: String, made: Date, until: Date, forecast: &Forecast) -> KeptForecast {
    let Total { expected, bands: [half, four, nineteen] } = forecast.total(made.plus(1), until);
    let band = |band: forecast::Band| (ticks(band.low), ticks(band.high));
    KeptForecast {
        subject,
        made,
        until,
        expected: ticks(expected),
        half: band(half),
        four_in_five: band(four),
        nineteen_in_twenty: band(nineteen),
    }
}

/// An estimate, to the thousandth of a token.
fn ticks(tokens: f64) -> Ticks {
    Ticks::from_micro_tokens((tokens.clamp(0.0, 1e9) * 1e3).round() as i64 * 1_000)
        .unwrap_or_default()
}
