//! The tables of the lake as somebody sees them, for as long as they look.

use super::barrier::Barrier;
use super::{Behind, Rights};
use crate::fault::LakeError;
use crate::lake::Lake;
use crate::queries::{self, History, Kept, Look, Mark};
use crate::session::views;
use crate::tables::Table;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::plan_datafusion_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    Expr, LogicalPlanBuilder, Operator, TableProviderFilterPushDown, TableType, col,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use faregate_core::when::{Date, Zone};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// All tables as of one look at the lake.
#[derive(Debug)]
pub struct Tables {
    behind: BTreeMap<Table, Arc<dyn TableProvider>>,
    /// The months in which there are sessions, by their first days, and of which files each is.
    months: BTreeMap<Date, Mark>,
    zone: Zone,
    kept: Option<Arc<Kept>>,
}

impl Tables {
    /// The tables as of a lake's last look at its logs.
    ///
    /// # Errors
    /// [`LakeError`] when a table cannot be read.
    pub async fn of(lake: &Lake, zone: Zone) -> Result<Self, LakeError> {
        let mut behind = BTreeMap::new();
        for table in Table::ALL {
            behind.insert(table, lake.table(table)?.provider().await?);
        }
        let History { months, zone, .. } = History::of(lake, zone).await?;
        Ok(Self { behind, months, zone, kept: None })
    }

    /// The same, keeping answers there of what those ask who may see everything.
    #[must_use]
    pub fn keeping(self, kept: Arc<Kept>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    fn get(&self, table: Table) -> Result<Arc<dyn TableProvider>> {
        let known = self.behind.get(&table).cloned();
        known.ok_or_else(|| plan_datafusion_err!("table '{table}' not found"))
    }
}

/// What somebody looks at: which tables, with which rights. Both can change while statements are prepared,
/// and count from then on.
#[derive(Debug)]
pub struct Outlook(RwLock<(Arc<Tables>, Arc<Rights>)>);

impl Outlook {
    /// Over tables, with rights.
    #[must_use]
    pub fn new(tables: Arc<Tables>, rights: Rights) -> Self {
        Self(RwLock::new((tables, Arc::new(rights))))
    }

    /// From now on, over these tables and with these rights.
    pub fn change(&self, tables: Arc<Tables>, rights: Rights) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (tables, Arc::new(rights));
    }

    /// Puts all tables, views and functions into a session, in the place of those of an earlier look.
    ///
    /// # Errors
    /// [`LakeError`] when a view cannot be planned.
    pub async fn register(self: &Arc<Self>, session: &SessionContext) -> Result<(), LakeError> {
        for table in Table::ALL {
            session.deregister_table(table.name())?;
            session.register_table(table.name(), self.window(table)?)?;
        }
        views(session).await?;
        let look: Arc<dyn Look> = Arc::<Self>::clone(self);
        queries::register(session, &look);
        Ok(())
    }

    fn window(self: &Arc<Self>, table: Table) -> Result<Arc<dyn TableProvider>> {
        let schema = self.now().0.get(table)?.schema();
        Ok(Arc::new(Window { table, schema, outlook: Arc::clone(self) }))
    }

    fn now(&self) -> (Arc<Tables>, Arc<Rights>) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Look for Outlook {
    /// One look at tables and rights alike: none of them changes while the question is being answered.
    fn history(&self) -> Result<History> {
        let (tables, rights) = self.now();
        let kept = tables.kept.clone().filter(|_| matches!(*rights, Rights::Everything));
        let (months, zone) = (tables.months.clone(), tables.zone.clone());
        let seen = Arc::new(Self(RwLock::new((tables, rights))));
        let (sessions, buckets) = (seen.window(Table::Sessions)?, seen.window(Table::Buckets)?);
        Ok(History { sessions, buckets, months, zone, kept })
    }
}

/// A table as it is seen when it is read, not when the statement was planned.
struct Window {
    table: Table,
    schema: SchemaRef,
    outlook: Arc<Outlook>,
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table.name())
    }
}

#[async_trait]
impl TableProvider for Window {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Rights may change between planning and reading, so every condition is also applied to what comes out.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let kind = |filter: &&Expr| match is_harmless(filter) {
            true => TableProviderFilterPushDown::Inexact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(kind).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (tables, rights) = self.outlook.now();
        let part = match &*rights {
            Rights::Everything => {
                return tables.get(self.table)?.scan(session, projection, filters, limit).await;
            }
            Rights::Part(part) => part,
        };
        let behind: Behind<'_> = &|table| tables.get(table);
        let mut rows = LogicalPlanBuilder::from(part.rows(self.table, behind)?);
        for filter in filters.iter().filter(|filter| is_harmless(filter)) {
            rows = rows.filter(filter.clone())?;
        }
        let schema = self.schema();
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let places = projection.unwrap_or(&all);
        let schema = Arc::new(schema.project(places)?);
        let rows = rows.project(schema.fields().iter().map(|field| col(field.name())))?.build()?;
        let rows = session.create_physical_plan(&rows).await?;
        Ok(Arc::new(Barrier::before(rows, schema)))
    }
}

const COMPARISONS: [Operator; 6] =
    [Operator::Eq, Operator::NotEq, Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq];

/// Whether a condition can be tried on rows that are not to be seen: one that cannot fail tells nothing of them.
fn is_harmless(filter: &Expr) -> bool {
    let is_plain = |expr: &Expr| matches!(expr, Expr::Column(_) | Expr::Literal(..));
    match filter {
        Expr::BinaryExpr(both) if matches!(both.op, Operator::And | Operator::Or) => {
            is_harmless(&both.left) && is_harmless(&both.right)
        }
        Expr::BinaryExpr(compared) => {
            COMPARISONS.contains(&compared.op)
                && is_plain(&compared.left)
                && is_plain(&compared.right)
        }
        Expr::InList(list) => is_plain(&list.expr) && list.list.iter().all(is_plain),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => is_plain(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::DataType;
    use datafusion::logical_expr::{cast, lit, not, try_cast};

    /// Whether a condition that fails is tried in rows of others depends on the engine's order; so none gets there.
    #[test]
    fn what_can_fail_is_not_pushed_down() {
        let (a, b) = (|| col("a"), || col("b"));
        let harmless = [
            a().eq(lit(1)),
            a().lt_eq(b()),
            lit(1).gt(a()).and(b().not_eq(lit(2)).or(a().is_null())),
            a().in_list(vec![lit(1), lit(2)], false),
            a().is_not_null(),
        ];
        for filter in harmless {
            assert!(is_harmless(&filter), "{filter}");
        }
        let failing = || (lit(1) / a()).lt(lit(5));
        let others = [
            failing(),
            cast(a(), DataType::Int32).eq(lit(1)),
            try_cast(a(), DataType::Int32).eq(lit(1)),
            a().eq(lit(1)).and(failing()),
            failing().or(a().eq(lit(1))),
            not(failing()),
            (a() + b()).is_null(),
            a().in_list(vec![lit(1), lit(1) / b()], false),
            (lit(1) / a()).in_list(vec![lit(1)], false),
            a().like(b()),
        ];
        for filter in others {
            assert!(!is_harmless(&filter), "{filter}");
        }
    }
}
