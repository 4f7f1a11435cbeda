//! The brief for a negotiation: numbers, their sources, and what they hang on, as PDF or XLSX.

use crate::fault::{Code, Fault};
use crate::output::number;
use faregate_api::routes::renewal::{LeverValue, Renewal};
use faregate_api::routes::sizing::Sizing;
use faregate_core::when::Date;
use faregate_report::{
    Block, Cell, Chart, ChartKind, Column, Document, Figure, Kind, Section, Series, Span, Table,
    pdf, xlsx,
};
use std::path::Path;

/// Writes the brief; the file's name says as what.
pub(super) fn write(
    file: &Path,
    renewal: &Renewal,
    pool: &Sizing,
    (contract, today): (&str, Date),
) -> Result<(), Fault> {
    let document = document(renewal, pool, contract, today);
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let bytes = match ending.to_lowercase().as_str() {
        "pdf" => pdf(&document),
        "xlsx" => xlsx(&document),
        _ => {
            let message = format!("`{}` is neither a .pdf nor an .xlsx file", file.display());
            return Err(Fault::new(
                Code::Usage,
                message,
                "name the brief `brief.pdf` or `brief.xlsx`",
            ));
        }
    };
    let bytes = bytes.map_err(anyhow::Error::from)?;
    std::fs::write(file, bytes).map_err(|why| {
        let message = format!("{}: {why}", file.display());
        Fault::new(Code::Failed, message, "name a file that can be written")
    })
}

fn document(renewal: &Renewal, pool: &Sizing, contract: &str, today: Date) -> Document {
    let span = format!("{} to {}", renewal.known_from, renewal.known_to);
    Document {
        title: "Renewal: what to negotiate for".to_owned(),
        subtitle: contract.to_owned(),
        made: today.to_string(),
        language: "en".to_owned(),
        sections: vec![proposal(renewal), levers(renewal), demand(renewal, pool), sensitivities(renewal)],
        sources: vec![
            format!("Charges of {} people on tokens, {span}, from this contract's ledger.", pool.people),
            format!(
                "{} years drawn from these charges by a block bootstrap; orders by the newsvendor's critical ratio.",
                pool.years
            ),
            "Ranges of levers that are called achievable: an independent guide to negotiations on Flex.".to_owned(),
            "Seats at the list prices of the contract's tariff.".to_owned(),
        ],
        footer: "Estimates from the contract's own ledger; none of them is booked.".to_owned(),
    }
}

fn money(renewal: &Renewal) -> Kind {
    Kind::Money { currency: renewal.currency.clone(), digits: 0 }
}

fn proposal(renewal: &Renewal) -> Section {
    let one = &renewal.proposal;
    let text = format!(
        "The proposal begins with {} tokens and adds {:.0} %. Our own charges make {} tokens likely; in {:.1} % of the \
         years fewer than proposed are used, and {} tokens are paid for and expire. ",
        number(one.last_year.round()),
        one.growth * 100.0,
        number(one.expected.round()),
        one.probability_below * 100.0,
        number(one.expected_waste.round()),
    );
    let best = renewal.deals.first().map_or(0.0, |deal| deal.value);
    let whole = |value: f64| Cell::Whole(value.round() as i64);
    Section {
        title: "The proposal".to_owned(),
        blocks: vec![
            Block::Text(vec![vec![
                Span::plain(text),
                Span::strong(format!(
                    "Only a discount of {:.1} % pays for that.",
                    one.least_discount * 100.0
                )),
                Span::Source(1),
                Span::Source(2),
            ]]),
            Block::Figures(vec![
                Figure {
                    label: "Proposed".to_owned(),
                    value: whole(one.tokens),
                    kind: Kind::Whole,
                    note: "tokens".to_owned(),
                },
                Figure {
                    label: "Expected".to_owned(),
                    value: whole(one.expected),
                    kind: Kind::Whole,
                    note: "tokens".to_owned(),
                },
                Figure {
                    label: "Best combination".to_owned(),
                    value: Cell::Number(best),
                    kind: money(renewal),
                    note: "a year, of the levers below".to_owned(),
                },
                Figure {
                    label: "Seats".to_owned(),
                    value: Cell::Number(renewal.seat_spend),
                    kind: money(renewal),
                    note: "a year, at list prices".to_owned(),
                },
            ]),
        ],
    }
}

fn levers(renewal: &Renewal) -> Section {
    let row = |one: &LeverValue| {
        vec![
            Cell::Whole(one.number as i64),
            Cell::text(&one.text),
            Cell::Number(one.value),
            Cell::text(one.priority),
            one.least_discount.map_or(Cell::Empty, Cell::Number),
        ]
    };
    let deal = |deal: &faregate_api::routes::renewal::Deal| {
        let numbers: Vec<String> = deal.levers.iter().map(usize::to_string).collect();
        vec![
            Cell::text(numbers.join(", ")),
            Cell::Number(deal.tokens.round()),
            Cell::Number(deal.expected_cost),
            Cell::Number(deal.value),
        ]
    };
    Section {
        title: "Levers".to_owned(),
        blocks: vec![
            Block::Table(Table {
                caption: "What each lever is worth in a year, alone".to_owned(),
                columns: vec![
                    Column::new("No", Kind::Whole),
                    Column::new("Lever", Kind::Text),
                    Column::new("Worth", money(renewal)),
                    Column::new("Priority", Kind::Text),
                    Column::new("Worth it from", Kind::Share),
                ],
                rows: renewal.levers.iter().map(row).collect(),
                totals: None,
                note: "The order is chosen anew under each lever. A commitment is worth it from the discount in the last column on.".to_owned(),
            }),
            Block::Table(Table {
                caption: "The best combinations, one lever of a kind at most".to_owned(),
                columns: vec![
                    Column::new("Levers", Kind::Text),
                    Column::new("Tokens to buy", Kind::Number { digits: 0 }),
                    Column::new("Cost of a year", money(renewal)),
                    Column::new("Worth", money(renewal)),
                ],
                rows: renewal.deals.iter().map(deal).collect(),
                totals: None,
                note: "Levers do not add up: a discount makes what is carried forward worth less.".to_owned(),
            }),
        ],
    }
}

fn demand(renewal: &Renewal, pool: &Sizing) -> Section {
    let label = |tokens: f64| format!("{:.0}", tokens / 1_000.0);
    let quantile = |share: f64| {
        let found = pool.quantiles.iter().find(|one| (one.share - share).abs() < 1e-9);
        found.map_or(0.0, |one| one.tokens)
    };
    Section {
        title: "Demand".to_owned(),
        blocks: vec![Block::Chart(Chart {
            kind: ChartKind::Bars,
            title: "Tokens that a year needs".to_owned(),
            summary: format!(
                "Half the years need up to {} tokens, 9 in 10 up to {}; {} cost least at {} {} a token.",
                number(quantile(0.50).round()),
                number(quantile(0.90).round()),
                number(pool.best.tokens.round()),
                renewal.price,
                renewal.currency,
            ),
            series: vec![Series {
                name: "Years".to_owned(),
                values: pool.bars.iter().map(|bar| Some(bar.years as f64)).collect(),
            }],
            labels: pool.bars.iter().map(|bar| label(bar.from)).collect(),
            unit: "drawn years, by thousands of tokens".to_owned(),
        })],
    }
}

fn sensitivities(renewal: &Renewal) -> Section {
    let row = |one: &faregate_api::routes::renewal::Sensitivity| {
        vec![
            Cell::text(one.assumption),
            Cell::text(one.moved),
            Cell::Number(one.low),
            Cell::Number(one.high),
        ]
    };
    let committed = |one: &faregate_api::routes::renewal::Committed| {
        vec![
            Cell::Number(one.tokens.round()),
            Cell::Number(one.probability_below),
            Cell::Number(one.expected_waste.round()),
            Cell::Number(one.least_discount),
        ]
    };
    Section {
        title: "Sensitivities".to_owned(),
        blocks: vec![
            Block::Table(Table {
                caption: "What the best combination is worth when one assumption moves".to_owned(),
                columns: vec![
                    Column::new("Assumption", Kind::Text),
                    Column::new("Moved to", Kind::Text),
                    Column::new("When low", money(renewal)),
                    Column::new("When high", money(renewal)),
                ],
                rows: renewal.sensitivities.iter().map(row).collect(),
                totals: None,
                note: String::new(),
            }),
            Block::Table(Table {
                caption: "Commitments, and the least discount that is worth each".to_owned(),
                columns: vec![
                    Column::new("Tokens", Kind::Number { digits: 0 }),
                    Column::new("Not all used", Kind::Share),
                    Column::new("Wasted on average", Kind::Number { digits: 0 }),
                    Column::new("Least discount", Kind::Share),
                ],
                rows: renewal.commitments.iter().map(committed).collect(),
                totals: None,
                note: "Beside buying each token when it is needed, at the price before discounts."
                    .to_owned(),
            }),
        ],
    }
}
