//! The lake where this build has one: where it is, what is done with it, and how a server keeps it true.

use crate::ambient::{SystemSecrets, now, variable};
use crate::cli::lake::{Erase, Lake as Action, Vacuum};
use crate::fault::{Code, Fault};
use crate::{aside, output, say};
use faregate_app::access::Secrets;
use faregate_app::doctor::Check;
use faregate_app::ports::Store;
use faregate_lake::settings::{Secret, Settings};
use faregate_lake::{Lake, LakeError, LakeSync, Means, Place, Privacy, Synced};
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// Where settings are, in the data directory.
const SETTINGS: &str = "lake.toml";
/// Where the lake is, when nothing else is said.
const DIRECTORY: &str = "lake";
/// Key of the pseudonyms, beside the store: whoever has the lake alone cannot undo them.
const KEY: &str = "lake.key";
/// What is sorted and does not fit into memory.
const SPILL: &str = "lake-spill";

/// A mebibyte.
pub(super) const MEMORY_UNIT: usize = 1 << 20;
/// Memory for sorting and joining, in bytes.
const MEMORY: usize = 512 * MEMORY_UNIT;
/// Between two looks of a server at its journal.
const EVERY: Duration = Duration::from_secs(60);
/// Small files of a month that a server puts together; whoever says `compact` means all of them.
const SMALL_FILES: usize = 32;
/// Looks after which a server puts files together: once an hour.
const LOOKS_PER_COMPACTION: u32 = 60;

pub(crate) fn run(path: &Path, action: &Action, as_json: bool) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        match action {
            Action::Sync => sync(path, as_json).await,
            Action::Status => status(path, as_json).await,
            Action::Check => check(path, as_json).await,
            Action::Compact => compact(path, as_json).await,
            Action::Vacuum(args) => vacuum(path, args, as_json).await,
            Action::Erase(args) => erase(path, args, as_json).await,
        }
    })
}

async fn sync(path: &Path, as_json: bool) -> Result<(), Fault> {
    let mut keeper = Keeper::open(path).await?;
    let Synced { seq, rows, rewritten } = keeper.look().await?;
    if as_json {
        return output::json(&json!({ "seq": seq, "rows": rows, "files_rewritten": rewritten }));
    }
    say!(
        "the lake has the journal up to event {seq}: {rows} rows added, {rewritten} files rewritten"
    );
    Ok(())
}

async fn status(path: &Path, as_json: bool) -> Result<(), Fault> {
    let place = settings(path)?.place(&path.join(DIRECTORY), &secret).map_err(fault)?;
    let url = place.url().to_string();
    let tables = match Lake::find(place).await.map_err(fault)? {
        Some(lake) => lake.status().await.map_err(fault)?,
        None => Vec::new(),
    };
    if as_json {
        let tables: Vec<_> = tables
            .iter()
            .map(|one| {
                json!({ "table": one.table.name(), "rows": one.rows, "files": one.files,
                    "bytes": one.bytes, "seq": one.seq })
            })
            .collect();
        return output::json(&json!({ "place": url, "tables": tables }));
    }
    say!("{url}");
    if tables.is_empty() {
        say!("there is no lake yet: `faregate lake sync` makes it");
    }
    for one in tables {
        let (table, rows, files) = (one.table.name(), one.rows, one.files);
        say!("{table:<10} {rows:>12} rows {files:>6} files {:>14} bytes", one.bytes);
    }
    Ok(())
}

async fn check(path: &Path, as_json: bool) -> Result<(), Fault> {
    let mut store = DataDirectory::read(path)?;
    let mut lake = found(path).await?;
    let findings = lake.check(&mut store, &means(path)?).await.map_err(fault)?;
    if !findings.is_empty() && !lake.is_whole().await.map_err(fault)? {
        let message = "a sync of the lake is at work, or was cut short";
        let help = "let it end, or run `faregate lake sync`, and check again";
        return Err(Fault::new(Code::Data, message, help));
    }
    if as_json {
        output::json(&json!({ "healthy": findings.is_empty(), "findings": findings }))?;
    } else {
        findings.iter().for_each(|finding| say!("WRONG  {finding}"));
    }
    if findings.is_empty() {
        if !as_json {
            say!("ok     the lake says what the store says");
        }
        return Ok(());
    }
    let help = "run `faregate lake sync`; if it stays, remove its tables but not `hidden`, which says whom it must not name: sync makes them anew";
    Err(Fault::new(Code::Findings, "the lake does not say what the store says", help))
}

async fn compact(path: &Path, as_json: bool) -> Result<(), Fault> {
    let done = found(path).await?.compact(2, &means(path)?, now()).await.map_err(fault)?;
    if as_json {
        return output::json(&json!({ "files_before": done.before, "files_after": done.after }));
    }
    say!("{} files were put together into {}", done.before, done.after);
    Ok(())
}

async fn vacuum(path: &Path, args: &Vacuum, as_json: bool) -> Result<(), Fault> {
    let removed = found(path).await?.vacuum(args.days.into(), now()).await.map_err(fault)?;
    if as_json {
        return output::json(&json!({ "files_removed": removed }));
    }
    say!("{removed} files were removed");
    Ok(())
}

async fn erase(path: &Path, args: &Erase, as_json: bool) -> Result<(), Fault> {
    let mut keeper = Keeper::open(path).await?;
    keeper.look().await?;
    let done = keeper.sync.erase(&args.person, &keeper.means, now()).await.map_err(fault)?;
    if !done {
        let message = format!("nobody is called `{}`", args.person);
        return Err(Fault::new(Code::Refused, message, "`faregate person list` names everybody"));
    }
    if as_json {
        return output::json(&json!({ "erased": true }));
    }
    say!("the lake does not name them any more; the journal still does");
    Ok(())
}

/// Keeps the lake true beside a server, in a thread of its own, so that no request waits for it.
pub(crate) fn keep(path: &Path) -> Keeping {
    let path = path.to_owned();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let started = std::thread::Builder::new().name("lake".to_owned()).spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(async {
                // A look may be cut short anywhere: the next one goes on.
                tokio::select! {
                    () = keep_on(&path) => {}
                    _ = stopped => {}
                }
            }),
            Err(why) => aside!("lake: {why}"),
        }
    });
    let thread = started.map_err(|why| aside!("lake: {why}")).ok();
    Keeping { stop, thread }
}

/// A lake that is kept true.
pub(crate) struct Keeping {
    stop: tokio::sync::oneshot::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Keeping {
    /// Ends it, and waits until it has let go of the store.
    pub(crate) fn end(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let _ = self.thread.map(JoinHandle::join);
    }
}

async fn keep_on(path: &Path) {
    let mut keeper = None;
    for look in 1.. {
        if let Err(why) = keep_once(path, &mut keeper, look).await {
            // It is a projection: the next look finds all of it.
            aside!("lake: {why}");
            keeper = None;
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn keep_once(path: &Path, keeper: &mut Option<Keeper>, look: u32) -> Result<(), LakeError> {
    if keeper.is_none() {
        *keeper = Some(Keeper::begin(path).await?);
    }
    let Some(keeper) = keeper else { return Ok(()) };
    keeper.look_once().await?;
    if look.is_multiple_of(LOOKS_PER_COMPACTION) {
        let lake = keeper.sync.lake_mut();
        lake.compact(SMALL_FILES, &keeper.means, now()).await?;
        lake.vacuum(faregate_lake::VACUUM_DAYS, now()).await?;
    }
    Ok(())
}

/// A lake and its store, open.
struct Keeper {
    sync: LakeSync,
    means: Means,
    path: PathBuf,
}

impl Keeper {
    async fn open(path: &Path) -> Result<Self, Fault> {
        // Whatever is wrong with the store is told in the words of every other command.
        drop(DataDirectory::read(path)?);
        Self::begin(path).await.map_err(fault)
    }

    async fn begin(path: &Path) -> Result<Self, LakeError> {
        let settings = Settings::read(&path.join(SETTINGS))?;
        let place = settings.place(&path.join(DIRECTORY), &secret)?;
        let privacy = Privacy::load(&place, key(path)?, settings.retention.months).await?;
        let sync = LakeSync::new(Lake::open(place).await?, privacy);
        Ok(Self { sync, means: means_in(path, MEMORY)?, path: path.to_owned() })
    }

    async fn look(&mut self) -> Result<Synced, Fault> {
        self.look_once().await.map_err(fault)
    }

    async fn look_once(&mut self) -> Result<Synced, LakeError> {
        let mut store = readable(&self.path)?;
        let synced = self.sync.run(&mut store, now()).await?;
        self.sync.forget(&self.means, now()).await?;
        Ok(synced)
    }
}

/// Whether the lake says what the store says; `None` when there is no lake.
pub(crate) fn examine(path: &Path) -> Result<Option<Check>, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let findings = runtime.map_err(anyhow::Error::from)?.block_on(async {
        let Some(mut lake) = Lake::find(place(path)?).await? else { return Ok(None) };
        let mut store = readable(path)?;
        let means = means_in(path, MEMORY)?;
        if compared(&mut lake, &mut store, &means).await?.is_empty() {
            return Ok(Some(Vec::new()));
        }
        // A server may have ended a sync while the tables were looked at one by one; it does not twice.
        compared(&mut lake, &mut store, &means).await.map(Some)
    });
    let findings = findings.unwrap_or_else(|why: LakeError| Some(vec![why.to_string()]));
    Ok(findings.map(|findings| Check { name: "lake-equals-ledger", findings }))
}

/// What differs between lake and store. Nothing, while a sync is at work or waits to be ended: it will be.
async fn compared(
    lake: &mut Lake,
    store: &mut dyn Store,
    means: &Means,
) -> Result<Vec<String>, LakeError> {
    let findings = lake.check(store, means).await?;
    Ok(if lake.is_whole().await? { findings } else { Vec::new() })
}

/// Where the lake is.
pub(super) fn place(path: &Path) -> Result<Place, LakeError> {
    Settings::read(&path.join(SETTINGS))?.place(&path.join(DIRECTORY), &secret)
}

fn readable(path: &Path) -> Result<impl Store, LakeError> {
    let unreadable = |why| LakeError::Damaged(format!("the store cannot be read: {why:?}"));
    DataDirectory::read(path).map_err(unreadable)
}

pub(super) async fn found(path: &Path) -> Result<Lake, Fault> {
    let place = settings(path)?.place(&path.join(DIRECTORY), &secret).map_err(fault)?;
    Lake::find(place).await.map_err(fault)?.ok_or_else(|| {
        Fault::new(Code::Data, "there is no lake yet", "make it with `faregate lake sync`")
    })
}

fn settings(path: &Path) -> Result<Settings, Fault> {
    drop(DataDirectory::read(path)?);
    Settings::read(&path.join(SETTINGS)).map_err(fault)
}

fn secret(from: &Secret) -> Result<String, String> {
    match from {
        Secret::Env(name) => variable(name).ok_or_else(|| format!("variable `{name}` is not set")),
        Secret::File(file) => std::fs::read_to_string(file)
            .map(|text| text.trim().to_owned())
            .map_err(|why| format!("`{}`: {why}", file.display())),
    }
}

/// The key of the pseudonyms, made when there is none yet.
fn key(path: &Path) -> Result<[u8; 32], LakeError> {
    let file = path.join(KEY);
    let unusable = |why: String| LakeError::Settings { path: file.clone(), why };
    match std::fs::read(&file) {
        Ok(kept) => {
            let why = "it holds no key of 32 bytes: bring it back from a backup";
            kept.try_into().map_err(|_| unusable(why.to_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let fresh = SystemSecrets.secret();
            write_once(&file, &fresh).map_err(|error| unusable(error.to_string()))?;
            // Another process may have been first: what is there counts.
            let kept = std::fs::read(&file).map_err(|error| unusable(error.to_string()))?;
            kept.try_into().map_err(|_| unusable("it holds no key of 32 bytes".to_owned()))
        }
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// Writes a file that only its owner may read, unless there is one.
fn write_once(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let draft = file.with_extension(format!("{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&draft)?, content)?;
    // A link is made where there is no file, and nowhere else.
    let linked = std::fs::hard_link(&draft, file);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn means(path: &Path) -> Result<Means, Fault> {
    means_of(path, MEMORY)
}

pub(super) fn means_of(path: &Path, memory: usize) -> Result<Means, Fault> {
    means_in(path, memory).map_err(fault)
}

pub(super) fn means_in(path: &Path, memory: usize) -> Result<Means, LakeError> {
    let spill = path.join(SPILL);
    let unusable =
        |why: std::io::Error| LakeError::Settings { path: path.join(SPILL), why: why.to_string() };
    std::fs::create_dir_all(&spill).map_err(unusable)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Means { memory, spill, threads })
}

pub(super) fn fault(error: LakeError) -> Fault {
    let (code, help) = match &error {
        LakeError::Newer { .. } => (Code::Newer, "use the release that wrote it, or a newer one"),
        LakeError::Settings { .. } => {
            (Code::Failed, "docs/guides/lake.md says what can stand there")
        }
        LakeError::Busy(_) => (Code::Failed, "try again: what was committed stays"),
        LakeError::Store(_) | LakeError::Journal(_) => (Code::Damaged, "run `faregate doctor`"),
        _ => {
            let help = "try again; or remove its tables, but not `hidden`, which says whom it must not name: `faregate lake sync` makes them anew";
            (Code::Failed, help)
        }
    };
    Fault::new(code, format!("lake: {error}"), help)
}
