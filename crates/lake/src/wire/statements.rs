//! Statements of a guest: what reads is answered, what programs say about themselves is taken note of, all else
//! is refused.
//!
//! To answer one more kind of statement: [`aside`], which knows those that are no questions.

use super::bounds::{self, Note, told};
use super::catalogue::simplified;
use super::connection::{Connection, Guest};
use super::parameters;
use crate::sql::{self, SqlError};
use async_trait::async_trait;
use datafusion::common::DFSchema;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::sql::sqlparser::ast::{Declare, DeclareType, Expr, Set, Statement};
use datafusion_postgres::QueryHook;
use datafusion_postgres::arrow_pg::datatypes::arrow_schema_to_pg_fields;
use datafusion_postgres::arrow_pg::datatypes::df::encode_dataframe;
use datafusion_postgres::datafusion_pg_catalog::sql::PostgresCompatibilityParser;
use datafusion_postgres::hooks::HookClient;
use datafusion_postgres::hooks::cursor::CursorStatementHook;
use datafusion_postgres::hooks::set_show::SetShowHook;
use datafusion_postgres::hooks::transactions::TransactionStatementHook;
use datafusion_postgres::pgwire::api::portal::{Format, Portal};
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::api::results::{FieldInfo, QueryResponse, Response, Tag};
use datafusion_postgres::pgwire::api::stmt::{QueryParser, StoredStatement};
use datafusion_postgres::pgwire::api::store::PortalStore;
use datafusion_postgres::pgwire::api::{ClientInfo, ClientPortalStore, Type};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::PgWireBackendMessage;
use datafusion_postgres::pgwire::types::format::FormatOptions;
use futures::{Sink, stream};
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Rewrites what PostgreSQL's programs ask of its catalogue into what can be planned.
static PARSER: LazyLock<PostgresCompatibilityParser> =
    LazyLock::new(PostgresCompatibilityParser::new);

/// What programs set about how answers are written; each is heard where it means something.
const HEARD: [&str; 7] = [
    "datestyle",
    "bytea_output",
    "intervalstyle",
    "application_name",
    "extra_float_digits",
    "search_path",
    "statement_timeout",
];

/// A statement as it was given, and as it was understood: its tree, and its plan with parameters.
type Prepared = (String, Option<(Statement, LogicalPlan)>);

/// The statements of one connection.
pub(super) struct Statements {
    connection: Arc<Connection>,
    parser: Arc<Preparing>,
}

/// Understands statements for a connection.
pub(super) struct Preparing(Arc<Connection>);

impl Statements {
    pub(super) fn of(connection: &Arc<Connection>) -> Self {
        let parser = Arc::new(Preparing(Arc::clone(connection)));
        Self { connection: Arc::clone(connection), parser }
    }

    /// Carries a plan out, within the bounds of its connection.
    async fn answer(
        &self,
        guest: &Guest,
        client: &dyn HookClient,
        (sql, plan): (&str, PgWireResult<LogicalPlan>),
        format: &Format,
    ) -> PgWireResult<QueryResponse> {
        let endpoint = Arc::clone(&self.connection.endpoint);
        let mut note = Note::of(Arc::clone(&endpoint), &guest.who, sql);
        let time = patience(client, endpoint.limits.statement_time);
        let mut end = bounds::end(endpoint, guest.credential.hash, guest.cancelled.clone(), time);
        let begun = async {
            let frame = DataFrame::new(guest.session.state(), plan?);
            let options = Arc::new(FormatOptions::from_client_metadata(client.metadata()));
            encode_dataframe(frame, format, Some(options)).await
        };
        let begun = tokio::select! {
            biased;
            why = &mut end => Err(why),
            begun = begun => begun,
        };
        let (text, session) = (sql.to_owned(), guest.session.clone());
        let explain = move |why| explained(why, &text, &session);
        let mut begun = begun.map_err(&explain).inspect_err(|why| note.ended(why))?;
        let rows = std::mem::replace(begun.data_rows(), Box::pin(stream::empty()));
        let rows = bounds::until(rows, end, explain, note);
        Ok(QueryResponse::new(begun.row_schema(), rows))
    }

    /// Keeps the answer to a question for `FETCH`.
    async fn declare(
        &self,
        guest: &Guest,
        client: &mut dyn HookClient,
        declared: &Declare,
    ) -> PgWireResult<Response> {
        let (Some(name), Some(query), Some(DeclareType::Cursor)) =
            (declared.names.first(), &declared.for_query, &declared.declare_type)
        else {
            return Err(told(SqlError::refused()));
        };
        let (statement, text) = (Statement::Query(query.clone()), query.to_string());
        let plan = sql::plan(&guest.session, statement, &text).await.map_err(told);
        let rows = self.answer(guest, client, (&text, plan), &Format::UnifiedText).await?;
        let stored: StoredStatement<Prepared> =
            StoredStatement::new(name.value.clone(), (text, None), Vec::new());
        let portal = Portal::new_cursor(name.value.clone(), Arc::new(stored));
        portal.start(rows).await;
        client.portal_store().put_portal(Arc::new(portal));
        Ok(Response::Execution(Tag::new("DECLARE CURSOR")))
    }

    /// Answers what is no question to the lake; `None` for what may be one.
    async fn aside(
        &self,
        guest: &Guest,
        client: &mut dyn HookClient,
        statement: &Statement,
    ) -> Option<PgWireResult<Response>> {
        match statement {
            Statement::Set(set) => match heard(set) {
                Heard::Kept => {
                    SetShowHook.handle_simple_query(statement, &guest.session, client).await
                }
                Heard::Passed => Some(Ok(Response::Execution(Tag::new("SET")))),
                Heard::Refused => Some(Err(told(SqlError::refused()))),
                Heard::TooLong => Some(Err(told(SqlError::plain(
                    sql::Kind::Other,
                    format!("statement_timeout goes up to {TIMEOUT_MAX}"),
                )))),
            },
            Statement::ShowVariable { .. } => {
                SetShowHook.handle_simple_query(statement, &guest.session, client).await
            }
            Statement::Discard { .. } => Some(Ok(Response::Execution(Tag::new("DISCARD ALL")))),
            // Nothing is written, so there is nothing to go back to.
            Statement::Savepoint { .. } => Some(Ok(Response::Execution(Tag::new("SAVEPOINT")))),
            Statement::ReleaseSavepoint { .. } => {
                Some(Ok(Response::Execution(Tag::new("RELEASE"))))
            }
            Statement::Rollback { savepoint: Some(_), .. } => {
                Some(Ok(Response::TransactionStart(Tag::new("ROLLBACK"))))
            }
            Statement::Declare { stmts } => match stmts.as_slice() {
                [declared] => Some(self.declare(guest, client, declared).await),
                _ => Some(Err(told(SqlError::refused()))),
            },
            Statement::Fetch { .. } | Statement::Close { .. } => {
                CursorStatementHook.handle_simple_query(statement, &guest.session, client).await
            }
            other => {
                TransactionStatementHook.handle_simple_query(other, &guest.session, client).await
            }
        }
    }
}

/// What is done about a setting.
enum Heard {
    /// It changes how answers are written.
    Kept,
    /// It means nothing here, and does no harm.
    Passed,
    /// It would change how much a statement may take.
    Refused,
    /// More time than can be told.
    TooLong,
}

/// The most of any unit that `statement_timeout` may be, days included.
const TIMEOUT_MAX: u64 = 2_147_483_647;

fn heard(set: &Set) -> Heard {
    match set {
        Set::SingleAssignment { variable, values, .. } => {
            let name = variable.to_string().to_lowercase();
            let is_plain = matches!(values.as_slice(), [Expr::Value(_)]);
            let value = values.iter().map(ToString::to_string).collect::<String>();
            match HEARD.contains(&name.as_str()) {
                // The library multiplies whatever it is told.
                true if name == "statement_timeout" && !can_be_told(&value) => Heard::TooLong,
                true if is_plain => Heard::Kept,
                _ if name.contains("datafusion") => Heard::Refused,
                _ => Heard::Passed,
            }
        }
        Set::SetTimeZone { local: false, .. } => Heard::Kept,
        _ => Heard::Passed,
    }
}

/// Whether the digits of a time are of a number that has room for its unit.
fn can_be_told(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    digits.is_empty() || digits.parse::<u64>().is_ok_and(|number| number <= TIMEOUT_MAX)
}

/// How long a statement may take: what its client says, and never more than the server allows.
fn patience(client: &dyn HookClient, most: Duration) -> Duration {
    // Where the library keeps what `SET statement_timeout` said.
    let said = client.metadata().get("statement_timeout_ms").and_then(|text| text.parse().ok());
    said.map_or(most, |millis| most.min(Duration::from_millis(millis)))
}

fn parsed(sql: &str) -> PgWireResult<Vec<Statement>> {
    let parsed = PARSER.parse(sql).map_err(|why| told(SqlError::syntax(&why, sql)))?;
    Ok(parsed.into_iter().map(simplified).collect())
}

/// What the engine says, put for whoever wrote the statement.
fn explained(
    why: PgWireError,
    sql: &str,
    session: &datafusion::prelude::SessionContext,
) -> PgWireError {
    match why {
        PgWireError::ApiError(inner) => match inner.downcast::<DataFusionError>() {
            Ok(known) => told(SqlError::of(&known, sql, session)),
            Err(other) => told(SqlError::plain(sql::Kind::Other, other.to_string())),
        },
        other => other,
    }
}

#[async_trait]
impl SimpleQueryHandler for Statements {
    async fn do_query<C>(&self, client: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let guest = self.connection.fresh().await?;
        let mut responses = Vec::new();
        for statement in parsed(query)? {
            if let Some(done) = self.aside(guest, client, &statement).await {
                responses.push(done?);
                continue;
            }
            let plan = sql::plan(&guest.session, statement, query).await.map_err(told);
            let rows = self.answer(guest, client, (query, plan), &Format::UnifiedText).await?;
            responses.push(Response::Query(rows));
        }
        if responses.is_empty() {
            responses.push(Response::EmptyQuery);
        }
        Ok(responses)
    }
}

#[async_trait]
impl ExtendedQueryHandler for Statements {
    type Statement = Prepared;
    type QueryParser = Preparing;

    fn query_parser(&self) -> Arc<Self::QueryParser> {
        Arc::clone(&self.parser)
    }

    async fn do_query<C>(
        &self,
        client: &mut C,
        portal: &Portal<Self::Statement>,
        _max_rows: usize,
    ) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Self::Statement>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let guest = self.connection.fresh().await?;
        let (sql, Some((statement, plan))) = &portal.statement.statement else {
            return Ok(Response::EmptyQuery);
        };
        if let Some(done) = self.aside(guest, client, statement).await {
            return done;
        }
        let values = parameters::values(portal, plan)?;
        let plan = plan.clone().replace_params_with_values(&values);
        let plan = plan.map_err(|why| told(SqlError::of(&why, sql, &guest.session)));
        let format = &portal.result_column_format;
        self.answer(guest, client, (sql, plan), format).await.map(Response::Query)
    }
}

#[async_trait]
impl QueryParser for Preparing {
    type Statement = Prepared;

    async fn parse_sql<C>(
        &self,
        client: &C,
        sql: &str,
        _types: &[Option<Type>],
    ) -> PgWireResult<Option<Self::Statement>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        let guest = self.0.fresh().await?;
        let mut statements = parsed(sql)?;
        if statements.len() > 1 {
            let why = "a prepared statement is one, and here are several";
            return Err(told(SqlError::plain(sql::Kind::Syntax, why)));
        }
        let Some(statement) = statements.pop() else { return Ok(None) };
        if matches!(statement, Statement::Savepoint { .. } | Statement::ReleaseSavepoint { .. }) {
            let schema = Arc::new(DFSchema::empty());
            let plan = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
            return Ok(Some((sql.to_owned(), Some((statement, plan)))));
        }
        let hooks: [&dyn QueryHook; 3] =
            [&CursorStatementHook, &SetShowHook, &TransactionStatementHook];
        for hook in hooks {
            let aside = hook.handle_extended_parse_query(&statement, &guest.session, client).await;
            if let Some(plan) = aside {
                return Ok(Some((sql.to_owned(), Some((statement, plan?)))));
            }
        }
        let plan = sql::plan(&guest.session, statement.clone(), sql).await.map_err(told)?;
        Ok(Some((sql.to_owned(), Some((statement, plan)))))
    }

    fn get_parameter_types(&self, prepared: &Self::Statement) -> PgWireResult<Vec<Type>> {
        let (_, understood) = prepared;
        understood.as_ref().map_or(Ok(Vec::new()), |(_, plan)| parameters::types(plan))
    }

    fn get_result_schema(
        &self,
        prepared: &Self::Statement,
        format: Option<&Format>,
    ) -> PgWireResult<Vec<FieldInfo>> {
        let (_, Some((_, plan))) = prepared else { return Ok(Vec::new()) };
        let format = format.unwrap_or(&Format::UnifiedText);
        arrow_schema_to_pg_fields(plan.schema().as_arrow(), format, None)
    }
}
