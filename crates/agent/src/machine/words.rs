//! Sentences for people. Numbers come from the server; nothing is worked out here.

use faregate_protocol::wire::{Asked, Opened};

/// A number of tokens: no more digits than it has, and never more than three after the point.
pub(super) fn number(tokens: f64) -> String {
    let text = format!("{tokens:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `10 tokens`, `1 token`.
pub(crate) fn tokens(count: f64) -> String {
    let ending = if number(count) == "1" { "" } else { "s" };
    format!("{} token{ending}", number(count))
}

/// `Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left).`
pub(super) fn spend(name: &str, asked: &Asked) -> String {
    let money = asked.money.as_ref().map(|money| format!(" (about {money})")).unwrap_or_default();
    let bucket = asked.bucket.as_ref().map(|one| format!(" of {}", one.name)).unwrap_or_default();
    let left = asked.left.map(|left| format!(" ({} left)", number(left))).unwrap_or_default();
    format!("{name} will use {}{money}{bucket}{left}.", tokens(asked.tokens))
}

/// What somebody who was not asked should know.
pub(super) fn spent(name: &str, opened: &Opened) -> String {
    let bucket = opened.bucket.as_ref().map(|key| format!(" of {key}")).unwrap_or_default();
    format!("{name} uses {}{bucket}.", tokens(opened.tokens))
}

/// `Revit will use 10 more tokens in 15 minutes, if it is used then.`
pub(super) fn next_unit(name: &str, count: Option<f64>, seconds: i64) -> String {
    let count =
        count.map_or("more tokens".to_owned(), |count| format!("another {}", tokens(count)));
    format!("{name} will use {count} in {}, if it is used then.", span(seconds))
}

/// `15 minutes`, `2 hours`: rounded up, so that nobody is late.
pub(super) fn span(seconds: i64) -> String {
    let minutes = seconds.max(0).saturating_add(59) / 60;
    let (count, word) = if minutes < 120 { (minutes, "minute") } else { (minutes / 60, "hour") };
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A sentence begins with a capital and ends with a full stop, whoever wrote it.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use faregate_protocol::wire::Bucket;

    #[test]
    fn sentences() {
        let bucket = Bucket { key: "bw".to_owned(), name: "Bridge West".to_owned(), left: 412.0 };
        let mut asked = Asked { tokens: 10.0, ..Asked::default() };
        assert_eq!(spend("Revit", &asked), "Revit will use 10 tokens.");
        asked.money = Some("30.00 USD".to_owned());
        (asked.bucket, asked.left) = (Some(bucket), Some(412.0));
        let whole = "Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left).";
        assert_eq!(spend("Revit", &asked), whole);
        assert_eq!((tokens(1.0), tokens(0.25)), ("1 token".to_owned(), "0.25 tokens".to_owned()));
        assert_eq!(number(100.0), "100");
        assert_eq!(
            next_unit("Revit", Some(10.0), 841),
            "Revit will use another 10 tokens in 15 minutes, if it is used then."
        );
        assert_eq!((span(60), span(7_200)), ("1 minute".to_owned(), "2 hours".to_owned()));
        assert_eq!((sentence("no seat"), sentence("No!")), ("No seat.".into(), "No!".into()));
    }
}
