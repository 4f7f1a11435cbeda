//! Use without the server, paid for in advance; and what agents have to say before tokens are spent.

use super::*;
use crate::invariants::violations;

/// Runs a script; at its end every invariant holds.
fn check_leases(name: &str, script: &str) {
    let world = check_in(World::new(), name, script);
    assert_eq!(violations(&world.state), [], "{name}");
}

#[test]
fn an_agent_spends_no_more_than_its_user_agreed_to() {
    check_leases(
        "consent",
        "0:00 open ben revit agent => tokens-not-agreed
         0:00 open ben revit agreed=9 => tokens-not-agreed
         0:00 open ben revit agreed=10 clock-wrong => clock-wrong
         0:00 left 1 => 40 and 0 held
         0:00 open ben revit agreed=10 => 10 of bucket 1 from 0:00
         0:01 open ben revit agent clock-wrong => 0 of bucket 1 from 0:00
         0:10 alive 1 => posted
         0:20 open ben revit agent clock-wrong => 0 of bucket 1 from 0:00
         0:30 open anna civil-3d agent clock-wrong => seat 0
         0:40 open ben unrated agent clock-wrong => not-on-tariff
         0:40 open ben revit lab agent clock-wrong => bucket-not-yours",
    );
}

#[test]
fn a_lease_holds_its_tokens_until_it_comes_back() {
    check_leases(
        "returned",
        "9:00 open ben revit agreed=10 lease=28800 => 10 of bucket 1 from 9:00
         9:00 until 1 => 17:00
         9:00 due 1 => never
         12:00 alive 1 => nothing
         12:00 left 1 => 30 and 10 held
         18:00 close 1 => voided
         18:00 left 1 => 40 and 0 held",
    );
    check_leases(
        "lost",
        "9:00 open ben revit agreed=10 lease=3600 => 10 of bucket 1 from 9:00
         33:59 lost => nothing
         34:00 lost => expired
         34:00 left 1 => 40 and 0 held",
    );
}

#[test]
fn a_lease_ends_with_the_unit_that_it_may_use() {
    check_leases(
        "a window",
        "9:00 open ben revit agreed=10 lease=999999 => 10 of bucket 1 from 9:00
         9:00 until 1 => 33:00
         9:30 close 1 => voided
         10:00 open ben revit => 10 of bucket 1 from 10:00
         10:04 open ben revit lease=999999 => 0 of bucket 1 from 10:00
         10:04 until 3 => 34:00
         10:05 alive 2 => posted
         10:05 left 1 => 30 and 0 held
         30:00 open ben revit lease=7200 => 0 of bucket 1 from 10:00
         30:00 until 4 => 32:00
         33:00 open ben revit lease=7200 => 0 of bucket 1 from 10:00
         33:00 until 5 => 34:00",
    );
    check_leases(
        "a day",
        "20:00 open ben daily agreed=4 lease=28800 => 4 of bucket 1 from 20:00
         20:00 until 1 => 24:00
         20:00 open ben hourly agreed=99 lease=60 => no-lease
         20:00 open ben minutely agreed=99 lease=60 => no-lease
         20:00 open ben solve agreed=99 lease=60 => no-lease
         20:00 open ben revit agreed=99 lease=0 => no-lease
         20:00 open anna civil-3d lease=999999 => seat 0
         20:00 until 2 => never
         68:00 lost => expired",
    );
}

#[test]
fn a_second_lease_shares_the_hold_of_the_first() {
    check_leases(
        "two laptops",
        "9:00 open ben revit agreed=10 lease=28800 => 10 of bucket 1 from 9:00
         10:00 open ben revit lease=999999 => 0 of bucket 1 from 9:00
         10:00 until 2 => 17:00
         11:00 close 1 => closed
         11:00 left 1 => 30 and 10 held
         17:00 open ben revit agreed=10 lease=3600 => no-lease
         40:59 lost => nothing
         41:00 lost => expired
         41:00 left 1 => 40 and 0 held",
    );
}

#[test]
fn whoever_opens_the_product_meanwhile_uses_what_the_lease_holds() {
    check_leases(
        "past the grace it is spent",
        "9:00 open ben revit agreed=10 lease=28800 => 10 of bucket 1 from 9:00
         10:00 open ben revit => 0 of bucket 1 from 10:00
         10:00 due 2 => 10:05
         10:05 alive 2 => posted
         10:05 left 1 => 30 and 0 held
         11:00 close 2 => closed
         12:00 close 1 => closed
         12:00 left 1 => 30 and 0 held",
    );
    check_leases(
        "within the grace it stays with the lease",
        "9:00 open ben revit agreed=10 lease=28800 => 10 of bucket 1 from 9:00
         10:00 open ben revit => 0 of bucket 1 from 10:00
         10:04 close 2 => closed
         10:04 left 1 => 30 and 10 held
         11:00 open ben revit => 0 of bucket 1 from 11:00
         11:00 due 3 => 11:05
         11:01 close 1 => closed
         11:02 close 3 => voided
         11:02 left 1 => 40 and 0 held",
    );
    check_leases(
        "a launch that is joined leaves its hold to the lease",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:01 open ben revit lease=28800 => 0 of bucket 1 from 9:00
         9:02 close 1 => closed
         9:02 left 1 => 30 and 10 held
         9:30 close 2 => voided",
    );
}

/// What it may have been used for before would make the unit that is paid end earlier.
#[test]
fn a_lease_ends_with_the_unit_that_another_may_have_begun() {
    check_leases(
        "begun before",
        "9:00 open ben revit agreed=10 lease=28800 => 10 of bucket 1 from 9:00
         12:00 open ben revit => 0 of bucket 1 from 12:00
         12:05 alive 2 => posted
         13:00 open ben revit lease=999999 => 0 of bucket 1 from 12:00
         13:00 until 3 => 33:00
         34:00 open ben revit lease=999999 => no-lease
         34:00 close 1 => closed
         34:00 close 3 => closed
         34:00 open ben revit lease=999999 => 0 of bucket 1 from 12:00
         34:00 until 4 => 36:00",
    );
    check_leases(
        "of another day",
        "20:00 open ben daily agreed=4 lease=3600 => 4 of bucket 1 from 20:00
         32:00 open ben daily => 4 of bucket 1 from 32:00
         32:05 alive 2 => posted
         32:10 open ben daily lease=3600 => no-lease
         33:00 close 1 => voided
         33:00 open ben daily lease=3600 => 0 of bucket 1 from 32:00
         33:00 until 3 => 34:00",
    );
}

/// What a lease may have used stays held for it: whoever opens the product later pays for themselves.
#[test]
fn a_lease_that_is_past_keeps_its_hold() {
    check_leases(
        "past",
        "9:00 open ben revit agreed=10 lease=3600 => 10 of bucket 1 from 9:00
         10:00 open ben revit => 10 of bucket 1 from 10:00
         10:00 left 1 => 20 and 20 held
         10:01 open ben revit lease=3600 => no-lease
         10:05 alive 2 => posted
         10:06 close 2 => closed
         10:06 left 1 => 20 and 10 held
         11:00 close 1 => voided
         11:00 left 1 => 30 and 0 held",
    );
}
