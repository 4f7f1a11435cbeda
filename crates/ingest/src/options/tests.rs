use super::*;

mod conflicts;
mod echo;
mod effective;
mod explain;
mod hostile;
mod plan;
mod policies;
mod real;
mod region;
mod round_trip;
mod settings;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn feature(code: &str) -> Feature {
    Feature::new(name(code)).unwrap()
}

/// What the only line of a text is: its canonical spelling, or its fault and remedy.
fn check(text: &str, expected: &str) {
    let file = OptionsFile::parse(text);
    let found = match file.lines() {
        [line] => match line.content() {
            Content::Directive(directive) => render::line(directive).trim_end().to_owned(),
            Content::Bad(fault) => format!("{fault}; {}", fault.help()),
            other => format!("{other:?}"),
        },
        lines => format!("{} lines", lines.len()),
    };
    assert_eq!(found, expected, "{text:?}");
    assert_eq!(file.render(), text);
}

#[test]
fn every_directive_is_read_and_written() {
    check("INCLUDE 64300ACD_F USER jo", "INCLUDE 64300ACD_F USER jo");
    check("exclude F group G", "EXCLUDE F GROUP G");
    check("INCLUDE_BORROW F HOST_GROUP G\r\n", "INCLUDE_BORROW F HOST_GROUP G");
    check("  EXCLUDE_BORROW\tF  INTERNET 192.168.0.* ", "EXCLUDE_BORROW F INTERNET 192.168.0.*");
    check("INCLUDE F INTERNET 2001:db8:0:1:*:*:*:*", "INCLUDE F INTERNET 2001:db8:0:1:*:*:*:*");
    check("INCLUDE F PROJECT bridge", "INCLUDE F PROJECT bridge");
    check("INCLUDE F DISPLAY /dev/tty", "INCLUDE F DISPLAY /dev/tty");
    check("INCLUDE F HOST 10.0.0.*", "INCLUDE F HOST 10.0.0.*");
    check("INCLUDEALL USER \"Jo Ann\"", "INCLUDEALL USER \"Jo Ann\"");
    check("EXCLUDEALL USER núria", "EXCLUDEALL USER núria");
    check("RESERVE 3 F GROUP G", "RESERVE 3 F GROUP G");
    check("MAX 0 F USER DOMAIN\\jo", "MAX 0 F USER DOMAIN\\jo");
    check("TIMEOUT F 3600", "TIMEOUT F 3600");
    check("timeoutall 900", "TIMEOUTALL 900");
    check("LINGER F 60", "LINGER F 60");
    check("BORROW_LOWWATER F 2", "BORROW_LOWWATER F 2");
    check("MAX_BORROW_HOURS F 240", "MAX_BORROW_HOURS F 240");
    check("MAX_OVERDRAFT F 1", "MAX_OVERDRAFT F 1");
    check("GROUP G a \"b c\" \\\n d", "GROUP G a \"b c\" d");
    check("HOST_GROUP H ws1", "HOST_GROUP H ws1");
    check("GROUPCASEINSENSITIVE on", "GROUPCASEINSENSITIVE ON");
    check("REPORTLOG +\"C:\\a b\\r#1.log\"", "REPORTLOG +\"C:\\a b\\r#1.log\"");
    check("DEBUGLOG /var/log/d.log", "DEBUGLOG \"/var/log/d.log\"");
    check("nolog denied", "NOLOG DENIED");
    check("FQDN_MATCHING exact", "FQDN_MATCHING exact");
    check("MAX 1 f:version=2.0 USER jo", "MAX 1 f:VERSION=2.0 USER jo");
    check("MAX 1 \"f:x KEY=1 2 3\" USER jo", "MAX 1 \"f:x KEY=1 2 3\" USER jo");
    check("\u{feff}TIMEOUTALL 1", "TIMEOUTALL 1");
    check("# TIMEOUTALL 1", "Comment");
    check(" \t\r\n", "Blank");
}

#[test]
fn every_fault_has_its_reason_and_remedy() {
    let spelling = "correct its spelling, or begin the line with `#` to make it a comment";
    check("ALLOW F USER jo", &format!("unknown directive `ALLOW`; {spelling}"));
    check("INCLUDE F USER", "INCLUDE without a name; write a name");
    check("GROUP G", "GROUP without members; write members");
    check(
        "INCLUDE F USER Jo Ann",
        "`Ann` is one word too many for INCLUDE; take it out, or put quotes around a name that has blanks",
    );
    check("INCLUDE F USER \"jo", "a quotation without an end; write `\"` at both ends of a name");
    check(
        "INCLUDE F USER jo#boss",
        "`jo#boss` has `#`; give comments lines of their own, and take `#` out of names",
    );
    check(
        "INCLUDE F USER \" jo\"",
        "` jo` begins or ends with a blank; take the blanks off its ends",
    );
    check("INCLUDE F USER \"\"", "a name is empty; write a name");
    check("INCLUDE F USER j\u{a0}o", "`j\\u{a0}o` has `\\u{a0}`; take U+00A0 out of the name");
    check(
        "INCLUDE F USER j\u{202e}o",
        "`j\\u{202e}o` has `\\u{202e}`; take U+202E out of the name",
    );
    check("# fine\rTIMEOUTALL 1", "the control character U+000D; take it out");
    check("TIMEOUTALL -1", "`-1` for seconds; write a whole number from 0 to 4294967295");
    check("TIMEOUTALL +1", "`+1` for seconds; write a whole number from 0 to 4294967295");
    check(
        "RESERVE 4294967296 F USER a",
        "`4294967296` for licences; write a whole number from 0 to 4294967295",
    );
    check(
        "INCLUDE F TEAM jo",
        "unknown type `TEAM`; write USER, HOST, GROUP, HOST_GROUP, INTERNET, DISPLAY or PROJECT",
    );
    check(
        "INCLUDE F INTERNET 192.168.*",
        "`192.168.*` is no range of addresses; write an address whose parts may be `*`, such as 192.168.0.*",
    );
    let code = "write its code, as in 64300ACD_F, or one pool of it, as in 64300ACD_F:VERSION=1.0";
    check("MAX 1 f:COLOUR=red USER a", &format!("`f:COLOUR=red` is no feature; {code}"));
    check("MAX 1 \"f g\" USER a", &format!("`f g` is no feature; {code}"));
    check("GROUPCASEINSENSITIVE YES", "GROUPCASEINSENSITIVE `YES`; write ON or OFF");
    check(
        "TIMEOUTALL 1 \\",
        "the last line ends with `\\`; take the `\\` off, or write what follows",
    );
    let long = format!("GROUP G {}", "a ".repeat(2_000));
    check(
        &long,
        "4008 characters; write at most 4000; give a group several lines of the same name",
    );
    check(&format!("GROUP {} a", "n".repeat(257)), "a name of 257 bytes; write at most 256 bytes");
}

#[test]
fn lines_keep_their_numbers_and_spelling() {
    let text = "# top\r\n\r\nGROUP G a \\\r\n  b\r\nbogus\r\nTIMEOUTALL 900";
    let file = OptionsFile::parse(text);
    assert_eq!(file.render(), text);
    let numbers: Vec<usize> = file.lines().iter().map(Line::number).collect();
    assert_eq!(numbers, [1, 2, 3, 5, 6]);
    assert_eq!(
        file.bad_lines().iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "line 5: unknown directive `bogus`; correct its spelling, or begin the line with `#` to make it a comment"
        ]
    );
}

#[test]
fn a_comment_ends_with_its_line() {
    let file = OptionsFile::parse("# a \\\nTIMEOUTALL 900\n");
    assert_eq!(file.directives().count(), 1);
    let found: Vec<_> =
        super::conflicts::conflicts(&file, &crate::features::FeatureTable::shipped());
    assert_eq!(found[0].matter, super::conflicts::Matter::Comment);
}

#[test]
fn groups_of_one_name_are_one_and_their_names_have_a_case() {
    let file = OptionsFile::parse("GROUP G a\nGROUP g b\nGROUP G c\nHOST_GROUP G h\n");
    let groups = file.groups();
    let group = groups.get(GroupKind::Users, &name("G")).unwrap();
    assert_eq!(group.lines, [1, 3]);
    assert_eq!(group.members, [(name("a"), 1), (name("c"), 3)]);
    assert_eq!(groups.get(GroupKind::Users, &name("g")).unwrap().members.len(), 1);
    assert_eq!(groups.get(GroupKind::Hosts, &name("G")).unwrap().members.len(), 1);
}

#[test]
fn blocks_become_ranges() {
    let check = |block: &str, expected: &[&str]| {
        let ranges = Range::covering(&block.parse().unwrap()).unwrap();
        let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected, "{block}");
    };
    check("10.0.0.0/8", &["10.*.*.*"]);
    check("192.168.0.0/24", &["192.168.0.*"]);
    check("192.168.4.0/23", &["192.168.4.*", "192.168.5.*"]);
    check("10.0.0.254/31", &["10.0.0.254", "10.0.0.255"]);
    check("0.0.0.0/0", &["*.*.*.*"]);
    check("10.1.2.3/32", &["10.1.2.3"]);
    check("2001:db8::/32", &["2001:db8:*:*:*:*:*:*"]);
    assert!(Range::covering(&"2001::/17".parse().unwrap()).is_err());
    assert_eq!(Range::covering(&"128.0.0.0/1".parse().unwrap()).unwrap().len(), 128);
}

#[test]
fn bytes_come_back_as_they_were() {
    for bytes in
        [b"# caf\xe9\nTIMEOUTALL 1\n".as_slice(), "# café\n".as_bytes(), b"\xef\xbb\xbf# x"]
    {
        let (text, encoding) = encoding::decode(bytes);
        assert_eq!(encoding::encode(&OptionsFile::parse(&text).render(), encoding).unwrap(), bytes);
    }
    assert_eq!(encoding::encode("Ł", encoding::Encoding::Latin1), None);
}
