//! Statements of other people: read-only, and told apart in words that they can act on.
//!
//! A statement is judged by its plan, not by its text: whatever would write, define or set something is refused
//! wherever in it it stands. To allow one more kind of statement: [`read_only`].

mod fault;
mod form;

pub use fault::{Kind, SqlError};
pub use form::{Form, write_parquet};

use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SQLOptions, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

/// Plans a single statement that reads.
///
/// # Errors
/// [`SqlError`] with the place in the statement, as far as that can be told.
pub async fn ask(session: &SessionContext, sql: &str) -> Result<DataFrame, SqlError> {
    let state = session.state();
    let dialect = state.config().options().sql_parser.dialect;
    let at = |error| SqlError::of(&error, sql, session);
    let statement = state.sql_to_statement(sql, &dialect).map_err(at)?;
    let plan = state.statement_to_plan(statement).await.map_err(at)?;
    read_only(&plan)?;
    Ok(DataFrame::new(state, plan))
}

/// Plans a statement that was parsed already, for whoever speaks another dialect.
///
/// # Errors
/// As for [`ask`]; `sql` is the text that it was parsed from.
pub(crate) async fn plan(
    session: &SessionContext,
    statement: ast::Statement,
    sql: &str,
) -> Result<LogicalPlan, SqlError> {
    let state = session.state();
    let planned = state.statement_to_plan(Statement::Statement(Box::new(statement))).await;
    let plan = planned.map_err(|error| SqlError::of(&error, sql, session))?;
    read_only(&plan)?;
    Ok(plan)
}

/// Refuses a plan that does anything but read.
///
/// # Errors
/// [`Kind::Refused`].
pub(crate) fn read_only(plan: &LogicalPlan) -> Result<(), SqlError> {
    let options =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    options.verify_plan(plan).map_err(|_| SqlError::refused())
}
