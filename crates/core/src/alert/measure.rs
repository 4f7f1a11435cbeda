//! Reading a scene by a rule.

use super::{Level, Rule, Scene, Scope, Span, Subject, WHOLE, Watch};
use crate::amount::Ticks;
use crate::budget::Progress;
use crate::burn::period;
use crate::estate::{BucketId, GroupId, PersonId, ProductId};
use crate::state::State;
use crate::statement;
use crate::when::{DAY, Date, HOUR};
use std::collections::BTreeMap;

/// What a rule says of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Who or what.
    pub subject: Subject,
    /// The value: tokens, a share, days, a chance; what the rule watches says which.
    pub value: f64,
    /// The limit, in the same unit.
    pub limit: f64,
    /// Whether the limit is crossed.
    pub is_crossed: bool,
    /// Whether the value is back beyond the margin.
    pub is_back: bool,
    /// What is so, in a sentence.
    pub said: String,
    /// What is good to know: labels and values.
    pub facts: Vec<(String, String)>,
}

/// Which side of a limit is bad.
#[derive(Clone, Copy)]
pub(super) enum Bad {
    Above,
    Below,
}

impl Reading {
    pub(super) fn new(
        rule: &Rule,
        subject: Subject,
        (value, bad, limit): (f64, Bad, f64),
        said: String,
    ) -> Self {
        let margin = limit.abs() * share(rule.margin);
        let (is_crossed, is_back) = match bad {
            Bad::Above => (value > limit, value <= limit - margin),
            Bad::Below => (value < limit, value >= limit + margin),
        };
        Self { subject, value, limit, is_crossed, is_back, said, facts: Vec::new() }
    }

    /// What is so or not so, without a number that could waver.
    fn fact(subject: Subject, is_so: bool, said: String, facts: Vec<(String, String)>) -> Self {
        let value = if is_so { 1.0 } else { 0.0 };
        Self { subject, value, limit: 1.0, is_crossed: is_so, is_back: !is_so, said, facts }
    }
}

/// Thousandths as a number.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub(super) fn share(thousandths: i64) -> f64 {
    thousandths as f64 / WHOLE as f64
}

/// Reads a scene by a rule: one reading for each subject that can be measured.
///
/// What cannot be measured gives no reading: no plan, no history to say what is usual, no forecast yet.
#[must_use]
pub fn measure(rule: &Rule, scene: &Scene<'_>) -> Vec<Reading> {
    match &rule.watch {
        Watch::Burn { span, above } => burn(rule, scene, *span, *above),
        Watch::Left { below } => left(rule, scene, *below),
        Watch::RunsOut { within_days, chance } => runs_out(rule, scene, *within_days, *chance),
        Watch::Pace { above } => pace(rule, scene, *above),
        Watch::Projected { above } => projected(rule, scene, *above),
        Watch::Findings { classes } => findings(rule, scene, classes),
        Watch::PackEnds { within_days } => pack_ends(scene, *within_days),
        Watch::SourceStale => scene.sources.iter().map(stale).collect(),
        Watch::AgentsHeard { below } => agents(rule, scene, *below).into_iter().collect(),
        Watch::RequestWaits { seconds } => requests(scene, *seconds),
    }
}

impl Span {
    /// In words that follow "tokens in".
    fn words(self) -> &'static str {
        match self {
            Self::Hour => "the last hour",
            Self::Day => "today",
            Self::Week => "the last seven days",
            Self::Month => "this month",
        }
    }

    pub(super) fn first_day(self, today: Date) -> Date {
        match self {
            Self::Hour | Self::Day => today,
            Self::Week => today.plus(-6),
            Self::Month => today.month_start(),
        }
    }
}

fn burn(rule: &Rule, scene: &Scene<'_>, span: Span, above: Level) -> Vec<Reading> {
    let today = scene.today();
    let now = match span {
        Span::Hour => since(scene, &rule.scope, scene.now.plus(-HOUR)),
        _ => spent(scene.state, &rule.scope, span.first_day(today), today),
    };
    let read = |(subject, spent): (Subject, f64)| {
        let (limit, usual) = match above {
            Level::Tokens(ticks) => (ticks.tokens(), None),
            Level::Share(thousandths) => {
                let usual = *scene.usual.get(&rule.key)?.get(&subject.key())?;
                (usual * share(thousandths), Some(usual))
            }
        };
        let usually = usual.map_or(String::new(), |usual| format!(", usually {usual:.0}"));
        let said = format!(
            "{} used {spent:.0} tokens in {}{usually}; the limit is {limit:.0}",
            subject.name,
            span.words()
        );
        Some(Reading::new(rule, subject, (spent, Bad::Above, limit), said))
    };
    now.into_iter().filter_map(read).collect()
}

/// Tokens spent between two dates, both included, by subject of a scope.
pub fn spent(state: &State, scope: &Scope, from: Date, to: Date) -> Sums {
    let mut tally = Tally::new(state, scope);
    if tally.needs_people() {
        let zone = state.zone();
        let end = zone.start_of(to.plus(1));
        let charges = state.charges().since(zone.start_of(from));
        for charge in charges.filter(|charge| charge.at < end) {
            tally.add(Some(charge.person), charge.product, charge.bucket, charge.ticks);
        }
    } else {
        for (_, cells) in state.charges().days(from, to) {
            for (&(product, bucket), cell) in cells {
                tally.add(None, product, bucket, cell.ticks);
            }
        }
    }
    tally.sums()
}

fn since(scene: &Scene<'_>, scope: &Scope, at: crate::when::Instant) -> Sums {
    let mut tally = Tally::new(scene.state, scope);
    let charges = scene.state.charges().since(at);
    for charge in charges.filter(|charge| charge.at <= scene.now) {
        tally.add(Some(charge.person), charge.product, charge.bucket, charge.ticks);
    }
    tally.sums()
}

/// Tokens by subject.
pub type Sums = BTreeMap<Subject, f64>;

/// Adds up charges by the subjects of a scope: a bucket counts for those above it, a group for those above it.
pub(super) struct Tally<'a> {
    state: &'a State,
    scope: &'a Scope,
    all: Ticks,
    buckets: BTreeMap<BucketId, Ticks>,
    products: BTreeMap<ProductId, Ticks>,
    groups: BTreeMap<GroupId, Ticks>,
    people: BTreeMap<PersonId, Ticks>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(state: &'a State, scope: &'a Scope) -> Self {
        Self {
            state,
            scope,
            all: Ticks::ZERO,
            buckets: BTreeMap::new(),
            products: BTreeMap::new(),
            groups: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    pub(super) fn needs_people(&self) -> bool {
        matches!(self.scope, Scope::Group(_) | Scope::Groups(_) | Scope::Person(_))
    }

    /// Adds one charge, or several of one product and bucket.
    pub(super) fn add(
        &mut self,
        person: Option<PersonId>,
        product: ProductId,
        bucket: BucketId,
        ticks: Ticks,
    ) {
        let add = |slot: &mut Ticks| *slot = slot.plus(ticks).unwrap_or(*slot);
        match self.scope {
            Scope::Contract => add(&mut self.all),
            Scope::Product(_) => add(self.products.entry(product).or_default()),
            Scope::Bucket(_) => add(self.buckets.entry(bucket).or_default()),
            Scope::Group(_) | Scope::Groups(_) | Scope::Person(_) => {
                let person = person.map(|id| self.state.estate().same_as(id));
                person.into_iter().for_each(|id| add(self.people.entry(id).or_default()));
            }
        }
    }

    /// The sums; whoever is named by the scope has one, also of zero.
    pub(super) fn sums(mut self) -> Sums {
        let state = self.state;
        let estate = state.estate();
        match self.scope {
            Scope::Contract => BTreeMap::from([(Subject::contract(), self.all.tokens())]),
            Scope::Product(key) => {
                named(&mut self.products, key.as_deref().map(|key| estate.product_called(key)));
                listed(self.products, |id| Subject::product(state, id))
            }
            Scope::Bucket(key) => {
                let mut sums = with_those_above(&self.buckets, |id| estate.buckets_above(id));
                named(&mut sums, key.as_deref().map(|key| estate.bucket_called(key)));
                listed(sums, |id| Subject::bucket(state, id))
            }
            Scope::Group(_) | Scope::Groups(_) => {
                self.groups = by_group(state, &self.people);
                match self.scope {
                    Scope::Group(key) => {
                        named(&mut self.groups, Some(estate.group_called(key)));
                    }
                    Scope::Groups(dimension) => self.groups.retain(|id, _| {
                        let group = estate.group(*id);
                        group.is_some_and(|group| group.dimension.as_ref() == Some(dimension))
                    }),
                    _ => {}
                }
                listed(self.groups, |id| Subject::group(state, id))
            }
            Scope::Person(key) => {
                named(&mut self.people, key.as_deref().map(|key| estate.person_called(key)));
                listed(self.people, |id| Subject::person(state, id))
            }
        }
    }
}

/// Keeps the one that the scope names, also when nothing was added to it; all when it names none.
fn named<K: Ord + Copy>(sums: &mut BTreeMap<K, Ticks>, key: Option<Option<K>>) {
    let Some(found) = key else { return };
    let sum = found.and_then(|id| sums.get(&id).copied()).unwrap_or_default();
    sums.clear();
    sums.extend(found.map(|id| (id, sum)));
}

fn listed<K: Copy>(sums: BTreeMap<K, Ticks>, subject: impl Fn(K) -> Option<Subject>) -> Sums {
    sums.into_iter().filter_map(|(id, sum)| Some((subject(id)?, sum.tokens()))).collect()
}

fn with_those_above(
    own: &BTreeMap<BucketId, Ticks>,
    above: impl Fn(BucketId) -> Vec<BucketId>,
) -> BTreeMap<BucketId, Ticks> {
    let mut sums = own.clone();
    for (id, ticks) in own {
        for higher in above(*id) {
            let slot = sums.entry(higher).or_default();
            *slot = slot.plus(*ticks).unwrap_or(*slot);
        }
    }
    sums
}

fn by_group(state: &State, people: &BTreeMap<PersonId, Ticks>) -> BTreeMap<GroupId, Ticks> {
    let estate = state.estate();
    let mut sums: BTreeMap<GroupId, Ticks> = BTreeMap::new();
    for (person, ticks) in people {
        // A person counts once for a group, whichever way they belong to it.
        let own = estate.groups_of(*person);
        let mut all = estate.groups_above(own);
        all.extend_from_slice(own);
        all.sort_unstable();
        all.dedup();
        for group in all {
            let slot = sums.entry(group).or_default();
            *slot = slot.plus(*ticks).unwrap_or(*slot);
        }
    }
    sums
}

/// Tokens that were given for the time that goes on, and what is left of them, by subject: of the contract the
/// packs that are valid, of a bucket what it and those below it have and have spent since their periods began.
pub fn given_and_left(scene: &Scene<'_>, scope: &Scope) -> Vec<(Subject, f64, f64)> {
    let (state, now) = (scene.state, scene.now);
    let valid =
        || state.ledger().packs().iter().filter(|pack| pack.from <= now && now < pack.until);
    if valid().next().is_none() {
        return Vec::new();
    }
    match scope {
        Scope::Contract => {
            let given: Ticks = valid().map(|pack| pack.bought).sum();
            let left: Ticks = valid().map(|pack| pack.remaining).sum();
            vec![(Subject::contract(), given.tokens(), left.tokens())]
        }
        Scope::Bucket(_) => of_buckets(scene, scope),
        _ => Vec::new(),
    }
}

/// What each bucket, with those below it, was given for its period, and has left.
fn of_buckets(scene: &Scene<'_>, scope: &Scope) -> Vec<(Subject, f64, f64)> {
    let (state, now) = (scene.state, scene.now);
    let ids = (0u16..).map(BucketId).zip(state.ledger().buckets());
    let periods = ids
        .clone()
        .filter_map(|(id, _)| Some((id, period(state, statement::Scope::Bucket(id), now)?.0)));
    let periods: BTreeMap<BucketId, Date> = periods.collect();
    let Some(first) = periods.values().min() else { return Vec::new() };
    let (mut given, mut left) = (Tally::new(state, scope), Tally::new(state, scope));
    for (id, balance) in ids {
        let ticks = balance.available.plus(balance.held).unwrap_or_default();
        left.add(None, ProductId(0), id, ticks);
        given.add(None, ProductId(0), id, ticks);
    }
    for (date, cells) in state.charges().days(*first, scene.today()) {
        for (&(product, bucket), cell) in cells {
            if periods.get(&bucket).is_some_and(|from| *from <= date) {
                given.add(None, product, bucket, cell.ticks);
            }
        }
    }
    let left = left.sums();
    let with_left = |(subject, given): (Subject, f64)| {
        let left = left.get(&subject).copied().unwrap_or(0.0);
        (subject, given, left)
    };
    given.sums().into_iter().map(with_left).filter(|(_, given, _)| *given > 0.0).collect()
}

fn left(rule: &Rule, scene: &Scene<'_>, below: Level) -> Vec<Reading> {
    let read = |(subject, given, left): (Subject, f64, f64)| {
        let said = format!(
            "{} has {left:.0} of {given:.0} tokens left ({:.0} %)",
            subject.name,
            left / given * 100.0
        );
        let (value, limit) = match below {
            Level::Tokens(ticks) => (left, ticks.tokens()),
            Level::Share(thousandths) => (left / given, share(thousandths)),
        };
        Reading::new(rule, subject, (value, Bad::Below, limit), said)
    };
    given_and_left(scene, &rule.scope).into_iter().map(read).collect()
}

/// The subjects of a scope of whom something is expected.
fn expected<'a>(
    scene: &Scene<'a>,
    scope: &Scope,
) -> impl Iterator<Item = (Subject, &'a super::Outlook)> {
    let (views, state) = (scene.views, scene.state);
    let subjects: Vec<Subject> = match scope {
        Scope::Contract => vec![Subject::contract()],
        Scope::Bucket(key) => {
            let ids = (0u16..).map(BucketId).zip(state.estate().buckets());
            let wanted = ids.filter(|(_, one)| key.as_ref().is_none_or(|key| *key == one.key));
            wanted.filter_map(|(id, _)| Subject::bucket(state, id)).collect()
        }
        Scope::Product(key) => {
            let ids = (0u16..).map(ProductId).zip(state.estate().products());
            let wanted = ids.filter(|(_, one)| key.as_ref().is_none_or(|key| *key == one.key));
            wanted.filter_map(|(id, _)| Subject::product(state, id)).collect()
        }
        Scope::Group(_) | Scope::Groups(_) | Scope::Person(_) => Vec::new(),
    };
    subjects.into_iter().filter_map(|one| views.get(&one.key()).map(|view| (one, view)))
}

fn runs_out(rule: &Rule, scene: &Scene<'_>, within_days: u16, chance: i64) -> Vec<Reading> {
    let read = |(subject, view): (Subject, &super::Outlook)| {
        let by = usize::from(within_days).min(view.runs_out.len().checked_sub(1)?);
        let risk = *view.runs_out.get(by)?;
        let said = format!(
            "{} runs out within {within_days} days with a chance of {:.0} %",
            subject.name,
            risk * 100.0
        );
        Some(Reading::new(rule, subject, (risk, Bad::Above, share(chance)), said))
    };
    expected(scene, &rule.scope).filter_map(read).collect()
}

fn pace(rule: &Rule, scene: &Scene<'_>, above: i64) -> Vec<Reading> {
    let read = |(subject, view): (Subject, &super::Outlook)| {
        let (spent, planned) = view.pace.filter(|(_, planned)| *planned > 0.0)?;
        let pace = spent / planned;
        let said = format!(
            "{} has used {spent:.0} tokens where its plan says {planned:.0} ({:.0} %)",
            subject.name,
            pace * 100.0
        );
        Some(Reading::new(rule, subject, (pace, Bad::Above, share(above)), said))
    };
    expected(scene, &rule.scope).filter_map(read).collect()
}

fn projected(rule: &Rule, scene: &Scene<'_>, above: Ticks) -> Vec<Reading> {
    let read = |(subject, view): (Subject, &super::Outlook)| {
        let (tokens, limit) = (view.month_end?, above.tokens());
        let said = format!(
            "{} is projected to end the month at {tokens:.0} tokens; the limit is {limit:.0}",
            subject.name
        );
        Some(Reading::new(rule, subject, (tokens, Bad::Above, limit), said))
    };
    expected(scene, &rule.scope).filter_map(read).collect()
}

fn findings(rule: &Rule, scene: &Scene<'_>, classes: &[String]) -> Vec<Reading> {
    let is_wanted = |found: &&super::Found| {
        (classes.is_empty() || classes.contains(&found.class))
            && concerns(&rule.scope, scene.state, &found.about)
    };
    let read = |found: &super::Found| {
        let subject = Subject::of("finding", format!("{:016x}", found.id), found.class.clone());
        Reading::fact(subject, true, found.said.clone(), found.facts.clone())
    };
    scene.findings.iter().filter(is_wanted).map(read).collect()
}

/// Whether something about these subjects lies in a scope.
pub(super) fn concerns(scope: &Scope, state: &State, about: &[String]) -> bool {
    let is_about = |kind: &str, key: &Option<String>| match key {
        Some(key) => about.contains(&format!("{kind}:{key}")),
        None => about.iter().any(|one| one.starts_with(kind)),
    };
    match scope {
        Scope::Contract => true,
        Scope::Bucket(key) => is_about("bucket", key),
        Scope::Product(key) => is_about("product", key),
        Scope::Group(key) => is_about("group", &Some(key.clone())),
        Scope::Groups(dimension) => about.iter().any(|one| {
            let group = one.strip_prefix("group:").and_then(|key| state.estate().group_called(key));
            let group = group.and_then(|id| state.estate().group(id));
            group.is_some_and(|group| group.dimension.as_ref() == Some(dimension))
        }),
        Scope::Person(key) => is_about("person", key),
    }
}

fn pack_ends(scene: &Scene<'_>, within_days: u16) -> Vec<Reading> {
    let (state, now) = (scene.state, scene.now);
    let packs = (1u32..).zip(state.ledger().packs());
    let going = packs.filter(|(_, pack)| now < pack.until && pack.remaining.is_positive());
    let read = |(number, pack): (u32, &crate::ledger::Pack)| {
        let days = pack.until.since(now).div_euclid(DAY);
        let (left, last) = (pack.remaining.tokens(), state.zone().date(pack.until.plus(-1)));
        let said = format!(
            "{left:.0} tokens of {} are lost unless they are used by {last}, in {days} days",
            pack.name
        );
        let subject = Subject::of("pack", number.to_string(), pack.name.clone());
        Reading::fact(subject, days < i64::from(within_days), said, Vec::new())
    };
    going.map(read).collect()
}

fn stale(source: &super::SourceSeen) -> Reading {
    let subject = Subject::of("source", source.name.clone(), source.name.clone());
    Reading::fact(subject, source.is_stale, source.said.clone(), Vec::new())
}

#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
fn agents(rule: &Rule, scene: &Scene<'_>, below: i64) -> Option<Reading> {
    let (heard, enrolled) = scene.agents.filter(|(_, enrolled)| *enrolled > 0)?;
    let said = format!("{heard} of {enrolled} workstations were heard of");
    let subject = Subject::of("agents", "", "the workstations");
    let value = heard as f64 / enrolled as f64;
    Some(Reading::new(rule, subject, (value, Bad::Below, share(below)), said))
}

fn requests(scene: &Scene<'_>, seconds: i64) -> Vec<Reading> {
    let estate = scene.state.estate();
    let waiting = scene.state.requests().iter();
    let waiting = waiting.filter(|(_, known)| known.progress == Progress::Waiting);
    let read = |(id, known): (&crate::budget::RequestId, &crate::budget::Requested)| {
        let waits = scene.now.since(known.at);
        let name = |id| estate.bucket(id).map_or(String::new(), |one| one.name.clone());
        let said = format!(
            "request {id} for {:.0} tokens for {} has waited for {} hours",
            known.request.ticks.tokens(),
            name(known.request.bucket),
            waits.div_euclid(HOUR)
        );
        let subject = Subject::of("request", id.to_string(), format!("request {id}"));
        Reading::fact(subject, waits >= seconds, said, Vec::new())
    };
    waiting.map(read).collect()
}
