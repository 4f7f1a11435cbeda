//! A small HTTP server on a port of its own, for stubs, proxies and hostile answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What to answer.
pub(crate) enum Reply {
    /// Status, headers, content.
    Text(u16, Vec<(&'static str, String)>, String),
    /// These bytes, whatever they are.
    Raw(Vec<u8>),
    /// These bytes, then these others until the client has had enough.
    Endless(&'static [u8], &'static [u8]),
    /// Nothing: the connection stays open.
    Silence,
    /// Nothing: the connection is closed.
    Hangup,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Text(status, vec![("Content-Type", "application/json".into())], body.to_string())
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Stub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Stub {
    pub(crate) fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, over) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::new(AtomicBool::new(false)));
        let (log, ends, answer) = (seen.clone(), over.clone(), Arc::new(answer));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let (log, answer) = (log.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { address, seen, over, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, answer: &dyn Fn(&Seen) -> Reply) {
    let Some(seen) = request(&stream) else {
        return;
    };
    log.lock().unwrap().push(seen.clone());
    match answer(&seen) {
        Reply::Text(status, headers, body) => {
            let length = body.len();
            let mut head =
                format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n");
            for (name, value) in headers {
                head += &format!("{name}: {value}\r\n");
            }
            let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
        }
        Reply::Raw(bytes) => drop(stream.write_all(&bytes)),
        Reply::Endless(head, more) => {
            let _ = stream.write_all(head);
            while stream.write_all(more).is_ok() {}
        }
        Reply::Silence => drop(stream.read_to_end(&mut Vec::new())),
        Reply::Hangup => {}
    }
}

fn request(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut text = String::new();
        reader.read_line(&mut text).ok().filter(|read| *read > 0)?;
        Some(text.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut seen = Seen { method: words.next()?, target: words.next()?, ..Seen::default() };
    while let Some((name, value)) = line()?.split_once(':') {
        seen.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = seen.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).ok()?;
    Some(seen)
}

/// Passes a request on, and the answer back as it is.
pub(crate) fn forward(seen: &Seen, to: SocketAddr) -> Vec<u8> {
    let mut text =
        format!("{} {} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n", seen.method, seen.target);
    let keep = |name: &str| !["host", "connection"].contains(&name.to_lowercase().as_str());
    for (name, value) in seen.headers.iter().filter(|(name, _)| keep(name)) {
        text += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(to).unwrap();
    stream.write_all(format!("{text}\r\n{}", seen.body).as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
