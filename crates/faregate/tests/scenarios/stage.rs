//! Where a scenario takes place: a directory, the program, and what no command does.
//!
//! - `@ store noted` keeps what the store in `faregate-data` is; `@ store unchanged` compares.
//! - `@ store absent` fails when there is one.
//! - `@ lock DIR` uses a data directory as another process does; `@ unlock` leaves it.
//! - `@ listen` listens on a free port, which is `PORT` in later commands.
//! - `@ serve` starts a server on `faregate-data`, `@ stop` stops it; in between `@ open KEY PERSON PRODUCT
//!   FARE` asks it as a workstation does, and fails unless the answer is that fare, or that code of a refusal.
//! - `@ patch FILE OFFSET HEX` overwrites bytes; `@ cut FILE LENGTH` cuts a file; `@ rest FILE` makes it one that
//!   was left alone for an hour; `@ make DIR` makes a directory.
//! - `@ use FILE DAYS PERSON PRODUCT EVERY` adds to a table of use that somebody opened something for two hours, on
//!   every so manieth of so many days before today.

use crate::process::{Place, Server};
use crate::script::hex;
use faregate_core::when::{DAY, Instant};
use serde_json::json;
use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

/// Where the store lies when a command does not say.
const STORE: &str = "faregate-data/faregate.db";

pub(crate) struct Stage {
    place: Place,
    noted: Option<Vec<u8>>,
    lock: Option<File>,
    listener: Option<TcpListener>,
    server: Option<Server>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { place: Place::new(), noted: None, lock: None, listener: None, server: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Runs a command; stdout, then stderr, then the exit code unless it is 0.
    pub(crate) fn run(&self, line: &str) -> String {
        let port = self.listener.as_ref().map(|one| one.local_addr().unwrap().port().to_string());
        let line = line.replace("PORT", &port.unwrap_or_default());
        let words = words(&line);
        assert_eq!(words.first().map(String::as_str), Some("faregate"), "{line}");
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let done = self.place.command(&args).output().unwrap();
        let mut printed = String::from_utf8(done.stdout).unwrap();
        for line in String::from_utf8(done.stderr).unwrap().lines() {
            printed += format!("! {line}").trim_end();
            printed.push('\n');
        }
        match done.status.code() {
            Some(0) => {}
            Some(code) => printed += &format!("? {code}\n"),
            None => printed += &format!("? {}\n", done.status),
        }
        printed
    }

    pub(crate) fn obey(&mut self, order: &str) -> Result<(), String> {
        let words: Vec<&str> = order.split(' ').collect();
        match words.as_slice() {
            ["store", "noted"] => self.noted = std::fs::read(self.path(STORE)).ok(),
            ["store", "unchanged"] => return self.compare(),
            ["store", "absent"] if self.path(STORE).exists() => {
                return Err("there is a store".to_owned());
            }
            ["store", "absent"] => {}
            ["lock", directory] => {
                let lock =
                    File::options().write(true).open(self.path(directory).join("faregate.lock"));
                let lock = lock.unwrap();
                lock.lock().unwrap();
                self.lock = Some(lock);
            }
            ["unlock"] => self.lock = None,
            ["listen"] => self.listener = Some(TcpListener::bind("127.0.0.1:0").unwrap()),
            ["serve"] => self.server = Some(Server::start(&self.place, &[])),
            ["stop"] => self.server.take().ok_or("nothing serves")?.stop("TERM"),
            ["open", key, person, product, answer] => {
                let server = self.server.as_ref().ok_or("nothing serves")?;
                return open(
                    server,
                    key,
                    json!({ "person": person, "product": product, "host": "ws-1" }),
                    answer,
                );
            }
            ["patch", name, offset, bytes] => {
                let mut content = std::fs::read(self.path(name)).unwrap();
                let (offset, bytes): (usize, _) = (offset.parse().unwrap(), hex(bytes));
                content[offset..offset + bytes.len()].copy_from_slice(&bytes);
                self.write(name, &content);
            }
            ["make", name] => std::fs::create_dir(self.path(name)).unwrap(),
            ["use", name, days, person, product, every] => {
                self.add_use(name, (person, product), [days, every].map(|n| n.parse().unwrap()));
            }
            ["rest", name] => {
                let file = File::options().write(true).open(self.path(name)).unwrap();
                let written = file.metadata().unwrap().modified().unwrap();
                file.set_modified(written - Duration::from_secs(3_600)).unwrap();
            }
            ["cut", name, length] => {
                let file = File::options().write(true).open(self.path(name)).unwrap();
                file.set_len(length.parse().unwrap()).unwrap();
            }
            _ => return Err("no such order".to_owned()),
        }
        Ok(())
    }

    fn add_use(&self, name: &str, (person, product): (&str, &str), [days, every]: [i64; 2]) {
        let before = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        self.write(name, before.as_bytes());
        let written = std::fs::metadata(self.path(name)).unwrap().modified().unwrap();
        let now = written.duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let today = now - now % DAY;
        let mut table = if before.is_empty() { "who,what,when,until\n".to_owned() } else { before };
        for ago in (0..days / every).map(|place| 1 + place * every) {
            let opened = Instant(today - ago * DAY + 9 * 3_600);
            table += &format!("{person},{product},{opened},{}\n", opened.plus(2 * 3_600));
        }
        self.write(name, table.as_bytes());
    }

    /// To the byte: nothing in the store may have moved, and no commit may wait in its log.
    fn compare(&self) -> Result<(), String> {
        let before = self.noted.as_ref().ok_or("no store was noted")?;
        let now = std::fs::read(self.path(STORE)).map_err(|why| why.to_string())?;
        let waiting =
            std::fs::metadata(self.path(&format!("{STORE}-wal"))).map_or(0, |log| log.len());
        if *before != now || waiting > 0 {
            return Err("the store is not as it was".to_owned());
        }
        Ok(())
    }
}

fn open(server: &Server, key: &str, ask: serde_json::Value, answer: &str) -> Result<(), String> {
    let (_, told) = server.open(key, &ask);
    let code = told["refusal"]["code"].as_str().or(told["route"].as_str());
    if code == Some(answer) { Ok(()) } else { Err(told.to_string()) }
}

/// The words of a line; double quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(index, part)| {
            let quoted = index % 2 == 1;
            let split = part.split_whitespace().map(str::to_owned);
            if quoted { vec![part.to_owned()] } else { split.collect() }
        })
        .collect()
}
