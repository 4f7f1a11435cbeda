//! A state as plain data, to be written down and read back: what a snapshot holds.
//!
//! Projections are left out where they can be rebuilt, so two equal checkpoints mean two equal states.

use super::{Imports, Judgements, Monitor, MonitorData, Session, State, Tally};
use crate::amount::Money;
use crate::amount::Ticks;
use crate::anomaly::Judgement;
use crate::budget::{RequestId, Requested, Terms};
use crate::burn::Plan;
use crate::caps::{Counts, CountsData};
use crate::charges::{Pair, PairUse};
use crate::estate::{
    AliasTerm, Bucket, BucketId, BucketTerms, Enrolled, Group, Offering, Person, PersonId, Product,
    ProductId, Region, Schedule, Seat, SeatId, Site, Standing, Territory,
};
use crate::event::{Charge, ExchangeRate, OpenUse, PolicySet, Reason, SessionId, VendorCharge};
use crate::ledger::{Account, BucketBalance, Ledger, Pack};
use crate::moves::{PlanId, PlanRecord};
use crate::state::Broken;
use crate::tariff::{Tariff, TariffParts};
use crate::when::{Date, Instant, Zone};

/// All of a state, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Sequence number of the last event applied.
    pub seq: u64,
    /// When it was appended.
    pub at: Instant,
    /// Name of the contract.
    pub name: String,
    /// IANA zone of the contract.
    pub zone: String,
    /// All tariffs, in the order adopted.
    pub tariffs: Vec<TariffParts>,
    /// All products, by id.
    pub products: Vec<Product>,
    /// All buckets, by id.
    pub buckets: Vec<Bucket>,
    /// All people, by id.
    pub people: Vec<Person>,
    /// All offerings, by id.
    pub offerings: Vec<Offering>,
    /// All seats, by id.
    pub seats: Vec<Seat>,
    /// Purchased, unallocated, consumed, expired, uncovered, corrected.
    pub balances: [Ticks; 6],
    /// Balances of the buckets, by id.
    pub bucket_balances: Vec<BucketBalance>,
    /// All packs, in the order bought.
    pub packs: Vec<Pack>,
    /// All charges that stand, by person, product and start.
    pub charges: Vec<Charge>,
    /// Pairs that hold tokens or run sessions.
    pub pairs: Vec<(Pair, PairUse)>,
    /// Running sessions, by id.
    pub sessions: Vec<(SessionId, Session)>,
    /// Uses that logs show as going on, by identity.
    pub elsewhere: Vec<OpenUse>,
    /// What feature codes stand for, by code.
    pub features: Vec<(String, ProductId)>,
    /// How often each reason was given.
    pub refusals: Vec<(Reason, u64)>,
    /// How many of what ever happened.
    pub tally: Tally,
    /// Who is in which groups, where what may be used, when.
    pub surroundings: Surroundings,
    /// By which rules it is decided.
    pub rulebook: Rulebook,
    /// Requests, periods, and what the vendor says.
    pub budgets: Budgets,
    /// Workstations, and the rules for their agents.
    pub agents: Agents,
    /// All imports that have a number.
    pub imports: Imports,
    /// What is watched, and what came of it.
    pub monitor: MonitorData,
    /// What people said of findings, in the order said.
    pub judgements: Vec<Judgement>,
    /// Plans of moves, by id.
    pub move_plans: Vec<(PlanId, PlanRecord)>,
}

/// Who is in which groups, where what may be used, when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// All groups, by id.
    pub groups: Vec<Group>,
    /// What is true of people, by id.
    pub standings: Vec<(PersonId, Standing)>,
    /// All dated names.
    pub aliases: Vec<AliasTerm>,
    /// Identities that are somebody else's by now, and whose.
    pub merges: Vec<(PersonId, PersonId)>,
    /// Every later holder of every seat.
    pub seat_moves: Vec<(SeatId, Instant, Option<PersonId>)>,
    /// All regions.
    pub regions: Vec<Region>,
    /// All sites, by id.
    pub sites: Vec<Site>,
    /// All territories.
    pub territories: Vec<Territory>,
    /// All schedules, by id.
    pub schedules: Vec<Schedule>,
    /// What is agreed of each bucket, by id.
    pub bucket_terms: Vec<BucketTerms>,
}

/// By which rules it is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rulebook {
    /// What is agreed of the contract.
    pub terms: Terms,
    /// The sets of policies that hold.
    pub policies: Vec<PolicySet>,
    /// Caps, and what was counted for them.
    pub counts: CountsData,
    /// How many times rules changed.
    pub changes: u32,
}

/// Requests, periods, and what the vendor says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budgets {
    /// All requests, by id.
    pub requests: Vec<(RequestId, Requested)>,
    /// The first date after each bucket's last period that was dealt with.
    pub period_ends: Vec<(BucketId, Date)>,
    /// What a token is worth.
    pub shadow_price: Option<Money>,
    /// The vendor's last balance.
    pub vendor_balance: Option<(Instant, Ticks)>,
    /// What the vendor charged.
    pub vendor_charges: Vec<VendorCharge>,
    /// What currencies are worth in others.
    pub exchange_rates: Vec<ExchangeRate>,
    /// How allotments are to be used up, where that is not straight; the pool's under `None`.
    pub plans: Vec<(Option<BucketId>, Plan)>,
    /// Reviewed decisions, whether each is in order, and why.
    pub reviews: Vec<(u64, bool, String)>,
}

/// Workstations, and the rules for their agents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agents {
    /// All devices, by id.
    pub devices: Vec<Enrolled>,
    /// The rules, as text.
    pub rules: String,
    /// How many times they were set.
    pub version: u32,
}

impl Surroundings {
    fn of(state: &State) -> Self {
        let estate = &state.estate;
        let ids = (0u32..).map(PersonId).zip(estate.people());
        let standing = |(id, _)| Some((id, estate.standing(id)?.clone()));
        let buckets = (0u16..).map(BucketId).zip(estate.buckets());
        Self {
            groups: estate.groups().to_vec(),
            standings: ids.filter_map(standing).collect(),
            aliases: estate.alias_terms(),
            merges: estate.merges(),
            seat_moves: estate.seat_moves(),
            regions: estate.regions().to_vec(),
            sites: estate.sites().to_vec(),
            territories: estate.territories().to_vec(),
            schedules: estate.schedules().to_vec(),
            bucket_terms: buckets.map(|(id, _)| estate.bucket_terms(id)).collect(),
        }
    }

    /// Groups may name groups that come later, as buckets may: twice over, all of them are there.
    fn restore(self, state: &mut State) -> Result<(), Broken> {
        let estate = &mut state.estate;
        for group in &self.groups {
            let alone = Group { parents: Vec::new(), ..group.clone() };
            estate.set_group(alone).map_err(Broken::Group)?;
        }
        for group in self.groups {
            estate.set_group(group).map_err(Broken::Group)?;
        }
        for (person, standing) in self.standings {
            estate.set_standing(person, standing);
        }
        for alias in self.aliases {
            estate.add_alias(alias).map_err(Broken::Alias)?;
        }
        for (seat, at, person) in self.seat_moves {
            estate.move_seat(seat, person, at);
        }
        estate.restore_merges(self.merges);
        estate.set_regions(self.regions);
        for site in self.sites {
            estate.set_site(site).map_err(Broken::Site)?;
        }
        estate.set_territories(self.territories);
        for schedule in self.schedules {
            estate.set_schedule(schedule);
        }
        for (id, terms) in (0u16..).map(BucketId).zip(self.bucket_terms) {
            estate.set_bucket_terms(id, terms).map_err(Broken::Bucket)?;
        }
        Ok(())
    }
}

impl Rulebook {
    fn of(state: &State) -> Self {
        Self {
            terms: state.terms.clone(),
            policies: state.policies.values().cloned().collect(),
            counts: state.counts.data(),
            changes: state.rules,
        }
    }

    fn restore(self, state: &mut State) {
        state.terms = self.terms;
        state.policies = self.policies.into_iter().map(|set| (set.name.clone(), set)).collect();
        state.counts = Counts::restored(self.counts);
        state.rules = self.changes;
    }
}

impl Budgets {
    fn of(state: &State) -> Self {
        Self {
            requests: state.requests().iter().map(|(id, known)| (*id, known.clone())).collect(),
            period_ends: state.period_ends.iter().map(|(id, date)| (*id, *date)).collect(),
            shadow_price: state.shadow_price,
            vendor_balance: state.vendor.balance,
            vendor_charges: state.vendor.charges.clone(),
            exchange_rates: state.exchange_rates.clone(),
            plans: state.plans.iter().map(|(id, plan)| (*id, plan.clone())).collect(),
            reviews: state.reviews.iter().map(|(id, (ok, why))| (*id, *ok, why.clone())).collect(),
        }
    }

    fn restore(self, state: &mut State) {
        state.requests = self.requests.into_iter().collect();
        state.period_ends = self.period_ends.into_iter().collect();
        state.shadow_price = self.shadow_price;
        state.vendor.balance = self.vendor_balance;
        state.vendor.charges = self.vendor_charges;
        state.exchange_rates = self.exchange_rates;
        state.plans = self.plans.into_iter().collect();
        state.reviews = self.reviews.into_iter().map(|(id, ok, why)| (id, (ok, why))).collect();
    }
}

impl Agents {
    fn of(state: &State) -> Self {
        Self {
            devices: state.estate.devices().map(|(_, known)| known.clone()).collect(),
            rules: state.agent_rules.clone(),
            version: state.agent_rules_version,
        }
    }

    fn restore(self, state: &mut State) {
        state.estate.restore_devices(self.devices);
        (state.agent_rules, state.agent_rules_version) = (self.rules, self.version);
    }
}

impl State {
    /// The state as plain data.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut charges: Vec<Charge> = self.charges.iter().collect();
        charges.sort_unstable_by_key(Charge::unit);
        let fixed = [
            Account::Purchased,
            Account::Unallocated,
            Account::Consumed,
            Account::Expired,
            Account::Uncovered,
            Account::Corrected,
        ];
        let busy = self.charges.pairs();
        let mut pairs: Vec<_> = busy.map(|(pair, known)| (*pair, *known)).collect();
        pairs.sort_unstable_by_key(|(pair, _)| *pair);
        let mut elsewhere: Vec<OpenUse> = self.elsewhere.values().cloned().collect();
        elsewhere.sort_unstable_by_key(|open| open.identity);
        Checkpoint {
            seq: self.seq,
            at: self.at,
            name: self.name.clone(),
            zone: self.zone.name().to_owned(),
            tariffs: self.tariffs.iter().map(|tariff| tariff.parts().clone()).collect(),
            products: self.estate.products().to_vec(),
            buckets: self.estate.buckets().to_vec(),
            people: self.estate.people().to_vec(),
            offerings: self.estate.offerings().to_vec(),
            seats: self.estate.seats().to_vec(),
            balances: fixed.map(|account| self.ledger.balance(account)),
            bucket_balances: self.ledger.buckets().to_vec(),
            packs: self.ledger.packs().to_vec(),
            charges,
            pairs,
            sessions: self.sessions.iter().map(|(id, session)| (*id, session.clone())).collect(),
            elsewhere,
            features: self.features.iter().map(|(code, id)| (code.clone(), *id)).collect(),
            refusals: self.refusals.iter().map(|(reason, count)| (*reason, *count)).collect(),
            tally: self.tally,
            surroundings: Surroundings::of(self),
            rulebook: Rulebook::of(self),
            budgets: Budgets::of(self),
            agents: Agents::of(self),
            imports: self.imports.clone(),
            monitor: self.monitor.data(),
            judgements: self.judgements.0.clone(),
            move_plans: self.move_plans.iter().map(|(id, plan)| (*id, plan.clone())).collect(),
        }
    }

    /// Rebuilds the state that a checkpoint was taken of.
    ///
    /// # Errors
    /// [`Broken`] when the checkpoint contradicts itself.
    pub fn restore(checkpoint: Checkpoint) -> Result<Self, Broken> {
        let mut state = Self {
            name: checkpoint.name,
            zone: Zone::named(&checkpoint.zone).map_err(Broken::Zone)?,
            seq: checkpoint.seq,
            at: checkpoint.at,
            ledger: Ledger::restored(
                checkpoint.balances,
                checkpoint.bucket_balances,
                checkpoint.packs,
            ),
            sessions: checkpoint.sessions.into_iter().collect(),
            elsewhere: checkpoint.elsewhere.into_iter().map(|open| (open.identity, open)).collect(),
            features: checkpoint.features.into_iter().collect(),
            refusals: checkpoint.refusals.into_iter().collect(),
            tally: checkpoint.tally,
            imports: checkpoint.imports,
            monitor: Monitor::restored(checkpoint.monitor),
            judgements: Judgements(checkpoint.judgements),
            move_plans: checkpoint.move_plans.into_iter().collect(),
            ..Self::default()
        };
        for parts in checkpoint.tariffs {
            state.tariffs.push(Tariff::new(parts).map_err(Broken::Tariff)?);
        }
        for product in checkpoint.products {
            state.estate.define_product(product);
        }
        for bucket in checkpoint.buckets {
            state.estate.open_bucket(bucket);
        }
        for person in checkpoint.people {
            state.estate.add_person(person);
        }
        for offering in checkpoint.offerings {
            state.estate.define_offering(offering);
        }
        for seat in checkpoint.seats {
            state.estate.add_seat(seat);
        }
        checkpoint.surroundings.restore(&mut state)?;
        checkpoint.rulebook.restore(&mut state);
        checkpoint.budgets.restore(&mut state);
        checkpoint.agents.restore(&mut state);
        for charge in checkpoint.charges {
            state.charges.record(charge, &state.zone).map_err(Broken::ChargedTwice)?;
        }
        for (pair, busy) in checkpoint.pairs {
            state.charges.change_pair(pair, |known| *known = busy);
        }
        let on_seats: Vec<_> = state
            .sessions
            .iter()
            .filter_map(|(id, session)| Some((session.seat()?, *id)))
            .collect();
        for (seat, id) in on_seats {
            state.seat_sessions.entry(seat).or_default().push(id);
        }
        Ok(state)
    }
}
