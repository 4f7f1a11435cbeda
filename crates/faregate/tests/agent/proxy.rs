//! A proxy between agents and the server that counts requests, and loses some, or sends them twice.

use crate::chance::Chance;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// A piece of a request or an answer may take so long.
const PIECE: Duration = Duration::from_secs(10);

/// The proxy; dropped, it hangs up.
pub(crate) struct Proxy {
    pub(crate) address: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    /// Where the server listens; nothing is passed on while there is none.
    upstream: Option<String>,
    /// How many of a hundred requests go wrong.
    share: usize,
    chance: Chance,
    counted: Counted,
    stopped: bool,
}

/// What went through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    /// Requests, each once.
    pub(crate) requests: usize,
    /// Cut off before the server saw them.
    pub(crate) lost_before: usize,
    /// Carried out by the server, their answer lost.
    pub(crate) lost_after: usize,
    /// Sent twice.
    pub(crate) doubled: usize,
}

#[derive(Clone, Copy)]
enum Fault {
    None,
    Before,
    After,
    /// Sent twice; the first answer comes back.
    Twice,
    /// Sent twice; the second answer comes back, as from an intermediary that tries again.
    TwiceOver,
}

impl Proxy {
    pub(crate) fn start(seed: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (chance, counted) = (Chance(seed), Counted::default());
        let shared = Shared { upstream: None, share: 0, chance, counted, stopped: false };
        let shared = Arc::new(Mutex::new(shared));
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if served.lock().unwrap().stopped {
                    return;
                }
                let served = Arc::clone(&served);
                // Who hangs up in the middle is the agent's own affair.
                std::thread::spawn(move || connection.and_then(|it| pass(it, &served)));
            }
        });
        Self { address, shared }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Passes on to this server from here on, or to none.
    pub(crate) fn lead_to(&self, upstream: Option<&str>) {
        self.shared().upstream = upstream.map(str::to_owned);
    }

    /// Lets so many of a hundred requests go wrong.
    pub(crate) fn harm(&self, share: usize) {
        self.shared().share = share;
    }

    pub(crate) fn counted(&self) -> Counted {
        self.shared().counted
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared().stopped = true;
        drop(TcpStream::connect(&self.address));
    }
}

fn pass(mut client: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    client.set_read_timeout(Some(PIECE))?;
    let request = request(&mut client)?;
    let (upstream, fault) = {
        let mut shared = shared.lock().unwrap();
        (shared.upstream.clone(), shared.draw())
    };
    let Some(upstream) = upstream else { return Ok(()) };
    let answer = match fault {
        Fault::Before => return Ok(()),
        Fault::After => return send(&upstream, &request).map(drop),
        Fault::None => send(&upstream, &request)?,
        Fault::Twice => {
            let first = send(&upstream, &request)?;
            send(&upstream, &request)?;
            first
        }
        Fault::TwiceOver => {
            send(&upstream, &request)?;
            send(&upstream, &request)?
        }
    };
    client.write_all(&answer)
}

impl Shared {
    fn draw(&mut self) -> Fault {
        self.counted.requests += 1;
        if !self.chance.percent(self.share) {
            return Fault::None;
        }
        let (counted, fault) = match self.chance.below(4) {
            0 => (&mut self.counted.lost_before, Fault::Before),
            1 => (&mut self.counted.lost_after, Fault::After),
            2 => (&mut self.counted.doubled, Fault::Twice),
            _ => (&mut self.counted.doubled, Fault::TwiceOver),
        };
        *counted += 1;
        fault
    }
}

/// A whole request, which asks the server to hang up once it has answered.
fn request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).map_err(std::io::Error::other)?;
    let (first, fields) = head.split_once("\r\n").unwrap_or_default();
    let own = |line: &&str| !line.to_lowercase().starts_with("connection:");
    let fields: Vec<&str> = fields.split("\r\n").filter(own).collect();
    let length = fields.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    client.read_exact(&mut body)?;
    let head = format!("{first}\r\nconnection: close\r\n{}", fields.join("\r\n"));
    Ok([head.as_bytes(), &body].concat())
}

fn send(upstream: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream)?;
    server.set_read_timeout(Some(PIECE))?;
    server.write_all(request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
