use super::*;

mod merges;
mod people;
mod places;
mod seats;

fn estate() -> Estate {
    let mut estate = Estate::default();
    for key in ["Revit", "civil-3d", "autocad"] {
        estate.define_product(Product { key: key.to_owned(), name: key.to_owned() });
    }
    for (key, aliases) in [("anna", vec!["ALopez", "anna@example.com"]), ("ben", vec!["alopez"])] {
        let aliases = aliases.into_iter().map(str::to_owned).collect();
        estate.add_person(Person {
            key: key.to_owned(),
            name: key.to_owned(),
            bucket: GENERAL,
            aliases,
        });
    }
    for covers in [vec!["civil-3d"], vec!["civil-3d", "autocad"]] {
        let covers = covers.into_iter().map(str::to_owned).collect();
        estate.define_offering(Offering { key: "o".to_owned(), name: "O".to_owned(), covers });
    }
    estate
}

/// Whose alias is this?
fn check(alias: &str, expected: Option<u32>) {
    assert_eq!(estate().person_called(alias), expected.map(PersonId), "`{alias}`");
}

#[test]
fn people_are_found_by_any_alias_in_any_case() {
    check("anna", Some(0));
    check(" Anna ", Some(0));
    check("ANNA@example.com", Some(0));
    check("ben", Some(1));
    check("nobody", None);
    check("", None);
}

#[test]
fn an_alias_that_is_taken_stays_with_its_first_owner() {
    check("alopez", Some(0));
}

#[test]
fn keys_are_defined_once_whatever_their_case() {
    let mut estate = estate();
    let again = Product { key: "REVIT".to_owned(), name: "Another".to_owned() };
    assert_eq!(estate.define_product(again), ProductId(0));
    assert_eq!(estate.products().len(), 3);
    let bucket = |key: &str| Bucket { key: key.to_owned(), name: key.to_owned() };
    assert_eq!(estate.open_bucket(bucket("general")), GENERAL);
    assert_eq!(estate.open_bucket(bucket("General")), GENERAL);
    assert_eq!(estate.open_bucket(bucket("design")), BucketId(1));
    assert_eq!(estate.bucket_called(" DESIGN"), Some(BucketId(1)));
}

#[test]
fn a_seat_covers_its_holder_its_products_and_its_term() {
    let mut estate = estate();
    let (from, until) = (Instant(100), Instant(200));
    let seat = |offering, person| Seat { offering: OfferingId(offering), person, from, until };
    estate.add_seat(seat(1, None));
    estate.add_seat(seat(0, Some(PersonId(0))));
    let later = Seat { from: Instant(150), ..seat(1, Some(PersonId(0))) };
    estate.add_seat(later);
    let covering = |person, product, at| {
        estate.covering_seat(PersonId(person), ProductId(product), Instant(at)).map(|seat| seat.0)
    };
    let rows = [
        ((0, 1, 99), None),
        ((0, 1, 100), Some(1)),
        ((0, 1, 199), Some(1)),
        ((0, 1, 200), None),
        ((0, 2, 149), None),
        ((0, 2, 150), Some(2)),
        ((0, 0, 150), None),
        ((1, 1, 150), None),
        ((7, 1, 150), None),
        ((0, 7, 150), None),
    ];
    for ((person, product, at), expected) in rows {
        assert_eq!(covering(person, product, at), expected, "{person} {product} {at}");
    }
}
