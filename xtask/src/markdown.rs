//! As much of Markdown as the rules need: fenced blocks, code spans, links, headings.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Fence<'a> {
    /// What follows the opening backticks, for example `sh test`.
    pub info: &'a str,
    /// The lines inside, each with its number in the file, counted from 1.
    pub lines: Vec<(usize, &'a str)>,
}

/// The fenced blocks of a document, in order.
#[must_use]
pub fn fences(text: &str) -> Vec<Fence<'_>> {
    split(text).1
}

/// The lines outside fenced blocks, with their numbers.
#[must_use]
pub fn prose(text: &str) -> Vec<(usize, &str)> {
    split(text).0
}

fn split(text: &str) -> (Vec<(usize, &str)>, Vec<Fence<'_>>) {
    let (mut prose, mut fences, mut open) = (Vec::new(), Vec::new(), None::<Fence<'_>>);
    for (index, line) in text.lines().enumerate() {
        match (open.take(), line.trim_start().strip_prefix("```")) {
            (None, None) => prose.push((index + 1, line)),
            (None, Some(info)) => open = Some(Fence { info: info.trim(), lines: Vec::new() }),
            (Some(fence), Some(_)) => fences.push(fence),
            (Some(mut fence), None) => {
                fence.lines.push((index + 1, line));
                open = Some(fence);
            }
        }
    }
    (prose, fences)
}

/// What stands between backticks in a line.
#[must_use]
pub fn code_spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).filter(|span| !span.is_empty()).collect()
}

/// The targets of the links and pictures in a line, those in code spans aside.
#[must_use]
pub fn links(line: &str) -> Vec<&str> {
    let reference = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let spans = code_spans(line);
    inline
        .chain(reference.map(|(_, target)| target.trim()))
        .filter(|target| !spans.iter().any(|span| span.contains(&format!("]({target})"))))
        .collect()
}

/// The anchors that a document's headings make, as code hosts make them.
#[must_use]
pub fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).into_iter().filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.trim())
    });
    headings.map(slug).collect()
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_keep_line_numbers() {
        let found = fences("one\n```sh test\ntwo\n```\nthree\n");
        assert_eq!(found, [Fence { info: "sh test", lines: vec![(3, "two")] }]);
        assert_eq!(prose("one\n```\ntwo\n```\nthree\n"), [(1, "one"), (5, "three")]);
    }

    #[test]
    fn spans_and_links() {
        assert_eq!(code_spans("a `b` and `c d`"), ["b", "c d"]);
        assert_eq!(links("see [a](b.md#c) and ![d](e.png)"), ["b.md#c", "e.png"]);
        assert_eq!(links("[a]: b.md"), ["b.md"]);
        assert_eq!(links("write `[a](b)`"), Vec::<&str>::new());
    }

    #[test]
    fn anchors_are_slugs() {
        assert_eq!(anchors("# Why, and how?\n## `two`-part\n"), ["why-and-how", "two-part"]);
    }
}
