//! What both of the vendor's APIs are: a desk where exports and queries are ordered, and fetched later.

use super::PullError;
use super::errands::{Errand, Progress, Taken};
use super::wire::Wire;
use crate::secret::Secret;
use faregate_core::when::{Date, Instant};
use serde_json::Value;

/// How far the vendor is with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It works on it.
    Waiting,
    /// It can be fetched.
    Ready,
    /// It could not do it, and says why.
    Failed(String),
    /// It has thrown it away.
    Gone,
}

impl Phase {
    /// Reads a status, in the words of either API, of exports or queries, old or new.
    pub(super) fn read(status: &str, words: &str) -> Result<Self, PullError> {
        Ok(match status.to_ascii_uppercase().as_str() {
            "QUEUED" | "REQUESTED" | "SUBMITTED" | "PROCESSING" | "RUNNING" => Self::Waiting,
            "DONE" | "DOWNLOAD" | "COMPLETED" => Self::Ready,
            status @ ("FAILED" | "ERROR" | "TIMEOUT") => Self::Failed(match words {
                "" => format!("it says {status} and no more"),
                words => format!("it says {status}: {words}"),
            }),
            "EXPIRED" => Self::Gone,
            _ => {
                let status = crate::courier::clean(status);
                return Err(PullError::not_understood(format!("the status `{status}`")));
            }
        })
    }
}

/// An order, looked at.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) phase: Phase,
    /// Where its files are, once it is ready. Whoever has such an address can download.
    pub(super) links: Vec<Secret>,
}

/// A page of a query's result.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) phase: Phase,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
    /// Rows of all pages together.
    pub(super) total: u64,
    /// The number of the first row, from 0, as the vendor says.
    pub(super) offset: u64,
}

impl Look {
    /// The vendor has thrown it away.
    pub(super) fn gone() -> Self {
        Self { phase: Phase::Gone, links: Vec::new() }
    }
}

impl Page {
    /// What there is of a result that cannot be read.
    pub(super) fn none(phase: Phase, offset: u64) -> Self {
        Self { phase, columns: Vec::new(), rows: Vec::new(), total: 0, offset }
    }
}

/// An answer about an order; nothing where the vendor does not know it: then it has thrown it away.
pub(super) fn known(answer: Result<Value, PullError>) -> Result<Option<Value>, PullError> {
    match answer {
        Err(PullError::Refused { status: 404 | 410, .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// One of the vendor's APIs.
pub(super) trait Desk {
    /// What there is to fetch, apart from what was taken before.
    fn plan(&mut self, wire: &mut Wire, taken: &Taken, today: Date) -> Result<Progress, PullError>;

    /// Orders it; the vendor's key for the order.
    fn ask(&mut self, wire: &mut Wire, errand: &Errand, name: &str) -> Result<String, PullError>;

    /// Looks for an order that may have been made under this name.
    fn seek(
        &mut self,
        wire: &mut Wire,
        errand: &Errand,
        name: &str,
        since: Instant,
    ) -> Result<Option<String>, PullError>;

    /// Looks at orders, in their order.
    fn look(&mut self, wire: &mut Wire, tickets: &[&str]) -> Result<Vec<Look>, PullError>;

    /// Has an order worked on again that failed; whether it is.
    fn retry(&mut self, wire: &mut Wire, ticket: &str) -> Result<bool, PullError>;

    /// Looks at an order for addresses that are good for a while yet.
    fn refresh(&mut self, wire: &mut Wire, ticket: &str) -> Result<Look, PullError>;

    /// Reads the page of a query that begins at a row.
    fn page(&mut self, wire: &mut Wire, ticket: &str, offset: u64) -> Result<Page, PullError>;

    /// Deletes an order, where that is wanted; one that is gone already is no error.
    fn dismiss(&mut self, wire: &mut Wire, ticket: &str) -> Result<(), PullError>;

    /// What its orders are of: what was begun or taken of something else is of no use to it.
    fn identity(&self) -> String;

    /// Whether results come in pages rather than as files.
    fn is_paged(&self) -> bool;

    /// Whether orders are deleted once their files are here.
    fn dismisses(&self) -> bool;

    /// How the names of its files end.
    fn extension(&self) -> &'static str;
}

/// A text of an answer.
pub(super) fn text<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}

/// A text that an answer must have.
pub(super) fn needed<'a>(json: &'a Value, name: &str) -> Result<&'a str, PullError> {
    let found = text(json, name).filter(|text| !text.is_empty());
    found.ok_or_else(|| PullError::not_understood(format!("there is no `{name}`")))
}

/// The columns and rows of a page; every row has as many cells as there are columns.
pub(super) fn rows(json: &Value) -> Result<(Vec<String>, Vec<Vec<Value>>), PullError> {
    let list = |name| json.get(name).and_then(Value::as_array);
    let (Some(columns), Some(rows)) = (list("columns"), list("rows")) else {
        return Err(PullError::not_understood("a page without `columns` and `rows`"));
    };
    let columns: Vec<String> =
        columns.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let rows: Vec<Vec<Value>> = rows.iter().filter_map(|row| row.as_array().cloned()).collect();
    if columns.is_empty() || rows.iter().any(|row| row.len() != columns.len()) {
        return Err(PullError::not_understood("a page whose rows are unlike its columns"));
    }
    Ok((columns, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_status_of_both_apis_is_known_and_no_other() {
        let check = |words: &[&str], expected: &dyn Fn(&Phase) -> bool| {
            for word in words {
                assert!(expected(&Phase::read(word, "too much").unwrap()), "{word}");
            }
        };
        let waiting = ["QUEUED", "PROCESSING", "Requested", "SUBMITTED", "RUNNING"];
        check(&waiting, &|phase| *phase == Phase::Waiting);
        check(&["DONE", "Download", "COMPLETED"], &|phase| *phase == Phase::Ready);
        check(&["EXPIRED"], &|phase| *phase == Phase::Gone);
        check(&["FAILED", "Error", "TIMEOUT"], &|phase| matches!(phase, Phase::Failed(_)));
        let failed = Phase::Failed("it says TIMEOUT and no more".to_owned());
        assert_eq!(Phase::read("timeout", "").unwrap(), failed);
        let error = Phase::read("Paused\u{1b}", "").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the vendor's answer is not understood: the status `Paused `"
        );
    }

    #[test]
    fn a_page_whose_rows_are_unlike_its_columns_is_refused() {
        let page = json!({"columns": ["a", "b"], "rows": [["x", 1.5], [null, 2]]});
        let (columns, found) = rows(&page).unwrap();
        assert_eq!((columns.len(), found.len()), (2, 2));
        for page in [
            json!({"rows": []}),
            json!({"columns": ["a"]}),
            json!({"columns": [], "rows": []}),
            json!({"columns": ["a", "b"], "rows": [["x"]]}),
        ] {
            assert!(rows(&page).is_err(), "{page}");
        }
    }
}
