use super::*;

fn at(seconds: &serde_json::Value) -> Instant {
    Instant(seconds.as_i64().unwrap())
}

/// One vector: sessions in, metered set and units of each meter out.
fn check(vector: &serde_json::Value) {
    let name = vector["name"].as_str().unwrap();
    let zone = Zone::named(vector["tz"].as_str().unwrap()).unwrap();
    let sessions = vector["sessions"].as_array().unwrap();
    let activity: Vec<Option<Vec<Instant>>> = sessions
        .iter()
        .map(|s| s["activity"].as_array().map(|instants| instants.iter().map(at).collect()))
        .collect();
    let observed: Vec<Observed<'_>> = sessions
        .iter()
        .zip(&activity)
        .map(|(s, instants)| Observed {
            open: at(&s["open"]),
            close: at(&s["close"]),
            activity: instants.as_deref(),
        })
        .collect();
    let set = metered(&observed, vector["idle_s"].as_i64().unwrap());
    let expected: Vec<Interval> = vector["metered"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| Interval { start: at(&pair[0]), end: at(&pair[1]) })
        .collect();
    assert_eq!(set, expected, "{name}: metered set");
    assert_eq!(
        set.iter().map(|i| i.seconds()).sum::<i64>(),
        vector["seconds"].as_i64().unwrap(),
        "{name}"
    );
    let count = |meter| units(meter, &zone, &set).len() as u64;
    let wanted = &vector["units"];
    assert_eq!(
        count(Meter::StartedHour),
        wanted["started_hour"].as_u64().unwrap(),
        "{name}: hours"
    );
    assert_eq!(count(Meter::Minute), wanted["minute"].as_u64().unwrap(), "{name}: minutes");
    assert_eq!(count(Meter::CalendarDay), wanted["calendar_day"].as_u64().unwrap(), "{name}: days");
    let windows = units(Meter::Window24h, &zone, &set);
    let starts: Vec<Instant> =
        vector["unit_starts_window"].as_array().unwrap().iter().map(at).collect();
    assert_eq!(windows, starts, "{name}: window starts");
    let ticks_per_second = crate::amount::Ticks::from_tokens(5).unwrap().0 / 3_600;
    assert_eq!(
        vector["seconds"].as_i64().unwrap() * ticks_per_second,
        vector["ticks_per_second_rate_5tok_h"].as_i64().unwrap(),
        "{name}: 5 tokens an hour, per second"
    );
}

#[test]
fn the_shared_charging_vectors_hold() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/charging.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the shared charging vectors are not on this machine");
        return;
    };
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 10);
    vectors.iter().for_each(check);
}

#[test]
fn monday_evening_to_tuesday_afternoon_is_one_window_and_two_days() {
    let set = [Interval { start: Instant(1_780_340_400), end: Instant(1_780_419_600) }];
    assert_eq!(units(Meter::Window24h, &Zone::utc(), &set), [Instant(1_780_340_400)]);
    assert_eq!(units(Meter::CalendarDay, &Zone::utc(), &set).len(), 2);
    assert_eq!(units(Meter::Result, &Zone::utc(), &set), []);
}

#[test]
fn a_25_hour_day_is_one_day_and_two_windows() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    let set = [Interval { start: Instant(1_792_879_200), end: Instant(1_792_969_200) }];
    assert_eq!(units(Meter::CalendarDay, &berlin, &set).len(), 1);
    assert_eq!(units(Meter::Window24h, &berlin, &set).len(), 2);
}

#[test]
fn two_hosts_at_once_are_charged_once() {
    let nine = 1_780_304_400;
    let session =
        |open, close| Observed { open: Instant(open), close: Instant(close), activity: None };
    let set = metered(&[session(nine, nine + 7_200), session(nine + 3_600, nine + 10_800)], 900);
    assert_eq!(set, [Interval { start: Instant(nine), end: Instant(nine + 10_800) }]);
    assert_eq!(units(Meter::StartedHour, &Zone::utc(), &set).len(), 3);
}

#[test]
fn an_idle_tail_is_cut_after_fifteen_minutes() {
    let open = Instant(1_780_304_400);
    let activity: Vec<Instant> = (0..=6).map(|i| open.plus(i * 300)).collect();
    let session = Observed { open, close: open.plus(28_800), activity: Some(&activity) };
    assert_eq!(metered(&[session], 900), [Interval { start: open, end: open.plus(2_700) }]);
}

#[test]
fn units_of_stretches_given_in_order_equal_units_of_the_merged_set() {
    // The importer never merges: it hands stretches over in order of their start.
    let zone = Zone::utc();
    let raw =
        [(0, 5_000), (3_000, 90_000), (80_000, 100_000), (200_000, 200_001), (200_001, 300_000)];
    let stretches: Vec<Interval> =
        raw.iter().map(|&(a, b)| Interval { start: Instant(a), end: Instant(b) }).collect();
    let observed: Vec<Observed<'_>> = raw
        .iter()
        .map(|&(a, b)| Observed { open: Instant(a), close: Instant(b), activity: None })
        .collect();
    let merged = metered(&observed, 900);
    for meter in Meter::ALL {
        assert_eq!(units(meter, &zone, &stretches), units(meter, &zone, &merged), "{meter:?}");
    }
}
