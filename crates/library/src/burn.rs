//! What was spent: beside the plan and the period before, by day, product, bucket and person.

use crate::Asked;
use crate::parts::{
    TOKENS, column, figure, money, money_kind, section, sentence, table, text, tokens, whole,
};
use faregate_core::amount::{Money, Ticks};
use faregate_core::burn::{Burn, Dimension, Filter, Sum, burn, planned};
use faregate_core::estate::BucketId;
use faregate_core::state::State;
use faregate_core::when::Date;
use faregate_report::{Block, Cell, Chart, ChartKind, Figure, Kind, Section, Series};
use std::collections::BTreeMap;

/// Rows of each table; the totals count everybody.
const ROWS_MAX: usize = 500;
/// A longer period is drawn by month.
const DAYS_DRAWN_MAX: i32 = 100;

pub(crate) fn sections(state: &State, asked: &Asked) -> Vec<Section> {
    let view = View { state, asked, filter: filter(state, asked.bucket) };
    let by = |title: &str, dimension: &Dimension| view.table(title, dimension);
    vec![
        section("Summary", view.summary()),
        section("By product", vec![by("Tokens by product", &Dimension::Product)]),
        section("By bucket", vec![by("Tokens by bucket", &Dimension::Bucket)]),
        section("By person", vec![by("Tokens by person", &Dimension::Person)]),
    ]
}

/// A bucket and all below it.
fn filter(state: &State, bucket: Option<BucketId>) -> Filter {
    let Some(bucket) = bucket else { return Filter::default() };
    let ids = (0..).map(BucketId).take(state.estate().buckets().len());
    let below = ids.filter(|id| state.estate().buckets_above(*id).contains(&bucket));
    Filter::of_buckets(below.chain([bucket]).collect())
}

struct View<'a> {
    state: &'a State,
    asked: &'a Asked,
    filter: Filter,
}

impl View<'_> {
    fn burn(&self, by: &Dimension, from: Date, to: Date) -> Burn {
        burn(self.state, by, &self.filter, from, to)
    }

    fn summary(&self) -> Vec<Block> {
        let Asked { from, to, .. } = *self.asked;
        let days = to.0 - from.0 + 1;
        let total = self.burn(&Dimension::Product, from, to).total;
        let before = self.burn(&Dimension::Product, from.plus(-days), from.plus(-1)).total;
        vec![
            Block::Figures(figures(total, before, days)),
            self.chart(),
            sentence(
                "Tokens are counted on the day on which the unit of use began. Money is tokens at the tariff's price \
                 of their day.",
            ),
        ]
    }

    /// Tokens by day, or by month; beside the straight plan where all of the pool is looked at.
    fn chart(&self) -> Block {
        let Asked { from, to, .. } = *self.asked;
        let by_month = to.0 - from.0 > DAYS_DRAWN_MAX;
        let unit = |date: Date| if by_month { date.month_start() } else { date };
        let mut used: BTreeMap<Date, Ticks> = BTreeMap::new();
        let mut plan: BTreeMap<Date, Ticks> = BTreeMap::new();
        let add = |sums: &mut BTreeMap<Date, Ticks>, date: Date, ticks: Ticks| {
            let sum = sums.entry(unit(date)).or_default();
            *sum = sum.plus(ticks).unwrap_or(*sum);
        };
        for date in (from.0..=to.0).map(Date) {
            add(&mut used, date, Ticks::ZERO);
            if let Some(ticks) = planned(self.state, date).filter(|_| self.asked.bucket.is_none()) {
                add(&mut plan, date, ticks);
            }
        }
        for row in self.burn(&Dimension::Day, from, to).rows {
            if let Ok(date) = row.key.parse() {
                add(&mut used, date, row.sum.ticks);
            }
        }
        let most = used.iter().max_by_key(|(_, ticks)| **ticks);
        let most = most.map_or_else(String::new, |(date, ticks)| {
            format!("The most was used on {date}: {ticks} tokens.")
        });
        let values = |sums: &BTreeMap<Date, Ticks>| -> Vec<Option<f64>> {
            used.keys().map(|date| sums.get(date).map(|ticks| ticks.tokens())).collect()
        };
        let mut series = vec![Series { name: "Used".to_owned(), values: values(&used) }];
        if !plan.is_empty() {
            series.push(Series { name: "Plan".to_owned(), values: values(&plan) });
        }
        let label = |date: &Date| match by_month {
            true => date.to_string().chars().take(7).collect(),
            false => date.to_string(),
        };
        let (title, most) = match by_month {
            true => ("Tokens by month", most.replacen("on ", "in the month from ", 1)),
            false => ("Tokens by day", most),
        };
        Block::Chart(Chart {
            kind: ChartKind::Lines,
            title: title.to_owned(),
            summary: most,
            series,
            labels: used.keys().map(label).collect(),
            unit: "tokens".to_owned(),
        })
    }

    fn table(&self, title: &str, by: &Dimension) -> Block {
        let Asked { from, to, .. } = *self.asked;
        let found = self.burn(by, from, to);
        let priced = found.total.money();
        let all = found.total.ticks.tokens();
        let row = |key: &str, name: &str, sum: &Sum| {
            let share = if all > 0.0 { sum.ticks.tokens() / all } else { 0.0 };
            vec![
                text(key),
                text(name),
                tokens(sum.ticks),
                Cell::Number(share),
                whole(sum.charges),
                money(sum.money().filter(|_| priced.is_some())),
            ]
        };
        let rows: Vec<_> = found
            .rows
            .iter()
            .take(ROWS_MAX)
            .map(|one| row(&one.key, &one.name, &one.sum))
            .collect();
        let caption = match found.rows.len() > ROWS_MAX {
            true => format!("{title}: the {ROWS_MAX} largest of {}", found.rows.len()),
            false => title.to_owned(),
        };
        table(&caption, columns(priced), rows, Some(row("", "Total", &found.total)))
    }
}

fn columns(priced: Option<Money>) -> Vec<faregate_report::Column> {
    vec![
        column("Key", Kind::Text),
        column("Name", Kind::Text),
        column("Tokens", TOKENS),
        column("Share", Kind::Share),
        column("Units", Kind::Whole),
        column("Cost", money_kind(priced)),
    ]
}

fn figures(total: Sum, before: Sum, days: i32) -> Vec<Figure> {
    let a_day = total.ticks.tokens() / f64::from(days.max(1));
    let change = match before.ticks.is_positive() {
        true => {
            let ratio = total.ticks.tokens() / before.ticks.tokens() - 1.0;
            format!("{:+.1} % against the period before", ratio * 100.0)
        }
        false => "nothing was used in the period before".to_owned(),
    };
    let mut figures = vec![
        figure("Tokens", tokens(total.ticks), TOKENS, change),
        figure("Tokens a day", Cell::Number(a_day), TOKENS, format!("over {days} days")),
        figure("Units of use", whole(total.charges), Kind::Whole, ""),
    ];
    if let Some(cost) = total.money() {
        figures.insert(1, figure("Cost", money(Some(cost)), money_kind(Some(cost)), ""));
    }
    figures
}
