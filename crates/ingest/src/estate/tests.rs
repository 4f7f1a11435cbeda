use super::*;
use proptest::prelude::*;

fn read(name: &str, bytes: &[u8]) -> Result<Document, Vec<Fault>> {
    let mut reader = Reader::default();
    reader.file(name, bytes);
    reader.finish()
}

/// What is wrong with a file, one fault a line, or `fine`.
fn check(name: &str, text: &str, expected: &str) {
    let found = match read(name, text.as_bytes()) {
        Ok(_) => "fine".to_owned(),
        Err(faults) => faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"),
    };
    assert_eq!(found, expected, "in {name}:\n{text}");
}

fn people(text: &str) -> Vec<rows::Person> {
    let document = read("people.csv", text.as_bytes()).unwrap();
    document.people.into_iter().map(|row| row.value).collect()
}

#[test]
fn each_bad_cell_names_line_value_and_remedy() {
    check("buckets.csv", "key,name\na,A\n", "fine");
    check(
        "buckets.csv",
        "key,tokens\na,-1\n",
        "buckets.csv:2: `tokens` is `-1`; write a number of 0 or more with at most six decimals, such as 1200 or 2.5",
    );
    check(
        "buckets.csv",
        "key,lends\na,perhaps\n",
        "buckets.csv:2: `lends` is `perhaps`; write yes or no",
    );
    check(
        "buckets.csv",
        "key,period\na,2026-07-01..2026-01-01\n",
        "buckets.csv:2: `period` is `2026-07-01..2026-01-01`; write open, month, quarter, year, or dates such as 2026-01-01..2026-07-01",
    );
    check(
        "sites.csv",
        "key,country\nmadrid,QQ\n",
        "sites.csv:2: `country` is `QQ`; write two letters of ISO 3166 such as ES",
    );
    check(
        "sites.csv",
        "key,zone\nmadrid,Europe/Madird\n",
        "sites.csv:2: `zone` is `Europe/Madird`; write an IANA name such as Europe/Madrid",
    );
    check(
        "sites.csv",
        "key,networks\nmadrid,10.0.0.0/8|10.1.2.3/16\n",
        "sites.csv:2: `networks` holds `10.1.2.3/16`; write a block such as 10.20.0.0/16, then `vpn` or `room:Lab 2` where it applies",
    );
    check(
        "seats.csv",
        "offering,from,until\nrevit,soon,2027-01-01\n",
        "seats.csv:2: `from` is `soon`; write a date such as 2026-01-31, or an instant such as 2026-01-31T09:00:00Z",
    );
    check(
        "schedules.csv",
        "key,hours\nnight,22:00-06:00\n",
        "schedules.csv:2: `hours` holds `22:00-06:00`; write hours such as 08:00-18:00, or mon-fri 08:00-18:00; a night goes in two parts, 22:00-24:00 and 00:00-06:00",
    );
    check(
        "people.csv",
        "name,bucket\nAna,design\n",
        "people.csv:2: nothing says who this is; write a `key`, an `email` or an `employee_id`",
    );
    check(
        "people.csv",
        "key,until,end date\nana,2027-01-01,2026-12-31\n",
        "people.csv:2: both `until` and `last_day` are said; keep one of the two",
    );
    check(
        "exchange_rates.csv",
        "of,price,currency,from\nEUR,1,EUR,2026-01-01\n",
        "exchange_rates.csv:2: `EUR` is converted to itself; write two different currencies",
    );
}

#[test]
fn headers_are_checked_before_rows() {
    check(
        "groups.csv",
        "key,dimensoin\na,fare\n",
        "groups.csv:1: a group has no column `dimensoin`; did you mean `dimension`? known are key, name, dimension, parents",
    );
    check(
        "groups.csv",
        "name\nA\n",
        "groups.csv:1: there is no column `key`; every group needs one; known columns: key, name, dimension, parents",
    );
    check(
        "groups.csv",
        "key,ID\na,b\n",
        "groups.csv:1: `ID` is a second column `key`; keep one of the two",
    );
    check(
        "groups.csv",
        "",
        "groups.csv:1: the table is empty; write the names of the columns on the first line: key, name, dimension, parents",
    );
    check(
        "groups.csv",
        "key,name\na,A,B\n",
        "groups.csv:2: the row has 3 fields, the header 2; put a value that holds the delimiter in double quotes",
    );
    check(
        "groups.csv",
        "key,\na,A\n",
        "groups.csv:2: a value stands in a column without a name; name its column on the first line, or empty it",
    );
}

#[test]
fn toml_tables_are_checked_alike() {
    check(
        "estate.toml",
        "[[group]]\nkey = \"a\"\n[[person]]\nkey = \"p\"\ngroups = [\"a\"]\n",
        "fine",
    );
    check(
        "estate.toml",
        "[[group]]\nkey = \"a\"\nnmae = \"A\"\n",
        "estate.toml:3: a group has no column `nmae`; did you mean `name`? known are key, name, dimension, parents",
    );
    check(
        "estate.toml",
        "\n[[perosn]]\nkey = \"p\"\n",
        "estate.toml:2: there are no tables `perosn`; write `person`",
    );
    check(
        "estate.toml",
        "[[group]]\nname = \"A\"\n",
        "estate.toml:1: `key` is missing; every row needs it",
    );
    check(
        "estate.toml",
        "[[group]]\nkey = [\"a\"]\n",
        "estate.toml:2: `key` is a list; write one text, without brackets\nestate.toml:2: `key` is empty; every row needs it",
    );
    check(
        "estate.toml",
        "[[cap]]\nkey = \"c\"\nlimit = -3\nper = \"fortnight\"\n",
        "estate.toml:4: `per` is `fortnight`; write day, week, month, now, or a length such as 24h or 10m\nestate.toml:3: `limit` is `-3`; write a number of 0 or more with at most six decimals, such as 1200 or 2.5",
    );
    check(
        "estate.toml",
        "group = 1\n",
        "estate.toml:1: `group` is no table; write [[group]] on a line, and its columns below",
    );
    let broken = read("estate.toml", b"[[group]\n").unwrap_err();
    assert!(broken[0].message.starts_with("not TOML: "), "{broken:?}");
    check(
        "estate.toml",
        "[[group]]\nkey = \"a\\nb\"\n",
        "estate.toml:2: `key` holds a line break or another control character; write one short line\nestate.toml:2: `key` is empty; every row needs it",
    );
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for text in
        ["key,lends\r\na,yes\r\n\r\n\r\nb,perhaps\r\n", "key,lends\n\"a\",yes\n\n\nb,perhaps"]
    {
        check("buckets.csv", text, "buckets.csv:5: `lends` is `perhaps`; write yes or no");
    }
}

#[test]
fn files_are_known_by_name_and_bounded() {
    check(
        "stuff.csv",
        "key\na\n",
        "stuff.csv:1: the file's name does not say what is in it; name it `estate.toml`, or `KIND.csv` with a kind of group, bucket, person, alias, seat, site, region, territory, schedule, cap, terms, exchange_rate, leavers, org-chart, named-users",
    );
    check("in/Exchange-Rates.csv", "of,price,currency,from\nEUR,1.08,USD,2026-01-01\n", "fine");
    assert_eq!(read("groups.csv", b"key\na\xff\n").unwrap_err()[0].line, 2);
    let large = vec![b' '; BYTES_MAX + 1];
    assert!(read("groups.csv", &large).unwrap_err()[0].help.starts_with("divide it"));
    let mut rows = "key\n".to_owned();
    (0..=ROWS_MAX).for_each(|_| rows.push_str("a\n"));
    let many = read("groups.csv", rows.as_bytes()).unwrap_err();
    assert_eq!((many.len(), many[0].line as usize), (1, ROWS_MAX + 2));
    let bad = format!("key,lends\n{}", "a,perhaps\n".repeat(3_000));
    assert_eq!(read("buckets.csv", bad.as_bytes()).unwrap_err().len(), FAULTS_MAX);
}

#[test]
fn the_vendors_layout_and_a_staff_list_are_people() {
    let vendor = people("First name, Last name, Email\r\nAna,Díaz,ana@acme.example\r\n");
    assert_eq!(
        (vendor[0].key.as_str(), vendor[0].name.as_deref()),
        ("ana@acme.example", Some("Ana Díaz"))
    );
    assert!(vendor[0].aliases.is_empty());
    let staff = people(
        "\u{feff}sep=;\nEmployee ID;Display Name;E-Mail;Department;Cost Center;Manager;End date\n4711;\"López; Ana\";ana@acme.example;R&D;CC 12;ben;2026-12-31\n",
    );
    let ana = &staff[0];
    assert_eq!((ana.key.as_str(), ana.name.as_deref()), ("ana@acme.example", Some("López; Ana")));
    assert_eq!(ana.aliases, ["4711"]);
    assert_eq!(ana.department, rows::Said::Value("R&D".to_owned()));
    assert_eq!(ana.cost_centre, rows::Said::Value("CC 12".to_owned()));
    assert_eq!(ana.until, rows::Said::Value(rows::When::Date("2027-01-01".parse().unwrap())));
    assert_eq!(ana.manager.as_deref(), Some("ben"));
}

#[test]
fn empty_leaves_dash_clears_and_bars_part_lists() {
    let all = people(
        "login\tgroups\tuntil\tname\nana\ta|b\t2026-01-01\tAna\nben\t\t\t\neve\t-\t-\t*****\n",
    );
    assert_eq!(all[0].groups, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!((&all[1].groups, &all[1].until), (&None, &rows::Said::Nothing));
    assert_eq!((&all[2].groups, &all[2].until), (&Some(Vec::new()), &rows::Said::Cleared));
    assert_eq!(all[2].name, None, "the vendor hides personal data with asterisks");
}

#[test]
fn what_words_write_they_read() {
    for text in
        ["10.20.0.0/16", "10.1.0.0/24 vpn", "2001:db8::/32 room:Lab 2", "10.1.0.1/32 vpn room:x"]
    {
        assert_eq!(words::write_network(&words::network(text).unwrap()), text);
    }
    for text in ["day", "week", "month", "24h", "10m", "45s"] {
        let Some(rows::Per::Span(span)) = words::per(text) else { panic!("{text}") };
        assert_eq!(words::write_span(span), text);
    }
    for text in ["open", "month", "quarter", "year", "months:6", "2026-01-01..2026-07-01"] {
        assert_eq!(words::write_period(words::period(text).unwrap()), text);
    }
    for (text, written) in [
        ("mon-fri 08:00-18:00", "mon,tue,wed,thu,fri 08:00-18:00"),
        ("sat-mon 0:00-24:00", "mon,sat,sun 00:00-24:00"),
        ("Wednesday 09:30-10:00", "wed 09:30-10:00"),
    ] {
        assert_eq!(words::write_hours(&words::hours(text, 0).unwrap()), written);
    }
    for bad in ["10.20.0.0/16 lab", "10.0.0.0/8 room:", "vpn"] {
        assert_eq!(words::network(bad), None, "{bad}");
    }
    assert_eq!(words::per("9999999999d"), None);
    assert_eq!(words::date("2026-01-31T10:00"), None);
}

#[test]
fn networks_may_be_tables_in_toml() {
    let text = "[[site]]\nkey = \"m\"\nnetworks = [\"10.0.0.0/8\", { cidr = \"10.1.0.0/16\", room = \"Lab\", vpn = true }]\n";
    let networks =
        read("estate.toml", text.as_bytes()).unwrap().sites[0].value.networks.clone().unwrap();
    assert_eq!(
        networks.iter().map(words::write_network).collect::<Vec<_>>(),
        ["10.0.0.0/8", "10.1.0.0/16 vpn room:Lab"]
    );
}

#[test]
fn likeness_is_by_letters() {
    assert_eq!(nearest("nmae", ["key", "name"]), Some("name"));
    assert_eq!(nearest("completely-else", ["key", "name"]), None);
    assert_eq!(nearest(&"x".repeat(10_000), ["key"]), None);
}

/// Pieces of which bad files are made.
const PIECES: &[&str] = &[
    "[[person]]\n",
    "[[seat]]\n",
    "[terms]\n",
    "[[site]]\n",
    "key = \"a\"\n",
    "from = 2026-01-01\n",
    "until = 9999-12-31\n",
    "networks = [",
    "{cidr=1}",
    "]\n",
    "key,name,groups\n",
    "a;b;c\n",
    "\"",
    "\n",
    "\r\n",
    ",",
    "-",
    "é",
    "\u{feff}",
    "\0",
    "hours = [\"mon-sun 00:00-24:00\"]\n",
    "count = 99999999999\n",
    "limit = 1e9\n",
    "carry_percent = 200\n",
    "a|b||c",
    "sep=;\n",
    "first name,last name,email\n",
    "zone = \"UTC\"\n",
    "period = \"months:255\"\n",
    "last_day = \"9999-12-31\"\n",
    "[",
    "{}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_document_or_a_list_of_faults(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
        name in prop::sample::select(vec!["estate.toml", "people.csv", "seats.csv", "sites.csv", "caps.csv", "terms.csv"]),
    ) {
        if let Err(faults) = read(name, pieces.concat().as_bytes()) {
            prop_assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line > 0));
        }
    }

    #[test]
    fn any_bytes_are_too(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in Kind::ALL {
            let mut reader = Reader::default();
            reader.csv(kind, "x", &bytes);
            reader.toml("y", &bytes);
            let _ = reader.finish();
        }
    }
}
