//! Digests: summaries at times agreed on, made of what the pages show.

use faregate_app::notice::{Chart, Kind, Notice, Severity};
use faregate_app::views::{self, grouped};
use faregate_connect::channels::{Digest, Every, Role};
use faregate_core::burn::{Dimension, Filter, burn, planned, total};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant, Zone};

/// So many lines of each table.
const ROWS_MAX: usize = 5;
/// So many days in the picture.
const CHART_DAYS: i32 = 14;

/// The date of the digest that is due at an instant: the latest whose moment has come, unless its time is over.
///
/// A server that was away sends it later: a day's until the day ends, a week's and a month's for six days.
pub(super) fn due(digest: &Digest, now: Instant, zone: &Zone) -> Option<Date> {
    let today = zone.date(now);
    let has_come = |date: Date| date < today || zone.minute_of_day(now) >= digest.minute;
    let fits = |date: Date| match digest.every {
        Every::Day => date == today,
        Every::Week => date.weekday() == 0,
        Every::Month => date.ymd().2 == 1,
    };
    (0..7).map(|back| today.plus(-back)).find(|date| fits(*date) && has_come(*date))
}

/// The name of a digest of a date, the same however often it is made.
pub(super) fn id(digest: &Digest, date: Date) -> String {
    format!("digest-{}-{date}", digest.name())
}

/// What stands open, for digests: a label and a sentence each.
pub(super) fn open_alerts(state: &State) -> Vec<(String, String)> {
    let open = state.monitor().open();
    open.map(|(id, alert)| (format!("{id} {}", alert.name), alert.crossing.said.clone())).collect()
}

/// The digest of a date, as things stand now; `None` when its bucket is nobody's.
pub(super) fn notice(
    digest: &Digest,
    date: Date,
    state: &State,
    now: Instant,
    open: &[(String, String)],
) -> Option<Notice> {
    let id = id(digest, date);
    let (title, text, mut facts) = match &digest.role {
        Role::LicenceManager => whole(state, now),
        Role::BucketOwner(key) => of_bucket(state, key)?,
    };
    let today = state.zone().date(now);
    let (from, to) = period(digest.every, date);
    if digest.role == Role::LicenceManager {
        facts.extend(top(state, &Dimension::Product, from, to));
        facts.extend(top(state, &Dimension::Bucket, from, to));
    }
    facts.extend(open.iter().take(ROWS_MAX).cloned());
    Some(Notice {
        kind: Kind::Digest,
        severity: Severity::Info,
        title: format!("{title}, {date}"),
        text: format!("{text}\n{}", opened(open)),
        facts,
        steps: Vec::new(),
        link: None,
        chart: Some(chart(state, today)),
        about: id.clone(),
        id,
        at: now,
    })
}

fn opened(open: &[(String, String)]) -> String {
    match open.len() {
        0 => "No alert is open.".to_owned(),
        1 => "1 alert is open.".to_owned(),
        count => format!("{count} alerts are open."),
    }
}

/// The days that a digest looks back on: those that are over.
fn period(every: Every, date: Date) -> (Date, Date) {
    let last = date.plus(-1);
    match every {
        Every::Day => (last, last),
        Every::Week => (date.plus(-7), last),
        Every::Month => (last.month_start(), last),
    }
}

type Words = (String, String, Vec<(String, String)>);

fn whole(state: &State, now: Instant) -> Words {
    let summary = views::summary(state, now);
    let tokens = |value: f64| format!("{} tokens", grouped(value));
    let fact = |label: &str, value: f64| (label.to_owned(), tokens(value));
    let facts = vec![
        fact("Left", summary.left.tokens()),
        fact("Yesterday", summary.yesterday.ticks.tokens()),
        fact("Today", summary.today.ticks.tokens()),
        fact("This month", summary.month.ticks.tokens()),
        fact("Month, projected", summary.month_end.tokens),
    ];
    (state_name(state), summary.text, facts)
}

fn state_name(state: &State) -> String {
    let name = state.name();
    if name.is_empty() { "Faregate".to_owned() } else { name.to_owned() }
}

fn of_bucket(state: &State, key: &str) -> Option<Words> {
    let id = state.estate().bucket_called(key)?;
    let name = state.estate().bucket(id).map_or(key, |bucket| bucket.name.as_str());
    let figures = views::buckets::buckets(state, |_| true);
    let figures = figures.into_iter().find(|one| one.id == id)?.with_below;
    let tokens =
        |ticks: faregate_core::amount::Ticks| format!("{} tokens", grouped(ticks.tokens()));
    let facts = vec![
        ("Available".to_owned(), tokens(figures.available)),
        ("Reserved".to_owned(), tokens(figures.held)),
        ("Spent".to_owned(), tokens(figures.spent)),
        ("Allocated".to_owned(), tokens(figures.allocated)),
    ];
    let text = format!("{name} has {} left, with what lies below it.", tokens(figures.available));
    Some((format!("Bucket {name}"), text, facts))
}

/// Who or what spent most.
fn top(state: &State, by: &Dimension, from: Date, to: Date) -> Vec<(String, String)> {
    let found = burn(state, by, &Filter::default(), from, to);
    let days = if from == to { format!("on {to}") } else { format!("{from} to {to}") };
    let rows = found.rows.iter().take(ROWS_MAX);
    rows.map(|row| {
        (format!("{} {days}", row.name), format!("{} tokens", grouped(row.sum.ticks.tokens())))
    })
    .collect()
}

fn chart(state: &State, today: Date) -> Chart {
    let days: Vec<Date> = (1..=CHART_DAYS).rev().map(|back| today.plus(-back)).collect();
    Chart {
        title: "Tokens a day".to_owned(),
        labels: days.iter().map(|day| day.to_string().chars().skip(5).collect()).collect(),
        values: days.iter().map(|day| total(state, *day, *day).ticks.tokens()).collect(),
        limit: planned(state, today).map(faregate_core::amount::Ticks::tokens),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(every: Every, now: &str, expected: Option<&str>) {
        let digest =
            Digest { channel: "ops".to_owned(), every, minute: 7 * 60, role: Role::LicenceManager };
        let zone = Zone::named("Europe/Madrid").unwrap();
        let due = due(&digest, now.parse().unwrap(), &zone).map(|date| date.to_string());
        assert_eq!(due.as_deref(), expected, "{now}");
    }

    #[test]
    fn digests_are_due_by_the_contracts_clock() {
        check(Every::Day, "2026-11-23T05:59:59Z", None);
        check(Every::Day, "2026-11-23T06:00:00Z", Some("2026-11-23"));
        check(Every::Day, "2026-11-23T22:59:59Z", Some("2026-11-23"));
        check(Every::Day, "2026-11-23T23:00:00Z", None);
        check(Every::Week, "2026-11-23T05:59:59Z", None);
        check(Every::Week, "2026-11-23T06:00:00Z", Some("2026-11-23"));
        check(Every::Week, "2026-11-29T22:00:00Z", Some("2026-11-23"));
        check(Every::Month, "2026-12-01T05:00:00Z", None);
        check(Every::Month, "2026-12-01T06:00:00Z", Some("2026-12-01"));
        check(Every::Month, "2026-12-07T06:00:00Z", Some("2026-12-01"));
        check(Every::Month, "2026-12-08T06:00:00Z", None);
        // Summer time: seven in Madrid is five in Greenwich.
        check(Every::Day, "2026-07-01T05:00:00Z", Some("2026-07-01"));
    }
}
