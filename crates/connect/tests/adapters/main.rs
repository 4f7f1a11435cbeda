//! The adapters against servers: one that is not ours, stubs of a documented contract, hostile ones.

mod channel_peers;
mod channels;
mod contract;
mod graph;
mod graph_stub;
mod hostile;
mod peer;
mod pull_faults;
mod pull_folder;
mod pull_gone;
mod pull_kills;
mod pull_waits;
mod pulling;
mod pulls;
mod scim;
mod scim_server;
mod stub;
mod tls;
mod vendor;

use faregate_connect::courier::{Courier, CourierOptions};
use faregate_connect::directory::{GroupKey, Person};
use faregate_connect::endpoint::{Allowed, Endpoint, SystemResolver};
use faregate_connect::managed::{MARKER, Managed};
use faregate_connect::pace::Pace;
use faregate_connect::reading::Desired;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A clock that only waiting moves.
#[derive(Default)]
struct Steps {
    now: Mutex<Duration>,
    waits: Mutex<Vec<Duration>>,
}

impl Steps {
    fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

impl Pace for Steps {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wait(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
        self.waits.lock().unwrap().push(time);
    }
}

/// A courier to a server on this machine, which the list of networks allows.
fn courier(url: &str, pace: &Arc<Steps>, options: CourierOptions) -> Courier {
    let allowed = Allowed::new(["127.0.0.1"]).unwrap();
    let endpoint = Endpoint::new(url, &SystemResolver, &allowed).unwrap();
    Courier::new(endpoint, pace.clone(), options).unwrap()
}

fn person(number: usize) -> Person {
    Person {
        email: format!("P{number}@acme.example"),
        external_id: Some(format!("E{number}")),
        first_name: format!("First {number}"),
        last_name: "Last".to_owned(),
    }
}

/// These people in these groups.
fn desired(groups: &[(&str, std::ops::Range<usize>)]) -> Desired {
    let groups = groups.iter().map(|(key, range)| {
        (GroupKey::from(*key), range.clone().map(person).collect::<std::collections::BTreeSet<_>>())
    });
    Desired { groups: groups.collect(), ..Desired::default() }
}

fn managed(keys: &[&str]) -> Managed {
    Managed::new(MARKER, keys.iter().map(|key| GroupKey::from(*key))).unwrap()
}
