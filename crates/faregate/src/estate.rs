//! Opening a store: the directory, the engine over it, and the settings that come from files.

use crate::ambient::WallClock;
use crate::cli::Log;
use crate::cli::budgets::Span;
use crate::fault::{Code, Fault};
use crate::serving::Serving;
use faregate_app::engine::Engine;
use faregate_core::state::State;
use faregate_core::tariff::Tariff;
use faregate_core::when::{Date, Instant, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::Options;
use faregate_ingest::tariff::TariffFile;
use faregate_store::directory::DataDirectory;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the store is when nobody says.
pub(crate) const DATA: &str = "faregate-data";

/// The tariffs that every binary carries, by name.
const SHIPPED: [(&str, &str); 3] = [
    ("flex-daily", include_str!("../../../tariffs/flex-daily.toml")),
    ("guide-hourly", include_str!("../../../tariffs/guide-hourly.toml")),
    ("guide-daily", include_str!("../../../tariffs/guide-daily.toml")),
];

/// The data directory that was named, or the usual one.
pub(crate) fn data_path(named: Option<&PathBuf>) -> PathBuf {
    named.cloned().unwrap_or_else(|| PathBuf::from(DATA))
}

/// Opens a store for writing; nobody else can, until the directory is dropped.
pub(crate) fn open(path: &Path) -> Result<(DataDirectory, Engine), Fault> {
    refuse_empty(path)?;
    let (directory, store) = DataDirectory::open(path)?;
    Serving::forget(path);
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.act_as(&crate::ambient::account());
    Ok((directory, begun(path, engine)?))
}

/// Opens a store for reading, also while a server writes to it.
pub(crate) fn read(path: &Path) -> Result<Engine, Fault> {
    refuse_empty(path)?;
    let store = DataDirectory::read(path)?;
    begun(path, Engine::load(Box::new(store), Arc::new(WallClock))?)
}

/// A store that was cut to nothing must not be taken for a new one.
pub(crate) fn refuse_empty(path: &Path) -> Result<(), Fault> {
    let empty = std::fs::metadata(path.join("faregate.db")).is_ok_and(|file| file.len() == 0);
    if empty { Err(without_contract(path)) } else { Ok(()) }
}

/// A store without a contract was cut, or its creation was: nothing can be booked in it.
fn begun(path: &Path, engine: Engine) -> Result<Engine, Fault> {
    let begun = engine.state().read().seq() > 0;
    if begun { Ok(engine) } else { Err(without_contract(path)) }
}

fn without_contract(path: &Path) -> Fault {
    let help = "restore a backup, or remove the directory and begin anew with `faregate init`";
    let message = format!("`{}`: the store is damaged: it has no contract", path.display());
    Fault::new(Code::Damaged, message, help)
}

/// A shipped tariff by name, or one from a file.
pub(crate) fn tariff(name: &str) -> Result<Tariff, Fault> {
    if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
        return parsed_tariff(name, text);
    }
    let text = std::fs::read_to_string(name).map_err(|why| {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let help = format!("name a file, or a shipped tariff: {}", names.join(", "));
        Fault::new(Code::Tariff, format!("tariff `{name}`: {why}"), help)
    })?;
    parsed_tariff(name, &text)
}

fn parsed_tariff(name: &str, text: &str) -> Result<Tariff, Fault> {
    let read = TariffFile::parse(text);
    read.map(|file| file.tariff).map_err(|bad| {
        let help = "correct the file and try again; nothing was written";
        Fault::new(Code::Tariff, format!("tariff `{name}`: {bad}"), help)
    })
}

/// The shipped feature codes and the operator's.
pub(crate) fn features(more: Option<&Path>) -> Result<FeatureTable, Fault> {
    let mut table = FeatureTable::shipped();
    let Some(path) = more else { return Ok(table) };
    let shown = path.display();
    let bad = |why: String| {
        let help = "lines of code-or-product-part,family-key,display name; nothing was written";
        Fault::new(Code::Features, format!("features `{shown}`: {why}"), help)
    };
    let text = std::fs::read_to_string(path).map_err(|why| bad(why.to_string()))?;
    table.extend(&text).map_err(|rows| {
        let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
        bad(lines.join("; "))
    })?;
    Ok(table)
}

/// How to read a log, from what was said on the command line.
pub(crate) fn log_options(log: &Log) -> Result<Options, Fault> {
    let start_date = log.start_date.as_deref().map(date).transpose()?;
    Ok(Options { zone: zone(&log.zone)?, start_date })
}

/// A zone by its IANA name.
pub(crate) fn zone(name: &str) -> Result<Zone, Fault> {
    Zone::named(name).map_err(|unknown| {
        let version = Zone::data_version();
        let help = format!(
            "use an IANA name such as Europe/Madrid; this release knows those of {version}"
        );
        Fault::new(Code::Zone, unknown.to_string(), help)
    })
}

/// A date as YYYY-MM-DD.
pub(crate) fn date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|why: faregate_core::when::BadTime| {
        Fault::new(Code::Usage, why.to_string(), "write dates as YYYY-MM-DD")
    })
}

/// A period of dates as instants: the first, and the first after. By default this month up to today.
pub(crate) fn span(state: &State, span: &Span) -> Result<(Instant, Instant), Fault> {
    let (from, to) = dates(state, span)?;
    Ok((state.zone().start_of(from), state.zone().start_of(to.plus(1))))
}

/// A period of dates, first and last.
pub(crate) fn dates(state: &State, span: &Span) -> Result<(Date, Date), Fault> {
    let today = state.zone().date(crate::ambient::now());
    let to = span.to.as_deref().map(date).transpose()?.unwrap_or(today);
    let from = span.from.as_deref().map(date).transpose()?.unwrap_or(to.month_start());
    if to < from {
        let message = format!("the span ends on {to}, before it begins on {from}");
        return Err(Fault::new(Code::Usage, message, "swap --from and --to"));
    }
    Ok((from, to))
}
