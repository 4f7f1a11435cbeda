//! `faregate init`: create a store and begin a contract.

use crate::ambient::WallClock;
use crate::cli::Init;
use crate::fault::{Code, Fault};
use crate::{aside, estate, output};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::amount::Ticks;
use faregate_core::when::{Date, Instant, Zone};
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(path: &Path, args: &Init, as_json: bool) -> Result<(), Fault> {
    // All that can be wrong is found before anything is written.
    let zone = estate::zone(&args.zone)?;
    let tariff = estate::tariff(&args.tariff)?;
    let features = estate::features(None)?;
    let pack = args.tokens.map(|tokens| pack(tokens, args, &zone)).transpose()?;
    let (name, tariff) = (args.name.clone(), tariff.parts().clone());
    let tariff_name = tariff.name.clone();
    let contract = NewContract { name, zone: zone.name().to_owned(), tariff, pack };
    create(path, contract, &features)?;
    if as_json {
        return output::json(&json!({ "data": path, "zone": zone.name(), "tariff": tariff_name }));
    }
    aside!(
        "created `{}`: {}, days in {}, tariff {tariff_name}",
        path.display(),
        args.name,
        zone.name()
    );
    aside!("next: faregate import flexnet FILE --zone {}", zone.name());
    Ok(())
}

/// The largest pack: what the ledger can hold, less some room for sums.
const TOKENS_MAX: i64 = 2_500_000_000;

/// Creates a store and begins a contract in it.
pub(crate) fn create(
    path: &Path,
    contract: NewContract,
    features: &faregate_ingest::features::FeatureTable,
) -> Result<(DataDirectory, Engine), Fault> {
    let (directory, store) = DataDirectory::create(path)?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    engine.append(begin_contract(contract, features))?;
    Ok((directory, engine))
}

fn pack(tokens: i64, args: &Init, zone: &Zone) -> Result<(Ticks, Instant, Instant), Fault> {
    let usage = |message: String, help: &str| Fault::new(Code::Usage, message, help);
    let ticks = Ticks::from_tokens(tokens).filter(|_| (1..=TOKENS_MAX).contains(&tokens));
    let ticks = ticks.ok_or_else(|| {
        usage(
            format!("`{tokens}` tokens cannot be bought"),
            "give a number from 1 to 2,500,000,000",
        )
    })?;
    let first = args.from.as_deref().map(estate::date).transpose()?;
    let first = first.unwrap_or_else(|| zone.date(WallClock.now()));
    let last =
        args.until.as_deref().map(estate::date).transpose()?.unwrap_or_else(|| a_year_after(first));
    if last < first {
        return Err(usage(
            format!("the pack ends on {last}, before it begins on {first}"),
            "swap --from and --until",
        ));
    }
    Ok((ticks, zone.start_of(first), zone.start_of(last.plus(1))))
}

/// The last date of a year that begins on `first`.
fn a_year_after(first: Date) -> Date {
    let (year, month, day) = first.ymd();
    Date::from_ymd(year + 1, month, day).unwrap_or_else(|| first.plus(366)).plus(-1)
}
