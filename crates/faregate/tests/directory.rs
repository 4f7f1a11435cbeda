//! `faregate directory` through the program: against a SCIM server that is not ours, and a stub of Graph.
//!
//! What needs no directory is told in `tests/scenarios/25-directory.txt`.

#[path = "directory/desk.rs"]
mod desk;
#[path = "directory/graph.rs"]
mod graph;
#[path = "../../connect/tests/adapters/graph_stub.rs"]
mod graph_stub;
#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;
#[path = "directory/scim.rs"]
mod scim;
#[path = "../../connect/tests/adapters/scim_server.rs"]
mod scim_server;
#[path = "../../connect/tests/adapters/stub.rs"]
#[expect(dead_code, reason = "shared with the tests of the adapter, which do more with it")]
mod stub;

use faregate_connect::directory::Person;

/// A person whom the servers know by this number.
fn person(number: usize) -> Person {
    Person {
        email: format!("p{number}@acme.example"),
        external_id: Some(format!("E{number}")),
        first_name: format!("First {number}"),
        last_name: "Last".to_owned(),
    }
}
