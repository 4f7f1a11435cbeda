//! Named queries: SQL with a head that says what it answers and which parameters it takes.
//!
//! A parameter has a type; its value takes the place of its name in the parsed statement, never in text.
//! To add a query: a file in `named/`, its row in [`NAMED`], a `.slt` file in `tests/sql`, and the page
//! `docs/reference/queries.md`, which the test of that name prints when it is not what the heads say.

use datafusion::common::{plan_datafusion_err, plan_err};
use datafusion::dataframe::DataFrame;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, Value as Constant, visit_expressions_mut,
};
use faregate_core::when::Date;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;

/// Every query: its name and its text.
const NAMED: [(&str, &str); 10] = [
    ("active-days", include_str!("named/active_days.sql")),
    ("burn", include_str!("named/burn.sql")),
    ("denials", include_str!("named/denials.sql")),
    ("follow-the-sun", include_str!("named/follow_the_sun.sql")),
    ("idle-people", include_str!("named/idle_people.sql")),
    ("overlap", include_str!("named/overlap.sql")),
    ("peaks-by-product", include_str!("named/peaks_by_product.sql")),
    ("peaks-by-site", include_str!("named/peaks_by_site.sql")),
    ("rolling-burn", include_str!("named/rolling_burn.sql")),
    ("top-consumers", include_str!("named/top_consumers.sql")),
];

/// A question with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name, `top-consumers`.
    pub name: &'static str,
    /// What it answers: the sentences at its head.
    pub about: String,
    /// What it takes, in the order of its head.
    pub parameters: Vec<Parameter>,
    /// The query itself, with `$name` where a parameter goes.
    pub sql: &'static str,
}

/// What a query takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, without the `$`.
    pub name: String,
    /// What its value must be.
    pub kind: Kind,
    /// Taken when no value is given; `null` where there is none.
    pub default: String,
    /// What it does.
    pub about: String,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A calendar date, `2026-11-22`.
    Date,
    /// A whole number.
    Number,
    /// Any text.
    Text,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Number => "number",
            Self::Text => "text",
        }
    }

    fn sql(self) -> DataType {
        match self {
            Self::Date => DataType::Date,
            Self::Number => DataType::BigInt(None),
            Self::Text => DataType::Varchar(None),
        }
    }

    /// The value's text when it is of this type; `null` is of each.
    fn constant(self, text: &str) -> Option<Constant> {
        if text == "null" {
            return Some(Constant::Null);
        }
        let fits = match self {
            Self::Date => date(text).is_some(),
            Self::Number => text.parse::<i64>().is_ok(),
            Self::Text => true,
        };
        fits.then(|| Constant::SingleQuotedString(text.to_owned()))
    }
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    (year.len() == 4 && month.len() == 2 && day.len() == 2).then_some(())?;
    Date::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

impl Named {
    /// Every query, by name.
    #[must_use]
    pub fn all() -> Vec<Self> {
        NAMED.iter().map(|(name, text)| Self::read(name, text)).collect()
    }

    /// The query of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let row = NAMED.iter().find(|row| row.0 == name);
        row.map(|(name, text)| Self::read(name, text))
    }

    fn read(name: &'static str, text: &'static str) -> Self {
        let head = text.lines().map_while(|line| line.strip_prefix("--")).map(str::trim);
        let (parameters, about): (Vec<_>, Vec<_>) =
            head.clone().partition(|line| line.starts_with('$'));
        let length: usize = text.split_inclusive('\n').take(head.count()).map(str::len).sum();
        Self {
            name,
            about: about.join("\n"),
            parameters: parameters.into_iter().filter_map(Parameter::read).collect(),
            sql: text.get(length..).unwrap_or_default().trim(),
        }
    }

    /// Asks the query with values by the names of its parameters.
    ///
    /// # Errors
    /// When a value is of another type, or given to a name that is no parameter; and what planning says.
    pub async fn ask(
        &self,
        session: &SessionContext,
        values: &BTreeMap<String, String>,
    ) -> Result<DataFrame> {
        let plan = self.plan(session, values).await?;
        Ok(DataFrame::new(session.state(), plan))
    }

    async fn plan(
        &self,
        session: &SessionContext,
        values: &BTreeMap<String, String>,
    ) -> Result<LogicalPlan> {
        let constants = self.constants(values)?;
        let state = session.state();
        let dialect = state.config().options().sql_parser.dialect;
        let mut statement = state.sql_to_statement(self.sql, &dialect)?;
        if let Statement::Statement(parsed) = &mut statement {
            let replaced = visit_expressions_mut(parsed.as_mut(), |expression| {
                match replace(expression, &constants) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(name) => ControlFlow::Break(name),
                }
            });
            if let ControlFlow::Break(name) = replaced {
                return plan_err!("`{}` has no parameter `{name}` at its head", self.name);
            }
        }
        state.statement_to_plan(statement).await
    }

    fn constants(&self, values: &BTreeMap<String, String>) -> Result<BTreeMap<&str, Expr>> {
        let known = |name: &String| self.parameters.iter().any(|parameter| parameter.name == *name);
        if let Some(name) = values.keys().find(|name| !known(name)) {
            let names: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
            let names = names.join(", ");
            return plan_err!("`{}` takes no `{name}`; it takes {names}", self.name);
        }
        let constant = |parameter: &'_ Parameter| {
            let text = values.get(&parameter.name).unwrap_or(&parameter.default);
            let wrong = || {
                let kind = parameter.kind.name();
                plan_datafusion_err!("`{text}` is no {kind}, which `{}` must be", parameter.name)
            };
            parameter.kind.constant(text).map(|value| parameter.typed(value)).ok_or_else(wrong)
        };
        let each = self.parameters.iter();
        each.map(|parameter| Ok((parameter.name.as_str(), constant(parameter)?))).collect()
    }
}

impl Parameter {
    /// Reads `$from date null: the first day`.
    fn read(line: &str) -> Option<Self> {
        let (left, about) = line.strip_prefix('$')?.split_once(": ")?;
        let mut words = left.splitn(3, ' ');
        let (name, kind, default) = (words.next()?, words.next()?, words.next()?);
        let kind = [Kind::Date, Kind::Number, Kind::Text].into_iter().find(|k| k.name() == kind)?;
        Some(Self {
            name: name.to_owned(),
            kind,
            default: default.to_owned(),
            about: about.to_owned(),
        })
    }

    fn typed(&self, value: Constant) -> Expr {
        Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(Expr::Value(value.into())),
            data_type: self.kind.sql(),
            array: false,
            format: None,
        }
    }
}

/// Puts a value in the place of a parameter's name.
fn replace(expression: &mut Expr, constants: &BTreeMap<&str, Expr>) -> Result<(), String> {
    let Expr::Value(value) = expression else {
        return Ok(());
    };
    let Constant::Placeholder(name) = &value.value else {
        return Ok(());
    };
    let constant = constants.get(name.trim_start_matches('$')).ok_or_else(|| name.clone())?;
    *expression = constant.clone();
    Ok(())
}

/// The page `docs/reference/queries.md`.
#[must_use]
pub fn page() -> String {
    let mut page = PAGE_HEAD.to_owned();
    page.push_str("\n## Functions\n\nFor SQL of your own; `by` names what to count by, ");
    page.push_str(
        "`fare` is `seat`, `tokens`, `none` or `all`, `until` is the day after the last.\n\n",
    );
    page.push_str("| call | rows |\n|---|---|\n");
    for (call, rows) in super::FUNCTIONS {
        let _ = writeln!(page, "| `{call}` | {rows} |");
    }
    for query in Named::all() {
        let _ = writeln!(page, "\n## {}\n\n{}", query.name, query.about);
        if !query.parameters.is_empty() {
            page.push_str("\n| parameter | type | else | what it does |\n|---|---|---|---|\n");
        }
        for Parameter { name, kind, default, about } in query.parameters {
            let _ = writeln!(page, "| `{name}` | {} | `{default}` | {about} |", kind.name());
        }
    }
    page
}

const PAGE_HEAD: &str = "\
# Queries of the lake

What can be asked by name, with its parameters; made from the heads of the queries, and a test keeps it so.
Dates are days of the contract's zone, instants are UTC.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_can_be_read() {
        for (query, (name, text)) in Named::all().into_iter().zip(NAMED) {
            assert!(query.about.ends_with('.'), "{name}: says what it answers");
            let lines = text.lines().filter(|line| line.starts_with("-- $")).count();
            assert_eq!(query.parameters.len(), lines, "{name}: every parameter can be read");
            assert!(query.sql.starts_with("SELECT") || query.sql.starts_with("WITH"), "{name}");
            for parameter in &query.parameters {
                let place = format!("${}", parameter.name);
                assert!(query.sql.contains(&place), "{name} uses {place}");
                assert!(parameter.kind.constant(&parameter.default).is_some(), "{name}: {place}");
            }
        }
    }

    #[test]
    fn names_are_in_order() {
        assert!(NAMED.is_sorted_by_key(|row| row.0));
        assert_eq!(Named::find("burn").map(|query| query.name), Some("burn"));
        assert_eq!(Named::find("burn; drop"), None);
    }

    #[test]
    fn a_value_has_the_type_of_its_parameter() {
        assert!(Kind::Date.constant("2026-02-28").is_some());
        for wrong in ["2026-02-29", "2026-2-28", "", "28.02.2026", "2026-02-28'", "NULL"] {
            assert_eq!(Kind::Date.constant(wrong), None, "{wrong}");
        }
        assert_eq!(Kind::Number.constant("1 OR 1"), None);
        assert!(Kind::Number.constant("-7").is_some());
        assert!(Kind::Text.constant("it's; --").is_some());
    }

    #[test]
    fn the_page_is_what_the_heads_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/queries.md");
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == page(), "docs/reference/queries.md should be:\n{}", page());
    }
}
