//! What people are told of alerts: a notice for each channel, made of one entry of the journal and the state
//! that it led to. The same entry always makes the same notices, so what was told once is not told anew.

use crate::notice::{Chart, Kind, Notice};
use crate::ports::Entry;
use faregate_core::alert::{Alert, AlertId, Crossing, Handling, Raised, Severity};
use faregate_core::amount::Ticks;
use faregate_core::estate::BucketId;
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Date;
use std::collections::BTreeMap;

/// A notice names so many subjects; how many more there are it says.
const NAMED_MAX: usize = 20;
/// A chart shows so many days.
const CHART_DAYS: i32 = 14;

/// The notices of an entry, each with the name of its channel. `link` is where the page of an alert is.
#[must_use]
pub fn notices(entry: &Entry, state: &State, link: Option<&str>) -> Vec<(String, Notice)> {
    match &entry.event {
        Event::AlertRaised(raised) => {
            let notice =
                Notice { chart: chart(entry, raised, state), ..raised_notice(entry, raised, link) };
            raised.channels.iter().map(|channel| (channel.clone(), notice.clone())).collect()
        }
        Event::AlertHandled { alert, what } => {
            let known = state.monitor().alerts().get(alert);
            known.map_or(Vec::new(), |known| handled(entry, state, (*alert, known), what, link))
        }
        _ => Vec::new(),
    }
}

fn raised_notice(entry: &Entry, raised: &Raised, link: Option<&str>) -> Notice {
    let id = AlertId { seq: entry.seq, place: 0 };
    let text: Vec<String> = match raised.crossings.as_slice() {
        [only] => vec![sentence(&only.said)],
        many => {
            let named = many.iter().take(NAMED_MAX).map(|one| sentence(&one.said));
            let more = many.len().saturating_sub(NAMED_MAX);
            named.chain((more > 0).then(|| format!("{more} more are like them."))).collect()
        }
    };
    let facts = raised.crossings.first().map(|one| one.facts.clone()).unwrap_or_default();
    let title = match raised.crossings.as_slice() {
        [only] if only.subject == "contract" => raised.name.clone(),
        [Crossing { name, .. }] => format!("{}: {name}", raised.name),
        many => format!("{}: {} of them", raised.name, many.len()),
    };
    Notice {
        id: entry.seq.to_string(),
        kind: Kind::Raised,
        severity: raised.severity,
        title,
        text: text.join("\n"),
        facts,
        steps: raised.steps.clone(),
        link: page(link, id),
        chart: None,
        about: id.to_string(),
        at: entry.at,
    }
}

fn handled(
    entry: &Entry,
    state: &State,
    (id, alert): (AlertId, &Alert),
    what: &Handling,
    link: Option<&str>,
) -> Vec<(String, Notice)> {
    let first = AlertId { place: 0, ..id };
    let notice = |kind, text: String, severity| Notice {
        id: entry.seq.to_string(),
        kind,
        severity,
        title: format!("{}: {}", alert.name, alert.crossing.name),
        text: sentence(&text),
        facts: alert.crossing.facts.clone(),
        steps: alert.steps.clone(),
        link: page(link, id),
        chart: None,
        about: first.to_string(),
        at: entry.at,
    };
    let (channels, notice) = match what {
        Handling::Ended { .. } if !is_last_of_group(state, id) => return Vec::new(),
        Handling::Ended { said } => {
            // Those who were told that it began are told that it is over.
            let later = alert.handled.iter().filter_map(|(_, what)| match what {
                Handling::Escalated { channels, .. } => Some(channels),
                _ => None,
            });
            let mut all: Vec<String> = later.flatten().chain(&alert.channels).cloned().collect();
            all.sort_unstable();
            all.dedup();
            (all, notice(Kind::Cleared, said.clone(), Severity::Info))
        }
        Handling::Escalated { channels, .. } => {
            let text =
                format!("nobody has taken this on since {}: {}", alert.at, alert.crossing.said);
            (channels.clone(), notice(Kind::Escalated, text, alert.severity))
        }
        Handling::StepDone { said, channels, .. } => {
            (channels.clone(), notice(Kind::Reminder, said.clone(), alert.severity))
        }
        Handling::Acknowledged { .. } => return Vec::new(),
    };
    channels.into_iter().map(|channel| (channel, notice.clone())).collect()
}

/// Whether an alert was the last to end of those that were raised with it: they are told of as one.
///
/// Those that end at one time end in the order of their ids.
fn is_last_of_group(state: &State, id: AlertId) -> bool {
    let group = AlertId { place: 0, ..id }..=AlertId { place: u16::MAX, ..id };
    let ended = |(id, alert): (&AlertId, &Alert)| alert.ended().map(|at| (at, *id));
    let ends: Option<Vec<_>> = state.monitor().alerts().range(group).map(ended).collect();
    ends.is_some_and(|ends| ends.into_iter().max().is_some_and(|(_, last)| last == id))
}

/// The last two weeks of tokens, where all or a bucket's are what it is about.
fn chart(entry: &Entry, raised: &Raised, state: &State) -> Option<Chart> {
    let [only] = raised.crossings.as_slice() else { return None };
    let bucket = match only.subject.split_once(':') {
        None if only.subject == "contract" => None,
        Some(("bucket", key)) => Some(state.estate().bucket_called(key)?),
        _ => return None,
    };
    let last = state.zone().date(entry.at);
    let counts = |id: BucketId| {
        bucket.is_none_or(|own| own == id || state.estate().buckets_above(id).contains(&own))
    };
    let mut days: BTreeMap<Date, f64> =
        (0..CHART_DAYS).map(|back: i32| (last.plus(-back), 0.0)).collect();
    for (date, cells) in state.charges().days(last.plus(1 - CHART_DAYS), last) {
        let own = cells.iter().filter(|((_, id), _)| counts(*id));
        let tokens: Ticks = own.map(|(_, cell)| cell.ticks).sum();
        days.insert(date, tokens.tokens());
    }
    let (labels, values) =
        days.into_iter().map(|(date, tokens)| (date.to_string(), tokens)).unzip();
    Some(Chart { title: "Tokens a day".to_owned(), labels, values, limit: None })
}

/// With a capital and a full stop.
fn sentence(said: &str) -> String {
    let mut letters = said.chars();
    let first: String =
        letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let stop = if said.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

fn page(link: Option<&str>, id: AlertId) -> Option<String> {
    link.map(|link| format!("{}/alerts/{id}", link.trim_end_matches('/')))
}
