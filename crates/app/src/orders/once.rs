//! An order under a key is carried out once, however often it is sent: the key is booked in the same commit.

use super::{Done, Orderer};
use crate::engine::{Engine, Failure, RESERVED};
use xxhash_rust::xxh3::xxh3_128;

/// Names an order for ever, so that it is carried out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub(super) key: String,
    pub(super) digest: u128,
}

impl Once {
    /// An order of somebody, under their key. Another body under the same key is another order, and refused.
    #[must_use]
    pub fn new(orderer: &Orderer, key: &str, body: &[u8]) -> Self {
        // Everybody's keys are their own, and none is that of a request to open.
        let key = format!("{RESERVED}order by {}: {key}", orderer.namespace());
        Self { key, digest: xxh3_128(body) }
    }

    /// What became of the order when it was sent before. A refused one was not booked: it is looked at anew.
    pub(super) fn before(&self, engine: &mut Engine) -> Result<Option<Done>, Failure> {
        let Some(request) = engine.store.request(&self.key)? else { return Ok(None) };
        if request.digest != self.digest {
            return Err(Failure::KeyReused);
        }
        let said = vec!["this was carried out before, and not again".to_owned()];
        let (seq, warnings) = (request.seq + 1, Vec::new());
        Ok(Some(Done { seq, said, warnings, repeated: true, merge: None }))
    }
}
