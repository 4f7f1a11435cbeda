//! `faregate channel …` and `faregate deliveries`: where people are told, whether it works, and what was sent.

use crate::cli::notices::{Channel as Action, Deliveries as Which};
use crate::fault::{Code, Fault};
use crate::notices::{Declared, Desk};
use crate::output::{self, Align};
use crate::serving::Serving;
use crate::{estate, say};
use faregate_api::channels::Channels as _;
use faregate_api::routes::channels::test::Tested;
use faregate_api::routes::channels::{Channel, Channels};
use faregate_api::routes::deliveries::{Deliveries, Delivery};
use faregate_app::outbox::{Filter, Standing};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn run(path: &Path, action: &Action, as_json: bool) -> Result<(), Fault> {
    match action {
        Action::List => list(path, as_json),
        Action::Test { name } => test(path, name, as_json),
        Action::Check { file } => check(file, as_json),
    }
}

/// What a server says that uses the data directory, when one does.
fn told<T: DeserializeOwned>(path: &Path, route: &str) -> Option<T> {
    let answer = Serving::find(path)?.get(route).ok()?;
    serde_json::from_value(answer).ok()
}

/// The channels without a server.
fn desk(path: &Path) -> Result<Arc<Desk>, Fault> {
    let zone = estate::read(path)?.state().read().zone().clone();
    Desk::open(path, Declared::read(path)?, move || zone.clone())
}

fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let found: Channels = match told(path, "/v1/channels") {
        Some(found) => found,
        None => Channels::of(&desk(path)?.list()?),
    };
    if as_json {
        return output::json(&found);
    }
    let columns = ["channel", "kind", "leads to", "state", "waiting", "last sent", "why"];
    let rows: Vec<Vec<String>> = found.channels.iter().map(row).collect();
    let none = "no channel is declared: write channels.toml in the data directory";
    output::table(&columns.map(|title| (title, Align::Left)), &rows, none);
    Ok(())
}

fn row(one: &Channel) -> Vec<String> {
    let state = if one.quiet_now { format!("{}, quiet", one.state) } else { one.state.clone() };
    vec![
        one.name.clone(),
        one.kind.clone(),
        one.leads_to.clone(),
        state,
        one.waiting.to_string(),
        one.last_sent.clone().unwrap_or_else(|| "-".to_owned()),
        one.why.clone(),
    ]
}

fn test(path: &Path, name: &str, as_json: bool) -> Result<(), Fault> {
    // A server that was killed leaves word of itself behind: only one that answers is asked.
    let served = told::<Channels>(path, "/v1/channels").and(Serving::find(path));
    let tested = match served {
        Some(serving) => {
            let answer = serving.post(&format!("/v1/channels/{name}/test"), None, &json!({}))?;
            serde_json::from_value(answer).map_err(anyhow::Error::from)?
        }
        None => alone(path, name)?,
    };
    let Tested { sent, why, help, .. } = &tested;
    if !sent {
        let message = format!("channel {name}: {}", why.clone().unwrap_or_default());
        return Err(Fault::new(Code::Failed, message, help.clone().unwrap_or_default()));
    }
    if as_json {
        return output::json(&tested);
    }
    say!("{name}: its receiver took the test");
    Ok(())
}

fn alone(path: &Path, name: &str) -> Result<Tested, Fault> {
    let desk = desk(path)?;
    desk.declared.find(name)?;
    let tested = desk.test(name).unwrap_or(Ok(()));
    let sent = tested.is_ok();
    let (why, help) = tested.err().map(|untold| (untold.why, untold.help)).unzip();
    Ok(Tested { channel: name.to_owned(), sent, why, help })
}

fn check(file: &Path, as_json: bool) -> Result<(), Fault> {
    let declared = Declared::read_file(PathBuf::from(file))?;
    let channels: Vec<&str> =
        declared.channels.channels.iter().map(|one| one.name.as_str()).collect();
    let digests: Vec<String> = declared
        .channels
        .digests
        .iter()
        .map(|one| format!("{} on {}", one.name(), one.channel))
        .collect();
    if as_json {
        return output::json(&json!({ "channels": channels, "digests": digests }));
    }
    match channels.as_slice() {
        [] => say!("{}: no channel is declared", file.display()),
        names => say!("{}: all is well with {}", file.display(), names.join(", ")),
    }
    digests.iter().for_each(|digest| say!("digest: {digest}"));
    Ok(())
}

pub(crate) fn deliveries(path: &Path, which: &Which, as_json: bool) -> Result<(), Fault> {
    let limit = which.limit;
    let channel = which.channel.as_ref().map(|name| format!("&channel={name}"));
    let state = which.state.as_ref().map(|state| format!("&state={state}"));
    let [channel, state] = [channel, state].map(Option::unwrap_or_default);
    let found: Deliveries =
        match told(path, &format!("/v1/deliveries?limit={limit}{channel}{state}")) {
            Some(found) => found,
            None => {
                let standing = which.state.as_deref().and_then(Standing::from_key);
                let filter =
                    Filter { channel: which.channel.clone(), standing, limit: usize::from(limit) };
                Deliveries::of(&desk(path)?.deliveries(&filter)?)
            }
        };
    if as_json {
        return output::json(&found);
    }
    let columns = ["delivery", "channel", "state", "tries", "next", "what", "why"];
    let rows: Vec<Vec<String>> = found.deliveries.iter().map(delivery_row).collect();
    let none = "nothing was sent, and nothing waits to be";
    output::table(&columns.map(|title| (title, Align::Left)), &rows, none);
    Ok(())
}

fn delivery_row(one: &Delivery) -> Vec<String> {
    vec![
        one.id.clone(),
        one.channel.clone(),
        if one.held && one.state == "waiting" { "held".to_owned() } else { one.state.clone() },
        one.tries.to_string(),
        one.due.clone().unwrap_or_else(|| "-".to_owned()),
        format!("{}: {}", one.kind, one.title),
        one.why.clone().unwrap_or_default(),
    ]
}
