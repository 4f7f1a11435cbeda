//! From a policy, as Cedar writes it in JSON, to what we look at.
//!
//! Whatever is not understood here makes the whole policy one that Cedar itself is asked about: `None` is
//! always a right answer. To compile a further construct: its arm here, its value in `expr`, and a production
//! in `trials`, which holds it against Cedar.

use crate::expr::{Expr, Glob, One, Two, fare_bit};
use crate::facts::{Fact, action};
use crate::literal;
use crate::names::Names;
use crate::value::{Constant, Kind};
use faregate_core::event::Fare;
use serde_json::Value as Json;

/// Which people or products a policy can be about: all, or those that go by one of these names.
pub(crate) type Named = Option<Vec<u32>>;

/// For which requests a policy has to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// A bit for each fare.
    pub(crate) fares: u8,
    pub(crate) who: Named,
    pub(crate) what: Named,
}

const EVERY_FARE: u8 = 0b111;

/// The scope of a policy.
pub(crate) fn scope(policy: &Json, names: &mut Names) -> Option<Scope> {
    Some(Scope {
        fares: fares(policy.get("action")?)?,
        who: named(policy.get("principal")?, Kind::Person, names)?,
        what: named(policy.get("resource")?, Kind::Product, names)?,
    })
}

fn fares(constraint: &Json) -> Option<u8> {
    let mask = |json: &Json| entity_of(json).map(|(kind, key)| fares_of(kind, key));
    match constraint.get("op")?.as_str()? {
        "All" => Some(EVERY_FARE),
        "==" => {
            let (kind, key) = entity_of(constraint.get("entity")?)?;
            Some(if key == "open" { 0 } else { fares_of(kind, key) })
        }
        "in" => match constraint.get("entities") {
            Some(all) => all.as_array()?.iter().try_fold(0, |sum, one| Some(sum | mask(one)?)),
            None => mask(constraint.get("entity")?),
        },
        _ => None,
    }
}

/// The fares that are, or are in, an action.
fn fares_of(kind: Kind, key: &str) -> u8 {
    let all = [Fare::Seat, Fare::FreeSeat, Fare::Tokens].into_iter();
    match (kind, key) {
        (Kind::Action, "open") => EVERY_FARE,
        (Kind::Action, _) => {
            all.filter(|fare| action(*fare) == key).fold(0, |sum, fare| sum | fare_bit(fare))
        }
        _ => 0,
    }
}

/// The outer `Option` is whether it is understood, the inner one whether it names anything.
fn named(constraint: &Json, own: Kind, names: &mut Names) -> Option<Named> {
    match constraint.get("op")?.as_str()? {
        "All" => Some(None),
        "==" => {
            let (kind, key) = entity_of(constraint.get("entity")?)?;
            let number = if kind == own { names.number(kind, key) } else { None };
            Some(Some(number.into_iter().collect()))
        }
        "in" => {
            let (kind, key) = entity_of(constraint.get("entity")?)?;
            Some(Some(below(own, kind, key, names).into_iter().collect()))
        }
        "is" if constraint.get("entity_type")?.as_str()? != own.name() => Some(Some(Vec::new())),
        "is" => match constraint.get("in") {
            None => Some(None),
            Some(within) => {
                let (kind, key) = entity_of(within.get("entity")?)?;
                Some(Some(below(own, kind, key, names).into_iter().collect()))
            }
        },
        _ => None,
    }
}

/// The number of a name that people, or products, can be or be in.
fn below(own: Kind, kind: Kind, key: &str, names: &mut Names) -> Option<u32> {
    let fits = match own {
        Kind::Person => matches!(kind, Kind::Person | Kind::Group),
        _ => matches!(kind, Kind::Product | Kind::Offering),
    };
    if fits { names.number(kind, key) } else { None }
}

/// The kind and key of an entity in JSON, in either of its forms.
pub(crate) fn entity_of(json: &Json) -> Option<(Kind, &str)> {
    let json = json.get("__entity").unwrap_or(json);
    Some((Kind::named(json.get("type")?.as_str()?)?, json.get("id")?.as_str()?))
}

/// All conditions of a policy as one.
pub(crate) fn condition(policy: &Json, names: &mut Names) -> Option<Expr> {
    let mut all: Option<Expr> = None;
    for part in policy.get("conditions")?.as_array()? {
        let body = Compiler { names, depth: 0 }.expr(part.get("body")?)?;
        let body = match part.get("kind")?.as_str()? {
            "when" => body,
            "unless" => Expr::Not(Box::new(body)),
            _ => return None,
        };
        all = Some(match all {
            None => body,
            Some(before) => two(Two::And, before, body),
        });
    }
    Some(all.unwrap_or(Expr::Constant(Constant::Bool(true))))
}

/// Deeper conditions are left to Cedar, which watches its stack: ours recurse, and must not use it up.
const DEPTH_MAX: usize = 250;

struct Compiler<'n> {
    names: &'n mut Names,
    depth: usize,
}

impl Compiler<'_> {
    fn expr(&mut self, json: &Json) -> Option<Expr> {
        self.depth = self.depth.saturating_add(1);
        let expr = if self.depth > DEPTH_MAX { None } else { self.step(json) };
        self.depth = self.depth.saturating_sub(1);
        expr
    }

    fn step(&mut self, json: &Json) -> Option<Expr> {
        let (operator, operand) = json.as_object()?.iter().next()?;
        match operator.as_str() {
            "Value" => constant(operand).map(Expr::Constant),
            "Var" => variable(operand.as_str()?).map(Expr::Fact),
            "Set" => self.set(operand.as_array()?),
            "." => attribute(operand).map(Expr::Fact),
            "has" => has(operand),
            "is" => self.is(operand),
            "like" => self.like(operand),
            "!" => Some(Expr::Not(Box::new(self.part(operand, "arg")?))),
            "neg" => Some(Expr::Negative(Box::new(self.part(operand, "arg")?))),
            "isEmpty" => Some(Expr::One(One::IsEmpty, Box::new(self.part(operand, "arg")?))),
            "if-then-else" => {
                let parts = ["if", "then", "else"].map(|name| self.part(operand, name));
                let [condition, yes, no] = parts;
                Some(Expr::If(Box::new([condition?, yes?, no?])))
            }
            _ if operand.is_array() => self.call(operator, operand.as_array()?),
            _ => self.operator(operator, operand),
        }
    }

    fn part(&mut self, operand: &Json, name: &str) -> Option<Expr> {
        self.expr(operand.get(name)?)
    }

    fn set(&mut self, parts: &[Json]) -> Option<Expr> {
        let parts: Option<Vec<Expr>> = parts.iter().map(|part| self.expr(part)).collect();
        let parts = parts?;
        let constants: Option<Vec<Constant>> = parts
            .iter()
            .map(|part| if let Expr::Constant(known) = part { Some(known.clone()) } else { None })
            .collect();
        Some(constants.map_or(Expr::Set(parts), |all| Expr::Constant(Constant::Set(all))))
    }

    fn operator(&mut self, operator: &str, operand: &Json) -> Option<Expr> {
        let (left, right) = (operand.get("left")?, operand.get("right")?);
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        Some(match operator {
            "&&" => two(Two::And, left, right),
            "||" => either(left, right),
            "==" => self.equal(left, right),
            "!=" => Expr::Not(Box::new(self.equal(left, right))),
            "<" => two(Two::Less, left, right),
            "<=" => two(Two::LessOrEqual, left, right),
            ">" => two(Two::Less, right, left),
            ">=" => two(Two::LessOrEqual, right, left),
            "+" => two(Two::Add, left, right),
            "-" => two(Two::Subtract, left, right),
            "*" => two(Two::Multiply, left, right),
            "in" => return self.within(left, right),
            "contains" => self.contains(left, right),
            "containsAll" => two(Two::ContainsAll, left, right),
            "containsAny" => two(Two::ContainsAny, left, right),
            _ => return None,
        })
    }

    fn equal(&mut self, left: Expr, right: Expr) -> Expr {
        let named = match (&left, &right) {
            (Expr::Fact(fact), Expr::Constant(Constant::Entity(kind, key)))
            | (Expr::Constant(Constant::Entity(kind, key)), Expr::Fact(fact)) => {
                match (fact, kind) {
                    (Fact::Principal, Kind::Person) => {
                        self.names.number(*kind, key).map(|number| Expr::Who(vec![number]))
                    }
                    (Fact::Resource, Kind::Product) => {
                        self.names.number(*kind, key).map(|number| Expr::What(vec![number]))
                    }
                    (Fact::Action, Kind::Action) if **key != *"open" => {
                        Some(Expr::Fare(fares_of(*kind, key)))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        named.unwrap_or_else(|| two(Two::Equal, left, right))
    }

    /// What an entity is in depends on the estate: only what the question is about can be looked up there.
    fn within(&mut self, left: Expr, right: Expr) -> Option<Expr> {
        let Expr::Fact(fact) = left else { return None };
        let own = match fact {
            Fact::Principal => Kind::Person,
            Fact::Resource => Kind::Product,
            Fact::Action => Kind::Action,
            Fact::OwnBucket | Fact::Bucket | Fact::Site | Fact::Country | Fact::Region => {
                return Some(Expr::In(fact, Box::new(right)));
            }
            _ => return None,
        };
        let Expr::Constant(constant) = right else { return None };
        let all = if let Constant::Set(all) = constant { all } else { vec![constant] };
        let mut entities = Vec::new();
        for constant in &all {
            let Constant::Entity(kind, key) = constant else { return None };
            entities.push((*kind, &**key));
        }
        if own == Kind::Action {
            let mask = |sum: u8, (kind, key): &(Kind, &str)| sum | fares_of(*kind, key);
            return Some(Expr::Fare(entities.iter().fold(0, mask)));
        }
        let numbers = entities.iter().filter_map(|(kind, key)| below(own, *kind, key, self.names));
        let numbers = numbers.collect();
        Some(if own == Kind::Person { Expr::Who(numbers) } else { Expr::What(numbers) })
    }

    fn contains(&mut self, left: Expr, right: Expr) -> Expr {
        match (left, right) {
            (Expr::Constant(Constant::Set(all)), right) => Expr::OneOf(Box::new(right), all),
            (Expr::Fact(Fact::During), Expr::Constant(Constant::Entity(Kind::Schedule, key))) => {
                Expr::GoesOn(self.names.schedule_slot(&key))
            }
            (left, right) => two(Two::Contains, left, right),
        }
    }

    fn is(&mut self, operand: &Json) -> Option<Expr> {
        let kind = Kind::named(operand.get("entity_type")?.as_str()?)?;
        let left = self.part(operand, "left")?;
        let is = Expr::Is(Box::new(left.clone()), kind);
        let Some(within) = operand.get("in") else { return Some(is) };
        let right = self.expr(within)?;
        Some(two(Two::And, is, self.within(left, right)?))
    }

    fn like(&mut self, operand: &Json) -> Option<Expr> {
        let left = self.part(operand, "left")?;
        let mut pattern = Vec::new();
        for step in operand.get("pattern")?.as_array()? {
            match step.get("Literal") {
                Some(text) => pattern.extend(text.as_str()?.chars().map(Glob::One)),
                None if step.as_str()? == "Wildcard" => pattern.push(Glob::Any),
                None => return None,
            }
        }
        Some(Expr::Like(Box::new(left), pattern))
    }

    /// A function or method of an extension.
    fn call(&mut self, function: &str, operands: &[Json]) -> Option<Expr> {
        if let [only] = operands {
            if let Some(text) = only.get("Value").and_then(Json::as_str) {
                return literal::constant(function, text).map(Expr::Constant);
            }
            let one = one_of(function)?;
            return Some(Expr::One(one, Box::new(self.expr(only)?)));
        }
        let [left, right] = operands else { return None };
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        Some(match function {
            "isInRange" => two(Two::IsInRange, left, right),
            "offset" => two(Two::Offset, left, right),
            "durationSince" => two(Two::DurationSince, left, right),
            "lessThan" => two(Two::Less, left, right),
            "lessThanOrEqual" => two(Two::LessOrEqual, left, right),
            "greaterThan" => two(Two::Less, right, left),
            "greaterThanOrEqual" => two(Two::LessOrEqual, right, left),
            _ => return None,
        })
    }
}

fn one_of(function: &str) -> Option<One> {
    Some(match function {
        "isIpv4" => One::IsIpv4,
        "isIpv6" => One::IsIpv6,
        "isLoopback" => One::IsLoopback,
        "isMulticast" => One::IsMulticast,
        "toDate" => One::ToDate,
        "toTime" => One::ToTime,
        "toMilliseconds" => One::Units(1),
        "toSeconds" => One::Units(1_000),
        "toMinutes" => One::Units(60_000),
        "toHours" => One::Units(3_600_000),
        "toDays" => One::Units(86_400_000),
        _ => return None,
    })
}

fn two(two: Two, left: Expr, right: Expr) -> Expr {
    Expr::Two(two, Box::new([left, right]))
}

/// Two lists of names are one.
fn either(left: Expr, right: Expr) -> Expr {
    match (left, right) {
        (Expr::Who(one), Expr::Who(two)) => Expr::Who([one, two].concat()),
        (Expr::What(one), Expr::What(two)) => Expr::What([one, two].concat()),
        (Expr::Fare(one), Expr::Fare(two)) => Expr::Fare(one | two),
        (left, right) => two(Two::Or, left, right),
    }
}

fn variable(name: &str) -> Option<Fact> {
    match name {
        "principal" => Some(Fact::Principal),
        "resource" => Some(Fact::Resource),
        "action" => Some(Fact::Action),
        _ => None,
    }
}

/// `principal.x` or `context.x`.
fn attribute(operand: &Json) -> Option<Fact> {
    let attribute = operand.get("attr")?.as_str()?;
    match operand.get("left")?.get("Var")?.as_str()? {
        "principal" => Fact::of_person(attribute),
        "context" => Fact::of_opening(attribute),
        _ => None,
    }
}

fn has(operand: &Json) -> Option<Expr> {
    let names = operand.get("attr")?;
    // `has a.b` is left to Cedar.
    let name = match names.as_array().map(Vec::as_slice) {
        None => names.as_str()?,
        Some([only]) => only.as_str()?,
        Some(_) => return None,
    };
    let fact = match operand.get("left")?.get("Var")?.as_str()? {
        "principal" => Fact::of_person(name),
        "context" => Fact::of_opening(name),
        _ => return None,
    };
    Some(fact.map_or(Expr::Constant(Constant::Bool(false)), Expr::Has))
}

fn constant(json: &Json) -> Option<Constant> {
    match json {
        Json::Bool(value) => Some(Constant::Bool(*value)),
        Json::Number(value) => value.as_i64().map(Constant::Long),
        Json::String(value) => Some(Constant::Text(value.as_str().into())),
        Json::Array(values) => {
            values.iter().map(constant).collect::<Option<Vec<_>>>().map(Constant::Set)
        }
        Json::Object(_) => {
            let (kind, key) = entity_of(json.get("__entity")?)?;
            Some(Constant::Entity(kind, key.into()))
        }
        Json::Null => None,
    }
}

/// What a condition asks for first, before anything that may have no value, narrows the scope: where it is not
/// so, the policy does not apply, and looking at it is saved.
pub(crate) fn narrow(scope: &mut Scope, condition: &Expr) -> bool {
    match condition {
        Expr::Two(Two::And, parts) => {
            let [left, right] = &**parts;
            narrow(scope, left) && narrow(scope, right)
        }
        Expr::Who(names) => {
            scope.who.get_or_insert_with(|| names.clone());
            true
        }
        Expr::What(names) => {
            scope.what.get_or_insert_with(|| names.clone());
            true
        }
        Expr::Fare(mask) => {
            scope.fares &= *mask;
            true
        }
        other => other.is_total(),
    }
}
