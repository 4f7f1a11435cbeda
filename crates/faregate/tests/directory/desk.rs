//! A licence manager's desk: a store with seats, settings, and what the program says.

use crate::person;
use crate::process::{Place, Ran};
use faregate_app::ports::Store;
use faregate_core::event::Event;
use faregate_store::directory::DataDirectory;
use serde_json::Value;
use std::process::Command;

/// The variable that holds the secret.
const VARIABLE: &str = "DIRECTORY_SECRET";

pub(crate) struct Desk {
    pub(crate) place: Place,
    secret: &'static str,
}

impl Desk {
    /// A store in which these people hold seats of the collection, and settings.
    pub(crate) fn new(seats: &[usize], settings: &str, secret: &'static str) -> Self {
        let place = Place::new();
        place.run(&["init", "--tokens", "100", "--from", "2026-01-01", "--until", "2199-12-31"], 0);
        let desk = Self { place, secret };
        let holders = seats.iter().map(|at| {
            let email = person(*at).email;
            (email.clone(), format!("First {at}"))
        });
        desk.seats(holders);
        let text = format!("secret_variable = \"{VARIABLE}\"\n{settings}");
        desk.place.write("faregate-data/directory.toml", &text);
        desk
    }

    /// People with a seat of the collection each.
    pub(crate) fn seats(&self, holders: impl IntoIterator<Item = (String, String)>) {
        let mut text = String::new();
        for (key, name) in holders {
            text += &format!("[[person]]\nkey = \"{key}\"\nname = \"{name}\"\n[[seat]]\n");
            text += &format!("offering = \"aec-collection\"\nperson = \"{key}\"\n");
            text += "from = \"2026-01-01\"\nuntil = \"2199-12-31\"\n";
        }
        self.place.write("estate.toml", &text);
        self.place.run(&["estate", "apply", "estate.toml"], 0);
    }

    /// `faregate directory …`, with the secret at hand.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.place.command(&[&["directory"], args].concat());
        command.env(VARIABLE, self.secret);
        command
    }

    /// Runs it to its end, which is to be this exit code; the secret is never printed.
    pub(crate) fn run(&self, args: &[&str], code: i32) -> Ran {
        let done = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let ran = Ran { stdout: text(done.stdout), stderr: text(done.stderr) };
        assert_eq!(done.status.code(), Some(code), "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(self.secret), "{args:?}");
        ran
    }

    pub(crate) fn json(&self, args: &[&str], code: i32) -> Value {
        let ran = self.run(&[args, &["--json"]].concat(), code);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|why| panic!("{why}: {}", ran.stdout))
    }

    /// Plans; the plan's digest.
    pub(crate) fn plan(&self) -> String {
        id(&self.json(&["plan"], 0))
    }

    /// Who ordered what about the directory, as the journal has it; digests left out.
    pub(crate) fn journal(&self) -> Vec<String> {
        let mut store = DataDirectory::read(&self.place.path("faregate-data")).unwrap();
        let mut told = Vec::new();
        let visit = &mut |entry: faregate_app::ports::Entry| {
            if let Event::Ordered { by, what } = entry.event
                && let Some(said) = what.strip_prefix("directory plan ")
            {
                let (digest, words) = said.split_at(64);
                assert!(digest.chars().all(|c| c.is_ascii_hexdigit()), "{what}");
                told.push(format!("{by}{words}"));
            }
            true
        };
        store.replay(0, visit).unwrap();
        told
    }
}

/// The digest of a plan that was printed as JSON.
pub(crate) fn id(told: &Value) -> String {
    told["plan"]["id"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}
