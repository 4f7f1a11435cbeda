//! All decisions that obey the filters, as a file.

use super::{CameTo, Which};
use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::export::{self, ROWS_MAX, check_rows, filters};
use crate::problem::Problem;
use crate::wire::decision::row::DecisionRow;
use axum::response::Response;
use faregate_app::decisions::Look;
use faregate_app::ports::Entry;
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_library::list::List;
use faregate_library::{Cell, Format, Kind};

/// So many are looked for at once: between two looks, others have their turn.
const AT_ONCE: usize = 5_000;

/// The file. What was decided after it was asked for is not in it.
pub(super) async fn file(
    who: &Authorized<ReadOwn>,
    server: &Server,
    which: &Which,
    (look, now): (Look, Instant),
    format: Format,
) -> Result<Response, Problem> {
    let sight = who.sight(&server.gate.state().read(), now);
    let mut look = Look { rows_max: AT_ONCE, ..look };
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let found = server.journal.decisions(look.clone(), who.sight_at(now)).await?;
        all.extend(found.decisions);
        if found.next.is_none() || all.len() > ROWS_MAX {
            break;
        }
        look.before = found.next;
    }
    check_rows(all.len())?;
    let outcome = which.outcome.map(|outcome| match outcome {
        CameTo::Allowed => "allowed".to_owned(),
        CameTo::Refused => "refused".to_owned(),
    });
    let asked = [
        ("outcome", outcome),
        ("reason", which.reason.clone()),
        ("person", which.person.clone()),
        ("product", which.product.clone()),
        ("from", which.from.clone()),
        ("to", which.to.clone()),
    ];
    let (name, title, filters) = ("decisions", "Decisions", filters(asked));
    let list = List { name, title, filters, columns: columns(), ..List::default() };
    let row = move |state: &State, entry: &Entry| DecisionRow::new(state, sight, entry).map(cells);
    export::file(server, format, list, all, row).await
}

fn columns() -> Vec<(&'static str, Kind)> {
    vec![
        ("Decision", Kind::Whole),
        ("At (UTC)", Kind::Text),
        ("Outcome", Kind::Text),
        ("Route", Kind::Text),
        ("Asked as", Kind::Text),
        ("Person", Kind::Text),
        ("Name", Kind::Text),
        ("Product", Kind::Text),
        ("Product name", Kind::Text),
        ("Workstation", Kind::Text),
        ("Bucket", Kind::Text),
        ("Tokens", Kind::Number { digits: 1 }),
        ("Reason", Kind::Text),
        ("What happened", Kind::Text),
        ("Rule", Kind::Text),
        ("Site", Kind::Text),
        ("Country", Kind::Text),
        ("Breach", Kind::Text),
    ]
}

fn cells(row: DecisionRow) -> Vec<Cell> {
    vec![
        export::whole(Some(row.decision)),
        Cell::Text(row.at),
        Cell::text(row.outcome),
        Cell::text(row.route),
        Cell::Text(row.asked_as),
        export::text(row.person),
        export::text(row.person_name),
        Cell::Text(row.product),
        export::text(row.product_name),
        Cell::Text(row.host),
        export::text(row.bucket),
        export::estimate(Some(row.tokens.0)),
        export::text(row.code),
        export::text(row.detail),
        export::text(row.rule),
        export::text(row.place.site),
        export::text(row.place.country),
        export::text(row.breach),
    ]
}
