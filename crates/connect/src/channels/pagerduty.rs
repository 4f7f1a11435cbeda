//! PagerDuty: events of its API v2, one incident an alert by the deduplication key.

use super::wire::Post;
use super::words::{headline, line, lines, link};
use crate::secret::Secret;
use faregate_app::notice::{Kind, Notice};
use serde_json::{Map, Value, json};

const PATH: &str = "/v2/enqueue";
/// The longest summary, and the longest deduplication key.
const SUMMARY_MAX: usize = 1_024;
const KEY_MAX: usize = 255;
/// So many facts and steps: an event has 512 KB at most.
const LINES_MAX: usize = 50;

/// The requests for a notice: a test begins an incident and ends it.
pub(super) fn posts(routing_key: &Secret, notice: &Notice) -> Vec<Post> {
    let actions: &[&str] = match notice.kind {
        Kind::Cleared => &["resolve"],
        Kind::Test => &["trigger", "resolve"],
        Kind::Raised | Kind::Escalated | Kind::Reminder | Kind::Digest => &["trigger"],
    };
    let event = |action: &&str| Post::json(PATH, event(routing_key, notice, action).to_string());
    actions.iter().map(event).collect()
}

fn event(routing_key: &Secret, notice: &Notice, action: &str) -> Value {
    let mut event = json!({
        "routing_key": routing_key.expose(),
        "event_action": action,
        "dedup_key": line(&notice.about, KEY_MAX),
    });
    if action == "trigger" {
        event["payload"] = json!({
            "summary": headline(notice, SUMMARY_MAX),
            "source": "faregate",
            "severity": notice.severity.key(),
            "timestamp": notice.at.to_string(),
            "custom_details": details(notice),
        });
        event["client"] = json!("Faregate");
        let links = link(notice).map(|href| json!({ "href": href, "text": "Open in Faregate" }));
        event["links"] = links.into_iter().collect();
    }
    event
}

fn details(notice: &Notice) -> Map<String, Value> {
    let facts =
        notice.facts.iter().map(|(label, value)| (line(label, 200), json!(line(value, 1_000))));
    let mut details: Map<String, Value> = facts.collect();
    details.insert("text".to_owned(), json!(lines(&notice.text, 20_000)));
    let steps = notice.steps.iter().take(LINES_MAX).map(|step| line(step, 1_000));
    details.insert("steps".to_owned(), steps.collect());
    details.insert("notice".to_owned(), json!(notice.id));
    details
}
