use super::*;

fn check(pattern: &str, text: &str, expected: bool) {
    let steps = pattern.chars().map(|step| if step == '*' { Glob::Any } else { Glob::One(step) });
    let steps: Vec<Glob> = steps.collect();
    assert_eq!(matches(&steps, text), expected, "`{pattern}` `{text}`");
}

#[test]
fn wildcards_take_as_much_as_it_needs() {
    check("", "", true);
    check("", "a", false);
    check("*", "", true);
    check("**", "añb", true);
    check("a*", "abc", true);
    check("*c", "abcc", true);
    check("*bc", "abcd", false);
    check("a*b*c", "a-b-b-c", true);
    check("a*b*c", "a-c-b", false);
    check("ñ*", "ñandú", true);
    check("abc", "ab", false);
    check("ab", "abc", false);
}
