//! Whom the lake must not name.

use crate::fault::LakeError;
use crate::rows::{Cell, Rows};
use faregate_core::estate::{Estate, PersonId};
use sha2::{Digest, Sha256};

/// Whom the lake must not name.
#[derive(Clone, Debug, Default)]
pub struct Privacy {}

impl Privacy {
    pub(crate) fn push_name(&self, rows: &mut Rows, id: i32, text: &str) -> Result<(), LakeError> {
        rows.push(&[Cell::Int(id), Cell::Text(text)])
    }

    pub(crate) fn person(&self, _person: PersonId, _estate: &Estate) -> Option<String> {
        None
    }
}

/// Numbers below this are pseudonyms of names.
const PSEUDONYMS_BELOW: i32 = -(1 << 30);

/// Whether a number is that of a name that only our gate heard.
pub(crate) fn is_of_gate(id: i32) -> bool {
    (PSEUDONYMS_BELOW..0).contains(&id)
}

/// Names content, in 32 characters.
pub(crate) fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
