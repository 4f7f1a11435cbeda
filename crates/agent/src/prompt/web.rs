//! A page in the person's browser, served on this machine alone.
//!
//! Whoever has the address can read and answer one account's questions, and nobody else can: it holds 128 bits that
//! differ from account to account. The page asks at its own address only, shows nothing as markup, loads nothing, and
//! keeps nothing; another site's page can neither read it (`Host`, `Sec-Fetch-Site`) nor answer in its name (`Origin`).
//!
//! The page asks for what changed and the answer waits until something did. A page that waits and is in sight is how
//! we know that somebody looks; where nobody does, the browser is opened, once a question.

use super::allows;
use super::http::{self, Request, Status};
use crate::ports::{Answer, Prompter, Question};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const HTML: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Each piece of a request, or of an answer, may take so long.
const PIECE: Duration = Duration::from_secs(5);
/// While a page waits, it is looked so often whether it is still there.
const GLANCE: Duration = Duration::from_millis(500);
/// A page that waited so many glances is told that nothing changed.
const GLANCES_MAX: u32 = 50;
/// So much of what was not wanted is listened to, in pieces.
const PIECES_MAX: u32 = 8;
/// More connections at once are dropped.
const CONNECTIONS_MAX: usize = 16;
/// A question that a waiting page did not fetch by so many looks for answers has the browser opened after all.
const LOOKS_MAX: u8 = 2;

/// How the browser of a person is opened: a program and its arguments, in which `{url}` and `{account}` are replaced;
/// where no argument holds `{url}`, it comes last. No shell reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opener(Vec<String>);

impl Opener {
    /// This command; an empty one opens nothing.
    #[must_use]
    pub fn new(command: Vec<String>) -> Self {
        Self(command)
    }

    /// What the operating system opens addresses with, for an agent that runs as the person.
    #[must_use]
    pub fn of_system() -> Self {
        let command: &[&str] = if cfg!(windows) {
            // `start` belongs to a shell; this does the same and reads no special characters.
            &["rundll32", "url.dll,FileProtocolHandler", "{url}"]
        } else if cfg!(target_os = "macos") {
            &["open", "{url}"]
        } else {
            &["xdg-open", "{url}"]
        };
        Self(command.iter().map(|&word| word.to_owned()).collect())
    }

    fn command(&self, account: &str, url: &str) -> Option<Command> {
        let put = |word: &String| match word.as_str() {
            "{account}" => account.to_owned(),
            word => word.replace("{url}", url).replace("{account}", account),
        };
        let (program, arguments) = self.0.split_first()?;
        let mut command = Command::new(program);
        command.args(arguments.iter().map(put));
        if !arguments.iter().any(|word| word.contains("{url}")) {
            command.arg(url);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Some(command)
    }
}

/// The page, and the server of it.
pub struct Page {
    shared: Arc<Shared>,
    secret: [u8; 16],
    opener: Opener,
    /// Looks for answers since a question was shown, until its browser was opened or a page fetched it.
    unseen: BTreeMap<u64, u8>,
    opened: BTreeSet<u64>,
    openers: Vec<Child>,
}

struct Shared {
    address: SocketAddr,
    policy: String,
    page: String,
    board: Mutex<Board>,
    changed: Condvar,
}

/// What the server and the agent both know.
#[derive(Default)]
struct Board {
    /// Goes up with every change.
    version: u64,
    /// Accounts by the word of their address.
    accounts: BTreeMap<String, String>,
    open: Vec<Question>,
    answers: Vec<Answer>,
    /// Questions that a page in sight fetched.
    fetched: BTreeSet<u64>,
    /// How many pages in sight wait, by account.
    watching: BTreeMap<String, usize>,
    /// Accounts whose page was just told something, and will be back.
    told: BTreeSet<String>,
    connections: usize,
    stopped: bool,
}

/// What to answer: a status, a type and a body.
type Reply = (Status, &'static str, String);

impl Page {
    /// Serves the page on a free port of this machine. `secret` are bytes that nobody can guess.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn serve(secret: [u8; 16], opener: Opener) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (page, policy) = page();
        let (board, changed) = (Mutex::default(), Condvar::new());
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { address, policy, page, board, changed });
        let server = Arc::clone(&shared);
        std::thread::Builder::new().name("page".into()).spawn(move || server.listen(&listener))?;
        let (unseen, opened, openers) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        Ok(Self { shared, secret, opener, unseen, opened, openers })
    }

    /// The address of an account's page. Whoever knows it can answer for them.
    pub fn address(&self, account: &str) -> String {
        let word = self.word(account);
        let url = format!("http://{}/{word}/", self.shared.address);
        self.shared.board().accounts.insert(word, account.to_owned());
        url
    }

    fn word(&self, account: &str) -> String {
        let hash = Sha256::new().chain_update(self.secret).chain_update(account).finalize();
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Opens the browser of whoever has a question before them that no page fetched.
    fn open_for_unseen(&mut self) {
        let board = self.shared.board();
        let open = board.open.iter();
        let due: Vec<(u64, String)> = open
            .filter(|question| !board.fetched.contains(&question.id))
            .filter(|question| self.unseen.get(&question.id).is_some_and(|it| *it >= LOOKS_MAX))
            .map(|question| (question.id, question.account.clone()))
            .collect();
        drop(board);
        for (id, account) in due {
            self.open(id, &account);
        }
    }

    fn open(&mut self, id: u64, account: &str) {
        self.unseen.remove(&id);
        self.shared.board().told.remove(account);
        if self.opened.insert(id) {
            let url = self.address(account);
            let child =
                self.opener.command(account, &url).and_then(|mut command| command.spawn().ok());
            self.openers.extend(child);
        }
    }
}

impl Prompter for Page {
    fn show(&mut self, question: &Question) {
        self.address(&question.account);
        let looked_at = self.shared.show(question);
        if looked_at {
            self.unseen.entry(question.id).or_insert(0);
        } else {
            self.open(question.id, &question.account);
        }
    }

    fn withdraw(&mut self, id: u64) {
        self.unseen.remove(&id);
        self.opened.remove(&id);
        let mut board = self.shared.board();
        board.take(id);
        self.shared.changed.notify_all();
    }

    fn answers(&mut self) -> Vec<Answer> {
        let answers = std::mem::take(&mut self.shared.board().answers);
        for answer in &answers {
            self.unseen.remove(&answer.id);
            self.opened.remove(&answer.id);
        }
        self.unseen.values_mut().for_each(|looks| *looks = looks.saturating_add(1));
        self.open_for_unseen();
        // Those that have ended are let go.
        self.openers.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        answers
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.shared.board().stopped = true;
        self.shared.changed.notify_all();
        // The server waits for a connection, and looks up then.
        drop(TcpStream::connect(self.shared.address));
    }
}

impl Board {
    fn take(&mut self, id: u64) -> Option<Question> {
        let at = self.open.iter().position(|question| question.id == id)?;
        self.version += 1;
        self.fetched.remove(&id);
        Some(self.open.remove(at))
    }

    /// What an account's page shows: its questions, without the account.
    fn view(&self, account: &str) -> String {
        let own = self.open.iter().filter(|question| question.account == account);
        let view = |question: &Question| {
            let mut value = json!(question);
            value.as_object_mut().and_then(|fields| fields.remove("account"));
            value
        };
        let questions: Vec<Value> = own.map(view).collect();
        json!({ "version": self.version, "questions": questions }).to_string()
    }
}

impl Shared {
    /// A thread that panicked left nothing half done: what is changed here is changed at once.
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody looks who will see it.
    fn show(&self, question: &Question) -> bool {
        let mut board = self.board();
        let place = board.open.iter().position(|one| one.id == question.id);
        match place.and_then(|place| board.open.get_mut(place)) {
            Some(known) => *known = question.clone(),
            None => board.open.push(question.clone()),
        }
        board.version += 1;
        self.changed.notify_all();
        let waits = board.watching.get(&question.account).is_some_and(|count| *count > 0);
        waits || board.told.contains(&question.account)
    }

    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for connection in listener.incoming() {
            let mut board = self.board();
            if board.stopped {
                return;
            }
            let Ok(connection) = connection else {
                continue;
            };
            if board.connections >= CONNECTIONS_MAX {
                continue;
            }
            board.connections += 1;
            drop(board);
            let server = Arc::clone(self);
            let serve = move || {
                // Who does not listen to the answer has gone.
                let _ = server.serve(connection);
                server.board().connections -= 1;
            };
            if std::thread::Builder::new().name("page".into()).spawn(serve).is_err() {
                self.board().connections -= 1;
            }
        }
    }

    fn serve(&self, mut connection: TcpStream) -> std::io::Result<()> {
        connection.set_read_timeout(Some(PIECE))?;
        connection.set_write_timeout(Some(PIECE))?;
        let (status, kind, body) = match http::read(&mut connection) {
            Ok(request) => self.reply(&request, &connection),
            Err(Some(status)) => (status, TEXT, status.1.to_owned()),
            Err(None) => return Ok(()),
        };
        http::write(&mut connection, status, kind, &self.policy, &body)?;
        hang_up(&mut connection)
    }

    fn reply(&self, request: &Request, connection: &TcpStream) -> Reply {
        if !self.is_ours(request) {
            return plain(http::FORBIDDEN);
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let mut parts = path.strip_prefix('/').unwrap_or(path).splitn(2, '/');
        let word = parts.next().unwrap_or_default();
        let Some(account) = self.board().accounts.get(word).cloned() else {
            return plain(http::MISSING);
        };
        match (parts.next(), request.method.as_str()) {
            (Some(""), "GET") => (http::OK, "text/html; charset=utf-8", self.page.clone()),
            (Some("questions"), "GET") => self.wait(&account, query, connection),
            (Some("answer"), "POST") => self.answer(&account, request),
            (Some("" | "questions" | "answer"), _) => plain(http::METHOD),
            _ => plain(http::MISSING),
        }
    }

    /// Whether a request is for this server by its own name, and from its own page where a page sent it.
    fn is_ours(&self, request: &Request) -> bool {
        let port = self.address.port();
        let Some(host) = request.header("host") else {
            return false;
        };
        let named = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        let own = format!("http://{host}");
        let from = match request.header("origin") {
            Some(origin) => origin == own,
            None => request.method == "GET" && !request.has("origin"),
        };
        // A link that was opened from elsewhere comes without a site, or from none.
        let site = match request.header("sec-fetch-site") {
            Some(site) => matches!(site, "same-origin" | "none"),
            None => !request.has("sec-fetch-site"),
        };
        named.iter().any(|name| name == host) && from && site
    }

    /// Waits until something is other than what the page knows, or the page has gone.
    fn wait(&self, account: &str, query: &str, connection: &TcpStream) -> Reply {
        let value =
            |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        let known: Option<u64> = value("after").and_then(|text| text.parse().ok());
        let in_sight = value("seen") == Some("1");
        let mut board = self.board();
        if in_sight {
            board.told.remove(account);
            *board.watching.entry(account.to_owned()).or_default() += 1;
        }
        for _ in 0..GLANCES_MAX {
            if board.stopped || Some(board.version) != known || has_gone(connection) {
                break;
            }
            let waited = self.changed.wait_timeout(board, GLANCE);
            board = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if in_sight {
            board.watching.entry(account.to_owned()).and_modify(|count| *count -= 1);
            if !has_gone(connection) {
                let own = board.open.iter().filter(|question| question.account == account);
                let own: Vec<u64> = own.map(|question| question.id).collect();
                board.fetched.extend(own);
                board.told.insert(account.to_owned());
            }
        }
        (http::OK, JSON, board.view(account))
    }

    fn answer(&self, account: &str, request: &Request) -> Reply {
        let kind = request.header("content-type").unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some(JSON) {
            return plain(http::MEDIA);
        }
        let Ok(answer) = serde_json::from_slice::<Answer>(&request.body) else {
            return plain(http::BAD);
        };
        let mut board = self.board();
        let allowed =
            |question: &&Question| question.account == account && allows(question, &answer);
        if board.open.iter().find(allowed).is_none() {
            return plain(http::GONE);
        }
        board.take(answer.id);
        board.answers.push(answer);
        self.changed.notify_all();
        (http::DONE, TEXT, String::new())
    }
}

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

fn plain(status: Status) -> Reply {
    (status, TEXT, status.1.to_owned())
}

/// Ends a connection so that its answer arrives: closed with something unread, it would be thrown away.
fn hang_up(connection: &mut TcpStream) -> std::io::Result<()> {
    connection.shutdown(Shutdown::Write)?;
    let mut rest = [0; 2048];
    for _ in 0..PIECES_MAX {
        if connection.read(&mut rest)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Whether the other side has hung up; it has nothing more to say otherwise.
fn has_gone(connection: &TcpStream) -> bool {
    let mut byte = [0];
    let said = connection.set_nonblocking(true).and_then(|()| connection.peek(&mut byte));
    let waits = matches!(&said, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
    connection.set_nonblocking(false).is_err() || !(waits || said.is_ok_and(|length| length > 0))
}

/// The page with its style and script, and the policy that allows these two alone.
fn page() -> (String, String) {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let page = HTML.replace("/*style*/", STYLE).replace("/*script*/", SCRIPT);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE),
    );
    (page, policy)
}

#[cfg(test)]
mod tests;
