use super::*;
use crate::directory::{Account, Group};
use crate::limits::Limits;
use crate::managed::{MARKER, Managed};
use crate::memory::MemoryDirectory;
use crate::plan::plan_membership;
use crate::reading::{Desired, read_directory};

fn person(first: &str, last: &str, email: &str) -> Person {
    Person {
        email: email.into(),
        external_id: None,
        first_name: first.into(),
        last_name: last.into(),
    }
}

fn plan() -> Plan {
    let ana = person("Ana", "Díaz, Jr", "ana@acme.example");
    let old = person("Old", "Timer", "old@acme.example");
    let account = |id: &str, person: &Person| Account { id: id.into(), person: person.clone() };
    let mut directory = MemoryDirectory {
        groups: vec![Group {
            id: "g".into(),
            name: format!("{MARKER} Revit / LT"),
            description: String::new(),
            fixed: None,
        }],
        accounts: vec![account("a", &ana), account("o", &old)],
        members: [("g".into(), ["o".into(), "nameless".into()].into())].into(),
        ..MemoryDirectory::default()
    };
    let people = [ana, person("New", "Comer", "new@acme.example")].into();
    let desired = Desired { groups: [("Revit / LT".into(), people)].into(), ..Desired::default() };
    let managed = Managed::new(MARKER, ["Revit / LT".into()]).unwrap();
    let reading = read_directory(&mut directory, &desired, &managed).unwrap();
    plan_membership(&desired, &managed, &reading, Limits::default())
}

#[test]
fn a_plan_becomes_two_files_a_product() {
    let files = bulk_files(&plan(), &BulkOptions::default()).unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["01-revit-lt-assign.csv", "02-revit-lt-unassign.csv"]);
    let text = |at: usize| String::from_utf8(files[at].content.clone()).unwrap();
    let assign = "First name,Last name,Email\r\nAna,\"Díaz, Jr\",ana@acme.example\r\n\
                  New,Comer,new@acme.example\r\n";
    assert_eq!(text(0), assign);
    assert_eq!(text(1), "First name,Last name,Email\r\nOld,Timer,old@acme.example\r\n");
    assert_eq!(files[1].without_address, ["nameless"]);
}

#[test]
fn a_product_may_have_a_name_of_its_own() {
    let products = [("Revit / LT".into(), "../../Étoile 2027".to_owned())].into();
    let files = bulk_files(&plan(), &BulkOptions { byte_order_mark: true, products }).unwrap();
    assert_eq!(files[0].name, "01-toile-2027-assign.csv");
    assert_eq!(files[0].product, "../../Étoile 2027");
    assert!(files[0].content.starts_with(&[0xef, 0xbb, 0xbf, b'F']));
}

#[test]
fn no_cell_is_a_formula_and_every_row_is_read_back() {
    let cells = [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" \t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("O'Neill \"x\"", "O'Neill \"x\""),
        ("two\nlines", "twolines"),
    ];
    let people: Vec<_> = cells.iter().map(|(cell, _)| person(cell, "L", "e@x.example")).collect();
    let csv = bulk_csv(&people, false).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let read: Vec<_> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(read, cells.map(|(_, expected)| expected.to_owned()));
}

#[test]
fn everybody_can_be_assigned_without_a_directory() {
    let ana = person("Ana", "Díaz", "ana@acme.example");
    let ben = person("Ben", "=1+1", "ben@acme.example");
    let desired = Desired {
        groups: [
            ("Revit".into(), [ana.clone(), ben].into()),
            ("Revit too".into(), [ana].into()),
            ("Maya".into(), [].into()),
        ]
        .into(),
        ..Desired::default()
    };
    let products = [("Revit too".into(), "Revit".to_owned())].into();
    let files = assignment_files(&desired, &BulkOptions { byte_order_mark: false, products });
    let told: Vec<_> = files
        .unwrap()
        .into_iter()
        .map(|file| (file.name, file.people, String::from_utf8(file.content).unwrap()))
        .collect();
    let head = "First name,Last name,Email\r\n";
    let both = format!("{head}Ana,Díaz,ana@acme.example\r\nBen,'=1+1,ben@acme.example\r\n");
    assert_eq!(
        told,
        [
            ("01-maya-assign.csv".to_owned(), 0, head.to_owned()),
            ("02-revit-assign.csv".to_owned(), 2, both),
        ]
    );
}
