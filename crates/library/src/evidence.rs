//! What an auditor asks for: whether the books hold, and where the software was used.

use crate::parts::{column, date, figure, section, sentence, table, text, whole};
use crate::{Asked, Unmade};
use faregate_app::doctor::{Check, examine};
use faregate_app::engine::Engine;
use faregate_app::reports;
use faregate_core::compliance::{By, Compliance, Evident, Over, Row, Used};
use faregate_core::state::State;
use faregate_report::{Block, Cell, Kind, Section};

pub(crate) fn sections(engine: &mut Engine, asked: &Asked) -> Result<Vec<Section>, Unmade> {
    let checks = examine(engine)?;
    let found = reports::compliance(engine, asked.from, asked.to)?;
    let shared = engine.state();
    let state = shared.read();
    Ok(vec![
        section("The books", books(&checks)),
        section("Use by place", vec![places(&state, &found)]),
        section("Breaches", vec![breaches(&state, &found)]),
    ])
}

fn books(checks: &[Check]) -> Vec<Block> {
    let wrong = checks.iter().filter(|check| !check.findings.is_empty()).count() as u64;
    let row = |check: &Check| {
        let said =
            if check.findings.is_empty() { "holds".to_owned() } else { check.findings.join("; ") };
        vec![text(check.name), text(said)]
    };
    let columns = vec![column("Check", Kind::Text), column("Outcome", Kind::Text)];
    vec![
        Block::Figures(vec![
            figure("Checks", whole(checks.len() as u64), Kind::Whole, "of the whole journal"),
            figure("That do not hold", whole(wrong), Kind::Whole, ""),
        ]),
        table("Checks", columns, checks.iter().map(row).collect(), None),
        sentence(
            "The journal was replayed from its first entry up to the latest snapshot, which it has to equal; what \
             decides was read from that snapshot and the entries after it. Entries are never changed or removed; \
             corrections are further entries.",
        ),
    ]
}

fn places(state: &State, found: &Compliance) -> Block {
    let row = |(place, used): (Row, Used)| {
        let site = place.site.and_then(|id| state.estate().site(id));
        vec![
            text(
                place
                    .month
                    .map_or(String::new(), |month| month.to_string().chars().take(7).collect()),
            ),
            text(
                place
                    .country
                    .map_or_else(|| "unknown".to_owned(), |country| country.code().to_owned()),
            ),
            text(site.map_or("", |site| &site.name)),
            whole(used.opened),
            whole(used.refused),
            whole(used.breaches),
        ]
    };
    let columns = vec![
        column("Month", Kind::Text),
        column("Country", Kind::Text),
        column("Site", Kind::Text),
        column("Opened", Kind::Whole),
        column("Refused", Kind::Whole),
        column("Outside of a territory", Kind::Whole),
    ];
    let rows = found.rows(By::Place, Over::Month);
    table("Requests by place", columns, rows.into_iter().map(row).collect(), None)
}

fn breaches(state: &State, found: &Compliance) -> Block {
    let row = |one: &Evident| {
        let review = one.review.as_ref().map(|(in_order, why)| match in_order {
            true => format!("in order: {why}"),
            false => format!("not in order: {why}"),
        });
        vec![
            date(state.zone().date(one.at)),
            Cell::Whole(i64::try_from(one.decision).unwrap_or(i64::MAX)),
            text(one.person.clone()),
            text(one.product.clone()),
            text(one.host.clone()),
            text(one.done.key()),
            text(review.unwrap_or_else(|| "nobody has looked at it".to_owned())),
        ]
    };
    let columns = vec![
        column("Date", Kind::Date),
        column("Decision", Kind::Whole),
        column("Person", Kind::Text),
        column("Product", Kind::Text),
        column("Workstation", Kind::Text),
        column("What was done", Kind::Text),
        column("Review", Kind::Text),
    ];
    table("Use outside of a territory", columns, found.breaches.iter().map(row).collect(), None)
}
