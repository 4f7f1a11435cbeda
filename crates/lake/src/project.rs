//! From the journal and the blocks of reported uses to rows: pure, and the same rows for the same journal.
//!
//! To add a table: its arm in [`Projection::entry`], or its rows in `dimensions`. Every row names the event that
//! told of it, so that a row can be traced, and projecting again cannot differ.

use crate::fault::LakeError;
use crate::rows::{Cell, Rows};
use crate::tables::Table;
use faregate_app::ports::{Entry, Store, Use, UseBlock};
use faregate_core::charges::Pair;
use faregate_core::estate::SiteId;
use faregate_core::event::{
    Ask, Basis, Charge, Event, Opened, Outcome, Receipt, Refused, Route, SessionId, Source,
};
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::{Date, Instant, Zone};
use std::collections::BTreeMap;

mod accounts;
mod dimensions;
mod meanings;
mod names;
pub(crate) use accounts::Accounts;
pub(crate) use dimensions::{buckets, people, products, sites};
pub(crate) use meanings::{Changed, Meanings, names_of};
pub(crate) use names::Names;

/// What is the source of rows that our own gate told of.
pub(crate) const GATE: &str = "gate";

/// Up to which event each table has its rows.
pub(crate) type Done = BTreeMap<Table, u64>;

/// Rows on their way into the facts, by table and month.
pub(crate) struct Projection {
    pub(crate) names: Names,
    meanings: Meanings,
    accounts: Accounts,
    /// At which office sessions of our own gate began that are still open, where that is known.
    sites: BTreeMap<SessionId, SiteId>,
    rows: BTreeMap<(Table, Date), Rows>,
    count: usize,
    done: Done,
}

/// What is said of every row of an event.
#[derive(Clone, Copy)]
struct Told<'a> {
    seq: u64,
    at: Instant,
    zone: &'a Zone,
}

impl Told<'_> {
    fn day(&self) -> Date {
        self.zone.date(self.at)
    }
}

impl Projection {
    /// Goes on from a state, with the names known so far; rows that a table has already are left out.
    ///
    /// # Errors
    /// [`LakeError`] when the store cannot be read.
    pub(crate) fn new(
        store: &mut dyn Store,
        state: &State,
        names: Names,
        done: Done,
    ) -> Result<Self, LakeError> {
        let (accounts, meanings) = (Accounts::of(state.ledger()), Meanings::default());
        let (sites, rows) = (BTreeMap::new(), BTreeMap::new());
        let mut new = Self { names, meanings, accounts, sites, rows, count: 0, done };
        for id in state.sessions().keys() {
            // A session is called after the event that opened it.
            if let Some(Event::Opened(opened)) = store.entry(id.0)?.map(|entry| entry.event) {
                new.sites.extend(opened.basis.place.site.map(|site| (*id, site)));
            }
        }
        Ok(new)
    }

    /// How many rows wait.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Takes what waits: files' worth of rows, by table and month.
    pub(crate) fn take(&mut self) -> BTreeMap<(Table, Date), Rows> {
        self.count = 0;
        std::mem::take(&mut self.rows)
    }

    /// The rows of an entry, told by the state that it is about to be applied to.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] when a row does not fit its table.
    pub(crate) fn entry(&mut self, state: &State, entry: &Entry) -> Result<(), LakeError> {
        let told = Told { seq: entry.seq, at: entry.at, zone: state.zone() };
        match &entry.event {
            Event::Opened(opened) => self.opened(told, opened)?,
            Event::Refused(refused) => self.refused(state, told, refused)?,
            Event::UnitCharged(charge) => self.charge(told, charge, false)?,
            Event::UsageCharged(charges) => {
                charges.iter().try_for_each(|charge| self.charge(told, charge, false))?;
            }
            Event::UsageReversed(units) => {
                let charges = units.iter().filter_map(|unit| state.charges().get(*unit));
                charges.into_iter().try_for_each(|charge| self.charge(told, &charge, true))?;
            }
            Event::HoldEnded { outcome: Outcome::Posted, .. } => {
                self.posted(state, told, &entry.event)?;
            }
            Event::Closed { session, at, hold, .. } => {
                if *hold == Some(Outcome::Posted) {
                    self.posted(state, told, &entry.event)?;
                }
                self.closed(state, told, *session, *at)?;
            }
            Event::Imported(receipt) => self.imported(told, receipt)?,
            _ => {}
        }
        // What an event of the estate makes of names is looked up anew.
        self.meanings.clear();
        Ok(())
    }

    /// What the entry moved, told by the state that it was applied to.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] when a row does not fit its table.
    pub(crate) fn moved(&mut self, state: &State, entry: &Entry) -> Result<(), LakeError> {
        let told = Told { seq: entry.seq, at: entry.at, zone: state.zone() };
        for change in self.accounts.changed(state.ledger()) {
            let cells = [
                Cell::count(told.seq),
                Cell::At(told.at),
                Cell::Day(told.day()),
                Cell::Text(change.account),
                Cell::id(change.bucket),
                Cell::id(change.pack),
                Cell::Long(change.ticks),
            ];
            self.tell(told, Table::Balances, told.day(), &cells)?;
        }
        Ok(())
    }

    /// The uses of a block, told by an import whose receipt is `seq`.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] when a row does not fit its table.
    pub(crate) fn block(
        &mut self,
        state: &State,
        seq: u64,
        kind: &str,
        block: &UseBlock,
    ) -> Result<(), LakeError> {
        let batch = (block.batch > 0).then_some(block.batch);
        let batch = batch.map_or(Cell::Null, |batch| Cell::Long(batch.into()));
        for one in &block.uses {
            let person = self.meanings.person(state, &self.names, one.user, one.opened);
            let product = self.meanings.product(state, &self.names, one.feature);
            let fare = person.zip(product).map_or("none", |pair| fare(state, pair, one));
            let day = state.zone().date(one.opened);
            let cells = [
                Cell::Day(day),
                Cell::At(one.opened),
                Cell::At(one.closed),
                Cell::id(person.map(|id| id.0)),
                Cell::id(product.map(|id| id.0)),
                Cell::id(Some(one.user)),
                Cell::id(Some(one.host)),
                Cell::id(Some(one.feature)),
                Cell::Long(i64::from(one.ordinal)),
                Cell::id(person.map(|id| state.payer(id).0)),
                // Reports tell of hosts, not of networks: nobody knows at which office that was.
                Cell::Null,
                Cell::Text(fare),
                Cell::Text(kind),
                batch,
                Cell::count(seq),
            ];
            self.push(Table::Sessions, day, &cells)?;
        }
        Ok(())
    }

    /// A session of our own gate. Leases are none: what was used of one is told afterwards.
    fn closed(
        &mut self,
        state: &State,
        told: Told<'_>,
        id: SessionId,
        at: Instant,
    ) -> Result<(), LakeError> {
        let Some(session) = state.sessions().get(&id).filter(|one| one.lease.is_none()) else {
            return Ok(());
        };
        let estate = state.estate();
        let user = estate.person(session.person).map_or("", |person| person.key.as_str());
        let feature = estate.product(session.product).map_or("", |product| product.key.as_str());
        let (user, feature) = (self.names.id(user), self.names.id(feature));
        let host = self.names.id(&session.host);
        let day = told.zone.date(session.opened);
        let bucket = session.bucket().unwrap_or_else(|| state.payer(session.person));
        let fare = if session.seat().is_some() { "seat" } else { "tokens" };
        let site = self.sites.remove(&id);
        let cells = [
            Cell::Day(day),
            Cell::At(session.opened),
            Cell::At(at.max(session.opened)),
            Cell::id(Some(session.person.0)),
            Cell::id(Some(session.product.0)),
            Cell::Int(user),
            Cell::Int(host),
            Cell::Int(feature),
            Cell::Long(0),
            Cell::id(Some(bucket.0)),
            Cell::id(site.map(|id| id.0)),
            Cell::Text(fare),
            Cell::Text(GATE),
            Cell::Null,
            Cell::count(told.seq),
        ];
        self.tell(told, Table::Sessions, day, &cells)
    }

    fn posted(&mut self, state: &State, told: Told<'_>, event: &Event) -> Result<(), LakeError> {
        let Some((pair, hold)) = state.hold_ended_by(event) else { return Ok(()) };
        self.charge(told, &hold.charge(pair), false)
    }

    fn charge(
        &mut self,
        told: Told<'_>,
        charge: &Charge,
        is_reversal: bool,
    ) -> Result<(), LakeError> {
        let day = told.zone.date(charge.at);
        let ticks = if is_reversal { charge.ticks.negated() } else { charge.ticks };
        let cells = [
            Cell::Day(day),
            Cell::At(charge.at),
            Cell::At(charge.meter.unit_end(charge.at, told.zone)),
            Cell::id(Some(charge.person.0)),
            Cell::id(Some(charge.product.0)),
            Cell::id(Some(charge.bucket.0)),
            Cell::Long(ticks.0),
            Cell::Text(charge.meter.key()),
            Cell::Text(source(charge.source)),
            Cell::Flag(charge.paid),
            Cell::Flag(is_reversal),
            Cell::count(told.seq),
        ];
        self.tell(told, Table::Charges, day, &cells)
    }

    fn opened(&mut self, told: Told<'_>, opened: &Opened) -> Result<(), LakeError> {
        let Opened { ask, person, product, route, tariff, basis } = opened;
        let (bucket, ticks) = match route {
            Route::Tokens { bucket, ticks, .. } => (Some(bucket.0), ticks.0),
            Route::Seat(_) | Route::FreeSeat(_) => (None, 0),
        };
        self.sites.extend(basis.place.site.map(|site| (SessionId(told.seq), site)));
        let pair = (Cell::id(Some(person.0)), Cell::id(Some(product.0)));
        let mut cells = self.asked(told, pair, ask, basis).to_vec();
        cells.extend([
            Cell::Text(&ask.product),
            Cell::Flag(true),
            Cell::Text(route.fare().key()),
            Cell::Null,
            Cell::text(basis.rule.as_deref()),
            Cell::id(bucket),
            Cell::Long(ticks),
            Cell::id(Some(*tariff)),
        ]);
        self.tell(told, Table::Decisions, told.day(), &cells)
    }

    fn refused(
        &mut self,
        state: &State,
        told: Told<'_>,
        refused: &Refused,
    ) -> Result<(), LakeError> {
        let Refused { ask, reason, tariff, basis } = refused;
        let person = state.estate().person_known_as(&ask.person, told.at);
        let product = state.estate().product_called(&ask.product);
        let pair = (Cell::id(person.map(|id| id.0)), Cell::id(product.map(|id| id.0)));
        let asked = self.asked(told, pair, ask, basis);
        let (code, rule) = (Cell::Text(reason.code()), Cell::text(basis.rule.as_deref()));
        let product = Cell::Text(&ask.product);
        let mut denial = asked.to_vec();
        denial.extend([product, code, rule]);
        self.tell(told, Table::Denials, told.day(), &denial)?;
        let mut decision = asked.to_vec();
        decision.extend([product, Cell::Flag(false), Cell::Null, code, rule, Cell::Null]);
        decision.extend([Cell::Long(0), Cell::id(Some(*tariff))]);
        self.tell(told, Table::Decisions, told.day(), &decision)
    }

    /// What denials and decisions have in common.
    fn asked<'a>(
        &mut self,
        told: Told<'_>,
        (person, product): (Cell<'a>, Cell<'a>),
        ask: &Ask,
        basis: &'a Basis,
    ) -> [Cell<'a>; 9] {
        [
            Cell::count(told.seq),
            Cell::At(told.at),
            Cell::Day(told.day()),
            person,
            product,
            Cell::Int(self.names.id(&ask.person)),
            Cell::Int(self.names.id(&ask.host)),
            Cell::id(basis.place.site.map(|id| id.0)),
            Cell::text(basis.place.country.as_ref().map(|country| country.code())),
        ]
    }

    fn imported(&mut self, told: Told<'_>, receipt: &Receipt) -> Result<(), LakeError> {
        let counts = receipt.counts;
        let files = receipt.files.join("\n");
        let cells = [
            Cell::count(told.seq),
            Cell::At(told.at),
            Cell::Day(told.day()),
            Cell::Long(receipt.batch.into()),
            Cell::Text(&receipt.kind),
            Cell::Text(&files),
            Cell::count(counts.events),
            Cell::count(counts.sessions),
            Cell::count(counts.open_sessions),
            Cell::count(counts.closed),
            Cell::count(counts.rejected),
            Cell::count(counts.quarantined),
            Cell::count(counts.duplicates),
            Cell::Long(counts.seconds),
            Cell::at(counts.first),
            Cell::at(counts.last),
        ];
        self.tell(told, Table::Imports, told.day(), &cells)
    }

    fn tell(
        &mut self,
        told: Told<'_>,
        table: Table,
        day: Date,
        cells: &[Cell<'_>],
    ) -> Result<(), LakeError> {
        let is_done = self.done.get(&table).is_some_and(|done| told.seq <= *done);
        if is_done { Ok(()) } else { self.push(table, day, cells) }
    }

    fn push(&mut self, table: Table, day: Date, cells: &[Cell<'_>]) -> Result<(), LakeError> {
        let rows = self.rows.entry((table, day.month_start())).or_insert_with(|| Rows::new(table));
        self.count += 1;
        rows.push(cells)
    }
}

/// On what a reported use ran, by what is true when it is told.
pub(crate) fn fare(state: &State, pair: Pair, one: &Use) -> &'static str {
    let whole = Interval { start: one.opened, end: one.closed };
    let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
    if state.estate().covering_seat(pair.0, pair.1, one.opened).is_some() {
        return "seat";
    }
    let is_charged = state.rate(pair.1, one.opened).is_some() && whole.seconds() >= grace;
    if is_charged { "tokens" } else { "none" }
}

const fn source(source: Source) -> &'static str {
    match source {
        Source::Gate => GATE,
        Source::Log => "log",
        Source::Generated => "generated",
        Source::Vendor => "vendor",
    }
}
