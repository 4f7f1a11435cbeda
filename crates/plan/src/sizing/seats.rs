//! F17: seats of an offering by how many are in use at once.
//!
//! What was seen is the rule: the least number of seats that sufficed in a share of the time. Erlang's formula is
//! the reference beside it: it knows only the mean, and takes arrivals as independent.

use super::{Invalid, count, not_negative, share};

/// More seats than any contract has; where the search by Erlang's formula ends.
const SEATS_MAX: u32 = 10_000_000;

/// The least number of seats that sufficed in `service` of the moments seen, for example daily peaks.
///
/// # Errors
/// Nothing seen; a service level outside 0 to 1.
pub fn seats_seen(in_use: &[u32], service: f64) -> Result<u32, Invalid> {
    share("the service level", service)?;
    let mut sorted = in_use.to_vec();
    sorted.sort_unstable();
    let rank = super::index((service * count(sorted.len()) - 1e-9).ceil().max(1.0));
    sorted.get(rank.saturating_sub(1)).copied().ok_or(Invalid::Empty("moment of use"))
}

/// The share of opens that find all seats taken, with the offered load in erlangs (the mean number in use if
/// nobody were turned away): B(0) = 1, B(c) = A·B(c−1)/(c + A·B(c−1)) (Erlang 1917; Cooper, Introduction to
/// Queueing Theory, 2nd ed., §3.3).
///
/// # Errors
/// A load that is negative or not a number; more than ten million seats.
pub fn blocked(load: f64, seats: u32) -> Result<f64, Invalid> {
    not_negative("the offered load", load)?;
    if seats > SEATS_MAX {
        return Err(Invalid::TooMany("seats", usize::try_from(seats).unwrap_or(usize::MAX)));
    }
    let step = |blocked: f64, seat: u32| load * blocked / (f64::from(seat) + load * blocked);
    Ok((1..=seats).fold(1.0, step))
}

/// The least number of seats with at most `blocked` of the opens refused.
///
/// ```
/// assert_eq!(faregate_plan::sizing::seats::seats_by_erlang(40.0, 0.01)?, 53);
/// # Ok::<(), faregate_plan::sizing::Invalid>(())
/// ```
///
/// # Errors
/// A load that is negative, not a number or over ten million; a share that is not between 0 and 1, or zero.
pub fn seats_by_erlang(load: f64, blocked: f64) -> Result<u32, Invalid> {
    not_negative("the offered load", load)?;
    share("the share refused", blocked)?;
    super::positive("the share refused", blocked)?;
    if load <= 0.0 {
        return Ok(0);
    }
    let mut found = 1.0;
    for seats in 0..=SEATS_MAX {
        if seats > 0 {
            found = load * found / (f64::from(seats) + load * found);
        }
        if found <= blocked {
            return Ok(seats);
        }
    }
    Err(Invalid::TooMany("erlangs", super::index(load)))
}
