//! The targets of quality: exact charges, conserved tokens, bounded memory, forecasts that hold, anomalies
//! that are found, pools that last as often as they are said to.
//!
//! To add one: a module that returns its figures, and its row in [`TARGETS`].

mod anomalies;
mod charging;
mod conservation;
mod forecasts;
mod memory;
mod portfolio;
mod recommendations;
mod replay;
mod sizing;

use crate::machine;
use crate::outcome::short;
use crate::races::Setting;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Quality {
    /// Share of the full sizes, for a quick look
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// The server's binary, instead of the one built beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Only the targets whose names begin with these
    #[arg(value_name = "TARGET")]
    names: Vec<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Which side of its target a figure has to be on.
#[derive(Clone, Copy)]
enum Side {
    /// No more than the target.
    AtMost,
    /// No less than the target.
    AtLeast,
    /// The target, exactly.
    Exactly,
    /// No further from the target than this.
    Within(f64),
}

/// One figure and its target.
struct Figure {
    name: &'static str,
    value: f64,
    target: f64,
    side: Side,
    unit: &'static str,
    note: String,
}

impl Figure {
    fn holds(&self) -> bool {
        match self.side {
            Side::AtMost => self.value <= self.target,
            Side::AtLeast => self.value >= self.target,
            // Counts up to 2^53 are exact.
            Side::Exactly => self.value.total_cmp(&self.target).is_eq(),
            Side::Within(apart) => (self.value - self.target).abs() <= apart,
        }
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "value": self.value, "target": self.target, "holds": self.holds(),
            "unit": self.unit, "note": self.note,
        })
    }

    fn line(&self) -> String {
        let sign = match self.side {
            Side::AtMost => "≤",
            Side::AtLeast => "≥",
            Side::Exactly => "=",
            Side::Within(_) => "≈",
        };
        let (value, target) = (short(self.value), short(self.target));
        let holds = if self.holds() { "yes" } else { "NO" };
        let Self { name, unit, note, .. } = self;
        format!("{name:<44} {value:>12} {sign} {target:<12} {unit:<9} {holds:<4} {note}")
    }
}

type Target = fn(&Setting) -> Result<Vec<Figure>>;

const TARGETS: [(&str, Target); 10] = [
    ("charging", charging::run),
    ("conservation", conservation::run),
    ("forecasts", forecasts::run),
    ("import", memory::import),
    ("serve", memory::serve),
    ("anomalies", anomalies::run),
    ("portfolio", portfolio::run),
    ("recommendations", recommendations::run),
    ("replay", replay::run),
    ("sizing", sizing::run),
];

pub(crate) fn run(args: &Quality) -> Result<()> {
    let setting = Setting::new(args.binary.clone(), 1, 1.0, args.scale)?;
    let mut figures = Vec::new();
    let is_wanted = |name: &str| {
        args.names.is_empty() || args.names.iter().any(|wanted| name.starts_with(wanted.as_str()))
    };
    for (_, target) in TARGETS.into_iter().filter(|(name, _)| is_wanted(name)) {
        figures.append(&mut target(&setting)?);
    }
    if args.json {
        println!("{}", figures.iter().map(Figure::json).collect::<Value>());
        return Ok(());
    }
    println!("{}, load average {}\n", machine::class(), machine::load_average());
    figures.iter().for_each(|figure| println!("{}", figure.line()));
    Ok(())
}
