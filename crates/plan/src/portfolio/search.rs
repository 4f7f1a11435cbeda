//! Branch and bound where people are coupled: best bound first.
//!
//! A node is a box of bands and discount stretches, and people who are decided. It is cut where a supply's cost is
//! furthest from the straight line that the bound sees, else at the person whose choice is least certain.

use super::certificate::{BandBound, Certificate};
use super::contradiction::{Contradiction, Side};
use super::dual::{self, Live, Model, Node, Prices, Whole};
use super::frame::Frame;
use super::problem::Problem;
use super::repair::{Costs, Mix};
use super::separable::{fine, whole};
use super::solution::{Solution, narrow};
use super::{Effort, bands};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A supply that is closer to its line than this share of the cost is not cut before people are.
const STRAIGHT: f64 = 1e-7;
/// How much smoother than it ended a climb begins again: where a supply was cut, and where a person was decided.
const SUPPLY_AGAIN: f64 = 1e3;
const PERSON_AGAIN: f64 = 30.0;
/// Of looking at a node whoever is undecided.
const NODE_LOOKS: u64 = 20_000;

pub(super) fn solve(
    problem: &Problem,
    frame: &Frame,
    effort: Effort,
) -> Result<Solution, Contradiction> {
    let model = Model::new(problem, frame)?;
    seats_short(&model)?;
    let mut search = Search::new(&model, effort);
    search.run();
    let looks = search.looks;
    let Some((cost, picks)) = search.best.take() else {
        let is_proved = search.open.is_empty();
        return Err(if is_proved {
            together(problem, effort)
        } else {
            Contradiction::Undecided { looks }
        });
    };
    let certificate = search.certificate(cost);
    let sets: Vec<u64> = model
        .columns
        .iter()
        .zip(&picks)
        .map(|(ways, pick)| ways.get(*pick).map_or(0, |way| way.set))
        .collect();
    Solution::of(problem, frame, &sets, certificate).ok_or(Contradiction::Undecided { looks })
}

/// Whether more people cannot do without an offering than may hold it.
fn seats_short(model: &Model) -> Result<(), Contradiction> {
    for (place, _) in &model.seats {
        let Some(most) = model.problem.offerings.get(*place).and_then(|offering| offering.most)
        else {
            continue;
        };
        let always = |ways: &&[super::options::Way]| {
            ways.iter().all(|way| way.set & super::contradiction::bit(*place) != 0)
        };
        let needed = u32::try_from(model.columns.iter().filter(always).count()).unwrap_or(u32::MAX);
        if needed > most {
            return Err(Contradiction::SeatsShort { offering: *place, needed, most });
        }
    }
    let least =
        model.columns.iter().map(|ways| ways.iter().map(|way| way.tokens).min().unwrap_or(0));
    let least = least.fold(0, i64::saturating_add);
    let is_enough = bands::cheapest(&model.frame.bands, &model.problem.tokens, least).is_some();
    if is_enough { Ok(()) } else { Err(super::contradiction::tokens_short(model.problem, least)) }
}

/// Which constraints, each taken away alone, would leave something that works.
fn together(problem: &Problem, effort: Effort) -> Contradiction {
    let seats =
        problem.offerings.iter().enumerate().filter(|(_, offering)| offering.most.is_some());
    let seats = seats.map(|(place, _)| Side::SeatsMost(place));
    let minima = (0..problem.minima.len()).map(Side::Minimum);
    let works = |side: &Side| {
        let mut less = problem.clone();
        match *side {
            Side::SeatsMost(place) => {
                less.offerings.iter_mut().skip(place).take(1).for_each(|o| o.most = None)
            }
            Side::Minimum(place) => {
                less.minima.iter_mut().skip(place).take(1).for_each(|m| m.people = 0)
            }
            Side::Tokens => {
                less.tokens = super::Tokens { buffer_millionths: 0, ..super::Tokens::at(1) }
            }
        }
        Frame::new(&less).is_ok_and(|frame| is_possible(&less, &frame, effort))
    };
    let without_any = seats.chain(minima).chain([Side::Tokens]).filter(works).collect();
    Contradiction::Together { without_any }
}

/// Whether there is any mix at all.
fn is_possible(problem: &Problem, frame: &Frame, effort: Effort) -> bool {
    let any = Effort { gap_millionths: u32::MAX, ..effort };
    Model::new(problem, frame).is_ok_and(|model| {
        let mut search = Search::new(&model, any);
        search.run();
        search.best.is_some()
    })
}

/// A node that waits, with what is known of it.
struct Waiting {
    node: Node,
    prices: Prices,
    /// The record of its box.
    record: usize,
    /// Whether nobody was decided by a cut.
    is_box: bool,
}

/// What the certificate says of a box.
struct Record {
    node: Node,
    whole: Whole,
    dual: i64,
    is_cut: bool,
}

struct Search<'a> {
    model: &'a Model<'a>,
    costs: Costs,
    all: Rc<Live>,
    effort: Effort,
    /// By bound, then by age.
    open: BTreeMap<(i64, usize), Waiting>,
    records: Vec<Record>,
    best: Option<(i64, Vec<usize>)>,
    /// More than any mix costs.
    dearest: i64,
    age: usize,
    looks: u64,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model<'a>, effort: Effort) -> Self {
        Self {
            model,
            costs: Costs::new(model),
            all: Rc::new(Live::all(model)),
            effort,
            open: BTreeMap::new(),
            records: Vec::new(),
            best: None,
            dearest: model.dearest,
            age: 0,
            looks: 0,
        }
    }

    fn run(&mut self) {
        let start = dual::first_prices(self.model);
        let root = self.model.root(&self.all);
        self.add(root, &start, None);
        while let Some(((bound, _), _)) = self.open.first_key_value() {
            if self.is_enough(*bound) || self.looks >= self.effort.looks {
                return;
            }
            let Some((_, waiting)) = self.open.pop_first() else { return };
            self.cut(waiting);
        }
    }

    /// Whether nothing with this bound is worth a look.
    fn is_enough(&self, bound: i64) -> bool {
        let Some((cost, _)) = &self.best else { return bound > self.dearest };
        let allowed = i128::from(*cost)
            .saturating_mul(i128::from(self.effort.gap_millionths))
            .div_euclid(1_000_000);
        i128::from(bound).saturating_add(allowed) >= i128::from(*cost)
    }

    /// Finds a node's prices, its bound and a mix, and lets it wait unless it is worthless.
    fn add(&mut self, node: Node, start: &Prices, record: Option<usize>) {
        let finest = dual::finest(self.model);
        // Whatever a node has, it costs some steps with small matrices.
        self.looks = self.looks.saturating_add(NODE_LOOKS);
        let prices = dual::climb(self.model, &node, start, finest, &mut self.looks);
        let at = self.model.whole(&prices.by);
        self.looks = self.looks.saturating_add(node.live.ways);
        let found = self.model.bound(&node, &at);
        let is_box = record.is_none();
        let record = record.unwrap_or_else(|| self.record(&node, at));
        let Some((bound, picks)) = found else { return };
        self.mend(&node, picks);
        self.age = self.age.saturating_add(1);
        // A child is never worse than what its box shows.
        let bound = self.records.get(record).map_or(0, |record| record.dual).max(whole(bound));
        if self.best.as_ref().map_or(bound <= self.dearest, |(cost, _)| bound < *cost) {
            self.open.insert((bound, self.age), Waiting { node, prices, record, is_box });
        }
    }

    /// What the prices show for a box when nobody is decided: that is what can be checked.
    fn record(&mut self, node: &Node, at: Whole) -> usize {
        let all = Node { live: Rc::clone(&self.all), ..node.clone() };
        let dual = self.model.bound(&all, &at).map_or(0, |(bound, _)| whole(bound));
        // No prices at all show that nothing costs less than nothing.
        let (at, dual) = if dual > 0 { (at, dual) } else { (self.model.whole(&[]), 0) };
        self.looks = self.looks.saturating_add(all.live.ways);
        self.records.push(Record { node: all, whole: at, dual, is_cut: false });
        self.records.len().saturating_sub(1)
    }

    fn mend(&mut self, node: &Node, picks: Vec<usize>) {
        let may_change: Vec<usize> = node.live.people.iter().map(|open| open.person).collect();
        let mut mix = Mix::new(self.model, &self.costs, picks);
        mix.improve(&may_change, &mut self.looks);
        let (wrong, cost) = mix.worth();
        let cost = narrow(cost);
        if wrong == 0 && self.best.as_ref().is_none_or(|(known, _)| cost < *known) {
            self.best = Some((cost, mix.picks));
        }
    }

    /// Leaves out the ways that are in no better mix than the best (fixing by reduced costs).
    fn thin(&mut self, waiting: &mut Waiting) -> bool {
        let Some((cost, _)) = &self.best else { return true };
        let at = self.model.whole(&waiting.prices.by);
        let Some((bound, _)) = self.model.bound(&waiting.node, &at) else { return false };
        let room = fine(i128::from(*cost).saturating_sub(1)).saturating_sub(bound);
        if room < 0 {
            return false;
        }
        if let Some(live) = waiting.node.live.without(self.model, &at, room) {
            waiting.node.live = Rc::new(live);
        }
        self.looks = self.looks.saturating_add(waiting.node.live.ways.saturating_mul(2));
        true
    }

    fn cut(&mut self, mut waiting: Waiting) {
        if !self.thin(&mut waiting) {
            return;
        }
        let expected = dual::expect(self.model, &waiting.node, &waiting.prices);
        let is_box = waiting.is_box;
        let halves = if is_box { self.cut_supply(&waiting.node, &expected) } else { None };
        if let Some((one, other)) = halves {
            if let Some(record) = self.records.get_mut(waiting.record) {
                record.is_cut = true;
            }
            let start = Prices { epsilon: waiting.prices.epsilon * SUPPLY_AGAIN, ..waiting.prices };
            self.add(one, &start, None);
            return self.add(other, &start, None);
        }
        let start = Prices { epsilon: waiting.prices.epsilon * PERSON_AGAIN, ..waiting.prices };
        // Without anybody left to decide, mending has seen the only mix there is.
        let open = expected.undecided.and_then(|at| Some((at, waiting.node.live.people.get(at)?)));
        let Some((at, open)) = open else { return };
        for chosen in &open.ways {
            let live = Rc::new(waiting.node.live.with(self.model, at, *chosen));
            self.add(Node { live, ..waiting.node.clone() }, &start, Some(waiting.record));
        }
    }

    /// Cuts the supply whose cost is furthest from what the bound reckons.
    fn cut_supply(&self, node: &Node, expected: &dual::Expected) -> Option<(Node, Node)> {
        let worth = |at: usize| {
            let used = expected.used.get(at).copied().unwrap_or(0.0);
            let (cost, place) =
                if at == 0 { self.band_at(node, used)? } else { self.stretch_at(node, at, used)? };
            Some((cost - expected.cost.get(at).copied().unwrap_or(0.0), at, place))
        };
        let (first, last) = node.bands;
        let many =
            node.seats.iter().zip(1..).filter(|((first, last), _)| first < last).map(|(_, at)| at);
        let many = many.chain((first < last).then_some(0));
        let (apart, at, place) =
            many.filter_map(worth).max_by(|one, other| one.0.total_cmp(&other.0))?;
        let best = self.best.as_ref().map_or(self.dearest, |(cost, _)| *cost);
        #[expect(clippy::cast_precision_loss, reason = "a threshold")]
        let floor = best as f64 * STRAIGHT;
        if apart < floor {
            return None;
        }
        let halves = |(first, last): (usize, usize)| {
            let end = if place < last { place } else { place.saturating_sub(1) };
            ((first, end), (end.saturating_add(1), last))
        };
        let (mut one, mut other) = (node.clone(), node.clone());
        if at == 0 {
            (one.bands, other.bands) = halves(node.bands);
        } else {
            let range = at.checked_sub(1).and_then(|place| node.seats.get(place)).copied()?;
            let (left, right) = halves(range);
            one.seats.iter_mut().skip(at.saturating_sub(1)).take(1).for_each(|slot| *slot = left);
            other
                .seats
                .iter_mut()
                .skip(at.saturating_sub(1))
                .take(1)
                .for_each(|slot| *slot = right);
        }
        Some((one, other))
    }

    /// What this use costs in the node's bands, and in which.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "an estimate of where to cut"
    )]
    fn band_at(&self, node: &Node, used: f64) -> Option<(f64, usize)> {
        let all = self.model.bands(node).copied().collect::<Vec<_>>();
        let (place, _, cost) = bands::cheapest(&all, &self.model.problem.tokens, used as i64)?;
        Some((cost as f64, node.bands.0.saturating_add(place)))
    }

    /// What this many seats cost in the node's stretches, and in which.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an estimate of where to cut"
    )]
    fn stretch_at(&self, node: &Node, at: usize, used: f64) -> Option<(f64, usize)> {
        let at = at.checked_sub(1)?;
        let stretches = self.model.open_stretches(node).nth(at)?;
        let (first, _) = node.seats.get(at)?;
        let fits =
            stretches.iter().enumerate().filter(|(_, one)| used <= f64::from(one.high) + 0.5);
        let priced = fits.map(|(place, one)| {
            let held = one.low.max((used.max(0.0) as u32).min(one.high));
            (one.cost(held), place)
        });
        let (cost, place) = priced.min()?;
        Some((cost as f64, first.saturating_add(place)))
    }

    fn certificate(&self, cost: i64) -> Certificate {
        let mut proved: BTreeMap<usize, i64> = BTreeMap::new();
        for ((bound, _), waiting) in &self.open {
            let least = proved.entry(waiting.record).or_insert(*bound);
            *least = (*least).min(*bound);
        }
        let kept = self.records.iter().enumerate().filter(|(_, record)| !record.is_cut);
        let bounds: Vec<BandBound> = kept
            .map(|(place, record)| BandBound {
                bands: self.model.bands(&record.node).copied().collect(),
                held: self.model.held(&record.node),
                multipliers: self.model.multipliers(&record.whole),
                dual: record.dual,
                proved: proved.get(&place).copied().unwrap_or(cost).min(cost).max(record.dual),
            })
            .collect();
        let lower_bound = bounds.iter().map(|bound| bound.proved).min().unwrap_or(cost).min(cost);
        Certificate { cost, lower_bound, bounds, out_of_reach: Vec::new() }
    }
}
