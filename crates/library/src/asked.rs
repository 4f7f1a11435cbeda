//! Which reports there are, in which formats, and what can be asked of each.

use faregate_app::engine::Failure;
use faregate_app::rights::Right;
use faregate_app::sight::Sight;
use faregate_core::amount::Currency;
use faregate_core::chargeback::NoSum;
use faregate_core::estate::BucketId;
use faregate_core::when::{Date, Instant};

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// What was spent, by day, product, bucket and person.
    Burn,
    /// Who pays what, in money.
    Chargeback,
    /// Every change of a balance.
    Statement,
    /// Tokens paid although a seat covered the use.
    DoubleDips,
    /// Who holds which seat, and who does not use theirs.
    Seats,
    /// What an auditor asks for: whether the books hold, and where the software was used.
    Evidence,
    /// FOCUS 1.4, Cost and Usage.
    CostAndUsage,
    /// FOCUS 1.4, Contract Commitment.
    Commitments,
    /// Dates to keep: packs that expire, seats whose terms end.
    Calendar,
}

impl Report {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Burn,
        Self::Chargeback,
        Self::Statement,
        Self::DoubleDips,
        Self::Seats,
        Self::Evidence,
        Self::CostAndUsage,
        Self::Commitments,
        Self::Calendar,
    ];

    /// Stable name on the wire and in names of files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Burn => "burn",
            Self::Chargeback => "chargeback",
            Self::Statement => "statement",
            Self::DoubleDips => "double-dips",
            Self::Seats => "seats",
            Self::Evidence => "evidence",
            Self::CostAndUsage => "focus-cost-and-usage",
            Self::Commitments => "focus-contract-commitment",
            Self::Calendar => "calendar",
        }
    }

    /// The report with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.key() == key)
    }

    /// Its title, and what is in it.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Burn => (
                "Burn",
                "what was spent, beside the plan and the period before, by product, bucket and person",
            ),
            Self::Chargeback => {
                ("Chargeback", "who pays what, in tokens and money that sum to the whole")
            }
            Self::Statement => {
                ("Statement", "every change of a bucket's or the contract's tokens, to the tick")
            }
            Self::DoubleDips => ("Double-dips", "tokens paid although a seat covered the use"),
            Self::Seats => {
                ("Seats", "who holds which seat until when, and which of them nobody uses")
            }
            Self::Evidence => {
                ("Audit evidence", "whether the books hold, and where the software was used")
            }
            Self::CostAndUsage => {
                ("FOCUS cost and usage", "the rows of FOCUS 1.4 that FinOps tools read")
            }
            Self::Commitments => {
                ("FOCUS contract commitment", "the packs, as FOCUS 1.4 has commitments")
            }
            Self::Calendar => {
                ("Calendar", "dates to keep: packs that expire, seats whose terms end")
            }
        }
    }

    /// The formats in which it can be had; the first is the usual one.
    #[must_use]
    pub const fn formats(self) -> &'static [Format] {
        match self {
            Self::Burn | Self::Chargeback | Self::Statement | Self::DoubleDips | Self::Seats => {
                &[Format::Xlsx, Format::Pdf, Format::Csv]
            }
            Self::Evidence => &[Format::Pdf, Format::Xlsx, Format::Csv],
            Self::CostAndUsage | Self::Commitments => &[Format::Csv],
            Self::Calendar => &[Format::Ics],
        }
    }

    /// The format with this name, or the usual one.
    ///
    /// # Errors
    /// [`Unasked::NotWrittenAs`].
    pub fn written_as(self, name: Option<&str>) -> Result<Format, Unasked> {
        let usual = self.formats().first().copied();
        let format = name.map_or(usual, Format::from_key);
        format
            .filter(|format| self.formats().contains(format))
            .ok_or_else(|| Unasked::NotWrittenAs(self, name.unwrap_or_default().to_owned()))
    }

    /// Whether it is of a period, when one was `said` or none was.
    ///
    /// # Errors
    /// [`Unasked::OfNow`].
    pub const fn takes_period(self, said: bool) -> Result<bool, Unasked> {
        match self.is_of_period() {
            false if said => Err(Unasked::OfNow(self)),
            is => Ok(is),
        }
    }

    /// Checks that one bucket can be asked for.
    ///
    /// # Errors
    /// [`Unasked::NotOfBuckets`].
    pub const fn takes_bucket(self) -> Result<(), Unasked> {
        if self.may_be_of_bucket() { Ok(()) } else { Err(Unasked::NotOfBuckets(self)) }
    }

    /// Whether it is of a period; the others are of now.
    #[must_use]
    pub const fn is_of_period(self) -> bool {
        !matches!(self, Self::Seats | Self::Commitments | Self::Calendar)
    }

    /// The right that it takes where no bucket is asked for.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Seats | Self::Evidence => Right::ReadEstate,
            _ => Right::ReadBurn,
        }
    }

    /// Whether one bucket can be asked for; its owners may, too.
    #[must_use]
    pub const fn may_be_of_bucket(self) -> bool {
        matches!(self, Self::Burn | Self::Statement)
    }
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Pages.
    Pdf,
    /// One table, as RFC 4180 has it.
    Csv,
    /// A calendar, as RFC 5545 has it.
    Ics,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Xlsx, Self::Pdf, Self::Csv, Self::Ics];

    /// Its name, which is the ending of its files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Ics => "ics",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.key() == key)
    }

    /// What it is, to a browser.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }
}

/// One report, as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub report: Report,
    /// As what; one of its formats.
    pub format: Format,
    /// First date, in the contract's zone.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// Only of this bucket; burn is of those below it, too.
    pub bucket: Option<BucketId>,
    /// Money in this currency, where the report can convert it; that of the token price otherwise.
    pub currency: Option<Currency>,
    /// How far whoever asks sees.
    pub sight: Sight,
    /// When it is asked.
    pub now: Instant,
}

impl Asked {
    /// The name of the file: `faregate-burn-2026-10-01-to-2026-10-31.pdf`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let (key, ending) = (self.report.key(), self.format.key());
        match self.report.is_of_period() {
            true => format!("faregate-{key}-{}-to-{}.{ending}", self.from, self.to),
            false => format!("faregate-{key}-{}.{ending}", self.to),
        }
    }
}

/// Why a report cannot be asked for like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unasked {
    /// It is not written so.
    #[error("the report `{}` is not written as `{}`", .0.key(), .1)]
    NotWrittenAs(Report, String),
    /// It is of now, and a period was said.
    #[error("the report `{}` is of now", .0.key())]
    OfNow(Report),
    /// It is of the whole contract, and a bucket was said.
    #[error("the report `{}` is not of buckets", .0.key())]
    NotOfBuckets(Report),
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Unmade {
    /// It is not written in that format.
    #[error("{} is not written as {}", .0.key(), .1.key())]
    NotSo(Report, Format),
    /// There is no sum of money.
    #[error("{0}")]
    NoSum(NoSum),
    /// The journal cannot be read.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The document cannot be written.
    #[error("the document cannot be written: {0}")]
    Unwritable(String),
}

#[cfg(test)]
mod tests;
