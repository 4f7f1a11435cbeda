//! A made-up brief for the renewal of a contract, as both formats:
//! `cargo run -p faregate-report --example brief -- DIRECTORY`.

use std::error::Error;
use std::path::PathBuf;

use faregate_report::{
    Block, Cell, Chart, ChartKind, Column, Document, Emphasis, Figure, Kind, Section, Series, Span,
    Table,
};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let document = document();
    std::fs::write(directory.join("brief.xlsx"), faregate_report::xlsx(&document)?)?;
    std::fs::write(directory.join("brief.pdf"), faregate_report::pdf(&document)?)?;
    Ok(())
}

/// The brief.
pub(crate) fn document() -> Document {
    Document {
        title: "Renewal 2027: what to ask for, and what it is worth".to_owned(),
        subtitle: "Contract 4711 \u{2013} Müller & Søn Engineering, all sites".to_owned(),
        made: "2026-11-23, 09:00 Europe/Berlin".to_owned(),
        language: "en".to_owned(),
        sections: vec![summary(), levers(), demand(), sensitivities()],
        sources: vec![
            "Journal of this contract, entries 1 to 1,204,331, of 2025-12-01 to 2026-11-22.".to_owned(),
            "Price list of the vendor of 2026-02-01, read on 2026-10-14; list prices without rebates.".to_owned(),
            "Forecast of 2026-11-22: seasonal, chosen by 26 back-tests; the band holds 80 of 100 outcomes.".to_owned(),
        ],
        footer: "Confidential: estimates for a negotiation, not a commitment.".to_owned(),
    }
}

fn money() -> Kind {
    Kind::Money { currency: "EUR".to_owned(), digits: 0 }
}

fn figure(label: &str, value: Cell, kind: Kind, note: &str) -> Figure {
    Figure { label: label.to_owned(), value, kind, note: note.to_owned() }
}

fn summary() -> Section {
    let text = vec![
        vec![
            Span::plain("The contract ends on 2027-01-31. At this year's use and the new prices "),
            Span::Source(2),
            Span::plain(" it would cost "),
            Span::strong("EUR\u{a0}1,284,000"),
            Span::plain(
                ", 11.4% more than today. Four levers together are worth EUR 212,500, of which two need nothing from the vendor.",
            ),
        ],
        vec![
            Span::plain("Figures are estimates from recorded use "),
            Span::Source(1),
            Span::plain(" and a forecast "),
            Span::Source(3),
            Span::plain("; "),
            Span::Text("ranges are where 80 of 100 outcomes lie".to_owned(), Emphasis::Light),
            Span::plain("."),
        ],
    ];
    Section {
        title: "In short".to_owned(),
        blocks: vec![
            Block::Figures(vec![
                figure(
                    "Offer as it stands",
                    Cell::Whole(1_284_000),
                    money(),
                    "a year, list prices",
                ),
                figure("Worth of all levers", Cell::Whole(212_500), money(), "170,000 to 248,000"),
                figure("Seats without use", Cell::Whole(38), Kind::Whole, "of 412, in 90 days"),
                figure(
                    "Tokens left over",
                    Cell::Number(0.083),
                    Kind::Share,
                    "at the end of the term",
                ),
            ]),
            Block::Text(text),
        ],
    }
}

fn levers() -> Section {
    let row = |lever: &str, act: &str, worth: i64, low: i64, high: i64, share: f64, by: Cell| {
        vec![
            Cell::text(lever),
            Cell::text(act),
            Cell::Whole(worth),
            Cell::Whole(low),
            Cell::Whole(high),
            Cell::Number(share),
            by,
        ]
    };
    let day = |month, day| Cell::date(2027, month, day);
    Section {
        title: "Levers".to_owned(),
        blocks: vec![
            Block::Text(vec![vec![Span::plain(
                "Each lever is worked out on its own, on the same demand; the last row takes what they share only once.",
            )]]),
            Block::Table(Table {
                caption: "What each lever is worth in the first year".to_owned(),
                columns: vec![
                    Column::new("Lever", Kind::Text),
                    Column::new("What to do", Kind::Text),
                    Column::new("Worth", money()),
                    Column::new("Low", money()),
                    Column::new("High", money()),
                    Column::new("Of the offer", Kind::Share),
                    Column::new("Decide by", Kind::Date),
                ],
                rows: vec![
                    row("Drop idle seats", "Give back 38 seats that nobody used for 90 days", 96_900, 91_800, 96_900, 0.075, day(1, 10)),
                    row("Rebate for three years", "Ask for 5% on seats for a term of three years", 61_200, 40_800, 81_600, 0.048, day(1, 17)),
                    row("Fewer tokens", "Buy 46,000 instead of 52,000 tokens, with a top-up agreed at the same price", 34_400, 21_000, 43_000, 0.027, day(1, 17)),
                    row("Seats for heavy users", "Nine people spend more on tokens than a seat costs", 20_000, 16_400, 26_500, 0.016, Cell::text("any time")),
                ],
                totals: Some(row("All together", "", 212_500, 170_000, 248_000, 0.166, Cell::Empty)),
                note: "Low and high: the range that 80 of 100 simulated years lie in. What two levers share is counted once.".to_owned(),
            }),
        ],
    }
}

fn demand() -> Section {
    let months = [
        "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        "Jan", "Feb", "Mar", "Apr", "May",
    ];
    let used = [
        3_100.0, 3_650.0, 3_820.0, 4_210.0, 3_900.0, 4_020.0, 4_380.0, 3_300.0, 2_900.0, 4_150.0,
        4_480.0, 4_390.0,
    ];
    let middle = [3_300.0, 3_900.0, 4_050.0, 4_480.0, 4_130.0, 4_260.0];
    let past = used.iter().map(|value| Some(*value)).chain(std::iter::repeat_n(None, 6)).collect();
    let ahead = |times: f64| {
        let before = std::iter::repeat_n(None, 11).chain([Some(4_390.0)]);
        let after = middle.iter().zip(1_u8..).map(|(value, month)| {
            Some(value * (1.0 + (times - 1.0) * f64::from(month).sqrt() / 2.0))
        });
        before.chain(after).collect::<Vec<_>>()
    };
    let series = |name: &str, values| Series { name: name.to_owned(), values };
    Section {
        title: "Demand".to_owned(),
        blocks: vec![
            Block::Chart(Chart {
                kind: ChartKind::Band,
                title: "Tokens a month, used and expected".to_owned(),
                summary: "Use grew from 3,100 to 4,390 tokens a month in a year; 3,900 to 5,100 are expected for May 2027.".to_owned(),
                series: vec![
                    series("Low", ahead(0.93)),
                    series("High", ahead(1.16)),
                    series("Used", past),
                    series("Expected", ahead(1.0)),
                ],
                labels: months.iter().map(|month| (*month).to_owned()).collect(),
                unit: "tokens a month".to_owned(),
            }),
            Block::Chart(Chart {
                kind: ChartKind::Bars,
                title: "Tokens by site, last year and this year".to_owned(),
                summary: "Aarhus overtook Hamburg; Lyon uses a third less than last year.".to_owned(),
                series: vec![
                    series("2025", [16_200.0, 11_900.0, 9_800.0, 3_100.0].map(Some).to_vec()),
                    series("2026", [15_400.0, 17_800.0, 6_500.0, 3_900.0].map(Some).to_vec()),
                ],
                labels: ["Hamburg", "Aarhus", "Lyon", "\u{141}\u{f3}d\u{17a}"].map(str::to_owned).to_vec(),
                unit: "tokens a year".to_owned(),
            }),
        ],
    }
}

fn sensitivities() -> Section {
    let row = |what: &str, change: &str, cost: f64, rate: f64| {
        vec![Cell::text(what), Cell::text(change), Cell::Number(cost), Cell::Number(rate)]
    };
    Section {
        title: "Sensitivities".to_owned(),
        blocks: vec![
            Block::Table(Table {
                caption: "What changes when an assumption does".to_owned(),
                columns: vec![
                    Column::new("Assumption", Kind::Text),
                    Column::new("Changed to", Kind::Text),
                    Column::new(
                        "Cost of a year",
                        Kind::Money { currency: "EUR".to_owned(), digits: 2 },
                    ),
                    Column::new("Tokens a seat", Kind::Number { digits: 3 }),
                ],
                rows: vec![
                    row("Growth of demand", "+5% rather than +8%", -18_240.5, 9.417),
                    row("Growth of demand", "+12%", 25_611.25, 10.982),
                    row("Price of a token", "=0.31 EUR, as offered last year", -9_310.0, 10.104),
                    row("Idle seats", "only 20 are given back", 45_900.0, 10.104),
                ],
                totals: None,
                note: "Against the offer as it stands; a minus is a saving.".to_owned(),
            }),
            Block::Chart(Chart {
                kind: ChartKind::Lines,
                title: "Cost of a year by tokens bought".to_owned(),
                summary: "The cost is lowest at 46,000 tokens, and flat between 44,000 and 48,000."
                    .to_owned(),
                series: vec![Series {
                    name: "Cost of a year".to_owned(),
                    values: [1_118.0, 1_092.0, 1_077.0, 1_072.0, 1_079.0, 1_094.0, 1_115.0]
                        .map(Some)
                        .to_vec(),
                }],
                labels: (40..=52).step_by(2).map(|thousand| format!("{thousand},000")).collect(),
                unit: "thousands of EUR".to_owned(),
            }),
        ],
    }
}
