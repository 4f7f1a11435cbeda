//! What a rule would have said: history sent through the same latch, hour by hour.

use super::measure::{Bad, Reading, Tally, concerns, share};
use super::{Edge, Found, Level, Pending, Rule, Scope, Span, Subject, Watch, edges};
use crate::amount::Ticks;
use crate::budget::{Progress, RequestId, Requested};
use crate::estate::BucketId;
use crate::state::State;
use crate::when::{DAY, Date, HOUR, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// An alert that there would have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// About whom or what.
    pub subject: Subject,
    /// When it would have been raised.
    pub at: Instant,
    /// When it would have ended; `None`: not before the end of the span.
    pub until: Option<Instant>,
    /// The value then.
    pub value: f64,
    /// The limit then.
    pub limit: f64,
}

/// Why history cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown(pub &'static str);

/// The alerts that a rule would have raised between two instants, oldest first: looked at each full hour, and
/// once a day where more than a thousand subjects are measured.
///
/// Balances are reckoned with today's packs and allocations: what was moved meanwhile is not undone. Charges
/// count from the start of their unit, whenever they became known.
///
/// # Errors
/// [`Unknown`] for what leaves no trace in the use that was charged.
pub fn firings(
    rule: &Rule,
    state: &State,
    findings: &[Found],
    (from, to): (Instant, Instant),
) -> Result<Vec<Firing>, Unknown> {
    let read = readings(rule, state, findings, (from, to))?;
    let step = if is_wide(&rule.scope, state) { DAY } else { HOUR };
    let (mut book, mut at) = (Book::default(), from);
    while at <= to {
        if rule.is_on(state.estate(), at) {
            book.look(rule, read(at), at);
        }
        at = at.plus(step);
    }
    Ok(book.firings)
}

/// Whether a scope has too many subjects to look at each of them each hour.
fn is_wide(scope: &Scope, state: &State) -> bool {
    *scope == Scope::Person(None) && state.estate().people().len() > SUBJECTS_BY_HOUR
}

/// What was raised so far, and what of it is open.
#[derive(Default)]
struct Book {
    pending: Pending,
    open: BTreeMap<String, usize>,
    firings: Vec<Firing>,
}

impl Book {
    fn look(&mut self, rule: &Rule, readings: Vec<Reading>, at: Instant) {
        let open: BTreeSet<String> = self.open.keys().cloned().collect();
        for edge in edges(rule, readings, &open, &mut self.pending, at) {
            match edge {
                Edge::Raised(Reading { subject, value, limit, .. }) => {
                    self.open.insert(subject.key(), self.firings.len());
                    self.firings.push(Firing { subject, at, until: None, value, limit });
                }
                Edge::Ended(key, _) => {
                    let firing = self.open.remove(&key);
                    if let Some(firing) = firing.and_then(|place| self.firings.get_mut(place)) {
                        firing.until = Some(at);
                    }
                }
            }
        }
    }
}

type Read<'a> = Box<dyn Fn(Instant) -> Vec<Reading> + 'a>;

fn readings<'a>(
    rule: &'a Rule,
    state: &'a State,
    findings: &'a [Found],
    span: (Instant, Instant),
) -> Result<Read<'a>, Unknown> {
    match &rule.watch {
        Watch::Burn { span: over, above } => Ok(burn(rule, state, (*over, *above), span)),
        Watch::Left { below } => left(rule, state, *below, span),
        Watch::PackEnds { within_days } => Ok(pack_ends(rule, state, *within_days)),
        Watch::Findings { classes } => Ok(unusual(rule, state, findings, classes)),
        Watch::RequestWaits { seconds } => Ok(requests(rule, state, *seconds)),
        Watch::RunsOut { .. } | Watch::Projected { .. } => {
            Err(Unknown("what was forecast then is not kept for long enough"))
        }
        Watch::Pace { .. } => Err(Unknown("plans of the past are not kept")),
        Watch::SourceStale => Err(Unknown("which sources were silent when is not kept")),
        Watch::AgentsHeard { .. } => {
            Err(Unknown("which workstations were heard of when is not kept"))
        }
    }
}

fn burn<'a>(
    rule: &'a Rule,
    state: &'a State,
    (over, above): (Span, Level),
    span: (Instant, Instant),
) -> Read<'a> {
    let history = History::of(state, &rule.scope, span);
    Box::new(move |at| {
        let limit = |place| match above {
            Level::Tokens(ticks) => Some(ticks.tokens()),
            Level::Share(thousandths) => {
                history.usual(place, at, over).map(|usual| usual * share(thousandths))
            }
        };
        let began = over.began(state, at);
        let read = |(place, subject): (usize, &Subject)| {
            let spent = history.spent(place, began, at);
            Some(reading(rule, subject.clone(), (spent, Bad::Above, limit(place)?)))
        };
        history.subjects.iter().enumerate().filter_map(read).collect()
    })
}

fn left<'a>(
    rule: &'a Rule,
    state: &'a State,
    below: Level,
    span: (Instant, Instant),
) -> Result<Read<'a>, Unknown> {
    let purses = Purses::of(state, &rule.scope, span)?;
    Ok(Box::new(move |at| {
        let read = |(subject, given, left): (Subject, f64, f64)| match below {
            Level::Tokens(ticks) => reading(rule, subject, (left, Bad::Below, ticks.tokens())),
            Level::Share(limit) => reading(rule, subject, (left / given, Bad::Below, share(limit))),
        };
        purses.at(at).into_iter().map(read).collect()
    }))
}

fn pack_ends<'a>(rule: &'a Rule, state: &'a State, within_days: u16) -> Read<'a> {
    let lead = i64::from(within_days).saturating_mul(DAY);
    Box::new(move |at| {
        let packs = (1u32..).zip(state.ledger().packs());
        let going = packs.filter(|(_, pack)| pack.from <= at && at < pack.until);
        let read = |(number, pack): (u32, &crate::ledger::Pack)| {
            let subject = Subject::of("pack", number.to_string(), pack.name.clone());
            so(rule, subject, pack.until.since(at) < lead)
        };
        going.map(read).collect()
    })
}

fn unusual<'a>(
    rule: &'a Rule,
    state: &'a State,
    findings: &'a [Found],
    classes: &'a [String],
) -> Read<'a> {
    Box::new(move |at| {
        let is_wanted = |found: &&Found| {
            (classes.is_empty() || classes.contains(&found.class))
                && found.at <= at
                && at <= found.until.plus(HOUR)
                && concerns(&rule.scope, state, &found.about)
        };
        let read = |found: &Found| {
            so(rule, Subject::of("finding", format!("{:016x}", found.id), &found.class), true)
        };
        findings.iter().filter(is_wanted).map(read).collect()
    })
}

fn requests<'a>(rule: &'a Rule, state: &'a State, seconds: i64) -> Read<'a> {
    Box::new(move |at| {
        let waiting = state
            .requests()
            .iter()
            .filter(|(_, known)| known.at <= at && known.progress == Progress::Waiting);
        let read = |(id, known): (&RequestId, &Requested)| {
            let subject = Subject::of("request", id.to_string(), format!("request {id}"));
            so(rule, subject, at.since(known.at) >= seconds)
        };
        waiting.map(read).collect()
    })
}

/// History says no sentences.
fn reading(rule: &Rule, subject: Subject, measured: (f64, Bad, f64)) -> Reading {
    Reading::new(rule, subject, measured, String::new())
}

fn so(rule: &Rule, subject: Subject, is_so: bool) -> Reading {
    reading(rule, subject, (f64::from(u8::from(is_so)), Bad::Above, 0.5))
}

impl Span {
    /// When the span that ends at an instant began.
    fn began(self, state: &State, at: Instant) -> Instant {
        match self {
            Self::Hour => at.plus(HOUR.saturating_neg()),
            _ => state.zone().start_of(self.first_day(state.zone().date(at))),
        }
    }
}

/// Tokens by subject and hour, added up: a span is a difference.
struct History<'a> {
    state: &'a State,
    subjects: Vec<Subject>,
    first: Instant,
    /// For each subject: hours with use, and all that was spent up to the end of each.
    spent: Vec<Vec<(i64, f64)>>,
}

/// So many days before a span say what is usual.
const USUAL_DAYS: i64 = 63;
/// With more subjects than this, history is looked at once a day.
const SUBJECTS_BY_HOUR: usize = 1_000;

impl<'a> History<'a> {
    fn of(state: &'a State, scope: &Scope, (from, to): (Instant, Instant)) -> Self {
        let first = from.plus(DAY.saturating_mul(USUAL_DAYS).saturating_neg());
        let hour = |at: Instant| at.since(first).div_euclid(HOUR);
        let mut tallies: BTreeMap<i64, Tally<'_>> = BTreeMap::new();
        for charge in state.charges().since(first).filter(|charge| charge.at <= to) {
            let tally = tallies.entry(hour(charge.at)).or_insert_with(|| Tally::new(state, scope));
            tally.add(Some(charge.person), charge.product, charge.bucket, charge.ticks);
        }
        let mut lines: BTreeMap<Subject, Vec<(i64, f64)>> = BTreeMap::new();
        for (hour, tally) in tallies {
            for (subject, tokens) in tally.sums() {
                let line = lines.entry(subject).or_default();
                let before = line.last().map_or(0.0, |(_, total)| *total);
                line.push((hour, before + tokens));
            }
        }
        let (subjects, spent) = lines.into_iter().unzip();
        Self { state, subjects, first, spent }
    }

    /// Tokens spent by a subject in units that began between two instants, in full hours.
    fn spent(&self, place: usize, from: Instant, to: Instant) -> f64 {
        self.until(place, to) - self.until(place, from)
    }

    fn until(&self, place: usize, at: Instant) -> f64 {
        let hour = at.since(self.first).div_euclid(HOUR);
        let Some(line) = self.spent.get(place) else { return 0.0 };
        let before = line.partition_point(|(one, _)| *one < hour);
        before.checked_sub(1).and_then(|last| line.get(last)).map_or(0.0, |(_, total)| *total)
    }

    /// What the span that holds an instant usually takes, as [`super::usual()`] says it.
    fn usual(&self, place: usize, at: Instant, over: Span) -> Option<f64> {
        let spans = super::usual::spans(self.state.zone(), at, over);
        let known = spans.into_iter().filter(|(from, _)| *from >= self.first);
        let spent: Vec<f64> = known.map(|(from, to)| self.spent(place, from, to)).collect();
        super::usual::mean(&spent).filter(|mean| *mean > 0.0)
    }
}

/// What the pool or the buckets had left at an instant, reckoned back from today.
struct Purses<'a> {
    state: &'a State,
    history: History<'a>,
    given: Vec<(Subject, f64)>,
    is_pool: bool,
}

impl<'a> Purses<'a> {
    fn of(state: &'a State, scope: &Scope, span: (Instant, Instant)) -> Result<Self, Unknown> {
        let began = state.ledger().packs().iter().map(|pack| pack.from).min();
        let from = began.map_or(span.0, |began| began.min(span.0));
        let history = History::of(state, scope, (from, span.1));
        let balances = (0u16..).map(BucketId).zip(state.ledger().buckets());
        let mut tally = Tally::new(state, scope);
        let given = match scope {
            Scope::Contract => Vec::new(),
            Scope::Bucket(_) => {
                for (id, balance) in balances {
                    let ticks: Ticks =
                        [balance.available, balance.held, balance.spent].into_iter().sum();
                    tally.add(None, crate::estate::ProductId(0), id, ticks);
                }
                tally.sums().into_iter().filter(|(_, given)| *given > 0.0).collect()
            }
            _ => return Err(Unknown("only the contract and buckets have tokens")),
        };
        Ok(Self { state, history, given, is_pool: *scope == Scope::Contract })
    }

    /// Who had how much of what.
    fn at(&self, at: Instant) -> Vec<(Subject, f64, f64)> {
        if self.is_pool {
            return self.pool(at).into_iter().collect();
        }
        let left = |(subject, given): &(Subject, f64)| {
            let place = self.history.subjects.iter().position(|one| one == subject);
            let spent = place.map_or(0.0, |place| self.history.until(place, at));
            (subject.clone(), *given, given - spent)
        };
        self.given.iter().map(left).collect()
    }

    /// Packs burn in order of their ends, each from its beginning on.
    fn pool(&self, at: Instant) -> Option<(Subject, f64, f64)> {
        let packs = self.state.ledger().packs();
        let valid = || packs.iter().filter(|pack| pack.from <= at && at < pack.until);
        let given: f64 = valid().map(|pack| pack.bought.tokens()).sum();
        let began = valid().map(|pack| pack.from).min()?;
        let spent = self.history.spent(0, began, at);
        (given > 0.0).then(|| (Subject::contract(), given, (given - spent).max(0.0)))
    }
}

/// Says how often a rule would have fired, in a sentence.
#[must_use]
pub fn in_words(
    firings: &[Firing],
    from: Date,
    to: Date,
    date: impl Fn(Instant) -> Date,
) -> String {
    let shown = firings.iter().rev().take(3);
    let shown: Vec<String> =
        shown.map(|one| format!("{} ({})", date(one.at), one.subject.name)).collect();
    match firings.len() {
        0 => format!("it would not have fired from {from} to {to}"),
        1 => format!("it would have fired once from {from} to {to}: {}", shown.join(", ")),
        count => {
            let rest = if count > shown.len() { ", …" } else { "" };
            let shown = shown.join(", ");
            format!("it would have fired {count} times from {from} to {to}: {shown}{rest}")
        }
    }
}
