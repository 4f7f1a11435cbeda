//! Charts of the workbook's own, on the numbers below them.

use rust_xlsxwriter::{
    Chart as ExcelChart, ChartEmptyCells, ChartFormat, ChartLegendPosition, ChartLine, ChartSeries,
    ChartSolidFill, ChartType, XlsxError,
};

use super::sheet::Sheet;
use crate::document::{Cell, Chart, ChartKind, Kind, Series};

/// How many rows a chart covers, and its size in pixels.
const ROWS: u32 = 17;
const WIDTH: u32 = 760;
const HEIGHT: u32 = 330;

/// Inks of series, in order; told apart by lightness too.
const INKS: [u32; 6] = [0x1F_3A_5F, 0xC2_6A_1B, 0x4C_8C_7A, 0x8A_5A_9B, 0x6B_7A_8C, 0xB0_3A_48];
const BAND: u32 = 0xC9_D6_E6;

/// Where the numbers of a chart stand: its header and its first and last row.
struct Place {
    sheet: String,
    title: u32,
    header: u32,
    last: u32,
}

impl Place {
    fn name(&self, column: u16) -> (&str, u32, u16) {
        (&self.sheet, self.header, column)
    }

    fn values(&self, column: u16) -> (&str, u32, u16, u32, u16) {
        (&self.sheet, self.header + 1, column, self.last, column)
    }
}

impl Sheet<'_> {
    /// A chart: its title, the picture, its sentence, and its numbers as a table.
    pub(super) fn chart(&mut self, chart: &Chart) -> Result<(), XlsxError> {
        let (heading, quiet) = (self.styles.heading.clone(), self.styles.quiet.clone());
        let title = self.row;
        self.string(0, &chart.title, &heading)?;
        self.row += 1;
        self.line(&chart.summary, &quiet)?;
        let top = self.row;
        self.row += ROWS;
        let place = self.chart_numbers(chart, title)?;
        let mut drawn = match chart.kind {
            ChartKind::Bars => ExcelChart::new(ChartType::Column),
            ChartKind::Lines => ExcelChart::new(ChartType::Line),
            ChartKind::Band => band(chart, &place),
        };
        if chart.kind != ChartKind::Band {
            add_series(&mut drawn, chart, &place, 0);
        }
        dress(&mut drawn, chart, &place);
        self.worksheet.insert_chart(top, 0, &drawn)?;
        Ok(())
    }

    /// The numbers of a chart; a band has the distance of its edges as well, which is what a workbook stacks.
    fn chart_numbers(&mut self, chart: &Chart, title: u32) -> Result<Place, XlsxError> {
        let distance = (chart.kind == ChartKind::Band).then(|| distance(&chart.series)).flatten();
        let series: Vec<&Series> = chart.series.iter().chain(&distance).collect();
        let header = self.row;
        self.row += 1;
        for (index, label) in chart.labels.iter().enumerate() {
            self.cell(0, &Kind::Text, &Cell::text(label), |format| format)?;
            for (column, series) in (1_u16..).zip(&series) {
                let value = series.values.get(index).copied().flatten();
                let cell = value.map_or(Cell::Empty, Cell::Number);
                self.cell(column, &Kind::Number { digits: 2 }, &cell, |format| format)?;
            }
            self.row += 1;
        }
        let mut headers = vec![chart.unit.as_str()];
        headers.extend(series.iter().map(|series| series.name.as_str()));
        let number = Kind::Number { digits: 2 };
        let mut kinds = vec![&Kind::Text];
        kinds.resize(headers.len(), &number);
        self.excel_table(header, &headers, &kinds)?;
        Ok(Place { sheet: self.name.to_owned(), title, header, last: self.row - 1 })
    }
}

/// The upper edge above the lower, where both are known.
fn distance(series: &[Series]) -> Option<Series> {
    let [low, high, ..] = series else { return None };
    let gap = |(low, high): (&Option<f64>, &Option<f64>)| Some(high.as_ref()? - low.as_ref()?);
    let values = low.values.iter().zip(&high.values).map(gap).collect();
    Some(Series { name: format!("{} \u{2212} {}", high.name, low.name), values })
}

/// A band as two stacked areas, of which the lower cannot be seen, and lines above it.
fn band(chart: &Chart, place: &Place) -> ExcelChart {
    let mut areas = ExcelChart::new(ChartType::AreaStacked);
    let distance = u16::try_from(chart.series.len()).unwrap_or(u16::MAX).saturating_add(1);
    let mut hidden = ChartFormat::new();
    hidden.set_no_fill().set_no_line();
    let mut shaded = ChartFormat::new();
    shaded.set_solid_fill(ChartSolidFill::new().set_color(BAND)).set_no_line();
    areas.push_series(series(place, 1).set_format(&mut hidden).delete_from_legend(true));
    areas.push_series(series(place, distance).set_format(&mut shaded));
    if chart.series.len() > 2 {
        let mut lines = ExcelChart::new(ChartType::Line);
        add_series(&mut lines, chart, place, 2);
        areas.combine(&lines);
    }
    areas
}

fn add_series(drawn: &mut ExcelChart, chart: &Chart, place: &Place, skipped: usize) {
    let columns = (1_u16..).zip(&chart.series).skip(skipped);
    for ((column, _), ink) in columns.zip(INKS.iter().cycle()) {
        let mut format = ChartFormat::new();
        if chart.kind == ChartKind::Bars {
            format.set_solid_fill(ChartSolidFill::new().set_color(*ink));
        } else {
            format.set_line(ChartLine::new().set_color(*ink).set_width(2.0));
        }
        drawn.push_series(series(place, column).set_format(&mut format));
    }
}

fn series(place: &Place, column: u16) -> ChartSeries {
    let mut series = ChartSeries::new();
    series
        .set_name(place.name(column))
        .set_categories(place.values(0))
        .set_values(place.values(column));
    series
}

/// Title, axes and alternative text. Titles point at cells: a text there is never read as a reference.
fn dress(drawn: &mut ExcelChart, chart: &Chart, place: &Place) {
    drawn.title().set_name((place.sheet.as_str(), place.title, 0));
    drawn.y_axis().set_name(place.name(0));
    drawn.y_axis().set_num_format("#,##0");
    drawn.legend().set_position(ChartLegendPosition::Bottom);
    drawn.show_empty_cells_as(ChartEmptyCells::Gaps);
    drawn.set_width(WIDTH).set_height(HEIGHT);
    drawn.set_alt_text(&chart.summary);
}
