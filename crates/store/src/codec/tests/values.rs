//! Any value of each kind that is written down.

use super::*;
use proptest::collection::vec;
use proptest::option;

fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(|letters| letters.into_iter().collect())
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn ticks() -> impl Strategy<Value = Ticks> {
    any::<i64>().prop_map(Ticks)
}

fn instant() -> impl Strategy<Value = Instant> {
    any::<i64>().prop_map(Instant)
}

fn date() -> impl Strategy<Value = Option<Date>> {
    option::of(any::<i32>().prop_map(Date))
}

fn meter() -> impl Strategy<Value = Meter> {
    prop::sample::select(Meter::ALL.to_vec())
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![Outcome::Posted, Outcome::Voided, Outcome::Expired])
}

fn reason() -> impl Strategy<Value = Reason> {
    prop::sample::select(Reason::ALL.to_vec())
}

fn money() -> impl Strategy<Value = Money> {
    let currency =
        prop::sample::select(vec![Currency::USD, Currency::new("EUR").unwrap_or(Currency::USD)]);
    (any::<i64>(), currency).prop_map(|(micros, currency)| Money { micros, currency })
}

fn person_id() -> impl Strategy<Value = PersonId> {
    any::<u32>().prop_map(PersonId)
}

fn product_id() -> impl Strategy<Value = ProductId> {
    any::<u16>().prop_map(ProductId)
}

fn bucket_id() -> impl Strategy<Value = BucketId> {
    any::<u16>().prop_map(BucketId)
}

fn rate() -> impl Strategy<Value = Rate> {
    (text(), meter(), ticks(), date(), date(), text()).prop_map(
        |(product, meter, ticks, from, until, source)| Rate {
            product,
            meter,
            ticks,
            from,
            until,
            source,
        },
    )
}

fn seat_price() -> impl Strategy<Value = SeatPrice> {
    (text(), text(), money(), texts(), text()).prop_map(
        |(offering, name, per_year, covers, source)| SeatPrice {
            offering,
            name,
            per_year,
            covers,
            source,
        },
    )
}

fn tariff() -> impl Strategy<Value = TariffParts> {
    let price = (money(), date()).prop_map(|(per_token, from)| TokenPrice { per_token, from });
    let names = (text(), text(), text(), any::<i64>(), any::<i64>());
    (names, vec(price, 0..3), vec(rate(), 0..3), vec(seat_price(), 0..3)).prop_map(
        |((name, title, source, grace_seconds, idle_seconds), prices, rates, seats)| TariffParts {
            name,
            title,
            source,
            grace_seconds,
            idle_seconds,
            prices,
            rates,
            seats,
        },
    )
}

fn product() -> impl Strategy<Value = Product> {
    (text(), text()).prop_map(|(key, name)| Product { key, name })
}

fn bucket() -> impl Strategy<Value = Bucket> {
    (text(), text()).prop_map(|(key, name)| Bucket { key, name })
}

fn offering() -> impl Strategy<Value = Offering> {
    (text(), text(), texts()).prop_map(|(key, name, covers)| Offering { key, name, covers })
}

fn person() -> impl Strategy<Value = Person> {
    (text(), text(), bucket_id(), texts()).prop_map(|(key, name, bucket, aliases)| Person {
        key,
        name,
        bucket,
        aliases,
    })
}

fn seat() -> impl Strategy<Value = Seat> {
    (any::<u16>(), option::of(person_id()), instant(), instant()).prop_map(
        |(offering, person, from, until)| Seat {
            offering: OfferingId(offering),
            person,
            from,
            until,
        },
    )
}

fn ask() -> impl Strategy<Value = Ask> {
    (text(), text(), text(), option::of(text())).prop_map(|(person, product, host, bucket)| Ask {
        person,
        product,
        host,
        bucket,
    })
}

pub(super) fn route() -> impl Strategy<Value = Route> {
    let tokens = (bucket_id(), ticks(), meter(), instant(), instant());
    let tokens = tokens.prop_map(|(bucket, ticks, meter, unit_start, grace_end)| Route::Tokens {
        bucket,
        ticks,
        meter,
        unit_start,
        grace_end,
    });
    prop_oneof![tokens, any::<u32>().prop_map(|seat| Route::Seat(SeatId(seat)))]
}

fn charge() -> impl Strategy<Value = Charge> {
    let source = prop::sample::select(vec![Source::Gate, Source::Log, Source::Generated]);
    let who = (person_id(), product_id(), bucket_id());
    (instant(), ticks(), who, meter(), source, any::<bool>()).prop_map(
        |(at, ticks, (person, product, bucket), meter, source, paid)| Charge {
            at,
            ticks,
            person,
            product,
            bucket,
            meter,
            source,
            paid,
        },
    )
}

fn open_use() -> impl Strategy<Value = OpenUse> {
    (any::<u64>(), person_id(), option::of(product_id()), text(), instant()).prop_map(
        |(identity, person, product, host, opened)| OpenUse {
            identity,
            person,
            product,
            host,
            opened,
        },
    )
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let span = (option::of(instant()), option::of(instant()));
    let counts =
        (any::<[u64; 7]>(), any::<i64>(), span).prop_map(|(n, seconds, (first, last))| Counts {
            events: n[0],
            sessions: n[1],
            open_sessions: n[2],
            closed: n[3],
            rejected: n[4],
            quarantined: n[5],
            duplicates: n[6],
            seconds,
            first,
            last,
        });
    (text(), texts(), counts, vec(open_use(), 0..3), vec(any::<u64>(), 0..3)).prop_map(
        |(kind, files, counts, begun, ended)| Receipt { kind, files, counts, begun, ended },
    )
}

fn mapped() -> impl Strategy<Value = FeatureMapped> {
    (text(), product_id(), any::<u64>()).prop_map(|(code, product, released)| FeatureMapped {
        code,
        product,
        released,
    })
}

fn setting_up() -> impl Strategy<Value = Event> {
    let pack = (text(), ticks(), instant(), instant());
    let breakage = (ticks(), vec(ticks(), 0..3))
        .prop_map(|(unallocated, buckets)| Breakage { unallocated, buckets });
    prop_oneof![
        (text(), text()).prop_map(|(name, zone)| Event::ContractAgreed { name, zone }),
        tariff().prop_map(Event::TariffAdopted),
        vec(product(), 0..3).prop_map(Event::ProductsDefined),
        vec(bucket(), 0..3).prop_map(Event::BucketsOpened),
        vec(offering(), 0..3).prop_map(Event::OfferingsDefined),
        vec(person(), 0..3).prop_map(Event::PeopleAdded),
        vec(seat(), 0..3).prop_map(Event::SeatsAdded),
        pack.prop_map(|(name, ticks, from, until)| Event::PackBought { name, ticks, from, until }),
        (bucket_id(), ticks()).prop_map(|(bucket, ticks)| Event::Allocated { bucket, ticks }),
        (any::<u32>(), breakage).prop_map(|(pack, breakage)| Event::PackExpired { pack, breakage }),
    ]
}

fn using() -> impl Strategy<Value = Event> {
    let opened = (ask(), person_id(), product_id(), route(), any::<u32>());
    let cause = prop::sample::select(vec![Cause::Closed, Cause::Silent]);
    let closed = (any::<u64>().prop_map(SessionId), instant(), cause, option::of(outcome()));
    prop_oneof![
        opened.prop_map(|(ask, person, product, route, tariff)| {
            Event::Opened(Opened { ask, person, product, route, tariff })
        }),
        (ask(), reason(), any::<u32>()).prop_map(|(ask, reason, tariff)| Event::Refused(Refused {
            ask,
            reason,
            tariff
        })),
        (person_id(), product_id(), outcome())
            .prop_map(|(person, product, outcome)| Event::HoldEnded { person, product, outcome }),
        charge().prop_map(Event::UnitCharged),
        closed.prop_map(|(session, at, cause, hold)| Event::Closed { session, at, cause, hold }),
        vec(charge(), 0..3).prop_map(Event::UsageCharged),
        vec(charge().prop_map(|one| one.unit()), 0..3).prop_map(Event::UsageReversed),
        receipt().prop_map(Event::Imported),
        vec(mapped(), 0..3).prop_map(Event::FeaturesMapped),
    ]
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![setting_up(), using()]
}

type Estate = (Vec<TariffParts>, Vec<Product>, Vec<Bucket>, Vec<Person>, Vec<Offering>, Vec<Seat>);

fn estate() -> impl Strategy<Value = Estate> {
    let defined = (vec(tariff(), 0..2), vec(product(), 0..3), vec(bucket(), 0..3));
    let lively = (vec(person(), 0..3), vec(offering(), 0..3), vec(seat(), 0..3));
    (defined, lively).prop_map(|((tariffs, products, buckets), (people, offerings, seats))| {
        (tariffs, products, buckets, people, offerings, seats)
    })
}

fn balances() -> impl Strategy<Value = ([Ticks; 5], Vec<BucketBalance>, Vec<Pack>)> {
    let balance = any::<[i64; 4]>().prop_map(|n| {
        let [available, held, allocated, spent] = n.map(Ticks);
        BucketBalance { available, held, allocated, spent }
    });
    let pack = (text(), ticks(), ticks(), instant(), instant());
    let pack = pack.prop_map(|(name, bought, remaining, from, until)| Pack {
        name,
        bought,
        remaining,
        from,
        until,
    });
    (any::<[i64; 5]>().prop_map(|n| n.map(Ticks)), vec(balance, 0..3), vec(pack, 0..3))
}

type Running = (
    Vec<((PersonId, ProductId), Option<Hold>, u32)>,
    Vec<(SessionId, Session)>,
    Vec<OpenUse>,
    Vec<(String, ProductId)>,
);

fn running() -> impl Strategy<Value = Running> {
    let hold = (bucket_id(), ticks(), meter(), instant(), instant());
    let hold = hold.prop_map(|(bucket, ticks, meter, start, grace_end)| Hold {
        bucket,
        ticks,
        meter,
        start,
        grace_end,
    });
    let pair = ((person_id(), product_id()), option::of(hold), any::<u32>());
    let session = (person_id(), product_id(), text(), route(), instant()).prop_map(
        |(person, product, host, route, opened)| Session { person, product, host, route, opened },
    );
    let sessions = vec((any::<u64>().prop_map(SessionId), session), 0..3);
    (vec(pair, 0..3), sessions, vec(open_use(), 0..3), vec((text(), product_id()), 0..3))
}

pub(super) fn checkpoint() -> impl Strategy<Value = Checkpoint> {
    let counted = (vec(charge(), 0..3), vec((reason(), any::<u64>()), 0..3), any::<[u64; 8]>());
    (any::<u64>(), instant(), (text(), text()), estate(), balances(), running(), counted).prop_map(
        |(seq, at, (name, zone), estate, balances, running, (charges, refusals, n))| {
            let (tariffs, products, buckets, people, offerings, seats) = estate;
            let (balances, bucket_balances, packs) = balances;
            let (pairs, sessions, elsewhere, features) = running;
            let [held, posted, voided, expired, opened, refused, imported, quarantined] = n;
            let tally =
                Tally { held, posted, voided, expired, opened, refused, imported, quarantined };
            Checkpoint {
                seq,
                at,
                name,
                zone,
                tariffs,
                products,
                buckets,
                people,
                offerings,
                seats,
                balances,
                bucket_balances,
                packs,
                charges,
                pairs,
                sessions,
                elsewhere,
                features,
                refusals,
                tally,
            }
        },
    )
}
