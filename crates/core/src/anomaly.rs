//! What looks unusual and somebody should look at (F21): found, explained, priced; never decided upon.
//!
//! A detector reads a [`Scene`] and says [`Finding`]s; it changes nothing and blocks nobody. Each finding has the
//! evidence that it stands on, what it cost so far, and what it will cost if nothing is done. Its [`Finding::id`] is
//! made of its class, its subject and a day, so that what is found again is the same finding.
//!
//! To add a class: a variant of [`Class`] with its key and words, a detector in a file here that pushes [`Finding`]s
//! whose `strength` is 1 at the threshold, its row in `docs/concepts/anomalies.md`, a table of cases in `tests`.

use crate::amount::Ticks;
use crate::double_dip::Dip;
use crate::estate::{PersonId, Place, ProductId};
use crate::event::Charge;
use crate::state::State;
use crate::when::{DAY, Date, Instant};
use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

mod burst;
mod cities;
mod class;
mod costs;
mod hours;
mod logins;
mod measure;
mod series;
mod spending;
mod thresholds;
mod travel;

pub use burst::{Burst, Opening, Pace, bursts_now, common_place};
pub use cities::{City, kilometres};
pub use class::Class;
pub use measure::tail;
pub use series::{Shift, Spike, shifts, spikes};
pub use thresholds::{Judgement, Thresholds};

use costs::Costs;

/// Rows of evidence that a finding keeps at most; the facts say how many there are.
pub const ROWS_MAX: usize = 60;

/// One use of one product, from open to close, with all that is known of where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// Which workstation: its place in [`Scene::hosts`]; `None` when no source names one.
    pub host: Option<u32>,
    /// Where, as far as is known.
    pub place: Place,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed; while it goes on, the end of the span.
    pub closed: Instant,
    /// Whether it ran on a seat; `None` when the source does not say.
    pub on_seat: Option<bool>,
}

impl Stretch {
    /// Seconds from open to close.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.closed.since(self.opened).max(0)
    }
}

/// A source that is late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// What it is called.
    pub source: String,
    /// Until when it told what happened.
    pub until: Instant,
    /// Seconds after which it counts as late.
    pub late_seconds: i64,
}

/// All that detectors look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Who there is, what was charged, what it costs.
    pub state: &'a State,
    /// Use within the span, by opening.
    pub stretches: &'a [Stretch],
    /// Names of workstations.
    pub hosts: &'a [String],
    /// Charges that a seat covered, within the span.
    pub dips: &'a [Dip],
    /// Sources that are late now.
    pub silent: &'a [Silence],
    /// When each product was first used, ever.
    pub first_used: &'a BTreeMap<ProductId, Instant>,
    /// First instant of what is known at all.
    pub known_from: Instant,
    /// First date of the term that seats would be bought for.
    pub term: Date,
    /// First instant of the span.
    pub from: Instant,
    /// First instant after the span: now, or earlier.
    pub until: Instant,
}

impl Scene<'_> {
    /// Days of the span; at least one.
    fn days(&self) -> f64 {
        (measure::float(self.until.since(self.from)) / measure::float(DAY)).max(1.0)
    }

    fn host(&self, stretch: &Stretch) -> &str {
        let host = stretch.host.and_then(|host| self.hosts.get(usize::try_from(host).ok()?));
        host.map_or("", String::as_str)
    }

    fn name(&self, person: PersonId) -> &str {
        self.state.estate().person(person).map_or("somebody", |known| known.name.as_str())
    }

    fn product(&self, product: ProductId) -> &str {
        self.state.estate().product(product).map_or("a product", |known| known.name.as_str())
    }

    fn date(&self, at: Instant) -> Date {
        self.state.zone().date(at)
    }

    /// A stretch as evidence.
    fn row(&self, stretch: &Stretch) -> Row {
        Row {
            person: Some(stretch.person),
            product: Some(stretch.product),
            place: self.place_words(stretch),
            from: stretch.opened,
            until: stretch.closed,
            ticks: Ticks::ZERO,
        }
    }

    fn place_words(&self, stretch: &Stretch) -> String {
        let place = place_words(self.state, stretch.place);
        let words = [self.host(stretch), &place].into_iter().filter(|words| !words.is_empty());
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The room and the site of a place, or else its country, as far as they are known; empty when nothing is.
#[must_use]
pub fn place_words(state: &State, place: Place) -> String {
    let estate = state.estate();
    let site = place.site.and_then(|site| estate.site(site)).map(|site| site.name.as_str());
    let country = place.country.as_ref().map(|country| country.code());
    let words = [estate.room(place), site.or(country)];
    let words = words.into_iter().flatten().filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join(", ")
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About<'a> {
    /// The contract as a whole.
    Contract,
    /// An account.
    Person(PersonId),
    /// An account's use of a product.
    Pair(PersonId, ProductId),
    /// A product.
    Product(ProductId),
    /// A source of reports.
    Source(&'a str),
}

impl About<'_> {
    /// The subject by the keys of the estate: the same in every store of the contract.
    #[must_use]
    pub fn key(self, state: &State) -> String {
        let estate = state.estate();
        let person = |id| estate.person(id).map_or("", |known| known.key.as_str());
        let product = |id| estate.product(id).map_or("", |known| known.key.as_str());
        match self {
            Self::Contract => "contract".to_owned(),
            Self::Person(who) => format!("person/{}", person(who)),
            Self::Pair(who, what) => format!("person/{}/product/{}", person(who), product(what)),
            Self::Product(what) => format!("product/{}", product(what)),
            Self::Source(source) => format!("source/{source}"),
        }
    }
}

/// One line of evidence: who used what, where, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub person: Option<PersonId>,
    /// What.
    pub product: Option<ProductId>,
    /// Where, in words; empty when nobody knows.
    pub place: String,
    /// From when.
    pub from: Instant,
    /// To when.
    pub until: Instant,
    /// What it cost; zero where the finding's cost is not told by row.
    pub ticks: Ticks,
}

/// One thing that somebody should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable: the same finding has it again the next time.
    pub id: u64,
    /// What kind it is.
    pub class: Class,
    /// What it is about, by the estate's keys.
    pub subject: String,
    /// First instant of what was found.
    pub from: Instant,
    /// Last instant of it.
    pub until: Instant,
    /// One sentence for whoever looks after licences.
    pub words: String,
    /// What was measured, each with its name.
    pub facts: Vec<(&'static str, String)>,
    /// Who, where and when: the first [`ROWS_MAX`] of them.
    pub rows: Vec<Row>,
    /// Everybody concerned, ascending.
    pub people: Vec<PersonId>,
    /// The product, where it is about one.
    pub product: Option<ProductId>,
    /// What it cost so far.
    pub cost: Ticks,
    /// What 30 days more of it cost if nothing is done.
    pub monthly: Ticks,
    /// How far above its threshold it is: 1 is the threshold itself.
    pub strength: f64,
}

/// A finding in the making.
struct Draft<'a> {
    class: Class,
    about: About<'a>,
    /// The day of its id.
    day: Date,
    from: Instant,
    until: Instant,
    words: String,
    facts: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    people: BTreeSet<PersonId>,
    product: Option<ProductId>,
    cost: Ticks,
    /// What 30 days cost; `None`: as much as the span did.
    monthly: Option<Ticks>,
    strength: f64,
}

impl<'a> Draft<'a> {
    fn new(class: Class, about: About<'a>, day: Date, (from, until): (Instant, Instant)) -> Self {
        let (person, product) = match about {
            About::Contract | About::Source(_) => (None, None),
            About::Person(person) => (Some(person), None),
            About::Pair(person, product) => (Some(person), Some(product)),
            About::Product(product) => (None, Some(product)),
        };
        Self {
            class,
            about,
            day,
            from,
            until,
            words: String::new(),
            facts: Vec::new(),
            rows: Vec::new(),
            people: person.into_iter().collect(),
            product,
            cost: Ticks::ZERO,
            monthly: None,
            strength: 1.0,
        }
    }

    fn fact(&mut self, name: &'static str, value: impl ToString) {
        self.facts.push((name, value.to_string()));
    }
}

/// What every detector is given, and where it puts what it found.
struct Search<'a> {
    scene: Scene<'a>,
    thresholds: &'a Thresholds,
    costs: Costs,
    /// The span's stretches, by person and opening.
    by_person: Vec<Stretch>,
    drafts: Vec<Draft<'a>>,
}

/// Everything that is worth a look, the dearest first.
///
/// What is weaker than judgements have taught is left out; so is what was dismissed itself.
#[must_use]
pub fn find(scene: &Scene<'_>, thresholds: &Thresholds) -> Vec<Finding> {
    let costs = Costs::new(scene.state, scene.from.min(scene.state.zone().start_of(scene.term)));
    let mut by_person = scene.stretches.to_vec();
    by_person.sort_by_key(|one| (one.person, one.opened));
    let mut search = Search { scene: *scene, thresholds, costs, by_person, drafts: Vec::new() };
    let services = search.service_accounts();
    search.bursts();
    search.long_and_idle(&services);
    search.off_hours(&services);
    search.shared_credentials(&services);
    search.travel();
    search.off_site();
    search.double_dips();
    search.second_accounts();
    search.worth_a_seat();
    search.tokens_of_seat_holders();
    search.new_products();
    search.spikes();
    search.level_shifts();
    search.silent_sources();
    search.finish()
}

impl<'a> Search<'a> {
    /// Everybody's stretches, each person's by opening.
    fn people(&self) -> impl Iterator<Item = &[Stretch]> {
        self.by_person.chunk_by(|a, b| a.person == b.person)
    }

    fn finish(self) -> Vec<Finding> {
        let Self { scene, thresholds, drafts, .. } = self;
        let monthly = monthly(&scene, &drafts);
        // Two of a kind on one day are told apart by their order, which does not change when a third comes.
        let mut met: BTreeMap<(Class, String, Date), u32> = BTreeMap::new();
        let mut findings = Vec::new();
        for (draft, of_span) in drafts.into_iter().zip(monthly) {
            let subject = draft.about.key(scene.state);
            let nth = met.entry((draft.class, subject.clone(), draft.day)).or_default();
            let id = id(draft.class, &subject, draft.day, *nth);
            *nth = nth.saturating_add(1);
            if !thresholds.admit(id, draft.class, &subject, draft.strength) {
                continue;
            }
            let mut rows = draft.rows;
            rows.truncate(ROWS_MAX);
            findings.push(Finding {
                id,
                class: draft.class,
                subject,
                from: draft.from,
                until: draft.until,
                words: draft.words,
                facts: draft.facts,
                rows,
                people: draft.people.into_iter().collect(),
                product: draft.product,
                cost: draft.cost,
                monthly: draft.monthly.unwrap_or(of_span),
                strength: draft.strength,
            });
        }
        findings.sort_by_key(|one| (Reverse(one.cost), one.class, one.from, one.id));
        findings
    }
}

/// What 30 days cost if it goes on as in the span: all findings of the class about the subject together.
fn monthly(scene: &Scene<'_>, drafts: &[Draft<'_>]) -> Vec<Ticks> {
    let mut sums: BTreeMap<(Class, About<'_>), Ticks> = BTreeMap::new();
    for draft in drafts {
        let sum = sums.entry((draft.class, draft.about)).or_default();
        *sum = sum.plus(draft.cost).unwrap_or(*sum);
    }
    let of = |draft: &Draft<'_>| {
        let sum = sums.get(&(draft.class, draft.about)).copied().unwrap_or_default();
        measure::scaled(sum, 30.0 / scene.days())
    };
    drafts.iter().map(of).collect()
}

/// The 64-bit FNV-1a hash of a finding's class, subject and day, and of how many such there were before it that day.
#[must_use]
pub fn id(class: Class, subject: &str, day: Date, nth: u32) -> u64 {
    let text = format!("{}|{subject}|{day}|{nth}", class.key());
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Charges that count for findings: those of the span and of the term.
fn charges_of(state: &State, from: Instant) -> impl Iterator<Item = Charge> + '_ {
    state.charges().iter().filter(move |charge| charge.at >= from)
}

#[cfg(test)]
mod tests;
