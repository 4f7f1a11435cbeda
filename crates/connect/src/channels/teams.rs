//! Teams: an Adaptive Card, as a workflow takes it that begins with a webhook.

use super::wire::Post;
use super::words::{bars, headline, line, lines, link};
use faregate_app::notice::{Kind, Notice, Severity};
use serde_json::{Value, json};

/// A message has 28 KB at most: these keep a card below, escaped as it may be.
const TEXT_MAX: usize = 3_500;
const FACTS_MAX: usize = 20;
const STEPS_MAX: usize = 10;
const LINE_MAX: usize = 250;

/// The request for a notice.
pub(super) fn post(path: &str, notice: &Notice) -> Post {
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card(notice),
    });
    Post::json(path, json!({ "type": "message", "attachments": [attachment] }).to_string())
}

fn card(notice: &Notice) -> Value {
    let mut body = vec![json!({
        "type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": true,
        "color": colour(notice), "text": escaped(&headline(notice, LINE_MAX)),
    })];
    let text = lines(&notice.text, TEXT_MAX);
    let paragraphs = text.split('\n').filter(|part| !part.trim().is_empty());
    body.extend(paragraphs.map(block));
    let facts = notice.facts.iter().take(FACTS_MAX).map(|(label, value)| fact(label, value));
    let chart = notice.chart.iter().flat_map(|chart| {
        let figures = bars(chart).into_iter().map(|bar| {
            let (label, value) = bar.split_once(": ").unwrap_or((&bar, ""));
            fact(label, value)
        });
        std::iter::once(fact(&chart.title, " ")).chain(figures)
    });
    let facts: Vec<Value> = facts.chain(chart.take(FACTS_MAX)).collect();
    if !facts.is_empty() {
        body.push(json!({ "type": "FactSet", "facts": facts }));
    }
    let steps = (1..).zip(notice.steps.iter().take(STEPS_MAX));
    body.extend(steps.map(|(number, step)| block(&format!("{number}) {}", line(step, LINE_MAX)))));
    let actions = link(notice)
        .map(|url| json!({ "type": "Action.OpenUrl", "title": "Open in Faregate", "url": url }));
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard", "version": "1.4",
        "fallbackText": headline(notice, LINE_MAX),
        "body": body,
        "actions": actions.into_iter().collect::<Vec<_>>(),
    })
}

fn block(text: &str) -> Value {
    json!({ "type": "TextBlock", "wrap": true, "text": escaped(text) })
}

fn fact(label: &str, value: &str) -> Value {
    json!({ "title": escaped(&line(label, 100)), "value": escaped(&line(value, LINE_MAX)) })
}

const fn colour(notice: &Notice) -> &'static str {
    match (notice.kind, notice.severity) {
        (Kind::Cleared, _) => "Good",
        (_, Severity::Critical) => "Attention",
        (_, Severity::Warning) => "Warning",
        (_, Severity::Info) => "Default",
    }
}

/// Text in which nothing is taken for a link or for emphasis.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '*' | '_' | '\\' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
