//! How the answers of two sets of rules differ today.
//!
//! Two people of whom rules can see the same get the same verdicts, so verdicts are asked once for each [`Sight`] and
//! product. The gate itself is asked only where the two sets say something else, and once for all of a sight of whom
//! the gate knows nothing more: so a contract of many people is compared as fast as its groups are few.

use super::{Answers, Changed, Outcome, rule_of};
use crate::rules::Rules;
use faregate_core::access::{Question, Verdict};
use faregate_core::estate::{BucketId, Estate, GroupId, PersonId, Place, ProductId, folded};
use faregate_core::event::{Ask, Circumstances, Fare, Reason};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::when::Instant;
use rustc_hash::{FxHashMap, FxHashSet};

/// How the answers of two sets of rules differ today, for every person and product: on a workstation that
/// nothing is known of, on the bucket that pays for the person.
#[must_use]
pub fn compare(state: &State, old: &Rules, new: &Rules, now: Instant) -> Answers {
    let estate = state.estate();
    let comparing = Comparing {
        state,
        rules: [old, new],
        now,
        place: estate.locate(&Circumstances::default().evidence),
        named: Named::new(estate, [old, new]),
        has_caps: !state.counts().caps().is_empty(),
    };
    let mut sights: FxHashMap<Sight, Vec<Differing>> = FxHashMap::default();
    let people: Vec<_> = estate.everybody().map(|(_, person)| person).collect();
    let products = estate.products();
    let asks = u64::try_from(people.len().saturating_mul(products.len())).unwrap_or(u64::MAX);
    let mut found = Answers { asks, ..Answers::default() };
    for person in people {
        // Whoever goes by their key is who is asked about; nobody, where the key is somebody else's name by now.
        let Some(id) = estate.person_known_as(&person.key, now) else { continue };
        let sight = comparing.named.sight(state, id);
        let differing = sights.entry(sight).or_insert_with(|| comparing.differing(id));
        for one in differing {
            let Some(Change { before, after, rule }) = comparing.change(id, &person.key, one)
            else {
                continue;
            };
            let (person, product) = (person.key.clone(), one.key.clone());
            *found.changed.entry(Changed { person, product, before, after, rule }).or_default() +=
                1;
        }
    }
    found
}

/// All of a person that rules can see: whom they name, and what is true of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sight {
    /// The person themselves, where a policy names them.
    person: Option<PersonId>,
    /// Their groups that policies name.
    groups: Vec<GroupId>,
    bucket: BucketId,
    contractor: bool,
    until: Option<Instant>,
}

/// The people and groups that policies name.
struct Named {
    people: FxHashSet<String>,
    groups: FxHashSet<GroupId>,
}

impl Named {
    fn new(estate: &Estate, rules: [&Rules; 2]) -> Self {
        let keys = |kind: &str| -> FxHashSet<String> {
            let all = rules.into_iter().flat_map(Rules::mentions);
            all.filter(|mention| mention.kind == kind).map(|one| one.key.to_owned()).collect()
        };
        let named = keys("Group");
        let groups = (0_u32..).map(GroupId).zip(estate.groups());
        let groups = groups.filter(|(_, group)| named.contains(&folded(&group.key)));
        Self { people: keys("Person"), groups: groups.map(|(id, _)| id).collect() }
    }

    fn sight(&self, state: &State, id: PersonId) -> Sight {
        let estate = state.estate();
        let key = estate.person(id).filter(|_| !self.people.is_empty());
        let is_named = key.is_some_and(|person| self.people.contains(&folded(&person.key)));
        let groups = estate.groups_of(id).iter().copied();
        let mut groups: Vec<GroupId> = groups.filter(|id| self.groups.contains(id)).collect();
        groups.sort_unstable();
        let standing = estate.standing(id);
        Sight {
            person: is_named.then_some(id),
            groups,
            bucket: state.payer(id),
            contractor: standing.is_some_and(|known| known.contractor),
            until: standing.and_then(|known| known.until),
        }
    }
}

/// A product of which the two sets say something else to people of a sight.
struct Differing {
    product: ProductId,
    key: String,
    /// What that comes to at the gate for those of whom it knows nothing more; `None` before somebody asked.
    usual: Option<Option<Change>>,
}

/// An answer that would change.
#[derive(Clone)]
struct Change {
    before: Outcome,
    after: Outcome,
    rule: Option<String>,
}

/// What does not change from person to person.
struct Comparing<'a> {
    state: &'a State,
    /// Those in force, and the others.
    rules: [&'a Rules; 2],
    now: Instant,
    place: Place,
    named: Named,
    has_caps: bool,
}

impl Comparing<'_> {
    /// The products of which the two sets say something else to a person, on one fare at least.
    fn differing(&self, person: PersonId) -> Vec<Differing> {
        let estate = self.state.estate();
        let known = estate.products().iter().filter_map(|product| {
            let id = estate.product_called(&product.key)?;
            Some(Differing { product: id, key: product.key.clone(), usual: None })
        });
        let bucket = self.state.payer(person);
        known
            .filter(|one| {
                let ask = Ask::default();
                let (product, place, at) = (one.product, self.place, self.now);
                [Fare::Seat, Fare::FreeSeat, Fare::Tokens].into_iter().any(|fare| {
                    let asked = Question { person, product, fare, bucket, place, ask: &ask, at };
                    let [old, new] = self.rules.map(|rules| said(rules, self.state, &asked));
                    old != new
                })
            })
            .collect()
    }

    /// How the gate's answer to a person would change.
    fn change(&self, person: PersonId, key: &str, one: &mut Differing) -> Option<Change> {
        if !self.is_usual((person, one.product)) {
            return self.asked(key, &one.key);
        }
        if one.usual.is_none() {
            one.usual = Some(self.asked(key, &one.key));
        }
        one.usual.clone().flatten()
    }

    /// Whether the gate knows nothing of this person and product but what rules can see of them: no seat, nothing
    /// charged or held. What caps count is each person's own.
    fn is_usual(&self, pair: (PersonId, ProductId)) -> bool {
        let (estate, charges) = (self.state.estate(), self.state.charges());
        let has_seat = estate.covering_seats(pair.0, pair.1, self.now).next().is_some();
        let is_charged = charges.pair(pair).is_some() || charges.of_pair(pair).next().is_some();
        !self.has_caps && !has_seat && !is_charged
    }

    fn asked(&self, person: &str, product: &str) -> Option<Change> {
        let (person, product) = (person.to_owned(), product.to_owned());
        let ask = Ask { person, product, ..Ask::default() };
        let [before, after] =
            self.rules.map(|rules| gate::open(self.state, rules.policies(), &ask, self.now));
        let (was, will) = Outcome::of(&before).zip(Outcome::of(&after))?;
        (was != will).then(|| Change { before: was, after: will, rule: rule_of(&after) })
    }
}

/// What rules say, as far as the gate's outcome depends on it: `None` is yes.
fn said(rules: &Rules, state: &State, asked: &Question<'_>) -> Option<(Reason, bool)> {
    match rules.policies().enforced.judge(state, asked) {
        Verdict::Permit => None,
        Verdict::Forbid(no) => Some((no.reason, no.is_final)),
    }
}
