//! What is true of a generated estate, and only a generator can know.

use crate::habits::Persona;
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::when::{Date, Instant};
use std::collections::BTreeMap;

/// The labels of a generated estate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Every account's persona, by person id.
    pub personas: Vec<Persona>,
    /// Tokens to be charged on each date of the contract's zone; dates without charges are left out.
    pub tokens_by_day: BTreeMap<Date, Ticks>,
    /// Tokens to be charged for each person's use, by person id and date; dates without charges are left out.
    pub tokens_by_person: Vec<Vec<(Date, Ticks)>>,
    /// Tokens to be charged to each bucket, by bucket id.
    pub tokens_by_bucket: Vec<Ticks>,
    /// How many units are to be charged.
    pub charges: u64,
    /// What was planted.
    pub anomalies: Vec<Anomaly>,
    /// Sessions left open over night with nobody there: long, and no anomaly.
    pub left_open: Vec<(PersonId, Instant)>,
}

impl Truth {
    /// All tokens to be charged.
    #[must_use]
    pub fn tokens(&self) -> Ticks {
        self.tokens_by_day.values().copied().sum()
    }
}

/// Something a detector should find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// A class opened one product within nine minutes.
    TrainingBurst {
        /// The first open.
        at: Instant,
        /// What was taught.
        product: ProductId,
        /// Who took part.
        people: Vec<PersonId>,
    },
    /// The second account of somebody who holds a seat for the product burns tokens.
    DoubleDip {
        /// The account that is charged.
        account: PersonId,
        /// The same human's account with the seat.
        holder: PersonId,
        /// What is opened.
        product: ProductId,
    },
    /// One account at work on two hosts at the same time.
    SharedCredentials {
        /// Whose.
        person: PersonId,
        /// On how many days.
        days: u32,
    },
    /// An account that works around the clock.
    ServiceAccount {
        /// Which.
        person: PersonId,
    },
    /// Thirteen hours and more without a break.
    LongSession {
        /// Whose.
        person: PersonId,
        /// What.
        product: ProductId,
        /// When it was opened.
        opened: Instant,
        /// When it was closed.
        closed: Instant,
    },
    /// One account at two offices, faster than one flies.
    ImpossibleTravel {
        /// Whose.
        person: PersonId,
        /// On how many days.
        days: u32,
    },
    /// A day that burned far more than such days do.
    Spike {
        /// Which.
        date: Date,
    },
    /// Use went up or down for good.
    LevelShift {
        /// From when on.
        date: Date,
    },
}
