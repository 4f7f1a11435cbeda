//! What is expected of one subject, and how good it was to listen to what was expected before.

use crate::alerts::outlook::{Material, Whose, calendar};
use crate::views::grouped;
use faregate_core::alert::Subject;
use faregate_core::forecast::{
    Band, Change, Depletion, Record, Scope, Score, Total, record, series, what_if,
};
use faregate_core::state::{KeptForecast, State};
use faregate_core::when::{Date, Instant};

/// A forecast goes so many days ahead at most.
pub const AHEAD_DAYS: i32 = 366;
/// So many days are drawn when nobody says.
pub const DRAWN_DAYS: i32 = 28;

/// What is expected of a subject.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Of whom.
    pub subject: Subject,
    /// The first day: today.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// On how many days of use it stands.
    pub history_days: u32,
    /// Tokens expected of each day.
    pub days: Vec<(Date, f64)>,
    /// Of all of them, with bands of one in two, four in five and nineteen in twenty.
    pub total: Total,
    /// By the end of the month, with what was used of it already.
    pub month_end: Total,
    /// By the last day of the term, when there is one: what is still to come.
    pub term_end: Option<(Date, Total)>,
    /// What is left, and when it is used up.
    pub depletion: Option<(f64, Depletion)>,
    /// How good past forecasts were, by their length in days; those to the end of a month by its name.
    pub records: Records,
    /// In sentences.
    pub text: String,
}

/// The subject with this key: `contract`, `bucket:KEY` or `product:KEY`.
#[must_use]
pub fn whose(state: &State, key: &str) -> Option<Whose> {
    let estate = state.estate();
    let (subject, scope) = match key.split_once(':') {
        None if key == "contract" => (Subject::contract(), Scope::Pool),
        Some(("bucket", key)) => {
            let id = estate.bucket_called(key)?;
            (Subject::bucket(state, id)?, Scope::Bucket(id))
        }
        Some(("product", key)) => {
            let id = estate.product_called(key)?;
            (Subject::product(state, id)?, Scope::Product(id))
        }
        _ => return None,
    };
    Some(Whose { subject, scope })
}

/// What is expected of a subject until a day, at most a year ahead; `None` before it has used anything.
#[must_use]
pub fn expected(state: &State, whose: Whose, to: Option<Date>, now: Instant) -> Option<Expected> {
    let (material, records) = material(state, whose, now);
    Some(material?.expected(to, records))
}

/// How good past forecasts were, by the length of their spans.
pub type Records = Vec<(String, Record)>;

/// What a forecast is made of, and how good past ones were: read quickly, so that nobody waits while it is made.
#[must_use]
pub fn material(state: &State, whose: Whose, now: Instant) -> (Option<Material>, Records) {
    let records = records(state, &whose.subject);
    (Material::of(state, whose, now), records)
}

impl Material {
    /// What is expected until a day, at most a year ahead.
    #[must_use]
    pub fn expected(&self, to: Option<Date>, records: Records) -> Expected {
        let (model, from) = (self.model(), self.today());
        let last = to.unwrap_or_else(|| from.plus(DRAWN_DAYS - 1));
        let to = last.clamp(from, from.plus(AHEAD_DAYS));
        let drawn = model.project(from, to);
        let month = model.project(from, from.next_month_start().plus(-1));
        let rest = self.still_to_come(&month);
        let so_far = self.so_far();
        let term = self.term_last().map(|last| last.min(from.plus(AHEAD_DAYS)));
        let ahead = term.map(|last| (last, model.project(from, last)));
        let depletion = ahead
            .as_ref()
            .zip(self.left())
            .map(|((_, ahead), left)| (left, ahead.depletion(left + self.over(ahead))));
        let mut view = Expected {
            subject: self.subject().clone(),
            from,
            to,
            history_days: model.history_days(),
            days: drawn.days().collect(),
            total: drawn.total(from, to),
            month_end: shifted(rest, so_far),
            term_end: ahead.map(|(last, ahead)| (last, self.still_to_come(&ahead))),
            depletion,
            records,
            text: String::new(),
        };
        view.text = in_words(&view);
        view
    }
}

/// A total with what is known added.
fn shifted(Total { expected, bands }: Total, by: f64) -> Total {
    let bands = bands.map(|band| Band { low: band.low + by, high: band.high + by });
    Total { expected: expected + by, bands }
}

fn in_words(view: &Expected) -> String {
    let [_, likely, _] = view.month_end.bands;
    let month = format!(
        "{} is expected to end the month at {} tokens, in four cases of five between {} and {}.",
        view.subject.name,
        grouped(view.month_end.expected),
        grouped(likely.low),
        grouped(likely.high)
    );
    let left = view.depletion.as_ref().map(|(left, depletion)| {
        let date = |date: Option<Date>| date.map_or("after its end".to_owned(), |date| date.to_string());
        let [_, (first, last), _] = depletion.bands;
        match depletion.expected {
            Some(day) => format!(
                " {} tokens are left; they are used up on {day}, in four cases of five between {} and {}.",
                grouped(*left),
                date(first),
                date(last)
            ),
            None => match first {
                Some(first) => format!(
                    " {} tokens are left and last to the end of the term; in one case of ten they are used up by {first}.",
                    grouped(*left)
                ),
                None => format!(" {} tokens are left and last to the end of the term.", grouped(*left)),
            },
        }
    });
    format!("{month}{}", left.unwrap_or_default())
}

/// Forecasts of a subject that were kept and whose days are over, each with what came of it.
#[must_use]
pub fn scored(state: &State, subject: &Subject, today: Date) -> Vec<(KeptForecast, Score)> {
    let key = subject.key();
    let kept = state.monitor().kept().iter();
    let over = kept.filter(|one| one.subject == key && one.until < today);
    let Some(whose) = whose(state, &key) else { return Vec::new() };
    let known = series(state, &whose.scope, today);
    let came = |one: &KeptForecast| -> f64 {
        let days = (known.first.0..).map(Date).zip(&known.tokens);
        days.filter(|(date, _)| one.made < *date && *date <= one.until)
            .map(|(_, tokens)| tokens)
            .sum()
    };
    over.map(|one| (one.clone(), score(one, came(one)))).collect()
}

fn score(kept: &KeptForecast, came: f64) -> Score {
    let bands = [kept.half, kept.four_in_five, kept.nineteen_in_twenty];
    let held = bands.map(|(low, high)| Band { low: low.tokens(), high: high.tokens() }.holds(came));
    let error = (came > 0.0).then(|| (kept.expected.tokens() - came) / came);
    Score { came, error, wape: None, mase: None, held }
}

/// How good past forecasts were, by the length of their spans.
fn records(state: &State, subject: &Subject) -> Records {
    let scored = scored(state, subject, state.zone().date(state.at()));
    let of = |name: &str, is_it: &dyn Fn(&KeptForecast) -> bool| {
        let some = scored.iter().filter(|(kept, _)| is_it(kept));
        let scores: Vec<Score> = some.map(|(_, score)| *score).collect();
        (!scores.is_empty()).then(|| (name.to_owned(), record(&scores)))
    };
    let days = |kept: &KeptForecast| kept.until.0 - kept.made.0;
    let is_month = |kept: &KeptForecast| kept.until.plus(1).month_start() == kept.until.plus(1);
    [
        of("7 days", &|kept| days(kept) == 7),
        of("28 days", &|kept| days(kept) == 28),
        of("month end", &|kept| is_month(kept)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A forecast beside what it would be with changes.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The last day.
    pub to: Date,
    /// Without the changes.
    pub before: Total,
    /// With them.
    pub after: Total,
    /// Tokens of each day with them.
    pub days: Vec<(Date, f64)>,
    /// When what is left is used up: without, and with them.
    pub used_up: (Option<Date>, Option<Date>),
    /// Places of the changes that have no part in it.
    pub without_part: Vec<usize>,
}

/// What would be expected of a subject until a day with changes.
#[must_use]
pub fn with_changes(
    state: &State,
    whose: &Whose,
    changes: &[Change],
    to: Date,
    now: Instant,
) -> Option<Changed> {
    let today = state.zone().date(now);
    let to = to.clamp(today, today.plus(AHEAD_DAYS));
    let known = calendar(state.monitor(), &whose.subject);
    let of = |changes: &[Change]| what_if(state, &whose.scope, &known, changes, (today, to));
    let (before, after) = (of(&[]), of(changes));
    let material = Material::of(state, whose.clone(), now)?;
    let used_up = |forecast: &faregate_core::forecast::Forecast| {
        forecast.depletion(material.left()? + material.over(forecast)).expected
    };
    let has_no_part = |(_, change): &(usize, &Change)| after.without_part.contains(change);
    Some(Changed {
        to,
        before: before.forecast.total(today, to),
        after: after.forecast.total(today, to),
        days: after.forecast.days().collect(),
        used_up: (used_up(&before.forecast), used_up(&after.forecast)),
        without_part: changes
            .iter()
            .enumerate()
            .filter(has_no_part)
            .map(|(place, _)| place)
            .collect(),
    })
}
