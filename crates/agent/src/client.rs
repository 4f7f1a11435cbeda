//! Requests to the server, signed; and what became of them.

use crate::home::Fault;
use crate::machine::{Problem, Reply, Request};
use faregate_protocol::SigningKey;
use faregate_protocol::signature::{CONTENT_DIGEST, Message, SIGNATURE, SIGNATURE_INPUT, sign};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// How large an answer may be.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long words of others may be in a message.
const WORDS_MAX: usize = 200;

/// Speaks to one server as one device.
pub struct Client {
    agent: ureq::Agent,
    server: String,
    key: SigningKey,
    key_id: String,
}

/// When a request is signed, and what makes it unlike any other.
#[derive(Clone, Copy, Debug)]
pub struct Seal {
    /// The server's time, by the best that is known.
    pub created: i64,
    /// Never used twice.
    pub nonce: [u8; 16],
}

impl Client {
    /// A client; `server` is checked by [`address`].
    ///
    /// # Errors
    /// The certificates cannot be read.
    pub fn new(
        server: &str,
        certificates: Option<&[u8]>,
        (key, key_id): (SigningKey, &str),
        timeout: Duration,
    ) -> Result<Self, Fault> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(roots(certificates)?)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            // A beat every few minutes keeps no connection, and each kept one costs memory here and there.
            .max_idle_connections(0)
            .tls_config(tls)
            .user_agent(concat!("faregate-agent/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.into(), server: server.to_owned(), key, key_id: key_id.to_owned() })
    }

    /// Sends a request, once.
    #[must_use]
    pub fn send(&self, request: &Request, seal: Seal) -> Reply {
        match request {
            Request::Rules => match self.call("GET", "/v1/agent/rules", b"", seal) {
                Ok(answer) => {
                    answer.reply(|body| Some(Reply::Rules(String::from_utf8(body).ok()?)))
                }
                Err(why) => Reply::Unreachable(why),
            },
            Request::Beat(body) => self.post("beat", body, seal, Reply::Beat),
            Request::Ask(body) => self.post("ask", body, seal, |said| Reply::Asked(Box::new(said))),
            Request::Open(body) => {
                self.post("open", body, seal, |said| Reply::Opened(Box::new(said)))
            }
            Request::Close(body) => self.post("close", body, seal, Reply::Closed),
            Request::Uses(body) => self.post("uses", body, seal, Reply::Taken),
        }
    }

    /// Posts a body to a path of agents, and reads the answer.
    pub fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        seal: Seal,
        good: impl FnOnce(T) -> Reply,
    ) -> Reply {
        let body = serde_json::to_vec(body).unwrap_or_default();
        match self.call("POST", &format!("/v1/agent/{path}"), &body, seal) {
            Ok(answer) => answer.reply(|body| serde_json::from_slice(&body).ok().map(good)),
            Err(why) => Reply::Unreachable(why),
        }
    }

    fn call(&self, method: &str, target: &str, body: &[u8], seal: Seal) -> Result<Answer, String> {
        let message = Message { method, target, body };
        let headers = sign(&self.key, &self.key_id, seal.created, seal.nonce, message);
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.server))
            .header("accept", "application/json, application/jose")
            .header(CONTENT_DIGEST, headers.content_digest)
            .header(SIGNATURE_INPUT, headers.signature_input)
            .header(SIGNATURE, headers.signature);
        let sent = match method {
            "GET" => request.body(()).map(|request| self.agent.run(request)),
            _ => request
                .header("content-type", "application/json")
                .body(body)
                .map(|request| self.agent.run(request)),
        };
        let answer = sent.map_err(|error| error.to_string())?;
        let answer = answer.map_err(|error| clean(&error.to_string()))?;
        let status = answer.status().as_u16();
        let body = answer.into_body().into_with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        body.map(|body| Answer { status, body }).map_err(|error| clean(&error.to_string()))
    }
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Answer {
    /// Who cannot answer now, who does not want to, and who says something that nobody understands.
    fn reply(self, good: impl FnOnce(Vec<u8>) -> Option<Reply>) -> Reply {
        let Self { status, body } = self;
        match status {
            200 => good(body).unwrap_or_else(|| {
                Reply::Unavailable("the server's answer cannot be understood".to_owned())
            }),
            429 | 500.. => Reply::Unavailable(format!("status {status}")),
            _ => match serde_json::from_slice::<Problem>(&body) {
                Ok(problem) if !problem.code.is_empty() => {
                    Reply::Problem(Problem { status, ..problem })
                }
                // A proxy, a portal of a hotel, another program: not the server.
                _ => Reply::Unreachable(format!(
                    "something else answers there, with status {status}"
                )),
            },
        }
    }
}

/// The address of a server: `https://host:port`, or `http://` on this very machine.
///
/// # Errors
/// What is wrong with it, and what to write (exit code 2).
pub fn address(text: &str) -> Result<String, Fault> {
    let fault =
        |help: &str| Fault::new(format!("`{text}` is no address of a server"), help).with_code(2);
    let usual = "write it as https://licences.example.com";
    let text = text.trim().trim_end_matches('/');
    let uri: http::Uri = text.parse().map_err(|_| fault(usual))?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| fault(usual))?;
    if uri.path() != "/" && !uri.path().is_empty() || uri.query().is_some() {
        return Err(fault("leave out what comes after the name and the port"));
    }
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match uri.scheme_str() {
        Some("https") => Ok(text.to_owned()),
        Some("http") if here => Ok(text.to_owned()),
        Some("http") => Err(fault("use https: the code and what is used would be read on the way")),
        _ => Err(fault(usual)),
    }
}

fn roots(certificates: Option<&[u8]>) -> Result<RootCerts, Fault> {
    let Some(pem) = certificates else { return Ok(RootCerts::WebPki) };
    let certificates: Vec<Certificate<'static>> = parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        let help = "give a file in PEM: it has lines like -----BEGIN CERTIFICATE-----";
        return Err(Fault::new("there is no certificate in the file", help).with_code(2));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// Text for a message: no control characters, and not without end.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in
            ["https://a.example", "https://a.example:8443", "http://127.0.0.1:80", "http://[::1]:8"]
        {
            assert_eq!(address(&format!(" {good}/ ")), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "a.example",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://a?b",
            "http://a.example",
        ] {
            assert_eq!(address(bad).unwrap_err().code, 2, "{bad}");
        }
    }

    #[test]
    fn answers() {
        let kind = |status, body: &str| {
            let body = body.as_bytes().to_vec();
            match (Answer { status, body })
                .reply(|body| (body == b"ok").then(|| Reply::Rules(String::new())))
            {
                Reply::Rules(_) => "good",
                Reply::Problem(problem) if problem.status != status => "another status",
                Reply::Problem(problem) if problem.now == Some(7) => "problem now",
                Reply::Problem(_) => "problem",
                Reply::Unavailable(_) => "unavailable",
                _ => "unreachable",
            }
        };
        let clock = r#"{"code":"clock-off","detail":"d","help":"h","now":7,"status":401}"#;
        for (status, body, expected) in [
            (200, "ok", "good"),
            (200, "{", "unavailable"),
            (401, clock, "problem now"),
            (422, r#"{"code":"bad-body"}"#, "problem"),
            (404, "<html>", "unreachable"),
            (302, "", "unreachable"),
            (429, r#"{"code":"busy"}"#, "unavailable"),
            (503, "", "unavailable"),
            (599, clock, "unavailable"),
        ] {
            assert_eq!(kind(status, body), expected, "{status} {body}");
        }
    }
}
