//! Tariff files: TOML text into the core's validated tariff.
//!
//! ```toml
//! name = "flex-daily"                 # kebab-case
//! title = "Flex, 24-hour windows"
//! source = "where the whole comes from"
//! zone = "Europe/Madrid"              # optional: where calendar days are read
//!
//! [price]                             # or [[price]], one for each date from which it changes
//! amount = "3.00"
//! currency = "USD"
//! from = 2021-09-07                   # optional
//!
//! [rules]
//! meter = "window-24h"                # calendar-day, started-hour, minute, result
//! grace_minutes = 5
//! idle_minutes = 15
//!
//! [[rate]]
//! product = "revit"
//! name = "Revit"                      # optional, for people
//! tokens = 10                         # or "2.5": exact, at most 6 decimals
//! meter = "result"                    # optional, instead of the rules' one
//! from = 2021-09-07                   # optional, first date in force
//! until = 2024-01-01                  # optional, first date no longer in force
//! source = "where this figure comes from"
//!
//! [[seat]]
//! offering = "revit"
//! name = "Revit"
//! price = "2910.00"                   # a year, in the currency of [price]
//! covers = ["revit"]
//! source = "where this figure comes from"
//! ```
//!
//! Every fault of a file is reported at once, each with its line, the value and the remedy.

mod fault;
mod table;

pub use fault::{BadTariffFile, Fault};

use crate::features::is_kebab;
use core::ops::Range;
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::tariff::{BadTariff, Meter, Rate, SeatPrice, Tariff, TariffParts, TokenPrice};
use faregate_core::when::Zone;
use std::collections::BTreeMap;
use table::{Doc, Table};
use toml::de::DeTable;

/// A tariff as its file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffFile {
    /// The tariff, validated.
    pub tariff: Tariff,
    /// The meter of rates that name none.
    pub meter: Meter,
    /// Where calendar days are read, if the file says so; else the contract decides.
    pub zone: Option<Zone>,
    /// Display names by product key, for the rates that have one.
    pub product_names: BTreeMap<String, String>,
}

impl TariffFile {
    /// Reads and validates a tariff file.
    ///
    /// # Errors
    /// Every fault found, in the order of the lines.
    pub fn parse(text: &str) -> Result<Self, BadTariffFile> {
        let root = DeTable::parse(text).map_err(|error| BadTariffFile::syntax(text, &error))?;
        let mut doc = Doc::new(text);
        let file = read(&mut doc, root.get_ref());
        doc.finish(file)
    }
}

/// What the tables share.
struct Common {
    meter: Meter,
    currency: Currency,
}

fn read(doc: &mut Doc<'_>, root: &DeTable<'_>) -> Option<TariffFile> {
    let mut top = Table::new(root, 0..0);
    let name = top.text(doc, "name");
    let title = top.text(doc, "title");
    let source = top.text(doc, "source");
    let zone = top.optional_text(doc, "zone").and_then(|zone| match Zone::named(&zone) {
        Ok(zone) => Some(zone),
        Err(_) => top.fault(doc, "zone", Fault::Zone(zone)),
    });
    if let Some(name) = name.as_deref().filter(|name| !is_kebab(name)) {
        top.report(doc, "name", Fault::Key(name.to_owned()));
    }
    let (prices, currency) = prices(doc, &mut top);
    let rules = top.table(doc, "rules");
    let (meter, grace, idle) = rules.map_or((None, None, None), |mut rules| {
        let meter = rules.text(doc, "meter");
        let meter = meter.and_then(|key| meter_of(doc, &rules, key));
        let grace = rules.seconds(doc, "grace_minutes");
        let idle = rules.seconds(doc, "idle_minutes");
        rules.end(doc);
        (meter, grace, idle)
    });
    let common = Common {
        meter: meter.unwrap_or(Meter::Window24h),
        currency: currency.unwrap_or(Currency::USD),
    };
    let (rates, spans, product_names) = rates(doc, &mut top, &common);
    let seats = top.tables(doc, "seat").into_iter().map(|seat| read_seat(doc, seat, &common));
    let seats: Vec<Option<SeatPrice>> = seats.collect();
    top.end(doc);
    let parts = TariffParts {
        name: name?,
        title: title?,
        source: source?,
        grace_seconds: grace?,
        idle_seconds: idle?,
        prices,
        rates,
        seats: seats.into_iter().collect::<Option<_>>()?,
    };
    let meter = meter?;
    let tariff = Tariff::new(parts).map_err(|bad| refuse(doc, &bad, &spans)).ok()?;
    Some(TariffFile { tariff, meter, zone, product_names })
}

fn prices(doc: &mut Doc<'_>, top: &mut Table<'_>) -> (Vec<TokenPrice>, Option<Currency>) {
    let mut prices = Vec::new();
    let mut currency: Option<Currency> = None;
    let tables = top.tables(doc, "price");
    if tables.is_empty() {
        doc.fault(0..0, Fault::Missing("price", "[price] with amount and currency"));
    }
    for mut table in tables {
        let micros = table.decimal(doc, "amount");
        let code = table.text(doc, "currency");
        let from = table.date(doc, "from");
        let known = code.and_then(|code| match Currency::new(&code) {
            Some(currency) => Some(currency),
            None => table.fault(doc, "currency", Fault::Currency(code)),
        });
        if let (Some(known), Some(first)) = (known, currency)
            && known != first
        {
            table.report(doc, "currency", Fault::Currencies(known.code().to_owned()));
        }
        currency = currency.or(known);
        if let (Some(micros), Some(currency)) = (micros, known) {
            prices.push(TokenPrice { per_token: Money { micros, currency }, from });
        }
        table.end(doc);
    }
    (prices, currency)
}

fn meter_of(doc: &mut Doc<'_>, table: &Table<'_>, key: String) -> Option<Meter> {
    match Meter::from_key(&key) {
        Some(meter) => Some(meter),
        None => table.fault(doc, "meter", Fault::Meter(key)),
    }
}

type Rates = (Vec<Rate>, Vec<Range<usize>>, BTreeMap<String, String>);

fn rates(doc: &mut Doc<'_>, top: &mut Table<'_>, common: &Common) -> Rates {
    let (mut rates, mut spans, mut names) = (Vec::new(), Vec::new(), BTreeMap::new());
    let tables = top.tables(doc, "rate");
    if tables.is_empty() {
        doc.fault(0..0, Fault::Missing("rate", "at least one [[rate]]"));
    }
    for mut table in tables {
        let name = table.optional_text(doc, "name");
        let span = table.span();
        if let Some(rate) = read_rate(doc, table, common) {
            if let Some(name) = name {
                names.insert(rate.product.clone(), name);
            }
            rates.push(rate);
            spans.push(span);
        }
    }
    (rates, spans, names)
}

fn read_rate(doc: &mut Doc<'_>, mut table: Table<'_>, common: &Common) -> Option<Rate> {
    let product = key(doc, &mut table, "product");
    let micros = table.decimal(doc, "tokens");
    let ticks = micros.and_then(|micros| match Ticks::from_micro_tokens(micros) {
        Some(ticks) => Some(ticks),
        None => table.fault(doc, "tokens", Fault::TooLarge("tokens")),
    });
    let meter = match table.optional_text(doc, "meter") {
        Some(key) => meter_of(doc, &table, key),
        None => Some(common.meter),
    };
    let (from, until) = (table.date(doc, "from"), table.date(doc, "until"));
    let source = table.text(doc, "source");
    table.end(doc);
    Some(Rate { product: product?, meter: meter?, ticks: ticks?, from, until, source: source? })
}

fn read_seat(doc: &mut Doc<'_>, mut table: Table<'_>, common: &Common) -> Option<SeatPrice> {
    let offering = key(doc, &mut table, "offering");
    let name = table.text(doc, "name");
    let micros = table.decimal(doc, "price");
    let covers = table.texts(doc, "covers");
    let source = table.text(doc, "source");
    if let Some(bad) = covers.iter().flatten().find(|key| !is_kebab(key)) {
        table.report(doc, "covers", Fault::Key(bad.clone()));
    }
    table.end(doc);
    let per_year = Money { micros: micros?, currency: common.currency };
    Some(SeatPrice { offering: offering?, name: name?, per_year, covers: covers?, source: source? })
}

/// A kebab-case key.
fn key(doc: &mut Doc<'_>, table: &mut Table<'_>, name: &'static str) -> Option<String> {
    let key = table.text(doc, name)?;
    if is_kebab(&key) { Some(key) } else { table.fault(doc, name, Fault::Key(key)) }
}

/// The core's refusal, at the line of the rate that it is about.
fn refuse(doc: &mut Doc<'_>, bad: &BadTariff, spans: &[Range<usize>]) {
    let span = |index: usize| spans.get(index).cloned().unwrap_or_default();
    match bad {
        BadTariff::Overlap { product, first, second } => {
            let other = doc.line(&span(*first));
            doc.fault(span(*second), Fault::Overlap { product: product.clone(), other });
        }
        BadTariff::EmptySpan { product, rate } => {
            doc.fault(span(*rate), Fault::EmptySpan(product.clone()));
        }
        // The numbers were checked where they were read; this is for rules the core adds later.
        BadTariff::NegativeRate { rate, .. } => {
            doc.fault(span(*rate), Fault::Refused(bad.to_string()))
        }
        _ => doc.fault(0..0, Fault::Refused(bad.to_string())),
    }
}

#[cfg(test)]
mod tests;
