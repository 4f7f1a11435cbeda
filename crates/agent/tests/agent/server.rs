//! A server for tests: plain HTTP on this machine, believing only what is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::rules::{Rules, SignedRules};
use faregate_protocol::signature::{CONTENT_DIGEST, Claim, Message, SIGNATURE, SIGNATURE_INPUT};
use faregate_protocol::wire::{Beat, BeatAnswer, Close, Closed, Enrol, Open, Opened, PulseAnswer};
use faregate_protocol::wire::{Enrolled, Uses, UsesTaken};
use faregate_protocol::{SigningKey, VerifyingKey, jws};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long something is waited for that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server knows and does.
#[derive(Default)]
pub(crate) struct Known {
    /// Devices' keys.
    pub devices: BTreeMap<String, VerifyingKey>,
    /// What opening comes to; 0 is a seat.
    pub tokens: f64,
    /// Whether it answers 503.
    pub away: bool,
    /// Whether the next open's answer is lost.
    pub loses_answer: bool,
    /// Whether it says of the next open that it saw it before.
    pub doubles: bool,
    /// How long a lease lasts, whatever was asked for.
    pub lease_seconds: Option<i64>,
    /// Answers by key.
    pub opened: BTreeMap<String, Opened>,
    /// Sessions that go on.
    pub running: BTreeSet<String>,
    /// What was told.
    pub uses: Uses,
    /// Requests that were believed: path and body.
    pub requests: Vec<(String, Value)>,
    /// Requests that were not.
    pub disbelieved: usize,
    nonces: BTreeSet<[u8; 16]>,
    rules: String,
}

/// A server.
#[derive(Clone)]
pub(crate) struct Server {
    shared: Arc<(Mutex<Known>, Condvar)>,
    key: SigningKey,
    /// Its time, which stands still.
    time: i64,
    /// Where it is.
    pub address: String,
}

impl Server {
    /// Starts on a free port, with rules.
    pub(crate) fn start(rules: &str, time: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::from_bytes(&[1; 32]);
        let rules = Rules::from_toml(rules).unwrap();
        let rules = jws::sign(&key, &SignedRules { version: 1, issued: time, rules }).unwrap();
        let known = Known { rules, ..Known::default() };
        let server =
            Self { shared: Arc::new((Mutex::new(known), Condvar::new())), key, time, address };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = serving.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    /// What it knows now.
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Known) -> bool) {
        let waited =
            self.shared.1.wait_timeout_while(self.known(), PATIENCE, |known| !is_so(known));
        let (known, timeout) = waited.unwrap();
        let paths: Vec<&String> = known.requests.iter().map(|(path, _)| path).collect();
        assert!(!timeout.timed_out(), "in vain: {what}; asked was {paths:?}");
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        if reader.read_line(&mut first).is_err() {
            return;
        }
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let answer = self.answer(Message { method, target, body: &body }, &headers);
        self.shared.1.notify_all();
        if let Some((status, body)) = answer {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n");
            let whole = format!("{head}connection: close\r\n\r\n{body}");
            drop(stream.write_all(whole.as_bytes()));
        }
    }

    fn answer(
        &self,
        message: Message<'_>,
        headers: &BTreeMap<String, String>,
    ) -> Option<(u16, String)> {
        let mut known = self.known();
        if known.away {
            return Some((503, String::new()));
        }
        let text = |name| headers.get(name).map_or("", String::as_str);
        let claim = Claim::read(text(CONTENT_DIGEST), text(SIGNATURE_INPUT), text(SIGNATURE));
        let enrol: Option<Enrol> = serde_json::from_slice(message.body).ok();
        let own = enrol.and_then(|enrol| faregate_agent::home::public(&enrol.public_key));
        let Ok(claim) = claim else { return disbelieve(&mut known, "signature", None) };
        let Some(key) = known.devices.get(&claim.key_id).copied().or(own) else {
            return disbelieve(&mut known, "no-such-device", None);
        };
        if claim.verify(&key, message).is_err() || !known.nonces.insert(claim.nonce) {
            return disbelieve(&mut known, "signature", None);
        }
        if claim.created.abs_diff(self.time) > 3_600 {
            return disbelieve(&mut known, "clock-off", Some(self.time));
        }
        if message.target.ends_with("/open") && std::mem::take(&mut known.doubles) {
            return disbelieve(&mut known, "replayed", None);
        }
        let body = serde_json::from_slice(message.body).unwrap_or_default();
        known.requests.push((message.target.to_owned(), body));
        let said = self.said(&mut known, message, key);
        if message.target.ends_with("/open") && std::mem::take(&mut known.loses_answer) {
            return None;
        }
        Some((200, said))
    }

    fn said(&self, known: &mut Known, message: Message<'_>, key: VerifyingKey) -> String {
        match message.target {
            "/v1/agent/enrol" => {
                known.devices.insert("d1".to_owned(), key);
                let server_key = STANDARD.encode(self.key.verifying_key().to_bytes());
                json!(Enrolled { device: "d1".to_owned(), server_key, now: self.time }).to_string()
            }
            "/v1/agent/rules" => known.rules.clone(),
            "/v1/agent/beat" => json!(beat(known, read(message), self.time)).to_string(),
            "/v1/agent/ask" => asked(known).to_string(),
            "/v1/agent/open" => json!(self.open(known, &read(message))).to_string(),
            "/v1/agent/close" => {
                let Close { sessions } = read(message);
                sessions.iter().for_each(|session| drop(known.running.take(session)));
                json!(Closed { ended: sessions, unknown: Vec::new() }).to_string()
            }
            _ => {
                let uses: Uses = read(message);
                let taken = uses.uses.iter().map(|one| one.key.clone()).collect();
                known.uses.uses.extend(uses.uses);
                known.uses.returned.extend(uses.returned);
                json!(UsesTaken { taken, ..UsesTaken::default() }).to_string()
            }
        }
    }

    fn open(&self, known: &mut Known, open: &Open) -> Opened {
        if let Some(opened) = known.opened.get(&open.key) {
            return opened.clone();
        }
        let session = format!("s{}", known.opened.len() + 1);
        let fare = match open.lease {
            Some(_) => GrantedFare::Lease { session: session.clone(), epoch: 1 },
            None => GrantedFare::Seat,
        };
        let grant = Grant {
            device: "d1".to_owned(),
            account: open.account.clone(),
            product: open.product.clone(),
            fare,
            given: self.time,
            until: self.time
                + known.lease_seconds.unwrap_or(i64::from(open.lease.unwrap_or(86_400))),
        };
        let is_granted = known.tokens <= 0.0 || open.lease.is_some();
        let opened = Opened {
            decision: 7,
            route: if known.tokens > 0.0 { "tokens" } else { "seat" }.to_owned(),
            session: Some(session.clone()),
            tokens: known.tokens,
            grant: is_granted.then(|| jws::sign(&self.key, &grant).unwrap()),
            ..Opened::default()
        };
        known.running.insert(session);
        known.opened.insert(open.key.clone(), opened.clone());
        opened
    }
}

fn disbelieve(known: &mut Known, code: &str, now: Option<i64>) -> Option<(u16, String)> {
    known.disbelieved += 1;
    let problem = json!({"code": code, "detail": code, "help": "do not", "now": now});
    Some((401, problem.to_string()))
}

fn read<T: serde::de::DeserializeOwned>(message: Message<'_>) -> T {
    serde_json::from_slice(message.body).unwrap()
}

fn beat(known: &Known, beat: Beat, now: i64) -> BeatAnswer {
    let answer = |session: String| {
        let runs = known.running.contains(&session);
        PulseAnswer { session, runs, next_unit: None, next_tokens: None }
    };
    let sessions = beat.sessions.into_iter().map(|one| answer(one.session)).collect();
    BeatAnswer { now, rules: 1, sessions }
}

fn asked(known: &Known) -> Value {
    let route = if known.tokens > 0.0 { "tokens" } else { "seat" };
    let bucket = json!({"key": "bw", "name": "Bridge West", "left": 412.0});
    json!({
        "route": route, "tokens": known.tokens, "money": "30.00 USD", "left": 412.0, "bucket": bucket,
        "buckets": [], "level": "suspend", "save_minutes": 10, "refusal": null, "instead": [],
        "warnings": []
    })
}
