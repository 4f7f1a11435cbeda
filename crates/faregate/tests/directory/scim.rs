//! The whole way of a plan against a real SCIM server, through a process that is killed on the way.

use crate::desk::{Desk, id};
use crate::scim_server::{Server, TOKEN};
use crate::stub::{Reply, Stub, forward};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

/// A server with a group of accounts, behind a proxy that can swallow an answer.
struct Scim {
    server: Server,
    proxy: Stub,
    group: String,
    accounts: Vec<String>,
    /// The change, counted from now on, whose answer nobody hears.
    swallowed: Arc<AtomicUsize>,
    /// Hears of it once it was made.
    made: Receiver<()>,
}

impl Scim {
    /// Twelve accounts, some of them in the group; `None` where the server cannot be had.
    fn start(members: &[usize]) -> Option<Self> {
        let server = Server::start()?;
        let accounts = server.people(0..12);
        let chosen: Vec<String> = members.iter().map(|at| accounts[*at].clone()).collect();
        let group = server.group("[faregate] AEC", &chosen);
        let (to, swallowed) = (server.address(), Arc::new(AtomicUsize::new(0)));
        let (tell, made) = channel();
        let count = swallowed.clone();
        let proxy = Stub::start(move |seen| {
            let answer = forward(seen, to);
            let is_last = seen.method == "PATCH"
                && count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                    == Ok(1);
            if is_last {
                tell.send(()).unwrap();
                return Reply::Silence;
            }
            Reply::Raw(answer)
        });
        Some(Self { server, proxy, group, accounts, swallowed, made })
    }

    fn settings(&self, limits: &str) -> String {
        let url = self.proxy.url("/v2");
        format!(
            "kind = \"scim\"\nurl = \"{url}\"\nallowed_networks = [\"127.0.0.1\"]\n\
             requests_per_second = 1000\n[groups]\nAEC = \"aec-collection\"\n{limits}"
        )
    }

    /// The numbers of those who are in the group.
    fn members(&self) -> Vec<usize> {
        let group = self.server.send("GET", &format!("/Groups/{}", self.group), &Value::Null);
        let empty = Vec::new();
        let members = group["members"].as_array().unwrap_or(&empty).iter();
        let ids: BTreeSet<&str> = members.filter_map(|member| member["value"].as_str()).collect();
        let numbered = self.accounts.iter().enumerate();
        numbered.filter(|(_, id)| ids.contains(id.as_str())).map(|(at, _)| at).collect()
    }

    /// How often each change was asked for: the operations, by the account's number.
    fn asked(&self) -> BTreeMap<(usize, bool), usize> {
        let mut asked = BTreeMap::new();
        for seen in self.proxy.seen().iter().filter(|seen| seen.method == "PATCH") {
            let body: Value = serde_json::from_str(&seen.body).unwrap();
            let operation = &body["Operations"][0];
            let text = operation.to_string();
            let at = self.accounts.iter().position(|id| text.contains(id.as_str())).unwrap();
            *asked.entry((at, operation["op"] == "add")).or_default() += 1;
        }
        asked
    }
}

fn lines_with<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.starts_with(start)).collect()
}

#[test]
fn a_plan_is_read_confirmed_killed_carried_on_and_taken_back() {
    let Some(scim) = Scim::start(&[1, 2, 4, 5]) else { return };
    let desk = Desk::new(&[4, 5, 7, 8], &scim.settings(""), TOKEN);
    desk.seats([
        ("eva".to_owned(), "Eva".to_owned()),
        ("new@acme.example".to_owned(), String::new()),
    ]);
    let planned = desk.run(&["plan"], 0).stdout;
    assert_eq!(
        planned.lines().take(9).collect::<Vec<_>>(),
        [
            "change  group  person",
            "add     AEC    p7@acme.example (First 7)",
            "add     AEC    p8@acme.example (First 8)",
            "remove  AEC    p2@acme.example (First 2 Last)",
            "remove  AEC    x1@x.example (First 1 Last)",
            "missing: `new@acme.example` has no account, wanted in `AEC`",
            "cannot be said: `eva`, wanted in `AEC`, since none of their names is an e-mail address",
            "2 to add, 2 to remove (50.0 % of 4), 1 groups",
            "needs confirmation: group `AEC` would lose 50.0 % of its 4 members, 20 % are allowed",
        ]
    );
    let id = lines_with(&planned, "plan ")[0].trim_start_matches("plan ").to_owned();
    assert_eq!(desk.run(&["show", &id], 0).stdout, planned);
    assert!(planned.contains("made by command line at 20"), "{planned}");
    assert!(scim.asked().is_empty(), "planning changes nothing");

    // More goes than the limits allow: nothing happens until this very plan is confirmed.
    let refused = desk.run(&["execute", &id], 13).stderr;
    assert!(refused.contains("while 1 people cannot be said"), "{refused}");
    assert!(refused.contains(&format!("add `--confirm {id}`")), "{refused}");
    desk.run(&["execute", &id, "--confirm", "0123456789ab"], 13);
    assert!(scim.asked().is_empty() && desk.journal().is_empty());

    // The third change is made, and the run is killed before it hears so.
    scim.swallowed.store(3, Ordering::SeqCst);
    let args = ["execute", &id, "--confirm", &id, "--as", "new@acme.example"];
    let mut killed = desk.command(&args).stdout(Stdio::null()).spawn().unwrap();
    scim.made.recv().unwrap();
    let busy = desk.run(&["execute", &id, "--confirm", &id], 5).stderr;
    assert!(busy.contains("another process carries out a plan"), "{busy}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    let shown = desk.run(&["show", &id], 0).stdout;
    assert!(shown.ends_with("carried out: 2 done, 0 already so, 0 failed, 2 left\n"), "{shown}");

    let done = desk.run(&["execute", &id, "--confirm", &id], 0).stdout;
    assert_eq!(done, format!("plan {id}: 4 done, 0 already so, 0 failed, 0 left\n"));
    assert_eq!(scim.members(), [4, 5, 7, 8]);
    let times: Vec<_> = scim.asked().into_iter().collect();
    let expected = [((1, false), 1), ((2, false), 2), ((7, true), 1), ((8, true), 1)];
    assert_eq!(times, expected, "only what was lost is asked for again");

    // Once more changes nothing, and there is nothing left to plan.
    desk.run(&["execute", &id, "--confirm", &id], 0);
    assert_eq!(scim.asked().values().sum::<usize>(), 5);
    let again = desk.run(&["plan"], 0).stdout;
    assert!(again.contains("0 to add, 0 to remove"), "{again}");

    take_back(&scim, &desk, &id);
    assert_eq!(
        desk.journal(),
        [
            "command line, as new@acme.example: begins: 2 to add, 2 to remove in `AEC`",
            "command line: goes on: 2 to add, 2 to remove in `AEC`",
            "command line: ended: 4 done, 0 already so, 0 failed, 0 left",
            "command line: begins, taking back PLAN: 2 to add, 2 to remove in `AEC`",
            "command line: ended: 4 done, 0 already so, 0 failed, 0 left",
        ]
        .map(|line| line.replace("PLAN", &full(&desk, &id)))
    );
    desk.place.run(&["doctor"], 0);
}

fn full(desk: &Desk, name: &str) -> String {
    id(&desk.json(&["show", name], 0))
}

/// Undoing takes back all four changes, the one of the killed run among them.
fn take_back(scim: &Scim, desk: &Desk, plan: &str) {
    let undo = desk.json(&["undo", plan], 0);
    let back = id(&undo);
    assert_eq!(undo["plan"]["origin"]["undoes"], json!(full(desk, plan)));
    desk.run(&["execute", &back], 13);
    desk.run(&["execute", &back, "--confirm", &back], 0);
    assert_eq!(scim.members(), [1, 2, 4, 5]);
}

#[test]
fn what_stays_within_the_limits_needs_no_confirmation_and_goes_as_files_too() {
    let Some(scim) = Scim::start(&[1, 2, 4, 5]) else { return };
    let limits = "[limits]\nshare_percent = 25\nper_group = 1\n";
    let desk = Desk::new(&[2, 4, 5, 7], &scim.settings(limits), TOKEN);
    let plan = desk.plan();
    let csv = desk.run(&["csv", &plan[..12], "--into", "out"], 0).stdout;
    assert_eq!(
        csv,
        "file                 product  to        people\n\
         01-aec-assign.csv    AEC      assign         1\n\
         02-aec-unassign.csv  AEC      unassign       1\n"
    );
    let read = |name: &str| std::fs::read_to_string(desk.place.path(name)).unwrap();
    let head = "First name,Last name,Email\r\n";
    assert_eq!(read("out/01-aec-assign.csv"), format!("{head}First,7,p7@acme.example\r\n"));
    assert_eq!(read("out/02-aec-unassign.csv"), format!("{head}First 1,Last,x1@x.example\r\n"));
    let told = desk.json(&["execute", &plan], 0);
    assert_eq!((&told["done"], &told["left"]), (&json!(2), &json!(0)));
    assert_eq!(scim.members(), [2, 4, 5, 7]);
}
