use super::*;
use crate::options::effective::{Asker, Why, effective, effective_borrow};

/// `yes|no why lines` of who asks for F, as `user@host`.
fn check(text: &str, who: &str, expected: &str) {
    let (user, host) = who.split_once('@').unwrap();
    let (host, address) = host.split_once('/').map_or((host, None), |(h, a)| (h, a.parse().ok()));
    let asker = Asker { user, host, address, ..Asker::default() };
    let verdict = effective(&OptionsFile::parse(text), "F", &asker);
    let yes = if verdict.allowed { "yes" } else { "no" };
    let lines: Vec<String> = verdict.lines.iter().map(ToString::to_string).collect();
    assert_eq!(
        format!("{yes} {:?} {}", verdict.why, lines.join(",")),
        expected,
        "{who} in\n{text}"
    );
}

#[test]
fn exclude_beats_include_and_one_include_shuts_out_everybody_else() {
    check("", "jo@ws", "yes Unrestricted ");
    check("INCLUDE G USER ann\n", "jo@ws", "yes Unrestricted ");
    check("INCLUDE F USER ann\n", "jo@ws", "no NotIncluded 1");
    check("INCLUDE F USER ann\nINCLUDE F USER jo\n", "jo@ws", "yes Included 2");
    check("INCLUDE F USER jo\nEXCLUDE F HOST ws\n", "jo@ws", "no Excluded 2");
    check("EXCLUDE F USER jo\n", "ann@ws", "yes Unrestricted ");
    check("EXCLUDE F USER jo\n", "Jo@ws", "yes Unrestricted ");
    check("EXCLUDEALL USER jo\nINCLUDE F USER jo\n", "jo@ws", "no Excluded 1");
    check("INCLUDEALL USER ann\n", "jo@ws", "no NotIncluded 1");
    check("INCLUDEALL USER ann\nINCLUDE F USER jo\n", "jo@ws", "yes Included 2");
    check("MAX 0 F USER jo\n", "jo@ws", "no MaxOfNone 1");
    check("MAX 1 F USER jo\n", "jo@ws", "yes Unrestricted ");
    check("EXCLUDE f USER jo\n", "jo@ws", "yes Unrestricted ");
    check("EXCLUDE F:VERSION=2.0 USER jo\n", "jo@ws", "yes Unrestricted ");
}

#[test]
fn groups_addresses_and_case() {
    check("GROUP G ann\nGROUP G jo\nINCLUDE F GROUP G\n", "jo@ws", "yes Included 3");
    check("GROUP G Jo\nINCLUDE F GROUP G\n", "jo@ws", "no NotIncluded 2");
    check(
        "GROUPCASEINSENSITIVE ON\nGROUP G NÚRIA\nINCLUDE F GROUP G\n",
        "núria@ws",
        "yes Included 3",
    );
    check("GROUPCASEINSENSITIVE ON\nINCLUDE F USER Jo\n", "jo@ws", "no NotIncluded 2");
    check("GROUP G jo\nINCLUDE F GROUP g\n", "jo@ws", "no NotIncluded 2");
    check("HOST_GROUP H ws 10.1.*.*\nEXCLUDE F HOST_GROUP H\n", "jo@x/10.1.2.3", "no Excluded 2");
    check("EXCLUDE F HOST 10.1.2.*\n", "jo@x/10.1.2.3", "no Excluded 1");
    check("INCLUDE F INTERNET 192.168.0.*\n", "jo@x/192.168.0.7", "yes Included 1");
    check("INCLUDE F INTERNET 192.168.0.*\n", "jo@x/::ffff:192.168.0.7", "yes Included 1");
    check("INCLUDE F INTERNET 192.168.0.*\n", "jo@x/192.168.1.7", "no NotIncluded 1");
    check("INCLUDE F INTERNET 192.168.0.*\n", "jo@x", "no NotIncluded 1");
    check("EXCLUDE F INTERNET 2001:db8:*:*:*:*:*:*\n", "jo@x/2001:db8::1", "no Excluded 1");
}

#[test]
fn numbers_and_pools_are_named_beside_the_answer() {
    let text = "GROUP G jo\nMAX 3 F GROUP G\nRESERVE 2 F GROUP G\nRESERVE 5 F USER ann\nINCLUDE F:VERSION=1 USER x\n";
    let asker = Asker { user: "jo", host: "ws", ..Asker::default() };
    let verdict = effective(&OptionsFile::parse(text), "F", &asker);
    assert_eq!((verdict.why, verdict.limits), (Why::Unrestricted, vec![(2, 3)]));
    assert_eq!((verdict.reserved, verdict.held_back), (vec![(3, 2)], vec![(4, 5)]));
    assert_eq!(verdict.pools, [5]);
}

#[test]
fn who_may_not_open_may_not_borrow() {
    let file = OptionsFile::parse("EXCLUDE F USER ann\nINCLUDE_BORROW F USER jo\n");
    let borrow = |user| {
        let asker = Asker { user, host: "ws", ..Asker::default() };
        let verdict = effective_borrow(&file, "F", &asker);
        (verdict.allowed, verdict.why, verdict.lines)
    };
    assert_eq!(borrow("jo"), (true, Why::Included, vec![2]));
    assert_eq!(borrow("bo"), (false, Why::NotIncluded, vec![2]));
    assert_eq!(borrow("ann"), (false, Why::Excluded, vec![1]));
}
