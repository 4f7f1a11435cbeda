//! Decisions, as every release wrote them: what came after the first one stands at the end, and is left out
//! where there is nothing to say. A decision is always the last thing in its entry, and is read only there.

use super::{Input, Malformed, Wire};
use faregate_core::event::{Ask, Basis, Circumstances, Opened, Refused};

/// The first bytes of entries that are decisions: their tags in the table of events.
pub(crate) const TAGS: [u8; 2] = [10, 11];

impl Wire for Opened {
    fn put(&self, out: &mut Vec<u8>) {
        put_ask(&self.ask, out);
        self.person.put(out);
        self.product.put(out);
        self.route.put(out);
        self.tariff.put(out);
        put_rest(&self.ask.more, &self.basis, out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let ask = get_ask(input)?;
        let (person, product) = (Wire::get(input)?, Wire::get(input)?);
        let (route, tariff) = (Wire::get(input)?, Wire::get(input)?);
        let (more, basis) = get_rest(input)?;
        Ok(Self { ask: Ask { more, ..ask }, person, product, route, tariff, basis })
    }
}

impl Wire for Refused {
    fn put(&self, out: &mut Vec<u8>) {
        put_ask(&self.ask, out);
        self.reason.put(out);
        self.tariff.put(out);
        put_rest(&self.ask.more, &self.basis, out);
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let ask = get_ask(input)?;
        let (reason, tariff) = (Wire::get(input)?, Wire::get(input)?);
        let (more, basis) = get_rest(input)?;
        Ok(Self { ask: Ask { more, ..ask }, reason, tariff, basis })
    }
}

/// The byte that first said only whether the person confirmed is one of flags since agents ask.
impl Wire for Circumstances {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { version, evidence, fare, confirmed, agent } = self;
        version.put(out);
        evidence.put(out);
        fare.put(out);
        put_flags([*confirmed, agent.is_some()], out);
        if let Some(agent) = agent {
            agent.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let (version, evidence, fare) = (Wire::get(input)?, Wire::get(input)?, Wire::get(input)?);
        let [confirmed, agent_follows] = get_flags(input)?;
        let agent = if agent_follows { Some(Wire::get(input)?) } else { None };
        Ok(Self { version, evidence, fare, confirmed, agent })
    }
}

/// The byte that first said only whether something was on trial is one of flags since there are leases.
impl Wire for Basis {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { rules, place, breach, rule, trial, lease } = self;
        rules.put(out);
        place.put(out);
        breach.put(out);
        rule.put(out);
        put_flags([trial.is_some(), lease.is_some()], out);
        if let Some(trial) = trial {
            trial.put(out);
        }
        if let Some(lease) = lease {
            lease.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let (rules, place) = (Wire::get(input)?, Wire::get(input)?);
        let (breach, rule) = (Wire::get(input)?, Wire::get(input)?);
        let [trial_follows, lease_follows] = get_flags(input)?;
        let trial = if trial_follows { Some(Wire::get(input)?) } else { None };
        let lease = if lease_follows { Some(Wire::get(input)?) } else { None };
        Ok(Self { rules, place, breach, rule, trial, lease })
    }
}

fn put_flags([first, second]: [bool; 2], out: &mut Vec<u8>) {
    out.push(u8::from(first) | u8::from(second) << 1);
}

fn get_flags(input: &mut Input<'_>) -> Result<[bool; 2], Malformed> {
    match u8::get(input)? {
        flags @ 0..=3 => Ok([flags & 1 != 0, flags & 2 != 0]),
        _ => Err(Malformed("unknown flags of a decision")),
    }
}

fn put_ask(ask: &Ask, out: &mut Vec<u8>) {
    let Ask { person, product, host, bucket, more: _ } = ask;
    person.put(out);
    product.put(out);
    host.put(out);
    bucket.put(out);
}

fn get_ask(input: &mut Input<'_>) -> Result<Ask, Malformed> {
    let (person, product) = (Wire::get(input)?, Wire::get(input)?);
    let (host, bucket) = (Wire::get(input)?, Wire::get(input)?);
    Ok(Ask { person, product, host, bucket, ..Ask::default() })
}

fn put_rest<A, B>(more: &A, basis: &B, out: &mut Vec<u8>)
where
    A: Wire + Default + PartialEq,
    B: Wire + Default + PartialEq,
{
    if *more != A::default() || *basis != B::default() {
        more.put(out);
        basis.put(out);
    }
}

fn get_rest<A: Wire + Default, B: Wire + Default>(
    input: &mut Input<'_>,
) -> Result<(A, B), Malformed> {
    if input.0.is_empty() {
        return Ok((A::default(), B::default()));
    }
    let rest = (Wire::get(input)?, Wire::get(input)?);
    // INVARIANT: nothing follows a decision, else one without a rest would take it for its own.
    if input.0.is_empty() { Ok(rest) } else { Err(Malformed("bytes left over")) }
}
