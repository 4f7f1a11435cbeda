use super::*;

const SCIM: &str = "kind = \"scim\"\nurl = \"https://id.example/scim\"\nsecret_file = \"token\"\n";

#[track_caller]
fn faults(text: &str, expected: &[&str]) {
    let found = Settings::parse(text).expect_err(text);
    assert_eq!(found.iter().map(SettingsFault::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn everything_that_can_be_said_is_understood() {
    let text = "kind = \"graph\"\nurl = \"https://graph.example/v1.0\"\n\
        login_url = \"https://login.example\"\ntenant = \"t\"\nclient_id = \"c\"\n\
        secret_variable = \"SECRET\"\nallowed_networks = [\"10.1.0.0/16\"]\nroots_file = \"ca.pem\"\n\
        requests_per_second = 5\nmarker = \"[ours]\"\n\n[limits]\nshare_percent = 0\nper_group = 7\n\n\
        [groups]\n\"Revit LT\" = \"revit-lt\"\nCivil = { product = \"civil-3d\" }\n\
        Maya = { members_of = \"animators\" }\nAEC = { offering = \"aec\" }\n";
    let settings = Settings::parse(text).unwrap();
    let (tenant, client_id) = ("t".to_owned(), "c".to_owned());
    let login_url = "https://login.example".to_owned();
    assert_eq!(settings.kind, Kind::Graph { tenant, client_id, login_url });
    assert_eq!(settings.url, "https://graph.example/v1.0");
    assert_eq!(settings.secret, SecretPlace::Variable("SECRET".to_owned()));
    assert_eq!(settings.allowed_networks, ["10.1.0.0/16"]);
    assert_eq!(settings.roots_file.as_deref(), Some("ca.pem"));
    assert_eq!(settings.requests_per_second, 5);
    assert_eq!(settings.limits, Limits { share_max_percent: 0, per_group_max: 7 });
    assert_eq!(settings.managed.names_of(&"AEC".into())[1], "[ours] AEC");
    let groups: Vec<_> = settings
        .groups
        .iter()
        .map(|group| format!("{} {:?} {}", group.key, group.members, group.line))
        .collect();
    assert_eq!(
        groups,
        [
            "AEC Offering(\"aec\") 20",
            "Civil Product(\"civil-3d\") 18",
            "Maya MembersOf(\"animators\") 19",
            "Revit LT Offering(\"revit-lt\") 17",
        ]
    );
}

#[test]
fn what_is_left_out_is_as_usual() {
    let settings = Settings::parse(&format!("{SCIM}[groups]\nRevit = \"revit\"\n")).unwrap();
    assert_eq!(settings.kind, Kind::Scim(Dialect::Standard));
    assert_eq!(settings.secret, SecretPlace::File("token".to_owned()));
    assert_eq!((settings.requests_per_second, settings.limits), (10, Limits::default()));
    let entra = format!("dialect = \"entra\"\n{SCIM}[groups]\nRevit = \"revit\"\n");
    assert_eq!(Settings::parse(&entra).unwrap().kind, Kind::Scim(Dialect::Entra));
    let graph = "kind = \"graph\"\ntenant = \"t\"\nclient_id = \"c\"\nsecret_file = \"s\"\n\
        groups.Revit = \"revit\"\n";
    let Settings { url, kind, .. } = Settings::parse(graph).unwrap();
    assert!(url == GRAPH_URL && format!("{kind:?}").contains(GRAPH_LOGIN_URL));
}

#[test]
fn every_fault_is_told_with_its_line() {
    faults(
        "kind = \"scim\"\ntenant = \"t\"\nmarker = \" \"\nrequests_per_second = 0\nsecret_file = \"a\"\n\
         secret_variable = \"B\"\n[limits]\nshare_percent = 101\n[groups]\nrevit = \"revit\"\n\
         Revit = \"revit\"\nBoth = { offering = \"a\", product = \"b\" }\nNone = {}\n\" \" = \"x\"\n",
        &[
            "line 1: `url` is missing; write url = \"https://id.example/scim/v2\"",
            "line 2: `tenant` is for the kind `graph` only; leave it out, or change the kind",
            "line 3: the marker is empty; leave it out, or write a word",
            "line 4: `0` is no number of requests a second; write a number from 1 to 1000",
            "line 6: the secret is in a file and in a variable; leave one of the two out",
            "line 8: `101` is more than all of them; write a number of percent from 0 to 100",
            "line 10: group `revit` is handed over in line 11 too; keep one; a directory takes no account of capitals",
            "line 12: it is not clear who is to be in this group; write one of offering, product and members_of",
            "line 13: it is not clear who is to be in this group; write one of offering, product and members_of",
            "line 14: a group without a name; write its name in the directory",
        ],
    );
    faults(
        "dialect = \"entra\"\nkind = \"graph\"\n[groups]\n",
        &[
            "line 1: `dialect` is for the kind `scim` only; leave it out, or change the kind",
            "line 2: `tenant` is missing; copy it from the application's page in the portal",
            "line 2: `client_id` is missing; copy it from the application's page in the portal",
            "line 2: `secret_file` is missing; name a file, or secret_variable; the secret itself does not stand here",
            "line 3: no group is handed over; write a line such as \"Revit\" = \"revit\" below [groups]",
        ],
    );
}

#[test]
fn a_secret_that_stands_there_is_not_quoted() {
    for text in [
        format!("{SCIM}token = \"canary-1\"\n[groups]\nRevit = \"revit\"\n"),
        format!("{SCIM}secret = canary-1\n[groups]\nRevit = \"revit\"\n"),
        format!("{SCIM}[groups]\nRevit = \"revit\"\n[secret]\nvalue = 'canary-1\n"),
    ] {
        let found = Settings::parse(&text).expect_err(&text);
        assert_eq!(found.len(), 1);
        assert!(!found[0].to_string().contains("canary"), "{}", found[0]);
        assert!(found[0].line >= 4, "{}", found[0]);
    }
}
