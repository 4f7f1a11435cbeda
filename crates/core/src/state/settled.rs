//! Booking what is agreed: who and what there is, and the rules that hold from now on.

use super::{Broken, State};
use crate::estate::{BadGroup, Bucket, GENERAL, Person, PersonId, SeatId};
use crate::event::{BucketSet, Event, PersonSet};
use crate::tariff::Tariff;
use crate::when::{Instant, Zone};

impl State {
    /// The events that define who and what there is, and by which rules.
    pub(super) fn apply_estate(&mut self, at: Instant, event: &Event) -> Result<(), Broken> {
        match event {
            Event::ContractAgreed { .. } if self.seq > 0 => return Err(Broken::AgreedAlready),
            Event::ContractAgreed { name, zone } => {
                self.zone = Zone::named(zone).map_err(Broken::Zone)?;
                self.name.clone_from(name);
            }
            Event::TariffAdopted(parts) => {
                self.tariffs.push(Tariff::new(parts.clone()).map_err(Broken::Tariff)?);
            }
            Event::ProductsDefined(products) => products.iter().for_each(|product| {
                self.estate.define_product(product.clone());
            }),
            Event::BucketsOpened(buckets) => buckets.iter().for_each(|bucket| {
                self.open_bucket(bucket.clone());
            }),
            Event::OfferingsDefined(offerings) => offerings.iter().for_each(|offering| {
                self.estate.define_offering(offering.clone());
            }),
            Event::PeopleAdded(people) => return self.add_people(people),
            Event::SeatsAdded(seats) => {
                let estate = &self.estate;
                let known = |person: PersonId| estate.person(person).is_some();
                if !seats.iter().all(|seat| {
                    estate.offering(seat.offering).is_some() && seat.person.is_none_or(known)
                }) {
                    return Err(Broken::UnknownId);
                }
                seats.iter().for_each(|seat| {
                    self.estate.add_seat(seat.clone());
                });
            }
            Event::SeatMoved { seat, person } => return self.give_seat(*seat, *person, at),
            Event::FeaturesMapped(mapped) => return self.apply_mapped(mapped),
            _ => return self.apply_settings(at, event),
        }
        Ok(())
    }

    fn apply_settings(&mut self, at: Instant, event: &Event) -> Result<(), Broken> {
        match event {
            Event::GroupsSet(groups) => self.estate.set_groups(groups).map_err(|bad| match bad {
                BadGroup::Above(id) => Broken::Group(id),
                BadGroup::Exclusive(id) => Broken::Exclusive(id),
            }),
            Event::PeopleSet(people) => self.all_or_none(people, Self::set_person),
            Event::AliasesSet(aliases) => self.all_or_none(aliases, |state, term| {
                state.estate.person(term.person).ok_or(Broken::UnknownId)?;
                state.estate.add_alias(term.clone()).map_err(Broken::Alias)
            }),
            Event::RegionsSet(regions) => {
                self.estate.set_regions(regions.clone());
                Ok(())
            }
            Event::SitesSet(sites) => self.all_or_none(sites, |state, site| {
                state.estate.set_site(site.clone()).map(drop).map_err(Broken::Site)
            }),
            Event::TerritoriesSet(territories) => {
                self.estate.set_territories(territories.clone());
                Ok(())
            }
            Event::SchedulesSet(schedules) => {
                schedules.iter().for_each(|schedule| {
                    self.estate.set_schedule(schedule.clone());
                });
                Ok(())
            }
            Event::BucketsSet(buckets) => {
                self.all_or_none(buckets, |state, bucket| state.set_bucket(bucket, at))
            }
            Event::PersonMerged { person, into } => self.merge_person(*person, *into),
            Event::DeviceEnrolled(device) => {
                let known = |person: PersonId| self.estate.person(person).is_some();
                if !device.person.is_none_or(known) {
                    return Err(Broken::UnknownId);
                }
                self.estate.enroll(device.clone(), at).map(drop).map_err(Broken::Device)
            }
            Event::DeviceRevoked(id) => match self.estate.revoke_device(*id, at) {
                true => Ok(()),
                false => Err(Broken::Device(*id)),
            },
            Event::AgentRulesSet(text) => {
                self.agent_rules.clone_from(text);
                self.agent_rules_version = self.agent_rules_version.saturating_add(1);
                Ok(())
            }
            _ => self.apply_rules(event),
        }
    }

    /// Applies one after the other, since one may name another. Each is checked before it is booked; what was
    /// booked before the one that fails is taken back.
    fn all_or_none<T>(
        &mut self,
        all: &[T],
        apply: impl Fn(&mut Self, &T) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        let before = (all.len() > 1)
            .then(|| (self.estate.clone(), self.ledger.clone(), self.period_ends.clone()));
        let done = all.iter().try_for_each(|one| apply(self, one));
        if let Some(before) = before.filter(|_| done.is_err()) {
            (self.estate, self.ledger, self.period_ends) = before;
        }
        done
    }

    /// The rules that `rules` counts: a decision names how many changes of them came before.
    fn apply_rules(&mut self, event: &Event) -> Result<(), Broken> {
        match event {
            Event::TermsSet(terms) => {
                let known = |owner: &PersonId| self.estate.person(*owner).is_some();
                if !terms.owners.iter().all(known) {
                    return Err(Broken::UnknownId);
                }
                self.terms.clone_from(terms);
            }
            Event::PolicyAdopted(set) => {
                self.policies.insert(set.name.clone(), set.clone());
            }
            Event::PolicyRetired(name) => {
                self.policies.remove(name).ok_or_else(|| Broken::NoPolicy(name.clone()))?;
            }
            Event::CapsSet(caps) => {
                let sessions = self.sessions.iter().map(|(id, session)| (*id, session));
                self.counts.change(caps.clone(), &self.estate, sessions);
            }
            // Nothing to book: what was ordered is in the events that follow.
            _ => return Ok(()),
        }
        self.rules = self.rules.saturating_add(1);
        Ok(())
    }

    fn open_bucket(&mut self, bucket: Bucket) -> crate::estate::BucketId {
        let id = self.estate.open_bucket(bucket);
        if self.ledger.bucket(id).is_none() {
            self.ledger.open_bucket();
        }
        id
    }

    fn add_people(&mut self, people: &[Person]) -> Result<(), Broken> {
        let known = |id| self.estate.bucket(id).is_some();
        if !people.iter().all(|person| known(person.bucket)) {
            return Err(Broken::UnknownId);
        }
        people.iter().for_each(|person| {
            self.estate.add_person(person.clone());
        });
        Ok(())
    }

    fn set_person(&mut self, set: &PersonSet) -> Result<(), Broken> {
        let PersonSet { key, name, bucket, standing } = set;
        let estate = &mut self.estate;
        let groups_known = standing.groups.iter().all(|group| estate.group(*group).is_some());
        if estate.bucket(*bucket).is_none() || !groups_known {
            return Err(Broken::UnknownId);
        }
        if let Some(second) = estate.excluded(&standing.groups) {
            return Err(Broken::Exclusive(second));
        }
        let id = estate.person_keyed(key).unwrap_or_else(|| {
            let (key, name) = (key.clone(), name.clone());
            estate.add_person(Person { key, name, bucket: GENERAL, aliases: Vec::new() })
        });
        estate.change_person(id, name, *bucket);
        estate.set_standing(id, standing.clone());
        Ok(())
    }

    fn set_bucket(&mut self, set: &BucketSet, at: Instant) -> Result<(), Broken> {
        let id = self.estate.bucket_id(&set.key);
        if !self.estate.may_lie_below(id, set.terms.parent) {
            return Err(Broken::Bucket(id));
        }
        if !set.terms.owners.iter().all(|owner| self.estate.person(*owner).is_some()) {
            return Err(Broken::UnknownId);
        }
        self.open_bucket(Bucket { key: set.key.clone(), name: set.name.clone() });
        self.estate.rename_bucket(id, &set.name);
        let same = self.estate.bucket_terms(id).period == set.terms.period;
        // INVARIANT: it was checked above that the bucket may lie there.
        self.estate.set_bucket_terms(id, set.terms.clone()).map_err(Broken::Bucket)?;
        // What ended before the period was agreed is no end of it.
        match set.terms.period.around(self.zone.date(at)) {
            Some(_) if same && self.period_ends.contains_key(&id) => {}
            Some((start, _)) => {
                self.period_ends.insert(id, start);
            }
            None => {
                self.period_ends.remove(&id);
            }
        }
        Ok(())
    }

    /// Gives a seat that nobody holds to somebody, or frees it.
    pub(super) fn give_seat(
        &mut self,
        seat: SeatId,
        person: Option<PersonId>,
        at: Instant,
    ) -> Result<(), Broken> {
        let known = self.estate.seat(seat).ok_or(Broken::UnknownId)?;
        if person.is_some_and(|person| self.estate.person(person).is_none()) {
            return Err(Broken::UnknownId);
        }
        let in_term = known.from <= at && at < known.until;
        let taken = person.is_some() && self.estate.holder(seat, at).is_some();
        if !in_term || taken {
            return Err(Broken::Seat(seat));
        }
        self.estate.move_seat(seat, person, at);
        Ok(())
    }
}
