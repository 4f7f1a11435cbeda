//! Where things stand in a text of policies.

use core::ops::Range;

/// The policies of a text: each from its first character to its semicolon. What follows the last semicolon is
/// one more, unless it is blank or comment. Comments before a policy are not part of it.
pub(crate) fn statements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        match character {
            '/' if rest.peek().is_some_and(|next| next.1 == '/') => {
                while rest.next_if(|next| next.1 != '\n').is_some() {}
            }
            '"' => {
                start = start.or(Some(at));
                while let Some((_, inside)) = rest.next() {
                    match inside {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ';' => found.push(start.take().unwrap_or(at)..at.saturating_add(1)),
            _ if character.is_whitespace() => {}
            _ => start = start.or(Some(at)),
        }
    }
    found.extend(start.map(|start| start..text.len()));
    found
}

/// Brackets in brackets, in a policy that Cedar is handed.
const NESTED_MAX: usize = 24;
/// Operators in one policy; `&&` and `||` count twice.
const OPERATORS_MAX: usize = 1_000;

/// Whether a policy is so deep, or so long a chain, that reading it could use up the stack: Cedar's parser does
/// not watch it everywhere.
pub(crate) fn is_too_deep(policy: &str) -> bool {
    let (mut nested, mut operators, mut quoted, mut escaped) = (0_usize, 0_usize, false, false);
    let (mut before, mut comment) = (' ', false);
    for letter in policy.chars() {
        match letter {
            _ if comment => comment = letter != '\n',
            '/' if before == '/' && !quoted => comment = true,
            '\\' if quoted && !escaped => {
                escaped = true;
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => nested = nested.saturating_add(1),
            ')' | ']' | '}' => nested = nested.saturating_sub(1),
            '|' | '&' | '+' | '-' | '*' => operators = operators.saturating_add(1),
            // `if`, and methods of what a method returned.
            'f' if before == 'i' => operators = operators.saturating_add(1),
            '.' if before == ')' => operators = operators.saturating_add(1),
            _ => {}
        }
        (before, escaped) = (letter, false);
        if nested > NESTED_MAX || operators > OPERATORS_MAX {
            return true;
        }
    }
    false
}

/// Line and column, counted from 1, of a place in a text.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let last = before.rsplit('\n').next().unwrap_or(before);
    (line, last.chars().count().saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = statements(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn policies_end_with_a_semicolon_that_is_neither_quoted_nor_commented() {
        check("", &[]);
        check(" // nothing;\n", &[]);
        check("a; b;", &["a;", "b;"]);
        check("// x;\n@id(\"a;\\\"b\") c; // d;", &["@id(\"a;\\\"b\") c;"]);
        check("a // b;\n ;c", &["a // b;\n ;", "c"]);
        check("a \"open", &["a \"open"]);
    }

    #[test]
    fn what_could_use_up_the_stack_is_refused() {
        assert!(!is_too_deep(&"(".repeat(24)));
        assert!(is_too_deep(&"(".repeat(25)));
        assert!(!is_too_deep(&"[a] ".repeat(3_000)));
        assert!(!is_too_deep(&"\"(((\\\"||\" ".repeat(3_000)));
        assert!(is_too_deep(&format!("a // it's \"\n{}", "(".repeat(25))));
        assert!(!is_too_deep(&"// ((( ||\n".repeat(3_000)));
        assert!(is_too_deep(&"a || ".repeat(501)));
        assert!(is_too_deep(&"if a then b else ".repeat(1_001)));
    }

    #[test]
    fn places_are_counted_in_characters() {
        assert_eq!(line_and_column("ab\nñc", 0), (1, 1));
        assert_eq!(line_and_column("ab\nñc", 5), (2, 2));
    }
}
