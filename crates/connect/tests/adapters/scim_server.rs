//! A real SCIM server: the package `scim2-server`, in an environment of its own.

use crate::person;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use ureq::http::Request;

pub(crate) const TOKEN: &str = "canary-bearer-4711";

/// The server, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it; `None`, and a line that says why, where it cannot be installed.
    pub(crate) fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/scim-server.sh");
        let mut child = Command::new(script)
            .args([env!("CARGO_TARGET_TMPDIR"), TOKEN])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let _ = BufReader::new(child.stdout.take()?).read_line(&mut line);
        let Some(url) = line.trim().strip_prefix("Serving SCIM on ") else {
            let mut why = String::new();
            let _ = child.stderr.take()?.read_to_string(&mut why);
            let status = child.wait().ok()?;
            assert_eq!(status.code(), Some(69), "the server did not start: {why}");
            println!("skipped: {}", why.trim());
            return None;
        };
        // Nobody reads its log any more, and a full pipe would stop it.
        let mut log = child.stderr.take()?;
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Some(Self { url: url.to_owned(), child })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let rest = self.url.trim_start_matches("http://");
        rest.split('/').next().unwrap().parse().unwrap()
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/scim+json")
            .body(body.to_string());
        let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
        let text = agent.run(request.unwrap()).unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Makes people with these numbers; their ids.
    pub(crate) fn people(&self, range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|at| self.user(at)).collect()
    }

    fn user(&self, at: usize) -> String {
        let person = person(at);
        let user = self.send(
            "POST",
            "/Users",
            &json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                // One in three is known by the external id only, one by the user name.
                "userName": if at % 3 == 1 { person.email.clone() } else { format!("login{at}") },
                "externalId": if at.is_multiple_of(3) { json!(person.external_id) } else { Value::Null },
                "name": {"givenName": person.first_name, "familyName": person.last_name},
                "emails": [{"value": if at % 3 == 2 { person.email } else { format!("x{at}@x.example") }}],
            }),
        );
        user["id"].as_str().unwrap().to_owned()
    }

    /// Makes a group of accounts; its id.
    pub(crate) fn group(&self, name: &str, members: &[String]) -> String {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let schema = "urn:ietf:params:scim:schemas:core:2.0:Group";
        let body = json!({"schemas": [schema], "displayName": name, "members": members});
        self.send("POST", "/Groups", &body)["id"].as_str().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
