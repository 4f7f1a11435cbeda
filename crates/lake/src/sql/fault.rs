//! What is wrong with a statement: where in it, and what may have been meant.

use datafusion::common::SchemaError;
use datafusion::common::utils::datafusion_strsim::levenshtein;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};
use std::fmt;

/// Names that differ in more than a third of their letters are others.
const LETTERS_PER_SLIP: usize = 3;
/// So many names are told when none is near.
const NAMES_MAX: usize = 20;

/// Why a statement was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// Of which kind.
    pub kind: Kind,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where in the statement: its line and column, both from 1, and how many characters from the beginning,
    /// from 1.
    pub place: Option<(u64, u64, usize)>,
}

/// What kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is no SQL.
    Syntax,
    /// No such table.
    Table,
    /// No such column, or two.
    Column,
    /// No such function, or not of these arguments.
    Function,
    /// It does something else than read.
    Refused,
    /// It took longer than is allowed.
    Time,
    /// It takes more memory than is allowed.
    Memory,
    /// What it reckons cannot be reckoned, such as a division by zero.
    Value,
    /// Anything else that planning or reading says.
    Other,
}

impl Kind {
    /// The code that PostgreSQL has for it.
    #[must_use]
    pub const fn sqlstate(self) -> &'static str {
        match self {
            Self::Syntax => "42601",
            Self::Table => "42P01",
            Self::Column => "42703",
            Self::Function => "42883",
            Self::Refused => "25006",
            Self::Time => "57014",
            Self::Memory => "53200",
            Self::Value => "22000",
            Self::Other => "XX000",
        }
    }
}

impl std::error::Error for SqlError {}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column, _)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl SqlError {
    /// A statement that does something else than read.
    pub(crate) fn refused() -> Self {
        let help = "SELECT, WITH, VALUES, SHOW and EXPLAIN are; the store changes by `faregate` and the API alone";
        Self {
            help: Some(help.to_owned()),
            ..Self::plain(Kind::Refused, "the lake is read-only, and this is no question to it")
        }
    }

    /// A statement that took longer than so many seconds.
    #[must_use]
    pub fn timed_out(seconds: u64) -> Self {
        let help = "ask for fewer months, or for sums instead of rows";
        let message = format!("the statement took longer than {seconds} seconds");
        Self { help: Some(help.to_owned()), ..Self::plain(Kind::Time, message) }
    }

    pub(crate) fn plain(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, place: None }
    }

    /// What the engine says of a statement, put for whoever wrote it.
    #[must_use]
    pub fn of(error: &DataFusionError, sql: &str, session: &SessionContext) -> Self {
        match error.find_root() {
            DataFusionError::SQL(error, _) => Self::syntax(error, sql),
            DataFusionError::SchemaError(error, _) => Self::column(error, sql),
            DataFusionError::ResourcesExhausted(_) => Self::too_large(),
            DataFusionError::Plan(said) => Self::planning(said, sql, session),
            DataFusionError::ArrowError(said, _) => Self::plain(Kind::Value, said.to_string()),
            DataFusionError::Execution(said) => Self::plain(Kind::Value, first_line(said)),
            other => Self::plain(Kind::Other, first_line(&other.strip_backtrace())),
        }
    }

    fn too_large() -> Self {
        let help = "ask for fewer months or columns, or for sums instead of rows";
        let message = "the statement takes more memory than is allowed";
        Self { help: Some(help.to_owned()), ..Self::plain(Kind::Memory, message) }
    }

    /// A text that is no SQL. Parsed once more: whoever replaces words in it knows no places any more.
    pub(crate) fn syntax(error: &ParserError, sql: &str) -> Self {
        let again = Parser::parse_sql(&PostgreSqlDialect {}, sql).err();
        let said = match again.as_ref().unwrap_or(error) {
            ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.as_str(),
            ParserError::RecursionLimitExceeded => "it is nested too deeply",
        };
        let (said, found) = match said.rsplit_once(" at Line: ") {
            Some((said, place)) => (said, location(place)),
            None => (said, None),
        };
        let place = found.map(|at| (at.line, at.column, offset(sql, at)));
        Self { place, ..Self::plain(Kind::Syntax, format!("this is no SQL: {said}")) }
    }

    fn column(error: &SchemaError, sql: &str) -> Self {
        let (name, message, near) = match error {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let known = valid_fields.iter().map(|field| field.name.clone()).collect();
                let message = format!("there is no column `{}`", field.flat_name());
                (field.name.clone(), message, meant(&field.name, known))
            }
            SchemaError::AmbiguousReference { field } => {
                let message = format!("column `{}` is in more than one table", field.name);
                let help = "write the table before it, as in people.name".to_owned();
                (field.name.clone(), message, Some(help))
            }
            other => return Self::plain(Kind::Column, other.to_string()),
        };
        let place = find(sql, &name);
        Self { place, help: near, ..Self::plain(Kind::Column, message) }
    }

    fn planning(said: &str, sql: &str, session: &SessionContext) -> Self {
        let quoted = said.split('\'').nth(1).unwrap_or_default();
        let last = quoted.rsplit('.').next().unwrap_or_default();
        let (kind, what, known) = if said.starts_with("table function '") {
            let names = session.state().table_functions().keys().cloned().collect();
            (Kind::Function, "table function", names)
        } else if said.starts_with("table '") {
            (Kind::Table, "table", tables(session))
        } else if said.starts_with("Invalid function '") {
            let names = session.state().scalar_functions().keys().cloned().collect();
            (Kind::Function, "function", names)
        } else {
            return Self::plain(Kind::Other, first_line(said));
        };
        let (message, place) = (format!("there is no {what} `{last}`"), find(sql, last));
        Self { place, help: meant(last, known), ..Self::plain(kind, message) }
    }
}

fn first_line(said: &str) -> String {
    said.lines().next().unwrap_or_default().to_owned()
}

/// The names of all tables and views that can be named without their schema.
fn tables(session: &SessionContext) -> Vec<String> {
    let state = session.state();
    let names = state.config().options().catalog.clone();
    let schema = session
        .catalog(&names.default_catalog)
        .and_then(|catalog| catalog.schema(&names.default_schema));
    schema.map(|schema| schema.table_names()).unwrap_or_default()
}

/// Which of the known names were meant by one that is not known.
fn meant(name: &str, mut known: Vec<String>) -> Option<String> {
    known.sort();
    known.dedup();
    let folded = name.to_lowercase();
    let slips = |other: &str| levenshtein(&folded, &other.to_lowercase());
    let is_near = |other: &&String| slips(other) <= name.chars().count().div_ceil(LETTERS_PER_SLIP);
    let mut near: Vec<&String> = known.iter().filter(is_near).collect();
    near.sort_by_key(|other| slips(other));
    if let Some(first) = near.first() {
        let others = near.iter().skip(1).take(2).map(|other| format!(" or `{other}`"));
        return Some(format!("did you mean `{first}`{}?", others.collect::<String>()));
    }
    let few = (1..=NAMES_MAX).contains(&known.len());
    few.then(|| format!("there are {}", known.join(", ")))
}

/// Where a name stands in a statement: the first word that is it, outside of texts and comments.
fn find(sql: &str, name: &str) -> Option<(u64, u64, usize)> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize_with_location().ok()?;
    let is_it = |token: &Token| match token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(name),
        _ => false,
    };
    let at = tokens.iter().find(|one| is_it(&one.token))?.span.start;
    Some((at.line, at.column, offset(sql, at)))
}

/// Reads `1, Column: 8`.
fn location(text: &str) -> Option<Location> {
    let (line, column) = text.split_once(", Column: ")?;
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    Some(Location { line: number(line)?, column: number(column)? })
}

/// How many characters from the beginning, from 1, a place is.
fn offset(sql: &str, at: Location) -> usize {
    let line = usize::try_from(at.line).unwrap_or(usize::MAX).saturating_sub(1);
    let before = sql.split_inclusive('\n').take(line).map(|line| line.chars().count());
    before.sum::<usize>() + usize::try_from(at.column).unwrap_or(usize::MAX)
}
