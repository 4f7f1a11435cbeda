//! CloudEvents as programs send them: a delivery is one batch, all of it or nothing.
//!
//! A sender that hears of a fault mends the event and sends the delivery again; one that hears nothing does so as
//! well. Both are safe, because an event is known again by its source and id.

use super::usage::{Rejected, Row, Usage};
use crate::engine::{Engine, Failure};
use faregate_core::event::Counts;
use faregate_ingest::cloudevents::{self, Event, Fields, Kept, Reader, Sink};
use faregate_ingest::features::FeatureTable;
use std::sync::Arc;

/// So many faults are told of one delivery.
const FAULTS_MAX: usize = 100;

/// An event that cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEvent {
    /// Which one of the delivery, from 1.
    pub number: u64,
    /// Why, and what to do about it.
    pub why: String,
}

impl core::fmt::Display for BadEvent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "event {}: {}", self.number, self.why)
    }
}

/// Events of a delivery that cannot be taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{count} events cannot be taken in")]
pub struct BadEvents {
    /// How many there are.
    pub count: u64,
    /// They, in their order; of very many, the first.
    pub first: Vec<BadEvent>,
}

impl BadEvents {
    fn add(&mut self, number: u64, why: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < FAULTS_MAX {
            self.first.push(BadEvent { number, why: why() });
        }
    }
}

/// Why nothing of a delivery was taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotDelivered {
    /// Events that cannot be used.
    #[error(transparent)]
    Faulty(#[from] BadEvents),
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Events that were read, and are not taken in yet.
#[derive(Debug)]
pub struct Delivery(Vec<Kept>);

impl Delivery {
    /// Reads one event, a list of them, or one a line.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub fn read(bytes: &[u8]) -> Result<Self, BadEvents> {
        let mut found = Found::default();
        let mut reader = Reader::new(Fields::default());
        reader.feed(bytes, &mut found);
        reader.finish(&mut found);
        if found.faults.count == 0 { Ok(Self(found.events)) } else { Err(found.faults) }
    }

    /// Takes the events in, those that are not there already.
    ///
    /// # Errors
    /// [`NotDelivered`]; then nothing of the delivery is kept.
    pub fn take_in(
        &self,
        engine: &mut Engine,
        features: &Arc<FeatureTable>,
    ) -> Result<Counts, NotDelivered> {
        let grace = super::grace(engine);
        let mut faults = BadEvents::default();
        let mut rejected = |_: &str, Rejected { line, reason, .. }: &Rejected| {
            faults.add(*line, || reason.clone());
        };
        let mut usage = Usage::begin(engine, features, &mut rejected)?;
        for (number, one) in (1..).zip(&self.0) {
            let row = Row {
                line: number,
                who: &one.subject,
                host: one.host.as_deref().unwrap_or_default(),
                product: &one.product,
                opened: one.opened,
                closed: Some(one.closed.unwrap_or_else(|| one.opened.plus(grace))),
                id: Some(one.key),
                tokens: None,
            };
            usage.add(&row, String::new)?;
        }
        if usage.has_rejected() {
            drop(usage);
            return Err(NotDelivered::Faulty(faults));
        }
        Ok(usage.finish("cloudevents")?.counts)
    }
}

/// What is read of a delivery: events by their number, and faults.
#[derive(Default)]
struct Found {
    events: Vec<Kept>,
    faults: BadEvents,
    count: u64,
}

impl Sink for Found {
    fn event(&mut self, event: &Event<'_>) {
        self.count += 1;
        self.events.push(Kept::from(event));
    }

    fn rejected(&mut self, one: cloudevents::Rejected) {
        self.count += 1;
        self.faults.add(self.count, || format!("{}; {}", one.reason, one.reason.remedy()));
    }
}
