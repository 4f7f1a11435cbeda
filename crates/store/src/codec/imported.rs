//! Receipts of imports, as every release wrote them: the number, and what came with it, stand at the end and are
//! left out where there is none. A receipt is always the last thing in its entry, and is read only there.

use super::{Input, Malformed, Wire};
use faregate_core::event::Receipt;

impl Wire for Receipt {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { kind, files, counts, begun, ended, batch, by, overlap } = self;
        kind.put(out);
        files.put(out);
        counts.put(out);
        begun.put(out);
        ended.put(out);
        if *batch > 0 {
            batch.put(out);
            by.put(out);
            overlap.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let (kind, files) = (Wire::get(input)?, Wire::get(input)?);
        let (counts, begun, ended) = (Wire::get(input)?, Wire::get(input)?, Wire::get(input)?);
        let before = Self { kind, files, counts, begun, ended, ..Self::default() };
        if input.0.is_empty() {
            return Ok(before);
        }
        let (batch, by, overlap) = (Wire::get(input)?, Wire::get(input)?, Wire::get(input)?);
        // INVARIANT: nothing follows a receipt, else one without a number would take it for its own.
        if batch == 0 || !input.0.is_empty() {
            return Err(Malformed("no number of an import"));
        }
        Ok(Self { batch, by, overlap, ..before })
    }
}
