//! Who may become one with whom: everything that speaks against it is found before anything is changed.

use super::{Merge, Who};
use crate::orders::{Kind, OrderRefusal};
use faregate_core::budget::Progress;
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::state::State;
use faregate_core::when::Instant;

/// The two of whom it is, when nothing speaks against it.
pub(super) fn checked(state: &State, merge: &Merge, now: Instant) -> Result<Who, OrderRefusal> {
    let Some(into) = &merge.into else { return parted(state, &merge.person) };
    let who =
        Who { id: named(state, &merge.person, now)?, other: named(state, into, now)?, joins: true };
    if who.id == who.other {
        let message = format!("`{}` and `{into}` are one person already", merge.person);
        let help = "`faregate person show` prints all names of a person";
        return Err(OrderRefusal::new(Kind::Conflict, "one-person", message, help));
    }
    let refused = |(code, message, help): (_, String, String)| {
        OrderRefusal::new(Kind::Conflict, code, message, help)
    };
    let refused = running(state, who).or_else(|| obstacle(state, who, now).map(refused));
    refused.map_or(Ok(who), Err)
}

fn parted(state: &State, name: &str) -> Result<Who, OrderRefusal> {
    let estate = state.estate();
    let id = estate.identity_keyed(name);
    let id = id.ok_or_else(|| OrderRefusal::unknown("person", name))?;
    let who = Who { id, other: estate.same_as(id), joins: false };
    if !estate.is_merged(id) {
        let message = format!("`{name}` was not merged into anybody");
        let help =
            "name the identity that was: `faregate person show` prints all names of a person";
        return Err(OrderRefusal::new(Kind::Conflict, "not-merged", message, help));
    }
    match running(state, who) {
        Some(why) => Err(why),
        None => Ok(who),
    }
}

/// What runs on tokens is charged as it goes on: whose it is must not change meanwhile.
fn running(state: &State, who: Who) -> Option<OrderRefusal> {
    let spends = |id| state.charges().pairs().any(|((person, _), _)| *person == id);
    let id = [who.id, who.other].into_iter().find(|id| spends(*id));
    let id = id.or_else(|| (who.joins && state.is_busy(who.id)).then_some(who.id))?;
    let message = format!("`{}` runs a product, or has tokens held for one", key(state, id));
    let help = "try again when it has ended: `faregate person show` tells what runs";
    Some(OrderRefusal::new(Kind::Conflict, "running", message, help))
}

fn named(state: &State, name: &str, now: Instant) -> Result<PersonId, OrderRefusal> {
    let estate = state.estate();
    let known = estate.person_known_as(name, now).or_else(|| estate.person_called(name));
    known.ok_or_else(|| OrderRefusal::unknown("person", name))
}

pub(super) fn key(state: &State, id: PersonId) -> &str {
    state.estate().person(id).map_or("?", |person| person.key.as_str())
}

/// What must be done before the identity can go: nobody gains a right or loses a rule by a merge.
fn obstacle(state: &State, who: Who, now: Instant) -> Option<(&'static str, String, String)> {
    let (id, other) = (key(state, who.id), key(state, who.other));
    let owns = |bucket: &BucketId| state.estate().bucket_terms(*bucket).owners.contains(&who.id);
    let buckets = (0..state.estate().buckets().len()).filter_map(|n| u16::try_from(n).ok());
    if let Some(bucket) = buckets.map(BucketId).find(owns) {
        let bucket = state.estate().bucket(bucket).map_or("?", |bucket| bucket.key.as_str());
        let message = format!("`{id}` decides on bucket `{bucket}`");
        let help = format!(
            "name its owners anew, with or without `{other}`: `faregate bucket set {bucket} --owner …`"
        );
        return Some(("decides", message, help));
    }
    if state.terms().owners.contains(&who.id) {
        let message = format!("`{id}` decides on the whole pool");
        let help = format!("name the contract's owners anew, with or without `{other}`");
        return Some(("decides", message, help));
    }
    if let Some(cap) = state.counts().caps().iter().find(|cap| cap.person == Some(who.id)) {
        let message = format!("cap `{}` is on `{id}`", cap.key);
        let help = format!("put it on `{other}` first: nobody else would be held to it");
        return Some(("capped", message, help));
    }
    let involves = state.requests().values().any(|known| {
        let waits = known.progress == Progress::Waiting && known.request.expires > now;
        let said = known.approvals.iter().any(|(by, _)| *by == who.id);
        waits && (said || known.request.by == who.id)
    });
    if involves {
        let message = format!("a request that `{id}` made or approved waits for an answer");
        let help = "merge when it has been answered: nobody decides on their own request";
        return Some(("waiting", message, help.to_owned()));
    }
    None
}

/// What somebody should know all the same.
pub(super) fn warnings(state: &State, who: Who) -> Vec<String> {
    let (id, other) = (key(state, who.id), key(state, who.other));
    if !who.joins {
        return Vec::new();
    }
    let mut warnings = vec![format!("whoever signs in as `{id}` acts as `{other}` from then on")];
    let estate = state.estate();
    let standing = |id| estate.standing(id).cloned().unwrap_or_default();
    let (theirs, others) = (standing(who.id), standing(who.other));
    let lost = theirs.groups.iter().filter(|group| !others.groups.contains(group));
    let lost: Vec<&str> =
        lost.filter_map(|id| estate.group(*id)).map(|group| group.key.as_str()).collect();
    if !lost.is_empty() {
        let lost = lost.join(", ");
        warnings.push(format!("what was said of `{id}` alone no longer counts: groups {lost}"));
    }
    let quoted = format!("\"{id}\"");
    let naming = state.policies().values().filter(|set| set.text.contains(&quoted));
    warnings.extend(
        naming
            .map(|set| format!("policies `{}` name `{id}`: they do not mean `{other}`", set.name)),
    );
    warnings
}
