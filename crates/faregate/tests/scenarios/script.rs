//! Reading scenarios, and comparing what is printed with what is told.

/// One step of a scenario.
pub(crate) enum Step {
    /// Something for the reader.
    Note(String),
    /// A file to be written, and the lines that say so.
    File { name: String, bytes: Vec<u8>, told: String },
    /// An order to the stage.
    Stage(String),
    /// A command, and what it is told to print.
    Command { line: String, told: String },
}

/// Reads a scenario.
pub(crate) fn read(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("<<< ") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != ">>>").collect();
            steps.push(file(name, &body));
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step::Command { line: command.to_owned(), told: String::new() });
        } else if let Some(order) = line.strip_prefix("@ ") {
            steps.push(Step::Stage(order.to_owned()));
        } else if line.is_empty() || line.starts_with("# ") {
            steps.push(Step::Note(line.to_owned()));
        } else {
            match steps.last_mut() {
                Some(Step::Command { told, .. }) => *told += &format!("{line}\n"),
                _ => panic!("`{line}` belongs to no command"),
            }
        }
    }
    steps
}

fn file(name: &str, body: &[&str]) -> Step {
    let told = format!(
        "<<< {name}\n{}>>>\n",
        body.iter().map(|line| format!("{line}\n")).collect::<String>()
    );
    match name.strip_suffix(" hex") {
        Some(name) => Step::File { name: name.to_owned(), bytes: hex(&body.concat()), told },
        None => {
            let text: String = body.iter().map(|line| format!("{line}\n")).collect();
            Step::File { name: name.to_owned(), bytes: text.into_bytes(), told }
        }
    }
}

/// Bytes written as hexadecimal digits.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// Whether what was printed is what was told.
pub(crate) fn matches(told: &str, printed: &str) -> bool {
    let (told, printed): (Vec<&str>, Vec<&str>) =
        (told.lines().collect(), printed.lines().collect());
    lines_match(&told, &printed)
}

fn lines_match(told: &[&str], printed: &[&str]) -> bool {
    match told.split_first() {
        None => printed.is_empty(),
        Some((&"…", rest)) => {
            (0..=printed.len()).any(|skipped| lines_match(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others)),
    }
}

fn line_matches(told: &str, line: &str) -> bool {
    let Some((start, rest)) = told.split_once('…') else { return told == line };
    let Some(line) = line.strip_prefix(start) else { return false };
    line.char_indices()
        .map(|(at, _)| at)
        .chain([line.len()])
        .any(|at| line_matches(rest, &line[at..]))
}

#[test]
fn parts_and_lines_are_left_out() {
    let table = [
        ("a\n", "a\n", true),
        ("a\n", "b\n", false),
        ("a…c\n", "abbc\n", true),
        ("a…c\n", "ac\n", true),
        ("a…c…\n", "abcd\n", true),
        ("a…c\n", "abd\n", false),
        ("…\n", "", true),
        ("a\n…\nz\n", "a\nb\nc\nz\n", true),
        ("a\n…\nz\n", "a\nb\n", false),
        ("", "a\n", false),
    ];
    for (told, printed, expected) in table {
        assert_eq!(matches(told, printed), expected, "{told:?} {printed:?}");
    }
}
