//! Schedules, caps, what is agreed of the contract, exchange rates.

use super::change::Fields;
use super::draft::{Draft, hint, listed};
use super::export;
use faregate_core::amount::{Money, Ticks};
use faregate_core::budget::Terms;
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::{Hours, PersonId, ProductId, Schedule, folded};
use faregate_core::event::{Event, ExchangeRate, Mode};
use faregate_core::when::{DAY, Date};
use faregate_ingest::estate::rows::{self, Per, Said};
use faregate_ingest::estate::{Kind, Row, Source, nearest, words};

pub(super) fn schedules(draft: &mut Draft<'_>) {
    let rows = draft.once(&draft.document.schedules, "schedule", |schedule| schedule.key.clone());
    let mut set = Vec::new();
    for row in rows {
        let estate = draft.estate();
        let before = estate.schedule_called(&row.value.key);
        let before = before.and_then(|id| estate.schedules().get(id.index()));
        let Some(after) = schedule(draft, row, before) else { continue };
        let mut fields = Fields::default();
        fields.add("zone", before.map(|b| &b.zone), &after.zone, |zone| zone.name().to_owned());
        let hours = |all: &Vec<Hours>| {
            let all: Vec<String> = all.iter().map(words::write_hours).collect();
            listed(all.iter().map(String::as_str))
        };
        fields.add("hours", before.map(|b| &b.hours), &after.hours, hours);
        let dates = |all: &Vec<Date>| {
            let all: Vec<String> = all.iter().map(Date::to_string).collect();
            listed(all.iter().map(String::as_str))
        };
        fields.add("except", before.map(|b| &b.except), &after.except, dates);
        let date = |date: &Option<Date>| date.map_or_else(String::new, |date| date.to_string());
        fields.add("from", before.map(|b| &b.from), &after.from, date);
        fields.add("until", before.map(|b| &b.until), &after.until, date);
        if draft.change(Kind::Schedule, &after.key, before.is_none(), fields) {
            set.push(after);
        }
    }
    draft.book(set, Event::SchedulesSet);
}

fn schedule(
    draft: &mut Draft<'_>,
    row: &Row<rows::Schedule>,
    before: Option<&Schedule>,
) -> Option<Schedule> {
    let rows::Schedule { key, zone, hours, except, from, until } = row.value.clone();
    let Some(hours) = hours.or_else(|| before.map(|before| before.hours.clone())) else {
        let message = format!("nothing says when `{key}` goes on");
        draft.fault(&row.source, message, "write its `hours`, such as 08:00-18:00");
        return None;
    };
    let from = from.over(before.and_then(|before| before.from));
    let until = until.over(before.and_then(|before| before.until));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        let message = format!("the schedule `{key}` would end before it begins");
        draft.fault(&row.source, message, "put `until` after `from`");
    }
    Some(Schedule {
        key: before.map_or(key, |before| before.key.clone()),
        zone: zone.unwrap_or_else(|| before.map_or(draft.zone(), |before| &before.zone).clone()),
        hours,
        except: except.unwrap_or_else(|| before.map_or_else(Vec::new, |b| b.except.clone())),
        from,
        until,
    })
}

pub(super) fn caps(draft: &mut Draft<'_>) {
    let rows = draft.once(&draft.document.caps, "cap", |cap| cap.key.clone());
    let mut all = draft.state.counts().caps().to_vec();
    let mut is_changed = false;
    for row in rows {
        let place = all.iter().position(|known| folded(&known.key) == folded(&row.value.key));
        let before = place.and_then(|place| all.get(place)).cloned();
        let Some(after) = cap(draft, row, before.as_ref()) else { continue };
        let fields = cap_fields(draft, before.as_ref(), &after);
        is_changed |= draft.change(Kind::Cap, &after.key, before.is_none(), fields);
        match place.and_then(|place| all.get_mut(place)) {
            Some(slot) => *slot = after,
            None => all.push(after),
        }
    }
    if is_changed {
        draft.book(all, Event::CapsSet);
    }
}

fn cap(draft: &mut Draft<'_>, row: &Row<rows::Cap>, before: Option<&Cap>) -> Option<Cap> {
    let (said, at) = (&row.value, &row.source);
    let person = refer(&said.person, before.and_then(|b| b.person), |key| draft.person(at, key));
    let group = refer(&said.group, before.and_then(|b| b.group), |key| draft.group(at, key));
    let product =
        refer(&said.product, before.and_then(|b| b.product), |key| product(draft, at, key));
    let bucket = refer(&said.bucket, before.and_then(|b| b.bucket), |key| draft.bucket(at, key));
    let (measure, span) = measured(draft, row, before)?;
    let limit = match said.limit {
        Some(micros) => limit(draft, at, measure, micros)?,
        None => match before.filter(|before| before.measure == measure) {
            Some(before) => before.limit,
            None => return missing(draft, at, &said.key, "limit", "a number of 0 or more"),
        },
    };
    Some(Cap {
        key: before.map_or(&said.key, |before| &before.key).clone(),
        person,
        group,
        product,
        bucket,
        each: said.each.or(before.map(|b| b.each)).unwrap_or(Each::Person),
        measure,
        span,
        limit,
        then: said.then.or(before.map(|b| b.then)).unwrap_or(Then::Refuse),
        mode: said.mode.or(before.map(|b| b.mode)).unwrap_or(Mode::Enforce),
    })
}

/// What a reference is: unknown keys are told, and leave none.
fn refer<T>(
    said: &Said<String>,
    before: Option<T>,
    find: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    match said {
        Said::Nothing => before,
        Said::Cleared => None,
        Said::Value(key) => find(key),
    }
}

fn product(draft: &mut Draft<'_>, at: &Source, key: &str) -> Option<ProductId> {
    let found = draft.estate().product_called(key);
    if found.is_none() {
        let known = draft.estate().products().iter().map(|product| product.key.as_str());
        let help = hint(nearest(&folded(key), known), "adopt a tariff that has it");
        draft.fault(at, format!("there is no product `{key}`"), help);
    }
    found
}

/// What is counted and over which time; what goes on at once has none.
fn measured(
    draft: &mut Draft<'_>,
    row: &Row<rows::Cap>,
    before: Option<&Cap>,
) -> Option<(Measure, Span)> {
    let (said, at) = (&row.value, &row.source);
    let Some(measure) = said.measure.or(before.map(|before| before.measure)) else {
        return missing(draft, at, &said.key, "measure", "tokens, opens, running or people");
    };
    let there = before.filter(|before| before.measure == measure).map(|before| before.span);
    match (measure, said.per) {
        (Measure::Running, None | Some(Per::Now)) => {
            Some((measure, there.unwrap_or(Span::Seconds(1))))
        }
        (Measure::Running, Some(Per::Span(_))) => {
            let message = format!("the cap `{}` counts what is running at once", said.key);
            draft.fault(at, message, "write `per` now, or count opens");
            None
        }
        (_, Some(Per::Span(span))) => Some((measure, span)),
        (_, Some(Per::Now)) => {
            let message = format!("the cap `{}` counts nothing that is running", said.key);
            draft.fault(at, message, "write a span such as day, or count running");
            None
        }
        (_, None) => match there {
            Some(span) => Some((measure, span)),
            None => {
                missing(draft, at, &said.key, "per", "day, week, month or a length such as 24h")
            }
        },
    }
}

fn missing<T>(
    draft: &mut Draft<'_>,
    at: &Source,
    key: &str,
    column: &str,
    what: &str,
) -> Option<T> {
    let message = format!("the cap `{key}` has no `{column}`");
    draft.fault(at, message, format!("write {what}"));
    None
}

fn limit(draft: &mut Draft<'_>, at: &Source, measure: Measure, micros: i64) -> Option<i64> {
    let found = match measure {
        Measure::Tokens => Ticks::from_micro_tokens(micros).map(|ticks| ticks.0),
        _ => (micros % 1_000_000 == 0).then_some(micros / 1_000_000),
    };
    if found.is_none() {
        let message = "`limit` is no number that can be counted up to".to_owned();
        draft.fault(at, message, "write a whole number, or for tokens one that fits the pool");
    }
    found
}

fn cap_fields(draft: &Draft<'_>, before: Option<&Cap>, after: &Cap) -> Fields {
    let mut fields = Fields::default();
    let person =
        |id: &Option<PersonId>| id.map_or_else(String::new, |id| draft.person_key(id).to_owned());
    fields.add("person", before.map(|b| &b.person), &after.person, person);
    let group = |id: &Option<_>| id.map_or_else(String::new, |id| draft.group_key(id).to_owned());
    fields.add("group", before.map(|b| &b.group), &after.group, group);
    let product = |id: &Option<ProductId>| {
        let product = id.and_then(|id| draft.estate().product(id));
        product.map_or_else(String::new, |product| product.key.clone())
    };
    fields.add("product", before.map(|b| &b.product), &after.product, product);
    let bucket = |id: &Option<_>| id.map_or_else(String::new, |id| draft.bucket_key(id).to_owned());
    fields.add("bucket", before.map(|b| &b.bucket), &after.bucket, bucket);
    fields.add("each", before.map(|b| &b.each), &after.each, |e| export::each_word(*e).to_owned());
    let measure = |measure: &Measure| export::measure_word(*measure).to_owned();
    fields.add("measure", before.map(|b| &b.measure), &after.measure, measure);
    let per = |(measure, span): &(Measure, Span)| export::per(*measure, *span);
    let spans = (before.map(|b| (b.measure, b.span)), (after.measure, after.span));
    fields.add("per", spans.0.as_ref(), &spans.1, per);
    let limit = |(measure, limit): &(Measure, i64)| export::limit(*measure, *limit);
    let limits = (before.map(|b| (b.measure, b.limit)), (after.measure, after.limit));
    fields.add("limit", limits.0.as_ref(), &limits.1, limit);
    fields.add("then", before.map(|b| &b.then), &after.then, |t| export::then_word(*t).to_owned());
    fields.add("mode", before.map(|b| &b.mode), &after.mode, |m| export::mode_word(*m).to_owned());
    fields
}

pub(super) fn terms(draft: &mut Draft<'_>) {
    let rows =
        draft.once(&draft.document.terms, "what is agreed of the", |_| "contract".to_owned());
    let Some(row) = rows.first() else { return };
    let before = draft.state.terms();
    let said = &row.value;
    let owners = said
        .owners
        .as_ref()
        .map(|keys| keys.iter().filter_map(|key| draft.person(&row.source, key)).collect());
    let carry = carry(draft, &row.source, said);
    let after = Terms {
        owners: owners.unwrap_or_else(|| before.owners.clone()),
        large: said.large.clone().over(before.large),
        request_seconds: said
            .request_days
            .map_or(before.request_seconds, |days| i64::from(days).saturating_mul(DAY)),
        seat_moves_a_day: said.seat_moves_a_day.unwrap_or(before.seat_moves_a_day),
        seat_hosts_max: said.seat_hosts_max.clone().over(before.seat_hosts_max),
        seat_move_cost: said.seat_move_cost.clone().over(before.seat_move_cost),
        carry,
    };
    let fields = terms_fields(draft, before, &after);
    if draft.change(Kind::Terms, "contract", false, fields) {
        draft.push(Event::TermsSet(after));
    }
}

fn carry(draft: &mut Draft<'_>, at: &Source, said: &rows::Terms) -> Option<(u32, i64)> {
    let before = draft.state.terms().carry;
    let part = said.carry_percent.clone().over(before.map(|(part, _)| part))?;
    let days = said.carry_days.map(|days| i64::from(days).saturating_mul(DAY));
    let seconds = days.or(before.map(|(_, seconds)| seconds));
    if seconds.is_none() {
        let message = "`carry_percent` is said, and not for how long".to_owned();
        draft.fault(at, message, "write `carry_days` as well");
    }
    Some((part, seconds?))
}

fn terms_fields(draft: &Draft<'_>, before: &Terms, after: &Terms) -> Fields {
    let mut fields = Fields::default();
    let owners = |ids: &Vec<PersonId>| listed(ids.iter().map(|id| draft.person_key(*id)));
    fields.add("owners", Some(&before.owners), &after.owners, owners);
    let large = |large: &Option<Ticks>| large.map_or_else(String::new, |ticks| ticks.to_string());
    fields.add("large", Some(&before.large), &after.large, large);
    let days = |seconds: &i64| (seconds / DAY).to_string();
    fields.add("request_days", Some(&before.request_seconds), &after.request_seconds, days);
    let moves = (before.seat_moves_a_day, after.seat_moves_a_day);
    fields.add("seat_moves_a_day", Some(&moves.0), &moves.1, u32::to_string);
    let hosts = |hosts: &Option<u32>| hosts.map_or_else(String::new, |hosts| hosts.to_string());
    fields.add("seat_hosts_max", Some(&before.seat_hosts_max), &after.seat_hosts_max, hosts);
    let cost = |cost: &Option<Money>| cost.map_or_else(String::new, export::money);
    fields.add("seat_move_cost", Some(&before.seat_move_cost), &after.seat_move_cost, cost);
    let carry = |carry: &Option<(u32, i64)>| {
        carry.map_or_else(String::new, |(part, seconds)| {
            format!("{} % for {} days", export::percent(part), seconds / DAY)
        })
    };
    fields.add("carry", Some(&before.carry), &after.carry, carry);
    fields
}

pub(super) fn exchange_rates(draft: &mut Draft<'_>) {
    let key = |row: &rows::ExchangeRate| {
        format!("{} in {} from {}", row.of.code(), row.price.currency.code(), row.from)
    };
    let rows = draft.once(&draft.document.exchange_rates, "the exchange rate", key);
    let mut all = draft.state.exchange_rates().to_vec();
    let mut is_changed = false;
    for row in rows {
        let rows::ExchangeRate { of, price, from } = row.value;
        let after = ExchangeRate { price, of, from };
        let is_it = |known: &ExchangeRate| {
            (known.of, known.price.currency, known.from) == (of, price.currency, from)
        };
        let place = all.iter().position(is_it);
        let before = place.and_then(|place| all.get(place)).copied();
        let mut fields = Fields::default();
        let price = |price: &Money| export::money(*price);
        fields.add("price", before.map(|b| b.price).as_ref(), &after.price, price);
        is_changed |= draft.change(Kind::ExchangeRate, &key(&row.value), before.is_none(), fields);
        match place.and_then(|place| all.get_mut(place)) {
            Some(slot) => *slot = after,
            None => all.push(after),
        }
    }
    if is_changed {
        draft.book(all, Event::ExchangeRatesSet);
    }
}
