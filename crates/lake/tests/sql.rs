//! The named queries and the functions, over a small made-up lake: each file of `sql/` is a script of questions
//! and the answers that are right, worked out by hand.
//!
//! The scripts are in the format of sqllogictest, of which a reader of its two commands is enough: its own
//! crate asks for other features of shared crates, and tests would build DataFusion a second time.
//! A question is SQL, or `ask burn by=product grain=month` for a query by its name.
//! The lake is in `sql/lake`: one file a table, of those columns that matter; the others are empty or 0.

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::{DataFusionError, Result};
use datafusion::prelude::SessionContext;
use faregate_core::when::{Date, Zone};
use faregate_lake::queries::named::Named;
use faregate_lake::queries::{self, History, Look};
use faregate_lake::tables::{MONTH, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;

#[test]
fn every_script_holds() {
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(home())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "slt"))
        .collect();
    scripts.sort();
    assert!(scripts.len() >= Named::all().len(), "each query has a script");
    let lake = Lake::made_up();
    let wrong: Vec<String> = scripts.iter().flat_map(|script| lake.run(script)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_wrong_answer_is_caught() {
    let caught = |script: &str| Lake::made_up().check("planted", script).len();
    assert_eq!(caught("query I\nSELECT 1\n----\n1\n"), 0);
    assert_eq!(caught("query I\nSELECT 1\n----\n2\n"), 1);
    assert_eq!(caught("query I\nSELECT 1\n----\n"), 1);
    assert_eq!(caught("query II\nSELECT 1\n----\n1\n"), 1);
    assert_eq!(caught("query I\nSELECT nothing\n----\n1\n"), 1);
    assert_eq!(caught("statement error colour\nSELECT 1\n"), 1);
    assert_eq!(caught("statement error colour\nSELECT sound\n"), 1);
    assert_eq!(caught("qeury I\nSELECT 1\n----\n1\n"), 1);
}

#[test]
fn every_query_has_a_script() {
    for query in Named::all() {
        let script = home().join(format!("{}.slt", query.name));
        let text = std::fs::read_to_string(&script).unwrap_or_default();
        assert!(text.contains(&format!("\nask {}", query.name)), "{}", script.display());
    }
}

#[test]
fn wrong_values_are_refused() {
    let ask = |question: &str| Lake::made_up().ask(question).map(|_| ()).unwrap_err();
    assert!(ask("ask burn from=2025-02-30").contains("is no date"));
    assert!(ask("ask burn until=1;drop").contains("is no date"));
    assert!(ask("ask burn colour=red").contains("takes no `colour`"));
    assert!(ask("ask sell").contains("no query `sell`"));
    // A value never becomes SQL: this one is a text that no fare has.
    assert!(ask("ask active-days fare=all',NULL,NULL)--").contains("no fare `all',NULL,NULL)--`"));
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql")
}

struct Lake {
    runtime: Runtime,
    session: SessionContext,
}

impl Lake {
    fn made_up() -> Self {
        let session = SessionContext::new_with_config(queries::config(2));
        let providers: BTreeMap<Table, Arc<MemTable>> =
            Table::ALL.into_iter().map(|table| (table, Arc::new(read(table)))).collect();
        for (table, provider) in &providers {
            session.register_table(table.name(), Arc::clone(provider) as _).unwrap();
        }
        let provider = |table| Arc::clone(&providers[&table]) as Arc<dyn TableProvider>;
        let tables = (provider(Table::Sessions), provider(Table::Buckets));
        let zone = Zone::named("Europe/Berlin").unwrap();
        let look: Arc<dyn Look> = Arc::new(History::over(tables, months(), zone));
        queries::register(&session, &look);
        Self { runtime: Runtime::new().unwrap(), session }
    }

    async fn answer(&self, question: &str) -> Result<(usize, Vec<Vec<String>>)> {
        let frame = match question.strip_prefix("ask ") {
            None => self.session.sql(question).await?,
            Some(asked) => {
                let mut words = asked.split_whitespace();
                let name = words.next().unwrap_or_default();
                let values = words.filter_map(|word| word.split_once('='));
                let values = values.map(|(key, value)| (key.to_owned(), value.to_owned()));
                let unknown = || DataFusionError::Plan(format!("no query `{name}`"));
                let query = Named::find(name).ok_or_else(unknown)?;
                query.ask(&self.session, &values.collect()).await?
            }
        };
        let width = frame.schema().fields().len();
        Ok((width, frame.collect().await?.iter().flat_map(cells).collect()))
    }
}

impl Lake {
    /// How many columns the answer has, and its rows, their cells apart by spaces.
    fn ask(&self, question: &str) -> Result<(usize, Vec<String>), String> {
        let answer = self.runtime.block_on(self.answer(question));
        let (width, rows) = answer.map_err(|error| error.to_string())?;
        Ok((width, rows.iter().map(|row| row.join(" ")).collect()))
    }

    fn run(&self, script: &Path) -> Vec<String> {
        self.check(&script.display().to_string(), &std::fs::read_to_string(script).unwrap())
    }

    /// What is wrong in a script: records apart by empty lines, comments after `#`.
    fn check(&self, name: &str, script: &str) -> Vec<String> {
        let without = |record: &'_ str| {
            let lines = record.lines().filter(|line| !line.starts_with('#'));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let records = script.split("\n\n").map(without).filter(|record| !record.is_empty());
        let found = records.filter_map(|record| {
            let wrong = self.record(&record).err()?;
            Some(format!("{name}: {}\n{wrong}", record.join("\n")))
        });
        found.collect()
    }

    fn record(&self, record: &[String]) -> Result<(), String> {
        let (head, body) = record.split_first().ok_or("an empty record")?;
        if let Some(message) = head.strip_prefix("statement error ") {
            return match self.ask(&body.join("\n")) {
                Err(error) if error.contains(message) => Ok(()),
                other => Err(format!("no such error, but {other:?}")),
            };
        }
        let types = head.strip_prefix("query ").ok_or("neither `query` nor `statement error`")?;
        let line = body.iter().position(|line| line == "----").ok_or("no line `----`")?;
        let (width, rows) = self.ask(&body[..line].join("\n"))?;
        if width != types.len() || rows != body[line + 1..] {
            return Err(format!("the answer of {width} columns is\n{}", rows.join("\n")));
        }
        Ok(())
    }
}

fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("NULL");
    let columns: Vec<ArrayFormatter<'_>> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
        .collect();
    let cell = |row: usize| columns.iter().map(|column| column.value(row).to_string()).collect();
    (0..batch.num_rows()).map(cell).collect()
}

/// A table's rows, half of them in each of two parts, so that what is added up from parts is.
fn read(table: Table) -> MemTable {
    let text = std::fs::read_to_string(home().join("lake").join(format!("{table}.csv")));
    let text = text.unwrap_or_default();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let cell = |name: &str, row: &[&str]| {
        let place = names.iter().position(|known| *known == name);
        place.and_then(|place| row.get(place)).map(|cell| (*cell).to_owned())
    };
    let schema = table.schema();
    let column = |field: &Arc<datafusion::arrow::datatypes::Field>| -> ArrayRef {
        let cells = rows.iter().map(|row| match (field.name().as_str(), cell(field.name(), row)) {
            (MONTH, None) => cell("day", row).map(|day| day[..7].to_owned()),
            (_, Some(cell)) if !cell.is_empty() => Some(cell),
            _ if field.is_nullable() => None,
            (_, _) => Some("0".to_owned()),
        });
        cast(&StringArray::from_iter(cells), field.data_type()).unwrap()
    };
    let columns = schema.fields().iter().map(column).collect();
    let all = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let half = all.num_rows() / 2;
    let parts = vec![vec![all.slice(0, half)], vec![all.slice(half, all.num_rows() - half)]];
    MemTable::try_new(schema, parts).unwrap()
}

fn months() -> Vec<Date> {
    let text = std::fs::read_to_string(home().join("lake/sessions.csv")).unwrap();
    let days = text.lines().skip(1).map(|line| {
        let mut parts = line.split(',').next().unwrap().splitn(3, '-');
        let mut next = || parts.next().unwrap();
        Date::from_ymd(next().parse().unwrap(), next().parse().unwrap(), 1).unwrap()
    });
    days.collect::<BTreeSet<_>>().into_iter().collect()
}
