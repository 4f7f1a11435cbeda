//! Reports that are sent by the clock: what the binary, which keeps and sends them, does for the routes.

use crate::Server;
use crate::problem::Problem;
use faregate_app::engine::Failure;
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;
use faregate_library::schedule::Schedule;
use std::sync::Arc;

/// What keeps schedules. Its calls may wait for the disk.
pub trait Schedules: Send + Sync {
    /// All of them, in the order of their keys.
    ///
    /// # Errors
    /// [`StoreError`].
    fn all(&self) -> Result<Vec<Schedule>, StoreError>;

    /// Keeps one, instead of the one of its key.
    ///
    /// # Errors
    /// [`StoreError`]; the one before stays then.
    fn keep(&self, schedule: Schedule) -> Result<(), StoreError>;

    /// Forgets one; what of it waits to be sent is given up.
    ///
    /// # Errors
    /// [`StoreError`]; it stays then.
    fn forget(&self, key: &str) -> Result<(), StoreError>;

    /// The names of the channels by which files go.
    fn mail_channels(&self) -> Vec<String>;

    /// Sends the report of one now, beside its clock; the id of the delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    fn send(&self, schedule: &Schedule, now: Instant) -> Result<String, StoreError>;
}

/// What holds where nobody keeps any.
pub(crate) struct NoSchedules;

impl Schedules for NoSchedules {
    fn all(&self) -> Result<Vec<Schedule>, StoreError> {
        Ok(Vec::new())
    }

    fn keep(&self, _: Schedule) -> Result<(), StoreError> {
        Err(nobody())
    }

    fn forget(&self, _: &str) -> Result<(), StoreError> {
        Err(nobody())
    }

    fn mail_channels(&self) -> Vec<String> {
        Vec::new()
    }

    fn send(&self, _: &Schedule, _: Instant) -> Result<String, StoreError> {
        Err(nobody())
    }
}

fn nobody() -> StoreError {
    StoreError::Other("this server keeps no schedules".to_owned())
}

impl Server {
    /// The same, with schedules that somebody keeps beside it.
    #[must_use]
    pub fn with_schedules(self, schedules: Arc<dyn Schedules>) -> Self {
        Self { schedules, ..self }
    }

    /// Asks what keeps the schedules, where waiting holds up nobody.
    pub(crate) async fn ask_schedules<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Schedules) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let schedules = Arc::clone(&self.schedules);
        let asked = tokio::task::spawn_blocking(move || ask(&*schedules)).await;
        let asked = asked.unwrap_or_else(|why| Err(StoreError::Other(why.to_string())));
        asked.map_err(|why| Failure::from(why).into())
    }
}
