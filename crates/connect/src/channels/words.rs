//! What the kinds of channels have in common: the words of a notice, cut to what a receiver takes.

use faregate_app::notice::{Chart, Kind, Notice, Severity};
use faregate_core::when::Instant;

/// A line: no control characters, and no more than so many bytes.
pub(super) fn line(text: &str, bytes_max: usize) -> String {
    cut(text.chars().map(|c| if c.is_control() { ' ' } else { c }), bytes_max)
}

/// Lines: no control characters but their ends, and no more than so many bytes.
pub(super) fn lines(text: &str, bytes_max: usize) -> String {
    let text = text.replace("\r\n", "\n");
    cut(text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }), bytes_max)
}

fn cut(text: impl Iterator<Item = char>, bytes_max: usize) -> String {
    const MORE: &str = "…";
    let mut out: String = text.collect();
    if out.len() > bytes_max {
        let mut end = bytes_max.saturating_sub(MORE.len());
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        out.truncate(end);
        out.push_str(MORE);
    }
    out
}

/// Before the title, so that it says at a glance what it is.
pub(super) fn label(notice: &Notice) -> &'static str {
    match (notice.kind, notice.severity) {
        (Kind::Cleared, _) => "Over",
        (Kind::Reminder, _) => "Still",
        (Kind::Digest, _) => "Digest",
        (Kind::Test, _) => "Test",
        (Kind::Raised | Kind::Escalated, Severity::Critical) => "Critical",
        (Kind::Raised | Kind::Escalated, Severity::Warning) => "Warning",
        (Kind::Raised | Kind::Escalated, Severity::Info) => "Note",
    }
}

/// The label and the title.
pub(super) fn headline(notice: &Notice, bytes_max: usize) -> String {
    line(&format!("{}: {}", label(notice), notice.title), bytes_max)
}

/// All of a notice as plain text.
pub(super) fn plain(notice: &Notice) -> String {
    let mut parts = vec![lines(&notice.text, 20_000)];
    let facts = notice
        .facts
        .iter()
        .map(|(label, value)| format!("{}: {}", line(label, 200), line(value, 1_000)));
    parts.push(facts.collect::<Vec<_>>().join("\n"));
    if let Some(chart) = &notice.chart {
        parts.push(format!("{}\n{}", line(&chart.title, 200), bars(chart).join("\n")));
    }
    let steps =
        (1..).zip(&notice.steps).map(|(number, step)| format!("{number}. {}", line(step, 1_000)));
    parts.push(steps.collect::<Vec<_>>().join("\n"));
    parts.extend(link(notice).map(str::to_owned));
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n")
}

/// A chart as lines of figures, for receivers that show no picture.
pub(super) fn bars(chart: &Chart) -> Vec<String> {
    let pairs = chart.labels.iter().zip(&chart.values);
    let mut all: Vec<String> =
        pairs.map(|(label, value)| format!("{}: {}", line(label, 100), number(*value))).collect();
    all.extend(chart.limit.map(|limit| format!("limit: {}", number(limit))));
    all
}

/// A figure with two decimals at most.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The link, when it is one that a reader may follow.
pub(super) fn link(notice: &Notice) -> Option<&str> {
    let link = notice.link.as_deref()?;
    let is_web = link.starts_with("https://") || link.starts_with("http://");
    let is_plain = link.len() <= 2_000 && link.chars().all(|c| c.is_ascii_graphic());
    (is_web && is_plain && !link.contains(['"', '<', '>', '|'])).then_some(link)
}

/// What a channel is told when somebody asks whether it works.
#[must_use]
pub fn trial(channel: &str, at: Instant) -> Notice {
    let id = format!("test-{}", at.0);
    Notice {
        kind: Kind::Test,
        severity: Severity::Info,
        title: format!("channel {channel} works"),
        text: "Somebody asked Faregate to test this channel. Nothing has happened.".to_owned(),
        facts: vec![
            ("Channel".to_owned(), channel.to_owned()),
            ("Sent".to_owned(), at.to_string()),
        ],
        steps: vec!["Nothing is to be done.".to_owned()],
        link: None,
        chart: Some(Chart {
            title: "A chart, as alerts have them".to_owned(),
            labels: (1..=5).map(|day| format!("day {day}")).collect(),
            values: vec![1.0, 3.0, 2.0, 4.0, 5.0],
            limit: Some(4.0),
        }),
        about: id.clone(),
        id,
        at,
    }
}

/// Several notices as one, for a reader who was left in peace while they came.
#[must_use]
pub fn gathered(notices: &[Notice]) -> Option<Notice> {
    let (first, last) = (notices.first()?, notices.last()?);
    if notices.len() == 1 {
        return Some(first.clone());
    }
    let id = format!("{}-to-{}", first.id, last.id);
    let each = notices.iter().map(|one| format!("{}\n{}", headline(one, 300), plain(one)));
    Some(Notice {
        kind: Kind::Digest,
        severity: notices.iter().map(|one| one.severity).max()?,
        title: format!("{} notices of the quiet hours", notices.len()),
        text: each.collect::<Vec<_>>().join("\n\n"),
        facts: Vec::new(),
        steps: Vec::new(),
        link: notices.iter().find_map(|one| one.link.clone()),
        chart: None,
        about: id.clone(),
        id,
        at: last.at,
    })
}
