//! One connection that is kept, one request at a time.

use super::record::{Answers, Ask};
use crate::server::Server;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub(super) struct Caller {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Caller {
    pub(super) fn of(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(server.address).context("no server listens")?;
        stream.set_nodelay(true)?;
        // A server that hangs is a failure, not a reason to wait for ever.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { stream: BufReader::new(stream), key: server.key.clone() })
    }

    fn call(&mut self, method: &str, path: &str, key: &str, body: &str) -> Result<(u16, Value)> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: faregate\r\nauthorization: Bearer {}\r\n{key}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.get_mut().write_all((head + body).as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<(u16, Value)> {
        let status = self.line()?;
        let code = status.get(9..12).and_then(|code| code.parse().ok()).context("hung up")?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((code, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if !line.ends_with("\r\n") {
            bail!("hung up");
        }
        line.truncate(line.len() - 2);
        Ok(line)
    }
}

impl Answers for Caller {
    fn open(&mut self, ask: &Ask) -> Result<Value> {
        let key = format!("idempotency-key: {}\r\n", ask.key());
        let answer = self.call("POST", "/v1/sessions", &key, &ask.body().to_string())?;
        well(answer)
    }

    fn open_many(&mut self, asks: &[Ask]) -> Result<Vec<Value>> {
        let keyed = asks.iter().map(|ask| {
            let mut body = ask.body();
            body["key"] = ask.key().into();
            body
        });
        let body = Value::Array(keyed.collect()).to_string();
        match well(self.call("POST", "/v1/sessions/batch", "", &body)?)? {
            Value::Array(answers) => Ok(answers),
            other => bail!("no answers: {other}"),
        }
    }

    fn close(&mut self, session: &str) -> Result<Value> {
        well(self.call("POST", &format!("/v1/sessions/{session}/close"), "", "")?)
    }

    fn spent(&mut self) -> Result<f64> {
        let summary = well(self.call("GET", "/v1/summary", "", "")?)?;
        let figure = |name: &str| summary["balance"][name].as_f64().context("no balance");
        if summary["balance"]["held"] != json!(0.0) {
            bail!("tokens are held although there is no grace: {summary}");
        }
        Ok(figure("purchased")? - figure("left")?)
    }
}

fn well((status, body): (u16, Value)) -> Result<Value> {
    if (200..300).contains(&status) { Ok(body) } else { bail!("answer {status}: {body}") }
}
