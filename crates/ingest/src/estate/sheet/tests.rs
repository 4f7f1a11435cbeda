use crate::estate::{Fault, Reader};

fn check(text: &str, expected: &str) {
    let mut reader = Reader::default();
    reader.file("people.csv", text.as_bytes());
    let found = match reader.finish() {
        Ok(document) => format!("{} people", document.people.len()),
        Err(faults) => faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"),
    };
    assert_eq!(found, expected, "in:\n{text}");
}

#[test]
fn what_is_no_table_says_what_it_is() {
    check(
        "<!doctype html><title>Sign in</title>",
        "people.csv:1: not CSV; the file is a web page, not a table: `Sign in`; the download was answered with an error or a sign-in: export it again",
    );
    check(
        "key,name\n\"ana,Ana\nben,Ben\n",
        "people.csv:2: a quote is opened and never closed; close it, or double it",
    );
}

#[test]
fn bars_part_lists_and_never_cells() {
    check(
        "key,groups,name\nana,a|b|c\n",
        "people.csv:2: the row has 2 fields, the header 3; put a value that holds the delimiter in double quotes",
    );
    check("key,groups\nana,a|b\nben,\"a|c,d\"\n", "2 people");
    check("key;name\r\nana;\"Diaz; Ana\"\r\n", "1 people");
}
