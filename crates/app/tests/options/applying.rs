//! An apply, whatever goes wrong when.

use crate::estate::*;
use faregate_app::options::{
    Applied, Outcome, Plan, Prepared, Refusal, Server, apply, plan, prepare,
};
use faregate_app::rules::Rules;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::options::echo::{Echo, Reader};
use faregate_ingest::options::settings::Settings;
use std::collections::BTreeSet;

const OWN: &str = "# ours\nTIMEOUTALL 900\n";
const START: &str = "1:00:00 (adskflex) Rereading options file\n";

fn planned() -> Plan {
    let state = state(vec![products(&["autocad"]), people(&[("ana", &[])]), policies(BASE)]);
    let settings =
        Settings::parse("[[product]]\nkey = \"autocad\"\nfeatures = [\"64300ACD_F\"]\n").unwrap();
    plan(&state, &Rules::of(&state), &settings, (&BTreeSet::new(), &FeatureTable::shipped()), T0)
        .unwrap()
}

fn prepared() -> Prepared {
    prepare(OWN.as_bytes().to_vec(), &planned()).unwrap()
}

/// A server of which each answer is set.
struct Fake {
    file: Vec<u8>,
    /// What the log says after each re-read.
    says: Vec<String>,
    served: Option<String>,
    told: Option<Result<(), String>>,
    waits: usize,
    fails: &'static str,
    /// What somebody else makes of the file once the copy was kept, or once it was re-read.
    meddles: Option<(&'static str, Vec<u8>)>,
    deeds: Vec<String>,
}

impl Fake {
    fn new(says: &[&str]) -> Self {
        let says = says.iter().map(|line| format!("1:00:00 (adskflex) {line}\n"));
        Self {
            file: OWN.as_bytes().to_vec(),
            says: vec![format!("{START}{}", says.collect::<String>())],
            served: Some(
                "1:00:00 (adskflex) Server started on srv for:\n1:00:00 (adskflex) 64300ACD_F\n"
                    .to_owned(),
            ),
            told: Some(Ok(())),
            waits: 2,
            fails: "",
            meddles: None,
            deeds: Vec::new(),
        }
    }

    fn does(&mut self, deed: &str) -> Result<(), String> {
        self.deeds.push(deed.to_owned());
        if let Some((_, bytes)) = self.meddles.take_if(|(when, _)| *when == deed) {
            self.file = bytes;
        }
        if self.fails == deed { Err(format!("{deed} failed")) } else { Ok(()) }
    }
}

impl Server for Fake {
    fn read(&mut self) -> Result<Vec<u8>, String> {
        Ok(self.file.clone())
    }
    fn keep(&mut self, bytes: &[u8]) -> Result<String, String> {
        self.does("keep")?;
        assert_eq!(bytes, self.file);
        Ok("copy".to_owned())
    }
    fn replace(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.does("replace")?;
        self.file = bytes.to_vec();
        Ok(())
    }
    fn reread(&mut self) -> Option<Result<(), String>> {
        let _ = self.does("reread");
        self.told.clone()
    }
    fn heard(&mut self) -> Result<Option<Echo>, String> {
        self.does("heard")?;
        let mut reader = Reader::new("adskflex");
        reader.feed(self.served.clone().unwrap_or_default().as_bytes());
        let before = reader.lines();
        reader.feed(self.says.first().cloned().unwrap_or_default().as_bytes());
        Ok(reader.finish().pop().and_then(|echo| echo.after(before)))
    }
    fn wait(&mut self) -> bool {
        self.deeds.push("wait".to_owned());
        self.waits = self.waits.saturating_sub(1);
        self.waits > 0
    }
    fn note(&mut self, ended: Option<&Result<Applied, Refusal>>) -> Result<(), String> {
        self.does(if ended.is_some() { "ended" } else { "begins" })
    }
}

const UNDERSTOOD: [&str; 2] = [
    "INCLUDE USER_GROUP faregate-all in 64300ACD_F",
    "ALL FEATURES: INACTIVITY TIMEOUT set to 900 seconds",
];

fn applied(fake: &mut Fake) -> Applied {
    apply(fake, &prepared()).unwrap()
}

#[test]
fn what_the_daemon_repeats_is_verified() {
    let mut fake = Fake::new(&UNDERSTOOD);
    let done = applied(&mut fake);
    assert_eq!((done.outcome, done.written), (Outcome::Verified, true));
    assert_eq!((done.copy.as_deref(), done.warnings.len()), (Some("copy"), 0));
    assert_eq!(fake.file, prepared().after);
    // On record before anything is written; a copy before the file is; no waiting for what was said already.
    assert_eq!(fake.deeds, ["begins", "keep", "replace", "reread", "heard", "ended"]);
}

#[test]
fn a_second_time_nothing_is_written_and_it_is_verified_all_the_same() {
    let mut fake = Fake::new(&UNDERSTOOD);
    applied(&mut fake);
    let again = prepare(fake.file.clone(), &planned()).unwrap();
    fake.deeds.clear();
    let done = apply(&mut fake, &again).unwrap();
    assert_eq!((done.outcome, done.written, done.copy), (Outcome::Verified, false, None));
    assert!(!fake.deeds.contains(&"replace".to_owned()));
    // And where the daemon does not agree, there is nothing to go back to.
    let mut fake = Fake::new(&["ALL FEATURES: INACTIVITY TIMEOUT set to 900 seconds"]);
    fake.file.clone_from(&again.before);
    let done = apply(&mut fake, &again).unwrap();
    assert!(matches!(done.outcome, Outcome::Disagrees(..)), "{done:?}");
    assert_eq!(fake.file, again.before);
}

#[test]
fn a_line_that_is_missing_takes_it_back() {
    let mut fake = Fake::new(&["ALL FEATURES: INACTIVITY TIMEOUT set to 900 seconds"]);
    let Outcome::RolledBack(found, reread) = applied(&mut fake).outcome else { panic!() };
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(reread, Some(Ok(())));
    assert_eq!(fake.file, OWN.as_bytes());
    // Heard to the end of the wait first: it could still have been said.
    assert_eq!(
        fake.deeds,
        [
            "begins", "keep", "replace", "reread", "heard", "wait", "heard", "wait", "replace",
            "reread", "ended"
        ]
    );
}

#[test]
fn an_error_about_our_lines_takes_it_back_and_one_about_others_does_not() {
    let mut complaint =
        Fake::new(&[UNDERSTOOD[0], UNDERSTOOD[1], "Unknown option group faregate-all"]);
    assert!(matches!(applied(&mut complaint).outcome, Outcome::RolledBack(..)));
    // The form that the server has not is written all the same, and may be complained of.
    let mut twin =
        Fake::new(&[UNDERSTOOD[0], UNDERSTOOD[1], "Unknown feature 64300ACD_T_F in options file"]);
    let done = applied(&mut twin);
    assert_eq!((done.outcome, done.warnings.len()), (Outcome::Verified, 1));
    // Lines of the operator, and what comes from another file, are said.
    let mut others = Fake::new(&[UNDERSTOOD[0], "MAX 3 USER eve for 64300ACD_F"]);
    let done = applied(&mut others);
    assert_eq!((done.outcome, done.warnings.len()), (Outcome::Verified, 2));
}

#[test]
fn silence_takes_nothing_back() {
    let silent = || Fake { says: Vec::new(), ..Fake::new(&[]) };
    let mute = Fake::new(&[]);
    let unserved = Fake { served: None, ..Fake::new(&UNDERSTOOD[1..]) };
    let failed = Fake { told: Some(Err("exit code 1".to_owned())), ..silent() };
    let untold = Fake { told: None, ..silent() };
    let deaf = Fake { fails: "heard", ..Fake::new(&UNDERSTOOD) };
    for (mut fake, why) in [
        (silent(), "the daemon said nothing of its options"),
        (mute, "the daemon repeats none of these options"),
        (unserved, "the daemon repeats none of these options"),
        (failed, "the daemon said nothing of its options"),
        (untold, "nobody told the daemon to re-read"),
        (deaf, "heard failed"),
    ] {
        let done = applied(&mut fake);
        assert_eq!(done.outcome, Outcome::Unverified(why.to_owned()));
        assert_eq!(fake.file, prepared().after);
    }
}

#[test]
fn where_it_is_not_known_what_is_served_the_other_form_may_be_silent() {
    let mut one = Fake { served: None, ..Fake::new(&UNDERSTOOD) };
    let done = applied(&mut one);
    assert_eq!((done.outcome, done.warnings.len()), (Outcome::Verified, 1));
}

#[test]
fn a_file_that_was_changed_is_left_alone() {
    let theirs = b"# theirs\n".to_vec();
    let mut early = Fake { file: theirs.clone(), ..Fake::new(&UNDERSTOOD) };
    assert_eq!(apply(&mut early, &prepared()), Err(Refusal::Changed));
    assert_eq!(early.deeds, Vec::<String>::new());
    // Between the copy and the write.
    let late = Fake::new(&UNDERSTOOD);
    let mut late = Meddled(late, theirs.clone());
    assert_eq!(apply(&mut late, &prepared()), Err(Refusal::Changed));
    assert_eq!(late.0.file, theirs);
    // And it is not taken back over what somebody else wrote meanwhile.
    let mut after = Fake::new(&UNDERSTOOD[1..]);
    after.meddles = Some(("reread", theirs.clone()));
    let done = applied(&mut after);
    let Outcome::Disagrees(_, why) = done.outcome else { panic!() };
    assert_eq!(why, "the file was changed since the plan was made for it");
    assert_eq!(after.file, theirs);
}

/// Somebody writes the file right after the copy was kept.
struct Meddled(Fake, Vec<u8>);

impl Server for Meddled {
    fn read(&mut self) -> Result<Vec<u8>, String> {
        self.0.read()
    }
    fn keep(&mut self, bytes: &[u8]) -> Result<String, String> {
        let kept = self.0.keep(bytes);
        self.0.file.clone_from(&self.1);
        kept
    }
    fn replace(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.0.replace(bytes)
    }
    fn reread(&mut self) -> Option<Result<(), String>> {
        self.0.reread()
    }
    fn heard(&mut self) -> Result<Option<Echo>, String> {
        self.0.heard()
    }
    fn wait(&mut self) -> bool {
        self.0.wait()
    }
    fn note(&mut self, ended: Option<&Result<Applied, Refusal>>) -> Result<(), String> {
        self.0.note(ended)
    }
}

#[test]
fn whatever_fails_before_the_write_leaves_the_file() {
    for fails in ["begins", "keep", "replace"] {
        let mut fake = Fake { fails, ..Fake::new(&UNDERSTOOD) };
        assert_eq!(apply(&mut fake, &prepared()), Err(Refusal::Failed(format!("{fails} failed"))));
        assert_eq!(fake.file, OWN.as_bytes());
        assert!(!fake.deeds.contains(&"reread".to_owned()));
    }
    let mut unrecorded = Fake { fails: "ended", ..Fake::new(&UNDERSTOOD) };
    let done = applied(&mut unrecorded);
    assert_eq!(done.warnings, ["how it ended is not on record: ended failed"]);
    assert_eq!(done.outcome, Outcome::Verified);
}
