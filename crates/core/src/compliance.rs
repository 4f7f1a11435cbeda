//! Where what is used: by country, site, month and what the use is of; use outside of territories, with its
//! evidence; and how regions share a pool over the day.
//!
//! A [`Fold`] reads decisions as they were made: the territory of a breach is one that was in force then. Only
//! our own gate knows where a request comes from; use from logs and reports has no place.

use crate::estate::{Breach, BucketId, Domain, Estate, Evidence, Place, Territory};
use crate::event::{Ask, Basis, Event, Reason, Route, Trial};
use crate::state::{Broken, State};
use crate::when::Instant;
use std::collections::BTreeMap;
use table::Cell;

mod sun;
mod table;
pub use sun::{RegionUse, Sharing};
pub use table::{By, Of, Over, Row, Used};

/// What was done about use outside of a territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Done {
    /// It was refused.
    Refused,
    /// It was let through, and waits until somebody has looked at it.
    Quarantined,
    /// It was let through and reported.
    Reported,
    /// It was let through; rules on trial would have refused it.
    OnTrial,
}

impl Done {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Quarantined => "quarantined",
            Self::Reported => "reported",
            Self::OnTrial => "on-trial",
        }
    }
}

/// One decision on use outside of a territory, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evident {
    /// The decision's number in the journal: it can be explained and reviewed by it.
    pub decision: u64,
    /// When.
    pub at: Instant,
    /// Who, as they called themselves.
    pub person: String,
    /// Product key.
    pub product: String,
    /// Workstation.
    pub host: String,
    /// What spoke for the place.
    pub evidence: Evidence,
    /// What was made of that.
    pub place: Place,
    /// The territory that the place lies outside of, as in force then.
    pub territory: Option<Territory>,
    /// What was done.
    pub done: Done,
    /// Whether somebody found it in order, and why; `None` while nobody has looked at it.
    pub review: Option<(bool, String)>,
}

/// Where what was used in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compliance {
    /// First instant of the period.
    pub from: Instant,
    /// First instant after.
    pub until: Instant,
    /// Use, counted as finely as it may be asked for; [`Compliance::rows`] makes tables of it.
    used: BTreeMap<Cell, Used>,
    /// Breaches, in order of time.
    pub breaches: Vec<Evident>,
    /// How regions share the pool over the day.
    pub sharing: Sharing,
}

impl Compliance {
    /// A table of use: for each month or for the whole period, by place and what else it is divided by.
    #[must_use]
    pub fn rows(&self, by: By, over: Over) -> BTreeMap<Row, Used> {
        let mut rows: BTreeMap<Row, Used> = BTreeMap::new();
        for (cell, used) in &self.used {
            rows.entry(cell.row(by, over)).or_default().add(*used);
        }
        rows
    }

    /// The breaches that wait for somebody to look at them.
    pub fn waiting(&self) -> impl Iterator<Item = &Evident> {
        let quarantined = self.breaches.iter().filter(|one| one.done == Done::Quarantined);
        quarantined.filter(|one| one.review.is_none())
    }
}

/// The journal, read for compliance.
#[derive(Clone, Debug)]
pub struct Fold {
    state: State,
    from: Instant,
    until: Instant,
    used: BTreeMap<Cell, Used>,
    breaches: Vec<Evident>,
    sun: sun::Watch,
}

impl Fold {
    /// Begins with a state: the journal's beginning, or a snapshot from before the period.
    #[must_use]
    pub fn new(state: State, from: Instant, until: Instant) -> Self {
        let sun = sun::Watch::new(&state, from, until);
        Self { state, from, until, used: BTreeMap::new(), breaches: Vec::new(), sun }
    }

    /// Takes the next event, up to the journal's end: reviews come late.
    ///
    /// # Errors
    /// [`Broken`] when the journal contradicts itself.
    pub fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        self.sun.see(&self.state, seq, at, event);
        if self.from <= at && at < self.until {
            match event {
                Event::Opened(opened) => {
                    let domains = domains(&self.state, opened.route);
                    self.decided(seq, at, &opened.ask, &opened.basis, &domains);
                }
                Event::Refused(refused) => {
                    self.refused(seq, at, &refused.ask, &refused.basis, refused.reason);
                }
                _ => {}
            }
        }
        self.state.apply(seq, at, event)
    }

    fn decided(&mut self, seq: u64, at: Instant, ask: &Ask, basis: &Basis, domains: &[Domain]) {
        let on_trial = matches!(basis.trial, Some(Trial::Refuses(Reason::RegionNotAllowed, _)));
        let done = match basis.breach {
            Some(Breach::Refuse) => Some(Done::Refused),
            Some(Breach::Quarantine) => Some(Done::Quarantined),
            Some(Breach::Report) => Some(Done::Reported),
            None => on_trial.then_some(Done::OnTrial),
        };
        let cell = self.cell(at, ask, basis.place, domains.first().copied());
        let used = self.used.entry(cell).or_default();
        used.opened = used.opened.saturating_add(1);
        if let Some(done) = done {
            used.breaches = used.breaches.saturating_add(1);
            self.note(seq, at, ask, basis, domains, done);
        }
    }

    fn refused(&mut self, seq: u64, at: Instant, ask: &Ask, basis: &Basis, reason: Reason) {
        let cell = self.cell(at, ask, basis.place, None);
        let used = self.used.entry(cell).or_default();
        used.refused = used.refused.saturating_add(1);
        if reason == Reason::RegionNotAllowed {
            used.breaches = used.breaches.saturating_add(1);
            let domains = asked_for(&self.state, ask, at);
            self.note(seq, at, ask, basis, &domains, Done::Refused);
        }
    }

    fn cell(&self, at: Instant, ask: &Ask, place: Place, payer: Option<Domain>) -> Cell {
        let month = self.state.zone().date(at).month_start();
        let product = self.state.estate().product_called(&ask.product);
        Cell { month, country: place.country, site: place.site, payer, product }
    }

    fn note(
        &mut self,
        decision: u64,
        at: Instant,
        ask: &Ask,
        basis: &Basis,
        domains: &[Domain],
        done: Done,
    ) {
        let outside = self.state.estate().outside(domains, basis.place, at);
        let territory = outside.map(|(territory, _)| territory.clone());
        self.breaches.push(Evident {
            decision,
            at,
            person: ask.person.clone(),
            product: ask.product.clone(),
            host: ask.host.clone(),
            evidence: ask.more.evidence.clone(),
            place: basis.place,
            territory,
            done,
            review: None,
        });
    }

    /// The report.
    #[must_use]
    pub fn finish(self) -> Compliance {
        let Self { state, from, until, used, mut breaches, sun } = self;
        for one in &mut breaches {
            one.review = state.reviews().get(&one.decision).cloned();
        }
        Compliance { from, until, used, breaches, sharing: sun.finish(&state) }
    }
}

/// What a route uses: the bucket or the offering first.
fn domains(state: &State, route: Route) -> Vec<Domain> {
    match route {
        Route::Seat(seat) | Route::FreeSeat(seat) => {
            let offering = state.estate().seat(seat).map(|seat| seat.offering);
            vec![Domain::Offering(offering.unwrap_or_default()), Domain::Seat(seat)]
        }
        Route::Tokens { bucket, .. } => of_bucket(state.estate(), bucket),
    }
}

fn of_bucket(estate: &Estate, bucket: BucketId) -> Vec<Domain> {
    let above = estate.buckets_above(bucket).into_iter().map(Domain::Bucket);
    core::iter::once(Domain::Bucket(bucket)).chain(above).chain([Domain::Pool]).collect()
}

/// What somebody who was turned away would have used: their seat when they hold one, else tokens.
fn asked_for(state: &State, ask: &Ask, at: Instant) -> Vec<Domain> {
    let estate = state.estate();
    let person = estate.person_known_as(&ask.person, at);
    let product = estate.product_called(&ask.product);
    let seat = person.zip(product).and_then(|(who, what)| estate.covering_seat(who, what, at));
    if let Some(seat) = seat {
        return domains(state, Route::Seat(seat));
    }
    let chosen = ask.bucket.as_deref().and_then(|key| estate.bucket_called(key));
    let bucket = chosen.or_else(|| person.map(|person| state.payer(person)));
    bucket.map_or_else(|| vec![Domain::Pool], |bucket| of_bucket(estate, bucket))
}

#[cfg(test)]
mod tests;
