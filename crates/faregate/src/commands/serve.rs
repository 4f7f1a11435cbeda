//! `faregate serve`: the API and the page.

use crate::alerting::{self, Watching};
use crate::ambient::{SystemSecrets, WallClock};
use crate::aside;
use crate::atlas::MmdbAtlas;
use crate::cli::Serve;
use crate::commands::tail::{GrowingLog, POLL};
use crate::commands::{lake, rejected, rights};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::notices::{Declared as Channels, Desk, Dispatcher};
use crate::provider;
use crate::reporting;
use crate::serving::{Announced, Serving};
use crate::sources::Declared;
use crate::sources::keeping::{Board, Keeper};
use faregate_api::Server;
use faregate_app::access::{Access, Kind, LINK_SECONDS, Role, Secrets};
use faregate_app::accounts::Accounts;
use faregate_app::engine::Engine;
use faregate_app::gate::Gate;
use faregate_app::import::flexnet::Report;
use faregate_app::ports::{Atlas, Clock, NoAtlas};
use faregate_core::estate::Cidr;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::Options;
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// Between two looks for silent sessions and ended packs.
const RECONCILE: Duration = Duration::from_secs(10);
/// Between two looks for keys that were revoked beside the server.
const KEYS: Duration = Duration::from_secs(1);
/// A look that comes later than this was not late by itself.
const ASLEEP_SECONDS: i64 = 60;

pub(crate) fn run(path: &Path, args: &Serve, as_json: bool) -> Result<(), Fault> {
    let followed = args.tail.as_deref().zip(args.zone.as_deref());
    let features = estate::features(args.features.as_deref())?;
    let follow = followed.map(|(file, zone)| {
        let start_date = args.start_date.as_deref().map(estate::date).transpose()?;
        let options = Options { zone: estate::zone(zone)?, start_date };
        GrowingLog::judge(file, &options)?;
        Ok::<_, Fault>((GrowingLog::open(file, options, &path.join(rejected::NAME))?, features))
    });
    let follow = follow.transpose()?;
    let board = Board::default();
    if let Some((file, _)) = followed {
        board.follow(file);
    }
    let keeper = keeper(path, args, &board)?;
    let listening = listening(args, as_json)?;
    let (directory, engine) = estate::open(path)?;
    serve(&directory, engine, listening, as_json, &board, |gate| {
        if let Some((log, features)) = follow {
            tokio::spawn(follow_log(gate.clone(), log, Arc::new(features), board.clone()));
        }
        keeper.map_or(Ok(()), |keeper| keeper.start(gate))
    })
}

/// The sources of the file that was named, or of the one in the data directory, on the board.
fn keeper(path: &Path, args: &Serve, board: &Board) -> Result<Option<Keeper>, Fault> {
    let declared = Declared::read(path, args.sources.as_deref())?;
    if declared.sources.sources.is_empty() {
        return Ok(None);
    }
    let features = estate::features(args.features.as_deref())?;
    Keeper::new(declared, board, features, path).map(Some)
}

/// Where to listen, and what to believe of those who come.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed.
    trusted_proxies: Vec<Cidr>,
    /// Tells countries of addresses.
    atlas: Arc<dyn Atlas>,
    /// Programs that ask the lake.
    sql: Option<lake::Listening>,
    /// Where people reach the pages, for notices.
    link: Option<String>,
}

impl Listening {
    /// At an address, believing nobody.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            address,
            trusted_proxies: Vec::new(),
            atlas: Arc::new(NoAtlas),
            sql: None,
            link: None,
        }
    }
}

fn listening(args: &Serve, as_json: bool) -> Result<Listening, Fault> {
    let proxy = |text: &String| {
        text.parse::<Cidr>().map_err(|why| {
            let help = "write a proxy's address or network, for example 10.0.0.5 or 10.0.0.0/24";
            Fault::new(Code::Usage, why.to_string(), help)
        })
    };
    let trusted_proxies = args.trusted_proxy.iter().map(proxy).collect::<Result<_, Fault>>()?;
    let link = args.link.clone();
    if let Some(link) =
        link.as_ref().filter(|link| !link.starts_with("https://") && !link.starts_with("http://"))
    {
        let help = "write where people reach the pages, such as https://faregate.example";
        return Err(Fault::new(Code::Usage, format!("`{link}` is no address of pages"), help));
    }
    let sql = lake::Listening::begin(&args.endpoint)?;
    let mut listening = Listening { trusted_proxies, sql, link, ..Listening::at(args.listen) };
    if let Some(path) = &args.atlas {
        let atlas = MmdbAtlas::open(path)?;
        if !as_json {
            aside!("{}", atlas.told(WallClock.now()));
        }
        listening.atlas = Arc::new(atlas);
    }
    Ok(listening)
}

/// Serves an engine until it is told to stop; `started` runs once the gate decides.
pub(crate) fn serve(
    directory: &DataDirectory,
    engine: Engine,
    listening: Listening,
    as_json: bool,
    board: &Board,
    started: impl FnOnce(&Gate) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let access =
        Arc::new(Access::load(Box::new(directory.credentials()?), Box::new(SystemSecrets))?);
    let secret = directory.server_secret(SystemSecrets.secret())?;
    let rights = rights::read(directory.path())?;
    let provider = provider::read(directory.path())?;
    let accounts = Accounts::new(Box::new(directory.credentials()?));
    let channels = Channels::read(directory.path())?;
    let listener = runtime.block_on(listen(listening.address))?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    let (gate, deciding) = Gate::start(engine, Arc::clone(&clock)).map_err(anyhow::Error::from)?;
    let shared = gate.state().clone();
    let desk = Desk::open(directory.path(), channels, move || shared.read().zone().clone())?;
    let link = listening.link.clone();
    let dispatcher = Dispatcher::start(directory.path(), &desk, &gate, link)?;
    let (measured, mailed) = (gate.state().clone(), Arc::clone(&desk));
    let served = runtime.block_on(async {
        let _announced = announce_to_commands(directory, &access, address)?;
        // Whoever reads the announcement may tell the server to stop at once.
        let stop = told_to_stop()?;
        let sql = listening.sql.as_ref().map(lake::Listening::address);
        announce(&access, (address, sql), &*clock, as_json)?;
        started(&gate)?;
        let keeping = lake::keep(directory.path());
        let answer =
            |sql: lake::Listening| sql.serve(directory.path(), Arc::clone(&access), gate.clone());
        let answering = listening.sql.map(answer);
        tokio::spawn(reconcile(gate.clone()));
        let looking = tokio::spawn(look_at_keys(Arc::clone(&access)));
        let Listening { trusted_proxies, atlas, .. } = listening;
        let server = Server::new(gate.clone(), access, &secret);
        let server = server
            .with_accounts(accounts)
            .with_provider(provider)
            .with_rights(rights)
            .behind(trusted_proxies)
            .with_atlas(atlas);
        let server = reporting::equipped(server, directory.path())
            .with_sources(board.reader())
            .with_schedules(Arc::clone(&desk) as _)
            .with_channels(desk)
            .measuring(Arc::new(move || alerting::beside(&measured.read(), &mailed)));
        let watching = Watching::start(&server, reporting::reader(directory.path().to_owned()));
        let served = faregate_api::run(listener, server, stop).await;
        watching.stop();
        // Every other connection to the store closes before the gate's, which then tidies the store up.
        keeping.end();
        if let Some(answering) = answering {
            answering.end();
        }
        looking.abort();
        // It was told to end, and says so.
        let _ = looking.await;
        served.map_err(anyhow::Error::from)?;
        Ok::<_, Fault>(())
    });
    // An import that is at work leaves the books as they were; the next start goes on.
    board.stop();
    dispatcher.stop();
    // The gate ends what it has begun; whoever still asks is told that the server is stopping.
    gate.stop();
    if let Some(mut engine) = deciding.join() {
        engine.keep_snapshot()?;
    }
    runtime.shutdown_background();
    served
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Fault> {
    TcpListener::bind(address).await.map_err(|why| {
        let help =
            "stop the program that listens there, or choose another with --listen 127.0.0.1:0";
        Fault::new(Code::Address, format!("cannot listen on {address}: {why}"), help)
    })
}

/// One core is the deciding thread's: a worker more than there are cores left costs each decision a sixth.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}

/// Says where the server listens and how to get in.
fn announce(
    access: &Access,
    (address, sql): (SocketAddr, Option<SocketAddr>),
    clock: &dyn Clock,
    as_json: bool,
) -> Result<(), Fault> {
    let expires = Some(clock.now().plus(LINK_SECONDS));
    let token = access.issue(Kind::Link, "administrator", Role::Administrator, expires)?;
    let url = format!("http://{address}");
    let link = format!("{url}/sign-in?token={token}");
    if as_json {
        let key = access.issue(Kind::Key, "started with --json", Role::Administrator, expires)?;
        let mut told = json!({ "url": url, "sign_in": link, "api_key": key });
        if let Some(sql) = sql {
            told["sql"] = json!(sql.to_string());
        }
        return crate::output::json(&told);
    }
    // Nobody has to read this: the server serves all the same.
    let _ = writeln!(stdout(), "Faregate listens on {url}\nSign in once with {link}");
    if let Some(sql) = sql {
        aside!("programs that speak PostgreSQL ask the lake at {sql}");
    }
    aside!("Ctrl-C stops; `faregate sign-in` makes another link");
    Ok(())
}

/// Lets commands on this machine reach the server, with a key that dies with it.
fn announce_to_commands(
    directory: &DataDirectory,
    access: &Access,
    address: SocketAddr,
) -> Result<Announced, Fault> {
    let key = access.lend("command line", Role::Administrator);
    let announced = Serving::announce(directory.path(), format!("http://{address}"), key);
    Ok(announced.map_err(anyhow::Error::from)?)
}

fn told_to_stop() -> Result<impl Future<Output = ()> + Send + 'static, Fault> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(anyhow::Error::from)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(anyhow::Error::from)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

async fn reconcile(gate: Gate) {
    let mut beats = tokio::time::interval(RECONCILE);
    let mut last = gate.now();
    loop {
        beats.tick().await;
        let now = gate.now();
        if now.since(last) > ASLEEP_SECONDS {
            // The machine slept, or its clock jumped: nobody could be heard meanwhile.
            gate.liveness().hear_all(now);
        }
        last = now;
        gate.reconcile();
    }
}

/// What `faregate key revoke` took away beside the server opens nothing any more.
async fn look_at_keys(access: Arc<Access>) {
    let mut beats = tokio::time::interval(KEYS);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        let access = Arc::clone(&access);
        // A store that cannot be read now is read a second later; the gate says what is wrong with it.
        let _ = tokio::task::spawn_blocking(move || access.reload(crate::ambient::now())).await;
    }
}

async fn follow_log(gate: Gate, mut log: GrowingLog, features: Arc<FeatureTable>, board: Board) {
    loop {
        let (done, waiting) = tokio::sync::oneshot::channel();
        let features = Arc::clone(&features);
        gate.run(move |engine| {
            let taken = take_on(engine, &mut log, &features);
            // Nobody waits when the server stops.
            let _ = done.send((log, taken));
        });
        let Ok((back, taken)) = waiting.await else { return };
        log = back;
        match taken {
            Ok(Some(report)) => board.heard(log.path(), report.counts.last),
            Ok(None) => tokio::time::sleep(POLL).await,
            Err(fault) => {
                fault.report(false);
                tokio::time::sleep(RECONCILE).await;
            }
        }
    }
}

fn take_on(
    engine: &mut Engine,
    log: &mut GrowingLog,
    features: &FeatureTable,
) -> Result<Option<Report>, Fault> {
    if log.read_on()? { log.take_in(engine, features).map(Some) } else { Ok(None) }
}
