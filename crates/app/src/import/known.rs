//! Use of people and products that the estate has already, by their ids: what a generator makes up.

use super::{Recording, Reported};
use crate::engine::{Engine, Failure};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Counts, Source};
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use std::collections::BTreeMap;

/// One use that has ended.
#[derive(Clone, Copy, Debug)]
pub struct KnownUse<'a> {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// On which workstation.
    pub host: &'a str,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Instant,
}

/// Books made-up use as one batch, the way an import would.
///
/// # Errors
/// [`Failure`]; then nothing of the batch is kept.
pub fn record_generated<'a>(
    engine: &mut Engine,
    uses: impl Iterator<Item = KnownUse<'a>>,
) -> Result<Counts, Failure> {
    let shared = engine.state();
    // Every estate recognises people and products by their keys.
    let (people, products): (Vec<String>, Vec<String>) = {
        let state = shared.read();
        let people = state.estate().people().iter().map(|person| person.key.clone()).collect();
        (people, state.estate().products().iter().map(|product| product.key.clone()).collect())
    };
    let key = |keys: &[String], place: usize| keys.get(place).cloned().unwrap_or_default();
    let features = FeatureTable::shipped();
    let mut recording = Recording::begin(engine, &features)?;
    let mut ordinals: BTreeMap<(u32, u32, u32, Instant), u32> = BTreeMap::new();
    let mut span: Option<(Instant, Instant)> = None;
    for KnownUse { person, product, host, opened, closed } in uses {
        let user = recording.intern(&key(&people, person.index()));
        let feature = recording.intern(&key(&products, product.index()));
        let host = recording.intern(host);
        let ordinal = ordinals.entry((user, host, feature, opened)).or_default();
        let reported =
            Reported { user, host, feature, ordinal: *ordinal, opened, closed: Some(closed) };
        recording.add(reported)?;
        *ordinal += 1;
        span = Some(span.map_or((opened, closed), |(a, b)| (a.min(opened), b.max(closed))));
    }
    recording.finish("generated", Vec::new(), Source::Generated, span)
}
