//! Signing in by an identity provider that is not ours: the npm package oidc-provider, on loopback.

use crate::accounts::{PASSWORD, piped};
use crate::process::{Place, Server};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use ureq::http::{Request, Response};

const PUBLIC: &str = "https://faregate.example";
const SECRET: &str = "canary-client-secret-4711";

struct Provider {
    child: Child,
    issuer: String,
}

impl Provider {
    /// Starts it; `None`, and a line that says why, where it cannot be installed.
    fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/oidc-provider.sh");
        let back = format!("{PUBLIC}/v1/sign-in/oidc/callback");
        let mut command = Command::new(script);
        command.args([env!("CARGO_TARGET_TMPDIR"), "faregate", SECRET, &back]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
        let mut issuer = String::new();
        let mut told = BufReader::new(child.stdout.take()?);
        let _ = told.read_line(&mut issuer);
        let mut log = child.stderr.take()?;
        if issuer.is_empty() {
            let mut why = String::new();
            let _ = log.read_to_string(&mut why);
            assert_eq!(child.wait().ok()?.code(), Some(69), "it did not start: {why}");
            println!("skipped: {}", why.trim());
            return None;
        }
        // Nobody reads what it tells any more, and a full or closed pipe would stop it.
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(Self { child, issuer: issuer.trim().to_owned() })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser: it keeps cookies by host and follows no redirect by itself.
struct Browser {
    agent: ureq::Agent,
    /// By the beginning of the address, then by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// Where the public address is really served.
    server: String,
}

impl Browser {
    fn new(server: &Server) -> Self {
        let config = ureq::Agent::config_builder().proxy(None).max_redirects(0);
        let agent = config.http_status_as_error(false).build().new_agent();
        Self { agent, cookies: BTreeMap::new(), server: format!("http://{}", server.address) }
    }

    fn get(&mut self, address: &str) -> Response<ureq::Body> {
        let host = address.split('/').take(3).collect::<Vec<_>>().join("/");
        let jar = self.cookies.entry(host).or_default();
        let sent: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(address.replace(PUBLIC, &self.server))
            .header("cookie", sent.join("; "))
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", "203.0.113.7");
        let response = self.agent.run(request.body(()).unwrap()).unwrap();
        for line in response.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
        response
    }

    /// Goes to the provider as somebody and comes back; the address to come back to.
    fn sign_in_as(&mut self, name: &str, return_to: &str) -> String {
        let begin = format!("{PUBLIC}/v1/sign-in/oidc?return_to={return_to}");
        let mut address = format!("{}&login_hint={name}", to(&self.get(&begin)));
        while !address.starts_with(PUBLIC) {
            let next = to(&self.get(&address));
            let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
            address = if next.starts_with('/') { origin + &next } else { next };
        }
        address
    }
}

fn to(response: &Response<ureq::Body>) -> String {
    let location = response.headers().get("location");
    location.unwrap_or_else(|| panic!("{response:?}")).to_str().unwrap().to_owned()
}

fn told(mut response: Response<ureq::Body>) -> (u16, String) {
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

/// A server that trusts the provider, and knows Ana.
fn served(place: &Place, provider: &Provider, more: &str) -> Server {
    place.run(&["init"], 0);
    place.write("estate.toml", "[[person]]\nkey = \"ana\"\naliases = [\"ana.lopez\"]\n");
    place.run(&["estate", "apply", "estate.toml"], 0);
    let issuer = &provider.issuer;
    let settings = format!(
        "url = \"{PUBLIC}\"\nissuer = \"{issuer}\"\nclient_id = \"faregate\"\nsecret = \"file:oidc.secret\"\n\
         label = \"Acme\"\nscopes = [\"profile\"]\nallowed_networks = [\"127.0.0.1\"]\n{more}\n[roles]\n\"licence managers\" = \"licence-manager\"\n"
    );
    place.write("faregate-data/sign-in.toml", &settings);
    place.write("faregate-data/oidc.secret", &format!("{SECRET}\n"));
    Server::start(place, &["--trusted-proxy", "127.0.0.1"])
}

#[test]
fn a_provider_that_is_not_ours_signs_people_in() {
    let Some(provider) = Provider::start() else { return };
    let place = Place::new();
    let server = served(&place, &provider, "default_role = \"member\"");
    let ways = told(Browser::new(&server).get(&format!("{PUBLIC}/v1/sign-in/ways")));
    assert_eq!(ways, (200, "{\"password\":false,\"provider\":\"Acme\"}".to_owned()));
    for (name, role) in [("ana", "member"), ("lena", "licence-manager")] {
        let mut browser = Browser::new(&server);
        let back = browser.sign_in_as(name, "/burn?by=day");
        let signed_in = browser.get(&back);
        assert_eq!((signed_in.status().as_u16(), to(&signed_in).as_str()), (303, "/burn?by=day"));
        let cookies = signed_in.headers().get_all("set-cookie").iter();
        for cookie in cookies.map(|line| line.to_str().unwrap()) {
            assert!(cookie.contains("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        }
        let (status, me) = told(browser.get(&format!("{PUBLIC}/v1/me")));
        assert_eq!(status, 200);
        assert!(me.starts_with(&format!("{{\"name\":\"{name}\",\"roles\":[\"{role}\"]")), "{me}");
        // The code was good for once, and so was the browser's question.
        assert_eq!(browser.get(&back).status(), 400, "{name}");
    }
    // Nobody knows Zoe; of the last one the provider says no.
    let refused = |name: &str, why: &str| {
        let mut browser = Browser::new(&server);
        let back = browser.sign_in_as(name, "/");
        let (status, body) = told(browser.get(&back));
        assert!(status == 403 && body.contains(why), "{name}: {status} {body}");
        assert_eq!(browser.get(&format!("{PUBLIC}/v1/me")).status(), 401, "{name}");
    };
    refused("zoe", "nobody here is called `zoe`");
    refused("refused", "not today");
    server.stop("TERM");
}

#[test]
fn whoever_is_disabled_under_one_name_stays_out_under_all() {
    let Some(provider) = Provider::start() else { return };
    let place = Place::new();
    let server = served(&place, &provider, "default_role = \"member\"");
    let add = ["account", "add", "ana.lopez", "--role", "auditor", "--keep-password"];
    assert!(piped(&place, &add, PASSWORD).status.success());
    let mut browser = Browser::new(&server);
    let back = browser.sign_in_as("ana", "/");
    assert_eq!(browser.get(&back).status(), 303);
    let (_, known) = told(browser.get(&format!("{PUBLIC}/v1/me")));
    assert!(known.starts_with("{\"name\":\"ana.lopez\",\"roles\":[\"viewer\"]"), "{known}");
    place.run(&["account", "disable", "ana.lopez"], 0);
    assert!(!place.run(&["key", "list"], 0).stdout.contains("sign-in"), "signed out");
    let back = browser.sign_in_as("ana", "/");
    let (status, body) = told(browser.get(&back));
    assert!(status == 403 && body.contains("is disabled"), "{status} {body}");
    server.stop("TERM");
}

#[test]
fn an_answer_is_for_the_browser_that_asked() {
    let Some(provider) = Provider::start() else { return };
    let place = Place::new();
    let server = served(&place, &provider, "unknown_people = true\ndefault_role = \"viewer\"");
    let back = Browser::new(&server).sign_in_as("ana", "/");
    // Somebody else's browser, without a question or with another one of its own.
    let mut other = Browser::new(&server);
    assert_eq!(other.get(&back).status(), 400);
    other.sign_in_as("zoe", "/");
    assert_eq!(other.get(&back).status(), 400);
    // A code that was made for another question, with a state of one's own.
    let mut mixed = Browser::new(&server);
    let own = mixed.sign_in_as("zoe", "/");
    let value = |address: &str, name: &str| {
        let (_, query) = address.split_once('?').unwrap();
        let found = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        found.unwrap().to_owned()
    };
    let mix = own.replace(&value(&own, "code"), &value(&back, "code"));
    let (status, body) = told(mixed.get(&mix));
    assert_eq!(status, 403, "{body}");
    assert!(!body.contains(SECRET) && !body.contains(&value(&back, "code")), "{body}");
    for elsewhere in ["https://evil.example", "//evil.example", "/%5Cevil.example", "burn", ""] {
        let begin = format!("{PUBLIC}/v1/sign-in/oidc?return_to={elsewhere}");
        assert_eq!(Browser::new(&server).get(&begin).status(), 400, "{elsewhere}");
    }
    server.stop("TERM");
}

#[test]
fn a_provider_that_is_away_stops_nobody_else() {
    let place = Place::new();
    place.run(&["init"], 0);
    let least = format!("url = \"{PUBLIC}\"\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"f\"\n");
    place.write("faregate-data/sign-in.toml", &least);
    let server = Server::start(&place, &[]);
    let begin = format!("{PUBLIC}/v1/sign-in/oidc");
    let (status, body) = told(Browser::new(&server).get(&begin));
    assert!(status == 502 && body.contains("127.0.0.1"), "{status} {body}");
    assert_eq!(server.get("/v1/me").0, 200);
    server.stop("TERM");
    place.write("faregate-data/sign-in.toml", "url = 1\n");
    let refused = place.run(&["serve", "--listen", "127.0.0.1:0"], 3);
    assert!(refused.stderr.contains("sign-in.toml:1: "), "{}", refused.stderr);
}
