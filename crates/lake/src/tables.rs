//! The tables of the lake: a star schema, ids in the facts and names in the dimensions.
//!
//! Ids are what makes a hundred million rows small and quick; a name is changed or forgotten in one row.
//! To add a column: here, in the projection that fills it, one more on [`SCHEMA_VERSION`], and the golden file
//! `tests/golden/schema.txt`. A lake of another version is made anew from the store, since it is a projection.

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::fmt;
use std::sync::Arc;

/// Changes with every change of a table; a lake of another one is made anew.
pub const SCHEMA_VERSION: u32 = 3;

/// The column by which facts are divided into files: the month of `day`, `2026-11`.
pub const MONTH: &str = "month";

/// A table of the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Uses that have ended, each source's own telling: reported ones and those of our own gate.
    Sessions,
    /// Units charged, and taken back with their sign turned: the sum is the ledger's, to the tick.
    Charges,
    /// The gate's refusals.
    Denials,
    /// Every answer of the gate, refusals among them.
    Decisions,
    /// What each event moved between the accounts of the ledger and in its packs.
    Balances,
    /// The receipt of each import.
    Imports,
    /// Dimension: who there is.
    People,
    /// Dimension: product families.
    Products,
    /// Dimension: the tree of buckets.
    Buckets,
    /// Dimension: offices and other places with networks of their own.
    Sites,
    /// Dimension: names as sources write them, of users, hosts and features alike.
    Names,
}

impl Table {
    /// All of them, facts first.
    pub const ALL: [Self; 11] = [
        Self::Sessions,
        Self::Charges,
        Self::Denials,
        Self::Decisions,
        Self::Balances,
        Self::Imports,
        Self::People,
        Self::Products,
        Self::Buckets,
        Self::Sites,
        Self::Names,
    ];

    /// The facts: rows are added, and each file is of one month.
    pub const FACTS: [Self; 6] = [
        Self::Sessions,
        Self::Charges,
        Self::Denials,
        Self::Decisions,
        Self::Balances,
        Self::Imports,
    ];

    /// The dimensions: written as a whole when something in them changed.
    pub const DIMENSIONS: [Self; 5] =
        [Self::People, Self::Products, Self::Buckets, Self::Sites, Self::Names];

    /// Its name in SQL, and of its directory.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Charges => "charges",
            Self::Denials => "denials",
            Self::Decisions => "decisions",
            Self::Balances => "balances",
            Self::Imports => "imports",
            Self::People => "people",
            Self::Products => "products",
            Self::Buckets => "buckets",
            Self::Sites => "sites",
            Self::Names => "names",
        }
    }

    /// Whether each file is of one month.
    #[must_use]
    pub fn is_fact(self) -> bool {
        Self::FACTS.contains(&self)
    }

    /// The columns by which the rows of a file are sorted.
    #[must_use]
    pub const fn order(self) -> &'static [&'static str] {
        match self {
            Self::Sessions => &["product_id", "person_id", "opened"],
            Self::Charges => &["product_id", "person_id", "at", "seq"],
            Self::Denials | Self::Decisions | Self::Imports => &["seq"],
            Self::Balances => &["seq", "account", "bucket_id", "pack"],
            _ => &["id"],
        }
    }

    /// All columns, that of the month first.
    #[must_use]
    pub fn schema(self) -> SchemaRef {
        let mut fields = match self {
            Self::Sessions => sessions(),
            Self::Charges => charges(),
            Self::Denials => denials(),
            Self::Decisions => decisions(),
            Self::Balances => balances(),
            Self::Imports => imports(),
            Self::People => people(),
            Self::Products => vec![id(), text("key"), text("name")],
            Self::Buckets => buckets(),
            Self::Sites => sites(),
            Self::Names => vec![id(), text("text")],
        };
        if self.is_fact() {
            fields.insert(0, text(MONTH));
        }
        Arc::new(Schema::new(fields))
    }

    /// The columns that its files hold: all but that of the month, which is the name of their directory.
    #[must_use]
    pub fn file_schema(self) -> SchemaRef {
        let schema = self.schema();
        let stored = schema.fields().iter().filter(|field| field.name() != MONTH).cloned();
        Arc::new(Schema::new(stored.collect::<Vec<_>>()))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every table with its columns, as the golden file has them.
#[must_use]
pub fn described() -> String {
    let column = |field: &Arc<Field>| {
        let null = if field.is_nullable() { ", or null" } else { "" };
        format!("  {}: {}{null}\n", field.name(), field.data_type())
    };
    let table = |table: Table| {
        let columns: String = table.schema().fields().iter().map(column).collect();
        format!("{table}, sorted by {}\n{columns}", table.order().join(", "))
    };
    let tables: Vec<String> = Table::ALL.into_iter().map(table).collect();
    format!("version {SCHEMA_VERSION}\n\n{}", tables.join("\n"))
}

fn sessions() -> Vec<Field> {
    vec![
        date("day"), // Of `opened`, in the contract's zone.
        instant("opened"),
        instant("closed"),
        maybe_int("person_id"),  // Null: nobody has the name.
        maybe_int("product_id"), // Null: the feature is in no product family.
        int("user_id"),          // Name as the source writes it.
        int("host_id"),          // Name.
        int("feature_id"),       // Name; of the product's key where our gate was asked.
        long("ordinal"),         // Tells apart identical openings in one second.
        maybe_int("bucket_id"),  // Whose tokens pay for the person, when the use was told.
        maybe_int("site_id"),
        text("fare"), // `seat`, `tokens`, or `none`: nobody, no rate, or within the grace.
        text("source"), // The import's kind, or `gate`.
        maybe_long("batch"), // The import's number.
        long("seq"),  // The event that told of it: the receipt, or the closing.
    ]
}

fn charges() -> Vec<Field> {
    vec![
        date("day"), // Of `at`, in the contract's zone.
        instant("at"),
        instant("until"),
        int("person_id"),
        int("product_id"),
        int("bucket_id"),
        long("ticks"), // Of 1/3,600,000,000 token; below zero where it was taken back.
        text("meter"),
        text("source"), // `gate`, `log`, `generated` or `vendor`.
        flag("paid"),   // Else no bucket could, and the vendor bills it all the same.
        flag("reversal"),
        long("seq"),
    ]
}

fn asked() -> Vec<Field> {
    vec![
        long("seq"),
        instant("at"),
        date("day"),
        maybe_int("person_id"),
        maybe_int("product_id"),
        int("user_id"), // Name of whom it was asked for.
        int("host_id"), // Name.
        maybe_int("site_id"),
        maybe_text("country"),
    ]
}

fn denials() -> Vec<Field> {
    let said = [text("product_asked"), text("reason"), maybe_text("rule")];
    asked().into_iter().chain(said).collect()
}

fn decisions() -> Vec<Field> {
    let said = [
        text("product_asked"),
        flag("opened"),
        maybe_text("route"),  // `seat`, `free-seat` or `tokens`.
        maybe_text("reason"), // Of a refusal.
        maybe_text("rule"),
        maybe_int("bucket_id"),
        long("ticks"), // Reserved now.
        int("tariff"),
    ];
    asked().into_iter().chain(said).collect()
}

fn balances() -> Vec<Field> {
    vec![
        long("seq"),
        instant("at"),
        date("day"),
        text("account"), // `available`, `held`, …; `pack` for what is left of one.
        maybe_int("bucket_id"),
        maybe_int("pack"),
        long("ticks"), // What the event added; the sum over all events is the balance.
    ]
}

fn imports() -> Vec<Field> {
    vec![
        long("seq"),
        instant("at"),
        date("day"),
        long("batch"),
        text("kind"),
        text("files"), // One a line.
        long("events"),
        long("sessions"),
        long("open_sessions"),
        long("closed"),
        long("rejected"),
        long("quarantined"),
        long("duplicates"),
        long("seconds"),
        maybe_instant("first"),
        maybe_instant("last"),
    ]
}

fn people() -> Vec<Field> {
    vec![
        id(),
        text("key"),
        text("name"),
        int("bucket_id"),
        flag("contractor"),
        maybe_instant("until"),
        maybe_text("department"),
        maybe_text("cost_centre"),
        text("groups"), // Keys of all groups that they are in, parents included, each between commas.
    ]
}

fn buckets() -> Vec<Field> {
    vec![id(), text("key"), text("name"), maybe_int("parent_id"), text("path")]
}

fn sites() -> Vec<Field> {
    vec![id(), text("key"), text("name"), text("country"), maybe_text("region"), text("zone")]
}

fn id() -> Field {
    int("id")
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn maybe_text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn int(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

fn maybe_int(name: &str) -> Field {
    Field::new(name, DataType::Int32, true)
}

fn long(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

fn maybe_long(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn flag(name: &str) -> Field {
    Field::new(name, DataType::Boolean, false)
}

fn date(name: &str) -> Field {
    Field::new(name, DataType::Date32, false)
}

/// An instant: whole seconds, written as microseconds since 1970 in UTC, as Delta has them.
fn instant(name: &str) -> Field {
    Field::new(name, utc(), false)
}

fn maybe_instant(name: &str) -> Field {
    Field::new(name, utc(), true)
}

fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}
