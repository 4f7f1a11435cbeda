//! `faregate options apply`, whatever the daemon does.

use crate::fake::*;
use crate::process::Place;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

fn planned(place: &Place) -> String {
    let plan = [
        "options",
        "plan",
        "adskflex.opt",
        "--settings",
        "settings.toml",
        "--log",
        "debug.log",
        "--json",
    ];
    let told: serde_json::Value = serde_json::from_str(&place.run(&plan, 0).stdout).unwrap();
    told["plan"].as_str().unwrap().to_owned()
}

#[test]
fn what_the_daemon_takes_stays_and_what_was_there_is_kept() {
    let place = office();
    let file = place.path("adskflex.opt");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::hard_link(&file, place.path("old")).unwrap();
    let before = std::fs::metadata(&file).unwrap();
    let plan = planned(&place);
    let ran = apply(&place, "works", &["--plan", &plan], 0);
    assert!(
        ran.stdout.ends_with("verified: the daemon repeats what the file says\n"),
        "{}",
        ran.stdout
    );
    let text = read(&place, "adskflex.opt");
    assert!(text.starts_with(OWN) && text.ends_with("# faregate end\r\n"), "{text}");
    assert!(
        text.contains("GROUP faregate-all ALOPEZ ana\r\nGROUP faregate_autocad ben\r\n"),
        "{text}"
    );
    // Another file took its place, and the old one was never written to.
    let after = std::fs::metadata(&file).unwrap();
    assert_ne!(after.ino(), before.ino());
    assert_eq!(
        (after.mode(), after.uid(), after.gid()),
        (before.mode(), before.uid(), before.gid())
    );
    assert_eq!(read(&place, "old"), OWN);
    let [copy] = beside(&place).try_into().unwrap();
    assert_eq!(read(&place, &copy), OWN);
    // Both ends of it are on record.
    let record = record(&place);
    assert_eq!(record.len(), 2);
    assert_eq!((&record[0]["step"], &record[1]["step"]), (&"begins".into(), &"ended".into()));
    assert_eq!(record[1]["result"]["outcome"], "verified");
    assert_eq!(record[0]["plan"], plan.as_str());
    // A second time nothing is written, and it is verified once more.
    let ran = apply(&place, "works", &[], 0);
    assert!(ran.stdout.starts_with("the file says it already"), "{}", ran.stdout);
    assert_eq!(std::fs::metadata(&file).unwrap().ino(), after.ino());
}

#[test]
fn what_the_daemon_does_not_take_is_taken_back() {
    for fault in ["drops", "complains"] {
        let place = office();
        let ran = apply(&place, fault, &[], 18);
        assert!(ran.stderr.contains("the old one is in place again and re-read"), "{}", ran.stderr);
        assert_eq!(read(&place, "adskflex.opt"), OWN, "{fault}");
        let rereads = read(&place, "debug.log").matches("Rereading").count();
        assert_eq!(rereads, 2, "{fault}");
        assert_eq!(record(&place)[1]["result"]["outcome"], "rolled-back");
    }
}

#[test]
fn without_an_answer_nothing_is_taken_back() {
    for (fault, why) in [
        ("silent", "the daemon said nothing of its options"),
        ("mute", "the daemon repeats none of these options"),
        ("fails", "`sh` ended with exit status: 9: lmutil: cannot connect"),
        ("hangs", "`sh` did not end within 1 seconds"),
    ] {
        let place = office();
        let ran = apply(&place, fault, &["--limit", "1"], 17);
        assert!(ran.stderr.contains(why), "{fault}: {}", ran.stderr);
        assert!(ran.stderr.contains("not verified"), "{fault}: {}", ran.stderr);
        assert!(read(&place, "adskflex.opt").contains("# faregate begin"), "{fault}");
        assert_eq!(record(&place)[1]["result"]["outcome"], "not-verified");
    }
    let place = office();
    let untold = ["options", "apply", "adskflex.opt", "--settings", "settings.toml"];
    let ran = place.run(&untold, 17);
    assert!(
        ran.stderr.contains("no debug log was named") || ran.stderr.contains("nobody told"),
        "{}",
        ran.stderr
    );
}

#[test]
fn whoever_is_killed_between_write_and_answer_leaves_a_whole_file_and_can_go_on() {
    let place = office();
    let status = place.command(&applying("kills", &[])).output().unwrap().status;
    assert_eq!(status.code(), None, "it was killed");
    let text = read(&place, "adskflex.opt");
    assert!(text.starts_with(OWN) && text.ends_with("# faregate end\r\n"), "{text}");
    // On record that it began, and not how it ended.
    assert_eq!(record(&place).len(), 1);
    let ran = apply(&place, "works", &[], 0);
    assert!(ran.stdout.contains("nothing was written"), "{}", ran.stdout);
    assert_eq!(record(&place)[2]["result"]["outcome"], "verified");
}

#[test]
fn what_a_killed_apply_left_is_no_hindrance_and_no_trap() {
    let place = office();
    place.write("victim", "theirs");
    std::os::unix::fs::symlink(place.path("victim"), place.path("adskflex.opt.faregate-new"))
        .unwrap();
    apply(&place, "works", &[], 0);
    assert_eq!(read(&place, "victim"), "theirs");
    assert_eq!(beside(&place).len(), 1);
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let place = office();
    std::fs::create_dir(place.path("real")).unwrap();
    std::fs::rename(place.path("adskflex.opt"), place.path("real/adskflex.opt")).unwrap();
    std::os::unix::fs::symlink("real/adskflex.opt", place.path("adskflex.opt")).unwrap();
    apply(&place, "works", &[], 0);
    assert!(std::fs::symlink_metadata(place.path("adskflex.opt")).unwrap().is_symlink());
    assert!(read(&place, "real/adskflex.opt").contains("# faregate begin"));
}

#[test]
fn a_file_that_somebody_else_changes_is_left_to_them() {
    let place = office();
    let plan = planned(&place);
    place.write("adskflex.opt", "# theirs\n");
    let ran = apply(&place, "works", &["--plan", &plan], 16);
    assert!(ran.stderr.contains("is of another file, or of other policies"), "{}", ran.stderr);
    assert_eq!(read(&place, "adskflex.opt"), "# theirs\n");
    assert!(beside(&place).is_empty());
    // While the daemon re-reads: what they wrote is not taken back.
    let place = office();
    let ran = apply(&place, "meddles", &[], 18);
    assert!(ran.stderr.contains("was not taken back"), "{}", ran.stderr);
    assert_eq!(read(&place, "adskflex.opt"), "# theirs\n");
}

#[test]
fn two_applies_do_not_take_turns() {
    let place = office();
    let held = std::fs::File::open(place.path(".")).unwrap();
    held.lock().unwrap();
    let ran = apply(&place, "works", &[], 16);
    assert!(ran.stderr.contains("another apply is at work"), "{}", ran.stderr);
    assert_eq!(read(&place, "adskflex.opt"), OWN);
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let latin: &[u8] = b"# caf\xe9\n";
    for (file, settings, why) in [
        ("# faregate begin\n".as_bytes(), "", "`# faregate begin` without `# faregate end`"),
        ("# a\\\n".as_bytes(), "", "would swallow the line after it"),
        (latin, "[[host_group]]\nname = \"h\"\nhosts = [\"\u{65e5}\u{672c}\"]", "it is not UTF-8"),
        (b"[[person]]\nkey = 1\n", "", "it is no options file"),
        (b"", "[[product]]\nkey = \"x\"", "settings.toml: line 2: no product is called `x`"),
        (b"", "strangers = 1", "settings.toml: line 1: `strangers` is no text"),
    ] {
        let place = office();
        std::fs::write(place.path("adskflex.opt"), file).unwrap();
        place.write("settings.toml", settings);
        let ran = apply(&place, "works", &[], 16);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert_eq!(std::fs::read(place.path("adskflex.opt")).unwrap(), file);
        assert!(
            beside(&place).is_empty()
                && !place.path("faregate-data/options-applied.jsonl").exists()
        );
    }
    office().run(&["options", "apply", "nosuch.opt"], 3);
}
