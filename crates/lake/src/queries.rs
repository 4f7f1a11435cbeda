//! Questions asked of the lake: SQL over DataFusion, and table functions where plain SQL is slow.
//!
//! A [`History`] says where the sessions lie; [`register`] puts the functions of [`FUNCTIONS`] over it
//! into a session. They read the sessions a month at a time and hand them to the
//! [`kernels`](crate::kernels); their memory is that of two months, whatever the lake holds.
//! What they found of a month is [`Kept`] for the next time, while the month's files are the same; a question holds
//! what was kept of its months until it is answered, even if that has made room for others meanwhile.
//! [`named::Named`] has the questions that are asked by name.
//!
//! To add a function: a file in `queries/` that implements `Fold`, and its row in `register`.

mod ask;
mod daily;
mod dims;
mod function;
mod kept;
mod months;
pub mod named;
mod peaks;
mod rows;
mod steps;
mod totals;
#[cfg(feature = "trials")]
pub mod trials;
mod windows;

pub use dims::Dim;
pub use function::FUNCTIONS;
pub use kept::Kept;
pub(crate) use kept::Mark;
pub use months::{History, Look};

use datafusion::prelude::{SessionConfig, SessionContext};
use std::sync::Arc;

/// Rows that operators hand on at once: enough to make a run of one person's sessions worth while,
/// few enough to stay in the processor's cache.
const BATCH_ROWS: usize = 16_384;

/// How questions are carried out on so many cores.
#[must_use]
pub fn config(cores: usize) -> SessionConfig {
    SessionConfig::new()
        .with_target_partitions(cores.max(1))
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(true)
}

/// Puts every function over what `look` shows into a session, in the place of those of an earlier one.
pub fn register(context: &SessionContext, look: &Arc<dyn Look>) {
    function::register(context, look);
}
