//! How a command reaches the server that uses its data directory: a file in that directory says where the
//! server listens, and holds a key that dies with it. Who can read the directory owns the store anyway.

use crate::fault::{Code, Fault};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Body;
use ureq::http::{HeaderValue, Response};

const NAME: &str = "serving.json";
/// A server that has not answered by then is asked no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a server listens, and the key to it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Serving {
    pub(crate) url: String,
    key: String,
}

/// The file, for as long as the server runs.
pub(crate) struct Announced(PathBuf);

impl Drop for Announced {
    fn drop(&mut self) {
        // A server that is killed leaves it behind: it names an address where nobody answers then.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Serving {
    pub(crate) fn announce(
        directory: &Path,
        url: String,
        key: String,
    ) -> std::io::Result<Announced> {
        let (path, fresh) = (directory.join(NAME), directory.join("serving.json.new"));
        let text = serde_json::to_string(&Self { url, key })?;
        let _ = std::fs::remove_file(&fresh);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        std::fs::rename(&fresh, &path)?;
        Ok(Announced(path))
    }

    /// The server that uses a data directory, if one says so.
    pub(crate) fn find(directory: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(directory.join(NAME)).ok()?).ok()
    }

    /// What a killed server left behind: whoever holds the lock knows that it names nobody.
    pub(crate) fn forget(directory: &Path) {
        // What is not there needs no removing.
        let _ = std::fs::remove_file(directory.join(NAME));
    }

    /// Reads JSON; gives the answer, or why there is none.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Fault> {
        let request = agent(Some(PATIENCE)).get(format!("{}{path}", self.url));
        let request = request.header("authorization", format!("Bearer {}", self.key));
        self.answer(request.call())
    }

    /// Posts JSON; gives the answer, or the problem that the server told.
    pub(crate) fn post(
        &self,
        path: &str,
        on_behalf_of: Option<&str>,
        body: &Value,
    ) -> Result<Value, Fault> {
        self.send(path, on_behalf_of, "application/json", body.to_string().as_bytes())
    }

    /// Posts JSON that the server may be busy with for minutes; gives the answer, or the problem that it told.
    pub(crate) fn post_and_wait(
        &self,
        path: &str,
        on_behalf_of: Option<&str>,
        body: &Value,
    ) -> Result<Value, Fault> {
        let body = body.to_string();
        self.deliver(agent(None), path, on_behalf_of, ("application/json", body.as_bytes()))
    }

    /// Posts a body of some kind; gives the answer, or the problem that the server told.
    pub(crate) fn send(
        &self,
        path: &str,
        on_behalf_of: Option<&str>,
        kind: &str,
        body: &[u8],
    ) -> Result<Value, Fault> {
        self.deliver(agent(Some(PATIENCE)), path, on_behalf_of, (kind, body))
    }

    fn deliver(
        &self,
        agent: ureq::Agent,
        path: &str,
        on_behalf_of: Option<&str>,
        (kind, body): (&str, &[u8]),
    ) -> Result<Value, Fault> {
        let mut request = agent
            .post(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", kind)
            .header("idempotency-key", crate::ambient::fresh_key());
        if let Some(name) = on_behalf_of {
            // Left out, the order would be somebody else's.
            let told = HeaderValue::from_bytes(name.as_bytes()).map_err(|_| {
                let help = "name another alias of the person, without control characters";
                Fault::new(Code::Usage, format!("`{name}` cannot be told to the server"), help)
            })?;
            request = request.header("faregate-on-behalf-of", told);
        }
        self.answer(request.send(body))
    }

    fn answer(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Value, Fault> {
        let unreachable = |why: ureq::Error| {
            let url = &self.url;
            let message = format!(
                "another process uses the data directory, and no server answers at {url}: {why}"
            );
            let help = "the server may be starting or stopping, or an import may be running: try again when it has ended";
            Fault::new(Code::InUse, message, help)
        };
        let mut response = answer.map_err(unreachable)?;
        let status = response.status();
        let text = response.body_mut().read_to_string().map_err(unreachable)?;
        let answer: Value = serde_json::from_str(&text).map_err(|_| {
            let help = "remove `serving.json` from the data directory if no server runs; the order may not have been carried out";
            let message = format!("what answers at {} is no Faregate server", self.url);
            Fault::new(Code::Failed, message, help)
        })?;
        if status.is_success() { Ok(answer) } else { Err(problem(status.as_u16(), &answer)) }
    }
}

/// The server is on this machine: neither a proxy nor another place may see the key.
fn agent(patience: Option<Duration>) -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let config = config.proxy(None).max_redirects(0).timeout_connect(Some(PATIENCE));
    let config = config.timeout_global(patience);
    ureq::Agent::new_with_config(config.build())
}

fn problem(status: u16, answer: &Value) -> Fault {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let detail = answer["detail"].as_str().map(str::to_owned);
    let message = detail.unwrap_or_else(|| format!("the server answered {status}"));
    Fault::new(code_of(status, answer), message, text("help"))
}

/// The same exit codes as without a server between.
fn code_of(status: u16, answer: &Value) -> Code {
    match (status, answer["code"].as_str()) {
        (_, Some("faulty-files")) => Code::Estate,
        (_, Some(crate::giving::INVALID_POLICIES)) => Code::Policy,
        (_, Some("unknown-import")) => Code::Refused,
        (400 | 404 | 422, _) => Code::Usage,
        (403 | 409, _) => Code::Refused,
        _ => Code::Failed,
    }
}
