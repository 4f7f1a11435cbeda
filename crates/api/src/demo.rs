//! The port for made-up data: this crate knows no generator, the binary brings one.

use faregate_app::engine::Engine;
use faregate_app::first_run::NotFilled;
use faregate_core::tariff::TariffParts;
use faregate_core::when::Instant;

/// Fills an empty ledger, in somebody's name.
pub type Fill = Box<dyn FnOnce(&mut Engine, &str) -> Result<(), NotFilled> + Send>;

/// Makes up estates.
pub trait Generator: Send + Sync {
    /// Makes one up, with a history up to now, on a tariff: some dozens of people, or some hundreds.
    fn make_up(&self, small: bool, now: Instant, tariff: TariffParts) -> Fill;
}
