//! The endpoint, spoken to as programs speak to it: who comes in, what they see, and what ends a statement.

use crate::rights::owned;
use crate::world::{PEOPLE, World};
use faregate_app::access::{Access, Credential, CredentialStore, Kind, Role, SecretHash, Secrets};
use faregate_app::gate::{Deciding, Gate};
use faregate_app::ports::StoreError;
use faregate_lake::wire::{Door, Endpoint, Limits, Tls};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// What a tool exits with when it cannot be installed here.
const UNAVAILABLE: i32 = 69;
/// What a test allows that does not try the limits.
const LIMITS: Limits = Limits { connections_max: 8, statement_time: Duration::from_secs(600) };
/// Takes longer than anybody waits.
const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 1000000000000)";

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Credential>>>);

impl CredentialStore for Kept {
    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, StoreError> {
        Ok(self.0.lock().unwrap().iter().find(|credential| credential.hash == *hash).cloned())
    }

    fn add(&self, credential: &Credential) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(credential.clone());
        Ok(())
    }

    fn remove(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.0.lock().unwrap().retain(|credential| credential.hash != *hash);
        Ok(())
    }

    fn remove_expired(&self, now: faregate_core::when::Instant) -> Result<(), StoreError> {
        self.0.lock().unwrap().retain(|one| one.expires.is_none_or(|end| now < end));
        Ok(())
    }
}

struct Counted(AtomicU8);

impl Secrets for Counted {
    fn secret(&self) -> [u8; 32] {
        [self.0.fetch_add(1, Ordering::SeqCst); 32]
    }
}

/// A world that is served.
struct Served {
    world: World,
    access: Arc<Access>,
    address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    gate: Gate,
    deciding: Option<Deciding>,
    runtime: Option<Runtime>,
}

impl Served {
    fn with(limits: Limits) -> Self {
        Self::over(limits, None)
    }

    fn over(limits: Limits, tls: Option<Tls>) -> Self {
        let world = owned();
        let runtime = Runtime::new().unwrap();
        let secrets = Counted(AtomicU8::new(1));
        let access = Arc::new(Access::load(Box::<Kept>::default(), Box::new(secrets)).unwrap());
        let (gate, deciding) = Gate::start(world.engine(), world.clock()).unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&log);
        let audit = Arc::new(move |line: &str| noted.lock().unwrap().push(line.to_owned()));
        let door = Door::new(Arc::clone(&access), gate.clone(), audit);
        let address = runtime.block_on(async {
            world.sync().await;
            let endpoint = Endpoint::new(door, world.place(), &world.means(), limits).unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(endpoint.serve(listener, tls));
            address
        });
        let (deciding, runtime) = (Some(deciding), Some(runtime));
        Self { world, access, address, log, gate, deciding, runtime }
    }

    fn new() -> Self {
        Self::with(LIMITS)
    }

    fn key(&self, name: &str, role: Role) -> String {
        self.access.issue(Kind::Key, name, role, None).unwrap()
    }

    fn client(&self, name: &str, role: Role) -> Client {
        Client::connect(self.address, name, &self.key(name, role)).unwrap()
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.gate.stop();
        self.deciding.take().map(Deciding::join);
        self.runtime.take().unwrap().shutdown_background();
    }
}

/// The protocol's simple half, as far as a test needs it.
struct Client {
    socket: TcpStream,
    /// What cancels its statements.
    cancels: Vec<u8>,
}

type Row = Vec<Option<String>>;

impl Client {
    fn connect(address: SocketAddr, user: &str, key: &str) -> Result<Self, String> {
        let mut client = Self::begin(address, user);
        client.send(b'p', &[key.as_bytes(), b"\0"].concat());
        client.answer()?;
        Ok(client)
    }

    fn begin(address: SocketAddr, user: &str) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        let said = format!("user\0{user}\0database\0faregate\0\0");
        let length = u32::try_from(said.len() + 8).unwrap();
        let head = [length.to_be_bytes(), 196_608_u32.to_be_bytes()].concat();
        socket.write_all(&[head.as_slice(), said.as_bytes()].concat()).unwrap();
        Self { socket, cancels: Vec::new() }
    }

    fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        // The other side may have hung up: what it said before is still to be read.
        let _ = self.socket.write_all(&[&[kind][..], &length, body].concat());
    }

    fn ask(&mut self, statement: &str) -> Result<Vec<Row>, String> {
        self.send(b'Q', &[statement.as_bytes(), b"\0"].concat());
        self.answer()
    }

    fn number(&mut self, statement: &str) -> i64 {
        self.ask(statement).unwrap()[0][0].as_ref().unwrap().parse().unwrap()
    }

    /// Reads until the server is ready again; what it says of an error, or that it hung up.
    fn answer(&mut self) -> Result<Vec<Row>, String> {
        let (mut rows, mut wrong) = (Vec::new(), None);
        loop {
            let Some((kind, body)) = self.message() else {
                return Err(wrong.unwrap_or_else(|| "hung up".to_owned()));
            };
            match kind {
                b'D' => rows.push(row(&body)),
                b'E' => wrong = Some(error(&body)),
                b'K' => self.cancels = body,
                b'Z' => return wrong.map_or(Ok(rows), Err),
                _ => {}
            }
        }
    }

    fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.socket.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let mut body = vec![0; length - 4];
        self.socket.read_exact(&mut body).ok()?;
        Some((head[0], body))
    }
}

fn row(body: &[u8]) -> Row {
    let (mut row, mut rest) = (Vec::new(), &body[2..]);
    while !rest.is_empty() {
        let length = i32::from_be_bytes(rest[..4].try_into().unwrap());
        rest = &rest[4..];
        let Ok(length) = usize::try_from(length) else {
            row.push(None);
            continue;
        };
        row.push(Some(String::from_utf8(rest[..length].to_vec()).unwrap()));
        rest = &rest[length..];
    }
    row
}

/// `code: message`.
fn error(body: &[u8]) -> String {
    let fields = body.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    let fields: Vec<String> =
        fields.map(|field| String::from_utf8(field.to_vec()).unwrap()).collect();
    let field = |kind| fields.iter().find_map(|field| field.strip_prefix(kind)).unwrap_or("");
    format!("{}: {}", field('C'), field('M'))
}

#[test]
fn a_key_opens_to_its_name_and_nothing_else_does() {
    let served = Served::new();
    let key = served.key("ana", Role::Viewer);
    let check = |name: &str, key: &str| {
        let turned_away = Client::connect(served.address, name, key).err().unwrap();
        assert!(turned_away.starts_with("28P01: "), "{name}: {turned_away}");
    };
    Client::connect(served.address, "ana", &key).unwrap();
    check("ben", &key);
    check("ana", &key[..key.len() - 1]);
    check("ana", "");
    check("ana", &served.key("ben", Role::Viewer));
    check("ws", &served.key("ws", Role::Workstation));
    let now = served.world.now();
    let soon = served.access.issue(Kind::Key, "ana", Role::Viewer, Some(now.plus(10))).unwrap();
    let link = served.access.issue(Kind::SignIn, "ana", Role::Viewer, None).unwrap();
    check("ana", &link);
    Client::connect(served.address, "ana", &soon).unwrap();
    served.world.wait(10);
    check("ana", &soon);
    let log = served.log();
    let count = |words: &str| log.iter().filter(|line| line.contains(words)).count();
    assert_eq!(count("was turned away"), 7, "{log:?}");
    assert_eq!(count("ana (viewer) signed in from 127.0.0.1"), 2, "{log:?}");
    assert!(!log.iter().any(|line| line.contains("fg_")), "{log:?}");
}

/// The other side need not wait for an answer: what it says after a wrong key is not heard.
#[test]
fn whoever_was_turned_away_is_not_answered() {
    let served = Served::new();
    for first in [&b"fg_wrong\0"[..], b"\0"] {
        let mut client = Client::begin(served.address, "ana");
        client.send(b'p', first);
        for _ in 0..3 {
            client.send(b'Q', b"SELECT 42\0");
        }
        client.send(b'P', b"\0SELECT 42\0\0\0");
        client.send(b'S', b"");
        let mut heard = Vec::new();
        while let Some((kind, _)) = client.message() {
            heard.push(kind);
        }
        assert!(!heard.contains(&b'D') && !heard.contains(&b'T'), "{heard:?}");
    }
    assert!(!served.log().iter().any(|line| line.contains("SELECT")), "{:?}", served.log());
}

#[test]
fn each_sees_what_the_key_may() {
    let served = Served::new();
    let mut viewer = served.client("ana", Role::Viewer);
    let mut owner = served.client("person1", Role::Member);
    let mut nobody = served.client("nobody at all", Role::Member);
    let count = "SELECT count(*) FROM charges";
    let foreign = "SELECT count(*) FROM charges WHERE person_id % 3 <> 1";
    assert!(viewer.number(foreign) > 0);
    assert_eq!(owner.number(foreign), 0);
    assert!(owner.number(count) > 0 && owner.number(count) < viewer.number(count));
    assert_eq!(nobody.number(count), 0);
    // No setting of theirs changes it.
    for setting in ["SET ROLE ana", "SET SESSION AUTHORIZATION ana", "SET search_path = 'public'"] {
        let _ = owner.ask(setting);
        assert_eq!(owner.number(foreign), 0, "{setting}");
    }
    let catalogue = "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'charges'";
    assert_eq!(owner.number(catalogue), 1);
    assert_eq!(owner.ask("SELECT current_user").unwrap()[0][0].as_deref(), Some("person1"));
}

#[test]
fn a_key_that_is_revoked_ends_the_connection_and_what_it_does() {
    let served = Served::new();
    let key = served.key("ana", Role::Viewer);
    let mut idle = Client::connect(served.address, "ana", &key).unwrap();
    let mut busy = Client::connect(served.address, "ana", &key).unwrap();
    assert_eq!(idle.number("SELECT 1"), 1);
    let asking = std::thread::spawn(move || busy.ask(ENDLESS));
    served.access.revoke(&key).unwrap();
    let gone = "28000: this key is not in force any more";
    assert_eq!(idle.ask("SELECT 1").unwrap_err(), gone);
    assert_eq!(idle.ask("SELECT 1").unwrap_err(), "hung up");
    assert_eq!(asking.join().unwrap().unwrap_err(), gone);
}

#[test]
fn a_statement_ends_when_its_time_is_up() {
    let limits = Limits { connections_max: 8, statement_time: Duration::from_millis(50) };
    let served = Served::with(limits);
    let mut client = served.client("ana", Role::Viewer);
    for statement in [ENDLESS, "SELECT value FROM generate_series(1, 1000000000000)"] {
        let ended = client.ask(statement).unwrap_err();
        assert!(ended.starts_with("57014: "), "{ended}");
    }
    // No more than the server allows.
    client.ask("SET statement_timeout = '1000min'").unwrap();
    assert!(client.ask(ENDLESS).unwrap_err().starts_with("57014: "));
}

/// What would be more than a number holds is refused, and whoever asked so is answered as before.
#[test]
fn numbers_beyond_all_reason_end_a_statement_and_nothing_else() {
    let served = Served::new();
    let mut client = served.client("ana", Role::Member);
    for statement in [
        "SET statement_timeout = '18446744073709551615s'",
        "SET statement_timeout = '400000000000000000min'",
        "SET statement_timeout = 99999999999999999999",
        "SELECT * FROM charge_windows('person, product', 'all', '+300000-01-01', NULL, 24)",
        "SELECT * FROM charge_windows('person, product', 'all', CAST(2147483647 AS DATE), NULL, 24)",
        "SELECT * FROM peaks('product', 'all', NULL, CAST(-2147483648 AS DATE))",
    ] {
        assert!(client.ask(statement).is_err(), "{statement}");
        assert_eq!(client.number("SELECT 1"), 1, "after {statement}");
    }
    let hours = "SELECT count(*) FROM charge_windows('person, product', 'all', NULL, NULL, 9223372036854775807)";
    client.number(hours);
}

/// Who signs in says a name, and a line of the log is one line.
#[test]
fn nobody_writes_lines_of_their_own_into_the_log() {
    let served = Served::new();
    let name = "x\nadmin (administrator) signed in from 10.0.0.7:5432\u{1b}[2K";
    assert!(Client::connect(served.address, name, "no key").is_err());
    let log = served.log();
    assert!(log.iter().any(|line| line.contains("was turned away")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains(char::is_control)), "{log:?}");
}

#[test]
fn a_statement_is_cancelled_by_whoever_knows_how() {
    let served = Served::new();
    let mut client = served.client("ana", Role::Viewer);
    let cancels = client.cancels.clone();
    let asking = std::thread::spawn(move || {
        let ended = client.ask(ENDLESS).unwrap_err();
        (ended, client)
    });
    while !asking.is_finished() {
        let mut socket = TcpStream::connect(served.address).unwrap();
        let head = [16_u32.to_be_bytes(), 80_877_102_u32.to_be_bytes()].concat();
        socket.write_all(&[head.as_slice(), &cancels].concat()).unwrap();
        // It hangs up once it has understood.
        let _ = socket.read(&mut [0]);
    }
    let (ended, mut client) = asking.join().unwrap();
    assert_eq!(ended, "57014: canceling statement due to user request");
    // Asked once nobody cancels any more.
    assert_eq!(client.number("SELECT 1"), 1);
}

#[test]
fn there_are_only_so_many_connections() {
    let limits = Limits { connections_max: 1, statement_time: Duration::from_secs(600) };
    let served = Served::with(limits);
    let key = served.key("ana", Role::Viewer);
    let mut first = Client::connect(served.address, "ana", &key).unwrap();
    let turned_away = Client::connect(served.address, "ana", &key).err();
    assert_eq!(turned_away.as_deref(), Some("hung up"));
    assert_eq!(first.number("SELECT 1"), 1);
}

#[test]
fn the_log_has_a_line_for_each_statement() {
    let served = Served::new();
    let mut client = served.client("ana", Role::Viewer);
    client.ask("SELECT 1\n  AS  one UNION ALL SELECT 2").unwrap();
    client.ask("SELECT tiks FROM charges").unwrap_err();
    client.ask("DROP TABLE charges").unwrap_err();
    client.ask("SELECT 1 / (id - id) FROM people").unwrap_err();
    let log = served.log();
    let said: Vec<&str> =
        log.iter().filter_map(|line| line.strip_prefix("ana (viewer): ")).collect();
    assert_eq!(said.len(), 4, "{log:?}");
    assert_eq!(said[0], "SELECT 1 AS one UNION ALL SELECT 2 -> 2 rows");
    assert_eq!(said[1], "SELECT tiks FROM charges -> there is no column `tiks`");
    assert!(said[2].starts_with("DROP TABLE charges -> the lake is read-only"), "{log:?}");
    assert!(said[3].contains("-> Divide by zero"), "{log:?}");
}

#[test]
fn other_peoples_programs_can_ask() {
    let served = Served::new();
    let key = served.key("ana", Role::Viewer);
    let ended = served.access.issue(Kind::Key, "ana", Role::Viewer, Some(served.world.now()));
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/sql-clients.sh");
    let mut command = Command::new(tool);
    command.arg(env!("CARGO_TARGET_TMPDIR")).arg(served.address.port().to_string());
    let said = command.args(["ana", &key, &ended.unwrap()]).output().unwrap();
    let told = String::from_utf8_lossy(&said.stderr);
    if said.status.code() == Some(UNAVAILABLE) {
        eprintln!("skipped: {told}");
        return;
    }
    let log = served.log().into_iter().rev().take(5).collect::<Vec<_>>();
    assert!(said.status.success(), "{}{told}\n{log:#?}", String::from_utf8_lossy(&said.stdout));
}

/// A certificate for `localhost`, its own authority, made by the system's OpenSSL; `None` where there is none.
fn certificate(place: &Path, name: &str) -> Option<Tls> {
    let [certificate, key] = ["pem", "key"].map(|kind| place.join(name).with_extension(kind));
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    make.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    make.args(["-addext", "subjectAltName=DNS:localhost"]);
    let made = make.arg("-keyout").arg(&key).arg("-out").arg(&certificate).output().ok()?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(Tls::read(&certificate, &key).unwrap())
}

/// Over TLS `psql` is answered, once it has seen that the certificate is the one that it was told to trust; a
/// certificate that it was not told of gets no key from it.
#[test]
fn a_certificate_is_shown_before_a_key_is_sent() {
    let place = tempfile::tempdir().unwrap();
    let has_psql = Command::new("psql").arg("--version").output().is_ok();
    let (true, Some(tls), Some(_)) =
        (has_psql, certificate(place.path(), "ours"), certificate(place.path(), "theirs"))
    else {
        eprintln!("skipped: `psql` and `openssl` are not both here");
        return;
    };
    let served = Served::over(LIMITS, Some(tls));
    let key = served.key("ana", Role::Viewer);
    let ask = |mode: &str, trusted: &str| {
        let trusted = place.path().join(trusted);
        let address = format!(
            "host=localhost hostaddr=127.0.0.1 port={} dbname=faregate user=ana sslmode={mode} sslrootcert={}",
            served.address.port(),
            trusted.display()
        );
        let mut psql = Command::new("psql");
        psql.env("PGPASSWORD", &key).args(["-XAt", "-c", "SELECT count(*) FROM people"]);
        psql.arg(address).output().unwrap()
    };
    let said = ask("verify-full", "ours.pem");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{told}");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), PEOPLE.to_string());
    let signed_in = || served.log().iter().filter(|line| line.contains("signed in")).count();
    assert_eq!(signed_in(), 1);
    let said = ask("verify-full", "theirs.pem");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && told.contains("certificate verify failed"), "{told}");
    assert_eq!(signed_in(), 1, "{:?}", served.log());
}
