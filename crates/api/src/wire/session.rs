//! Sessions on the wire, and the cursor of their pages.

use crate::problem::Problem;
use faregate_app::views;
use serde::Serialize;
use utoipa::ToSchema;

/// A session that goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Key of the person.
    pub person: String,
    /// Name of the person.
    pub person_name: String,
    /// Key of the product.
    pub product: String,
    /// Name of the product.
    pub product_name: String,
    /// Name of the workstation.
    pub host: String,
    /// Since when.
    pub opened_at: String,
    /// Last heard of.
    pub last_seen: String,
    /// `seat`, `tokens`, or `log` when only a licence server's log tells of it.
    pub route: &'static str,
    /// Key of the bucket that pays.
    pub bucket: Option<String>,
    /// Its name.
    pub bucket_name: Option<String>,
    /// What the running unit cost.
    pub tokens: f64,
    /// Whether a log shows it without an end, and not of the last day: nobody knows whether it goes on.
    pub unclosed: bool,
}

/// Where a page ends: what its last session is sorted by.
pub(crate) struct Place {
    opened: i64,
    id: String,
}

impl Place {
    pub(crate) fn of(session: &views::OpenSession) -> Self {
        Self { opened: session.opened.0, id: session.id.clone() }
    }

    pub(crate) fn write(&self) -> String {
        format!("{}.{}", self.opened, self.id)
    }

    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let parts = text.split_once('.').filter(|(_, id)| !id.is_empty());
        let place = parts.and_then(|(opened, id)| Some((opened.parse().ok()?, id.to_owned())));
        place.map(|(opened, id)| Self { opened, id }).ok_or_else(|| Problem::bad_cursor(text))
    }

    pub(crate) fn precedes(&self, session: &views::OpenSession) -> bool {
        (session.opened.0, &session.id) < (self.opened, &self.id)
    }
}

impl From<&views::OpenSession> for Session {
    fn from(open: &views::OpenSession) -> Self {
        let open = open.clone();
        let (bucket, bucket_name) = open.bucket.unzip();
        Self {
            id: open.id,
            person: open.person,
            person_name: open.person_name,
            product: open.product,
            product_name: open.product_name,
            host: open.host,
            opened_at: open.opened.to_string(),
            last_seen: open.last_seen.to_string(),
            route: open.route,
            bucket,
            bucket_name,
            tokens: open.tokens.tokens(),
            unclosed: open.unclosed,
        }
    }
}
