//! `faregate import flexnet`: debug logs, once.

use crate::aside;
use crate::cli::ImportFlexnet;
use crate::commands::progress::Meter;
use crate::commands::receipt;
use crate::commands::rejected::{self, List};
use crate::fault::{Code, Fault};
use crate::{estate, output};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{Input, Report, Watch, import};
use faregate_app::import::intake::Taken;
use faregate_app::setup::NewContract;
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::{Options, RejectReason, Rejected, sniff};
use faregate_store::directory::DataDirectory;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// The files of a store.
const KEPT: [&str; 4] = ["faregate.db", "faregate.db-wal", "faregate.db-shm", "faregate.lock"];
/// Bytes by which a file is judged before anything is written.
const FIRST_BYTES: u64 = 64 << 10;

pub(crate) fn run(path: &Path, args: &ImportFlexnet, as_json: bool) -> Result<(), Fault> {
    let options = estate::log_options(&args.log)?;
    let features = estate::features(args.log.features.as_deref())?;
    let (inputs, bytes) = inputs(&args.files)?;
    let fresh = !DataDirectory::exists(path);
    let (directory, mut engine) = open_or_create(path, &options.zone, fresh)?;
    let progress = list(path, args).and_then(|list| Progress::start(bytes, as_json, list));
    let recorded =
        progress.and_then(|progress| record(&mut engine, &features, inputs, &options, progress));
    match recorded {
        Ok((report, rejected)) => {
            if fresh {
                created(path);
            }
            let files = args.files.iter().map(|file| file.display().to_string()).collect();
            let taken = Taken::log(files, report);
            if as_json {
                return output::json(&receipt::in_json(&taken));
            }
            receipt::tell("", &taken);
            receipt::tell_rejected(rejected.as_deref());
            Ok(())
        }
        Err(fault) => {
            drop(engine);
            if fresh {
                discard(&directory);
            }
            Err(fault)
        }
    }
}

fn list(path: &Path, args: &ImportFlexnet) -> Result<List, Fault> {
    let read: Vec<&PathBuf> = args.files.iter().chain(&args.log.features).collect();
    rejected_in(path, args.rejected.as_deref(), &read)
}

/// The list of rejected lines takes the place of no file that the import reads or keeps.
pub(super) fn rejected_in(
    path: &Path,
    named: Option<&Path>,
    read: &[&PathBuf],
) -> Result<List, Fault> {
    let kept = KEPT.map(|name| path.join(name));
    let kept: Vec<&Path> = kept.iter().chain(read.iter().copied()).map(PathBuf::as_path).collect();
    List::begin(&named.map_or_else(|| path.join(rejected::NAME), Path::to_owned), &kept)
}

fn record(
    engine: &mut Engine,
    features: &FeatureTable,
    inputs: Vec<Input<'static>>,
    options: &Options,
    mut progress: Progress,
) -> Result<(Report, Option<PathBuf>), Fault> {
    let report = import(engine, features, inputs, options, &mut progress)?;
    if let Some(undated) = progress.undated.take().filter(|_| report.tally.events == 0) {
        return Err(Fault::new(Code::Undated, undated, "nothing was imported"));
    }
    let rejected = progress.finish()?;
    // No snapshot: it would double the memory, and replaying what was imported is as quick as reading one.
    Ok((report, rejected))
}

/// A licence manager who comes with a log and nothing else gets a store on the usual terms.
fn open_or_create(path: &Path, zone: &Zone, fresh: bool) -> Result<(DataDirectory, Engine), Fault> {
    if !fresh {
        return estate::open(path);
    }
    let tariff = estate::tariff("flex-daily")?.parts().clone();
    let name = "Autodesk contract".to_owned();
    let contract = NewContract { name, zone: zone.name().to_owned(), tariff, pack: None };
    super::init::create(path, contract, &estate::features(None)?)
}

fn created(path: &Path) {
    let shown = path.display();
    aside!(
        "created `{shown}` with the tariff flex-daily and no tokens; `faregate init` takes other terms"
    );
}

/// Takes back the store that an import began and could not fill: the next one may say another zone.
fn discard(directory: &DataDirectory) {
    for name in KEPT {
        // What is not there needs no removing.
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    let _ = std::fs::remove_dir(directory.path());
}

/// All files are opened and judged before anything is written, so that a wrong one changes nothing.
fn inputs(files: &[PathBuf]) -> Result<(Vec<Input<'static>>, u64), Fault> {
    let mut inputs = Vec::with_capacity(files.len());
    let mut total = 0;
    for path in files {
        let name = path.display().to_string();
        let bad = |why: std::io::Error| {
            let help = "check the path and that this user may read it; nothing was imported";
            Fault::new(Code::Input, format!("{name}: {why}"), help)
        };
        let mut file = File::open(path).map_err(bad)?;
        let metadata = file.metadata().map_err(bad)?;
        if metadata.is_dir() {
            let help = "name the log files in it; nothing was imported";
            return Err(Fault::new(Code::Input, format!("{name}: this is a directory"), help));
        }
        let mut first = Vec::new();
        Read::by_ref(&mut file).take(FIRST_BYTES).read_to_end(&mut first).map_err(bad)?;
        sniff(&first).map_err(|why| Fault::not_a_log(&name, why))?;
        total += metadata.len();
        // A pipe cannot be read twice.
        inputs.push(Input { name, bytes: Box::new(Cursor::new(first).chain(file)) });
    }
    Ok((inputs, total))
}

/// The progress bar, the list of rejected lines, and the operator's Ctrl-C.
struct Progress {
    meter: Meter,
    list: List,
    /// The first line that nothing gives a date, in words.
    undated: Option<String>,
}

impl Progress {
    fn start(bytes: u64, quiet: bool, list: List) -> Result<Self, Fault> {
        Ok(Self { meter: Meter::start(bytes, quiet)?, list, undated: None })
    }

    /// Where the rejected lines are listed, if there were any.
    fn finish(self) -> Result<Option<PathBuf>, Fault> {
        self.meter.finish();
        self.list.finish()
    }
}

impl Watch for Progress {
    fn read(&mut self, bytes: u64) -> bool {
        if bytes == 0 {
            self.meter.say("rating");
        }
        self.meter.read(bytes)
    }

    fn rejected(&mut self, file: &str, rejected: &Rejected) {
        if matches!(rejected.reason, RejectReason::DateUnknown | RejectReason::DateTooLate) {
            self.undated.get_or_insert_with(|| format!("{file}: {rejected}"));
        }
        self.list.add(file, rejected);
    }
}
