//! `faregate break-even`: from which use on a seat is cheaper than tokens.

use crate::aside;
use crate::cli::BreakEven;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use faregate_core::break_even::{Terms, table};
use faregate_core::tariff::Meter;
use serde_json::{Value, json};

/// What the guide says of itself and is not so, wherever its table is shown.
const GUIDE_NOTES: [&str; 3] = [
    "the guide's hours hold at $0.30 a token only; its own sizing example implies $3.00 (--token-price 3)",
    "the guide says that discounts on tokens lower the break-even: they raise it; only discounts on seats lower it",
    "the vendor charges Flex by 24-hour window, not by the hour: see --tariff flex-daily",
];

pub(crate) fn run(args: &BreakEven, as_json: bool) -> Result<(), Fault> {
    let tariff = estate::tariff(&args.tariff)?;
    let percents = [args.seat_discount, args.token_discount];
    if percents.iter().any(|percent| !(0.0..100.0).contains(percent)) {
        return Err(Fault::new(Code::Usage, "a discount lies from 0 to below 100 percent", ""));
    }
    if args.token_price.is_some_and(|price| !price.is_finite() || price <= 0.0) {
        return Err(Fault::new(Code::Usage, "the price of a token is above 0", ""));
    }
    let terms = Terms {
        token_price: args.token_price,
        seat_discount: args.seat_discount / 100.0,
        token_discount: args.token_discount / 100.0,
    };
    let rows = table(&tariff, terms);
    let notes: &[&str] = if tariff.parts().name == "guide-hourly" { &GUIDE_NOTES } else { &[] };
    if as_json {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        return output::json(
            &json!({ "tariff": tariff.parts().name, "rows": rows, "notes": notes }),
        );
    }
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let per_unit = format!("{} / {}", number(row.tokens_per_unit), unit(row.meter, false));
            let units = format!(
                "{} {}",
                faregate_app::views::grouped(row.units_per_year),
                unit(row.meter, true)
            );
            vec![row.name.clone(), number(row.seat_per_year), per_unit, units]
        })
        .collect();
    let columns = [
        ("offering", Align::Left),
        ("seat a year", Align::Right),
        ("tokens", Align::Right),
        ("break-even a year", Align::Right),
    ];
    output::table(&columns, &lines, "the tariff has no rates");
    notes.iter().for_each(|note| aside!("note: {note}"));
    Ok(())
}

fn row_json(row: &faregate_core::break_even::BreakEven) -> Value {
    json!({
        "offering": row.offering,
        "name": row.name,
        "seat_per_year": row.seat_per_year,
        "product": row.product,
        "tokens_per_unit": row.tokens_per_unit,
        "meter": row.meter.key(),
        "units_per_year": row.units_per_year,
    })
}

fn unit(meter: Meter, several: bool) -> &'static str {
    match (meter, several) {
        (Meter::Window24h, false) => "window",
        (Meter::Window24h, true) => "windows",
        (Meter::CalendarDay, false) => "day",
        (Meter::CalendarDay, true) => "days",
        (Meter::StartedHour, false) => "hour",
        (Meter::StartedHour, true) => "hours",
        (Meter::Minute, false) => "minute",
        (Meter::Minute, true) => "minutes",
        (Meter::Result, false) => "result",
        (Meter::Result, true) => "results",
    }
}
