//! Pages under an order show each row once, whatever comes and goes between them.

use super::*;

/// Rows by their places: what stands in their one column.
type Rows = Vec<(u64, Option<&'static str>)>;

const COLUMNS: [(&str, ()); 1] = [("name", ())];

fn rows() -> Rows {
    let names = [Some("Cy"), None, Some("ana"), Some("Bo"), Some("Ana"), None, Some("dee")];
    (1..).zip(names).collect()
}

fn key((): (), name: &Option<&str>) -> Key {
    Key::text(*name)
}

/// Walks through all pages; between two of them, `change` changes the rows.
fn walk(sort: &str, limit: u32, mut change: impl FnMut(&mut Rows)) -> Vec<Option<&'static str>> {
    let order = Order::read(Some(sort), &COLUMNS).unwrap();
    let (mut rows, mut seen, mut cursor) = (rows(), Vec::new(), None::<String>);
    loop {
        let asked = (Some(limit), cursor.as_deref());
        let page = order.page(rows.iter().copied(), key, asked).unwrap();
        seen.extend(page.rows);
        change(&mut rows);
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
    }
}

/// Equal names stay in the order of their places; where there is none, the row comes last.
#[test]
fn pages_of_any_size_show_all_in_order() {
    let up = [Some("ana"), Some("Ana"), Some("Bo"), Some("Cy"), Some("dee"), None, None];
    let down = [Some("dee"), Some("Cy"), Some("Bo"), Some("ana"), Some("Ana"), None, None];
    for limit in 1..9 {
        assert_eq!(walk("name", limit, |_| {}), up, "{limit}");
        assert_eq!(walk("-name", limit, |_| {}), down, "{limit}");
    }
    let order = Order::read(Some("-name"), &COLUMNS).unwrap();
    assert_eq!(order.all(rows().into_iter(), key), down);
}

#[test]
fn rows_that_go_and_come_neither_hide_nor_repeat_others() {
    // The last row shown is gone by the time of the next page.
    let shown = walk("name", 2, |rows| rows.retain(|(place, _)| *place != 5));
    assert_eq!(shown.iter().flatten().count(), 5);
    // Others come before what was shown already.
    let mut place = 100;
    let shown = walk("name", 2, |rows| {
        place += 1;
        rows.push((place, Some("aaa")));
    });
    let names: Vec<&str> = shown.into_iter().flatten().collect();
    assert_eq!(names, ["ana", "Ana", "Bo", "Cy", "dee"]);
}

#[test]
fn without_an_order_rows_stay_as_they_are() {
    let order: Order<()> = Order::read(None, &COLUMNS).unwrap();
    let page = order.page(rows().into_iter(), key, (Some(2), Some("3"))).unwrap();
    assert_eq!((page.rows, page.next.as_deref()), (vec![Some("Bo"), Some("Ana")], Some("5")));
    assert_eq!(order.words(), None);
}

#[test]
fn what_is_no_order_or_no_cursor_is_told() {
    for asked in ["", "-", "colour", "--name", "Name"] {
        let why = Order::read(Some(asked), &COLUMNS).unwrap_err();
        assert_eq!(why.code, "bad-sort", "{asked}");
        assert_eq!(why.help, "sort by name; a `-` in front turns the order around");
    }
    let up = Order::read(Some("name"), &COLUMNS).unwrap();
    let next = up.page(rows().into_iter(), key, (Some(1), None)).unwrap().next.unwrap();
    let down = Order::read(Some("-name"), &COLUMNS).unwrap();
    for (order, cursor) in [(up, "3"), (up, "e30"), (up, "%"), (down, next.as_str())] {
        let why = order.page(rows().into_iter(), key, (None, Some(cursor))).map(|page| page.next);
        assert_eq!(why.unwrap_err().code, "bad-cursor", "{cursor}");
    }
}

#[test]
fn estimates_are_sorted_as_numbers() {
    let mut keys = [10.0, 9.5, -1.0, f64::INFINITY].map(|value| Key::estimate(Some(value)));
    keys.sort();
    let expected =
        [Key::Number(-1_000_000), Key::Number(9_500_000), Key::Number(10_000_000), Key::Nothing];
    assert_eq!(keys, expected);
}
