//! Jira: an issue for each alert, found again by its labels, and comments on it.

use super::send::{Outgoing, SendError};
use super::wire::{Post, Wire};
use super::words::{headline, plain};
use faregate_app::notice::{Kind, Notice};
use serde_json::{Value, json};

const SUMMARY_MAX: usize = 240;
const LABEL_MAX: usize = 200;

/// Makes an issue, or says on the one that is open what is new: what was made before is not made twice.
pub(super) fn send(
    wire: &Wire,
    project: &str,
    issue_type: &str,
    one: Outgoing<'_>,
) -> Result<(), SendError> {
    let found = wire.run(search(wire, project, one.notice))?;
    let issue = &found["issues"][0];
    let labels = issue["fields"]["labels"].as_array();
    let is_this = labels.is_some_and(|all| all.contains(&json!(label("id", one.id))));
    match (issue["key"].as_str(), one.notice.kind) {
        (Some(_), _) if is_this => Ok(()),
        (Some(key), _) => wire.run(comment(wire, key, one.notice)).map(drop),
        // Nobody was told of it here, or somebody has closed it already.
        (None, Kind::Cleared) => Ok(()),
        (None, _) => wire.run(create(wire, project, issue_type, one)).map(drop),
    }
}

fn search(wire: &Wire, project: &str, notice: &Notice) -> Post {
    let label = label("about", &notice.about);
    let jql =
        format!("project = \"{project}\" AND labels = \"{label}\" AND statusCategory != Done");
    let body = json!({ "jql": jql, "fields": ["labels"], "maxResults": 1 });
    Post::json(&format!("{}/rest/api/3/search/jql", wire.path), body.to_string())
}

fn create(wire: &Wire, project: &str, issue_type: &str, one: Outgoing<'_>) -> Post {
    let Outgoing { id, notice } = one;
    let fields = json!({
        "project": { "key": project },
        "issuetype": { "name": issue_type },
        "summary": headline(notice, SUMMARY_MAX),
        "labels": ["faregate", label("about", &notice.about), label("id", id)],
        "description": document(&plain(notice)),
    });
    Post::json(&format!("{}/rest/api/3/issue", wire.path), json!({ "fields": fields }).to_string())
}

fn comment(wire: &Wire, key: &str, notice: &Notice) -> Post {
    let text = format!("{}\n\n{}", headline(notice, SUMMARY_MAX), plain(notice));
    let path = format!("{}/rest/api/3/issue/{}/comment", wire.path, crate::courier::encoded(key));
    Post::json(&path, json!({ "body": document(&text) }).to_string())
}

/// A label holds no space, and nothing that a query would read as more than a word.
fn label(what: &str, text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    format!("faregate-{what}-{}", text.chars().take(LABEL_MAX).map(plain).collect::<String>())
}

/// Text in the Atlassian Document Format, which knows no empty text.
fn document(text: &str) -> Value {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let paragraphs = lines
        .map(|line| json!({ "type": "paragraph", "content": [{ "type": "text", "text": line }] }));
    json!({ "type": "doc", "version": 1, "content": paragraphs.collect::<Vec<_>>() })
}
