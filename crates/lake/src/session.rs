//! SQL over the lake: its tables, and the views that join their names.

use crate::fault::LakeError;
use crate::lake::Lake;
use crate::tables::Table;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use std::path::PathBuf;
use std::sync::Arc;

/// Each use with the names of who, what, where and whose budget.
const USAGE: &str = "CREATE VIEW usage AS
    SELECT s.month, s.day, s.opened, s.closed,
           CAST(s.closed AS BIGINT) / 1000000 - CAST(s.opened AS BIGINT) / 1000000 AS seconds,
           s.person_id, p.key AS person, p.name AS person_name, p.department, p.cost_centre,
           s.product_id, r.key AS product, r.name AS product_name,
           s.bucket_id, b.path AS bucket, s.site_id, i.key AS site, i.region,
           u.text AS user_name, h.text AS host, f.text AS feature, s.fare, s.source, s.batch, s.seq
    FROM sessions s
    LEFT JOIN people p ON p.id = s.person_id
    LEFT JOIN products r ON r.id = s.product_id
    LEFT JOIN buckets b ON b.id = s.bucket_id
    LEFT JOIN sites i ON i.id = s.site_id
    LEFT JOIN names u ON u.id = s.user_id
    LEFT JOIN names h ON h.id = s.host_id
    LEFT JOIN names f ON f.id = s.feature_id";

/// Each charge, and each that was taken back, with names. Tokens are exact to a trillionth, ticks altogether.
const BURN: &str = "CREATE VIEW burn AS
    SELECT c.month, c.day, c.at, c.until, c.ticks, CAST(c.ticks AS DECIMAL(28, 8)) / 3600000000 AS tokens,
           c.person_id, p.key AS person, p.name AS person_name, p.department, p.cost_centre,
           c.product_id, r.key AS product, r.name AS product_name,
           c.bucket_id, b.path AS bucket, c.meter, c.source, c.paid, c.reversal, c.seq
    FROM charges c
    LEFT JOIN people p ON p.id = c.person_id
    LEFT JOIN products r ON r.id = c.product_id
    LEFT JOIN buckets b ON b.id = c.bucket_id";

/// What databases are called elsewhere; the schema is that which programs look into first.
pub(crate) const CATALOG: &str = "faregate";

/// What a session may use of the machine.
#[derive(Clone, Debug)]
pub struct Means {
    /// Bytes of memory for sorting and joining; what needs more goes to the disk.
    pub memory: usize,
    /// Where on the disk.
    pub spill: PathBuf,
    /// How many threads.
    pub threads: usize,
}

impl Means {
    /// The machinery of a session.
    ///
    /// # Errors
    /// [`LakeError::Query`] when the directory cannot be used.
    pub fn runtime(&self) -> Result<Arc<RuntimeEnv>, LakeError> {
        let builder = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(self.memory)))
            .with_temp_file_path(&self.spill);
        Ok(builder.build_arc()?)
    }

    fn context(&self) -> Result<SessionContext, LakeError> {
        let config = SessionConfig::new()
            .with_target_partitions(self.threads)
            .with_information_schema(true)
            .with_default_catalog_and_schema(CATALOG, "public");
        Ok(SessionContext::new_with_config_rt(config, self.runtime()?))
    }
}

impl Lake {
    /// A session with all tables and views, as of the last look at their logs.
    ///
    /// # Errors
    /// [`LakeError`] when a table cannot be read.
    pub async fn session(&self, means: &Means) -> Result<SessionContext, LakeError> {
        let context = means.context()?;
        self.register(&context).await?;
        Ok(context)
    }

    /// Puts all tables and views into a session, in the place of those of an earlier look.
    ///
    /// # Errors
    /// [`LakeError`] when a table cannot be read.
    pub async fn register(&self, context: &SessionContext) -> Result<(), LakeError> {
        for table in Table::ALL {
            let provider = self.table(table)?.provider().await?;
            context.deregister_table(table.name())?;
            context.register_table(table.name(), provider)?;
        }
        views(context).await
    }
}

/// Puts the views into a session that has the tables.
pub(crate) async fn views(context: &SessionContext) -> Result<(), LakeError> {
    for (name, view) in [("usage", USAGE), ("burn", BURN)] {
        context.deregister_table(name)?;
        context.sql(view).await?;
    }
    Ok(())
}
