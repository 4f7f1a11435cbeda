//! The program in a directory of its own, and a caller for its API.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A directory for the program to run in.
pub(crate) struct Place(TempDir);

/// What a command printed.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faregate"));
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, which is to be this exit code.
    pub(crate) fn run(&self, args: &[&str], code: i32) -> Ran {
        let done = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let ran = Ran { stdout: text(done.stdout), stderr: text(done.stderr) };
        assert_eq!(done.status.code(), Some(code), "{args:?}: {}{}", ran.stdout, ran.stderr);
        ran
    }
}

/// A running server; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    key: String,
}

impl Server {
    /// Serves the place's store.
    pub(crate) fn start(place: &Place, more: &[&str]) -> Self {
        Self::start_as(place, &[&["serve"], more].concat())
    }

    pub(crate) fn start_as(place: &Place, args: &[&str]) -> Self {
        Self::spawn(place.command(&[args, &["--json", "--listen", "127.0.0.1:0"]].concat()))
    }

    /// Starts a command that says where it listens, as JSON.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"));
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        let address = text("url").trim_start_matches("http://").to_owned();
        Self { child, address, key: text("api_key") }
    }

    /// Sends a signal and waits for a clean end.
    pub(crate) fn stop(mut self, name: &str) {
        signal(&self.child, name);
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// Ends without a chance to put anything in order.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, &self.key, None, "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, &self.key, None, &body.to_string())
    }

    /// Posts under an idempotency key.
    pub(crate) fn post_once(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, &self.key, Some(key), &body.to_string())
    }

    pub(crate) fn open(&self, key: &str, ask: &Value) -> (u16, Value) {
        self.post_once("/v1/sessions", key, ask)
    }

    /// Status and body of an answer.
    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        bearer: &str,
        idempotency: Option<&str>,
        body: &str,
    ) -> (u16, Value) {
        let once = idempotency.map_or(String::new(), |key| format!("idempotency-key: {key}\r\n"));
        self.call_with(method, path, bearer, &once, body)
    }

    /// Asks as a proxy does for somebody at an address.
    pub(crate) fn ask_from(&self, address: &str, path: &str, body: &str) -> (u16, Value) {
        let forwarded = format!("x-forwarded-for: {address}\r\n");
        self.call_with("POST", path, &self.key, &forwarded, body)
    }

    fn call_with(
        &self,
        method: &str,
        path: &str,
        bearer: &str,
        more: &str,
        body: &str,
    ) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let right = if bearer.is_empty() {
            String::new()
        } else {
            format!("authorization: Bearer {bearer}\r\n")
        };
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: faregate\r\nconnection: close\r\n{right}{more}\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Begins a stream that does not end, and waits for its first bytes.
    pub(crate) fn listen(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let key = &self.key;
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: faregate\r\nauthorization: Bearer {key}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is something; the count of questions is bounded, not the time.
pub(crate) fn poll<T>(question: impl FnMut() -> Option<T>) -> T {
    let mut answers = std::iter::repeat_with(question).take(200_000).flatten();
    answers.next().expect("it never came to be")
}

pub(crate) fn signal(child: &Child, name: &str) {
    let order = format!("kill -{name} {}", child.id());
    let done = Command::new("/bin/sh").args(["-c", &order]).status().unwrap();
    assert!(done.success());
}

pub(crate) fn make_pipe(path: &Path) {
    assert!(Command::new("/usr/bin/mkfifo").arg(path).status().unwrap().success());
}
