//! A password on its way in: never out again, and in no log.

use serde::Deserialize;
use std::fmt;
use utoipa::ToSchema;

/// A password.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(value_type = String, format = Password)]
pub struct Password(pub(crate) String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
