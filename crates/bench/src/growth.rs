//! How an import and the store grow with the history: no peer, a curve.
//!
//! Each size is imported into a fresh store, rated and committed; then the store is loaded by another process,
//! as the server does when it starts. No step may grow faster than n log n.

use crate::ambient::Tick;
use crate::command::{Ran, measured};
use crate::logs::{self, Form, Log};
use crate::machine;
use crate::outcome::short;
use crate::races::Setting;
use crate::races::ingestion::{Imported, STORE, faregate, import};
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct Growth {
    /// Millions of sessions, from few to many
    #[arg(long, value_delimiter = ',', default_values_t = [1.0, 10.0, 100.0])]
    millions: Vec<f64>,
    /// People
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// The server's binary, instead of the one built beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Keep the logs and the last store
    #[arg(long)]
    keep: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// One point of the curve.
struct Point {
    log: Log,
    import: Ran,
    import_seconds: f64,
    charges_ok: bool,
    load: Ran,
    load_seconds: f64,
    store_bytes: u64,
}

pub(crate) fn run(args: &Growth) -> Result<()> {
    let setting = Setting::new(args.binary.clone(), 1, 0.0, 1.0)?;
    let mut points = Vec::new();
    for millions in &args.millions {
        let point = point(&setting, (millions * 1e6) as u64, args)?;
        if !args.json {
            eprintln!("{}", point.line());
        }
        points.push(point);
    }
    if args.json {
        println!("{}", points.iter().map(Point::json).collect::<Value>());
    } else {
        println!("{}\n\n{HEADING}", machine::class());
        points.iter().for_each(|point| println!("{}", point.line()));
    }
    Ok(())
}

fn point(setting: &Setting, sessions: u64, args: &Growth) -> Result<Point> {
    let path = setting.home.join(format!("growth-{sessions}-{}.log", args.people));
    let log = logs::log_of(&path, Form::FlexNet, sessions, args.people)?;
    let Imported { ran: import, wall: import_seconds, said } = import(setting, &log)?;
    let data = setting.home.join(STORE);
    let begun = Tick::now();
    let load = measured(faregate(setting, &data).args(["--json", "burn"]))?;
    let load_seconds = begun.seconds();
    let charges_ok = said["sessions"].as_u64() == Some(sessions)
        && said["session_seconds"].as_i64() == Some(log.seconds)
        && said["quarantined"].as_u64() == Some(0);
    let store_bytes = size(&data)?;
    if !args.keep {
        std::fs::remove_dir_all(&data)?;
        std::fs::remove_file(&path)?;
    }
    Ok(Point { log, import, import_seconds, charges_ok, load, load_seconds, store_bytes })
}

fn size(directory: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let metadata = entry?.metadata()?;
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(bytes)
}

const HEADING: &str = "   sessions   log MB   wall s    CPU s  peak MiB   us each  store MB   load s  load MiB  right";

impl Point {
    /// Microseconds of CPU that a session takes.
    fn each(&self) -> f64 {
        self.import.cpu * 1e6 / self.log.sessions as f64
    }

    fn line(&self) -> String {
        format!(
            "{:>11} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9} {:>8} {:>9}  {}",
            short(self.log.sessions as f64),
            short(self.log.bytes as f64 / 1e6),
            short(self.import_seconds),
            short(self.import.cpu),
            short(self.import.peak),
            short(self.each()),
            short(self.store_bytes as f64 / 1e6),
            short(self.load_seconds),
            short(self.load.peak),
            if self.charges_ok { "yes" } else { "NO" },
        )
    }

    fn json(&self) -> Value {
        json!({
            "sessions": self.log.sessions, "log_bytes": self.log.bytes,
            "wall_s": self.import_seconds, "cpu_s": self.import.cpu, "peak_mib": self.import.peak,
            "us_each": self.each(), "store_bytes": self.store_bytes,
            "load_s": self.load_seconds, "load_mib": self.load.peak, "right": self.charges_ok,
        })
    }
}
