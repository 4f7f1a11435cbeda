//! The load: one thread, many connections that are kept, one request at a time on each.
//!
//! It costs little CPU on purpose: answers are read as far as counting needs, no more. The same generator
//! drives our routes and our null endpoint, so that its cost is in both.

use crate::ambient::Tick;
use crate::machine::{self, Cpu};
use anyhow::{Context, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

mod answer;
mod latency;
pub(crate) use answer::{Answer, Answers};
pub(crate) use latency::Latency;

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// What is asked, and what counts as an answer.
pub(crate) trait Script {
    /// Appends the next request of a connection; `false` ends it.
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool;
    /// Takes the answer to the connection's last request; returns for how much it counts.
    fn take(&mut self, connection: usize, answer: Answer<'_>) -> u64;
}

/// What came of a load.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// What was counted.
    pub(crate) count: u64,
    /// Answers that counted for nothing.
    pub(crate) failures: u64,
    pub(crate) seconds: f64,
    pub(crate) latency: Latency,
    /// What the generator itself used.
    pub(crate) cpu: Cpu,
    /// Whether the server hung up.
    pub(crate) broken: bool,
}

impl Load {
    pub(crate) fn rate(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    written: usize,
    answers: Answers,
    asked: Tick,
    waiting: bool,
}

/// Loads a server for so many seconds, or until the script ends or the server hangs up.
pub(crate) fn load(
    address: SocketAddr,
    connections: usize,
    seconds: f64,
    script: &mut dyn Script,
) -> Result<Load> {
    let mut run = Run::connect(address, connections, script)?;
    let cpu = machine::own_cpu()?;
    let start = Tick::now();
    let mut events = Events::with_capacity(connections.max(8));
    for index in 0..connections {
        run.ask(index)?;
    }
    while run.running > 0 && !run.broken && start.seconds() < seconds {
        run.poll.poll(&mut events, Some(Duration::from_millis(50)))?;
        for event in &events {
            run.serve(event.token().0, event.is_writable())?;
        }
    }
    let (seconds, cpu) = (start.seconds(), machine::own_cpu()?.minus(cpu));
    let Run { count, failures, latency, broken, .. } = run;
    Ok(Load { count, failures, seconds, latency, cpu, broken })
}

struct Run<'s> {
    poll: Poll,
    connections: Vec<Connection>,
    script: &'s mut dyn Script,
    chunk: Vec<u8>,
    running: usize,
    count: u64,
    failures: u64,
    latency: Latency,
    broken: bool,
}

impl<'s> Run<'s> {
    fn connect(address: SocketAddr, count: usize, script: &'s mut dyn Script) -> Result<Self> {
        let poll = Poll::new()?;
        let mut connections = Vec::with_capacity(count);
        for index in 0..count {
            let stream = std::net::TcpStream::connect(address).context("no server listens")?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            let both = Interest::READABLE | Interest::WRITABLE;
            poll.registry().register(&mut stream, Token(index), both)?;
            let (out, answers) = (Vec::with_capacity(1024), Answers::default());
            let asked = Tick::now();
            connections.push(Connection {
                stream,
                out,
                written: 0,
                answers,
                asked,
                waiting: false,
            });
        }
        Ok(Self {
            poll,
            connections,
            script,
            chunk: vec![0; CHUNK],
            running: count,
            count: 0,
            failures: 0,
            latency: Latency::default(),
            broken: false,
        })
    }

    /// Sends a connection's next request.
    fn ask(&mut self, index: usize) -> Result<()> {
        let Some(connection) = self.connections.get_mut(index) else { return Ok(()) };
        connection.out.clear();
        connection.written = 0;
        connection.waiting = self.script.ask(index, &mut connection.out);
        connection.asked = Tick::now();
        if !connection.waiting {
            self.running -= 1;
        }
        self.write(index)
    }

    fn write(&mut self, index: usize) -> Result<()> {
        let Some(connection) = self.connections.get_mut(index) else { return Ok(()) };
        while let Some(rest) = connection.out.get(connection.written..).filter(|r| !r.is_empty()) {
            match connection.stream.write(rest) {
                Ok(count) => connection.written += count,
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) if is_hang_up(&why) => {
                    self.broken = true;
                    return Ok(());
                }
                Err(why) => return Err(why.into()),
            }
        }
        Ok(())
    }

    /// Something happened on a connection.
    fn serve(&mut self, index: usize, writable: bool) -> Result<()> {
        if writable {
            self.write(index)?;
        }
        loop {
            let Some(connection) = self.connections.get_mut(index) else { return Ok(()) };
            match connection.stream.read(&mut self.chunk) {
                Ok(0) => {
                    self.broken = true;
                    return Ok(());
                }
                Ok(count) => {
                    self.received(index, count)?;
                    // A short read has emptied the socket: the next one would say so, at a cost.
                    if count < CHUNK {
                        return Ok(());
                    }
                }
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) if is_hang_up(&why) => {
                    self.broken = true;
                    return Ok(());
                }
                Err(why) => return Err(why.into()),
            }
        }
    }

    fn received(&mut self, index: usize, count: usize) -> Result<()> {
        let Some(connection) = self.connections.get_mut(index) else { return Ok(()) };
        let bytes = self.chunk.get(..count).unwrap_or(&[]);
        let Some(answer) = connection.answers.add(bytes)? else { return Ok(()) };
        if connection.waiting {
            self.latency.add(connection.asked.until(Tick::now()));
            let counted = self.script.take(index, answer);
            self.count += counted;
            self.failures += u64::from(counted == 0);
        }
        connection.answers.next();
        self.ask(index)
    }
}

fn is_hang_up(why: &std::io::Error) -> bool {
    matches!(why.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}
