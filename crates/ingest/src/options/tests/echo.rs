use super::*;
use crate::options::echo::{Echo, Reader, Understood, agrees};

fn read(log: &str) -> Vec<Echo> {
    let mut reader = Reader::new("adskflex");
    log.as_bytes().chunks(7).for_each(|chunk| reader.feed(chunk));
    reader.finish()
}

const START: &str = " 1:56:05 (adskflex) FlexNet Licensing version v11.12.0.0 build 136775 x64_n6\r
 1:56:05 (adskflex) Using options file: \"C:\\L M\\adskflex.opt\"\r
 1:56:09 (adskflex) Server started on srv for:\t\r
 1:56:09 (adskflex) 64300ACD_F (consisting of:\t\t86295ACD_2015_0F \r
 1:56:09 (adskflex) 86063ACD_2014_0F) \r
 1:56:09 (adskflex) 86830RVT_2018_0F\r
 1:56:11 (adskflex) EXTERNAL FILTERS are OFF\r
 1:56:11 (adskflex) Max borrow interval for feature, 64300ACD_F, set to 240 hours\r
";

/// The differences between a file and what a daemon says of it after [`START`].
fn check(file: &str, said: &[&str], expected: &[&str]) {
    let said: String = said.iter().map(|line| format!(" 1:56:11 (adskflex) {line}\r\n")).collect();
    let echoes = read(&format!("{START}{said}"));
    let found = agrees(&OptionsFile::parse(file), echoes.last().unwrap());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{file}");
}

#[test]
fn a_start_is_read() {
    let echoes = read(START);
    let [echo] = echoes.as_slice() else { panic!("{echoes:?}") };
    assert_eq!((echo.line, echo.path.as_deref()), (1, Some("C:\\L M\\adskflex.opt")));
    assert_eq!(echo.packages["64300ACD_F"].len(), 2);
    assert_eq!(echo.served.len(), 4);
    assert_eq!(echo.said[0].what, Understood::BorrowHours("64300ACD_F".into(), 240));
}

#[test]
fn every_kind_of_line_is_read_and_compared() {
    let file = "INCLUDE 64300ACD_F GROUP G\nEXCLUDE 64300ACD_F USER \"Jo Ann\"\nINCLUDE_BORROW 64300ACD_F HOST_GROUP H\nEXCLUDEALL INTERNET 10.*.*.*\nRESERVE 10 64300ACD_F GROUP G\nMAX 3 64300ACD_F USER jo\nTIMEOUT 64300ACD_F 900\nTIMEOUTALL 3600\nMAX_BORROW_HOURS 64300ACD_F 240\nGROUP G jo\nLINGER 64300ACD_F 1\n";
    let said = [
        "INCLUDE USER_GROUP G in 64300ACD_F",
        "EXCLUDE USER Jo Ann in 64300ACD_F",
        "INCLUDE_BORROW HOST_GROUP H in 64300ACD_F",
        "EXCLUDEALL INTERNET 10.*.*.*",
        "RESERVING 10 64300ACD_F/145D 7797 905A 1252  licenses for USER_GROUP G",
        "MAX 3 USER jo for 64300ACD_F",
        "64300ACD_F: INACTIVITY TIMEOUT set to 900 seconds",
        "ALL FEATURES: INACTIVITY TIMEOUT set to 3600 seconds",
    ];
    check(file, &said, &[]);
    // Each line that is not said, or said otherwise, is a difference.
    for (number, line) in (1..).zip(&said) {
        let rest: Vec<&str> = said.iter().copied().filter(|one| one != line).collect();
        let echoes = read(
            &(START.to_owned()
                + &rest
                    .iter()
                    .map(|line| format!(" 1:56:11 (adskflex) {line}\n"))
                    .collect::<String>()),
        );
        let found = agrees(&OptionsFile::parse(file), &echoes[0]);
        assert_eq!(found.len(), 1, "{line}");
        assert_eq!(found[0].file_line, Some(number), "{line}");
    }
}

#[test]
fn differences_are_said() {
    check(
        "RESERVE 10 64300ACD_F GROUP G\n",
        &["RESERVING 9 64300ACD_F/K  licenses for USER_GROUP G"],
        &[
            "log line 9: the daemon says RESERVE 9 64300ACD_F GROUP G, which the file does not",
            "line 1: the daemon does not say RESERVE 10 64300ACD_F GROUP G",
        ],
    );
    check(
        "RESERVE 10 64300ACD_F GROUP G\n",
        &["RESERVATION of 64300ACD_F for USER_GROUP G exceeds license count - ignored."],
        &[
            "log line 9: the daemon ignores a RESERVE of `64300ACD_F` for GROUP G: more than there are licences",
            "line 1: the daemon does not say RESERVE 10 64300ACD_F GROUP G",
        ],
    );
    check(
        "",
        &["INCLUDE a thing"],
        &["log line 9: the daemon says `INCLUDE a thing`, which cannot be read"],
    );
    check(
        "",
        &["Unknown feature NOSUCH in options file", "Options file used: x", "error in a license"],
        &[
            "log line 9: the daemon says `Unknown feature NOSUCH in options file`, which cannot be read",
        ],
    );
    check(
        "",
        &["EXCLUDE USER x in 64300ACD_F", "IN: \"64300ACD_F\" a@b", "MAXIMUM is 3"],
        &["log line 9: the daemon says EXCLUDE 64300ACD_F USER x, which the file does not"],
    );
}

#[test]
fn a_package_may_be_echoed_by_its_components_and_what_is_not_served_not_at_all() {
    let file = "INCLUDE 64300ACD_F GROUP G\nINCLUDE 64300ACD_T_F GROUP G\n";
    let (one, other) =
        ("INCLUDE USER_GROUP G in 86295ACD_2015_0F", "INCLUDE USER_GROUP G in 86063ACD_2014_0F");
    check(file, &[one, other], &[]);
    check(
        file,
        &[one],
        &["line 1: the daemon took INCLUDE 64300ACD_F GROUP G for some components only"],
    );
    check(file, &[], &["line 1: the daemon does not say INCLUDE 64300ACD_F GROUP G"]);
}

#[test]
fn a_re_read_is_an_echo_of_its_own() {
    let log = format!(
        "{START} 1:56:11 (adskflex) MAX 1 USER jo for F\n 2:00:00 (adskflex_2) Rereading options file...\n 2:00:00 (other) MAX 2 USER jo for F\n 2:00:00 (adskflex) MAX 3 USER jo for F\n 2:00:01 (adskflex) Using options file: \"b.opt\""
    );
    let echoes = read(&log);
    assert_eq!(echoes.len(), 2);
    assert_eq!((echoes[1].said.len(), echoes[1].path.as_deref()), (1, Some("b.opt")));
    assert_eq!(echoes[1].said[0].what, Understood::Max(3, "F".into(), Who::User(name("jo"))));
    assert_eq!(echoes[1].served.len(), 4);
    assert!(read("").is_empty());
    // What is said after a line of the log: after the second echo's last line, nothing is.
    let after = |line| echoes[1].clone().after(line).map(|echo| echo.said.len());
    assert_eq!([after(9), after(10), after(13)], [Some(1), Some(1), None], "{:?}", echoes[1]);
}

#[test]
fn lines_are_counted_as_they_end() {
    let mut reader = Reader::new("adskflex");
    reader.feed(b"a\r\nb");
    assert_eq!(reader.lines(), 1);
    reader.feed(b"c\n");
    assert_eq!(reader.lines(), 2);
}
