//! Orders about workstations: who speaks for which, and how far their agents go.

use super::{Decided, Kind, OrderRefusal};
use faregate_core::estate::{Device, DeviceId};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_protocol::rules::Rules;

pub(super) fn enrol(
    state: &State,
    key: [u8; 32],
    name: &str,
    person: Option<&str>,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let known = |alias: &str| {
        let found = state.estate().person_known_as(alias, now);
        found.ok_or_else(|| OrderRefusal::unknown("person", alias))
    };
    let person = person.map(known).transpose()?;
    let device = Device { key, name: name.to_owned(), person };
    let namesake = state.estate().devices().find(|(_, known)| {
        known.revoked.is_none() && known.device.name == name && known.device.key != key
    });
    let warning = namesake.map(|(id, _)| {
        format!(
            "another workstation in force is called `{name}`, too: {id}; revoke it if it is gone"
        )
    });
    Ok(Decided {
        events: vec![Event::DeviceEnrolled(device)],
        said: vec![format!("workstation `{name}` speaks for itself from now on")],
        warnings: warning.into_iter().collect(),
    })
}

pub(super) fn revoke(state: &State, id: DeviceId) -> Result<Decided, OrderRefusal> {
    let known = state.estate().device(id);
    let known = known.ok_or_else(|| OrderRefusal::unknown("workstation", &id.to_string()))?;
    if known.revoked.is_some() {
        let message = format!("workstation {id} was revoked already");
        let help = "`faregate agent list` names those in force";
        return Err(OrderRefusal::new(Kind::Conflict, "revoked-already", message, help));
    }
    let name = &known.device.name;
    Ok(Decided {
        events: vec![Event::DeviceRevoked(id)],
        said: vec![format!("workstation {id} `{name}` speaks for itself no longer")],
        warnings: Vec::new(),
    })
}

pub(super) fn set_rules(state: &State, text: &str) -> Result<Decided, OrderRefusal> {
    let rules = Rules::from_toml(text).map_err(|why| {
        let help = "the rules that were in force stay; see docs/reference/agent-rules.md";
        OrderRefusal::new(Kind::Invalid, "invalid-agent-rules", why, help)
    })?;
    let estate = state.estate();
    let named = rules.products.iter().map(|one| &one.product);
    let named = named.chain(rules.groups.iter().filter_map(|one| one.product.as_ref()));
    if let Some(unknown) = named.into_iter().find(|key| estate.product_called(key).is_none()) {
        return Err(OrderRefusal::unknown("product", unknown));
    }
    let groups = rules.groups.iter().map(|one| &one.group);
    if let Some(unknown) = groups.into_iter().find(|key| estate.group_called(key).is_none()) {
        return Err(OrderRefusal::unknown("group", unknown));
    }
    if state.agent_rules() == text {
        return Ok(Decided {
            said: vec!["these rules hold already".to_owned()],
            ..Decided::default()
        });
    }
    let said = format!("agents watch {} products from now on", rules.products.len());
    Ok(Decided {
        events: vec![Event::AgentRulesSet(text.to_owned())],
        said: vec![said],
        warnings: Vec::new(),
    })
}
