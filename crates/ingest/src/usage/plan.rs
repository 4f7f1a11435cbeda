//! What was decided of a table before it is read.

use super::field::{Field, Layout};
use super::kind::{Generation, Kind};
use crate::mapping::Map;
use crate::sheet::date::Order;
use crate::sheet::number::Decimal;
use crate::sheet::{Form, Row};
use faregate_core::when::Zone;
use std::sync::Arc;

/// How a table is to be read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is.
    pub kind: Kind,
    /// When the vendor wrote its headers so.
    pub generation: Generation,
    /// How its text is written; `None` for a workbook and for JSON.
    pub(super) form: Option<Form>,
    pub(super) scheme: Scheme,
    /// The line of its header; rows before it are titles.
    pub(super) header_line: u64,
    pub(super) layout: Layout,
    /// What the columns mean, by place.
    pub(super) formats: Vec<Format>,
    pub(super) zone: Option<Zone>,
    /// Columns by which rows are left out: place, and which rule of the map.
    pub(super) skips: Vec<(usize, usize)>,
    /// Which part of an answer this is.
    pub page: Option<Page>,
}

/// Which part of the rows an answer of an API has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows in all.
    pub total: u64,
    /// How many come before.
    pub offset: u64,
    /// How many it has at most.
    pub limit: u64,
}

impl Plan {
    /// Whether the table says who used what.
    #[must_use]
    pub fn names_people(&self) -> bool {
        self.layout.names_people()
            || matches!(&self.scheme, Scheme::Mapped(map) if map.names_somebody())
    }

    /// The line of the header, from 1.
    #[must_use]
    pub fn header_line(&self) -> u64 {
        self.header_line
    }

    /// What receipts call its kind: `csv:NAME` of a table that a map of this name explains.
    #[must_use]
    pub fn receipt_kind(&self) -> String {
        match &self.scheme {
            Scheme::Mapped(map) => format!("{}:{}", self.kind.key(), map.name()),
            Scheme::Vendor | Scheme::Charges => self.kind.key().to_owned(),
        }
    }

    /// Whether its rows say at which time something was used, and not only on which day.
    #[must_use]
    pub fn has_times(&self) -> bool {
        self.layout.has(Field::Opened)
    }

    /// Whether its rows say what was charged.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.layout.has(Field::Tokens)
    }

    /// The zone of times that name none.
    #[must_use]
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// Whether rows of zero tokens say nothing that is wanted.
    pub(super) fn leaves_out_zero(&self) -> bool {
        matches!(self.scheme, Scheme::Charges)
    }
}

/// Who explains the columns.
#[derive(Clone, Debug)]
pub(crate) enum Scheme {
    /// Their headers are the vendor's.
    Vendor,
    /// The same, and only what was charged on which day is wanted.
    Charges,
    /// A map does.
    Mapped(Arc<Map>),
}

impl Scheme {
    fn says(&self, header: &str) -> Option<Field> {
        match self {
            Self::Vendor | Self::Charges => Field::of(header),
            Self::Mapped(map) => map.field(header),
        }
    }

    /// The layout and kind of a row, if it is a header.
    pub(super) fn header(&self, row: &Row<'_>) -> Result<(Layout, Kind), NoHeader> {
        let layout = Layout::of(row, |header| self.says(header)).map_err(NoHeader::Twice)?;
        let kind = match self {
            Self::Vendor => Kind::of(&layout).map_err(str::to_owned),
            Self::Charges => Kind::charges(&layout).map_err(str::to_owned),
            Self::Mapped(map) => map.missing(&layout).map_or(Ok(Kind::Mapped), Err),
        };
        let known = layout.known();
        let kind = kind.map_err(|missing| NoHeader::Lacks { missing, known })?;
        Ok((layout, kind))
    }

    /// Whether a row is left out by one of these columns and rules.
    pub(super) fn leaves_out(&self, skips: &[(usize, usize)], row: &Row<'_>) -> bool {
        let Self::Mapped(map) = self else { return false };
        let cell = |place: usize| row.cell(place).unwrap_or_default();
        skips.iter().any(|(place, rule)| map.is_skipped(*rule, cell(*place)))
    }

    /// Whether a column's dates and amounts matter in a table of this kind.
    pub(super) fn wants(&self, field: Field, kind: Kind, layout: &Layout) -> bool {
        match self {
            Self::Charges => matches!(field, Field::Day | Field::Tokens),
            _ if field.is_of_seat() => kind.is_of_seats(),
            _ => field != Field::Day || !layout.has(Field::Opened),
        }
    }
}

/// Why a row is no header.
#[derive(Clone, Debug)]
pub(super) enum NoHeader {
    /// Two of its cells say the same: the second.
    Twice(String),
    /// It lacks a column, and has so many others that are known.
    Lacks { missing: String, known: usize },
}

/// What the dates of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// Written for people, in this order where figures alone do not tell.
    Written(Option<Order>),
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMillis,
}

/// What the cells of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) date: DateForm,
    pub(crate) decimal: Option<Decimal>,
}

impl Default for Format {
    fn default() -> Self {
        Self { date: DateForm::Written(None), decimal: None }
    }
}
