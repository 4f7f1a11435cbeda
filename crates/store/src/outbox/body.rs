//! The bytes of a notice that waits to be sent.

use crate::codec::{Input, Malformed, Wire};
use faregate_app::notice::{Chart, Kind, Notice, Severity};

/// The format of what follows the first byte.
const FORMAT: u8 = 1;

pub(super) fn encode(notice: &Notice) -> Vec<u8> {
    let Notice { id, kind, severity, title, text, facts, steps, link, chart, about, at } = notice;
    let mut body = vec![FORMAT];
    let keys = [kind.key(), severity.key()].map(str::to_owned);
    let texts = [id, &keys[0], &keys[1], title, text, about];
    texts.into_iter().for_each(|text| text.put(&mut body));
    facts.put(&mut body);
    steps.put(&mut body);
    link.put(&mut body);
    at.put(&mut body);
    chart.is_some().put(&mut body);
    if let Some(Chart { title, labels, values, limit }) = chart {
        title.put(&mut body);
        labels.put(&mut body);
        values.iter().map(|value| value.to_bits()).collect::<Vec<u64>>().put(&mut body);
        limit.map(f64::to_bits).put(&mut body);
    }
    body
}

pub(super) fn decode(body: &[u8]) -> Result<Notice, Malformed> {
    let Some((&FORMAT, rest)) = body.split_first() else {
        return Err(Malformed("a format that nobody wrote"));
    };
    let mut input = Input(rest);
    let id = Wire::get(&mut input)?;
    let kind = Kind::from_key(&String::get(&mut input)?).ok_or(Malformed("unknown kind"))?;
    let severity = Severity::from_key(&String::get(&mut input)?);
    let severity = severity.ok_or(Malformed("unknown severity"))?;
    let (title, text, about) =
        (Wire::get(&mut input)?, Wire::get(&mut input)?, Wire::get(&mut input)?);
    let (facts, steps) = (Wire::get(&mut input)?, Wire::get(&mut input)?);
    let (link, at) = (Wire::get(&mut input)?, Wire::get(&mut input)?);
    let chart = if bool::get(&mut input)? { Some(chart(&mut input)?) } else { None };
    if !input.0.is_empty() {
        return Err(Malformed("bytes left over"));
    }
    Ok(Notice { id, kind, severity, title, text, facts, steps, link, chart, about, at })
}

fn chart(input: &mut Input<'_>) -> Result<Chart, Malformed> {
    let (title, labels) = (Wire::get(input)?, Wire::get(input)?);
    let values = Vec::<u64>::get(input)?.into_iter().map(f64::from_bits).collect();
    let limit = Option::<u64>::get(input)?.map(f64::from_bits);
    Ok(Chart { title, labels, values, limit })
}
