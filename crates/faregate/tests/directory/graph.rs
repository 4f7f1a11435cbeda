//! Plans against a stub of Microsoft Graph, which the tests change behind the program's back.

use crate::desk::{Desk, id};
use crate::graph_stub::{SECRET, State, start};
use crate::process::Server;
use crate::stub::Stub;
use serde_json::json;
use std::sync::{Arc, Mutex};

struct Graph {
    state: Arc<Mutex<State>>,
    stub: Stub,
    desk: Desk,
}

impl Graph {
    /// Twelve accounts; 0, 1 and 2 are in the group, 1 to 4 hold seats.
    fn new() -> Self {
        let mut state = State { users: (0..12).collect(), ..State::default() };
        let marked = json!({ "description": "[faregate] who has the collection" });
        state.group("g1", "AEC", marked.clone(), &[0, 1, 2]);
        state.group("g2", "Maya", marked, &[7]);
        let state = Arc::new(Mutex::new(state));
        let stub = start(&state);
        let desk = Desk::new(&[1, 2, 3, 4], &settings(&stub), SECRET);
        Self { state, stub, desk }
    }

    fn members(&self) -> Vec<String> {
        self.state.lock().unwrap().members["g1"].iter().cloned().collect()
    }

    /// The requests that would change something.
    fn changes(&self) -> usize {
        let seen = self.stub.seen();
        seen.iter().filter(|seen| seen.target.ends_with("$ref")).count()
    }

    /// A plan of today is refused with these words, and nothing is written or noted.
    #[track_caller]
    fn refuses(&self, plan: &str, code: i32, expected: &str) {
        let before = (self.changes(), self.desk.journal());
        let told = self.desk.run(&["execute", plan, "--confirm", plan], code).stderr;
        assert!(told.contains(expected), "{told}");
        assert_eq!((self.changes(), self.desk.journal()), before, "{expected}");
    }
}

fn settings(stub: &Stub) -> String {
    format!(
        "kind = \"graph\"\nurl = \"{}\"\nlogin_url = \"{}\"\ntenant = \"tenant-1\"\n\
         client_id = \"app-1\"\nallowed_networks = [\"127.0.0.1\"]\n\
         requests_per_second = 1000\n[groups]\nAEC = \"aec-collection\"\n",
        stub.url("/v1.0"),
        stub.url("")
    )
}

#[test]
fn it_works_beside_a_running_server_which_keeps_the_record() {
    let graph = Graph::new();
    let server = Server::start(&graph.desk.place, &[]);
    let plan = graph.desk.plan();
    graph.desk.run(&["execute", &plan, "--confirm", &plan], 0);
    assert_eq!(graph.members(), ["u1", "u2", "u3", "u4"]);
    let back = id(&graph.desk.json(&["undo", &plan], 0));
    graph.desk.run(&["execute", &back, "--confirm", &back], 0);
    assert_eq!(graph.members(), ["u0", "u1", "u2"]);
    server.stop("TERM");
    let journal = graph.desk.journal();
    assert_eq!(journal.len(), 4, "{journal:?}");
    assert!(journal[0].ends_with(": begins: 2 to add, 1 to remove in `AEC`"), "{journal:?}");
    assert!(journal[1].ends_with(": ended: 3 done, 0 already so, 0 failed, 0 left"), "{journal:?}");
    assert!(journal.iter().all(|line| line.contains("command line")), "{journal:?}");
    graph.desk.place.run(&["doctor"], 0);
}

#[test]
fn nothing_is_changed_when_what_matters_is_not_as_it_was() {
    let graph = Graph::new();
    let plan = graph.desk.plan();
    let put =
        |at: &str| graph.state.lock().unwrap().members.get_mut("g1").unwrap().insert(at.into());
    put("u9");
    graph.refuses(&plan, 13, "group `AEC` has changed since the plan was made");
    graph.state.lock().unwrap().members.get_mut("g1").unwrap().remove("u9");
    // A group that the plan is not about may change.
    graph.state.lock().unwrap().members.get_mut("g2").unwrap().insert("u9".into());

    let text = settings(&graph.stub);
    let write = |text: &str| {
        let secret = "secret_variable = \"DIRECTORY_SECRET\"\n";
        graph.desk.place.write("faregate-data/directory.toml", &format!("{secret}{text}"));
    };
    write(&text.replace("/v1.0", "/v1.1"));
    graph.refuses(&plan, 13, "the settings name http://127.0.0.1");
    write(&text.replace("AEC =", "Maya ="));
    graph.refuses(&plan, 13, "the estate has changed since plan");
    write(&text);

    let file = graph.desk.place.path(&format!("faregate-data/directory/{plan}.plan.json"));
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, kept.replace("u0", "u1")).unwrap();
    graph.refuses(&plan, 3, "the plan calls itself");
    std::fs::write(&file, kept).unwrap();

    // A seat that passes on is a change of what is desired.
    graph.desk.place.run(&["seat", "free", "0"], 0);
    graph.desk.place.run(&["seat", "free", "3"], 0);
    graph.refuses(&plan, 13, "add p4@acme.example to `AEC` is no longer wanted");
    graph.desk.run(&["undo", &plan], 13);
    graph.desk.place.run(&["seat", "assign", "3", "p4@acme.example"], 0);
    graph.desk.place.run(&["seat", "assign", "0", "p1@acme.example"], 0);
    graph.desk.run(&["execute", &plan, "--confirm", &plan], 0);
    assert_eq!(graph.members(), ["u1", "u2", "u3", "u4"]);
}

#[test]
fn what_fails_is_told_in_the_servers_words_and_tried_again() {
    let graph = Graph::new();
    let plan = graph.desk.plan();
    let undone = graph.desk.run(&["undo", &plan], 13).stderr;
    assert!(undone.contains("was never carried out"), "{undone}");
    graph.state.lock().unwrap().users.remove(&4);
    let ran = graph.desk.run(&["execute", &plan, "--confirm", &plan], 1);
    let failed = "failed: add p4@acme.example to `AEC`: the directory answered 404: ";
    assert!(ran.stdout.starts_with(failed), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(": 2 done, 0 already so, 1 failed, 0 left\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("is not carried out as a whole"), "{}", ran.stderr);
    let shown = graph.desk.run(&["show", &plan], 0).stdout;
    assert!(shown.contains(failed), "{shown}");
    graph.state.lock().unwrap().users.insert(4);
    let before = graph.changes();
    graph.desk.run(&["execute", &plan, "--confirm", &plan], 0);
    assert_eq!(graph.changes(), before + 1, "only what failed is tried again");
    assert_eq!(graph.members(), ["u1", "u2", "u3", "u4"]);
}

#[test]
fn a_run_that_is_not_let_in_says_so_without_the_secret() {
    let graph = Graph::new();
    let plan = graph.desk.plan();
    let wrong = Desk::new(&[1], &settings(&graph.stub), "canary-of-another-tenant");
    let told = wrong.run(&["plan"], 1).stderr;
    assert!(told.contains("the directory does not let us in"), "{told}");
    let without = graph.desk.place.run(&["directory", "execute", &plan, "--confirm", &plan], 3);
    assert!(
        without.stderr.contains("no secret in variable `DIRECTORY_SECRET`"),
        "{}",
        without.stderr
    );
    assert_eq!(graph.changes(), 0);
}
