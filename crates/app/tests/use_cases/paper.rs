//! Debug logs as a licence server would have written them, and their import.

use crate::world::{MINUTE, T0, World};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{ImportError, Input, Report, Watch, import};
use faregate_core::event::Counts;
use faregate_core::when::{Instant, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::{Options, Rejected};

pub(crate) const AUTOCAD: &str = "87545ACD_2022_0F";
pub(crate) const REVIT: &str = "87471RVT_2022_0F";

/// One use; minutes count from [`T0`].
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) feature: String,
    pub(crate) opened: i64,
    pub(crate) closed: Option<i64>,
}

pub(crate) fn used(user: &str, feature: &str, opened: i64, closed: impl Into<Option<i64>>) -> Used {
    let closed = closed.into();
    Used {
        user: user.to_owned(),
        host: format!("WS-{user}"),
        feature: feature.to_owned(),
        opened,
        closed,
    }
}

/// The log of these uses, up to and with a minute. Like a real one it says the date every six hours.
pub(crate) fn log_until(uses: &[Used], last: i64) -> String {
    let mut lines = Vec::new();
    for (number, one) in uses.iter().enumerate() {
        let mut push = |minute: i64, word| {
            let text =
                format!("(adskflex) {word}: \"{}\" {}@{}  ", one.feature, one.user, one.host);
            // What comes back at a minute does so before what goes out then; a use of no length is out first.
            let rank = if word == "OUT" { 1 } else { 2 * u8::from(one.closed == Some(one.opened)) };
            lines.push((minute, rank, number, text));
        };
        push(one.opened, "OUT");
        one.closed.into_iter().for_each(|closed| push(closed, "IN"));
    }
    let begin =
        lines.iter().map(|(minute, ..)| minute.div_euclid(1_440) * 1_440).min().unwrap_or(0);
    let end = lines.iter().map(|(minute, ..)| *minute).max().unwrap_or(0);
    let dated = |minute: i64| (minute, 0, 0, format!("(lmgrd) TIMESTAMP {}", slashed(minute)));
    lines.push(dated(begin));
    lines.extend((begin + 180..=end).step_by(360).map(dated));
    lines.sort_by_key(|(minute, rank, number, _)| (*minute, *rank, *number));
    let line = |(minute, _, _, text): &(i64, u8, usize, String)| {
        let of_day = minute.rem_euclid(1_440);
        format!("{:2}:{:02}:00 {text}\n", of_day / 60, of_day % 60)
    };
    lines.iter().filter(|(minute, ..)| *minute <= last).map(line).collect()
}

fn slashed(minute: i64) -> String {
    let date = T0.plus(minute * MINUTE).to_string();
    format!("{}/{}/{}", &date[5..7], &date[8..10], &date[..4])
}

pub(crate) fn log(uses: &[Used]) -> String {
    log_until(uses, i64::MAX)
}

/// Reads on, until it has been told so many bytes.
pub(crate) struct Reading {
    pub(crate) stop_after: u64,
    pub(crate) rejected: Vec<(String, u64)>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { stop_after: u64::MAX, rejected: Vec::new() }
    }
}

impl Watch for Reading {
    fn read(&mut self, bytes: u64) -> bool {
        self.stop_after = self.stop_after.saturating_sub(bytes);
        self.stop_after > 0
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected) {
        self.rejected.push((file.to_owned(), rejected.line));
    }
}

pub(crate) fn options() -> Options {
    Options { zone: Zone::utc(), start_date: None }
}

pub(crate) fn try_import(
    engine: &mut Engine,
    logs: &[&str],
    watch: &mut Reading,
) -> Result<Report, ImportError> {
    import_by(engine, logs, &FeatureTable::shipped(), watch)
}

/// The shipped features and these rows.
pub(crate) fn features(rows: &str) -> FeatureTable {
    let mut features = FeatureTable::shipped();
    features.extend(rows).unwrap();
    features
}

pub(crate) fn import_by(
    engine: &mut Engine,
    logs: &[&str],
    features: &FeatureTable,
    watch: &mut Reading,
) -> Result<Report, ImportError> {
    let input = |(number, log): (usize, &&str)| {
        let bytes: Box<dyn std::io::Read> = Box::new(std::io::Cursor::new(log.as_bytes().to_vec()));
        Input { name: format!("{number}.log"), bytes }
    };
    let inputs = logs.iter().enumerate().map(input).collect();
    import(engine, features, inputs, &options(), watch)
}

pub(crate) fn import_all(engine: &mut Engine, logs: &[&str]) -> Counts {
    try_import(engine, logs, &mut Reading::default()).unwrap().counts
}

/// A contract with enough tokens, long after the logs.
pub(crate) fn office() -> World {
    let world = World::new(1_000_000);
    world.clock.set(T0.plus(60 * 86_400));
    world
}

/// Who was charged for what from when, whatever their ids are.
pub(crate) fn charged(engine: &Engine) -> Vec<(String, String, Instant)> {
    let shared = engine.state();
    let state = shared.read();
    assert_eq!(faregate_core::invariants::violations(&state), []);
    let estate = state.estate();
    let named = |charge: faregate_core::event::Charge| {
        let person = estate.person(charge.person).map(|person| person.key.clone()).unwrap();
        (person, estate.product(charge.product).unwrap().key.clone(), charge.at)
    };
    let mut charged: Vec<_> = state.charges().iter().map(named).collect();
    charged.sort();
    charged
}

pub(crate) fn charge(user: &str, product: &str, minute: i64) -> (String, String, Instant) {
    (user.to_owned(), product.to_owned(), T0.plus(minute * MINUTE))
}
