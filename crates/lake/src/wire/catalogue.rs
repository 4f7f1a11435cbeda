//! What programs ask of PostgreSQL before they ask anything else: its catalogue, and functions that describe it.
//!
//! To add a function that some program asks for: its row in [`functions`].

use super::Endpoint;
use crate::fault::LakeError;
use crate::queries;
use crate::session::CATALOG;
use datafusion::arrow::array::{ArrayRef, AsArray, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::Dialect;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, create_udf,
};
use datafusion::prelude::SessionContext;
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::ast::{Expr, Statement, Value as Constant, visit_expressions_mut};
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::setup_pg_catalog;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What programs take for the release of PostgreSQL whose dialect is spoken.
pub(super) const SPOKEN: &str = "16.6";
/// The same as a number.
const SPOKEN_NUMBER: &str = "160006";

/// A session without tables yet, with the catalogue that PostgreSQL's programs read.
pub(super) fn session(
    endpoint: &Endpoint,
    name: &str,
) -> std::result::Result<SessionContext, LakeError> {
    let mut config =
        queries::config(endpoint.threads).with_default_catalog_and_schema(CATALOG, "public");
    config.options_mut().sql_parser.dialect = Dialect::PostgreSQL;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(Arc::clone(&endpoint.runtime))
        .with_default_features()
        .build();
    let session = SessionContext::new_with_state(state);
    setup_pg_catalog(&session, CATALOG, EmptyContextProvider).map_err(|why| *why)?;
    functions(name).into_iter().for_each(|function| session.register_udf(function));
    Ok(session)
}

/// Functions that the library's catalogue lacks, or answers as somebody else.
fn functions(name: &str) -> Vec<ScalarUDF> {
    let version = format!("PostgreSQL {SPOKEN} (Faregate {})", env!("CARGO_PKG_VERSION"));
    let text = |said: &str| ScalarValue::from(said);
    let (unknown, yes) = (ScalarValue::Utf8(None), ScalarValue::from(true));
    let (id, words) = (DataType::Int32, DataType::Utf8);
    vec![
        constant("version", vec![], text(&version)),
        constant("session_user", vec![], text(name)),
        constant("current_user", vec![], text(name)),
        // Nobody has types of their own, comments, sequences, indexes.
        constant("to_regtype", vec![words.clone()], ScalarValue::Int32(None)),
        constant("obj_description", vec![id.clone(), words.clone()], unknown.clone()),
        constant("col_description", vec![id.clone(), id.clone()], unknown.clone()),
        constant("pg_get_serial_sequence", vec![words.clone(), words], unknown.clone()),
        constant("pg_get_viewdef", vec![id.clone()], unknown.clone()),
        constant("pg_get_indexdef", vec![id.clone(), id.clone(), DataType::Boolean], unknown),
        constant("pg_type_is_visible", vec![id.clone()], yes.clone()),
        constant("pg_function_is_visible", vec![id.clone()], yes.clone()),
        constant("pg_collation_is_visible", vec![id], yes),
        current_setting(),
        ScalarUDF::from(JsonBuildObject(Signature::variadic_any(Volatility::Stable))),
    ]
}

/// A function that says the same whatever it is asked.
fn constant(name: &str, takes: Vec<DataType>, said: ScalarValue) -> ScalarUDF {
    let kind = said.data_type();
    let say = Arc::new(move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(said.clone())));
    create_udf(name, takes, kind, Volatility::Stable, say)
}

/// The settings that some program cannot do without; null for all others.
fn current_setting() -> ScalarUDF {
    let setting = |name: &str| match name.to_lowercase().as_str() {
        "server_version" => Some(SPOKEN),
        "server_version_num" => Some(SPOKEN_NUMBER),
        "search_path" => Some("public"),
        "timezone" => Some("UTC"),
        "standard_conforming_strings" | "transaction_read_only" => Some("on"),
        _ => None,
    };
    let say = Arc::new(move |asked: &[ColumnarValue]| {
        let asked = ColumnarValue::values_to_arrays(asked)?;
        let names = asked[0].as_string::<i32>().iter();
        let said: StringArray = names.map(|name| name.and_then(setting)).collect();
        Ok(ColumnarValue::Array(Arc::new(said) as ArrayRef))
    });
    create_udf("current_setting", vec![DataType::Utf8], DataType::Utf8, Volatility::Stable, say)
}

/// Without what is asked about defaults, sequences and orders of columns: there are none, and the subqueries
/// are of a kind that cannot be planned.
pub(super) fn simplified(mut statement: Statement) -> Statement {
    let _ = visit_expressions_mut(&mut statement, |expression| {
        if let Expr::Case { conditions, .. } = expression
            && conditions.iter().any(|case| is_of_what_nobody_has(&case.result))
        {
            *expression = Expr::Value(Constant::Null.into());
        }
        ControlFlow::<()>::Continue(())
    });
    statement
}

fn is_of_what_nobody_has(result: &Expr) -> bool {
    let Expr::Subquery(query) = result else { return false };
    let text = query.to_string();
    let tables = ["pg_attrdef", "pg_sequence", "pg_collation"];
    tables.iter().any(|table| text.contains(&format!("FROM pg_catalog.{table}")))
}

/// Asked for by SQLAlchemy about columns that number themselves or have an order of their own: there are none.
#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonBuildObject(Signature);

impl ScalarUDFImpl for JsonBuildObject {
    fn name(&self) -> &'static str {
        "json_build_object"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(None)))
    }
}
