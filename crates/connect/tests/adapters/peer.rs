//! Receivers of notices that are not ours, as processes.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// One of them, until it is dropped.
pub(crate) struct Peer {
    child: Child,
    input: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
}

impl Peer {
    pub(crate) fn start(args: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/notice-peers.sh");
        let mut child = Command::new(script)
            .arg(env!("CARGO_TARGET_TMPDIR"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, lines) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, lines }
    }

    /// The next line that it prints; `None`, and a line that says why, where it cannot be installed.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let _ = self.lines.read_line(&mut line);
        if !line.is_empty() {
            return Some(line.trim().to_owned());
        }
        let mut why = String::new();
        let _ = self.child.stderr.take()?.read_to_string(&mut why);
        let status = self.child.wait().ok()?;
        assert_eq!(status.code(), Some(69), "the peer failed: {why}");
        println!("skipped: {}", why.trim());
        None
    }

    /// What it prints of an input.
    pub(crate) fn told(args: &[&str], input: &Value) -> Option<Vec<String>> {
        let mut peer = Self::start(args);
        let _ = peer.input.take()?.write_all(input.to_string().as_bytes());
        let mut lines = vec![peer.line()?];
        lines.extend(peer.lines.by_ref().lines().map_while(Result::ok));
        let mut why = String::new();
        let _ = peer.child.stderr.take()?.read_to_string(&mut why);
        assert!(peer.child.wait().unwrap().success(), "{why}");
        Some(lines)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
