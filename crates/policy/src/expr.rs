//! Conditions as a small tree, and their values: the same as Cedar's, errors included.

use crate::facts::{Fact, Facts};
use crate::value::{Block, Constant, Entity, Kind, Value, is_subset};
use core::cmp::Ordering;

/// A condition, or a part of one.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Constant(Constant),
    Fact(Fact),
    Has(Fact),
    /// The person is one of these names, or in one of them.
    Who(Vec<u32>),
    /// The product is one of these names, or in one of them.
    What(Vec<u32>),
    /// The fare is one of those whose bit is set.
    Fare(u8),
    /// A schedule goes on.
    GoesOn(u32),
    Is(Box<Expr>, Kind),
    In(Fact, Box<Expr>),
    /// `[…].contains(…)`.
    OneOf(Box<Expr>, Vec<Constant>),
    Like(Box<Expr>, Vec<Glob>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    If(Box<[Expr; 3]>),
    Set(Vec<Expr>),
    Two(Two, Box<[Expr; 2]>),
    One(One, Box<Expr>),
}

/// Functions of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum One {
    IsEmpty,
    IsIpv4,
    IsIpv6,
    IsLoopback,
    IsMulticast,
    ToDate,
    ToTime,
    /// A duration in units of so many milliseconds.
    Units(i64),
}

/// Operators on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Two {
    And,
    Or,
    Equal,
    Less,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Contains,
    ContainsAll,
    ContainsAny,
    IsInRange,
    Offset,
    DurationSince,
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glob {
    Any,
    One(char),
}

/// The condition has no value: a number overflowed, or something that is asked for is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoValue;

type Valued<T> = Result<T, NoValue>;

const DAY: i64 = 86_400_000;

impl Expr {
    /// Whether it is true.
    pub(crate) fn holds<'a>(&'a self, facts: &Facts<'a>) -> Valued<bool> {
        match self {
            Self::Who(names) => Ok(facts.who.has_any(names)),
            Self::What(names) => Ok(facts.is_what(names)),
            Self::Fare(mask) => Ok(mask & fare_bit(facts.question.fare) != 0),
            Self::GoesOn(slot) => Ok(facts.goes_on(*slot)),
            Self::Has(fact) => Ok(facts.has(*fact)),
            Self::Not(inner) => Ok(!inner.holds(facts)?),
            Self::If(parts) => {
                let [condition, yes, no] = &**parts;
                if condition.holds(facts)? { yes.holds(facts) } else { no.holds(facts) }
            }
            Self::Is(inner, kind) => Ok(entity(inner.value(facts)?)?.kind == *kind),
            Self::In(fact, within) => is_in(*fact, within, facts),
            Self::OneOf(inner, constants) => {
                let value = inner.value(facts)?;
                Ok(constants.iter().any(|constant| is_same(constant, &value)))
            }
            Self::Like(inner, pattern) => Ok(matches(pattern, text(inner.value(facts)?)?)),
            Self::Two(two, parts) => {
                let [left, right] = &**parts;
                two.holds(left, right, facts)
            }
            Self::One(one, inner) => truth(one.value(inner.value(facts)?)?),
            Self::Constant(Constant::Bool(value)) => Ok(*value),
            Self::Fact(fact) => truth(facts.get(*fact).ok_or(NoValue)?),
            Self::Constant(_) | Self::Negative(_) | Self::Set(_) => Err(NoValue),
        }
    }

    /// Its value.
    pub(crate) fn value<'a>(&'a self, facts: &Facts<'a>) -> Valued<Value<'a>> {
        match self {
            Self::Constant(constant) => Ok(constant.value()),
            Self::Fact(fact) => facts.get(*fact).ok_or(NoValue),
            Self::Negative(inner) => {
                long(inner.value(facts)?)?.checked_neg().map(Value::Long).ok_or(NoValue)
            }
            Self::Set(parts) => {
                let values: Valued<Vec<_>> = parts.iter().map(|part| part.value(facts)).collect();
                values.map(Value::Set)
            }
            Self::If(parts) => {
                let [condition, yes, no] = &**parts;
                if condition.holds(facts)? { yes.value(facts) } else { no.value(facts) }
            }
            Self::One(one, inner) => one.value(inner.value(facts)?),
            Self::Two(two, parts) if two.computes() => {
                let [left, right] = &**parts;
                two.compute(left.value(facts)?, right.value(facts)?)
            }
            _ => self.holds(facts).map(Value::Bool),
        }
    }

    /// Whether it has a value whatever the question; what it says may then be looked at ahead of its turn.
    pub(crate) fn is_total(&self) -> bool {
        match self {
            Self::Who(_) | Self::What(_) | Self::Fare(_) | Self::GoesOn(_) | Self::Has(_) => true,
            Self::Constant(constant) => matches!(constant, Constant::Bool(_)),
            Self::Fact(fact) => matches!(fact, Fact::Contractor | Fact::Confirmed),
            Self::Not(inner) => inner.is_total(),
            Self::Two(Two::And | Two::Or, parts) => parts.iter().all(Self::is_total),
            Self::OneOf(inner, _) => {
                matches!(**inner, Self::Fact(fact) if fact.is_required())
            }
            _ => false,
        }
    }
}

impl Two {
    /// Whether its value is something else than true or false.
    fn computes(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Subtract | Self::Multiply | Self::Offset | Self::DurationSince
        )
    }

    fn holds<'a>(self, left: &'a Expr, right: &'a Expr, facts: &Facts<'a>) -> Valued<bool> {
        match self {
            Self::And => Ok(left.holds(facts)? && right.holds(facts)?),
            Self::Or => Ok(left.holds(facts)? || right.holds(facts)?),
            Self::Equal => Ok(left.value(facts)? == right.value(facts)?),
            Self::Less => Ok(order(&left.value(facts)?, &right.value(facts)?)?.is_lt()),
            Self::LessOrEqual => Ok(order(&left.value(facts)?, &right.value(facts)?)?.is_le()),
            Self::Contains => Ok(set(left.value(facts)?)?.contains(&right.value(facts)?)),
            Self::ContainsAll => {
                Ok(is_subset(&set(right.value(facts)?)?, &set(left.value(facts)?)?))
            }
            Self::ContainsAny => {
                let (left, right) = (set(left.value(facts)?)?, set(right.value(facts)?)?);
                Ok(left.iter().any(|value| right.contains(value)))
            }
            Self::IsInRange => {
                Ok(block(left.value(facts)?)?.is_in_range(block(right.value(facts)?)?))
            }
            Self::Add | Self::Subtract | Self::Multiply | Self::Offset | Self::DurationSince => {
                Err(NoValue)
            }
        }
    }

    fn compute<'a>(self, left: Value<'a>, right: Value<'a>) -> Valued<Value<'a>> {
        let computed = match (self, left, right) {
            (Self::Add, Value::Long(one), Value::Long(two)) => {
                one.checked_add(two).map(Value::Long)
            }
            (Self::Subtract, Value::Long(one), Value::Long(two)) => {
                one.checked_sub(two).map(Value::Long)
            }
            (Self::Multiply, Value::Long(one), Value::Long(two)) => {
                one.checked_mul(two).map(Value::Long)
            }
            (Self::Offset, Value::Time(time), Value::Span(span)) => {
                time.checked_add(span).map(Value::Time)
            }
            (Self::DurationSince, Value::Time(one), Value::Time(two)) => {
                one.checked_sub(two).map(Value::Span)
            }
            _ => None,
        };
        computed.ok_or(NoValue)
    }
}

impl One {
    fn value(self, value: Value<'_>) -> Valued<Value<'_>> {
        Ok(match (self, value) {
            (Self::IsEmpty, Value::Set(values)) => Value::Bool(values.is_empty()),
            (Self::IsIpv4, Value::Block(block)) => Value::Bool(block.address.is_ipv4()),
            (Self::IsIpv6, Value::Block(block)) => Value::Bool(block.address.is_ipv6()),
            (Self::IsLoopback, Value::Block(block)) => Value::Bool(block.is_loopback()),
            (Self::IsMulticast, Value::Block(block)) => Value::Bool(block.is_multicast()),
            (Self::ToDate, Value::Time(time)) => {
                Value::Time(time.checked_sub(time.rem_euclid(DAY)).ok_or(NoValue)?)
            }
            (Self::ToTime, Value::Time(time)) => Value::Span(time.rem_euclid(DAY)),
            (Self::Units(unit), Value::Span(span)) => {
                Value::Long(span.checked_div(unit).ok_or(NoValue)?)
            }
            _ => return Err(NoValue),
        })
    }
}

/// The bit of a fare in a mask of them.
pub(crate) fn fare_bit(fare: faregate_core::event::Fare) -> u8 {
    use faregate_core::event::Fare;
    match fare {
        Fare::Seat => 1,
        Fare::FreeSeat => 2,
        Fare::Tokens => 4,
    }
}

/// Compares without copying the constant, where that is easy.
fn is_same(constant: &Constant, value: &Value<'_>) -> bool {
    match (constant, value) {
        (Constant::Text(one), Value::Text(two)) => **one == **two,
        (Constant::Entity(kind, key), Value::Entity(other)) => {
            *kind == other.kind && **key == *other.key
        }
        _ => constant.value() == *value,
    }
}

fn is_in<'a>(fact: Fact, within: &'a Expr, facts: &Facts<'a>) -> Valued<bool> {
    let entity_in = entity(facts.get(fact).ok_or(NoValue)?)?;
    match within.value(facts)? {
        Value::Entity(other) => Ok(facts.is_within(&entity_in, &other)),
        Value::Set(others) => {
            let others: Valued<Vec<Entity<'_>>> = others.into_iter().map(entity).collect();
            Ok(others?.iter().any(|other| facts.is_within(&entity_in, other)))
        }
        _ => Err(NoValue),
    }
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Valued<Ordering> {
    match (left, right) {
        (Value::Long(one), Value::Long(two))
        | (Value::Time(one), Value::Time(two))
        | (Value::Span(one), Value::Span(two))
        | (Value::Decimal(one), Value::Decimal(two)) => Ok(one.cmp(two)),
        _ => Err(NoValue),
    }
}

fn truth(value: Value<'_>) -> Valued<bool> {
    if let Value::Bool(value) = value { Ok(value) } else { Err(NoValue) }
}

fn long(value: Value<'_>) -> Valued<i64> {
    if let Value::Long(value) = value { Ok(value) } else { Err(NoValue) }
}

fn text(value: Value<'_>) -> Valued<&str> {
    if let Value::Text(value) = value { Ok(value) } else { Err(NoValue) }
}

fn entity(value: Value<'_>) -> Valued<Entity<'_>> {
    if let Value::Entity(value) = value { Ok(value) } else { Err(NoValue) }
}

fn block(value: Value<'_>) -> Valued<Block> {
    if let Value::Block(value) = value { Ok(value) } else { Err(NoValue) }
}

fn set(value: Value<'_>) -> Valued<Vec<Value<'_>>> {
    if let Value::Set(value) = value { Ok(value) } else { Err(NoValue) }
}

/// Whether a text matches a pattern: where it does not go on, the last wildcard takes one character more.
pub(crate) fn matches(pattern: &[Glob], text: &str) -> bool {
    let (mut steps, mut rest) = (pattern.iter(), text.chars());
    let mut again: Option<(core::slice::Iter<'_, Glob>, core::str::Chars<'_>)> = None;
    loop {
        let before = rest.clone();
        match (steps.next(), rest.next()) {
            (None, None) => return true,
            (Some(Glob::Any), _) => {
                again = Some((steps.clone(), before.clone()));
                rest = before;
            }
            (Some(Glob::One(wanted)), Some(found)) if *wanted == found => {}
            _ => {
                let Some((after, taken)) = &mut again else { return false };
                if taken.next().is_none() {
                    return false;
                }
                (steps, rest) = (after.clone(), taken.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
