use super::*;

const EBA: &str = "[sources.eba]\nkind = \"token-flex\"\ncontract = \"1\"\n\
    auth = { client_id = \"c\", client_secret = \"env:S\" }\n";

fn parse(text: &str) -> Result<Sources, Vec<SettingsFault>> {
    Sources::parse(text, Path::new("etc"))
}

#[track_caller]
fn faults(text: &str, expected: &[&str]) {
    let found = parse(text).expect_err(text);
    assert_eq!(found.iter().map(SettingsFault::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_left_out_is_as_usual() {
    let query = parse(&format!("{EBA}via = \"query\"\n")).unwrap();
    let Kind::TokenFlex(what, _) = &query.sources[0].kind else { panic!("{query:?}") };
    assert_eq!((what.via, what.detail), (Via::Query, Detail::Days));
    let folder = parse("[sources.d]\nkind = \"folder\"\npath = \"d\"\nfiles = \"any\"\n").unwrap();
    assert_eq!(folder.sources[0].every, Duration::from_secs(30));
    let sources = parse(EBA).unwrap();
    let source = sources.find("eba").unwrap();
    assert_eq!(source.every, Duration::from_secs(21_600));
    assert_eq!(source.stale_after, None);
    assert_eq!((source.keep, source.zone.as_ref(), source.line), (None, None, 1));
    let Kind::TokenFlex(what, access) = &source.kind else { panic!("{source:?}") };
    assert_eq!((what.via, what.detail, what.from), (Via::Export, Detail::Sessions, None));
    assert_eq!((access.url.as_str(), access.login_url.as_str()), (TOKEN_FLEX_URL, LOGIN_URL));
    assert_eq!((access.requests_per_minute, access.burst, access.outstanding_max), (5, 50, 10));
    assert_eq!(access.client_secret, Some(SecretPlace::Variable("S".to_owned())));
    assert_eq!(access.user, "c");
    assert!(parse("").unwrap().sources.is_empty());
}

#[test]
fn everything_that_can_be_said_is_understood() {
    let text = "[sources.eba]\nkind = \"token-flex\"\ncontract = \"11000000001\"\nvia = \"query\"\n\
        detail = \"days\"\nfrom = \"2024-02-29\"\nenrichment = true\nurl = \"https://api.example/t\"\n\
        every = \"12h\"\nzone = \"Europe/Berlin\"\nstale_after = \"2d\"\nkeep = \"400d\"\n\
        patience = \"90s\"\nallowed_networks = [\"10.1.0.0/16\"]\nroots_file = \"ca.pem\"\n\
        requests_per_minute = 2\nburst = 7\noutstanding_max = 3\ndelete_exports = true\n\
        bytes_max = 9\n[sources.eba.auth]\nclient_id = \"c\"\nrefresh_token = \"file:t\"\n\
        login_url = \"https://login.example\"\nuser = \"ana\"\n\n\
        [sources.seats]\nkind = \"insights\"\nteam = \"7\"\ncontext = \"8\"\n\
        reports = [\"usage-report\", \"users\", \"users\"]\nformat = \"excel\"\n\
        [sources.seats.auth]\nclient_id = \"c\"\nclient_secret = \"file:/s\"\n\
        personal_token = \"env:PAT\"\n\n[sources.drop]\nkind = \"folder\"\npath = \"drop\"\n\
        pattern = \"*.csv\"\nfiles = \"token-usage\"\nsettle = \"5s\"\n";
    let sources = parse(text).unwrap();
    let eba = sources.find("eba").unwrap();
    assert_eq!(eba.zone.as_ref().unwrap().name(), "Europe/Berlin");
    assert_eq!(eba.keep, Some(Duration::from_secs(400 * 86_400)));
    assert_eq!(eba.stale_after, Some(Duration::from_secs(2 * 86_400)));
    assert_eq!(eba.patience, Duration::from_secs(90));
    let Kind::TokenFlex(what, access) = &eba.kind else { panic!("{eba:?}") };
    assert_eq!((what.via, what.detail, what.enrichment), (Via::Query, Detail::Days, true));
    assert_eq!(what.from, Date::from_ymd(2024, 2, 29));
    assert_eq!((access.requests_per_minute, access.burst, access.outstanding_max), (2, 7, 3));
    assert_eq!((access.bytes_max, access.delete_exports, access.user.as_str()), (9, true, "ana"));
    assert_eq!(access.refresh_token, Some(PathBuf::from("etc/t")));
    assert_eq!((&access.client_secret, &access.roots_file), (&None, &Some("etc/ca.pem".into())));
    let Kind::Insights(what, access) = &sources.find("seats").unwrap().kind else { panic!() };
    assert_eq!(what.reports, [Report::Users, Report::UsageReport]);
    assert_eq!((what.team.as_deref(), what.context.as_deref()), (Some("7"), Some("8")));
    assert_eq!(what.format, Format::Excel);
    assert_eq!(access.client_secret, Some(SecretPlace::File("/s".to_owned())));
    assert_eq!(access.personal_token, Some(SecretPlace::Variable("PAT".to_owned())));
    let Kind::Folder(folder) = &sources.find("drop").unwrap().kind else { panic!() };
    assert_eq!((folder.path.as_path(), &folder.files), (Path::new("etc/drop"), &Files::TokenUsage));
    assert_eq!((folder.pattern.as_str(), folder.settle), ("*.csv", Duration::from_secs(5)));
}

#[test]
fn every_fault_is_told_with_its_line() {
    faults(
        "[sources.\"E B\"]\nkind = \"token-flex\"\nevery = \"1m\"\nzone = \"Mars\"\n\
         stale_after = \"soon\"\nkeep = \"-1d\"\nfrom = \"01.02.2024\"\nteam = \"7\"\nfiles = \"x\"\n\
         requests_per_minute = 6\nburst = 51\noutstanding_max = 0\nbytes_max = 0\n\
         [sources.\"E B\".auth]\npersonal_token = \"env:P\"\n",
        &[
            "line 1: the name of a source cannot be used; use small letters, digits and `-`: it becomes a directory's name",
            "line 2: `contract` is missing; write the number of the agreement, as the vendor's account shows it",
            "line 3: `every` is too often; write \"5m\" or more: the vendor's data is a day old, and requests are few",
            "line 4: unknown time zone `Mars`; write a name such as \"Europe/Berlin\", or leave it out",
            "line 5: `stale_after` is not a length of time; write a number and s, m, h or d, such as \"6h\"",
            "line 6: `keep` is not a length of time; write a number and s, m, h or d, such as \"6h\"",
            "line 7: `from` is not a day; write it as \"2026-01-31\"",
            "line 8: `team` means nothing for this kind of source; leave it out, or change the kind",
            "line 9: `files` means nothing for this kind of source; leave it out, or change the kind",
            "line 14: `client_id` is missing; copy it from the application's page at the vendor",
            "line 14: `client_secret` is missing; name the file or variable of the secret, or the file of a refresh token",
            "line 15: `personal_token` means nothing for this kind of source; leave it out, or change the kind",
        ],
    );
    faults(
        &format!("{EBA}requests_per_minute = 6\nburst = 51\noutstanding_max = 0\nbytes_max = 0\n"),
        &[
            "line 5: `requests_per_minute` is 6; write a number from 1 to 5, which is what the vendor allows",
            "line 6: `burst` is 51; write a number from 1 to 50, which is what the vendor allows",
            "line 7: `outstanding_max` is 0; write a number from 1 to 50, which is what the vendor allows",
            "line 8: `bytes_max` is 0; write how large a file may be, in bytes",
        ],
    );
    faults(
        "[sources.d]\nkind = \"folder\"\npath = \"d\"\nfiles = \"any\"\nevery = \"4s\"\n",
        &["line 5: `every` is too often; write \"5s\" or more"],
    );
    let sessions = format!("{EBA}via = \"query\"\ndetail = \"sessions\"\n");
    faults(
        &sessions,
        &["line 6: sessions come by export only; write detail = \"days\", or via = \"export\""],
    );
    faults(
        "[sources.a]\nkind = \"insights\"\nreports = []\n[sources.b]\nkind = \"folder\"\n\
         pattern = \"x/*\"\nauth = {}\n",
        &[
            "line 2: `auth` is missing; write a table auth with client_id and client_secret",
            "line 3: no report is asked for; name one of subscriptions, users, usage and usage-report",
            "line 5: `path` is missing; name the folder to watch",
            "line 5: `files` is missing; name what the files are, such as \"token-usage\" or \"flexnet\"",
            "line 6: `pattern` holds a `/`; write a pattern of names; folders within the folder are not looked into",
            "line 7: `auth` means nothing for this kind of source; leave it out, or change the kind",
        ],
    );
}

#[test]
fn a_secret_that_stands_there_is_not_quoted() {
    let auth = |line: &str| {
        format!(
            "[sources.eba]\nkind = \"token-flex\"\ncontract = \"1\"\n[sources.eba.auth]\n\
            client_id = \"c\"\n{line}\n"
        )
    };
    for line in [
        "client_secret = \"canary-1\"",
        "client_secret = \"file:\"\npersonal_token = \"canary-1\"",
        "refresh_token = \"canary-1\"",
        "refresh_token = \"env:canary-1\"",
        "client_secret = canary-1",
        "canary_1 = 'canary-1'",
        "client_secret = 'canary-1",
        "client_secret = [\"canary-1\"]",
    ] {
        let found = parse(&auth(line)).expect_err(line);
        for fault in found {
            assert!(!fault.to_string().contains("canary-1"), "{fault}");
            assert!(fault.line >= 6, "{fault}");
        }
    }
    let kind = parse("[sources.eba]\nkind = \"canary-1\"\n").unwrap_err();
    assert_eq!(
        kind[0].to_string(),
        "line 2: a word that is not known here; see the reference of the file of sources"
    );
}

#[test]
fn what_the_files_of_a_folder_are_is_one_of_a_few_words() {
    let read = |word: &str| {
        parse(&format!("[sources.d]\nkind = \"folder\"\npath = \"d\"\nfiles = \"{word}\"\n"))
    };
    for word in ["any", "flexnet", "token-usage", "lmstat", "events", "staff", "csv:map.toml"] {
        let sources = read(word).unwrap();
        let Kind::Folder(folder) = &sources.sources[0].kind else { panic!() };
        assert_eq!(folder.files.word(), word);
    }
    for word in ["csv", "csv:", "Any", "flexnet "] {
        let faults = read(word).unwrap_err();
        assert_eq!((faults.len(), faults[0].line), (1, 4), "{word}");
        assert!(faults[0].to_string().contains("write one of any, flexnet, "), "{}", faults[0]);
    }
}
