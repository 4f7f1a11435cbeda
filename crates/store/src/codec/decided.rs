//! Decisions, as every release wrote them: what came after the first one stands at the end, and is left out
//! where there is nothing to say. A decision is always the last thing in its entry, and is read only there.

use super::{Input, Malformed, Wire};
use faregate_core::event::{Ask, Opened, Refused};

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
