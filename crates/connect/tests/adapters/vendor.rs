//! A vendor on this machine, built from the documented contract of its two APIs. It keeps to its own
//! limits, its tokens end, its addresses end, and it fails as it is told to.

use crate::stub::{Reply, Seen, Stub};
use faregate_core::when::Instant;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) const SECRET: &str = "canary-client-secret";
pub(crate) const PAT: &str = "canary-personal";
pub(crate) const CONTRACT: &str = "11000000001";
const SIGNATURE: &str = "canary-signature";

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wrong {
    /// It is answered with this status, and nothing is done.
    Status(u16, Vec<(&'static str, String)>),
    /// Nothing is done, and no answer comes.
    Silence,
    /// It is done, and the connection is closed without an answer.
    Unheard,
    /// It is done, and the answer ends after so many bytes of its content.
    Cut(usize),
    /// It is answered with this instead.
    Instead(Value),
    /// It is answered with a page such as proxies have.
    Page,
    /// It is answered with these bytes.
    Raw(String),
}

/// An export that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) order: Value,
    pub(crate) status: String,
    /// It is ready after having been looked at so often.
    pub(crate) looks: usize,
    /// The version of its address.
    pub(crate) link: usize,
    /// When that address ends, in seconds since 1970.
    pub(crate) ends: i64,
    pub(crate) asked_at: i64,
    pub(crate) retries: usize,
}

/// What the vendor knows.
pub(crate) struct State {
    pub(crate) exports: BTreeMap<String, Export>,
    pub(crate) queries: BTreeMap<String, (Value, String, usize)>,
    /// What goes wrong, in order: with the next request whose method and target hold these words.
    pub(crate) wrongs: VecDeque<(&'static str, &'static str, Wrong)>,
    /// How often an export or query has to be looked at before it is ready.
    pub(crate) looks: usize,
    /// Requests that an access token is good for.
    pub(crate) token_uses: usize,
    pub(crate) refresh_token: String,
    pub(crate) last_used: String,
    pub(crate) lines: usize,
    pub(crate) rows: usize,
    pub(crate) tokens: usize,
    pub(crate) uses_left: usize,
    pub(crate) numbers: usize,
    /// When requests came, in seconds since 1970, while this is checked.
    pub(crate) times: Option<Vec<i64>>,
    pub(crate) burst: Option<i64>,
    /// What a client did that it must not do.
    pub(crate) offences: Vec<String>,
    pub(crate) now: i64,
    pub(crate) ranges: bool,
    /// The most of a file that is sent where a part of it is asked for.
    pub(crate) stride: usize,
    /// Exports that may be outstanding; others of the same user may have taken some.
    pub(crate) quota: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            exports: BTreeMap::new(),
            queries: BTreeMap::new(),
            wrongs: VecDeque::new(),
            looks: 1,
            token_uses: usize::MAX,
            refresh_token: "canary-refresh-0".to_owned(),
            last_used: "2018-03-01".to_owned(),
            lines: 3,
            rows: 2_500,
            tokens: 0,
            uses_left: 0,
            numbers: 0,
            times: Some(Vec::new()),
            burst: None,
            offences: Vec::new(),
            now: 0,
            ranges: true,
            stride: usize::MAX,
            quota: 50,
        }
    }
}

/// The vendor, and what it knows.
pub(crate) struct Vendor {
    pub(crate) stub: Stub,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Vendor {
    /// `now` tells the vendor's time; `hook` hears of each request before (`false`) and after it is done,
    /// and says whether it is to be answered.
    pub(crate) fn start(
        state: State,
        now: impl Fn() -> i64 + Send + Sync + 'static,
        hook: impl Fn(&Seen, bool) -> bool + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        let stub = Stub::start(move |seen| {
            if !hook(seen, false) {
                return Reply::Hangup;
            }
            let reply = answer(&mut lock(&shared), seen, now());
            if hook(seen, true) { reply } else { Reply::Hangup }
        });
        Self { stub, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Requests whose method and target hold these words.
    pub(crate) fn count(&self, method: &str, words: &str) -> usize {
        let is = |seen: &Seen| seen.method == method && seen.target.contains(words);
        self.stub.seen().iter().filter(|seen| is(seen)).count()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn answer(state: &mut State, seen: &Seen, now: i64) -> Reply {
    state.now = now;
    let is = |(method, words, _): &(&str, &str, Wrong)| {
        seen.method.contains(method) && seen.target.contains(words)
    };
    let wrong = state.wrongs.front().is_some_and(is).then(|| state.wrongs.pop_front()).flatten();
    match wrong.map(|(_, _, wrong)| wrong) {
        None => done(state, seen),
        Some(Wrong::Status(status, headers)) => {
            Reply::Text(status, headers, json!({"developerMessage": "told to"}).to_string())
        }
        Some(Wrong::Silence) => Reply::Silence,
        Some(Wrong::Unheard) => {
            drop(done(state, seen));
            Reply::Hangup
        }
        Some(Wrong::Cut(length)) => cut(done(state, seen), length),
        Some(Wrong::Instead(json)) => Reply::json(200, &json),
        Some(Wrong::Raw(text)) => Reply::Raw(text.into_bytes()),
        Some(Wrong::Page) => {
            let kind = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
            Reply::Text(200, kind, "<html>Please sign in</html>".to_owned())
        }
    }
}

/// An answer that promises more than comes.
fn cut(reply: Reply, length: usize) -> Reply {
    let Reply::Text(status, headers, body) = reply else { return reply };
    let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    Reply::Raw(format!("{text}\r\n{}", &body[..length.min(body.len())]).into_bytes())
}

fn done(state: &mut State, seen: &Seen) -> Reply {
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    if let Some(id) = path.strip_prefix("/download/") {
        return download(state, seen, id, query);
    }
    if path == "/auth/token" {
        return token(state, seen);
    }
    if let Some(refused) = state.over_limit() {
        return refused;
    }
    if !state.is_known(seen) {
        return error(401, "Access token provided is invalid or expired.");
    }
    let base = seen.header("host").map(|host| format!("http://{host}")).unwrap_or_default();
    let parts: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (seen.method.as_str(), parts.as_slice()) {
        (_, ["tokenflex", "v1", area, contract, ..]) if *contract != CONTRACT => {
            error(403, &format!("no {area} of {contract}"))
        }
        (method, ["tokenflex", "v1", rest @ ..]) => {
            token_flex(state, method, rest, query, seen, &base)
        }
        (method, ["insights", "v1", rest @ ..]) => {
            if seen.header("ADSK-PAT") != Some(PAT) {
                return error(401, "no personal access token");
            }
            insights(state, method, rest, query, seen, &base)
        }
        _ => error(404, "no such path"),
    }
}

impl State {
    /// The limits, counted as the vendor documents them.
    fn over_limit(&mut self) -> Option<Reply> {
        let now = self.now;
        let times = self.times.as_mut()?;
        times.push(now);
        let within = |span: i64| times.iter().filter(|at| now - **at < span).count();
        let (minute, shift) = (within(60), within(8 * 3_600));
        if minute > 5 && self.burst.is_none_or(|burst| now - burst >= 8 * 3_600) {
            self.burst = Some(now);
        }
        let is_burst = self.burst.is_some_and(|burst| now - burst < 120);
        if minute > 50 || shift > 2_400 || (minute > 5 && !is_burst) {
            self.offences.push(format!("{minute} requests in a minute, {shift} in eight hours"));
            let headers = vec![("Retry-After", "60".to_owned())];
            return Some(Reply::Text(429, headers, String::new()));
        }
        None
    }

    fn is_known(&mut self, seen: &Seen) -> bool {
        let expected = format!("Bearer canary-access-{}", self.tokens);
        if self.uses_left == 0 || seen.header("authorization") != Some(&expected) {
            return false;
        }
        self.uses_left -= 1;
        true
    }

    fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }
}

fn token(state: &mut State, seen: &Seen) -> Reply {
    let form: BTreeMap<String, String> = pairs(&seen.body);
    let has = |name: &str, value: &str| form.get(name).is_some_and(|found| found == value);
    let is_right = match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") => {
            has("scope", "data:read data:write") || has("scope", "data:read")
        }
        Some("refresh_token") => has("refresh_token", &state.refresh_token),
        _ => false,
    };
    if !is_right || !has("client_id", "client-1") || !has("client_secret", SECRET) {
        return Reply::json(400, &json!({"error": "invalid_grant"}));
    }
    state.tokens += 1;
    state.uses_left = state.token_uses;
    let mut answer = json!({"access_token": format!("canary-access-{}", state.tokens),
        "token_type": "Bearer", "expires_in": 3599});
    if has("grant_type", "refresh_token") {
        // Each is good for one use.
        state.refresh_token = format!("canary-refresh-{}", state.tokens);
        answer["refresh_token"] = json!(state.refresh_token);
    }
    Reply::json(200, &answer)
}

fn token_flex(
    state: &mut State,
    method: &str,
    parts: &[&str],
    query: &str,
    seen: &Seen,
    base: &str,
) -> Reply {
    let query = pairs(query);
    match (method, parts) {
        ("GET", ["contract", _]) => Reply::json(
            200,
            &json!({"contractNumber": CONTRACT,
            "contractStartDate": "2018-01-15", "contractEndDate": "2020-01-14"}),
        ),
        ("GET", ["contract", _, "enrichment"]) => {
            Reply::json(200, &json!(["Cost Centre", "", "\u{5730}\u{7406}", "Cost Centre"]))
        }
        ("GET", ["contract", _, "enrichment", name]) => Reply::json(200, &json!([name, "A", "B"])),
        ("GET", ["usage", _, "summary"]) => {
            Reply::json(200, &json!([{"usageMonth": "2018-01-01"}]))
        }
        ("GET", ["usage", _, "last"]) => {
            let last = |category: &str, charge: &str| {
                json!({"usageCategory": category,
                "chargeCategory": charge, "lastUsageDate": state.last_used,
                "lastProcessDate": state.last_used})
            };
            Reply::json(
                200,
                &json!([
                    last("PRODUCT_CONSUMPTION", "CHARGED"),
                    last("CLOUD_PRODUCT", "CHARGED"),
                    last("CLOUD_SERVICE", "N/A")
                ]),
            )
        }
        ("POST", ["usage", _, "query"]) => queried(state, seen),
        ("GET", ["usage", _, "query", id]) => rows(state, id, &query, false),
        ("POST", ["export", _, "requests"]) => ask(state, seen),
        ("GET", ["export", _, "requests"]) => {
            let at = |name: &str| query[name].parse::<Instant>().unwrap().0;
            let (from, to) = (at("fromDate"), at("toDate"));
            let in_span = |export: &Export| (from..to).contains(&export.asked_at);
            let exports = state.exports.iter().filter(|(_, export)| in_span(export));
            let keys: Vec<String> = exports.map(|(key, _)| key.clone()).collect();
            let found: Vec<Value> = keys.iter().map(|key| shown(state, key, base)).collect();
            Reply::json(200, &json!(found))
        }
        (_, ["export", _, "requests", key, ..]) if !state.exports.contains_key(*key) => {
            error(404, "no such request")
        }
        ("GET", ["export", _, "requests", key]) => Reply::json(200, &shown(state, key, base)),
        ("DELETE", ["export", _, "requests", key]) => {
            state.exports.remove(*key);
            Reply::Text(204, Vec::new(), String::new())
        }
        ("POST", ["export", _, "requests", key, "retry"]) => {
            let looks = state.looks;
            let export = state.exports.get_mut(*key).unwrap();
            (export.status, export.looks) = ("Requested".to_owned(), looks);
            export.retries += 1;
            Reply::json(200, &shown(state, key, base))
        }
        ("POST", ["export", _, "requests", key, "refreshUrl"]) => {
            let now = state.now;
            let export = state.exports.get_mut(*key).unwrap();
            (export.link, export.ends) = (export.link + 1, now + 300);
            Reply::json(200, &shown(state, key, base))
        }
        _ => error(404, "no such path"),
    }
}

fn ask(state: &mut State, seen: &Seen) -> Reply {
    let order: Value = serde_json::from_str(&seen.body).unwrap();
    let is_session = order["fields"].as_array().unwrap().contains(&json!("sessionStartDate"));
    if is_session && order["usageCategory"] != json!(["DESKTOP_PRODUCT"]) {
        return error(400, "sessions of one category only");
    }
    let open = |export: &&Export| export.status == "Requested";
    let outstanding = state.exports.values().filter(open).count();
    if outstanding >= 50 {
        state.offences.push("51 outstanding exports".to_owned());
    }
    if outstanding >= state.quota {
        return error(429, "too many outstanding exports");
    }
    let number = state.number();
    let at = Instant(state.now).to_string();
    let key = format!("{}#4d16aed0-{number}", at.trim_end_matches('Z'));
    let export = Export {
        order,
        status: "Requested".to_owned(),
        looks: state.looks,
        link: 0,
        ends: 0,
        asked_at: state.now,
        retries: 0,
    };
    state.exports.insert(key.clone(), export);
    Reply::json(200, &json!({"requestKey": key, "requestStatus": "Requested"}))
}

/// A request as the API shows it; being looked at brings it nearer to its end.
fn shown(state: &mut State, key: &str, base: &str) -> Value {
    let now = state.now;
    let export = state.exports.get_mut(key).unwrap();
    if export.status == "Requested" {
        if export.looks == 0 {
            (export.status, export.ends) = ("Download".to_owned(), now + 300);
        }
        export.looks = export.looks.saturating_sub(1);
    }
    let name = export.order["downloadFileName"].as_str().unwrap_or("API_Custom_Export");
    let mut json = json!({"requestKey": key, "requestStatus": export.status,
        "downloadFileName": format!("{name}.csv"), "readFlag": "N",
        "exportRequestDate": Instant(export.asked_at).to_string()});
    if export.status == "Download" {
        let id = key.split_once('#').unwrap().1;
        json["downloadUrl"] =
            json!(format!("{base}/download/{id}?key=x?signature={SIGNATURE}-{}", export.link));
        json["downloadUrlExpireDate"] = json!(Instant(export.ends).to_string());
    }
    json
}

/// What an export holds: as the vendor writes it, with a comma at the end of the header.
pub(crate) fn content(order: &Value, lines: usize) -> String {
    let fields = order["fields"].as_array().map_or(0, Vec::len);
    let filter = order["where"].as_str().or(order["startDate"].as_str()).unwrap_or("all");
    let what = format!("{} {}", order["usageCategory"], order["reports"]);
    let line =
        |at| format!("{at},\"{}\",{fields},{}\n", what.replace('"', ""), &filter.replace('\'', ""));
    let header = "\"number\",\"what\",\"fields\",\"where\",\n".to_owned();
    (0..lines).fold(header, |text, at| text + &line(at))
}

fn download(state: &mut State, seen: &Seen, id: &str, query: &str) -> Reply {
    if seen.header("authorization").is_some() || seen.header("ADSK-PAT").is_some() {
        state.offences.push("a token was sent to where a download lies".to_owned());
    }
    let (now, lines, ranges) = (state.now, state.lines, state.ranges);
    let Some(export) =
        state.exports.iter().find(|(key, _)| key.ends_with(id)).map(|(_, export)| export)
    else {
        return Reply::Text(404, Vec::new(), String::new());
    };
    if !query.ends_with(&format!("{SIGNATURE}-{}", export.link)) || now >= export.ends {
        let xml = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
        return Reply::Text(403, vec![("Content-Type", "application/xml".into())], xml.to_owned());
    }
    let body = content(&export.order, lines);
    let tag = format!("\"v{lines}\"");
    let mut headers = vec![("Content-Type", "text/csv".to_owned()), ("ETag", tag.clone())];
    let range = seen.header("range").and_then(|range| range.strip_prefix("bytes="));
    let same = seen.header("if-range").is_none_or(|known| known == tag);
    let from = range.filter(|_| ranges && same).and_then(|range| range.strip_suffix('-'));
    match from.map(|from| from.parse::<usize>().unwrap()) {
        None => Reply::Text(200, headers, body),
        Some(from) if from >= body.len() => {
            headers.push(("Content-Range", format!("bytes */{}", body.len())));
            Reply::Text(416, headers, String::new())
        }
        Some(from) => {
            let end = body.len().min(from.saturating_add(state.stride));
            headers.push(("Content-Range", format!("bytes {from}-{}/{}", end - 1, body.len())));
            Reply::Text(206, headers, body[from..end].to_owned())
        }
    }
}

fn queried(state: &mut State, seen: &Seen) -> Reply {
    let number = state.number();
    let id = format!("query:dd8a/{number}");
    let order = serde_json::from_str(&seen.body).unwrap();
    state.queries.insert(id.clone(), (order, "QUEUED".to_owned(), state.looks));
    Reply::json(200, &json!({"status": "QUEUED", "id": id}))
}

fn rows(state: &mut State, id: &str, query: &BTreeMap<String, String>, insights: bool) -> Reply {
    let total = state.rows;
    let Some((order, status, looks)) = state.queries.get_mut(id) else {
        return error(404, "no such query");
    };
    if *status == "QUEUED" {
        if *looks == 0 {
            *status = "DONE".to_owned();
        }
        *looks = looks.saturating_sub(1);
    }
    let word = |status: &str| match (insights, status) {
        (true, "QUEUED") => "RUNNING".to_owned(),
        (true, "DONE") => "COMPLETED".to_owned(),
        (_, other) => other.to_owned(),
    };
    let mut answer = json!({"id": id, "status": word(status)});
    if *status == "DONE" {
        let number = |name: &str| query[name].parse::<usize>().unwrap();
        let (offset, limit) = (number("offset"), number("limit"));
        let filter = order["where"].as_str().unwrap();
        let rows: Vec<Value> = (offset..total.min(offset + limit))
            .map(|at| json!([filter, format!("a \"quoted\", {at}"), 0.5 + at as f64, null]))
            .collect();
        let columns = json!(["usageDate", "userName", "tokensConsumed", "customField1"]);
        if insights {
            answer["pagination"] = json!({"totalResults": total, "offset": offset, "limit": limit});
            (answer["columns"], answer["rows"]) = (columns, json!(rows));
        } else {
            answer["result"] = json!({"columns": columns, "rows": rows, "total": total,
                "offset": offset, "limit": limit});
        }
    }
    Reply::json(200, &answer)
}

fn insights(
    state: &mut State,
    method: &str,
    parts: &[&str],
    query: &str,
    seen: &Seen,
    base: &str,
) -> Reply {
    let query = pairs(query);
    match (method, parts) {
        ("GET", ["contexts"]) => Reply::json(
            200,
            &json!([
            {"contextId": "4865648", "alias": "New York Office", "reportingBenefits": []},
            {"contextId": "4865647", "alias": "Team Omega", "reportingBenefits": []}]),
        ),
        ("POST", ["usage-queries"]) => queried(state, seen),
        ("GET", ["usage-queries", id]) => rows(state, id, &query, true),
        ("POST", ["exports"]) => {
            let order: Value = serde_json::from_str(&seen.body).unwrap();
            let number = state.number();
            let id = format!("064324c4-{number}");
            let (status, looks) = ("SUBMITTED".to_owned(), state.looks);
            let export =
                Export { order, status, looks, link: 0, ends: 0, asked_at: state.now, retries: 0 };
            state.exports.insert(format!("#{id}"), export);
            Reply::json(200, &json!({"id": id, "status": "SUBMITTED", "downloads": []}))
        }
        ("GET", ["exports"]) => {
            let keys: Vec<String> = state.exports.keys().cloned().collect();
            let all: Vec<Value> = keys.iter().map(|key| report(state, key, base)).collect();
            let number = |name: &str| query[name].parse::<usize>().unwrap();
            let (offset, limit) = (number("offset"), number("limit"));
            let page: Vec<&Value> = all.iter().skip(offset).take(limit).collect();
            Reply::json(
                200,
                &json!({"pagination": {"totalResults": all.len(), "offset": offset,
                "limit": limit}, "exports": page}),
            )
        }
        ("GET", ["exports", id]) if state.exports.contains_key(&format!("#{id}")) => {
            Reply::json(200, &report(state, &format!("#{id}"), base))
        }
        _ => error(404, "no such path"),
    }
}

fn report(state: &mut State, key: &str, base: &str) -> Value {
    let now = state.now;
    let export = state.exports.get_mut(key).unwrap();
    if export.status == "SUBMITTED" {
        if export.looks == 0 {
            export.status = "COMPLETED".to_owned();
        }
        export.looks = export.looks.saturating_sub(1);
    }
    let id = key.trim_start_matches('#');
    let mut json = export.order.clone();
    (json["id"], json["status"]) = (json!(id), json!(export.status));
    json["timestamp"] = json!(Instant(export.asked_at).to_string());
    json["downloads"] = json!([]);
    if export.status == "COMPLETED" {
        if export.ends == 0 {
            export.ends = now + 300;
        } else if now >= export.ends {
            (export.link, export.ends) = (export.link + 1, now + 300);
        }
        let url = |part| format!("{base}/download/{id}?part={part}&s={SIGNATURE}-{}", export.link);
        json["downloads"] = json!([{"type": "USAGE", "downloadURL": url(1)},
            {"type": "USAGE", "downloadURL": url(2)}]);
    }
    json
}

fn error(status: u16, words: &str) -> Reply {
    Reply::json(status, &json!({"developerMessage": words}))
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), decoded(value)))
    };
    text.split('&').filter_map(pair).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after.get(..2)) {
            (b'%', Some(hex)) => {
                let hex = std::str::from_utf8(hex).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
