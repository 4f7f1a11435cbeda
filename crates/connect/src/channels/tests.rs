//! The file of channels: what it means, and what is said of what is wrong in it.

use super::*;

fn parsed(text: &str) -> Channels {
    Channels::parse(text, Path::new("etc")).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// One channel of each kind.
const ALL: &str = r#"
[channels.post]
kind = "mail"
host = "mail.acme.example"
user = "faregate"
password = "file:mail.secret"
from = "Faregate <faregate@acme.example>"
to = ["Ana <ana@acme.example>", "ops@acme.example"]
quiet = "19:00-07:00"
quiet_days = ["sat", "sun"]
allowed_networks = ["10.0.0.0/8"]
roots_file = "roots.pem"
[channels.program]
kind = "webhook"
url = "https://hooks.acme.example/faregate?team=a"
secret = "env:HOOK"
[channels.hidden]
kind = "webhook"
url = "env:HOOK_URL"
secret = "env:HOOK"
[channels.chat]
kind = "slack"
url = "file:slack.url"
[channels.room]
kind = "teams"
url = "env:TEAMS"
[channels.desk]
kind = "servicenow"
url = "https://acme.service-now.example"
user = "faregate"
password = "file:sn.secret"
into = "import:u_faregate"
[channels.tickets]
kind = "servicenow"
url = "https://acme.service-now.example"
token = "file:sn.token"
into = "incident"
[channels.issues]
kind = "jira"
url = "https://acme.atlassian.example"
user = "bot@acme.example"
token = "env:JIRA"
project = "LIC"
[channels.duty]
kind = "pagerduty"
routing_key = "env:DUTY"
[[digest]]
channel = "post"
every = "weekly"
at = "06:30"
role = "bucket-owner"
bucket = "north"
[[digest]]
channel = "chat"
every = "daily"
"#;

#[test]
fn every_kind_can_be_written() {
    let channels = parsed(ALL);
    let kinds: Vec<_> = channels
        .channels
        .iter()
        .map(|one| (one.name.as_str(), one.kind_word(), one.leads_to()))
        .collect();
    let expected = [
        ("chat", "slack", "file:etc/slack.url"),
        ("desk", "servicenow", "acme.service-now.example"),
        ("duty", "pagerduty", "events.pagerduty.com"),
        ("hidden", "webhook", "env:HOOK_URL"),
        ("issues", "jira", "acme.atlassian.example"),
        ("post", "mail", "Ana <ana@acme.example>, ops@acme.example"),
        ("program", "webhook", "hooks.acme.example"),
        ("room", "teams", "env:TEAMS"),
        ("tickets", "servicenow", "acme.service-now.example"),
    ];
    let shown: Vec<_> = kinds.iter().map(|(name, kind, to)| (*name, *kind, to.as_str())).collect();
    assert_eq!(shown, expected);
    let Kind::Mail(mail) = &channels.find("post").unwrap().kind else { panic!() };
    assert_eq!((mail.port, mail.security), (587, Security::StartTls));
    let post = channels.find("post").unwrap();
    assert_eq!(post.quiet.hours, Some((19 * 60, 7 * 60)));
    assert_eq!(post.quiet.days, [false, false, false, false, false, true, true]);
    assert_eq!(post.roots_file.as_deref(), Some(Path::new("etc/roots.pem")));
    let names: Vec<_> = channels.digests.iter().map(Digest::name).collect();
    assert_eq!(names, ["weekly-bucket-north", "daily-licence-manager"]);
    assert_eq!((channels.digests[0].minute, channels.digests[1].minute), (390, 420));
}

/// The faults of a text, without what to do about them.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let faults = Channels::parse(text, Path::new("")).unwrap_err();
    let told: Vec<String> =
        faults.iter().map(|one| format!("{}: {}", one.line, one.message)).collect();
    assert_eq!(told, expected, "{text}");
    assert!(faults.iter().all(|one| !one.help.is_empty()));
    assert!(!format!("{faults:?}").contains("canary"), "{faults:?}");
}

#[test]
fn faults_name_the_line_and_quote_no_secret() {
    check("[channels.x]\nkind = \"pigeon\"\nurl = \"x\"\n", &["2: `pigeon` is no kind of channel"]);
    check(
        "[channels.x]\nkind = \"slack\"\nurl = \"https://hooks.example/canary\"\n",
        &["3: `url` does not say where it is"],
    );
    check(
        "[channels.x]\nkind = \"webhook\"\nurl = \"https://x.example\"\nsecret = \"whsec_canary\"\n",
        &["4: `secret` does not say where it is"],
    );
    check(
        "[channels.X]\nkind = \"slack\"\nurl = \"env:X\"\n",
        &["1: the name of a channel cannot be used"],
    );
    check(
        "[channels.x]\nkind = \"slack\"\nurl = \"env:X\"\nport = 3\nproject = \"L\"\n",
        &[
            "4: `port` means nothing for this kind of channel",
            "5: `project` means nothing for this kind of channel",
        ],
    );
    let mail = "[channels.x]\nkind = \"mail\"\n";
    check(mail, &["2: `host` is missing", "2: `from` is missing", "2: `to` is missing"]);
    let mail = "[channels.x]\nkind = \"mail\"\nhost = \"m\"\nfrom = \"a@b.example\"\n";
    check(
        &format!("{mail}to = [\"x@y.example\\r\\nBcc: z@w.example\"]\n"),
        &["5: `x@y.example\\r\\nBcc: z@w.example` is no address"],
    );
    check(&format!("{mail}to = [\"nobody\"]\n"), &["5: `nobody` is no address"]);
    check(
        &format!(
            "{mail}to = [\"a@b.example\"]\nsecurity = \"none\"\nuser = \"u\"\npassword = \"env:P\"\n"
        ),
        &["8: a password is not sent in the clear"],
    );
    check(
        &format!("{mail}to = [\"a@b.example\"]\npassword = \"env:P\"\n"),
        &["6: `user` is missing"],
    );
}

#[test]
fn faults_of_hours_digests_and_keys_are_told_of() {
    let slack = "[channels.x]\nkind = \"slack\"\nurl = \"env:X\"\n";
    check(&format!("{slack}quiet = \"7-19\"\n"), &["4: `quiet` are no hours"]);
    check(&format!("{slack}quiet = \"19:00-24:00\"\n"), &["4: `quiet` are no hours"]);
    check(&format!("{slack}quiet_days = [\"sunday\"]\n"), &["4: `sunday` is no day"]);
    let all = "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]";
    check(&format!("{slack}quiet_days = {all}\n"), &["4: no day is left to tell anything"]);
    check(
        &format!(
            "{slack}[[digest]]\nchannel = \"y\"\nevery = \"hourly\"\nat = \"7\"\nrole = \"boss\"\n"
        ),
        &[
            "5: there is no channel `y`",
            "6: `hourly` is not how often",
            "7: `at` is no time of day",
            "8: `boss` is no role of a digest",
        ],
    );
    check(
        &format!(
            "{slack}[[digest]]\nchannel = \"x\"\nevery = \"daily\"\nrole = \"bucket-owner\"\n"
        ),
        &["7: `bucket` is missing"],
    );
    let jira = "[channels.x]\nkind = \"jira\"\nurl = \"https://x.example\"\ntoken = \"env:T\"\n";
    check(
        &format!("{jira}project = \"L\\\" OR 1=1\"\n"),
        &["2: `L\" OR 1=1` is no key of a project"],
    );
    let desk =
        "[channels.x]\nkind = \"servicenow\"\nurl = \"https://x.example\"\ntoken = \"env:T\"\n";
    check(
        &format!("{desk}into = \"import:a/../b\"\n"),
        &["5: `import:a/../b` is nothing that becomes of a notice"],
    );
    check(
        &format!("{desk}into = \"incident\"\npassword = \"env:P\"\n"),
        &["4: `password` and `token` are both said"],
    );
    let text = "[channels.x]\nkind = canary\n";
    assert_eq!(Channels::parse(text, Path::new("")).unwrap_err()[0].line, 2);
}
