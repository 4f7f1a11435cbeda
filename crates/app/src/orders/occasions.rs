//! Orders about what is known of days to come: forecasts reckon with it.

use super::{Decided, Kind, OrderRefusal};
use faregate_core::event::Event;
use faregate_core::state::{Occasion, State};

/// An occasion lasts so many days at most.
const DAYS_MAX: i32 = 731;
/// So many a contract has at most.
const OCCASIONS_MAX: usize = 2_000;

pub(super) fn set(state: &State, occasion: &Occasion) -> Result<Decided, OrderRefusal> {
    let Occasion { key, subject, from, to, .. } = occasion;
    let invalid = |code, message: String, help: &str| {
        Err(OrderRefusal::new(Kind::Invalid, code, message, help))
    };
    let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if key.is_empty() || key.len() > 64 || !key.chars().all(is_kebab) {
        let help = "write a key of small letters, digits and `-`, up to 64";
        return invalid("bad-key", format!("`{key}` is no key"), help);
    }
    let days = i64::from(to.0) - i64::from(from.0) + 1;
    if !(1..=i64::from(DAYS_MAX)).contains(&days) {
        let message = format!("from {from} to {to} is {days} days");
        return invalid("bad-span", message, "give at least one day, and two years at most");
    }
    if crate::forecasts::whose(state, subject).is_none() {
        let message = format!("`{subject}` is nobody whose burn is forecast");
        return invalid("unknown", message, "write contract, bucket:KEY or product:KEY");
    }
    let known = state.monitor().occasions();
    if known.get(key) == Some(occasion) {
        let said = vec![format!("occasion `{key}` is known already")];
        return Ok(Decided { said, ..Decided::default() });
    }
    if known.len() >= OCCASIONS_MAX && !known.contains_key(key) {
        let message = format!("there are {OCCASIONS_MAX} occasions");
        return invalid("too-many", message, "remove those that are over");
    }
    Ok(Decided {
        events: vec![Event::OccasionSet(occasion.clone())],
        said: vec![format!("forecasts reckon with `{}` from now on", occasion.name)],
        ..Decided::default()
    })
}

pub(super) fn remove(state: &State, key: &str) -> Result<Decided, OrderRefusal> {
    if !state.monitor().occasions().contains_key(key) {
        return Err(OrderRefusal::unknown("occasion", key));
    }
    Ok(Decided {
        events: vec![Event::OccasionRemoved(key.to_owned())],
        said: vec![format!("forecasts reckon with `{key}` no longer")],
        ..Decided::default()
    })
}
