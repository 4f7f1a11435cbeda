//! A stub of Microsoft Graph 1.0, built from its documented contract: the pages on listing, adding
//! and removing members of a group, on paging, throttling and the client-credentials grant.

use crate::person;
use crate::stub::{Reply, Seen, Stub};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

pub(crate) const SECRET: &str = "canary-client-secret";

/// What the stub knows.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: BTreeSet<usize>,
    pub(crate) groups: BTreeMap<String, Value>,
    pub(crate) members: BTreeMap<String, BTreeSet<String>>,
    /// What readers still see, while a change spreads.
    pub(crate) stale: Option<BTreeMap<String, BTreeSet<String>>>,
    pub(crate) tokens: usize,
    /// Requests with tokens before this one are refused.
    pub(crate) valid_from: usize,
    /// The next requests are answered with 429.
    pub(crate) throttled: usize,
}

impl State {
    pub(crate) fn group(&mut self, id: &str, name: &str, more: Value, members: &[usize]) {
        let mut group = json!({"id": id, "displayName": name, "description": null,
            "groupTypes": [], "onPremisesSyncEnabled": null, "isAssignableToRole": null});
        let fields = more.as_object().unwrap().clone();
        group.as_object_mut().unwrap().extend(fields);
        self.groups.insert(id.to_owned(), group);
        let members = members.iter().map(|at| format!("u{at}")).collect();
        self.members.insert(id.to_owned(), members);
    }
}

pub(crate) fn start(state: &Arc<Mutex<State>>) -> Stub {
    let state = state.clone();
    Stub::start(move |seen| answer(&mut state.lock().unwrap(), seen))
}

fn answer(state: &mut State, seen: &Seen) -> Reply {
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    if path == "/tenant-1/oauth2/v2.0/token" {
        return token(state, seen);
    }
    let valid = (state.valid_from..=state.tokens).map(|at| format!("Bearer token-{at}"));
    if !valid.collect::<Vec<_>>().iter().any(|token| seen.header("authorization") == Some(token)) {
        return error(401, "InvalidAuthenticationToken", "Access token has expired.");
    }
    if state.throttled > 0 {
        state.throttled -= 1;
        let headers = vec![("Retry-After", "10".to_owned())];
        return Reply::Text(429, headers, String::new());
    }
    let parts: Vec<_> = path.trim_start_matches("/v1.0/").split('/').collect();
    let query = decoded(query);
    match (seen.method.as_str(), parts.as_slice()) {
        ("GET", ["groups"]) => {
            let groups = state.groups.values().filter(|g| matches(g, &query["$filter"]));
            page(seen, &query, groups.cloned().collect())
        }
        ("GET", ["groups", id]) => match state.groups.get(*id) {
            Some(group) => Reply::json(200, group),
            None => not_found(id),
        },
        ("GET", ["groups", id, "members"]) => members(state, seen, &query, id),
        ("GET", ["users"]) => {
            let all = state.users.iter().map(|at| user(*at));
            let filter = query.get("$filter");
            let found = all.filter(|user| filter.is_none_or(|filter| matches(user, filter)));
            page(seen, &query, found.collect())
        }
        ("POST", ["groups", id, "members", "$ref"]) => add(state, seen, id),
        ("DELETE", ["groups", id, "members", member, "$ref"]) => remove(state, id, member),
        // As documented: without `/$ref` the account itself is deleted.
        ("DELETE", ["groups", _, "members", member]) => {
            state.users.remove(&member[1..].parse().unwrap());
            Reply::Text(204, Vec::new(), String::new())
        }
        _ => error(400, "BadRequest", &format!("no such segment: {} {path}", seen.method)),
    }
}

fn token(state: &mut State, seen: &Seen) -> Reply {
    let form = decoded(&seen.body);
    let is = |name: &str, value: &str| form.get(name).is_some_and(|found| found == value);
    let scope = "https://graph.microsoft.com/.default";
    let granted = is("grant_type", "client_credentials")
        && is("client_id", "app-1")
        && is("scope", scope)
        && is("client_secret", SECRET);
    if !granted {
        let text = format!("AADSTS7000215: Invalid client secret: {}", seen.body);
        let body = json!({"error": "invalid_client", "error_description": text});
        return Reply::json(401, &body);
    }
    state.tokens += 1;
    let token = format!("token-{}", state.tokens);
    Reply::json(200, &json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token}))
}

fn members(state: &State, seen: &Seen, query: &BTreeMap<String, String>, id: &str) -> Reply {
    let shown = state.stale.as_ref().unwrap_or(&state.members);
    let Some(ids) = shown.get(id) else {
        return not_found(id);
    };
    let object = |id: &String| match id.strip_prefix('u').and_then(|at| at.parse().ok()) {
        Some(at) => user(at),
        None => json!({"@odata.type": "#microsoft.graph.group", "id": id, "mail": null}),
    };
    page(seen, query, ids.iter().map(object).collect())
}

fn add(state: &mut State, seen: &Seen, id: &str) -> Reply {
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    let object = body["@odata.id"].as_str().unwrap();
    let (place, account) = object.rsplit_once('/').unwrap();
    assert!(place.ends_with("/v1.0/directoryObjects"), "{place}");
    let exists = account[1..].parse().is_ok_and(|at| state.users.contains(&at));
    let Some(members) = state.members.get_mut(id).filter(|_| exists) else {
        return not_found(account);
    };
    if !members.insert(account.to_owned()) {
        let text = "One or more added object references already exist for the following modified \
                    properties: 'members'.";
        return error(400, "Request_BadRequest", text);
    }
    Reply::Text(204, Vec::new(), String::new())
}

fn remove(state: &mut State, id: &str, member: &str) -> Reply {
    match state.members.get_mut(id).is_some_and(|members| members.remove(member)) {
        true => Reply::Text(204, Vec::new(), String::new()),
        false => not_found(member),
    }
}

fn user(at: usize) -> Value {
    let person = person(at);
    let mail = if at % 3 == 2 { Value::Null } else { json!(person.email) };
    let name = if at % 3 == 2 { person.email.clone() } else { format!("login{at}@x.example") };
    json!({"@odata.type": "#microsoft.graph.user", "id": format!("u{at}"), "mail": mail,
        "userPrincipalName": name, "givenName": person.first_name, "surname": person.last_name,
        "employeeId": if at.is_multiple_of(3) { json!(person.external_id) } else { Value::Null }})
}

/// Two objects a page, and a link to the next one.
fn page(seen: &Seen, query: &BTreeMap<String, String>, all: Vec<Value>) -> Reply {
    let start = query.get("$skiptoken").and_then(|text| text.parse().ok()).unwrap_or(0);
    let values: Vec<_> = all.iter().skip(start).take(2).cloned().collect();
    let mut body = json!({"@odata.context": "x", "value": values});
    if start + 2 < all.len() {
        let target = seen.target.split("&$skiptoken").next().unwrap();
        let host = seen.header("host").unwrap();
        body["@odata.nextLink"] = json!(format!("http://{host}{target}&$skiptoken={}", start + 2));
    }
    Reply::json(200, &body)
}

/// A filter of `name eq 'value'`, several joined by `or`.
fn matches(object: &Value, filter: &str) -> bool {
    filter.split(" or ").any(|part| {
        let (name, value) = part.split_once(" eq ").unwrap();
        let value = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')).unwrap();
        let value = value.replace("''", "\u{0}");
        assert!(!value.contains('\''), "a quote that ends the text: {filter}");
        let value = value.replace('\u{0}', "'");
        object[name].as_str().is_some_and(|found| found.eq_ignore_ascii_case(&value))
    })
}

fn decoded(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        match (first, more) {
            (b'%', [_, _, after @ ..]) => {
                let hex = std::str::from_utf8(&more[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"error": {"code": code, "message": message}}))
}

fn not_found(id: &str) -> Reply {
    let text = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not \
         present."
    );
    error(404, "Request_ResourceNotFound", &text)
}
