//! A contract with an options file, and a licence server of which each fault can be planted.

use crate::process::{Place, Ran};
use serde_json::Value;

/// What the operator wrote.
pub(crate) const OWN: &str = "# ours\r\nTIMEOUTALL 900\r\n";

const ESTATE: &str = r#"
[[group]]
key = "drafters"
name = "Drafters"
[[person]]
key = "ana"
aliases = ["ALOPEZ", "ana@bridge.example"]
[[person]]
key = "ben"
groups = ["drafters"]
"#;

const POLICIES: &str = r#"@id("drafters-no-revit")
forbid (principal in Group::"drafters", action in Action::"open", resource == Product::"revit");
"#;

const SETTINGS: &str = r#"
[[product]]
key = "autocad"
features = ["64300ACD_F"]
[[product]]
key = "revit"
features = ["85950RVT_F"]
"#;

/// Starts the log: the daemon serves the perpetual forms only.
const LOG: &str = " 1:00:00 (adskflex) FlexNet Licensing version v11.18.0.0 build 1 x64_n6
 1:00:00 (adskflex) Using options file: \"adskflex.opt\"
 1:00:01 (adskflex) Server started on srv for:
 1:00:01 (adskflex) 64300ACD_F 85950RVT_F
 1:00:02 (adskflex) EXTERNAL FILTERS are OFF
";

/// Repeats an options file as the daemon does, but for the features that it does not serve; the second word is what
/// is wrong with it.
const LMUTIL: &str = r##"case "$1" in
silent) exit 0 ;;
fails) echo "lmutil: cannot connect" >&2; exit 9 ;;
hangs) exec tail -f /dev/null ;;
kills) kill -9 $PPID; exit 0 ;;
meddles) echo "# theirs" > adskflex.opt ;;
esac
echo " 2:00:00 (adskflex) Rereading options file" >> debug.log
[ "$1" = mute ] && exit 0
[ "$1" = complains ] && echo ' 2:00:00 (adskflex) Unknown group "faregate-all" in options file' >> debug.log
[ "$1" = meddles ] && echo " 2:00:00 (adskflex) ALL FEATURES: INACTIVITY TIMEOUT set to 900 seconds" >> debug.log
tr -d '\r' < adskflex.opt | while read -r verb feature kind name; do
  case "$verb $feature" in
  *"_T_F") continue ;;
  "TIMEOUTALL "*) echo " 2:00:00 (adskflex) ALL FEATURES: INACTIVITY TIMEOUT set to $feature seconds" ;;
  "INCLUDE "*)
    [ "$1 $name" = "drops faregate_autocad" ] && continue
    echo " 2:00:00 (adskflex) $verb USER_GROUP $name in $feature" ;;
  esac
done >> debug.log
exit 0
"##;

/// A contract, an options file, a debug log, a `lmutil`.
pub(crate) fn office() -> Place {
    let place = Place::new();
    place.write("adskflex.opt", OWN);
    place.write("debug.log", LOG);
    place.write("lmutil", LMUTIL);
    place.write("settings.toml", SETTINGS);
    place.write("estate.toml", ESTATE);
    place.write("own.cedar", POLICIES);
    place.run(&["init", "--tokens", "1000", "--from", "2026-01-01", "--until", "2099-12-31"], 0);
    place.run(&["estate", "apply", "estate.toml"], 0);
    place.run(&["policy", "adopt", "own.cedar", "--mode", "enforce"], 0);
    place
}

pub(crate) fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).unwrap()
}

/// Applies with this fault planted, waiting for nothing: the fake daemon has answered when its command ends.
pub(crate) fn apply(place: &Place, fault: &str, more: &[&str], code: i32) -> Ran {
    place.run(&applying(fault, more), code)
}

pub(crate) fn applying<'a>(fault: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let first = ["options", "apply", "adskflex.opt", "--settings", "settings.toml"];
    let last = ["--log", "debug.log", "--wait", "0", "--reread", "sh", "./lmutil", fault];
    [&first[..], more, &last[..]].concat()
}

/// The record of what was applied.
pub(crate) fn record(place: &Place) -> Vec<Value> {
    let text = read(place, "faregate-data/options-applied.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every file beside the options file that an apply could have left.
pub(crate) fn beside(place: &Place) -> Vec<String> {
    let files = std::fs::read_dir(place.path(".")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("adskflex.opt.")).collect();
    names.sort();
    names
}
