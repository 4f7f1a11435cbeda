//! Tokens that a seat would have saved, or did not; products and sources that are not as they were.

use super::measure::{count, float};
use super::{About, Class, Draft, Row, Search, costs};
use crate::amount::{Money, Ticks};
use crate::charges::Pair;
use crate::double_dip::Dip;
use crate::estate::{BucketId, Person, PersonId, ProductId, folded};
use crate::event::Charge;
use crate::tariff::SeatPrice;
use crate::when::{DAY, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// A product is new when so much is known of the time before it.
const KNOWN_MIN: i64 = 28 * DAY;
/// What stands between a key and what makes a second account of it.
const SEPARATORS: [char; 4] = ['.', '-', '_', '+'];

/// Somebody's tokens, and the seat that costs as much.
struct Worth<'a> {
    seat: &'a SeatPrice,
    products: BTreeSet<ProductId>,
    ticks: Ticks,
    money: Money,
}

impl<'a> Search<'a> {
    /// Charges that a seat of the same person covered, by the vendor or ourselves.
    pub(super) fn double_dips(&mut self) {
        let mut by_pair: BTreeMap<Pair, Vec<&Dip>> = BTreeMap::new();
        for dip in self.scene.dips {
            by_pair.entry((dip.person, dip.product)).or_default().push(dip);
        }
        let drafts: Vec<Draft<'a>> =
            by_pair.into_iter().filter_map(|(pair, dips)| self.double_dip(pair, &dips)).collect();
        self.drafts.extend(drafts);
    }

    fn double_dip(&self, (person, product): Pair, dips: &[&Dip]) -> Option<Draft<'a>> {
        let scene = &self.scene;
        let bounds = |dip: &Dip| crate::double_dip::bounds(dip.day);
        let span = (bounds(dips.first()?).0, bounds(dips.last()?).1);
        let about = About::Pair(person, product);
        let mut draft = Draft::new(Class::DoubleDip, about, scene.term, span);
        draft.strength = count(dips.len());
        let ticks = dips.iter().map(|dip| dip.ticks);
        draft.cost = ticks.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        draft.words = format!(
            "{} was charged tokens for {} on {} days although a seat covers it.",
            scene.name(person),
            scene.product(product),
            dips.len(),
        );
        draft.fact("charges", dips.len());
        draft.rows = dips.iter().map(|dip| row(person, product, bounds(dip), dip.ticks)).collect();
        for (row, dip) in draft.rows.iter_mut().zip(dips) {
            row.place = dip.alias.clone().unwrap_or_default();
        }
        Some(draft)
    }

    /// Accounts that are charged for what somebody of the same name and bucket holds a seat for.
    pub(super) fn second_accounts(&mut self) {
        let mut named: BTreeMap<(String, BucketId), Vec<(PersonId, &Person)>> = BTreeMap::new();
        for (id, person) in self.scene.state.estate().everybody() {
            named.entry((folded(&person.name), person.bucket)).or_default().push((id, person));
        }
        let mut drafts = Vec::new();
        for same in named.values().filter(|same| same.len() > 1) {
            let others = |id| same.iter().filter(move |(other, _)| *other != id);
            for &(account, known) in same {
                for &(holder, _) in
                    others(account).filter(|(_, one)| is_second(&one.key, &known.key))
                {
                    let pairs = self.costs.pairs_of(account);
                    drafts.extend(pairs.filter_map(|pair| self.second_account(pair, holder)));
                }
            }
        }
        self.drafts.extend(drafts);
    }

    fn second_account(&self, pair: Pair, holder: PersonId) -> Option<Draft<'a>> {
        let (scene, (account, product)) = (&self.scene, pair);
        let covered = |charge: &&Charge| {
            scene.state.estate().covering_seat(holder, product, charge.at).is_some()
        };
        let charges = self.costs.of_pair(pair, scene.from, scene.until);
        let twice: Vec<Charge> = charges.iter().filter(covered).copied().collect();
        let (first, last) = twice.first().zip(twice.last())?;
        let about = About::Pair(account, product);
        let mut draft = Draft::new(Class::DoubleDip, about, scene.term, (first.at, last.at));
        draft.strength = count(twice.len());
        draft.cost = costs::sum(&twice);
        draft.people.insert(holder);
        let key = |id| scene.state.estate().person(id).map_or("", |known| known.key.as_str());
        draft.words = format!(
            "The account {} burns tokens for {}, for which {} ({}) holds a seat: it looks like the same person.",
            key(account),
            scene.product(product),
            scene.name(holder),
            key(holder),
        );
        draft.fact("charges", twice.len());
        draft.fact("account", key(account));
        draft.fact("holder of the seat", key(holder));
        let rows =
            twice.iter().map(|charge| row(account, product, (charge.at, charge.at), charge.ticks));
        draft.rows = rows.collect();
        Some(draft)
    }

    /// People whose tokens since the term's beginning cost as much as a seat (F9).
    pub(super) fn worth_a_seat(&mut self) {
        let people: BTreeSet<PersonId> = self.costs.pairs().map(|(person, _)| person).collect();
        let drafts: Vec<Draft<'a>> =
            people.into_iter().filter_map(|person| self.worth(person)).collect();
        self.drafts.extend(drafts);
    }

    fn worth(&self, person: PersonId) -> Option<Draft<'a>> {
        let scene = &self.scene;
        let from = scene.state.zone().start_of(scene.term);
        let (_, tariff) = scene.state.tariff()?;
        let price = tariff.token_price(scene.until, scene.state.zone())?;
        let seats = tariff.parts().seats.iter();
        let worth = seats.filter_map(|seat| self.displaced(person, seat, price));
        let over =
            |worth: &Worth<'_>| worth.money.micros.saturating_sub(worth.seat.per_year.micros);
        let best = worth.filter(|worth| over(worth) >= 0).max_by_key(over)?;
        let about = About::Person(person);
        let mut draft = Draft::new(Class::WorthASeat, about, scene.term, (from, scene.until));
        draft.strength = float(best.money.micros) / float(best.seat.per_year.micros.max(1));
        draft.cost = best.ticks;
        let days = float(scene.until.since(from)) / float(DAY);
        draft.monthly = Some(super::measure::scaled(best.ticks, 30.0 / days.max(1.0)));
        let code = price.currency;
        draft.words = format!(
            "{}'s tokens since {} cost {} {}, as much as a seat of {} for a year ({} {}).",
            scene.name(person),
            scene.term,
            best.money,
            code.code(),
            best.seat.name,
            best.seat.per_year,
            code.code(),
        );
        draft.fact("tokens since the term began", best.ticks.tokens());
        draft.fact("they cost", best.money);
        draft.fact("a seat costs", best.seat.per_year);
        draft.fact("offering", &best.seat.name);
        let rows = best.products.iter().map(|&product| {
            let ticks = self.costs.pair((person, product), from, scene.until);
            row(person, product, (from, scene.until), ticks)
        });
        draft.rows = rows.filter(|row| row.ticks.is_positive()).collect();
        Some(draft)
    }

    /// What a seat would have saved somebody who has none for these products.
    fn displaced<'b>(
        &self,
        person: PersonId,
        seat: &'b SeatPrice,
        price: Money,
    ) -> Option<Worth<'b>> {
        let (scene, estate) = (&self.scene, self.scene.state.estate());
        if seat.per_year.currency != price.currency || seat.per_year.micros <= 0 {
            return None;
        }
        let from = scene.state.zone().start_of(scene.term);
        let known = seat.covers.iter().filter_map(|key| estate.product_called(key));
        let has_none =
            |product: &ProductId| estate.covering_seat(person, *product, scene.until).is_none();
        let products: BTreeSet<ProductId> = known.filter(has_none).collect();
        let sums = products.iter().map(|&one| self.costs.pair((person, one), from, scene.until));
        let ticks = sums.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        Some(Worth { seat, products, ticks, money: price.for_tokens(ticks) })
    }

    /// People who hold a seat and spend tokens on what it does not cover.
    pub(super) fn tokens_of_seat_holders(&mut self) {
        let scene = self.scene;
        let estate = scene.state.estate();
        let people: BTreeSet<PersonId> = self.costs.pairs().map(|(person, _)| person).collect();
        let holders = people.into_iter().filter(|&id| !estate.seats_of(id, scene.until).is_empty());
        let drafts: Vec<Draft<'a>> = holders.filter_map(|person| self.holder(person)).collect();
        self.drafts.extend(drafts);
    }

    fn holder(&self, person: PersonId) -> Option<Draft<'a>> {
        let (scene, estate) = (&self.scene, self.scene.state.estate());
        let has_none =
            |charge: &&Charge| estate.covering_seat(person, charge.product, charge.at).is_none();
        let of_pair = |pair| {
            let charges = self.costs.of_pair(pair, scene.from, scene.until).iter();
            let other: Vec<Charge> = charges.filter(has_none).copied().collect();
            (pair, costs::sum(&other))
        };
        let mut sums: Vec<(Pair, Ticks)> = self.costs.pairs_of(person).map(of_pair).collect();
        sums.retain(|(_, ticks)| ticks.is_positive());
        let all = sums.iter().fold(Ticks::ZERO, |sum, (_, ticks)| sum.plus(*ticks).unwrap_or(sum));
        let strength = all.tokens() * 30.0 / scene.days() / self.thresholds.holder_tokens;
        if strength < 1.0 {
            return None;
        }
        let about = About::Person(person);
        let span = (scene.from, scene.until);
        let mut draft = Draft::new(Class::SeatHolderOnTokens, about, scene.term, span);
        draft.strength = strength;
        draft.cost = all;
        let seats = estate.seats_of(person, scene.until).into_iter();
        let names = seats.filter_map(|seat| estate.offering(estate.seat(seat)?.offering));
        let names: BTreeSet<&str> = names.map(|offering| offering.name.as_str()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        draft.words = format!(
            "{} holds a seat ({names}) and spent {} tokens on products that it does not cover.",
            scene.name(person),
            all.tokens(),
        );
        draft.fact("tokens", all.tokens());
        draft.fact("seats", names);
        let rows = sums.iter().map(|&((person, product), ticks)| row(person, product, span, ticks));
        draft.rows = rows.collect();
        Some(draft)
    }

    /// Products that nobody had used before.
    pub(super) fn new_products(&mut self) {
        let scene = self.scene;
        let is_new = |(_, first): &(&ProductId, &Instant)| {
            scene.from <= **first
                && **first < scene.until
                && first.since(scene.known_from) >= KNOWN_MIN
        };
        let new = scene.first_used.iter().filter(is_new);
        let drafts: Vec<Draft<'a>> =
            new.map(|(product, first)| self.new_product(*product, *first)).collect();
        self.drafts.extend(drafts);
    }

    fn new_product(&self, product: ProductId, first: Instant) -> Draft<'a> {
        let scene = &self.scene;
        let uses: Vec<_> = scene.stretches.iter().filter(|one| one.product == product).collect();
        let until = uses.iter().map(|one| one.closed).max().unwrap_or(first);
        let (about, day) = (About::Product(product), scene.date(first));
        let mut draft = Draft::new(Class::NewProduct, about, day, (first, until));
        draft.people = uses.iter().map(|one| one.person).collect();
        let pairs = draft.people.iter().map(|person| (*person, product));
        let costs = pairs.map(|pair| self.costs.pair(pair, scene.from, scene.until));
        draft.cost = costs.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        draft.strength = count(uses.len().max(1));
        draft.words = format!(
            "{} was used for the first time on {day}, by {} people until now.",
            scene.product(product),
            draft.people.len(),
        );
        draft.fact("people", draft.people.len());
        draft.fact("uses", uses.len());
        draft.rows = uses.iter().map(|one| scene.row(one)).collect();
        draft
    }

    /// Sources that are late by more than they may be.
    pub(super) fn silent_sources(&mut self) {
        let scene = self.scene;
        let drafts = scene.silent.iter().map(|silence| {
            let day = scene.date(silence.until);
            let about = About::Source(&silence.source);
            let span = (silence.until, scene.until);
            let mut draft = Draft::new(Class::SilentSource, about, day, span);
            let seconds = scene.until.since(silence.until);
            draft.strength = float(seconds) / float(silence.late_seconds.max(1));
            draft.words = format!(
                "The source {} has told nothing since {}: what was used since is not in the figures.",
                silence.source, silence.until,
            );
            draft.fact("hours of silence", seconds / crate::when::HOUR);
            draft
        });
        self.drafts.extend(drafts.collect::<Vec<Draft<'a>>>());
    }
}

/// Whether a key is another with something appended: `a.smith.ext`, `a.smith-2`, where the domain is the same or none.
fn is_second(first: &str, second: &str) -> bool {
    let parts = |key: &str| {
        let (name, domain) = key.split_once('@').unwrap_or((key, ""));
        (folded(name), folded(domain))
    };
    let ((first, here), (second, there)) = (parts(first), parts(second));
    let added = second.strip_prefix(&first).filter(|_| here == there && !first.is_empty());
    added.is_some_and(|added| added.starts_with(SEPARATORS))
}

fn row(person: PersonId, product: ProductId, span: (Instant, Instant), ticks: Ticks) -> Row {
    let (from, until) = span;
    let (person, product) = (Some(person), Some(product));
    Row { person, product, place: String::new(), from, until, ticks }
}
