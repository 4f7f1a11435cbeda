//! What conditions can ask of one question: computed when asked, without copying.

use crate::names::{Few, Names};
use crate::value::{Block, Entity, Kind, Node, Value};
use core::cell::Cell;
use faregate_core::access::Question;
use faregate_core::estate::{BucketId, Estate, Person, Product, Region, ScheduleId, Standing};
use faregate_core::event::Fare;
use faregate_core::state::State;
use faregate_core::when::Instant;

/// Something that a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Principal,
    Resource,
    Action,
    Contractor,
    Until,
    OwnBucket,
    Bucket,
    Host,
    Version,
    Address,
    Site,
    Country,
    Region,
    Trust,
    During,
    Now,
    Weekday,
    Minute,
    Asked,
    Confirmed,
}

impl Fact {
    /// The attribute of the principal.
    pub(crate) fn of_person(attribute: &str) -> Option<Self> {
        match attribute {
            "contractor" => Some(Self::Contractor),
            "until" => Some(Self::Until),
            "bucket" => Some(Self::OwnBucket),
            _ => None,
        }
    }

    /// The attribute of the context.
    pub(crate) fn of_opening(attribute: &str) -> Option<Self> {
        match attribute {
            "bucket" => Some(Self::Bucket),
            "host" => Some(Self::Host),
            "version" => Some(Self::Version),
            "address" => Some(Self::Address),
            "site" => Some(Self::Site),
            "country" => Some(Self::Country),
            "region" => Some(Self::Region),
            "trust" => Some(Self::Trust),
            "during" => Some(Self::During),
            "now" => Some(Self::Now),
            "weekday" => Some(Self::Weekday),
            "minute" => Some(Self::Minute),
            "asked" => Some(Self::Asked),
            "confirmed" => Some(Self::Confirmed),
            _ => None,
        }
    }

    /// Whether it is always there.
    pub(crate) fn is_required(self) -> bool {
        !matches!(
            self,
            Self::Until
                | Self::Version
                | Self::Address
                | Self::Site
                | Self::Country
                | Self::Region
                | Self::Asked
        )
    }
}

/// The action that a fare is.
pub(crate) fn action(fare: Fare) -> &'static str {
    match fare {
        Fare::Seat => "open-on-seat",
        Fare::FreeSeat => "take-free-seat",
        Fare::Tokens => "open-on-tokens",
    }
}

/// The word for the fare that a person asked for.
pub(crate) fn asked(fare: Fare) -> &'static str {
    match fare {
        Fare::Seat | Fare::FreeSeat => "seat",
        Fare::Tokens => "tokens",
    }
}

/// An instant in Cedar's milliseconds, clamped to what they hold.
pub(crate) fn milliseconds(at: Instant) -> i64 {
    // One more than the least, so that it can be written as a duration.
    at.0.saturating_mul(1_000).max(i64::MIN.saturating_add(1))
}

/// One question about one state.
pub(crate) struct Facts<'a> {
    pub(crate) state: &'a State,
    pub(crate) question: &'a Question<'a>,
    names: &'a Names,
    person: &'a Person,
    product: &'a Product,
    /// The names in the policies that the person is, or is in.
    pub(crate) who: Few,
    /// The name in the policies that the product is.
    pub(crate) what: Option<u32>,
    /// Of the first 64 offerings that policies name: which were looked at, and which of them cover the product.
    offerings: Cell<(u64, u64)>,
    /// Weekday and minute, once they were asked for: reading a zone costs more than all the rest.
    clock: Cell<Option<(i64, i64)>>,
    /// Of the first 64 schedules that policies name: which were looked at, and which of them go on.
    schedules: Cell<(u64, u64)>,
}

impl<'a> Facts<'a> {
    /// `None` when person or product are not in the estate.
    pub(crate) fn new(
        state: &'a State,
        question: &'a Question<'a>,
        names: &'a Names,
    ) -> Option<Self> {
        let estate = state.estate();
        let person = estate.person(question.person)?;
        let product = estate.product(question.product)?;
        Some(Self {
            state,
            question,
            names,
            person,
            product,
            who: names.of_person(estate, question.person, person),
            what: names.of_product(product),
            offerings: Cell::new((0, 0)),
            clock: Cell::new(None),
            schedules: Cell::new((0, 0)),
        })
    }

    fn estate(&self) -> &'a Estate {
        self.state.estate()
    }

    /// Looked up when asked for: most policies do not ask, and the look-up misses every cache.
    fn standing(&self) -> Option<&'a Standing> {
        self.estate().standing(self.question.person)
    }

    /// Whether the product is one of these names, or in one of them.
    pub(crate) fn is_what(&self, names: &[u32]) -> bool {
        self.what.is_some_and(|own| names.contains(&own))
            || self.offerings().any(|(slot, name)| names.contains(&name) && self.covers(slot))
    }

    /// Whether an offering that policies name, counted in their order, covers the product.
    pub(crate) fn covers(&self, slot: u32) -> bool {
        remembered(&self.offerings, slot, || {
            let place = usize::try_from(slot).unwrap_or(usize::MAX);
            let Some((key, _)) = self.names.offerings().get(place) else { return false };
            let offering = self.estate().offering_called(key);
            let offering = offering.and_then(|id| self.estate().offering(id));
            offering.is_some_and(|offering| offering.covers.contains(&self.product.key))
        })
    }

    /// The offerings that policies name, each with its number.
    pub(crate) fn offerings(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..).zip(self.names.offerings()).map(|(slot, (_, number))| (slot, *number))
    }

    /// The value of a fact; `None` when there is none.
    pub(crate) fn get(&self, fact: Fact) -> Option<Value<'a>> {
        let place = self.question.place;
        let more = &self.question.ask.more;
        Some(match fact {
            Fact::Principal => entity(Kind::Person, &self.person.key, Node::Top),
            Fact::Resource => entity(Kind::Product, &self.product.key, Node::Top),
            Fact::Action => entity(Kind::Action, action(self.question.fare), Node::Top),
            Fact::Contractor => Value::Bool(self.standing().is_some_and(|known| known.contractor)),
            Fact::Until => Value::Time(milliseconds(self.standing()?.until?)),
            Fact::OwnBucket => self.bucket(self.person.bucket),
            Fact::Bucket => self.bucket(self.question.bucket),
            Fact::Host => Value::Text(&self.question.ask.host),
            Fact::Version => Value::Text(more.version.as_deref()?),
            Fact::Address => Value::Block(Block::single(more.evidence.address?)),
            Fact::Site => {
                let id = place.site?;
                entity(Kind::Site, &self.estate().site(id)?.key, Node::Site(id))
            }
            Fact::Country => {
                let country = place.country?;
                Value::Entity(Entity {
                    kind: Kind::Country,
                    key: country.code().to_ascii_lowercase().into(),
                    node: Node::Country(country),
                })
            }
            Fact::Region => entity(Kind::Region, &self.region()?.key, Node::Top),
            Fact::Trust => Value::Text(place.trust.key()),
            Fact::During => Value::Set(self.during()),
            Fact::Now => Value::Time(milliseconds(self.question.at)),
            Fact::Weekday => Value::Long(self.clock().0),
            Fact::Minute => Value::Long(self.clock().1),
            Fact::Asked => Value::Text(asked(more.fare?)),
            Fact::Confirmed => Value::Bool(more.confirmed),
        })
    }

    /// Whether there is such a fact, without computing it.
    pub(crate) fn has(&self, fact: Fact) -> bool {
        let place = self.question.place;
        let more = &self.question.ask.more;
        match fact {
            Fact::Until => self.standing().is_some_and(|known| known.until.is_some()),
            Fact::Version => more.version.is_some(),
            Fact::Address => more.evidence.address.is_some(),
            Fact::Site => place.site.is_some_and(|site| self.estate().site(site).is_some()),
            Fact::Country => place.country.is_some(),
            Fact::Region => self.region().is_some(),
            Fact::Asked => more.fare.is_some(),
            _ => true,
        }
    }

    fn region(&self) -> Option<&'a Region> {
        self.estate().region_of(self.question.place.country?)
    }

    fn bucket(&self, id: BucketId) -> Value<'a> {
        let key = self.estate().bucket(id).map_or("", |bucket| &bucket.key);
        entity(Kind::Bucket, key, Node::Bucket(id))
    }

    fn during(&self) -> Vec<Value<'a>> {
        let schedules = self.estate().schedules().iter();
        let now = schedules.filter(|schedule| schedule.includes(self.question.at));
        now.map(|schedule| entity(Kind::Schedule, &schedule.key, Node::Top)).collect()
    }

    /// Weekday, 1 Monday to 7, and minute of the day in the contract's zone.
    pub(crate) fn clock(&self) -> (i64, i64) {
        self.clock.get().unwrap_or_else(|| {
            let clock = clock(self.state, self.question.at);
            self.clock.set(Some(clock));
            clock
        })
    }

    /// Whether a schedule that policies name goes on.
    pub(crate) fn goes_on(&self, slot: u32) -> bool {
        remembered(&self.schedules, slot, || {
            let key = self.names.schedule(slot).unwrap_or_default();
            let id: Option<ScheduleId> = self.estate().schedule_called(key);
            let schedule = id.and_then(|id| self.estate().schedules().get(id.index()));
            schedule.is_some_and(|schedule| schedule.includes(self.question.at))
        })
    }

    /// Whether an entity of the estate is, or is below, the other one.
    pub(crate) fn is_within(&self, entity: &Entity<'_>, other: &Entity<'_>) -> bool {
        if entity == other {
            return true;
        }
        let estate = self.estate();
        match (entity.node, other.kind) {
            (Node::Bucket(id), Kind::Bucket) => {
                // No bucket lies above itself, so the walk ends; the bound is for a broken estate.
                let above = core::iter::successors(estate.parent(id), |id| estate.parent(*id));
                let mut keys =
                    above.take(estate.buckets().len()).filter_map(|id| estate.bucket(id));
                keys.any(|bucket| crate::value::folded(&bucket.key) == other.key)
            }
            (Node::Site(id), Kind::Country) => estate
                .site(id)
                .is_some_and(|site| other.key.eq_ignore_ascii_case(site.country.code())),
            (Node::Site(id), Kind::Region) => {
                let region = estate.site(id).and_then(|site| estate.region_of(site.country));
                region.is_some_and(|region| crate::value::folded(&region.key) == other.key)
            }
            (Node::Country(country), Kind::Region) => estate
                .region_of(country)
                .is_some_and(|region| crate::value::folded(&region.key) == other.key),
            _ => false,
        }
    }
}

/// Looks at each of the first 64 once.
fn remembered(seen: &Cell<(u64, u64)>, slot: u32, look: impl FnOnce() -> bool) -> bool {
    let bit = 1_u64.checked_shl(slot).unwrap_or(0);
    let (known, yes) = seen.get();
    if known & bit != 0 {
        return yes & bit != 0;
    }
    let found = look();
    seen.set((known | bit, if found { yes | bit } else { yes }));
    found
}

fn entity<'a>(kind: Kind, key: &'a str, node: Node) -> Value<'a> {
    Value::Entity(Entity::new(kind, key, node))
}

/// Weekday, 1 Monday to 7, and minute of the day in the contract's zone.
pub(crate) fn clock(state: &State, at: Instant) -> (i64, i64) {
    let weekday = state.zone().date(at).weekday().saturating_add(1);
    (i64::from(weekday), i64::from(state.zone().minute_of_day(at)))
}
