//! The page in which the agent asks, as a browser reads it.

use crate::desk::Desk;
use crate::office::until;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

/// The page of whoever sits at a desk.
pub(crate) struct Page {
    host: String,
    path: String,
}

impl Page {
    /// Waits until the agent opened the browser.
    pub(crate) fn opened(desk: &Desk) -> Self {
        let url = until("a page", || std::fs::read_to_string(desk.state().join("url")).ok());
        let (host, path) = url.trim().trim_start_matches("http://").split_once('/').unwrap();
        Self { host: host.to_owned(), path: format!("/{path}") }
    }

    pub(crate) fn questions(&self) -> Vec<Value> {
        let answer = self.call("GET", "questions", "");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let shown: Value =
            serde_json::from_str(body).unwrap_or_else(|why| panic!("{why}: {answer}"));
        shown["questions"].as_array().unwrap().clone()
    }

    /// Waits for a question of a kind, about a product of this name.
    pub(crate) fn asks(&self, kind: &str, name: &str) -> Value {
        let about =
            |one: &Value| one["kind"] == kind && one["title"].as_str().unwrap().contains(name);
        until(&format!("{kind} of {name}"), || self.questions().into_iter().find(about))
    }

    pub(crate) fn answer(&self, question: &Value, choice: &str, bucket: Option<&str>) {
        let answer = json!({ "id": question["id"], "choice": choice, "bucket": bucket });
        let said = self.call("POST", "answer", &answer.to_string());
        assert!(said.starts_with("HTTP/1.1 204"), "{said}");
    }

    fn call(&self, method: &str, name: &str, body: &str) -> String {
        let Self { host, path } = self;
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path}{name} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
