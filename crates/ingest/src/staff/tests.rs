//! Lists in four languages, and every way in which they are not written for us.

use crate::estate::{Fault, Reader};
use crate::sheet::date::Order;
use faregate_core::when::Zone;

/// Each person as `key name department cost-centre until`, read by the file's name.
fn read(file: &str, bytes: &[u8], order: Option<Order>) -> Result<Vec<String>, Vec<String>> {
    let reader = Reader::default();
    let mut reader = match order {
        Some(order) => reader.with_dates(order),
        None => reader,
    };
    reader.file(file, bytes);
    let document = reader.finish();
    let document = document.map_err(|all| all.iter().map(Fault::to_string).collect::<Vec<_>>())?;
    let text = |value: Option<&String>| value.map_or("-", String::as_str).to_owned();
    let tell = |row: &crate::estate::Row<crate::estate::rows::Person>| {
        let person = &row.value;
        let until = person.until.value().map(|when| when.instant(&Zone::utc()).to_string());
        let parts = [
            Some(person.key.clone()),
            person.name.clone(),
            Some(text(person.department.value())),
            Some(text(person.cost_centre.value())),
            until.map(|until| until[..10].to_owned()),
        ];
        let parts: Vec<String> =
            parts.into_iter().map(|part| part.unwrap_or("-".to_owned())).collect();
        format!("{} {}", row.source.line, parts.join("|"))
    };
    Ok(document.people.iter().map(tell).collect())
}

fn check(file: &str, text: &str, expected: &[&str]) {
    let found = read(file, text.as_bytes(), None);
    assert_eq!(
        found.unwrap_or_else(|faults| panic!("{faults:?} of\n{text}")),
        expected,
        "of\n{text}"
    );
}

fn refused(file: &str, bytes: &[u8], expected: &[&str]) {
    assert_eq!(read(file, bytes, None).unwrap_err(), expected);
}

#[test]
fn leavers_are_read_in_four_languages() {
    // The first moment after the last day is what counts.
    let expected = ["2 ana@acme.example|Ana Díaz|-|-|2026-02-01"];
    for (header, date) in [
        ("Employee,E-mail,Last day", "2026-01-31"),
        ("Mitarbeiter;E-Mail-Adresse;Letzter Arbeitstag", "31.01.2026"),
        ("Salarié;Courriel;Date de départ", "31/01/2026"),
        ("Empleado;Correo electrónico;Último día", "31/1/2026"),
        ("EMPLEADO;CORREO ELECTRO\u{301}NICO;FECHA DE BAJA", "31-01-2026"),
        ("Name\tE-Mail\tAustrittsdatum", "2026-01-31 00:00:00"),
    ] {
        let delimiter = header.chars().find(|letter| matches!(letter, ',' | ';' | '\t')).unwrap();
        let row = ["Ana Díaz", "ana@acme.example", date].join(&delimiter.to_string());
        check("leavers.csv", &format!("{header}\n{row}\n"), &expected);
    }
}

/// There are people whose name is a word for a sum.
#[test]
fn somebody_called_sum_is_no_sum() {
    let header = "Vorname;Nachname;Personalnummer;Letzter Tag";
    let sums = "Summe;;2;\nTotal;;;\nSum;;0017\n";
    check(
        "leavers.csv",
        &format!("{header}\nSum;Li;0017;31.01.2026\nAna;Total;0018;31.01.2026\n{sums}"),
        &["2 0017|Sum Li|-|-|2026-02-01", "3 0018|Ana Total|-|-|2026-02-01"],
    );
    // A login that is such a word is somebody's whose number is said.
    let header = "Usuario;Personalnummer;Abteilung";
    check(
        "org-chart.csv",
        &format!("{header}\nsum;0017;Statik\nSumme;2;\n"),
        &["2 sum|-|Statik|-|-"],
    );
}

#[test]
fn an_org_chart_says_department_and_cost_centre() {
    check(
        "HR/Org-Chart.csv",
        "Personalnummer;Vorname;Nachname;Vorgesetzter;Abteilung;Kostenstelle;Gehalt\n\
         0017;Jürgen;Müller;ana@acme.example;Statik;4711;90.000,00\n",
        &["2 0017|Jürgen Müller|Statik|4711|-"],
    );
    check(
        "orgchart.csv",
        "Matricule,Prénom,Nom,Responsable,Service,Centre de coûts\n17,Zoé,Noël,,Études,C-1\n",
        &["2 17|Zoé Noël|Études|C-1|-"],
    );
    check(
        "org chart.csv",
        "Usuario,Nombre,Apellidos,Departamento,Centro de coste\njo,Jo,Ruiz,Obras,C-2\n",
        &["2 jo|Jo Ruiz|Obras|C-2|-"],
    );
}

#[test]
fn named_users_are_read_as_the_vendor_lists_them() {
    let text = "First name,Last name,Email\nAna,Diaz,ana@acme.example\nBo,Ek,bo@acme.example\n";
    let expected = ["2 ana@acme.example|Ana Diaz|-|-|-", "3 bo@acme.example|Bo Ek|-|-|-"];
    check("named_users.csv", text, &expected);
    check("people.csv", text, &expected);
    // The vendor's own export has more columns, which the estate's own form would refuse.
    let export = "Email,First name,Last name,Autodesk ID,Role,Seat assignment,Last accessed\n\
        ana@acme.example,Ana,Diaz,ana.d,Member,Revit,2026-01-05\n";
    check("named-users.csv", export, &["2 ana@acme.example|Ana Diaz|-|-|-"]);
}

#[test]
fn columns_that_are_passed_over_are_named() {
    let mut reader = Reader::default();
    reader.file("leavers.csv", b"Salary,E-mail,Reason,Last day,\n1,a@x,ill,2026-01-31,\n");
    let document = reader.finish().unwrap();
    let names: Vec<&str> = document.passed_over.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(names, ["Salary", "Reason"]);
    assert!(!format!("{:?}", document.people).contains("ill"), "what is passed over is not kept");
}

#[test]
fn titles_second_headers_sums_and_blank_rows_are_no_people() {
    check(
        "leavers.csv",
        "Leavers of ACME;;\nas of 2026-01-01;;\n\nE-mail;Name;Last day\nE-Mail;Mitarbeiter;Austritt\n\
         a@x;Ana;2026-01-31\n;;\nTotal;;1\nSumme: 1\n",
        &["6 a@x|Ana|-|-|2026-02-01"],
    );
    check(
        "leavers.csv",
        "Employee,Personnel number,Last day\nSum Li,0017,2026-01-31\n",
        &["2 0017|Sum Li|-|-|2026-02-01"],
    );
    check(
        "leavers.csv",
        "Employee,E-mail,Last day\nSuma,suma@x,2026-01-31\n",
        &["2 suma@x|Suma|-|-|2026-02-01"],
    );
}

#[test]
fn dates_that_two_orders_read_are_asked_about() {
    let either = b"E-mail,Last day\na@x,01/02/2026\nb@x,03/04/2026\n";
    refused(
        "leavers.csv",
        either,
        &[
            "leavers.csv:2: `last_day` is `01/02/2026`, which two orders read differently; say which: --dates dmy or --dates mdy",
        ],
    );
    for (order, expected) in [(Order::Dmy, "2026-02-02"), (Order::Mdy, "2026-01-03")] {
        let found = read("leavers.csv", either, Some(order)).unwrap();
        assert!(found[0].ends_with(expected), "{order:?}: {found:?}");
    }
    // One row that can be read in one way only tells of all.
    let told = read(
        "leavers.csv",
        b"E-mail,Last day\na@x,01/02/2026\nb@x,31/04/2025\nc@x,31/03/2026\n",
        None,
    );
    assert_eq!(told.unwrap_err().len(), 1, "there is no 31 April");
    let told =
        read("leavers.csv", b"E-mail,Last day\na@x,01/02/2026\nc@x,31/03/2026\n", None).unwrap();
    assert_eq!(told, ["2 a@x|-|-|-|2026-02-02", "3 c@x|-|-|-|2026-04-01"]);
    refused(
        "leavers.csv",
        b"E-mail,Last day\na@x,13/02/2026\nb@x,02/13/2026\n",
        &[
            "leavers.csv:2: `last_day` is `13/02/2026` here and `02/13/2026` on line 3; write all dates in one order, best as 2026-01-31",
        ],
    );
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_a_remedy() {
    let check = |rows: &str, expected: &str| {
        let text = format!("E-mail,Name,Last day\n{rows}");
        refused("leavers.csv", text.as_bytes(), &[expected]);
    };
    check(
        "a@x,Ana,\n",
        "leavers.csv:2: there is no last day; every leaver needs one; take out whoever stays",
    );
    check("a@x,Ana,soon\n", "leavers.csv:2: `last_day` is `soon`; write a date such as 2026-01-31");
    check(
        "a@x,Ana,31/01/26\n",
        "leavers.csv:2: `last_day` is `31/01/26`; write the year with four digits",
    );
    check(
        "a@x,Diaz, Ana,2026-01-31\n",
        "leavers.csv:2: the row has 4 fields, the header 3; put a value that holds the delimiter in double quotes",
    );
    check(
        "a@x,2026-01-31\n",
        "leavers.csv:2: the row has 2 fields, the header 3; put a value that holds the delimiter in double quotes",
    );
    check(
        ",Ana,2026-01-31\n",
        "leavers.csv:2: nothing says who this is; write a `key`, an `email` or an `employee_id`",
    );
    check(
        "\"a@x,Ana,2026-01-31\n",
        "leavers.csv:2: a quote is not closed; close it, or double the one within a value",
    );
}

#[test]
fn a_file_that_is_no_such_list_is_refused() {
    let header = |kind: &str, needs: &str| {
        format!(
            "f/{kind}.csv:1: there is no header of a list of {kind}; name the columns above the rows: one of `key`, `email`, `employee_id`, and `{needs}`"
        )
    };
    refused(
        "f/leavers.csv",
        b"E-mail,Name\na@x,Ana\n",
        &[&header("leavers", "last_day` or `until")],
    );
    refused(
        "f/org-chart.csv",
        b"a,b\n1,2\n",
        &[&header("org-chart", "manager` or `department` or `cost_centre")],
    );
    let page = read("leavers.csv", b"<!DOCTYPE html><title>Sign in</title>", None).unwrap_err();
    assert!(page[0].contains("a web page") && page[0].contains("Sign in"), "{page:?}");
    assert!(read("leavers.csv", b"", None).unwrap_err()[0].contains("empty"));
    refused(
        "leavers.csv",
        b"E-mail,Mail,Last day\na@x,b@x,2026-01-31\n",
        &["leavers.csv:1: `Mail` is a second column `email`; keep one of the two"],
    );
}

#[test]
fn other_encodings_are_read() {
    let text = "Mitarbeiter;E-Mail;Austritt\nJürgen Müller;jm@x;2026-01-31\n";
    let expected = ["2 jm@x|Jürgen Müller|-|-|2026-02-01"];
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [latin, wide, format!("\u{feff}{text}").into_bytes()] {
        assert_eq!(read("leavers.csv", &bytes, None).unwrap(), expected);
    }
}
