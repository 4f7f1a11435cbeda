//! Connections to the server: some that are kept, or a fresh one for each request as an agent has it.
//!
//! Requests go out when they are due, not when the server has time for them; the time an answer took begins
//! with the request, and on a fresh connection with connecting.

use crate::ambient::Tick;
use crate::load::Answers;
use anyhow::{Context, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// Bytes read at once.
const CHUNK: usize = 1 << 16;
/// Requests under way at once, each on a fresh connection.
const FRESH: usize = 1_000;

/// What became of a request.
pub(super) struct Done<J> {
    pub(super) job: J,
    /// Status and body; `None` when the server hung up.
    pub(super) answer: Option<(u16, Vec<u8>)>,
    pub(super) took: Duration,
}

/// Connections, each with one request at a time.
pub(super) struct Pool<J> {
    address: SocketAddr,
    keeps: bool,
    poll: Poll,
    events: Events,
    wires: Vec<Wire<J>>,
    free: VecDeque<usize>,
    chunk: Vec<u8>,
}

struct Wire<J> {
    stream: Option<TcpStream>,
    out: Vec<u8>,
    written: usize,
    answers: Answers,
    /// What is under way, and since when.
    job: Option<(J, Tick)>,
}

impl<J> Pool<J> {
    /// So many connections that are kept, or a fresh one for each request.
    pub(super) fn new(address: SocketAddr, kept: Option<usize>) -> Result<Self> {
        let count = kept.unwrap_or(FRESH);
        let wire = || Wire {
            stream: None,
            out: Vec::new(),
            written: 0,
            answers: Answers::default(),
            job: None,
        };
        Ok(Self {
            address,
            keeps: kept.is_some(),
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            wires: (0..count).map(|_| wire()).collect(),
            free: (0..count).collect(),
            chunk: vec![0; CHUNK],
        })
    }

    /// Whether a request can go out now.
    pub(super) fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    /// Requests that wait for an answer.
    pub(super) fn under_way(&self) -> usize {
        self.wires.len() - self.free.len()
    }

    /// What waits for an answer.
    pub(super) fn jobs(&self) -> impl Iterator<Item = J>
    where
        J: Copy,
    {
        self.wires.iter().filter_map(|wire| wire.job.map(|(job, _)| job))
    }

    /// Sends a request. It counts as sent at `since`.
    pub(super) fn send(&mut self, job: J, since: Tick, request: &[u8]) -> Result<()> {
        let index = self.free.pop_front().context("no connection is free")?;
        let Some(wire) = self.wires.get_mut(index) else { return Ok(()) };
        wire.job = Some((job, since));
        wire.out.clear();
        wire.out.extend_from_slice(request);
        wire.written = 0;
        wire.answers.next();
        if wire.stream.is_none() {
            let mut stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            let both = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, Token(index), both)?;
            wire.stream = Some(stream);
            // It is written to once it is connected.
            return Ok(());
        }
        // A hang-up is seen when it is read from.
        let _ = wire.write();
        Ok(())
    }

    /// Waits so long at most, or until something came.
    pub(super) fn wait(&mut self, at_most: Duration) -> Result<Vec<Done<J>>> {
        match self.poll.poll(&mut self.events, Some(at_most)) {
            Err(why) if why.kind() == ErrorKind::Interrupted => return Ok(Vec::new()),
            polled => polled?,
        }
        let mut done = Vec::new();
        for event in &self.events {
            let index = event.token().0;
            let Some(wire) = self.wires.get_mut(index) else { continue };
            let answer = match wire.serve(event.is_writable(), &mut self.chunk) {
                Ok(None) => continue,
                Ok(Some(answer)) => Some(answer),
                Err(_) => None,
            };
            if !self.keeps || answer.is_none() {
                wire.stream = None;
            }
            // Without a job, the server hung up on a connection that nobody used.
            let Some((job, since)) = wire.job.take() else { continue };
            self.free.push_back(index);
            done.push(Done { job, answer, took: since.until(Tick::now()) });
        }
        Ok(done)
    }
}

impl<J> Wire<J> {
    /// Something happened: the answer, once it is complete, or an error when the server hung up.
    fn serve(&mut self, writable: bool, chunk: &mut [u8]) -> Result<Option<(u16, Vec<u8>)>> {
        if writable {
            self.write()?;
        }
        let Some(stream) = &mut self.stream else { return Ok(None) };
        loop {
            match stream.read(chunk) {
                Ok(0) => anyhow::bail!("the server hung up"),
                Ok(count) => {
                    let bytes = chunk.get(..count).unwrap_or(&[]);
                    if let Some(answer) = self.answers.add(bytes)? {
                        return Ok(Some((answer.status, answer.body.to_vec())));
                    }
                }
                Err(why) if is_later(&why) => return Ok(None),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(why.into()),
            }
        }
    }

    fn write(&mut self) -> Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while let Some(rest) = self.out.get(self.written..).filter(|rest| !rest.is_empty()) {
            match stream.write(rest) {
                Ok(count) => self.written += count,
                Err(why) if is_later(&why) => return Ok(()),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(why.into()),
            }
        }
        Ok(())
    }
}

/// Not now: the socket is full, empty, or not connected yet.
fn is_later(why: &std::io::Error) -> bool {
    matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected)
}
