//! Cedar itself: the judge of last resort for policies that are not compiled, and of all others in tests.
//!
//! A question becomes a request, and the part of the estate that it reaches becomes entities. This is where the
//! schema's words get their meaning; `facts` gives the same meaning without making entities.

use crate::book::{Answer, RuleBook};
use crate::expr::NoValue;
use crate::facts::{action, asked, clock, milliseconds};
use crate::load::Named;
use crate::schema::schema;
use crate::value::{Kind, folded};
use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName,
    EntityUid, PolicySet as CedarSet, Request, Response, RestrictedExpression as Value,
};
use core::str::FromStr;
use faregate_core::access::Question;
use faregate_core::estate::{
    BucketId, Country, Estate, GroupId, OfferingId, PersonId, ProductId, SiteId,
};
use faregate_core::state::State;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A question as Cedar is asked it.
#[derive(Clone, Debug)]
pub struct Prepared {
    request: Request,
    entities: Entities,
}

impl Prepared {
    /// With the entities that the question reaches, and those that are named besides.
    pub(crate) fn new<'n>(
        state: &State,
        question: &Question<'_>,
        named: impl IntoIterator<Item = &'n Named>,
    ) -> Option<Self> {
        let estate = state.estate();
        let mut reached = Reached { estate, done: BTreeMap::new() };
        let principal = reached.person(question.person)?;
        let resource = reached.product(question.product)?;
        let context = reached.context(state, question)?;
        for (kind, key) in named {
            reached.named(*kind, key);
        }
        let act = uid(Kind::Action, action(question.fare))?;
        reached.put(
            Kind::Action,
            action(question.fare),
            HashMap::new(),
            vec![uid(Kind::Action, "open")?],
        )?;
        let request = Request::new(principal, act, resource, context, None).ok()?;
        let entities = reached.done.into_values().flatten();
        Some(Self { request, entities: Entities::from_entities(entities, None).ok()? })
    }

    /// Cedar's decision alone, all policies handed to it.
    #[must_use]
    pub fn permits(&self, book: &RuleBook) -> bool {
        !book.has_sets || self.respond(&book.cedar).decision() == Decision::Allow
    }

    /// Cedar's answer.
    #[must_use]
    pub fn answer(&self, book: &RuleBook) -> Answer {
        let response = self.respond(&book.cedar);
        let numbers = |ids: Vec<String>| {
            let mut numbers: Vec<u32> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            numbers.sort_unstable();
            numbers
        };
        let diagnostics = response.diagnostics();
        Answer {
            permits: !book.has_sets || response.decision() == Decision::Allow,
            deciding: numbers(diagnostics.reason().map(ToString::to_string).collect()),
            failing: numbers(diagnostics.errors().map(failed).collect()),
        }
    }

    /// Whether request, context and entities are what the schema says.
    ///
    /// # Errors
    /// How they differ from it, in Cedar's words.
    pub fn conforms(&self) -> Result<(), String> {
        let schema = schema()?;
        let request = &self.request;
        let parts = (request.principal(), request.action(), request.resource(), request.context());
        let (Some(principal), Some(act), Some(resource), Some(context)) = parts else {
            return Err("the request is not complete".to_owned());
        };
        let [principal, act, resource] = [principal, act, resource].map(Clone::clone);
        Request::new(principal, act, resource, context.clone(), Some(schema))
            .map_err(|error| error.to_string())?;
        let entities = self.entities.iter().cloned();
        Entities::from_entities(entities, Some(schema)).map(drop).map_err(|error| error.to_string())
    }

    /// Whether the one policy of a set holds, be it permit or forbid.
    pub(crate) fn holds(&self, alone: &CedarSet) -> Result<bool, NoValue> {
        let response = self.respond(alone);
        if response.diagnostics().errors().next().is_some() {
            return Err(NoValue);
        }
        Ok(response.diagnostics().reason().next().is_some())
    }

    fn respond(&self, policies: &CedarSet) -> Response {
        Authorizer::new().is_authorized(&self.request, policies, &self.entities)
    }
}

/// The policy that could not be evaluated.
fn failed(error: &AuthorizationError) -> String {
    match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    }
}

fn uid(kind: Kind, key: &str) -> Option<EntityUid> {
    let name = EntityTypeName::from_str(kind.name()).ok()?;
    Some(EntityUid::from_type_name_and_id(name, EntityId::new(&*folded(key))))
}

/// Time as Cedar takes it, whatever the year.
fn time(milliseconds: i64) -> Option<Value> {
    let text = format!("datetime(\"1970-01-01\").offset(duration(\"{milliseconds}ms\"))");
    Value::from_str(&text).ok()
}

type Attributes = HashMap<String, Value>;

/// The entities that a question reaches. An entry without an entity is being made.
struct Reached<'a> {
    estate: &'a Estate,
    done: BTreeMap<Named, Option<Entity>>,
}

impl Reached<'_> {
    /// Adds an entity, or finds the one that is there.
    fn put(
        &mut self,
        kind: Kind,
        key: &str,
        attributes: Attributes,
        parents: Vec<EntityUid>,
    ) -> Option<EntityUid> {
        let id = uid(kind, key)?;
        let parents: HashSet<EntityUid> = parents.into_iter().collect();
        let entity = Entity::new(id.clone(), attributes, parents).ok()?;
        self.done.insert((kind, folded(key).into_owned()), Some(entity));
        Some(id)
    }

    /// The id of an entity that was begun before; otherwise it is begun now.
    fn begun(&mut self, kind: Kind, key: &str) -> Option<EntityUid> {
        let place = (kind, folded(key).into_owned());
        if self.done.contains_key(&place) {
            return uid(kind, key);
        }
        self.done.insert(place, None);
        None
    }

    fn person(&mut self, id: PersonId) -> Option<EntityUid> {
        let person = self.estate.person(id)?;
        if let Some(known) = self.begun(Kind::Person, &person.key) {
            return Some(known);
        }
        let standing = self.estate.standing(id);
        let mut attributes = Attributes::new();
        let contractor = standing.is_some_and(|standing| standing.contractor);
        attributes.insert("contractor".to_owned(), Value::new_bool(contractor));
        let bucket = self.bucket(person.bucket)?;
        attributes.insert("bucket".to_owned(), Value::new_entity_uid(bucket));
        if let Some(until) = standing.and_then(|standing| standing.until) {
            attributes.insert("until".to_owned(), time(milliseconds(until))?);
        }
        let groups = self.estate.groups_of(id).iter();
        let parents = groups.filter_map(|group| self.group(*group)).collect();
        self.put(Kind::Person, &person.key, attributes, parents)
    }

    fn group(&mut self, id: GroupId) -> Option<EntityUid> {
        let group = self.estate.group(id)?;
        if let Some(known) = self.begun(Kind::Group, &group.key) {
            return Some(known);
        }
        let mut attributes = Attributes::new();
        if let Some(dimension) = &group.dimension {
            attributes.insert("dimension".to_owned(), Value::new_string(dimension.clone()));
        }
        let parents = group.parents.iter().filter_map(|parent| self.group(*parent)).collect();
        self.put(Kind::Group, &group.key, attributes, parents)
    }

    /// A product is in the offerings that cover it; of two with one key the first counts.
    fn product(&mut self, id: ProductId) -> Option<EntityUid> {
        let product = self.estate.product(id)?;
        let offerings = (0..).map(OfferingId).zip(self.estate.offerings());
        let covering = offerings.filter(|(id, offering)| {
            offering.covers.contains(&product.key)
                && self.estate.offering_called(&offering.key) == Some(*id)
        });
        let covering: Vec<&str> = covering.map(|(_, offering)| offering.key.as_str()).collect();
        let parents = covering.into_iter().filter_map(|key| self.leaf(Kind::Offering, key));
        let parents = parents.collect();
        self.put(Kind::Product, &product.key, Attributes::new(), parents)
    }

    fn bucket(&mut self, id: BucketId) -> Option<EntityUid> {
        let key = self.estate.bucket(id).map_or("", |bucket| &bucket.key);
        if let Some(known) = self.begun(Kind::Bucket, key) {
            return Some(known);
        }
        let parents = self.estate.parent(id).and_then(|parent| self.bucket(parent));
        self.put(Kind::Bucket, key, Attributes::new(), parents.into_iter().collect())
    }

    fn site(&mut self, id: SiteId) -> Option<EntityUid> {
        let site = self.estate.site(id)?;
        let country = self.country(site.country)?;
        self.put(Kind::Site, &site.key, Attributes::new(), vec![country])
    }

    fn country(&mut self, country: Country) -> Option<EntityUid> {
        let region = self.estate.region_of(country).map(|region| region.key.as_str());
        let region = region.and_then(|key| self.leaf(Kind::Region, key));
        self.put(Kind::Country, country.code(), Attributes::new(), region.into_iter().collect())
    }

    fn leaf(&mut self, kind: Kind, key: &str) -> Option<EntityUid> {
        self.put(kind, key, Attributes::new(), Vec::new())
    }

    /// An entity of the estate that a policy names; nothing when the estate has none of that name.
    fn named(&mut self, kind: Kind, key: &str) {
        let estate = self.estate;
        let is = |known: &str| *folded(known) == *key;
        match kind {
            Kind::Group => estate.group_called(key).and_then(|id| self.group(id)),
            Kind::Person => {
                // An alias is no key: only the person of that key is the entity.
                let known = estate.person_called(key);
                let known = known.filter(|id| estate.person(*id).is_some_and(|p| is(&p.key)));
                known.and_then(|id| self.person(id))
            }
            Kind::Product => estate.product_called(key).and_then(|id| self.product(id)),
            Kind::Bucket => estate.bucket_called(key).and_then(|id| self.bucket(id)),
            Kind::Site => estate.site_called(key).and_then(|id| self.site(id)),
            Kind::Country => Country::new(key).and_then(|country| self.country(country)),
            _ => None,
        };
    }

    fn context(&mut self, state: &State, question: &Question<'_>) -> Option<Context> {
        let (place, more) = (question.place, &question.ask.more);
        let (weekday, minute) = clock(state, question.at);
        let text = |text: &str| Value::new_string(text.to_owned());
        let mut pairs = vec![
            ("bucket", Value::new_entity_uid(self.bucket(question.bucket)?)),
            ("host", text(&question.ask.host)),
            ("trust", text(place.trust.key())),
            ("now", time(milliseconds(question.at))?),
            ("weekday", Value::new_long(weekday)),
            ("minute", Value::new_long(minute)),
            ("confirmed", Value::new_bool(more.confirmed)),
        ];
        let schedules = self.estate.schedules().iter();
        let now = schedules.filter(|schedule| schedule.includes(question.at));
        let now = now.filter_map(|schedule| self.leaf(Kind::Schedule, &schedule.key));
        pairs.push(("during", Value::new_set(now.map(Value::new_entity_uid))));
        let site = place.site.and_then(|id| self.site(id));
        pairs.extend(site.map(|site| ("site", Value::new_entity_uid(site))));
        let country = place.country.and_then(|country| self.country(country));
        pairs.extend(country.map(|country| ("country", Value::new_entity_uid(country))));
        let region = place.country.and_then(|country| self.estate.region_of(country));
        let region = region.and_then(|region| self.leaf(Kind::Region, &region.key));
        pairs.extend(region.map(|region| ("region", Value::new_entity_uid(region))));
        pairs.extend(more.version.as_deref().map(|version| ("version", text(version))));
        pairs.extend(more.fare.map(|fare| ("asked", text(asked(fare)))));
        let address = more.evidence.address.map(|address| address.to_canonical().to_string());
        pairs.extend(address.map(|address| ("address", Value::new_ip(address))));
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        Context::from_pairs(pairs).ok()
    }
}
