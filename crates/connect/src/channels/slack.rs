//! Slack: blocks within the limits of an incoming webhook, and the text of its notification.

use super::wire::Post;
use super::words::{bars, headline, label, line, lines, link};
use faregate_app::notice::Notice;
use serde_json::{Value, json};

/// Limits of Slack, a little below: what is escaped grows.
const HEADER_MAX: usize = 150;
const SECTION_MAX: usize = 3_000;
const FIELD_MAX: usize = 2_000;
const FIELDS_MAX: usize = 10;
const BLOCKS_MAX: usize = 50;

/// The request for a notice.
pub(super) fn post(path: &str, notice: &Notice) -> Post {
    let body =
        json!({ "text": escaped(&headline(notice, 500), SECTION_MAX), "blocks": blocks(notice) });
    Post::json(path, body.to_string())
}

fn blocks(notice: &Notice) -> Vec<Value> {
    let title = json!({ "type": "plain_text", "text": headline(notice, HEADER_MAX) });
    let mut blocks = vec![json!({ "type": "header", "text": title })];
    let text = lines(&notice.text, 20_000);
    let paragraphs = text.split('\n').filter(|part| !part.trim().is_empty());
    blocks.extend(paragraphs.map(|part| section(&escaped(part, SECTION_MAX))));
    for few in notice.facts.chunks(FIELDS_MAX) {
        let fields: Vec<Value> = few.iter().map(|(label, value)| field(label, value)).collect();
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    if let Some(chart) = &notice.chart {
        let text = format!("{}\n{}", line(&chart.title, 200), bars(chart).join("\n"));
        blocks.push(section(&escaped(&text, SECTION_MAX)));
    }
    let steps =
        (1..).zip(&notice.steps).map(|(number, step)| format!("{number}. {}", line(step, 900)));
    blocks.extend(steps.map(|step| section(&escaped(&step, SECTION_MAX))));
    blocks.truncate(BLOCKS_MAX - 1);
    if let Some(link) = link(notice) {
        blocks.push(section(&format!("<{}|Open in Faregate>", escaped(link, FIELD_MAX))));
    } else {
        let context = json!({ "type": "plain_text", "text": label(notice) });
        blocks.push(json!({ "type": "context", "elements": [context] }));
    }
    blocks
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn field(label: &str, value: &str) -> Value {
    let text =
        format!("*{}*\n{}", escaped(&line(label, 200), 400), escaped(&line(value, 900), 1_500));
    json!({ "type": "mrkdwn", "text": text })
}

/// Text that mentions nobody and links nowhere, of so many characters at most.
fn escaped(text: &str, max: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let piece = match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            other => other.to_string(),
        };
        if out.len() + piece.len() > max {
            break;
        }
        out.push_str(&piece);
    }
    out
}
