//! `faregate rights`: what each role may do, with the data directory's `rights.cedar` on top of what is shipped.

use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use faregate_app::access::Role;
use faregate_app::rights::{Right, Rights};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::path::Path;

/// The file in the data directory.
const NAME: &str = "rights.cedar";

/// The rights that hold for a data directory.
pub(crate) fn read(directory: &Path) -> Result<Rights, Fault> {
    let path = directory.join(NAME);
    let help = "put the file right, or take it away: then what Faregate ships holds";
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Rights::shipped()),
        Err(why) => {
            let message = format!("cannot read `{}`: {why}", path.display());
            return Err(Fault::new(Code::Policy, message, help));
        }
    };
    Rights::with(&path.display().to_string(), &text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Fault::new(Code::Policy, lines.join("\n"), help)
    })
}

pub(crate) fn run(path: &Path, as_json: bool) -> Result<(), Fault> {
    let rights = read(path)?;
    let keys = |role: Role| rights.of(role).iter().map(Right::key).collect::<Vec<&str>>();
    if as_json {
        let row = |role: Role| json!({ "role": role.key(), "rights": keys(role) });
        return output::json(&Role::ALL.map(row).to_vec() as &Vec<Value>);
    }
    let mut columns = vec![("right", Align::Left)];
    columns.extend(Role::ALL.map(|role| (role.key(), Align::Left)));
    let row = |right: Right| {
        let has = |role: Role| if rights.of(role).has(right) { "yes" } else { "" };
        let cells = Role::ALL.map(|role| has(role).to_owned());
        [right.key().to_owned()].into_iter().chain(cells).collect::<Vec<String>>()
    };
    output::table(&columns, &Right::ALL.map(row), "");
    Ok(())
}
