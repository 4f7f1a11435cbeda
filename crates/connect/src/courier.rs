//! Requests to one endpoint: paced, tried again, capped in size and time, never redirected.

use crate::directory::DirectoryError;
use crate::endpoint::Endpoint;
use crate::pace::{Chance, Pace, Rate, Retry, retry_after};
use crate::secret::Secret;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderMap, Method, Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

/// How long a server's words may be in a message.
const WORDS_MAX: usize = 300;
/// How much of an answer that is not a success is read.
const REFUSAL_BYTES_MAX: u64 = 64 * 1024;

/// How requests are made.
#[derive(Clone, Debug)]
pub struct CourierOptions {
    /// Requests a second in the long run.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
    /// When to try again.
    pub retry: Retry,
    /// How long one request may take, from connecting to the last byte.
    pub time_max: Duration,
    /// How large an answer may be.
    pub bytes_max: u64,
    /// Certificates to trust instead of the public ones, in PEM.
    pub roots: Option<Vec<u8>>,
    /// Where the jitter of waits begins.
    pub seed: u64,
}

impl Default for CourierOptions {
    fn default() -> Self {
        Self {
            per_second: 10,
            burst: 20,
            retry: Retry::default(),
            time_max: Duration::from_secs(30),
            bytes_max: 32 * 1024 * 1024,
            roots: None,
            seed: 0,
        }
    }
}

/// Why no courier can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// The certificates cannot be read.
    #[error("the certificates to trust cannot be read: {0}")]
    Roots(String),
}

/// Sends requests to one endpoint.
pub struct Courier {
    endpoint: Endpoint,
    agent: Agent,
    pace: Arc<dyn Pace>,
    rate: Rate,
    chance: Chance,
    options: CourierOptions,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Courier({})", self.endpoint)
    }
}

/// What is taken as an answer, unless a request says otherwise.
const ACCEPT: &str = "application/scim+json, application/json";

/// A request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// Below the endpoint, with its query.
    pub(crate) path: &'a str,
    pub(crate) bearer: Option<&'a Secret>,
    /// Which media types are taken.
    pub(crate) accept: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A header that is a secret.
    pub(crate) secret_header: Option<(&'static str, &'a Secret)>,
    /// Content type and content.
    pub(crate) body: Option<(&'static str, String)>,
    /// Secrets that may be in an answer, apart from the bearer.
    pub(crate) secrets: Vec<&'a Secret>,
}

impl Default for Call<'_> {
    fn default() -> Self {
        let (method, secrets, headers) = (Method::GET, Vec::new(), Vec::new());
        Self {
            method,
            path: "",
            bearer: None,
            accept: ACCEPT,
            headers,
            secret_header: None,
            body: None,
            secrets,
        }
    }
}

impl Call<'_> {
    /// A server's words for a message: without the secrets that it was sent, and not without end.
    fn words(&self, text: &str) -> String {
        let header = self.secret_header.map(|(_, secret)| secret);
        let secrets = self.bearer.into_iter().chain(header).chain(self.secrets.iter().copied());
        clean(&secrets.fold(text.to_owned(), |words, secret| secret.scrub(&words)))
    }
}

/// An answer: a success, or a refusal for the adapter to judge.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    /// The server's words, of a refusal.
    pub(crate) words: String,
}

/// An answer whose content is still to be read.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl Courier {
    /// A courier to an endpoint.
    ///
    /// # Errors
    /// [`CourierError::Roots`].
    pub fn new(
        endpoint: Endpoint,
        pace: Arc<dyn Pace>,
        options: CourierOptions,
    ) -> Result<Self, CourierError> {
        let agent = agent(&endpoint, &options)?;
        let rate = Rate::new(options.per_second, options.burst);
        let chance = Chance::new(options.seed);
        Ok(Self { endpoint, agent, pace, rate, chance, options })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn now(&self) -> Duration {
        self.pace.now()
    }

    /// Sends a request, again while the directory is busy or away.
    ///
    /// Every request of this crate may arrive twice: they set what is to be, not what changes.
    pub(crate) fn send(&mut self, call: &Call<'_>) -> Result<Answer, DirectoryError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let wait = self.rate.take(self.pace.now());
            self.pause(wait);
            let result = self.send_once(call);
            let Some(asked) = busy(&result) else {
                return result;
            };
            let longest = self.options.retry.longest;
            if let Some(asked) = asked.filter(|asked| *asked > longest) {
                return Err(DirectoryError::WaitsTooLong { seconds: asked.as_secs() });
            }
            if tries >= self.options.retry.tries_max {
                return match result {
                    Ok(Answer { words, .. }) => Err(DirectoryError::Busy { tries, words }),
                    Err(error) => Err(error),
                };
            }
            // The jitter comes on top of what was asked for, so that not everybody comes back at once.
            let jitter = self.options.retry.delay(tries, &mut self.chance);
            self.pause(asked.map_or(jitter, |asked| asked + jitter / 4));
        }
    }

    fn pause(&self, time: Duration) {
        if !time.is_zero() {
            self.pace.wait(time);
        }
    }

    /// Sends a request one time, and reads the whole answer.
    pub(crate) fn send_once(&self, call: &Call<'_>) -> Result<Answer, DirectoryError> {
        let Opened { status, headers, body } = self.open(call)?;
        if !(200..300).contains(&status) {
            let words = refusal(&headers, body, call);
            return match status {
                401 => Err(DirectoryError::Unauthorised { words }),
                _ => Ok(Answer { status, headers, json: Value::Null, words }),
            };
        }
        let json = self.json(&headers, body, call)?;
        Ok(Answer { status, headers, json, words: String::new() })
    }

    /// Sends a request one time, and leaves the content to be read.
    pub(crate) fn open(&self, call: &Call<'_>) -> Result<Opened, DirectoryError> {
        let response = self.run(call).map_err(|error| self.transport(&error))?;
        let (parts, body) = response.into_parts();
        if parts.status.is_redirection() {
            let to = parts.headers.get("location").map(|to| String::from_utf8_lossy(to.as_bytes()));
            return Err(DirectoryError::Redirected { to: call.words(&to.unwrap_or_default()) });
        }
        Ok(Opened { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    fn run(&self, call: &Call<'_>) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(self.endpoint.url(call.path))
            .header("accept", call.accept);
        if let Some(bearer) = call.bearer {
            request = request.header("authorization", format!("Bearer {}", bearer.expose()));
        }
        if let Some((name, secret)) = call.secret_header {
            request = request.header(name, secret.expose());
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        match &call.body {
            None => self.agent.run(request.body(())?),
            Some((kind, text)) => {
                self.agent.run(request.header("content-type", *kind).body(text.as_str())?)
            }
        }
    }

    fn json(
        &self,
        headers: &HeaderMap,
        mut body: Body,
        call: &Call<'_>,
    ) -> Result<Value, DirectoryError> {
        let bytes = body.with_config().limit(self.options.bytes_max).read_to_vec();
        let bytes = bytes.map_err(|error| self.transport(&error))?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        let kind = header(headers, "content-type").unwrap_or("no content type");
        if !is_json(kind) {
            return Err(DirectoryError::NotJson { found: call.words(kind) });
        }
        serde_json::from_slice(&bytes)
            .map_err(|error| DirectoryError::NotJson { found: format!("broken JSON: {error}") })
    }

    fn transport(&self, error: &ureq::Error) -> DirectoryError {
        match error {
            ureq::Error::Timeout(_) => DirectoryError::Slow {
                seconds: self.options.time_max.as_millis().div_ceil(1_000) as u64,
            },
            ureq::Error::BodyExceedsLimit(max) => DirectoryError::TooLarge { max: *max },
            ureq::Error::LargeResponseHeader(_, max) => {
                DirectoryError::TooLarge { max: *max as u64 }
            }
            // The standard body reader wraps what our reader says.
            ureq::Error::Io(io) => match io.get_ref().and_then(|e| e.downcast_ref()) {
                Some(inner) => self.transport(inner),
                None => DirectoryError::Unreachable(clean(&io.to_string())),
            },
            other => DirectoryError::Unreachable(clean(&other.to_string())),
        }
    }
}

/// What a header says, when it is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Text for a message: no control characters, and not without end.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_MAX).collect()
}

/// A text as part of a path or query.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Whether to try again, and what wait was asked for.
pub(crate) fn busy(result: &Result<Answer, DirectoryError>) -> Option<Option<Duration>> {
    match result {
        Ok(Answer { status: 429 | 502 | 503 | 504, headers, .. }) => {
            let asked = header(headers, "retry-after");
            Some(asked.and_then(|asked| retry_after(asked, header(headers, "date"))))
        }
        Err(DirectoryError::Unreachable(_) | DirectoryError::Slow { .. }) => Some(None),
        _ => None,
    }
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // Directories say `application/scim+json`, providers of keys `application/jwk-set+json`.
    let is_kind_of = kind.starts_with("application/") && kind.ends_with("+json");
    kind == "application/json" || is_kind_of || kind == "text/json"
}

/// Where SCIM, Graph, OAuth and the vendor put their words.
const WORDS_IN: [&str; 7] = [
    "/detail",
    "/error/message",
    "/error_description",
    "/errorSummary",
    "/error",
    "/developerMessage",
    "/message",
];

/// The server's words: what it calls them, or the text itself.
pub(crate) fn refusal(headers: &HeaderMap, mut body: Body, call: &Call<'_>) -> String {
    let bytes = body.with_config().limit(REFUSAL_BYTES_MAX).read_to_vec().unwrap_or_default();
    let json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let words = WORDS_IN.iter().find_map(|path| json.pointer(path)?.as_str().map(str::to_owned));
    let kind = header(headers, "content-type").unwrap_or_default();
    let words = words.unwrap_or_else(|| match kind.starts_with("text/plain") {
        true => String::from_utf8_lossy(&bytes).into_owned(),
        false => "no reason given".to_owned(),
    });
    call.words(&words)
}

fn agent(endpoint: &Endpoint, options: &CourierOptions) -> Result<Agent, CourierError> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(endpoint.is_encrypted())
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A proxy of the environment would resolve the name itself, past our check.
        .proxy(None)
        .timeout_global(Some(options.time_max))
        .tls_config(tls(options)?)
        .user_agent("faregate")
        .build();
    let pinned = Pinned(endpoint.addresses().to_vec());
    Ok(Agent::with_parts(config, DefaultConnector::new(), pinned))
}

fn tls(options: &CourierOptions) -> Result<TlsConfig, CourierError> {
    let roots = match &options.roots {
        None => RootCerts::WebPki,
        Some(pem) => {
            let certificates = ureq::tls::parse_pem(pem).filter_map(|item| match item {
                Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(Ok(certificate)),
                Ok(_) => None,
                Err(error) => Some(Err(CourierError::Roots(clean(&error.to_string())))),
            });
            let certificates: Vec<Certificate<'static>> = certificates.collect::<Result<_, _>>()?;
            if certificates.is_empty() {
                return Err(CourierError::Roots("there are none".to_owned()));
            }
            RootCerts::new_with_certs(&certificates)
        }
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
}

/// Answers every question for an address with the ones that were checked.
#[derive(Debug)]
struct Pinned(Vec<std::net::SocketAddr>);

impl Resolver for Pinned {
    fn resolve(
        &self,
        _: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        // The array holds sixteen.
        self.0.iter().take(16).for_each(|address| addresses.push(*address));
        Ok(addresses)
    }
}
