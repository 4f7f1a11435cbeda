use crate::options::settings::{Settings, Strangers, Whom};

#[test]
fn what_can_be_said() {
    let text = r#"
strangers = "let-in"
timeout_all_minutes = 90

[[host_group]]
name = "farm"
hosts = ["r1", "r 2"]

[[product]]
key = "autocad"
features = ["64300ACD_F"]
timeout_minutes = 60
borrow_hours_max = 48
borrow_low_water = 2
borrow_only = [{ group = "structures" }, { host = "ws-1" }]
borrow_not = [{ person = "anna" }]
reserve = [{ licences = 3, host_group = "farm" }]
max = [{ licences = 0, group = "guests" }]
"#;
    let read = Settings::parse(text).unwrap();
    assert_eq!((read.strangers, read.timeout_all), (Strangers::LetIn, Some(5_400)));
    assert_eq!(read.host_groups[0].hosts.len(), 2);
    let product = &read.products[0];
    assert_eq!((product.key.value.as_str(), product.key.line), ("autocad", 10));
    assert_eq!((product.features[0].value.as_str(), product.features[0].line), ("64300ACD_F", 11));
    assert_eq!(product.timeout_seconds, Some(3_600));
    assert_eq!((product.borrow_hours_max, product.borrow_low_water), (Some(48), Some(2)));
    let only = product.borrow_only.as_ref().unwrap();
    assert_eq!((&only[0].value, only[0].line), (&Whom::Group("structures".to_owned()), 15));
    assert_eq!(product.borrow_not[0].value, Whom::Person("anna".to_owned()));
    assert_eq!((product.reserve[0].0, product.max[0].0), (3, 0));
    assert_eq!(Settings::parse("").unwrap(), Settings::default());
}

#[test]
fn every_fault_has_its_line_and_a_remedy() {
    let table = [
        ("strangers = 1", "line 1: `strangers` is no text; write a text in quotes"),
        ("strangers = \"x\"", "line 1: strangers `x`; write \"refused\" or \"let-in\""),
        (
            "\ntimeout = 1",
            "line 2: unknown key `timeout`; use one of strangers, timeout_all_minutes, host_group, product",
        ),
        (
            "timeout_all_minutes = -1",
            "line 1: `timeout_all_minutes` is no number of that kind; write a whole number, 0 or more",
        ),
        (
            "timeout_all_minutes = 71582789",
            "line 1: `timeout_all_minutes` is too long; write fewer minutes",
        ),
        ("product = 1", "line 1: `product` is no list; write `[ … ]`"),
        (
            "product = [1]",
            "line 1: `product` is no table; write `[[product]]`, or tables in braces",
        ),
        ("[[product]]\n", "line 1: `key` is no text; write a text in quotes"),
        (
            "[[product]]\nkey = \"a\"\n[[product]]\nkey = \"A\"",
            "line 4: `A` has settings above; keep one of the two",
        ),
        (
            "[[product]]\nkey = \"a\"\nfeatures = [\"87545ACD_2022_0F\"]",
            "line 3: `87545ACD_2022_0F` is no package code; write the package code, as in 64300ACD_F",
        ),
        (
            "[[product]]\nkey = \"a\"\nfeatures = [\"x y\"]",
            "line 3: `x y` is no package code; write the package code, as in 64300ACD_F",
        ),
        (
            "[[product]]\nkey = \"a\"\nreserve = [{ group = \"g\" }]",
            "line 3: `licences` is missing; write how many",
        ),
        (
            "[[product]]\nkey = \"a\"\nmax = [\n  { licences = 1 },\n]",
            "line 4: 0 of group, person, host_group, host are there; write one of them",
        ),
        (
            "[[product]]\nkey = \"a\"\nborrow_not = [{ group = \"g\", host = \"h\" }]",
            "line 3: 2 of group, person, host_group, host are there; write one of them",
        ),
        (
            "[[host_group]]\nname = \"a\\nb\"\nhosts = [\"h\"]",
            "line 2: `a\\nb` has the control character U+000A; take U+000A out of the name",
        ),
        (
            "[[host_group]]\nname = \"a\"\nhosts = [\"h\", \"x#y\"]",
            "line 3: `x#y` has `#`; give comments lines of their own, and take `#` out of names",
        ),
        (
            "[[host_group]]\nname = \"a\"\nhosts = []",
            "line 3: `hosts` names nobody; write a list of hosts",
        ),
        ("a = ", "line 1: string values must be quoted, expected literal string; write it as TOML"),
    ];
    for (text, expected) in table {
        let faults = Settings::parse(text).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(told, [expected], "of\n{text}");
    }
}
