//! What a call of a table function asks for.

use super::dims::{Dim, Tree};
use crate::kernels::DIMENSIONS_MAX;
use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::scalar::ScalarValue;
use faregate_core::when::{Date, Instant, Zone};
use std::ops::Range;

/// 0001-01-01 and 9999-12-31: days beyond are slips of the pen, and calendars end there.
const FIRST: Date = Date(-719_162);
const LAST: Date = Date(2_932_896);

/// The arguments of a call: what to count by, which fare, from which day until before which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// What to count by, in the order of the answer's columns.
    pub(super) by: Vec<Dim>,
    /// `seat`, `tokens` or `none`; every fare when absent.
    pub(super) fare: Option<String>,
    /// The first day; from the beginning when absent.
    pub(super) from: Option<Date>,
    /// The day after the last; up to the end when absent.
    pub(super) until: Option<Date>,
    /// What else the function takes.
    pub(super) rest: Vec<i64>,
}

/// A call, made ready to read sessions for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) call: Call,
    /// The dimensions of each row's key: those to count by, and behind them what the kernel needs.
    pub(super) dims: Vec<Dim>,
    /// The columns to read.
    pub(super) columns: Vec<&'static str>,
    pub(super) fare: Option<String>,
    /// Rows without person or product do not count.
    pub(super) whole_keys_only: bool,
    /// Rows of other days do not count.
    pub(super) days_within: Option<Range<i32>>,
    /// Which earlier months the kernel reads.
    pub(super) earlier: Earlier,
    pub(super) tree: Tree,
    pub(super) zone: Zone,
}

/// What a kernel needs of the months before the first day asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Earlier {
    Nothing,
    /// Sessions that still run on the first day.
    Running,
    Everything,
}

impl Ask {
    /// Whether the month that begins on this day is read.
    pub(super) fn reads(&self, first: Date) -> bool {
        let begins_late = self.call.until.is_some_and(|until| first >= until);
        let ended = self.call.from.is_some_and(|from| first.next_month_start() <= from);
        !begins_late && (!ended || self.earlier != Earlier::Nothing)
    }

    /// When a month is only read for what still runs later: at which instant.
    pub(super) fn still_running_at(&self, first: Date) -> Option<Instant> {
        let from = self.call.from.filter(|from| first.next_month_start() <= *from)?;
        (self.earlier == Earlier::Running).then(|| self.zone.start_of(from))
    }

    /// Whether a day was asked for.
    pub(super) fn wants(&self, day: Date) -> bool {
        let Call { from, until, .. } = &self.call;
        from.is_none_or(|from| day >= from) && until.is_none_or(|until| day < until)
    }
}

impl Call {
    /// Reads the arguments of a function that takes so many numbers at the end.
    ///
    /// # Errors
    /// When one is missing, not a constant, or not of those there are.
    pub(super) fn read(name: &str, arguments: &[Expr], numbers: usize) -> Result<Self> {
        let usage = || {
            let hint = ["", ", hours"][numbers.min(1)];
            format!(
                "`{name}` takes (by, fare, from, until{hint}), for example \
                     {name}('product', 'tokens', '2026-01-01', NULL{})",
                ["", " , 24"][numbers.min(1)]
            )
        };
        if arguments.len() != 4 + numbers {
            return plan_err!("{}", usage());
        }
        let constants = arguments.iter().map(|argument| constant(argument, &usage));
        let constants = constants.collect::<Result<Vec<_>>>()?;
        let number = |value: &ScalarValue| match value
            .cast_to(&datafusion::arrow::datatypes::DataType::Int64)?
        {
            ScalarValue::Int64(Some(number)) if number > 0 => Ok(number),
            _ => plan_err!("{}", usage()),
        };
        Ok(Self {
            by: dims(&text(&constants[0]).unwrap_or_default())?,
            fare: fare(text(&constants[1]))?,
            from: date(&constants[2])?,
            until: date(&constants[3])?,
            rest: constants[4..].iter().map(number).collect::<Result<_>>()?,
        })
    }
}

fn constant(argument: &Expr, usage: &impl Fn() -> String) -> Result<ScalarValue> {
    match argument {
        Expr::Literal(value, _) => Ok(value.clone()),
        Expr::Cast(cast) => constant(&cast.expr, usage)?.cast_to(cast.field.data_type()),
        other => plan_err!("`{other}` is not a constant: {}", usage()),
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    value.try_as_str().flatten().map(str::to_owned)
}

fn dims(text: &str) -> Result<Vec<Dim>> {
    let mut dims = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match Dim::named(name) {
            Some(dim) if !dims.contains(&dim) => dims.push(dim),
            Some(_) => return plan_err!("`{name}` is there twice"),
            None => {
                return plan_err!(
                    "cannot count by `{name}`; there are person, product, bucket, bucket_1 (one \
                     below the top), site, host, user and feature"
                );
            }
        }
    }
    if dims.len() > DIMENSIONS_MAX {
        return plan_err!("cannot count by more than {DIMENSIONS_MAX} at once");
    }
    Ok(dims)
}

fn fare(text: Option<String>) -> Result<Option<String>> {
    match text.as_deref() {
        None | Some("all") => Ok(None),
        Some("seat" | "tokens" | "none") => Ok(text),
        Some(other) => plan_err!("no fare `{other}`; there are seat, tokens, none, and all"),
    }
}

fn date(value: &ScalarValue) -> Result<Option<Date>> {
    match value.cast_to(&datafusion::arrow::datatypes::DataType::Date32)? {
        ScalarValue::Date32(day) => match day.map(Date) {
            Some(day) if !(FIRST..=LAST).contains(&day) => {
                plan_err!("a day must be of the years 1 to 9999")
            }
            day => Ok(day),
        },
        other => plan_err!("`{other}` is not a date"),
    }
}
