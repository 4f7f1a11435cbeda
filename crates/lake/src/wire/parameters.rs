//! The types of a prepared statement's parameters.
//!
//! A client may say none; then they follow from what the parameters are compared with.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ParamValues;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion_postgres::arrow_pg::datatypes::df::deserialize_parameters_with_server_types;
use datafusion_postgres::arrow_pg::datatypes::into_pg_type;
use datafusion_postgres::pgwire::api::Type;
use datafusion_postgres::pgwire::api::portal::Portal;
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use std::collections::HashMap;

/// The type of each parameter from `$1` on; none where nothing says it.
fn kinds(plan: &LogicalPlan) -> PgWireResult<Vec<Option<DataType>>> {
    let mut named = plan.get_parameter_types().map_err(unplanned)?;
    add_casts(plan, &mut named).map_err(unplanned)?;
    let mut kinds = Vec::new();
    for (name, kind) in named {
        // Names that are no numbers have no value to be given.
        let Some(place) = name.strip_prefix('$').and_then(|number| number.parse::<u16>().ok())
        else {
            continue;
        };
        let place = usize::from(place).saturating_sub(1);
        kinds.resize(kinds.len().max(place + 1), None);
        kinds[place] = kind;
    }
    Ok(kinds)
}

/// `$1::date` says what `$1` is.
fn add_casts(plan: &LogicalPlan, kinds: &mut HashMap<String, Option<DataType>>) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        for expression in node.expressions() {
            expression.apply(|part| {
                if let Expr::Cast(cast) = part
                    && let Expr::Placeholder(placeholder) = &*cast.expr
                    && let Some(kind) = kinds.get_mut(&placeholder.id)
                {
                    kind.get_or_insert_with(|| cast.field.data_type().clone());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

/// The types as they are told to the client.
pub(super) fn types(plan: &LogicalPlan) -> PgWireResult<Vec<Type>> {
    let told = |kind: Option<DataType>| kind.map_or(Ok(Type::UNKNOWN), |kind| into_pg_type(&kind));
    kinds(plan)?.into_iter().map(told).collect()
}

/// The values that a client has given.
pub(super) fn values<S: Clone>(
    portal: &Portal<S>,
    plan: &LogicalPlan,
) -> PgWireResult<ParamValues> {
    let (kinds, types) = (kinds(plan)?, types(plan)?);
    let kinds: Vec<Option<&DataType>> = kinds.iter().map(Option::as_ref).collect();
    let types: Vec<Option<&Type>> = types.iter().map(Some).collect();
    deserialize_parameters_with_server_types(portal, &kinds, &types)
}

fn unplanned(why: DataFusionError) -> PgWireError {
    PgWireError::ApiError(Box::new(why))
}
