//! The contract that every run begins with.

use super::T0;
use crate::model::{self, DAY};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::budget::Terms;
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::{
    Bucket, BucketId, BucketTerms, Offering, OfferingId, Period, Person, PersonId, Product, Seat,
};
use faregate_core::event::{BucketSet, Event, Mode};
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::Instant;

pub(super) fn setup(cap: impl Fn(i64) -> i64) -> Vec<Event> {
    let key = |kind: &str, id: u16| format!("{kind}-{id}");
    let rated = |product: u16| {
        let (ticks, dated) = model::rate(product)?;
        let meter = if dated { Meter::CalendarDay } else { Meter::Window24h };
        let ticks = Ticks(i64::try_from(ticks).unwrap());
        let (product, source) = (key("product", product), String::new());
        Some(Rate { product, meter, ticks, from: None, until: None, source })
    };
    let product = |id| Product { key: key("product", id), name: String::new() };
    let bucket = |id| Bucket { key: key("bucket", id), name: String::new() };
    let person = |id: u16| {
        let (bucket, aliases) = (BucketId(model::home(u32::from(id))), Vec::new());
        Person { key: key("person", id), name: String::new(), bucket, aliases }
    };
    let per_token = Money { micros: 3_000_000, currency: Currency::USD };
    let offering = |name: &str, products: &[u16]| Offering {
        key: name.to_owned(),
        name: String::new(),
        covers: products.iter().map(|id| key("product", *id)).collect(),
    };
    let seat = |offering, person: Option<u32>| Seat {
        offering: OfferingId(offering),
        person: person.map(PersonId),
        from: Instant(T0 - 30 * DAY),
        until: Instant(i64::MAX),
    };
    vec![
        Event::ContractAgreed { name: "model".to_owned(), zone: "UTC".to_owned() },
        Event::TariffAdopted(TariffParts {
            name: "model".to_owned(),
            title: String::new(),
            source: String::new(),
            grace_seconds: 300,
            idle_seconds: 900,
            prices: vec![TokenPrice { per_token, from: None }],
            rates: (0..4).filter_map(rated).collect(),
            seats: Vec::new(),
        }),
        Event::ProductsDefined((0..4).map(product).collect()),
        Event::BucketsOpened((0..3).map(bucket).collect()),
        Event::OfferingsDefined(vec![offering("seat", &[2]), offering("collection", &[0, 2])]),
        Event::PeopleAdded((0..3).map(person).collect()),
        Event::SeatsAdded(vec![seat(0, Some(0)), seat(1, None)]),
        terms(),
        lower_bucket(Period::Open),
        top_bucket(),
        bucket_apart(),
        Event::CapsSet(vec![Cap {
            key: "sessions".to_owned(),
            person: None,
            group: None,
            product: None,
            bucket: None,
            each: Each::Person,
            measure: Measure::Running,
            span: Span::Day,
            limit: cap(i64::try_from(model::SESSIONS_MAX).unwrap()),
            then: Then::Refuse,
            mode: Mode::Enforce,
        }]),
    ]
}

fn terms() -> Event {
    Event::TermsSet(Terms {
        owners: vec![PersonId(1)],
        large: Ticks::from_tokens(model::LARGE),
        seat_moves_a_day: 1,
        carry: Some((100_000, model::CARRIED)),
        ..Terms::default()
    })
}

fn top_bucket() -> Event {
    let terms = BucketTerms {
        owners: vec![PersonId(0), PersonId(2)],
        lends: true,
        ..BucketTerms::default()
    };
    Event::BucketsSet(vec![BucketSet { key: "bucket-0".to_owned(), name: String::new(), terms }])
}

fn bucket_apart() -> Event {
    let terms =
        BucketTerms { owners: vec![PersonId(model::OWNER_APART)], ..BucketTerms::default() };
    let key = format!("bucket-{}", model::APART);
    Event::BucketsSet(vec![BucketSet { key, name: String::new(), terms }])
}

pub(super) fn lower_bucket(period: Period) -> Event {
    let terms = BucketTerms { parent: Some(BucketId(0)), period, ..BucketTerms::default() };
    Event::BucketsSet(vec![BucketSet { key: "bucket-1".to_owned(), name: String::new(), terms }])
}
