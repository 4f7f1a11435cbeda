//! `faregate agent`: workstations that speak for themselves, and the rules for their agents.

use crate::ambient::{SystemSecrets, WallClock};
use crate::cli::agents::{Agent, MakeCodes};
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::serving::Serving;
use crate::{aside, estate, say};
use faregate_app::access::{Access, Kind, Role};
use faregate_app::ports::Clock;
use faregate_core::when::DAY;
use faregate_protocol::rules::Rules;
use faregate_store::directory::DataDirectory;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, action: &Agent, as_json: bool) -> Result<(), Fault> {
    match action {
        Agent::List => list(path, as_json),
        Agent::Code(args) => make_codes(path, args, as_json),
        Agent::Revoke { id, giver } => orders::revoke_device(path, id, giver, as_json),
        Agent::Rules => show_rules(path, as_json),
        Agent::CheckRules { file } => check_rules(file, as_json),
        Agent::SetRules { file, giver } => {
            orders::set_agent_rules(path, &read(file)?, giver, as_json)
        }
    }
}

/// From the server, which knows when it last heard of whom; from the store when none runs.
fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let heard = Serving::find(path).and_then(|serving| serving.get("/v1/agents").ok());
    let rows = match heard {
        Some(mut answer) => answer["rows"].take(),
        None => enrolled(path)?,
    };
    if as_json {
        return output::json(&rows);
    }
    let cell = |row: &Value, name: &str, none: &str| match &row[name] {
        Value::Null => none.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| {
        let revoked = &row["revoked"];
        let heard =
            if revoked.is_null() { cell(row, "heard", "not lately") } else { "revoked".to_owned() };
        vec![
            cell(row, "id", ""),
            cell(row, "name", ""),
            cell(row, "person", "anybody"),
            cell(row, "enrolled", ""),
            heard,
            cell(row, "sessions", "-"),
            cell(row, "version", "-"),
        ]
    };
    let rows: Vec<Vec<String>> = rows.as_array().into_iter().flatten().map(row).collect();
    let left = ["id", "workstation", "person", "enrolled", "heard of"];
    let columns = left.map(|name| (name, Align::Left)).into_iter();
    let columns: Vec<(&str, Align)> =
        columns.chain([("sessions", Align::Right), ("release", Align::Left)]).collect();
    output::table(&columns, &rows, "no workstation is enrolled: `faregate agent code` begins that");
    Ok(())
}

fn enrolled(path: &Path) -> Result<Value, Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let rows = state.estate().devices().map(|(id, known)| {
        let estate = state.estate();
        let owner = known.device.person.and_then(|person| estate.person(estate.same_as(person)));
        json!({
            "id": id.to_string(), "name": known.device.name,
            "person": owner.map(|person| &person.key), "enrolled": known.at.to_string(),
            "revoked": known.revoked.map(|at| at.to_string()),
        })
    });
    Ok(rows.collect())
}

fn make_codes(path: &Path, args: &MakeCodes, as_json: bool) -> Result<(), Fault> {
    let now = WallClock.now();
    let owner = args.person.as_deref().unwrap_or_default();
    if !owner.is_empty() {
        let engine = estate::read(path)?;
        let shared = engine.state();
        if shared.read().estate().person_known_as(owner, now).is_none() {
            let help = "`faregate person list` names all of them";
            return Err(Fault::new(Code::Usage, format!("there is no person `{owner}`"), help));
        }
    }
    estate::refuse_empty(path)?;
    DataDirectory::read(path)?;
    let store = Box::new(DataDirectory::credentials_beside(path)?);
    let access = Access::load(store, Box::new(SystemSecrets))?;
    let expires = now.plus(i64::from(args.days) * DAY);
    let kind = if args.shared { Kind::SharedCode } else { Kind::Code };
    let issue = |_| access.issue(kind, owner, Role::Workstation, Some(expires));
    let codes: Vec<String> = (0..args.count).map(issue).collect::<Result<_, _>>()?;
    if as_json {
        return output::json(&json!({ "codes": codes, "expires": expires.to_string() }));
    }
    codes.iter().for_each(|code| say!("{code}"));
    let what = if args.shared {
        "each enrols any number of workstations"
    } else {
        "each enrols one workstation"
    };
    aside!("{what} until {expires}; shown only now");
    Ok(())
}

fn show_rules(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    if as_json {
        let (version, text) = (state.agent_rules_version(), state.agent_rules());
        return output::json(&json!({ "version": version, "text": text }));
    }
    output::text_as_is(state.agent_rules());
    if state.agent_rules_version() == 0 {
        aside!("no rules are set: agents watch nothing; `faregate agent set-rules FILE` sets some");
    }
    Ok(())
}

fn check_rules(file: &Path, as_json: bool) -> Result<(), Fault> {
    let rules = Rules::from_toml(&read(file)?).map_err(|why| {
        let help = "see docs/reference/agent-rules.md for what can be said";
        Fault::new(Code::Usage, format!("{}: {why}", file.display()), help)
    })?;
    if as_json {
        return output::json(
            &json!({ "products": rules.products.len(), "groups": rules.groups.len() }),
        );
    }
    say!(
        "{} can be read: {} products, {} groups",
        file.display(),
        rules.products.len(),
        rules.groups.len()
    );
    Ok(())
}

fn read(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(|why| {
        let help = "name a file in TOML, as docs/reference/agent-rules.md describes it";
        Fault::new(Code::Usage, format!("{}: {why}", file.display()), help)
    })
}
