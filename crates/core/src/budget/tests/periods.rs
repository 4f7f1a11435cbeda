//! The ends of periods.

use super::*;

/// June has 30 days: day 30 is the first of July, day 213 the first of January.
#[test]
fn what_is_left_at_the_end_of_a_period_goes_where_it_was_agreed() {
    check(
        "months",
        world(),
        "14 period design 1 => ok
         14 due => nothing
         29 due => nothing
         30 due => 40 from 1 to 0, 1 ended 2026-07-01
         30 due => nothing
         30 move 0 1 10 => 10 from 0 to 1
         60 due => nothing
         61 due => 10 from 1 to 0, 1 ended 2026-08-01
         200 due => 1 ended 2026-12-01",
    );
    check(
        "quarters begin in January, April, July, October",
        world(),
        "0 period design 3 => ok
         29 due => nothing
         30 due => 40 from 1 to 0, 1 ended 2026-07-01
         121 due => nothing
         122 due => 1 ended 2026-10-01",
    );
    check(
        "years",
        world(),
        "0 period design 12 => ok
         213 due => nothing
         214 due => 40 from 1 to 0, 1 ended 2027-01-01",
    );
    check(
        "a project",
        world(),
        "0 period design 2026-06-11 2026-06-21 => ok
         0 open ben revit => no
         9 due => nothing
         10 open ben revit => ok
         10 close => ok
         19 due => nothing
         20 open ben revit => no
         20 due => 40 from 1 to 0, 1 ended 2026-06-21
         400 due => nothing",
    );
    check(
        "a project that is extended, and then another one",
        world(),
        "0 period design 2026-06-01 2026-06-11 => ok
         5 period design 2026-06-01 2026-06-21 => ok
         10 due => nothing
         20 due => 40 from 1 to 0, 1 ended 2026-06-21
         21 period design 2026-07-01 2026-08-01 => ok
         22 move 0 1 10 => 10 from 0 to 1
         30 due => nothing
         61 due => 10 from 1 to 0, 1 ended 2026-08-01",
    );
}

#[test]
fn what_is_left_is_carried_withdrawn_or_passed_up() {
    check(
        "carried",
        world(),
        "0 period design 1 => ok
         0 leftover design carry => ok
         30 due => 1 ended 2026-07-01
         30 due => nothing
         30 free 1 => 40",
    );
    check(
        "withdrawn, whatever lies above",
        world(),
        "0 period design 1 => ok
         0 leftover design expire => ok
         30 due => 40 from 1 to pool, 1 ended 2026-07-01
         30 free pool => 700",
    );
    check(
        "those below first, so that all of it arrives at the top",
        world(),
        "0 period general 1 => ok
         0 period design 1 => ok
         0 period lab 1 => ok
         0 move 0 2 7 => 7 from 0 to 2
         30 due => 7 from 2 to 1, 2 ended 2026-07-01, 47 from 1 to 0, 1 ended 2026-07-01, \
340 from 0 to pool, 0 ended 2026-07-01
         30 due => nothing
         30 free pool => 1000",
    );
}

#[test]
fn what_ended_before_a_period_was_agreed_is_no_end_of_it() {
    check(
        "changed in the middle",
        world(),
        "0 period design 12 => ok
         45 period design 1 => ok
         45 due => nothing
         61 due => 40 from 1 to 0, 1 ended 2026-08-01
         62 period design open => ok
         62 move 0 1 5 => 5 from 0 to 1
         300 due => nothing
         300 period design 1 => ok
         300 due => nothing",
    );
    check(
        "said again before the end was dealt with",
        world(),
        "0 period design 1 => ok
         30 period design 1 => ok
         30 due => 40 from 1 to 0, 1 ended 2026-07-01",
    );
    check(
        "a hold is not returned; what it gives back stays",
        world(),
        "0 period design 1 => ok
         30 open ben revit => ok
         30 due => 30 from 1 to 0, 1 ended 2026-07-01
         30 close => ok
         30 free 1 => 10
         30 due => nothing",
    );
}
