//! A plan as a file: JSON that is refused when it was edited.

use super::{Body, Plan};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// What the file calls itself.
const FORMAT: &str = "faregate-directory-plan/1";

/// Why a file is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is not a plan's JSON.
    #[error("the file is no plan: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It is in another format.
    #[error("the plan is in format `{0}`")]
    Format(String),
    /// It was edited, or damaged: its digest is not that of what it says.
    #[error("the plan calls itself `{says}` and is `{is}`")]
    Altered {
        /// The digest in the file.
        says: String,
        /// The digest of what it says.
        is: String,
    },
}

impl PlanFileError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        "plan again; a plan is not edited, change what is desired instead"
    }
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    id: &'a Digest,
    parent: &'a Digest,
    #[serde(flatten)]
    body: &'a Body,
}

#[derive(Deserialize)]
struct Read {
    format: String,
    id: Digest,
    parent: Digest,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// The digest of all that a plan says.
pub(super) fn identity(parent: &Digest, body: &Body) -> Digest {
    // Plain structures of strings and numbers have no way to fail.
    let text = serde_json::to_string(body).unwrap_or_default();
    Digest::of([FORMAT, parent.as_str(), &text])
}

impl Plan {
    /// The plan as JSON, to be kept, shown and carried out later.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written =
            Written { format: FORMAT, id: &self.id, parent: &self.parent, body: &self.body };
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// The plan of a file.
    ///
    /// # Errors
    /// [`PlanFileError`].
    pub fn from_json(text: &str) -> Result<Self, PlanFileError> {
        let read: Read = serde_json::from_str(text)?;
        if read.format != FORMAT {
            return Err(PlanFileError::Format(read.format));
        }
        let body: Body = serde_json::from_value(read.rest.into())?;
        let (parent, id) = (body.parent(), identity(&body.parent(), &body));
        if id != read.id || parent != read.parent {
            let (says, is) = (read.id.short().to_owned(), id.short().to_owned());
            return Err(PlanFileError::Altered { says, is });
        }
        Ok(Self { id, parent, body })
    }
}
