//! Channels that people are told on: what the binary, which runs them, tells of them.

use crate::Server;
use crate::problem::Problem;
use faregate_app::engine::Failure;
use faregate_app::outbox::{Delivery, Filter, Tally};
use faregate_app::ports::StoreError;
use std::sync::Arc;

/// A channel, without anything secret.
#[derive(Clone, Debug)]
pub struct KnownChannel {
    /// Its name.
    pub name: String,
    /// The operator's word for its kind.
    pub kind: &'static str,
    /// Where it leads.
    pub leads_to: String,
    /// Whether it is left in peace at this moment.
    pub is_quiet: bool,
    /// How its deliveries stand.
    pub tally: Tally,
}

/// Why a test did not arrive.
#[derive(Clone, Debug)]
pub struct Untold {
    /// What went wrong.
    pub why: String,
    /// What to do about it.
    pub help: String,
}

/// What runs the channels. Its calls may wait: for the disk, and a test for its receiver.
pub trait Channels: Send + Sync {
    /// All of them, in the order of their names.
    ///
    /// # Errors
    /// [`StoreError`].
    fn list(&self) -> Result<Vec<KnownChannel>, StoreError>;

    /// Sends a test on a channel, now; `None` when there is none of that name.
    fn test(&self, name: &str) -> Option<Result<(), Untold>>;

    /// Deliveries, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn deliveries(&self, filter: &Filter) -> Result<Vec<Delivery>, StoreError>;
}

/// What holds where nobody runs any.
pub(crate) struct NoChannels;

impl Channels for NoChannels {
    fn list(&self) -> Result<Vec<KnownChannel>, StoreError> {
        Ok(Vec::new())
    }

    fn test(&self, _: &str) -> Option<Result<(), Untold>> {
        None
    }

    fn deliveries(&self, _: &Filter) -> Result<Vec<Delivery>, StoreError> {
        Ok(Vec::new())
    }
}

impl Server {
    /// The same, with channels that somebody runs beside it.
    #[must_use]
    pub fn with_channels(self, channels: Arc<dyn Channels>) -> Self {
        Self { channels, ..self }
    }

    /// Asks what runs the channels, where waiting holds up nobody.
    pub(crate) async fn ask_channels<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Channels) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let channels = Arc::clone(&self.channels);
        let asked = tokio::task::spawn_blocking(move || ask(&*channels)).await;
        asked.map_err(|why| Failure::from(StoreError::Other(why.to_string())).into())
    }
}
