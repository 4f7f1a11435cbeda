//! The schema: what policies can speak of. The text is `policies/schema.cedarschema`.

use cedar_policy::Schema;
use std::sync::LazyLock;

/// The schema's text, in Cedar's human syntax.
pub const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");

static PARSED: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let parsed = Schema::from_cedarschema_str(SCHEMA);
    parsed.map(|(schema, _)| schema).map_err(|error| error.to_string())
});

/// The schema, or why it cannot be read; a test makes sure that it can.
pub(crate) fn schema() -> Result<&'static Schema, String> {
    PARSED.as_ref().map_err(Clone::clone)
}
