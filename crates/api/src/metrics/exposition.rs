//! The text format that Prometheus reads, version 0.0.4: families with their help and type, then samples.

use std::fmt::{Display, Write};

/// How `Content-Type` names the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a family's samples mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// It only grows, and begins anew with the process.
    Counter,
    /// It is what it is.
    Gauge,
    /// Counts up to bounds.
    Histogram,
}

impl Kind {
    const fn key(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Labels of a sample, by name.
pub(super) type Labels<'a> = &'a [(&'static str, &'a str)];

/// Families that have been written so far.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

impl Exposition {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Begins a family; its samples follow, none of another between them. It is there without any, too.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {}", kind.key()));
        Family { text: self, name }
    }

    /// A family of one sample without labels.
    pub(super) fn one(&mut self, name: &'static str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help).sample(&[], value);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A text that grows never fails.
        let _ = writeln!(self.0, "{line}");
    }
}

/// A family that is being written.
pub(super) struct Family<'a> {
    text: &'a mut Exposition,
    name: &'static str,
}

impl Family<'_> {
    pub(super) fn sample(&mut self, labels: Labels<'_>, value: impl Display) {
        self.suffixed("", labels, value);
    }

    /// A sample of a histogram: `_bucket`, `_sum` or `_count`.
    pub(super) fn suffixed(&mut self, suffix: &str, labels: Labels<'_>, value: impl Display) {
        let (name, labels) = (self.name, written(labels));
        self.text.line(format_args!("{name}{suffix}{labels} {value}"));
    }
}

/// Labels in braces; a backslash, a quote or a line's end within a value is written out.
fn written(labels: Labels<'_>) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let one = |(name, value): &(&str, &str)| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{name}=\"{value}\"")
    };
    format!("{{{}}}", labels.iter().map(one).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_as_prometheus_reads_them() {
        let mut text = Exposition::default();
        text.one("a_total", Kind::Counter, "How many.", 3);
        let mut family = text.family("b", Kind::Gauge, "What is.");
        family.sample(&[("name", "a \"b\"\\\nc"), ("of", "ä")], 0.5);
        text.family("c", Kind::Histogram, "None yet.").suffixed("_count", &[], 1);
        let expected = "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\n\
            # HELP b What is.\n# TYPE b gauge\nb{name=\"a \\\"b\\\"\\\\\\nc\",of=\"ä\"} 0.5\n\
            # HELP c None yet.\n# TYPE c histogram\nc_count 1\n";
        assert_eq!(text.into_text(), expected);
    }
}
