use super::round_trip::hostile;
use super::*;
use crate::options::region::{BadRegion, clashes, merge, without};
use proptest::prelude::*;

fn generated(seconds: u32) -> OptionsFile {
    OptionsFile::of([
        Directive::Group { kind: GroupKind::Users, name: name("G"), members: vec![name("jo")] },
        Directive::TimeoutAll { seconds },
    ])
}

const BEGIN: &str = "# faregate begin: what stands up to the end mark is replaced, write your own lines outside of it";

#[test]
fn a_part_is_added_and_replaced() {
    let first = merge("NOLOG IN", &generated(900)).unwrap();
    assert_eq!(
        first.text,
        format!("NOLOG IN\n{BEGIN}\nGROUP G jo\nTIMEOUTALL 900\n# faregate end\n")
    );
    let own = first.text.replace("# faregate end\n", "# faregate end\nLINGER F 1");
    let second = merge(&own, &generated(1_800)).unwrap();
    assert_eq!(
        second.diff.to_string(),
        "@@ -1,6 +1,6 @@\n NOLOG IN\n # faregate begin: what stands up to the end mark is replaced, write your own lines outside of it\n GROUP G jo\n-TIMEOUTALL 900\n+TIMEOUTALL 1800\n # faregate end\n LINGER F 1\n\\ no end of line\n"
    );
    assert!(second.text.starts_with("NOLOG IN\n") && second.text.ends_with("LINGER F 1"));
    assert!(merge(&second.text, &generated(1_800)).unwrap().diff.is_empty());
    assert_eq!(without(&second.text).unwrap(), "NOLOG IN\nLINGER F 1");
}

#[test]
fn the_ends_of_lines_stay() {
    let merged = merge("\u{feff}NOLOG IN\r\n", &generated(900)).unwrap();
    assert!(merged.text.starts_with("\u{feff}NOLOG IN\r\n"));
    assert_eq!(merged.text.matches('\n').count(), merged.text.matches("\r\n").count());
    let half = merge("\r", &generated(900)).unwrap();
    assert!(half.text.starts_with("\r\n# faregate begin"));
    assert!(merge(&half.text, &generated(900)).unwrap().diff.is_empty());
    let alone = merge("", &generated(900)).unwrap();
    assert!(merge(&alone.text, &generated(900)).unwrap().diff.is_empty());
    let marked = merge("\u{feff}", &generated(900)).unwrap();
    assert!(merge(&marked.text, &generated(900)).unwrap().diff.is_empty());
}

#[test]
fn a_part_that_is_not_one_is_left_alone() {
    let check = |text: &str, bad| assert_eq!(merge(text, &generated(1)), Err(bad), "{text:?}");
    check("\n# faregate begin\n", BadRegion::Unended(2));
    check("# faregate begin\n# faregate begin\n# faregate end\n", BadRegion::Unended(1));
    check("# faregate end\n", BadRegion::Unbegun(1));
    check("# faregate begin\n# faregate end\n# faregate end\n", BadRegion::Unbegun(3));
    check("# faregate begin\n# faregate end\n# faregate begin\n", BadRegion::Second(3));
    check("GROUP G a \\\n# faregate begin\n# faregate end\n", BadRegion::Continued(1));
    check("GROUP G a \\", BadRegion::Continued(1));
}

#[test]
fn lines_of_the_operator_that_change_the_part_are_named() {
    let part =
        "# faregate begin\nGROUPCASEINSENSITIVE ON\nGROUP G a\nINCLUDE F GROUP G\n# faregate end\n";
    let own =
        "GROUP G b\nGROUP H c\nGROUPCASEINSENSITIVE OFF\nINCLUDE F USER x\nEXCLUDE F USER y\n";
    let found = clashes(&OptionsFile::parse(&format!("{part}{own}")));
    assert_eq!(
        found.iter().map(|one| one.lines.clone()).collect::<Vec<_>>(),
        [[6, 3], [8, 2], [9, 4]]
    );
    assert!(clashes(&OptionsFile::parse(own)).is_empty());
}

/// What `diff` makes of `old`: it must be the new text.
fn applied(diff: &Diff, old: &str, new: &str) -> bool {
    let added: usize = diff.added().map(str::len).sum();
    let removed: usize = diff.removed().map(str::len).sum();
    old.len() + added - removed == new.len() && diff.is_empty() == (old == new)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn merging_keeps_the_rest_and_is_done_once(text in hostile(), one in 0_u32..3, other in 0_u32..3) {
        let Ok(merged) = merge(&text, &generated(one)) else { return Ok(()) };
        prop_assert!(applied(&merged.diff, &text, &merged.text));
        let rest = without(&merged.text).unwrap();
        let kept = without(&text).unwrap();
        // A last line without an end gets one; nothing else of the rest changes.
        let ended = [format!("{}\n", &kept), format!("{}\r\n", &kept)].contains(&rest);
        prop_assert!(rest == kept || ended);
        prop_assert_eq!(&merge(&merged.text, &generated(one)).unwrap().text, &merged.text);
        // The road does not matter: by way of another part, the end is the same.
        let by_way = merge(&merge(&merged.text, &generated(other)).unwrap().text, &generated(one)).unwrap();
        prop_assert_eq!(by_way.text, merged.text.clone());
        // The part says in the file what it says alone.
        let numbers = crate::options::OptionsFile::parse(&merged.text);
        let tail: Vec<_> = numbers.directives().map(|(_, d)| d.clone()).collect();
        for (_, directive) in generated(one).directives() {
            prop_assert!(tail.contains(directive));
        }
    }

    #[test]
    fn a_diff_turns_the_old_into_the_new(old in "([ab]\n){0,12}[ab]?", new in "([ab]\n){0,12}[ab]?") {
        let diff = Diff::between(&old, &new);
        prop_assert!(applied(&diff, &old, &new));
        let _ = diff.to_string();
    }
}
